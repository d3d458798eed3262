"""How much did it hold? Every estimator's figures through time, each with what it counted."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import ranges
from coursebook import dates
from coursebook.figures import Explorer, theme

BOTH = "Iraq and Syria"
SCOPES = [BOTH, "Iraq", "Syria"]
# What a reader can pick, and the table's measure behind it. `left` is 100 minus `pct_lost`.
MEASURES = {
    "area": ("Area held (km²)", "area_km2"),
    "left": ("Share left of the estimator's own base (%)", "pct_lost"),
    "lost": ("Area lost so far (km²)", "area_lost_km2"),
    "country": ("Share of the country's land (%)", "pct_of_country"),
    "people": ("People living under it", "people"),
}
GROUPS = {
    "IHS Markit": ["IHS Markit"],
    "RAND": ["RAND"],
    "US and coalition officials": [
        "CJTF-OIR",
        "Global Coalition",
        "US DoD",
        "US NCTC",
        "US State Department",
        "US officials",
        "White House",
    ],
    "Iraqi, Syrian and Russian parties": ["Iraqi JOC", "Russian Defence Ministry", "SDF"],
    "Monitors, scholars, ICRC": ["Fabrice Balanche", "ICRC", "Mark Sedgwick", "SOHR"],
    "Press": ["AFP", "AP (unattributed)", "BBC", "CNN (unattributed)", "HuffPost (unattributed)"],
    "Worked out for this course": ["Derived (Global Coalition)", "Derived (RAND)"],
}
# What was counted: colour and words, which begin with the one of GROUPS that alone counted so. Two kinds may share a colour where no measure shows both.
KINDS = {
    "territorial_dominance": (theme.BLUE, "IHS Markit: land it judged the group to\ndominate, from open sources, net"),
    "control": (theme.ORANGE, "RAND: land or people it judged under control;\nmethod in its report"),
    "populated_area": (theme.GREEN, "US and coalition officials: populated areas the\ngroup ruled or moved in freely; no desert"),
    "influence": (theme.PURPLE, "US and coalition officials: influence as mapped,\nnet of gains; unpopulated land not judged"),
    "statement": (theme.OCHRE, "Officials: 'territory once held' or 'claimed',\nno method published"),
    "national_land": (theme.SKY, "The whole national territory, desert included"),
    "area_of_operation": (theme.RED, "US and coalition officials (NCTC): area in which\nthe group operated, not only what it ruled"),
    "cleared": (theme.RED, "US and coalition officials: land 'cleared'\nor taken back"),
    "press_size": (theme.MUTED, "Press: a size printed without naming an estimator"),
    "remaining_pocket": (theme.MUTED, "One last pocket only, not all land with ISIS in it"),
    "people_under_control": (theme.GREEN, "People living where the group ruled,\nhowever few troops stood there"),
    "derived": (theme.INK, "Worked out for this course: area lost divided by\nshare lost, from figures of the coalition or RAND"),
}  # fmt: skip
_STATEMENTS = ("territory_once_held", "once_claimed", "declared_end", "no_longer_operates")
# Left off the chart: a pocket known only from an encyclopaedia, and shares counted from another base year.
LEFT_OUT_BASE, LEFT_OUT = "start of 2016 (IHS)", ["wiki-2019-03-syria-desert"]
SERIES_START = "ihs-2015-01-both"
SHOWN_FROM, SHOWN_TO = "2014-01-01", "2019-07-01"
# The plot takes what the key under it leaves of the height.
HEIGHT, KEY_ROW = 520, 33


def estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `territory_estimates` that the chart draws, prepared for it.

    Adds `measure` as a key of MEASURES (for `left`, low, best and high are what remains, in percent), `group` (a key
    of GROUPS), `kind` (a key of KINDS), `since` and `until` (the period the date stands for) and the columns of
    `ranges.stated`. Raises ValueError for an estimator that belongs to no group, or a definition that is of no kind.
    """
    keys = {column: key for key, (_, column) in MEASURES.items()}
    frame = frame[frame["measure"].isin(keys) & frame["scope"].isin(SCOPES)]
    frame = frame[(frame["base"] != LEFT_OUT_BASE) & ~frame["id"].isin(LEFT_OUT)]
    groups = {name: group for group, names in GROUPS.items() for name in names}
    home = "GROUPS in charts/territory.py"
    group = theme.named(frame["estimator"], groups, table="territory_estimates", home=home)
    frame = frame.assign(measure=frame["measure"].map(keys), group=group)
    frame = ranges.stated(_what_is_left(frame))
    year = frame["date_precision"] == "year"
    kinds = {kind: kind for kind in KINDS} | dict.fromkeys(_STATEMENTS, "statement")
    home = "KINDS in charts/territory.py"
    return frame.assign(
        kind=theme.named(frame["definition"], kinds, table="territory_estimates", home=home),
        since=frame["date"],
        until=frame["date"].where(~year, frame["date"] + pd.DateOffset(years=1)),
        middle=frame["date"].where(~year, frame["date"] + pd.DateOffset(months=6)),
        when=dates.in_words(frame),
        series=frame["series"].fillna(""),
    )


def _what_is_left(frame):
    """A share lost becomes the share left: 'at least 98 lost' is 'up to 2 left'."""
    left = frame["measure"] == "left"
    turned = {"low": 100 - frame["high"], "best": 100 - frame["best"], "high": 100 - frame["low"]}
    return frame.assign(**{side: frame[side].where(~left, turned[side]).round(1) for side in turned})


NOTHING = "No figure for this choice: \ntake another scope or more estimators"
_PICKED = "datum.measure == measure && datum.scope == scope && indexof(estimators, datum.group) >= 0"


_SAYS = theme.tooltip(estimator="Estimator", words="Figure", when="Date", definition_text="What was counted")


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Figures of the table `territory_estimates` against time, coloured by what was counted.

    Params: `scope`, `measure` (a key of MEASURES), `estimators` (a list of keys of GROUPS). Unit of the vertical
    axis: km², percent or people, as the measure says. Only figures of one published series are joined.
    """
    columns = ["id", "estimator", "scope", "measure", "group", "kind", "series", "low", "best", "high", "form", "at"]
    rows = estimates(frame)[[*columns, "reach", "words", "when", "since", "until", "middle", "definition_text"]]
    picked = alt.Chart(rows).transform_filter(_PICKED)
    x = alt.X("middle:T", title=None, scale=_time(), axis=alt.Axis(format="%Y", tickCount="year"))
    colour = alt.Color("kind:N", scale=_colours(), legend=None)
    lines = picked.transform_filter("datum.series != ''").mark_line(strokeWidth=1.5, strokeOpacity=0.7)
    spans = picked.transform_filter(f"datum.form == '{ranges.RANGE}'").mark_bar(width=6, fillOpacity=0.5)
    years = picked.transform_filter("datum.until > datum.since && isValid(datum.at)").mark_rule(strokeDash=[3, 3])
    points = picked.transform_filter("isValid(datum.at)").mark_point(filled=True, size=60)
    return (
        alt.layer(
            lines.transform_calculate(height_at="isValid(datum.at) ? datum.at : (datum.low + datum.high) / 2").encode(
                x=x, y=_height("height_at:Q"), detail="series:N", color=colour
            ),
            spans.encode(x=x, y=_height("low:Q"), y2="high:Q", color=colour, tooltip=_SAYS),
            years.encode(x=alt.X("since:T", scale=_time()), x2="until:T", y=_height("at:Q"), color=colour),
            points.encode(
                x=x,
                y=_height("at:Q"),
                color=colour,
                shape=ranges.shape("triangle-up", "triangle-down"),
                tooltip=_SAYS,
            ),
            _first_point(rows, x),
            _status(rows),
            theme.none_chosen("estimators", x=-30, y=-42),
            theme.nothing_drawn(rows, _PICKED, "estimators", x=-30, y=-42, words=NOTHING, lineBreak="\n"),
            _key(rows),
        )
        .properties(width=theme.FULL, height=HEIGHT)
        .add_params(*(alt.param(name=name) for name in ("scope", "measure", "estimators")))
    )


def _time():
    return alt.Scale(domain=[SHOWN_FROM, SHOWN_TO], type="utc")


def _height(field):
    labels = (
        "datum.value >= 1000000 ? format(datum.value / 1000000, '~f') + ' million' : "
        "format(datum.value, ',') + (measure == 'left' || measure == 'country' ? '%' : '')"
    )
    return alt.Y(
        field,
        title=None,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(labelExpr=labels, tickCount=theme.ticks(6), minExtent=64),
    )


def _colours():
    return alt.Scale(domain=list(KINDS), range=[colour for colour, _ in KINDS.values()])


def _first_point(rows, x):
    """Says at the first figure of the IHS series that it is not a measured peak."""
    first = rows[rows["id"] == SERIES_START]
    mark = alt.Chart(first).transform_filter(_PICKED).mark_text(align="left", dx=6, dy=-30, lineBreak="\n")
    words = "January 2015 is where the IHS\nseries begins, not a measured peak"
    return mark.encode(x=x, y=_height("at:Q"), text=alt.value(words), color=alt.value(theme.BLUE))


def _status(rows):
    labels = json.dumps({key: label for key, (label, _) in MEASURES.items()}, ensure_ascii=False)
    return (
        theme.status(rows, x=-30, y=-42, lineBreak="\n")
        .transform_filter(_PICKED)
        .transform_aggregate(figures="count()", voices="distinct(group)")
        .transform_filter("datum.figures > 0")
        .transform_calculate(
            line=f"{labels}[measure] + ': \\n' + scope + ': ' + datum.figures + (datum.figures == 1 ? ' figure of ' : "
            "' figures of ') + datum.voices + (datum.voices == 1 ? ' group' : ' groups')"
        )
        .encode(text="line:N")
    )


def _key(rows):
    """What was counted, for the figures shown: one line for each definition, under the chart."""
    words = rows.assign(counted=rows["kind"].map(lambda kind: KINDS[kind][1]))
    listed = (
        alt.Chart(words)
        .transform_filter(_PICKED)
        .transform_aggregate(figures="count()", groupby=["kind", "counted"])
        .transform_window(slot="row_number()", sort=[alt.SortField("figures", "descending"), alt.SortField("kind")])
    )
    down = f"height + 36 + (datum.slot - 1) * {KEY_ROW}"
    dots = listed.mark_point(filled=True, size=70, x=-30, y=alt.ExprRef(down), clip=False)
    text = listed.mark_text(
        align="left",
        baseline="middle",
        lineBreak="\n",
        x=-18,
        y=alt.ExprRef(f"{down} - 6 * (length(split(datum.counted, '\\n')) - 1)"),
        clip=False,
    )
    colour = alt.Color("kind:N", scale=_colours(), legend=None)
    return alt.layer(dots.encode(color=colour), text.encode(text="counted:N"))


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Scope, measure and groups of estimators."""
    present = set(estimates(frame)["group"])
    groups = [group for group in GROUPS if group in present]
    return {
        "measure": ipywidgets.Dropdown(
            options=[(label, key) for key, (label, _) in MEASURES.items()], value="area", description="Measure"
        ),
        "scope": ipywidgets.RadioButtons(options=SCOPES, value=BOTH, description="Scope"),
        "estimators": ipywidgets.SelectMultiple(options=groups, value=groups, description="Estimators"),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The figures drawn, all text.

    Columns `Measure` (with its unit), `Scope`, `Date`, `Figure` (km², percent or people), `Estimator`,
    `What was counted`, `Base` and `Note`.
    """
    rows = estimates(frame).sort_values(["measure", "scope", "date"])
    return pd.DataFrame(
        {
            "Measure": rows["measure"].map(lambda key: MEASURES[key][0]),
            "Scope": rows["scope"],
            "Date": rows["when"],
            "Figure": rows["words"],
            "Estimator": rows["estimator"],
            "What was counted": rows["definition_text"],
            "Base": rows["base"].fillna(""),
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-territory`. `frame` is the table `territory_estimates` or a selection of its rows."""
    rows = theme.drawn(estimates(frame), "fig-territory", "territory_estimates")
    return Explorer(
        chart(frame),
        name="fig-territory",
        controls=controls(frame),
        title="For 2014 the published sizes run from 33,700 to 210,000 km², and not all say what they measure",
        description=(
            "Area held in Iraq and Syria against time, 2014 to 2019, in square kilometres. For 2014 there are single "
            "figures: 33,700 and 90,600 in one news article, more than 88,000 in another, about 102,000 and "
            "105,500 worked out from later coalition and RAND figures, and 210,000 for the area in which the group "
            "operated. One line only, by IHS, begins at 90,800 in January 2015 and falls to 36,200 in June 2017. "
            "RAND's figure for early 2017, 45,377, lies below the line, and one worked out from coalition figures for "
            "the same winter, 53,300, between the two. A list under the chart says what each colour counts."
        ),
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="March 2019",
        print_states=[{"measure": "left", "scope": "Iraq"}, {"measure": "left", "scope": "Syria"}],
    )
