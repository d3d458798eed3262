"""The stages of `make handout`, each with a line that says what it does and how long it took."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import yaml

from caliphate_course.handout import assemble, typeset
from caliphate_course.handout.assemble import Edition, HandoutError

SUBTITLE = "ISIS, the coalitions that fought it, and what came after"
VERSION = "1.0.0"


@contextmanager
def stage(text: str):
    print(f"{text} …", end="", flush=True)
    start = time.monotonic()
    yield
    print(f" {time.monotonic() - start:.1f} s", flush=True)


def build_page(root: Path, work: Path) -> Path:
    """The book as one HTML page, built afresh in `work`; raises HandoutError if a cell or a reference fails."""
    command = [sys.executable, "-m", "jupyter_book", "build", str(root), "--path-output", str(work)]
    command += ["--builder", "singlehtml", "-n", "-W", "--keep-going", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    page = work / "_build" / "singlehtml" / "book" / "index.html"
    if done.returncode != 0 or not page.is_file():
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise HandoutError(f"the book did not build as one page:\n{tail}")
    return page


def editions(chapters, *, code: bool) -> dict[str, Edition]:
    """File names (without .pdf) and the edition each holds."""
    lessons = [chapter.number for chapter in chapters if chapter.number]
    return {
        "student": Edition("Student edition", code=code),
        "instructor": Edition("Instructor edition", instructor=True, code=code),
        **{f"lesson-{n:02}": Edition(f"Lesson {n}", code=code, lesson=n) for n in lessons},
    }


def main(root: Path, *, paper: str = "a4", code: bool = False) -> dict[str, Path]:
    """Build every edition of the book at `root` into `_build/handout`; returns the files by name."""
    if paper not in typeset.PAPERS:
        raise HandoutError(f"HANDOUT_PAPER={paper!r} is not a paper size; use one of: {', '.join(typeset.PAPERS)}.")
    out = root / "_build" / "handout"
    with stage("Looking for the typesetter"):
        typeset.weasyprint()
    with stage("Building the book as one page"):
        shutil.rmtree(out, ignore_errors=True)
        page = build_page(root, out / "work")
    with stage("Preparing chapters for print"):
        chapters = assemble.read_chapters(page, root / "_toc.yml")
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    book = {
        "title": config["title"],
        "author": config["author"],
        "language": config["sphinx"]["config"].get("language", "en"),
        "subtitle": SUBTITLE,
        "version": VERSION,
    }
    style, files = typeset.style(paper), {}
    for name, edition in editions(chapters, code=code).items():
        files[name] = out / f"{name}.pdf"
        with stage(f"Typesetting {files[name].name}"):
            html = assemble.edition_html(chapters, edition, book=book, style=style)
            complaints = typeset.write_pdf(html, files[name])
        for complaint in complaints:
            print(f"  {complaint}", flush=True)
        print(f"  {files[name].stat().st_size / 1000:,.0f} kB", flush=True)
    return files


def run() -> int:
    """The command line: settings come from HANDOUT_PAPER and HANDOUT_CODE."""
    try:
        main(
            Path.cwd(),
            paper=os.environ.get("HANDOUT_PAPER", "a4").lower(),
            code=os.environ.get("HANDOUT_CODE", "0") not in ("", "0"),
        )
    except (HandoutError, typeset.MissingTool) as error:
        print(f"\nThe handout was not built: {error}", file=sys.stderr)
        return 1
    return 0
