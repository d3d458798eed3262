"""Deaths and events month by month, as counted by the Uppsala Conflict Data Program, with the battles marked."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import theme
from caliphate_course.explorer import Explorer

FIRST_YEAR, LAST_YEAR, DEFAULT_YEARS = 2004, 2019, (2012, 2019)
MEASURES = {
    "best": "Deaths, all kinds",
    "state_based": "Deaths: ISIS and governments",
    "non_state": "Deaths: ISIS and armed groups",
    "one_sided": "Deaths: civilians attacked",
    "events": "Events",
}
TYPES = ["state_based", "non_state", "one_sided"]
# Battles written into the panels: event id, words, line of text (0 is the upper).
BATTLES = {
    "Iraq": [("mosul-2014-06-10", "Mosul taken", 0), ("mosul-2016-10-17", "battle of Mosul", 1)],
    "Syria": [("raqqa-2017-06-06", "Raqqa", 0), ("hajin-2018-12-14", "Hajin", 1), ("baghouz-2019-03-23", "Baghouz", 2)],
}
_HEIGHT = 170
_AT_THE_END = "(year(datum.middle) + month(datum.middle) / 12 - years[0]) / (years[1] + 1 - years[0]) > 0.85"
_IN_YEARS = "datum.year >= years[0] && datum.year <= years[1]"


def monthly(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `violence_monthly` for drawing, with a row without figures for every month that has none.

    Adds `year`. `low`, `best`, `high` count deaths dated to the month. The three kinds (TYPES) are parts of a total
    that also holds deaths known only to a longer period: they are left empty in the months where UCDP filed such deaths.
    """
    columns = ["country", "month", "low", "best", "high", "events", *TYPES]
    rows = frame[columns].copy()
    for kind in TYPES:
        rows[kind] = rows[kind].where(frame["best_undatable"] == 0)
    months = pd.date_range(f"{FIRST_YEAR}-01", f"{LAST_YEAR}-12", freq="MS")
    grid = pd.MultiIndex.from_product([["Iraq", "Syria"], months], names=["country", "month"])
    full = rows.set_index(["country", "month"]).reindex(grid).reset_index()
    return full.astype({c: "float64" for c in columns[2:]}).assign(year=full["month"].dt.year)


def gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Stretches of months without figures: `country`, `since` and `until` (the month after the last one)."""
    rows = monthly(frame)
    stretches = []
    for country, own in rows.groupby("country"):
        missing = own["best"].isna()
        for _, run in own[missing].groupby((missing != missing.shift()).cumsum()[missing]):
            until = run["month"].iloc[-1] + pd.DateOffset(months=1)
            stretches.append({"country": country, "since": run["month"].iloc[0], "until": until})
    return pd.DataFrame(stretches)


def battles(events: pd.DataFrame) -> pd.DataFrame:
    """The battles of BATTLES with their dates in `events`: `country`, `words`, `line`, `since`, `until`, `middle`."""
    rows = events.set_index("id")
    found = [
        {
            "country": country,
            "words": words,
            "line": line,
            "since": rows.loc[i, "date"],
            "until": rows.loc[i, "end_date"],
        }
        for country, named in BATTLES.items()
        for i, words, line in named
    ]
    frame = pd.DataFrame(found)
    frame["until"] = frame["until"].fillna(frame["since"])
    return frame.assign(middle=frame["since"] + (frame["until"] - frame["since"]) / 2)


def chart(frame: pd.DataFrame, events: pd.DataFrame) -> alt.VConcatChart:
    """Iraq above Syria, one value a month; `measure` (a key of MEASURES) and `years` (first, last) choose.

    `frame` is `violence_monthly`, `events` the table `events`. The band runs from UCDP's low to its high estimate
    and is drawn for all deaths only. Grey fields are months without figures.
    """
    rows, holes, fights = monthly(frame), gaps(frame), battles(events)
    panels = [
        _panel(rows, *(part[part["country"] == country] for part in (holes, fights)), country)
        for country in ("Iraq", "Syria")
    ]
    panels[0] = alt.layer(*panels[0].layer, _peaks(rows)).properties(
        width=theme.PANEL, height=_HEIGHT, title=panels[0].title
    )
    params = [alt.param(name=name) for name in ("measure", "years")]
    return alt.vconcat(*panels, spacing=18).resolve_scale(x="independent").add_params(*params)


def _panel(rows, holes, fights, country):
    colour = theme.COUNTRY[country]
    ends = [alt.ExprRef("datetime(years[0], 0, 1)"), alt.ExprRef("datetime(years[1] + 1, 0, 1)")]
    scale = alt.Scale(domain=ends)
    axis = alt.Axis(labelExpr=theme.YEAR_LABELS, tickCount=8, grid=False)
    time = alt.X("month:T", title=None, scale=scale, axis=axis)
    count = alt.Y("value:Q", title="a month", axis=alt.Axis(tickCount=4, format=",d"))
    base = _chosen(alt.Chart(rows)).transform_filter(f"datum.country == '{country}'")
    band = (
        base.transform_filter("measure == 'best' && isValid(datum.low)")
        .mark_area(fillOpacity=0.3, color=colour, clip=True)
        .encode(x=time, y=alt.Y("low:Q"), y2="high:Q")
    )
    # Round ends make a dot of a month between two without figures.
    line = base.mark_line(color=colour, strokeWidth=2, strokeCap="round", clip=True).encode(x=time, y=count)
    fields = _spans(holes, time, color=theme.HOLE)
    return alt.layer(fields, *_fights(fights, time), band, line).properties(
        width=theme.PANEL, height=_HEIGHT, title=f"{country} (grey: no monthly figures)"
    )


def _spans(rows, time, **style):
    """Stretches of time, cut to the years shown: PDF makers leave out the clipping of the lower panel."""
    x = alt.X("left:T", **{k: v for k, v in time.to_dict().items() if k in ("scale", "axis", "title")})
    cut = (
        alt.Chart(rows)
        .transform_calculate(  # fields of their own: written over, the dates would be lost to the next choice of years
            left="max(toDate(datum.since), time(datetime(years[0], 0, 1)))",
            right="min(toDate(datum.until), time(datetime(years[1] + 1, 0, 1)))",
        )
        .transform_filter("datum.left < datum.right")
    )
    return cut.mark_rect(clip=True, **style).encode(x=x, x2="right:T")


def _fights(rows, time):
    x = alt.X("middle:T", **{k: v for k, v in time.to_dict().items() if k in ("scale", "axis", "title")})
    inside = "year(datum.middle) >= years[0] && year(datum.middle) <= years[1]"
    named = alt.Chart(rows).transform_filter(inside)
    words = [
        named.transform_filter(f"datum.line == {line}")
        .mark_text(align=alt.ExprRef(f"{_AT_THE_END} ? 'right' : 'center'"), baseline="top", color=theme.MUTED)
        .encode(x=x, y=alt.value(2 + 15 * line), text="words:N")
        for line in (0, 1, 2)
    ]
    rules = named.transform_filter("datum.since == datum.until").mark_rule(color=theme.BORDER, strokeDash=[3, 3])
    return [_spans(rows, time, fillOpacity=0.12, color=theme.RED), rules.encode(x=x), *words]


def _chosen(chart):
    """The months and the measure chosen; first in each layer, so that they are worked out once for all of them."""
    return chart.transform_filter(_IN_YEARS).transform_calculate(value="datum[measure]")


def _peaks(rows):
    return (
        _chosen(theme.status(rows, x=-45, y=-38))
        .transform_calculate(
            iraq="datum.country == 'Iraq' ? datum.value : null",
            syria="datum.country == 'Syria' ? datum.value : null",
        )
        .transform_aggregate(iraq="max(iraq)", syria="max(syria)")
        .transform_calculate(
            line="'Highest: Iraq ' + (isValid(datum.iraq) ? format(datum.iraq, ',d') : 'no figures') + ', Syria ' "
            "+ (isValid(datum.syria) ? format(datum.syria, ',d') : 'no figures')"
        )
        .encode(text="line:N")
    )


def controls() -> dict[str, ipywidgets.Widget]:
    """What is counted, and the years shown."""
    years = [(str(year), year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    return {
        "measure": ipywidgets.Dropdown(
            options=[(label, key) for key, label in MEASURES.items()], value="best", description="Counted"
        ),
        "years": ipywidgets.SelectionRangeSlider(options=years, value=DEFAULT_YEARS, description="Years"),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per country and month with figures, all numbers but the first two.

    Columns `Country`, `Month`, `Events`, `Deaths, low`, `Deaths, best`, `Deaths, high`, `Deaths not datable to the month`
    and the deaths `With governments`, `With armed groups` and `Civilians attacked`.
    """
    names = {
        "country": "Country", "month": "Month", "events": "Events", "low": "Deaths, low", "best": "Deaths, best",
        "high": "Deaths, high", "best_undatable": "Deaths not datable to the month",
        "state_based": "With governments", "non_state": "With armed groups", "one_sided": "Civilians attacked",
    }  # fmt: skip
    shown = frame[list(names)].rename(columns=names)
    return shown.assign(Month=frame["month"].dt.strftime("%B %Y"))


def explorer(frame: pd.DataFrame, events: pd.DataFrame) -> Explorer:
    """The figure `fig-violence`; `frame` is `violence_monthly`, `events` the table `events`."""
    theme.drawn(frame, "fig-violence", "violence_monthly")
    used = events[events["id"].isin([i for named in BATTLES.values() for i, _, _ in named])]
    return Explorer(
        chart(frame, events),
        name="fig-violence",
        controls=controls(),
        title="Deaths peaked when Mosul was taken and again when cities were taken back",
        description="Two panels, Iraq above Syria, with deaths a month in events in which ISIS took part, from 2012 to "
        "2019. In Iraq the highest point is June 2014, when ISIS took Mosul; the next high stretch is the battle "
        "of Mosul from October 2016 to July 2017. In Syria figures begin only in January 2016; the highest "
        "point is September 2017, during the battle of Raqqa and the fighting for Deir ez-Zor. Bands show "
        "UCDP's low and high estimates.",
        table=table(frame),
        sources=data.source_ids(pd.concat([frame, used])),
        as_of="Iraq to December 2018, Syria to November 2019",
    )
