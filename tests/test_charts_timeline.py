"""The timeline: every event in its row, filters that select, and a map under the same controls."""

from __future__ import annotations

import re

import pytest

from caliphate_course import data
from caliphate_course.charts import timeline
from caliphate_course.measures.rivers import CORRIDOR_KM, beside_rivers
from coursebook.dataset import source_ids
from coursebook.figures import rendering


@pytest.fixture(scope="module")
def frame():
    return data.load("events")


@pytest.fixture(scope="module")
def figures(frame):
    return timeline.explorers(frame)


def count(figure, **state) -> str:
    svg = rendering.svg(rendering.with_values(figure.spec, state))
    return re.search(r">(\d{4}(?:–\d{4})?: [^<]*)<", svg)[1]


def test_every_kind_of_event_has_a_row(frame):
    assert set(frame["kind"]) == set(timeline.EVENTS)


def test_no_two_kinds_of_event_share_a_shape(figures):
    """Ink and dark grey circles were nearly one mark; the legend draws the shapes of the map."""
    shape = figures[1].spec["layer"]
    shape = next(layer["encoding"]["shape"] for layer in shape if "shape" in layer.get("encoding", {}))
    assert len(set(shape["scale"]["range"])) == len(shape["scale"]["domain"]) == len(timeline.EVENTS)
    assert shape["legend"] is not None


def test_aftermath_is_left_to_later_lessons(frame):
    shown = timeline.events(frame)
    assert len(shown) == (frame["phase"] != "aftermath").sum()
    assert shown["date"].is_monotonic_increasing


def test_default_counts_are_the_tables(frame, figures):
    shown = timeline.events(frame)
    shown = shown[shown["kind"].isin(timeline.SHOWN_FIRST)]
    taken, lost = ((shown["kind"] == kind).sum() for kind in ("capture", "recapture"))
    assert count(figures[0]) == f"2004–2019: {len(shown)} events, {taken} taken, {lost} lost"


def test_captures_come_before_losses(frame):
    """The title: ten years with few landmarks, fewer than two a year, then two of captures and four of losses."""
    shown = timeline.events(frame)
    captures, losses = (shown[shown["kind"] == kind]["year"] for kind in ("capture", "recapture"))
    assert captures.isin([2014, 2015]).mean() > 0.8
    assert (losses >= 2015).mean() > 0.9
    before = shown["year"][shown["year"] < 2013]
    assert len(before) / (2013 - before.min()) < 2


@pytest.mark.parametrize("place", ["iraq", "syria", "abroad"])
def test_place_selects_rows(frame, figures, place):
    shown = timeline.events(frame)
    expected = shown[shown["kind"].isin(timeline.SHOWN_FIRST) & shown["where"].str.contains(place)]
    assert 0 < len(expected) < len(shown)
    assert f": {len(expected)} events," in count(figures[0], where=place)


@pytest.mark.parametrize("kind", list(timeline.EVENTS))
def test_each_kind_selects_rows(frame, figures, kind):
    expected = (timeline.events(frame)["kind"] == kind).sum()
    assert expected > 0
    assert f": {expected} events," in count(figures[0], kinds=[kind])


def test_years_cut_events_and_axis(frame, figures):
    shown = timeline.events(frame)
    expected = shown[shown["kind"].isin(timeline.SHOWN_FIRST) & shown["year"].between(2013, 2014)]
    assert count(figures[0], years=[2013, 2014]).startswith(f"2013–2014: {len(expected)} events")
    assert "2008" not in rendering.svg(rendering.with_values(figures[0].spec, {"years": [2013, 2014]}))


def test_map_shares_the_controls_and_draws_only_places_in_the_two_countries(frame, figures):
    line, here = figures
    assert {c.shared for c in line.static_controls.values()} == {c.shared for c in here.static_controls.values()}
    shown = timeline.events(frame)
    expected = shown[
        shown["kind"].isin(timeline.SHOWN_FIRST) & (shown["region"] == "iraq_syria") & shown["lat"].notna()
    ]
    assert count(here) == f"2004–2019: {len(expected)} events with a place"


def test_table_holds_every_event_and_sources_only_theirs(frame, figures):
    assert len(figures[0].table) == len(timeline.events(frame))
    assert set(figures[0].sources.index) == set(source_ids(timeline.events(frame)))


def test_events_at_one_place_lie_beside_one_another_on_the_map(frame):
    here = timeline.events(frame).dropna(subset=["lat"])
    moved = timeline.beside(here)
    assert here.duplicated(["lat", "lon"]).any()
    assert not moved[["lat", "lon"]].round(2).duplicated().any()
    assert (moved["lat"] - here["lat"].reindex(moved.index)).abs().max() < 0.6, "degrees: still near their place"


def test_a_choice_without_events_says_so(figures):
    assert count(figures[0], years=[2005, 2005]) == "2005: 0 events, 0 taken, 0 lost"
    for figure in figures:
        assert "Nothing is chosen" in rendering.svg(rendering.with_values(figure.spec, {"kinds": []}))
    assert "not on this map" in rendering.svg(rendering.with_values(figures[1].spec, {"where": "abroad"}))


def test_the_corridor_holds_mosul_and_raqqa_and_not_palmyra_or_sinjar():
    places = data.load("town_control").drop_duplicates("place_id").set_index("place_id")
    beside = beside_rivers(places, data.base_map())
    assert beside[["mosul", "raqqa", "tikrit", "ramadi"]].all()
    assert not beside[["palmyra", "sinjar", "rutba", "tal-afar"]].any()


def test_the_map_counts_the_events_within_the_corridor(frame, figures):
    shown = timeline.events(frame)
    shown = shown[shown["kind"].isin(timeline.SHOWN_FIRST) & (shown["where"] != "abroad") & shown["lat"].notna()]
    near = beside_rivers(shown, data.base_map()).sum()
    assert f"{near} within {CORRIDOR_KM} km of Euphrates or Tigris" in figures[1].svg()
    every = timeline.events(frame).query("where != 'abroad'").dropna(subset=["lat"])
    assert beside_rivers(every, data.base_map()).mean() > 0.5, "the title says more than half"
