"""The role `{state}`: words of a sentence that name a state of a figure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from coursebook.figures import ControlError, static
from coursebook.figures.controls import slug
from coursebook.figures.states import split
from coursebook.pages import left_out
from coursebook.pages.printed import is_ebook, is_notebook, is_printed
from coursebook.pages.term_card import WITHOUT_CARD
from coursebook.templating import render

logger = logging.getLogger(__name__)
FIGURES = "figures"
WRITTEN = re.compile(r"(?P<words>.+?)\s*<(?P<figure>[\w-]+)\?(?P<query>[^<>]+)>", re.DOTALL)


class state_reference(nodes.Inline, nodes.TextElement):
    """Words that name the state `query` of `figure`."""


class StateRole(SphinxRole):
    """Words that name a state of a figure: a link that sets the chart; on paper and in a notebook the state in brackets.

        In {state}`March 1986 <fig-comet?month=1986-03&seen-from=south>` it stood highest.

    The figure may stand on another page. Values are written as in the figure's address: `month=2016-07`,
    `years=2014..2016`, `who=one,two`, `all=yes`. With `&mark=word` the marks whose tooltip has that word are ringed. A
    state that the figure cannot take stops the build.
    """

    def run(self):
        found = WRITTEN.fullmatch(self.text.strip())
        if found is None:
            _warn(f"{self.text!r}: write `words <fig-label?control=value>`", self.get_location())
            return [nodes.inline("", self.text)], []
        node = state_reference("", found["words"], figure=found["figure"], query=found["query"])
        self.set_source_info(node)
        return [node], []


def _warn(problem, location):
    logger.warning("state: %s.", problem.rstrip("."), location=location, type="course", subtype="state")


# The figures ---------------------------------------------------------------------------------------------------------


def kept(env, name: str) -> Path:
    """Where the figure of that name is kept, as JSON, while the book is made."""
    return Path(env.doctreedir) / FIGURES / f"{name}.json"


def figure_of(env, name: str) -> dict:
    """The figure of that name, as its notebook gave it. Raises ControlError if no page has it."""
    path = kept(env, name)
    if name not in env.get_domain("std").anonlabels or not path.is_file():
        raise ControlError(f"there is no figure {name!r}")
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path, _changed):
    return json.loads(path.read_text(encoding="utf-8"))


def number_of(env, name: str) -> str:
    """'Fig. 6.1', as the figure's caption has it."""
    page, anchor = env.get_domain("std").anonlabels[name]
    number = env.toc_fignumbers.get(page, {}).get("figure", {}).get(anchor, ())
    written = env.config.numfig_format["figure"]  # a notebook has no links and names a figure at length
    return (written if "%s" in written else "Figure %s") % ".".join(map(str, number)) if number else ""


def words_of_state(env, figure: str, query: str) -> str:
    """The state in words: 'Month: September 2014'. Raises ControlError for one that the figure cannot take."""
    content = figure_of(env, figure)
    state, marks = split(query)
    states = static.states_of(content)
    for mark in marks:
        if mark not in _all_words(kept(env, figure)):
            raise ControlError(f"{figure}: no mark says {mark!r}")
    return states.words(states.read(state))


@cache
def _all_words(path):
    content = _read(path, path.stat().st_mtime_ns)
    return slug(json.dumps([content["vega"].get("data"), content["rows"]], ensure_ascii=False))


# What pages name -----------------------------------------------------------------------------------------------------


def _of(env) -> dict[str, list[tuple[int, str, str]]]:
    """By page: line, figure and state of every reference."""
    if not hasattr(env, "course_states"):
        env.course_states = {}
    return env.course_states


def _collect(app, doctree):
    found = [(node.line, node["figure"], node["query"]) for node in doctree.findall(state_reference)]
    if found:
        _of(app.env)[app.env.docname] = found


def _purge(app, env, docname):
    _of(env).pop(docname, None)


def _merge(app, env, docnames, other):
    _of(env).update({name: found for name, found in _of(other).items() if name in docnames})


def _check(app, env):
    """Every page's references, and not only those of the pages read now: a figure may have changed on another page."""
    for page, references in _of(env).items():
        for line, figure, query in references:
            if left_out.pages(env) and figure not in env.get_domain("std").anonlabels:
                continue
            try:
                words_of_state(env, figure, query)
            except ControlError as error:
                _warn(str(error), (page, line))


def named_in_prose(figure: nodes.Node, name: str) -> Iterator[str]:
    """The states of `figure` that its page names, in the page's order, each once; not those that solve an exercise."""
    page: nodes.Node = figure
    while page.parent is not None and type(page).__name__ != "start_of_file":
        page = page.parent
    queries = [
        split(node["query"])[0]
        for node in page.findall(state_reference)
        if node["figure"] == name and not _in_solution(node)
    ]
    yield from dict.fromkeys(queries)


def _in_solution(node) -> bool:
    while (node := node.parent) is not None:
        if type(node).__name__.startswith("solution"):
            return True
    return False


class StateTransform(SphinxPostTransform):
    """Draws each reference for the medium."""

    default_priority = 4  # before other references (10) are resolved

    def run(self, **_):
        for node in list(self.document.findall(state_reference)):
            try:
                words = words_of_state(self.env, node["figure"], node["query"])
            except ControlError:  # told already
                node.replace_self(nodes.Text(node.astext()))
                continue
            if isinstance(node.parent, WITHOUT_CARD):
                node.replace_self(nodes.Text(node.astext()))
            elif is_printed(self.app) or is_notebook(self.app):
                node.replace_self(self._in_brackets(node, words))
            else:
                node.replace_self(self._link(node, words))

    def _link(self, node, words):
        page, anchor = self.env.get_domain("std").anonlabels[node["figure"]]
        # In a browser without scripts the link leads to the figure; `site.js` adds the state to its address.
        href = self.app.builder.get_relative_uri(self.env.docname, page) if page != self.env.docname else ""
        sets = f"{number_of(self.env, node['figure'])} {words}".strip()
        values = {"href": f"{href}#{anchor}", "state": node["query"], "sets": sets, "words": node.astext()}
        return nodes.raw("", render("state.html", **values).strip(), format="html")

    def _in_brackets(self, node, words):
        """The words, then which figure shows what; in a notebook a figure of its own is at hand, and has to be set, and an
        e-book leads there."""
        page, anchor = self.env.get_domain("std").anonlabels[node["figure"]]
        at_hand = is_notebook(self.app) and page == self.env.docname
        where = [] if at_hand else [number_of(self.env, node["figure"])]
        told = f"{node.astext()} ({', '.join(filter(None, [*where, words]))})"
        if is_ebook(self.app):
            states = static.states_of(figure_of(self.env, node["figure"]))
            name = states.write(states.read(split(node["query"])[0]))
            uri = (
                f"{self.app.builder.get_relative_uri(self.env.docname, page)}#{anchor}?{name}"  # to its picture, if any
            )
            return nodes.reference("", "", nodes.Text(told), refuri=uri, internal=True, classes=["state"])
        return nodes.inline("", told, classes=["state"])


def setup(app):
    app.add_node(state_reference)
    app.add_role("state", StateRole())
    app.add_post_transform(StateTransform)
    app.connect("doctree-read", _collect)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-check-consistency", _check)
