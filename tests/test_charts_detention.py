"""The camps and prisons: one scope at a time, nationality bars only where one count gives all groups."""

from __future__ import annotations

import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import detention


@pytest.fixture(scope="module")
def frame():
    return data.load("detention")


@pytest.fixture(scope="module")
def people(frame):
    return detention.people(frame)


def test_bars_are_drawn_where_one_count_gives_all_three_groups(people):
    bars = people[people["to"].notna()]
    assert bars["date"].dt.strftime("%Y-%m").value_counts().to_dict() == dict.fromkeys(
        ["2019-11", "2020-01", "2020-07", "2026-01"], 3
    )
    assert set(bars["scope"]) == {"al_hol"}


def test_a_bar_is_as_high_as_its_parts_and_close_to_the_total(people):
    for date, bar in people[people["to"].notna()].groupby("date"):
        total = people[(people["date"] == date) & (people["group"] == detention.TOTAL)]["best"].iloc[0]
        assert bar["to"].max() == bar["best"].sum()
        assert abs(bar["to"].max() - total) <= 10


def test_counts_for_both_camps_are_never_drawn_as_al_hol(frame, people):
    both = people[people["id"] == "camps-2021-02"].iloc[0]
    assert (both["scope"], both["best"]) == ("al_hol_and_roj", 64000)
    explorer = detention.explorer(frame)
    assert "64,000" not in texts(explorer)
    assert "64,000" in texts(explorer, show=f"al_hol_and_roj, {detention.TOTAL}")


def test_the_figure_printed_in_error_is_not_drawn(people):
    assert "al-hol-2026-01-arab-news" not in set(people["id"])


def test_counts_are_not_joined_and_more_than_is_a_triangle(frame, people):
    spec = detention.chart(frame).to_dict()
    marks = [layer["mark"]["type"] for layer in spec["layer"]]
    assert "line" not in marks and "bar" in marks
    assert people.set_index("id").loc["al-hol-2019-04", "form"] == "at least"


@pytest.mark.parametrize(
    ("group", "figure"), [("Iraqis", "30,897"), ("Syrians", "27,813"), ("Other countries", "10,029")]
)
def test_a_group_alone_shows_its_counts(frame, people, group, figure):
    explorer = detention.explorer(frame)
    shown = texts(explorer, show=f"al_hol, {group}")
    number = len(people[(people["scope"] == "al_hol") & (people["group"] == group)])
    assert f"al-Hol alone, {group} (people): {number} figures" in shown
    assert figure in shown


def test_the_title_states_what_the_table_holds(frame):
    held = frame.set_index("id")["best"]
    assert held["al-hol-2019-05"] > 70_000 and held["al-hol-2026-01"] == 24_000 and held["al-hol-2026-02-closed"] == 0
    assert "24,000" in detention.explorer(frame).title


def test_every_prisoner_row_exists_and_the_default_shows_both_sides_on_shaddadi(frame):
    rows = detention.prisoners(frame)
    assert set(rows["id"]) == set(detention.ROWS)
    shown = texts(detention.prisoners_explorer(frame))
    assert {"120", "1,500", "500–1,000"} <= set(shown)
    best = rows.set_index("label")["best"]
    assert best["Shaddadi 2026: SDF"] / best["Shaddadi 2026: state"] > 10  # as the title says


@pytest.mark.parametrize("kind", list(detention.KINDS))
def test_each_kind_of_figure_on_prisoners_selects_its_rows(frame, kind):
    rows = detention.prisoners(frame)
    chosen = rows[rows["kind"] == kind]
    shown = texts(detention.prisoners_explorer(frame), kind=kind)
    assert f"{detention.UNITS[kind]}: {len(chosen)} figures" in shown
    assert set(chosen["brief"]) <= set(shown)
    assert not (set(rows[rows["kind"] != kind]["label"]) - set(chosen["label"])) & set(shown)
