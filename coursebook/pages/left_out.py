"""An own version's pages (`coursebook/own_version.py`): whatever leads to a lesson that it leaves out becomes plain words.

So does a reference to a figure of such a lesson, and a section or a row of a table that is all about one goes. The front
page has the version's own title, and says whose lessons these are. In the whole course nothing of this happens: there a
reference that leads nowhere stops the build.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join, normpath

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from coursebook.own_version import SETTING

FIGURE = "a chart of a lesson left out here"


def pages(env) -> dict[str, str]:
    """The pages of the lessons that are left out, with their titles."""
    return env.config[SETTING].get("left_out", {})


def _page(here: str, target: str) -> str:
    """The page that a `target` on the page `here` names, with or without an anchor."""
    return normpath(join(dirname(here), target.partition("#")[0]))


def leads_out(env, here: str, target: str) -> bool:
    """Whether the page that `target` names on the page `here` is left out."""
    return _page(here, target) in pages(env)


class FollowOwnVersion(SphinxTransform):
    """Takes out what is all about lessons left out, and gives the front page its title."""

    default_priority = 400  # before labels, titles and figures are noted (850)

    def apply(self, **_):
        if not self.config[SETTING]:
            return
        for node in [*self._about_lessons_left_out(), *self._questions_back_to_them()]:
            node.parent.remove(node)
        questions = self.document.findall(lambda node: node.tagname == "question")
        for number, question in enumerate(questions, start=1):
            question["number"] = number
        if self.env.docname == self.config.root_doc:
            self._tell_on_front_page()

    def _about_lessons_left_out(self) -> Iterator[nodes.Element]:
        """Sections whose title, and rows whose first cell, is a reference to such a lesson and nothing else."""
        for node in self.document.findall(lambda node: isinstance(node, (nodes.title, nodes.row))):
            words = node[0] if isinstance(node, nodes.row) else node
            if [one.astext() for one in self._leading_out(words)] == [words.astext().strip()]:
                yield node if isinstance(node, nodes.row) else node.parent

    def _questions_back_to_them(self) -> Iterator[nodes.Element]:
        """Questions that name such a lesson: who has not read it cannot answer."""
        for words in self.document.findall(lambda node: node.tagname == "question_text"):
            if any(self._leading_out(words)):
                yield words.parent

    def _leading_out(self, node: nodes.Element) -> Iterator[addnodes.pending_xref]:
        """The references in `node` to lessons left out."""
        for reference in node.findall(addnodes.pending_xref):
            if reference["reftype"] == "doc" and leads_out(self.env, self.env.docname, reference["reftarget"]):
                yield reference

    def _tell_on_front_page(self):
        told, title = self.config[SETTING], next(self.document.findall(nodes.title))
        if told["title"]:
            title[:] = [nodes.Text(told["title"])]
        title.parent.insert(
            title.parent.index(title) + 1, nodes.paragraph("", f"{told['line']}.", classes=["own-version"])
        )


def _in_words(app, env, node, contnode):
    """What stands in the place of a reference that leads nowhere: its own words, a title, or that there was a chart."""
    if not pages(env):
        return None
    if node["reftype"] == "numref":
        return nodes.Text(FIGURE[0].upper() + FIGURE[1:] if _begins_sentence(node) else FIGURE)
    if node["reftype"] != "doc" or not leads_out(env, node["refdoc"], node["reftarget"]):
        return None
    words = node.astext() if node["refexplicit"] else f"“{pages(env)[_page(node['refdoc'], node['reftarget'])]}”"
    return nodes.inline("", words, classes=["left-out"])


def _begins_sentence(node: nodes.Node) -> bool:
    before = node.parent.astext().partition(node.astext())[0].rstrip()
    return not before or before.endswith((".", "?", "!"))


def setup(app):
    app.add_config_value(SETTING, {}, "env", [dict])  # title, line, pages left out; nothing of the whole course
    app.add_transform(FollowOwnVersion)
    app.connect("missing-reference", _in_words)
