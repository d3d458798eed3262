"""The role `{fact}`: a figure in a sentence, taken from the dataset, with a card that says who says so."""

from __future__ import annotations

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from caliphate_course import data, facts
from caliphate_course.explorer import static
from caliphate_course.sphinx_ext.explorer_figure import PRINT_BUILDERS

logger = logging.getLogger(__name__)


class FactRole(SphinxRole):
    """``{fact}`table/row.column as form` ``; an unknown reference is a warning that names page and line."""

    def run(self):
        try:
            fact = facts.resolve(self.text)
            sources = data.sources(fact.source_ids)
        except (facts.FactError, data.DataError) as error:
            logger.warning("fact: %s", error, location=self.get_location(), type="course", subtype="fact")
            return [nodes.inline("", self.text, classes=["fact-broken"])], []
        used = self.env.metadata[self.env.docname].setdefault("course_sources", [])
        used.extend(fact.source_ids)
        if self.env.app.builder.name in PRINT_BUILDERS:
            return [nodes.inline("", fact.text, classes=["fact"])], []
        number = self.env.new_serialno("fact")
        body = static.fact_html(fact, sources, f"fact-{number}")
        return [nodes.raw("", body, format="html")], []


def setup(app):
    app.add_role("fact", FactRole())
