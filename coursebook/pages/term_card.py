"""A term of the glossary in a sentence: what it means stands in a card, as the source of a figure does."""

from __future__ import annotations

from functools import cache

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursebook import course
from coursebook.pages.printed import is_notebook, is_printed
from coursebook.pages.questions import answer_text
from coursebook.templating import render

# A card in these would stand inside a control, or be read as part of a title.
WITHOUT_CARD = (answer_text, nodes.title, nodes.term)


class TermCards(SphinxPostTransform):
    """Draws each ``{term}`` of the table `glossary` as a link with a card; other terms stay links. On web pages alone."""

    default_priority = 4  # before other references (10) are resolved

    def run(self, **_):
        if is_printed(self.app) or is_notebook(self.app):
            return
        meanings = _meanings()
        terms = [node for node in self.document.findall(addnodes.pending_xref) if node.get("reftype") == "term"]
        for number, node in enumerate(terms, start=1):
            meaning = meanings.get(node["reftarget"].casefold())
            if meaning is not None and not isinstance(node.parent, WITHOUT_CARD):
                self._draw(node, meaning, f"term-card-{number}")

    def _draw(self, node, meaning, card):
        domain = self.env.get_domain("std")
        text = nodes.inline("", node.astext())
        link = domain.resolve_xref(self.env, self.env.docname, self.app.builder, "term", node["reftarget"], node, text)
        # Sphinx tells of a term that the glossary lacks; on the glossary's own page the meaning stands anyway.
        if link is not None and "refuri" in link:
            html = render("term.html", href=link["refuri"], text=text.astext(), meaning=meaning, id=card)
            node.replace_self(nodes.raw("", html.strip(), format="html"))


@cache
def _meanings() -> dict[str, str]:
    glossary = course.data().load("glossary")
    return dict(zip(glossary["term"].str.casefold(), glossary["definition"], strict=True))


def setup(app):
    app.add_post_transform(TermCards)
