"""The gate: what is wrong in a copy of the repository stops the build with a message that names the place."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from importlib import metadata

import pytest
from conftest import ROOT

from bench.workspace import HEADER
from caliphate_course import build as driver
from caliphate_course import data

TOC = "format: jb-book\nroot: book/index\nchapters:\n  - file: book/lesson\n"
LESSON = HEADER + "# A lesson\n\n```{code-cell} python\nprint('It adds up to', 1 + 1)\n```\n"


@pytest.fixture
def copy(tmp_path):
    """A small copy of the repository, in a folder of any name: everything but the pages, of which it has two."""
    folder = tmp_path / "Kurs é"
    for name in ("caliphate_course", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("*.md"))
    (folder / "_toc.yml").write_text(TOC)
    (folder / "book" / "index.md").write_text("# The course\n\nWelcome to a small course.\n")
    (folder / "book" / "lesson.md").write_text(LESSON)
    return folder


def run(folder, module="build", **variables):
    command = [sys.executable, "-m", f"caliphate_course.{module}"]
    environment = os.environ | {"PYTHONPATH": str(folder)} | variables
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", env=environment)
    return done.returncode, done.stdout, done.stderr.strip()


def test_good_copy_builds_and_a_changed_sentence_executes_nothing(copy):
    code, out, err = run(copy, PYTHONIOENCODING="ascii")  # a terminal that cannot print the folder's name
    assert code == 0, err
    for name in ("checking data", "executing notebooks", "writing pages", "checking result"):
        assert name in out
    built = copy / "_build/html/book/lesson.html"
    assert "It adds up to 2" in built.read_text()
    assert (copy / "_build/html/index.html").is_file()

    executed = [p for p in (copy / "_build/executed").rglob("*.ipynb")]
    lesson = copy / "book/lesson.md"
    lesson.write_text(lesson.read_text().replace("# A lesson", "# A better lesson"))
    code, _, err = run(copy)
    assert code == 0, err
    assert "A better lesson" in built.read_text()
    assert [p for p in (copy / "_build/executed").rglob("*.ipynb")] == executed

    assert driver.Build(copy).pages_read
    (copy / "pyproject.toml").write_text('[project]\nversion = "1.0.1"\n')
    assert not driver.Build(copy).pages_read, "the downloads tell the version and what they need"


def test_failing_cell(copy):
    (copy / "book/lesson.md").write_text(LESSON + "\n```{code-cell} python\n1/0\n```\n")
    code, _, err = run(copy)
    assert code != 0
    assert err.splitlines()[-1].startswith("book/lesson.md:18: the cell fails with ZeroDivisionError")


def test_failing_cell_stops_the_notebooks_too(copy):
    (copy / "book/lesson.md").write_text(LESSON + "\n```{code-cell} python\n1/0\n```\n")
    (copy / "_build/html/_sources").mkdir(parents=True)
    code, _, err = run(copy, "notebooks")
    assert code != 0
    assert err.startswith("The notebooks were not written: book/lesson.md:18: the cell fails with ZeroDivisionError")


@pytest.mark.parametrize("module", ["lab", "notebooks"])
def test_what_is_made_from_the_book_asks_for_it_first(copy, module):
    code, _, err = run(copy, module)
    assert code != 0
    assert err.endswith("The book is not built yet: run `make book` first.")


def test_broken_cross_reference(copy):
    (copy / "book/lesson.md").write_text(LESSON + "\nSee {ref}`no-such-place`.\n")
    code, _, err = run(copy)
    assert code != 0
    assert "book/lesson.md" in err.splitlines()[-1] and "no-such-place" in err.splitlines()[-1]
    assert "_build/build.log" in err


def test_missing_page(copy):
    (copy / "_toc.yml").write_text(TOC + "  - file: book/nowhere\n")
    code, _, err = run(copy)
    assert code != 0
    assert "book/nowhere" in err.splitlines()[-1]


@pytest.mark.parametrize("name", ["_toc.yml", "_config.yml"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("root: book/index\nchapters: - file: book/lesson\n", ":2:11: this is not YAML: sequence entries"),
        (b"root: caf\xe9\n", ": this is not YAML"),
        ("just words\n", ": it holds no settings"),
        (None, " cannot be read: No such file or directory. Restore it."),
    ],
)
def test_a_slip_in_the_settings_is_told_with_its_place(copy, name, content, message):
    path = copy / name
    path.unlink() if content is None else path.write_bytes(content if isinstance(content, bytes) else content.encode())
    build = driver.Build(copy)
    with pytest.raises(driver.BuildError) as refused:
        build.toc() if name == "_toc.yml" else build.config()
    assert str(refused.value).startswith(name + message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TOC.replace("root", "rot"), "_toc.yml: there is no first page. Name it"),
        (TOC.replace("file", "fil"), "_toc.yml: entry does not contain one of .* @ '/chapters/0'. Correct it"),
        (TOC + "  - file: book/lesson\n", "_toc.yml: document file used multiple times: 'book/lesson'. Correct it"),
        (TOC + "options: none\n", "_toc.yml: 'str' object is not a mapping. Correct it"),
    ],
)
def test_a_slip_in_the_contents_is_told(copy, content, message):
    (copy / "_toc.yml").write_text(content)
    with pytest.raises(driver.BuildError, match=message):
        driver.Build(copy).pages()


def test_a_page_below_another_comes_after_it(copy):
    (copy / "book" / "below.md").write_text("# Below the lesson\n")
    (copy / "_toc.yml").write_text(TOC + "    sections:\n      - file: book/below\n")
    assert [page.name for page in driver.Build(copy).pages()] == ["index.md", "lesson.md", "below.md"]


@pytest.mark.parametrize("terminal", ["LC_ALL=C", *(f"PYTHONIOENCODING={e}" for e in ("ascii", "iso-8859-1", "cp437"))])
def test_what_the_build_says_suits_any_terminal(copy, terminal):
    (copy / "_toc.yml").write_text(TOC.replace("book/lesson", "book/żywność-ﺩ"), encoding="utf-8")
    code, out, err = run(copy, **dict([terminal.split("=")]))
    assert code == 1 and "checking data ... failed" in out
    assert err.splitlines()[-1].startswith("_toc.yml names the page book/") and "Traceback" not in err


def test_row_without_a_source(copy):
    path = copy / "data/coalition_members.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index("source_ids")] = ""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    code, _, err = run(copy)
    assert code != 0
    assert "coalition_members.csv" in err and "source_ids" in err
    assert not (copy / "_build/html").exists()


def test_changed_helper_is_not_answered_from_the_cache(copy):
    before = driver.Build(copy).cache
    (copy / "caliphate_course/charts/extra.py").write_text("ANSWER = 42\n")
    assert driver.Build(copy).cache != before


def test_another_version_of_a_package_makes_everything_anew(copy, monkeypatch):
    before, packages = driver.Build(copy).cache, driver.installed()
    assert f"altair {metadata.version('altair')}" in packages.splitlines()
    monkeypatch.setattr(driver, "installed", lambda: packages.replace("altair ", "altair 1"))
    assert driver.Build(copy).cache != before


def test_only_the_state_of_the_data_that_was_checked_is_trusted(monkeypatch):
    trusted = data._is_checked.__wrapped__
    assert not trusted(data.directory())
    monkeypatch.setenv(data.CHECKED, data.state(data.directory()))
    assert trusted(data.directory())
    monkeypatch.setenv(data.CHECKED, "the state before a row was changed")
    assert not trusted(data.directory())


def test_jupyter_book_2_is_refused(copy, monkeypatch, capsys):
    real = metadata.version
    monkeypatch.setattr(driver.metadata, "version", lambda name: "2.1.7" if name == "jupyter-book" else real(name))
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setenv(driver.BUILD_FLAG, "1")
    assert driver.main() != 0
    assert "needs Jupyter Book 1.x, but 2.1.7 is installed" in capsys.readouterr().err


def test_empty_page_is_noticed(copy):
    build = driver.Build(copy)
    page = copy / "_build/html/book/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<html></html>")
    with pytest.raises(driver.BuildError, match=r"book/index\.html"):
        build.check_result([copy / "book/index.md"])
