"""The map of Iraq and Syria under every map of the book: land, waters and their names."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd

from caliphate_course import data
from coursebook.figures import theme

CENTRE, SCALE = [41.3, 34.55], theme.FULL * 4.6  # Syria and the north and west of Iraq fill a column's width
WIDE = "width > 400"  # room for the names of neighbours and rivers
# fill, stroke and stroke width of each kind of shape, in drawing order
STYLE = {
    "neighbours": (theme.ABROAD, theme.EDGE, 0.8),
    "governorates": (theme.LAND, theme.EDGE, 0.7),
    "countries": ("transparent", theme.BORDER, 1.2),
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


def on_map(*layers: alt.Chart, height: int = 430, names: bool = True, grain: int = 0) -> alt.LayerChart:
    """`layers` drawn over the base map, a column wide and `height` pixels high.

    Without `names` those of countries and capitals are left to the chart; `grain` as in `shapes`.
    """
    # Cut to the frame here, as the typesetter of the handout leaves out clipping paths.
    frame = [[-1, -1], [theme.FULL + 1, height + 1]]
    return (
        alt.layer(_shapes(grain), *_names()[0 if names else 3 :], *layers)
        .resolve_scale(stroke="independent", fill="independent")
        .project(type="mercator", center=CENTRE, scale=SCALE, clipExtent=frame, translate=[theme.FULL / 2, height / 2])
        .properties(width=theme.FULL, height=height)
    )


def shapes(grain: int = 0) -> alt.InlineData:
    """The shapes of the map; `properties` have their `kind` (of STYLE), those of Iraq and Syria `name` and `country`.

    Points nearer than `grain` steps of the topology's grid to the last one are left out, for a map of fewer bytes.
    """
    topology = data.base_map()
    kinds = list(STYLE)
    drawn = [
        {
            **geometry,
            "properties": {"kind": _kind(layer, geometry)} | (_own(geometry.get("properties", {})) if grain else {}),
        }
        for layer in ("countries", "governorates", "rivers", "lakes")
        for geometry in topology["objects"][layer]["geometries"]
    ]
    drawn.sort(key=lambda shape: kinds.index(shape["properties"]["kind"]))
    merged = {**topology, "objects": {"map": {"type": "GeometryCollection", "geometries": drawn}}}
    merged["arcs"] = [_coarse(arc, grain) for arc in topology["arcs"]]
    return alt.InlineData(values=merged, format=alt.TopoDataFormat(type="topojson", feature="map"), name="base_map")


def _own(properties):
    """Name and country of a shape of Iraq or Syria."""
    country = properties.get("country", properties["name"] if "iso3" in properties else "")
    own = {"name": properties.get("name_en", ""), "country": country}
    return own if country in ("Iraq", "Syria") else {}


def _coarse(arc, grain):
    """An arc, steps from point to point, without the points nearer than `grain` to the last; small rings stay."""
    if len(arc) < 9:
        return arc
    kept, dx, dy = [arc[0]], 0, 0
    for number, (x, y) in enumerate(arc[1:], 2):
        dx, dy = dx + x, dy + y
        if dx * dx + dy * dy >= grain * grain or number == len(arc):
            kept.append([dx, dy])
            dx = dy = 0
    return kept


def pixels(lon: float, lat: float, height: int = 430) -> tuple[float, float]:
    """Where a place is on the wide map, right and down from its upper left corner."""
    up = [math.asinh(math.tan(math.radians(north))) for north in (CENTRE[1], lat)]
    return theme.FULL / 2 + SCALE * math.radians(lon - CENTRE[0]), height / 2 - SCALE * (up[1] - up[0])


def _shapes(grain):
    values, kinds = shapes(grain), list(STYLE)
    fills, strokes, widths = zip(*STYLE.values(), strict=True)

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
