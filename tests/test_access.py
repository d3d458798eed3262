"""The lessons for everybody: by keyboard, by screen reader, with little motion, by finger; in the states readers leave."""

from __future__ import annotations

import re

import pytest
from accessibility import colour_violations, violations
from bs4 import BeautifulSoup
from conftest import HEIGHT, WAKE_MS, wake
from playwright.sync_api import expect

from caliphate_course import data
from caliphate_course.charts import towns

SMALLEST_TARGET = 24
PHONE = 390
STEPS = {"no-preference": 3, "reduce": 1}
LAST_STEP = 60
PLAYED_MS = 2200
FOCUS_STOPS = 25

# Every control of the page moved once, every table and text opened, each question answered, a fact's card open.
STIR = """() => {
  for (const control of document.querySelectorAll('main [data-control]')) {
    const fields = control.querySelectorAll('input, select'), field = fields[fields.length - 1];
    if (field.type === 'radio' || field.type === 'checkbox') { field.click(); continue; }
    if (field.type === 'range') field.value = Math.max(0, +field.value - 3);
    else field.selectedIndex = field.options.length - 1;
    field.dispatchEvent(new Event('input', {bubbles: true}));
  }
  for (const details of document.querySelectorAll('main details:not(.answer)')) details.open = true;
  for (const question of document.querySelectorAll('main form.question')) {
    question.querySelector('input').click();
    question.requestSubmit();
  }
  document.querySelector('main .fact-figure')?.focus();
}"""
CHANGED_PARTS = ["main [data-explorer]", "main .question", "main .fact", "main details"]

# Buttons, fields and what opens, each with the label that is pressed along with it. Links are axe's: a link within a
# sentence may be as small as its letters (WCAG 2.5.8, inline).
SMALL_TARGETS = """(least) => {
  const small = [];
  for (const element of document.querySelectorAll('button, select, input, summary, [role=button]')) {
    if (!element.checkVisibility({visibilityProperty: true})) continue;
    const parts = [element, ...(element.labels ?? [])].map((part) => part.getBoundingClientRect());
    const width = Math.max(...parts.map((box) => box.width)), height = Math.max(...parts.map((box) => box.height));
    if (width < least || height < least) small.push(`${width}x${height}: ${element.outerHTML.slice(0, 120)}`);
  }
  return small;
}"""
FOCUS = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return [element.outerHTML.slice(0, 120), element === document.body || outlined || style.boxShadow !== 'none'];
}"""


@pytest.fixture(scope="module")
def towns_page(site) -> str:
    """The page with the map of towns, which has a slider, Play and a status line."""
    return next(
        f"book/{page.name}" for page in site.glob("book/*.html") if 'data-explorer="fig-towns"' in page.read_text()
    )


def towns_map(page):
    root = page.locator("[data-explorer='fig-towns']")
    wake(page, root)
    return root


def test_page_is_accessible_in_the_states_readers_leave(changing_page, awake):
    """The other pages have nothing to move, open or answer."""
    with awake(changing_page) as seen:
        page = seen.page
        page.evaluate(STIR)
        present = [part for part in CHANGED_PARTS if page.locator(part).count()]
        assert violations(page, within=present) == {}, "light mode"
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        assert colour_violations(page) == {}, "dark mode"
        seen.quiet()


def test_one_pale_entry_among_many_is_found(visit):
    """The colour rules judge one text of each style; another style in the middle of a long list is a style too."""
    with visit("book/sources.html", color_scheme="light") as seen:
        page = seen.page
        assert colour_violations(page) == {}
        page.evaluate("() => { document.querySelectorAll('.source-list li')[40].style.color = '#ddd'; }")
        assert list(colour_violations(page)) == ["color-contrast"]


def test_targets_are_big_enough_for_a_finger(any_page, loaded):
    with loaded(any_page) as seen:
        seen.page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        assert seen.page.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == []


def test_focus_is_visible(any_page, loaded):
    with loaded(any_page) as seen:
        for _ in range(FOCUS_STOPS):
            seen.page.keyboard.press("Tab")
            element, visible = seen.page.evaluate(FOCUS)
            assert visible, f"nothing shows that the focus is on {element}"


def test_questions_are_answered_by_keyboard_alone(asking_page, visit):
    with visit(asking_page) as seen:
        keys = seen.page.keyboard
        assert seen.page.locator("form.question").count()
        for question in seen.page.locator("form.question").all():
            options = question.locator("input")
            options.first.focus()
            keys.press("Space")
            for number in range(options.count()):
                if number:
                    keys.press("ArrowDown")
                expect(options.nth(number)).to_be_checked()
                keys.press("Enter")
                answer = question.locator("label").nth(number)
                expect(answer, "an arrow alone gives nothing away").to_have_class(re.compile("answer-(right|wrong)"))
                expect(question.locator("[role=status] .answer-feedback")).to_be_visible()
                expect(question.locator("label:is(.answer-right, .answer-wrong)")).to_have_count(1)
            keys.press("Tab")
            expect(question.locator("button")).to_be_focused()
        seen.quiet()


def test_without_javascript_an_answer_opens(visit):
    with visit("book/the-fall.html", java_script_enabled=False) as seen:
        answer = seen.page.locator(".question details").first
        answer.locator("summary").click()
        expect(answer.locator(".answer-feedback")).to_be_visible()
        expect(seen.page.locator("form.question")).to_have_count(0)


def test_a_moved_slider_is_announced_with_what_the_chart_now_says(visit, towns_page):
    month, words = 201607, "July 2016"
    count = towns.held(data.load("town_control"))[month]
    with visit(towns_page) as seen:
        page = seen.page
        root = towns_map(page)
        status = root.locator("[role=status][aria-live=polite]")
        assert status.inner_text() == ""
        slider = root.locator("input[type=range]")
        slider.focus()
        while (now := slider.get_attribute("aria-valuetext")) != words:
            page.keyboard.press("ArrowLeft")
            expect(slider).not_to_have_attribute("aria-valuetext", now)
        # On a busy machine the slider may rest, and be announced, on its way.
        expect(status).to_have_text(re.compile(f"^{words}: {count} "))
        seen.quiet()


@pytest.mark.parametrize("motion", STEPS)
def test_play_steps_once_where_little_motion_is_asked_for(motion, visit, towns_page):
    with visit(towns_page) as seen:
        page = seen.page
        page.emulate_media(reduced_motion=motion)
        root = towns_map(page)
        slider, play = root.locator("input[type=range]"), root.locator(".explorer-play")
        slider.focus()
        page.keyboard.press("Home")
        play.focus()
        page.keyboard.press("Enter")
        stepped = "([slider, least]) => +slider.value >= least"
        page.wait_for_function(stepped, arg=[slider.element_handle(), STEPS[motion]], timeout=WAKE_MS)
        if motion == "reduce":
            page.wait_for_timeout(PLAYED_MS)
            assert int(slider.input_value()) == STEPS[motion]
        assert int(slider.input_value()) < LAST_STEP
        expect(play).to_have_text(re.compile({"reduce": "Step$", "no-preference": "Pause$"}[motion]))
        seen.quiet()


def test_play_stops_when_little_motion_is_asked_for(visit, towns_page):
    with visit(towns_page) as seen:
        page = seen.page
        page.emulate_media(reduced_motion="no-preference")
        root = towns_map(page)
        root.locator("input[type=range]").press("Home")
        root.locator(".explorer-play").press("Enter")
        page.emulate_media(reduced_motion="reduce")
        expect(root.locator(".explorer-play")).to_contain_text("Step")
        stopped = root.locator("input[type=range]").input_value()
        page.wait_for_timeout(PLAYED_MS)
        assert root.locator("input[type=range]").input_value() == stopped


def test_every_header_cell_says_what_it_heads(any_page, site):
    page = BeautifulSoup((site / any_page).read_text(encoding="utf-8"), "html.parser")
    for table in page.select("main table"):
        heads = table.select("th")
        assert heads, f"a table without a header: {table.get_text(' ', strip=True)[:100]}"
        assert all(head.get("scope") in ("col", "row") for head in heads), table.get_text(" ", strip=True)[:100]


def test_without_javascript_the_page_says_that_controls_need_it(drawing_page, loaded):
    with loaded(drawing_page, java_script_enabled=False) as seen:
        figures = seen.page.locator("[data-explorer]:has(form)")
        said = seen.page.locator(".explorer-noscript", has_text="The controls need JavaScript")
        expect(said).to_have_count(figures.count())
        for words in said.all():
            expect(words).to_be_visible()
