"""The built site for learning platforms that run SCORM: 1.2, and 2004 4th edition.

A package holds the whole site and needs no network. It is one object (SCO) that reports: the course, or with `LESSON=5`
one lesson, where it opens and whose questions alone count. What is reported, and when, `scorm.js` says; it speaks to the
platform by pipwerks' wrapper. The platforms' rules for manifests: ADL, SCORM 1.2 Content Aggregation Model, chapter 2.3;
SCORM 2004 4th Edition Content Aggregation Model, chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from coursebook.build import BuildError
from coursebook.editions.packages.archive import write_zip
from coursebook.editions.packages.content import Materials
from coursebook.templating import render

FOLDER, MANIFEST, LAUNCH, SITE = "scorm", "imsmanifest.xml", "index.html", "site/"
WRAPPER, SCRIPT = (Path(__file__).with_name(name) for name in ("scorm_api_wrapper.js", "scorm.js"))
# What the site holds for those who build on it, and no page needs.
LEFT_BEHIND = ("*.map", "objects.inv", "sitemap.xml", "llms.txt")


@dataclass(frozen=True)
class Edition:
    """An edition of SCORM: its number, what its manifest calls itself, the namespaces, and the attribute of an object."""

    version: str
    name: str
    schema_version: str
    cp: str
    adl: str
    kind: str


EDITIONS = (
    Edition(
        "1.2",
        "scorm-1.2",
        "1.2",
        "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
        "http://www.adlnet.org/xsd/adlcp_rootv1p2",
        "scormtype",
    ),
    Edition(
        "2004",
        "scorm-2004",
        "2004 4th Edition",
        "http://www.imsglobal.org/xsd/imscp_v1p1",
        "http://www.adlnet.org/xsd/adlcp_v1p3",
        "scormType",
    ),
)


@dataclass(frozen=True)
class Reported:
    """What a package reports on: its name for files, its title, where it opens, the pages whose questions count."""

    name: str
    title: str
    first: str
    counting: list[str]


def make(materials: Materials, out: Path) -> None:
    """Write `scorm/<course or lesson>-<edition>.zip` for each edition. Raises BuildError if there is no such lesson."""
    reported, site = reported_by(materials), site_files(materials.book.html)
    (out / FOLDER).mkdir()
    for edition in EDITIONS:
        made = files(edition, reported, site, materials.about)
        write_zip(out / FOLDER / f"{reported.name}-{edition.name}.zip", made)


def files(edition: Edition, reported: Reported, site: Mapping[str, bytes], book: dict) -> dict[str, str | bytes]:
    """What a package holds, by name; the manifest first."""
    settings = {"version": edition.version, "first": reported.first, "site": SITE, "counting": reported.counting}
    launch = render(
        "packages/scorm/launch.html",
        title=reported.title,
        language=book["language"],
        settings=settings,
        wrapper=WRAPPER.name,
        script=SCRIPT.name,
    )
    held = {LAUNCH: launch, **{script.name: script.read_bytes() for script in (WRAPPER, SCRIPT)}, **site}
    return {MANIFEST: _manifest(edition, reported, list(held), book), **held}


def reported_by(materials: Materials) -> Reported:
    """The course, or the lesson that was asked for."""
    lessons, number = materials.lessons, materials.lesson
    if not number:
        first = materials.book.toc().root.docname
        return Reported("whole-course", materials.about["title"], f"{first}.html", lessons)
    if number > len(lessons):
        raise BuildError(f"there is no lesson {number}: the course has {len(lessons)}.")
    page = materials.content.lessons[number - 1]
    return Reported(page.slug, page.heading, f"{page.name}.html", [page.name])


def site_files(html: Path) -> dict[str, bytes]:
    """The files of the built site, in the folder that they have in a package."""
    wanted = [path for path in sorted(html.rglob("*")) if path.is_file() and not any(map(path.match, LEFT_BEHIND))]
    return {f"{SITE}{path.relative_to(html).as_posix()}": path.read_bytes() for path in wanted}


def _manifest(edition: Edition, reported: Reported, names: list[str], book: dict) -> bytes:
    """The manifest: one object, with every file that it is made of."""
    cp = ElementMaker(namespace=edition.cp, nsmap={None: edition.cp, "adlcp": edition.adl})
    kind = {"identifier": "site", "type": "webcontent", "href": LAUNCH, f"{{{edition.adl}}}{edition.kind}": "sco"}
    manifest = cp.manifest(
        cp.metadata(cp.schema("ADL SCORM"), cp.schemaversion(edition.schema_version)),
        cp.organizations(
            cp.organization(
                cp.title(reported.title),
                cp.item(cp.title(reported.title), identifier="item", identifierref="site"),
                identifier="course",
            ),
            default="course",
        ),
        cp.resources(cp.resource(*(cp.file(href=name) for name in names), kind)),
        identifier=f"{book['id']}-{reported.name}",
        version=book["version"],
    )
    return etree.tostring(manifest, encoding="UTF-8", xml_declaration=True, pretty_print=True)
