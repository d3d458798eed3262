"""Rules beyond types, as frictionless checks: what a row of this dataset must honour whatever its table."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import pairwise

import attrs
from frictionless import Check, errors

_PAIRS = (
    ("date", "end_date"), ("from", "to"), ("start", "end"), ("period_start", "period_end"),
    ("active_from", "active_to"), ("territory_from", "territory_to"), ("joined", "joined_latest"),
)  # fmt: skip


def checks_for(descriptor: dict, known_sources: frozenset[str]) -> list[Check]:
    """The rules that apply to a table, chosen by the columns its schema has."""
    columns = {field["name"] for field in descriptor["schema"]["fields"]}
    checks: list[Check] = []
    if "source_ids" in columns:
        checks.append(SourcesKnown(known=known_sources))
    if {"low", "best", "high"} <= columns:
        checks.append(RangeInOrder())
    checks += [DatesInOrder(first=a, last=b) for a, b in _PAIRS if {a, b} <= columns]
    checks += [
        PrecisionHonoured(column=c.removesuffix("_precision")) for c in sorted(columns) if _is_precision(c, columns)
    ]
    if {"place_id", "from", "to"} <= columns:
        checks.append(StintsApart())
    if {"lat", "lon", "country"} <= columns:
        checks.append(PointInCountry())
    return checks


def _is_precision(column, columns):
    return column.endswith("_precision") and column.removesuffix("_precision") in columns


@attrs.define(kw_only=True, repr=False)
class SourcesKnown(Check):
    """Each id in `source_ids` is a row of the sources table."""

    type = "source-unknown"
    Errors = [errors.CellError]
    known: frozenset[str] = frozenset()

    def validate_row(self, row):
        for source in (row["source_ids"] or "").split(";"):
            if source and source not in self.known:
                note = f"the source {source!r} is not in sources.csv. Add it there or correct the id"
                yield errors.CellError.from_row(row, note=note, field_name="source_ids")


@attrs.define(kw_only=True, repr=False)
class RangeInOrder(Check):
    """low <= best <= high, and at least one of them is given."""

    type = "range-order"
    Errors = [errors.CellError]

    def validate_row(self, row):
        given = [(name, row[name]) for name in ("low", "best", "high") if row[name] is not None]
        if not given and not row.get("status"):
            yield errors.CellError.from_row(row, note="low, best and high are all empty. Give one", field_name="best")
        for (name_a, a), (name_b, b) in pairwise(given):
            if a > b:
                note = f"{name_a} ({a}) is above {name_b} ({b}). Put them in order"
                yield errors.CellError.from_row(row, note=note, field_name=name_a)


@attrs.define(kw_only=True, repr=False)
class DatesInOrder(Check):
    """A period does not end before it starts."""

    type = "date-order"
    Errors = [errors.CellError]
    first: str = ""
    last: str = ""

    def validate_row(self, row):
        a, b = row[self.first], row[self.last]
        if a is not None and b is not None and b < a and not self._same_period(row, a, b):
            note = f"it ends ({b}) before it starts ({a}). Correct one of the dates"
            yield errors.CellError.from_row(row, note=note, field_name=self.last)

    def _same_period(self, row, a, b):
        """An end known only to the month or year stands on that period's first day."""
        precision = row.get(f"{self.last}_precision")
        return (precision == "year" and a.year == b.year) or (
            precision == "month" and (a.year, a.month) == (b.year, b.month)
        )


@attrs.define(kw_only=True, repr=False)
class PrecisionHonoured(Check):
    """A date known to the month or year stands on that period's first day, and says so."""

    type = "precision"
    Errors = [errors.CellError]
    column: str = ""

    def validate_row(self, row):
        date, precision = row[self.column], row[f"{self.column}_precision"]
        if date is None:
            return
        first_day = {"month": date.day == 1, "year": (date.month, date.day) == (1, 1),
                     "quarter": date.day == 1 and date.month in (1, 4, 7, 10)}  # fmt: skip
        if not precision:
            note = f"{self.column}_precision is empty. Say day, month, quarter or year"
            yield errors.CellError.from_row(row, note=note, field_name=f"{self.column}_precision")
        elif not first_day.get(precision, True):
            note = f"its precision is {precision}, so it must be the first day of the {precision}"
            yield errors.CellError.from_row(row, note=note, field_name=self.column)


@attrs.define(kw_only=True, repr=False)
class StintsApart(Check):
    """A place's stints of control do not overlap."""

    type = "stint-overlap"
    Errors = [errors.TableError]
    _stints: dict = attrs.field(factory=lambda: defaultdict(list))

    def validate_row(self, row):
        self._stints[row["place_id"]].append((row["from"], row["to"], row["id"]))
        yield from ()

    def validate_end(self):
        for stints in self._stints.values():
            dated = sorted((s for s in stints if s[0]), key=lambda s: s[0])
            for (_, end, first), (start, _, second) in pairwise(dated):
                if end is None or end > start:
                    note = f"the stints {first!r} and {second!r} overlap ({second!r} starts {start}). Correct a date"
                    yield errors.TableError(note=note)


@attrs.define(kw_only=True, repr=False)
class PointInCountry(Check):
    """Coordinates said to be in Iraq or Syria fall inside that country on the base map."""

    type = "point-in-country"
    Errors = [errors.CellError]

    def validate_row(self, row):
        if row["lat"] is None or row["lon"] is None or row["country"] not in ("Iraq", "Syria"):
            return
        from shapely import Point  # here, because only this rule needs it and it is slow to import

        if not _country(row["country"]).buffer(_TOLERANCE).contains(Point(float(row["lon"]), float(row["lat"]))):
            note = f"the point ({row['lat']}, {row['lon']}) is outside {row['country']} on the base map"
            yield errors.CellError.from_row(row, note=note + ". Correct lat, lon or country", field_name="lat")


# The base map is simplified to 0.01 degree; a border town may fall that far outside it.
_TOLERANCE = 0.03


@cache
def _country(name):
    from shapely.geometry import shape
    from shapely.ops import unary_union

    from caliphate_course import data

    topology = data.base_map()
    geometries = topology["objects"]["countries"]["geometries"]
    return unary_union([shape(_geojson(topology, g)) for g in geometries if g["properties"]["name"] == name]).buffer(0)


def _geojson(topology, geometry):
    """A TopoJSON (multi)polygon as GeoJSON, arcs joined and coordinates scaled."""
    arcs = [_coordinates(topology, arc) for arc in topology["arcs"]]

    def ring(indices):
        points = []
        for index in indices:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points

    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return {"type": "MultiPolygon", "coordinates": [[ring(r) for r in polygon] for polygon in polygons]}


def _coordinates(topology, arc):
    transform = topology.get("transform")
    if not transform:
        return [tuple(point[:2]) for point in arc]
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step in arc:
        x, y = x + step[0], y + step[1]
        points.append((x * kx + dx, y * ky + dy))
    return points
