"""The only door to the dataset.

`load(name)` returns a table of `data/` as a typed pandas frame after checking it. A table that breaks a rule does
not load: the error names file, row, column, value and what to do. The columns, units and caveats of each table
are documented in `data/datapackage.json`, from which the book's data dictionary page is made.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pandas as pd
from frictionless import Checklist, Package

from caliphate_course.data.errors import DataError
from caliphate_course.data.rules import checks_for
from caliphate_course.data.text import check_cells, check_text

__all__ = [
    "CHECKED",
    "DataError",
    "base_map",
    "best_first",
    "check",
    "directory",
    "ids",
    "load",
    "package",
    "resource",
    "source_ids",
    "sources",
    "state",
    "tables",
]

# Set by the build for the processes it starts, to the `state` of the dataset that it has checked: a page has dozens of
# figures in its sentences, a book twenty kernels, and none of them need check every table again.
CHECKED = "CALIPHATE_COURSE_DATA_CHECKED"
_PACKAGE = Path(__file__).parents[1]
_DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean", "date": "str"}


def directory() -> Path:
    """Where the CSV files are: beside the repository's package, or inside an installed wheel."""
    installed = _PACKAGE / "_data"
    return installed if installed.is_dir() else _PACKAGE.parent / "data"


@cache
def _descriptor(folder: Path) -> dict:
    path = folder / "datapackage.json"
    check_text(path)
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        place = f"{folder.name}/{path.name}, line {error.lineno}, column {error.colno}"
        raise DataError(f"{place}: this is not JSON: {error.msg}. Correct it there or just before.") from error
    for key in ("created", "resources"):
        if key not in descriptor:
            raise DataError(f"{folder.name}/{path.name}: there is no {key!r}. Restore it.")
    return descriptor


def package() -> dict:
    """The Data Package descriptor (`datapackage.json`) as a dict. Raises DataError if it is none."""
    return _descriptor(directory())


def tables() -> list[str]:
    """Names of all tables, in the order of the data package."""
    return [resource["name"] for resource in package()["resources"] if resource.get("type") == "table"]


def resource(name: str) -> dict:
    """The descriptor of one table. Raises DataError naming the known tables if there is none of that name."""
    for candidate in package()["resources"]:
        if candidate["name"] == name and candidate.get("type") == "table":
            return candidate
    raise DataError(f"There is no table {name!r}. The tables are: {', '.join(tables())}.")


def load(name: str) -> pd.DataFrame:
    """Table `name` as a frame: one column per field of its schema, in the schema's order.

    Dates are `datetime64`, whole numbers `Int64`, numbers `float64`, flags `boolean`, everything else `str`;
    an empty cell is missing. Each call returns a fresh copy.

    Raises DataError for an unknown table or one that breaks a rule.
    """
    return _load(directory(), name).copy()


def state(folder: Path) -> str:
    """A digest of the files of the dataset in `folder`: another one means that something in them has changed."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return hashlib.sha256(b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in files)).hexdigest()


@cache
def _is_checked(folder: Path) -> bool:
    """Whether the build that started this process has checked the dataset in `folder` as it is now."""
    return CHECKED in os.environ and os.environ[CHECKED] == state(folder)


@cache
def _load(folder: Path, name: str) -> pd.DataFrame:
    if not _is_checked(folder):
        _check_table(folder, name)
    descriptor = resource(name)
    fields = {field["name"]: field["type"] for field in descriptor["schema"]["fields"]}
    frame = pd.read_csv(
        folder / descriptor["path"],
        dtype={column: _DTYPES[kind] for column, kind in fields.items()},
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
    )
    for column, kind in fields.items():
        if kind == "date":
            frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
    return frame


def check() -> dict[str, int]:
    """Check every table of the package; returns rows per table. Raises DataError with all faults found."""
    faults, rows = [], {}
    for name in tables():
        try:
            rows[name] = len(_load(directory(), name))
        except DataError as error:
            faults.append(str(error))
    if faults:
        raise DataError("\n".join(faults))
    return rows


def _check_table(folder: Path, name: str):
    descriptor = resource(name)
    check_text(folder / descriptor["path"])
    check_cells(folder / descriptor["path"], descriptor["schema"]["fields"])
    checks = checks_for(
        descriptor,
        latest=package()["created"],
        known=lambda target: _known(folder, target["resource"], target["field"]),
    )
    report = _with_what_it_points_to(folder, name).get_resource(name).validate(Checklist(checks=checks))
    errors = [error for task in report.tasks for error in task.errors]
    if errors:
        raise DataError.from_frictionless(folder.name, descriptor, errors)


def _with_what_it_points_to(folder: Path, name: str) -> Package:
    """A package of a table and the tables of its foreign keys: frictionless takes long to read all descriptors."""
    keys = resource(name)["schema"].get("foreignKeys", [])
    needed = {name, *(key["reference"]["resource"] for key in keys)}
    resources = [r for r in package()["resources"] if r["name"] in needed]
    return Package({**package(), "resources": resources}, basepath=str(folder))


@cache
def _known(folder: Path, name: str, field: str) -> frozenset[str]:
    """Values a column may point to: those of a column of table `name`, or the names on the base map."""
    if name == "base_map":
        return frozenset(g["properties"][field] for g in base_map()["objects"]["governorates"]["geometries"])
    path = folder / resource(name)["path"]
    check_text(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if field not in (rows.fieldnames or []):
            raise DataError(f"{folder.name}/{path.name}, row 1: there is no column {field!r}. Restore it.")
        return frozenset(row[field] for row in rows if row[field])


def ids(cell: object) -> tuple[str, ...]:
    """The ids that a cell such as one of `source_ids` holds, of which there are none in an empty or missing one."""
    return tuple(cell.split(";")) if isinstance(cell, str) and cell else ()


def source_ids(frame: pd.DataFrame) -> list[str]:
    """Ids in the `source_ids` column of `frame`, those used by most rows first. Raises DataError if it lacks the column."""
    if "source_ids" not in frame:
        raise DataError(f"These rows have no column 'source_ids', only: {', '.join(frame.columns)}. Keep it in them.")
    return [one for one, _ in Counter(one for cell in frame["source_ids"] for one in ids(cell)).most_common()]


def best_first(found: pd.DataFrame) -> pd.DataFrame:
    """Rows of `sources()` with primary and research sources before press, reposts and encyclopaedias."""
    kind = next(field for field in resource("sources")["schema"]["fields"] if field["name"] == "kind")
    rank = kind["constraints"]["enum"].index  # datapackage.json lists first what a reader should see named first
    return found.sort_values("kind", key=lambda kinds: kinds.map(rank), kind="stable")


def sources(wanted: Iterable[str]) -> pd.DataFrame:
    """Rows of the `sources` table for the ids `wanted`, in that order, indexed by id, with a `year` column ('n.d.' if
    unknown).

    Raises DataError for an id the table does not hold.
    """
    table = _sources_by_id(directory())
    wanted = list(dict.fromkeys(wanted))
    unknown = [one for one in wanted if one not in table.index]
    if unknown:
        raise DataError(f"data/sources.csv has no source {unknown[0]!r}. Add it there or correct the id.")
    return table.loc[wanted].copy()


@cache
def _sources_by_id(folder: Path) -> pd.DataFrame:
    table = _load(folder, "sources").set_index("id")
    years = table["date"].dt.year.astype("Int64").astype("str")
    return table.assign(year=years.where(table["date"].notna(), "n.d."))


@cache
def base_map() -> dict:
    """The base map of Iraq and Syria as TopoJSON.

    Objects: countries, governorates, rivers, lakes. Made with Natural Earth (public domain).
    """
    return json.loads((directory() / "iraq_syria.topojson").read_text(encoding="utf-8"))
