"""The role `{fact}`: a figure in a sentence, taken from the dataset, with a card that says who says so."""

from __future__ import annotations

from functools import cache

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from coursebook import course
from coursebook.dataset import DataError
from coursebook.facts import FactError
from coursebook.pages import rows
from coursebook.pages.citations import citation, source_anchor
from coursebook.pages.printed import is_ebook, is_notebook, is_printed
from coursebook.pages.questions import answer_text
from coursebook.pages.usage import fact_reference
from coursebook.templating import render

logger = logging.getLogger(__name__)
MOST_CITED_IN_PRINT = 2


class FactRole(SphinxRole):
    """A figure in a sentence, out of the dataset, with a card that says who counted it.

        Then {fact}`population/census-1991 as million` people lived there.

    Before `/` stands the table, after it the row's id; `.column` names another column than the table's main one, `as`
    a form. `computed/name` is a figure worked out from several rows. A reference that leads nowhere stops the build.
    """

    def run(self):
        try:
            fact = course.facts().resolve(self.text)
            course.data().sources(fact.source_ids)
        except (FactError, DataError) as error:
            logger.warning("fact: %s", error, location=self.get_location(), type="course", subtype="fact")
            return [nodes.inline("", self.text, classes=["fact-broken"])], []
        for table, _ in fact.rows:
            self.env.note_dependency(str(course.data().folder / course.data().resource(table)["path"]))
        return [fact_reference("", fact.text, fact=fact)], []


class FactTransform(SphinxPostTransform):
    """Draws each fact for the medium: a link with a card on screen, which an e-book makes a note of, a short citation for
    paper, a link in a notebook."""

    default_priority = 4  # before citations (5) and other references (10) are resolved

    def run(self, **_):
        for number, node in enumerate(list(self.document.findall(fact_reference)), start=1):
            fact = node["fact"]
            if isinstance(node.parent, answer_text):  # an option is a control by itself, and need not be true
                node.replace_self(nodes.Text(fact.text))
                continue
            if is_notebook(self.app):
                node.replace_self(_link(fact))
                continue
            if is_ebook(self.app):
                node.replace_self(self._card(fact, number))
                continue
            ids = fact.source_ids[:MOST_CITED_IN_PRINT]
            cited = [nodes.Text(" "), citation(ids, "p", self.env.docname)] if ids else []
            if is_printed(self.app):
                node.replace_self([nodes.inline("", fact.text, classes=["fact"]), *cited])
            else:
                # A page printed from the browser needs the citation too; the style sheet shows it there.
                node.replace_self([self._card(fact, number), nodes.inline("", "", *cited, classes=["fact-cited"])])

    def _card(self, fact, number):
        sources = [
            {**source, "href": self._address(course.current().sources_page, source_anchor(source["id"]))}
            for source in _sources(tuple(fact.source_ids))
        ]
        made_of = [
            {
                "number": len(made),
                "title": course.data().resource(table)["title"],
                "href": self._address(course.current().data_page, f"table-{table}"),
            }
            for table, made in fact.rows
        ]
        href = "" if fact.is_worked_out else self._address(rows.page_of(fact.rows[0][0]), fact.rows[0][1][0])
        card = render("fact.html", fact=fact, sources=sources, id=f"fact-{number}", made_of=made_of, row_href=href)
        return nodes.raw("", card.strip(), format="html")

    def _address(self, page, anchor):
        return f"{self.app.builder.get_relative_uri(self.env.docname, page)}#{anchor}"


def _link(fact):
    """The figure as a link to its first source, whose title says who says so: notebooks show no cards."""
    if not fact.source_ids:
        return nodes.Text(fact.text)
    source = _sources(tuple(fact.source_ids))[0]
    how = "worked out here" if fact.is_worked_out else ""
    title = ", ".join(part for part in (fact.who, how, fact.when, source["publisher"]) if part)
    return nodes.reference("", "", nodes.Text(fact.text), refuri=source["url"], reftitle=title)


@cache
def _sources(ids: tuple[str, ...]) -> list[dict]:
    return course.data().sources(ids).reset_index().to_dict("records")


def setup(app):
    app.add_role("fact", FactRole())
    app.add_post_transform(FactTransform)
