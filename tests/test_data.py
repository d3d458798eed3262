"""The dataset: what every row must honour, the totals it must reproduce, and that no bad row enters unseen."""

from __future__ import annotations

import csv
import io
import re
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caliphate_course import data

TABLES = data.tables()
FIELDS = {name: data.resource(name)["schema"]["fields"] for name in TABLES}


def test_whole_package_is_valid():
    rows = data.check()
    assert set(rows) == set(TABLES)
    assert all(rows.values())


def test_every_source_is_used_by_a_row_or_cited_in_a_page():
    used = {i for name in TABLES for i in data.source_ids(data.load(name))}
    used |= set(data.load("town_control")["population_source"].dropna())
    pages = (data.directory().parent / "book").glob("*.md")
    cited = {i.strip() for page in pages for ids in re.findall(r"\{cite:?p?\}`([^`]+)`", page.read_text("utf-8"))
             for i in ids.split(",")}  # fmt: skip
    assert set(data.load("sources")["id"]) - used - cited == set()


def test_package_descriptor_is_accepted_by_frictionless_itself():
    from frictionless import validate

    report = validate(str(data.directory() / "datapackage.json"))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described(name):
    assert len(data.resource(name)["description"]) > 40
    for field in FIELDS[name]:
        assert field.get("description"), f"{name}.{field['name']} has no description"


@pytest.mark.parametrize("name", TABLES)
def test_load_returns_typed_columns(name):
    frame = data.load(name)
    kinds = {"date": "M", "integer": "i", "number": "f", "boolean": "b"}
    for field in FIELDS[name]:
        expected = kinds.get(field["type"])
        if expected:
            assert frame[field["name"]].dtype.kind == expected, f"{name}.{field['name']}"


def test_load_gives_each_caller_a_copy():
    first = data.load("events")
    first.loc[:, "title"] = "changed"
    assert "changed" not in set(data.load("events")["title"])


def test_load_works_from_any_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(data.load("sources")) > 100


def test_unknown_table_names_the_known_ones():
    with pytest.raises(data.DataError, match="town_control"):
        data.load("no_such_table")


def test_sources_are_preferred_originals():
    wrappers = re.compile(r"safelinks|bit\.ly|//t\.co/|/search\?|^https?://\d+\.\d+\.\d+\.\d+|breitbart|infowars|southfront")
    urls = data.load("sources")["url"]
    assert not urls[urls.str.contains(wrappers)].tolist()


# --- totals that published figures fix -------------------------------------------------------------------------


@pytest.mark.parametrize(("date", "count"), [("2014-12-31", 62), ("2017-11-30", 74), ("2019-02-06", 79)])
def test_membership_reproduces_the_published_counts(date, count):
    members = data.load("coalition_members")
    assert (members["joined_latest"].fillna(members["joined"]) <= pd.Timestamp(date)).sum() == count


def test_afcent_months_of_2017_sum_to_the_published_year():
    air = data.load("air_operations")
    year = air[(air["period_start"].dt.year == 2017) & (air["measure"] == "weapons_released") & (air["counter"] == "afcent")]
    months = year[(year["precision"] == "month") & ~year["cumulative"].fillna(False)]
    assert len(months) == 12
    assert abs(months["best"].sum() - 39_577) <= 1


def test_iom_totals_of_april_2019():
    displaced = data.load("displacement")
    round_ = displaced[(displaced["date"] == "2019-04-30") & (displaced["counter"] == "IOM DTM")]
    found = round_.set_index("population")["best"]
    assert found["idps"] == 1_665_108
    assert found["returnees_idp"] == 4_266_882


def test_ucdp_iraq_deaths_2004_to_2018():
    yearly = data.load("violence_governorate")
    assert yearly[(yearly["country"] == "Iraq") & yearly["year"].between(2004, 2018)]["best"].sum() == 75_072


def test_all_claims_of_the_two_articles_are_there():
    ids = set(data.load("claims")["claim_id"])
    assert ids == {f"A{n:02d}" for n in range(1, 36)} | {f"B{n:02d}" for n in range(1, 27)}


@pytest.mark.parametrize("name", [n for n in TABLES if any(f["name"] == "governorate" for f in FIELDS[n])])
def test_every_governorate_joins_the_base_map(name):
    on_map = {g["properties"]["name_en"] for g in data.base_map()["objects"]["governorates"]["geometries"]}
    assert set(data.load(name)["governorate"].dropna()) <= on_map


# --- every mutation of a table is refused with its place, or harmless by rule ------------------------------------


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pristine") / "data"
    shutil.copytree(data.directory(), folder)
    return folder


def columns_of(name, *kinds):
    return [f["name"] for f in FIELDS[name] if f["type"] in kinds]


def wrong_type(rows, row, name):
    column = (columns_of(name, "date", "number", "integer", "boolean") or [None])[0]
    return column and set_cell(rows, row, column, "not-a-value")


def missing_source(rows, row, name):
    required = [f for f in FIELDS[name] if f["name"] == "source_ids" and f.get("constraints", {}).get("required")]
    return "source_ids" if required and set_cell(rows, row, "source_ids", "") else None


def unknown_source(rows, row, name):
    return "source_ids" in rows[0] and set_cell(rows, row, "source_ids", "nobody-1900-nothing")


def unknown_enumeration(rows, row, name):
    columns = [f["name"] for f in FIELDS[name] if f.get("constraints", {}).get("enum")]
    return columns and set_cell(rows, row, columns[0], "no_such_word")


def empty_required(rows, row, name):
    columns = [f["name"] for f in FIELDS[name] if f.get("constraints", {}).get("required")]
    return set_cell(rows, row, columns[-1], "")


def duplicate_key(rows, row, name):
    set_cell(rows, row, "id", rows[1 if row == 2 else 2][rows[0].index("id")] if row != 1 else rows[2][0])
    return "id"


def swapped_range(rows, row, name):
    if not {"low", "best", "high"} <= set(rows[0]):
        return None
    set_cell(rows, row, "low", "1000000000")
    return set_cell(rows, row, "high", "1") and "low"


def set_cell(rows, row, column, value):
    rows[row][rows[0].index(column)] = value
    return column


CELL_MUTATIONS = [
    wrong_type, missing_source, unknown_source, unknown_enumeration, empty_required, duplicate_key, swapped_range,
]  # fmt: skip


def write(folder, name, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")


def read_rows(folder, name):
    return list(csv.reader((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines(keepends=True)))


def refusal(pristine, tmp_path_factory, name, change):
    """The message with which a copy of the dataset refuses table `name` after `change(folder)`, or None."""
    folder = tmp_path_factory.mktemp("mutant") / "data"
    folder.mkdir()
    for path in pristine.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / f"{name}.csv").unlink()
    shutil.copy(pristine / f"{name}.csv", folder)
    change(folder)
    try:
        data._load(folder, name)
    except data.DataError as error:
        return str(error)
    return None


@pytest.mark.parametrize("mutation", CELL_MUTATIONS, ids=lambda m: m.__name__)
@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(choice=st.randoms(use_true_random=False))
def test_a_bad_cell_is_refused_with_file_row_column_and_value(pristine, tmp_path_factory, name, mutation, choice):
    rows = read_rows(pristine, name)
    row = choice.randrange(1, len(rows))
    column = mutation(rows, row, name)
    if not column:
        return  # the table has no column of this kind, so there is nothing to spoil
    message = refusal(pristine, tmp_path_factory, name, lambda folder: write(folder, name, rows))
    assert message, f"{mutation.__name__} in row {row + 1} of {name} passed in silence"
    assert f"{name}.csv" in message
    assert re.search(r"row \d+", message)
    assert column in message


FILE_MUTATIONS = {
    "stray column": lambda text: re.sub(rb"^([^\n]*)\n", rb"\1,stray\n", text, count=1),
    "stray cell": lambda text: text.rstrip(b"\n") + b",stray\n",
    "cut-off row": lambda text: text + b"only-an-id\n",
    "bad encoding": lambda text: text + "é".encode("latin-1") + b"\n",
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "null character": lambda text: text.replace(b",", b",\x00", 1),
    "empty file": lambda text: b"",
    "header only": lambda text: text.split(b"\n", 1)[0] + b"\n",
    "ten times the rows": lambda text: text + text.split(b"\n", 1)[1] * 9,
    "row removed": lambda text: text.rstrip(b"\n").rsplit(b"\n", 1)[0] + b"\n",
}


@pytest.mark.parametrize("mutation", FILE_MUTATIONS)
@pytest.mark.parametrize("name", ["sources", "events", "town_control", "claims"])
def test_a_bad_file_is_refused_by_name(pristine, tmp_path_factory, name, mutation):
    def change(folder):
        path = folder / f"{name}.csv"
        path.write_bytes(FILE_MUTATIONS[mutation](path.read_bytes()))

    message = refusal(pristine, tmp_path_factory, name, change)
    assert message, f"{mutation} in {name} passed in silence"
    assert f"{name}.csv" in message


@pytest.mark.parametrize("name", TABLES)
def test_windows_line_endings_change_nothing(pristine, tmp_path_factory, name):
    def change(folder):
        path = folder / f"{name}.csv"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert refusal(pristine, tmp_path_factory, name, change) is None


def test_a_period_that_ends_before_it_starts_is_refused(pristine, tmp_path_factory):
    def change(folder):
        rows = read_rows(folder, "town_control")
        row = next(i for i, r in enumerate(rows) if r[rows[0].index("place_id")] == "mosul")
        set_cell(rows, row, "to", "2013-01-01")
        write(folder, "town_control", rows)

    message = refusal(pristine, tmp_path_factory, "town_control", change)
    assert "before it starts" in message
    assert "mosul" in message


def test_overlapping_stints_of_a_town_are_refused(pristine, tmp_path_factory):
    def change(folder):
        rows = read_rows(folder, "town_control")
        first = next(r for r in rows if r[rows[0].index("place_id")] == "palmyra")
        first[rows[0].index("to")] = "2017-01-01"
        write(folder, "town_control", rows)

    assert "overlap" in refusal(pristine, tmp_path_factory, "town_control", change)


def test_a_town_outside_its_country_is_refused(pristine, tmp_path_factory):
    def change(folder):
        rows = read_rows(folder, "town_control")
        row = next(i for i, r in enumerate(rows) if r[rows[0].index("place_id")] == "raqqa")
        set_cell(rows, row, "lat", "41.0")
        write(folder, "town_control", rows)

    assert "outside Syria" in refusal(pristine, tmp_path_factory, "town_control", change)
