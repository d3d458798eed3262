"""The printed course: complete, in order, accessible, and without what students must not see."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import page as page_validation  # the package page-validation, a PDF/UA checker
import pypdf
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from test_build import LESSON, copy  # noqa: F401  (a fixture: the repository with two small pages)
from test_notebooks import DOT

from coursebook import course
from coursebook.build import Build, BuildError
from coursebook.editions.about import about
from coursebook.editions.handout import assemble, build, typeset
from coursebook.editions.handout.assemble import Edition, HandoutError
from coursebook.figures.live import BUILD_FLAG

pytestmark = [pytest.mark.xdist_group("handout"), pytest.mark.release]
# What the screen or Python left over must not be printed.
LEFTOVERS = (r"alt\.(Layer|HConcat|VConcat)?Chart\(", r"VBox\(", r"IntSlider\(", "Show code", r"\bnull\b", r"\bundefined\b",
             "\ufffd", r"\bNaN\b", r"Traceback \(most recent")  # fmt: skip
MARGIN = 45  # points, as in print.css: 16 mm
MARKUP = ("```", r"\{[a-z]+\}`")  # the instructor guide shows some on purpose


# All editions but the students', which is the instructors' without guide, answers and solutions, and takes as long.
MAKE = """
from pathlib import Path
from coursebook.editions.handout import build

def choose(chapters):
    return {{name: one for name, one in build.editions(chapters, code=False).items() if name != "student"}}

build.make(Path.cwd(), choose, Path({out!r}))
"""


@pytest.fixture(scope="module")
def files():
    """The handout, typeset anew only if what it is made of has changed since the tests last did so."""
    out = ROOT / "_build" / "handout-tested"
    stamp, inputs = out / "inputs.digest", Build(ROOT).inputs + Build(ROOT).digest([ROOT / "book"])
    if not stamp.is_file() or stamp.read_text() != inputs:
        stamp.unlink(missing_ok=True)
        # In a process of its own: Sphinx warns, which fails the build, where another test has set it up before.
        environment = {**os.environ, BUILD_FLAG: "1", "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", MAKE.format(out=str(out))], cwd=ROOT, env=environment, check=True)
        stamp.write_text(inputs)
    return {path.stem: path for path in sorted(out.glob("*.pdf"))}


@pytest.fixture(scope="module")
def chapters(files):
    return assemble.read_chapters(files["instructor"].with_name(build.PAGE), Build(ROOT).toc())


@pytest.fixture(scope="module")
def students(chapters) -> str:
    """The words of the students' edition, as `text_of` gives those of a file."""
    edition = build.editions(chapters, code=False)["student"]
    html = assemble.edition_html(chapters, edition, book=about(Build(ROOT)))
    return squeeze(BeautifulSoup(html, "html.parser").get_text())


@pytest.fixture(scope="module")
def with_code_on_letter(chapters, tmp_path_factory) -> Path:
    """One booklet as HANDOUT_PAPER=letter and HANDOUT_CODE=1 make it."""
    path = tmp_path_factory.mktemp("letter") / "lesson-04.pdf"
    html = assemble.edition_html(chapters, build.editions(chapters, code=True)[path.stem], book=about(Build(ROOT)))
    assert typeset.Typesetter("letter").write_pdf(html, path) == []
    return path


@cache
def text_of(path: Path) -> str:
    """All text of a PDF without what differs by line breaks and editions."""
    return squeeze("".join(pages_of(path)))


@cache
def reader_of(path: Path) -> pypdf.PdfReader:
    return pypdf.PdfReader(path)


@cache
def pages_of(path: Path) -> list[str]:
    """The text of each page, in the order in which it was set; by Poppler, as pypdf takes minutes for an edition."""
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


def squeeze(text: str) -> str:
    """Without white space, hyphens and the numbers of sources."""
    return re.sub(r"\[\d+(,\d+)*\]", "", re.sub(r"[\s\u00ad\u2010-]+", "", text))


def words_of(elements) -> list[str]:
    return [text for element in elements if len(text := squeeze(printed(element))) > 25]


def printed(element) -> str:
    """The element's text but for its citations, which print as numbers."""
    return "".join(text for text in element.find_all(string=True) if not text.find_parent(class_="bibtex-citation"))


def test_every_edition_is_there(files, chapters, capsys):
    lessons = {f"lesson-{chapter.number:02}" for chapter in chapters if chapter.number}
    assert set(build.editions(chapters, code=False)) == {"student", "instructor", *lessons}
    assert set(files) == {"instructor", *lessons}
    with capsys.disabled():
        for path in files.values():
            pages = len(pages_of(path))
            print(f"\n  {path.name}: {pages} pages, {path.stat().st_size / 1000:,.0f} kB", end="")


def test_every_pdf_is_tagged_titled_and_in_a_language(files):
    for path in files.values():
        reader = reader_of(path)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root, path.name
        assert root["/Lang"] == "en" and reader.metadata.title and reader.metadata.author, path.name
        assert root["/Outlines"]["/First"], f"{path.name} has no bookmarks"


def test_only_the_courses_own_fonts_are_used_and_all_are_embedded(files):
    """A letter that our fonts lack would come from a font of this machine, or print as a box."""
    for path in files.values():
        for name, font in fonts(path).items():
            assert "Course-" in name, f"{path.name} uses {name}"
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor, f"{path.name}: {name} is not embedded"


def fonts(path):
    found = {}
    for page in reader_of(path).pages:
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
        for number, text in enumerate(pages_of(path), start=1):
            assert len(text.strip()) > 60, f"{path.name}, page {number} is empty"
            for pattern in LEFTOVERS + (() if path.stem == "instructor" else MARKUP):
                assert not re.search(pattern, text), f"{path.name}, page {number}: {pattern}"


def test_nothing_is_printed_beyond_the_margins(files):
    """A table that is too wide for its column would lose what stands at the paper's edge."""
    for path in files.values():
        done = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True)
        pages = ElementTree.fromstring(done.stdout).iterfind(".//{*}page")
        for number, page in enumerate(pages, start=1):
            inside = float(page.get("width")) - MARGIN
            out = [word.text for word in page.iterfind("{*}word") if float(word.get("xMax")) > inside]
            assert not out, f"{path.name}, page {number}: {out}"


def test_every_link_within_an_edition_leads_somewhere(files):
    for path in files.values():
        reader = reader_of(path)
        places = set(reader.named_destinations)
        for page in reader.pages:
            for note in page.get("/Annots", []):
                target = note.get_object().get("/Dest") or note.get_object().get("/A", {}).get("/D")
                assert not isinstance(target, str) or target in places, f"{path.name}: {target}"


def test_headings_figures_and_tables_of_the_book_are_all_there_in_order(files, chapters):
    text, position = text_of(files["instructor"]), 0
    for chapter in chapters:
        pieces = chapter.section.select("h2, h3, figcaption, table caption") if chapter.number else []
        pieces = [piece for piece in pieces if not piece.find_parent(class_=["solution", "question-key"])]
        asks = "figure:has(.explorer-question)"  # a chart that asks for a guess stands at the lesson's end
        moved = {id(part) for part in chapter.section.select(f"{asks} *, {asks} + table *")}
        start = last = position
        for piece in pieces:
            words, at_end = squeeze(piece.get_text()), id(piece) in moved
            found = text.find(words, start if at_end else position)
            assert found >= 0, f"{chapter.name}: {words!r} is missing or out of order"
            last, position = max(last, found), position if at_end else found
        position = last


def test_every_figure_says_sources_date_and_where_it_lives(chapters):
    figures = [figure for chapter in chapters for figure in chapter.section.select("figure.explorer-figure")]
    for figure in figures:
        note = figure.select_one(".explorer-sources").get_text()
        assert "Sources:" in note and "Figures as of" in note


def test_the_address_under_a_chart_finds_the_live_one(chapters, site):
    figures = [(chapter, figure) for chapter in chapters for figure in chapter.section.select("figure.explorer-figure")]
    assert figures
    for chapter, figure in figures:
        address = figure.select_one(".explorer-live").get_text().removeprefix("Live chart: ")
        page, _, name = address.partition("#")
        assert f'id="{name}"' in (site / "book" / page).read_text(encoding="utf-8"), f"{chapter.name}: {address}"


def test_arabic_words_can_be_searched_for(files):
    assert "داعش" in "".join(pages_of(files["instructor"]))


def test_a_citation_prints_the_number_of_its_entry_in_the_list(chapters):
    html = assemble.edition_html(chapters, Edition("Lesson 1", lesson=1), book=about(Build(ROOT)))
    page = BeautifulSoup(html, "html.parser")
    entries = page.select(assemble.SOURCE_ENTRY)
    links = page.select(f"{assemble.CITATION} a")
    assert entries and {int(link.get_text()) for link in links} == set(range(1, len(entries) + 1))
    for link in links:
        assert entries[int(link.get_text()) - 1]["id"] == link["href"][1:]


def test_no_list_falls_apart_into_letters(chapters):
    for chapter in chapters:
        items = [item.get_text().strip() for item in chapter.section.select("li")]
        assert not [item for item in items if len(item) < 2], chapter.name


def test_the_student_edition_holds_no_guide_answers_or_solutions(files, students, chapters):
    """Every sentence of guide, key and solutions is in the instructor's edition and not in the student's."""
    secret = []
    for chapter in chapters:
        boxes = (
            [chapter.section]
            if chapter.name == course.current().guide_page
            else chapter.section.select(".solution, .question-key")
        )
        secret += [words for box in boxes for words in words_of(box.select("p:not(.rubric), dd, pre"))]
    secret = [words for words in dict.fromkeys(secret)]
    shared = {
        words
        for c in chapters
        if c.name != course.current().guide_page
        for words in words_of(c.section.select(".question p"))
    }
    instructor = text_of(files["instructor"])
    assert secret
    for words in secret:
        if any(words in other or other in words for other in shared):
            continue  # the key repeats the questions themselves
        assert words not in students, f"students can read: {words}"
        assert words[:25] in instructor, f"missing from the instructor's edition: {words}"


def test_a_booklet_has_four_to_ten_pages(files):
    for name, path in files.items():
        if name.startswith("lesson-"):
            assert 4 <= len(pages_of(path)) <= 10, name


def test_one_booklet_alone_leaves_the_other_files(chapters, tmp_path):
    (name,) = chosen = build.editions(chapters, code=False, lesson=5)
    assert (name, chosen[name]) == ("lesson-05", build.editions(chapters, code=False)["lesson-05"])
    out = tmp_path / "handout"
    for keep, left in ((True, {"student", "lesson-05"}), (False, {"lesson-05"})):
        for path in (out / "student.pdf", tmp_path / "lesson-05.pdf"):
            path.parent.mkdir(exist_ok=True)
            path.touch()
        build._deliver([tmp_path / "lesson-05.pdf"], out, keep=keep)
        assert {path.stem for path in out.glob("*.pdf")} == left
    with pytest.raises(HandoutError, match="no lesson 99"):
        assemble.edition_html(chapters, build.editions(chapters, code=False, lesson=99)["lesson-99"], book={})


def test_letter_and_code_by_a_switch(with_code_on_letter, chapters):
    reader = reader_of(with_code_on_letter)
    assert {tuple(page.mediabox[2:]) for page in reader.pages} == {(612, 792)}
    cells = next(c for c in chapters if c.number == 4).section.select(".cell_input pre")
    cells = [cell for cell in cells if not cell.find_parent(class_="solution")]
    assert cells
    for cell in cells:
        assert squeeze(cell.get_text()) in text_of(with_code_on_letter)


def test_a_failing_cell_stops_the_handout(copy, monkeypatch):  # noqa: F811
    (copy / "book/lesson.md").write_text(LESSON + "\n```{code-cell} python\n1/0\n```\n")
    monkeypatch.setenv(BUILD_FLAG, "1")
    monkeypatch.setenv("PYTHONPATH", str(copy))
    with pytest.raises(BuildError, match=r"book/lesson\.md:18: the cell fails with ZeroDivisionError"):
        build.main(copy)
    assert not list((copy / "_build").glob("handout*"))


FIGURE = """<figure class="explorer-figure" id="fig-a"><figcaption><p>Fig. 1 A</p><div class="explorer-print">
<div class="explorer-chart" data-alt="{alt}"><svg viewBox="0 0 9 9" width="9" height="9"></svg></div></div></figcaption>
</figure>"""


def test_a_chart_without_a_description_stops_the_handout():
    figure = BeautifulSoup(FIGURE.format(alt=" "), "html.parser").figure
    with pytest.raises(HandoutError, match="fig-a"):
        assemble.repair_figure(figure)


def set_from(html, folder) -> pypdf.PdfReader:
    """A small page as it is printed."""
    assert typeset.Typesetter("a4").write_pdf(f"<html lang=en><title>T</title>{html}</html>", folder / "one.pdf") == []
    return pypdf.PdfReader(folder / "one.pdf")


def test_a_picture_of_a_page_is_printed(tmp_path):
    (tmp_path / "a dot.png").write_bytes(DOT)
    article = BeautifulSoup('<article><img src="a%20dot.png" alt="A dot"></article>', "html.parser").article
    assemble.carry_pictures(article, tmp_path)
    assert len(set_from(article, tmp_path).pages[0].images) == 1
    (tmp_path / "a dot.png").unlink()
    article.img["src"] = "a%20dot.png"
    with pytest.raises(HandoutError, match="The picture a%20dot.png is not there"):
        assemble.carry_pictures(article, tmp_path)


def test_an_edition_holds_no_file_of_this_machine_whatever_its_text_asks_for(tmp_path):
    """Text from a table is no markup; should some get through, it still opens nothing."""
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>hidden</text></svg>")
    asks = f'<link rel="attachment" href="{secret.as_uri()}"><p>Words</p><img src="{secret.as_uri()}" alt="x">'
    html = f"<html lang=en><title>T</title>{asks}</html>"
    complaints = typeset.Typesetter("a4").write_pdf(html, tmp_path / "one.pdf")
    assert [one for one in complaints if "disallowed protocol" in one]
    made = pypdf.PdfReader(tmp_path / "one.pdf")
    assert not made.attachments and "hidden" not in made.pages[0].extract_text()


def test_a_figures_title_stands_above_its_chart_and_describes_it():
    figure = BeautifulSoup(FIGURE.format(alt="A rising line"), "html.parser").figure
    assemble.repair_figure(figure)
    assert [child.name for child in figure.find_all(recursive=False)] == ["figcaption", "div"]
    assert figure.svg.title.string == "A rising line"


def test_closed_boxes_open_and_ids_stay_unique():
    html = (
        '<section id="a"><h1>A</h1><details><summary>S</summary>T</details><p id="x"></p><a href="#x">x</a></section>'
    )
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


def test_a_missing_library_is_named_with_what_installs_it(monkeypatch):
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(typeset.MissingTool, match="libraries Pango and HarfBuzz: `make handout` installs or names"):
        typeset.weasyprint()
    assert "libpango-1.0-0" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_an_unknown_paper_is_refused():
    with pytest.raises(HandoutError, match="a4, letter"):
        build.main(ROOT, paper="a5")
