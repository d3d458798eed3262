"""The matrix of members and contributions."""

from __future__ import annotations

import re

import pytest

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


def rows_drawn(explorer, **values):
    """Names of the rows from top to bottom with the controls at `values`."""
    svg = rendering.svg(rendering.with_values(explorer.spec, values))
    known = {contributions.short_name(name) for name in data.load("coalition_members")["name"]}
    placed = re.findall(r"translate\([-\d.]+,([-\d.]+)\)[^>]*>([^<>]+)</text>", svg)
    return [text for y, text in sorted(placed, key=lambda one: float(one[0])) if text in known]


def test_default_shows_exactly_the_members_with_a_known_contribution(explorer, deeds):
    known = deeds.loc[deeds["status"] == "yes", "member_id"].nunique()
    assert len(rows_drawn(explorer)) == known


def test_all_members_can_be_shown(explorer, members):
    shown = rows_drawn(explorer) + rows_drawn(explorer, show="none")
    assert len(shown) == len(set(shown)) == len(members) == 79


def test_the_page_keeps_its_place(explorer):
    heights = {
        re.search(r' height="(\d+)', rendering.svg(rendering.with_values(explorer.spec, {"show": show})))[1]
        for show in ("known", "none", "strikes", "europe")
    }
    assert len(heights) == 1


def test_members_that_flew_strikes(explorer):
    shown = rows_drawn(explorer, show="strikes")
    assert len(shown) == 13
    assert "Germany" not in shown


def test_the_member_said_in_words_is_among_the_rows_only_if_the_choice_has_it(explorer):
    for show in ("strikes", "none", "multilateral"):
        drawn = rendering.svg(rendering.with_values(explorer.spec, {"show": show, "member": "Germany"}))
        assert "Germany. Yes:" in drawn
        assert rows_drawn(explorer, show=show, member="Germany") == rows_drawn(explorer, show=show, member="France")
        assert "Germany" not in rows_drawn(explorer, show=show, member="Germany")


def test_the_legend_stands_above_the_rows_however_few_they_are(explorer):
    legends = [explorer.spec["layer"][0]["encoding"][look]["legend"] for look in ("shape", "fill", "stroke")]
    assert all(legend["orient"] == "none" and legend["legendY"] < 0 for legend in legends)


def test_each_region_selects_its_members(explorer, members):
    for region in ("sub_saharan_africa", "multilateral", "north_america"):
        own = {contributions.short_name(name) for name in members.loc[members["region"] == region, "name"]}
        assert set(rows_drawn(explorer, show=region)) == own


def test_order_changes_the_rows(explorer):
    names = rows_drawn(explorer, order="name")
    assert names == sorted(names)
    assert rows_drawn(explorer, order="done") != names
    assert rows_drawn(explorer, order="done")[:3] == ["Australia", "Canada", "United States"]


def test_unknown_is_hollow_and_neither_blank_nor_no(explorer):
    drawn = {
        state: set(re.findall(rf'<path aria-label="[^"]*state: {state}"[^>]* d="([^"]*)" (.*?)/>', explorer.svg()))
        for state in ("not known", "no")
    }
    ((circle, look),) = drawn["not known"]
    assert f'fill="{theme.PAPER}"' in look and f'stroke="{theme.BORDER}"' in look
    assert circle not in {shape for shape, _ in drawn["no"]}


def test_every_cell_is_drawn(deeds, members):
    assert len(contributions.matrix(deeds, members)) == len(members) * len(contributions.CONTRIBUTIONS) == 711
    assert contributions.matrix(deeds, members)["state"].notna().all()


def test_a_member_is_said_in_words(explorer, deeds, members):
    words = contributions.sentences(deeds, members).set_index("member")["line"]
    assert set(words.index) == {contributions.short_name(name) for name in members["name"]}
    germany = words["Germany"].replace("\n", "")
    assert "No: strikes in Iraq, strikes in Syria." in germany
    assert "Contested: ground support." in germany
    assert max(len(line) for line in "\n".join(words).split("\n")) <= contributions.LINE_LENGTH + 1
    assert "Qatar. Yes:" in rendering.svg(rendering.with_values(explorer.spec, {"member": "Qatar"}))


def test_no_status_is_lost_between_words_and_rows(deeds, members):
    rows = contributions.matrix(deeds, members)
    words = contributions.sentences(deeds, members).set_index("member")["line"]
    for member, row in rows.groupby("member"):
        text = words[member].replace(" \n", " ")
        assert all(label in text for label in row["kind_label"]), member
