"""The stages of `make handout`, each with a line that says what it does and how long it took."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from coursebook.build import Build, BuildError, stage
from coursebook.editions.about import about
from coursebook.editions.handout import assemble, typeset
from coursebook.editions.handout.assemble import Edition, HandoutError

PAGE = "book.html"  # what the editions were set from


def build_page(book: Build, work: Path) -> Path:
    """The book as one HTML page, written afresh in `work`; raises BuildError if a cell or a reference fails."""
    out = work / "pages"
    out.mkdir()
    with book.alone():
        with stage("executing notebooks"):
            book.execute(book.pages())
        with stage("writing the book as one page"):
            if book.pages_read:  # `make book` has done half of the work
                shutil.copytree(book.doctrees, out / book.doctrees.name)
            book.sphinx("singlehtml", out)
    return out / "singlehtml" / "book" / "index.html"


def editions(chapters, *, code: bool, lesson: int = 0) -> dict[str, Edition]:
    """File names (without .pdf) and the edition each holds: all, or the booklet of a `lesson`."""
    if lesson:
        return {f"lesson-{lesson:02}": Edition(f"Lesson {lesson}", code=code, lesson=lesson)}
    lessons = [chapter.number for chapter in chapters if chapter.number]
    return {
        "student": Edition("Student edition", code=code),
        "instructor": Edition("Instructor edition", instructor=True, code=code),
        **{f"lesson-{n:02}": Edition(f"Lesson {n}", code=code, lesson=n) for n in lessons},
    }


def main(
    root: Path, *, out: Path | None = None, paper: str = "a4", code: bool = False, lesson: int = 0
) -> dict[str, Path]:
    """Build every edition of the book at `root`, or only the booklet of a `lesson`, into `out`, else `_build/handout` of
    `root`; the files by name."""
    choose = partial(editions, code=code, lesson=lesson)
    return make(root, choose, out or Build(root).out / "handout", paper=paper, keep=bool(lesson))


def make(root: Path, choose: Callable, out: Path, *, paper: str = "a4", keep: bool = False) -> dict[str, Path]:
    """Build the editions that `choose` picks, given the chapters, into `out`; the files by name. Other PDF files that
    are there go, unless they are to be kept.

    The work is done in a folder of its own and moved when it is complete, so two builds at once do not collide.
    """
    if paper not in typeset.PAPERS:
        raise HandoutError(f"{paper!r} is not a paper size; use one of: {', '.join(typeset.PAPERS)}.")
    with stage("looking for the typesetter"):
        typeset.weasyprint()
    book = Build(root)
    book.out.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="handout-", dir=book.out) as folder:
        work = Path(folder)
        page = build_page(book, work)
        with stage("reading the page"):
            chapters = assemble.read_chapters(page, book.toc())
        set_editions(root, chapters, choose(chapters), paper, work)
        return _deliver([page.rename(work / PAGE), *work.glob("*.pdf")], out, keep=keep)


def set_editions(root: Path, chapters, chosen: dict[str, Edition], paper: str, folder: Path) -> None:
    """Typeset the `chosen` editions into `folder`, one process per core, each starting while the next is prepared."""
    cores = min(os.cpu_count() or 1, len(chosen))
    print(f"typesetting {len(chosen)} editions, {cores} at a time", flush=True)
    processes = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")  # none on Windows
    processes.set_forkserver_preload([__name__])
    told, waiting = about(Build(root)), {}
    with ProcessPoolExecutor(cores, processes, _start, (paper,)) as pool:
        for name, edition in chosen.items():
            html = assemble.edition_html(chapters, edition, book=told)
            waiting[pool.submit(_typeset, html, folder / f"{name}.pdf")] = folder / f"{name}.pdf"
        for done in as_completed(waiting):
            complaints, seconds = done.result()
            path = waiting[done]
            print(f"  {path.name}: {path.stat().st_size / 1000:,.0f} kB, {seconds:.1f} s", flush=True)
            for complaint in complaints:
                print(f"    {complaint}", flush=True)


def _deliver(made: list[Path], out: Path, *, keep: bool) -> dict[str, Path]:
    """Move what was `made` into `out`, where no other PDF stays unless it is to be kept."""
    out.mkdir(exist_ok=True)
    files = {path.stem: Path(shutil.move(path, out / path.name)) for path in made}
    for old in out.glob("*.pdf"):
        if not keep and old.stem not in files:
            old.unlink()
    return {name: path for name, path in sorted(files.items()) if path.suffix == ".pdf"}


_typesetter: typeset.Typesetter  # one for each process


def _start(paper: str):
    global _typesetter
    _typesetter = typeset.Typesetter(paper)


def _typeset(html: str, target: Path) -> tuple[list[str], float]:
    started = time.perf_counter()
    complaints = _typesetter.write_pdf(html, target)
    return complaints, time.perf_counter() - started


def run(*, paper: str = "a4", code: bool = False, lesson: int = 0) -> int:
    """Build every edition of the book in this folder, or a lesson's booklet; what is wrong is said on the error stream."""
    root = Path.cwd()
    try:
        Build(root).set_environment()
        main(root, paper=paper, code=code, lesson=lesson)
    except (BuildError, HandoutError, typeset.MissingTool) as error:
        print(f"\nThe handout was not built: {error}", file=sys.stderr)
        return 1
    return 0
