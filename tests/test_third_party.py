"""Hooks into somebody else's code: each still fits the version installed, and is still needed."""

from __future__ import annotations

import dataclasses
import re
from importlib import import_module

import pytest
from conftest import ROOT

from coursebook import third_party
from coursebook.third_party import HOOKS, Hook

ENGINE = ROOT / "coursebook"


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: f"{hook.package}-{hook.where}")
def test_hook(hook):
    assert hook.known, f"{hook.package} has another version: look at {hook.where}, try it, and widen `versions`."
    assert hook.missing == [], f"{hook.package} has changed: {hook.where} takes hold of what is not there."
    assert hook.needed(), f"{hook.package} has mended it: take out {hook.where}."
    assert stands(hook.where), f"There is no {hook.where}: correct the list, or take the hook out of it."
    assert hook.why and (not hook.issue or hook.issue.startswith("https://github.com/"))


def stands(where: str) -> bool:
    if "/" in where:
        return (ENGINE / where).is_file()
    names = where.split(".")
    for end in range(len(names), 0, -1):
        path = ENGINE.joinpath(*names[:end])
        if path.with_suffix(".py").is_file() or path.is_dir():
            found = import_module(".".join(["coursebook", *names[:end]]))
            for name in names[end:]:
                found = getattr(found, name, None)
            return found is not None
    return False


def test_a_hook_that_no_longer_fits_is_noticed():
    sphinx = next(hook for hook in HOOKS if hook.where == "third_party.share_html_handlers")
    assert not dataclasses.replace(sphinx, versions="<7").known
    gone = Hook(
        "Sphinx", ">0", "", "", ("sphinx.search:IndexBuilder.thaw", "sphinx.lookup", "sphinx.search:IndexBuilder")
    )
    assert gone.missing == ["sphinx.search:IndexBuilder.thaw", "sphinx.lookup"]


def test_nothing_else_changes_a_package_of_others():
    """An assignment to an attribute of an imported package stands in `third_party.py` alone."""
    imported = re.compile(r"^\s*(?:import|from) ([a-z]\w*)", re.MULTILINE)
    for path in ENGINE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        others = set(imported.findall(text)) - {"coursebook", "os", "sys"}
        changed = re.findall(rf"^\s*((?:{'|'.join(sorted(others)) or 'none'})(?:\.\w+)+) = ", text, re.MULTILINE)
        assert not changed or path.name == "third_party.py", f"{path.name} changes {changed}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jinja2.exceptions.TemplateNotFound: 'fact.html'", "The template fact.html is missing."),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/book/x.js'", "x.js is missing. Restore it."),
        ("ValueError: odd\n\nDuring handling\n\nRuntimeError: worse", "chart.py:3: ValueError: odd."),
    ],
)
def test_a_fault_of_another_process_is_told_by_its_cause(text, message, tmp_path):
    class Fault(Exception):
        traceback = f'Traceback\n  File "{tmp_path}/chart.py", line 3, in f\n{text}'.replace("/book", str(tmp_path))

    assert third_party.told(Fault(), tmp_path).startswith(message)
