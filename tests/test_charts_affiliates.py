"""Branches: knowledge ends where sources end, holdings need both dates, and unknown is not no."""

from __future__ import annotations

import pandas as pd
import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import affiliates
from caliphate_course.measures.affiliates import FOUND, NOT_FOUND
from caliphate_course.words import BRANCHES


@pytest.fixture(scope="module")
def frame():
    return data.load("affiliates")


def test_one_lane_per_branch(frame):
    lanes = affiliates.branches(frame)
    assert len(lanes) == frame["affiliate"].nunique() == len(BRANCHES) == 19
    assert (lanes["found"] == FOUND).sum() == 10


def test_a_lane_ends_with_the_newest_source_not_with_today(frame):
    lanes = affiliates.branches(frame).set_index("affiliate")
    assert lanes.loc["sinai", "last"] == pd.Timestamp("2022-07-01")
    assert lanes.loc["hind", "last"] == lanes.loc["hind", "since"]
    assert lanes["last"].max() <= affiliates.EDGE


def test_bars_need_both_dates(frame):
    held = affiliates.holdings(frame)
    spots = held[held["kind"] == affiliates.SPOT]
    assert set(spots["affiliate"]) == {"yemen", "iswap", "somalia"}
    bars = held[held["kind"] != affiliates.SPOT]
    assert (bars["to"] > bars["from"]).all()


def test_derna_and_its_hills_are_two_holdings(frame):
    held = affiliates.holdings(frame)
    assert len(held[held["affiliate"] == "barqa"]) == 2


def test_unknown_is_worded_as_not_found(frame):
    table = affiliates.table(frame)
    unknown = frame["territory_held"].eq("unknown").sum()
    assert table["Held"].eq("nothing found").sum() == unknown
    assert table["Held"].eq("nothing").sum() == frame["territory_held"].eq("no").sum()


def test_the_count_of_2016(frame):
    declared = frame.dropna(subset=["declared"])
    number = declared[declared["declared"].dt.year <= 2016]["affiliate"].nunique()
    assert f"2016: {number} declared, 4 known to hold a place" in texts(affiliates.explorer(frame))


@pytest.mark.parametrize("year", range(affiliates.FIRST_YEAR, affiliates.LAST_YEAR + 1))
def test_every_year_has_its_words(frame, year):
    assert any(words.startswith(f"{year}: ") for words in texts(affiliates.explorer(frame), year=year))


def test_choosing_branches_without_a_holding_hides_the_others(frame):
    words = texts(affiliates.explorer(frame), which=NOT_FOUND)
    assert "Central Africa" in words
    assert "Egypt: Sinai" not in words and "Libya: Sirte" not in words
    assert any(line.endswith(" 0 known to hold a place") for line in words)


def test_a_branch_without_a_name_is_asked_for_by_name(frame):
    with pytest.raises(ValueError, match="affiliate 'moon' of affiliates: add it to BRANCHES in words.py"):
        affiliates.explorer(frame.assign(affiliate="moon"))
