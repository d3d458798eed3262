"""The course for a learning platform's list of modules: an IMS Common Cartridge, 1.3 and 1.1.

A cartridge is thin: each lesson is a link to the site, which has to have an address. Its questions lie inside, as in
`quiz.py`, in the profile of QTI 1.2 that cartridges take. It is no “Thin Common Cartridge”, which may hold no questions.

The two differ in names alone. Canvas takes 1.3; Moodle knows a cartridge by the namespace of 1.1 (its
`backup/converter/imscc11`), and takes no later one. Source of structure, names and types: the binding
`ccv1p3_imscp_v1p2_v1p0.xsd` of 1EdTech and the rules told in it.
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
PICTURE = "webcontent"
PROFILE = quiz.Profile(
    {"cc_profile": "cc.exam.v0p1", "qmd_assessmenttype": "Examination", "cc_maxattempts": "unlimited"},
    {"cc_profile": "cc.multiple_choice.v0p1"},
)


class NoAddressError(BuildError):
    """Links want the address at which the site stands, and nobody has told it."""


@dataclass(frozen=True)
class Edition:
    """An edition of the standard by its number: the namespaces and types that are named after it."""

    version: str

    @property
    def _short(self) -> str:
        return f"v{self.version.replace('.', 'p')}"

    @property
    def cp(self) -> str:
        return f"http://www.imsglobal.org/xsd/imscc{self._short}/imscp_v1p1"

    @property
    def lom(self) -> str:
        return f"http://ltsc.ieee.org/xsd/imscc{self._short}/LOM/manifest"

    @property
    def web_link(self) -> str:
        return f"http://www.imsglobal.org/xsd/imscc{self._short}/imswl_{self._short}"

    @property
    def link(self) -> str:
        return f"imswl_xml{self._short}"

    @property
    def quiz(self) -> str:
        return f"imsqti_xmlv1p2/imscc_xml{self._short}/assessment"


EDITIONS = (Edition("1.3"), Edition("1.1"))


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
    """Write `cartridge/<course>-<edition>.imscc` for each edition. Raises NoAddressError if the site has no address."""
    address = materials.about["base"]
    if not address:
        raise NoAddressError(
            "its links need the address at which the site stands: `make packages SITE=https://…`, or once and for all "
            "`baseurl` under `html:` in _config.yml."
        )
    (out / FOLDER).mkdir()
    for edition in EDITIONS:
        write_zip(out / FOLDER / f"{materials.about['id']}-{edition.version}.imscc", files(edition, materials))


def files(edition: Edition, materials: Materials) -> dict[str, str | bytes]:
    """What a cartridge holds, by name; the manifest first."""
    pages = {page.name: page for page in materials.content.lessons}
    parts = [
        (caption, [one for name in names if name in pages for one in _of_lesson(edition, pages[name], materials)])
        for caption, names in materials.parts
    ]
    parts = [(caption, inside) for caption, inside in parts if inside]
    resources = {one.id: one for _, inside in parts for one in inside} | _pictures(materials)
    manifest = _manifest(edition, materials.about, parts, list(resources.values()))
    return {MANIFEST: _xml(manifest), **{one.file: one.content for one in resources.values()}}


def _of_lesson(edition: Edition, page: Page, materials: Materials) -> Iterator[Resource]:
    """The link to a lesson, then its questions."""
    wl = ElementMaker(namespace=edition.web_link, nsmap={None: edition.web_link})
    address = f"{materials.about['base'].rstrip('/')}/{page.name}.html"
    link = wl.webLink(wl.title(page.heading), wl.url(href=address, target="_blank"))
    yield Resource(f"link-{page.slug}", edition.link, page.heading, f"link-{page.slug}/link.xml", _xml(link))
    if page.questions:
        asked = quiz.quiz(page, materials.content)
        asked = replace(asked, heading=f"{asked.heading}: check yourself")
        needs = tuple(map(quiz.named, asked.images))
        text = quiz.assessment(asked, PROFILE)
        yield Resource(asked.id, edition.quiz, asked.heading, f"{asked.id}/{asked.id}.xml", text, needs)


def _pictures(materials: Materials) -> dict[str, Resource]:
    images = quiz.images_of([quiz.quiz(page, materials.content) for page in materials.content.lessons])
    return {quiz.named(name): Resource(quiz.named(name), PICTURE, "", name, png) for name, png in images.items()}


def _manifest(edition: Edition, book: dict[str, str], parts: list[tuple[str, list[Resource]]], held: list[Resource]):
    """The manifest: a folder for each part, and what it names."""
    cp = ElementMaker(namespace=edition.cp, nsmap={None: edition.cp, "lom": edition.lom})
    lom = ElementMaker(namespace=edition.lom, nsmap={"lom": edition.lom})
    text = lambda words: lom.string(words, language=book["language"])  # noqa: E731
    about = lom.lom(lom.general(lom.title(text(book["title"])), lom.description(text(book["subtitle"]))))
    folders = [
        cp.item(
            cp.title(caption),
            *(cp.item(cp.title(one.title), identifier=f"item-{one.id}", identifierref=one.id) for one in inside),
            identifier=f"part-{number}",
        )
        for number, (caption, inside) in enumerate(parts, start=1)
    ]
    return cp.manifest(
        cp.metadata(cp.schema("IMS Common Cartridge"), cp.schemaversion(f"{edition.version}.0"), about),
        cp.organizations(
            cp.organization(cp.item(*folders, identifier="root"), identifier="course", structure="rooted-hierarchy")
        ),
        cp.resources(*(_resource(cp, one) for one in held)),
        identifier=f"{book['id']}-{book['version']}",
    )


def _resource(cp: ElementMaker, one: Resource):
    """A resource of the manifest; only pictures are told by an address of their own."""
    where = {"href": one.file} if one.type == PICTURE else {}
    needs = [cp.dependency(identifierref=other) for other in one.needs]
    return cp.resource(cp.file(href=one.file), *needs, identifier=one.id, type=one.type, **where)


def _xml(element) -> bytes:
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True, pretty_print=True)
