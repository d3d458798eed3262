"""The course in Firefox, from disk: every control of every chart by keyboard, and what else a reader works with.

Firefox itself, by Mozilla's own driver: Playwright drives only a build of its own, which nobody reads with.
"""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import time
import unicodedata

import pytest
from conftest import WAKE_MS
from marionette_driver import By, Wait
from marionette_driver.keys import Keys
from marionette_driver.marionette import ActionSequence, Marionette
from PIL import Image
from pypdf import PdfReader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("firefox")]
WIDE, NARROW, HEIGHT = 1280, 500, 950  # Firefox makes no window narrower
START_S, SCRIPT_S = 180, 60
SHEET = "book/your-answers.html"
JOINED, FALL, AIR, ALLIES = (f"book/{name}.html" for name in ("who-joined", "the-fall", "air-war", "uneasy-allies"))
RANGE_KEYS = Keys.END, Keys.HOME
LIST_KEYS = Keys.ARROW_DOWN, Keys.ARROW_UP
# What the page's own scripts complained of since it was asked last.
COMPLAINTS = """
  const said = Services.console.getMessageArray()
    .filter((one) => one instanceof Ci.nsIScriptError && one.sourceName?.startsWith('file:'))
    .map((one) => `${one.errorMessage} (${one.sourceName}, line ${one.lineNumber})`);
  Services.console.reset();
  return said;"""
DRAWN = """const root = arguments[0];
  return root.querySelector('[data-moving]') ? null
    : [...root.querySelectorAll('.explorer-chart svg')].map((svg) => svg.outerHTML).join('');"""
MIDDLE = """arguments[0].scrollIntoView({block: 'center', behavior: 'instant'});
  const box = arguments[0].getBoundingClientRect();
  const of = (from, to, most) => Math.round((Math.max(0, from) + Math.min(most, to)) / 2);
  return [of(box.left, box.right, innerWidth), of(box.top, box.bottom, innerHeight)];"""
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def firefox(downloads):
    found = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    assert found, "Firefox is not installed; `make test` installs it where it may"
    prefs = {
        "ui.prefersReducedMotion": 1,
        "browser.download.folderList": 2,
        "browser.download.dir": str(downloads),
        "browser.download.useDownloadDir": True,
    }
    allowed = ["-remote-allow-system-access"]  # to read what a page complains of
    log = str(downloads / "gecko.log")  # else in the folder in which the tests were started
    running = Marionette(
        bin=found, headless=True, port=0, prefs=prefs, app_args=allowed, gecko_log=log, startup_timeout=START_S
    )
    running.start_session()
    running.timeout.script = SCRIPT_S
    yield running
    running.quit()


class Reader:
    """One who reads the built book in Firefox."""

    def __init__(self, firefox, site):
        self.firefox, self.site = firefox, site.resolve().as_uri()

    def open(self, address: str, width: int = WIDE) -> None:
        self.firefox.set_window_rect(width=width, height=HEIGHT)
        self.firefox.navigate("about:blank")  # else an address that differs by its end only would open nothing
        self.firefox.navigate(f"{self.site}/{address}")

    def all(self, selector: str, within=None) -> list:
        return (within or self.firefox).find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str, within=None):
        return self.until(lambda: next(iter(self.all(selector, within)), None), selector)

    def run(self, script: str, *arguments):
        return self.firefox.execute_script(script, script_args=arguments, sandbox=None)

    def text(self, element) -> str:
        return " ".join(self.run("return arguments[0].textContent", element).split())

    def until(self, condition, meant: str):
        """What `condition` gives once it is true."""
        return Wait(self.firefox, timeout=WAKE_MS / 1000, interval=0.05).until(lambda _: condition(), message=meant)

    def figure(self, name: str):
        return self.one(f"[data-explorer='{name}']")

    def wake(self, root) -> None:
        for show in self.all(".explorer-show", root):
            if show.is_displayed():
                show.click()
        self.point(self.one(".explorer-chart", root))
        self.until(lambda: root.get_attribute("data-explorer-ready") is not None, "the chart answers")

    def point(self, element, click: bool = False) -> None:
        """Move the pointer to the middle of what can be seen of an element, as a reader with a mouse does."""
        x, y = self.run(MIDDLE, element)
        pointer = ActionSequence(self.firefox, "pointer", "mouse", {"pointerType": "mouse"}).pointer_move(x, y)
        (pointer.pointer_down().pointer_up() if click else pointer).perform()

    def press(self, key: str) -> None:
        self.firefox.get_active_element().send_keys(key)

    def quiet(self) -> None:
        with self.firefox.using_context("chrome"):
            assert self.firefox.execute_script(COMPLAINTS) == []


@pytest.fixture
def reader(firefox, site):
    reading = Reader(firefox, site)
    reading.open(SHEET)
    reading.run("kept.forget()")
    with firefox.using_context("chrome"):
        firefox.execute_script(COMPLAINTS)
    yield reading
    reading.quiet()


def drawn(reader, root) -> str:
    return reader.until(lambda: reader.run(DRAWN, root), "the chart comes to rest")


def follows(reader, root, field, keys) -> bool:
    """Whether one of the keys, pressed on the field, changes the chart."""
    before = drawn(reader, root)
    for key in keys:
        reader.run("arguments[0].focus()", field)
        field.send_keys(key)
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if reader.run(DRAWN, root) not in (None, before):
                return True
            time.sleep(0.03)
    return False


def controls(reader, root):
    """The fields of a figure that can be seen, each with the keys that move it; of a choice that which is not chosen."""
    for control in reader.all("[data-control]", root):
        for selector, keys in (
            ("input[type=range]", RANGE_KEYS),
            ("select", LIST_KEYS),
            ("input[type=radio]:not(:checked)", (Keys.SPACE,)),
            ("input[type=checkbox]", (Keys.SPACE,)),
        ):
            field = next((one for one in reader.all(selector, control) if one.is_displayed()), None)
            if field:
                yield f"{root.get_attribute('data-explorer')}.{control.get_attribute('data-control')}", field, keys


def test_every_control_changes_its_chart(drawing_page, reader):
    reader.open(drawing_page)
    still = []
    for root in reader.all("[data-explorer]:has(form)"):
        reader.wake(root)
        still += [name for name, field, keys in controls(reader, root) if not follows(reader, root, field, keys)]
    assert still == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_page_is_wider_than_its_window(width, reader, site):
    wide = []
    for page in sorted((site / "book").glob("*.html")):
        reader.open(f"book/{page.name}", width)
        if reader.run(OVERFLOW) > 0:
            wide.append(page.name)
    assert wide == []


def test_a_guess_by_keyboard_is_drawn_kept_and_taken_back(reader):
    reader.open(JOINED)
    root = reader.figure("fig-membership")
    field = reader.one(".explorer-asks input[type=range]", root)
    field.send_keys(Keys.ARROW_RIGHT)
    reader.one(".explorer-commit", root).send_keys(Keys.ENTER)
    said = reader.until(
        lambda: (text := reader.text(reader.one(".explorer-gap p", root))).startswith("You said") and text, "it answers"
    )
    reader.until(lambda: "your guess" in (reader.run(DRAWN, root) or ""), "the guess is drawn")
    reader.firefox.refresh()
    root = reader.figure("fig-membership")
    reader.until(lambda: reader.text(reader.one(".explorer-gap p", root)) == said, "the guess is kept")
    reader.one(".explorer-gap button", root).click()
    reader.until(lambda: not reader.one(".explorer-controls", root).is_displayed(), "the guess is taken back")


def test_an_answer_is_judged_and_kept(reader):
    reader.open(FALL)
    question = reader.one("form.question")
    reader.all("label", question)[0].click()
    reader.one("button", question).click()
    said = reader.until(lambda: reader.text(reader.one("[role=status]", question)), "it is judged")
    assert re.search(r"\b(Right|Not)\b", said), said
    reader.firefox.refresh()
    reader.until(lambda: reader.text(reader.one("form.question [role=status]")) == said, "the answer is kept")
    reader.open(SHEET)  # Firefox gives each file a store of its own
    reader.until(lambda: len(reader.all(".sheet-question:not([hidden])")) == 1, "the answer is on the sheet")
    reader.run("kept.forget()")
    reader.open(FALL)
    reader.until(lambda: reader.text(reader.one("form.question [role=status]")) == "", "the answer is forgotten")


def test_steps_lead_on_and_back(reader):
    reader.open(FALL)
    root = reader.figure("fig-towns")
    reader.wake(root)
    reader.one(".explorer-on", root).send_keys(Keys.ARROW_RIGHT)
    first = reader.text(reader.one(".explorer-walk li[data-now]", root))
    reader.until(lambda: first in reader.text(reader.one(".explorer-status", root)), "the step is announced")
    reader.press(Keys.ARROW_RIGHT)
    reader.until(lambda: reader.text(reader.one(".explorer-walk li[data-now]", root)) != first, "it goes on")
    reader.press(Keys.ARROW_LEFT)
    reader.until(lambda: reader.text(reader.one(".explorer-walk li[data-now]", root)) == first, "it goes back")


def test_two_states_stand_side_by_side(reader):
    reader.open(FALL)
    root = reader.figure("fig-towns")
    reader.wake(root)
    reader.one(".explorer-compare", root).click()
    pair = reader.until(lambda: (both := reader.all(".explorer-pair .explorer")) and both, "a second chart")
    assert len(pair) == 2


def test_an_address_opens_its_state_and_a_control_writes_it(reader):
    reader.open(f"{FALL}#fig-towns?month=2016-07")
    root = reader.figure("fig-towns")
    reader.until(lambda: "July 2016" in (reader.run(DRAWN, root) or ""), "the state of the address")
    reader.one(".explorer-controls input[type=range]", root).send_keys(Keys.HOME)
    reader.until(lambda: reader.firefox.get_url().endswith("#fig-towns?month=2013-12"), "the address of the state")


def test_a_sentence_sets_its_chart_and_shows_a_copy(reader):
    reader.open(FALL)
    link = next(one for one in reader.all("p a.state-link") if one.is_displayed())
    reader.point(link, click=True)
    copy = reader.one(".state-copy svg")
    reader.until(copy.is_displayed, "the copy")
    reader.press(Keys.ESCAPE)
    reader.until(lambda: reader.all(".state-copy") == [], "the copy is gone")


def test_a_mark_under_the_pointer_and_one_clicked_say_what_they_stand_for(reader):
    reader.open(AIR)
    root = reader.figure("fig-cost")
    reader.wake(root)
    mark = reader.all(".explorer-wide .mark-symbol.role-mark path", root)[0]
    reader.point(mark)
    chart = reader.one(".explorer-chart", root)
    reader.until(lambda: (chart.get_attribute("title") or "").startswith("To: "), "the note under the pointer")
    reader.point(mark, click=True)
    note = reader.one(".explorer-note", root)
    reader.until(lambda: note.is_displayed() and note.text.startswith("To: "), "the note that stays")


def test_pictures_and_rows_of_a_state_are_saved(reader, downloads):
    reader.open(f"{FALL}#fig-towns?month=2016-07")
    root = reader.figure("fig-towns")
    reader.until(lambda: "July 2016" in (reader.run(DRAWN, root) or ""), "the state of the address")
    menu = reader.one(".explorer-share", root)
    reader.one("summary", menu).click()
    reader.one("button", menu)
    for button in reader.all("button", menu):
        if re.search(r"\((SVG|PNG|CSV)\)", reader.text(button)):
            button.click()

    def saved(kind):
        return reader.until(
            lambda: next((one for one in downloads.glob(f"fig-towns*.{kind}") if one.stat().st_size), None), kind
        )

    assert "July 2016" in saved("svg").read_text(encoding="utf-8")
    assert saved("csv").read_text(encoding="utf-8-sig").startswith("Place,")
    image = Image.open(io.BytesIO(saved("png").read_bytes())).convert("RGB")
    assert len(image.resize((200, 200)).getcolors(40_000)) > 100, "nothing is drawn"


def test_the_search_answers(reader):
    reader.open("search.html?q=al+hol")
    assert "Al-Hol" in reader.text(reader.one(".search-results a"))


def test_the_room_opens_goes_on_and_is_left(reader):
    reader.open(ALLIES)
    button = next(one for one in reader.all("button") if one.get_attribute("aria-label") == "Present this page")
    button.click()
    slide = "[role=region][aria-label^='Slide ']"
    first = reader.one(slide).get_attribute("aria-label")
    reader.press(Keys.ARROW_RIGHT)
    reader.until(lambda: reader.one(slide).get_attribute("aria-label") != first, "the next slide")
    reader.press(Keys.ESCAPE)
    reader.until(lambda: reader.all(slide) == [], "the page as it was")


def test_the_sheet_prints_the_chart_as_it_was_moved_and_nothing_to_press(reader):
    reader.open(AIR)
    root = reader.figure("fig-civilian-harm")
    reader.wake(root)
    reader.one(".explorer-controls input[type=range]", root).send_keys(Keys.HOME)
    drawn(reader, root)
    title = reader.text(reader.one("#fig-civilian-harm .caption-text"))
    sheets = PdfReader(io.BytesIO(base64.b64decode(reader.firefox._send_message("WebDriver:Print", key="value")))).pages
    printed = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    assert title in unicodedata.normalize("NFKC", printed)  # the page's font joins f and i
    assert "Download the table" not in printed
