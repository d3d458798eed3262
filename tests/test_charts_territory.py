"""The chart of territory: definitions kept apart, losses never shown as land held, the first point named as such."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import territory
from caliphate_course.facts import facts
from caliphate_course.measures import estimates
from caliphate_course.measures.territory import LEFT_OUT

FRAME = data.load("territory_estimates")


@pytest.fixture(scope="module")
def explorer():
    return territory.explorer(FRAME)


def drawn(**state):
    """Rows a reader sees in a state of the controls."""
    rows = territory.estimates(FRAME)
    return rows[(rows["measure"] == state["measure"]) & (rows["scope"] == state["scope"])]


def test_default_state_says_how_many_figures_it_shows(explorer):
    table = FRAME[(FRAME["measure"] == "area_km2") & (FRAME["scope"] == "Iraq and Syria")]
    groups = drawn(measure="area", scope="Iraq and Syria")["group"].nunique()
    assert f"{len(table)} figures of {groups} groups" in explorer.svg()


def test_the_key_calls_who_counted_by_their_group():
    rows = territory.estimates(FRAME)
    for kind, groups in rows.groupby("kind")["group"].unique().items():
        before, colon, _ = territory.DEFINITIONS[kind][1].partition(":")
        if colon and len(groups) == 1:
            assert before.split(" (")[0] == groups[0], kind


def test_title_states_the_smallest_and_the_largest_figure_of_2014(explorer):
    rows = drawn(measure="area", scope="Iraq and Syria")
    rows = rows[rows["date"].dt.year == 2014]
    bounds = rows[["low", "best", "high"]]
    for figure in (bounds.min().min(), bounds.max().max()):
        assert f"{figure:,.0f}" in explorer.title


def test_lines_join_only_rows_of_one_published_series(explorer):
    line = next(layer for layer in explorer.spec["layer"] if layer["mark"].get("type") == "line")
    assert line["encoding"]["detail"]["field"] == "series"
    assert any("series != ''" in str(t.get("filter")) for t in line["transform"])
    joined = territory.estimates(FRAME)
    joined = joined[joined["series"] != ""]
    assert (joined.groupby("series")[["definition", "base", "measure", "scope"]].nunique() <= 1).all(axis=None)


def test_first_point_of_the_only_area_series_is_not_called_a_peak(explorer):
    text = explorer.svg()
    assert "series begins, not a measured peak" in text
    assert "not a measured peak" not in svg(explorer, show="people, Iraq and Syria")


def test_share_left_turns_losses_and_their_bounds_round():
    rows = drawn(measure="left", scope="Iraq and Syria").set_index("id")
    assert rows.loc["sdf-2019-03-both", "best"] == 0
    assert rows.loc["ihs-2015-06-pct", "best"] == pytest.approx(90.6)
    assert rows.loc["oir-2017-12-both", "form"] == estimates.UP_TO  # at least 98 % lost
    assert rows.loc["oir-2017-12-both", "words"] == "up to 2"


def test_shares_from_another_base_year_and_encyclopaedia_figures_are_left_off():
    rows = territory.estimates(FRAME)
    assert "start of 2016 (IHS)" not in set(rows["base"])
    assert set(LEFT_OUT) <= set(FRAME["id"])
    assert not set(LEFT_OUT) & set(rows["id"])


@pytest.mark.parametrize("measure", territory.EXTENTS)
def test_definitions_of_the_figures_shown_and_no_others_are_listed(explorer, measure):
    rows = drawn(measure=measure, scope="Iraq and Syria" if measure != "country" else "Iraq")
    text = svg(explorer, show=f"{measure}, {'Iraq and Syria' if measure != 'country' else 'Iraq'}")
    for kind, (_, words) in territory.DEFINITIONS.items():
        first_line = words.split("\n")[0].replace("'", "&#39;")
        shown = first_line in text or first_line.replace("&#39;", "'") in text
        assert shown == (kind in set(rows["kind"])), kind


@pytest.mark.parametrize("scope", territory.SCOPES)
@pytest.mark.parametrize("measure", territory.EXTENTS)
def test_one_colour_means_one_definition_in_every_view(measure, scope):
    kinds = drawn(measure=measure, scope=scope)["kind"].unique()
    colours = [territory.DEFINITIONS[kind][0] for kind in kinds]
    assert len(set(colours)) == len(kinds)


def test_ranges_and_bounds_have_their_own_marks(explorer):
    rows = drawn(measure="lost", scope="Iraq")
    assert (rows["form"] == estimates.RANGE).sum() >= 5
    kinds = [layer["mark"].get("type") for layer in explorer.spec["layer"] if isinstance(layer.get("mark"), dict)]
    assert {"bar", "point", "line"} <= set(kinds)
    shapes = next(
        layer["encoding"]["shape"] for layer in explorer.spec["layer"] if "shape" in layer.get("encoding", {})
    )
    assert shapes["scale"]["range"][-2:] == ["triangle-up", "triangle-down"]


def test_an_estimator_nobody_grouped_is_refused():
    stranger = FRAME.head(1).assign(estimator="Somebody", measure="area_km2", scope="Iraq", best=1.0)
    with pytest.raises(ValueError, match="Somebody"):
        territory.estimates(pd.concat([FRAME, stranger]))


def test_table_names_base_and_definition_of_each_figure():
    table = territory.table(FRAME)
    assert len(table) == len(territory.estimates(FRAME))
    assert table["What was counted"].notna().all()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sizes-of-2014", "33,700–210,000 km²"),
        ("ihs-january-2015-implied", "91,500 km²"),
        ("mosul-payroll-ratio", "8"),
    ],
)
def test_figures_worked_out_for_the_lesson(name, text):
    assert facts.resolve(f"computed/{name}").text == text


def test_the_key_is_never_longer_than_in_the_default_state_that_sets_the_layout():
    rows = territory.estimates(FRAME)
    longest = rows.groupby(["measure", "scope"])["kind"].nunique()
    assert longest.max() == longest["area", "Iraq and Syria"]


def test_every_choice_of_measure_and_scope_shows_its_figures_and_no_other_is_offered(explorer):
    rows = territory.estimates(FRAME)
    sizes = rows.groupby(rows["measure"] + ", " + rows["scope"]).size()
    offered = [choice.value for choice in explorer.static_controls["show"].choices]
    assert sorted(offered) == sorted(sizes.index)
    for show in offered:
        assert any(re.search(rf": {sizes[show]} figures? of", text) for text in texts(explorer, show=show)), show
