"""How much did it hold? Every estimator's figures through time, each with what it counted."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses, ranges
from caliphate_course.facts import fill
from caliphate_course.measures.territory import BOTH, SCOPES, estimates
from caliphate_course.words import DEFINITIONS, EXTENTS, labels
from coursebook.figures import Explorer, Prediction, StateTitle, Step, theme

SERIES_START = "ihs-2015-01-both"
SHOWN_FROM = "2014-01-01"
# The plot takes what the key under it leaves of the height.
HEIGHT, KEY_ROW = 520, 33


_PICKED = "datum.measure + ', ' + datum.scope == show"
_SAYS = theme.tooltip(estimator="Estimator", words="Figure", when="Date", definition_text="What was counted")


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Figures of the table `territory_estimates` against time, coloured by what was counted.

    Param: `show`, a key of `views`. Unit of the vertical axis: km², percent or people, as the measure says. Only figures
    of one published series are joined.
    """
    columns = ["id", "estimator", "scope", "measure", "group", "kind", "series", "low", "best", "high", "form", "at"]
    time = _time(estimates(frame))
    rows = estimates(frame)[[*columns, "reach", "words", "when", "since", "until", "middle", "definition_text"]]
    picked = alt.Chart(rows).transform_filter(_PICKED)
    x = alt.X("middle:T", title=None, scale=time, axis=alt.Axis(format="%Y", tickCount="year"))
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
            years.encode(x=alt.X("since:T", scale=time), x2="until:T", y=_height("at:Q"), color=colour),
            points.encode(
                x=x,
                y=_height("at:Q"),
                color=colour,
                shape=ranges.shape("triangle-up", "triangle-down"),
                tooltip=_SAYS,
            ),
            _first_point(rows, x),
            *_told_points(estimates(frame), x),
            _status(rows),
            *theme.guess(_height("guessed:Q"), shown=f"show == 'area, {BOTH}'"),
            _key(rows),
        )
        .properties(width=theme.FULL, height=HEIGHT)
        .add_params(alt.param(name="show"), alt.param(name="guess"))
    )


def _time(rows):
    """A scale that ends with the figures shown, whatever the others are."""
    last = rows.groupby(rows["measure"] + ", " + rows["scope"])["until"].max() + pd.DateOffset(months=3)
    ends = json.dumps(last.dt.strftime("%Y-%m-%d").to_dict())
    return alt.Scale(domain=[SHOWN_FROM, alt.ExprRef(f"toDate({ends}[show])")], type="utc")


def _height(field):
    labels = (
        "datum.value >= 1000000 ? format(datum.value / 1000000, '~f') + ' million' : "
        "format(datum.value, ',') + (test(/^(left|country)/, show) ? '%' : '')"
    )
    return alt.Y(
        field,
        title=None,
        scale=alt.Scale(zero=True),
        axis=alt.Axis(labelExpr=labels, tickCount=theme.ticks(6), minExtent=64),
    )


def _colours():
    return alt.Scale(domain=list(DEFINITIONS), range=[colour for colour, _ in DEFINITIONS.values()])


def _first_point(rows, x):
    """Says at the first figure of the IHS series that it is not a measured peak."""
    first = rows[rows["id"] == SERIES_START]
    mark = alt.Chart(first).transform_filter(_PICKED).mark_text(align="left", dx=-5, dy=-30, lineBreak="\n")
    words = "January 2015 is where the IHS\nseries begins, not a measured peak"
    return mark.encode(x=x, y=_height("at:Q"), text=alt.value(words), color=alt.value(theme.BLUE))


def _told(rows):
    """The figures of one choice of which the title speaks: of the area the least and the most of 2014, else first and last."""
    rows = rows.sort_values(["date", "id"])
    sizes = rows[(rows["measure"] == "area") & (rows["scope"] == BOTH) & (rows["date"].dt.year == 2014)]
    if len(sizes):
        rows = sizes.sort_values("reach")
    return rows.iloc[[0, -1]].drop_duplicates("id")


def _told_points(rows, x):
    """What the figures of the title say, beside them, and who said it."""
    told = pd.concat([_told(some) for _, some in rows.groupby(["measure", "scope"])])
    said = told["words"] + told["measure"].map(lambda measure: NOUNS[measure][1])
    who = told["estimator"].str.split(" (", regex=False).str[0]
    told = told.assign(said=said + "|" + who)[["measure", "scope", "middle", "reach", "said"]]
    # Left of the mark if there is room, as no line leads there; above the axis.
    room = "scale('x', toDate(datum.middle)) > 7 * max(length(datum.lines[0]), length(datum.lines[1]))"
    look = {"align": alt.ExprRef(f"{room} ? 'right' : 'left'"), "dx": alt.ExprRef(f"{room} ? -9 : 9")}
    look |= {"dy": alt.ExprRef("scale('y', datum.reach) > height - 20 ? -22 : -4")}
    named = alt.Chart(told).transform_filter(_PICKED).transform_calculate(lines="split(datum.said, '|')")
    named = named.encode(x=x, y=_height("reach:Q"), text="lines:N")
    halo = named.mark_text(
        **look, lineHeight=14, stroke=theme.PAPER, strokeWidth=3, strokeJoin="round", fontWeight="bold"
    )
    return halo, named.mark_text(**look, lineHeight=14, fontWeight="bold")


def _status(rows):
    named = json.dumps(labels(EXTENTS), ensure_ascii=False)
    return (
        theme.status(rows, x=-30, y=-42, lineBreak="\n")
        .transform_filter(_PICKED)
        .transform_aggregate(figures="count()", voices="distinct(group)", groupby=["measure", "scope"])
        .transform_calculate(
            line=f"{named}[datum.measure] + ': \\n' + datum.scope + ': ' + datum.figures + (datum.figures == 1 ? ' figure of ' : "
            "' figures of ') + datum.voices + (datum.voices == 1 ? ' group' : ' groups')"
        )
        .encode(text="line:N")
    )


def _key(rows):
    """What was counted, for the figures shown: one line for each definition, under the chart."""
    words = rows.assign(counted=rows["kind"].map(lambda kind: DEFINITIONS[kind][1]))
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


def views(frame: pd.DataFrame) -> dict[str, str]:
    """The choices of measure and scope for which there are figures, in words; keys are 'area, Iraq and Syria'."""
    found = estimates(frame).groupby(["measure", "scope"]).size()
    return {
        f"{measure}, {scope}": f"{label}: {scope}"
        for measure, (label, _) in EXTENTS.items()
        for scope in SCOPES
        if (measure, scope) in found
    }


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """What was measured, and where."""
    options = [(words, key) for key, words in views(frame).items()]
    return {"show": ipywidgets.Dropdown(options=options, value=options[0][1], description="Figures")}


# What the figures of each measure are figures of, and their unit.
NOUNS = {
    "area": ("area held in {}", " km²"),
    "left": ("share left in {}", "%"),
    "lost": ("area lost in {}", " km²"),
    "country": ("share held of {}", "%"),
    "people": ("people under it in {}", ""),
}


def title(frame: pd.DataFrame) -> StateTitle:
    """The sizes of 2014 for the figures with which the chart opens; the first and the last figure of any others."""
    rows = estimates(frame).sort_values(["date", "id"])
    groups = dict(list(rows.groupby(rows["measure"] + ", " + rows["scope"])))

    def sentence(show):
        if show == f"area, {BOTH}":
            return fill("The sizes published for 2014 span {computed/sizes-of-2014}, and not all say what they measure")
        measure, scope = show.split(", ")
        noun, unit = NOUNS[measure]
        said = [f"{row.words}{unit} ({row.when}, {row.estimator})" for row in _told(groups[show]).itertuples()]
        found = (
            f"there is one figure, {said[0]}"
            if len(said) == 1
            else f"figures begin with {said[0]} and end with {said[-1]}"
        )
        return f"For the {noun.format(scope)}, {found}"

    return StateTitle(by=("show",), sentence=sentence)


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """The figures drawn, all text.

    Columns `Measure` (with its unit), `Scope`, `Date`, `Figure` (km², percent or people), `Estimator`,
    `What was counted`, `Base` and `Note`.
    """
    rows = estimates(frame).sort_values(["measure", "scope", "date"])
    return pd.DataFrame(
        {
            "Measure": rows["measure"].map(lambda key: EXTENTS[key][0]),
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
        prediction=_prediction(rows),
        title=title(frame),
        description=fill(
            "Area held in Iraq and Syria against time, 2014 to 2019, in square kilometres. For 2014 there are single "
            "figures: {territory_estimates/huffpost-2014-08-low as number} and {territory_estimates/huffpost-2014-08-high as number} in "
            "one news article, {territory_estimates/cnn-2014-both as number} in another, about "
            "{territory_estimates/derived-gc-2014-both as number} and {territory_estimates/derived-rand-2014-both as number} worked out "
            "from later coalition and RAND figures, and {territory_estimates/nctc-2014-09-both as number} for the area in which "
            "the group operated. One line only, by IHS, begins at {territory_estimates/ihs-2015-01-both as number} in January "
            "2015 and falls to {territory_estimates/ihs-2017-06-both as number} in June 2017. RAND's figure for early 2017, "
            "{territory_estimates/rand-2017-both as number}, lies below the line, and one worked out from coalition figures for the "
            "same winter, {territory_estimates/derived-gc-2017-01-both as number}, between the two. A list under the chart says what "
            "each colour counts."
        ),
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="March 2019",
        steps=_steps(rows),
    )


def _prediction(rows):
    sizes = rows[(rows["measure"] == "area") & (rows["scope"] == BOTH) & (rows["date"].dt.year == 2014)]
    if sizes.empty:
        return None
    largest = sizes.loc[sizes["reach"].idxmax()]
    found = f"the {largest['words']} km² of {largest['estimator']}, {largest['when']}"
    return Prediction(
        question=f"{len(sizes)} figures for the area that ISIS held in Iraq and Syria in 2014 are listed here. How large is "
        "the largest?",
        title="How large was the area that ISIS held? Every published figure",
        ask=guesses.numbers("Largest figure for 2014", 300_000, step=5_000, unit="km²"),
        sentence=lambda guess: guesses.against(guess, int(largest["reach"]), found, unit="km²", less="less"),
    )


_SHARES = ("oir-2016-01-05-iraq", "gc-2017-11-iraq", "oir-2016-01-05-syria", "gc-2017-11-syria")


def _steps(rows):
    """The largest size, the one series, and what was said to be left, by country."""
    if not {"nctc-2014-09-both", SERIES_START, "ihs-2017-06-both", *_SHARES} <= set(rows["id"]):
        return []
    left = rows[rows["measure"] == "left"].set_index("id")
    at_once = left[(left["scope"] == "Syria") & (left["when"].str.endswith("January 2016"))]
    return [
        Step(
            {},
            fill(
                "The ring is the largest figure for 2014, {territory_estimates/nctc-2014-09-both}, of the US National "
                "Counterterrorism Center. It is the area in which the group operated, not what it ruled."
            ),
            "us-nctc",
        ),
        Step(
            {},
            fill(
                "One series only, of IHS, was made by one method: from {territory_estimates/ihs-2015-01-both} in January 2015 "
                "to {territory_estimates/ihs-2017-06-both} in June 2017. It cannot show a peak in 2014."
            ),
            "ihs-markit",
        ),
        Step(
            {"show": "left, Iraq"},
            f"What was left of Iraq's part: {_share(left, 'oir-2016-01-05-iraq')} in January 2016 and "
            f"{_share(left, 'gc-2017-11-iraq')} in November 2017, by the coalition's count.",
        ),
        Step(
            {"show": "left, Syria"},
            f"Of Syria's part {_share(left, 'oir-2016-01-05-syria')} and {_share(left, 'gc-2017-11-syria')}. In one month, "
            f"January 2016, American and coalition officials gave {len(at_once)} figures. Shares of what?",
        ),
    ]


def _share(left, row):
    return f"{left.loc[row, 'words']}%"
