"""The two articles' claims on a page: ``{claims} article`` with verdicts, ``{claims-to-rate}`` without them,
``{claims-disputed}`` where the two raters differ.

On screen a verdict is behind a click, so that readers can judge first. In print the claims come first with a line
to write a rating on, and the verdicts follow.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from caliphate_course import data
from caliphate_course.measures.claims import disputed
from caliphate_course.words import ARTICLES, VERDICTS, labels
from coursebook.dataset import ids
from coursebook.page_text import as_text
from coursebook.pages import left_out
from coursebook.pages.printed import is_notebook, is_printed
from coursebook.templating import render

LESSONS = {
    "origins": "origins-and-rise", "height": "the-caliphate", "fall": "the-fall", "membership": "who-joined",
    "air_war": "air-war", "allies": "uneasy-allies", "going_home": "going-home", "after": "after-the-caliphate",
    "justice": "justice-and-rebuilding", "politics": "what-became-of-the-alliances",
}  # fmt: skip
# The figure that bears on a claim: by topic and lesson, else by topic. Names and dates have none.
FIGURES = {
    ("territory", "height"): "fig-territory",
    "territory": "fig-towns",
    "victory_declared": "fig-towns",
    ("coalition", "air_war"): "fig-strikes",
    ("coalition", "membership"): "fig-membership",
    "coalition": "fig-relations",
    "affiliates": "fig-affiliates",
    "attacks_abroad": "fig-attacks-abroad",
    "raqqa_deal": "fig-stints",
    "syria_war": "fig-relations",
    "iraq_politics": "fig-collisions",
    "allies_collide": "fig-collisions",
    ("forecast", "after"): "fig-attacks-after",
    ("forecast", "politics"): "fig-relations-after",
    ("people_and_names", "height"): "fig-foreign-fighters",
    ("people_and_names", "allies"): "fig-relations",
}


class paper(nodes.General, nodes.Element):
    """What only print has; on screen the transform below takes it out."""


class screen(nodes.Inline, nodes.Element):
    """What only web pages have."""


class PaperTransform(SphinxPostTransform):
    """Keeps the sheets to write on in print and the fields on screen, and drops them elsewhere."""

    default_priority = 2

    def run(self, **_):
        printed = is_printed(self.app)
        for kind, stays in ((paper, printed), (screen, not printed and not is_notebook(self.app))):
            for node in list(self.document.findall(kind)):
                node.replace_self(node.children if stays else [])


class Claims(SphinxDirective):
    """The claims of the article that the argument names (a key of the column `article`), each with its verdict behind a click."""

    required_arguments = 1

    def run(self):
        claims = data.load("claims")
        article = self.arguments[0]
        if article not in ARTICLES:
            raise self.error(f"there is no article {article!r}; the articles are: {', '.join(ARTICLES)}")
        rows = claims[claims["article"] == article]
        return [paper("", *_to_rate(rows)), *(node for _, row in rows.iterrows() for node in self._claim(row))]

    def _claim(self, row):
        verdict, _ = VERDICTS[row["verdict"]]
        opening = render("claim.html", claim=row, verdict=verdict)
        lesson = LESSONS.get(row["lesson"], "")
        gone = left_out.leads_out(self.env, self.env.docname, lesson)
        body = self.parse_text_to_nodes(evidence(row, "" if gone else lesson))
        return [nodes.raw("", opening, format="html"), *body, nodes.raw("", "</div></details>", format="html")]


class ClaimsToRate(SphinxDirective):
    """The claims that teach most, as a list without verdicts."""

    def run(self):
        claims = data.load("claims")
        return _to_rate(claims[claims["teaches"]])


class ClaimsRated(SphinxDirective):
    """Of the claims that teach most, how the reader rated them and how we did; hidden until the reader has."""

    def run(self):
        claims = data.load("claims")
        rows = claims[claims["teaches"]].to_dict("records")
        html = render("claims_rated.html", claims=rows, labels=labels(VERDICTS), quoted=quoted)
        return [nodes.raw("", html, format="html")]


class ClaimsDisputed(SphinxDirective):
    """Every claim on which the two raters differ: their verdicts, the decision and its reason."""

    def run(self):
        listed = nodes.container(classes=["claims-disputed"])
        listed += self.parse_text_to_nodes("\n".join(disagreements(disputed(data.load("claims")))))
        return [listed]


def _to_rate(rows):
    items = []
    for _, row in rows.iterrows():
        words = [
            nodes.strong("", row["claim_id"]),
            nodes.Text(f" {row['paraphrase']} {quoted(row['words'])} "),
            nodes.emphasis("", "______"),
            screen("", nodes.raw("", render("claim_rating.html", claim=row, labels=labels(VERDICTS)), format="html")),
        ]
        items.append(nodes.list_item("", nodes.paragraph("", "", *words)))
    return [nodes.bullet_list("", *items, classes=["claims-to-rate"])]


def quoted(words: str) -> str:
    """Words of an article between quotation marks."""
    return f"“{words}”"


def disagreements(rows) -> list[str]:
    """The items of a Markdown list, one for each of these rows of `claims`."""
    names = labels(VERDICTS)
    return [
        f"- **{row.claim_id}** {quoted(row.words)}: the first rater said {names[row.rater_1]}, the second"
        f" {names[row.rater_2]}. *Decided: {names[row.verdict]}.* {as_text(row.decision)}"
        for row in rows.itertuples()
    ]


def figure_for(row) -> str | None:
    """The label of the figure that bears on a claim, or None."""
    return FIGURES.get((row["topic"], row["lesson"])) or FIGURES.get(row["topic"])


def evidence(row, lesson: str) -> str:
    """What the reader finds behind the click, as MyST text; it ends with the `lesson` that says more, if there is one."""
    cited = f"{{cite:p}}`{','.join(ids(row['source_ids']))}`"
    figure = figure_for(row)
    see = f" and {{numref}}`{figure}`" if figure else ""
    lines = [
        f"{as_text(row['explanation'])} {cited}",
        f"*Known in November 2017:* {as_text(row['then_evidence'])}" if isinstance(row["then_evidence"], str) else "",
        f"*Known now:* {as_text(row['now_evidence'])}" if isinstance(row["now_evidence"], str) else "",
        f"More in {{doc}}`{lesson}`{see}." if lesson else "",
    ]
    return "\n\n".join(line for line in lines if line)


def setup(app):
    app.add_node(paper)
    app.add_node(screen)
    app.add_post_transform(PaperTransform)
    app.add_directive("claims", Claims)
    app.add_directive("claims-to-rate", ClaimsToRate)
    app.add_directive("claims-rated", ClaimsRated)
    app.add_directive("claims-disputed", ClaimsDisputed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
