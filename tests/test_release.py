"""A release of what was built, on small folders in place of the real ones."""

from __future__ import annotations

import hashlib
import shutil
import zipfile

import pytest
from conftest import ROOT

from coursebook.build import Build, BuildError
from coursebook.editions.packages import release


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
