"""Civilians killed by the coalition: its own count beside Airwars', and the counts of single battles."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses, ranges
from caliphate_course.facts import fill
from caliphate_course.measures.civilian_harm import BOUNDS, comparisons, cumulative, marked
from caliphate_course.words import HARM_COUNTERS
from coursebook.figures import Explorer, Prediction, StateTitle, Step, theme
from coursebook.words import in_words, short

DEFAULT_DAY = "2019-08-07"
# Counts of one place side by side: row of `civilian_harm` and who counted what ('|' breaks the line).
PLACES = {
    "Raqqa": {
        "raqqa-coalition": "coalition|(its own strikes)",
        "raqqa-rand": "RAND, 2022|(from others' figures)",
        "raqqa-sohr": "Syrian Observatory|(the battle)",
        "raqqa-airwars": "Airwars, 2018|(coalition strikes)",
        "raqqa-amnesty-airwars": "Amnesty and Airwars|(coalition strikes)",
        "raqqa-monitors": "local monitors|(all parties)",
    },
    "Mosul": {
        "mosul-coalition": "coalition|(its own strikes)",
        "mosul-ap-iraqi-coalition": "Associated Press|(Iraq and coalition)",
        "mosul-ap": "Associated Press|(all parties)",
    },
    "Mosul al-Jadida": {
        "mosul-jadida-us-inquiry": "US inquiry|(one strike)",
        "mosul-jadida-rescuers": "civil protection|(bodies in the area)",
    },
    "Hawija": {
        "hawija-airwars": "Airwars|(one strike)",
        "hawija-pax": "PAX and others|(interviews)",
    },
    "Baghouz": {
        "baghouz-2019-03-18-centcom": "Central Command|(November 2021)",
        "baghouz-2019-03-18-inquiry": "US inquiry|(May 2022)",
    },
}
SHAPES = {"at least": "triangle-up", "about": "circle"}


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Both counters' totals through time, and at `day` (ISO date) how far they lie apart. `frame` is `civilian_harm`."""
    rows = cumulative(frame)
    rows = rows.assign(when=in_words(rows))[["date", "when", "who", "low", "high", "at", "kind", "words"]]
    colours = alt.Scale(domain=[who for who, _ in HARM_COUNTERS.values()], range=[c for _, c in HARM_COUNTERS.values()])
    colour = alt.Color("who:N", scale=colours, legend=None)
    x = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelSeparation=8))
    y = alt.Y("at:Q", title=None)
    spans = alt.Chart(rows).transform_filter("datum.kind == 'range'")
    says = theme.tooltip(when="To", who="Counted by", words="Killed")
    bars = spans.mark_bar(width=7, fillOpacity=0.45)
    bars = bars.encode(x=x, y=alt.Y("low:Q"), y2="high:Q", color=colour, tooltip=says)
    ends = spans.transform_fold(["low", "high"], as_=["end", "value"])
    caps = ends.mark_tick(thickness=2, size=13).encode(x=x, y="value:Q", color=colour)
    points = (
        alt.Chart(rows)
        .transform_filter("datum.kind != 'range'")
        .mark_point(size=55)
        .encode(x=x, y=y, color=colour, shape=alt.Shape("kind:N", scale=_shape_scale(), legend=None), tooltip=says)
    )
    guess = theme.guess(alt.Y("guessed:Q", title=None), words="'your guess of its own count'")
    unit = theme.note("civilians killed since August 2014 (▲ at least, bar: a range)", x=-40, y=-14)
    layers = alt.layer(unit, bars, caps, points, _names(rows, y, colour), *_gap(frame), *guess)
    return layers.properties(width=theme.FULL, height=350).add_params(
        *(alt.param(name=name) for name in ("day", "bound", "guess"))
    )


def _names(rows, y, colour):
    """Each counter's name at the last of its points: above Airwars', below the coalition's, where the gap is not drawn."""
    last = alt.Chart(rows[rows["kind"] != "range"].sort_values("date").drop_duplicates("who", keep="last"))
    above = f"datum.who == '{HARM_COUNTERS['airwars'][0]}'"
    text = last.mark_text(align="right", dy=alt.ExprRef(f"{above} ? -14 : 14"), fontWeight="bold", fontSize=13)
    at = alt.ExprRef(f"{above} ? scale('x', toDate(datum.date)) : width")
    return text.encode(x=alt.value(at), y=y, text="who:N", color=colour)


def _gap(frame):
    """From the coalition's own count to Airwars' on the day chosen a line, with the ratio at its middle."""
    pairs = comparisons(frame)
    pairs = pairs.assign(
        line=[_compared(pair) for pair in pairs.itertuples()],
        times=["" if pd.isna(pair.ratio) else f"{_times(pair)} times" for pair in pairs.itertuples()],
    )[["day", "date", "bound", "airwars", "coalition", "line", "times"]]
    chosen = alt.Chart(pairs).transform_filter("datum.day == day && datum.bound == bound")
    dated = chosen.encode(x="date:T")
    rule = dated.mark_rule(color=theme.INK, strokeWidth=1.5).encode(y="coalition:Q", y2="airwars:Q")
    alone = dated.transform_filter("!isValid(datum.airwars)").mark_rule(color=theme.MUTED, strokeDash=[3, 3])
    left = "scale('x', datum.date) > width - 80"
    look = {"align": alt.ExprRef(f"{left} ? 'right' : 'left'"), "dx": alt.ExprRef(f"{left} ? -6 : 6")}
    look |= {"fontWeight": "bold", "fontSize": 13}
    middle = dated.transform_calculate(middle="(datum.airwars + datum.coalition) / 2")
    middle = middle.encode(y="middle:Q", text="times:N")
    halo = middle.mark_text(**look, stroke=theme.PAPER, strokeWidth=3, strokeJoin="round")
    return [
        alone,
        rule,
        halo,
        middle.mark_text(**look),
        theme.status(pairs, x=-40, y=-38)
        .transform_filter("datum.day == day && datum.bound == bound")
        .encode(text="line:N"),
    ]


def _compared(pair):
    """A comparison of `comparisons` in words."""
    if pd.isna(pair.ratio):
        return f"{short(pair.label)}: no upper bound published"
    return f"{short(pair.label)}: {pair.airwars:,.0f} against {pair.coalition:,}: {_times(pair)} times as many"


def _times(pair):
    return f"{pair.ratio:.0f}" if pair.ratio >= 20 else f"{pair.ratio:.1f}"


def _finding(pair):
    """A comparison of `comparisons` as a title."""
    if pd.isna(pair.ratio):
        return f"By {pair.label} Airwars had published a lower figure, but no upper one"
    return f"By {pair.label} Airwars' {BOUNDS[pair.bound]} figure was {_times(pair)} times the coalition's own"


def _shape_scale():
    return alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The date of the comparison and the end of Airwars' range that is compared."""
    pairs = comparisons(frame).drop_duplicates("day")
    options = list(zip(pairs["label"], pairs["day"], strict=True))
    default = DEFAULT_DAY if DEFAULT_DAY in set(pairs["day"]) else options[-1][1]
    bounds = [(f"{label} end of Airwars' range", key) for key, label in BOUNDS.items()]
    return {
        "day": ipywidgets.SelectionSlider(options=options, value=default, description="Compare at"),
        "bound": ipywidgets.RadioButtons(options=bounds, value="low", description="Use the"),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every count of `frame`, all text.

    Columns `To` (the date), `Place`, `Counted by`, `At least`, `About`, `Up to` (people killed) and `What was counted`.
    """
    shown = frame.sort_values(["measure", "scope", "date"])
    return pd.DataFrame(
        {
            "To": in_words(shown),
            "Place": shown["scope"],
            "Counted by": shown["counter"].str.replace("_", " "),
            "At least": shown["low"].map(_written),
            "About": shown["best"].map(_written),
            "Up to": shown["high"].map(_written),
            "What was counted": shown["definition"],
        }
    )


def _written(number):
    return "" if pd.isna(number) else f"{number:,}"


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-civilian-harm`. `frame` is the table `civilian_harm`."""
    theme.drawn(comparisons(frame), "fig-civilian-harm", "civilian_harm")
    rows = frame[frame["measure"] == "killed_cumulative"]
    found = {(pair.day, pair.bound): _finding(pair) for pair in comparisons(frame).itertuples()}
    return Explorer(
        chart(frame),
        name="fig-civilian-harm",
        controls=controls(frame),
        prediction=_prediction(frame),
        steps=_steps(frame),
        title=StateTitle(by=("day", "bound"), sentence=lambda day, bound: found[day, bound]),
        description=fill(
            "Running totals of civilians killed by the coalition. The coalition's own count rises from "
            "{civilian_harm/coalition-cum-2015-08 as number} in August 2015 to "
            "{civilian_harm/coalition-cum-2019-06.low as number} in mid-2019. Airwars' lower figure rises from "
            "{civilian_harm/airwars-cum-2015-08.low as number} to {civilian_harm/airwars-cum-2019-08.low as number} in "
            "August 2019, with an upper figure of {civilian_harm/airwars-cum-2019-08.high as number}. The line marks that "
            "comparison: {computed/harm-ratio-august-2019 as number} times."
        ),
        table=table(rows),
        sources=data.sources_of(rows),
        as_of="January 2025",
    )


def _prediction(frame):
    pairs = comparisons(frame).query("bound == 'low'").set_index("day")
    if DEFAULT_DAY not in pairs.index:
        return None
    pair = pairs.loc[DEFAULT_DAY]
    own, theirs = int(pair["coalition"]), int(pair["airwars"])
    found = f"the {own:,} that the coalition accepted; Airwars counted at least {theirs:,}"
    return Prediction(
        question=f"By {pair['label']} Airwars had counted at least {theirs:,} civilians killed by the coalition since August "
        "2014. How many had the coalition itself accepted by then?",
        title="Civilians killed by the coalition, by two counts",
        ask=guesses.numbers("Civilians, by the coalition's count", 10_000, step=100),
        sentence=lambda guess: guesses.against(guess, own, found),
    )


def _steps(frame):
    """The two counts early, in the middle and late, and Airwars' upper figure."""
    pairs = comparisons(frame).dropna(subset=["ratio"])
    at = {(row.day, row.bound): row for row in pairs.itertuples()}
    days = ("2017-01-02", "2017-10-31", DEFAULT_DAY)
    if not {*((day, "low") for day in days), (DEFAULT_DAY, "high")} <= at.keys():
        return []
    first, middle, last = (at[day, "low"] for day in days)

    def counts(row):
        return f"{row.airwars:,.0f} against {row.coalition:,}"

    return [
        Step(
            {"day": first.day},
            f"{first.label}: Airwars' lower figure is {counts(first)} of the coalition, {first.ratio:.0f} times as many.",
        ),
        Step(
            {"day": middle.day},
            f"{middle.label}, after the battles of Mosul and Raqqa: {counts(middle)}. The ratio is {middle.ratio:.1f}.",
        ),
        Step(
            {"day": last.day},
            f"{last.label}: {counts(last)}. The ratio has fallen to {last.ratio:.1f}; the gap has grown from "
            f"{middle.airwars - middle.coalition:,.0f} to {last.airwars - last.coalition:,.0f} people.",
        ),
        Step(
            {"day": last.day, "bound": "high"},
            f"The same day with the upper end of Airwars' range: {counts(at[DEFAULT_DAY, 'high'])}. Which end one quotes "
            "decides the ratio.",
        ),
    ]


def place_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """The counts of single places: rows of PLACES with `place`, `label`, `order`, `at`, `kind` and a `text`."""
    chosen = [(place, row_id, label) for place, rows in PLACES.items() for row_id, label in rows.items()]
    names = pd.DataFrame(chosen, columns=["place", "id", "label"]).assign(order=range(len(chosen)))
    rows = marked(frame.merge(names, on="id").sort_values("order"))
    return rows.assign(text=rows["words"].str.replace("–", " to "))


def places_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """The counts of the `place` chosen, one row per counter. `frame` is the table `civilian_harm`."""
    rows = place_counts(frame)
    rows = rows.assign(brief=rows["text"], who=rows["label"].str.replace("|", " "), when=in_words(rows))
    columns = ["place", "label", "order", "at", "low", "high", "kind", "reach", "brief", "who", "when"]
    here = alt.Chart(rows[columns]).transform_filter("datum.place == place")
    y = alt.Y(
        "label:N",
        sort=alt.EncodingSortField("order", op="min"),
        title=None,
        axis=alt.Axis(labelExpr="split(datum.label, '|')", labelPadding=8, labelLimit=140, labelOffset=-6),
    )
    says = theme.tooltip(who="Counted by", brief="Killed", when="Date")
    x_scale = alt.Scale(zero=True)
    x = alt.X("at:Q", title="civilians killed", scale=x_scale, axis=alt.Axis(tickCount=4))
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=["at least", "about"], range=["triangle-right", "circle"]),
        legend=alt.Legend(columns=2),
    )
    one = here.transform_filter("datum.kind != 'range'").mark_point(size=80, color=theme.BLUE)
    span = here.transform_filter("datum.kind == 'range'").mark_bar(height=9, color=theme.BLUE)
    # The bars are higher here than those of `ranges`: words above one stand a little farther off.
    beside = ranges.BESIDE | {"dy": alt.ExprRef(f"({ranges.BESIDE['dy'].expr}) * 1.4")}
    figures = here.mark_text(**beside).encode(x=alt.X("reach:Q", scale=x_scale), y=y, text="brief:N")
    words = (
        theme.status(_place_lines(rows), x=-130, y=-26).transform_filter("datum.place == place").encode(text="line:N")
    )
    layers = alt.layer(
        one.encode(x=x, y=y, shape=shape, tooltip=says),
        span.encode(x=alt.X("low:Q", scale=x_scale), x2="high:Q", y=y, tooltip=says),
        figures,
        words,
    )
    return layers.properties(width=theme.FULL, height=290).add_params(alt.param(name="place"))


def _place_lines(rows):
    spans = _spans(rows)
    return pd.DataFrame({"place": list(spans), "line": [f"{place}: {span}" for place, span in spans.items()]})


def _spans(rows) -> dict[str, str]:
    """By place, from which to which count they run: 'from 180 to at least 1,800'."""
    return {place: ranges.span(counts) for place, counts in rows.groupby("place", sort=False)}


def places_controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The place whose counts are compared."""
    present = set(place_counts(frame)["place"])
    options = [place for place in PLACES if place in present]
    return {"place": ipywidgets.RadioButtons(options=options, value=options[0], description="Place")}


def places_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-harm-places`. `frame` is the table `civilian_harm`."""
    rows = theme.drawn(place_counts(frame), "fig-harm-places", "civilian_harm")
    spans = _spans(rows)
    return Explorer(
        places_chart(frame),
        name="fig-harm-places",
        controls=places_controls(frame),
        title=StateTitle(
            by=("place",), sentence=lambda place: f"{place}: counts of civilians killed run {spans[place]}"
        ),
        compare=True,
        description=fill(
            "Counts of civilians killed in Raqqa in 2017, by who counted: the coalition about "
            "{civilian_harm/raqqa-coalition as number}, the Syrian Observatory {civilian_harm/raqqa-sohr as number}, RAND "
            "{civilian_harm/raqqa-rand.low as number} to {civilian_harm/raqqa-rand.high as number} from others' figures, "
            "Airwars {civilian_harm/raqqa-airwars as number}, Amnesty and Airwars "
            "{civilian_harm/raqqa-amnesty-airwars as number}, and local monitors, for all parties, "
            "{civilian_harm/raqqa-monitors as number}."
        ),
        table=table(rows[list(frame.columns)]),
        sources=data.sources_of(rows),
        as_of="January 2025",
    )
