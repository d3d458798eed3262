"""Every lesson in a real JupyterLab, in a real browser cut off from every other host.

One server and one browser window serve all lessons, one after the other. For each: run all, no error, no markup left
in the prose, and each chart moves with its first control and with Python. What was measured is printed.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT
from playwright.sync_api import expect
from test_prose import lessons

from coursebook.editions import lab, notebooks
from coursebook.figures.live import BUILD_FLAG

pytestmark = [pytest.mark.xdist_group("lab"), pytest.mark.release]
PAGES = notebooks.file_names(ROOT)
LESSONS = [name for page, name in PAGES.items() if f"book/{page.stem}" in lessons()]
STEPS = 20
STEPPED = ["the-fall", "who-joined"]  # a map of the region and stacked areas, both with a slider
MEDIAN_LIMIT_MS = 1000  # between a key press and the repainted chart, on a slow shared machine
RUN_ALL_MS = 900_000  # no measure, but a stop for what hangs: a machine may be busy with much else
# Run in the lesson's kernel: the charts on the page by title, each with its first control and the values of all.
READ_EXPLORERS = """
import gc, json
from coursebook.figures import Explorer
_shown = {one.title: one for one in gc.get_objects() if isinstance(one, Explorer) and "widget" in vars(one)}
_state = json.dumps({t: [next(iter(e.controls), None), {n: w.value for n, w in e.controls.items()}] for t, e in _shown.items()})
"""
# Gives the first control of the lesson's last chart that has one another value, from Python.
LAST_CHART = "_last = [one for one in [*_shown.values(), explorer] if one.controls][-1]"
MOVE_FROM_PYTHON = """
_first = next(iter(_last.controls.values()))
_values = getattr(_first, "options", None) and [value for _, value in _first._options_full]
if _values is None:
    _first.value = not _first.value if isinstance(_first.value, bool) else _first.min if _first.value != _first.min else _first.max
elif isinstance(_first.value, tuple):
    _first.value = (_values[0], _values[1]) if _first.value != (_values[0], _values[1]) else (_values[0], _values[2])
else:
    _first.value = next(value for value in _values if value != _first.value)
"""
# Run in the lesson's kernel: move every control of every explorer, look at the chart's params.
MOVE_EVERY_CONTROL = """
import gc, ipywidgets, altair as alt
from coursebook.figures import Explorer

def charts_in(widget):
    if isinstance(widget, alt.JupyterChart):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from charts_in(child)

def other_values(widget):
    if isinstance(widget, ipywidgets.Checkbox):
        return [not widget.value]
    if isinstance(widget, ipywidgets.IntSlider):
        return [widget.min, widget.max]
    if isinstance(widget, ipywidgets.IntRangeSlider):
        return [(widget.min, widget.max), (widget.min, widget.min + widget.step)]
    values = [value for _, value in widget._options_full]
    if isinstance(widget, ipywidgets.SelectionRangeSlider):
        return [(values[0], values[-1]), (values[0], values[1])]
    if isinstance(widget, ipywidgets.SelectMultiple):
        return [(values[0],), tuple(values)]
    return values[:1] + values[-1:]

moved = 0
explorers = [one for one in gc.get_objects() if isinstance(one, Explorer) and "widget" in vars(one)]
for explorer in explorers:
    (chart,) = charts_in(explorer.widget)
    for name, widget in explorer.controls.items():
        for value in other_values(widget):
            widget.value = value
            now = getattr(chart.params, name)
            assert now == (list(value) if isinstance(value, tuple) else value), (explorer.name, name, value, now)
            moved += 1
"""
# What can be moved in a box, in the page's order; of radio and toggle buttons one that is not chosen yet.
CONTROLS = ", ".join(
    [
        ".noUi-handle",
        ":not(.play-speed) > select",
        "input[type=checkbox]",
        "input[type=radio]:not(:checked)",
        ".widget-toggle-button:not(.mod-active)",
    ]
)
ASK_KERNEL = """async ([code, expressions]) => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const request = kernel.requestExecute({code, silent: true, store_history: false, user_expressions: expressions});
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("the kernel does not answer")), 60000));
  return (await Promise.race([request.done, late])).content;
}"""
# Nothing waits for the promise here, which Chromium may collect on a busy machine: KERNEL_READY waits for the mark.
OPEN = """(path) => {
  void jupyterapp.commands.execute("docmanager:open", {path}).then(async (opened) => {
    await opened.context.ready;
    opened.node.classList.add("under-test");
  });
}"""
KERNEL_READY = """() => {
  const widget = jupyterapp.shell.currentWidget, context = widget?.sessionContext;
  return Boolean(widget?.node.classList.contains("under-test") && context?.isReady && context.session?.kernel?.status === "idle" && context.session.kernel.info);
}"""
CLOSE = """async () => {
  const widget = jupyterapp.shell.currentWidget;
  await widget.sessionContext.shutdown();
  widget.dispose();
}"""
# Every code cell has run, the kernel rests, and every chart's box holds its drawing.
ALL_DONE = """() => {
  const widget = jupyterapp.shell.currentWidget;
  const code = widget.content.widgets.filter(cell => cell.model.type === "code");
  const boxes = [...widget.node.querySelectorAll(".jp-OutputArea-output .live-explorer")];
  return code.every(cell => cell.model.executionCount) && widget.sessionContext.session.kernel.status === "idle"
    && boxes.length > 0 && boxes.every(box => box.querySelector("svg.marks"));
}"""
# Times each key press from the event to the frame after the chart's drawing has changed.
WATCH = """(svgHolder) => {
  window.steps = []; let pressed = null;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    if (pressed === null) return;
    const from = pressed; pressed = null;
    requestAnimationFrame(() => window.steps.push(performance.now() - from));
  }).observe(svgHolder, {subtree: true, childList: true, attributes: true, characterData: true});
}"""


@pytest.fixture(scope="module")
def server(site, tmp_path_factory):
    """Address of a JupyterLab on the copies to teach from, started as `make lab` starts it, and on the pages' sources.

    In a folder of its own, because JupyterLab saves what it opens.
    """
    folder = tmp_path_factory.mktemp("course")
    lab.write(ROOT, folder / lab.FOLDER)
    shutil.copytree(ROOT / "book", folder / "book")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {key: value for key, value in os.environ.items() if key != BUILD_FLAG}
    environment["JUPYTER_CONFIG_PATH"] = str(ROOT / "binder" / "jupyter")
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}"]
    command += [f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=", "--ServerApp.password="]
    command += ["--LabApp.expose_app_in_browser=True"]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        running.terminate()
        running.wait(30)


def _wait_for(address, seconds=120):
    for _ in range(seconds):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=2)
            return
        except OSError:
            time.sleep(1)
    raise AssertionError("JupyterLab did not start")


@pytest.fixture(scope="module")
def window(server, browser):
    """JupyterLab as `make lab` opens it; at the end, that it has asked nothing of another host."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    others, page = [], context.new_page()

    def gate(route):
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            others.append(route.request.url)
            route.abort()

    context.route("**/*", gate)
    page.goto(f"{server}/lab/tree/{lab.FOLDER}/{lab.INDEX}?reset", wait_until="load")
    page.wait_for_selector(".jp-Notebook .jp-RenderedMarkdown h1", timeout=90_000)
    yield page
    context.close()
    assert others == []


@pytest.fixture
def notebook(window):
    """`notebook(path)` opens a notebook in the window and waits for its kernel; closed and shut down afterwards."""
    opened = []

    def open_(path):
        window.evaluate(OPEN, path)
        opened.append(path)
        window.wait_for_function(KERNEL_READY, timeout=90_000, polling=100)
        return window.locator(".under-test")

    yield open_
    if opened:
        window.evaluate(CLOSE)


def _python(page, code: str, expression: str = "None"):
    """Run `code` in the kernel of the notebook that `page` shows; the value of `expression` (plain data) afterwards."""
    reply = page.evaluate(ASK_KERNEL, [code, {"value": expression}])
    assert reply["status"] == "ok", reply
    value = reply["user_expressions"]["value"]
    assert value["status"] == "ok", value
    return ast.literal_eval(value["data"]["text/plain"])


def _explorers(page) -> dict[str, list]:
    """Title to [name of the first control, values of all controls], as the kernel knows them."""
    return json.loads(_python(page, READ_EXPLORERS, "_state"))


def _until(page, check, problem: str, seconds=90):
    """Ask `check` until it holds."""
    end = time.perf_counter() + seconds
    while not check():
        assert time.perf_counter() < end, problem
        page.wait_for_timeout(50)


def test_the_index_leads_to_every_lesson(window, monkeypatch):
    links = window.locator(".jp-RenderedMarkdown a").evaluate_all("all => all.map(a => a.textContent)")
    titles = [
        (ROOT / "book" / f"{name[3:-6]}.md").read_text(encoding="utf-8").split("\n# ", 1)[1].split("\n")[0]
        for name in PAGES.values()
    ]
    assert [title for title in titles if title not in links] == []
    started = []
    monkeypatch.setattr(
        lab.subprocess, "run", lambda command, **_: started.append(command) or SimpleNamespace(returncode=0)
    )
    assert lab.serve([]) == 0
    assert f"--LabApp.default_url=/lab/tree/{lab.FOLDER}/{lab.INDEX}" in started[0]


@pytest.mark.parametrize("lesson", LESSONS)
def test_run_all_then_move_each_chart(window, notebook, lesson, capsys):
    panel = notebook(f"{lab.FOLDER}/{lesson}")
    prose = panel.locator(".jp-RenderedMarkdown")
    _until(window, lambda: len("\n".join(prose.all_text_contents())) > 5000, "the prose does not come")
    assert not re.findall(r"[{`].{0,40}", "\n".join(prose.all_text_contents())), "the prose shows markup"
    assert panel.locator("mjx-container, .MathJax").count() == 0, "money is set as a formula"
    started = time.perf_counter()
    window.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    window.wait_for_function(ALL_DONE, timeout=RUN_ALL_MS, polling=100)
    seconds = time.perf_counter() - started
    for kind in ("error", "stderr"):
        assert panel.locator(f".jp-RenderedText[data-mime-type='application/vnd.jupyter.{kind}']").count() == 0
    show = panel.get_by_role("button", name="Show me", exact=True)  # of a chart that asks for a guess first
    for left in reversed(range(show.count())):
        show.first.click()
        expect(show).to_have_count(left)
    explorers = _explorers(window)
    shown = {title: first for title, (first, _) in explorers.items() if first}
    assert shown
    boxes = {title: _box(panel, title) for title in explorers}
    for title, first in shown.items():
        _move_by_hand(window, boxes[title], title, first)
    _move_from_python(window, boxes[_python(window, LAST_CHART, "_last.title")])
    with capsys.disabled():
        print(f"\n  {lesson} in JupyterLab: run all {seconds:.1f} s, {len(explorers)} charts, {len(shown)} moved")
    if lesson[3:-6] in STEPPED:
        steps = _measure_steps(window, panel, lesson)
        assert statistics.median(steps) < MEDIAN_LIMIT_MS
        with capsys.disabled():
            p95 = steps[int(len(steps) * 0.95) - 1]
            print(f"  {len(steps)} steps of its slider: median {statistics.median(steps):.0f} ms, p95 {p95:.0f} ms")
    assert _python(window, MOVE_EVERY_CONTROL, "moved") >= len(shown)


SAVE = "async () => { await jupyterapp.shell.currentWidget.context.save(); }"
SAVED_KB = 600


def test_a_saved_copy_opened_again_shows_its_charts(server, window, notebook):
    """Without a kernel that knows them, JupyterLab has nothing but "model not found" to show for widgets."""
    path = f"{lab.FOLDER}/{LESSONS[3]}"
    panel = notebook(path)
    window.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    window.wait_for_function(ALL_DONE, timeout=RUN_ALL_MS, polling=100)
    charts = panel.locator(".live-explorer:not(.live-explorer .live-explorer)").count()
    assert charts and panel.locator(".live-picture").count() == charts
    assert panel.locator(".live-picture >> visible=true").count() == 0, "a picture stands below the live chart"
    window.evaluate(SAVE)
    size = json.load(urllib.request.urlopen(f"{server}/api/contents/{path}?content=0"))["size"]
    assert size < SAVED_KB * 1000, f"{size / 1000:,.0f} kB"
    window.evaluate(CLOSE)
    panel = notebook(path)
    pictures = panel.locator(".live-picture img >> visible=true")
    expect(pictures).to_have_count(charts, timeout=90_000)
    for picture in pictures.all():
        assert picture.get_attribute("alt") and picture.evaluate("one => one.naturalWidth") > 300
    expect(panel.get_by_text("model not found").locator("visible=true")).to_have_count(0)
    pictures.first.scroll_into_view_if_needed()
    window.screenshot(path=_shot(LESSONS[3], "reopened"))


def _box(panel, title):
    """The box of the chart with that title, which it may lose as it moves: its controls and its drawing."""
    titles = panel.page.locator("strong").filter(has_text=title)
    found = panel.locator(".live-explorer", has=titles).last
    found.evaluate("(box, title) => { box.dataset.chart = title; }", title)
    return panel.locator(f"[data-chart={json.dumps(title, ensure_ascii=False)}]").last


def _move_by_hand(page, box, title, first):
    drawing = box.locator("svg.marks")
    before, drawn = _explorers(page)[title][1][first], drawing.inner_html()
    _use(page, box)
    _until(
        page, lambda: _explorers(page)[title][1][first] != before, f"{title}: Python does not know that {first} moved"
    )
    _until(page, lambda: drawing.inner_html() != drawn, f"{title}: {first} does not move the chart")


def _use(page, box):
    """Move the first control as a person would: drag a slider, choose another option, tick a box."""
    control = box.locator(CONTROLS).locator("visible=true").first
    control.scroll_into_view_if_needed()
    kind = control.evaluate("node => node.matches('.noUi-handle') ? 'slider' : node.localName")
    if kind == "slider":
        _drag(page, control)
    elif kind == "select":
        chosen = control.evaluate("node => [...node.options].map(option => option.selected)")
        control.select_option(index=0 if all(chosen) else chosen.index(False))
    else:
        control.click()


def _drag(page, handle):
    """Drag a slider's handle over a third of its track, towards the farther end."""
    track = handle.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]").bounding_box()
    at = handle.bounding_box()
    x, y = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    way = 1 if x < track["x"] + track["width"] / 2 else -1
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + way * track["width"] / 3, y, steps=4)
    page.mouse.up()


def _move_from_python(page, box):
    drawing = box.locator("svg.marks")
    drawn = drawing.inner_html()
    _python(page, MOVE_FROM_PYTHON)
    _until(page, lambda: drawing.inner_html() != drawn, "Python's value does not move the chart")


def _measure_steps(window, panel, lesson) -> list[float]:
    """Milliseconds from a key press on a slider to the repainted chart, sorted; with pictures before and after a drag."""
    box = panel.locator(".live-explorer", has=window.locator(".noUi-handle")).first
    handle, chart = box.locator(".noUi-handle:visible").first, box.locator("svg.marks").first
    handle.scroll_into_view_if_needed()
    window.screenshot(path=_shot(lesson, "before"))
    drawn = chart.inner_html()
    _drag(window, handle)
    _until(window, lambda: chart.inner_html() != drawn, "the chart did not move")
    window.screenshot(path=_shot(lesson, "after"))
    handle.focus()
    window.evaluate(WATCH, chart.locator("xpath=..").element_handle())
    key = "ArrowLeft"
    for step in range(STEPS):
        now, first, last = (float(handle.get_attribute(f"aria-value{name}")) for name in ("now", "min", "max"))
        key = "ArrowRight" if now <= first else "ArrowLeft" if now >= last else key  # turn at the slider's ends
        window.keyboard.press(key)
        window.wait_for_function(f"window.steps.length > {step}", timeout=20_000, polling=20)
    return sorted(window.evaluate("window.steps"))


def _shot(lesson, name) -> Path:
    folder = ROOT / "_build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"lab-{Path(lesson).stem}-{name}.png"


def test_a_page_of_the_book_opens_as_a_notebook(window, notebook):
    """Instructors who edit the course get its Markdown as cells."""
    panel = notebook("book/who-joined.md")
    for kind in (".jp-CodeCell", ".jp-MarkdownCell"):
        _until(window, lambda kind=kind: panel.locator(kind).count() >= 4, f"fewer than four cells {kind}")
