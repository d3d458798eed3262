"""`make release`: what was built, as files to publish, with their checksums. It builds nothing itself."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path

from coursebook.build import Build, BuildError
from coursebook.editions.about import about
from coursebook.editions.packages.archive import write_zip
from coursebook.pages.size_role import PATH as SIZES

OUT, SUMS, CHANGES = "release", "SHA256SUMS", "CHANGELOG.md"
# What a release holds: the end of the archive's name, the folder it comes from, how that is made.
PARTS = (
    ("site", "_build/html", "make book"),
    ("notebooks", "_build/notebooks", "make notebooks"),
    ("handout", "_build/handout", "make handout"),
    ("packages", "dist", "make packages"),
)


def collect(book: Build, out: Path) -> list[Path]:
    """Write an archive of each part, what has changed, and a list of checksums, into the empty folder `out`.

    The same parts make the same archives. Raises BuildError naming what to run if a part has not been made.
    """
    told, written = about(book), []
    for end, folder, command in PARTS:
        files = sorted(path for path in (book.root / folder).rglob("*") if path.is_file())
        if not files:
            raise BuildError(f"{folder} has nothing to release: run `{command}` first.")
        name = f"{told['id']}-{told['version']}-{end}"
        inside = {f"{name}/{path.relative_to(book.root / folder).as_posix()}": path.read_bytes() for path in files}
        write_zip(out / f"{name}.zip", inside)
        written.append(out / f"{name}.zip")
    if (book.root / CHANGES).is_file():
        written.append(Path(shutil.copy(book.root / CHANGES, out / CHANGES)))
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in written)
    (out / SUMS).write_text(sums, encoding="utf-8")
    return [*written, out / SUMS]


def sizes(book: Build, released: list[Path]) -> dict[str, int]:
    """Bytes of each archive of `released` by the end of its name, and of the largest file of each folder of `dist`."""
    archives = {path.stem.rpartition("-")[2]: path.stat().st_size for path in released if path.suffix == ".zip"}
    folders = (path for path in sorted((book.root / PARTS[-1][1]).iterdir()) if path.is_dir())
    return archives | {
        folder.name: max(path.stat().st_size for path in folder.rglob("*") if path.is_file()) for folder in folders
    }


def note(book: Build, found: dict[str, int]) -> None:
    """Write what the role `{size}` tells; of what was not made, as a cartridge without an address, the last size stays."""
    path = book.root / SIZES
    known = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    lines = ["# Bytes of what the last release made, which `make release` writes and the role `{size}` tells."]
    lines += [f"{name} = {size}" for name, size in {**known, **found}.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run() -> int:
    """Release what the folder holds; what is missing is said on the error stream."""
    book = Build(Path.cwd())
    out = book.root / "_build" / OUT
    try:
        book.set_environment()
        out.mkdir(parents=True, exist_ok=True)
        for old in out.iterdir():
            old.unlink()
        released = collect(book, out)
        if not book.version.file:  # an own version is smaller
            note(book, sizes(book, released))
        for path in released:
            print(f"{path.relative_to(book.root)}  {path.stat().st_size / 1e6:,.1f} MB")
    except BuildError as error:
        print(f"\nNothing was released: {error}", file=sys.stderr)
        return 1
    return 0
