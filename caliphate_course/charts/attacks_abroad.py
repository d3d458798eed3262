"""Attacks outside Iraq and Syria beside the area that ISIS held, so that a link can be tested."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses
from caliphate_course.measures.attacks_abroad import FIRST, LAST, area, attacks
from caliphate_course.words import TIES, labels
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import in_words

REGIONS = {"europe": "Europe", "north_america": "North America", "mena": "Middle East, North Africa", "asia": "Asia"}
DENSE = (2015, 2017)  # the years to which most of them belong
ALL = "all"
_SHOWN = f"show == '{ALL}' || datum.attribution == show || datum.region == show"


def chart(events: pd.DataFrame, territory: pd.DataFrame) -> alt.VConcatChart:
    """Dead of each attack above, area held below, on one line of years.

    `events` and `territory` are the tables `events` and `territory_estimates`; `show` (ALL, a key of TIES or of
    REGIONS) chooses attacks.
    """
    top = alt.layer(*_attacks(attacks(events))).properties(
        width=theme.PANEL, height=230, title="People killed, by attack"
    )
    below = alt.layer(*_area(area(territory))).properties(
        width=theme.PANEL, height=140, title="Area held, by IHS (grey: no figures)"
    )
    params = [alt.param(name=name) for name in ("show", "guess")]
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
        .transform_filter(_SHOWN)
        .transform_aggregate(shown="count()")
        .transform_calculate(line="datum.shown + (datum.shown == 1 ? ' attack shown' : ' attacks shown')")
        .encode(text="line:N")
    )
    x = _time("date:T")
    return (
        ranges.encode(x=x, y=dead, y2="killed_high:Q"),
        open_end.encode(x=x, y=dead),
        marks,
        count,
        *_guess(len(rows)),
    )


def _guess(listed):
    """A bracket over the three years in question, with what a reader guessed of them."""
    words = f"'your guess: ' + guess + ' of {listed} in these years'"
    years = pd.DataFrame([{"first": f"{DENSE[0]}-01-01", "last": f"{DENSE[1]}-12-31"}])
    years = alt.Chart(years).transform_filter("isValid(guess)").transform_calculate(words=words)
    line = years.mark_rule(color=theme.GUESSED, strokeDash=[6, 4], strokeWidth=2, y=6).encode(
        x=_time("first:T"), x2="last:T"
    )
    text = years.mark_text(color=theme.GUESSED, align="left", baseline="top", fontWeight="bold", y=10)
    return line, text.encode(x=_time("first:T"), text="words:N")


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


def controls(events: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """All attacks, those with one tie to ISIS, or those in one region."""
    rows = attacks(events)
    options = [("all", ALL)]
    for names, column in ((labels(TIES), "attribution"), (REGIONS, "region")):
        options += [(words, key) for key, words in names.items() if key in set(rows[column])]
    return {"show": ipywidgets.Dropdown(options=options, value=ALL, description="Attacks")}


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


def _title(rows) -> StateTitle:
    """How many of the attacks shown fall in the years in which most do."""

    def sentence(show):
        shown = rows[(show == ALL) | (rows["attribution"] == show) | (rows["region"] == show)]
        said = f"{_dense(shown)} of {len(shown)} listed attacks abroad fall in {DENSE[0]} to {DENSE[1]}"
        if show == ALL:
            return f"{said}; the list ends a month after the last village"
        return f"{REGIONS.get(show) or labels(TIES)[show]}: {said}"

    return StateTitle(by=("show",), sentence=sentence)


def _dense(rows):
    return int(rows["date"].dt.year.between(*DENSE).sum())


def _prediction(rows):
    found = f"the {_dense(rows)} of {len(rows)} in the list"
    return Prediction(
        question=f"This book lists {len(rows)} attacks outside Iraq and Syria that were tied to ISIS, from "
        f"{in_words(rows)[0]} to {in_words(rows)[-1]}. How many of them fall in the three years "
        f"{DENSE[0]} to {DENSE[1]}?",
        title="Attacks outside Iraq and Syria, and the area that ISIS held",
        ask=guesses.numbers("Attacks in those years", len(rows)),
        sentence=lambda guess: guesses.against(guess, _dense(rows), found),
    )


def explorer(events: pd.DataFrame, territory: pd.DataFrame) -> Explorer:
    """The figure `fig-attacks-abroad`; the tables are `events` and `territory_estimates`."""
    listed = theme.drawn(attacks(events), "fig-attacks-abroad", "events")
    held = theme.drawn(area(territory), "fig-attacks-abroad", "territory_estimates")
    return Explorer(
        chart(events, territory),
        name="fig-attacks-abroad",
        controls=controls(events),
        title=_title(listed),
        prediction=_prediction(listed),
        description="Above, one mark for each listed attack outside Iraq and Syria from 2015 to April 2019, placed by "
        "date and by the number of people killed, its shape telling how it is tied to ISIS. Below, the area held "
        "in IHS's series, falling from January 2015 to June 2017, where the series ends. Marks are dense from "
        "2015 to 2017 and few in 2018 and 2019. Only two marks, Paris and Brussels, stand for attacks that, by the "
        "sources used, ISIS directed.",
        table=table(events),
        sources=data.sources_of(pd.concat([listed, held])),
        as_of="April 2019",
    )
