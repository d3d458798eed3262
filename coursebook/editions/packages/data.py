"""The dataset for other programs: one Excel file, one SQLite database, Parquet, and CSV as Excel opens it in Europe.

Types are those of the data package in each of them, a row names its sources in words or by key, and the dictionary
goes along.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import xlsxwriter
from pyarrow import parquet

from coursebook import course
from coursebook.dataset import Dataset, ids
from coursebook.editions.packages.archive import write_zip
from coursebook.editions.packages.content import Materials
from coursebook.pages.reference_pages import column_words

FOLDER = "data"
SQL_TYPES = {"string": "TEXT", "date": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
ARROW_TYPES = {"date": pa.date32(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
DICTIONARY = ("table", "column", "type", "unit", "required", "meaning", "allowed")
LOADS = re.compile(r"""^(\w+) = data\.load\(["'](\w+)["']\)""", re.MULTILINE)
DATE_FORMAT = "yyyy-mm-dd"
WIDEST, NARROWEST = 60, 8  # of a column in Excel, in characters
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def make(materials: Materials, out: Path) -> None:
    """Write all of it into the folder `data`, with names that begin as the dataset's archive does."""
    folder, name = out / FOLDER, Path(course.current().archive).stem
    folder.mkdir()
    data = course.data()
    write_xlsx(data, materials.about, folder / f"{name}.xlsx")
    write_sqlite(data, chapters_names(materials), folder / f"{name}.sqlite")
    write_zip(folder / f"{name}-parquet.zip", {f"{table}.parquet": parquet_of(data, table) for table in data.tables()})
    csv = {f"{table}.csv": excel_csv(data.load(table)) for table in data.tables()}
    write_zip(folder / f"{name}-csv-semicolon.zip", csv)


def fields(data: Dataset, table: str) -> dict[str, dict]:
    """The descriptors of a table's columns by name."""
    return {field["name"]: field for field in data.resource(table)["schema"]["fields"]}


def dictionary(data: Dataset) -> list[list[str]]:
    """A row per column of each table, as DICTIONARY names them."""
    rows = []
    for table in data.tables():
        for field in fields(data, table).values():
            words = column_words(field, data.resource(table))
            words = {key: value.replace("`", "") for key, value in words.items() if isinstance(value, str)}
            required = "yes" if field.get("constraints", {}).get("required") else ""
            rows.append([table, *({**words, "required": required}[key] for key in DICTIONARY[1:])])
    return rows


def sources_in_words(data: Dataset, cells) -> list[str]:
    """For each cell of ids its sources: 'BBC News (2017); RAND (n.d.)'."""
    rows = data.sources(data.load("sources")["id"])
    named = {row.Index: f"{row.publisher} ({row.year})" for row in rows.itertuples()}
    return ["; ".join(named[one] for one in ids(cell)) for cell in cells]


# Excel -----------------------------------------------------------------------------------------------------------------


def write_xlsx(data: Dataset, about: dict, path: Path) -> None:
    """A sheet of what each column means, then one per table. Text is text there: no formula, no link, no guessed date."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        day = date.fromisoformat(about["released"])
        book.set_properties({"title": data.package()["title"], "author": about["author"], "created": day})
        formats = {name: book.add_format(look) for name, look in LOOKS.items()}
        _sheet(book, "Dictionary", list(DICTIONARY), dictionary(data), formats)
        _sheet(book, "Tables", ["table", "rows", "title", "what a row is"], _overview(data, about), formats)
        for table in data.tables():
            frame = data.load(table)
            if "source_ids" in frame:
                frame = frame.assign(sources=sources_in_words(data, frame["source_ids"]))
            _sheet(book, table, list(frame.columns), frame.itertuples(index=False), formats)


LOOKS = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EEEEEE"},
    "text": {"valign": "top", "text_wrap": True},
    "date": {"valign": "top", "num_format": DATE_FORMAT, "align": "left"},
    "number": {"valign": "top"},
}


def _overview(data: Dataset, about: dict) -> list[list]:
    tables = [data.resource(name) for name in data.tables()]
    told = f"{data.package()['title']}, version {about['version']}, {about['licence']}. {data.package()['description']}"
    rows = [[one["name"], one["rows"], one["title"], one["description"].replace("`", "")] for one in tables]
    return [*rows, ["", sum(one["rows"] for one in tables), "All tables", told]]


def _sheet(book, name: str, head: list[str], rows, formats: dict) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, head, formats["head"])
    widths = [max(NARROWEST, len(one)) for one in head]
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write_cell(sheet, last, column, value, formats)
            widths[column] = max(widths[column], min(WIDEST, len(str(value))))
    sheet.autofilter(0, 0, last, len(head) - 1)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _write_cell(sheet, row: int, column: int, value, formats: dict) -> None:
    if pd.isna(value) or value == "":
        return
    if isinstance(value, (bool, np.bool_)):
        sheet.write_boolean(row, column, value, formats["number"])
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, column, value.to_pydatetime(), formats["date"])
    elif isinstance(value, (int, float)) or hasattr(value, "item"):
        sheet.write_number(row, column, value, formats["number"])
    else:
        sheet.write_string(row, column, value, formats["text"])


# SQLite ----------------------------------------------------------------------------------------------------------------


def chapters_names(materials: Materials) -> dict[str, str]:
    """Tables by the names that the lessons' code gives them; where two tables have one name, the table's is added."""
    found: dict[str, set[str]] = defaultdict(set)
    for page in materials.book.pages():
        for name, table in LOADS.findall(page.read_text(encoding="utf-8")):
            found[name].add(table)
    named = {}
    for name, tables in found.items():
        named |= {name if len(tables) == 1 else f"{name}_{table}": table for table in tables}
    return {name: table for name, table in sorted(named.items()) if name not in course.data().tables()}


def write_sqlite(data: Dataset, names: dict[str, str], path: Path) -> None:
    """Tables with their keys; a column that holds several keys has a table of pairs beside it; a view for each of `names`.

    A view shows its table with the sources of each row in words. Dates are text in ISO 8601.
    """
    database = sqlite3.connect(path)
    with database:
        for table in data.tables():
            _make_table(database, data, table)
        for name, table in names.items():
            database.execute(
                f"CREATE VIEW \"{name}\" AS SELECT t.*, (SELECT group_concat(s.publisher || ': ' || s.title, '; ') "
                f'FROM "{table}_source_ids" l JOIN sources s ON s.id = l.value WHERE l.row_id = t.id) AS sources '
                f'FROM "{table}" t'
            )
        columns = ", ".join(f'"{name}" TEXT' for name in DICTIONARY)
        database.execute(f"CREATE TABLE dictionary ({columns})")
        database.executemany(f"INSERT INTO dictionary VALUES ({_marks(DICTIONARY)})", dictionary(data))
        database.execute("CREATE TABLE tables (name TEXT PRIMARY KEY, title TEXT, description TEXT)")
        told = [[one[key] for key in ("name", "title", "description")] for one in map(data.resource, data.tables())]
        database.executemany("INSERT INTO tables VALUES (?, ?, ?)", told)
    wrong = database.execute("PRAGMA foreign_key_check").fetchone()
    database.execute("VACUUM")
    database.close()
    if wrong:
        raise ValueError(f"{path.name}: a key of table {wrong[0]} points to no row of {wrong[2]}.")


def _make_table(database, data: Dataset, table: str) -> None:
    frame, columns = data.load(table), fields(data, table)
    lines = [f'"{name}" {_sql_type(name, field)}' for name, field in columns.items()]
    for key in data.resource(table)["schema"].get("foreignKeys", []):
        target = key["reference"]["resource"] or table
        lines.append(f'FOREIGN KEY ("{key["fields"][0]}") REFERENCES "{target}" ("{key["reference"]["fields"][0]}")')
    database.execute(f'CREATE TABLE "{table}" ({", ".join(lines)})')
    rows = [[_sql_value(value) for value in row] for row in frame.itertuples(index=False)]
    database.executemany(f'INSERT INTO "{table}" VALUES ({_marks(columns)})', rows)
    for name, target in lists(columns).items():
        database.execute(
            f'CREATE TABLE "{table}_{name}" (row_id TEXT NOT NULL REFERENCES "{table}" (id), position INTEGER NOT NULL, '
            f'value TEXT NOT NULL REFERENCES "{target["resource"]}" ("{target["field"]}"), PRIMARY KEY (row_id, value))'
        )
        pairs = [
            (row, place, one)
            for row, cell in zip(frame["id"], frame[name], strict=True)
            for place, one in enumerate(ids(cell), start=1)
        ]
        database.executemany(f'INSERT INTO "{table}_{name}" VALUES (?, ?, ?)', pairs)


def lists(columns: dict[str, dict]) -> dict[str, dict]:
    """The columns that hold several keys, and what these point to."""
    return {name: field["references"] for name, field in columns.items() if "delimiter" in field.get("references", {})}


def _sql_type(name: str, field: dict) -> str:
    key = " PRIMARY KEY" if name == "id" else ""
    return SQL_TYPES[field["type"]] + key + (" NOT NULL" if field.get("constraints", {}).get("required") else "")


def _sql_value(value):
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return value.item() if hasattr(value, "item") else value


def _marks(columns) -> str:
    return ", ".join("?" * len(columns))


# Parquet and CSV -------------------------------------------------------------------------------------------------------


def parquet_of(data: Dataset, table: str) -> bytes:
    """A table as a Parquet file: days are days, several keys are a list, what a column means stands with it."""
    frame, columns = data.load(table), fields(data, table)
    several = lists(columns)
    arrays, described = [], []
    for name, field in columns.items():
        kind = pa.list_(pa.string()) if name in several else ARROW_TYPES.get(field["type"], pa.string())
        cells = [list(ids(cell)) for cell in frame[name]] if name in several else frame[name]
        arrays.append(pa.array(cells, kind, from_pandas=True))
        described.append(
            pa.field(name, kind, metadata={"description": column_words(field, data.resource(table))["meaning"]})
        )
    about = {key: data.resource(table)[key] for key in ("title", "description")}
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(arrays, pa.schema(described, metadata=about)), sink)
    return sink.getvalue().to_pybytes()


def excel_csv(frame: pd.DataFrame) -> bytes:
    """A table as Excel opens it by double-click where the comma is the decimal sign, as in German and Turkish.

    Semicolons between columns, a byte order mark, an apostrophe before what would be a formula.
    """
    text = frame.select_dtypes(include=["object", "string"]).columns
    safe = {name: [f"'{one}" if str(one).startswith(STARTS_FORMULA) else one for one in frame[name]] for name in text}
    written = frame.assign(**safe).to_csv(
        index=False, sep=";", decimal=",", lineterminator="\r\n", date_format="%Y-%m-%d"
    )
    return b"\xef\xbb\xbf" + written.encode("utf-8")
