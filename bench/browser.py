"""Measures a built page in Chromium as a reader with a slow machine meets it.

Files come gzipped from a server on this machine, every other host is cut off, and the processor is slowed down
fourfold. A step is the time from the change of a control to the next frame being handed to the screen. The course's
charts are drawn on another thread, so that frame may show the control in its new place and the chart still in its old
one; `shown` is the time to the frame that has the chart's new picture. That other thread is not slowed down here.
"""

from __future__ import annotations

import gzip
import http.server
import os
import shutil
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SLOWER = 4
WIDE, NARROW, HEIGHT = 1280, 320, 900
SETTLE_MS, WAKE_MS = 1500, 30_000
STEPS = 12
PACKED = (".png", ".jpg", ".webp", ".woff2", ".zip", ".pdf")

OBSERVE = """
globalThis.bench = {shift: 0, blocked: 0};
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) bench.shift += entry.value; })
  .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver((list) => { for (const entry of list.getEntries()) bench.blocked += Math.max(0, entry.duration - 50); })
  .observe({type: 'longtask', buffered: true});
const show = ImageBitmapRenderingContext.prototype.transferFromImageBitmap;
let awaited = [];
ImageBitmapRenderingContext.prototype.transferFromImageBitmap = function (picture) {
  show.call(this, picture);
  for (const arrived of awaited) arrived(true);
  awaited = [];
};
globalThis.picture = (ms) => new Promise((done) => { awaited.push(done); setTimeout(done, ms, false); });
"""
MOVE_CONTROLS = """async ([steps, shown]) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const clicked = (field) => field.type === 'radio' || field.type === 'checkbox';
  function move(field, step) {
    if (clicked(field)) { field.click(); return; }
    if (field.type === 'range') field.value = Math.round(+field.min + (field.max - field.min) * (step + 1) / (steps + 1));
    else if (field.matches('select')) field.selectedIndex = step % field.options.length;
    else { field.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft', bubbles: true})); return; }
    for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, {bubbles: true}));
  }
  const taken = {};
  const fields = 'input[type=range], input[type=radio], input[type=checkbox], select, [role=slider]';
  for (const field of document.querySelectorAll(`main :is(${fields})`)) {
    if (!field.checkVisibility() || (shown && !field.closest('[data-explorer]'))) continue;
    field.scrollIntoView({block: 'center'});
    field.focus({preventScroll: true});
    await pause(500);
    const chart = field.closest('[data-explorer]')?.dataset.explorer ?? 'chart';
    for (let step = 0; step < (clicked(field) ? 2 : steps); step++) {
      if (field.type === 'radio' && field.checked) continue;  // a click would change nothing
      const start = performance.now();
      move(field, step);
      if (shown) await picture(1000);  // one that has not come by then counts as late
      await painted();
      (taken[chart] ??= []).push(performance.now() - start);
    }
  }
  return taken;
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class _Gzipped(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix not in PACKED:
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve `folder` gzipped on this machine; gives its address with a slash at the end."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Gzipped, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def launch(playwright: Playwright, *options: str) -> Browser:
    """The system's Chromium, or Playwright's own, with further options."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)
    return playwright.chromium.launch(executable_path=found, args=[*QUIET, *options])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as it is used."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


class Visit:
    """One page, opened on a slowed-down processor, with the bytes received so far."""

    def __init__(self, page: Page, base: str, address: str):
        self.page, self.received, self.foreign = page, 0, []
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        devtools.on("Network.loadingFinished", self._count)
        page.route("**/*", partial(self._gate, base))
        page.add_init_script(OBSERVE)
        page.goto(base + address)
        page.wait_for_timeout(SETTLE_MS)

    def _count(self, event):
        self.received += event["encodedDataLength"]

    def _gate(self, base, route):
        if route.request.url.startswith((base, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def noted(self) -> dict:
        return self.page.evaluate("() => globalThis.bench")

    def wake(self) -> None:
        """Come near every chart, as a reader who scrolls through the page does."""
        for root in self.page.locator("[data-explorer]:has(form)").all():
            root.scroll_into_view_if_needed()
            if root.locator(".explorer-show").is_visible():
                root.locator(".explorer-show").click()  # a figure that asks for a guess first
            root.locator(".explorer-chart").hover()
            name = root.get_attribute("data-explorer")
            self.page.wait_for_selector(f"[data-explorer='{name}'][data-explorer-ready]", timeout=WAKE_MS)
        self.page.wait_for_timeout(SETTLE_MS)


@contextmanager
def visit(browser: Browser, base: str, address: str) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": WIDE, "height": HEIGHT}, color_scheme="light")
    try:
        yield Visit(context.new_page(), base, address)
    finally:
        context.close()


def audit(browser: Browser, base: str, address: str) -> dict:
    """All measures of one page; sizes in kB (gzipped), times in ms at a fourfold slower processor."""
    with visit(browser, base, address) as seen:
        first, loaded = seen.received, seen.noted()
        seen.wake()
        live, awake = seen.received, seen.noted()
        steps = seen.page.evaluate(MOVE_CONTROLS, [STEPS, False])
        shown = [t for taken in seen.page.evaluate(MOVE_CONTROLS, [STEPS // 2, True]).values() for t in taken]
        shift = seen.noted()["shift"]
        seen.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
        seen.page.wait_for_timeout(SETTLE_MS)
        return {
            "page": address,
            "first_kb": round(first / 1000, 1),
            "live_kb": round(live / 1000, 1),
            "blocked_ms": round(loaded["blocked"]),
            "blocked_waking_ms": round(awake["blocked"] - loaded["blocked"]),
            "steps": {name: _summary(taken) for name, taken in steps.items()},
            "step_p50_ms": _quantile([t for taken in steps.values() for t in taken], 0.5),
            "step_p95_ms": _quantile([t for taken in steps.values() for t in taken], 0.95),
            "shown_p50_ms": _quantile(shown, 0.5),
            "shown_p95_ms": _quantile(shown, 0.95),
            "shift": round(shift, 4),
            "overflow_320_px": seen.page.evaluate(OVERFLOW),
            "foreign": sorted(set(seen.foreign)),
        }


def _summary(taken):
    return {
        "n": len(taken),
        "p50_ms": _quantile(taken, 0.5),
        "p95_ms": _quantile(taken, 0.95),
        "max_ms": round(max(taken), 1),
    }


def _quantile(values, share):
    """The value below which `share` of the values lie; None if there are none."""
    if not values:
        return None
    if len(values) == 1:
        return round(values[0], 1)
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return round(cuts[round(share * 100) - 1], 1)
