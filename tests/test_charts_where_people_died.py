"""The map of deaths by place: what is drawn, what is not, and that a hole never looks like peace."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import where_people_died as figure
from coursebook.figures import rendering, static, theme

YEARS = range(2004, 2020)


@pytest.fixture(scope="module")
def places():
    return data.load("violence_places")


@pytest.fixture(scope="module")
def governorates():
    return data.load("violence_governorate")


@pytest.fixture(scope="module")
def explorer(places, governorates):
    return figure.explorer(places, governorates)


def circles(explorer, **state) -> list[tuple[float, str]]:
    """Radius and tag of every circle of deaths."""
    drawn = svg(explorer, **state)
    found = re.findall(rf'<path [^>]*fill="{theme.RED}"[^>]*stroke="{theme.RED}"[^>]*/>', drawn)
    return [(float(re.search(r' d="M([\d.]+),0A', tag)[1]), tag) for tag in found]


@pytest.mark.parametrize("year", [2004, 2014, 2017, 2019])
def test_every_place_from_the_threshold_on_has_a_circle_whose_area_shows_its_deaths(explorer, places, year):
    rows = places[(places["year"] == year) & (places["best"] >= figure.LEAST)]
    drawn = circles(explorer, year=year)
    assert len(drawn) == len(rows)
    areas = sorted(radius**2 for radius, _ in drawn)
    per_death = [area / best for area, best in zip(areas, sorted(rows["best"]), strict=True)]
    assert max(per_death) == pytest.approx(min(per_death), rel=0.02)


@pytest.mark.parametrize("year", [2013, 2014, 2015, 2016])
def test_battles_only_are_hollow_and_all_kinds_filled(explorer, places, year):
    rows = places[(places["year"] == year) & (places["best"] >= figure.LEAST)]
    hollow = [tag for _, tag in circles(explorer, year=year) if 'fill-opacity="0.1"' in tag]
    assert len(hollow) == (rows["coverage"] == "battles_only").sum()
    assert ("battles only" in texts(explorer, year=year)) == bool(hollow)


@pytest.mark.parametrize(("year", "country"), [(2004, "Syria"), (2012, "Syria"), (2019, "Iraq")])
def test_a_country_without_figures_is_grey_and_says_so(explorer, year, country):
    drawn = svg(explorer, year=year)
    assert re.search(rf'<path [^>]*fill="{theme.FAINT}"', drawn)
    words = texts(explorer, year=year)
    assert "no figures" in words and any(f"{country}: no figures" in text for text in words)


def test_a_year_that_is_covered_has_no_grey_country(explorer):
    assert f'fill="{theme.FAINT}"' not in svg(explorer, year=2016)
    assert "no figures" not in texts(explorer, year=2016)


def test_syria_before_2016_has_places_but_no_governorates(explorer):
    assert f'fill="{theme.FAINT}"' not in svg(explorer, year=2014)
    assert f'fill="{theme.FAINT}"' in svg(explorer, year=2014, show="governorates")


@pytest.mark.parametrize("year", YEARS)
def test_what_has_no_place_is_said_for_each_country_covered(explorer, places, governorates, year):
    said = " ".join(texts(explorer, year=year))
    for country in ("Iraq", "Syria"):
        own = places[(places["country"] == country) & (places["year"] == year)]
        whole = governorates[(governorates["country"] == country) & (governorates["year"] == year)]["best"].sum()
        if own.empty:
            assert f"{country}: no figures" in said
        elif own["coverage"].iloc[0] == "battles_only":
            assert f"{country}: battles only; those without a place are not known" in said
        else:
            assert f"{country}: {whole - own['best'].sum():,} of {whole:,} deaths" in said
    small = places[(places["year"] == year) & (places["best"] < figure.LEAST)]["best"].sum()
    assert f"fewer than {figure.LEAST} deaths, {small:,} in all" in said


@pytest.mark.parametrize("year", YEARS)
def test_the_largest_place_is_named_with_its_deaths_and_in_the_title(explorer, places, year):
    top = places[places["year"] == year].sort_values("best").iloc[-1]
    name = figure.short_name(top["place"])
    for drawn in (explorer.spec, rendering.narrow(explorer.spec)):
        assert f">{name} {top['best']:,}</text>" in rendering.svg(rendering.with_values(drawn, {"year": year}))
    assert name in explorer.title_of({"year": year}) and f"({top['best']:,}" in explorer.title_of({"year": year})


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("wide", [True, False])
def test_names_do_not_meet(places, year, wide):
    share = 1 if wide else 0.5
    boxes = []
    for one in figure.labels(places, year, wide):
        x, y = (share * at for at in figure.pixels(one["lon"], one["lat"]))
        long = 6 * len(one["text"])
        left = x + one["dx"] - {"left": 0, "right": long, "center": long / 2}[one["side"]]
        boxes.append((left, y + one["dy"] - 6, left + long, y + one["dy"] + 6))
    assert not any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for at, a in enumerate(boxes)
        for b in boxes[at + 1 :]
    )


def test_governorates_are_shaded_and_the_large_ones_say_their_deaths(explorer, governorates):
    words = texts(explorer, year=2017, show="governorates")
    rows = governorates[(governorates["year"] == 2017) & governorates["located"]]
    assert {f"{best:,}" for best in rows.loc[rows["best"] >= 100, "best"]} <= set(words)
    assert "Mosul 6,628" not in words


def test_the_story_plays_from_2013(explorer):
    choices = explorer.static_controls["year"].choices
    assert choices[explorer.play_from].value == 2013


def test_what_it_adds_to_a_map_is_small(explorer):
    content = static.payload(explorer)
    own = json.dumps([one for one in content["vega"]["data"] if one["name"] not in ("base_map", "governorates")])
    assert len(gzip.compress(own.encode())) < 14_000
    assert len(gzip.compress(content["svg"].encode())) < 12_000
