"""One place through the war: who held it, who died there, what happened, what was counted, and who fled."""

from __future__ import annotations

import textwrap

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.one_place import FIRST, LAST, PLACES, counted, deaths, fled, happened, held
from caliphate_course.measures.towns import LABEL
from caliphate_course.words import COUNTERS, PARTIES
from coursebook.figures import Explorer, StateTitle, theme

DEFAULT_PLACE = "mosul"
AWAY, BACK = "displaced people staying there", "people back home there"
ROW, LEFT = 16, -44  # height of a row of words; where headings begin
_ROOM = "range('x')[1]"  # of a panel, in pixels
_START, _END = (pd.Timestamp(day) for day in (FIRST, LAST))


def _time(field, *, labels=False):
    axis = alt.Axis(format="%Y", tickCount="year", grid=True, labels=labels, ticks=labels, domain=labels)
    return alt.X(f"{field}:T", title=None, axis=axis, scale=alt.Scale(domain=[FIRST, LAST]))


def _chosen(rows):
    return alt.Chart(rows).transform_filter("datum.place_id == place")


def _heading(words):
    return theme.note(words, x=LEFT, y=-12).mark_text(align="left", fontWeight="bold", fontSize=12.5)


def _days(rows, *columns):
    return rows.assign(**{column: rows[column].dt.strftime("%Y-%m-%d") for column in columns})


def chart(tables: dict[str, pd.DataFrame]) -> alt.VConcatChart:
    """Five panels over one axis of time for the `place` chosen, a key of PLACES; `tables` by the names of `TABLES`."""
    panels = [_held(tables), _deaths(tables), _events(tables), _counted(tables), _fled(tables)]
    both = alt.vconcat(*panels, spacing=26, autosize="pad").resolve_scale(
        x="shared", y="independent", color="independent"
    )
    return both.add_params(alt.param(name="place"))


def _panel(*layers, height):
    return alt.layer(*layers).properties(width=theme.PANEL, height=height)


def _held(tables):
    rows = held(tables["town_control"])
    rows = rows.assign(left=rows["from"].fillna(rows["to"] - pd.Timedelta(days=150)), undated=rows["from"].isna())
    colours = {key: colour for key, (_, colour, _) in PARTIES.items()}
    rows["colour"] = rows["state_held"].map({LABEL[key]: colour for key, colour in colours.items()})
    rows["after"] = rows["lost_to"].map(colours)
    last = ~rows.duplicated("place_id", keep="last")  # the words of two stints would meet
    rows["note"] = [_lost(row) if said else "" for said, (_, row) in zip(last, rows.iterrows(), strict=True)]
    columns = [
        "place_id",
        "left",
        "to",
        "colour",
        "after",
        "undated",
        "since",
        "until",
        "state_held",
        "state_lost",
        "note",
    ]
    shown = _chosen(_days(rows, "left", "to")[columns])
    facts = theme.tooltip(state_held="Held by", since="From", until="To", state_lost="Lost to")
    track = alt.Chart(pd.DataFrame({"from": [FIRST], "to": [LAST]})).mark_bar(color=theme.HOLE, height=12)
    bars = shown.mark_bar(height=12).encode(x=_time("left"), x2="to:T", color=_own("colour"), tooltip=facts)
    faded = shown.transform_filter("datum.undated").mark_point(
        shape="triangle-left", size=90, color=theme.GREY, xOffset=-8
    )
    ends = shown.mark_point(size=110, stroke=theme.PAPER, strokeWidth=1).encode(
        x=_time("to"), color=_own("after"), tooltip=facts
    )
    early = "toDate(datum.to) < toDate('2016-06-01')"
    words = shown.mark_text(align=alt.ExprRef(f"{early} ? 'left' : 'right'"), dy=19, fontSize=11.5)
    words = words.transform_calculate(at=f"toDate({early} ? datum.left : datum.to)").encode(
        x=_time("at"), text="note:N"
    )
    middle = alt.value(9)
    layers = [
        track.encode(x=_time("from"), x2="to:T", y=middle),
        *(one.encode(y=middle) for one in (bars, faded, ends, words)),
    ]
    return _panel(*layers, _heading("Who held it"), *_says(tables), height=34)


def _own(field):
    return alt.Color(f"{field}:N", scale=None)


def _lost(row):
    """Short words under a stint."""
    loser = row["state_lost"] if pd.notna(row["state_lost"]) else "not known"
    return f"{'contested' if row['status'] == 'contested' else 'ISIS'}, lost to {loser}"


def _says(tables):
    """The place, and what of it is not known."""
    known = tables["town_control"].drop_duplicates("place_id").set_index("place_id")
    rows = [
        {
            "place_id": key,
            "line": f"{name}, {known.loc[key, 'governorate']}, {known.loc[key, 'country']}",
            "note": "\n".join(textwrap.wrap("Not known: " + ", ".join(_lacks(tables, key)), 48)),
        }
        for key, name in PLACES.items()
    ]
    line = theme.status(pd.DataFrame(rows), x=LEFT, y=-78).transform_filter("datum.place_id == place")
    look = {
        "align": "left",
        "baseline": "top",
        "color": theme.MUTED,
        "fontSize": 11.5,
        "lineBreak": "\n",
        "lineHeight": 14,
    }
    note = _chosen(pd.DataFrame(rows)).mark_text(**look)
    return line.encode(text="line:N"), note.encode(x=alt.value(LEFT), y=alt.value(-59), text="note:N")


def _lacks(tables, key):
    """What is not known of a place, in a few words each, two to a line of a phone."""
    rows = tables["town_control"][tables["town_control"]["place_id"] == key]
    syria = rows["country"].iloc[0] == "Syria"
    lacks = ["the first day under ISIS"] if rows["from"].isna().any() else []
    lacks += ["deaths by month before 2016"] if syria else ["deaths after 2018"]
    return [*lacks, "who fled from here, month by month"]


def _deaths(tables):
    months, years = deaths(tables["violence_place_months"]), deaths(tables["violence_places"])
    rows = months.assign(month=months["month"].dt.strftime("%Y-%m-%d"), words=months["best"].map("{:,}".format))
    bars = _chosen(rows[["place_id", "month", "best", "words"]]).transform_calculate(
        next="timeOffset('month', toDate(datum.month), 1)"
    )
    says = [alt.Tooltip("month:T", title="Month", format="%B %Y"), *theme.tooltip(words="Deaths")]
    bars = bars.mark_bar(color=theme.RED).encode(
        x=_time("month"),
        x2="next:T",
        y=alt.Y("best:Q", title=None, axis=alt.Axis(tickCount=3, format=",d", tickMinStep=1)),
        y2=alt.Y2Datum(0),
        tooltip=says,
    )
    syria = [key for key in PLACES if key in set(years.loc[years["country"] == "Syria", "place_id"])]
    holes = [
        {"place_id": key, "from": since, "to": until}
        for key in PLACES
        for since, until in ([(FIRST, "2016-01-01"), ("2019-12-01", LAST)] if key in syria else [("2019-01-01", LAST)])
    ]
    grey = _chosen(pd.DataFrame(holes)).mark_rect(color=theme.HOLE).encode(x=_time("from"), x2="to:T")
    by_year = years[years["coverage"] == "battles_only"]
    by_year = by_year.groupby(["place_id", "year"], as_index=False)["best"].sum()
    by_year = by_year.assign(middle=by_year["year"].astype(str) + "-07-01", words=by_year["best"].map("{:,}".format))
    numbers = (
        _chosen(by_year)
        .mark_text(fontWeight="bold", fontSize=11.5, color=theme.RED)
        .encode(x=_time("middle"), y=alt.value(82), text="words:N")
    )
    lines = pd.DataFrame([{"place_id": key, "at": "2014-07-01", "words": "a year, \nbattles only"} for key in syria])
    told = (
        _chosen(lines)
        .mark_text(color=theme.MUTED, fontSize=11, lineBreak="\n", lineHeight=13)
        .encode(x=_time("at"), y=alt.value(46), text="words:N")
    )
    peak = _chosen(rows.loc[months.groupby("place_id")["best"].idxmax(), ["place_id", "month", "best", "words"]])
    late = "year(datum.month) > 2015"
    peak = peak.mark_text(
        fontWeight="bold",
        baseline="top",
        align=alt.ExprRef(f"{late} ? 'right' : 'left'"),
        dx=alt.ExprRef(f"{late} ? -4 : 8"),
    ).transform_calculate(said="monthAbbrevFormat(month(datum.month)) + ' ' + year(datum.month) + ': ' + datum.words")
    peak = peak.encode(x=_time("month"), y="best:Q", text="said:N")
    return _panel(grey, bars, numbers, told, peak, _heading("Deaths a month (grey: no monthly figures)"), height=96)


def _in_rows(rows, text):
    """Words beside each mark on the side with more room, cut to it; `part` is where the mark stands, from 0 to 1."""
    span = (_END - _START).days
    rows = rows.assign(
        part=(pd.to_datetime(rows["from"]) - _START).dt.days / span,
        until=(pd.to_datetime(rows["to"]) - _START).dt.days / span,
    )
    rows[["part", "until"]] = rows[["part", "until"]].round(3)
    shown = _chosen(rows).encode(y=alt.Y("y:Q", scale=None, axis=None))
    before = "datum.part > 0.4"
    room = f"({before} ? datum.part : 1 - datum.until) * {_ROOM} - 10 + ({before} ? 44 : 0)"
    words = (
        shown.mark_text(
            align=alt.ExprRef(f"{before} ? 'right' : 'left'"),
            dx=alt.ExprRef(f"{before} ? -7 : 7"),
            limit=alt.ExprRef(room),
            fontSize=11.5,
        )
        .transform_calculate(at=f"toDate({before} ? datum.from : datum.to)")
        .encode(x=_time("at"), text=text)
    )
    return shown, words


def _events(tables):
    rows = happened(tables["events"])
    rows = rows.assign(y=rows["row"] * ROW + 8, **{"from": rows["date"].dt.strftime("%Y-%m-%d")})
    rows = rows.assign(to=rows["from"])[["place_id", "from", "to", "y", "title", "when"]]
    shown, words = _in_rows(rows, "title:N")
    dots = shown.mark_point(size=45, color=theme.INK).encode(
        x=_time("from"), tooltip=theme.tooltip(when="Date", title="Event")
    )
    return _panel(dots, words, _heading("What happened there"), height=ROW * (rows.groupby("place_id").size().max()))


def _counted(tables):
    rows = counted(tables["civilian_harm"], tables["air_operations"], COUNTERS)
    height = ROW * int(rows.groupby("place_id").size().max())
    rows = _days(rows, "since", "until").assign(y=rows["row"] * ROW + 8)
    rows = rows.rename(columns={"since": "from", "until": "to"})[["place_id", "from", "to", "y", "says", "when"]]
    shown, words = _in_rows(rows, "says:N")
    facts = theme.tooltip(when="Time", says="Counted")
    bars = shown.mark_bar(height=7, color=theme.BLUE).encode(x=_time("from"), x2="to:T", tooltip=facts)
    dots = (
        shown.transform_filter("datum.from == datum.to")
        .mark_point(size=45, color=theme.BLUE, shape="square")
        .encode(x=_time("from"), tooltip=facts)
    )
    lacking = pd.DataFrame({"place_id": [key for key in PLACES if key not in set(rows["place_id"])]})
    none = _nothing(lacking, "No count for this place is in our tables")
    return _panel(bars, dots, words, none, _heading("Civilians killed and strikes, counted for it"), height=height)


def _nothing(rows, words):
    return (
        _chosen(rows)
        .mark_text(align="left", color=theme.MUTED, fontStyle="italic", text=words)
        .encode(x=alt.value(LEFT), y=alt.value(8))
    )


def _fled(tables):
    rows = fled(tables["displacement_governorates"], tables["town_control"])
    rows = rows.assign(
        date=rows["date"].dt.strftime("%Y-%m-%d"),
        words=rows["best"].map("{:,}".format),
        who=rows["population"].map({"idps": AWAY, "returnees_idp": BACK}),
    )
    rows = rows[["place_id", "date", "best", "who", "words", "governorate"]]
    colour = alt.Color(
        "who:N",
        scale=alt.Scale(domain=[AWAY, BACK], range=[theme.ORANGE, theme.BLUE]),
        legend=alt.Legend(orient="bottom", columns=1, symbolType="stroke"),
    )
    y = alt.Y("best:Q", title=None, axis=alt.Axis(tickCount=theme.ticks(3, "concat_4_y"), format="~s"))
    base = _chosen(rows).encode(x=_time("date", labels=True), y=y, color=colour)
    says = [
        alt.Tooltip("date:T", title="Day", format="%-d %B %Y"),
        *theme.tooltip(governorate="Governorate", who="Who", words="People"),
    ]
    lines = base.mark_line(strokeWidth=2)
    points = base.mark_point(size=14).encode(tooltip=says)
    syria = pd.DataFrame(
        {"place_id": [key for key in PLACES if key not in set(rows["place_id"])], "from": FIRST, "to": LAST}
    )
    grey = _chosen(syria).mark_rect(color=theme.HOLE).encode(x=_time("from", labels=True), x2="to:T")
    none = _nothing(syria, "IOM counted by governorate in Iraq only").encode(x=alt.value(8), y=alt.value(38))
    return _panel(grey, lines, points, none, _heading("Displaced people of its governorate (IOM)"), height=80)


def title(tables: dict[str, pd.DataFrame], place: str) -> str:
    """When ISIS held a place, and the year with most known deaths."""
    rows = held(tables["town_control"]).query("place_id == @place")
    known = rows.dropna(subset=["from"])
    times = (
        " and ".join(f"from {row['since']} to {row['until']}" for _, row in known.iterrows())
        or f"until {rows['until'].iloc[0]}"
    )
    how = "contested" if (rows["status"] == "contested").all() else "under ISIS"
    years = deaths(tables["violence_places"]).query("place_id == @place")
    top = years.groupby(["year", "coverage"])["best"].sum().sort_values().reset_index().iloc[-1]
    only = ", battles only" if top["coverage"] == "battles_only" else ""
    return f"{PLACES[place]}: {how} {times}; most known deaths in {top['year']} ({top['best']:,}{only})"


def controls() -> dict[str, ipywidgets.Widget]:
    """The place."""
    options = [(name, key) for key, name in PLACES.items()]
    return {"place": ipywidgets.Dropdown(options=options, value=DEFAULT_PLACE, description="Place")}


def table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Everything drawn but the months, one row each, all text: `Place`, `What`, `When`, `Figure or words`."""
    rows = [
        (row["place_id"], row["state_held"], f"{row['since']} to {row['until']}", f"lost to {row['state_lost']}")
        for _, row in held(tables["town_control"]).iterrows()
    ]
    by_year = deaths(tables["violence_places"])
    for (place, year, coverage), best in by_year.groupby(["place_id", "year", "coverage"])["best"].sum().items():
        rows.append(
            (place, "Deaths" + (", battles only" if coverage == "battles_only" else ""), str(year), f"{best:,}")
        )
    rows += [(row["place_id"], "Event", row["when"], row["title"]) for _, row in happened(tables["events"]).iterrows()]
    rows += [
        (row["place_id"], "Counted", row["when"], row["says"])
        for _, row in counted(tables["civilian_harm"], tables["air_operations"], COUNTERS).iterrows()
    ]
    last = fled(tables["displacement_governorates"], tables["town_control"])
    last = last.groupby(["place_id", "population", last["date"].dt.year]).last().reset_index(level=[0, 1])
    rows += [
        (
            row["place_id"],
            f"{row['governorate']}: {AWAY if row['population'] == 'idps' else BACK}",
            f"{row['date']:%Y-%m-%d}",
            f"{row['best']:,}",
        )
        for _, row in last.iterrows()
    ]
    shown = pd.DataFrame(rows, columns=["Place", "What", "When", "Figure or words"])
    order = {key: number for number, key in enumerate(PLACES)}
    shown = shown.sort_values("Place", key=lambda keys: keys.map(order), kind="stable")
    return shown.assign(Place=shown["Place"].map(PLACES)).reset_index(drop=True)


TABLES = (
    "town_control",
    "violence_place_months",
    "violence_places",
    "events",
    "civilian_harm",
    "air_operations",
    "displacement_governorates",
)


def explorer(tables: dict[str, pd.DataFrame]) -> Explorer:
    """The figure `fig-one-place`; `tables` are those of TABLES by name."""
    used = [
        held(tables["town_control"]),
        *(deaths(tables[name]) for name in ("violence_places", "violence_place_months")),
        happened(tables["events"]),
        counted(tables["civilian_harm"], tables["air_operations"], COUNTERS),
        fled(tables["displacement_governorates"], tables["town_control"]),
    ]
    theme.drawn(used[0], "fig-one-place", "town_control")
    return Explorer(
        chart(tables),
        name="fig-one-place",
        controls=controls(),
        keep="place",
        title=StateTitle(by=("place",), sentence=lambda place: title(tables, place)),
        description="Five panels over the years 2013 to 2019 for Mosul. The first is a bar for the time under ISIS, with a dot "
        "in the colour of the force that took the city. The second has deaths by month: a first peak in June 2014, then the "
        "battle from October 2016 to July 2017, far higher. The third names events, the fourth the counts of strikes and of "
        "civilians killed, from the coalition's to those of the Associated Press. The fifth has IOM's counts for Nineveh: "
        "displaced people staying there rise during the battle, and those back home grow from 2017 on.",
        table=table(tables),
        sources=data.sources_of(pd.concat([rows[["source_ids"]] for rows in used])),
        as_of="2013 to 2019",
    )
