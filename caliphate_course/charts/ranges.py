"""Estimates as marks: a point for one figure, a bar for a range, a triangle for 'at least' and 'up to'."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd

from caliphate_course.measures.estimates import AT_LEAST, EXACT, RANGE, UP_TO
from coursebook.figures import StateTitle, theme

# Where the figure in the column `brief` stands: behind the mark that ends at `reach`; where it would leave the chart
# there, before a point and above the end of a range. `in_rows`, whose marks have a bar before them, puts it above both.
_LEAVES = "scale('x', datum.reach) + 9 + 7.2 * length(datum.brief) > width"
_RANGE = "isValid(datum.low) && isValid(datum.high)"
BESIDE = {
    "align": alt.ExprRef(f"{_LEAVES} ? 'right' : 'left'"),
    "dx": alt.ExprRef(f"!({_LEAVES}) ? 9 : {_RANGE} ? 6 : -9"),
    "dy": alt.ExprRef(f"{_LEAVES} && {_RANGE} ? -10 : 0"),
}
_ABOVE = BESIDE | {"dx": alt.ExprRef(f"{_LEAVES} ? 6 : 9"), "dy": alt.ExprRef(f"{_LEAVES} ? -11 : 0")}
# What `in_rows` draws of a frame from `stated`.
COLUMNS = ["low", "best", "high", "form", "at", "reach", "words", "brief"]
FEW_TICKS = alt.ExprRef("width < 300 ? 2 : 4")  # as many as have room for their words on a phone
THOUSANDS = alt.Axis(format=",d", tickCount=FEW_TICKS)

# Dark what the title speaks of, grey all else.
SHADES = alt.Color("told:N", scale=alt.Scale(domain=[True, False], range=[theme.INK, theme.GREY]), legend=None)


def in_rows(
    rows: pd.DataFrame, *, x: dict, y: alt.Y, color: alt.Color, tooltip: list, under: str = "", **encodings
) -> list[alt.Chart]:
    """Layers that draw `rows` (from `stated`) along a horizontal axis: a pale bar from 0, ranges, points, triangles, figures.

    `x` holds title, scale and axis of the horizontal channel. `encodings` (such as `yOffset`) go to every layer. A row
    whose column `told` is true, where there is one, is what the title speaks of: its range is full, its figure bold.
    Words of the column `under` stand below the row's label, which needs a `lift` (`vertical`).
    """
    base = alt.Chart(rows).encode(y=y, color=color, tooltip=tooltip, **encodings)
    lengths = base.mark_bar(height=7, fillOpacity=0.22).encode(x=alt.X("reach:Q", **x), x2=alt.X2Datum(0))
    spans = (
        base.transform_filter(f"datum.form == '{RANGE}'")
        .mark_bar(height=7, fillOpacity=alt.ExprRef("datum.told ? 1 : 0.5"))
        .encode(x=alt.X("low:Q", **x), x2="high:Q")
    )
    points = (
        base.transform_filter("isValid(datum.at)")
        .mark_point(filled=True, size=75)
        .encode(x=alt.X("at:Q", **x), shape=shape("triangle-right", "triangle-left"))
    )
    bold = alt.ExprRef("datum.told ? 'bold' : 'normal'")
    figures = base.mark_text(**_ABOVE, fontWeight=bold).encode(
        x=alt.X("reach:Q", **x), text="brief:N", color=alt.value(theme.INK)
    )
    kind = base.mark_text(align="right", dy=8, fontSize=11).encode(
        x=alt.value(-8), text=f"{under}:N", color=alt.value(theme.MUTED)
    )
    return [lengths, spans, points, figures, *([kind] if under else [])]


def horizontal(rows: pd.DataFrame, title: str, *, room: float, axis: alt.Axis = THOUSANDS) -> dict:
    """`x` for `in_rows`: from 0 to `room` times the largest figure of `rows`, so that words fit behind the marks."""
    return {"title": title, "scale": alt.Scale(domain=[0, float(rows["reach"].max()) * room]), "axis": axis}


def vertical(column: str, *, limit: int = 170, lift: int = 0) -> alt.Y:
    """`y` for `in_rows`: a row for each value of `column`, sorted by the column `order`, `limit` pixels for its label.

    The label stands `lift` pixels above the middle of its row.
    """
    axis = alt.Axis(labelLimit=limit, labelPadding=8, labelOffset=-lift)
    return alt.Y(f"{column}:N", sort=alt.SortField("order"), title=None, axis=axis)


def chart(
    rows: pd.DataFrame,
    layers: list[alt.Chart],
    *,
    shown: str,
    counts: dict,
    line: str,
    height: int,
    param: str,
    boxes=True,
    above: Sequence[alt.Chart] = (),
) -> alt.LayerChart:
    """`layers` (from `in_rows`), reduced to the `rows` that are `shown`, under a line of words about them.

    `shown` and `line` are Vega expressions of the `param`, which is a list of `boxes` or the choice of a menu; `line` may
    name the `counts` ({"figures": "count()"}). `above` is drawn over them: a reader's guess, of the param `guess`.
    """
    words = (
        theme.status(rows, x=-80, y=-22)
        .transform_filter(shown)
        .transform_aggregate(**counts)
        .transform_calculate(line=line)
        .encode(text="line:N")
    )
    drawn = [layer.transform_filter(shown) for layer in layers]
    if boxes:
        drawn += [
            theme.nothing_drawn(rows, shown, param, x=-80, y=-22, words="No figure for this choice"),
            theme.none_chosen(param, x=-80, y=-22),
        ]
    layered = alt.layer(*drawn, words, *above).properties(width=theme.FULL, height=height)
    return layered.add_params(*(alt.param(name=name) for name in (param, *(["guess"] if above else []))))


def span(rows: pd.DataFrame, write: Callable[[float], str] = "{:,.0f}".format) -> str:
    """From which to which figure `rows` (from `stated`) run: 'from 180 to at least 1,800'; one figure by itself.

    The end of a range is told as `write` tells it, all else by the column `words`.
    """
    lowest = rows.loc[rows["low"].fillna(rows["at"]).astype(float).idxmin()]
    highest = rows.loc[rows["high"].fillna(rows["at"]).astype(float).idxmax()]
    return lowest["words"] if len(rows) == 1 else f"from {_end(lowest, 'low', write)} to {_end(highest, 'high', write)}"


def _end(row, bound, write):
    return write(row[bound]) if row["form"] == RANGE else row["words"]


def title(param: str, rows: pd.DataFrame, whole: str, part: Callable[[pd.DataFrame, list[str]], str]) -> StateTitle:
    """The title of a figure whose boxes `param` choose among `rows`: `whole` where all are ticked.

    Else `part`, called with the rows of the boxes that are ticked (their column `param`) and with these boxes.
    """

    def sentence(ticked):
        shown = rows[rows[param].isin(ticked)]
        if shown.empty:
            return "No kind of figure is chosen"
        return whole if len(shown) == len(rows) else part(shown, [box for box in ticked if box in set(shown[param])])

    return StateTitle(by=(param,), sentence=sentence)


def spans(rows: pd.DataFrame, param: str, write: Callable[[float], str] = "{:,.0f}".format) -> list[str]:
    """For each value of the column `param`, in the order of `rows`, from which to which figure its rows run (`span`)."""
    return [f"{kind}: {span(some, write)}" for kind, some in rows.groupby(param, sort=False)]


def shape(at_least: str, up_to: str) -> alt.Shape:
    """Shape by how the figure is stated: circle, or the named triangle for a bound."""
    scale = alt.Scale(domain=[EXACT, RANGE, AT_LEAST, UP_TO], range=["circle", "circle", at_least, up_to])
    return alt.Shape("form:N", scale=scale, legend=None)
