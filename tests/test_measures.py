"""What is true of the war is worked out without drawing anything."""

from __future__ import annotations

import re
import subprocess
import sys

from conftest import ROOT

from caliphate_course import data
from caliphate_course.measures import claims

DRAWING = ("altair", "ipywidgets", "vl_convert", "coursebook.figures", "caliphate_course.charts")
LOADS = f"""
import importlib, pkgutil, sys
import caliphate_course.facts, caliphate_course.measures, caliphate_course.words
for module in pkgutil.iter_modules(caliphate_course.measures.__path__, "caliphate_course.measures."):
    importlib.import_module(module.name)
print(*(name for name in sys.modules if name.startswith({DRAWING})))
"""


def test_measures_and_facts_load_nothing_that_draws():
    """In a process of its own: this one has drawn charts already."""
    loaded = subprocess.run([sys.executable, "-c", LOADS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_the_easy_claims_are_claims_and_can_be_checked():
    frame = data.load("claims")
    assert set(claims.EASY) <= set(claims.checkable(frame)["claim_id"])
    assert len(claims.hard(frame)) == len(claims.checkable(frame)) - len(claims.EASY)


def test_the_lesson_names_every_claim_that_it_calls_easy():
    lesson = (ROOT / "book" / "reading-the-news.md").read_text(encoding="utf-8")
    told = next(line for line in lesson.splitlines() if "easy facts on our list" in line)
    assert sorted(re.findall(r"\b[AB]\d\d\b", told)) == sorted(claims.EASY)
