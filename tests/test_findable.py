"""What other programs find on a page, as extruct reads it, which did not write it."""

from __future__ import annotations

import gzip
import re

import extruct
import pytest
import small_book
from bs4 import BeautifulSoup
from conftest import ROOT
from PIL import Image

from caliphate_course import data
from caliphate_course.charts import territory
from coursebook.build import Build
from coursebook.editions import notebooks
from coursebook.figures.live import BUILD_FLAG

HEAVIEST = 1000  # bytes that all of it adds to a page, as a server sends it
ADDRESS = "https://example.org/course/"
OURS = re.compile(r'  <meta name="description".*?</script>|<details class="cite-page">.*?</details>', re.DOTALL)


def read(html: str) -> tuple[dict, dict]:
    """Open Graph and JSON-LD of a page."""
    found = extruct.extract(html, syntaxes=["opengraph", "json-ld"])
    return dict(found["opengraph"][0]["properties"]), found["json-ld"][0]


def straight(text: str) -> str:
    """With straight quotation marks, which pages turn."""
    return text.translate(str.maketrans("“”‘’", "\"\"''"))


def named(soup: BeautifulSoup, name: str) -> str:
    return soup.find("meta", attrs={"name": name})["content"]


def test_a_page_says_what_it_is_and_how_it_is_cited(site, book_page):
    html = (site / book_page).read_text("utf-8")
    soup = BeautifulSoup(html, "html.parser")
    graph, linked = read(html)
    title = re.sub(r"^\d+\. ", "", soup.title.get_text().rpartition(" — ")[0])
    assert graph["og:title"] == named(soup, "citation_title") == title
    assert graph["og:description"] == named(soup, "description")
    assert 20 <= len(graph["og:description"]) <= 202 and not re.search(r"[{}<>`]", graph["og:description"])
    assert linked["@type"] == ("Dataset" if book_page == "book/data.html" else "LearningResource")
    assert linked["license"].startswith("https://") and linked["description"] and linked["version"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d", named(soup, "citation_publication_date"))
    assert title in soup.select_one(".cite-page p").get_text()


def test_it_weighs_little(site, book_page):
    html = (site / book_page).read_text("utf-8")
    assert len(OURS.findall(html)) == 2
    assert len(gzip.compress(html.encode())) - len(gzip.compress(OURS.sub("", html).encode())) <= HEAVIEST


def test_without_an_address_nothing_claims_one(site, book_page):
    soup = BeautifulSoup((site / book_page).read_text("utf-8"), "html.parser")
    assert not soup.find("link", rel="canonical") and not soup.find("meta", property=["og:url", "og:image"])
    assert not (site / "sitemap.xml").exists()


def test_the_dataset_can_be_found_where_the_page_says(site):
    _, linked = read((site / "book/data.html").read_text("utf-8"))
    assert (site / "book" / linked["distribution"]["contentUrl"]).is_file()


def test_each_lesson_is_there_in_plain_markdown_and_listed(site):
    index = (site / "llms.txt").read_text("utf-8")
    listed = re.findall(r"^- \[(.+?)\]\((.+?)\): \S", index, re.MULTILINE)
    assert len(listed) == len(Build(ROOT).pages())
    for _, address in listed:
        assert (site / address).is_file()
    lessons = [address for _, address in listed if address.endswith(".md")]
    assert lessons == [f"book/{page.stem}.md" for page in notebooks.file_names(ROOT)]
    for address in lessons:
        text = (site / address).read_text("utf-8")
        assert text.startswith("# ")
        words = re.sub(r"https?:\S+", "", text)  # an address may hold any word
        assert not re.search(r"\{(fact|numref|doc|term|cite|state)|data\.load|<span>|\bnan\b", words)
        page = BeautifulSoup((site / address).with_suffix(".html").read_text("utf-8"), "html.parser")
        figures = page.select("figure.explorer-figure")
        assert ("**Figure: " in text) == bool(figures)
        for figure in figures:
            # A figure that asks for a guess first has its finding apart from the caption.
            finding = figure.select_one(".explorer-finding") or figure.select_one("figcaption .caption-text")
            assert straight(" ".join(finding.get_text().split())) in straight(text)
        assert page.find("link", rel="alternate", type="text/markdown")["href"] == address.rpartition("/")[2]


def test_a_figure_shown_twice_is_told_with_its_line(tmp_path, monkeypatch):
    monkeypatch.setenv(BUILD_FLAG, "1")
    figure = territory.explorer(data.load("territory_estimates"))._repr_mimebundle_()
    _, warnings = small_book.build(tmp_path, {"lesson": small_book.page("# A lesson\n\nText.\n", figure, figure)})
    assert "WARNING: figure: fig-territory stands on this page already. Show it once, or name the second" in warnings
    assert len(warnings.splitlines()) == 1


@pytest.fixture(scope="module")
def addressed(tmp_path_factory):
    """A small book whose site has an address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(BUILD_FLAG, "1")
        patch.setattr(small_book, "CONF", f"{small_book.CONF}\nhtml_baseurl = {ADDRESS!r}\nauthor = 'A. Author'\n")
        figure = territory.explorer(data.load("territory_estimates"))._repr_mimebundle_()
        first = "# A lesson\n\nIt begins with $300 million & <more>. Then it goes on.\n"
        app, warnings = small_book.build(tmp_path_factory.mktemp("site"), {"lesson": small_book.page(first, figure)})
    assert not warnings
    return app.outdir


@pytest.mark.book
def test_with_an_address_pages_name_it_and_their_first_figure(addressed):
    html = (addressed / "book" / "lesson.html").read_text("utf-8")
    graph, linked = read(html)
    assert graph["og:url"] == linked["url"] == f"{ADDRESS}book/lesson.html"
    assert graph["og:description"] == "It begins with $300 million & <more>. Then it goes on."
    assert BeautifulSoup(html, "html.parser").find("link", rel="canonical")["href"] == graph["og:url"]
    with Image.open(addressed / graph["og:image"].removeprefix(ADDRESS)) as picture:
        assert picture.width >= 600


@pytest.mark.book
def test_with_an_address_there_is_a_site_map(addressed):
    places = re.findall("<loc>(.*?)</loc>", (addressed / "sitemap.xml").read_text("utf-8"))
    assert places == [f"{ADDRESS}book/index.html", f"{ADDRESS}book/lesson.html"]
