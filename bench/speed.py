"""Part `build`: how long a build takes, and what a change makes it do again.

Measured on a copy of the book under `_build/bench`, so that the working copy keeps its cache.
"""

from __future__ import annotations

import re
from pathlib import Path

from bench import workspace
from coursebook.build import Build

LESSON = "book/the-caliphate.md"
HELPER = "caliphate_course/charts/territory.py"
MARK = "benchmark-marker"


def run() -> dict:
    """Build from nothing, again, after a changed sentence, after a changed helper."""
    folder = workspace.whole_book("speed")
    rounds = {"clean": workspace.build(folder), "unchanged": workspace.build(folder)}
    before = executed(folder)
    change_sentence(folder)
    rounds["sentence"] = workspace.build(folder)
    reexecuted = sorted(executed(folder) - before)
    shown = MARK in (folder / "_build/html" / LESSON).with_suffix(".html").read_text(encoding="utf-8")
    change_helper(folder)
    rounds["helper"] = workspace.build(folder)
    fresh = MARK in (folder / "_build/html" / LESSON).with_suffix(".html").read_text(encoding="utf-8")
    for name, seconds in rounds.items():
        print(f"  {name}: {seconds}", flush=True)
    return {
        "rounds": rounds,
        "clean_to_executing": round(rounds["clean"]["all"] / rounds["clean"]["executing notebooks"], 2),
        "sentence_to_clean": round(rounds["sentence"]["all"] / rounds["clean"]["all"], 3),
        "sentence_shown": shown,
        "sentence_executed": reexecuted,
        "helper_shown": fresh,
        "helper_executed": len(executed(folder) - before),
    }


def executed(folder: Path) -> set[str]:
    """The executed notebooks in the cache, each with the time when it was executed."""
    return {f"{path.parent.name} {path.stat().st_mtime_ns}" for path in Build(folder).cache.rglob("*.ipynb")}


def change_sentence(folder: Path) -> None:
    """Add a sentence to a lesson; it changes no cell."""
    path = folder / LESSON
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(r"\n## ", f"\n<!-- --> A new sentence, {MARK}.\n\n## ", text, count=1)
    assert count == 1, f"{LESSON} has no section to write the sentence into"
    path.write_text(changed, encoding="utf-8")


def change_helper(folder: Path) -> None:
    """Take the sentence back, and let a chart's title say something else through its helper module."""
    lesson, helper = folder / LESSON, folder / HELPER
    lesson.write_text(lesson.read_text(encoding="utf-8").replace(MARK, "again"), encoding="utf-8")
    text = helper.read_text(encoding="utf-8")
    changed, count = re.subn(r'title="', f'title="{MARK}: ', text, count=1)
    assert count == 1, f"{HELPER} has no title to change"
    helper.write_text(changed, encoding="utf-8")
