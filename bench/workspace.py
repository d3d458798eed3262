"""Small books beside the real one, for what the benchmark changes or multiplies; all under `_build/bench`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench import ROOT

FOLDER = ROOT / "_build" / "bench"
PACKAGE = ("caliphate_course", "coursebook", "data")
HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""
STAGE = re.compile(r"^(.+?)(?: \(\d+ pages\))? \.\.\. ([\d.]+) s$", re.MULTILINE)


def fresh(name: str) -> Path:
    """An empty folder of this name."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def whole_book(name: str) -> Path:
    """A copy of the repository's book, package and data."""
    folder = fresh(name)
    for part in (*PACKAGE, "book"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / part, folder)
    return folder


def book_of(name: str, pages: dict[str, str]) -> Path:
    """A book with the repository's package, data and settings, and these pages; the first is its root."""
    folder = whole_book(name)
    shutil.rmtree(folder / "book")
    (folder / "book").mkdir()
    first, *others = pages
    chapters = "".join(f"  - file: book/{page}\n" for page in others)
    numbered = f"parts:\n- caption: Lessons\n  numbered: true\n  chapters:\n{chapters}" if others else ""
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: book/{first}\n{numbered}", encoding="utf-8")
    for page, text in pages.items():
        (folder / "book" / f"{page}.md").write_text(text, encoding="utf-8")
    return folder


def build(folder: Path) -> dict[str, float]:
    """Run the course's own build in `folder`; seconds by stage, and `all`."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "coursebook", "build"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"The book in {folder} was not built.\n{done.stdout}{done.stderr}")
    seconds = {name: float(taken) for name, taken in STAGE.findall(done.stdout)}
    return {**seconds, "all": round(time.perf_counter() - started, 1)}
