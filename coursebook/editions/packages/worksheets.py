"""A sheet to work on for each lesson, as Word files to edit: its picture, questions and exercises with room to write;
the key is a file of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import docx
from bs4 import BeautifulSoup, NavigableString, Tag
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from coursebook.editions.packages.content import Content, Materials, Page, Picture
from coursebook.questions import LETTERS, VERDICTS

FOLDER = "worksheets"
WRITING_LINES = 6
PICTURE_WIDTH, HIGHEST_PICTURE = Cm(11), Cm(13)
NAME_LINE = "Name ______________________________   Date ______________"
LETTERED = """<w:abstractNum {ns} w:abstractNumId="{id}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">
<w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/><w:lvlJc w:val="left"/>
<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>"""
BORDER = '<w:pBdr {ns}><w:bottom w:val="single" w:sz="4" w:space="1" w:color="888888"/></w:pBdr>'
MARKS = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "sup": "superscript", "code": "code"}


def make(materials: Materials, out: Path) -> None:
    """Write `worksheets/03-the-fall.docx` and `worksheets/03-the-fall-key.docx` for each lesson."""
    folder = out / FOLDER
    folder.mkdir()
    for page in materials.content.lessons:
        sheet(page, materials.content, materials.about).save(folder / f"{page.slug}.docx")
        key(page, materials.about).save(folder / f"{page.slug}-key.docx")


def sheet(page: Page, content: Content, about: dict):
    """The students' sheet."""
    document = _document(page.heading, about)
    document.add_paragraph(NAME_LINE)
    if page.figures:
        _add_picture(document, content.pictures[page.figures[0], ""])
    document.add_heading("Check yourself", 1)
    for question in page.questions:
        _words(document.add_paragraph(style="List Number"), question.text)
        numbering = _lettered(document)
        for _, text, _ in question.answers:
            _words(_numbered(document.add_paragraph(style="List Paragraph"), numbering), text)
    document.add_heading("Exercises", 1)
    for exercise in page.exercises:
        document.add_heading(f"Exercise {exercise.number}", 2)
        _blocks(document, exercise.text)
        for _ in range(WRITING_LINES):
            line = document.add_paragraph()
            line.paragraph_format.space_after = Pt(14)
            line._p.get_or_add_pPr().append(parse_xml(BORDER.format(ns=nsdecls("w"))))
    return document


def key(page: Page, about: dict):
    """The instructor's key: the right answers at a glance, then why, then the solutions."""
    document = _document(f"{page.heading}: key", about)
    document.add_heading("Check yourself", 1)
    document.add_paragraph(
        ", ".join(
            f"{question.number} {next(a for a, one in zip(LETTERS, question.answers, strict=False) if one[0])}"
            for question in page.questions
        )
    )
    for question in page.questions:
        _words(document.add_paragraph(style="List Number"), question.text)
        numbering = _lettered(document)
        for right, text, feedback in question.answers:
            told = f"{text} <strong>{VERDICTS[right]}</strong> {feedback}"
            _words(_numbered(document.add_paragraph(style="List Paragraph"), numbering), told)
    document.add_heading("Exercises", 1)
    for exercise in page.exercises:
        document.add_heading(f"Exercise {exercise.number}", 2)
        _blocks(document, exercise.solution)
    return document


def _document(title: str, about: dict):
    document = docx.Document()
    document.add_heading(title, 0)
    properties, day = document.core_properties, datetime.fromisoformat(about["released"])
    properties.title, properties.author, properties.language = title, about["author"], about["language"]
    properties.created = properties.modified = day
    foot = f"{about['title']}, version {about['version']}, {about['licence']}"
    document.sections[0].footer.paragraphs[0].text = f"{foot}. {about['base']}" if about["base"] else foot
    return document


def _add_picture(document, picture: Picture):
    shape = document.add_picture(io.BytesIO(picture.png), width=PICTURE_WIDTH)
    if shape.height > HIGHEST_PICTURE:
        shape.width, shape.height = round(shape.width * HIGHEST_PICTURE / shape.height), HIGHEST_PICTURE
    shape._inline.docPr.set("descr", picture.words)
    document.add_paragraph(f"{picture.title}. {picture.sources}", style="Caption")


def _lettered(document) -> int:
    """The number of a new list a), b), c) …"""
    numbering = document.part.numbering_part.element
    kinds = numbering.findall(qn("w:abstractNum"))
    fresh = 1 + max(int(kind.get(qn("w:abstractNumId"))) for kind in kinds)
    kinds[-1].addnext(parse_xml(LETTERED.format(ns=nsdecls("w"), id=fresh)))
    return numbering.add_num(fresh).numId


def _numbered(paragraph, numbering: int):
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = numbering
    return paragraph


def _blocks(document, html: str):
    """Paragraphs, lists, tables and listings of HTML, as Word's own."""
    for block in BeautifulSoup(html, "html.parser").find_all(recursive=False):
        _block(document, block)


def _block(document, block: Tag):
    if block.name in ("ul", "ol"):
        style = "List Bullet" if block.name == "ul" else "List Number"
        for item in block.find_all("li", recursive=False):
            _words(document.add_paragraph(style=style), item.decode_contents())
    elif block.name == "table":
        rows = [row.find_all(["td", "th"]) for row in block.find_all("tr")]
        table = document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, told in zip(row.cells, cells, strict=False):
                _words(cell.paragraphs[0], told.decode_contents())
    elif block.name == "pre":
        _words(document.add_paragraph(), f"<code>{block.decode_contents()}</code>")
    elif block.name in ("div", "details", "blockquote"):
        for inner in block.find_all(recursive=False):
            _block(document, inner)
    else:
        _words(document.add_paragraph(), block.decode_contents())


def _words(paragraph, html: str):
    """Add the words of HTML to a paragraph, with their emphasis."""
    for text, marks in _runs(BeautifulSoup(html, "html.parser"), frozenset()):
        run = paragraph.add_run(text)
        run.bold, run.italic = ("bold" in marks) or None, ("italic" in marks) or None
        run.font.superscript = ("superscript" in marks) or None
        if "code" in marks:
            run.font.name = "Consolas"


def _runs(node, marks: frozenset) -> Iterator[tuple[str, frozenset]]:
    for child in node.children:
        if isinstance(child, NavigableString):
            yield (str(child) if "code" in marks else str(child).replace("\n", " ")), marks
        elif child.name == "br":
            yield "\n", marks
        else:
            yield from _runs(child, marks | {MARKS[child.name]} if child.name in MARKS else marks)
