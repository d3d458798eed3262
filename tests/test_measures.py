"""What is true of the war is worked out without drawing anything."""

from __future__ import annotations

import re
import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT

from caliphate_course import data
from caliphate_course.measures import claims, cross_check

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


# --- the cross-check with UCDP ---------------------------------------------------------------------------------------


def _deaths(*rows):
    frame = pd.DataFrame(rows, columns=["month", "lat", "lon", "best"])
    return frame.assign(month=pd.to_datetime(frame["month"]))


def test_a_toll_stands_beside_the_deaths_of_its_months_nearby():
    events = data.load("events").query("id in ['karrada-2016-07-03', 'khasham-2018-02-07']")  # the second without ISIS
    near, far = (33.30, 44.43), (34.30, 44.43)
    found = cross_check.tolls(
        events, _deaths(("2016-07-01", *near, 100), ("2016-08-01", *near, 900), ("2016-07-01", *far, 900))
    )
    assert found[["id", "ucdp", "finding"]].values.tolist() == [["karrada-2016-07-03", 100, "UCDP less"]]
    assert cross_check.tolls(events, _deaths(("2016-07-01", *near, 150)))["finding"].item() == "agree"
    assert cross_check.tolls(events, _deaths(("2016-07-01", *far, 150)))["finding"].item() == "UCDP none"


def test_an_end_of_control_stands_beside_the_deaths_before_and_after():
    towns = data.load("town_control").query("id == 'fallujah-1'")
    point = tuple(towns[["lat", "lon"]].iloc[0])
    before, after = ("2016-06-01", *point, 80), ("2016-09-01", *point, 30)
    found = cross_check.stints(towns, _deaths(before, after))
    assert found[["until", "after", "finding"]].values.tolist() == [[80, 30, "goes on"]]
    assert cross_check.stints(towns, _deaths(before))["finding"].item() == "agree"
    assert cross_check.stints(towns, _deaths(("2016-06-01", *point, 5)))["finding"].item() == "too few"
