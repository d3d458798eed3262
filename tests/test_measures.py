"""What is true of the war is worked out without drawing anything."""

from __future__ import annotations

import re
import subprocess
import sys

import pandas as pd
import pytest
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


def raters(pairs: dict[tuple[str, str], int]) -> list[pd.Series]:
    """Two raters' verdicts from how often each pair of verdicts was given."""
    given = [pair for pair, times in pairs.items() for _ in range(times)]
    return [pd.Series(verdicts) for verdicts in zip(*given, strict=True)]


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        # Fifty proposals and two readers, the example of many textbooks: 0.7 agree, 0.5 would by chance.
        ({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}, 0.4),
        ({("yes", "yes"): 3, ("no", "no"): 2, ("perhaps", "perhaps"): 1}, 1),
        ({("yes", "yes"): 1, ("yes", "no"): 1, ("no", "yes"): 1, ("no", "no"): 1}, 0),
        ({("yes", "no"): 1, ("no", "yes"): 1}, -1),
        ({("yes", "no"): 4}, 0),  # two raters who share no verdict
    ],
    ids=["half chance", "full agreement", "chance", "always opposite", "nothing in common"],
)
def test_kappa_is_agreement_beyond_chance(pairs, kappa):
    assert claims.kappa(*raters(pairs)) == pytest.approx(kappa)


def test_kappa_of_a_single_verdict_is_refused():
    with pytest.raises(ValueError, match="one and the same verdict"):
        claims.kappa(*raters({("yes", "yes"): 3}))


def test_the_easy_claims_are_claims_and_can_be_checked():
    frame = data.load("claims")
    assert set(claims.EASY) <= set(claims.checkable(frame)["claim_id"])
    assert len(claims.hard(frame)) == len(claims.checkable(frame)) - len(claims.EASY)


def test_the_lesson_names_every_claim_that_it_calls_easy():
    lesson = (ROOT / "book" / "reading-the-news.md").read_text(encoding="utf-8")
    told = next(line for line in lesson.splitlines() if "easy facts on our list" in line)
    assert sorted(re.findall(r"\b[AB]\d\d\b", told)) == sorted(claims.EASY)
