"""The dataset for other programs, each file opened by one that did not write it: openpyxl, SQLite's own checks, DuckDB."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT

from coursebook import course
from coursebook.build import Build
from coursebook.dataset import ids
from coursebook.editions.packages import data as packages
from coursebook.editions.packages.content import Materials

pytestmark = [pytest.mark.book, pytest.mark.xdist_group("packages")]
DATA = course.data()


@pytest.fixture(scope="module")
def out(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    book = Build(ROOT)
    book.check_data()
    packages.make(Materials(book), folder)
    return folder / packages.FOLDER


def only(out: Path, pattern: str) -> Path:
    (path,) = out.glob(pattern)
    return path


@pytest.fixture(scope="module")
def workbook(out):
    return openpyxl.load_workbook(only(out, "*.xlsx"))


@pytest.fixture(scope="module")
def database(out):
    with sqlite3.connect(only(out, "*.sqlite")) as connection:
        yield connection


def test_excel_opens_on_the_dictionary_and_has_every_table(workbook):
    assert workbook.sheetnames == ["Dictionary", "Tables", *DATA.tables()]
    described = {row[:2] for row in workbook["Dictionary"].iter_rows(min_row=2, values_only=True)}
    assert described == {(table, name) for table in DATA.tables() for name in packages.fields(DATA, table)}


@pytest.mark.parametrize("table", DATA.tables())
def test_a_sheet_holds_the_table_with_its_types(workbook, table):
    """Text stays text, also where Excel would see a date or a formula; a day is a day."""
    frame, sheet = DATA.load(table), workbook[table]
    head, *rows = sheet.iter_rows()
    assert [cell.value for cell in head][: len(frame.columns)] == list(frame.columns)
    kinds = {"string": {"s"}, "date": {"d"}, "integer": {"n"}, "number": {"n"}, "boolean": {"b"}}
    types = [field["type"] for field in packages.fields(DATA, table).values()]
    for row, expected in zip(rows, frame.itertuples(index=False), strict=True):
        for cell, value, kind in zip(row, expected, types, strict=False):
            assert (cell.value is None) == (pd.isna(value) or value == "")
            if cell.value is not None:
                assert cell.data_type in kinds[kind]
                assert cell.value == (value.to_pydatetime() if kind == "date" else value)


def test_each_row_in_excel_names_its_sources(workbook):
    for table in DATA.tables():
        head, *rows = workbook[table].iter_rows(values_only=True)
        if "source_ids" in head:
            for row in rows:
                keys, words = row[head.index("source_ids")], row[head.index("sources")]
                assert len(ids(keys)) == (words.count("; ") + 1 if words else 0) or ";" in words


def test_nothing_that_looks_like_a_formula_is_one(tmp_path):
    frame = pd.DataFrame({"id": ["=1+1", "+x", "-y", "@z", "1-2", "ok"], "n": [-1.5, 2, 3, 4, 5, 6]})
    read = list(csv.reader(io.StringIO(packages.excel_csv(frame).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in read[1:]] == ["'=1+1", "'+x", "'-y", "'@z", "1-2", "ok"]
    assert read[1][1] == "-1,5"


def test_the_database_is_sound_and_its_keys_hold(database):
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    for table in DATA.tables():
        assert database.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (DATA.resource(table)["rows"],)


def test_the_database_refuses_a_row_whose_source_is_unknown(out, tmp_path):
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(only(out, "*.sqlite").read_bytes())
    connection = sqlite3.connect(copy)
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO events_source_ids VALUES ('aqi-2004-10', 9, 'no-such-source')")
    connection.close()


def test_a_view_has_the_name_that_the_lessons_code_gives_its_table(database):
    views = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert {"stints", "monthly", "ties", "counts_displacement", "counts_air_operations"} <= views
    rows = database.execute("SELECT place, sources FROM stints").fetchall()
    assert len(rows) == DATA.resource("town_control")["rows"] and all(sources for _, sources in rows)


@pytest.mark.parametrize("table", DATA.tables())
def test_parquet_holds_the_table_for_another_program(out, table, tmp_path):
    with zipfile.ZipFile(only(out, "*parquet.zip")) as archive:
        path = archive.extract(f"{table}.parquet", tmp_path)
    frame = DATA.load(table)
    columns = packages.fields(DATA, table)
    read = duckdb.sql(f"SELECT * FROM '{path}'")
    assert read.columns == list(columns)
    kinds = dict(zip(read.columns, map(str, read.types), strict=True))
    several = packages.lists(columns)
    expected = {"date": "DATE", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "string": "VARCHAR"}
    assert kinds == {n: "VARCHAR[]" if n in several else expected[f["type"]] for n, f in columns.items()}
    rows = read.fetchall()
    assert len(rows) == len(frame)
    for name in several:
        place = read.columns.index(name)
        assert [tuple(row[place] or ()) for row in rows] == [ids(cell) for cell in frame[name]]


def test_csv_for_excel_reads_as_the_table_where_the_comma_is_decimal(out):
    with zipfile.ZipFile(only(out, "*semicolon.zip")) as archive:
        for table in DATA.tables():
            text = archive.read(f"{table}.csv")
            assert text.startswith(b"\xef\xbb\xbf")
            read = pd.read_csv(io.BytesIO(text), sep=";", decimal=",", encoding="utf-8-sig")
            frame = DATA.load(table)
            assert list(read.columns) == list(frame.columns) and len(read) == len(frame)
            for name in frame.select_dtypes("number"):
                assert read[name].dropna().tolist() == pytest.approx(frame[name].dropna().tolist())


def test_no_text_of_the_dataset_would_become_a_day_in_excel():
    """Excel takes '1-2', '3/4' and 'Mar 5' for days when it opens a CSV; the dataset has no such cell."""
    for table in DATA.tables():
        frame = DATA.load(table)
        for name, field in packages.fields(DATA, table).items():
            if field["type"] == "string":
                cells = frame[name].dropna().astype(str)
                taken = cells[
                    cells.str.fullmatch(
                        r"\d{1,4}[-/.]\d{1,4}([-/.]\d{1,4})?|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,4}|\d+[eE]\d+"
                    )
                ]
                assert taken.empty, f"{table}.{name}: {taken.tolist()[:3]}"
