"""SCORM packages in a learning platform, as far as a test can be one: scorm-again in a page around the package's frame.

Every file comes out of the zip; whatever else the browser asks for is a fault.
"""

from __future__ import annotations

import json
import mimetypes
import zipfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from playwright.sync_api import expect

from coursebook.build import Build, BuildError
from coursebook.editions.packages import scorm
from coursebook.editions.packages.content import Materials

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scorm")]
PLATFORM = (Path(__file__).parent / "vendor" / "scorm-again.min.js").read_bytes()
LMS = "http://platform.test/"
LESSON = "book/the-fall"
APIS = {"1.2": ("API", "Scorm12API", "LMSGetValue"), "2004": ("API_1484_11", "Scorm2004API", "GetValue")}
STATUS = {"1.2": "cmi.core.lesson_status", "2004": "cmi.completion_status"}
SCORE = {"1.2": "cmi.core.score.raw", "2004": "cmi.score.raw"}
PLACE = {"1.2": "cmi.core.lesson_location", "2004": "cmi.location"}


@pytest.fixture(scope="module")
def packages(site, tmp_path_factory) -> dict[str, Path]:
    """The package of one lesson in both editions."""
    book = Build(ROOT)
    book.set_environment()
    folder, told = tmp_path_factory.mktemp("scorm"), Materials(book).about
    reported = scorm.Reported("lesson", "A lesson", f"{LESSON}.html", [LESSON])
    files = scorm.site_files(site)
    for edition in scorm.EDITIONS:
        scorm.write_zip(folder / f"{edition.version}.zip", scorm.files(edition, reported, files, told))
    return {edition.version: folder / f"{edition.version}.zip" for edition in scorm.EDITIONS}


def surroundings(version: str, before: dict) -> str:
    """A platform's page: the interface that a package looks for, with what it has on record, and a frame."""
    name, kind, _ = APIS[version]
    sets = "".join(f"{name}.{key} = {json.dumps(value)};" for key, value in before.items())
    return (
        f"<!DOCTYPE html><title>Platform</title><script src='/scorm-again.js'></script>"
        f"<script>window.{name} = new {kind}({{autocommit: false, logLevel: 5}}); {sets}</script>"
        f"<iframe name='package' src='/package/{scorm.LAUNCH}' style='width:1200px;height:800px'></iframe>"
    )


@pytest.fixture
def launched(browser, packages):
    """`with launched("1.2") as (page, value)`: the package runs; `value(name)` is what the platform has on record."""

    @contextmanager
    def launch(version: str, before: dict | None = None, alone: bool = False):
        archive = zipfile.ZipFile(packages[version])
        served = {"": surroundings(version, before or {}).encode(), "scorm-again.js": PLATFORM}
        faults = []

        def answer(route):
            parts = urlsplit(route.request.url)
            name = unquote(parts.path).lstrip("/")
            inside = name.removeprefix("package/")
            if parts.netloc != urlsplit(LMS).netloc or not (name in served or inside in archive.NameToInfo):
                faults.append(route.request.url)
                return route.abort()
            kind = mimetypes.guess_type(name)[0] or "text/html"
            return route.fulfill(body=served.get(name) or archive.read(inside), content_type=f"{kind}; charset=utf-8")

        context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        context.route("**/*", answer)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(LMS + (f"package/{scorm.LAUNCH}" if alone else ""))
        name, _, get = APIS[version]
        yield page, lambda element: page.evaluate(f"{name}.{get}('{element}')")
        assert faults == []
        context.close()

    return launch


def inside(page):
    """The site's page within the package within the platform."""
    frame = page.frame_locator("[name=package]") if page.locator("[name=package]").count() else page
    return frame.frame_locator("#course")


def check(question, position: int = 0) -> bool:
    """Check the answer of a question at this position; whether it is right."""
    option = question.locator("label").nth(position)
    option.click()
    question.locator("button").click()
    return "answer-right" in option.get_attribute("class")


@pytest.mark.parametrize("version", APIS)
def test_answers_are_reported_and_come_back_on_another_device(launched, version):
    with launched(version) as (page, value):
        questions = inside(page).locator("form.question")
        expect(questions.first).to_be_visible()
        assert value(STATUS[version]) == "incomplete" and value(SCORE[version]) == ""
        assert value(PLACE[version]) == f"{LESSON}.html"
        count, right = questions.count(), 0
        for number in range(count):
            assert value(STATUS[version]) == "incomplete"
            right += check(questions.nth(number), number % 3)
            assert int(value(SCORE[version])) == pytest.approx(100 * right / count, abs=0.5)
        assert 0 < right < count and value(STATUS[version]) == "completed"
        if version == "2004":
            assert float(value("cmi.score.scaled")) == pytest.approx(right / count, abs=1e-4)
        record = value("cmi.suspend_data")
        assert len(record) < 4096 and len(json.loads(record)) == count

    with launched(version, {"cmi.suspend_data": record}) as (page, value):
        expect(inside(page).locator("form.question :checked")).to_have_count(count)
        told = inside(page).locator(".question-count")
        expect(told).to_contain_text(f"{right} of {count} answered right")
        expect(told).to_contain_text("Kept by the learning platform.")
        assert value("cmi.suspend_data") == record


def test_another_learners_answers_on_the_device_do_not_count(launched):
    with launched("1.2") as (page, value):
        questions = inside(page).locator("form.question")
        check(questions.first)
        assert value("cmi.suspend_data")
        page.goto(LMS)  # the next learner, of whom the platform has no record
        expect(questions.first).to_be_visible()
        expect(questions.locator(":checked")).to_have_count(0)
        assert value("cmi.suspend_data") == "" and value(SCORE["1.2"]) == ""


def test_a_reader_who_turns_pages_comes_back_to_the_last(launched):
    with launched("2004") as (page, value):
        expect(inside(page).locator("form.question").first).to_be_visible()
        page.frames[-1].goto(f"{LMS}package/site/book/glossary.html")
        expect(inside(page).locator("h1")).to_contain_text("Glossary")
        assert value(PLACE["2004"]) == "book/glossary.html"
    with launched("2004", {"cmi.location": "book/glossary.html"}) as (page, value):
        expect(inside(page).locator("h1")).to_contain_text("Glossary")


def test_without_a_platform_the_course_is_shown_and_answers_stay_in_the_browser(launched):
    with launched("1.2", alone=True) as (page, _):
        questions = page.frame_locator("#course").locator("form.question")
        check(questions.first)
        page.reload()
        expect(questions.locator(":checked")).to_have_count(1)


def test_the_manifest_names_every_file_and_what_opens_first(packages):
    for edition in scorm.EDITIONS:
        with zipfile.ZipFile(packages[edition.version]) as archive:
            tree, names = ElementTree.fromstring(archive.read(scorm.MANIFEST)), set(archive.namelist())
        space = {"m": edition.cp}
        (resource,) = tree.iterfind(".//m:resource", space)
        assert {file.get("href") for file in resource} == names - {scorm.MANIFEST}
        assert resource.get("href") in names and resource.get(f"{{{edition.adl}}}{edition.kind}") == "sco"
        (item,) = tree.iterfind(".//m:item", space)
        assert item.get("identifierref") == resource.get("identifier")
        assert tree.findtext("m:metadata/m:schemaversion", namespaces=space) == edition.schema_version


def test_the_course_counts_the_questions_of_all_lessons_and_an_unknown_lesson_is_refused(site):
    book = Build(ROOT)
    book.set_environment()
    course = scorm.reported_by(Materials(book))
    asked = json.loads((site / "_static" / "questions.js").read_text("utf-8").partition("= ")[2].rstrip(";\n"))
    assert set(course.counting) >= set(asked) and len(course.counting) == len(set(course.counting))
    with pytest.raises(BuildError, match="there is no lesson 99: the course has"):
        scorm.reported_by(Materials(book, lesson=99))
