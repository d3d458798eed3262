"""Rules beyond types, as frictionless checks: what a row of this dataset must honour whatever its table."""

from __future__ import annotations

import datetime
from collections import defaultdict
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs
from frictionless import Check, errors

from coursebook.dataset import sense
from coursebook.dataset.errors import nearest

if TYPE_CHECKING:
    from coursebook.dataset import Dataset

# Columns of which the first may not lie after the second.
DATE_PAIRS = (
    ("date", "end_date"), ("from", "to"), ("start", "end"), ("period_start", "period_end"), ("period_start", "date"),
    ("active_from", "active_to"), ("territory_from", "territory_to"), ("declared", "status_date"),
    ("joined", "joined_latest"),
)  # fmt: skip
# Columns whose numbers may not fall from one to the next.
RANGES = (("low", "best", "high"), ("killed_low", "killed_high"))
# The oldest period in the tables begins in 1980: a date before it is a slip of the pen.
_EARLIEST = datetime.date(1980, 1, 1)


def checks_for(dataset: Dataset, name: str) -> list[Check]:
    """The rules that apply to the table `name` of `dataset`, chosen by the columns its schema has."""
    fields = dataset.resource(name)["schema"]["fields"]
    last = datetime.date.fromisoformat(dataset.package()["created"][:10])
    columns = {field["name"] for field in fields}
    checks: list[Check] = []
    for field in fields:
        if field["type"] == "date":
            checks.append(DatePossible(column=field["name"], latest=last))
        if target := field.get("references"):
            known = dataset.known(target["resource"], target["field"])
            checks.append(ReferencesKnown(column=field["name"], target=target, known=known))
    checks += [RangeInOrder(columns=names) for names in RANGES if columns.issuperset(names)]
    checks += [DatesInOrder(first=a, last=b) for a, b in DATE_PAIRS if {a, b} <= columns]
    checks += [
        PrecisionHonoured(column=c.removesuffix("_precision")) for c in sorted(columns) if _is_precision(c, columns)
    ]
    if {"place_id", "from", "to"} <= columns:
        checks.append(StintsApart())
    if {"governorate", "country"} <= columns:
        checks.append(GovernorateInCountry(outlines=Outlines(dataset)))
    if {"lat", "lon", "country"} <= columns:
        checks.append(PointInCountry(outlines=Outlines(dataset)))
    checks.append(RowsApart())
    if "source_ids" in columns and name != "sources":
        checks.append(SourcesNotOlder(newest=_newest(dataset)))
    return checks + sense.checks(dataset, name)


def _is_precision(column, columns):
    return column.endswith("_precision") and column.removesuffix("_precision") in columns


@attrs.define(kw_only=True, repr=False)
class DatePossible(Check):
    """A date lies neither before the oldest period covered nor after the dataset was made."""

    type = "date-possible"
    Errors = [errors.CellError]
    column: str = ""
    latest: datetime.date = datetime.date.max

    def validate_row(self, row):
        date = row[self.column]
        if date is not None and not _EARLIEST <= date <= self.latest:
            note = f"{date} is not between {_EARLIEST} and {self.latest}, when the dataset was made. Correct it"
            yield errors.CellError.from_row(row, note=note, field_name=self.column)


@attrs.define(kw_only=True, repr=False)
class ReferencesKnown(Check):
    """Each value of a column that points elsewhere is there, also where one cell holds several.

    A foreign key of the Data Package standard cannot do this: it compares whole cells.
    """

    type = "reference-unknown"
    Errors = [errors.CellError]
    column: str = ""
    target: dict = attrs.field(factory=dict)
    known: frozenset[str] = frozenset()

    def validate_row(self, row):
        cell = row[self.column] or ""
        delimiter = self.target.get("delimiter")
        for value in cell.split(delimiter) if delimiter else [cell]:
            if value and value not in self.known:
                note = f"{value!r} is not in the column {self.target['field']!r} of {self.target['resource']!r}"
                note += f". {nearest(value, self.known)}Add it there or correct it"
                yield errors.CellError.from_row(row, note=note, field_name=self.column)
        if delimiter and len(set(cell.split(delimiter))) < len(cell.split(delimiter)):
            yield errors.CellError.from_row(row, note="it names one twice. Name it once", field_name=self.column)


@attrs.define(kw_only=True, repr=False)
class RangeInOrder(Check):
    """low <= best <= high, and at least one of them is given."""

    type = "range-order"
    Errors = [errors.CellError]
    columns: tuple[str, ...] = ()

    def validate_row(self, row):
        given = [(name, row[name]) for name in self.columns if row[name] is not None]
        if not given and "best" in self.columns and not row.get("status"):
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
        # An end known only to the month, quarter or year stands on that period's first day.
        if a is not None and b is not None and b < _period_start(a, row.get(f"{self.last}_precision")):
            note = f"it ends ({b}) before it starts ({a}). Correct one of the dates"
            yield errors.CellError.from_row(row, note=note, field_name=self.last)


@attrs.define(kw_only=True, repr=False)
class PrecisionHonoured(Check):
    """A date known to the month, quarter or year stands on that period's first day, and says so."""

    type = "precision"
    Errors = [errors.CellError]
    column: str = ""

    def validate_row(self, row):
        date, precision = row[self.column], row[f"{self.column}_precision"]
        if date is None:
            return
        if not precision:
            note = f"{self.column}_precision is empty. Say day, month, quarter or year"
            yield errors.CellError.from_row(row, note=note, field_name=f"{self.column}_precision")
        elif date != _period_start(date, precision):
            note = f"its precision is {precision}, so it must be the first day of the {precision}. Correct one of them"
            yield errors.CellError.from_row(row, note=note, field_name=self.column)


def _period_start(date: datetime.date, precision: str | None) -> datetime.date:
    """The first day of the month, quarter or year in which `date` lies; for any other precision `date` itself."""
    first_month = {"month": date.month, "quarter": date.month - (date.month - 1) % 3, "year": 1}.get(precision or "")
    return date if first_month is None else date.replace(month=first_month, day=1)


@attrs.define(kw_only=True, repr=False)
class StintsApart(Check):
    """A place's stints of control do not overlap."""

    type = "stint-overlap"
    Errors = [errors.CellError]
    _stints: dict = attrs.field(factory=lambda: defaultdict(list))

    def validate_row(self, row):
        if row["from"] is not None:
            self._stints[row["place_id"]].append(row)
        yield from ()

    def validate_end(self):
        for rows in self._stints.values():
            for first, second in pairwise(sorted(rows, key=lambda row: row["from"])):
                if first["to"] is None or first["to"] > second["from"]:
                    note = f"it overlaps the stint {second['id']!r}, which starts {second['from']}. Correct a date"
                    yield errors.CellError.from_row(first, note=note, field_name="to")


# The base map is simplified to 0.01 degree; a place on the border may fall that far outside it.
_TOLERANCE = {"countries": 0.03, "governorates": 0.05}


class Outlines:
    """Where a point in a country or governorate may lie.

    The base map has the countries that lie wholly on it (`whole_countries` of its descriptor) and their governorates;
    for other countries the descriptor's `boxes` have south, west, north and east.
    """

    def __init__(self, dataset: Dataset):
        self._dataset = dataset
        self.names = tuple(dataset.base_map_resource().get("whole_countries", ()))
        self._boxes = dataset.base_map_resource().get("boxes", {})

    def contain(self, country: str, lat: float, lon: float) -> bool:
        """Whether a point lies in a country, widened by the map's tolerance; one nothing is known of holds all."""
        if country in self.names:
            return _has(_outline(self._dataset, "countries", "name", country), lat, lon)
        south, west, north, east = self._boxes.get(country, (-90, -180, 90, 180))
        return south <= lat <= north and west <= lon <= east

    def country_of(self, governorate: str) -> str | None:
        """The country of a governorate on the base map; None if there is none of that name."""
        regions = self._dataset.base_map()["objects"]["governorates"]["geometries"]
        of = {region["properties"]["name_en"]: region["properties"].get("country") for region in regions}
        return of.get(governorate)

    def governorate_contains(self, governorate: str, lat: float, lon: float) -> bool:
        """Whether a point lies in a governorate, widened by the tolerance."""
        return _has(_outline(self._dataset, "governorates", "name_en", governorate), lat, lon)


def _has(outline, lat, lon):
    from shapely import Point  # here, because only these rules need it and it is slow to import

    return outline.contains(Point(lon, lat))


@cache
def _outline(dataset, layer, key, name):
    from shapely import prepare
    from shapely.geometry import shape
    from shapely.ops import unary_union

    topology = dataset.base_map()
    geometries = topology["objects"][layer]["geometries"]
    parts = [shape(_geojson(topology, g)).buffer(0) for g in geometries if g["properties"][key] == name]
    outline = unary_union(parts).buffer(_TOLERANCE[layer])
    prepare(outline)
    return outline


@attrs.define(kw_only=True, repr=False)
class GovernorateInCountry(Check):
    """A governorate of the base map lies in the country that the row names."""

    type = "governorate-in-country"
    Errors = [errors.CellError]
    outlines: Outlines

    def validate_row(self, row):
        lies_in = row["governorate"] and self.outlines.country_of(row["governorate"])
        if lies_in and lies_in != row["country"]:
            note = f"it lies in {lies_in}, and the row in {row['country'] or 'no country'}. Correct one of them"
            yield errors.CellError.from_row(row, note=note, field_name="governorate")


@attrs.define(kw_only=True, repr=False)
class PointInCountry(Check):
    """A point lies in the country and the governorate that the row names."""

    type = "point-in-country"
    Errors = [errors.CellError]
    outlines: Outlines

    def validate_row(self, row):
        place, governorate = self.outlines, row.get("governorate")
        country = row["country"]
        if (row["lat"] is None) != (row["lon"] is None):
            empty = "lat" if row["lat"] is None else "lon"
            yield errors.CellError.from_row(row, note="lat and lon go together. Give both or none", field_name=empty)
            return
        lies_in = governorate and place.country_of(governorate)
        if row["lat"] is None:
            return
        lat, lon = float(row["lat"]), float(row["lon"])
        point = f"the point ({row['lat']}, {row['lon']}) is outside"
        if country and not place.contain(country, lat, lon):
            note = f"{point} {country}. Correct lat, lon or country"
            yield errors.CellError.from_row(row, note=note, field_name="lat")
        elif lies_in and not place.governorate_contains(governorate, lat, lon):
            note = f"{point} {governorate} on the base map. Correct lat, lon or governorate"
            yield errors.CellError.from_row(row, note=note, field_name="lat")
        elif country in place.names and not governorate and "governorate" in row.field_names:
            note = "the row has a point and no governorate. Name the one in which it lies"
            yield errors.CellError.from_row(row, note=note, field_name="governorate")


@attrs.define(kw_only=True, repr=False)
class RowsApart(Check):
    """No row is another over again under a new id."""

    type = "row-again"
    Errors = [errors.CellError]
    _first: dict = attrs.field(factory=dict)

    def validate_row(self, row):
        told = tuple(row[name] for name in row.field_names if name not in ("id", "note"))
        if not any(told):
            return
        known = self._first.setdefault(told, row["id"])
        if known != row["id"]:
            note = f"it is the row {known!r} over again. Take one out, or tell them apart"
            yield errors.CellError.from_row(row, note=note, field_name="id")


# Columns with the day on which something happened, which a source that tells of it cannot be older than.
HAPPENED = ("date", "end_date", "from", "to", "start", "end", "declared", "status_date", "territory_to", "joined")


@attrs.define(kw_only=True, repr=False)
class SourcesNotOlder(Check):
    """A row is not older news than all its sources. `newest` has the last day of each source, None for an undated one."""

    type = "source-older"
    Errors = [errors.CellError]
    newest: dict = attrs.field(factory=dict)

    def validate_row(self, row):
        days = [self.newest.get(one) for one in (row["source_ids"] or "").split(";") if one]
        dated = [day for day in days if day is not None]
        if not days or dated != days:
            return
        last = max(dated)
        for column in HAPPENED:
            if isinstance(row.get(column), datetime.date) and row[column] > last:
                note = f"its newest source is of {last}, so it cannot tell of it. Correct a date, or add a source"
                yield errors.CellError.from_row(row, note=note, field_name=column)
        end = row.get("period_end")  # the count of a year or month may come out in its last days
        if isinstance(end, datetime.date) and end.year > last.year:
            note = f"its newest source is of {last}. Correct a date, or add a source"
            yield errors.CellError.from_row(row, note=note, field_name="period_end")


def _newest(dataset):
    rows = dataset.cells("sources", ("id", "date", "date_precision"))
    return {
        one: _period_end(datetime.date.fromisoformat(date), precision) if date else None
        for one, date, precision in rows
    }


def _period_end(date, precision):
    """The last day of the month, quarter or year in which `date` lies; for any other precision `date` itself."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(precision)
    if months is None:
        return date
    first = _period_start(date, precision)
    after = first.month - 1 + months
    return datetime.date(first.year + after // 12, after % 12 + 1, 1) - datetime.timedelta(days=1)


def _geojson(topology, geometry):
    """A TopoJSON (multi)polygon as GeoJSON, arcs joined and coordinates scaled."""
    arcs = [_coordinates(topology, arc) for arc in topology["arcs"]]

    def ring(indices):
        points: list[tuple] = []
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
