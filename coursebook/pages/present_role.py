"""The role `{present}`: words of a lesson plan that open a page in front of a room, at one of its slides.

What a slide is, `static/present.js` decides: each section, figure, question and exercise begins one.
"""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from coursebook.figures import ControlError
from coursebook.pages import left_out, state_role
from coursebook.pages.printed import is_notebook, is_printed
from coursebook.pages.questions import question
from coursebook.pages.term_card import WITHOUT_CARD
from coursebook.templating import render

logger = logging.getLogger(__name__)
WRITTEN = re.compile(r"(?P<words>.+?)\s*<(?P<target>[^<>]+)>", re.DOTALL)
MINUTES = "minutes"  # the head of the column of a plan that has them
LEFT_OUT = {"data-and-sources"}  # a list to look things up in, which is no slide


class present_reference(nodes.Inline, nodes.TextElement):
    """Words that open the slide at `target`."""


class PresentRole(SphinxRole):
    """Words that open a page in front of a room, at one of its slides; on paper and in a notebook the words alone.

        | 15 | {present}`Timeline <fig-timeline>`, in pairs: choose three events. |

    The target is a figure or an exercise by its label, a figure in a state (`fig-comet?month=1986-03`), a page (`comets`),
    or a section or question of a page by its anchor (`comets#tails`, `comets#question-2`). In a table whose first column is
    headed “Minutes”, the clock on the slide counts the plan's minutes; elsewhere those of the lesson. A target that is not
    there stops the build.
    """

    def run(self):
        found = WRITTEN.fullmatch(self.text.strip())
        if found is None:
            _warn(f"{self.text!r}: write `words <target>`", self.get_location())
            return [nodes.inline("", self.text)], []
        node = present_reference("", found["words"], target=found["target"].strip())
        self.set_source_info(node)
        return [node], []


def _warn(problem, location):
    logger.warning("present: %s.", problem.rstrip("."), location=location, type="course", subtype="present")


# What there is, and what pages name ----------------------------------------------------------------------------------


def _kept(env, name: str) -> dict:
    """What is known of each page under this name."""
    if not hasattr(env, name):
        setattr(env, name, {})
    return getattr(env, name)


def _slides(env) -> dict[str, set[str]]:
    """By page: the anchors at which a slide begins."""
    return _kept(env, "course_slides")


def _references(env) -> dict[str, list[tuple[int, str]]]:
    """By page: line and target of every reference."""
    return _kept(env, "course_presented")


def _collect(app, doctree):
    sections = (
        one for one in doctree.findall(nodes.section) if isinstance(one.parent, (nodes.section, nodes.document))
    )
    anchors = {name for one in sections for name in one["ids"]} - LEFT_OUT
    anchors |= {f"question-{one['number']}" for one in doctree.findall(question)}
    _slides(app.env)[app.env.docname] = anchors
    found = [(node.line, node["target"]) for node in doctree.findall(present_reference)]
    if found:
        _references(app.env)[app.env.docname] = found


def _purge(app, env, docname):
    for kept in (_slides(env), _references(env)):
        kept.pop(docname, None)


def _merge(app, env, docnames, other):
    for kept in (_slides, _references):
        kept(env).update({name: found for name, found in kept(other).items() if name in docnames})


def _resolve(env, here: str, target: str) -> tuple[str, str, str]:
    """Page, anchor and state of a target. Raises ControlError if it is not there."""
    name, _, query = target.partition("?")
    page, _, anchor = name.partition("#")
    labels = env.get_domain("std").anonlabels
    if query:
        state_role.words_of_state(env, name, query)
    if name in labels:
        return *labels[name], query
    page = normpath(join(dirname(here), page))
    if page not in env.found_docs:
        raise ControlError(f"there is no figure, exercise or page {name!r}")
    if anchor and anchor not in _slides(env).get(page, ()):
        known = ", ".join(sorted(_slides(env).get(page, ())))
        raise ControlError(f"{page} has no slide {anchor!r}. Its slides: {known}")
    return page, anchor, ""


def _check(app, env):
    """Every page's references, and not only those of the pages read now: a slide may have gone from another page."""
    for page, references in _references(env).items():
        for line, target in references:
            if _is_left_out(env, page, target):
                continue
            try:
                _resolve(env, page, target)
            except ControlError as error:
                _warn(str(error), (page, line))


def _is_left_out(env, here: str, target: str) -> bool:
    """Whether the target stands in a lesson that an own version leaves out; of a label nobody knows then in which."""
    name = target.partition("?")[0]
    is_label = "#" not in name and normpath(join(dirname(here), name)) not in env.found_docs
    unknown = is_label and name not in env.get_domain("std").anonlabels
    return left_out.leads_out(env, here, name) or (unknown and bool(left_out.pages(env)))


# On the page ---------------------------------------------------------------------------------------------------------


def minutes_of_plan(node: nodes.Node) -> int | None:
    """The minutes of the plan in whose table `node` stands: the sum of its first column, or the end of the last stretch
    where it has stretches ('30–55')."""
    while not isinstance(node, nodes.table):
        node = node.parent
        if node is None:
            return None
    head, *rows = [row[0].astext() for row in node.findall(nodes.row)]
    if head.strip().casefold() != MINUTES:
        return None
    numbers = [[int(number) for number in re.findall(r"\d+", cell)] for cell in rows]
    ends = [found[1] for found in numbers if len(found) == 2]
    return max(ends) if ends else sum(found[0] for found in numbers if found) or None


class PresentTransform(SphinxPostTransform):
    """Draws each reference for the medium."""

    default_priority = 4  # before other references (10) are resolved

    def run(self, **_):
        for node in list(self.document.findall(present_reference)):
            in_words = is_printed(self.app) or is_notebook(self.app) or isinstance(node.parent, WITHOUT_CARD)
            try:
                target = _resolve(self.env, self.env.docname, node["target"])
            except ControlError:  # told already
                in_words = True
            node.replace_self(nodes.Text(node.astext()) if in_words else self._link(node, *target))

    def _link(self, node, page, anchor, query):
        minutes = minutes_of_plan(node)
        address = self.app.builder.get_relative_uri(self.env.docname, page)  # empty for this page
        address += f"?present{f'={minutes}' if minutes else ''}" + (f"#{anchor}" if anchor else "")
        title = f"Present: {self.env.titles[page].astext()}"
        values = {"href": address, "state": query, "title": title, "words": node.astext()}
        return nodes.raw("", render("present.html", **values).strip(), format="html")


def setup(app):
    app.add_node(present_reference)
    app.add_role("present", PresentRole())
    app.add_post_transform(PresentTransform)
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-check-consistency", _check)
