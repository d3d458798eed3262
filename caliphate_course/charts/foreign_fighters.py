"""Who came from abroad? One country, several counts."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import ranges
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import Explorer, theme

# Counts that give figures by country: colour, and a name short enough for a phone.
EDITIONS = {
    "icsr_2013": (theme.MUTED, "ICSR, Dec 2013"),
    "icsr_2015": (theme.BLUE, "ICSR, Jan 2015"),
    "soufan_2015": (theme.ORANGE, "Soufan, Dec 2015"),
    "soufan_2017": (theme.PURPLE, "Soufan, Oct 2017"),
}
MEASURES = {"travelled": "travelled to Syria or Iraq", "returned": "came back"}
MOST_COUNTRIES = 12
COUNTRY_HEIGHT = 64  # room for a line of words for each count
ROOM = 1.3  # for the figure behind the longest mark, see `ranges.horizontal`


def estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `foreign_fighters` for the countries with the largest counts of people who travelled.

    Keeps the countries named by at least two counts, the MOST_COUNTRIES largest of them. Adds `count` (the edition in
    words), `order` and the columns of `stated`.
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
        count=rows["edition"].map(lambda key: EDITIONS[key][1]), order=rows["country"].map(largest.index)
    )


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """For each country one mark per count; people along the horizontal axis.

    `frame` is the table `foreign_fighters`. Params: `counts` (a list of counts in words) and `measure` (a key of
    MEASURES).
    """
    rows = estimates(frame)[["country", "order", "count", "measure", "definition", *ranges.COLUMNS]]
    colours, names = zip(*EDITIONS.values(), strict=True)
    layers = ranges.in_rows(
        rows,
        x={**ranges.horizontal(rows, "People (estimates)", room=ROOM), "scale": _own_length(rows)},
        y=ranges.vertical("country", limit=110).scale(paddingInner=0.12),
        yOffset=alt.YOffset("count:N", sort=list(names)),
        color=alt.Color(
            "count:N",
            scale=alt.Scale(domain=list(names), range=list(colours)),
            legend=alt.Legend(columns=2, symbolType="square"),
        ),
        tooltip=theme.tooltip(country="Country", count="Count by", words="People", definition="What was counted"),
    )
    return ranges.chart(
        rows,
        layers,
        shown="datum.measure == measure && indexof(counts, datum.count) >= 0",
        counts={"figures": "count()", "countries": "distinct(country)"},
        line="(measure == 'travelled' ? 'Travelled: ' : 'Came back: ') + (datum.figures ? datum.figures + "
        "' figures, ' + datum.countries + ' countries' : 'no figures')",
        height=110 + COUNTRY_HEIGHT * rows["country"].nunique(),
        params=["counts", "measure"],
    )


def _own_length(rows):
    """The scale of people: those who came back are far fewer than those who went, and have a shorter one."""
    ends = rows.groupby("measure")["reach"].max() * ROOM
    by_measure = " : ".join(f"measure == '{measure}' ? {end}" for measure, end in ends.items())
    return alt.Scale(domain=[0, alt.ExprRef(f"{by_measure} : 1")])


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The counts to compare, and whether people who went or people who came back."""
    present = set(estimates(frame)["count"])
    options = [name for _, name in EDITIONS.values() if name in present]
    return {
        "counts": ipywidgets.SelectMultiple(options=options, value=options[-3:], description="Counts"),
        "measure": ipywidgets.RadioButtons(
            options=[(words, key) for key, words in MEASURES.items()], value="travelled", description="People who"
        ),
    }


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
        title=fill(
            "Of those who travelled, Tunisians led two counts of 2015 with up to "
            "{foreign_fighters/icsr-2015-tun.high as number} and with {foreign_fighters/soufan-2015-tun as number}; "
            "that of 2017 has {foreign_fighters/soufan-2017-tun as number}"
        ),
        description=fill(
            "The countries with the largest counts, each with up to three of them (a fourth can be added) of people who "
            "travelled to fight in Syria and Iraq. In January 2015 ICSR put Tunisia at "
            "{foreign_fighters/icsr-2015-tun.low as number} to {foreign_fighters/icsr-2015-tun.high as number}, in December "
            "2015 The Soufan Group at {foreign_fighters/soufan-2015-tun as number}, in October 2017 The Soufan Center at "
            "{foreign_fighters/soufan-2017-tun as number}. In the count of 2017 Russia is first with "
            "{foreign_fighters/soufan-2017-rus as number}. The counts cover different years, groups and sources, so the "
            "marks are not joined."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="October 2017",
    )
