"""Every control of every explorer, by keyboard alone, in a real browser: it says where it is, the chart follows."""

from __future__ import annotations

import io

import pytest
from conftest import wake
from playwright.sync_api import TimeoutError as NoChange
from pypdf import PdfReader

CHANGE_MS = 1500
RANGE_KEYS = ("ArrowRight", "ArrowLeft", "End", "Home")
LIST_KEYS = ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "End", "Home")

# What a reader sees of a chart: its pixels where it is a canvas, its markup where it is SVG.
DRAWN = """root => {
  const chart = root.querySelector('.explorer-wide'), canvas = chart.querySelector('canvas');
  return canvas ? canvas.toDataURL() : chart.innerHTML;
}"""
CHANGED = f"([root, before]) => ({DRAWN})(root) !== before"
RESET = """root => {
  root.querySelector('form').reset();
  for (const control of root.querySelectorAll('[data-control]'))
    control.dispatchEvent(new Event('input', {bubbles: true}));
}"""


def chart_follows(page, root, field, keys) -> bool:
    """Press each key on the field until the chart is another than before the first."""
    before = root.evaluate(DRAWN)
    for key in keys:
        field.focus()
        page.keyboard.press(key)
        try:
            page.wait_for_function(CHANGED, arg=[root.element_handle(), before], timeout=CHANGE_MS, polling=30)
            return True
        except NoChange:
            continue
    return False


def check_control(page, root, control) -> list[str]:
    name = f"{root.get_attribute('data-explorer')}.{control.get_attribute('data-control')}"
    problems = []
    for field in control.locator("input[type=range]").all():
        if not chart_follows(page, root, field, RANGE_KEYS):
            problems.append(f"{name}: the slider does not change the chart")
        output = control.locator(f"output[for='{field.get_attribute('id')}']").inner_text()
        if not output or output != field.get_attribute("aria-valuetext"):
            problems.append(f"{name}: shows {output!r}, says {field.get_attribute('aria-valuetext')!r}")
        root.evaluate(RESET)
    for field in control.locator("select").all():
        if not chart_follows(page, root, field, LIST_KEYS):
            problems.append(f"{name}: the list does not change the chart")
        root.evaluate(RESET)
    if control.locator("input[type=radio]").count():
        if not chart_follows(page, root, control.locator("input[type=radio]:checked"), ("ArrowDown",)):
            problems.append(f"{name}: the choice does not change the chart")
        root.evaluate(RESET)
    boxes = control.locator("input[type=checkbox]").all()
    if boxes and not any(chart_follows(page, root, box, ("Space",)) for box in boxes):
        problems.append(f"{name}: no box changes the chart")
    root.evaluate(RESET)
    return problems


def check_play(page, root) -> list[str]:
    """With reduced motion asked for, each press of Play is one step."""
    button = root.locator(".explorer-play")
    if not button.count():
        return []
    before = root.evaluate(DRAWN)
    button.focus()
    page.keyboard.press("Enter")
    try:
        page.wait_for_function(CHANGED, arg=[root.element_handle(), before], timeout=CHANGE_MS, polling=30)
    except NoChange:
        return [f"{root.get_attribute('data-explorer')}: Play does not change the chart"]
    return []


def test_every_control_changes_its_chart(book_page, visit):
    problems = []
    with visit(book_page) as seen:
        page = seen.page
        for root in page.locator("[data-explorer]:has(form)").all():
            wake(page, root)
            for control in root.locator("[data-control]").all():
                problems += check_control(page, root, control)
            problems += check_play(page, root)
        seen.quiet()
    assert problems == []


def test_every_control_works_from_a_local_copy(book_page, visit):
    """From disk it is the loading of the chart library that could fail: one control of the first explorer tells."""
    with visit(book_page, local=True) as seen:
        explorers = seen.page.locator("[data-explorer]:has(form)")
        if explorers.count():
            root = explorers.first
            wake(seen.page, root)
            assert any(not check_control(seen.page, root, c) for c in root.locator("[data-control]").all())
        seen.quiet()


@pytest.fixture
def live_canvas(visit):
    """The page of a chart that answers and is a canvas, and the chart's root."""
    with visit("book/air-war.html") as seen:
        root = seen.page.locator("[data-explorer='fig-civilian-harm']")
        wake(seen.page, root)
        yield seen.page, root
        seen.quiet()


def test_a_moved_chart_prints_in_letters_and_is_live_again_afterwards(live_canvas):
    page, root = live_canvas
    root.locator("input[type=range]").press("Home")
    status = root.locator(".explorer-status")
    page.wait_for_function("status => status.textContent", arg=status.element_handle())
    printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)
    assert status.inner_text() in " ".join(printed.split())
    assert root.locator(".explorer-wide canvas").count() == 1


def test_a_chart_is_redrawn_for_a_sharper_screen(live_canvas):
    page, root = live_canvas
    width = root.locator(".explorer-wide canvas").evaluate("canvas => canvas.width")
    sharper = {"width": 1300, "height": 900, "deviceScaleFactor": 2, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", sharper)
    doubled = "([root, width]) => root.querySelector('.explorer-wide canvas').width === 2 * width"
    page.wait_for_function(doubled, arg=[root.element_handle(), width])


def test_a_chart_out_of_sight_follows_the_one_it_shares_its_controls_with(visit):
    with visit("book/the-fall.html") as seen:
        page = seen.page
        near, far = (page.locator(f"[data-explorer='{name}']") for name in ("fig-towns", "fig-stints"))
        wake(page, far)
        wake(page, near)
        page.evaluate("scrollTo(0, 0)")
        before = far.evaluate(DRAWN)
        near.locator("input[type=range]").evaluate("slider => { slider.value = 0; slider.dispatchEvent(new Event('input', {bubbles: true})); }")
        page.wait_for_function(CHANGED, arg=[far.element_handle(), before], polling=30)
        seen.quiet()


CUT_MENUS = """() => [...document.querySelectorAll('main select')].filter((menu) => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = getComputedStyle(menu).font;
  const longest = Math.max(...[...menu.options].map((option) => pen.measureText(option.text).width));
  return longest + 20 > menu.clientWidth;  // the arrow beside the words
}).map((menu) => menu.id)"""


def test_menus_show_their_longest_words_whole(book_page, visit):
    with visit(book_page) as seen:
        assert seen.page.evaluate(CUT_MENUS) == []
