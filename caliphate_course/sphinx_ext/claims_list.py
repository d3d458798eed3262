"""``{claims} article`` lists every claim of one article, its verdict behind a click so that readers can judge first."""

from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from caliphate_course import data
from caliphate_course.charts.claims import ARTICLES, VERDICTS
from caliphate_course.sphinx_ext.templating import render

LESSONS = {
    "origins": "origins-and-rise", "height": "the-caliphate", "fall": "the-fall", "membership": "who-joined",
    "air_war": "air-war", "allies": "uneasy-allies", "going_home": "going-home", "after": "after-the-caliphate",
    "justice": "justice-and-rebuilding", "politics": "what-became-of-the-alliances",
}  # fmt: skip


class Claims(SphinxDirective):
    """The claims of one article (a key of the table's column `article`), in the article's order."""

    required_arguments = 1

    def run(self):
        claims = data.load("claims")
        article = self.arguments[0]
        if article not in ARTICLES:
            raise self.error(f"there is no article {article!r}; the articles are: {', '.join(ARTICLES)}")
        rows = claims[claims["article"] == article]
        return [node for _, row in rows.iterrows() for node in self._claim(row)]

    def _claim(self, row):
        verdict, _ = VERDICTS[row["verdict"]]
        opening = render("claim.html", claim=row, verdict=verdict)
        body = self.parse_text_to_nodes(_body(row))
        return [nodes.raw("", opening, format="html"), *body, nodes.raw("", "</div></details>", format="html")]


def _body(row):
    """What the reader finds behind the click, as MyST text."""
    sources = row["source_ids"]
    cited = "{cite:p}`" + sources.replace(";", ",") + "`" if isinstance(sources, str) else "No source found."
    lines = [
        f"{row['explanation']} {cited}",
        f"*Known on 22 November 2017:* {row['then_evidence']}" if isinstance(row["then_evidence"], str) else "",
        f"*Known now:* {row['now_evidence']}" if isinstance(row["now_evidence"], str) else "",
        f"More in {{doc}}`{LESSONS[row['lesson']]}`." if isinstance(row["lesson"], str) else "",
    ]
    return "\n\n".join(line for line in lines if line)


def setup(app):
    app.add_directive("claims", Claims)
