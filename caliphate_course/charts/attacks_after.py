"""Attacks after the caliphate: each count a block over the period it covers, apart from counts by other rules."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import ranges
from coursebook import dates
from coursebook.figures import Explorer, theme
from coursebook.months import DAYS_PER_MONTH

# How many months the published figure covers; 0 stands for the period's own length.
MEASURES = {
    "attacks": 0,
    "attacks_claimed": 0,
    "operations_by_isis": 0,
    "attacks_per_month": 1,
    "attacks_per_quarter": 3,
}
CLAIMED, COUNTED = "claimed by ISIS", "counted by others"
PLACES = {"Iraq": "Iraq", "Syria": "Syria", "Iraq and Syria": "Iraq and Syria together", "World": "the world"}
DEFAULT_PLACE = "Iraq"
# Who counted and what, short enough for a phone, each with its own colour.
COUNTERS = {
    "Knights (CTC Sentinel)": ("Knights 2018", "attacks ISIS began, six provinces", theme.BLUE),
    "Knights and Almeida (CTC Sentinel)": ("Knights, Almeida", "same kind of data, 2020–22", theme.SKY),
    "CSIS, from ACLED": ("CSIS", "average from ACLED’s events", theme.ORANGE),
    "Middle East Institute (analyst's own count)": ("MEI analyst", "reported, claimed or not", theme.GREEN),
    "Syrian Observatory for Human Rights (SOHR)": ("SOHR", "its network (lower blocks: SDF areas)", theme.PURPLE),
    "US defence official via AP": ("US official", "attacks ISIS was behind", theme.INK),
    "US Central Command (CENTCOM)": ("US command", "claims of ISIS", theme.MUTED),
    "Jihad Analytics": ("Jihad Analytics", "claims of ISIS", theme.RED),
    "ISIS itself, via APA News": ("ISIS", "its own yearly balance", theme.OCHRE),
    "BBC Monitoring": ("BBC Monitoring", "claims of ISIS", theme.BLUE),
    "The Washington Institute": ("Washington Institute", "claims of ISIS", theme.ORANGE),
}
HEIGHT, LINE = 300, 17
# Labels that would cover a neighbour: share of the block's width at which they stand, and above or below its edge.
LABELS = {
    "ctc-2018": (0.92, "above"),
    "jihad-analytics-2021-iraq": (0.5, "below"),
    "sohr-2019-2024-sdf-operations": (0.15, "below"),
    "sohr-2024-h1-sdf": (0.5, "below"),
    "sohr-2019-2024-operations": (0.15, "above"),
}


def blocks(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts of attacks in `attacks_after` as rates: one row per published figure.

    Adds `place` (a key of PLACES), `who` (short name of the counter), `rule` (CLAIMED or COUNTED), `months` the
    figure covers, `rate` (attacks a month), `form` (see `ranges`), `published` (the figure as printed, with its
    period's length) and `until` (the day after the period). Parts of a count, casualties and operations against
    the group are left out. Raises ValueError for a counter without an entry in COUNTERS.
    """
    rows = frame[frame["measure"].isin(list(MEASURES))].copy()
    rows["place"] = rows["scope"].str.split(":").str[0]
    rows = ranges.stated(rows[rows["place"].isin(list(PLACES))])
    length = ((rows["period_end"] - rows["period_start"]).dt.days + 1) / DAYS_PER_MONTH
    divisor = rows["measure"].map(MEASURES).astype("float64")
    rows["months"] = length.round(1)
    rows["rate"] = (rows["at"] / divisor.where(divisor > 0, length.round())).round(1)
    rows["until"] = rows["period_end"] + pd.Timedelta(days=1)
    rows["rule"] = rows["measure"].eq("attacks_claimed").map({True: CLAIMED, False: COUNTED})
    names = {counter: name for counter, (name, _, _) in COUNTERS.items()}
    home = "COUNTERS in charts/attacks_after.py"
    rows["who"] = theme.named(rows["counter"], names, table="attacks_after", home=home)
    rows["published"] = [_published(row) for _, row in rows.iterrows()]
    number = rows["rate"].map("{:.0f}".format).astype("str")  # text even where there are no rows
    rows["label"] = number.where(rows["form"] != ranges.AT_LEAST, "≥" + number)
    return rows.sort_values(["place", "period_start", "rate"]).reset_index(drop=True)


def _published(row):
    per = {1: "a month on average", 3: "a quarter on average"}.get(MEASURES[row["measure"]])
    return f"{row['words']} {per or f'in {row.months:.0f} months'}"


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Blocks over time: width is the period counted, height the attacks a month; `frame` is `attacks_after`.

    Params: `place` (a key of PLACES) and `rules` (list of CLAIMED, COUNTED).
    """
    columns = ["place", "who", "rule", "period_start", "until", "rate", "published", "definition", "scope", "label"]
    rows = blocks(frame)
    share = rows["id"].map(lambda i: LABELS.get(i, (0.5, ""))[0])
    side = rows["id"].map(lambda i: LABELS.get(i, (0, "above"))[1])
    label_at = rows["period_start"] + (rows["until"] - rows["period_start"]) * share
    rows = rows[columns].assign(label_at=label_at, side=side, zero=0)
    shown = alt.Chart(rows).transform_filter(SHOWN)
    axis = alt.Axis(format="%Y", tickCount="year", labelSeparation=8)
    x = alt.X("period_start:T", title=None, axis=axis, scale=alt.Scale(domain=["2017-12-01", "2026-01-31"]))
    y = alt.Y("rate:Q", title="attacks a month", scale=alt.Scale(nice=True, zero=True))
    facts = theme.tooltip(
        scope="Place", who="Counter", published="Published", definition="What was counted", label="A month"
    )
    drawn = {"x": x, "x2": "until:T", "y": y, "color": _colour(), "tooltip": facts}
    body = shown.mark_rect(fillOpacity=0.12).encode(**drawn, y2="zero:Q")
    top = shown.mark_rule(strokeWidth=5, strokeCap="butt").encode(**drawn)
    shift = alt.expr("datum.side == 'above' ? -8 : 10")
    number = shown.mark_text(dy=shift, fontSize=11, fontWeight="bold").encode(
        x="label_at:T", y=y, text="label:N", color=alt.value(theme.INK)
    )
    # Nothing to see: it keeps the scale of the place when boxes are unticked; without any, a lone 0 hung in the middle.
    room = alt.Chart(rows).transform_filter("datum.place == place").mark_point(size=0).encode(x=x, y=y)
    chart = alt.layer(body, top, number, room, *_key(rows), _words(rows))
    chart = chart.properties(width=theme.FULL, height=HEIGHT, autosize={"type": "fit-x", "contains": "padding"})
    return chart.add_params(alt.param(name="place"), alt.param(name="rules"))


SHOWN = "datum.place == place && indexof(rules, datum.rule) >= 0"


def _colour():
    names = {who: colour for who, _, colour in COUNTERS.values()}
    return alt.Color("who:N", scale=alt.Scale(domain=list(names), range=list(names.values())), legend=None)


def _key(rows):
    """Under the axis, one line for each counter of the place chosen: its colour, its name and what it counts."""
    what = {who: text for who, text, _ in COUNTERS.values()}
    lines = rows.sort_values(["place", "period_start", "rate"], ascending=[True, True, False])
    lines = lines.drop_duplicates(["place", "who"])
    lines = lines[["place", "who", "rule"]].assign(text=lines["who"] + ": " + lines["who"].map(what))
    lines["down"] = HEIGHT + 42 + LINE * lines.groupby("place").cumcount()
    base = alt.Chart(lines).transform_filter(SHOWN)
    down = alt.expr("datum.down")
    square = base.mark_square(size=110, x=-12, y=down).encode(color=_colour())
    return [square, base.mark_text(align="left", x=0, y=down).encode(text="text:N")]


def _words(rows):
    """The line of words; sums of flags, so that a choice without any count still says so."""
    counted = (
        theme.status(rows, x=-20, y=-40)
        .transform_calculate(seen=f"{SHOWN} ? 1 : 0", value=f"{SHOWN} ? datum.rate : null")
        .transform_aggregate(low="min(value)", high="max(value)", counts="sum(seen)", groupby=["who"])
        .transform_calculate(used="datum.counts > 0 ? 1 : 0")
        .transform_aggregate(lowest="min(low)", highest="max(high)", counts="sum(counts)", counters="sum(used)")
    )
    line = (
        "length(rules) == 0 ? 'Nothing is chosen: tick a box above' : datum.counts == 0 ? 'No count of this kind' : "
        "datum.counts + (datum.counts == 1 ? ' count, ' : ' counts, ') + datum.counters + "
        "(datum.counters == 1 ? ' counter: ' : ' counters: ') + format(datum.lowest, '.0f') + ' to ' + "
        "format(datum.highest, '.0f') + ' a month'"
    )
    return counted.transform_calculate(line=line).encode(text="line:N")


def controls() -> dict[str, ipywidgets.Widget]:
    """The place counted, and whether to show outside counts, the group's own claims or both."""
    return {
        "place": ipywidgets.RadioButtons(
            options=[(words, place) for place, words in PLACES.items()], value=DEFAULT_PLACE, description="Place"
        ),
        "rules": ipywidgets.SelectMultiple(
            options=[COUNTED, CLAIMED], value=(COUNTED, CLAIMED), description="What is counted"
        ),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every count as published and as a rate, all text.

    Columns `Place`, `From`, `To`, `Counter`, `Published`, `A month` (attacks) and `What was counted`.
    """
    rows = blocks(frame)
    return pd.DataFrame(
        {
            "Place": rows["scope"],
            "From": dates.in_words(rows, "period_start"),
            "To": dates.in_words(rows, "period_end"),
            "Counter": rows["counter"],
            "Published": rows["published"],
            "A month": rows["label"],
            "What was counted": rows["definition"],
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-attacks-after`. `frame` is the table `attacks_after` or a selection of its rows."""
    rows = theme.drawn(blocks(frame), "fig-attacks-after", "attacks_after")
    return Explorer(
        chart(frame),
        name="fig-attacks-after",
        controls=controls(),
        title="127 attacks a month in Iraq in 2018, or 75: it depends on what is counted",
        description=(
            "Blocks over time, each as wide as the period counted and as high as the attacks a month in Iraq. January to "
            "October 2018: 127 by Knights, 75 by CSIS from ACLED. Knights and Almeida, in two later articles: 122 in "
            "2018, 139 in 2019, a peak of 269 in spring 2020, then 110 on average to November 2021. Later counts follow "
            "other rules: 90 claims a month in 2021, 40 in 2022, and 10 and 6 attacks in 2023 and early 2024."
        ),
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="November 2025",
    )
