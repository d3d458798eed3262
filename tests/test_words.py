"""Numbers, ranges and dates in words: no digit lost, no date more precise than it is known."""

from __future__ import annotations

import pandas as pd
import pytest

from caliphate_course import data
from caliphate_course.course import COURSE
from caliphate_course.measures import towns
from coursebook.facts import FactError
from coursebook.figures import static
from coursebook.words import bounds, date_words, number, period_words, scaled

facts = COURSE.facts


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12345.678, "12,345.678"),
        (1234567.5, "1,234,567.5"),
        (13.200000000000001, "13.2"),
        (0.1 + 0.2, "0.3"),
        (2.0, "2"),
        (100.0, "100"),
        (1e21, "1,000,000,000,000,000,000,000"),
        (-0.25, "-0.25"),
        (1000, "1,000"),
        (True, "yes"),
        ("as it stands", "as it stands"),
    ],
)
def test_a_number_keeps_every_digit(value, words):
    assert number(value) == words
    if not isinstance(value, str):
        assert static._cell(value) == words, "a table under a chart tells it as a sentence does"


def test_a_range_names_the_ends_that_are_known():
    assert (bounds(2100, 4400), bounds(2100, None), bounds(None, 4400), bounds(7, 7)) == (
        "2,100–4,400", "at least 2,100", "up to 4,400", "7",
    )  # fmt: skip
    assert bounds(1_500_000, 2_000_000, lambda value: scaled(value, 1e6)) == "1.5–2"


def row(**cells):
    return pd.Series({name: pd.Timestamp(cell) if cell[:2] == "20" else cell for name, cell in cells.items()})


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "1 October 2016"), ("month", "October 2016"), ("quarter", "quarter 4 of 2016"), ("year", "2016")],
)
def test_a_date_is_told_as_far_as_it_is_known(precision, words):
    assert date_words(row(date="2016-10-01", date_precision=precision)) == words


def test_a_date_between_two_days_names_both():
    joined = row(joined="2014-09-05", joined_latest="2014-12-03", joined_precision="window")
    assert date_words(joined, "joined") == "between 5 September 2014 and 3 December 2014"
    assert date_words(joined, "joined_latest") == "by 3 December 2014"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2017-06-06", "2017-06-09", "6 to 9 June 2017"),
        ("2014-08-03", "2014-08-31", "3 to 31 August 2014"),
        ("2015-10-01", "2015-12-07", "1 October to 7 December 2015"),
        ("2016-10-17", "2017-07-10", "17 October 2016 to 10 July 2017"),
        ("2018-01-01", "2018-10-31", "January to October 2018"),
        ("2014-01-01", "2014-12-31", "2014"),
        ("2014-01-01", "2016-12-31", "2014 to 2016"),
        ("2017-07-16", "2017-07-16", "16 July 2017"),
    ],
)
def test_a_period_says_once_what_both_ends_share(first, last, words):
    assert period_words(row(a=first, b=last), "a", "b") == words


def test_no_fact_of_a_date_is_more_precise_than_its_row():
    """Whatever column is asked for, the sentence and the card tell its date, no day that nobody knows."""
    asked = 0
    for table in data.tables():
        frame = data.load(table)
        for column in [c for c in frame if f"{c}_precision" in frame and frame[c].dtype.kind == "M"]:
            vague = frame[frame[column].notna() & frame[f"{column}_precision"].isin(["month", "year"])]
            for _, found in vague.drop_duplicates(f"{column}_precision").iterrows():
                fact = facts.resolve(f"{table}/{found['id']}.{column}")
                known = f"{found[column]:%Y}" if found[f"{column}_precision"] == "year" else f"{found[column]:%B %Y}"
                assert (fact.text, fact.when) == (known, known), f"{table}/{found['id']}.{column}"
                asked += 1
    assert asked > 10


def test_a_form_that_would_show_nothing_is_refused():
    few = next(row for row in data.load("us_presence").itertuples() if row.best and row.best <= 3000)
    with pytest.raises(FactError, match="is 0 in millions to two digits after the point"):
        facts.resolve(f"us_presence/{few.id} as million")
    assert facts.resolve(f"us_presence/{few.id} as number").text == number(few.best)


def test_towns_held_to_the_end_are_told_in_words():
    """A selection of places that were never lost has no month without one."""
    frame = data.load("town_control")
    kept = frame[frame["from"].notna() & (frame["status"] == "held") & frame["part_of"].isna()].head(3)
    kept = kept.assign(to=pd.Timestamp("2020-01-01"))
    with pytest.raises(ValueError, match="some of these places are held to the end of the months drawn"):
        towns.first_month_without(kept)
