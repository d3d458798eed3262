"""US troops in Iraq and Syria: what was published, corrected and ordered."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.facts import fill
from caliphate_course.measures.us_presence import corrections, figures
from caliphate_course.words import COUNTRY, TROOP_STATUSES
from coursebook.figures import Explorer, theme

_PICKED = "(country == 'both' || datum.country == country) && indexof(status, datum.status) >= 0"


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """One mark for each published figure, by date; a rule joins a correction to the figure it replaced.

    `country` is 'Iraq', 'Syria' or 'both', `status` a list of keys of TROOP_STATUSES. `frame` is the table `us_presence`.
    """
    rows = figures(frame)[["date", "country", "status", "value", "words", "when", "counter", "definition", "kind"]]
    ends = [alt.ExprRef("datetime(2014, 5, 1)"), alt.ExprRef("datetime(2026, 11, 31)")]
    axis = alt.Axis(format="%Y", tickCount=6, orient="bottom")
    time = alt.X("date:T", title=None, axis=axis, scale=alt.Scale(domain=ends))
    troops = alt.Y(
        "value:Q", title="troops", axis=alt.Axis(tickCount=6, format=",d"), scale=alt.Scale(domain=[0, 5600])
    )
    points = _points(rows).encode(x=time, y=troops)
    rule, numbers = _jumps(frame)
    layers = alt.layer(rule, points, numbers, _count(rows), theme.none_chosen("status", x=0, y=-44))
    layers = layers.properties(width=theme.FULL, height=300)
    return layers.add_params(alt.param(name="country"), alt.param(name="status"))


def _points(rows):
    """The figures chosen: colour for the country, shape for the status; an order is hollow."""
    countries = ["Iraq", "Syria"]
    by_country = alt.Scale(domain=countries, range=[COUNTRY[name] for name in countries])
    labels, shapes = zip(*TROOP_STATUSES.values(), strict=True)
    return (
        alt.Chart(rows)
        .transform_filter(_PICKED)
        .mark_point(size=85, filled=True)
        .encode(
            color=alt.Color(
                "country:N", scale=by_country, legend=alt.Legend(columns=2, symbolType="square")
            ),
            shape=alt.Shape(
                "kind:N",
                scale=alt.Scale(domain=list(labels), range=list(shapes)),
                legend=alt.Legend(columns=3, symbolFillColor=theme.MUTED),
            ),
            fillOpacity=alt.condition("datum.status == 'ordered'", alt.value(0), alt.value(1)),
            strokeOpacity=alt.value(1),
            stroke=alt.Stroke("country:N", legend=None, scale=by_country),
            tooltip=theme.tooltip(
                country="Country", when="Date", words="Troops", kind="Status", counter="Who says so",
                definition="What was counted",
            ),
        )
    )  # fmt: skip


def _jumps(frame):
    """A rule from each figure that was corrected to the correction, and both numbers."""
    jumps = corrections(frame)
    jumps["words"] = [f"{a:,.0f} → {b:,.0f}" for a, b in zip(jumps["before"], jumps["after"], strict=True)]
    shown = "(country == 'both' || datum.country == country) && indexof(status, 'corrected') >= 0"
    rules = alt.Chart(jumps).transform_filter(shown)
    line = rules.mark_rule(strokeDash=[3, 2], color=theme.MUTED).encode(x="date:T", y="before:Q", y2="after:Q")
    text = rules.mark_text(dy=-12, align="center", fontWeight="bold").encode(x="date:T", y="after:Q", text="words:N")
    return line, text


def _count(rows):
    flags = {key: f"({_PICKED}) && datum.status == '{key}' ? 1 : 0" for key in TROOP_STATUSES}
    return (
        theme.status(rows, x=0, y=-44)
        .transform_calculate(**{f"is_{key}": test for key, test in flags.items()})
        .transform_aggregate(stated="sum(is_stated)", corrected="sum(is_corrected)", ordered="sum(is_ordered)")
        .transform_calculate(
            counts="datum.stated + ' stated, ' + datum.corrected + ' corrected, ' + datum.ordered + ' ordered'",
            none="'none marked ' + join(status, ' or ') + '; tick another box'",
        )
        .transform_calculate(
            line="(country == 'both' ? '' : country + ': ')"
            " + (datum.stated + datum.corrected + datum.ordered > 0 ? datum.counts : datum.none)"
        )
        .transform_filter("length(status) > 0")
        .encode(text="line:N")
    )


def controls() -> dict[str, ipywidgets.Widget]:
    """Which country, and which sort of figure."""
    return {
        "country": ipywidgets.ToggleButtons(
            options=[("Both", "both"), ("Iraq", "Iraq"), ("Syria", "Syria")], value="both", description="Country"
        ),
        "status": ipywidgets.SelectMultiple(
            options=[(label, key) for key, (label, _) in TROOP_STATUSES.items()],
            value=list(TROOP_STATUSES),
            description="Figures",
        ),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every figure in words, all text.

    Columns `Date`, `Country`, `Troops`, `Status`, `Who says so`, `What was counted` and `Note`.
    """
    rows = figures(frame)
    return pd.DataFrame(
        {
            "Date": rows["when"],
            "Country": rows["country"],
            "Troops": rows["words"],
            "Status": rows["kind"],
            "Who says so": rows["counter"],
            "What was counted": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-us-presence`. `frame` is the table `us_presence` or a selection of its rows."""
    theme.drawn(frame, "fig-us-presence", "us_presence")
    return Explorer(
        chart(frame),
        name="fig-us-presence",
        controls=controls(),
        title=fill(
            "Twice the Pentagon raised its figure for Syria without announcing new troops, to {computed/us-syria-recount-2017} "
            "and to {computed/us-syria-recount-2024} times the old one"
        ),
        description=fill(
            "Published figures for US troops in Iraq and Syria from 2014 to 2026, as separate marks. Syria stands at "
            "{us_presence/us-syria-2016-04-present as number} in 2016, at {us_presence/us-syria-2017-11 as number} in "
            "November 2017 and at {us_presence/us-syria-2017-12-06 as number} in December 2017; at "
            "{us_presence/us-syria-2024-12-before as number} and then {us_presence/us-syria-2024-12-19 as number} in "
            "December 2024; and near {us_presence/us-syria-2026-02-19 as number} in February 2026. Dotted rules mark the two "
            "corrections. Iraq falls from {us_presence/us-iraq-2017-12-06 as number} in 2017 to "
            "{us_presence/us-iraq-2021-12-09 as number} in 2021. Hollow marks are orders and plans."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="February 2026",
    )
