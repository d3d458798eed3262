"""The course for a learning platform's list of modules: an IMS Common Cartridge 1.3.

A cartridge is thin: each lesson is a link to the site, which has to have an address. Its questions lie inside, as in
`quiz.py`, in the profile of QTI 1.2 that cartridges take. It is no “Thin Common Cartridge”, which may hold no questions.

Source of structure, names and types: the binding `ccv1p3_imscp_v1p2_v1p0.xsd` of 1EdTech and the rules told in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree
from lxml.builder import ElementMaker

from coursebook.build import BuildError
from coursebook.editions.packages import quiz
from coursebook.editions.packages.archive import write_zip
from coursebook.editions.packages.content import Materials, Page

FOLDER, MANIFEST = "cartridge", "imsmanifest.xml"
CP = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
WEB_LINK = "http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3"
LINK, QUIZ, PICTURE = "imswl_xmlv1p3", "imsqti_xmlv1p2/imscc_xmlv1p3/assessment", "webcontent"
PROFILE = quiz.Profile(
    {"cc_profile": "cc.exam.v0p1", "qmd_assessmenttype": "Examination", "cc_maxattempts": "unlimited"},
    {"cc_profile": "cc.multiple_choice.v0p1"},
)
_cp = ElementMaker(namespace=CP, nsmap={None: CP, "lom": LOM})
_lom = ElementMaker(namespace=LOM, nsmap={"lom": LOM})
_link = ElementMaker(namespace=WEB_LINK, nsmap={None: WEB_LINK})


class NoAddressError(BuildError):
    """Links want the address at which the site stands, and nobody has told it."""


@dataclass(frozen=True)
class Resource:
    """A thing in the cartridge: the file that tells it, its contents, and the identifiers of the pictures it shows."""

    id: str
    type: str
    title: str
    file: str
    content: str | bytes
    needs: tuple[str, ...] = ()


def make(materials: Materials, out: Path) -> None:
    """Write `cartridge/<course>.imscc`. Raises NoAddressError if the site has no address."""
    address = materials.about["base"]
    if not address:
        raise NoAddressError(
            "its links need the address at which the site stands: `make packages SITE=https://…`, or once and for all "
            "`baseurl` under `html:` in _config.yml."
        )
    (out / FOLDER).mkdir()
    write_zip(out / FOLDER / f"{materials.about['id']}.imscc", files(materials))


def files(materials: Materials) -> dict[str, str | bytes]:
    """What the cartridge holds, by name; the manifest first."""
    pages = {page.name: page for page in materials.content.lessons}
    parts = [
        (caption, [one for name in names if name in pages for one in _of_lesson(pages[name], materials)])
        for caption, names in materials.parts
    ]
    parts = [(caption, inside) for caption, inside in parts if inside]
    resources = {one.id: one for _, inside in parts for one in inside} | _pictures(materials)
    manifest = _manifest(materials.about, parts, list(resources.values()))
    return {MANIFEST: _xml(manifest), **{one.file: one.content for one in resources.values()}}


def _of_lesson(page: Page, materials: Materials) -> Iterator[Resource]:
    """The link to a lesson, then its questions."""
    address = f"{materials.about['base'].rstrip('/')}/{page.name}.html"
    link = _link.webLink(_link.title(page.heading), _link.url(href=address, target="_blank"))
    yield Resource(f"link-{page.slug}", LINK, page.heading, f"link-{page.slug}/link.xml", _xml(link))
    if page.questions:
        asked = quiz.quiz(page, materials.content)
        asked = replace(asked, heading=f"{asked.heading}: check yourself")
        needs = tuple(map(quiz.named, asked.images))
        text = quiz.assessment(asked, PROFILE)
        yield Resource(asked.id, QUIZ, asked.heading, f"{asked.id}/{asked.id}.xml", text, needs)


def _pictures(materials: Materials) -> dict[str, Resource]:
    images = quiz.images_of([quiz.quiz(page, materials.content) for page in materials.content.lessons])
    return {quiz.named(name): Resource(quiz.named(name), PICTURE, "", name, png) for name, png in images.items()}


def _manifest(book: dict[str, str], parts: list[tuple[str, list[Resource]]], resources: list[Resource]):
    """The manifest: a folder for each part, and what it names."""
    text = lambda words: _lom.string(words, language=book["language"])  # noqa: E731
    about = _lom.lom(_lom.general(_lom.title(text(book["title"])), _lom.description(text(book["subtitle"]))))
    folders = [
        _cp.item(
            _cp.title(caption),
            *(_cp.item(_cp.title(one.title), identifier=f"item-{one.id}", identifierref=one.id) for one in inside),
            identifier=f"part-{number}",
        )
        for number, (caption, inside) in enumerate(parts, start=1)
    ]
    return _cp.manifest(
        _cp.metadata(_cp.schema("IMS Common Cartridge"), _cp.schemaversion("1.3.0"), about),
        _cp.organizations(
            _cp.organization(_cp.item(*folders, identifier="root"), identifier="course", structure="rooted-hierarchy")
        ),
        _cp.resources(*map(_resource, resources)),
        identifier=f"{book['id']}-{book['version']}",
    )


def _resource(one: Resource):
    """A resource of the manifest; only pictures are told by an address of their own."""
    where = {"href": one.file} if one.type == PICTURE else {}
    needs = [_cp.dependency(identifierref=other) for other in one.needs]
    return _cp.resource(_cp.file(href=one.file), *needs, identifier=one.id, type=one.type, **where)


def _xml(element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, pretty_print=True)
