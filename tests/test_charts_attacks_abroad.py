"""Attacks abroad beside the area curve: one series only, ties by shape, open bounds marked."""

from __future__ import annotations

import re

import pytest

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


def marks(figure, panel):
    return [layer for layer in figure.spec["vconcat"][panel]["layer"] if isinstance(layer["mark"], dict)]


def test_only_attacks_outside_iraq_and_syria(events):
    rows = attacks_abroad.attacks(events)
    assert set(rows["kind"]) == {"attack"}
    assert not rows["country"].fillna("").str.contains("Iraq|Syria").any()


def test_the_line_joins_ihs_and_nothing_else(territory):
    rows = attacks_abroad.area(territory)
    assert set(rows["estimator"]) == {"IHS Markit"}
    assert set(rows["measure"]) == {"area_km2"}
    assert rows["best"].is_monotonic_decreasing


def test_every_tie_has_its_own_shape_and_colour(events):
    assert set(attacks_abroad.attacks(events)["attribution"]) <= set(attacks_abroad.TIES)
    _, shapes, colours = zip(*attacks_abroad.TIES.values(), strict=True)
    assert len(set(shapes)) == len(shapes) == len(set(colours))


def test_lower_bounds_are_marked_as_open(events, figure):
    without_upper_bound = int(attacks_abroad.attacks(events)["killed_high"].isna().sum())
    arrows = re.findall(rf'<path [^>]*d="M0,-[^"A]*Z" fill="{theme.MUTED}"', figure.svg())
    assert len(arrows) == without_upper_bound > 0


def test_ranges_are_drawn_as_ranges(figure):
    rule = next(m for m in marks(figure, 0) if m["mark"]["type"] == "rule")
    assert (rule["encoding"]["y"]["field"], rule["encoding"]["y2"]["field"]) == ("killed_low", "killed_high")


def test_no_figure_lies_outside_the_scale(events):
    rows = attacks_abroad.attacks(events)
    assert rows["killed_low"].notna().all()
    assert rows["killed_low"].min() >= 3
    assert rows["killed_high"].max() <= 500


@pytest.mark.parametrize("tie", list(attacks_abroad.TIES))
def test_each_tie_selects_rows(events, figure, tie):
    expected = (attacks_abroad.attacks(events)["attribution"] == tie).sum()
    assert expected > 0
    assert f">{expected} attacks shown<" in rendering.svg(rendering.with_values(figure.spec, {"show": tie}))


@pytest.mark.parametrize("region", list(attacks_abroad.REGIONS))
def test_each_region_selects_rows(events, figure, region):
    expected = (attacks_abroad.attacks(events)["region"] == region).sum()
    assert expected > 0
    assert f">{expected} attacks shown<" in rendering.svg(rendering.with_values(figure.spec, {"show": region}))


def test_title_holds(events):
    """The listed attacks thin out: fewer in the whole of 2018 and 2019 than in any single year before."""
    years = attacks_abroad.attacks(events)["date"].dt.year.value_counts()
    assert years[[2018, 2019]].sum() < years[[2015, 2016, 2017]].min()


def test_both_panels_share_their_years(figure):
    domains = [layer["encoding"]["x"]["scale"]["domain"] for panel in (0, 1) for layer in marks(figure, panel)
               if "scale" in layer["encoding"].get("x", {})]  # fmt: skip
    assert all(domain == [attacks_abroad.FIRST, attacks_abroad.LAST] for domain in domains)
