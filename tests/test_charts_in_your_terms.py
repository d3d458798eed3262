"""Sizes against a place that the reader picks."""

from __future__ import annotations

import re

import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import in_your_terms
from caliphate_course.measures.in_your_terms import places, sizes
from caliphate_course.words import TERMS

COMPARISONS = data.load("comparisons")


@pytest.fixture(scope="module")
def explorer():
    return in_your_terms.explorer(COMPARISONS, data.load("territory_estimates"), data.load("displacement"))


def test_every_size_named_is_a_row_with_one_figure():
    rows = sizes(data.load("territory_estimates"), data.load("displacement"))
    assert rows["id"].tolist() == list(TERMS) and rows["best"].notna().all()


def test_every_place_can_be_picked_countries_first_with_both_measures():
    known = places(COMPARISONS)
    assert set(known["name"]) == set(COMPARISONS["name"])
    countries = known[known["country"]]
    assert len(countries) >= 10 and known["country"].tolist() == sorted(known["country"], reverse=True)
    assert countries[["area", "population"]].notna().all(axis=None)
    london = known.set_index("name").loc["London"]
    assert london["population_definition"].startswith("Greater London")  # within the limits that its area has, too


def test_a_bar_is_as_long_as_so_many_places(explorer):
    words = texts(explorer, place="Lebanon")
    assert "Lebanon: 10,400 km²" in words and "NCTC, where it operated, 2014: 210,000 km², 20 times" in words
    bars = re.findall(r'd="M0,[\d.]+h([\d.]+)v12h-', svg(explorer, place="Lebanon"))
    land = [float(bar) for bar in bars[:4]]
    assert land[3] / land[0] == pytest.approx(210_000 / 10_400, rel=0.01)


def test_a_city_without_an_area_says_so_and_keeps_its_people(explorer):
    words = texts(explorer, place="Vienna")
    assert "Land: our table has no area of Vienna" in words and "Vienna: 1,975,000 people" in words
    assert not [word for word in words if "km²" in word]


def test_units_too_narrow_to_see_are_not_cut(explorer):
    cuts = {
        place: svg(explorer, place=place).count('aria-roledescription="tick"')
        for place in ("Berlin", "Lebanon", "France")
    }
    assert cuts["Lebanon"] > cuts["Berlin"] > 0 == cuts["France"]


def test_the_table_has_each_place_with_its_sizes(explorer):
    row = explorer.table.set_index("Place").loc["Jordan"]
    assert row["Area (km²)"].startswith("89,342 (2020") and row["IHS, January 2015"] == "1.0"
    assert explorer.table.set_index("Place").loc["Vienna", "IHS, January 2015"] == ""
