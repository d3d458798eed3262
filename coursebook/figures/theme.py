"""One look for every chart: fonts, sizes, colours and the few layers that several charts share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import altair as alt
import pandas as pd

from coursebook.figures.rendering import FULL, PANEL  # noqa: F401  (charts take both widths from here)
from coursebook.palette import (  # noqa: F401  (charts take every colour from here)
    ABROAD,
    BAND,
    BLUE,
    BORDER,
    CHOSEN_BAND,
    DARK,
    EDGE,
    FAINT,
    GREEN,
    GREY,
    HOLE,
    INK,
    LAND,
    MUTED,
    OCHRE,
    ORANGE,
    PALE,
    PAPER,
    PURPLE,
    QUALITATIVE,
    RED,
    SKY,
    WATER,
)  # fmt: skip
from coursebook.told import SelectionError

GUESSED = PURPLE  # what a reader has guessed, in every chart
# Arial's metrics are also Liberation Sans's, which vl-convert measures with: text fits on every machine.
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"


@alt.theme.register("coursebook", enable=False)
def _theme() -> alt.theme.ThemeConfig:
    text = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": INK,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
    }
    return {
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {
            "font": FONT,
            "background": PAPER,
            "view": {"stroke": None, "continuousWidth": FULL, "continuousHeight": 320},
            "axis": {**text, "domainColor": BORDER, "tickColor": BORDER, "gridColor": HOLE, "labelLimit": 260},
            "axisX": {"grid": False},
            "axisY": {"domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left", "titleY": -8, "titleX": 0,
                      "titleAnchor": "start"},
            "legend": {**text, "orient": "bottom", "title": None, "labelLimit": 320, "symbolStrokeWidth": 2,
                       "symbolBaseFillColor": MUTED, "symbolBaseStrokeColor": MUTED,
                       "layout": {"bottom": {"direction": "vertical"}}},  # two legends stand below one another
            "mark": {"color": MUTED},
            "text": {"fontSize": 12, "color": INK},
            "title": {"fontSize": 13, "anchor": "start", "color": INK, "fontWeight": "bold"},
            "range": {"category": QUALITATIVE},
            "line": {"strokeWidth": 2},
            # Opaque: the `opacity` of a mark, unlike that of its fill or stroke, makes it a drawing layer of its own,
            # which slows each step of a control.
            "point": {"filled": True, "size": 60, "opacity": 1},
            "circle": {"opacity": 1},
            "square": {"opacity": 1},
            "tick": {"opacity": 1},
        },
    }  # fmt: skip


@contextmanager
def applied() -> Iterator[None]:
    """Altair as the course's charts need it, whatever a notebook has chosen for its own: our look, and rows in the spec."""
    with alt.theme.enable("coursebook"), alt.data_transformers.enable("default", max_rows=None):
        yield


def drawn(rows: pd.DataFrame, figure: str, table: str) -> pd.DataFrame:
    """`rows`: what `figure` draws of a selection of `table`. Raises SelectionError, naming both, if there are none."""
    if rows.empty:
        raise SelectionError(f"{figure}: none of these rows is drawn here; choose others of the table {table}.")
    return rows


def tooltip(**titles: str) -> list[alt.Tooltip]:
    """What a mark says under the pointer: the words of each column after its title.

    Numbers and dates, which need a format, are `alt.Tooltip` of their own beside these.
    """
    return [alt.Tooltip(f"{column}:N", title=title) for column, title in titles.items()]


def status(frame: pd.DataFrame, *, x: float = 0, y: float = 0, name: str = "", **mark) -> alt.Chart:
    """A line of text at (`x`, `y`) in the chart that is announced to screen readers when a control moves.

    `mark` sets further properties of the text, or sets its bold 14 px anew; a second line of a chart has a `name`. Give the
    returned chart its transforms and its `text` encoding.
    """
    look = {"align": "left", "baseline": "top", "fontWeight": "bold", "fontSize": 14, **mark}
    return (
        alt.Chart(frame, name=f"status_{name}" if name else "status")
        .mark_text(**look)
        .encode(x=alt.value(x), y=alt.value(y))
    )


def guess(
    channel: alt.X | alt.Y, *, shown: str = "true", value: str = "guess", words: str = "'your guess'"
) -> list[alt.Chart]:
    """Layers that draw what a reader guessed, as a dashed line across the chart with `words` at its end.

    `channel` is the axis on which the guess is drawn, for the field `guessed`, which the Vega expression `value` gives.
    `shown` is an expression too: whether the chart now has that axis. Nothing is drawn until there is a guess. The chart
    needs `alt.param(name="guess")`.
    """
    upright = isinstance(channel, alt.X)
    one = alt.Chart(pd.DataFrame({"zero": [0]})).transform_filter(f"isValid(guess) && ({shown})")
    one = one.transform_calculate(guessed=value, words=words).encode(**{"x" if upright else "y": channel})
    late = f"scale('{'x' if upright else 'y'}', datum.guessed) > width - 90"
    place = (
        {
            "y": alt.ExprRef("height - 3"),
            "align": alt.ExprRef(f"{late} ? 'right' : 'left'"),
            "dx": alt.ExprRef(f"{late} ? -5 : 5"),
            "baseline": "bottom",
        }
        if upright
        else {"x": 4, "align": "left", "dy": -4, "baseline": "bottom"}
    )
    text = one.mark_text(color=GUESSED, fontWeight="bold", **place).encode(text="words:N")
    halo = one.mark_text(stroke=PAPER, strokeWidth=3, strokeJoin="round", fontWeight="bold", **place).encode(
        text="words:N"
    )
    return [one.mark_rule(color=GUESSED, strokeDash=[6, 4], strokeWidth=2), halo, text]


# Labels of a time axis whose stretch the param `years` (first, last) chooses: a tick within a year names its month.
YEAR_LABELS = "timeFormat(datum.value, years[1] - years[0] < 3 ? '%b %Y' : '%Y')"


def within_years(rows: pd.DataFrame, since: str, until: str) -> alt.Chart:
    """A chart of stretches of time (columns `since`, `until`), cut to the years that the param `years` chooses.

    The cut ends are `left` and `right`, fields of their own: written over, the dates would be lost to the next choice of
    years. Stretches outside the years are left out.
    """
    return (
        alt.Chart(rows)
        .transform_calculate(
            left=f"max(toDate(datum.{since}), time(datetime(years[0], 0, 1)))",
            right=f"min(toDate(datum.{until}), time(datetime(years[1] + 1, 0, 1)))",
        )
        .transform_filter("datum.left < datum.right")
    )


def ticks(number: int, scale: str = "y") -> alt.ExprRef:
    """About `number` ticks for an axis from 0, and none while nothing is drawn: a lone 0 would hang in mid-air.

    `scale` is what Vega calls the axis's scale: in the second panel of a concatenated chart, `concat_1_y`.
    """
    return alt.ExprRef(f"domain('{scale}')[1] > 0 ? {number} : 0")


def nothing_drawn(frame: pd.DataFrame, shown: str, param: str, *, x: float, y: float, words: str, **mark) -> alt.Chart:
    """The status line `words` of a chart none of whose rows passes `shown` (a Vega expression), though a box is ticked.

    `param` is the list of boxes; without any, `none_chosen` speaks. `mark` as in `status`.
    """
    return (
        status(frame, x=x, y=y, name="empty", **mark)
        .transform_calculate(one=f"{shown} ? 1 : 0")
        .transform_aggregate(drawn="sum(one)")
        .transform_filter(f"datum.drawn == 0 && length({param}) > 0")
        .transform_calculate(line=json.dumps(words, ensure_ascii=False))
        .encode(text="line:N")
    )


def none_chosen(param: str, *, x: float, y: float) -> alt.Chart:
    """The status line of a chart in which no box of the list `param` is ticked, so that nothing is drawn."""
    line = status(pd.DataFrame({"line": ["Nothing is chosen: tick a box above"]}), x=x, y=y, name="none")
    return line.transform_filter(f"length({param}) == 0").encode(text="line:N")


def note(text: str, *, x: float, y: float) -> alt.Chart:
    """A remark written into the chart at a fixed place (pixels)."""
    mark = alt.Chart(pd.DataFrame({"text": [text]})).mark_text(align="left", color=MUTED)
    return mark.encode(x=alt.value(x), y=alt.value(y), text="text:N")
