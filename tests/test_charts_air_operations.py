"""Weapons by month, running totals, one day in two units."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import air_operations as air
from coursebook.figures import rendering
from coursebook.months import DAYS_PER_MONTH


@pytest.fixture(scope="module")
def counts():
    return data.load("air_operations")


def test_a_month_without_a_figure_stays_without_one(counts):
    rows = air.months(counts).set_index("month")
    published = counts[(counts["measure"] == "weapons_released") & (counts["precision"] == "month")]
    assert set(rows.index[rows["kind"] != air.HOLE]) == set(published["period_start"])
    assert rows.loc["2015-02-01", "kind"] == air.HOLE
    assert pd.isna(rows.loc["2015-02-01", "value"])
    assert len(rows) == 65


def test_2017_is_complete_and_sums_to_the_published_year_within_one(counts):
    rows = air.months(counts)
    year = rows.loc[rows["year"] == 2017, "value"]
    published = counts.set_index("id").loc["weapons-2017", "best"]
    assert year.notna().all()
    assert abs(year.sum() - published) <= 1


def test_figures_by_subtraction_and_minima_are_told_apart(counts):
    rows = air.months(counts).set_index("month")
    assert rows.loc["2017-09-01", "kind"] == air.DERIVED
    assert rows.loc["2017-08-01", "kind"] == air.PUBLISHED
    assert rows.loc["2015-12-01", "at_least"]


def test_blocks_cover_holes_only_and_are_spread_evenly(counts):
    rows, holes = air.blocks(counts), air.months(counts)
    holes = holes.loc[holes["kind"] == air.HOLE, "month"]
    for _, block in rows.iterrows():
        assert ((holes >= block["start"].replace(day=1)) & (holes <= block["end"])).any()
        months = ((block["end"] - block["start"]).days + 1) / DAYS_PER_MONTH
        assert block["per_month"] == pytest.approx(block["total"] / months, abs=1)
    assert not (rows["year"] == 2017).any(), "every month of 2017 is known"
    assert (rows["start"].iloc[1:].to_numpy() > rows["end"].iloc[:-1].to_numpy()).all(), "blocks overlap"


def test_default_states_the_highest_month_and_the_battles(counts):
    svg = air.munitions_explorer(counts).svg()
    assert "Highest known month: August 2017, 5,075" in svg
    assert ">Mosul<" in svg and ">Raqqa<" in svg
    assert "weapons released per month" in svg


def test_years_select_months(counts):
    spec = rendering.with_values(air.munitions_explorer(counts).spec, {"years": [2015, 2015]})
    svg = rendering.svg(spec)
    assert "3 of 12 months have a figure" in svg
    assert ">Raqqa<" not in svg


def test_a_battle_that_began_before_the_years_chosen_does_not_stretch_them(counts):
    words = texts(air.munitions_explorer(counts), years=[2017, 2017])
    assert "Mosul, from October 2016" in words
    assert [word for word in words if re.fullmatch(r"[A-Z][a-z]{2} \d{4}", word)][0] == "Jan 2017"
    assert not any("2016" in word for word in words if "Mosul" not in word)


def test_every_series_of_totals_is_offered_once_and_says_its_last_total(counts):
    rows, explorer = air.running_totals(counts), air.strikes_explorer(counts)
    offered = [choice.value for choice in explorer.static_controls["series"].choices]
    shown = [set(some["id"]) for some in air.strikes_series(counts).values()]
    assert set.union(*shown) == set(rows["id"]) and all(shown) and len(set(map(frozenset, shown))) == len(shown)
    for series, ids in zip(offered, shown, strict=True):
        last = rows[rows["id"].isin(ids)].sort_values("date").iloc[-1]
        assert f"{last['value']:,}" in rendering.svg(rendering.with_values(explorer.spec, {"series": series})), series


def test_no_unit_shares_an_axis_with_another(counts):
    explorer = air.strikes_explorer(counts)
    units = {}
    for series, some in air.strikes_series(counts).items():
        assert some["measure"].nunique() == 1
        units[some["measure"].iloc[0]] = series
    assert set(units) == set(air.UNITS)
    for unit, series in units.items():
        svg = rendering.svg(rendering.with_values(explorer.spec, {"series": series}))
        assert f"{air.UNITS[unit]} since August 2014" in svg


def test_lines_join_neither_counters_nor_units_nor_long_gaps(counts):
    for _, segment in air.running_totals(counts).groupby("segment"):
        assert segment["counter"].nunique() == segment["measure"].nunique() == segment["scope"].nunique() == 1
        assert (segment["date"].diff().dt.days.dropna() <= air.LONGEST_GAP).all()
        assert segment["measure"].iloc[0] == "strikes" or len(segment) == 1


def test_an_undated_total_and_national_shares_are_not_drawn(counts):
    drawn = set(air.running_totals(counts)["id"])
    assert "sorties-cum-mid-2016" not in drawn
    assert not {row for row in drawn if row.endswith(("-us", "-partners"))}


def test_one_day_in_two_units_reverses_the_order(counts):
    explorer = air.same_day_explorer(counts)
    shown = explorer.table.set_index(["Day", "Country"])
    assert shown.loc[("20 August 2017", "Iraq"), "Strikes"] == 9
    assert shown.loc[("20 August 2017", "Iraq"), "Engagements"] == 84
    assert shown.loc[("20 August 2017", "Syria"), "Strikes"] == 26
    assert "More strikes: Syria; engagements: Iraq" in explorer.svg()
    other = rendering.svg(rendering.with_values(explorer.spec, {"day": "2017-07-16"}))
    assert "More strikes: Syria; engagements: Syria" in other


def test_the_two_units_have_an_axis_each(counts):
    panels = air.same_day_explorer(counts).spec["vconcat"]
    titles = [panel["layer"][0]["encoding"]["x"]["title"] for panel in panels]
    assert titles == ["strikes", "engagements"]


def test_a_counter_without_a_name_is_asked_for_by_name(counts):
    with pytest.raises(ValueError, match="counter 'raf' of air_operations: add it to AUTHOR_OF"):
        air.strikes_explorer(counts.assign(counter="raf"))
