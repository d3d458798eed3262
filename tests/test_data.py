"""The dataset: what every row must honour, the totals it must reproduce, and that no bad row enters unseen."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pandas as pd
import pytest
from conftest import ROOT
from frictionless import Package
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from mutants import as_csv, refusal

from caliphate_course import data
from caliphate_course.charts import membership
from caliphate_course.facts import facts
from coursebook.dataset import ColumnError, DataError, Dataset, descriptor, ids, metadata, rules, source_ids
from coursebook.facts import FactError

TABLES = data.tables()
FIELDS = {name: data.resource(name)["schema"]["fields"] for name in TABLES}
LONGEST_QUOTATION = 8  # words of an article that is not ours


def test_whole_package_is_valid():
    rows = data.check()
    assert set(rows) == set(TABLES)
    assert all(rows.values())


def test_package_descriptor_is_accepted_by_frictionless_itself():
    from frictionless import validate

    report = validate(str(data.folder / "datapackage.json"))
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:5]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described(name):
    assert len(data.resource(name)["description"]) > 40
    for field in FIELDS[name]:
        assert field.get("description"), f"{name}.{field['name']} has no description"


@pytest.mark.parametrize("name", TABLES)
def test_every_number_has_a_unit(name):
    for field in FIELDS[name]:
        if field["type"] in ("integer", "number"):
            assert field.get("unit"), f"{name}.{field['name']} has no unit"
            for column in re.findall("`(.*?)`", field["unit"]):
                assert LIMITS[name, column].get("enum"), f"{name}.{column} is said to tell the unit and lists no words"


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


def test_an_installed_wheel_carries_the_dataset(tmp_path):
    """Built and unpacked as pip does it, then asked from a directory that has nothing to do with the repository."""
    root = data.folder.parent
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=root, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    zipfile.ZipFile(wheel).extractall(site)
    elsewhere.mkdir()
    asked = "from caliphate_course import data; print(data.folder, sum(data.check().values()), sep='|')"
    answer = subprocess.run(
        [sys.executable, "-c", asked], cwd=elsewhere, env={**os.environ, "PYTHONPATH": str(site)}, check=True,
        capture_output=True, text=True,
    ).stdout  # fmt: skip
    rows = sum(data.resource(name)["rows"] for name in TABLES)
    assert answer.strip() == f"{site / 'caliphate_course' / '_data'}|{rows}"


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: rows["Number of dead"],
        lambda rows: rows[["id", "Number of dead"]],
        lambda rows: rows[["Number of dead"]],
        lambda rows: rows.loc[:, "Number of dead"],
        lambda rows: rows.drop(columns=["Number of dead"]),
        lambda rows: rows.drop_duplicates("Number of dead"),
        lambda rows: rows.set_index("Number of dead"),
        lambda rows: rows[rows["country"] == "Iraq"].sort_values("Number of dead"),
        lambda rows: rows.groupby(["country", "Number of dead"]),
        lambda rows: data.sources_of(rows)["Number of dead"],
    ],
)
def test_a_column_that_is_not_there_is_told_with_those_that_are(ask):
    with pytest.raises(ColumnError, match="^There is no column 'Number of dead'. The columns are: .*, "):
        ask(data.load("events"))


def test_another_fault_in_a_frame_is_told_by_pandas_and_other_frames_are_its_own():
    rows = data.load("events")
    for ask in (lambda: rows.drop(index=[99_999]), lambda: rows.loc[99_999], lambda: pd.DataFrame(rows).drop("x")):
        with pytest.raises(KeyError) as usual:
            ask()
        assert not isinstance(usual.value, ColumnError)
    assert rows.get("nope") is None and "nope" not in rows


def test_unknown_table_names_the_known_ones():
    with pytest.raises(DataError, match="town_control"):
        data.load("no_such_table")


def test_the_base_map_is_no_table():
    with pytest.raises(DataError, match="no table 'base_map'"):
        data.load("base_map")
    with pytest.raises(FactError, match="no table 'base_map'"):
        facts.resolve("base_map/x")


def test_a_cell_of_ids_may_be_empty():
    assert [ids(cell) for cell in ("a;b", "a", "", None, float("nan"))] == [("a", "b"), ("a",), (), (), ()]


def test_rows_without_their_sources_are_refused():
    with pytest.raises(DataError, match="no column 'source_ids', only: id, title"):
        source_ids(data.load("events")[["id", "title"]])


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"type": "string", "constraints": {"minLength": 2}}, 'constraint "minLength" is "2"'),
        ({"type": "year"}, 'type is "year/default"'),
    ],
)
def test_a_fault_of_a_sort_that_no_table_had_so_far_is_told(tmp_path, rule, reason):
    (tmp_path / "things.csv").write_text("id,cell\na,b\n")
    fields = [{"name": "id", "type": "string"}, {"name": "cell", **rule}]
    table = {"name": "things", "path": "things.csv", "schema": {"fields": fields}}
    (task,) = Package({"resources": [table]}, basepath=str(tmp_path)).validate().tasks
    told = DataError.from_frictionless("data", table, task.errors)
    assert str(told) == f"data/things.csv, row 2 (a), column 'cell', value 'b': {reason}. Correct it."


def test_sources_are_preferred_originals():
    wrappers = re.compile(
        r"safelinks|bit\.ly|//t\.co/|/search\?|^https?://\d+\.\d+\.\d+\.\d+|breitbart|infowars|southfront"
    )
    urls = data.load("sources")["url"]
    assert not urls[urls.str.contains(wrappers)].tolist()


@pytest.mark.parametrize("name", [n for n in TABLES if any(f["name"] == "confidence" for f in FIELDS[n])])
def test_a_row_that_rests_on_encyclopaedias_alone_is_not_called_certain(name):
    kinds = data.load("sources").set_index("id")["kind"]
    table = data.load(name)
    tertiary = table["source_ids"].map(lambda ids: {kinds[i] for i in ids.split(";")} == {"tertiary"})
    assert table[tertiary & (table["confidence"] == "high")]["id"].tolist() == []


# --- totals that published figures fix -------------------------------------------------------------------------

PUBLISHED_MEMBERS = {"2014-12-03": 60, "2014-12-31": 62, "2017-03-22": 68, "2017-11-30": 74, "2019-02-06": 79}


@pytest.mark.parametrize(("date", "count"), PUBLISHED_MEMBERS.items())
def test_membership_reproduces_the_published_counts(date, count):
    members = data.load("coalition_members")
    assert (members["joined_latest"].fillna(members["joined"]) <= pd.Timestamp(date)).sum() == count
    assert len(membership.counted(members, date)) == count


def test_afcent_months_of_2017_sum_to_the_published_year():
    air = data.load("air_operations")
    year = air[
        (air["period_start"].dt.year == 2017) & (air["measure"] == "weapons_released") & (air["counter"] == "afcent")
    ]
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
    assert ids == {f"A{n:02d}" for n in range(1, 48)} | {f"B{n:02d}" for n in range(1, 31)}


def test_claims_stand_in_their_articles_order_headline_first():
    for _, rows in data.load("claims").groupby("article", sort=False):
        assert list(rows["position"]) == list(range(1, len(rows) + 1))
        assert rows["paraphrase"].iloc[0].startswith("Headline: ")


def test_of_an_article_no_more_is_quoted_than_the_few_words_that_decide_a_claim():
    claims = data.load("claims")
    too_long = claims.loc[claims["words"].str.split().str.len() > LONGEST_QUOTATION, "claim_id"]
    assert list(too_long) == [], "Quote fewer words of the article."
    assert claims["words"].is_unique
    ours = claims[["paraphrase", "explanation", "then_evidence", "now_evidence", "decision", "note"]].astype("string")
    lesson = (ROOT / "book" / "reading-the-news.md").read_text(encoding="utf-8")
    for text in [*ours.stack().dropna(), *re.sub("```.*?```", "", lesson, flags=re.DOTALL).split("\n")]:
        for quotation in re.findall('"([^"]+)"|“([^”]+)”', text):
            assert len("".join(quotation).split()) <= LONGEST_QUOTATION, quotation


def test_where_raters_differ_or_are_overruled_the_reason_is_told_and_nowhere_else():
    claims = data.load("claims")
    theirs = (claims["verdict"] == claims["rater_1"]) & (claims["verdict"] == claims["rater_2"])
    assert list(claims.loc[theirs == claims["decision"].notna(), "claim_id"]) == []


@pytest.mark.parametrize("name", [n for n in TABLES if any(f["name"] == "governorate" for f in FIELDS[n])])
def test_every_governorate_joins_the_base_map(name):
    on_map = {g["properties"]["name_en"] for g in data.base_map()["objects"]["governorates"]["geometries"]}
    assert set(data.load(name)["governorate"].dropna()) <= on_map


# --- every mutation of a table is refused with its place, or harmless by rule ------------------------------------
# The rules come from the descriptor, whatever the table: three tables try each.
TRIED = 3
BY_SIZE = sorted(TABLES, key=lambda name: data.resource(name)["rows"])
FEW = [BY_SIZE[0], BY_SIZE[len(BY_SIZE) // 2], BY_SIZE[-1]]


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pristine") / "data"
    shutil.copytree(data.folder, folder)
    return folder


def columns(name, fits):
    return [field["name"] for field in FIELDS[name] if fits(field, field.get("constraints", {}))]


def pairs(name, known):
    present = {field["name"] for field in FIELDS[name]}
    return [pair for names in known for pair in itertools.combinations(names, 2) if present.issuperset(names)]


BAD_VALUES = {
    "date": ["2014-02-30", "31/12/2014", "2014", "yesterday", "2014-13-01", "2014-6-1", "0214-06-10", "2041-06-10"],
    "integer": ["many", "1.5", "1,000", "1_000", "1e3", "٣", " 12", "NaN"],
    "number": ["many", "1,5", "1_000", "1e400", "٣", "12 km", "NaN", "-Infinity"],
    "boolean": ["maybe", "1", "yes", "WAHR"],
}
TYPES = {(name, field["name"]): field["type"] for name in TABLES for field in FIELDS[name]}
LIMITS = {(name, field["name"]): field.get("constraints", {}) for name in TABLES for field in FIELDS[name]}
WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=20)

# Each takes (draw, name, rows, row) and spoils `rows[row]`, a dict; it returns the columns one of which the message
# must name. With it stands the list of columns (or pairs of columns) of a table that it can spoil.


def wrong_type(draw, name, rows, row, column):
    row[column] = draw(st.sampled_from(BAD_VALUES[TYPES[name, column]]))


def emptied(draw, name, rows, row, column):
    row[column] = ""


def placeholder(draw, name, rows, row, column):
    row[column] = draw(st.sampled_from(["NaN", "nan", "NULL", "None", "#N/A", "n/a"]))


def unknown_word(draw, name, rows, row, column):
    row[column] = draw(WORDS)


def duplicate(draw, name, rows, row, column):
    row[column] = draw(st.sampled_from([other[column] for other in rows if other is not row and other[column]]))


def out_of_bounds(draw, name, rows, row, column):
    limits = LIMITS[name, column]
    below = [limits["minimum"] - draw(st.integers(1, 1000))] if "minimum" in limits else []
    above = [limits["maximum"] + draw(st.integers(1, 1000))] if "maximum" in limits else []
    row[column] = str(draw(st.sampled_from(below + above)))


def too_long(draw, name, rows, row, column):
    row[column] = draw(WORDS) * (LIMITS[name, column]["maxLength"] // 12 + 1)


def not_of_the_pattern(draw, name, rows, row, column):
    row[column] = draw(st.sampled_from(["Not A Key", "ü", "a;;b", "a, b", "../x", "-;"])) + draw(WORDS)[:3] + " !"


def swapped_range(draw, name, rows, row, column):
    lower, upper = column
    low = draw(st.integers(2, 10**6))
    row[lower], row[upper] = str(low), str(draw(st.integers(1, low - 1)))
    if "best" in row and "best" not in column:
        row["best"] = row[upper]


def swapped_dates(draw, name, rows, row, column):
    """Lets a period that has both dates, or is given both, end in an earlier year than it starts."""
    first, last = column
    row[first] = row[first] or "2015-01-01"
    row[last] = f"{int(row[first][:4]) - draw(st.integers(1, 3))}-01-01"
    for date in column:
        if f"{date}_precision" in row:
            row[f"{date}_precision"] = row[f"{date}_precision"] or "year"


def too_precise(draw, name, rows, row, column):
    """Says that a date known to its day is known to the year or month only."""
    row[column] = f"{draw(st.integers(2014, 2018))}-{draw(st.integers(2, 3)):02}-{draw(st.integers(2, 28)):02}"
    allowed = set(LIMITS[name, f"{column}_precision"]["enum"]) & {"month", "quarter", "year"}
    row[f"{column}_precision"] = draw(st.sampled_from(sorted(allowed)))


def moved_abroad(draw, name, rows, row, column):
    row.update(
        country=draw(st.sampled_from(["Iraq", "Syria"])), lon="44.0", lat=draw(st.sampled_from(["29.5", "37.9"]))
    )


def dated(name):
    return [c for c in columns(name, lambda f, _: f["type"] == "date") if (name, f"{c}_precision") in TYPES]


CELL_MUTATIONS = {
    wrong_type: lambda name: columns(name, lambda f, _: f["type"] in BAD_VALUES),
    emptied: lambda name: columns(name, lambda f, limits: limits.get("required")),
    placeholder: lambda name: columns(name, lambda f, _: True),
    unknown_word: lambda name: columns(name, lambda f, limits: "enum" in limits or f["name"] in pointing(name)),
    duplicate: lambda name: columns(name, lambda f, limits: limits.get("unique")),
    out_of_bounds: lambda name: columns(name, lambda f, limits: {"minimum", "maximum"} & set(limits)),
    too_long: lambda name: columns(name, lambda f, limits: "maxLength" in limits),
    not_of_the_pattern: lambda name: columns(name, lambda f, limits: "pattern" in limits),
    swapped_range: lambda name: pairs(name, rules.RANGES),
    swapped_dates: lambda name: pairs(name, rules.DATE_PAIRS),
    too_precise: dated,
    moved_abroad: lambda name: ["lat"] if {"lat", "lon", "country"} <= {f["name"] for f in FIELDS[name]} else [],
}


def pointing(name):
    """Columns that point to another table or the map."""
    keys = data.resource(name)["schema"].get("foreignKeys", [])
    return {c for key in keys for c in key["fields"]} | {f["name"] for f in FIELDS[name] if "references" in f}


@pytest.mark.parametrize(
    ("name", "mutation"),
    [
        pytest.param(n, m, id=f"{n}-{m.__name__}")
        for m, can_spoil in CELL_MUTATIONS.items()
        for n in [name for name in BY_SIZE if can_spoil(name)][:TRIED]
    ],
)
# A spoilt cell cannot be made simpler, so there is nothing to shrink.
@settings(max_examples=3, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(choice=st.data())
def test_a_bad_cell_is_refused_with_file_row_column_value_and_reason(mutant, name, mutation, choice):
    column = choice.draw(st.sampled_from(CELL_MUTATIONS[mutation](name)), label="column")
    number = choice.draw(st.integers(0, data.resource(name)["rows"] - 1), label="row")

    def change(content):
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        mutation(choice.draw, name, rows, rows[number], column)
        return as_csv(rows)

    lines = refusal(mutant, name, change).splitlines()
    # A period may be told by either of its two dates, and an id given twice in either of its two rows.
    told = [column] if isinstance(column, str) else column
    rows = r"\d+" if mutation is duplicate else number + 2
    places = [
        re.compile(rf"data/{name}\.csv, row {rows} \([^)]*\), column '{c}', value '.*: .{{12,}}\. .+\.") for c in told
    ]
    assert any(place.fullmatch(line) for place in places for line in lines), lines


def spoil_header(content):
    first, rest = content.split(b"\n", 1)
    return first.replace(b",", b",x", 1) + b"\n" + rest


# What is done to a whole file, and a word of the reason given.
FILE_MUTATIONS = {
    "stray column": (lambda text: re.sub(rb"(?m)$", b",stray", text.rstrip(b"\n")) + b"\n", "stray"),
    "stray name of a column": (lambda text: text.replace(b"\n", b",stray\n", 1), "stray"),
    "misspelt name of a column": (spoil_header, "column"),
    "stray cell": (lambda text: text.rstrip(b"\n") + b",stray\n", "stray"),
    "cut-off row": (lambda text: text + b"only-an-id\n", "only-an-id"),
    "blank row": (lambda text: text + b"\n", "blank"),
    "bad encoding": (lambda text: text + "é".encode("latin-1") + b"\n", "UTF-8"),
    "another encoding": (lambda text: text.decode().encode("utf-16"), "UTF-8"),
    "null character": (lambda text: text.replace(b",", b",\x00", 1), "null"),
    "empty file": (lambda text: b"", "empty"),
    "header only": (lambda text: text.split(b"\n", 1)[0] + b"\n", "number of rows"),
    "ten times the rows": (lambda text: text + text.split(b"\n", 1)[1] * 9, "unique"),
    "row removed": (
        lambda text: as_csv(list(csv.DictReader(io.StringIO(text.decode(), newline="")))[:-1]),
        "number of rows",
    ),
    "tabs for commas": (lambda text: separated(text, "\t"), "separated by tabs. Save with commas between cells: Libre"),
    "semicolons for commas": (lambda text: separated(text, ";"), "separated by semicolons. Save with commas between"),
}


@pytest.mark.parametrize("mutation", FILE_MUTATIONS)
@pytest.mark.parametrize("name", FEW)
def test_a_bad_file_is_refused_by_name_and_reason(mutant, name, mutation):
    change, reason = FILE_MUTATIONS[mutation]
    message = refusal(mutant, name, change)
    assert message.startswith(f"data/{name}.csv")
    assert reason in message


HARMLESS = {
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "TRUE and FALSE": lambda text: re.sub(rb"(?<=,)(true|false)(?=,)", lambda word: word[0].upper(), text),
    "windows line endings": lambda text: text.replace(b"\n", b"\r\n"),
    "no line end at the end": lambda text: text.rstrip(b"\n"),
    "all cells in quotes": lambda text: quoted(text),
}


def quoted(content):
    return separated(content, ",", quoting=csv.QUOTE_ALL)


def separated(content, delimiter, **kind):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", **kind)
    writer.writerows(csv.reader(io.StringIO(content.decode(), newline="")))
    return text.getvalue().encode()


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
@pytest.mark.parametrize("name", [*FEW, "violence_governorate"])  # which has true and false
def test_another_way_to_write_the_same_table_changes_nothing(mutant, name, change):
    pd.testing.assert_frame_equal(mutant(name, change), data.load(name))


def test_what_many_tables_point_to_is_told_once(pristine, tmp_path):
    folder = shutil.copytree(pristine, tmp_path / "data")
    sources = folder / "sources.csv"
    sources.write_bytes(sources.read_text(encoding="utf-8").encode("cp1252", "replace"))
    with pytest.raises(DataError) as refused:
        Dataset(folder).check()
    lines = str(refused.value).splitlines()
    assert len([line for line in lines if "is not UTF-8. Save the file as UTF-8." in line]) == 1


def test_a_missing_file_is_refused_by_name(pristine, tmp_path):
    folder = shutil.copytree(pristine, tmp_path / "data")
    (folder / "events.csv").unlink()
    with pytest.raises(DataError, match=r"data/events\.csv: the file is missing"):
        Dataset(folder).load("events")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda text: text.replace(b",", b"", 1),
            r"data/datapackage\.json, line 3, column 2: this is not JSON: Expecting ','",
        ),
        (lambda text: b"[]", r"data/datapackage\.json: there is no list of 'resources'"),
        (
            lambda text: text.replace(b'"resources"', b'"tables"', 1),
            r"data/datapackage\.json: there is no list of 'res",
        ),
        (lambda text: text.replace(b'"created": "2', b'"created": "x', 1), r"'created' is no day such as"),
        (lambda text: text.replace(b'"path": "events.csv"', b'"paths": 1'), r"the path of 'events' is None"),
        (
            lambda text: text.replace(b'"path": "events.csv"', b'"path": "../x.csv"'),
            r"'events' is '\.\./x\.csv', and not",
        ),
        (lambda text: text.replace(b'"schema"', b'"scheme"', 1), r"the table 'sources' has no schema"),
        (lambda text: text + b"\xff", r"data/datapackage\.json, row \d+: byte 0xff is not UTF-8"),
    ],
)
def test_a_slip_in_the_descriptor_is_told_with_its_place(pristine, tmp_path, change, message):
    folder = shutil.copytree(pristine, tmp_path / "data")
    (folder / "datapackage.json").write_bytes(change((folder / "datapackage.json").read_bytes()))
    with pytest.raises(DataError, match=message):
        Dataset(folder).package()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda package: package.update(created="2126-01-01T00:00:00Z"), r"'created' is 2126-01-01, which is still to"),
        (lambda package: package["resources"][1]["schema"]["fields"][2].update(type="day"), r"'events': .*\"day\""),
        (lambda package: package["resources"][1]["schema"].pop("fields"), r"'events': 'fields' is a required property"),
        (lambda package: package["resources"].append(package["resources"][1]), r"it describes 'events' twice"),
        (lambda package: package["resources"][1]["schema"].pop("primaryKey"), r"not what data/meta and the tables say"),
        (lambda package: package["resources"][1].pop("type"), r"Run `make metadata`, which writes it anew"),
    ],
)
def test_a_rule_taken_out_of_the_descriptor_is_missed(pristine, tmp_path, change, message):
    """Without it what it forbids would pass in silence."""
    folder = shutil.copytree(pristine, tmp_path / "data")
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    descriptor.check_whole(folder, package)
    change(package)
    with pytest.raises(DataError, match=message):
        descriptor.check_whole(folder, package)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: b"", "this is not JSON"),
        (lambda content: b"\xef\xbb\xbf[", "this is not JSON"),
        (lambda content: content.replace(b"1", b"2", 1), r"this is another map than .* hash = \"sha256:"),
        (lambda content: b'{"objects": {"countries": {}}}', "this is another map than the one described"),
    ],
)
def test_the_map_never_changes_by_a_slip(pristine, tmp_path, change, message):
    folder = shutil.copytree(pristine, tmp_path / "data")
    path = folder / "iraq_syria.topojson"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=rf"^data/iraq_syria\.topojson: {message}"):
        Dataset(folder).base_map()


def test_a_map_without_a_layer_is_refused(tmp_path):
    path = tmp_path / "map.topojson"
    path.write_text('{"objects": {"countries": {}}}')
    with pytest.raises(DataError, match="the map has no layer 'governorates'"):
        descriptor.read_map(path, None)


def edit(place_id, **cells):
    """A change to the file of town control: other cells in the first stint of a place."""

    def change(content):
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
        next(row for row in rows if row["place_id"] == place_id).update(cells)
        return as_csv(rows)

    return change


def test_a_period_that_ends_before_it_starts_is_refused(mutant):
    message = refusal(mutant, "town_control", edit("mosul", to="2013-01-01"))
    assert "(mosul-1), column 'to', value '2013-01-01': it ends (2013-01-01) before it starts (2014-06-10)" in message


@pytest.mark.parametrize(
    ("precision", "same", "earlier"),
    [
        ("month", "2015-05-01", "2015-04-01"),
        ("quarter", "2015-04-01", "2015-01-01"),
        ("year", "2015-01-01", "2014-01-01"),
    ],
)
def test_a_period_may_end_in_the_month_quarter_or_year_in_which_it_starts(mutant, precision, same, earlier):
    """Its end then stands on that period's first day, before the start."""

    def ending(end):
        def change(content):
            rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
            rows[0].update(id="a-fights-b", start="2015-05-20", start_precision="day", end=end, end_precision=precision)
            return as_csv(rows)

        return change

    assert mutant("relations", ending(same))["end"].iloc[0] == pd.Timestamp(same)
    assert f"it ends ({earlier}) before it starts (2015-05-20)" in refusal(mutant, "relations", ending(earlier))


def test_overlapping_stints_of_a_town_are_refused(mutant):
    message = refusal(mutant, "town_control", edit("palmyra", to="2017-01-01"))
    assert "(palmyra-1), column 'to', value '2017-01-01': it overlaps the stint 'palmyra-2'" in message


def test_a_town_outside_its_country_is_refused(mutant):
    assert "outside Syria" in refusal(mutant, "town_control", edit("raqqa", lat="37.9"))


def test_a_governorate_that_is_not_on_the_map_is_refused(mutant):
    message = refusal(mutant, "violence_governorate", lambda content: content.replace(b",Anbar,", b",Al Anbar,", 1))
    assert "'Al Anbar' is not in the column 'name_en' of 'base_map'" in message


# --- the descriptor is made, not written ---------------------------------------------------------------------------


def test_the_descriptor_is_what_the_descriptions_and_the_tables_make():
    root = data.folder.parent
    assert (data.folder / "datapackage.json").read_text() == metadata.text(data.folder, metadata.version_of(root)), (
        "run `make metadata`"
    )


def test_the_version_stands_in_one_place():
    root = data.folder.parent
    version = metadata.version_of(root)
    assert (root / "CITATION.cff").read_text() == metadata.citation(root, version)
    typed = [path for path in root.glob("book/*.md") if version in path.read_text()]
    assert not typed, "write |version|"


@pytest.fixture
def described(tmp_path):
    folder = tmp_path / "data"
    (folder / "meta").mkdir(parents=True)
    (folder / "meta" / "package.toml").write_text('name = "d"\ntitle = "D"\ntables = ["things"]\n')
    (folder / "meta" / "things.toml").write_text(
        'title = "Things"\ndescription = "Some."\n[columns.id]\ntype = "string"\n[columns.big]\ntype = "boolean"\n'
    )
    (folder / "things.csv").write_text("id,big\na,true\nb,false\n")
    return folder


def test_rows_are_counted_and_columns_keep_their_order(described):
    (table,) = metadata.descriptor(described, "2.0.0")["resources"]
    assert (table["rows"], [field["name"] for field in table["schema"]["fields"]]) == (2, ["id", "big"])


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("things.toml", 'title = "Things"\n', "data/meta/things.toml: there is no 'columns'"),
        ("things.toml", "title = Things\n", "data/meta/things.toml: this is not TOML: .*line 1"),
        ("package.toml", 'title = "D"\ntables = ["others"]\n', "data/meta/others.toml: the file is missing"),
    ],
)
def test_a_faulty_description_is_told_with_its_file(described, file, content, message):
    (described / "meta" / file).write_text(content)
    with pytest.raises(DataError, match=message):
        metadata.descriptor(described, "2.0.0")
