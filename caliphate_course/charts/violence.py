"""Deaths and events month by month, as counted by the Uppsala Conflict Data Program, with the battles marked."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.violence import FIRST_YEAR, LAST_YEAR, gaps, monthly
from caliphate_course.words import COUNTRY
from coursebook.figures import Explorer, StateTitle, theme

MEASURES = {
    "best": "Deaths, all kinds",
    "state_based": "Deaths: ISIS and governments",
    "non_state": "Deaths: ISIS and armed groups",
    "one_sided": "Deaths: civilians attacked",
    "events": "Events",
}
# Battles written into the panels: event id, words, line of text (0 is the upper).
BATTLES = {
    "Iraq": [("mosul-2014-06-10", "Mosul taken", 0), ("mosul-2016-10-17", "battle of Mosul", 1)],
    "Syria": [("raqqa-2017-06-06", "Raqqa", 0), ("baghouz-2019-03-23", "Baghouz", 1), ("hajin-2018-12-14", "Hajin", 2)],
}
DEFAULT_YEARS = (2012, 2019)
_HEIGHT = 170
LONE_DOT = 18  # size of the dot of a month between two without figures
_LINE = 15  # pixels from one line of words in a panel to the next
_IN_YEARS = "datum.year >= years[0] && datum.year <= years[1]"


def battles(events: pd.DataFrame) -> pd.DataFrame:
    """The battles of BATTLES with their dates in `events`: `country`, `words`, `line`, `since`, `until`."""
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
    return frame.assign(until=frame["until"].fillna(frame["since"]))


def chart(frame: pd.DataFrame, events: pd.DataFrame) -> alt.VConcatChart:
    """Iraq above Syria, one value a month; `measure` (a key of MEASURES) and `years` (first, last) choose.

    `frame` is `violence_monthly`, `events` the table `events`. The band runs from UCDP's low to its high estimate
    and is drawn for all deaths only. Grey fields are months without figures.
    """
    rows, holes, fights = monthly(frame), gaps(frame), battles(events)
    panels = [
        _panel(rows, *(part[part["country"] == country] for part in (holes, fights)), country, scale)
        for country, scale in (("Iraq", "concat_0_y"), ("Syria", "concat_1_y"))
    ]
    panels[0] = alt.layer(*panels[0].layer, _peaks(rows)).properties(width=theme.PANEL, height=_HEIGHT)
    params = [alt.param(name=name) for name in ("measure", "years")]
    return alt.vconcat(*panels, spacing=18).resolve_scale(x="independent").add_params(*params)


def _panel(rows, holes, fights, country, scale_of_counts):
    colour = COUNTRY[country]
    ends = [alt.ExprRef("datetime(years[0], 0, 1)"), alt.ExprRef("datetime(years[1] + 1, 0, 1)")]
    scale = alt.Scale(domain=ends)
    axis = alt.Axis(labelExpr=theme.YEAR_LABELS, labelSeparation=10, tickCount=8, grid=False)
    time = alt.X("month:T", title=None, scale=scale, axis=axis)
    count = alt.Y(
        "value:Q", title="a month", axis=alt.Axis(tickCount=theme.ticks(4, scale_of_counts), format=",d", tickMinStep=1)
    )
    base = _chosen(alt.Chart(rows)).transform_filter(f"datum.country == '{country}'")
    band = (
        base.transform_filter("measure == 'best' && isValid(datum.low)")
        .mark_area(fillOpacity=0.3, color=colour, clip=True)
        .encode(x=time, y=alt.Y("low:Q"), y2="high:Q")
    )
    line = base.mark_line(color=colour, strokeWidth=2, clip=True).encode(x=time, y=count)
    fields = _spans(holes, time, color=theme.HOLE)
    heading = theme.note(f"{country} (grey: no monthly figures)", x=-45, y=-30)
    heading = heading.mark_text(align="left", fontSize=13, fontWeight="bold")
    layers = [fields, band, line, _months(base, time, colour), _headroom(base, fights), *_fights(fights, time), heading]
    return alt.layer(*layers).properties(width=theme.PANEL, height=_HEIGHT)


def _months(base, time, colour):
    """A mark for every month with a figure: a dot for a month between two without, else a point that is not seen.

    It says the figure under the pointer, which a line, one mark for all its months, cannot.
    """
    beside = base.transform_window(
        before="lag(value)", after="lead(value)", sort=[alt.SortField("month")]
    ).transform_filter("isValid(datum.value)")
    said = "format(datum.value, ',d') + (measure == 'events' ? ' events' : ' deaths')"
    span = "' (' + format(datum.low, ',d') + '–' + format(datum.high, ',d') + ')'"
    dots = beside.transform_calculate(
        said=f"{said} + (measure == 'best' && datum.low < datum.high ? {span} : '')",
        alone="isValid(datum.before) || isValid(datum.after) ? 0 : 1",
    )
    says = [alt.Tooltip("month:T", title="Month", format="%B %Y"), *theme.tooltip(country="Country", said="Counted")]
    seen = alt.Opacity("alone:Q", scale=None)
    return dots.mark_point(color=colour, size=LONE_DOT, aria=False).encode(
        x=time, y="value:Q", opacity=seen, tooltip=says
    )


def _headroom(base, fights):
    """Nothing seen: it lifts the upper end of the axis, so that the words of battles stand above the figures."""
    first, last = fights["since"].dt.year.min(), fights["until"].dt.year.max()
    room = 1 + 0.13 * (1 + fights["line"].max())
    top = base.transform_calculate(top="measure == 'best' ? datum.high : datum.value").transform_aggregate(
        top="max(top)"
    )
    top = top.transform_calculate(top=f"datum.top * (years[0] <= {last} && years[1] >= {first} ? {room} : 1)")
    return top.mark_point(size=0, opacity=0, aria=False).encode(y="top:Q")


def _spans(rows, time, **style):
    """Stretches of time, cut to the years shown: PDF makers leave out the clipping of the lower panel."""
    x = alt.X("left:T", **{k: v for k, v in time.to_dict().items() if k in ("scale", "axis", "title")})
    cut = theme.within_years(rows, "since", "until")
    return cut.mark_rect(clip=True, **style).encode(x=x, x2="right:T")


def _fights(rows, time):
    """The battles in the years shown: a field or, for a single day, a rule, each with its words in the headroom."""
    x = alt.X("at:T", **{k: v for k, v in time.to_dict().items() if k in ("scale", "axis", "title")})
    start, end = "time(datetime(years[0], 0, 1))", "time(datetime(years[1] + 1, 0, 1))"
    named = (
        alt.Chart(rows)
        .transform_filter(f"toDate(datum.since) < {end} && toDate(datum.until) >= {start}")
        .transform_calculate(
            at=f"(max(toDate(datum.since), {start}) + min(toDate(datum.until), {end})) / 2",
            part=f"(datum.at - {start}) / ({end} - {start})",
            day="toDate(datum.since) == toDate(datum.until)",
        )
    )
    # Over the middle of a long battle, and before the rule of a day, which would strike them through; where there is no
    # room for that, to the other side.
    before, behind = "datum.part > (datum.day ? 0.3 : 0.8)", "datum.part < (datum.day ? 0.3 : 0.2)"
    look = {
        "align": alt.ExprRef(f"{before} ? 'right' : {behind} ? 'left' : 'center'"),
        "dx": alt.ExprRef(f"!datum.day ? 0 : {before} ? -4 : 4"),
    }
    words = [
        named.transform_filter(f"datum.line == {line}")
        .mark_text(baseline="top", color=theme.MUTED, **look)
        .encode(x=x, y=alt.value(2 + _LINE * line), text="words:N")
        for line in sorted(rows["line"].unique())
    ]
    rules = [  # from the words down: a rule from the top would strike through those of a later battle
        named.transform_filter(f"datum.day && datum.line == {line}")
        .mark_rule(color=theme.BORDER, strokeDash=[3, 3])
        .encode(x=x, y=alt.value(2 + _LINE * line), y2=alt.value(_HEIGHT))
        for line in sorted(rows["line"].unique())
    ]
    return [_spans(rows, time, fillOpacity=0.12, color=theme.RED), *rules, *words]


def _chosen(chart):
    """The months and the measure chosen; first in each layer, so that they are worked out once for all of them."""
    return chart.transform_filter(_IN_YEARS).transform_calculate(value="datum[measure]")


def _peaks(rows):
    return (
        _chosen(theme.status(rows, x=-45, y=-62))
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


def title(frame: pd.DataFrame) -> StateTitle:
    """In which of the months shown most was counted, by country."""
    rows = monthly(frame)
    known = {
        (country, measure): list(
            own.dropna(subset=[measure])[["year", measure, "month"]].itertuples(index=False, name=None)
        )
        for country, own in rows.groupby("country")
        for measure in MEASURES
    }

    def top(country, measure, first, last):
        shown = [(value, month) for year, value, month in known[country, measure] if first <= year <= last]
        if not shown:
            return f"no monthly figures for {country}"
        most = max(value for value, _ in shown)
        months = [f"{month:%B %Y}" for value, month in shown if value == most]
        if not most:
            return f"none in {country}"
        return f"peak in {country} in {months[0]}" if len(months) == 1 else f"no single peak in {country}"

    def sentence(measure, years):
        if measure == "best" and tuple(years) == DEFAULT_YEARS:
            return "Deaths peaked when Mosul was taken and again when cities were taken back"
        return f"{MEASURES[measure].replace(':', ',')}: {'; '.join(top(country, measure, *years) for country in ('Iraq', 'Syria'))}"

    return StateTitle(by=("measure", "years"), sentence=sentence)


def explorer(frame: pd.DataFrame, events: pd.DataFrame) -> Explorer:
    """The figure `fig-violence`; `frame` is `violence_monthly`, `events` the table `events`."""
    theme.drawn(frame, "fig-violence", "violence_monthly")
    used = events[events["id"].isin([i for named in BATTLES.values() for i, _, _ in named])]
    return Explorer(
        chart(frame, events),
        name="fig-violence",
        controls=controls(),
        title=title(frame),
        description="Two panels, Iraq above Syria, with deaths a month in events in which ISIS took part, from 2012 to "
        "2019. In Iraq the highest point is June 2014, when ISIS took Mosul; the next high stretch is the battle "
        "of Mosul from October 2016 to July 2017. In Syria figures begin only in January 2016; the highest "
        "point is September 2017, during the battle of Raqqa and the fighting for Deir ez-Zor. Bands show "
        "UCDP's low and high estimates.",
        table=table(frame),
        sources=data.sources_of(pd.concat([frame, used])),
        as_of="Iraq to December 2018, Syria to November 2019",
    )
