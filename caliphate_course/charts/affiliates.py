"""Branches abroad: when each was declared, what it held and when, and how far our knowledge of it reaches."""

from __future__ import annotations

import itertools

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from coursebook import dates
from coursebook.figures import Explorer, theme

FIRST_YEAR, LAST_YEAR, DEFAULT_YEAR = 2014, 2026, 2016
EDGE = pd.Timestamp("2026-03-31")
# Short enough for a phone; the table has the full names.
NAMES = {
    "barqa": "Libya: Cyrenaica",
    "tarablus": "Libya: Sirte",
    "fezzan": "Libya: Fezzan",
    "sinai": "Egypt: Sinai",
    "yemen": "Yemen",
    "saudi": "Saudi Arabia",
    "algeria": "Algeria",
    "khorasan": "Khorasan",
    "iswap": "West Africa",
    "sahel": "Sahel",
    "somalia": "Somalia",
    "iscap": "Central Africa",
    "mozambique": "Mozambique",
    "east-asia": "Philippines",
    "qawqaz": "Caucasus",
    "hind": "India",
    "pakistan": "Pakistan",
    "turkey": "Turkey",
    "tunisia": "Tunisia",
}
HELD = {"yes": "held", "contested": "held in part"}
HOLDING, PART, SPOT = "held a place", "held part of one, or contested", "held, other date unknown"
FOUND, NOT_FOUND = "held something at some time", "no holding found"
CHOICES = {"all": "all branches", FOUND: FOUND, NOT_FOUND: NOT_FOUND}
LANE = 21
KEY = "| declared · ● then active · ○ ended or unclear"


def branches(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per branch of `affiliates`: `affiliate`, `name`, `since`, `dated`, `until`, `status`, `found`, `order`, `last`.

    `since` is the declaration, or the first day it held something where no declaration is dated; `until` is the
    date of the newest source on its state: after it we know nothing. `status` is what that source reports, `dated`
    (bool) says whether a declaration is dated, `found` is FOUND or NOT_FOUND, `last` the later of `since` and `until`;
    `begun` and `known` are `since` and `until` in words.
    Raises ValueError for a branch without an entry in NAMES.
    """
    rows = []
    for affiliate, group in frame.groupby("affiliate", sort=False):
        declared, first = _days(group, "declared"), _days(group, "declared", "territory_from", "status_date")
        last = _days(group, "status_date", "territory_to", "declared")
        since, until = min(declared or first), max(last)
        rows.append(
            {
                "affiliate": affiliate,
                "since": since,
                "begun": first[since],
                "dated": bool(declared),
                "until": until,
                "known": last[until],
                "status": group["status"].iloc[0],
                "found": FOUND if group["territory_held"].isin(list(HELD)).any() else NOT_FOUND,
            }
        )
    result = (
        pd.DataFrame(rows)
        .assign(name=lambda rows: _names(rows["affiliate"]))
        .sort_values(["since", "name"])
        .reset_index(drop=True)
    )
    return result.assign(
        order=result.index, last=result["since"].where(result["since"] > result["until"], result["until"])
    )


def _days(group, *columns):
    """The days known in some columns, each in words."""
    return {row[day]: dates.text(row, day) for day in columns for _, row in group.dropna(subset=[day]).iterrows()}


def _names(affiliates):
    return theme.named(affiliates, NAMES, table="affiliates", home="NAMES in charts/affiliates.py")


def holdings(frame: pd.DataFrame) -> pd.DataFrame:
    """Holdings of `affiliates` with at least one date: `name`, `place`, `kind`, `from`, `to`, `start`, `end` (years).

    `begun` and `ended` are the first and the last day in words, where they are known. `kind` is HOLDING or PART where both dates are known or the place was still held in the newest source; SPOT
    where only one date is known (`from` is then that date and no bar may be drawn).
    """
    rows = frame[frame["territory_held"].isin(list(HELD))].copy()
    still = rows["territory_to"].isna() & (rows["status"] == "active")
    rows["to"] = rows["territory_to"].where(~still, rows["status_date"])
    known = rows["territory_from"].notna() & rows["to"].notna()
    rows["kind"] = rows["territory_held"].map({"yes": HOLDING, "contested": PART}).where(known, SPOT)
    rows["from"] = rows["territory_from"].where(known, rows["to"])
    rows["still"] = still
    rows["begun"] = dates.in_words(rows, "territory_from", missing="not known")
    rows["ended"] = dates.in_words(rows, "territory_to", missing="not known")
    rows["ended"] = rows["ended"].where(~still, "still held")
    rows["name"] = _names(rows["affiliate"])
    rows["start"], rows["end"] = rows["from"].dt.year, rows["to"].dt.year
    rows = rows.rename(columns={"place_held": "place"})
    columns = ["affiliate", "name", "place", "kind", "from", "to", "begun", "ended", "start", "end", "still"]
    return rows[columns].reset_index(drop=True)


def yearly(frame: pd.DataFrame) -> pd.DataFrame:
    """For each year and choice (`which`, a key of CHOICES): branches `declared` by the year's end, branches known to
    have held a place in it (`holding`), and both in words (`line`)."""
    lanes, held = branches(frame), holdings(frame)
    rows = []
    for which, year in itertools.product(CHOICES, range(FIRST_YEAR, LAST_YEAR + 1)):
        chosen = lanes[(lanes["found"] == which) | (which == "all")]
        own = held[held["affiliate"].isin(chosen["affiliate"])]
        declared = int((chosen["dated"] & (chosen["since"].dt.year <= year)).sum())
        holding = own[(own["start"] <= year) & (own["end"] >= year)]["affiliate"].nunique()
        rows.append((which, year, declared, holding, _line(year, declared, holding)))
    return pd.DataFrame(rows, columns=["which", "year", "declared", "holding", "line"])


def _line(year, declared, holding):
    return f"{year}: {declared} declared, {holding} known to hold a place"


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
    line = known.mark_rule(color=theme.MUTED, strokeWidth=1.5).encode(x=x, x2="last:T", y=y, tooltip=_BRANCH_SAYS)
    start = known.transform_filter("datum.dated").mark_tick(color=theme.INK, thickness=2, size=11).encode(x=x, y=y)
    end = known.mark_point(filled=True, size=55, stroke=theme.MUTED, strokeWidth=1.3).encode(
        x="last:T",
        y=y,
        fill=alt.condition("datum.status == 'active'", alt.value(theme.INK), alt.value(theme.PAPER)),
        tooltip=_BRANCH_SAYS,
    )
    height = LANE * len(lanes) + 10
    layers = [
        _year_band(),
        line,
        *_held(frame, lanes, shown, y),
        start,
        end,
        theme.note(KEY, x=-90, y=height + 14),
        _words(frame),
    ]
    chart = alt.layer(*layers).resolve_scale(fill="independent")
    chart = chart.properties(width=theme.FULL, height=height, autosize={"type": "fit-x", "contains": "padding"})
    return chart.add_params(alt.param(name="year"), alt.param(name="which"))


def _held(frame, lanes, shown, y):
    rows = holdings(frame).merge(lanes[["affiliate", "found", "order"]], on="affiliate")
    base = alt.Chart(rows).transform_filter(shown)
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=[HOLDING, PART, SPOT], range=[theme.ORANGE, theme.SKY, theme.RED]),
        legend=alt.Legend(columns=1, symbolType="square", offset=30),
    )
    now = alt.condition("year >= datum.start && year <= datum.end", alt.value(1), alt.value(0.45))
    facts = theme.tooltip(name="Branch", place="Place", kind="What", begun="From", ended="To")
    spot = f"datum.kind == '{SPOT}'"
    bars = (
        base.transform_filter(f"!({spot})")
        .mark_bar(height=10)
        .encode(x="from:T", x2="to:T", y=y, color=colour, fillOpacity=now, tooltip=facts)
    )
    spots = (
        base.transform_filter(spot)
        .mark_point(shape="diamond", filled=True, size=110, xOffset=-11)
        .encode(x="from:T", y=y, color=colour, tooltip=facts)
    )
    return [bars, spots]


def _year_band():
    band = alt.Chart(pd.DataFrame({"zero": [0]})).transform_calculate(
        first="datetime(year, 0, 1)", last="datetime(year + 1, 0, 1)"
    )
    return band.mark_rect(color=theme.CHOSEN_BAND, clip=True).encode(x="first:T", x2="last:T")


def _words(frame):
    words = theme.status(yearly(frame)[["which", "year", "line"]], x=-100, y=-44)
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
            "Declared": dates.in_words(rows, "declared", missing="date not sourced"),
            "Held": rows["territory_held"].map({**HELD, "no": "nothing", "unknown": "nothing found"}),
            "Place": rows["place_held"].fillna(""),
            "From": dates.in_words(rows, "territory_from"),
            "To": dates.in_words(rows, "territory_to"),
            "State": rows["status"],
            "As of": dates.in_words(rows, "status_date"),
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-affiliates`. `frame` is the table `affiliates` or a selection of its rows."""
    theme.drawn(frame, "fig-affiliates", "affiliates")
    return Explorer(
        chart(frame),
        name="fig-affiliates",
        controls=controls(),
        play="year",
        title="Nineteen branches, ten of them known to have held a place at some time",
        description=(
            "A lane for each of nineteen branches, oldest first, from 2014 to early 2026. A thin line runs from the "
            "declaration to the newest source; its end is a full dot where the branch was then active. Thick bars show "
            "holdings with both dates: Sirte 2015 to 2016, Derna and its hills 2014 to 2016, Nangarhar 2015 to 2019, "
            "Qandala, Marawi and villages in Sinai for weeks or months, Mocímboa da Praia for a year, the Sahel from 2022. Diamonds mark "
            "holdings with one known date only: Yemen, West Africa, Somalia's mountains."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="January 2026 at the latest; see each lane’s end",
    )
