"""The house: who may import whom, and which words stay out of the engine."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import vl_convert
from conftest import ROOT

from caliphate_course import data
from coursebook.build import Build
from coursebook.pages import authoring

ENGINE, SUBJECT = ROOT / "coursebook", ROOT / "caliphate_course"
# With the names of places and parties from the tables.
WORDS = r"(?i:\bisis\b|\bislam|caliph|iraq|syria|levant|jihad|\bkurd|coalition|airstrike|terroris|insurgen)"


def test_imports_go_one_way():
    """The contracts of pyproject.toml; what breaks one is told with its lines. In a process of its own: import-linter
    silences the loggers of all that is loaded."""
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def texts(folder):
    return {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.suffix in SUFFIXES}


SUFFIXES = {".py", ".js", ".css", ".html"}


@pytest.fixture(scope="module")
def words_of_the_subject() -> re.Pattern:
    places, actors = data.load("town_control")["place"], data.load("actors")["short_name"]
    names = {re.escape(name.partition(" (")[0]) for name in {*places, *actors.dropna()} if len(name) > 3}
    return re.compile(rf"{WORDS}|\b(?:{'|'.join(sorted(names))})\b")


def test_the_engine_has_no_word_of_the_subject(words_of_the_subject):
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path, text in texts(ENGINE).items()
        for match in words_of_the_subject.finditer(text)
    }
    assert found == set()
    assert any(words_of_the_subject.search(text) for text in texts(SUBJECT).values())


def test_the_authors_reference_is_up_to_date():
    made = authoring.text(authoring.extensions(Build(ROOT).config()))
    assert (ROOT / authoring.PATH).read_text(encoding="utf-8") == made, "Run `make reference`."


def test_every_script_can_be_parsed():
    """All in one go, as starting the bundler takes the time; each alone, to name it, if something is wrong."""
    scripts = {path: text for path, text in texts(ENGINE).items() if path.suffix == ".js"}
    assert len(scripts) > 5
    if not parses("\n".join(f"{{\n{text}\n}}" for text in scripts.values())):
        assert [path.name for path, text in scripts.items() if not parses(text)] == []
    assert not parses("{\n" + next(iter(scripts.values())) + "\n")


def parses(script: str) -> bool:
    try:
        vl_convert.javascript_bundle(script)
    except RuntimeError:
        return False
    return True


@pytest.mark.xdist_group("together")
def test_the_tests_of_a_group_stay_on_one_worker(request):
    """xdist has the groups in the names of tests; without them tests that share a page or the handout make it twice."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@together")
