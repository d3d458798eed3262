"""Attacks after the caliphate: each count a block over the period it covers, apart from counts by other rules."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.attacks_after import CLAIMED, COUNTED, PLACES, blocks
from caliphate_course.words import ATTACK_COUNTERS
from coursebook.figures import Explorer, StateTitle, theme
from coursebook.words import in_words

DEFAULT_PLACE = "Iraq"
PAIR = ("ctc-2018-10m", "csis-2018-10m")  # the same months of one country, counted by two rules
HEIGHT, LINE = 300, 17
# Labels that would cover a neighbour: share of the block's width at which they stand, and above or below its edge.
LABELS = {
    "ctc-2018": (0.92, "above"),
    "jihad-analytics-2021-iraq": (0.5, "below"),
    "sohr-2019-2024-sdf-operations": (0.15, "below"),
    "sohr-2024-h1-sdf": (0.5, "below"),
    "sohr-2019-2024-operations": (0.15, "above"),
}


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Blocks over time: width is the period counted, height the attacks a month; `frame` is `attacks_after`.

    Param: `show`, a key of `views`.
    """
    columns = ["place", "views", "who", "period_start", "until", "rate", "published", "definition", "scope", "label"]
    rows = blocks(frame)
    share = rows["id"].map(lambda i: LABELS.get(i, (0.5, ""))[0])
    side = rows["id"].map(lambda i: LABELS.get(i, (0, "above"))[1])
    label_at = rows["period_start"] + (rows["until"] - rows["period_start"]) * share
    rows = rows.assign(views=[_views(*row) for row in rows[["place", "rule"]].itertuples(index=False)])
    rows = rows[columns].assign(label_at=label_at, side=side)
    shown = alt.Chart(rows).transform_filter(SHOWN)
    axis = alt.Axis(format="%Y", tickCount="year", labelSeparation=8)
    x = alt.X("period_start:T", title=None, axis=axis, scale=alt.Scale(domain=["2017-12-01", "2026-01-31"]))
    y = alt.Y("rate:Q", title="attacks a month", scale=alt.Scale(nice=True, zero=True))
    facts = theme.tooltip(
        scope="Place", who="Counter", published="Published", definition="What was counted", label="A month"
    )
    drawn = {"x": x, "x2": "until:T", "y": y, "color": _colour(), "tooltip": facts}
    top = shown.mark_rule(strokeWidth=5, strokeCap="butt").encode(**drawn)
    shift = alt.expr("datum.side == 'above' ? -8 : 10")
    number = shown.mark_text(dy=shift, fontSize=11, fontWeight="bold").encode(
        x="label_at:T", y=y, text="label:N", color=alt.value(theme.INK)
    )
    # Nothing to see: it keeps the scale of the place in each of its views.
    room = alt.Chart(rows).transform_filter("datum.place == split(show, ', ')[0]").mark_point(size=0).encode(x=x, y=y)
    chart = alt.layer(*_pair(frame, x, y), top, number, room, *_key(rows), _words(rows))
    chart = chart.properties(width=theme.FULL, height=HEIGHT, autosize={"type": "fit-x", "contains": "padding"})
    return chart.add_params(alt.param(name="show"))


SHOWN = "indexof(datum.views, show) >= 0"


def _pair(frame, x, y):
    """Between the two counts of the same months of 2018 a bracket, with words: the figure's finding."""
    rows = blocks(frame).set_index("id")["rate"]
    if not set(PAIR) <= set(rows.index):
        return []
    low, high = sorted(rows[list(PAIR)])
    ends = blocks(frame).set_index("id").loc[PAIR[0]]
    middle = ends["period_start"] + (ends["until"] - ends["period_start"]) * 0.2
    pair = pd.DataFrame([{"at": middle, "low": low, "high": high, "middle": (low + high) / 2}])
    pair = alt.Chart(pair).transform_filter(f"show == '{DEFAULT_PLACE}'")
    words = pair.mark_text(align="left", dx=6, color=theme.INK, fontWeight="bold", text="same months")
    x = x.copy()
    x.shorthand = "at:T"
    return [
        pair.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        words.encode(x=x, y=alt.Y("middle:Q")),
    ]


def _views(place, rule):
    return [place, f"{place}, {rule}"]


def _colour():
    names = {who: colour for who, _, colour in ATTACK_COUNTERS.values()}
    return alt.Color("who:N", scale=alt.Scale(domain=list(names), range=list(names.values())), legend=None)


def _key(rows):
    """Under the axis, one line for each counter of the place chosen: its colour, its name and what it counts."""
    what = {who: text for who, text, _ in ATTACK_COUNTERS.values()}
    lines = rows.sort_values(["place", "period_start", "rate"], ascending=[True, True, False])
    lines = lines.drop_duplicates(["place", "who"])
    lines = lines[["place", "views", "who"]].assign(text=lines["who"] + ": " + lines["who"].map(what))
    lines["down"] = HEIGHT + 42 + LINE * lines.groupby("place").cumcount()
    base = alt.Chart(lines).transform_filter(SHOWN)
    down = alt.expr("datum.down")
    square = base.mark_square(size=110, x=-12, y=down).encode(color=_colour())
    return [square, base.mark_text(align="left", x=0, y=down).encode(text="text:N")]


def _words(rows):
    """The line of words: how many counts there are, and between which rates."""
    line = (
        "datum.counts + (datum.counts == 1 ? ' count, ' : ' counts, ') + datum.counters + "
        "(datum.counters == 1 ? ' counter: ' : ' counters: ') + format(datum.lowest, '.0f') + "
        "(datum.counts == 1 ? '' : ' to ' + format(datum.highest, '.0f')) + ' a month'"
    )
    return (
        theme.status(rows, x=-20, y=-40)
        .transform_filter(SHOWN)
        .transform_aggregate(lowest="min(rate)", highest="max(rate)", counts="count()", counters="distinct(who)")
        .transform_calculate(line=line)
        .encode(text="line:N")
    )


def views(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What a reader can choose: the counts of each place, and those of one rule where a place has both."""
    found = {}
    for place in PLACES:
        here = blocks(frame).query("place == @place")
        if len(here):
            found[place] = here
        if here["rule"].nunique() > 1:
            found |= {f"{place}, {rule}": here[here["rule"] == rule] for rule in (COUNTED, CLAIMED)}
    return found


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The place counted, and whether to show outside counts, the group's own claims or both."""
    options = [(_label(view), view) for view in views(frame)]
    return {"show": ipywidgets.Dropdown(options=options, value=options[0][1], description="Attacks in")}


def _label(view):
    place, _, rule = view.partition(", ")
    return f"{PLACES[place]}{rule and ': '}{rule}"


def title(frame: pd.DataFrame) -> StateTitle:
    """The two counts of one year with which the chart opens; for other views, the lowest and the highest rate."""
    shown = views(frame)
    label = blocks(data.load("attacks_after")).set_index("id")["label"]

    def sentence(show):
        if show == DEFAULT_PLACE:
            ctc, csis = (label[one] for one in PAIR)
            return f"{ctc} attacks a month in Iraq in 2018, or {csis}: it depends on what is counted"
        rows = shown[show].sort_values("rate")
        low, high = (
            f"{row['label']} attacks a month ({row['who']}, {_years(row)})" for _, row in rows.iloc[[0, -1]].iterrows()
        )
        return f"In {_label(show).replace(': ', ', ')}: " + (low if len(rows) == 1 else f"from {low} to {high}")

    return StateTitle(by=("show",), sentence=sentence)


def _years(row):
    first, last = row["period_start"].year, row["period_end"].year
    return str(first) if first == last else f"{first}–{last}"


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every count as published and as a rate, all text.

    Columns `Place`, `From`, `To`, `Counter`, `Published`, `A month` (attacks) and `What was counted`.
    """
    rows = blocks(frame)
    return pd.DataFrame(
        {
            "Place": rows["scope"],
            "From": in_words(rows, "period_start"),
            "To": in_words(rows, "period_end"),
            "Counter": rows["counter"],
            "Published": rows["published"],
            "A month": rows["label"],
            "What was counted": rows["definition"],
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-attacks-after`. `frame` is the table `attacks_after` or a selection of its rows."""
    rows = theme.drawn(blocks(frame), "fig-attacks-after", "attacks_after")
    all_rows = blocks(data.load("attacks_after"))
    a_month = dict(zip(all_rows["id"], all_rows["label"], strict=True))
    return Explorer(
        chart(frame),
        name="fig-attacks-after",
        controls=controls(frame),
        title=title(frame),
        description=(
            "Blocks over time, each as wide as the period counted and as high as the attacks a month in Iraq. January to "
            f"October 2018: {a_month['ctc-2018-10m']} by Knights, {a_month['csis-2018-10m']} by CSIS from ACLED. Knights "
            f"and Almeida, in two later articles: {a_month['ctc-2018']} in 2018, {a_month['ctc-2019']} in 2019, a peak of "
            f"{a_month['ctc-2020-q2']} in spring 2020, then {a_month['ctc-2020-07-2021-11']} on average to November 2021. "
            f"Later counts follow other rules: {a_month['jihad-analytics-2021-iraq']} claims a month in 2021, "
            f"{a_month['isis-2022-claims-iraq']} in 2022, and {a_month['mei-2023-iraq']} and "
            f"{a_month['mei-2024-h1-iraq']} attacks in 2023 and early 2024."
        ),
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="November 2025",
    )
