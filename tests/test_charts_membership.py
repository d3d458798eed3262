"""The chart of membership through time."""

from __future__ import annotations

import pandas as pd
import pytest

from caliphate_course import data
from caliphate_course.charts import membership
from caliphate_course.explorer import rendering


@pytest.fixture(scope="module")
def members():
    return data.load("coalition_members")


@pytest.fixture(scope="module")
def explorer(members):
    return membership.explorer(members)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2014-12-03", 60), ("2014-12-31", 62), ("2017-03-22", 68), ("2017-11-30", 74), ("2019-02-06", 79)],
)
def test_published_counts_are_reproduced(members, day, expected):
    assert len(membership.counted(members, day)) == expected
    drawn = membership.steps(members)
    assert drawn.loc[drawn["date"] == day, "members"].sum() == expected


def test_each_choice_of_the_slider_is_a_known_step(explorer, members):
    chosen = {choice.value for choice in explorer.static_controls["day"].choices}
    assert chosen == set(membership.days(members))
    assert min(chosen) == "2014-12-03"


def test_default_state_locates_the_number_of_the_news_articles(explorer):
    svg = explorer.svg()
    assert "22 Mar 2017: 68 members, 65 of them states" in svg
    assert membership.SEED_WORDS in svg


def test_organisations_are_apart_from_states(explorer, members):
    spec = rendering.with_values(explorer.spec, {"who": "multilateral", "day": "2017-11-30"})
    assert "30 Nov 2017: 4 organisations" in rendering.svg(spec)
    spec = rendering.with_values(explorer.spec, {"who": "states", "day": "2017-11-30"})
    assert "30 Nov 2017: 70 states" in rendering.svg(spec)


def test_every_choice_says_something_else(members):
    lines = membership.totals(members)
    assert lines.groupby("day")["line"].nunique().eq(len(membership._choices())).all()


def test_the_count_is_not_drawn_before_it_is_known(members):
    assert pd.to_datetime(membership.steps(members)["date"]).min() == pd.Timestamp("2014-12-03")


def test_a_window_is_not_given_a_day_in_the_table(members):
    shown = membership.table(members)
    assert len(shown) == 79
    assert shown.set_index("Member").loc["Albania", "Joined"] == "by 3 December 2014; day not known"
    assert shown.set_index("Member").loc["NATO", "Joined"] == "25 May 2017"
