"""The map of Iraq and Syria under every map of the book: land, waters and their names."""

from __future__ import annotations

import math
from collections import Counter

import altair as alt
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.rivers import CORRIDOR_KM
from coursebook.figures import theme

CENTRE, SCALE = [41.3, 34.55], theme.FULL * 4.6  # Syria and the north and west of Iraq fill a column's width
WIDE = "width > 400"  # room for the names of neighbours and rivers
# fill, stroke and stroke width of each kind of shape, in drawing order
STYLE = {
    "neighbours": (theme.ABROAD, theme.EDGE, 0.8),
    "countries": (theme.LAND, theme.BORDER, 1.2),
    "governorates": ("transparent", theme.EDGE, 0.7),
    "rivers": ("transparent", theme.WATER, 1.4),
    "lakes": (theme.WATER, theme.WATER, 0.3),
}
# Where names are written: beside what they name, and clear of the places that charts draw.
NAMES = pd.DataFrame(
    [
        ("SYRIA", "country", 38.4, 33.85), ("IRAQ", "country", 41.9, 32.62),
        ("Turkey", "neighbour", 39.3, 37.5), ("Iran", "neighbour", 46.75, 35.9), ("Jordan", "neighbour", 37.6, 31.9),
        ("Saudi Arabia", "neighbour", 40.1, 31.42),
        ("Euphrates", "river", 41.35, 34.17), ("Tigris", "river", 45.75, 32.78),
        ("Damascus", "capital", 36.29, 33.51), ("Baghdad", "capital", 44.37, 33.32),
    ],
    columns=["text", "kind", "lon", "lat"],
)  # fmt: skip


def on_map(*layers: alt.Chart, height: int = 430, names: bool = True) -> alt.LayerChart:
    """`layers` drawn over the base map, a column wide and `height` pixels high.

    Without `names` those of countries and capitals are left to the chart.
    """
    # Cut to the frame here, as the typesetter of the handout leaves out clipping paths.
    frame = [[-1, -1], [theme.FULL + 1, height + 1]]
    return (
        alt.layer(_shapes(), *_names()[0 if names else 3 :], *layers)
        .resolve_scale(stroke="independent", fill="independent")
        .project(type="mercator", center=CENTRE, scale=SCALE, clipExtent=frame, translate=[theme.FULL / 2, height / 2])
        .properties(width=theme.FULL, height=height)
    )


def corridor() -> alt.Chart:
    """The rivers as bands of CORRIDOR_KM on either side, drawn by the width of their lines."""
    kilometre = SCALE / 6371 / math.cos(math.radians(CENTRE[1]))  # in pixels of the wide map, at its middle
    band = alt.Chart(shapes()).transform_filter("datum.properties.kind == 'rivers'")
    width = alt.ExprRef(f"{2 * CORRIDOR_KM * kilometre / theme.FULL:.4f} * width")
    return band.mark_geoshape(
        clip=True, filled=False, stroke=theme.WATER, strokeOpacity=0.4, strokeWidth=width, strokeJoin="round"
    )


def shapes() -> alt.InlineData:
    """The shapes of the map; `properties` have their `kind` (of STYLE), the countries Iraq and Syria their `country`.

    Governorates are the lines between them, each drawn once.
    """
    drawn = [
        {**geometry, "properties": {"kind": _kind(layer, geometry)} | _own(geometry)}
        for layer in ("countries", "rivers", "lakes")
        for geometry in data.base_map()["objects"][layer]["geometries"]
    ]
    drawn.append({"type": "MultiLineString", "arcs": _between(), "properties": {"kind": "governorates"}})
    return _topology("base_map", sorted(drawn, key=lambda shape: list(STYLE).index(shape["properties"]["kind"])))


def governorate_shapes() -> alt.InlineData:
    """The governorates of Iraq and Syria, whose `properties` have their `name`."""
    found = data.base_map()["objects"]["governorates"]["geometries"]
    return _topology("governorates", [{**one, "properties": {"name": one["properties"]["name_en"]}} for one in found])


def _topology(name, geometries):
    values = {**data.base_map(), "objects": {"map": {"type": "GeometryCollection", "geometries": geometries}}}
    return alt.InlineData(values=values, format=alt.TopoDataFormat(type="topojson", feature="map"), name=name)


def _between():
    """The arcs that two governorates of a country share; a country's border is drawn with the country."""
    found = data.base_map()["objects"]["governorates"]["geometries"]
    times = Counter((one["properties"]["country"], max(arc, ~arc)) for one in found for arc in set(_arcs(one["arcs"])))
    return [[arc] for (_, arc), several in sorted(times.items()) if several > 1]


def _arcs(parts):
    """The arcs of a geometry, as its numbers in the topology, which are turned round (`~`) where it runs backwards."""
    return [parts] if isinstance(parts, int) else [arc for part in parts for arc in _arcs(part)]


def _own(geometry):
    name = geometry.get("properties", {}).get("name")
    return {"country": name} if name in ("Iraq", "Syria") else {}


def pixels(lon: float, lat: float, height: int = 430) -> tuple[float, float]:
    """Where a place is on the wide map, right and down from its upper left corner."""
    up = [math.asinh(math.tan(math.radians(north))) for north in (CENTRE[1], lat)]
    return theme.FULL / 2 + SCALE * math.radians(lon - CENTRE[0]), height / 2 - SCALE * (up[1] - up[0])


def _shapes():
    values, kinds = shapes(), list(STYLE)
    fills, strokes, widths = zip(*STYLE.values(), strict=True)

    def by_kind(channel, values):
        scale = alt.Scale(type="ordinal", domain=kinds, range=list(values))  # else widths would be points of a line
        return channel("properties.kind:N", scale=scale, legend=None)

    return (
        alt.Chart(values)
        .mark_geoshape(clip=True)
        .encode(
            fill=by_kind(alt.Fill, fills),
            stroke=by_kind(alt.Stroke, strokes),
            strokeWidth=by_kind(alt.StrokeWidth, widths),
        )
    )


def _kind(layer, geometry):
    elsewhere = layer == "countries" and geometry["properties"]["name"] not in ("Iraq", "Syria")
    return "neighbours" if elsewhere else layer


def _names():
    """Names of countries, capitals and rivers; on a phone only those of the two countries and their capitals."""

    def named(*kinds, **style):
        chosen = NAMES[NAMES["kind"].isin(kinds)]
        base = alt.Chart(chosen).encode(longitude="lon:Q", latitude="lat:Q")
        return base, base.mark_text(color=theme.MUTED, clip=True, **style).encode(text="text:N")

    _, countries = named("country", fontSize=13)
    _, small = named("neighbour", "river", fontSize=11, fontStyle="italic", fillOpacity=alt.ExprRef(f"{WIDE} ? 1 : 0"))
    base, capitals = named("capital", fontSize=11, dy=12)
    squares = base.mark_square(color=theme.MUTED, size=30, clip=True)
    return countries, capitals, squares, small
