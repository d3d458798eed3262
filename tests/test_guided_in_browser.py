"""A guess, steps and two states side by side, as a reader has them in a browser."""

from __future__ import annotations

import re

import pytest
from accessibility import violations
from bs4 import BeautifulSoup
from conftest import WAKE_MS, book_pages, wake
from playwright.sync_api import expect

ASKS = ("book/who-joined.html", "fig-membership")
MOST_BULLETS, MOST_WORDS = 4, 35


def asking(page, name=ASKS[1]):
    root = page.locator(f"[data-explorer='{name}']")
    root.scroll_into_view_if_needed()
    return root


def guess(page, root, presses=2):
    """By keyboard alone."""
    root.locator(".explorer-asks input[type=range]").focus()
    for _ in range(presses):
        page.keyboard.press("ArrowRight")
    root.locator(".explorer-commit").focus()
    page.keyboard.press("Enter")


def test_a_guess_by_keyboard_opens_the_chart_is_said_and_kept_and_can_be_taken_back(visit):
    with visit(ASKS[0]) as v:
        page, root = v.page, asking(v.page)
        title = page.locator(f"#{ASKS[1]} .caption-text")
        neutral = title.inner_text()
        expect(root.locator(".explorer-controls")).not_to_be_visible()
        guess(page, root)
        said = root.locator(".explorer-gap p")
        expect(said).to_be_focused()
        expect(said).to_contain_text("You said")
        expect(title).not_to_have_text(neutral)
        expect(root.locator(".explorer-wide svg")).to_contain_text("your guess", timeout=WAKE_MS)
        words = said.inner_text()
        page.reload()
        expect(said).to_have_text(words)  # asked once
        root.locator(".explorer-gap button").click()
        expect(root.locator(".explorer-controls")).not_to_be_visible()
        expect(title).to_have_text(neutral)
        expect(root.locator(".explorer-asks input[type=range]")).to_be_focused()
        v.quiet()


def test_a_reader_who_will_not_guess_is_shown(visit):
    with visit(ASKS[0]) as v:
        root = asking(v.page)
        root.locator(".explorer-show").click()
        expect(root.locator(".explorer-controls")).to_be_visible()
        expect(root.locator(".explorer-gap")).to_contain_text("You have not guessed")
        v.quiet()


def test_a_link_to_a_state_opens_the_chart(visit):
    with visit(f"{ASKS[0]}#{ASKS[1]}?who=states") as v:
        root = asking(v.page)
        expect(root.locator(".explorer-controls")).to_be_visible()
        expect(root.locator(".explorer-status")).to_contain_text("now shows")


def test_without_scripts_the_chart_is_open_below_its_question(visit):
    with visit(ASKS[0], java_script_enabled=False) as v:
        root = asking(v.page)
        expect(root.locator(".explorer-question")).to_be_visible()
        expect(root.locator(".explorer-finding")).to_be_visible()
        expect(root.locator(".explorer-wide svg")).to_be_visible()
        expect(root.locator(".explorer-guess")).not_to_be_visible()


def test_a_covered_figure_moves_nothing_when_it_opens(visit):
    with visit(ASKS[0]) as v:
        root = asking(v.page)
        chart = root.locator(".explorer-chart")
        before = chart.evaluate("chart => chart.offsetTop - chart.closest('.explorer').offsetTop")
        root.locator(".explorer-show").click()
        assert chart.evaluate("chart => chart.offsetTop - chart.closest('.explorer').offsetTop") == before


@pytest.mark.parametrize("width", [1280, 390])
def test_a_covered_and_an_answered_figure_can_be_read_by_everybody(visit, width):
    with visit(ASKS[0], width=width) as v:
        root = asking(v.page)
        assert violations(v.page) == {}
        guess(v.page, root)
        expect(root.locator(".explorer-gap p")).to_be_focused()
        assert violations(v.page) == {}


def test_steps_go_on_and_back_by_arrow_keys_and_are_announced(visit):
    with visit("book/the-fall.html") as v:
        page, root = v.page, asking(v.page, "fig-towns")
        walk = root.locator(".explorer-walk")
        wake(page, root)
        walk.locator(".explorer-on").focus()
        page.keyboard.press("ArrowRight")
        first = walk.locator("li[data-now]").inner_text()
        expect(root.locator("output").first).to_have_text("August 2014")
        expect(root.locator(".explorer-status")).to_contain_text(first)
        page.keyboard.press("ArrowRight")
        expect(walk.locator("li[data-now]")).not_to_have_text(first)
        page.keyboard.press("ArrowLeft")
        expect(walk.locator("li[data-now]")).to_have_text(first)
        for _ in range(walk.locator("li").count()):
            page.keyboard.press("ArrowRight")
        expect(walk).to_contain_text("on your own")
        v.quiet()


@pytest.mark.parametrize("width", [1280, 390])
def test_two_states_stand_side_by_side_or_on_a_phone_one_below_the_other(visit, width):
    with visit("book/the-fall.html", width=width) as v:
        page, root = v.page, asking(v.page, "fig-towns")
        wake(page, root)
        root.locator(".explorer-compare").click()
        pair = page.locator("#fig-towns .explorer-pair > .explorer")
        expect(pair).to_have_count(2)
        slider = pair.nth(1).locator("input[type=range]")
        slider.focus()
        page.keyboard.press("Home")
        expect(pair.nth(1).locator("output")).to_have_text("December 2013")
        expect(pair.nth(1).locator(".explorer-narrow svg")).to_contain_text("Dec", timeout=WAKE_MS)
        expect(pair.nth(0).locator("output").first).to_have_text("November 2017")
        boxes = [one.bounding_box() for one in pair.all()]
        assert (boxes[0]["x"] < boxes[1]["x"]) is (width > 640)
        assert violations(page) == {}
        pair.nth(0).locator(".explorer-compare").click()
        expect(page.locator("#fig-towns .explorer")).to_have_count(1)
        v.quiet()


def test_two_states_with_long_menus_are_no_wider_than_a_phone(visit):
    with visit("book/uneasy-allies.html", width=390) as v:
        root = v.page.locator("[data-explorer='fig-relations']")
        wake(v.page, root)
        root.locator(".explorer-compare").click()
        pair = v.page.locator("#fig-relations .explorer-pair > .explorer")
        expect(pair).to_have_count(2)
        assert max(box["x"] + box["width"] for box in (one.bounding_box() for one in pair.all())) <= 390


# The lists after a chart -----------------------------------------------------------------------------------------------


def notices(site, page):
    """The bullets of each list "Notice" of a page, without the cards and citations in them."""
    text = re.sub(r"<(svg|script)\b.*?</\1>", "", (site / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    soup = BeautifulSoup(text, "html.parser")
    for one in soup.select(".hover-card, .bibtex-citation, .cited, .cited-list"):
        one.decompose()
    for items in soup.select("article ul"):
        lead = items.find_previous_sibling()
        if lead is not None and lead.get_text().strip().startswith("Notice"):
            yield [item.get_text().split() for item in items.find_all("li", recursive=False)]


def test_a_list_of_what_to_notice_is_short(site):
    found = {page: list(notices(site, page)) for page in book_pages()}
    assert sum(map(len, found.values())) > 20
    long = [
        f"{page}: {len(bullets)} bullets of {[len(words) for words in bullets]} words"
        for page, lists in found.items()
        for bullets in lists
        if len(bullets) > MOST_BULLETS or max(map(len, bullets)) > MOST_WORDS
    ]
    assert long == []


def test_what_to_notice_is_folded_where_a_reader_looks_first(site):
    soup = BeautifulSoup((site / "book/the-caliphate.html").read_text(encoding="utf-8"), "html.parser")
    folded = soup.select("details.notice")
    assert [one.find_previous("figure")["id"] for one in folded] == ["fig-territory"]
    assert not any(one.has_attr("open") for one in folded)
