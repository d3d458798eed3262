"""The cost of the operation to the US Defense Department."""

from __future__ import annotations

import pandas as pd
import pytest

from caliphate_course import data
from caliphate_course.charts import operation_cost as cost
from coursebook.figures import rendering


@pytest.fixture(scope="module")
def money():
    return data.load("operation_cost")


def test_the_running_total_stops_in_july_2017(money):
    rows = cost.snapshots(money)
    assert rows.loc[rows["kind"] == cost.SNAPSHOT, "date"].max() == pd.Timestamp("2017-07-01")
    later = rows[rows["date"] > "2017-07-01"]
    assert set(later["kind"]) == {cost.BOOKED}


def test_obligations_and_running_total_are_two_kinds_and_nothing_is_joined(money):
    rows = cost.snapshots(money).set_index("id")
    assert rows.loc["cost-obligated-2018-12-31", "kind"] == cost.BOOKED
    assert rows.loc["cost-obligated-2018-12-31", "value"] == 31.2
    assert rows.loc["cost-total-2016-07-31", "value"] == 8.7
    marks = {layer["mark"]["type"] for layer in cost.chart(money).to_dict()["layer"]}
    assert "line" not in marks and "area" not in marks


def test_minima_and_other_periods_are_marked(money):
    rows = cost.snapshots(money).set_index("id")
    assert rows.loc["cost-total-2015-06-12", "kind"] == cost.AT_LEAST
    assert rows.loc["cost-day-since-syria-2015-07-15", "kind"] == cost.OTHER_PERIOD
    assert cost.KINDS[cost.AT_LEAST] == "triangle-up"


def test_default_state_says_where_the_count_stops(money):
    svg = cost.explorer(money).svg()
    assert "July 2017: 14 billion counted" in svg
    assert "31 December 2018: 31.2 billion booked" in svg
    assert "billion US dollars" in svg


def test_the_unit_follows_the_control(money):
    spec = rendering.with_values(cost.explorer(money).spec, {"measure": cost.PER_DAY})
    svg = rendering.svg(spec)
    assert "million US dollars a day, average since the start" in svg
    assert "31 July 2016: 12.1 million dollars a day" in svg
    assert "billion" not in svg.split("</title>")[-1]


def test_the_table_keeps_units_apart(money):
    shown = cost.table(money)
    assert set(shown["Unit"]) == {"million US dollars", "million US dollars a day"}
    assert shown["Figure"].str.startswith("more than").sum() == money["best"].isna().sum()
