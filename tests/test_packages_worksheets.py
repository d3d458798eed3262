"""Worksheets as Word opens them: the parts of the file themselves, and the text that another reader finds."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

import pytest

from coursebook.editions.packages import worksheets

pytestmark = [pytest.mark.book, pytest.mark.xdist_group("packages")]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def out(materials, tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    worksheets.make(materials, folder)
    return folder / worksheets.FOLDER


def paragraphs(path) -> list[tuple[str, str, str]]:
    """(style, number of its list, text) of each paragraph."""
    with zipfile.ZipFile(path) as archive:
        tree = ElementTree.fromstring(archive.read("word/document.xml"))
    found = []
    for one in tree.iter(f"{W}p"):
        style, number = one.find(f"{W}pPr/{W}pStyle"), one.find(f"{W}pPr/{W}numPr/{W}numId")
        text = "".join(each.text or "" for each in one.iter(f"{W}t"))
        found.append(
            ("" if style is None else style.get(f"{W}val"), "" if number is None else number.get(f"{W}val"), text)
        )
    return found


def test_a_sheet_has_real_headings_and_a_list_of_answers_of_its_own_for_each_question(out, materials):
    for page in materials.content.lessons:
        read = paragraphs(out / f"{page.slug}.docx")
        assert read[0] == ("Title", "", page.heading)
        headings = [text for style, _, text in read if style.startswith("Heading")]
        assert headings == ["Check yourself", "Exercises", *(f"Exercise {one.number}" for one in page.exercises)]
        lists = [number for style, number, _ in read if style == "ListParagraph"]
        assert len(set(lists)) == len(page.questions)
        assert len(lists) == sum(len(question.answers) for question in page.questions)


def test_a_sheet_tells_no_answer_and_the_key_all(out, materials):
    for page in materials.content.lessons:
        sheet = " ".join(text for *_, text in paragraphs(out / f"{page.slug}.docx"))
        told = " ".join(text for *_, text in paragraphs(out / f"{page.slug}-key.docx"))
        assert "Right." not in sheet and "Not quite." not in sheet
        assert told.count("Right.") == len(page.questions)


def test_its_picture_is_described(out, materials):
    for page in materials.content.lessons:
        with zipfile.ZipFile(out / f"{page.slug}.docx") as archive:
            text = archive.read("word/document.xml").decode()
        assert text.count('descr="') == bool(page.figures) and 'descr=""' not in text
