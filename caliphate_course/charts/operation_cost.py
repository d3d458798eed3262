"""What the campaign cost the US Defense Department, as long as it said so."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.operation_cost import AT_LEAST, BOOKED, OTHER_PERIOD, PER_DAY, SNAPSHOT, TOTAL, snapshots
from coursebook.figures import Explorer, StateTitle, theme
from coursebook.words import date_words, in_words, number

MEASURES = {TOTAL: "total so far", PER_DAY: "average per day"}
AXIS = {TOTAL: "billion US dollars since 8 August 2014", PER_DAY: "million US dollars a day, average since the start"}
UNITS = {TOTAL: "billion US dollars", PER_DAY: "million US dollars a day"}  # of `value` in `snapshots`
START, END = "2014-08-08", "2019-03-23"
KINDS = {SNAPSHOT: "circle", AT_LEAST: "triangle-up", OTHER_PERIOD: "square", BOOKED: "diamond"}
COLOURS = [theme.INK, theme.INK, theme.GREY, theme.ORANGE]
NAMES = {SNAPSHOT: "counted", BOOKED: "booked in the budget", OTHER_PERIOD: "in another period"}


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Snapshots of the `measure` chosen, and the years without a figure. `frame` is the table `operation_cost`."""
    rows = snapshots(frame)
    rows = rows.assign(when=in_words(rows), said=[_said(row) for _, row in rows.iterrows()])
    counted = rows.loc[rows["kind"] == SNAPSHOT, "date"]
    last = pd.Timestamp(START) if counted.empty else counted.max()
    shapes = alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
    colours = alt.Scale(domain=list(KINDS), range=COLOURS)
    x = alt.X(
        "date:T",
        title=None,
        scale=alt.Scale(domain=[START, END]),
        axis=alt.Axis(format="%Y", tickCount="year"),
    )
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True))
    points = (
        alt.Chart(rows)
        .transform_filter("datum.measure == measure")
        .mark_point(size=75)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("kind:N", scale=shapes, legend=None),
            color=alt.Color("kind:N", scale=colours, legend=None),
            tooltip=theme.tooltip(when="To", said="Cost", includes="Covers"),
        )
    )  # fmt: skip
    silence = pd.DataFrame([{"from": last, "to": END, "middle": last + (pd.Timestamp(END) - last) / 2}])
    silent = alt.Chart(silence).mark_rect(color=theme.LAND).encode(x="from:T", x2="to:T")
    said = alt.Chart(silence).mark_text(color=theme.MUTED, text=["no running count", "was found"])
    said = said.encode(x="middle:T", y=alt.value(185))
    named = _names(rows).encode(x=x, y=y, text="words:N")
    unit = theme.note("", x=0, y=-16).transform_calculate(
        words=f"measure == '{TOTAL}' ? '{AXIS[TOTAL]}' : '{AXIS[PER_DAY]}'"
    )
    unit = unit.encode(text="words:N")
    words = theme.status(_lines(rows), x=-24, y=-56, lineBreak="\n")
    words = words.transform_filter("datum.measure == measure").encode(text="line:N")
    layers = alt.layer(silent, said, points, named, unit, words).properties(width=theme.FULL, height=330)
    return layers.add_params(alt.param(name="measure"))


def _names(rows):
    """What each kind of figure is, at the last of its marks, and its value."""
    last = rows[rows["kind"].isin(NAMES)].sort_values("date").drop_duplicates(["measure", "kind"], keep="last")
    last = last.assign(words=last["value"].map("{:g}".format) + " " + last["kind"].map(NAMES))
    last = alt.Chart(last[["measure", "date", "value", "kind", "words"]]).transform_filter("datum.measure == measure")
    booked = f"datum.kind == '{BOOKED}'"  # its marks rise to the right edge; the others have room there
    look = {"align": alt.ExprRef(f"{booked} ? 'right' : 'left'"), "dx": alt.ExprRef(f"{booked} ? -9 : 9")}
    return last.mark_text(**look, fontWeight="bold")


def _said(row):
    bound = "at least " if row["kind"] == AT_LEAST else ""
    return f"{bound}{row['value']:g} {UNITS[row['measure']]}"


def _lines(rows):
    """The last figure of each kind in words, by measure."""
    last = rows.sort_values("date").groupby(["measure", "kind"]).last()
    said = {
        (TOTAL, SNAPSHOT): "billion counted",
        (TOTAL, BOOKED): "billion booked",
        (PER_DAY, SNAPSHOT): "million dollars a day",
    }
    lines = [
        (measure, f"{date_words(last.loc[measure, kind])}: {last.loc[(measure, kind), 'value']:g} {unit}")
        for (measure, kind), unit in said.items()
        if (measure, kind) in last.index
    ]
    return pd.DataFrame(lines, columns=["measure", "line"]).groupby("measure", as_index=False).agg(" \n".join)


def controls() -> dict[str, ipywidgets.Widget]:
    """Total or daily average."""
    options = [(label, key) for key, label in MEASURES.items()]
    return {"measure": ipywidgets.RadioButtons(options=options, value=TOTAL, description="Cost as")}


def title(frame: pd.DataFrame) -> StateTitle:
    """Where the running count ends; for the average a day, its first and its last figure."""
    rows = snapshots(frame)
    counted = rows[(rows["measure"] == PER_DAY) & (rows["kind"] == SNAPSHOT)].sort_values("date")
    counted = counted.assign(when=in_words(counted))
    billions = snapshots(data.load("operation_cost")).set_index("id")["value"].map(number)

    def sentence(measure):
        if measure == TOTAL:
            last, booked = billions["cost-total-2017-07"], billions["cost-obligated-2018-12-31"]
            return f"The last running count is about {last} billion dollars, of July 2017; budget reports reach {booked} billion"
        if counted.empty:
            return "The average cost a day"
        first, last = counted.iloc[0], counted.iloc[-1]
        return f"The average was {first['value']:g} million dollars a day to {first['when']}, {last['value']:g} to {last['when']}"

    return StateTitle(by=("measure",), sentence=sentence)


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per published figure, all text: `To` (the date), `Figure` (in `Unit`), `Unit` and `Covers`."""
    shown = frame.sort_values(["measure", "date"])
    units = {TOTAL: "million US dollars", PER_DAY: "million US dollars a day"}
    figure = (
        shown["best"].map("{:g}".format).where(shown["best"].notna(), "more than " + shown["low"].map("{:g}".format))
    )
    return pd.DataFrame(
        {
            "To": in_words(shown),
            "Figure": figure,
            "Unit": shown["measure"].map(units),
            "Covers": shown["includes"],
        }
    )  # fmt: skip


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-cost`. `frame` is the table `operation_cost` or a selection of its rows."""
    theme.drawn(frame, "fig-cost", "operation_cost")
    billions = snapshots(data.load("operation_cost")).set_index("id")["value"].map(number)
    last, booked = billions["cost-total-2017-07"], billions["cost-obligated-2018-12-31"]
    return Explorer(
        chart(frame),
        name="fig-cost",
        controls=controls(),
        title=title(frame),
        description=(
            f"Points for the running total of US military spending against ISIS, from {billions['cost-total-2014-10-16']} "
            f"billion dollars in October 2014 to {billions['cost-total-2016-07-31']} billion in July 2016 and about {last} "
            "billion in July 2017. For the time after that, shaded, only budget obligations were found, which count "
            f"something else: {billions['cost-obligated-2017-06-30']} billion by June 2017, {booked} billion by the end of "
            "2018."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="31 December 2018",
    )
