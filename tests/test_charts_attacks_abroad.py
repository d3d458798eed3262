"""Attacks abroad beside the area curve: one series only, ties by shape, open bounds marked."""

from __future__ import annotations

import re

import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import attacks_abroad
from coursebook.figures import rendering, theme


@pytest.fixture(scope="module")
def events():
    return data.load("events")


@pytest.fixture(scope="module")
def territory():
    return data.load("territory_estimates")


@pytest.fixture(scope="module")
def figure(events, territory):
    return attacks_abroad.explorer(events, territory)


def test_only_attacks_outside_iraq_and_syria(events):
    rows = attacks_abroad.attacks(events)
    assert set(rows["kind"]) == {"attack"}
    assert not rows["country"].fillna("").str.contains("Iraq|Syria").any()


def test_the_line_joins_ihs_and_nothing_else(territory):
    rows = attacks_abroad.area(territory)
    assert set(rows["estimator"]) == {"IHS Markit"}
    assert set(rows["measure"]) == {"area_km2"}
    assert rows["best"].is_monotonic_decreasing


def test_every_tie_has_its_own_shape_and_only_what_isis_directed_the_accent(events):
    assert set(attacks_abroad.attacks(events)["attribution"]) <= set(attacks_abroad.TIES)
    _, shapes, _ = zip(*attacks_abroad.TIES.values(), strict=True)
    assert len(set(shapes)) == len(shapes)
    assert [key for key, look in attacks_abroad.TIES.items() if look[2] == theme.RED] == ["directed"]


def test_each_attack_is_named_with_its_dead_and_lower_bounds_are_marked(events, figure):
    words = texts(figure)
    for row in attacks_abroad.attacks(events).itertuples():
        assert row.place in words
        assert f"{row.killed_low}{'+' if row.at_least else ''}" in words


def test_bars_are_as_long_as_the_numbers_and_none_leaves_the_chart(events, figure):
    rows = attacks_abroad.attacks(events)
    assert rows["killed_low"].max() <= attacks_abroad.MOST_KILLED
    bars = [
        float(width) for width in re.findall(r'aria-roledescription="bar" d="M[\d.]+,[\d.]+h([\d.]+)v7', svg(figure))
    ]
    assert len(bars) == len(rows)
    lengths = sorted(rows["killed_low"].astype(float))
    for drawn, killed in zip(sorted(bars), lengths, strict=True):
        assert drawn / max(bars) == pytest.approx(killed / max(lengths), rel=0.01)


def test_each_year_says_how_many_attacks_and_what_was_held(events, territory, figure):
    words, years = texts(figure), attacks_abroad.attacks(events)["date"].dt.year.value_counts()
    for year, number in years.items():
        assert f"{year}: {number} attack{'s' if number > 1 else ''}" in words
    ends = (attacks_abroad.area(territory).set_index("date")["best"]["2015"] / 1000).round().astype(int)
    assert f"ISIS held {ends.iloc[0]} to {ends.iloc[-1]} thousand km²" in words
    assert words.count("no figure by IHS") == 2
    assert "2018: no attacks" in texts(figure, show="directed")


@pytest.mark.parametrize("tie", list(attacks_abroad.TIES))
def test_each_tie_selects_rows(events, figure, tie):
    expected = (attacks_abroad.attacks(events)["attribution"] == tie).sum()
    assert expected > 0
    assert f">{expected} attacks shown, by people killed<" in rendering.svg(
        rendering.with_values(figure.spec, {"show": tie})
    )


@pytest.mark.parametrize("region", list(attacks_abroad.REGIONS))
def test_each_region_selects_rows(events, figure, region):
    expected = (attacks_abroad.attacks(events)["region"] == region).sum()
    assert expected > 0
    assert f">{expected} attacks shown, by people killed<" in rendering.svg(
        rendering.with_values(figure.spec, {"show": region})
    )


def test_title_holds(events):
    """The listed attacks thin out: fewer in the whole of 2018 and 2019 than in any single year before."""
    years = attacks_abroad.attacks(events)["date"].dt.year.value_counts()
    assert years[[2018, 2019]].sum() < years[[2015, 2016, 2017]].min()
