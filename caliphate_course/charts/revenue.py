"""Money: what authors thought came in, and what the UN thought was left."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import ranges
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import Explorer, theme
from coursebook.words import named, of_millions

MONTHLY, YEARLY, RESERVES = "income, monthly figure × 12", "income, for a whole year", "reserves, not income"
# What each period of the table makes of a figure, and how it is said.
PERIODS = {
    "month": (MONTHLY, "US dollars a month"),
    "year": (YEARLY, "US dollars a year"),
    "stock": (RESERVES, "US dollars in reserve"),
}
KINDS = (YEARLY, MONTHLY, RESERVES)
TOLD = ("brisard-2014", "icsr-2014")  # the title speaks of these


def _amount(value):
    """Vega expression: `value`, in million dollars, in the words of `of_millions`."""
    return f"({value} < 1000 ? {value} + ' million' : format({value} / 1000, ',') + ' billion')"


# What came in and what was left are never ranked together.
_LINE = (
    f"'US dollars: ' + (datum.income > 0 ? 'income to ' + {_amount('datum.income')} : '')"
    " + (datum.income > 0 && datum.reserves > 0 ? ', ' : '')"
    f" + (datum.reserves > 0 ? 'reserves to ' + {_amount('datum.reserves')} : '')"
)
_AXIS = alt.Axis(tickCount=ranges.FEW_TICKS, labelExpr=f"datum.value ? {_amount('datum.value')} : '0'")
SHORT = {
    "ICSR and EY": "ICSR and EY",
    "IHS Conflict Monitor": "IHS",
    "Brisard and Martinez, for Thomson Reuters": "Thomson Reuters",
    "Brisard and Martinez, Center for the Analysis of Terrorism": "CAT",
    "UN Secretary-General": "UN",
    "UN Secretary-General, from member states": "UN",
    "UN Secretary-General, S/2025/72": "UN",
}  # fmt: skip


def estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `revenue` in million US dollars, monthly figures times twelve so that they can stand beside others.

    Adds `what` (one of KINDS), `label`, `order`, `published` (the figure as its author gave it) and the columns of
    `stated`, of which `words` and `brief` read "2.9 billion". Raises ValueError for a period without an entry in PERIODS.
    """
    rows = frame.sort_values(["period_start", "period_end"], ascending=[True, False]).reset_index(drop=True)
    period = named(rows["per"], PERIODS, table="revenue", home="PERIODS in charts/revenue.py")
    published = _read_out(rows)["words"] + " " + period.str[1]
    monthly = rows["per"] == "month"
    numbers = rows[["low", "best", "high"]].astype("float64")
    rows = rows.assign(**numbers.where(~monthly, numbers * 12))
    rows = stated(rows).assign(**_read_out(rows)[["words", "brief"]])
    authors = rows["estimator"].map(lambda name: SHORT.get(name, name))
    when = rows["period_start"].dt.year.astype(str).where(~monthly, rows["period_start"].dt.strftime("%b %Y"))
    return rows.assign(
        what=period.str[0],
        label=when + ", " + authors,
        published=published,
        order=rows.index,
    )


def _read_out(rows):
    """`words` and `brief` of `stated` for `rows` in million dollars, each row in millions or in billions."""
    numbers = rows[["low", "best", "high"]].astype("float64")
    least = numbers.min(axis=1)
    told = stated(rows.assign(**numbers.div(least.map(lambda number: of_millions(number)[0]), axis=0)))
    units = least.map(lambda number: of_millions(number)[1]).astype("str")
    return told[["words", "brief"]].apply(lambda words: words + " " + units)


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """One row for each figure of the table `revenue`, million US dollars along the horizontal axis.

    Param: `what`, a list of some of KINDS.
    """
    own = ["label", "order", "what", "published", "estimator", "definition"]
    rows = estimates(frame)
    rows = rows.assign(told=rows["id"].isin(TOLD))[[*own, "told", *ranges.COLUMNS]]
    stock = rows["what"] == RESERVES
    rows = rows.assign(income=rows["reach"].mask(stock, 0), reserves=rows["reach"].where(stock, 0))
    layers = ranges.in_rows(
        rows,
        x=ranges.horizontal(rows, "US dollars", room=1.4, axis=_AXIS),
        y=ranges.vertical("label", lift=6),
        under="what",
        color=ranges.SHADES,
        tooltip=theme.tooltip(estimator="Estimator", published="Published figure", definition="What it is"),
    )
    return ranges.chart(
        rows,
        layers,
        shown="indexof(what, datum.what) >= 0",
        counts={"figures": "count()", "income": "max(income)", "reserves": "max(reserves)"},
        line=_LINE,
        height=70 + 32 * len(rows),
        param="what",
    )


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Income for a year, income by the month, reserves."""
    options = [what for what in KINDS if what in set(estimates(frame)["what"])]
    return {"what": ipywidgets.SelectMultiple(options=options, value=options, description="Kind of figure")}


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The figures as published, all text.

    Columns `From`, `To` (ISO dates), `Published figure` (in US dollars, with its period), `Estimator`, `What it is` and
    `Note`.
    """
    rows = estimates(frame)
    return pd.DataFrame(
        {
            "From": rows["period_start"].dt.strftime("%Y-%m-%d"),
            "To": rows["period_end"].dt.strftime("%Y-%m-%d"),
            "Published figure": rows["published"],
            "Estimator": rows["estimator"],
            "What it is": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )


def _part(rows, _):
    said = "; ".join(ranges.spans(rows, "what", _written))
    return f"{said[0].upper()}{said[1:]} US dollars"


def _written(value):
    """A figure in million dollars: "870 million", "2.9 billion"."""
    size, word = of_millions(value)
    return f"{value / size:,g} {word}"


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-revenue`. `frame` is the table `revenue` or a selection of its rows."""
    rows = theme.drawn(estimates(frame), "fig-revenue", "revenue")
    listed = "; ".join(f"{row.label}: {row.published}" for row in rows.itertuples())
    return Explorer(
        chart(frame),
        name="fig-revenue",
        controls=controls(frame),
        title=ranges.title(
            "what",
            rows,
            fill("Income in 2014: {revenue/brisard-2014} by one count, {revenue/icsr-2014} by another"),
            _part,
        ),
        description=f"Each figure in a row of its own, oldest first, with its author. {listed}.",
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="January 2025",
    )
