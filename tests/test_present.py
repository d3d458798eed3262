"""A page in front of a room, as an instructor with a projector has it."""

from __future__ import annotations

import re

import pytest
import small_book
from accessibility import colour_violations, violations
from bs4 import BeautifulSoup
from conftest import WAKE_MS
from docutils import nodes
from playwright.sync_api import expect

from coursebook.pages.present_role import minutes_of_plan

ALLIES, JOINED, CLAIMS = "book/uneasy-allies.html", "book/who-joined.html", "book/reading-the-news.html"
GUIDE = "book/instructor-guide.html"
PROJECTORS = (1280, 720), (1920, 1080)
# Of the page all that is not drawn anew: where each element stands, and the attributes that the mode sets.
OUTLINE = """() => [...document.querySelectorAll('html, body > *, .bd-sidebar, article *:not(.explorer-chart *)')].map((one) => [one.tagName, one.id,
  one.checkVisibility(), ...['data-off', 'role', 'tabindex', 'open', 'style'].map((name) => one.getAttribute(name))].join())"""
SIDEWAYS = """() => [document.documentElement, document.querySelector('article')]
  .map((one) => one.scrollWidth - one.clientWidth)"""


def slide(page):
    return page.get_by_role("region", name=re.compile("^Slide "))


def number(page) -> int:
    expect(slide(page)).to_be_visible()
    return int(re.search(r"\d+", slide(page).get_attribute("aria-label"))[0])


def go_to(page, place):
    page.evaluate("(place) => { location.hash = place; }", place)
    expect(page.locator(f"[id='{place}']")).to_be_visible()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


# Opening and leaving -------------------------------------------------------------------------------------------------


def test_the_button_opens_the_slide_that_is_being_read_and_escape_leads_back_to_it(visit):
    with visit(ALLIES) as v:
        page, section = v.page, v.page.locator("#tikrit-march-2015")
        before = page.evaluate(OUTLINE)
        assert not [one for one in v.requests if "present" in one]
        section.evaluate("section => section.scrollIntoView()")
        button = page.get_by_role("button", name="Present this page").bounding_box()
        page.mouse.click(button["x"] + 5, button["y"] + 5)  # `click` of Playwright scrolls to where a header would be
        expect(section.locator("h2")).to_be_focused()
        expect(section.locator("p").first).to_be_visible()
        expect(page.locator("#a-second-coalition p").first).not_to_be_visible()
        expect(page.locator(".bd-sidebar-primary")).not_to_be_visible()
        expect(page).to_have_url(re.compile(r"\?present#tikrit-march-2015$"))
        press(page, "End", "ArrowLeft", "ArrowRight", "ArrowRight", "Home")
        assert number(page) == 1
        go_to(page, "fig-collisions")
        press(page, "Escape")
        expect(slide(page)).to_have_count(0)
        expect(page.locator("#fig-collisions figcaption > p").first).to_be_focused()
        expect(page.locator("#fig-collisions")).to_be_in_viewport()
        expect(page).to_have_url(re.compile(r"uneasy-allies\.html#fig-collisions$"))
        page.evaluate("() => document.activeElement.blur()")
        assert page.evaluate(OUTLINE) == before
        page.locator("#fig-relations input[type=range]").press("Home")
        expect(page.locator("#fig-relations .explorer-status")).to_contain_text("2014", timeout=WAKE_MS)
        v.quiet()


@pytest.mark.parametrize("local", [False, True], ids=["http", "disk"])
def test_an_address_opens_a_slide_with_its_chart_in_the_state_it_names(visit, local):
    with visit(f"{ALLIES}?present=50#fig-relations?month=2015-04", local=local) as v:
        page, month = v.page, v.page.locator("#fig-relations output").first
        for _ in range(2):
            expect(page.locator("#fig-relations figcaption > p").first).to_be_focused()
            expect(month).to_have_text("April 2015")
            expect(page.locator("#fig-relations .explorer-wide svg")).to_contain_text("April 2015", timeout=WAKE_MS)
            expect(page.locator(".present-time")).to_have_text("50 of 50 minutes left")
            page.reload()
        v.quiet()


def test_no_button_without_scripts_nor_where_there_is_nothing_to_show(visit, site):
    with visit(GUIDE, java_script_enabled=False) as v:
        expect(v.page.locator("[data-action=present]")).not_to_be_visible()
    assert 'data-action="present"' not in (site / "genindex.html").read_text(encoding="utf-8")


# Going on ------------------------------------------------------------------------------------------------------------


def test_all_that_a_page_says_is_on_some_slide(visit):
    """Up to the data and sources; the count of right answers belongs to a reader alone."""
    with visit(f"{ALLIES}?present") as v:
        expect(slide(v.page)).to_be_visible()
        missed = v.page.evaluate("""() => {
          const sections = 'article section:not(#data-and-sources)', said = ':is(p, ul, figure, .admonition, form, table)';
          return [...document.querySelectorAll(`${sections} > ${said}:not(.question-count), article figure`)]
            .filter((one) => !presenting.slides.some((slide) => slide.has(one) || one.contains(slide.blocks.at(-1))))
            .map((one) => one.outerHTML.slice(0, 90));
        }""")
        assert missed == []


def test_the_arrows_take_the_steps_of_a_chart_then_the_next_slide_and_back(visit):
    with visit(f"{ALLIES}?present#fig-relations") as v:
        page, steps = v.page, v.page.locator("#fig-relations .explorer-walk li")
        here = number(page)
        press(page, "ArrowRight")
        expect(steps.first).to_be_visible()
        expect(page.locator("#fig-relations output").first).to_have_text("September 2014")
        press(page, "PageDown", " ", "Enter", "ArrowRight")
        expect(steps.last).to_be_visible()
        assert number(page) == here
        press(page, "ArrowRight")
        assert number(page) == here + 1
        press(page, "ArrowLeft")
        assert number(page) == here
        expect(steps.last).to_be_visible()
        press(page, "PageUp")
        expect(steps.nth(3)).to_be_visible()
        slider = page.locator("#fig-relations input[type=range]")
        month = slider.input_value()
        slider.press("ArrowLeft")  # is its own
        assert number(page) == here
        assert slider.input_value() != month
        slider.press("PageUp")  # is the clicker's
        expect(steps.nth(2)).to_be_visible()
        v.quiet()


def test_a_guess_is_hidden_until_asked_for_also_one_made_before(visit):
    with visit(JOINED) as v:
        page, root = v.page, v.page.locator("[data-explorer='fig-membership']")
        root.locator(".explorer-commit").click()
        said, title = root.locator(".explorer-gap p"), page.locator("#fig-membership .caption-text")
        expect(said).to_contain_text("You said")
        words, told = said.inner_text(), title.inner_text()
        page.goto(page.url.split("#")[0] + "?present#fig-membership")
        expect(root.locator(".explorer-question")).to_be_visible()
        expect(root.locator(".explorer-chart")).not_to_be_visible()
        expect(title).not_to_have_text(told)
        page.locator(".present-stops summary").click()
        expect(page.get_by_role("button", name=re.compile("Fig. 4.1"))).to_have_text(f"Fig. 4.1 {title.inner_text()}")
        press(page, "Escape", "ArrowRight")
        expect(root.locator(".explorer-chart")).to_be_visible()
        expect(said).not_to_be_visible()  # the instructor's own
        press(page, "ArrowLeft")
        expect(root.locator(".explorer-chart")).not_to_be_visible()
        press(page, "Escape")
        expect(said).to_have_text(words)
        expect(title).to_have_text(told)
        v.quiet()


def test_an_answer_is_hidden_until_asked_for_and_the_one_kept_comes_back(visit):
    with visit(ALLIES) as v:
        page, form = v.page, v.page.locator("form.question", has_text="let Peshmerga cross")
        anchor = form.locator("legend").get_attribute("id")
        wrong = form.locator("label", has_text="were at war")
        wrong.click()
        form.get_by_role("button", name="Check").click()
        expect(form.locator(".question-said")).to_contain_text("Not quite")
        page.goto(page.url.split("#")[0] + f"?present#{anchor}")
        expect(form.locator("legend")).to_be_focused()
        expect(form.locator("input:checked, .answer-wrong, .answer-feedback")).to_have_count(0)
        press(page, "ArrowRight")
        expect(form.locator(".question-said")).to_contain_text("Right.")
        expect(form.locator(".answer-right")).to_contain_text("part of the PKK")
        press(page, "ArrowLeft")
        expect(form.locator(".answer-right")).to_have_count(0)
        press(page, "Escape")
        expect(wrong).to_have_class(re.compile("answer-wrong"))
        expect(form.locator(".question-said")).to_contain_text("Not quite")
        v.quiet()


def test_a_solution_comes_after_its_exercise_and_a_link_in_it_leads_to_the_slide_of_the_chart(visit):
    with visit(f"{ALLIES}?present#ex-uneasy-allies-2") as v:
        page, solution = v.page, v.page.locator("details.solution").nth(1)
        exercise = page.locator("#ex-uneasy-allies-2")
        expect(exercise).to_be_visible()
        expect(solution).not_to_be_visible()
        press(page, "ArrowRight")
        expect(solution.locator("p").first).to_be_visible()
        exercise.locator("a.state-link").click()
        expect(page.locator("#fig-relations figcaption > p").first).to_be_focused()
        expect(page.locator("#fig-relations output").first).to_have_text("August 2016")
        page.go_back()
        expect(exercise.locator(".admonition-title")).to_be_focused()
        press(page, "Escape")
        expect(solution).to_be_visible()
        expect(solution).not_to_have_attribute("open", "")
        v.quiet()


# The line at the foot ------------------------------------------------------------------------------------------------


def test_the_clock_counts_from_the_first_step_and_can_be_stopped(visit):
    with visit(CLAIMS) as v:
        page, time = v.page, v.page.locator(".present-time")
        page.clock.install()
        page.goto(page.url + "?present")
        expect(time).to_have_text("45 of 45 minutes left")  # what the lesson says of itself
        page.clock.fast_forward("10:00")
        press(page, "ArrowRight")
        page.clock.fast_forward("16:00")
        expect(time).to_have_text("29 of 45 minutes left")
        page.get_by_role("button", name="Pause the clock").click()
        page.clock.fast_forward("05:00")
        expect(time).to_have_text("29 of 45 minutes left")
        page.get_by_role("button", name="Start the clock").click()
        page.reload()
        expect(time).to_have_text("29 of 45 minutes left")
        page.clock.fast_forward("35:00")
        expect(time).to_have_text("6 minutes over")
        page.locator(".present-clock").get_by_role("button", name="Reset").click()
        expect(time).to_have_text("45 of 45 minutes left")


# Everywhere, for everybody -------------------------------------------------------------------------------------------

PLACES = [
    "who-joined-and-who-did-what",
    "a-coalition-is-built-in-a-hurry",
    "fig-membership",
    "question-3",
    "ex-who-joined-1",
]


def test_every_kind_of_slide_can_be_read_by_everybody(visit):
    with visit(f"{JOINED}?present") as v:
        page = v.page
        for place in PLACES[1:4]:
            go_to(page, place)
            press(page, *["ArrowRight"] * (place in ("fig-membership", "question-3")))
            assert violations(page) == {}, place
        page.emulate_media(color_scheme="dark")
        for place in PLACES[2:4]:
            go_to(page, place)
            assert colour_violations(page) == {}, place


def test_nothing_is_wider_than_a_phone_and_its_buttons_lead_on(visit):
    with visit(f"{JOINED}?present", width=390, has_touch=True) as v:
        page = v.page
        for place in PLACES:
            go_to(page, place)
            assert page.evaluate(SIDEWAYS) == [0, 0], place
        go_to(page, PLACES[1])
        here, way = number(page), page.locator(".present-way")
        way.get_by_role("button", name="Back").tap()
        assert number(page) == here - 1
        for _ in range(2):  # the title is too much for a phone: Next shows the rest of it first
            way.get_by_role("button", name="Next").tap()
        assert number(page) == here


def test_a_chart_and_its_controls_are_on_the_projector_together_and_paper_has_the_page_as_usual(visit):
    with visit(f"{JOINED}?present#fig-membership") as v:
        page, figure = v.page, v.page.locator("#fig-membership")
        expect(slide(page)).to_be_visible()
        press(page, "ArrowRight")
        for width, height in PROJECTORS:
            page.set_viewport_size({"width": width, "height": height})
            foot = page.locator(".present-bar").bounding_box()["y"]
            for part in ("figcaption > p >> nth=0", ".explorer-controls", ".explorer-chart"):
                box = figure.locator(part).bounding_box()
                assert box["y"] >= 0, part
                assert box["y"] + box["height"] <= foot, part
            assert figure.locator(".explorer-chart").bounding_box()["width"] > width * 0.6
        page.emulate_media(media="print")
        expect(page.locator("#by-what-right p").first).to_be_visible()
        expect(page.locator(".present-bar")).not_to_be_visible()


# Plans ---------------------------------------------------------------------------------------------------------------


def test_every_link_of_the_plans_leads_to_a_slide_that_is_there(site):
    soup = BeautifulSoup((site / GUIDE).read_text(encoding="utf-8"), "html.parser")
    links = [one["href"] for one in soup.select("a.present-link")]
    lessons = {link.partition("?")[0] for link in links}
    assert len(lessons) == 11
    text = {one: (site / "book" / one).read_text(encoding="utf-8") for one in lessons}
    assert [one for one in links if "#" in one and f'id="{one.split("#")[1]}"' not in text[one.partition("?")[0]]] == []
    assert {re.search(r"present=(\d+)", one)[1] for one in links} == {"50", "90"}


def test_a_link_of_a_plan_opens_its_slide_with_the_minutes_of_the_plan(visit):
    with visit(GUIDE) as v:
        v.page.locator("a.present-link[href*='fig-claims']").click()
        expect(v.page.locator("#fig-claims figcaption > p").first).to_be_focused()
        expect(v.page.locator(".present-time")).to_have_text("90 of 90 minutes left")
        v.quiet()


def plan(*cells, head="Minutes"):
    rows = [nodes.row("", nodes.entry("", nodes.paragraph("", cell))) for cell in (head, *cells)]
    table = nodes.table("", nodes.tgroup("", nodes.thead("", rows[0]), nodes.tbody("", *rows[1:])))
    return minutes_of_plan(next(iter(rows[1].findall(nodes.paragraph)))) if table else None


def test_the_minutes_of_a_plan_are_the_sum_of_its_column_or_the_end_of_its_last_stretch():
    assert plan("5", "10", "15") == 30
    assert plan("before class", "0–10", "10–30") == 30
    assert plan("1", "2", head="Week") is None
    assert minutes_of_plan(nodes.paragraph()) is None


TEXT = """# Plan

## Money

{present}`Here <plan#money>`, {present}`a page <other>`, {present}`asked <plan#question-1>`

```{question} Which?
+ One. :: As it is.
- Two. :: It is not.
- Three. :: Nor is it.
```
"""
FAULTS = {
    "{present}`x <fig-none>`": "there is no figure, exercise or page 'fig-none'",
    "{present}`x <plan#mony>`": "book/plan has no slide 'mony'. Its slides: money, plan, question-1",
    "{present}`x`": "write `words <target>`",
}


@pytest.mark.book
def test_a_link_to_a_slide_is_resolved_and_a_broken_one_is_told_with_its_place(tmp_path):
    faults = "# Other\n\n" + "\n\n".join(FAULTS) + "\n"
    app, warnings = small_book.build(tmp_path, {"plan": small_book.page(TEXT), "other": small_book.page(faults)})
    made = (tmp_path / "build-html" / "html" / "book" / "plan.html").read_text(encoding="utf-8")
    links = [one["href"] for one in BeautifulSoup(made, "html.parser").select("a.present-link")]
    assert links == ["?present#money", "other.html?present", "?present#question-1"]
    for place, problem in enumerate(FAULTS.values()):
        assert re.search(
            rf"book/other\.ipynb:{10004 + 2 * place}: WARNING: present: .*{re.escape(problem)}", warnings
        ), problem
