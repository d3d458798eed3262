"""The cartridge for a learning platform's list of modules, opened by pyslet.

pyslet brings tests of the profile, as IMS wrote it for version 1.0; their rules for resources hold in later ones, where
names of namespaces and types alone are others. It reads the questions inside, too.
"""

from __future__ import annotations

import dataclasses
import re
import unittest
import warnings
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT

from coursebook.build import Build
from coursebook.editions.packages import build, cartridge, quiz
from coursebook.editions.packages.cartridge import NoAddressError
from coursebook.editions.packages.content import Materials

with warnings.catch_warnings():  # an old library: a comparison written with `is`
    warnings.simplefilter("ignore")
    from pyslet import imscc_profilev1p0, imscc_profilev1p1
    from pyslet import imsqtiv1p2p1 as qti1

pytestmark = [pytest.mark.book, pytest.mark.xdist_group("packages")]
SITE = "https://example.org/course"
EDITION, OLDER = cartridge.EDITIONS
SPACE = {"c": EDITION.cp, "l": EDITION.web_link}


@pytest.fixture(scope="module")
def addressed(materials) -> Materials:
    """What packages are made from, for a site that has an address."""
    told = dataclasses.replace(materials)
    vars(told).update(vars(materials), about={**materials.about, "base": SITE}, content=materials.content)
    return told


@pytest.fixture(scope="module")
def folder(addressed, tmp_path_factory) -> Path:
    """The newer cartridge, unpacked beside the older one."""
    out = tmp_path_factory.mktemp("cartridge")
    cartridge.make(addressed, out)
    made = list((out / cartridge.FOLDER).glob("*.imscc"))
    assert len(made) == len(cartridge.EDITIONS)
    for path in made:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            archive.extractall(out / path.stem.rpartition("-")[2])
    return out / EDITION.version


@pytest.fixture(scope="module")
def manifest(folder) -> ElementTree.Element:
    return ElementTree.parse(folder / cartridge.MANIFEST).getroot()


def test_the_modules_are_parts_with_a_link_and_questions_for_each_lesson(addressed, folder, manifest):
    files = {
        one.get("identifier"): one.find("c:file", SPACE).get("href")
        for one in manifest.iterfind(".//c:resource", SPACE)
    }
    told, linked = [], []
    for part in manifest.iterfind(".//c:organization/c:item/c:item", SPACE):
        inside = [
            (item.findtext("c:title", namespaces=SPACE), item.get("identifierref"))
            for item in part.iterfind("c:item", SPACE)
        ]
        told.append((part.findtext("c:title", namespaces=SPACE), [title for title, _ in inside]))
        linked += [files[name] for _, name in inside if name.startswith("link")]
    lessons = {page.name: page for page in addressed.content.lessons}
    words = lambda page: [page.heading, *([f"{page.heading}: check yourself"] if page.questions else [])]  # noqa: E731
    numbered = [(caption, [lessons[name] for name in names if name in lessons]) for caption, names in addressed.parts]
    assert told == [
        (caption, [each for page in inside for each in words(page)]) for caption, inside in numbered if inside
    ]
    urls = [ElementTree.parse(folder / file).find("l:url", SPACE).get("href") for file in linked]
    assert urls == [f"{SITE}/{name}.html" for name in lessons]
    built = [ROOT / "_build" / "html" / url.removeprefix(f"{SITE}/") for url in urls]
    assert all(path.is_file() for path in built)


def test_it_passes_the_profiles_tests_for_cartridges(folder):
    opened = imscc_profilev1p1.CommonCartridge(str(folder.with_name(OLDER.version)))
    assert len(opened.laoTable) > 10 and opened.cwcList
    result = unittest.TestResult()
    imscc_profilev1p0.CCTestSuite(opened).run(result)
    assert result.testsRun >= 8 and result.wasSuccessful(), result.failures + result.errors


def test_the_editions_differ_in_names_alone(folder):
    older = folder.with_name(OLDER.version)
    names = {path.relative_to(folder) for path in folder.rglob("*.*")}
    assert names == {path.relative_to(older) for path in older.rglob("*.*")}
    for name in names:
        new, old = ((where / name).read_bytes() for where in (folder, older))
        assert new.replace(b"v1p3", b"v1p1").replace(b"1.3.0", b"1.1.0") == old, name


def test_resources_honour_the_rules_of_version_1_3(folder, manifest):
    """What its schema adds as rules of Schematron: sets 2, 3, 5, 7, 8, 9 and 10."""
    resources = {one.get("identifier"): one for one in manifest.iterfind(".//c:resource", SPACE)}
    hrefs = [file.get("href") for one in resources.values() for file in one.iterfind("c:file", SPACE)]
    on_disk = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert sorted(hrefs) == sorted(on_disk - {cartridge.MANIFEST})
    for one in resources.values():
        needs = [each.get("identifierref") for each in one.iterfind("c:dependency", SPACE)]
        assert len(set(needs)) == len(needs) and all(resources[each].get("type") == cartridge.PICTURE for each in needs)
        assert (one.get("href") is None) == (one.get("type") != cartridge.PICTURE)
        assert one.get("type") == EDITION.quiz or not needs
    for item in manifest.iterfind(".//c:item[@identifierref]", SPACE):
        assert item.find("c:item", SPACE) is None and item.get("identifierref") in resources
    assert manifest.find("c:organizations/c:organization", SPACE).get("structure") == "rooted-hierarchy"


def test_the_questions_are_read_by_another_program_in_the_profile_of_cartridges(addressed, folder):
    asking = [quiz.quiz(page, addressed.content) for page in addressed.content.lessons if page.questions]
    assert asking
    for one in asking:
        path = folder / one.id / f"{one.id}.xml"
        document = qti1.QTIDocument(baseURI=path.as_uri())
        document.read()
        (section,) = document.root.Assessment.SectionMixin
        assert [read.title for read in section.SectionItemMixin] == [item.name for item in one.items]
        text = path.read_text(encoding="utf-8")
        assert text.count("cc.multiple_choice.v0p1") == len(one.items) and text.count("cc.exam.v0p1") == 1
        shown = set(re.findall(r"\$IMS-CC-FILEBASE\$/(images/[\w.-]+)", text))
        assert shown == set(one.images) and all((folder / name).is_file() for name in shown)


def test_without_an_address_it_is_refused_alone_and_left_out_of_the_whole(materials, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(build, "PRODUCTS", {"cartridge": cartridge.make})
    assert not materials.about["base"]
    with pytest.raises(NoAddressError, match="make packages SITE=https"):
        build.write(Build(ROOT), tmp_path / "dist", "cartridge")
    build.write(Build(ROOT), tmp_path / "dist")
    assert "left out: its links need the address" in capsys.readouterr().out
    assert not (tmp_path / "dist").exists()
