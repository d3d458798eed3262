"""One look for every chart: fonts, sizes, colours and the few layers that several charts share."""

from __future__ import annotations

import altair as alt
import pandas as pd

from caliphate_course import data
from caliphate_course.explorer.rendering import FULL, PANEL

__all__ = [
    "COUNTRY",
    "FULL",
    "INK",
    "MUTED",
    "PANEL",
    "QUALITATIVE",
    "base_map",
    "note",
    "on_map",
    "status",
]

# Arial's metrics are also Liberation Sans's, which vl-convert measures with: text fits on every machine.
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
INK, MUTED, FAINT, PAPER = "#22272e", "#4f5b64", "#d9dce0", "#ffffff"
# In the order of hues of Okabe and Ito (2008), each at 3:1 or more on white, and any two of them (with ink and greys)
# at least 10 units of CAM02-UCS apart in simulated red, green and blue blindness: tests/test_palette.py.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, OCHRE = (
    "#3278c3", "#d36a18", "#2c7660", "#ad1343", "#845889", "#0b9fd4", "#8c5e00",
)  # fmt: skip
QUALITATIVE = [BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY, RED, MUTED]
# The same thing has the same colour in every chart.
COUNTRY = {"Iraq": GREEN, "Syria": PURPLE, "Iraq and Syria": INK}
HOLE = "#eceef0"  # a stretch for which there are no figures
LAND, WATER, BORDER = "#f1efe9", "#a9c6d8", "#9aa1a9"


@alt.theme.register("course", enable=True)
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
            "axis": {**text, "domainColor": BORDER, "tickColor": BORDER, "gridColor": "#eceef0", "labelLimit": 260},
            "axisX": {"grid": False},
            "axisY": {"domain": False, "ticks": False, "titleAngle": 0, "titleAlign": "left", "titleY": -8, "titleX": 0,
                      "titleAnchor": "start"},
            "legend": {**text, "orient": "bottom", "title": None, "labelLimit": 320, "symbolStrokeWidth": 2,
                       "layout": {"bottom": {"direction": "vertical"}}},  # two legends stand below one another
            "header": {"labelFontSize": 12, "labelColor": INK, "titleColor": MUTED},
            "text": {"fontSize": 12, "color": INK},
            "title": {"fontSize": 13, "anchor": "start", "color": INK, "fontWeight": "bold"},
            "range": {"category": QUALITATIVE},
            "line": {"strokeWidth": 2},
            # Opaque: the `opacity` of a mark, unlike that of its fill or stroke, makes it a drawing layer of its own,
            # which slows each step of a control.
            "point": {"filled": True, "size": 60, "opacity": 1},
            **{mark: {"opacity": 1} for mark in ("circle", "square", "tick")},
        },
    }  # fmt: skip


def base_map() -> alt.Chart:
    """The map of Iraq and Syria as one layer: land, governorates, rivers and lakes."""
    topology = data.base_map()
    kinds = list(_MAP_STYLE)
    shapes = [shape for name in ("countries", "governorates", "rivers", "lakes") for shape in _shapes(topology, name)]
    shapes.sort(key=lambda shape: kinds.index(shape["properties"]["kind"]))
    merged = {**topology, "objects": {"map": {"type": "GeometryCollection", "geometries": shapes}}}
    values = alt.InlineData(values=merged, format=alt.TopoDataFormat(type="topojson", feature="map"), name="base_map")
    fills, strokes, widths = zip(*_MAP_STYLE.values(), strict=True)

    def by_kind(channel, values):
        return channel("properties.kind:N", scale=alt.Scale(domain=kinds, range=list(values)), legend=None)

    return (
        alt.Chart(values)
        .mark_geoshape(clip=True)
        .encode(
            fill=by_kind(alt.Fill, fills),
            stroke=by_kind(alt.Stroke, strokes),
            strokeWidth=by_kind(alt.StrokeWidth, widths),
        )
    )


def _shapes(topology, name):
    for geometry in topology["objects"][name]["geometries"]:
        elsewhere = name == "countries" and geometry["properties"]["name"] not in ("Iraq", "Syria")
        yield {**geometry, "properties": {"kind": "neighbours" if elsewhere else name}}


def on_map(layers: alt.LayerChart, *, height: int = 430) -> alt.LayerChart:
    """`layers` projected so that Syria and the north and west of Iraq fill a column's width."""
    projection = {"type": "mercator", "center": [41.3, 34.55], "scale": FULL * 4.6}
    return layers.project(**projection).properties(width=FULL, height=height, autosize="pad")


# fill, stroke and stroke width of each kind of shape on the base map, in drawing order
_MAP_STYLE = {
    "neighbours": ("#fbfaf7", "#d5d2ca", 0.8),
    "governorates": (LAND, "#d5d1c8", 0.7),
    "countries": ("transparent", BORDER, 1.2),
    "rivers": ("transparent", WATER, 1.4),
    "lakes": (WATER, WATER, 0.3),
}


def status(frame: pd.DataFrame, *, x: float = 0, y: float = 0, **mark) -> alt.Chart:
    """A line of text at (`x`, `y`) in the chart that is announced to screen readers when a control moves.

    `mark` sets further properties of the text, or sets its bold 14 px anew. Give the returned chart its transforms and
    its `text` encoding.
    """
    look = {"align": "left", "baseline": "top", "fontWeight": "bold", "fontSize": 14, **mark}
    return alt.Chart(frame, name="status").mark_text(**look).encode(x=alt.value(x), y=alt.value(y))


def note(text: str, *, x: float, y: float) -> alt.Chart:
    """A remark written into the chart at a fixed place (pixels)."""
    mark = alt.Chart(pd.DataFrame({"text": [text]})).mark_text(align="left", color=MUTED)
    return mark.encode(x=alt.value(x), y=alt.value(y), text="text:N")
