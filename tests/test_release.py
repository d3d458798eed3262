"""A release of what was built, on small folders in place of the real ones."""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
import zipfile
import zlib

import pytest
import small_book
from conftest import ROOT

from coursebook.build import Build, BuildError
from coursebook.editions.packages import release
from coursebook.pages.size_role import PATH, words_of_size


@pytest.fixture
def built(tmp_path) -> Build:
    for _, folder, _ in release.PARTS:
        (tmp_path / folder / "inner").mkdir(parents=True)
        (tmp_path / folder / "inner" / "file.txt").write_text(folder, encoding="utf-8")
    shutil.copy(ROOT / "_config.yml", tmp_path)
    return Build(tmp_path)


def released(book, name) -> dict[str, bytes]:
    out = book.root / name
    out.mkdir()
    return {path.name: path.read_bytes() for path in release.collect(book, out)}


def test_a_release_holds_every_part_and_its_checksums(built):
    files = released(built, "out")
    sums = files.pop(release.SUMS).decode().splitlines()
    assert sums == [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items()]
    assert [name.rpartition("-")[2] for name in files] == [f"{end}.zip" for end, _, _ in release.PARTS]
    for name, (_, folder, _) in zip(files, release.PARTS, strict=True):
        with zipfile.ZipFile(built.root / "out" / name) as archive:
            assert archive.namelist() == [f"{name.removesuffix('.zip')}/inner/file.txt"]
            assert archive.read(archive.namelist()[0]).decode() == folder


def test_what_has_changed_goes_along_where_it_is_told(built):
    (built.root / release.CHANGES).write_text("news", encoding="utf-8")
    files = released(built, "out")
    assert files[release.CHANGES] == b"news" and release.CHANGES in files[release.SUMS].decode()


def test_the_same_parts_make_the_same_release(built):
    assert released(built, "one") == released(built, "two")


def test_a_part_that_was_not_made_is_named_with_the_command(built):
    shutil.rmtree(built.root / "dist")
    with pytest.raises(BuildError, match="`make packages` first"):
        released(built, "out")


def test_what_was_made_is_measured_for_the_page_that_lists_it(built):
    """Of a folder with many files the largest: that is what somebody loads."""
    (built.root / "dist" / "ebook").mkdir()
    for size in (300, 1_607_995):
        (built.root / "dist" / "ebook" / f"{size}.epub").write_bytes(b"e" * size)
    out = built.root / "out"
    out.mkdir()
    found = release.sizes(built, release.collect(built, out))
    assert found["ebook"] == 1_607_995 and words_of_size(found["ebook"]) == "1.6 MB"
    assert found["site"] == next(out.glob("*-site.zip")).stat().st_size
    path = built.root / PATH
    path.parent.mkdir()
    path.write_text("cartridge = 7\nebook = 9\n", encoding="utf-8")
    release.note(built, found)
    noted = tomllib.loads(path.read_text(encoding="utf-8"))
    assert noted["ebook"] == 1_607_995 and noted["cartridge"] == 7, "without an address there is no cartridge"


@pytest.mark.book
def test_a_size_that_no_release_has_is_told_with_its_place(tmp_path):
    _, warnings = small_book.build(tmp_path, {"page": small_book.page("# Page\n\nIt has {size}`book`.\n")})
    assert re.search(r"book/page\.ipynb:\d+: WARNING: size: 'book' is not known", warnings)


def test_the_sizes_on_the_page_are_near_those_of_what_is_made(site):
    """A page that weighs the whole on a reader's line: told within a fifth, also when no release was made for long."""
    told = tomllib.loads((ROOT / PATH).read_text(encoding="utf-8"))
    files = [path for path in site.rglob("*") if path.is_file()]
    packed = sum(min(len(zlib.compress(path.read_bytes())), path.stat().st_size) for path in files)
    assert packed == pytest.approx(told["site"], rel=0.2), "run `make release`"
