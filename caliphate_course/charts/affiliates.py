"""Branches abroad: when each was declared, what it held and when, and how far our knowledge of it reaches."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.affiliates import (
    CHOICES,
    FIRST_YEAR,
    FOUND,
    HELD,
    HOLDING,
    LAST_YEAR,
    PART,
    SPOT,
    branches,
    holdings,
    yearly,
)
from coursebook.figures import Explorer, StateTitle, theme
from coursebook.words import in_words

EDGE = pd.Timestamp("2026-03-31")
DEFAULT_YEAR = 2016
LANE = 21
# What a lane is made of, in two lines that a phone has room for.
KEY = ["thick: held a place · thin: part, or contested", "diamond: one day known · tick: declared · disc: active"]
HEIGHTS = {HOLDING: 11, PART: 5}


_BRANCH_SAYS = theme.tooltip(name="Branch", begun="Since", known="Newest source", status="Then")


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """One lane per branch: a thin line as far as sources reach, thick where it held a place.

    `frame` is the table `affiliates`. Params: `year` and `which` (a key of CHOICES).
    """
    lanes = branches(frame)
    shown = "which == 'all' || datum.found == which"
    y = alt.Y(
        "name:N",
        sort=alt.EncodingSortField("order", op="min"),
        title=None,
        axis=alt.Axis(labelLimit=110, labelPadding=4),
    )
    axis = alt.Axis(format="%Y", tickCount={"interval": "year", "step": 2}, orient="top", labelSeparation=6)
    x = alt.X("since:T", title=None, axis=axis, scale=alt.Scale(domain=["2013-12-31", f"{EDGE:%Y-%m-%d}"]))
    known = alt.Chart(lanes).transform_filter(shown)
    line = known.mark_rule(color=theme.GREY).encode(x=x, x2="last:T", y=y, tooltip=_BRANCH_SAYS)
    start = known.transform_filter("datum.dated").mark_tick(color=theme.GREY, thickness=2, size=11).encode(x=x, y=y)
    size = alt.condition("datum.status == 'active'", alt.value(55), alt.value(12))
    end = known.mark_point(filled=True, color=theme.GREY).encode(x="last:T", y=y, size=size, tooltip=_BRANCH_SAYS)
    height = LANE * len(lanes) + 10
    layers = [
        _year_band(),
        line,
        start,
        end,
        *_held(frame, lanes, shown, y),
        *(theme.note(words, x=-100, y=height + 14 + 17 * row) for row, words in enumerate(KEY)),
        _words(frame),
    ]
    chart = alt.layer(*layers).properties(
        width=theme.FULL, height=height, autosize={"type": "fit-x", "contains": "padding"}
    )
    return chart.add_params(alt.param(name="year"), alt.param(name="which"))


def _held(frame, lanes, shown, y):
    """What each branch held: dark if it did in the year chosen, as high as its kind says."""
    rows = holdings(frame).merge(lanes[["affiliate", "found", "order"]], on="affiliate")
    base = alt.Chart(rows).transform_filter(shown)
    now = alt.condition("year >= datum.start && year <= datum.end", alt.value(theme.INK), alt.value(theme.PALE))
    facts = theme.tooltip(name="Branch", place="Place", kind="What", begun="From", ended="To")
    bars = [
        base.transform_filter(f"datum.kind == '{kind}'")
        .mark_bar(height=high)
        .encode(x="from:T", x2="to:T", y=y, color=now, tooltip=facts)
        for kind, high in HEIGHTS.items()
    ]
    spots = base.transform_filter(f"datum.kind == '{SPOT}'").mark_point(
        shape="diamond", filled=True, size=110, xOffset=-11
    )
    return [*bars, spots.encode(x="from:T", y=y, color=now, tooltip=facts)]


def _year_band():
    band = alt.Chart(pd.DataFrame({"zero": [0]})).transform_calculate(
        first="datetime(year, 0, 1)", last="datetime(year + 1, 0, 1)"
    )
    return band.mark_rect(color=theme.CHOSEN_BAND, clip=True).encode(x="first:T", x2="last:T")


def _words(frame):
    rows = yearly(frame)
    lines = [f"{row.year}: {row.declared} declared, {row.holding} known to hold a place" for row in rows.itertuples()]
    words = theme.status(rows[["which", "year"]].assign(line=lines), x=-100, y=-44)
    return words.transform_filter("datum.year == year && datum.which == which").encode(text="line:N")


def controls() -> dict[str, ipywidgets.Widget]:
    """A year, and which branches to show."""
    return {
        "year": ipywidgets.SelectionSlider(
            options=[(str(year), year) for year in range(FIRST_YEAR, LAST_YEAR + 1)],
            value=DEFAULT_YEAR,
            description="Year",
        ),
        "which": ipywidgets.RadioButtons(
            options=[(words, key) for key, words in CHOICES.items()], value="all", description="Show"
        ),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each holding or branch, all text, dates in words.

    Columns `Branch`, `Country`, `Declared`, `Held`, `Place`, `From`, `To`, `State`, `As of` (the date of that state), `Note`.
    """
    rows = frame.sort_values(["affiliate", "territory_from"])
    return pd.DataFrame(
        {
            "Branch": rows["name"],
            "Country": rows["country"],
            "Declared": in_words(rows, "declared", missing="date not sourced"),
            "Held": rows["territory_held"].map({**HELD, "no": "nothing", "unknown": "nothing found"}),
            "Place": rows["place_held"].fillna(""),
            "From": in_words(rows, "territory_from"),
            "To": in_words(rows, "territory_to"),
            "State": rows["status"],
            "As of": in_words(rows, "status_date"),
            "Note": rows["note"].fillna(""),
        }
    )


def title(frame: pd.DataFrame) -> StateTitle:
    """How many branches held a place in that year, of all or of those that ever did; of the others, how many there were."""
    counts = yearly(frame).set_index(["which", "year"])
    ever = (found := branches(frame)["found"]).eq(FOUND).sum()

    def sentence(year, which):
        now = counts.loc[which, year]
        holding = now["holding"] or "none"
        if which == "all":
            known = "is" if now["holding"] < 2 else "are"
            return (
                f"In {year}, {holding} of {len(found)} branches {known} known to have held a place; {ever} at some time"
            )
        if which == FOUND:
            return f"Of the {ever} branches known to have held a place, {holding} did so in {year}"
        without = f"For {len(found) - ever} of {len(found)} branches no holding was found"
        return f"{without}; by {year}, {now['declared'] or 'none'} of these had been declared"

    return StateTitle(by=("year", "which"), sentence=sentence)


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-affiliates`. `frame` is the table `affiliates` or a selection of its rows."""
    theme.drawn(frame, "fig-affiliates", "affiliates")
    return Explorer(
        chart(frame),
        name="fig-affiliates",
        controls=controls(),
        play="year",
        title=title(frame),
        description=(
            "A lane for each branch, oldest first, from 2014 to early 2026. A line runs from the "
            "declaration to the newest source; its end is a disc where the branch was then active. Bars, dark in the year "
            "chosen, show holdings with both dates: Sirte 2015 to 2016, Derna and its hills 2014 to 2016, Nangarhar 2015 to 2019, "
            "Qandala, Marawi and villages in Sinai for weeks or months, Mocímboa da Praia for a year, the Sahel from 2022. Diamonds mark "
            "holdings with one known date only: Yemen, West Africa, Somalia's mountains."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="January 2026 at the latest; see each lane’s end",
    )
