"""The timeline: dated events by kind and place, on a line of years and on the map."""

from __future__ import annotations

from collections import Counter

import altair as alt
import ipywidgets
import numpy as np
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import towns
from caliphate_course.charts.base_map import corridor, on_map
from caliphate_course.measures.events import events
from caliphate_course.measures.rivers import CORRIDOR_KM, beside_rivers
from caliphate_course.words import EVENTS
from coursebook.figures import Explorer, StateTitle, theme
from coursebook.words import listed

FIRST_YEAR, LAST_YEAR = 2004, 2019
GOLDEN_ANGLE, BESIDE_DEGREES = 2.4, 0.13  # radians; about the width of a mark on the map
SHOWN_FIRST = ["capture", "recapture", "battle", "atrocity", "attack", "political", "leadership", "detention"]
PLACES = {"all": "Everywhere", "iraq": "Iraq", "syria": "Syria", "abroad": "Elsewhere"}
# No two alike, as some of the colours are close: a dark and a dark grey circle are one mark on the map.
_STAR = "M0,-1.6L.42,-.55L1.52,-.49L.68,.2L.94,1.29L0,.7L-.94,1.29L-.68,.2L-1.52,-.49L-.42,-.55Z"
_FRAME = "M-1.1,-1.1H1.1V1.1H-1.1ZM-.4,-.4V.4H.4V-.4Z"
_SHAPES = ["circle", "diamond", "square", "triangle-up", "cross", "triangle-down", "triangle-right", "triangle-left",
           _STAR, _FRAME]  # fmt: skip
_PICKED = "indexof(kinds, datum.kind) >= 0 && (where == 'all' || indexof(datum.where, where) >= 0)"
_SAYS = theme.tooltip(when="Date", title="Event", place="Place")
_STRETCH = "(years[0] == years[1] ? years[0] : years[0] + '–' + years[1])"
_ROW = alt.Y("label:N", sort=[label for label, _ in EVENTS.values()], title=None)
_IN_PERIOD = "datum.year >= years[0] && datum.year <= years[1]"


def _drawable(frame):
    rows = events(frame)
    rows = rows.assign(place=rows["place"].fillna(rows["country"]).fillna("none"))
    return rows[["date", "year", "when", "title", "place", "kind", "label", "where", "lat", "lon"]]


def _colour(legend):
    labels, colours = zip(*EVENTS.values(), strict=True)
    return alt.Color("label:N", scale=alt.Scale(domain=list(labels), range=list(colours)), legend=legend)


def _params():
    return [alt.param(name=name) for name in ("kinds", "where", "years")]


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """A tick for each event, in a row for its kind with their number; `frame` is the table `events`.

    `kinds` (keys of EVENTS) and `where` (a key of PLACES) choose events, `years` (first, last) the stretch shown. Places
    taken and lost have the colours that they have on maps, all else is grey.
    """
    rows = _drawable(frame)
    ends = [alt.ExprRef("datetime(years[0], 0, 1)"), alt.ExprRef("datetime(years[1] + 1, 0, 1)")]
    axis = alt.Axis(labelExpr=theme.YEAR_LABELS, tickCount=8, orient="top", grid=True)
    shown = alt.Chart(rows).transform_filter(f"{_PICKED} && {_IN_PERIOD}")
    ticks = shown.mark_tick(orient="vertical", size=19, thickness=2.5, fillOpacity=0.8).encode(
        x=alt.X("date:T", title=None, scale=alt.Scale(domain=ends), axis=axis),
        y=_ROW,
        color=_colour(None),
        tooltip=_SAYS,
    )
    numbers = shown.transform_aggregate(events="count()", groupby=["label"])
    numbers = numbers.mark_text(align="right", x=alt.ExprRef("width + 26"), fontWeight="bold")
    layers = alt.layer(
        _rows(),
        ticks,
        numbers.encode(y=_ROW, text="events:Q", color=_colour(None)),
        _count(rows),
        theme.none_chosen("kinds", x=-80, y=-42),
    )
    return layers.properties(width=theme.FULL, height=330).add_params(*_params())


def _rows():
    """Nothing to see: it keeps the row of a kind that is ticked but has no event in the years chosen."""
    kinds = pd.DataFrame([(kind, label) for kind, (label, _) in EVENTS.items()], columns=["kind", "label"])
    chosen = alt.Chart(kinds).transform_filter("indexof(kinds, datum.kind) >= 0")
    return chosen.mark_point(opacity=0).encode(y=_ROW)


def _shape_scale():
    return alt.Scale(domain=[label for label, _ in EVENTS.values()], range=_SHAPES)


def _count(rows):
    one = f"{_PICKED} && {_IN_PERIOD}"
    return (
        theme.status(rows, x=-80, y=-42)
        .transform_calculate(
            one=f"{one} ? 1 : 0",
            taken=f"{one} && datum.kind == 'capture' ? 1 : 0",
            lost=f"{one} && datum.kind == 'recapture' ? 1 : 0",
        )
        .transform_aggregate(all="sum(one)", taken="sum(taken)", lost="sum(lost)")
        .transform_calculate(
            line=f"{_STRETCH} + ': ' + datum.all + (datum.all == 1 ? ' event, ' : ' events, ') + datum.taken "
            "+ ' taken, ' + datum.lost + ' lost'"
        )
        .transform_filter("length(kinds) > 0")
        .encode(text="line:N")
    )


def map_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """The chosen events on the map of Iraq and Syria; those without coordinates or outside are not drawn.

    `frame` is the table `events`; params as in `chart`.
    """
    rows = _drawable(frame)
    here = rows[(rows["where"] != "abroad") & rows["lat"].notna()]
    here = beside(here.assign(river=beside_rivers(here, data.base_map())))
    legend = alt.Legend(columns=3, symbolOpacity=1)
    marks = (
        alt.Chart(here)
        .transform_filter(f"{_PICKED} && {_IN_PERIOD}")
        .mark_point(fillOpacity=0.85, stroke=theme.PAPER, strokeWidth=0.7, clip=True)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            color=_colour(legend),
            size=alt.condition("indexof(['capture', 'recapture'], datum.kind) >= 0", alt.value(110), alt.value(55)),
            shape=alt.Shape("label:N", scale=_shape_scale(), legend=legend),
            tooltip=_SAYS,
        )
    )
    count = (
        theme.status(here, x=0, y=-40, lineBreak="\n", lineHeight=17)
        .transform_calculate(one=f"{_PICKED} && {_IN_PERIOD} ? 1 : 0", beside="datum.river ? datum.one : 0")
        .transform_aggregate(all="sum(one)", beside="sum(beside)")
        .transform_calculate(
            line=f"where == 'abroad' ? 'Events elsewhere are not on this map' : {_STRETCH} + ': ' + datum.all "
            "+ (datum.all == 1 ? ' event with a place\\n' : ' events with a place\\n') + datum.beside "
            f"+ ' within {CORRIDOR_KM} km of Euphrates or Tigris'"
        )
        .transform_filter("length(kinds) > 0")
        .encode(text="line:N")
    )
    dots, *names = towns.city_names(data.load("town_control"))
    drawn = on_map(corridor(), dots, marks, *names, count, theme.none_chosen("kinds", x=0, y=-40))
    return drawn.properties(autosize="pad").add_params(*_params())


def beside(rows: pd.DataFrame) -> pd.DataFrame:
    """`rows` with `lat` and `lon` (degrees) moved so that events at one place stand beside one another, captures on top.

    The first stays where it is, the others lie around it in the spiral of a sunflower's seeds.
    """
    rows = rows.sort_values("kind", key=lambda kinds: kinds == "capture", kind="stable")
    rank = rows.groupby([rows["lat"].round(1), rows["lon"].round(1)]).cumcount()
    turn, reach = rank * GOLDEN_ANGLE, BESIDE_DEGREES * rank**0.5
    return rows.assign(lat=rows["lat"] + reach * np.sin(turn), lon=rows["lon"] + 1.2 * reach * np.cos(turn))


def controls() -> dict[str, ipywidgets.Widget]:
    """Kinds of events, place, and years; coalition diplomacy and relief are off at first."""
    kinds = [(label, kind) for kind, (label, _) in EVENTS.items()]
    years = [(str(year), year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    whole = (FIRST_YEAR, LAST_YEAR)
    return {
        "years": ipywidgets.SelectionRangeSlider(options=years, value=whole, description="Years"),
        "where": ipywidgets.Dropdown(
            options=[(label, key) for key, label in PLACES.items()], value="all", description="Place"
        ),
        "kinds": ipywidgets.SelectMultiple(options=kinds, value=SHOWN_FIRST, description="Kinds of event"),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per event, all text: `Date`, `Event`, `Place`, `Kind`, `What happened` and `Caveat`."""
    rows = events(frame)
    return pd.DataFrame(
        {
            "Date": rows["when"],
            "Event": rows["title"],
            "Place": rows["place"].fillna(""),
            "Kind": rows["label"],
            "What happened": rows["summary"],
            "Caveat": rows["note"].fillna(""),
        }
    )


WHOLE = "Ten years with few landmarks, two years of captures, four years of losses"
WHOLE_MAP = "The story follows two rivers: {} of the events lie within {} km of the Euphrates or the Tigris"


def _title(rows, column, whole, finding) -> StateTitle:
    """`whole` for all years everywhere; else the `finding` in the years chosen and their values of `column`, ticked or not."""
    told = [*rows[["where", "year", column]].itertuples(index=False, name=None)]
    chosen = {key: [told_of for where, *told_of in told if key in ("all", *where.split())] for key in PLACES}

    def sentence(years, where):
        if where == "all" and list(years) == [FIRST_YEAR, LAST_YEAR]:
            return whole
        place = {"all": "here", "abroad": "outside Iraq and Syria"}.get(where, f"in {PLACES[where]}")
        return finding([event for event in chosen[where] if years[0] <= event[0] <= years[1]], place)

    return StateTitle(by=("years", "where"), sentence=sentence)


def _taken_or_lost(events, where):
    if not events:
        return f"No event of this list happened {where} in these years"
    taken, lost = ([kind for _, kind in events].count(one) for one in ("capture", "recapture"))
    if taken == lost == 0:
        return f"In these years no place of this list was taken or lost {where}"
    if taken == lost:
        said = "as many are places taken by ISIS as places lost"
    else:
        more, less = ("taken", "lost") if taken > lost else ("lost", "taken")
        said = f"more are places {more} by ISIS than places {less}"
    return f"Of the events {where} in these years, {said}"


def _places(events, where):
    if where.startswith("outside"):
        return "Events elsewhere are not on this map"
    if not events:
        return f"No event {where} has a place on this map in these years"
    counts = Counter(place for _, place in events)
    number = max(counts.values())
    places = sorted(place for place in counts if counts[place] == number)
    if number == 1:
        return f"No place {where} has more than one event in these years"
    have = "have" if len(places) > 1 else "has"
    return f"{listed(places)} {have} the most events {where} in these years, of all kinds"


def _named(placed):
    """Events on the map with the `name` of their place, without what stands in brackets."""
    rows = events(placed)
    rows = rows[rows["where"] != "abroad"]
    return rows.assign(name=rows["place"].fillna(rows["country"]).str.split(" (", regex=False).str[0])


def explorers(frame: pd.DataFrame) -> tuple[Explorer, Explorer]:
    """The figures `fig-timeline` (years) and `fig-timeline-map` (places), chosen by the same controls.

    `frame` is the table `events` or a selection of its rows.
    """
    theme.drawn(events(frame), "fig-timeline", "events")
    placed = frame[frame["lat"].notna()]
    shown = _named(placed)
    near = beside_rivers(shown, data.base_map()).sum()
    share = "more than half" if 2 * near > len(shown) else f"{near} of {len(shown)}"
    shared = controls()
    common = {
        "controls": shared,
        "as_of": "April 2019",
    }
    line = Explorer(
        chart(frame),
        name="fig-timeline",
        title=_title(events(frame), "kind", WHOLE, _taken_or_lost),
        description="A timeline from 2004 to 2019 with one row for each kind of event. Before 2013 there are only "
        "a few marks, for politics and leaders. Places taken by ISIS bunch in 2014 and the first half of 2015; "
        "places lost begin in August 2014 and fill the years to 2019. The table below lists every event with its date.",
        table=table(frame),
        sources=data.sources_of(events(frame)),
        **common,
    )
    mapped = Explorer(
        map_chart(frame),
        name="fig-timeline-map",
        title=_title(shown, "name", WHOLE_MAP.format(share, CORRIDOR_KM), _places),
        description="Map of Iraq and Syria with the events of the timeline that have a place. "
        f"Of all kinds, {near} of {len(shown)} lie within {CORRIDOR_KM} km of the Euphrates or the Tigris, as the base map draws their lines: a "
        "band in the colour of water shows that strip. Most of them are on the Euphrates from Jarabulus to Fallujah and on the "
        "Tigris from Mosul to Baghdad; others lie along the Turkish border, around Sinjar, in the desert and in the west of "
        "Syria. Marks of one place stand beside one another. It answers the same controls.",
        table=table(placed if len(events(placed)) else frame),
        sources=data.sources_of(events(frame)),
        **common,
    )
    return line, mapped
