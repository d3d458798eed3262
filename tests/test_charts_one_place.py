"""One place through the war: every panel says what its table says, and what it lacks."""

from __future__ import annotations

import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import one_place as figure
from caliphate_course.measures import one_place as measure
from caliphate_course.words import COUNTERS
from coursebook.figures import rendering, theme


@pytest.fixture(scope="module")
def tables():
    return {name: data.load(name) for name in figure.TABLES}


@pytest.fixture(scope="module")
def explorer(tables):
    return figure.explorer(tables)


def test_every_place_is_in_the_tables_and_can_be_chosen(explorer, tables):
    chosen = {choice.value for choice in explorer.static_controls["place"].choices}
    assert chosen == set(measure.PLACES) <= set(tables["town_control"]["place_id"])
    assert chosen <= set(tables["violence_places"]["place_id"].dropna())


@pytest.mark.parametrize("place", ["mosul", "kobani", "palmyra", "baghouz"])
def test_the_title_and_the_first_line_are_of_the_place(explorer, tables, place):
    name = measure.PLACES[place]
    row = tables["town_control"].query("place_id == @place").iloc[0]
    assert f"{name}, {row['governorate']}, {row['country']}" in texts(explorer, place=place)
    title = explorer.title_of({"place": place})
    years = tables["violence_places"].query("place_id == @place and year >= 2013").sort_values("best")
    assert title.startswith(f"{name}: ") and f"most known deaths in {years['year'].iloc[-1]}" in title
    assert ("battles only" in title) == (years["coverage"].iloc[-1] == "battles_only")


def test_the_deadliest_month_is_named(explorer, tables):
    rows = tables["violence_place_months"].query("place_id == 'mosul'").sort_values("best")
    top = rows.iloc[-1]
    assert f"{top['month']:%b %Y}: {top['best']:,}" in texts(explorer, place="mosul")


def test_syrian_years_of_battles_only_stand_as_numbers_in_the_grey(explorer, tables):
    words = texts(explorer, place="raqqa")
    years = tables["violence_places"].query("place_id == 'raqqa' and coverage == 'battles_only'")
    assert {f"{best:,}" for best in years["best"]} <= set(words)
    assert any("battles only" in text for text in words)
    assert f'fill="{theme.HOLE}"' in svg(explorer, place="raqqa")
    assert not any("battles only" in text for text in texts(explorer, place="mosul"))


def test_events_are_those_of_the_place_and_not_of_its_dam_or_governorate(tables):
    rows = measure.happened(tables["events"])
    assert {"mosul-2014-06-10", "mosul-2017-07-10"} <= set(rows["id"])
    assert not rows["place"].str.contains("Dam|governorate|villages").any()


@pytest.mark.parametrize("place", ["raqqa", "mosul", "hawija", "baghouz"])
def test_every_count_of_the_place_is_said(explorer, tables, place):
    rows = measure.counted(tables["civilian_harm"], tables["air_operations"], COUNTERS).query("place_id == @place")
    both = [
        row_id
        for table in ("civilian_harm", "air_operations")
        for row_id in tables[table].loc[tables[table]["scope"] == measure.PLACES[place], "id"]
    ]
    assert sorted(rows["id"]) == sorted(both)
    words = texts(explorer, place=place)
    assert set(rows["says"]) <= set(words)


def test_a_place_without_counts_says_so(explorer):
    assert "No count for this place is in our tables" in texts(explorer, place="tikrit")
    assert "No count for this place is in our tables" not in texts(explorer, place="hawija")


def test_displacement_is_of_the_governorate_and_syria_has_none(explorer, tables):
    rows = measure.fled(tables["displacement_governorates"], tables["town_control"])
    assert set(rows.query("place_id == 'fallujah'")["governorate"]) == {"Anbar"}
    assert "IOM counted by governorate in Iraq only" in texts(explorer, place="raqqa")
    assert "IOM counted by governorate in Iraq only" not in texts(explorer, place="sinjar")


def test_what_is_not_known_is_said(explorer):
    assert any("the first day under ISIS" in text for text in texts(explorer, place="baghouz"))
    assert any("deaths after 2018" in text for text in texts(explorer, place="ramadi"))


@pytest.mark.parametrize("place", list(measure.PLACES))
def test_a_phone_is_wide_enough(explorer, place):
    drawn = rendering.svg(rendering.with_values(rendering.narrow(explorer.spec), {"place": place}))
    assert float(drawn.split(' width="')[1].split('"')[0]) <= 345
