"""`make packages`: each product in a line that says how many files it has, how large they are and how long they took."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from coursebook.build import Build, BuildError
from coursebook.editions.packages import data, epub, quiz, worksheets
from coursebook.editions.packages.content import Materials

OUT = "dist"
PRODUCTS: dict[str, Callable[[Materials, Path], None]] = {
    "quiz": quiz.make,
    "data": data.make,
    "worksheets": worksheets.make,
    "epub": epub.make,
}


def write(book: Build, out: Path, only: str = "") -> None:
    """Write the products, or the one called `only`, into `out`, where each replaces its last self when it is whole."""
    if only and only not in PRODUCTS:
        raise BuildError(f"There is no package {only!r}. There are: {', '.join(PRODUCTS)}.")
    book.require_built()
    materials = Materials(book)
    for name in [only] if only else PRODUCTS:
        started = time.perf_counter()
        print(f"{name} ... ", end="", flush=True)
        with TemporaryDirectory(prefix="packages-", dir=book.out) as folder:
            PRODUCTS[name](materials, Path(folder))
            files = [path for path in Path(folder).rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / 1000
            out.mkdir(exist_ok=True)
            for made in Path(folder).iterdir():
                _replace(out / made.name, made)
        print(f"{len(files)} files, {size:,.0f} kB, {time.perf_counter() - started:.1f} s", flush=True)


def _replace(old: Path, made: Path) -> None:
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)
    shutil.move(made, old)


def run(only: str = "") -> int:
    """Write the packages of the book in this folder; what is wrong is said on the error stream."""
    book = Build(Path.cwd())
    try:
        book.set_environment()
        write(book, book.root / OUT, only)
    except BuildError as error:
        print(f"\nThe packages were not written: {error}", file=sys.stderr)
        return 1
    return 0
