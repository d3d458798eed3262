"""The bars of contributions, and the members they name."""

from __future__ import annotations

import re

import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import contributions
from coursebook.figures import rendering, theme


@pytest.fixture(scope="module")
def deeds():
    return data.load("contributions")


@pytest.fixture(scope="module")
def members():
    return data.load("coalition_members")


@pytest.fixture(scope="module")
def explorer(deeds, members):
    return contributions.explorer(deeds, members)


def named(explorer, **values):
    """The members named under the bars with the controls at `values`."""
    known = {contributions.short_name(name) for name in data.load("coalition_members")["name"]}
    words = texts(explorer, **{"member": "nobody"} | values)
    return [text for text in words if text in known]


def bars(explorer, **values):
    """Kind and state to number of members, as the marks say it."""
    labels = re.findall(r"Contribution: ([^;]*); Known: ([^;]*); Members: (\d+);", svg(explorer, **values))
    return {(kind, state): int(number) for kind, state, number in labels}


def test_bars_count_every_answer_of_the_members_chosen(explorer, deeds, members):
    every = bars(explorer)
    assert sum(every.values()) == len(deeds) == len(members) * len(contributions.CONTRIBUTIONS) == 711
    rows = contributions.matrix(deeds, members)
    for kind, group in rows.groupby("kind_label"):
        found = {state: number for (one, state), number in every.items() if one == kind}
        assert found == group["state"].value_counts().to_dict()
    assert {number for (_, state), number in bars(explorer, show="none").items() if state == "yes"} == set()


def test_the_members_that_flew_strikes_are_named(explorer):
    assert (
        len([one for one in named(explorer) if one not in ("Morocco", "Qatar")]) == 13
    )  # of these two it is contested
    assert "Strikes in Syria: 13 of 79, 2 contested, 13 not known" in texts(explorer)
    assert "Germany" not in named(explorer) and "Germany" in named(explorer, kind="trainers")


def test_who_gave_nothing_known_is_named_whatever_the_kind(explorer, deeds, members):
    gave = set(deeds.loc[deeds["status"] == "yes", "member_id"])
    for kind in ("strikes_syria", "small_group"):
        assert len(named(explorer, show="none", kind=kind)) == len(members) - len(gave)


def test_each_region_selects_its_members(explorer, deeds, members):
    for region in ("sub_saharan_africa", "multilateral", "north_america"):
        own = members[members["region"] == region]
        gave = deeds[
            deeds["member_id"].isin(own["id"]) & (deeds["kind"] == "counter_finance") & (deeds["status"] == "yes")
        ]
        assert len(named(explorer, show=region, kind="counter_finance")) == len(gave)
        words = " ".join(texts(explorer, show=region, kind="counter_finance"))
        assert f"Finance group: {len(gave)} of {len(own)}" in words


def test_the_page_keeps_its_place_and_no_name_leaves_the_chart(explorer):
    for spec in (explorer.spec, rendering.narrow(explorer.spec)):
        for kind in contributions.CONTRIBUTIONS:
            drawn = rendering.svg(rendering.with_values(spec, {"kind": kind, "show": "all"}))
            height = int(re.search(r' height="(\d+)', drawn)[1])
            placed = [float(y) for y in re.findall(r"translate\([-\d.]+,([-\d.]+)\)[^>]*>[^<>]+</text>", drawn)]
            assert height == contributions.HEIGHT and max(placed) < height - 40


def test_a_member_stands_beside_the_bars(explorer, deeds, members):
    rows = contributions.matrix(deeds, members)
    for member in ("Germany", "Qatar", "INTERPOL"):
        words = texts(explorer, member=member, kind="ground_support")
        said = rows[rows["member"] == member]["state"].value_counts()
        assert all(words.count(state) == number + 1 for state, number in said.items())  # once in the key
        assert member in words


def test_unknown_is_hollow_and_neither_blank_nor_no(explorer):
    drawn = svg(explorer, member="Qatar")
    hollow = re.findall(r'<path aria-label="[^"]*Known: not known[^"]*"[^>]* (fill="[^"]*" stroke="[^"]*")', drawn)
    assert set(hollow) == {f'fill="{theme.PAPER}" stroke="{theme.BORDER}"'}


def test_every_cell_is_drawn(deeds, members):
    assert len(contributions.matrix(deeds, members)) == len(members) * len(contributions.CONTRIBUTIONS) == 711
    assert contributions.matrix(deeds, members)["state"].notna().all()
