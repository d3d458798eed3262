"""What is true of the war is worked out without drawing anything."""

from __future__ import annotations

import subprocess
import sys

from conftest import ROOT

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
