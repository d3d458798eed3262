"""The course as an e-book, EPUB 3, by Sphinx's own builder.

Sphinx writes each page, resolves the links between them and makes the package. What it leaves out stands here: chapters
whose notes, answers and drawings suit a reader of books (`chapters.py`), parts and landmarks in the contents, metadata on
accessibility, a cover, and the same bytes for the same book.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from xml.etree import ElementTree

import vl_convert
from docutils import nodes
from markupsafe import Markup
from sphinx import addnodes
from sphinx.builders.epub3 import Epub3Builder

from coursebook import course
from coursebook.build import Build, BuildError
from coursebook.editions.about import about
from coursebook.editions.packages import chapters
from coursebook.editions.packages.archive import write_zip
from coursebook.editions.packages.chapters import IMAGES, SUFFIX, Chapter
from coursebook.editions.packages.content import Materials, written
from coursebook.pages import state_role, usage
from coursebook.pages.printed import EPUB
from coursebook.templating import render

FOLDER = "ebook"
TEMPLATES = Path(__file__).parents[2] / "templates" / "packages" / "epub"
STYLES = Path(__file__).with_name("epub.css")
TITLE_PAGE, COVER_PAGE, COVER = f"title{SUFFIX}", f"cover{SUFFIX}", f"{IMAGES}/cover.png"
MIMETYPE = "application/epub+zip"
LETTERS_OF_TITLE, LETTERS_OF_SUBTITLE = 20, 44  # in a line of the cover
BOOK = "package"  # the folder of what goes into the zip


def make(materials: Materials, out: Path) -> None:
    """Write `ebook/<course>.epub`. Raises BuildError if a page cannot be written."""
    with written(materials.book, EPUB) as pages:
        (out / FOLDER).mkdir()
        shutil.move(next((pages / BOOK).glob("*.epub")), out / FOLDER)


@dataclass(frozen=True)
class Entry:
    """A line of the contents: how deep it stands, where it leads, its words. One without words is only read in order."""

    level: int
    address: str
    words: str


@dataclass(frozen=True)
class Part:
    """A part of the course: the name of its own page, its caption, its pages. The first page stands before all parts."""

    file: str
    caption: str
    pages: list[str]


class EpubBuilder(Epub3Builder):
    """Sphinx's builder of EPUB 3 in the form that this engine needs: another `epub` in its place."""

    def init(self) -> None:
        super().init()
        self.about = about(Build(Path(self.app.srcdir)))
        told, config = self.about, self.config
        config.version = told["version"]
        config.epub_title, config.epub_author, config.epub_language = told["title"], told["author"], told["language"]
        config.epub_publisher, config.epub_copyright = told["author"], told["licence"]
        config.epub_description = told["subtitle"]
        config.epub_basename, config.epub_uid = told["id"], "identifier"
        config.epub_identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{told['id']}/{told['version']}").urn
        config.epub_show_urls, config.epub_tocdup, config.epub_tocscope = "no", False, "includehidden"
        config.epub_use_index = self.use_index = False

    def handle_page(self, pagename, addctx, templatename="page.html", outfilename=None, event_arg=None) -> None:
        """Keep what Sphinx made of the page; it needs no frame of a web page."""
        if "body" in addctx:
            path = self._kept(pagename)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(addctx["body"], encoding="utf-8")

    def _kept(self, page: str) -> Path:
        return Path(self.outdir) / "pages" / f"{page}.html"

    def handle_finish(self) -> None:
        """Write the chapters into a folder of their own, of which Sphinx makes the package."""
        made, parts, out = self._chapters(), list(self._parts()), self.outdir
        self.outdir = Path(out) / BOOK
        (self.outdir / IMAGES).mkdir(parents=True)
        shutil.copy(STYLES, self.outdir / STYLES.name)
        self._write_front()
        for chapter in made.values():
            self._write_chapter(chapter)
        for part in parts:
            inside = [made[name] for name in part.pages]
            if part.caption:
                self._write(part.file, "part.xhtml", title=part.caption, chapters=inside, up="")
        self._contents = list(_contents(parts, made))
        self.template_dir = str(self._templates())
        super().handle_finish()
        self.outdir = out  # where extensions write what they still have to

    # Pages -----------------------------------------------------------------------------------------------------------

    def _chapters(self) -> dict[str, Chapter]:
        made = {}
        for name in usage.reading_order(self.env):
            number = usage.lesson_number(self.env, name)
            html = self._kept(name).read_text(encoding="utf-8")
            made[name] = chapters.read(html, name, number, live=lambda *at, name=name: self._live(name, *at))
        if (answers := course.current().answers_page) in made:
            chapters.list_answers(made[answers], made.values())
        sources = course.current().sources_page
        entries = made[sources].section.select(".source-list > li[id]") if sources in made else []
        for chapter in made.values():
            chapters.add_notes(chapter, {entry["id"]: entry for entry in entries}, f"{sources}{SUFFIX}")
        made |= {
            beside.name: beside for one in list(made.values()) if one.tables for beside in [chapters.tables_of(one)]
        }
        chapters.finish(list(made.values()))
        return made

    def _live(self, page: str, figure: str, section: str) -> str:
        """Where a chart can be operated: its address, or where to find it in a course without one."""
        if self.about["base"]:
            return f'<a href="{self.about["base"].rstrip("/")}/{page}.html#{figure}">Live chart</a>'
        title = self.env.titles[page].astext()
        return f"Live chart: on the course’s pages, “{escape(title)}”" + (
            f", “{escape(section)}”" if section != title else ""
        )

    def _parts(self) -> Iterator[Part]:
        root = self.config.root_doc
        yield Part("", "", [root])
        toctrees = self.env.get_doctree(root).findall(addnodes.toctree)
        for number, toctree in enumerate(toctrees, start=1):
            pages = [page for _, page in toctree["entries"]]
            yield Part(f"part-{number}{SUFFIX}", toctree["caption"] or "", pages)

    def _write_front(self) -> None:
        (self.outdir / COVER).write_bytes(_cover(self._first_map(), self.about))
        self._write(COVER_PAGE, "cover.xhtml", title=self.about["title"], image=COVER, up="")
        self._write(TITLE_PAGE, "title.xhtml", title=self.about["title"], about=self.about, up="")

    def _first_map(self) -> dict | None:
        """The first figure with a projection, else the first one; none of a book without figures."""
        doctrees = (self.env.get_doctree(page) for page in usage.reading_order(self.env))
        figures = [
            one for tree in doctrees for one in tree.findall(nodes.figure) if "explorer-figure" in one["classes"]
        ]
        payloads = [state_role.figure_of(self.env, one["names"][0]) for one in figures]
        maps = (one for one in payloads if '"projections"' in json.dumps(one["vega"]))
        return next(maps, payloads[0] if payloads else None)

    def _write_chapter(self, chapter: Chapter) -> None:
        for file, svg in chapter.drawings.items():
            (self.outdir / file).write_text(svg, encoding="utf-8")
        role = (
            "bibliography"
            if chapter.name == course.current().sources_page
            else "chapter"
            if chapter.number
            else "appendix"
        )
        chapter.section.attrs |= {"epub:type": role, "role": f"doc-{role}"}
        self._write(chapter.file, "chapter.xhtml", title=chapter.label, chapter=chapter, up=chapter.up)

    def _write(self, file: str, template: str, **values) -> None:
        """Write a page of the book. Raises BuildError with its place if it is not XML, which no reading system opens."""
        text = render(f"packages/epub/{template}", language=self.about["language"], styles=STYLES.name, **values)
        path = Path(self.outdir) / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        try:
            ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            raise BuildError(
                f"{file}: an e-book wants XML, and this page is none: {error}. Mend the HTML on it."
            ) from error

    # The package -----------------------------------------------------------------------------------------------------

    def _templates(self) -> Path:
        """Sphinx's templates of the package, and ours in the place of two of them."""
        folder = Path(self.outdir).with_name("templates")
        shutil.copytree(self.template_dir, folder)
        for name in ("content.opf.jinja", "nav.xhtml.jinja"):
            shutil.copy(TEMPLATES / name, folder / name)
        return folder

    def get_toc(self) -> None:
        """The contents: parts, lessons, sections."""
        self.refnodes = [
            {"level": entry.level, "refuri": escape(entry.address), "text": escape(entry.words)}
            for entry in self._contents
        ]

    def content_metadata(self) -> dict:
        """What the package says of the book; its day is that of the dataset, and not of the build."""
        day = self.about["released"]
        return {
            **super().content_metadata(),
            "date": day,
            "modified": f"{day}T00:00:00Z",
            "book": self.about,
            "cover_image": COVER,
            "cover_id": self.make_id(COVER),
        }

    def navigation_doc_metadata(self, navlist) -> dict:
        """The contents, with landmarks."""
        first = next(entry.address for entry in self._contents if entry.level == 2)
        return {
            **super().navigation_doc_metadata(navlist),
            "cover": COVER_PAGE,
            "first": first,
            "title_page": TITLE_PAGE,
        }

    def toc_metadata(self, level, navpoints) -> dict:
        """The contents for old reading systems, which want the book's identifier there."""
        return {**super().toc_metadata(level, navpoints), "uid": self.config.epub_identifier}

    def build_epub(self) -> None:
        """Zip the package, without hours of writing."""
        out = Path(self.outdir)
        names = ["META-INF/container.xml", "content.opf", "toc.ncx", *self.files]
        files = {name: (out / name).read_bytes() for name in names}
        write_zip(out / f"{self.config.epub_basename}.epub", files, first=("mimetype", MIMETYPE))


def _contents(parts: list[Part], made: dict[str, Chapter]) -> Iterator[Entry]:
    yield Entry(1, COVER_PAGE, "")
    yield Entry(1, TITLE_PAGE, "About this edition")
    for part in parts:
        level = 1
        if part.caption:
            yield Entry(1, part.file, part.caption)
            level = 2
        for chapter in (made[name] for name in part.pages):
            yield Entry(level, chapter.file, chapter.label)
            for name, words in chapter.sections:
                yield Entry(level + 1, f"{chapter.file}#{name}", words)


def _cover(figure: dict | None, told: dict) -> bytes:
    """The cover as PNG: title, subtitle, a drawing of the book, author."""
    svg = figure["svg_narrow"] if figure else '<svg viewBox="0 0 1 1"></svg>'
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    cover = render(
        "packages/epub/cover.svg",
        book=told,
        title=_broken(told["title"], LETTERS_OF_TITLE),
        subtitle=_broken(told["subtitle"], LETTERS_OF_SUBTITLE),
        drawing=Markup(re.sub(r"^<svg[^>]*>|</svg>\s*$", "", svg)),
        width=width,
        height=height,
    )
    return vl_convert.svg_to_png(cover, scale=1)


def _broken(text: str, most: int) -> list[str]:
    """`text` in lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def setup(app):
    app.add_builder(EpubBuilder, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
