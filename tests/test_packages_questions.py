"""The questions for learning platforms, each file opened by a program that did not write it.

QTI 2.1 by pyslet, which delivers an item: it is given each answer in turn and gives back score and feedback. QTI 1.2 by
pyslet too, Moodle XML by moodle-xml-parser, GIFT by pygiftparser.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
import zipfile
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import moodle_xml_parser.parser as moodle_reader
import pytest
from conftest import ROOT
from PIL import Image
from pygiftparser import parser as gift_reader

from coursebook.build import Build
from coursebook.editions.packages import quiz

with warnings.catch_warnings():  # an old library: a comparison written with `is`
    warnings.simplefilter("ignore")
    import pyslet.qtiv2.variables as delivery
    import pyslet.qtiv2.xml as qti2
    from pyslet import imsqtiv1p2p1 as qti1

pytestmark = [pytest.mark.book, pytest.mark.xdist_group("packages")]
logging.getLogger().setLevel(logging.ERROR)


@pytest.fixture(scope="module")
def out(materials, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    quiz.make(materials, folder)
    return folder / quiz.FOLDER


@pytest.fixture(scope="module")
def quizzes(materials) -> list[quiz.Quiz]:
    return [quiz.quiz(page, materials.content) for page in materials.content.pages if page.questions]


@pytest.fixture(scope="module")
def items(quizzes) -> dict[str, quiz.Item]:
    return {item.id: item for one in quizzes for item in one.items}


def unpacked(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def test_every_question_of_the_pages_is_there_and_filled_in(items):
    written = [
        len(re.findall(r"^(?:```|:::)\{question\}", page.read_text("utf-8"), re.MULTILINE))
        for page in Build(ROOT).pages()
    ]
    assert len(items) == sum(written)
    for item in items.values():
        assert sum(answer.right for answer in item.answers) == 1
        for words in (item.text, *(answer.text + answer.feedback for answer in item.answers)):
            assert words and not re.search(r"\{\w+\}|`|<span>|\bnan\b", words), words


def test_a_question_about_a_chart_brings_it_along_in_the_state_asked_about(items):
    pictured = [item for item in items.values() if item.pictures]
    asked = [
        question
        for page in Build(ROOT).pages()
        for question in re.findall(r"^:::\{question\}.*\{state\}", page.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(pictured) == len(asked) >= 2
    (strips,) = [item for item in pictured if "Turkey" in item.text]
    assert "Month: February 2018" in strips.pictures[0].words
    for item in pictured:
        with Image.open(io.BytesIO(item.pictures[0].png)) as picture:
            assert picture.width > 500 and len(picture.convert("L").getcolors(256)) > 10


def test_moodle_xml_is_read_back_whole(out, items):
    read = moodle_reader.parse_file(str(out / "moodle" / "whole-course.xml"))["multichoice"]
    ours = list(items.values())
    assert [one.name for one in read] == [item.name for item in ours]
    for one, item in zip(read, ours, strict=True):
        assert one.single and [option.score_fraction for option in one.options] == [100 * a.right for a in item.answers]
    tree = ElementTree.parse(out / "moodle" / "whole-course.xml")
    for question, item in zip(tree.iterfind("question[@type='multichoice']"), ours, strict=True):
        assert [a.findtext("text") for a in question.iterfind("answer")] == [a.text for a in item.answers]
        assert [a.findtext("feedback/text") for a in question.iterfind("answer")] == [a.feedback for a in item.answers]
        shown = re.findall(r"@@PLUGINFILE@@/([^\"]+)", question.findtext("questiontext/text"))
        assert shown == [file.get("name") for file in question.iterfind("questiontext/file")]


def test_gift_is_read_back_whole(out, items):
    with (out / "gift" / "whole-course.txt").open(encoding="utf-8") as file:
        read = [one for one in gift_reader.parseFile(file) if one.text]
    plain = lambda text: re.sub(r"\\([\\~=#{}:])", r"\1", text)  # noqa: E731 - the reader leaves the escapes
    assert [plain(one.title) for one in read] == [item.name for item in items.values()]
    for one, item in zip(read, items.values(), strict=True):
        told = [(plain(a.answer), a.fraction == 100, plain(a.feedback)) for a in one.answers.answers]
        assert told == [(a.text, a.right, a.feedback) for a in item.answers]


def test_a_qti_21_item_scores_each_answer_and_says_why(out, items, tmp_path):
    folder = unpacked(out / "qti-2.1" / "whole-course.zip", tmp_path)
    files = list((folder / "items").glob("*.xml"))
    assert {file.stem for file in files} == set(items)
    for file in files:
        document = qti2.QTIDocument(baseURI=file.as_uri())
        document.read()
        told = {one.identifier: one for one in document.root.get_children() if hasattr(one, "outcomeIdentifier")}
        for answer in items[file.stem].answers:
            session = delivery.ItemSessionState(document.root)
            session.begin_session()
            session["RESPONSE"].set_value(answer.id)
            document.root.ResponseProcessing.run(session)
            assert session["SCORE"].value == float(answer.right)
            feedback = told[session["FEEDBACK"].value]
            assert "".join(_words(feedback)).split() == re.sub("<[^>]*>", "", unescape(answer.feedback)).split()


def _words(element):
    for child in element.get_children():
        if isinstance(child, str):
            yield child
        else:
            yield from _words(child)


def test_qti_12_is_read_by_another_program_and_scores_the_right_answer(out, quizzes, tmp_path):
    folder = unpacked(out / "qti-1.2" / "whole-course.zip", tmp_path)
    for one in quizzes:
        path = folder / one.id / f"{one.id}.xml"
        document = qti1.QTIDocument(baseURI=path.as_uri())
        document.read()
        (section,) = document.root.Assessment.SectionMixin
        assert [read.title for read in section.SectionItemMixin] == [item.name for item in one.items]
        spaces = {"q": "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"}
        for written, item in zip(ElementTree.parse(path).iterfind(".//q:item", spaces), one.items, strict=True):
            scored = written.find(".//q:respcondition[q:setvar]", spaces)
            assert scored.findtext(".//q:varequal", namespaces=spaces) == next(a.id for a in item.answers if a.right)
            told = [each.text for each in written.iterfind(".//q:itemfeedback//q:mattext", spaces)]
            assert told == [answer.feedback for answer in item.answers]


@pytest.mark.parametrize("kind", ["qti-1.2", "qti-2.1"])
def test_a_manifest_names_every_file_and_every_part_that_it_needs(out, kind):
    for path in sorted((out / kind).glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            tree = ElementTree.fromstring(archive.read("imsmanifest.xml"))
            space = {"m": tree.tag.partition("}")[0][1:]}
            assert not [name for name in archive.namelist() if name.endswith(".xml") and b'"../' in archive.read(name)]
            named = {file.get("href") for file in tree.iterfind(".//m:file", space)}
            assert named == set(archive.namelist()) - {"imsmanifest.xml"}
            known = {one.get("identifier") for one in tree.iterfind(".//m:resource", space)}
            assert {one.get("identifierref") for one in tree.iterfind(".//m:dependency", space)} <= known


def test_a_file_for_each_lesson_and_one_for_all(out, quizzes):
    for name in quiz.FORMATS:
        assert len(list((out / name).iterdir())) == len(quizzes) + 1


def test_the_same_questions_make_the_same_files(out, materials, tmp_path):
    quiz.make(materials, tmp_path)
    for path in out.rglob("*.*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / quiz.FOLDER / path.relative_to(out)).read_bytes(), path
