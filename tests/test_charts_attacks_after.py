"""Counts of attacks: blocks over their period, rates worked out right, claims kept apart."""

from __future__ import annotations

import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import attacks_after
from caliphate_course.measures.attacks_after import MEASURES


@pytest.fixture(scope="module")
def frame():
    return data.load("attacks_after")


@pytest.fixture(scope="module")
def blocks(frame):
    return attacks_after.blocks(frame).set_index("id")


@pytest.mark.parametrize(
    ("row", "rate"),
    [
        ("ctc-2018-10m", 127.1),  # 1,271 in ten months
        ("csis-2018-10m", 75),  # an average as published
        ("ctc-2020-07-2021-11", 110),  # 330 a quarter
        ("ctc-2020-q2", 269.3),  # 808 in a quarter
        ("centcom-2024-h1-claims", 25.5),  # 153 in half a year
    ],
)
def test_rates_are_worked_out_of_what_was_published(blocks, row, rate):
    assert blocks.loc[row, "rate"] == pytest.approx(rate)


def test_parts_of_counts_casualties_and_operations_against_isis_are_left_out(blocks):
    assert not {"ctc-2018-10m-explosive", "sohr-2019-2024-killed", "centcom-2022-operations", "gti-2025-2024"} & set(
        blocks.index
    )
    assert set(blocks["measure"]) <= set(MEASURES)


def test_claims_are_told_from_counts(blocks):
    assert blocks.loc["centcom-2024-h1-claims", "rule"] == attacks_after.CLAIMED
    assert blocks.loc["mei-2024-h1-syria", "rule"] == attacks_after.COUNTED
    assert (blocks[blocks["place"] == "World"]["rule"] == attacks_after.CLAIMED).all()


def test_blocks_are_never_joined(frame):
    spec = attacks_after.chart(frame).to_dict()
    kinds = {layer["mark"]["type"] for layer in spec["layer"]}
    assert "line" not in kinds and "rule" in kinds


def test_a_block_is_as_wide_as_its_period(blocks):
    days = (blocks["until"] - blocks["period_start"]).dt.days
    assert days.loc["ctc-2020-q2"] == 91
    assert days.loc["sohr-2019-2024-operations"] > 5 * 365


def test_the_default_state_shows_both_counts_of_2018(frame):
    words = texts(attacks_after.explorer(frame))
    assert "127" in words and "75" in words
    assert "12 counts, 6 counters: 6 to 269 a month" in words


def test_at_least_is_written_as_at_least(frame):
    assert "≥40" in texts(attacks_after.explorer(frame), show="Syria")


def test_the_key_names_only_who_counted_the_place_chosen(frame):
    made = attacks_after.explorer(frame)
    syria = " ".join(texts(made, show="Syria"))
    assert "SOHR:" in syria and "Knights" not in syria
    assert "SOHR:" not in " ".join(texts(made))


@pytest.mark.parametrize("place", attacks_after.PLACES)
def test_every_place_has_counts(frame, place):
    assert any("a month" in words and "counts" in words for words in texts(attacks_after.explorer(frame), show=place))


def test_claims_and_counts_are_offered_apart_only_where_a_place_has_both(frame):
    offered = {choice.value for choice in attacks_after.explorer(frame).static_controls["show"].choices}
    assert f"Iraq, {attacks_after.CLAIMED}" in offered and not any(one.startswith("World, ") for one in offered)
    words = texts(attacks_after.explorer(frame), show=f"Iraq, {attacks_after.CLAIMED}")
    assert any(word.startswith("Jihad Analytics") for word in words)
    assert not any(word.startswith("Knights") for word in words)


def test_a_counter_without_a_name_is_asked_for_by_name(frame):
    with pytest.raises(ValueError, match="counter 'ACLED' of attacks_after: add it to ATTACK_COUNTERS"):
        attacks_after.explorer(frame.assign(counter="ACLED"))


def test_the_views_of_a_place_keep_its_scale(frame):
    explorer = attacks_after.explorer(frame)
    marks = [text for text in texts(explorer) if text.isdigit() and text.endswith("50")]
    assert marks and set(marks) <= set(texts(explorer, show=f"Iraq, {attacks_after.CLAIMED}"))
