"""Every control of every explorer, by keyboard alone, in a real browser: it says where it is, the chart follows."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from conftest import WAKE_MS, uncover, wake
from playwright.sync_api import TimeoutError as NoChange
from playwright.sync_api import expect
from pypdf import PdfReader

from coursebook.figures import static
from coursebook.pages.theme import STATIC

CHANGE_MS = 1500
RANGE_KEYS = ("ArrowRight", "ArrowLeft", "End", "Home")
LIST_KEYS = ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "End", "Home")

# The chart of a figure that has come to rest.
SETTLED = """root => !root.querySelector('[data-moving]')
  && [...root.querySelectorAll('.explorer-chart svg')].map((svg) => svg.outerHTML).join('')"""
CHANGED = f"([root, before]) => {{ const now = ({SETTLED})(root); return now && now !== before; }}"
PICTURE = "root => root.querySelector('.explorer-wide canvas')?.toDataURL()"
# Back to the first state, by the figure's own script: its charts are drawn anew.
RESET = """root => {
  root.querySelector('form').reset();
  root.querySelector('.explorer-status').textContent = '';
  for (const control of root.querySelectorAll('[data-control]'))
    control.dispatchEvent(new Event('input', {bubbles: true}));
}"""
SAID = "root => root.querySelector('.explorer-status').textContent"
FIELDS = "root => JSON.stringify([...root.querySelectorAll('input, select')].map((one) => [one.value, one.checked]))"
# Forget what was announced; the state of the form.
LISTEN = f"root => {{ root.querySelector('.explorer-status').textContent = ''; return ({FIELDS})(root); }}"
# Notes the picture in which the chart first moves, which may be gone before anybody asks.
NOTE_PICTURE = """root => {
  const chart = root.querySelector('.explorer-chart');
  new MutationObserver(() => {
    const canvas = chart.querySelector('.explorer-wide canvas');
    if (chart.matches('[data-moving]') && canvas.checkVisibility())
      globalThis.noted ??= {picture: canvas.toDataURL(), width: canvas.width};
  }).observe(chart, {attributeFilter: ['data-moving']});
}"""


def settled(page, root) -> str:
    """The chart, once a move was announced."""
    page.wait_for_function(f"root => ({SAID})(root) && ({SETTLED})(root)", arg=root.element_handle(), polling=30)
    return root.evaluate(SETTLED)


def reset(page, root) -> str:
    root.evaluate(RESET)
    return settled(page, root)


def chart_follows(page, root, field, keys) -> bool:
    """Press each key on the field until the chart is another than before the first."""
    before = reset(page, root)
    for key in keys:
        fields = root.evaluate(LISTEN)
        field.focus()
        page.keyboard.press(key)
        moved = f"([root, fields]) => ({FIELDS})(root) !== fields"
        try:
            page.wait_for_function(moved, arg=[root.element_handle(), fields], timeout=CHANGE_MS, polling=30)
        except NoChange:
            continue  # a key that does not move this field, or not from here
        if settled(page, root) != before:
            return True
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
    for field in control.locator("select").all():
        if not chart_follows(page, root, field, LIST_KEYS):
            problems.append(f"{name}: the list does not change the chart")
    if control.locator("input[type=radio]").count():
        if not chart_follows(page, root, control.locator("input[type=radio]:checked"), ("ArrowDown",)):
            problems.append(f"{name}: the choice does not change the chart")
    boxes = control.locator("input[type=checkbox]").all()
    if boxes and not any(chart_follows(page, root, box, ("Space",)) for box in boxes):
        problems.append(f"{name}: no box changes the chart")
    return problems


def check_play(page, root) -> list[str]:
    """With reduced motion asked for, each press of Play is one step."""
    button = root.locator(".explorer-play")
    if not button.count():
        return []
    before = reset(page, root)
    button.focus()
    page.keyboard.press("Enter")
    try:
        page.wait_for_function(CHANGED, arg=[root.element_handle(), before], timeout=WAKE_MS, polling=30)
    except NoChange:
        return [f"{root.get_attribute('data-explorer')}: Play does not change the chart"]
    return []


def test_every_control_changes_its_chart(drawing_page, awake):
    problems = []
    with awake(drawing_page) as seen:
        page = seen.page
        for root in page.locator("[data-explorer]:has(form)").all():
            for control in root.locator("[data-control]").all():
                problems += check_control(page, root, control)
            problems += check_play(page, root)
        seen.quiet()
    assert problems == []


def test_a_menu_of_presets_and_its_slider_show_one_month(visit):
    """Whichever is moved last counts: a menu that overrules its slider would leave slider and Play without effect."""
    with visit("book/uneasy-allies.html") as seen:
        root = seen.page.locator("[data-explorer='fig-relations']")
        wake(seen.page, root)
        menu, slider = root.locator(".explorer-presets"), root.locator("form input[type=range]")
        reading, status = root.locator("output"), root.locator(".explorer-status")
        menu.select_option(label="March 2015: Tikrit")
        expect(reading).to_have_text("March 2015")
        expect(status).to_contain_text("March 2015")
        slider.press("ArrowRight")
        expect(menu.locator("option:checked")).to_have_text("a turning point")
        expect(status).to_contain_text("April 2015")
        slider.press("ArrowLeft")
        expect(menu.locator("option:checked")).to_have_text("March 2015: Tikrit")
        seen.quiet()


def title_of(root) -> str:
    return root.locator("xpath=ancestor::figure").locator(".caption-text").inner_text()


def said_of_chart(root) -> str:
    """What is announced, without the title: where it follows the state, it is said first."""
    return root.evaluate(SAID).removeprefix(title_of(root)).strip()


WORDS = "root => [...root.querySelectorAll('.explorer-wide :is(text, tspan)')].map((e) => e.textContent).join(' ').split(/\\s+/)"
NOTHING_CHOSEN = RESET.replace(
    ".reset();", ".querySelectorAll('fieldset [type=checkbox]').forEach((e) => e.checked = false);"
)


def test_what_is_announced_is_what_the_chart_says(drawing_page, awake):
    """Also where no box is ticked: an empty chart without words would look broken."""
    with awake(drawing_page) as seen:
        for root in seen.page.locator("[data-explorer]:has(form)").all():
            root.evaluate(NOTHING_CHOSEN)
            settled(seen.page, root)
            said = said_of_chart(root).split()
            assert said and set(said) <= set(root.evaluate(WORDS)), root.get_attribute("data-explorer")
        seen.quiet()


def test_a_chart_wakes_and_answers_from_a_local_copy(drawing_page, visit):
    """From disk it is the loading of the chart library that could fail: one control of the page tells."""
    with visit(drawing_page, local=True) as seen:
        for root in seen.page.locator("[data-explorer]:has(form)").all()[:1]:
            wake(seen.page, root)
            assert check_control(seen.page, root, root.locator("[data-control]").first) == []
        seen.quiet()


def test_on_a_slow_line_a_moved_chart_says_that_it_is_loading_and_play_waits(visit):
    with visit("book/the-fall.html") as seen:
        page, held = seen.page, []
        page.route("**/chart-worker.js*", lambda route: held.append(route))
        page.reload()
        root = page.locator("[data-explorer='fig-towns']")
        root.locator(".explorer-controls input[type=range]").press("Home")
        status, chart = root.locator(".explorer-status"), root.locator(".explorer-chart")
        expect(status).to_have_text("The chart is loading, and shows an earlier state until then.")
        expect(status).to_be_visible()
        expect(chart).to_have_attribute("aria-busy", "true")
        root.get_by_role("button", name="Play").click()
        before = root.locator("output").first.text_content()
        page.wait_for_timeout(1500)  # three steps of Play
        assert root.locator("output").first.text_content() == before
        for one in held:
            one.continue_()
        expect(chart).not_to_have_attribute("aria-busy", "true")
        expect(status).not_to_contain_text("loading")
        seen.quiet()


@pytest.fixture
def harm(visit):
    """The page of the figure on civilian harm, and the root of that figure, awake."""
    with visit("book/air-war.html") as seen:
        root = seen.page.locator("[data-explorer='fig-civilian-harm']")
        wake(seen.page, root)
        yield seen.page, root
        seen.quiet()


def test_a_chart_is_a_picture_while_it_moves_and_a_drawing_at_rest(harm):
    page, root = harm
    assert root.evaluate(PICTURE) is None
    root.evaluate(NOTE_PICTURE)
    root.locator("form input[type=range]").press("Home")
    first = page.wait_for_function("() => globalThis.noted?.picture").json_value()
    root.locator("form input[type=range]").press("End")
    page.wait_for_function(f"([root, first]) => ({PICTURE})(root) !== first", arg=[root.element_handle(), first])
    page.wait_for_selector("[data-explorer='fig-civilian-harm'] .explorer-wide svg", state="visible")
    expect(root.locator(".explorer-wide canvas")).to_be_hidden()


GROUND = """root => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  canvas.drawImage(root.querySelector('.explorer-wide canvas'), 0, 0);
  const ground = root.querySelector('.explorer-wide svg > rect, .explorer-wide svg > g > rect');
  return {
    moving: `rgb(${[...canvas.getImageData(1, 1, 1, 1).data].slice(0, 3).join(', ')})`,
    resting: getComputedStyle(ground).fill,
    card: getComputedStyle(root.querySelector('.explorer-chart')).backgroundColor,
  };
}"""


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_chart_is_as_light_or_dark_as_its_page(mode, visit):
    with visit("book/air-war.html", color_scheme=mode) as seen:
        root = seen.page.locator("[data-explorer='fig-civilian-harm']")
        wake(seen.page, root)
        root.locator("form input[type=range]").press("Home")
        seen.page.wait_for_selector("[data-explorer='fig-civilian-harm'] [data-moving] canvas", state="visible")
        ground = root.evaluate(GROUND)
        assert len(set(ground.values())) == 1, ground
        assert (ground["card"] == "rgb(255, 255, 255)") == (mode == "light")
        seen.quiet()


def test_a_picture_is_as_sharp_as_the_screen(harm):
    page, root = harm
    width = root.locator(".explorer-wide svg").evaluate("svg => svg.width.baseVal.value")
    sharper = {"width": 1300, "height": 900, "deviceScaleFactor": 2, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", sharper)
    root.evaluate(NOTE_PICTURE)
    root.locator("form input[type=range]").press("Home")
    assert page.wait_for_function("() => globalThis.noted?.width").json_value() == pytest.approx(2 * width, abs=2)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_moved_chart_prints_as_it_was_moved_and_in_letters(visit, width):
    """Paper is wider than a phone: not the other one of the two charts."""
    with visit("book/air-war.html", width=width) as seen:
        root = seen.page.locator("[data-explorer='fig-civilian-harm']")
        wake(seen.page, root)
        root.locator("form input[type=range]").press("Home")
        settled(seen.page, root)
        printed = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(seen.page.pdf())).pages)
        printed = " ".join(unicodedata.normalize("NFKC", printed).split())  # the page's font joins f and i
        assert title_of(root) in printed and said_of_chart(root) in printed
        assert seen.page.locator("h1").inner_text().rstrip("#") in printed
        assert "Download the table" not in printed, "on paper there is nothing to press"


def said_at(page, root, x, y) -> str:
    """The tooltip at a point of the page, to which the pointer is moved."""
    page.evaluate(
        "() => { globalThis.there = false; addEventListener('pointermove', () => { there = true; }, {once: true}); }"
    )
    page.mouse.move(x, y)
    page.wait_for_function("() => globalThis.there")
    return root.locator(".explorer-chart").get_attribute("title") or ""


def test_a_mark_under_the_pointer_says_what_it_stands_for(visit):
    with visit("book/air-war.html") as seen:
        root = seen.page.locator("[data-explorer='fig-cost']")
        wake(seen.page, root)
        points = [one.bounding_box() for one in root.locator(".explorer-wide .mark-symbol.role-mark path").all()]
        apart = [
            box for box in points if all(one is box or abs(one["x"] - box["x"]) > 3 * box["width"] for one in points)
        ]
        assert apart
        for box in apart:
            left, right = (
                said_at(seen.page, root, box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
                for part in (0.05, 0.95)
            )
            assert left.startswith("To: ") and left == right, "what is said is not where the mark is"
        assert said_at(seen.page, root, points[0]["x"], points[0]["y"] - 15) == ""
        tapped = apart[0]
        seen.page.mouse.click(tapped["x"] + tapped["width"] / 2, tapped["y"] + tapped["height"] / 2)
        expect(root.locator(".explorer-note")).to_have_text(re.compile("^To: "))
        seen.page.mouse.click(points[0]["x"], points[0]["y"] - 15)
        expect(root.locator(".explorer-note")).to_be_hidden()


@pytest.mark.parametrize(("figure", "at"), [("20,000–30,000", 0.3), ("5,000–7,000", 0.8)])
def test_what_a_tapped_mark_says_stands_in_the_window_and_not_over_it(visit, figure, at):
    """Also of a chart that is taller than the window: its foot, where the words would stand, is out of sight."""
    with visit("book/after-the-caliphate.html", width=390, has_touch=True) as seen:
        page = seen.page
        root = page.locator("[data-explorer='fig-strength-after']")
        wake(page, root)
        height = 560  # as a telephone's browser leaves it
        page.set_viewport_size({"width": 390, "height": height})
        label = root.locator(".explorer-narrow text", has_text=figure).last
        page.evaluate("by => scrollBy({top: by, behavior: 'instant'})", label.bounding_box()["y"] - at * height)
        box = label.bounding_box()
        page.touchscreen.tap(
            box["x"] + box["width"] - 4, box["y"] + box["height"] + 8
        )  # the bar stands below its figure
        note = root.locator(".explorer-note")
        expect(note).to_contain_text(figure)
        words = note.bounding_box()
        assert 0 <= words["y"] and words["y"] + words["height"] <= height + 1
        assert words["y"] > box["y"] + box["height"] or words["y"] + words["height"] < box["y"]


FIELDS_OF_TIME = (
    "root => [...root.querySelectorAll('.explorer-wide .mark-rect path')].map((one) => one.getAttribute('d')).sort()"
)


def test_what_a_narrower_choice_left_out_comes_back(visit):
    with visit("book/the-fall.html") as seen:
        root = seen.page.locator("[data-explorer='fig-violence']")
        wake(seen.page, root)
        reset(seen.page, root)
        first = root.evaluate(FIELDS_OF_TIME)
        root.evaluate(LISTEN)
        root.locator("form input[type=range]").first.press("End")
        settled(seen.page, root)
        assert root.evaluate(FIELDS_OF_TIME) != first
        reset(seen.page, root)
        assert root.evaluate(FIELDS_OF_TIME) == first


def test_the_ends_of_a_range_do_not_pass_one_another(visit):
    with visit("book/the-fall.html") as seen:
        root = seen.page.locator("[data-explorer='fig-violence']")
        wake(seen.page, root)
        first, last = root.locator("form input[type=range]").all()
        readings = root.locator("[data-control=years] output")
        last.press("Home")
        assert first.input_value() == last.input_value()
        first.press("End")
        assert first.input_value() == last.input_value()
        assert len(set(readings.all_inner_texts())) == 1


MOVED_TO_ITS_FIRST = "slider => { slider.value = 0; slider.dispatchEvent(new Event('input', {bubbles: true})); }"
FIRST_MONTH = "root => root.querySelector('.explorer-wide svg').textContent.includes('December 2013')"


@pytest.mark.parametrize("awake", [True, False], ids=["awake", "asleep"])
def test_a_chart_out_of_sight_follows_the_one_it_shares_its_controls_with(visit, awake):
    with visit("book/the-fall.html") as seen:
        page = seen.page
        near, far = (page.locator(f"[data-explorer='{name}']") for name in ("fig-towns", "fig-stints"))
        if awake:
            wake(page, far)
            page.evaluate("scrollTo(0, 0)")
        slider = near.locator("form input[type=range]")
        slider.evaluate(MOVED_TO_ITS_FIRST)
        expect(slider).to_have_attribute("aria-valuetext", "December 2013")
        wake(page, far)
        page.wait_for_function(FIRST_MONTH, arg=far.element_handle(), polling=30)
        seen.quiet()


def test_a_figure_comes_to_rest_while_another_one_plays(visit):
    with visit("book/the-fall.html") as seen:
        page = seen.page
        page.emulate_media(reduced_motion="no-preference")
        playing, other = (page.locator(f"[data-explorer='{name}']") for name in ("fig-towns", "fig-violence"))
        wake(page, playing)
        playing.locator("form input[type=range]").press("Home")
        playing.locator(".explorer-play").press("Enter")
        wake(page, other)
        other.locator("select").press("ArrowDown")
        settled(page, other)
        expect(playing.locator(".explorer-play")).to_have_text(re.compile("Pause$"))
        seen.quiet()


def test_a_chart_is_sent_for_when_a_reader_nears_it(visit):
    with visit("book/the-fall.html") as seen:
        sent = []
        seen.page.on("request", lambda request: sent.append(request.url))
        charts = seen.page.locator("[data-chart]").evaluate_all("roots => roots.map((root) => root.dataset.explorer)")
        assert seen.page.evaluate("window.chartDetails") is None, "before a first move"
        wake(seen.page, seen.page.locator(f"[data-explorer='{charts[0]}']"))
        assert any(f"charts/{charts[0]}.js?v=" in url for url in sent)
        assert not any(f"charts/{charts[-1]}.js" in url for url in sent), "the last one is far away"


# What comes in place of the program that draws charts: nothing, or one that fails.
PROGRAMS = (None, "window.chartWorker = 'throw new Error(1)';")


def served(program):
    return (lambda route: route.abort()) if program is None else (lambda route: route.fulfill(body=program))


@pytest.mark.parametrize("program", PROGRAMS, ids=["missing", "broken"])
def test_a_figure_whose_charts_cannot_be_drawn_says_so(visit, program):
    with visit("book/air-war.html") as seen:
        seen.page.route("**/chart-worker.js", served(program))
        root = seen.page.locator("[data-explorer='fig-civilian-harm']")
        uncover(root)
        root.locator("form input[type=range]").press("Home")
        said = "root => root.querySelector('.explorer-status').textContent.startsWith('The controls could not start')"
        seen.page.wait_for_function(said, arg=root.element_handle())
        assert root.locator(".explorer-status").bounding_box()["width"] > 100, "nobody sees it"
        expect(root.locator(".explorer-wide svg")).to_be_visible()


@pytest.mark.parametrize("program", PROGRAMS, ids=["missing", "broken"])
def test_a_chart_that_could_not_be_drawn_can_be_moved_again(visit, program):
    with visit("book/air-war.html") as seen:
        seen.page.route("**/chart-worker.js", served(program))
        root = seen.page.locator("[data-explorer='fig-civilian-harm']")
        uncover(root)
        slider = root.locator("form input[type=range]")
        slider.press("Home")
        seen.page.wait_for_selector("[data-explorer='fig-civilian-harm'] [data-fault]")
        seen.page.unroute("**/chart-worker.js")
        slider.press("ArrowRight")
        seen.page.wait_for_selector(
            "[data-explorer='fig-civilian-harm'] .explorer-status:not([data-fault])", state="attached"
        )
        settled(seen.page, root)


def test_on_a_phone_nothing_below_a_chart_moves_when_it_answers(visit):
    with visit("book/justice-and-rebuilding.html", width=390) as seen:
        root = seen.page.locator("[data-explorer='fig-al-hol']")
        wake(seen.page, root)
        before = root.bounding_box()["height"]
        root.locator("select").press("ArrowDown")
        settled(seen.page, root)
        assert root.bounding_box()["height"] == before


CUT_MENUS = """() => [...document.querySelectorAll('main select')].filter((menu) => {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = getComputedStyle(menu).font;
  const longest = Math.max(...[...menu.options].map((option) => pen.measureText(option.text).width));
  return longest + 20 > menu.clientWidth;  // the arrow beside the words
}).map((menu) => menu.id)"""


def test_menus_show_their_longest_words_whole(drawing_page, loaded):
    with loaded(drawing_page) as seen:
        assert seen.page.evaluate(CUT_MENUS) == []


FORMS = "() => [...document.querySelectorAll('[data-explorer]:has(form)')].map((one) => [one.dataset.explorer, JSON.parse(one.querySelector('.explorer-form').textContent)])"


def another(control):
    """A value of the control that is not its default, as far from it as there is."""
    if control.kind == "checkbox":
        return not control.default
    values = [choice.value for choice in control.choices]
    if control.kind == "range":
        return [values[1], values[-2]]
    if control.kind == "checkboxes":
        return values[:1]
    return values[0] if control.default else values[-1]


def test_every_figure_takes_its_states_from_the_address_and_gives_them_back(drawing_page, awake):
    with awake(drawing_page) as seen:
        page = seen.page
        for name, form in page.evaluate(FORMS):
            states = static.states_of({"name": name, **form})
            state = {control.name: another(control) for control in states.controls}
            query = states.write(state)
            page.evaluate(
                "address => { history.replaceState(null, '', '#'); location.hash = address; }", f"#{name}?{query}"
            )
            root = page.locator(f"[data-explorer='{name}']")
            settled(page, root)
            expect(root.locator(".explorer-status")).to_contain_text(states.words(state))
            assert page.url.endswith(f"#{name}?{query}")
            if root.locator("form .explorer-steps").count():  # a step away and back writes the same state
                away, back = root.locator("form .explorer-steps").first.locator("button").all()
                if away.get_attribute("aria-disabled") == "true":
                    away, back = back, away
                away.click()
                back.click()
                page.wait_for_function("address => location.hash === address", arg=f"#{name}?{query}")
        seen.quiet()


def test_a_place_picked_is_there_when_the_reader_comes_back_unless_the_address_names_another(visit):
    with visit("book/one-place.html") as seen:
        page = seen.page
        menu, title = page.locator("#fig-one-place select"), page.locator("#fig-one-place .caption-text")
        menu.select_option(label="Kobani")
        expect(title).to_contain_text("Kobani", timeout=WAKE_MS)
        again = page.context.new_page()
        for state, place in (("", "Kobani"), ("#fig-one-place?place=raqqa", "Raqqa")):
            again.goto("about:blank")
            again.goto(page.url.split("#")[0] + state)
            expect(again.locator("#fig-one-place .caption-text")).to_contain_text(place, timeout=WAKE_MS)
        again.locator("#fig-one-place .explorer-reset").click()
        again.goto("about:blank")
        again.goto(page.url.split("#")[0])
        expect(again.locator("#fig-one-place .caption-text")).to_contain_text("Mosul", timeout=WAKE_MS)


def test_a_browser_can_read_every_script(browser):
    """The bundler that `make check` asks lets two constants of one name pass."""
    page, refused = browser.new_page(), {}
    for script in sorted(STATIC.glob("*.js")):
        text = script.read_text(encoding="utf-8")
        if fault := page.evaluate("text => { try { new Function(text); } catch (fault) { return `${fault}`; } }", text):
            refused[script.name] = fault
    page.close()
    assert refused == {}
