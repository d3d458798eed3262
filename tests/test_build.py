"""The gate: what is wrong in a copy of the repository stops the build with a message that names the place."""

from __future__ import annotations

import csv
import functools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from conftest import ROOT

from bench.workspace import HEADER
from caliphate_course import data
from coursebook import atomic, course, execution, page_text
from coursebook import build as driver
from coursebook.__main__ import main
from coursebook.dataset import CHECKED, Dataset
from coursebook.pages.citations import KINDS, row_sources

TOC = "format: jb-book\nroot: book/index\nchapters:\n  - file: book/lesson\n"
TABLES = ("sources", "actors", "town_control", "coalition_members", "costs", "revenue", "glossary")
EXERCISE = "\n```{exercise}\n:label: count\n```\n"
LESSON = HEADER + "# A lesson\n\n```{code-cell} python\nprint('It adds up to', 1 + 1)\n```\n"


@pytest.fixture
def copy(tmp_path):
    """A small copy of the repository, in a folder of any name: everything but the pages, of which it has two."""
    fill_copy(tmp_path / "Kurs é")
    return tmp_path / "Kurs é"


def fill_copy(tmp_path):
    for name in ("coursebook", "caliphate_course", "data"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    keep_tables(tmp_path / "data")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "_toc.yml").write_text(TOC)
    (tmp_path / "book" / "index.md").write_text("# The course\n\nWelcome to a small course.\n")
    (tmp_path / "book" / "lesson.md").write_text(LESSON)


def keep_tables(folder):
    """Of the dataset only the tables that the small book uses, with their sources: each build checks all of it."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource.get("type") == "table" and resource["name"] not in TABLES:
            (folder / resource["path"]).unlink()
    package["resources"] = [r for r in package["resources"] if r.get("type") != "table" or r["name"] in TABLES]
    cited = set().union(*(found for table in TABLES for found in row_sources(table)))
    header, *sources = (folder / "sources.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in sources if line.split(",")[0] in cited]
    (folder / "sources.csv").write_text(header + "".join(kept), encoding="utf-8")
    package["resources"][0]["rows"] = len(kept)
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    shutil.rmtree(folder / "meta")  # which describes all tables


def run(folder, *command, **options):
    """Run `python -m coursebook build`, or another module, in `folder`: exit code, output, errors."""
    module = ["-m", *(command or ("coursebook", "build"))]
    environment = os.environ | {"PYTHONPATH": str(folder)} | options.pop("env", {})
    options = {"capture_output": True, "text": True, "errors": "replace", **options}
    done = subprocess.run([sys.executable, *module], cwd=folder, check=False, env=environment, **options)
    return done.returncode, done.stdout, done.stderr.strip()


def test_good_copy_builds_and_a_changed_sentence_executes_nothing(copy):
    code, out, err = run(copy, env={"PYTHONIOENCODING": "ascii"})  # a terminal that cannot print the folder's name
    assert code == 0, err
    for name in ("checking data", "executing notebooks", "writing pages", "checking result"):
        assert name in out
    built = copy / "_build/html/book/lesson.html"
    assert "It adds up to 2" in built.read_text()
    assert (copy / "_build/html/index.html").is_file()

    executed = outputs(copy)
    lesson = copy / "book/lesson.md"
    lesson.write_text(lesson.read_text().replace("# A lesson", "# A better lesson"))
    code, _, err = run(copy)
    assert code == 0, err
    assert "A better lesson" in built.read_text()
    assert outputs(copy) == executed

    assert pages_read(copy)
    (copy / "pyproject.toml").write_text('[project]\nversion = "1.0.1"\n')
    assert not pages_read(copy), "the downloads tell the version and what they need"


PAGES_READ = """
from pathlib import Path
from coursebook.build import Build
book = Build(Path.cwd())
book.set_environment()
print(book.pages_read)
"""


def pages_read(folder) -> bool:
    """`Build.pages_read` of the folder's own course."""
    (folder / "pages_read.py").write_text(PAGES_READ)
    code, out, err = run(folder, "pages_read")
    assert code == 0, err
    return out == "True\n"


def test_failing_cell(copy):
    (copy / "book/lesson.md").write_text(LESSON + "\n```{code-cell} python\n1/0\n```\n")
    code, _, err = run(copy)
    assert code != 0
    assert err.splitlines()[-1].startswith("book/lesson.md:18: the cell fails with ZeroDivisionError")


def test_failing_cell_stops_the_notebooks_too(copy):
    (copy / "book/lesson.md").write_text(LESSON + "\n```{code-cell} python\n1/0\n```\n")
    (copy / "_build/html/_sources").mkdir(parents=True)
    code, _, err = run(copy, "coursebook.editions.notebooks")
    assert code != 0
    assert err.startswith("The notebooks were not written: book/lesson.md:18: the cell fails with ZeroDivisionError")


@pytest.mark.parametrize("module", ["coursebook.editions.lab", "coursebook.editions.notebooks"])
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


def test_a_page_that_the_contents_do_not_name_is_told(copy):
    for name in ("draft", ".hidden"):
        (copy / f"book/{name}.md").write_text("# A draft\n")
    assert list(driver.Build(copy).left_aside()) == ["book/draft.md"]


def test_in_a_folder_of_the_book_the_way_to_it_is_told(copy):
    with pytest.raises(driver.BuildError) as refused:
        driver.Build(copy / "book").config()
    assert str(refused.value) == (
        f"There is no book in this folder, but there is in {copy}. Go there and give the command again."
    )


def test_a_file_that_is_missing_is_told_once_however_many_pages_link_it(copy):
    for name in ("index", "one", "two"):
        path = copy / f"html/book/{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('<link href="../_static/course.css"><a href="one.html">One</a>' + " " * driver.SMALLEST_PAGE)
    with pytest.raises(driver.BuildError) as refused:
        driver.Build(copy).check_result([], copy / "html")
    assert str(refused.value) == (
        "book/index.html and 2 more pages link _static/course.css, which is not there. Restore the file that it is made "
        "from, or take the link out."
    )


def test_a_fault_of_the_build_itself_is_one_sentence_and_its_way_is_in_the_log(copy, monkeypatch, capsys):
    monkeypatch.chdir(copy)
    monkeypatch.setattr(driver.Build, "set_environment", lambda self: None)
    monkeypatch.setattr(driver.Build, "run", lambda self: {}["cache"])
    (copy / "_build").mkdir()
    assert driver.main() == 1
    told = capsys.readouterr().err
    assert "KeyError: 'cache'. This is no fault of a page: try `make clean`" in told and "Traceback" not in told
    assert "Traceback" in (copy / "_build/build.log").read_text()


@pytest.mark.parametrize(
    ("warning", "told"),
    [
        ("term not in glossary: 'x'", "term not in glossary: 'x'. Correct it, or add the term to the glossary."),
        (
            "fact: there is no form 'numbr'. The forms are: full.",
            "fact: there is no form 'numbr'. The forms are: full.",
        ),
    ],
)
def test_what_others_warn_of_is_told_with_a_remedy(copy, warning, told):
    build = driver.Build(copy)
    build.log.parent.mkdir()
    build.log.write_text(f"{copy}/book/lesson.md:7: WARNING: {warning}\n")
    assert build._warnings() == [f"book/lesson.md:7: {told}"]


@pytest.mark.parametrize("terminal", ["LC_ALL=C", *(f"PYTHONIOENCODING={e}" for e in ("ascii", "iso-8859-1", "cp437"))])
def test_what_the_build_says_suits_any_terminal(copy, terminal):
    (copy / "_toc.yml").write_text(TOC.replace("book/lesson", "book/żywność-ﺩ"), encoding="utf-8")
    code, out, err = run(copy, env=dict([terminal.split("=")]))
    assert code == 1 and " ... failed" in out
    assert err.splitlines()[-1].startswith("_toc.yml names the page book/") and "Traceback" not in err


def test_a_python_without_docstrings_is_refused_in_a_sentence(copy):
    code, out, err = run(copy, env={"PYTHONOPTIMIZE": "2"})
    assert code == 1 and not out
    assert err.startswith("Python was started with -OO or PYTHONOPTIMIZE=2") and "Traceback" not in err


def test_what_a_cell_warns_of_stops_the_build(copy):
    (copy / "book/lesson.md").write_text(
        LESSON + "\n```{code-cell} python\nimport warnings\nwarnings.warn('odd')\n```\n"
    )
    code, _, err = run(copy)
    assert code == 1
    assert re.match("book/lesson.md:1[89]: stderr was found", err.splitlines()[-1])
    assert err.endswith("Mend what the cell warns of, or keep it quiet.")


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


def test_another_version_of_a_package_makes_everything_anew(copy, monkeypatch):
    before, packages = driver.Build(copy).cache, driver.installed()
    assert f"altair {metadata.version('altair')}" in packages.splitlines()
    monkeypatch.setattr(driver, "installed", lambda: packages.replace("altair ", "altair 1"))
    assert driver.Build(copy).cache != before


def test_only_the_state_of_the_data_that_was_checked_is_trusted(monkeypatch):
    asked = []
    monkeypatch.setattr(Dataset, "_check_table", lambda self, name: asked.append(name))

    def is_checked_again():
        asked.clear()
        Dataset(data.folder).load("events")
        return asked == ["events"]

    monkeypatch.delenv(CHECKED, raising=False)
    assert is_checked_again()
    monkeypatch.setenv(CHECKED, data.state())
    assert not is_checked_again()
    monkeypatch.setenv(CHECKED, "the state before a row was changed")
    assert is_checked_again()


def test_jupyter_book_2_is_refused(copy, monkeypatch, capsys):
    real = metadata.version
    monkeypatch.setattr(driver.metadata, "version", lambda name: "2.1.7" if name == "jupyter-book" else real(name))
    monkeypatch.chdir(copy)
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setenv(driver.BUILD_FLAG, "1")
    assert driver.main() != 0
    assert "needs Jupyter Book 1.x, but 2.1.7 is installed" in capsys.readouterr().err


def test_a_page_that_came_out_empty_or_far_too_large_is_noticed(copy):
    build = driver.Build(copy)
    page = copy / "html/book/index.html"
    page.parent.mkdir(parents=True)
    for text, words in [("<html></html>", "its page is empty"), ("x" * 9_000_000, "its page has 9 MB")]:
        page.write_text(text)
        with pytest.raises(driver.BuildError, match=rf"book/index\.md: {words}"):
            build.check_result([copy / "book/index.md"], copy / "html")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "book/lesson.md: the page is empty. Write its title"),
        ("Only words.\n", "book/lesson.md:1: the page has no title. Begin it with one"),
        (b"# Caf\xe9\n", "book/lesson.md:1: the byte 0xe9 is no UTF-8. Save the page as UTF-8."),
        (LESSON + "\n:::{note}\nText.\n", "book/lesson.md:17: the block ':::{note}' is never closed."),
        (LESSON + "\n:::{note}\n```\ncode\n:::\n", "book/lesson.md:18: the block '```' is never closed."),
        (LESSON + "\n- x\n\n  ```{code-cell} python\n  1\n", "book/lesson.md:19: the block '```{code-cell} python' is"),
        (LESSON + "\nSee {numref}fig-x.\n", "book/lesson.md:17: the role {numref} stands without its content."),
        (LESSON + "\nSee {fact} `x`.\n", "book/lesson.md:17: the role {fact} stands without its content."),
        (LESSON + "\nSee\nhow {fact}`x is.\n", "book/lesson.md:18: the role {fact} is never closed. End its content"),
        (LESSON + "\nSee `x` and fact`x`.\n", "book/lesson.md:17: the role fact stands without its braces. Write"),
        (LESSON + "\n![](x.png)\n", "book/lesson.md:17: the picture has no words for those who cannot see it. Write"),
        (LESSON + "\n```{figure} x.png\n:name: y\n```\n", "book/lesson.md:17: the picture has no words for those who"),
        (
            "# A lesson\n\n```{code-cell}\n1\n```\n",
            "book/lesson.md:1: The page has code, but not the lines from --- to",
        ),
        (
            LESSON + EXERCISE + EXERCISE,
            "book/lesson.md:21: the label 'count' is given twice, first at book/lesson.md:17. Give one of them another.",
        ),
        (
            LESSON + EXERCISE + "\n:::{note}\n```{solution} cuont\n2.\n```\n:::\n",
            "book/lesson.md:22: {solution}: there is no exercise 'cuont'. Did you mean 'count'? The exercises are: count.",
        ),
        (
            LESSON + EXERCISE + "\n```{solution-start} count\n```\n\nTwo.\n",
            "book/lesson.md:21: {solution-start} is never ended. End it by a block of its own, ```{solution-end}.",
        ),
        (LESSON + "\n```{exercise-end}\n```\n", "book/lesson.md:17: {exercise-end}: nothing was started that it could"),
    ],
)
def test_a_slip_on_a_page_is_told_with_its_line(copy, text, message):
    (copy / "book/lesson.md").write_bytes(text if isinstance(text, bytes) else text.encode())
    build = driver.Build(copy)
    with pytest.raises(driver.BuildError) as refused:
        build.check_pages(build.pages())
    assert str(refused.value).startswith(message)


def test_words_of_a_table_stay_words():
    from markdown_it import MarkdownIt

    words = "a <script>b</script> {download}`x` [m](javascript:c) *d* _e_ ![f](g) & &lt; $h$ ~~i~~ #j | k \\"
    (shown,) = MarkdownIt("commonmark").parseInline(page_text.as_text(words))
    assert "".join(one.content for one in shown.children) == words
    assert {one.type for one in shown.children} <= {"text", "text_special"}


def test_what_only_looks_like_a_slip_passes(copy):
    text = "\n::::{note}\n:::{tip} `code` in a title\n:::\n::::\n\n````\n```{note}\n:::\n````\n\nWrite `{fact}` so.\n"
    text += "The term `x`, a {term}`name that\ngoes on`, ``{fact}`x` ``, \\{fact} and $\\text{ref}$ stand here.\n"
    text += "\n```{image} x.png\n---\nalt: A thing\n---\n```\n" + EXERCISE + "\n```{solution} count\n2.\n```\n"
    (copy / "book/lesson.md").write_text(LESSON + text)
    driver.Build(copy).check_pages([copy / "book/lesson.md"])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("import os; os._exit(1)", "the cell ends its kernel"),
        ("import time; time.sleep(60)", "the cell takes longer than 2 s, the limit."),
        ("raise KeyError('a table')", "the cell fails with KeyError: 'a table'"),
    ],
)
def test_a_cell_that_cannot_end_is_told_with_its_line(copy, monkeypatch, cell, words):
    (copy / "book/lesson.md").write_text(LESSON + f"\n```{{code-cell}} python\n{cell}\n```\n")
    monkeypatch.setattr(execution, "CELL_SECONDS", 2)
    monkeypatch.setenv("PYTHONPATH", str(copy))
    found = execution.execute(copy, [copy / "book/lesson.md"], copy / "cache", copy / "log")
    assert len(found) == 1
    assert found[0].startswith(f"book/lesson.md:18: {words}")


@pytest.mark.parametrize(
    "what", ["(data.folder / 'costs.csv').write_text('')", "__import__('shutil').rmtree(data.folder)"]
)
def test_a_cell_that_changes_the_data_stops_the_build(copy, what):
    (copy / "book/lesson.md").write_text(LESSON + cells(what))
    code, _, err = run(copy)
    assert code == 1
    assert err.splitlines()[-1].startswith("data: a cell has changed, added or removed a file of the data while")


def test_hidden_files_beside_the_pages_are_no_pages(copy):
    (copy / "book/._lesson.md").write_bytes(b"\0\5\26\7\0\2\377\376")
    (copy / "data/._events.csv").write_bytes(b"\0\5\26\7")
    code, _, err = run(copy)
    assert code == 0, err


def test_no_room_is_told_in_a_sentence(copy):
    (copy / "_build").write_text("A file where the folder should be.")
    code, _, err = run(copy)
    assert code == 1
    assert "Traceback" not in err and str(copy / "_build") in err.splitlines()[-1]


@pytest.mark.parametrize("command", ["build", "handout", "lab", "notebooks", "metadata", "check", "test", "clean"])
def test_the_command_line_explains_its_commands(command, capsys):
    with pytest.raises(SystemExit, match="^0$"):
        main([command, "--help"])
    assert f"python -m coursebook {command}" in capsys.readouterr().out


def test_the_command_line_knows_its_commands(copy):
    code, _, err = run(copy, "coursebook", "build", "--fast")
    assert code == 2 and err.endswith("there is no option --fast")
    shutil.copy(ROOT / "pyproject.toml", copy)
    (copy / "tests").mkdir()
    (copy / "tests/test_one.py").write_text("import pytest\n\n\n@pytest.mark.unit\ndef test():\n    pass\n")
    code, out, err = run(copy, "coursebook", "check")
    assert code == 0, out + err
    assert run(copy, "coursebook", "clean")[0] == 0
    assert not (copy / "_build").exists()


# What stays and what is made anew ----------------------------------------------------------------------------------


def outputs(folder):
    return sorted(path.name for path in (folder / "_build/executed").rglob("*.ipynb"))


def contents(folder):
    """Every file of the site by name. Sphinx's own stamp is left out, for it holds the path of the folder."""
    site = folder / "_build/html"
    return {str(p.relative_to(site)): p.read_bytes() for p in site.rglob("*") if p.is_file() and p.name != ".buildinfo"}


def cells(code):
    return f"```{{code-cell}} python\nfrom caliphate_course import data\n{code}\n```\n"


CHART = "from caliphate_course.charts import yazidis\nyazidis.explorer(data.load('costs'))"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A small book with what the real one has, built."""
    folder = tmp_path_factory.mktemp("good")
    fill_copy(folder)
    add_pages(folder)
    code, _, err = run(folder)
    assert code == 0, err
    return folder


def add_pages(folder):
    """A chart, a term, a fact and citations, and the pages that these lead to."""
    (folder / "book/lesson.md").write_text(
        LESSON + "\nThe {term}`Peshmerga` {fact}`coalition_members/alb`.\n\n" + cells(CHART)
        + "\n```{exercise} Count.\n:label: count\n```\n\n## Data and sources\n\n```{lesson-sources}\n```\n"
    )  # fmt: skip
    (folder / "book/other.md").write_text(LESSON.replace("A lesson", "Another") + cells("len(data.load('revenue'))"))
    (folder / "book/glossary.md").write_text("# Glossary\n\n```{course-glossary}\n```\n")
    (folder / "book/data.md").write_text("# Data\n\n```{dataset-numbers}\n```\n\n```{data-dictionary}\n```\n")
    lists = "".join(f"## {kind}\n\n```{{source-list}} {kind}\n```\n\n" for kind in KINDS)
    (folder / "book/sources.md").write_text(f"# Sources\n\n{lists}")
    names = ("other", "glossary", "data", "sources")
    (folder / "_toc.yml").write_text(TOC + "".join(f"  - file: book/{name}\n" for name in names))


@pytest.fixture
def again(good, tmp_path):
    """A copy of the good book, which Sphinx and the cache do not tell from it: times of files are the same."""
    folder = tmp_path / "again"
    shutil.copytree(good, folder)
    return folder


def write_sentence(folder):
    lesson = folder / "book/other.md"
    lesson.write_text(lesson.read_text().replace("# Another", "# Another title\n\nWith xylophones."))


def test_a_clean_build_elsewhere_is_the_same(good, tmp_path):
    fill_copy(tmp_path)
    add_pages(tmp_path)
    code, _, err = run(tmp_path, env={"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"})
    assert code == 0, err
    assert contents(tmp_path) == contents(good)


def test_an_incremental_build_is_a_clean_build(again, tmp_path):
    write_sentence(again)
    os.utime(again / "book/other.md", (0, 0))  # as if it came out of an archive
    code, _, err = run(again)
    assert code == 0, err
    incremental, executed = contents(again), outputs(again)
    assert b"xylophones" in incremental["book/other.html"]
    assert b"Peshmerga" in incremental["_static/search-entries.js"], "the glossary's terms are found still"
    shutil.rmtree(again / "_build")
    code, _, err = run(again)
    assert code == 0, err
    assert contents(again) == incremental
    assert outputs(again) == executed


def test_a_system_without_fork_builds_the_same(good, again):
    (again / "no_fork.py").write_text(NO_FORK)
    (again / "_build/site.json").unlink()
    code, _, err = run(again, "no_fork")
    assert code == 0, err
    assert contents(again) == contents(good)


NO_FORK = """
import multiprocessing, sys
real = multiprocessing.get_context
def get_context(method=None):
    if method == "fork":
        raise ValueError("cannot find context for 'fork'")
    return real(method)
multiprocessing.get_context = get_context
import sphinx.util.parallel
sphinx.util.parallel.parallel_available = False  # as on Windows
from coursebook.__main__ import main
sys.exit(main(["build"]))
"""


FAULTS = {
    "book/lesson.md": ("{term}`Peshmerga`", "{term}`Peshmergas`", "book/lesson.md:17: term not in glossary"),
    "coursebook/templates/fact.html": (None, None, "The template fact.html is missing."),
    "coursebook/templates/term.html": ("<", "{% if %}<", "coursebook/templates/term.html:2: TemplateSyntaxError: "),
    "coursebook/pages/templates/layout.html": (None, None, "coursebook/pages/templates/layout.html is missing."),
    "coursebook/figures/worker.js": (None, None, "coursebook/figures/worker.js is missing. Restore it."),
    "coursebook/static/explorer.js": (None, None, "link _static/explorer.js, which is not there."),
    "caliphate_course/claims_list.py": ("def ", "def (", "caliphate_course/claims_list.py:"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_last_good_site_stays(good, again, name):
    old, new, message = FAULTS[name]
    path = again / name
    text = path.read_text()
    path.unlink() if old is None else path.write_text(text.replace(old, new, 1))
    code, _, err = run(again)
    assert code == 1
    assert message in err.splitlines()[-1]
    assert "Traceback" not in err and "RuntimeError" not in err
    assert contents(again) == contents(good)


def test_a_killed_build_leaves_the_site_and_no_lock(good, again):
    write_sentence(again)
    with subprocess.Popen(
        [sys.executable, "-m", "coursebook", "build"], cwd=again, env=os.environ | {"PYTHONPATH": str(again)},
        stdout=subprocess.PIPE, text=True,
    ) as killed:  # fmt: skip
        while "writing pages" not in killed.stdout.read(1) + killed.stdout.readline():
            pass
        killed.kill()
    assert contents(again) == contents(good)
    code, out, err = run(again)
    assert code == 0, err
    assert "another build" not in out
    assert b"xylophones" in contents(again)["book/other.html"]


def test_a_full_disk_leaves_the_site(good, again):
    """A limit on the size of files stands for the disk: writing breaks off in the middle of one."""
    import resource

    write_sentence(again)
    largest = max(path.stat().st_size for path in (again / "_build/html").rglob("*.html"))
    for limit in (100_000, largest + 1):  # while the last site is copied, and while pages are written
        preexec = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (limit, limit))
        code, _, err = run(again, preexec_fn=preexec)
        assert code == 1
        assert "File too large" in err and "Traceback" not in err
        assert contents(again) == contents(good)
    code, _, err = run(again)
    assert code == 0, err
    assert b"xylophones" in contents(again)["book/other.html"]


def test_two_builds_at_once_take_turns(good, again):
    (again / "_build/site.json").unlink()
    start = functools.partial(
        subprocess.Popen, [sys.executable, "-m", "coursebook", "build"], cwd=again,
        env=os.environ | {"PYTHONPATH": str(again)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    told = [build.communicate()[0] for build in [start(), start()]]
    assert all("The book is ready" in out for out in told), told
    assert sum("another build is at work here" in out for out in told) == 1
    assert contents(again) == contents(good)


def test_what_is_half_written_is_made_anew(good, again):
    built = again / "_build"
    for path in (
        built / "html/book/other.html",
        built / ".doctrees/book/lesson.doctree",
        built / "html/_static/search-entries.js",
    ):
        path.write_bytes(path.read_bytes()[:100])
    next(built.rglob("global.db")).write_bytes(b"SQLite format 3")
    next(built.rglob("base.ipynb")).write_text('{"cells": [')
    (built / "data.digest").write_bytes(b"\xff\xfe")
    code, _, err = run(again)
    assert code == 0, err
    assert contents(again) == contents(good)


def test_a_damaged_cache_is_made_anew_and_a_whole_one_kept(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(LESSON)
    notebook = page_text.read_notebook(page)
    execution.Cache(tmp_path / "cache").put(page, notebook, {"used": ["x"]})
    assert execution.Cache(tmp_path / "cache").record(notebook).data == {"used": ["x"]}
    for name, text in [("global.db", ""), ("global.db", "SQLite"), ("base.ipynb", '{"cells"'), ("base.ipynb", None)]:
        damaged = next((tmp_path / "cache").rglob(name))
        damaged.unlink() if text is None else damaged.write_text(text)
        cache = execution.Cache(tmp_path / "cache")
        assert cache.record(notebook) is None
        cache.put(page, notebook, {})


def test_folders_are_replaced_together_or_not_at_all(tmp_path, monkeypatch):
    shelf = atomic.Shelf(tmp_path, ("one", "two"))

    def put(text):
        made = tmp_path / "made"
        for name in ("one", "two"):
            (made / name).mkdir(parents=True)
            (made / name / "file").write_text(text)
        shelf.replace(made, text)

    def kept():
        return [(tmp_path / name / "file").read_text() for name in ("one", "two")]

    put("old")
    assert kept() == ["old", "old"] and shelf.made_from == "old"
    (tmp_path / "two/file").write_text("half")
    assert shelf.made_from is None, "somebody has changed it"
    (tmp_path / "two/file").write_text("old")
    rename, renamed = Path.rename, []

    def full(self, target):
        renamed.append(self)
        if len(renamed) == 3:
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError):
        put("new")
    assert kept() == ["old", "old"]
    monkeypatch.undo()
    (tmp_path / ".replaced").mkdir(exist_ok=True)
    (tmp_path / "one").rename(tmp_path / ".replaced/one")  # killed between two renames
    shelf.recover()
    assert kept() == ["old", "old"]


# What executes a page again -----------------------------------------------------------------------------------------


def test_a_changed_module_executes_the_lessons_that_import_it(again):
    def executed():
        with sqlite3.connect(next((again / "_build/executed").rglob("global.db"))) as database:
            return dict(database.execute("select uri, created from nbcache"))

    before = {Path(page).name: when for page, when in executed().items()}
    with (again / "caliphate_course/charts/yazidis.py").open("a") as file:
        file.write("\n# A remark.\n")
    code, _, err = run(again)
    assert code == 0, err
    after = {Path(page).name: when for page, when in executed().items()}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"lesson.md"}


@pytest.fixture
def inputs(copy, monkeypatch):
    """A copy whose dataset is that of the course."""
    monkeypatch.setattr(course, "data", lambda: Dataset(copy / "data"))
    return copy


def state_after(folder, path="", old="", new="", *, count=1):
    if path:
        text = (folder / path).read_text(encoding="utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new, count), encoding="utf-8")
    for cached in (execution._digest_of, execution._text_of, execution._words_of):
        cached.cache_clear()
    used = ["data/datapackage.json", "data/revenue.csv", "data/sources.csv"]
    page = folder / "book/lesson.md"
    return execution.Inputs(folder, [page]).state(used, page_text.read_notebook(page))


def test_a_row_executes_the_lessons_that_load_its_table(inputs):
    before = state_after(inputs)
    assert state_after(inputs, "data/costs.csv", "\n", "\n\n") == before
    described = (inputs / "data/datapackage.json").read_text()
    rows = next(r["rows"] for r in json.loads(described)["resources"] if r["name"] == "costs")
    assert state_after(inputs, "data/datapackage.json", f'"rows": {rows}', f'"rows": {rows + 1}') == before
    cited, other = cited_and_not(inputs)
    assert state_after(inputs, "data/sources.csv", f"\n{other},", f"\n{other}-b,") == before
    changed = state_after(inputs, "data/sources.csv", f"\n{cited},", f"\n{cited},x")
    assert changed != before
    assert state_after(inputs, "data/revenue.csv", "2014", "2015") != changed


def cited_and_not(folder):
    revenue = (folder / "data/revenue.csv").read_text(encoding="utf-8")
    with (folder / "data/sources.csv").open(encoding="utf-8", newline="") as file:
        known = [row["id"] for row in csv.DictReader(file)]
    words = set(re.findall(r"[a-z0-9-]+", revenue))
    return next(i for i in known[1:] if i in words), next(i for i in known[1:] if i not in words)
