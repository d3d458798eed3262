"""Town by town: who held what, month by month, on a map and as stints."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import theme
from caliphate_course.explorer import Explorer
from caliphate_course.facts import date_text

FIRST_MONTH, LAST_MONTH, DEFAULT_MONTH = "2013-12", "2019-04", "2015-05"
# What a reader sees for each state of a place; one colour for one party in map and strips.
STATES = {
    "held": ("ISIS", theme.INK),
    "unknown": ("ISIS, start not known", "#b3b7bd"),
    "contested": ("ISIS, contested", "#80868e"),
    "iraqi_forces": ("Iraqi forces", theme.GREEN),
    "peshmerga": ("Kurdish Peshmerga", theme.OCHRE),
    "sdf_ypg": ("SDF or YPG", theme.ORANGE),
    "syrian_government": ("Syrian government", theme.PURPLE),
    "turkey_and_rebels": ("Turkey and rebels", theme.BLUE),
    "other": ("others", theme.SKY),
}
HELD = STATES["held"][0]
FAR_FUTURE = 999912
NAMED = ("mosul", "raqqa", "palmyra", "ramadi", "deir-ez-zor", "tikrit")
_MONTH_WORDS = "monthFormat(month % 100 - 1) + ' ' + floor(month / 100)"


def stints(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `town_control` prepared for drawing; districts of a larger place are left out.

    Adds `start`, `end` and `next_start` as whole months (year * 100 + month; a stint without a known end or
    successor gets 999912, one without a known start 0), `state_held` and `state_lost` (keys of STATES) and
    `order` (places by when they were first taken).
    """
    frame = frame[frame["part_of"].isna()].copy()
    frame["start"] = _month_number(frame["from"]).fillna(0).astype(int)
    frame["end"] = _month_number(frame["to"]).fillna(FAR_FUTURE).astype(int)
    frame = frame.sort_values(["place_id", "start"])
    frame["next_start"] = frame.groupby("place_id")["start"].shift(-1).fillna(FAR_FUTURE).astype(int)
    frame["state_held"] = frame["status"].where(frame["from"].notna(), "unknown")
    frame["state_lost"] = frame["lost_to"].where(frame["lost_to"].isin(list(STATES)), "other")
    for column in ("state_held", "state_lost"):
        frame[column] = frame[column].map(lambda key: STATES[key][0])
    first = frame.groupby("place_id")["end"].transform("max") * 1_000_000 + frame["start"]
    return frame.assign(order=first.rank(method="dense").astype(int)).reset_index(drop=True)


def _month_number(dates):
    return dates.dt.year * 100 + dates.dt.month


def _drawable(frame):
    columns = [
        "place",
        "country",
        "lat",
        "lon",
        "start",
        "end",
        "next_start",
        "state_held",
        "state_lost",
        "order",
    ]
    shown = stints(frame)[columns + ["from", "to", "place_id"]]
    return shown.assign(
        since=shown["from"].fillna(pd.Timestamp(FIRST_MONTH)),
        until=shown["to"].fillna(pd.Timestamp(LAST_MONTH)),
    ).drop(columns=["from", "to"])


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Map of places, each in the state it was in at the end of `month` (year * 100 + month).

    `frame` is the table `town_control`.
    """
    rows = _drawable(frame)
    now = (
        alt.Chart(rows)
        .transform_filter("datum.start <= month && month < datum.next_start")
        .transform_calculate(state="datum.end > month ? datum.state_held : datum.state_lost")
    )
    points = now.mark_circle(size=95, opacity=1, stroke="white", strokeWidth=1, clip=True).encode(
        longitude="lon:Q",
        latitude="lat:Q",
        color=_colour("state:N", list(STATES)),
        tooltip=["place:N", "state:N"],
    )
    names = (
        alt.Chart(rows[rows["place_id"].isin(NAMED)].drop_duplicates("place_id"))
        .mark_text(dy=-12, fontWeight="bold", clip=True)
        .encode(longitude="lon:Q", latitude="lat:Q", text="place:N")
    )
    count = (
        theme.status(rows, x=0, y=-22)
        .transform_filter(f"datum.start <= month && month < datum.end && datum.state_held == '{HELD}'")
        .transform_aggregate(held="distinct(place_id)")
        .transform_calculate(line=f"{_MONTH_WORDS} + ': ' + datum.held + ' of these places held'")
        .encode(text="line:N")
    )
    layers = alt.layer(theme.base_map(), points, names, count).resolve_scale(stroke="independent", fill="independent")
    return theme.on_map(layers).add_params(alt.param(name="month"))


def strips(frame: pd.DataFrame) -> alt.LayerChart:
    """Each place's stints under ISIS as bars, with a line at `month` (year * 100 + month).

    `frame` is the table `town_control`.
    """
    rows = _drawable(frame)
    place = alt.Y("place:N", sort=alt.SortField("order"), title=None, axis=alt.Axis(labelFontSize=10))
    bars = (
        alt.Chart(rows)
        .mark_bar(height=7)
        .encode(
            x=alt.X("since:T", title=None, axis=alt.Axis(format="%Y", tickCount="year")),
            x2="until:T",
            y=place,
            color=_colour("state_held:N", ["held", "unknown", "contested"]),
            tooltip=["place:N", "since:T", "until:T", "state_lost:N"],
        )
    )
    line = (
        alt.Chart(pd.DataFrame({"zero": [0]}))
        .transform_calculate(at="datetime(floor(month / 100), month % 100 - 1, 28)")
        .mark_rule(color=theme.RED, strokeWidth=1.5)
        .encode(x="at:T")
    )
    words = (
        theme.status(pd.DataFrame({"zero": [0]}), x=4, y=-16)
        .transform_calculate(line=f"'Line at ' + {_MONTH_WORDS}")
        .encode(text="line:N")
    )
    height = 12 * rows["place"].nunique()
    return alt.layer(bars, line, words).properties(width=theme.FULL, height=height).add_params(alt.param(name="month"))


def _colour(field, shown):
    """Colour by state; the legend names only the states in `shown`."""
    scale = alt.Scale(domain=[label for label, _ in STATES.values()], range=[colour for _, colour in STATES.values()])
    return alt.Color(
        field,
        scale=scale,
        legend=alt.Legend(columns=2, symbolType="circle", orient="bottom", values=[STATES[key][0] for key in shown]),
    )


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """A slider over the months from December 2013 to April 2019."""
    months = pd.date_range(FIRST_MONTH, LAST_MONTH, freq="MS")
    options = [(theme.month_label(m), m.year * 100 + m.month) for m in months]
    default = int(DEFAULT_MONTH.replace("-", ""))
    return {"month": ipywidgets.SelectionSlider(options=options, value=default, description="Month")}


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The stints in words: place, country, held from, to, and to whom lost."""
    shown = frame[frame["part_of"].isna()].sort_values(["country", "place"])
    return pd.DataFrame(
        {
            "Place": shown["place"],
            "Country": shown["country"],
            "From": [date_text(row, "from") or "not known" for _, row in shown.iterrows()],
            "To": [date_text(row, "to") or "not known" for _, row in shown.iterrows()],
            "Status": shown["status"],
            "Lost to": shown["lost_to_text"],
        }
    )


def explorers(frame: pd.DataFrame) -> tuple[Explorer, Explorer]:
    """The figures `fig-towns` (map) and `fig-stints` (bars), moved by one and the same slider.

    `frame` is the table `town_control` or a selection of its rows.
    """
    shared = controls(frame)
    common = {
        "controls": shared,
        "table": table(frame),
        "sources": data.source_ids(frame),
        "as_of": "March 2019",
    }
    here = Explorer(
        chart(frame),
        name="fig-towns",
        play="month",
        title="…",
        description="…",
        **common,
    )
    bars = Explorer(
        strips(frame),
        name="fig-stints",
        title="…",
        description="…",
        **common,
    )
    return here, bars
