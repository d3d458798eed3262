"""The only door to a dataset: a folder of CSV tables that a Data Package descriptor documents.

`Dataset(folder).load(name)` returns a table as a typed pandas frame after checking it. A table that breaks a rule does
not load: the error names file, row, column, value and what to do. Columns, units and caveats of each table stand in the
folder's `datapackage.json`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import pandas as pd

from coursebook.dataset.descriptor import check_form, check_whole, read_map
from coursebook.dataset.errors import DataError, nearest
from coursebook.dataset.frame import ColumnError, Frame
from coursebook.dataset.text import check_cells, check_text

__all__ = ["CHECKED", "BASE_MAP", "DESCRIPTOR", "ColumnError", "DataError", "Dataset", "ids", "source_ids"]

# Set by the build for the processes it starts, to the `state` of the dataset that it has checked: a page has dozens of
# figures in its sentences, a book twenty kernels, and none of them need check every table again.
CHECKED = "COURSEBOOK_DATA_CHECKED"
DESCRIPTOR, BASE_MAP = "datapackage.json", "base_map"
_DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "boolean": "boolean", "date": "str"}


class Dataset:
    """The tables in `folder`, which holds a `datapackage.json`, a table `sources` and, if it has one, a base map."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self._tables: dict[str, tuple[tuple, pd.DataFrame]] = {}
        self._by_id: tuple[pd.DataFrame, pd.DataFrame] | None = None

    def package(self) -> dict:
        """The Data Package descriptor (`datapackage.json`) as a dict. Raises DataError if it is none."""
        return self._package

    @cached_property
    def _package(self) -> dict:
        path = self.folder / DESCRIPTOR
        check_text(path)
        try:
            descriptor = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            place = f"{self.folder.name}/{path.name}, line {error.lineno}, column {error.colno}"
            raise DataError(f"{place}: this is not JSON: {error.msg}. Correct it there or just before.") from error
        check_form(f"{self.folder.name}/{path.name}", descriptor)
        return descriptor

    def tables(self) -> list[str]:
        """Names of all tables, in the order of the data package."""
        return [resource["name"] for resource in self.package()["resources"] if resource.get("type") == "table"]

    def resource(self, name: str) -> dict:
        """The descriptor of one table. Raises DataError naming the known tables if there is none of that name."""
        for candidate in self.package()["resources"]:
            if candidate["name"] == name and candidate.get("type") == "table":
                return candidate
        raise DataError(
            f"There is no table {name!r}. {nearest(name, self.tables())}The tables are: {', '.join(self.tables())}."
        )

    def load(self, name: str) -> pd.DataFrame:
        """Table `name` as a frame: one column per field of its schema, in the schema's order.

        Dates are `datetime64`, whole numbers `Int64`, numbers `float64`, flags `boolean`, everything else `str`;
        an empty cell is missing. Each call returns a fresh copy; the file is read again when it has changed. To ask the
        frame, or rows or columns of it, for a column that it does not have raises ColumnError.

        Raises DataError for an unknown table or one that breaks a rule.
        """
        return self._table(name).copy()

    def _table(self, name: str) -> pd.DataFrame:
        path = self.folder / self.resource(name)["path"]
        written = _written(path)
        known, frame = self._tables.get(name, (None, None))
        if frame is None or known != written:
            frame = self._read(name)
            self._tables[name] = (written, frame)
        return frame

    def _read(self, name: str) -> pd.DataFrame:
        if not self._is_checked:
            self._check_table(name)
        descriptor = self.resource(name)
        fields = {field["name"]: field["type"] for field in descriptor["schema"]["fields"]}
        read = pd.read_csv(
            self.folder / descriptor["path"],
            dtype={column: _DTYPES[kind] for column, kind in fields.items()},
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8-sig",
        )
        frame = Frame(read)
        for column, kind in fields.items():
            if kind == "date":
                frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%d")
        return frame

    def state(self) -> str:
        """A digest of the dataset's files, their sizes and times: another one means that something may have changed.

        No file is opened for it: what a kernel opens is what its page depends on.
        """
        written = sorted((path.name, *_written(path)) for path in self.folder.iterdir() if path.is_file())
        return hashlib.sha256(repr(written).encode()).hexdigest()

    @cached_property
    def _is_checked(self) -> bool:
        """Whether the build that started this process has checked the dataset as it is now."""
        return CHECKED in os.environ and os.environ[CHECKED] == self.state()

    def check(self) -> dict[str, int]:
        """Check the descriptor, the base map and every table; returns rows per table. Raises DataError with all faults."""
        faults: list[str] = []
        rows = {}
        with _collected(faults):
            check_whole(self.folder, self.package())
        if any(resource["name"] == BASE_MAP for resource in self.package()["resources"]):
            with _collected(faults):
                self.base_map()
        for name in self.tables():
            with _collected(faults):
                rows[name] = len(self.load(name))
        if faults:
            raise DataError("\n".join(dict.fromkeys(faults)))  # what many tables point to is told once
        return rows

    def _check_table(self, name: str):
        from frictionless import Checklist  # here, because a dataset found right loads without it

        from coursebook.dataset.rules import checks_for

        descriptor = self.resource(name)
        check_text(self.folder / descriptor["path"])
        check_cells(self.folder / descriptor["path"], descriptor["schema"]["fields"])
        report = (
            self._with_what_it_points_to(name).get_resource(name).validate(Checklist(checks=checks_for(self, name)))
        )
        errors = [error for task in report.tasks for error in task.errors]
        if errors:
            raise DataError.from_frictionless(self.folder.name, descriptor, errors)

    def _with_what_it_points_to(self, name: str):
        """A package of a table and the tables of its foreign keys: frictionless takes long to read all descriptors."""
        from frictionless import Package

        keys = self.resource(name)["schema"].get("foreignKeys", [])
        needed = {name, *(key["reference"]["resource"] for key in keys)}
        resources = [{**r, "encoding": "utf-8-sig"} for r in self.package()["resources"] if r["name"] in needed]
        return Package({**self.package(), "resources": resources}, basepath=str(self.folder))

    def known(self, name: str, field: str) -> frozenset[str]:
        """Values a column may point to: those of a column of table `name`, or the names on the base map."""
        if name == BASE_MAP:
            regions = self.base_map()["objects"]["governorates"]["geometries"]
            return frozenset(region["properties"][field] for region in regions)
        path = self.folder / self.resource(name)["path"]
        check_text(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if field not in (rows.fieldnames or []):
                raise DataError(f"{self.folder.name}/{path.name}, row 1: there is no column {field!r}. Restore it.")
            return frozenset(row[field] for row in rows if row[field])

    def cells(self, name: str, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
        """These columns of table `name` as they are written, row by row, unchecked but for being text."""
        path = self.folder / self.resource(name)["path"]
        check_text(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [tuple(row.get(column) or "" for column in columns) for row in csv.DictReader(file)]

    def sources(self, wanted: Iterable[str]) -> pd.DataFrame:
        """Rows of the `sources` table for the ids `wanted`, in that order, indexed by id, with a `year` column ('n.d.'
        if unknown). `publisher` names also where the text was read, if that is elsewhere: "Reuters via AOL".

        Raises DataError for an id the table does not hold.
        """
        table = self._sources_by_id()
        wanted = list(dict.fromkeys(wanted))
        unknown = [one for one in wanted if one not in table.index]
        if unknown:
            path = f"{self.folder.name}/{self.resource('sources')['path']}"
            raise DataError(f"{path} has no source {unknown[0]!r}. Add it there or correct the id.")
        return table.loc[wanted].copy()

    def _sources_by_id(self) -> pd.DataFrame:
        rows = self._table("sources")
        if self._by_id is None or self._by_id[0] is not rows:  # asked for at each figure of a sentence
            table = rows.set_index("id")
            if "via" in table:
                read_at = (" via " + table["via"]).fillna("")
                table = table.assign(publisher=table["publisher"] + read_at)
            years = table["date"].dt.year.astype("Int64").astype("str")
            self._by_id = rows, table.assign(year=years.where(table["date"].notna(), "n.d."))
        return self._by_id[1]

    def sources_of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The sources of the rows of `frame`, as `sources` gives them.

        Primary and research sources come first, then press, reposts and encyclopaedias; within a kind, those of most
        rows. Raises DataError if `frame` lacks the column `source_ids` or names an unknown source.
        """
        found = self.sources(source_ids(frame))
        kind = next(field for field in self.resource("sources")["schema"]["fields"] if field["name"] == "kind")
        rank = kind["constraints"]["enum"].index  # the descriptor lists first what a reader should see named first
        return found.sort_values("kind", key=lambda kinds: kinds.map(rank), kind="stable")

    def base_map(self) -> dict:
        """The base map as TopoJSON: the resource `base_map` of the descriptor. Raises DataError if there is none.

        Objects: countries, governorates, rivers, lakes.
        """
        return self._base_map

    @cached_property
    def _base_map(self) -> dict:
        told = self.base_map_resource()
        return read_map(self.folder / told["path"], told.get("hash"))

    def base_map_resource(self) -> dict:
        """The descriptor of the base map. Raises DataError if there is none."""
        for candidate in self.package()["resources"]:
            if candidate["name"] == BASE_MAP:
                return candidate
        raise DataError(f"{self.folder.name}/{DESCRIPTOR}: there is no resource {BASE_MAP!r}. Add it.")


@contextmanager
def _collected(faults: list[str]) -> Iterator[None]:
    """Add what a DataError says to `faults` in place of raising it."""
    try:
        yield
    except DataError as error:
        faults.append(str(error))


def _written(path: Path) -> tuple:
    """When a file was written and how long it is; nothing for a file that is missing."""
    if not path.is_file():
        return ()
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def ids(cell: object) -> tuple[str, ...]:
    """The ids that a cell such as one of `source_ids` holds, of which there are none in an empty or missing one."""
    return tuple(cell.split(";")) if isinstance(cell, str) and cell else ()


def source_ids(frame: pd.DataFrame) -> list[str]:
    """Ids in the `source_ids` column of `frame`, those used by most rows first. Raises DataError if it lacks the column."""
    if "source_ids" not in frame:
        raise DataError(f"These rows have no column 'source_ids', only: {', '.join(frame.columns)}. Keep it in them.")
    return [one for one, _ in Counter(one for cell in frame["source_ids"] for one in ids(cell)).most_common()]
