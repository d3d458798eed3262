"""Town by town: who held what, month by month, on a map and as stints."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses
from caliphate_course.charts.base_map import corridor, on_map
from caliphate_course.facts import fill
from caliphate_course.measures.rivers import CORRIDOR_KM, beside_rivers
from caliphate_course.measures.towns import (
    FIRST_MONTH,
    LABEL,
    LAST_MONTH,
    first_month_without,
    held,
    held_at,
    stints,
)
from caliphate_course.words import PARTIES, RING
from coursebook import months
from coursebook.figures import Explorer, Prediction, StateTitle, Step, theme
from coursebook.words import date_words, in_words, listed

END_OF_RISE = 201412
# Said of a month without a place known to be held: a ring on the map may have been held even then.
NONE_HELD = "none of the places with known dates was held outright"
CURVE = 60  # height of the curve under the map, in pixels
_MAP_LEGEND = {"columns": alt.ExprRef("width > 400 ? 3 : 2"), "symbolStrokeWidth": 0, "symbolSize": 90}
# Where the name of a well-known place stands beside its mark: off those of its neighbours, on a phone too.
NAMED = {
    "mosul": ("center", 0, -13),
    "raqqa": ("center", 0, -13),
    "palmyra": ("left", 8, 0),
    "ramadi": ("right", -2, 14),
    "deir-ez-zor": ("left", -8, -13),
    "tikrit": ("left", 10, 0),
    "aleppo-city": ("right", 6, 15),
}
_MONTH_WORDS = months.expression("month")
_STINT_SAYS = theme.tooltip(place="Place", since="ISIS from", until="ISIS until", loser="Lost to")


def _drawable(frame):
    columns = ["place", "place_id", "country", "lat", "lon", "start", "end", "next_start", "state_held", "state_lost"]
    shown = stints(frame)
    since, until = (in_words(shown, column, missing="not known") for column in ("from", "to"))
    name = shown["place"].str.split(" (", regex=False).str[0].str.split(",").str[0].str.removesuffix(" city")
    loser = shown["state_lost"].fillna("not known")
    return shown[[*columns, "from", "to", "order"]].assign(name=name, since=since, until=until, loser=loser)


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Map of places, each in the state it was in at the end of `month` (year * 100 + month), over bars of their numbers.

    `frame` is the table `town_control`. A ring is a place whose capture or loss has no date.
    """
    rows = _places(frame)
    return (
        _map(frame, rows, over=_tally(rows), legend=False)
        .properties(autosize="pad")
        .add_params(alt.param(name="month"))
    )


def rise_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """The map of `chart`, with a ring around what was taken in `month`, and the strip along both rivers."""
    rows = _places(frame)
    rows = rows.assign(river=beside_rivers(rows, data.base_map()))
    held_now = alt.Chart(rows).transform_filter(
        f"datum.start <= month && month < datum.end && datum.state_held == '{LABEL['held']}'"
    )
    new = held_now.transform_filter("datum.start == month").encode(longitude="lon:Q", latitude="lat:Q")
    ring = new.mark_point(filled=False, size=330, color=theme.RED, strokeWidth=2, clip=True)
    counted = held_now.transform_calculate(fresh="datum.start == month ? 1 : 0")
    counted = counted.transform_aggregate(held="count()", new="sum(fresh)", near="sum(river)")
    said = {
        theme.RED: "'ringed: ' + datum.new + ' taken in this month'",
        theme.MUTED: f"datum.near + ' of ' + datum.held + ' within {CORRIDOR_KM} km of the rivers'",
    }
    lines = [
        counted.transform_calculate(line=line)
        .mark_text(align="left", fontWeight="bold", color=colour)
        .encode(x=alt.value(8), y=alt.value(alt.ExprRef(f"height - {up}")), text="line:N")
        for (colour, line), up in zip(said.items(), (26, 10), strict=True)
    ]
    drawn = _map(frame, rows, under=[corridor()], over=[ring, *lines])
    return drawn.properties(autosize="pad").add_params(alt.param(name="month"))


def _tally(rows):
    """Under the map a key that counts: for each state its mark and name, and a bar as long as there are such places."""
    key = pd.DataFrame({"state": LABEL.values()})
    states, most = list(LABEL.values()), rows["place_id"].nunique()
    down = f"height + 20 + 17 * indexof({states}, datum.state)"
    start = "(width > 400 ? 230 : 205)"
    until = f"{start} + datum.places * (width - {start}) / {0.75 * most:g}"
    named = alt.Chart(key)
    marks = named.mark_point(filled=True, size=80, x=8, y=alt.ExprRef(down))
    words = named.mark_text(align="left", x=20, y=alt.ExprRef(down)).encode(text="state:N")
    counted = _now(rows).transform_aggregate(places="count()", groupby=["state"])
    bars = counted.mark_rule(strokeWidth=9).encode(
        x=alt.value(alt.ExprRef(start)),
        x2=alt.value(alt.ExprRef(until)),
        y=alt.value(alt.ExprRef(down)),
        color=_colour("state:N", None),
    )
    numbers = counted.mark_text(align="left", dx=5, fontWeight="bold", x=alt.ExprRef(until), y=alt.ExprRef(down))
    return [
        marks.encode(color=_colour("state:N", None), shape=_shape("state:N", None)),
        words,
        bars,
        numbers.encode(text="places:Q"),
    ]


def _now(rows):
    """The places in the state that each had at the end of the month."""
    now = alt.Chart(rows).transform_filter("datum.start <= month && month < datum.next_start")
    return now.transform_calculate(state="datum.end > month ? datum.state_held : datum.state_lost")


def _places(frame):
    return _drawable(frame).drop(columns=["from", "to", "order"]).dropna(subset=["lat"])


def _map(frame, rows, under=(), over=(), legend=True):
    facts = theme.tooltip(place="Place", state="Now", since="ISIS from", until="ISIS until")
    size = alt.condition(f"datum.state == '{LABEL['held']}'", alt.value(150), alt.value(90))
    edge = alt.condition(f"datum.state == '{LABEL['undated']}'", alt.value(0), alt.value(0.7))
    points = (
        _now(rows)
        .mark_point(clip=True)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            color=_colour("state:N", _MAP_LEGEND if legend else None),
            shape=_shape("state:N", alt.Legend() if legend else None),
            stroke=alt.condition(
                f"datum.state == '{LABEL['contested']}'", alt.value(theme.INK), alt.value(theme.PAPER)
            ),
            strokeWidth=edge,
            size=size,
            tooltip=facts,
        )
    )
    dots, *names = city_names(frame, marked="datum.start <= month")
    return on_map(*under, dots, points, *over, *names, _count(rows))


def chart_with_curve(frame: pd.DataFrame) -> alt.VConcatChart:
    """The map of `chart` above the number of places held in each month, dark up to `month`."""
    counts = held(frame)
    rows = pd.DataFrame({"month": counts.index, "held": counts.to_numpy()})
    base = (
        alt.Chart(rows)
        .transform_calculate(at="datetime(floor(datum.month / 100), datum.month % 100 - 1)")
        .encode(
            x=alt.X("at:T", title=None, axis=alt.Axis(format="%Y", tickCount="year")),
            y=alt.Y("held:Q", axis=None, scale=alt.Scale(domainMax=1.3 * counts.max())),
        )
    )
    here = base.transform_filter("datum.month == month")
    # In the last months there is no room right of the line: the number stands left of it.
    late = f"datum.month > {counts.index[-7]}"
    side = {"align": alt.ExprRef(f"{late} ? 'right' : 'left'"), "dx": alt.ExprRef(f"{late} ? -5 : 5")}
    curve = alt.layer(
        base.mark_area(interpolate="step-after", color=theme.EDGE),
        base.transform_filter("datum.month <= month").mark_area(interpolate="step-after", color=theme.INK),
        here.mark_rule(color=theme.RED, strokeWidth=1.5).encode(y=alt.value(0), y2=alt.value(CURVE)),
        here.mark_text(**side, baseline="top", fontWeight="bold").encode(y=alt.value(0), text="held:Q"),
    ).properties(width=theme.FULL, height=CURVE)
    both = alt.vconcat(_map(frame, _places(frame)), curve, spacing=6, autosize="pad")
    return both.add_params(alt.param(name="month"))


def city_names(frame: pd.DataFrame, marked: str = "false") -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    """The names of the best-known places of `town_control` for a map: small dots, a halo and the letters on it.

    Where the Vega expression `marked` (of `start`, the month of a place's first stint) is false, the map has no mark
    of the place: its name is grey and has a small dot, else it would seem to belong to a neighbour's mark.
    """
    cities = _drawable(frame).query("place_id in @NAMED").drop_duplicates("place_id")
    cities = cities[["name", "lon", "lat", "start"]].assign(
        **{
            part: cities["place_id"].map(lambda key, at=at: NAMED[key][at])
            for at, part in enumerate(("side", "dx", "dy"))
        }
    )
    placed = alt.Chart(cities).encode(longitude="lon:Q", latitude="lat:Q")
    label = {"align": alt.ExprRef("datum.side"), "dx": alt.ExprRef("datum.dx"), "dy": alt.ExprRef("datum.dy")}
    label |= {"clip": True, "fontWeight": alt.ExprRef(f"{marked} ? 'bold' : 'normal'")}
    named = placed.encode(text="name:N")
    return (
        placed.transform_filter(f"!({marked})").mark_circle(color=theme.GREY, size=22, clip=True),
        named.mark_text(**label, stroke=theme.PAPER, strokeWidth=3, strokeJoin="round"),
        named.mark_text(**label).encode(color=alt.condition(marked, alt.value(theme.INK), alt.value(theme.MUTED))),
    )


def _count(rows):
    """The running count; sums of flags, so that an empty month still says 0, and what is left beside them."""
    open_now = "datum.start <= month && month < datum.end"
    flags = {
        key: f"{open_now} && datum.state_held == '{LABEL[key]}' ? 1 : 0" for key in ("held", "contested", "undated")
    }
    others = "datum.undated == 1 ? '1 other' : datum.undated + ' others'"
    line = (
        f"{_MONTH_WORDS} + ': ' + datum.held + ' known to be held'"
        " + (datum.contested > 0 ? ', ' + datum.contested + ' contested' : '')"
        f" + (datum.undated > 0 ? ' \\n' + ({others}) + ' at some time, day not found' : '')"
    )
    return (
        theme.status(rows, x=0, y=-40, lineBreak="\n", lineHeight=17)
        .transform_calculate(**flags)
        .transform_aggregate(**{key: f"sum({key})" for key in flags})
        .transform_calculate(line=line)
        .encode(text="line:N")
    )


def stints_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Each place's stints under ISIS as bars, with a line at `month` (year * 100 + month).

    `frame` is the table `town_control`. A bar is drawn only where both days are known; a stint without its first
    day is an arrow that points back from the day it ended, one without its last day points forward.
    """
    rows = _drawable(frame)
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        title=None,
        axis=alt.Axis(labelLimit=alt.ExprRef("width > 400 ? 170 : 130")),
    )
    base = alt.Chart(rows)
    time = alt.X(
        "from:T",
        title=None,
        axis=alt.Axis(format="%Y", tickCount="year", orient="top"),
        scale=alt.Scale(domain=["2013-10-01", "2019-06-01"]),
    )
    bars = base.transform_filter("isValid(datum.from) && isValid(datum.to)").mark_bar(height=6)
    ends = base.transform_filter("isValid(datum.to)").mark_point(size=70, stroke=theme.PAPER, strokeWidth=1)
    back = base.transform_filter("!isValid(datum.from)").mark_point(shape="triangle-left", size=60, xOffset=-10)
    on = base.transform_filter("!isValid(datum.to)").mark_point(shape="triangle-right", size=60)
    while_held = {"y": y, "color": _colour("state_held:N", {"columns": 1}), "tooltip": _STINT_SAYS}
    lost = {
        "color": _colour("state_lost:N", {"columns": 1}),
        "shape": _shape("state_lost:N", alt.Legend(), undated="triangle-left"),
    }
    height = 14 * rows["place"].nunique() + 240  # the legend and the axis take their part of it
    marks = [
        bars.encode(x=time, x2="to:T", **while_held),
        back.encode(x="to:T", **while_held),
        on.encode(x="from:T", **while_held),
        ends.encode(x="to:T", y=y, tooltip=_STINT_SAYS, **lost),
    ]
    layers = alt.layer(
        *(mark.transform_filter("!only || indexof(only, datum.name) >= 0") for mark in marks),
        *_month_line(),
        *theme.guess(
            alt.X("guessed:T", title=None),
            value="datetime(floor(guess / 100), guess % 100, 0)",
            words="'your guess for Raqqa'",
        ),
    )
    params = (alt.param(name=name) for name in ("month", "guess", "only"))
    return layers.properties(width=theme.FULL, height=height).add_params(*params)


def _month_line():
    one = pd.DataFrame({"zero": [0]})
    line = (
        alt.Chart(one)
        .transform_calculate(at="datetime(floor(month / 100), month % 100 - 1, 28)")
        .mark_rule(color=theme.RED, strokeWidth=1.5)
        .encode(x="at:T")
    )
    words = (
        theme.status(one, x=-120, y=-42).transform_calculate(line=f"'Line at ' + {_MONTH_WORDS}").encode(text="line:N")
    )
    return line, words


def _colour(field, legend):
    scale = alt.Scale(domain=list(LABEL.values()), range=[colour for _, colour, _ in PARTIES.values()])
    # The padding is room for the words of a browser without the chart's fonts.
    look = {"columnPadding": 24, "symbolOpacity": 1}
    return alt.Color(field, scale=scale, legend=legend and alt.Legend(**look, **legend))


def _shape(field, legend, *, undated=RING):
    """A shape for each party, so that a copy in black and white can be read."""
    shapes = {key: shape for key, (_, _, shape) in PARTIES.items()} | {"undated": undated}
    scale = alt.Scale(domain=list(LABEL.values()), range=list(shapes.values()))
    return alt.Shape(field, scale=scale, legend=legend)


def controls(month: int, last: int = LAST_MONTH) -> dict[str, ipywidgets.Widget]:
    """A slider over the months from December 2013 to `last`; it stands at `month` (both year * 100 + month)."""
    options = months.options(FIRST_MONTH, last)
    return {"month": ipywidgets.SelectionSlider(options=options, value=month, description="Month")}


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per stint, all text: `Place`, `Country`, `From`, `To`, `Status`, `Lost to` and `Note`."""
    shown = frame[frame["part_of"].isna()].sort_values(["country", "place"])
    return pd.DataFrame(
        {
            "Place": shown["place"],
            "Country": shown["country"],
            "From": in_words(shown, "from", missing="not known"),
            "To": in_words(shown, "to", missing="not known"),
            "Status": shown["status"],
            "Lost to": shown["lost_to_text"].fillna("not known"),
            "Note": shown["note"].fillna(""),
        }
    )


def overview(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-overview` of the first page: the map over all months, at the month with most places held.

    `frame` is the table `town_control` or a selection of its rows.
    """
    theme.drawn(stints(frame), "fig-overview", "town_control")
    counts = held(frame)
    peak = int(counts.idxmax())

    def sentence(month):
        last = "; its last village fell in March 2019" if month == peak else ""
        if not counts[month]:
            return f"{NONE_HELD.capitalize()} at the end of {months.words(month)}"
        return f"ISIS is known to have held {counts[month]} of the places on this map in {months.words(month)}{last}"

    return Explorer(
        chart_with_curve(frame),
        name="fig-overview",
        controls=controls(peak),
        play="month",
        compare=True,
        title=StateTitle(by=("month",), sentence=sentence),
        description=f"Map of Iraq and Syria at the end of {months.words(peak)}. Large dots mark the {counts[peak]} places "
        "of this dataset known to be under ISIS: along the Euphrates and the Tigris, around Sinjar, in Diyala and in the "
        "western desert. Grey rings mark places that ISIS held at some time but whose capture or loss has no date; they "
        "are not counted. Palmyra and Ramadi, not yet taken, are named in grey. Dots in other colours are places that other forces held again by then, and grey dots contested "
        "cities. In later months the large dots take the colours of those who took the places; in April 2019 none is left. "
        f"Below, a curve of the number of places known to be held: {counts.iloc[0]} in {months.words(FIRST_MONTH)}, "
        f"{counts[peak]} at the peak, {counts.iloc[-1]} in {months.words(LAST_MONTH)}.",
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="April 2019",
    )


def rise(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-rise`: the same map over the months to December 2014.

    `frame` is the table `town_control` or a selection of its rows.
    """
    theme.drawn(stints(frame), "fig-rise", "town_control")
    counts = held(frame)
    peak = int(counts[counts.index <= END_OF_RISE].idxmax())
    near = beside_rivers(held_at(frame, peak), data.base_map()).sum()

    def sentence(month):
        number = counts[month]
        if not number:
            return f"{NONE_HELD.capitalize()} at the end of {months.words(month)}"
        if month != peak:
            return f"{_words(number)} {'place is' if number == 1 else 'places are'} known to have been held at the end of {months.words(month)}"
        return (
            f"{_words(counts[201405])} places are known to have been held in May 2014, {counts[201406]} at the end of "
            f"June, {number} by August; for others no date of capture was found"
        )

    return Explorer(
        rise_chart(frame),
        name="fig-rise",
        controls=controls(peak, END_OF_RISE),
        play="month",
        compare=True,
        title=StateTitle(by=("month",), sentence=sentence),
        description=f"Map of Iraq and Syria at the end of August 2014. Large dots mark the {counts[peak]} places of "
        "this dataset known to be under ISIS: on the Euphrates from Jarabulus and Raqqa to Fallujah, on the Tigris from "
        "Mosul to Tikrit, around Sinjar, and a few in Diyala and the western desert. Grey rings mark places that ISIS "
        "held at some time but whose capture has no date; "
        "they are not counted. Grey dots mark contested cities, such as Deir ez-Zor. Palmyra and Ramadi, not yet taken, "
        "are named in grey. A red ring is around each place taken in that month. A band in the colour of water is all land "
        f"within {CORRIDOR_KM} km of the Euphrates and the Tigris, as the base map draws their lines: {near} of the places "
        "held lie in it.",
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="December 2014",
    )


def _words(number):
    words = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]
    return words[number] if number < len(words) else str(number)


def explorers(frame: pd.DataFrame) -> tuple[Explorer, Explorer]:
    """The figures `fig-towns` (map) and `fig-stints` (bars), moved by one and the same slider.

    `frame` is the table `town_control` or a selection of its rows.
    """
    theme.drawn(stints(frame), "fig-towns", "town_control")
    empty = first_month_without(frame)
    shared = controls(empty)
    common = {
        "controls": shared,
        "table": table(frame),
        "sources": data.sources_of(frame),
        "as_of": "March 2019",
    }
    here = Explorer(
        chart(frame),
        name="fig-towns",
        play="month",
        title=_losers(frame, empty),
        description=f"Map of Iraq and Syria at the end of {months.words(empty)}, when every place held outright, with two known dates, "
        "had been lost. Dots are coloured by who took the place: Iraqi forces along the Tigris and in Anbar, Peshmerga at the "
        "edge of the Kurdistan Region, the SDF or YPG in north-east Syria, the Syrian government in the desert and "
        "on the west bank of the Euphrates, Turkey and allied rebels along the border north of Aleppo. Rings mark "
        "Hajin and Baghouz, still held, and Akhtarin, whose loss has no date; a light dot marks Yarmouk in Damascus, "
        f"still contested. Under the map a bar for each of these states counts its places: {_counted(frame, empty)}.",
        steps=_steps(empty),
        compare=True,
        **common,
    )
    bars = Explorer(
        stints_chart(frame),
        name="fig-stints",
        prediction=_raqqa(frame),
        steps=_stint_steps(frame),
        title="Captures bunch in 2014; losses are spread over five years",
        description="One row for each place, sorted by when it was lost for good. A bar in the colour of ISIS is a stint whose first "
        "and last day are known; grey bars are contested cities. The dot at the end has the colour of the force that "
        "took the place. A grey arrow points back where the date of capture was not found. Most bars begin between "
        "January and August 2014. Their ends form a staircase from late 2014 to November 2017; Yarmouk, Hajin and "
        "Baghouz follow in 2018 and 2019.",
        **common,
    )
    return here, bars


def _counted(frame, month):
    """'Iraqi forces: 23; Peshmerga: 5': the places in each state at the end of the month."""
    rows = _places(frame).query("start <= @month < next_start")
    states = rows["state_held"].where(rows["end"] > month, rows["state_lost"]).value_counts()
    return "; ".join(f"{state}: {states[state]}" for state in LABEL.values() if state in states)


def _losers(frame, empty) -> StateTitle:
    """Who has taken most of the places lost by the end of the month; in the month `empty`, that it was not one army."""
    rows, counts = stints(frame).dropna(subset=["state_lost"]), held(frame)

    def sentence(month):
        if month == empty:
            return "ISIS lost its towns to several rival forces, not to one army"
        others = rows[(rows["end"] <= month) & (month < rows["next_start"])]["state_lost"].value_counts()
        number = counts[month]
        known = f"{number} {'place' if number == 1 else 'places'} known to be held"
        here = f"{months.words(month)}: {known if number else NONE_HELD}"
        if others.empty:
            return f"{here}; none was lost again"
        first = sorted(others.index[others == others.max()])
        if len(first) < len(others):
            return f"{here}; of those lost again, {listed(first)} took the most"
        return f"{here}; {'those' if others.sum() > 1 else 'the one'} lost again went to {listed(first)}"

    return StateTitle(by=("month",), sentence=sentence)


def _raqqa(frame):
    rows = stints(frame).query("place_id == 'raqqa'").dropna(subset=["from", "to"])
    if rows.empty:
        return None
    city = rows.iloc[-1]
    since, until = (date_words(city, column) for column in ("from", "to"))
    options = months.options(int(city["start"]), LAST_MONTH)
    return Prediction(
        question=f"ISIS held all of Raqqa from {since} on. In which month did it lose the city?",
        title="When ISIS held each place",
        ask=ipywidgets.SelectionSlider(options=options, value=options[0][1], description="Raqqa lost in"),
        sentence=lambda guess: guesses.month_against(guess, int(city["end"]), f"ISIS lost Raqqa, on {until}"),
    )


def _steps(empty):
    """The map at its fullest, a year after the first air strikes, a year later, and in the month in which none is left."""
    return [
        Step(
            {"month": 201408},
            fill(
                "The end of August 2014: {computed/towns-held-august-2014 as number} places are known to be held, after "
                "{computed/towns-held-june-2014 as number} at the end of June."
            ),
        ),
        Step(
            {"month": 201509},
            fill(
                "A year after the first air strikes in Syria: {computed/towns-held-september-2015 as number} places, almost "
                "as many as at the peak. The number no longer grows."
            ),
        ),
        Step(
            {"month": 201612},
            fill(
                "The end of 2016: {computed/towns-held-end-2016 as number} are left. The colours show who took the others: "
                "not one army, but forces that did not all help each other."
            ),
        ),
        Step(
            {"month": empty},
            fill(
                f"The end of {months.words(empty)}: none is left of those with known dates. Most stints ended with Iraqi "
                "forces ({computed/lost-to-iraqi-forces as number}), the YPG or SDF ({computed/lost-to-sdf as number}) or "
                "the Syrian government ({computed/lost-to-damascus as number})."
            ),
        ),
    ]


def _stint_steps(frame):
    """Where the bars begin, a place with two bars, and where they end."""
    first = stints(frame)["from"].dropna()
    bars = _drawable(frame)
    twice = bars[bars["from"].notna() & bars["to"].notna()].groupby("name").size()
    if "Palmyra" not in twice.index or twice["Palmyra"] < 2:
        return []
    return [
        Step(
            {"month": 201408},
            f"Bars begin on the left: {int((first.dt.year == 2014).sum())} of {len(first)} stints with a known first day "
            "begin in 2014.",
        ),
        Step(
            {"month": 201612},
            "The rings show a place with more than one bar: Palmyra was taken, lost, taken and lost.",
            "palmyra",
            only=list(twice[twice > 1].index),
            height=75 + 20 * int((twice > 1).sum()),
        ),
        Step(
            {"month": 201711},
            fill(
                "Bars end in a staircase, over five years. Half of the stints whose days are known lasted less than "
                "{computed/median-stint}."
            ),
        ),
    ]
