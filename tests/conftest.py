"""What the tests of the built book share: the site, a server for it, and a real browser cut off from other hosts."""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bench.browser import launch as browser_of_machine
from coursebook import course
from coursebook.build import Build

ROOT = Path(__file__).parents[1]
course.use("caliphate_course.course:COURSE")
SITE = ROOT / "_build" / "html"
MAIN_PAGE_WIDTH = 1280
WAKE_MS = 10_000
expect.set_options(timeout=WAKE_MS)  # a page answers a key or a click a moment later, on a busy machine much later


def book_pages() -> list[str]:
    """Every page of `_toc.yml`, as its address in the built site."""
    return [page.relative_to(ROOT).with_suffix(".html").as_posix() for page in Build(ROOT).pages()]


def all_pages() -> list[str]:
    return [*book_pages(), "genindex.html", "search.html"]


def pytest_addoption(parser):
    parser.addoption("--accept-pictures", action="store_true", help="take the pictures of tests/pictures anew")


@pytest.fixture(scope="session")
def accepting(request) -> bool:
    """Whether the pictures taken now become the accepted ones."""
    return request.config.getoption("--accept-pictures")


# What a test needs says to which tier it belongs, unless it says so itself: see `markers` in pyproject.toml.
TIERS = ("unit", "book", "browser", "release")
NEEDS_BROWSER, NEEDS_BOOK = {"browser", "launch"}, {"site", "screen", "copy", "good"}


def pytest_collection_modifyitems(items):
    for item in items:
        if not any(item.get_closest_marker(tier) for tier in TIERS):
            needed = set(item.fixturenames)
            item.add_marker("browser" if needed & NEEDS_BROWSER else "book" if needed & NEEDS_BOOK else "unit")


def pytest_generate_tests(metafunc):
    if "book_page" in metafunc.fixturenames:
        metafunc.parametrize("book_page", book_pages())
    if "any_page" in metafunc.fixturenames:
        metafunc.parametrize("any_page", all_pages())


@pytest.fixture(scope="session")
def site() -> Path:
    """The built book; built here if `make` has not done so."""
    if not (SITE / "index.html").is_file():
        subprocess.run([sys.executable, "-m", "coursebook", "build"], cwd=ROOT, check=True)
    return SITE


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A page that is closed while a file is on its way is no fault; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture(scope="session")
def server(site) -> str:
    """Address of the site on this machine, with a slash at the end."""
    handler = functools.partial(_Handler, directory=str(site))
    with _Server(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture(scope="session")
def launch():
    """Launch a browser with further options: one driver for all of them, as a process cannot have two."""
    with sync_playwright() as playwright:
        yield functools.partial(browser_of_machine, playwright)


@pytest.fixture(scope="session")
def browser(launch):
    running = launch()
    yield running
    running.close()


@dataclass
class Visit:
    """A page in the browser, and everything that went wrong on it so far."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def quiet(self) -> None:
        assert self.problems == []


@pytest.fixture(scope="session")
def visit(browser, site, server):
    """`with visit("book/x.html") as v:` opens a page of the site; `local=True` opens it from disk."""

    @contextmanager
    def open_page(address: str, *, local: bool = False, width: int = MAIN_PAGE_WIDTH, **options):
        base = site.resolve().as_uri() + "/" if local else server
        context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
        seen = Visit(context.new_page())

        def gate(route):
            url = route.request.url
            seen.requests.append(url)
            if url.startswith((base, "data:", "blob:")):
                route.continue_()
            else:
                seen.problems.append(f"asks another host: {url}")
                route.abort()

        def failed(request):
            if request.failure != "net::ERR_ABORTED":
                seen.problems.append(f"request failed: {request.url} {request.failure}")

        def answered(response):
            if response.status >= 400:
                seen.problems.append(f"{response.status}: {response.url}")

        context.route("**/*", gate)
        seen.page.on("console", lambda m: seen.problems.append(m.text) if m.type in ("error", "warning") else None)
        seen.page.on("pageerror", lambda e: seen.problems.append(f"script error: {e}"))
        seen.page.on("requestfailed", failed)
        seen.page.on("response", answered)
        seen.page.goto(base + address, wait_until="load")
        yield seen
        context.close()

    return open_page


def wake(page, root) -> None:
    """Come near the figure and make a first move, as a reader does; then the chart is live."""
    root.scroll_into_view_if_needed()
    root.locator(".explorer-chart").hover()
    name = root.get_attribute("data-explorer")
    page.wait_for_selector(f"[data-explorer='{name}'][data-explorer-ready]", timeout=WAKE_MS)
