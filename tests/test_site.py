"""The built book as a reader meets it: a real browser, over http and from disk, with every other host cut off."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from accessibility import colour_violations, violations
from bs4 import BeautifulSoup
from conftest import all_pages, book_pages
from playwright.sync_api import expect

from bench.report import LIVE_KB, first_kb
from coursebook.pages import licences

NARROW = (360, 320)


@cache
def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(path: Path) -> frozenset[str]:
    return frozenset(tag["id"] for tag in soup(path).find_all(id=True))


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_page_is_quiet_accessible_and_fits(any_page, loaded):
    with loaded(any_page) as seen:
        page = seen.page
        assert violations(page) == {}, "light mode"
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        assert colour_violations(page) == {}, "dark mode"
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_timeout(100)
            assert overflow(page) <= 0, f"scrolls sideways at {width} px"
        seen.quiet()


def test_page_works_from_a_local_copy(any_page, loaded):
    with loaded(any_page, local=True) as seen:
        assert seen.page.evaluate("document.documentElement.dataset.theme") in ("light", "dark")
        seen.quiet()


def test_figures_are_there_without_javascript(drawing_page, loaded, site):
    figures = len(soup(site / drawing_page).select(".explorer-figure"))
    with loaded(drawing_page, java_script_enabled=False) as seen:
        shown = seen.page.locator(".explorer-figure")
        assert shown.count() == figures
        for number in range(figures):
            figure = shown.nth(number)
            expect(figure.locator(".explorer-wide svg").first).to_be_visible()
            assert figure.locator("figcaption .caption-text").first.inner_text().strip()
            elsewhere = figure.locator(".explorer-details a[href*='tables/']")
            if elsewhere.count():
                leads_to_its_table(figure, site / "book" / elsewhere.get_attribute("href"))
            else:
                assert figure.locator(".explorer-table table tbody tr").count() > 0
            assert not figure.locator("form.explorer-controls").is_visible()
        seen.quiet()


def leads_to_its_table(figure, page):
    """A table too long for the lesson stands on a page of its own, which leads back to its figure."""
    shown = soup(page.resolve())
    rows = len(shown.select("article table tbody tr"))
    assert f"({rows} rows)" in figure.locator(".explorer-details a").first.inner_text()
    assert shown.select(f'article a[href$="#{figure.get_attribute("id")}"]')


def kilobytes(site, server, requests) -> float:
    """Size of the files asked for, every file gzipped."""
    paths = {unquote(urlsplit(url).path).lstrip("/") for url in requests if url.startswith(server)}
    return sum(len(gzip.compress((site / path).read_bytes(), 6)) for path in paths) / 1000


def test_page_is_light(any_page, awake, site, server):
    """Bytes a reader receives before touching anything, and with every chart live."""
    with awake(any_page) as seen:
        assert kilobytes(site, server, seen.first) <= first_kb(any_page)
        assert kilobytes(site, server, seen.live) <= LIVE_KB


def test_content_security_policy(any_page, site):
    page = soup(site / any_page)
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    scripts = re.search(r"script-src ([^;]*)", policy)[1]
    assert "unsafe-inline" not in scripts and "http" not in scripts
    handlers = [(tag.name, name) for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert handlers == []
    assert not page.select('a[href^="javascript:"], [src^="http"], link[rel=stylesheet][href^="http"]')


def test_links_between_pages_resolve(any_page, site):
    broken = []
    here = site / any_page
    for tag in soup(here).select("a[href], link[href], script[src], img[src]"):
        link = urlsplit(tag.get("href") or tag.get("src"))
        if link.scheme or link.netloc:
            continue
        target = (here.parent / unquote(link.path)).resolve() if link.path else here
        if not target.exists():
            broken.append(link.geturl())
        elif link.fragment and target.suffix == ".html":
            if unquote(link.fragment) not in anchors(target):
                broken.append(link.geturl())
    assert broken == []


def test_first_page_leads_to_the_book(visit):
    with visit("index.html") as seen:
        seen.page.wait_for_url(f"**/{all_pages()[0]}")
        seen.page.wait_for_selector("article h1")
        seen.quiet()


def test_colour_mode_is_kept(visit):
    first, second, *_ = all_pages()
    with visit(first, color_scheme="light") as seen:
        page = seen.page
        root = page.locator("html")
        expect(root).to_have_attribute("data-theme", "light")
        button = page.locator('[data-action="mode"]').first
        button.focus()
        page.keyboard.press("Enter")
        expect(root).to_have_attribute("data-theme", "dark")
        expect(button).to_have_attribute("aria-label", "Colour mode: dark")
        page.goto(page.url.replace(first, second))
        expect(root).to_have_attribute("data-theme", "dark")
        seen.quiet()


def test_a_host_of_pages_leaves_nothing_out(site):
    """GitHub's passes over folders that begin with an underscore, unless this file is there."""
    assert (site / ".nojekyll").is_file()


def test_paper_is_light_whatever_the_mode(visit):
    with visit(book_pages()[1], color_scheme="dark") as seen:
        page = seen.page
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.evaluate(
            "addEventListener('beforeprint', () => { window.paper = getComputedStyle(document.body).color; })"
        )
        page.pdf(print_background=True)
        red, green, blue = map(int, re.findall(r"\d+", page.evaluate("window.paper"))[:3])
        assert max(red, green, blue) < 90, "dark words, for white paper"
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        seen.quiet()


def test_a_card_is_no_part_of_the_text_where_the_pages_style_is_not_used(site, book_page):
    """A reader view and a voice leave out what is `hidden`, whatever a style sheet makes of it."""
    soup = BeautifulSoup((site / book_page).read_text(encoding="utf-8"), "html.parser")
    assert not [card for card in soup.select(".hover-card") if not card.has_attr("hidden")]


def test_contents_open_on_a_phone_by_keyboard(visit):
    with visit(all_pages()[1], width=390) as seen:
        page = seen.page
        button = page.locator(".primary-toggle")
        button.focus()
        page.keyboard.press("Enter")
        drawer = page.locator("dialog.course-drawer")
        expect(drawer.locator("nav.bd-links a").first).to_be_visible()
        assert violations(page) == {}
        page.keyboard.press("Escape")
        drawer.wait_for(state="detached")  # a dialog tells of its closing a moment after the key
        expect(button).to_be_focused()
        seen.quiet()


def test_the_table_of_a_figure_opens_in_any_spreadsheet(site):
    """Excel takes a file for UTF-8 by its first bytes; a comma between thousands is a decimal sign elsewhere."""
    tables = [path.read_bytes() for path in (site / "_downloads").rglob("fig-*.csv")]
    assert len(tables) > 20
    for table in tables:
        assert table.startswith(codecs.BOM_UTF8)
        cells = [cell for row in csv.reader(table.decode("utf-8-sig").splitlines()) for cell in row]
        assert not [cell for cell in cells if re.fullmatch(r"[\d,]+,\d{3}", cell) or cell.startswith(("=", "+", "@"))]


def test_whose_work_the_sites_files_are_is_shipped_with_them(site):
    """Vega, D3 and the themes ask that their notices go along."""
    told = (site / "licences.txt").read_text(encoding="utf-8")
    libraries = ("Interactive Data Lab", "Mike Bostock", "Luca Ongaro", "Philip Hutchison")
    packages = [name for name in licences.PACKAGES if name in told]
    assert packages == list(licences.PACKAGES) and all(name in told for name in libraries)
    assert told.count("Copyright") > len(packages) + len(libraries)
