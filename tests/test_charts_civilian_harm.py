"""The coalition's count of civilian deaths beside Airwars', and the counts of single battles."""

from __future__ import annotations

import re

import pytest

from caliphate_course import data
from caliphate_course.charts import civilian_harm as harm
from coursebook.figures import rendering


@pytest.fixture(scope="module")
def counts():
    return data.load("civilian_harm")


def test_the_ratio_is_airwars_over_the_coalitions_latest_own_figure(counts):
    pairs = harm.comparisons(counts).set_index(["day", "bound"])
    rows = counts.set_index("id")
    for day, theirs, ours in (
        ("2017-10-31", "airwars-cum-2017-10", "coalition-cum-2017-10"),
        ("2019-08-07", "airwars-cum-2019-08", "coalition-cum-2019-06"),
    ):
        expected = rows.loc[theirs, "low"] / rows.loc[ours, "low"]
        assert pairs.loc[(day, "low"), "ratio"] == pytest.approx(expected)


def test_a_comparison_never_looks_ahead(counts):
    own = counts[(counts["measure"] == "killed_cumulative") & (counts["counter"] == "coalition")]
    for _, pair in harm.comparisons(counts).iterrows():
        known = own[own["date"] <= pair["date"]]
        assert pair["coalition"] == known["best"].fillna(known["low"]).max()


def test_a_missing_upper_bound_is_said_not_invented(counts):
    explorer = harm.explorer(counts)
    svg = rendering.svg(rendering.with_values(explorer.spec, {"day": "2017-10-31", "bound": "high"}))
    assert "31 Oct 2017: no upper bound published" in svg


def test_default_state_carries_the_point(counts):
    assert "7 Aug 2019: 8,106 against 1,321: 6.1 times as many" in harm.explorer(counts).svg()


def test_ranges_are_ranges_and_minima_point_upwards(counts):
    rows = harm.cumulative(counts).set_index("id")
    assert rows.loc["airwars-cum-2019-08", "kind"] == "range"
    assert rows.loc["coalition-cum-2019-06", "kind"] == "at least"
    marks = {layer["mark"]["type"] for layer in harm.chart(counts).to_dict()["layer"]}
    assert "bar" in marks and "tick" in marks
    assert "line" not in marks, "counts by release date are not joined"
    minima = re.findall(r'<path aria-label="[^"]*kind: at least[^"]*"[^>]* d="([^"]*)"', harm.explorer(counts).svg())
    assert len(minima) == (rows["kind"] == "at least").sum()
    assert all(re.fullmatch(r"M0,-[\d.]+L-[\d.]+,[\d.]+L[\d.]+,[\d.]+Z", shape) for shape in minima)


def test_only_the_two_running_counters_are_compared(counts):
    assert set(harm.cumulative(counts)["counter"]) == {"coalition", "airwars"}


@pytest.mark.parametrize("place", list(harm.PLACES))
def test_each_place_shows_its_counters(counts, place):
    rows = harm.place_counts(counts)
    expected = harm.PLACES[place]
    assert list(rows.loc[rows["place"] == place, "id"]) == list(expected)
    svg = rendering.svg(rendering.with_values(harm.places_explorer(counts).spec, {"place": place}))
    for text in rows.loc[rows["place"] == place, "text"]:
        assert f">{text}<" in svg


def test_raqqa_names_what_each_counter_counts(counts):
    svg = harm.places_explorer(counts).svg()
    assert "Raqqa: from 180 to at least 1,800" in svg
    assert "(all parties)" in svg and "(its own strikes)" in svg
    shown = harm.places_explorer(counts).table
    assert shown["What was counted"].str.len().gt(0).all()
