"""The stages of `make handout`, each with a line that says what it does and how long it took."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from caliphate_course.build import Build, BuildError, stage
from caliphate_course.explorer.live import BUILD_FLAG
from caliphate_course.handout import assemble, typeset
from caliphate_course.handout.assemble import Edition, HandoutError

SUBTITLE = "ISIS, the coalitions that fought it, and what came after"
VERSION = "1.0.0"


def build_page(book: Build, work: Path) -> Path:
    """The book as one HTML page, written afresh in `work`; raises BuildError if a cell or a reference fails."""
    with stage("executing notebooks"):
        book.execute(book.pages())
    with stage("writing the book as one page"):
        work.mkdir(parents=True)
        config = yaml.safe_load((book.root / "_config.yml").read_text(encoding="utf-8"))
        config.setdefault("execute", {}).update(execute_notebooks="cache", cache=str(book.cache))
        (work / "config.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(book.root)]
        command += ["--config", str(work / "config.yml"), "--path-output", str(work), "--builder", "singlehtml"]
        book.log = work / "build.log"
        with book.log.open("w", encoding="utf-8") as log:
            strict = ("-n", "-W", "--keep-going")
            done = subprocess.run([*command, *strict], cwd=book.root, stdout=log, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise BuildError("\n".join(book._logged_problems()))
    return work / "_build" / "singlehtml" / "book" / "index.html"


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
    with stage("starting the typesetter"):
        typesetter = typeset.Typesetter(paper)
    shutil.rmtree(out, ignore_errors=True)
    page = build_page(Build(root), out / "work")
    with stage("preparing chapters for print"):
        chapters = assemble.read_chapters(page, root / "_toc.yml")
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    about = {
        "title": config["title"],
        "author": config["author"],
        "language": config["sphinx"]["config"].get("language", "en"),
        "subtitle": SUBTITLE,
        "version": VERSION,
    }
    files = {}
    for name, edition in editions(chapters, code=code).items():
        files[name] = out / f"{name}.pdf"
        with stage(f"typesetting {files[name].name}"):
            html = assemble.edition_html(chapters, edition, book=about)
            complaints = typesetter.write_pdf(html, files[name])
        for complaint in complaints:
            print(f"  {complaint}", flush=True)
        print(f"  {files[name].stat().st_size / 1000:,.0f} kB", flush=True)
    return files


def run() -> int:
    """The command line: settings come from HANDOUT_PAPER and HANDOUT_CODE."""
    root = Path.cwd()
    os.environ[BUILD_FLAG] = "1"
    os.environ["PYTHONPATH"] = str(root)  # kernels and Sphinx use the package of this checkout
    try:
        main(
            root,
            paper=os.environ.get("HANDOUT_PAPER", "a4").lower(),
            code=os.environ.get("HANDOUT_CODE", "0") not in ("", "0"),
        )
    except (BuildError, HandoutError, typeset.MissingTool) as error:
        print(f"\nThe handout was not built: {error}", file=sys.stderr)
        return 1
    return 0
