"""The printed course: complete, in order, accessible, and without what students must not see."""

from __future__ import annotations

import os
import re
import time
from functools import cache
from pathlib import Path

import page as page_validation  # the package page-validation, a PDF/UA checker
import pypdf
import pytest
from bs4 import BeautifulSoup

from caliphate_course.explorer.live import BUILD_FLAG
from caliphate_course.handout import assemble, build, typeset
from caliphate_course.handout.assemble import GUIDE, Edition, HandoutError

pytestmark = pytest.mark.xdist_group("handout")
ROOT = Path(__file__).parents[1]
OUT = ROOT / "_build" / "handout"
IN_A_HURRY = ("student", "lesson-01")
# What the screen or Python left over must not be printed.
LEFTOVERS = (r"alt\.(Layer|HConcat|VConcat)?Chart\(", r"VBox\(", r"IntSlider\(", "Show code", r"\bnull\b", r"\bundefined\b",
             "\ufffd", r"\bNaN\b", r"\{[a-z]+\}`", r"Traceback \(most recent")  # fmt: skip


@pytest.fixture(scope="module")
def files():
    """The handout `make handout` wrote, if it is up to date; else two of its editions, typeset here."""
    os.environ[BUILD_FLAG] = "1"
    os.environ["PYTHONPATH"] = str(ROOT)
    started = time.perf_counter()
    made = build.finished(ROOT) or build.main(ROOT, only=IN_A_HURRY)
    print(f"{time.perf_counter() - started:.0f} s")
    return made


@pytest.fixture(scope="module")
def chapters(files):
    page = OUT / "work" / "_build" / "singlehtml" / "book" / "index.html"
    return assemble.read_chapters(page, ROOT / "_toc.yml")


@pytest.fixture(scope="module")
def instructor_text(files, chapters):
    """All text of the instructors' edition, set if it is there, else as it goes to the typesetter."""
    if "instructor" in files:
        return text_of(files["instructor"])
    edition = build.editions(chapters, code=False)["instructor"]
    html = assemble.edition_html(chapters, edition, book=build._about(ROOT))
    return squeeze(BeautifulSoup(html, "html.parser").body.get_text())


@cache
def text_of(path: Path) -> str:
    """All text of a PDF without white space and hyphens, so that line breaks do not matter."""
    return squeeze("".join(page.extract_text() for page in pypdf.PdfReader(path).pages))


def squeeze(text: str) -> str:
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def words_of(elements) -> list[str]:
    return [text for element in elements if len(text := squeeze(element.get_text())) > 25]


def test_every_edition_is_there(files, capsys):
    lessons = [name for name in files if name.startswith("lesson-")]
    assert "student" in files and lessons
    with capsys.disabled():
        for path in files.values():
            pages = len(pypdf.PdfReader(path).pages)
            print(f"\n  {path.name}: {pages} pages, {path.stat().st_size / 1000:,.0f} kB", end="")


def test_every_pdf_is_tagged_titled_and_in_a_language(files):
    for path in files.values():
        reader = pypdf.PdfReader(path)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root, path.name
        assert root["/Lang"] == "en" and reader.metadata.title and reader.metadata.author, path.name
        assert reader.outline, f"{path.name} has no bookmarks"


def test_only_the_courses_own_fonts_are_used_and_all_are_embedded(files):
    """A letter that our fonts lack would come from a font of this machine, or print as a box."""
    for path in files.values():
        for name, font in fonts(path).items():
            assert "Course-" in name, f"{path.name} uses {name}"
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor, f"{path.name}: {name} is not embedded"


def fonts(path):
    found = {}
    for page in pypdf.PdfReader(path).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found[font.get_object()["/BaseFont"]] = font.get_object()
    return found


def test_pdf_ua_rules(files):
    """PDF/UA-1 rules that a program can check, by page-validation: a young third-party tool, and no certificate."""
    for path in files.values():
        report = page_validation.validate_pdf(str(path), profile=page_validation.ValidationProfile.PDF_UA_1)
        assert report.is_compliant, [(path.name, f.rule_id, f.message) for f in report.failures][:5]


def test_no_leftovers_and_no_empty_page(files):
    for path in files.values():
        for number, page in enumerate(pypdf.PdfReader(path).pages, start=1):
            text = page.extract_text()
            assert len(text.strip()) > 60, f"{path.name}, page {number} is empty"
            for pattern in LEFTOVERS:
                assert not re.search(pattern, text), f"{path.name}, page {number}: {pattern}"


def test_every_link_within_an_edition_leads_somewhere(files):
    for path in files.values():
        reader = pypdf.PdfReader(path)
        places = set(reader.named_destinations)
        for page in reader.pages:
            for note in page.get("/Annots", []):
                target = note.get_object().get("/Dest") or note.get_object().get("/A", {}).get("/D")
                assert not isinstance(target, str) or target in places, f"{path.name}: {target}"


def test_headings_figures_and_tables_of_the_book_are_all_there_in_order(files, chapters):
    text, position = text_of(files["student"]), 0
    for chapter in chapters:
        pieces = chapter.section.select("h2, h3, figcaption, table caption") if chapter.number else []
        pieces = [piece for piece in pieces if not piece.find_parent(class_=["solution", "question-key"])]
        for words in (squeeze(piece.get_text()) for piece in pieces):
            found = text.find(words, position)
            assert found >= 0, f"{chapter.name}: {words!r} is missing or out of order"
            position = found


def test_every_figure_says_sources_date_and_where_it_lives(chapters):
    figures = [figure for chapter in chapters for figure in chapter.section.select("figure.explorer-figure")]
    for figure in figures:
        note = figure.select_one(".explorer-sources").get_text()
        assert "Sources:" in note and "Figures as of" in note and f"Live chart: {figure['data-id']}" in note


def test_no_list_falls_apart_into_letters(chapters):
    for chapter in chapters:
        items = [item.get_text().strip() for item in chapter.section.select("li")]
        assert not [item for item in items if len(item) < 2], chapter.name


def test_the_student_edition_holds_no_guide_answers_or_solutions(files, chapters, instructor_text):
    """Every sentence of guide, key and solutions is in the instructor's edition and not in the student's."""
    secret = []
    for chapter in chapters:
        boxes = [chapter.section] if chapter.name == GUIDE else chapter.section.select(".solution, .question-key")
        secret += [words for box in boxes for words in words_of(box.select("p, dd, pre"))]
    secret = [words for words in dict.fromkeys(secret)]
    shared = {words for c in chapters if c.name != GUIDE for words in words_of(c.section.select(".question p"))}
    student = text_of(files["student"])
    assert secret
    for words in secret:
        if any(words in other or other in words for other in shared):
            continue  # the key repeats the questions themselves
        assert words not in student, f"students can read: {words}"
        assert words[:25] in instructor_text, f"missing from the instructor's edition: {words}"


def test_lessons_print_on_their_own(files):
    for name, path in files.items():
        if name.startswith("lesson-"):
            assert 3 <= len(pypdf.PdfReader(path).pages) <= 16, name


FIGURE = """<figure class="explorer-figure" id="fig-a"><figcaption><p>Fig. 1 A</p><div class="explorer-print">
<div class="explorer-chart" data-alt="{alt}"><svg viewBox="0 0 9 9" width="9" height="9"></svg></div></div></figcaption></figure>"""


def test_a_chart_without_a_description_stops_the_handout():
    figure = BeautifulSoup(FIGURE.format(alt=" "), "html.parser").figure
    with pytest.raises(HandoutError, match="fig-a"):
        assemble.repair_figure(figure)


def test_a_figures_title_stands_above_its_chart_and_describes_it():
    figure = BeautifulSoup(FIGURE.format(alt="A rising line"), "html.parser").figure
    assemble.repair_figure(figure)
    assert [child.name for child in figure.find_all(recursive=False)] == ["figcaption", "div"]
    assert figure.svg.title.string == "A rising line"


def test_closed_boxes_open_and_ids_stay_unique():
    html = '<section id="a"><h1>A</h1><details><summary>S</summary>T</details><p id="x"></p><a href="#x">x</a></section>'
    sections = [BeautifulSoup(html, "html.parser").section for _ in range(2)]
    chapters = [assemble.Chapter(f"book/{n}", "Part", n, section) for n, section in enumerate(sections, start=1)]
    for position, chapter in enumerate(chapters):
        assemble.clean(chapter.section)
        assemble.prefix_ids(chapter, position)
    assemble.resolve_links(chapters)
    assert [c.section.a["href"] for c in chapters] == ["#c0-x", "#c1-x"]
    assert not sections[0].find("details") and sections[0].select_one(".opened").get_text() == "ST"


def test_code_is_printed_only_when_asked_for():
    html = '<section id="a"><h1>A</h1><div class="cell"><div class="cell_input"><pre>x = 1</pre></div></div></section>'
    for code in (True, False):
        chapter = assemble.Chapter("book/a", "Part", 1, BeautifulSoup(html, "html.parser").section)
        assemble.for_readers(chapter, Edition("x", code=code))
        assert ("x = 1" in chapter.section.get_text()) is code


def test_a_missing_library_is_named_with_the_command_that_installs_it(monkeypatch):
    def missing():
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(typeset, "_import", missing)
    monkeypatch.setattr(typeset.os, "geteuid", lambda: 1000)
    with pytest.raises(typeset.MissingTool, match="apt-get install -y libpango-1.0-0"):
        typeset.weasyprint()


def test_an_unknown_paper_is_refused():
    with pytest.raises(HandoutError, match="a4, letter"):
        build.main(ROOT, paper="a5")
