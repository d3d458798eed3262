"""What the tests of the built book share: the site, a server for it, and a real browser cut off from other hosts."""

from __future__ import annotations

import functools
import http.server
import re
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bench.browser import launch as browser_of_machine
from coursebook import course
from coursebook.build import Build
from coursebook.editions.packages.content import Materials

ROOT = Path(__file__).parents[1]
course.use("caliphate_course.course:COURSE")
SITE = ROOT / "_build" / "html"
MAIN_PAGE_WIDTH, HEIGHT, SETTLE_MS = 1280, 900, 300
WAKE_MS = 10_000
expect.set_options(timeout=WAKE_MS)  # a page answers a key or a click a moment later, on a busy machine much later


def book_pages() -> list[str]:
    """Every page of `_toc.yml`, as its address in the built site."""
    return [page.relative_to(ROOT).with_suffix(".html").as_posix() for page in Build(ROOT).pages()]


def _with(directive: str) -> list[str]:
    """The pages that have such a block, or such a role in a line."""
    written = re.compile(rf"^(?:`{{3,}}|:{{3,}}|[^`\n]*)\{{{directive}\}}", re.MULTILINE)
    return [
        page.relative_to(ROOT).with_suffix(".html").as_posix()
        for page in Build(ROOT).pages()
        if written.search(page.read_text(encoding="utf-8"))
    ]


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
# What takes long to make is made once: the tests of a module that share it run on one worker.
SHARED = {"screen", "paper", "garden", "figures"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if SHARED & set(item.fixturenames) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))
        if not any(item.get_closest_marker(tier) for tier in TIERS):
            needed = set(item.fixturenames)
            item.add_marker("browser" if needed & NEEDS_BROWSER else "book" if needed & NEEDS_BOOK else "unit")


PAGES = {
    "any_page": all_pages,
    "book_page": book_pages,
    "asking_page": functools.partial(_with, "question"),
    "drawing_page": functools.partial(_with, "code-cell"),
    "telling_page": functools.partial(_with, "state"),
    "changing_page": functools.partial(_with, "(?:code-cell|question-answers|answer-sheet)"),
}


def pytest_generate_tests(metafunc):
    for name, addresses in PAGES.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [_of_one_page(address) for address in addresses()])


def _of_one_page(address):
    """All tests of a page run one after the other, so that they can share a visit."""
    return pytest.param(address, id=address, marks=pytest.mark.xdist_group(address))


@pytest.fixture(scope="session")
def site() -> Path:
    """The built book; built here if `make` has not done so."""
    if not (SITE / "index.html").is_file():
        subprocess.run([sys.executable, "-m", "coursebook", "build"], cwd=ROOT, check=True)
    return SITE


@pytest.fixture(scope="session")
def materials(site) -> Materials:
    """What the packages are made from; reading the content of the pages takes a minute, once."""
    book = Build(ROOT)
    book.set_environment()
    return Materials(book)


@pytest.fixture
def mutant(tmp_path_factory):
    """`mutant(name, change)`: the frame of table `name`, loaded after `change` was made to the bytes of its file."""
    from mutants import loaded

    return lambda name, change: loaded(tmp_path_factory.mktemp("mutant") / "data", name, change)


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
    """A page in the browser, and everything that went wrong on it so far.

    `requests` are all so far, `first` those before anything was touched, `live` those when every chart was awake.
    """

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    live: list[str] = field(default_factory=list)

    def quiet(self) -> None:
        assert self.problems == []


@pytest.fixture(scope="session")
def visit(browser, site, server):
    """`with visit("book/x.html") as v:` opens a page of the site; `local=True` opens it from disk."""

    @contextmanager
    def open_page(address: str, *, local: bool = False, width: int = MAIN_PAGE_WIDTH, **options):
        base = site.resolve().as_uri() + "/" if local else server
        context = browser.new_context(viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce", **options)
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


def uncover(root) -> None:
    """Have a figure shown that asks for a guess first."""
    show = root.locator(".explorer-show")
    if show.count() and show.is_visible():
        show.click()


@pytest.fixture(scope="session")
def _kept(visit):
    """The visits to the page at hand that its tests share; those to the page before are closed."""
    kept, stack, here = {}, ExitStack(), [None]

    def get(address, **options):
        if here[0] != address:
            stack.close()
            kept.clear()
            here[0] = address
        key = tuple(sorted(options.items()))
        if key not in kept:
            awake = options.pop("awake", False)
            seen = stack.enter_context(visit(address, **options))
            seen.page.wait_for_timeout(SETTLE_MS)
            seen.first = [*seen.requests]
            if awake:
                for root in seen.page.locator("[data-explorer]:has(form)").all():
                    wake(seen.page, root)
            seen.live = [*seen.requests]
            kept[key] = seen
        return kept[key]

    yield get
    stack.close()


@pytest.fixture(scope="session")
def loaded(_kept):
    """`with loaded("book/x.html") as v:` is a visit that the page's tests share, each of which leaves the page as it came:
    its charts asleep, nothing moved or open. Its size, colours, focus and place may change. Options as of `visit`."""

    @contextmanager
    def share(address: str, **options):
        seen = _kept(address, **options)
        yield seen
        seen.page.set_viewport_size({"width": options.get("width", MAIN_PAGE_WIDTH), "height": HEIGHT})
        seen.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        seen.page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")

    return share


@pytest.fixture(scope="session")
def awake(loaded):
    """The same with every chart awake; here a test may move and open what it likes, and finds it so. Moved charts come
    back by `reset`."""
    return functools.partial(loaded, awake=True)


def wake(page, root) -> None:
    """Come near the figure and make a first move, as a reader does; then the chart is live."""
    root.scroll_into_view_if_needed()
    uncover(root)
    root.locator(".explorer-chart").hover()
    name = root.get_attribute("data-explorer")
    page.wait_for_selector(f"[data-explorer='{name}'][data-explorer-ready]", timeout=WAKE_MS)
