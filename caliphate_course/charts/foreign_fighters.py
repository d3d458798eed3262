"""Who came from abroad? One country, several counts."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import ranges
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import Explorer, StateTitle, theme

# Counts that give figures by country: colour, and a name short enough for a phone.
EDITIONS = {
    "icsr_2013": (theme.MUTED, "ICSR, Dec 2013"),
    "icsr_2015": (theme.BLUE, "ICSR, Jan 2015"),
    "soufan_2015": (theme.ORANGE, "Soufan, Dec 2015"),
    "soufan_2017": (theme.PURPLE, "Soufan, Oct 2017"),
}
MEASURES = ("travelled", "returned")
# What a reader can choose: who is counted, and in which counts.
LATER, ALL, RETURNED = "later", "all", "returned"
VIEWS = {
    LATER: "travelled to Syria or Iraq, counts of 2015 and 2017",
    ALL: "travelled to Syria or Iraq, also by the count of 2013",
    RETURNED: "came back",
}
EARLY = "icsr_2013"
MOST_COUNTRIES = 12
COUNTRY_HEIGHT = 26
ROOM = 1.3  # for the figure behind the longest mark, see `ranges.horizontal`


def estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `foreign_fighters` for the countries with the largest counts of people who travelled.

    Keeps the countries named by at least two counts, the MOST_COUNTRIES largest of them. Adds `count` (the edition in
    words), `order`, `views` (the VIEWS that show it) and the columns of `stated`.
    """
    rows = frame[
        (frame["scope"] == "country") & frame["measure"].isin(MEASURES) & frame["edition"].isin(EDITIONS)
    ].reset_index(drop=True)
    rows = stated(rows)
    travelled = rows[rows["measure"] == "travelled"].groupby("country")
    sizes = travelled["reach"].max()[travelled["edition"].nunique() >= 2]
    largest = list(sizes.sort_values(ascending=False).index[:MOST_COUNTRIES])
    rows = rows[rows["country"].isin(largest)]
    return rows.assign(
        count=rows["edition"].map(lambda key: EDITIONS[key][1]),
        order=rows["country"].map(largest.index),
        views=[_views(*row) for row in rows[["measure", "edition"]].itertuples(index=False)],
    )


def _views(measure, edition):
    return [RETURNED] if measure == "returned" else [ALL] if edition == EARLY else [LATER, ALL]


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """For each country a row with a mark per count, and the largest figure in words; people along the horizontal axis.

    `frame` is the table `foreign_fighters`. Param: `show` (a key of VIEWS).
    """
    rows = estimates(frame)[["country", "order", "count", "measure", "definition", "views", *ranges.COLUMNS]]
    colours, names = zip(*EDITIONS.values(), strict=True)
    y = ranges.vertical("country", limit=110)
    counts = {
        key: [name for name in names if name in set(of_view)]
        for key, of_view in rows.explode("views").groupby("views")["count"]
    }
    legend = alt.Legend(columns=2, symbolType="circle", values=alt.ExprRef(f"{json.dumps(counts)}[show]"))
    look = alt.Scale(domain=list(names), range=list(colours))
    _, spans, points, figures = ranges.in_rows(
        rows,
        x={**ranges.horizontal(rows, "People (estimates)", room=ROOM), "scale": _own_length(rows)},
        y=y,
        color=alt.Color("count:N", scale=look, legend=legend),
        tooltip=theme.tooltip(country="Country", count="Count by", words="People", definition="What was counted"),
    )
    shown = "indexof(datum.views, show) >= 0"
    track = alt.Chart(rows).mark_rule(color=theme.FAINT).encode(y=y, x="reach:Q", x2=alt.X2Datum(0))
    largest = figures.transform_filter(shown).transform_joinaggregate(most="max(reach)", groupby=["country"])
    layers = [track, spans, points, largest.transform_filter("datum.reach == datum.most")]
    return ranges.chart(
        rows,
        layers,
        shown=shown,
        counts={"figures": "count()", "countries": "distinct(country)"},
        line=f"(show == '{RETURNED}' ? 'Came back: ' : 'Travelled: ') + datum.figures + ' figures, ' + datum.countries + ' countries'",
        height=130 + COUNTRY_HEIGHT * rows["country"].nunique(),
        param="show",
        boxes=False,
    )


def _own_length(rows):
    """The scale of people: those who came back are far fewer than those who went, and have a shorter one."""
    ends = rows.groupby("measure")["reach"].max() * ROOM
    return alt.Scale(domain=[0, alt.ExprRef(f"show == '{RETURNED}' ? {ends.get('returned', 1)} : {ends['travelled']}")])


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Who is counted, and in which counts."""
    rows = estimates(frame)
    present = set(rows["views"].explode()) - (set() if EARLY in set(rows["edition"]) else {ALL})
    options = [(words, key) for key, words in VIEWS.items() if key in present]
    return {"show": ipywidgets.Dropdown(options=options, value=options[0][1], description="People who")}


def title(frame: pd.DataFrame) -> StateTitle:
    """Who led the counts shown; for the state in which the chart opens, what became of Tunisia's figure."""
    rows = estimates(frame)

    def first(edition, measure):
        some = rows[(rows["edition"] == edition) & (rows["measure"] == measure)]
        return None if some.empty else some.loc[some["reach"].idxmax()]

    def sentence(show):
        if show == LATER:
            return fill(
                "Of those who travelled, Tunisians led two counts of 2015 with up to "
                "{foreign_fighters/icsr-2015-tun.high as number} and with {foreign_fighters/soufan-2015-tun as number}; "
                "that of 2017 has {foreign_fighters/soufan-2017-tun as number}"
            )
        measure = "returned" if show == RETURNED else "travelled"
        led = [one for edition in EDITIONS if (one := first(edition, measure)) is not None]
        said = "; ".join(f"{one['country']}, {one['words']} ({one['count']})" for one in led)
        return f"Most came back to {said}" if show == RETURNED else f"Most travelled from {said}"

    return StateTitle(by=("show",), sentence=sentence)


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every country, region and total of every count, all text.

    Columns `Country or group`, `Count by`, `Date` (ISO), `Measure`, `People`, `What was counted` and `Note`.
    """
    rows = stated(frame).sort_values(["measure", "edition", "scope", "country"])
    return pd.DataFrame(
        {
            "Country or group": rows["country"],
            "Count by": rows["estimator"],
            "Date": rows["date"].dt.strftime("%Y-%m-%d"),
            "Measure": rows["measure"].str.replace("_", " "),
            "People": rows["words"],
            "What was counted": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-foreign-fighters`. `frame` is the table `foreign_fighters` or a selection of its rows."""
    theme.drawn(estimates(frame), "fig-foreign-fighters", "foreign_fighters")
    return Explorer(
        chart(frame),
        name="fig-foreign-fighters",
        controls=controls(frame),
        title=title(frame),
        description=fill(
            "The countries with the largest counts, each with up to three of them (a fourth can be added) of people who "
            "travelled to fight in Syria and Iraq. In January 2015 ICSR put Tunisia at "
            "{foreign_fighters/icsr-2015-tun.low as number} to {foreign_fighters/icsr-2015-tun.high as number}, in December "
            "2015 The Soufan Group at {foreign_fighters/soufan-2015-tun as number}, in October 2017 The Soufan Center at "
            "{foreign_fighters/soufan-2017-tun as number}. In the count of 2017 Russia is first with "
            "{foreign_fighters/soufan-2017-rus as number}. The counts cover different years, groups and sources, so the "
            "marks of a country stand in one row and are not joined."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="October 2017",
    )
