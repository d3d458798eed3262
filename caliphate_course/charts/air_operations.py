"""Counting an air war: weapons by month, strikes since the start, and one day in two units."""

from __future__ import annotations

import json
from itertools import product

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.facts import fill
from caliphate_course.measures.air_operations import (
    AT_LEAST,
    BLOCK,
    DERIVED,
    HOLE,
    LONGEST_GAP,
    PUBLISHED,
    TASK_FORCE,
    UNITS,
    blocks,
    months,
    running_totals,
    same_day,
    weapons,
)
from caliphate_course.words import COUNTRY
from coursebook.figures import Explorer, StateTitle, theme
from coursebook.words import day_words

BATTLES = {"Mosul": "mosul-2016-10-17", "Raqqa": "raqqa-2017-06-06"}
# Drawn under a month without a figure; a height on the axis of weapons, not a value.
HOLE_HEIGHT = 110


_MONTH_SAYS = [
    alt.Tooltip("month:T", title="Month", format="%B %Y"),
    *theme.tooltip(words="Weapons released", kind="How it is known"),
]


def munitions_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Weapons released per month in the `years` chosen, with holes and blocks. `frame` is `air_operations`."""
    rows = months(frame).assign(
        top=lambda r: r["value"].astype(float).fillna(HOLE_HEIGHT),
        until=lambda r: r["end"] - pd.Timedelta(days=3),
        words=lambda r: r["words"].fillna("no figure"),
    )[["month", "until", "year", "top", "at_least", "kind", "words"]]
    in_years = "datum.year >= years[0] && datum.year <= years[1]"
    x = alt.X("month:T", **_time())
    scale = alt.Scale(domain=[0, 6600])
    y = alt.Y("top:Q", title="weapons released per month", scale=scale)
    look = _fill_and_stroke()
    bars = alt.Chart(rows).transform_filter(in_years).mark_rect(strokeWidth=0.5)
    bars = bars.encode(x=x, x2="until:T", y=y, y2=alt.Y2Datum(0), tooltip=_MONTH_SAYS, **look)
    outlines = blocks(frame).assign(kind=BLOCK)
    average = theme.within_years(outlines, "start", "end").mark_rect(strokeWidth=1.5, fillOpacity=0.0)
    average = average.encode(
        x=alt.X("left:T", **_time()),
        x2="right:T",
        y=alt.Y("per_month:Q", scale=scale),
        y2=alt.Y2Datum(0),
        tooltip=[alt.Tooltip("total:Q", title="Weapons released in all these months", format=",")],
        **look,
    )
    more = alt.Chart(rows).transform_filter(f"datum.at_least && {in_years}")
    more = more.mark_point(shape="triangle-up", size=40, color=theme.BLUE, yOffset=-5).encode(x=x, y=y)
    words = theme.status(_highest(frame), x=-40, y=-56, lineBreak="\n")
    words = words.transform_filter("datum.first == years[0] && datum.last == years[1]").encode(text="line:N")
    layers = alt.layer(bars, average, more, *_battles(), words).resolve_scale(fill="shared", stroke="shared")
    return layers.properties(width=theme.FULL, height=370).add_params(alt.param(name="years"))


def _time():
    """An axis of the years chosen, whatever is drawn in them: an empty end would look like months without bombing."""
    ends = "max(time(datetime(years[0], 0, 1)), time(datetime(2014, 7, 1)))", "time(datetime(years[1], 11, 31))"
    scale = alt.Scale(domain=[alt.ExprRef(end) for end in ends])
    return {
        "title": None,
        "scale": scale,
        "axis": alt.Axis(tickCount=6, labelExpr=theme.YEAR_LABELS, labelSeparation=10),
    }


def _fill_and_stroke():
    """The colours of a month by where its figure comes from; a block of months is an outline."""
    kinds, legend = [PUBLISHED, DERIVED, BLOCK, HOLE], alt.Legend(columns=2, symbolType="square")
    fills = alt.Scale(domain=kinds, range=[theme.BLUE, theme.SKY, theme.PAPER, theme.FAINT])
    strokes = alt.Scale(domain=kinds, range=[theme.BLUE, theme.SKY, theme.ORANGE, theme.FAINT])
    return {
        "fill": alt.Fill("kind:N", scale=fills, legend=legend),
        "stroke": alt.Stroke("kind:N", scale=strokes, legend=legend),
    }


def _battles():
    """Two brackets above the bars for the battles of Mosul and Raqqa, dated by the table `events`.

    A bracket is cut to the years chosen; its words then say when the battle began or ended.
    """
    events = data.load("events").set_index("id")
    layers = []
    for level, (name, event) in enumerate(BATTLES.items()):
        row = events.loc[event]
        span = pd.DataFrame([{"name": name, "start": row["date"], "end": row["end_date"]}])
        here = theme.within_years(span, "start", "end")
        height = alt.value(18 + 20 * level)
        x = alt.X("left:T", **_time())
        layers.append(here.mark_rule(strokeWidth=3, color=theme.INK).encode(x=x, x2="right:T", y=height))
        named = here.transform_calculate(
            name="datum.name + (datum.left > toDate(datum.start) ? ', from ' + timeFormat(toDate(datum.start), '%B %Y') : '')"
            " + (datum.right < toDate(datum.end) ? ', to ' + timeFormat(toDate(datum.end), '%B %Y') : '')",
            # Beside the left end, or where the words would leave the chart there, the right one.
            at="scale('x', datum.left) + 7 * length(datum.name) > width ? datum.right : datum.left",
        )
        side = alt.ExprRef("datum.at == datum.right ? 'right' : 'left'")
        text = named.mark_text(align=side, baseline="bottom", dy=-3)
        layers.append(text.encode(x=alt.X("at:T", **_time()), y=height, text="name:N"))
    return layers


def _highest(frame):
    """For each choice of years, the highest month and how many months have a figure, in words."""
    rows, lines = months(frame), []
    for first in range(2014, 2020):
        for last in range(first, 2020):
            chosen = rows[rows["year"].between(first, last)]
            known = chosen.dropna(subset=["value"])
            line = f"{_top_month(known)} \n{len(known)} of {len(chosen)} months have a figure"
            lines.append({"first": first, "last": last, "line": line})
    return pd.DataFrame(lines)


def _top_month(known):
    if known.empty:
        return "No month is known"
    top = known.loc[known["value"].astype(float).idxmax()]
    return f"Highest known month: {top['month']:%B %Y}, {top['value']:,}"


def munitions_controls() -> dict[str, ipywidgets.Widget]:
    """The years shown."""
    years = [(str(year), year) for year in range(2014, 2020)]
    return {"years": ipywidgets.SelectionRangeSlider(options=years, index=(0, 5), description="Years")}


def munitions_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The months and then the longer periods drawn as blocks.

    Columns `Period`, `Weapons released` (a number in words, '' where there is none) and `How it is known`, all text.
    """
    rows, longer = months(frame), blocks(frame)
    single = {
        "Period": rows["month"].dt.strftime("%B %Y"),
        "Weapons released": rows["words"].fillna(""),
        "How it is known": rows["kind"],
    }
    spans = longer["start"].dt.strftime("%B %Y") + " to " + longer["end"].dt.strftime("%B %Y")
    total = longer["total"].map("{:,}".format)
    return pd.concat(
        [
            pd.DataFrame(single),
            pd.DataFrame({"Period": spans, "Weapons released": total, "How it is known": "total of the whole period"}),
        ],
        ignore_index=True,
    )


def _munitions_title(frame) -> StateTitle:
    """The highest month of the years shown, of those with a figure."""
    known = months(frame).dropna(subset=["value"])

    def sentence(years):
        here = known[known["year"].between(*years)]
        if here.empty:
            return "No month of these years has a figure here"
        top = f"{here.loc[here['value'].astype(float).idxmax(), 'month']:%B %Y}"
        if len(here) == 1:
            return f"Only one month of these years has a figure here: {top}"
        return f"More weapons were released in {top} than in any other month with a figure here"

    return StateTitle(by=("years",), sentence=sentence)


def munitions_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-munitions`. `frame` is the table `air_operations` or a selection of its rows."""
    rows = theme.drawn(weapons(frame), "fig-munitions", "air_operations")
    return Explorer(
        munitions_chart(frame),
        name="fig-munitions",
        controls=munitions_controls(),
        title=_munitions_title(frame),
        description=fill(
            "Bars for weapons released by coalition aircraft each month. Every month of 2017 is known and August 2017 "
            "is highest with {air_operations/weapons-2017-08 as number}, during the battle of Raqqa and just after that "
            "of Mosul. For many months of the other years we found no figure; outlined blocks show the average of a "
            "longer period."
        ),
        table=munitions_table(frame),
        sources=data.sources_of(rows),
        as_of="November 2019",
    )


AREAS = {"split": "Iraq against Syria", "both": "both countries together"}
AUTHORS = {TASK_FORCE: "circle", AT_LEAST: "triangle-up", "Airwars": "square", "US Air Force": "diamond"}
COUNTERS = {"any": "everybody", "cjtf_oir": "the task force", "airwars": "Airwars"}


def strikes_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Running totals of the `series` chosen (a key of `strikes_series`). `frame` is the table `air_operations`."""
    found = strikes_series(frame)
    rows = running_totals(frame)
    rows = rows.assign(
        series=rows["id"].map(lambda row: [key for key, some in found.items() if row in set(some["id"])])
    )
    rows = rows[["date", "measure", "scope", "value", "author", "segment", "series"]]
    here = alt.Chart(rows).transform_filter("indexof(datum.series, series) >= 0")
    last = json.dumps({key: f"{some['date'].max():%Y-%m-%d}" for key, some in found.items()})
    x = alt.X(
        "date:T",
        title=None,
        scale=alt.Scale(domain=["2014-08-01", alt.ExprRef(f"toDate({last}[series])")]),
        axis=alt.Axis(format="%Y", tickCount="year"),
    )
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(minExtent=46, tickCount=theme.ticks(8)))
    colour = alt.Color("scope:N", scale=alt.Scale(domain=list(COUNTRY), range=list(COUNTRY.values())), legend=None)
    authors = json.dumps({key: [one for one in AUTHORS if one in set(some["author"])] for key, some in found.items()})
    shape = alt.Shape(
        "author:N",
        scale=alt.Scale(domain=list(AUTHORS), range=list(AUTHORS.values())),
        legend=alt.Legend(
            columns=2,
            values=alt.ExprRef(f"{authors}[series]"),
            symbolFillColor=theme.MUTED,
            symbolStrokeColor=theme.MUTED,
        ),
    )
    lines = here.mark_line(strokeWidth=1.2).encode(x=x, y=y, color=colour, detail="segment:N")
    says = [
        alt.Tooltip("date:T", title="To", format="%-d %B %Y"),
        *theme.tooltip(author="Counted by"),
        alt.Tooltip("value:Q", title="Since the start", format=","),
    ]
    points = here.mark_point(size=55).encode(x=x, y=y, color=colour, shape=shape, tooltip=says)
    unit = theme.note("", x=0, y=-16).transform_calculate(
        words=f"{json.dumps(UNITS)}[split(series, '-')[0]] + ' since August 2014'"
    )
    unit = unit.encode(text="words:N")
    lines_said = pd.DataFrame({"series": list(found), "line": [_last_line(some) for some in found.values()]})
    words = theme.status(lines_said, x=-40, y=-56, lineBreak="\n").transform_filter("datum.series == series")
    named = (
        _names_of_lines(found).transform_filter("datum.series == series").encode(x=x, y=y, text="words:N", color=colour)
    )
    layers = alt.layer(lines, points, named, unit, words.encode(text="line:N")).properties(width=theme.FULL, height=420)
    return layers.add_params(alt.param(name="series"))


def _names_of_lines(found):
    """Each country's name at its figure, where both are farthest apart; and the day from which Syria is ahead."""
    rows = []
    for series, some in found.items():
        last = some.sort_values("date").groupby(["date", "scope"])["value"].max().unstack()
        if not {"Iraq", "Syria"} <= set(last.columns):
            scope = last.columns[0]
            rows.append((series, last.index[-1], last[scope].iloc[-1], scope, f"{scope} "))
            continue
        both = last.dropna(subset=["Iraq", "Syria"]).astype(int)
        apart = (both["Iraq"] - both["Syria"]).abs().idxmax()
        rows += [(series, apart, both.loc[apart, scope], scope, f"{scope}   ") for scope in ("Iraq", "Syria")]
        ahead = both.index[both["Syria"] > both["Iraq"]]
        if len(ahead):
            rows.append((series, ahead[0], both.loc[ahead[0], "Syria"], "Syria", f"{ahead[0]:%B %Y}: Syria ahead   "))
    frame = pd.DataFrame(rows, columns=["series", "date", "value", "scope", "words"])
    return alt.Chart(frame).mark_text(align="right", dx=-6, dy=-9, fontWeight="bold", fontSize=13)


def strikes_series(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What a reader can choose: the running totals of each unit, area and counter for which there are any, each once.

    Keys are 'strikes-split-any' and so on, of UNITS, AREAS and COUNTERS.
    """
    rows, found = running_totals(frame), {}
    for unit, area, counter in product(UNITS, AREAS, COUNTERS):
        some = rows[(rows["measure"] == unit) & ((rows["scope"] == "Iraq and Syria") == (area == "both"))]
        some = some if counter == "any" else some[some["counter"] == counter]
        if len(some) and not any(some["id"].equals(other["id"]) for other in found.values()):
            found[f"{unit}-{area}-{counter}"] = some
    return found


def _last_line(some):
    """The last total of each country in words."""
    last = some.sort_values("date").groupby("scope").last()
    parts = [f"{'both' if scope == 'Iraq and Syria' else scope} {value:,}" for scope, value in last["value"].items()]
    newest = last.loc[last["date"].idxmax()]
    return f"{newest['date']:%B %Y}, {newest['author'].split(',')[0]}: \n" + ", ".join(parts)


def strikes_controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The unit, the area and whose count, as one menu of what there is."""
    options = [(_series_words(key), key) for key in strikes_series(frame)]
    return {"series": ipywidgets.Dropdown(options=options, value=options[0][1], description="Count of")}


def _series_words(key):
    unit, area, counter = key.split("-")
    return f"{UNITS[unit]}, {AREAS[area]}: {COUNTERS[counter]}"


def _strikes_title(frame) -> StateTitle:
    found = strikes_series(frame)

    def sentence(series):
        if series == "strikes-split-any":
            return "Iraq was struck more at first; by October 2017, on Airwars' count, Syria had caught up"
        unit = UNITS[series.split("-")[0]]
        when, totals = _last_line(found[series]).split(": \n")
        return f"{unit[0].upper()}{unit[1:]} since August 2014, by the last count ({when}): {totals}"

    return StateTitle(by=("series",), sentence=sentence)


def strikes_table(frame: pd.DataFrame) -> pd.DataFrame:
    """The running totals drawn.

    Columns `To` (ISO date), `Unit` (a key of UNITS), `Area`, `Counted by` (a key of AUTHORS) and `Since the start` (int,
    in that unit).
    """
    rows = running_totals(frame).sort_values(["measure", "scope", "date"])
    return pd.DataFrame(
        {
            "To": rows["date"].dt.strftime("%Y-%m-%d"),
            "Unit": rows["measure"],
            "Area": rows["scope"],
            "Counted by": rows["author"],
            "Since the start": rows["value"],
        }
    )


def strikes_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-strikes`. `frame` is the table `air_operations` or a selection of its rows."""
    totals = theme.drawn(running_totals(frame), "fig-strikes", "air_operations")
    drawn = frame[frame["id"].isin(totals["id"])]
    return Explorer(
        strikes_chart(frame),
        name="fig-strikes",
        controls=strikes_controls(frame),
        title=_strikes_title(frame),
        description=fill(
            "Strikes since the start, Iraq against Syria, as counted by the task force and by Airwars, whose points lie "
            "close together. The task force had {air_operations/strikes-iraq-cum-2016-09-13 as number} in Iraq and "
            "{air_operations/strikes-syria-cum-2016-09-13 as number} in Syria in September 2016, and "
            "{air_operations/strikes-iraq-cum-2017-08-09 as number} and "
            "{air_operations/strikes-syria-cum-2017-08-09 as number} in August 2017; Airwars had "
            "{air_operations/strikes-iraq-cum-2017-10-20-airwars as number} and "
            "{air_operations/strikes-syria-cum-2017-10-20-airwars as number} in October 2017. "
        )
        + f"A line joins figures only where they are at most {LONGEST_GAP} days apart.",
        table=strikes_table(frame),
        sources=data.sources_of(drawn),
        as_of="September 2020",
    )


def same_day_chart(frame: pd.DataFrame) -> alt.VConcatChart:
    """Strikes above, engagements below, each on its own axis, for the `day` chosen. `frame` is `air_operations`."""
    rows = same_day(frame)
    return alt.vconcat(_unit_panel(rows, "strikes", status=True), _unit_panel(rows, "engagements")).add_params(
        alt.param(name="day")
    )


def _unit_panel(rows, measure, *, status=False):
    """A bar for each country, the longer one in full colour."""
    bars = rows.loc[rows["measure"] == measure, ["day", "scope", "value"]]
    bars = bars.assign(most=bars["value"] == bars.groupby("day")["value"].transform("max"))
    here = alt.Chart(bars).transform_filter("datum.day == day")
    colour = alt.Color("scope:N", scale=alt.Scale(domain=list(COUNTRY), range=list(COUNTRY.values())), legend=None)
    bare = {"labels": False, "ticks": False, "domain": False, "orient": "top", "titleAnchor": "start"}
    x = alt.X("value:Q", title=measure, axis=alt.Axis(**bare, titleFontSize=14, titleFontWeight="bold"))
    y = alt.Y("scope:N", title=None, axis=alt.Axis(labelFontSize=13, labelPadding=6))
    tip = [*theme.tooltip(scope="Country"), alt.Tooltip("value:Q", title=measure.capitalize())]
    shade = alt.condition("datum.most", alt.value(1), alt.value(0.4))
    lengths = here.mark_bar(height=26).encode(x=x, y=y, color=colour, fillOpacity=shade, tooltip=tip)
    numbers = here.mark_text(align="left", dx=6, fontWeight="bold", fontSize=15).encode(x=x, y=y, text="value:Q")
    layers = [lengths, numbers]
    if status:
        words = theme.status(_day_lines(rows), x=-40, y=-44).transform_filter("datum.day == day")
        layers.append(words.encode(text="line:N"))
    return alt.layer(*layers).properties(width=theme.PANEL, height=76)


def _day_lines(rows):
    most = _most(rows)
    lines = [f"More strikes: {one['strikes']}; engagements: {one['engagements']}" for one in most.values()]
    return pd.DataFrame({"day": list(most), "line": lines})


def _most(rows) -> dict[str, pd.Series]:
    """By day, the country with more of each measure."""
    return {
        day: counts.loc[counts.groupby("measure")["value"].idxmax()].set_index("measure")["scope"]
        for day, counts in rows.groupby("day")
    }


def _day_title(rows) -> StateTitle:
    most = _most(rows)

    def sentence(day):
        strikes, engagements = most[day]["strikes"], most[day]["engagements"]
        others = "" if strikes == engagements else f", and {engagements} more engagements"
        return f"By the first list for {day_words(pd.Timestamp(day))} {strikes} had more strikes{others or ' and more engagements'}"

    return StateTitle(by=("day",), sentence=sentence)


def same_day_controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The day."""
    options = [(day_words(pd.Timestamp(day)), day) for day in sorted(set(same_day(frame)["day"]), reverse=True)]
    return {"day": ipywidgets.RadioButtons(options=options, value=options[0][1], description="Day")}


def same_day_table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per day and country: `Day`, `Country`, `Strikes`, `Engagements` (numbers) and `Engagements per strike`."""
    wide = same_day(frame).pivot(index=["day", "scope"], columns="measure", values="value").reset_index()
    per_strike = (wide["engagements"].astype(float) / wide["strikes"].astype(float)).round(1)
    return pd.DataFrame(
        {
            "Day": [day_words(pd.Timestamp(day)) for day in wide["day"]],
            "Country": wide["scope"],
            "Strikes": wide["strikes"],
            "Engagements": wide["engagements"],
            "Engagements per strike": per_strike,
        }
    )


def same_day_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-same-day`. `frame` is the table `air_operations` or a selection of its rows."""
    rows = theme.drawn(same_day(frame), "fig-same-day", "air_operations")
    drawn = frame[frame["id"].isin(rows["id"])]
    return Explorer(
        same_day_chart(frame),
        name="fig-same-day",
        controls=same_day_controls(frame),
        title=_day_title(rows),
        description=fill(
            "Two bar charts of one day, by the list of the next morning. Counted in strikes: "
            "Iraq {air_operations/strikes-iraq-2017-08-20 as number}, "
            "Syria {air_operations/strikes-syria-2017-08-20 as number}. Counted in engagements: "
            "Iraq {air_operations/engagements-iraq-2017-08-20 as number}, "
            "Syria {air_operations/engagements-syria-2017-08-20 as number}. "
            "The unit decides which country seems to have been hit harder."
        ),
        table=same_day_table(frame),
        sources=data.sources_of(drawn),
        as_of="21 August 2017",
    )
