"""`make packages`: each product in a line that says how many files it has, how large they are and how long they took."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from coursebook.build import Build, BuildError
from coursebook.editions.packages import cartridge, data, epub, quiz, scorm, worksheets
from coursebook.editions.packages.cartridge import NoAddressError
from coursebook.editions.packages.content import Materials

OUT = "dist"
PRODUCTS: dict[str, Callable[[Materials, Path], None]] = {
    "quiz": quiz.make,
    "data": data.make,
    "worksheets": worksheets.make,
    "epub": epub.make,
    "cartridge": cartridge.make,
    "scorm": scorm.make,
}


def write(book: Build, out: Path, only: str = "", lesson: int = 0) -> None:
    """Write the products, or the one called `only`, into `out`, where each replaces its last self when it is whole.

    A package of one `lesson` joins what is there. Raises BuildError if a product cannot be made; of all of them, one that
    only lacks the site's address is left out with a word.
    """
    if only and only not in PRODUCTS:
        raise BuildError(f"There is no package {only!r}. There are: {', '.join(PRODUCTS)}.")
    book.require_built()
    materials = Materials(book, lesson)
    for name in [only] if only else PRODUCTS:
        print(f"{name} ... ", end="", flush=True)
        try:
            print(_made(name, materials, out), flush=True)
        except NoAddressError as error:
            if only:
                raise
            print(f"left out: {error}", flush=True)


def _made(name: str, materials: Materials, out: Path) -> str:
    """Make one product and put it into `out`; how many files it has, how large they are and how long they took."""
    started = time.perf_counter()
    with TemporaryDirectory(prefix="packages-", dir=materials.book.out) as folder:
        PRODUCTS[name](materials, Path(folder))
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1000
        for made in Path(folder).iterdir():
            if not materials.lesson:
                _remove(out / made.name)
            shutil.copytree(made, out / made.name, dirs_exist_ok=True)
    return f"{len(files)} files, {size:,.0f} kB, {time.perf_counter() - started:.1f} s"


def _remove(old: Path) -> None:
    if old.is_dir():
        shutil.rmtree(old)
    else:
        old.unlink(missing_ok=True)


def run(only: str = "", lesson: int = 0) -> int:
    """Write the packages of the book in this folder; what is wrong is said on the error stream."""
    book = Build(Path.cwd())
    try:
        book.set_environment()
        write(book, book.root / OUT, only, lesson)
    except BuildError as error:
        print(f"\nThe packages were not written: {error}", file=sys.stderr)
        return 1
    return 0
