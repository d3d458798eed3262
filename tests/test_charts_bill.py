"""The bill: one unit at a time, ranges as ranges, bounds as bounds."""

from __future__ import annotations

import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import bill, yazidis
from coursebook.told import SelectionError


@pytest.fixture(scope="module")
def frame():
    return data.load("costs")


@pytest.fixture(scope="module")
def rows(frame):
    return bill.figures(frame)


def test_every_row_named_exists(rows):
    assert set(rows["id"]) == set(bill.ROWS)


def test_a_new_row_is_asked_for_its_place_and_a_row_is_not_left_out_twice(frame):
    with pytest.raises(
        SelectionError, match="fig-bill: no figure draws khasfa-2031. In the figure's module name the row"
    ):
        bill.explorer(frame.assign(id=frame["id"].replace("khasfa-2025", "khasfa-2031")))
    assert set(bill.NOT_DRAWN) <= set(frame["id"])
    assert not set(bill.NOT_DRAWN) & {*bill.ROWS, *yazidis.ROWS}


def test_no_kind_mixes_units(frame, rows):
    units = frame.set_index("id")["unit"]
    for kind, chosen in rows.groupby("kind"):
        assert len({units[row] for row in chosen["id"]}) == 1, kind


def test_money_is_in_billions_and_rubble_in_millions(rows):
    by = rows.set_index("id")
    assert by.loc["iraq-needs-2018", "best"] == 88.2
    assert by.loc["mosul-debris-2017", "best"] == 11
    assert by.loc["mosul-civilians-coalition", "best"] == 326


def test_ranges_and_bounds_keep_their_form(rows):
    by = rows.set_index("id")
    assert by.loc["mosul-civilians-ap", "words"] == "9,000–11,000"
    assert by.loc["raqqa-civilians-amnesty-airwars", "words"] == "at least 1,600"
    assert by.loc["mosul-debris-2021", "form"] == "range"


@pytest.mark.parametrize("kind", list(bill.KINDS))
def test_each_kind_selects_its_rows_and_names_its_unit(frame, rows, kind):
    chosen = rows[rows["kind"] == kind]
    shown = texts(bill.explorer(frame), kind=kind)
    assert f"{bill.UNITS[kind]}: {len(chosen)} figures" in shown
    assert set(chosen["brief"]) <= set(shown)
    assert not (set(rows[rows["kind"] != kind]["label"]) - set(chosen["label"])) & set(shown)


def test_the_title_is_what_the_table_says(frame):
    best = frame.set_index("id")["best"]
    assert 1.8 < best["iraq-needs-2018"] / best["iraq-damage-2018"] < 2
    assert 0.3 < best["kuwait-pledges"] / best["iraq-needs-2018"] < 0.36


def test_each_kind_has_its_own_scale(frame):
    explorer = bill.explorer(frame)
    assert "100,000" in texts(explorer, kind="homes")
    assert "100,000" not in texts(explorer, kind="rubble")
