"""Attacks outside Iraq and Syria beside the area that ISIS held, so that a link can be tested."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.attacks_abroad import FIRST, LAST, area, attacks
from caliphate_course.words import TIES
from coursebook.figures import Explorer, theme
from coursebook.words import in_words

REGIONS = {"europe": "Europe", "north_america": "North America", "mena": "Middle East, North Africa", "asia": "Asia"}
_SHOWN = "indexof(ties, datum.attribution) >= 0 && (region == 'all' || datum.region == region)"


def chart(events: pd.DataFrame, territory: pd.DataFrame) -> alt.VConcatChart:
    """Dead of each attack above, area held below, on one line of years.

    `events` and `territory` are the tables `events` and `territory_estimates`; `ties` (keys of TIES) and `region`
    (a key of REGIONS or 'all') choose attacks.
    """
    top = alt.layer(*_attacks(attacks(events))).properties(
        width=theme.PANEL, height=230, title="People killed, by attack"
    )
    below = alt.layer(*_area(area(territory))).properties(
        width=theme.PANEL, height=140, title="Area held, by IHS (grey: no figures)"
    )
    params = [alt.param(name=name) for name in ("ties", "region")]
    return alt.vconcat(top, below, spacing=18).add_params(*params)


def _time(field):
    return alt.X(field, title=None, scale=alt.Scale(domain=[FIRST, LAST]), axis=alt.Axis(format="%Y", tickCount=5))


_SAYS = [
    *theme.tooltip(when="Date", title="Attack"),
    alt.Tooltip("killed_low:Q", title="Killed, at least", format=","),
    *theme.tooltip(most="Killed, up to", attribution_note="Who says so"),
]


def _attacks(rows):
    columns = ["date", "title", "killed_low", "killed_high", "tie", "attribution", "attribution_note", "region"]
    shown = rows[[*columns, "at_least"]].assign(when=in_words(rows))
    shown = shown.assign(**{c: shown[c].astype("float64") for c in ("killed_low", "killed_high")}, most=_most(rows))
    words, shapes, colours = zip(*TIES.values(), strict=True)
    legend = alt.Legend(columns=1)
    dead = alt.Y(
        "killed_low:Q",
        title="dead (each line: about three times more)",
        scale=alt.Scale(type="log", domain=[3, 500]),
        axis=alt.Axis(values=[3, 10, 30, 100, 300], format="d"),
    )
    base = alt.Chart(shown).transform_filter(_SHOWN)
    ranges = base.transform_filter("isValid(datum.killed_high)").mark_rule(strokeWidth=3, color=theme.BORDER)
    open_end = base.transform_filter("datum.at_least").mark_point(
        shape="triangle-up", yOffset=-12, size=25, color=theme.MUTED, filled=True
    )
    marks = base.mark_point(size=75, stroke=theme.PAPER, strokeWidth=0.7).encode(
        x=_time("date:T"),
        y=dead,
        color=alt.Color("tie:N", scale=alt.Scale(domain=list(words), range=list(colours)), legend=legend),
        shape=alt.Shape("tie:N", scale=alt.Scale(domain=list(words), range=list(shapes)), legend=legend),
        tooltip=_SAYS,
    )
    count = (
        theme.status(shown, x=0, y=-38)
        .transform_calculate(one=f"{_SHOWN} ? 1 : 0")
        .transform_aggregate(shown="sum(one)")
        .transform_calculate(line="datum.shown + (datum.shown == 1 ? ' attack shown' : ' attacks shown')")
        .transform_filter("length(ties) > 0")
        .encode(text="line:N")
    )
    x = _time("date:T")
    return (
        ranges.encode(x=x, y=dead, y2="killed_high:Q"),
        open_end.encode(x=x, y=dead),
        marks,
        count,
        theme.none_chosen("ties", x=0, y=-38),
    )


def _most(rows):
    return rows["killed_high"].astype("object").fillna("not given")


def _area(rows):
    shown = rows[["date", "best"]].assign(thousand=(rows["best"] / 1000).round(1), when=in_words(rows))
    km2 = alt.Y("thousand:Q", title="thousand km²", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=4))
    base = alt.Chart(shown).encode(x=_time("date:T"), y=km2)
    end = pd.DataFrame({"date": ["2019-03-23"], "words": ["Baghouz"], "last": [str(rows["date"].iloc[-1].date())]})
    hole = alt.Chart(end).mark_rect(color=theme.HOLE).encode(x=_time("last:T"), x2="date:T")
    rule = alt.Chart(end).mark_rule(color=theme.BORDER, strokeDash=[3, 3]).encode(x=_time("date:T"))
    return (
        hole,
        base.mark_line(color=theme.INK),
        base.mark_circle(color=theme.INK, size=50).encode(
            tooltip=[*theme.tooltip(when="Date"), alt.Tooltip("thousand:Q", title="Thousand km²", format=".1f")]
        ),
        rule,
        alt.Chart(end)
        .mark_text(align="right", dx=-4, color=theme.MUTED)
        .encode(x=_time("date:T"), y=alt.value(50), text="words:N"),
    )


def controls() -> dict[str, ipywidgets.Widget]:
    """How the attack is tied to ISIS, and where it happened."""
    ties = [(words, key) for key, (words, _, _) in TIES.items()]
    regions = [("Everywhere", "all"), *((label, key) for key, label in REGIONS.items())]
    return {
        "ties": ipywidgets.SelectMultiple(options=ties, value=list(TIES), description="Tie to ISIS"),
        "region": ipywidgets.Dropdown(options=regions, value="all", description="Region"),
    }


def table(events: pd.DataFrame) -> pd.DataFrame:
    """One row per attack drawn.

    Columns `Date` (in words), `Attack`, `Killed, at least` (people), `Killed, up to` (people, or 'not given'),
    `Tie to ISIS` and `Who says so`.
    """
    rows = attacks(events)
    return pd.DataFrame(
        {
            "Date": in_words(rows),
            "Attack": rows["title"],
            "Killed, at least": rows["killed_low"],
            "Killed, up to": _most(rows),
            "Tie to ISIS": rows["tie"],
            "Who says so": rows["attribution_note"],
        }
    )


def _title(rows):
    dense = int(rows["date"].dt.year.between(2015, 2017).sum())
    return f"{dense} of {len(rows)} listed attacks abroad fall in 2015 to 2017; the list ends a month after the last village"


def explorer(events: pd.DataFrame, territory: pd.DataFrame) -> Explorer:
    """The figure `fig-attacks-abroad`; the tables are `events` and `territory_estimates`."""
    listed = theme.drawn(attacks(events), "fig-attacks-abroad", "events")
    held = theme.drawn(area(territory), "fig-attacks-abroad", "territory_estimates")
    return Explorer(
        chart(events, territory),
        name="fig-attacks-abroad",
        controls=controls(),
        title=_title(listed),
        description="Above, one mark for each listed attack outside Iraq and Syria from 2015 to April 2019, placed by "
        "date and by the number of people killed, its shape telling how it is tied to ISIS. Below, the area held "
        "in IHS's series, falling from January 2015 to June 2017, where the series ends. Marks are dense from "
        "2015 to 2017 and few in 2018 and 2019. Only two marks, Paris and Brussels, stand for attacks that, by the "
        "sources used, ISIS directed.",
        table=table(events),
        sources=data.sources_of(pd.concat([listed, held])),
        as_of="April 2019",
    )
