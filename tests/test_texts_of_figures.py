"""The words of figures follow the data: no quantity in them is typed by hand."""

from __future__ import annotations

import ast
import re
import shutil

import pytest
from conftest import ROOT
from quantities import LOOSE, quantities

import caliphate_course
from caliphate_course.charts import displacement
from coursebook.dataset import Dataset

CHARTS = sorted((ROOT / "caliphate_course" / "charts").glob("*.py"))
TOLD = ("title", "description")
REFERENCE = re.compile(r"\{[a-z_]+/[^{}]+\}")
NOT_OURS = re.compile(r"“[^”]*”|×\s?\d+")  # a quotation, the factor of somebody's rule
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]")
PROGRAM = re.compile(r"datum\.|split\(|\?|==|&&|\|\||1e\d")  # an expression of Vega's, which counts by itself


def literals(source: str) -> list[tuple[int, str, bool]]:
    """(line, text, whether it is part of a title or description) of every text in a module but its docstrings.

    References in braces are left out where `fill` resolves them.
    """
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    silent = {node.body[0].value for node in ast.walk(tree) if isinstance(node, documented) and _has_docstring(node)}
    told, filled = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not _of_altair(node):  # the title of an axis is its unit
            told |= {part for word in node.keywords if word.arg in TOLD for part in ast.walk(word.value)}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("TITLE", "TITLES"):
            told |= (inside := set(ast.walk(node.value)))
            filled |= inside
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fill":
            filled |= set(ast.walk(node))
    return [
        (node.lineno, NOT_OURS.sub(" ", REFERENCE.sub(" ", node.value) if node in filled else node.value), node in told)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent
    ]


def _has_docstring(node):
    return bool(node.body) and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)


def _of_altair(call):
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "alt"


def typed(source: str) -> list[tuple[int, str]]:
    """(line, quantity) for every quantity that a module's words have typed in, and every reference that is not filled."""
    found = []
    for line, text, told in literals(source):
        found += [(line, match[0]) for match in REFERENCE.finditer(text)]
        if told or SENTENCE.search(text) and not PROGRAM.search(text):
            found += [(line, quantity) for quantity in quantities(text)]
        if told:
            found += [(line, match[0]) for match in LOOSE.finditer(text)]
    return found


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.stem)
def test_no_quantity_is_typed_into_the_words_of_a_figure(path):
    found = typed(path.read_text(encoding="utf-8"))
    told = "\n".join(f"{path.name}, line {line}: {quantity!r}" for line, quantity in found)
    assert not found, f"Write these as references in `fill`, or work them out of the rows:\n{told}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Explorer(title="It fell to 12 km")', ["12 km"]),
        ('Explorer(title=f"It fell to {least} of 1,300")', ["1,300"]),
        ('Explorer(description="It doubled, by three million")', ["three million", "doubled"]),
        ('Explorer(title=fill("It fell to {territory_estimates/ihs-2017-06-both as number}"))', []),
        ('Explorer(title="It fell to {territory_estimates/x-45-both}")', ["{territory_estimates/x-45-both}"]),
        ('def f():\n    """At least 12 rows."""\n    return "at least 12 rows"', ["12"]),
        ("line = \"datum.all > 12 ? datum.all + ' of 12' : 'none here'\"", []),
        ('words = "“the US and 67 others” in March 2017"', []),
        ('note = "In October 2017 lesson 3 began"', []),
    ],
)
def test_the_finder_reads_titles_notes_and_states(source, expected):
    assert [quantity for _, quantity in typed(source)] == expected


def test_a_changed_row_changes_the_words_of_its_figure(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    table = folder / "displacement.csv"
    text = table.read_text(encoding="utf-8")
    for row, old, new in (("dtm-idps-2014-04-01", "443124", "143124"), ("dtm-idps-2016-03-31", "3418332", "3398332")):
        line = next(line for line in text.splitlines() if line.startswith(f"{row},"))
        assert old in line
        text = text.replace(line, line.replace(old, new))
    table.write_text(text, encoding="utf-8")
    before = displacement.iraq_explorer(caliphate_course.data.load("displacement")).description
    changed = Dataset(folder)
    monkeypatch.setattr(caliphate_course.data, "_table", changed._table)
    after = displacement.iraq_explorer(caliphate_course.data.load("displacement")).description
    assert "from 0.44 million to a peak of 3.42 million" in before
    assert "from 0.14 million to a peak of 3.4 million" in after
