"""The chart of membership through time."""

from __future__ import annotations

import pandas as pd
import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import membership
from coursebook.figures import rendering


@pytest.fixture(scope="module")
def members():
    return data.load("coalition_members")


@pytest.fixture(scope="module")
def explorer(members):
    return membership.explorer(members)


def test_every_step_is_drawn_at_the_count_of_its_day(members):
    """Published counts fix what is counted; see the tests of the data."""
    drawn = membership.totals(members).query("who == 'all'").set_index("day")["total"]
    assert drawn.to_dict() == {day: len(membership.counted(members, day)) for day in drawn.index}
    assert {membership.FIRST_COUNT, "2014-12-31", membership.MINISTERIAL, "2017-11-30", "2019-02-06"} <= set(
        drawn.index
    )


def test_the_list_names_those_who_make_each_step(members):
    """Those listed up to a day are as many as the line counts on it, of each choice; who joined late has a name."""
    listed, counts = membership.joiners(members), membership.totals(members).set_index(["day", "who"])["total"]
    for who, rows in listed.groupby("who"):
        assert rows["number"].cumsum().tolist() == [counts[day, who] for day in rows["day"]]
    last = listed.query("who == 'all'").iloc[-1]
    assert (last["when"], last["names"]) == ("by 6 Feb 2019", "CEN-SAD, Fiji, Guinea, Kenya")


def test_each_choice_of_the_slider_is_a_known_step(explorer, members):
    chosen = {choice.value for choice in explorer.static_controls["day"].choices}
    assert chosen == set(membership.days(members))
    assert min(chosen) == "2014-12-03"


def test_default_state_locates_the_number_of_the_news_articles(explorer, members):
    counted, svg = membership.counted(members, membership.MINISTERIAL), explorer.svg()
    states = (counted["type"] == "state").sum()
    assert f"22 Mar 2017: {len(counted)} members, {states} of them states" in svg
    assert f"there were {len(counted)} members: {states} states" in explorer.description
    assert f"the US and {len(counted) - 1} others" in membership.SEED_WORDS and membership.SEED_WORDS in svg


def test_organisations_are_apart_from_states(explorer, members):
    spec = rendering.with_values(explorer.spec, {"who": "multilateral", "day": "2017-11-30"})
    assert "30 Nov 2017: 4 organisations" in rendering.svg(spec)
    spec = rendering.with_values(explorer.spec, {"who": "states", "day": "2017-11-30"})
    assert "30 Nov 2017: 70 states" in rendering.svg(spec)


def test_every_choice_says_something_else(members):
    lines = membership.totals(members)
    assert lines.groupby("day")["line"].nunique().eq(len(membership.choices())).all()


def test_the_count_is_not_drawn_before_it_is_known(members):
    assert membership.totals(members)["date"].min() == pd.Timestamp("2014-12-03")


def test_a_window_is_not_given_a_day_in_the_table(members):
    shown = membership.table(members)
    assert len(shown) == 79
    assert shown.set_index("Member").loc["Albania", "Joined"] == "by 3 December 2014; day not known"
    assert shown.set_index("Member").loc["NATO", "Joined"] == "25 May 2017"


def test_the_axis_has_whole_members_and_the_list_those_chosen(explorer):
    words = texts(explorer, who="latin_america_caribbean")
    assert {"Panama", "0", "1", "2"} <= set(words)
    assert "0.5" not in words and "NATO" not in words
    assert "NATO" in texts(explorer) and "NATO" not in texts(explorer, who="states")


def test_a_guess_off_the_axis_is_drawn_all_the_same(explorer):
    assert "your guess" in texts(explorer, guess=7) and "your guess" in texts(explorer, guess=139)


def test_the_box_of_autumn_2014_says_what_it_is(explorer):
    assert "days not published" in texts(explorer)
    assert "days not published" not in texts(explorer, who="states")


def test_each_step_says_all_that_is_counted_there(members):
    for _, row in membership.totals(members).iterrows():
        assert sum(int(part.rsplit(" ", 1)[1]) for part in row["parts"].split("; ") if part != "none") == row["total"]
