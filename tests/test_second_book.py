"""A second course, made by the engine alone: what proves that the engine knows nothing of the first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import hatchling.build
import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT

pytestmark = pytest.mark.book
# Found by every Python that is started in the folder, kernels too: the first course cannot be imported.
WITHOUT_THE_FIRST = "import sys\n\nsys.modules['caliphate_course'] = None\n"


def run(folder: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSEBOOK")}
    environment["PYTHONPATH"] = f"{folder}{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def garden(tmp_path_factory) -> Path:
    """The second course in a folder of its own, installed as pip would, built in every edition."""
    folder = tmp_path_factory.mktemp("second") / "book"
    shutil.copytree(ROOT / "tests" / "second_book", folder)
    (folder / "sitecustomize.py").write_text(WITHOUT_THE_FIRST)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        hatchling.build.prepare_metadata_for_build_wheel(str(folder))
    for command in ("metadata", "build", "handout"):
        run(folder, "-m", "coursebook", command)
    return folder


def test_the_first_course_is_out_of_reach(garden):
    assert "None" in run(garden, "-c", "import sys; print(sys.modules['caliphate_course'])")


def test_its_page_has_figure_fact_card_question_and_term(garden):
    page = BeautifulSoup((garden / "_build/html/book/rain.html").read_text(encoding="utf-8"), "html.parser")
    text = " ".join(page.article.get_text(" ").split())
    assert "50 millimetres" in text and "According to gardener" in text and "Worked out in this course" in text
    (figure,) = page.select("[data-explorer='fig-rain']")
    assert figure.select("input[type=range]") and len(figure.select("input[type=checkbox]")) == 2
    assert page.select_one("a.state-link")["data-state"] == "month=2020-01&bed=wet"
    assert "A piece of ground for plants" in text and "Fig. 1.1" in text
    assert len(page.select(".question details.answer")) == 3
    assert (garden / "_build/html/embed/fig-rain.html").is_file() and (garden / "_build/html/data/rain.csv").is_file()


def test_its_notebook_carries_engine_and_course_and_runs_elsewhere(garden, tmp_path):
    notebook = nbformat.read(garden / "_build/html/_sources/book/rain.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    (tmp_path / "lesson.py").write_text("\n".join([*code, "print(explorer(data.load('rain')).title)"]))
    hidden = f"import sys\nsys.path[:] = [p for p in sys.path if {str(ROOT)!r} not in p or '.venv' in p]\n"
    (tmp_path / "sitecustomize.py").write_text(hidden + WITHOUT_THE_FIRST)
    assert "More rain fell on the wet bed" in run(tmp_path, "lesson.py")


def test_its_handout_is_set(garden):
    student = garden / "_build/handout/student.pdf"
    assert student.read_bytes().startswith(b"%PDF") and (garden / "_build/handout/lesson-01.pdf").is_file()


# An own version: two of three lessons, the last of them first -------------------------------------------------------

MINE = """
title = "Cold and windy"
institution = "The school of gardeners"
site = "https://gardeners.example/cold"
lessons = ["wind", "frost"]
"""


@pytest.fixture(scope="module")
def own(garden, tmp_path_factory) -> Path:
    """The second course in an instructor's own version, with the questions for learning platforms."""
    folder = tmp_path_factory.mktemp("own") / "book"
    shutil.copytree(garden, folder)
    (folder / "mine.toml").write_text(MINE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE", "mine.toml")
        run(folder, "-m", "coursebook", "packages", "--only", "quiz")
    return folder


def page_of(folder: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((folder / f"_build/html/book/{name}.html").read_text(encoding="utf-8"), "html.parser")


def words(element) -> str:
    return " ".join(element.get_text(" ").split())


def test_an_own_version_has_its_title_and_its_lessons_in_its_order(own):
    front = page_of(own, "index")
    assert words(front.h1).startswith("Cold and windy") and "garden" not in front.title.get_text()
    assert words(front.select_one(".own-version")) == (
        "A selection of lessons from “A garden”, for The school of gardeners."
    )
    assert [words(one) for one in front.select(".lesson-map a")] == ["1. Wind", "2. Frost"]
    assert front.select_one("link[rel=canonical]")["href"] == "https://gardeners.example/cold/book/index.html"
    assert not (own / "_build/html/book/rain.html").exists() and not list((own / "_build/html/embed").glob("*"))


def test_what_led_to_a_lesson_left_out_is_plain_words(own):
    page = page_of(own, "frost")
    assert "“Rain” tells of water. A chart of a lesson left out here has January, and the wind comes later." in words(
        page
    )
    links = {link["href"] for link in page.article.select("a[href]")}
    assert "wind.html" in links and not [link for link in links if "rain" in link]


def test_what_is_all_about_a_lesson_left_out_goes(own):
    page = page_of(own, "frost")
    assert [words(one) for one in page.select("tbody tr")] == ["Wind Look out"]
    assert [re.sub(r"[\d.#\s]", "", words(one)) for one in page.select("h3")] == ["Wind"]
    assert [words(one) for one in page.select(".question-text")] == ["Question 1. What freezes first?"]


def test_the_packages_of_an_own_version_follow(own):
    names = sorted(path.name for path in (own / "dist/questions/gift").iterdir())
    assert names == ["02-frost.txt", "whole-course.txt"]
    text = (own / "dist/questions/gift/whole-course.txt").read_text(encoding="utf-8")
    assert "Cold and windy" in text and "2. Frost" in text and "wetter" not in text


def test_the_whole_course_is_the_same_without_it(garden):
    page = page_of(garden, "frost")
    assert len(page.select(".question-text")) == 2 and len(page.select("tbody tr")) == 2
    assert "own-version" not in str(page_of(garden, "index"))
