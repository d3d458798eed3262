"""What the packages are made of: the words of each page with figures and references filled in, as plain HTML.

A Sphinx builder of its own, `content`, resolves the pages as it does for notebooks, but leaves questions and exercises
as what they are. It starts from what the site's build has read, and writes one JSON file.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import vl_convert
from docutils import nodes
from markdown_it import MarkdownIt

from coursebook.build import Build
from coursebook.editions.about import about
from coursebook.editions.download import NotebookBuilder
from coursebook.figures import static
from coursebook.pages import state_role, usage
from coursebook.pages.printed import CONTENT
from coursebook.questions import Question, asked

FILE = "content.json"
PICTURE_SCALE = 2
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


@dataclass(frozen=True)
class Picture:
    """A figure in one state: the name of its file, the drawing (SVG), its title and what it says in words."""

    name: str
    svg: str
    title: str
    words: str
    sources: str

    @property
    def png(self) -> bytes:
        return _png(self.svg)


@dataclass(frozen=True)
class Exercise:
    """An exercise with its number in the book ("3.1"), its words and those of its solution, as HTML."""

    number: str
    text: str
    solution: str


@dataclass(frozen=True)
class Page:
    """A page of the book; `number` is that of a lesson, else ''. `figures` are the names of its figures, in order."""

    name: str
    number: str
    title: str
    questions: tuple[Question, ...]
    exercises: tuple[Exercise, ...]
    figures: tuple[str, ...]

    @property
    def slug(self) -> str:
        """A name for files, which sorts: '03-the-fall'."""
        stem = self.name.rpartition("/")[2]
        return f"{int(self.number):02}-{stem}" if self.number else stem

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class Content:
    """The pages in reading order; `pictures` are those that questions ask about or lessons open with."""

    pages: tuple[Page, ...]
    pictures: dict[tuple[str, str], Picture]

    @property
    def lessons(self) -> list[Page]:
        return [page for page in self.pages if page.number]


class ContentBuilder(NotebookBuilder):
    """Writes `content.json`."""

    name = CONTENT
    allow_parallel = False

    def get_outdated_docs(self) -> Iterator[str]:
        yield from self.env.found_docs

    def write(self, *_):
        pages = [asdict(self._page(name)) for name in usage.reading_order(self.env)]
        wanted = {tuple(one) for page in pages for question in page["questions"] for one in question["figures"]}
        wanted |= {(page["figures"][0], "") for page in pages if page["figures"]}
        pictures = [[*one, asdict(_picture(self.env, *one))] for one in sorted(wanted)]
        (Path(self.outdir) / FILE).write_text(json.dumps({"pages": pages, "pictures": pictures}), encoding="utf-8")

    def _page(self, name):
        doctree = self.env.get_doctree(name)
        figures = [one["names"][0] for one in doctree.findall(nodes.figure) if "explorer-figure" in one["classes"]]
        number, title = usage.lesson_number(self.env, name), self.env.titles[name].astext()
        if not any(node.tagname in ("question", "exercise_enumerable_node") for node in doctree.findall()):
            return Page(name, number, title, (), (), tuple(figures))
        _list_code(doctree)
        with self.resolved(name, doctree) as (doctree, writer):
            questions = asked(doctree, lambda node: _line(writer.line(node)))
            return Page(name, number, title, tuple(questions), tuple(_exercises(doctree, writer)), tuple(figures))


def _list_code(doctree):
    """A solution's code is told as it is written; what it gives, the notebook shows."""
    for cell in [one for one in doctree.findall(nodes.container) if one.get("nb_element") == "cell_code"]:
        code = next(cell.findall(nodes.literal_block), None)
        cell.replace_self([code] if code is not None else [])


def _exercises(doctree, writer):
    """Each exercise with its solution, which stands somewhere after it and names it."""
    solutions = {node["target_label"]: node for node in doctree.findall(lambda n: n.tagname == "solution_node")}
    for node in doctree.findall(lambda n: n.tagname == "exercise_enumerable_node"):
        solution = solutions.get(node["label"])
        told = _blocks(writer.blocks(solution[-1])) if solution is not None else ""
        yield Exercise(writer._number(node, "exercise"), _blocks(writer.blocks(node[-1])), told)


def _line(markdown: str) -> str:
    return _plain_dollars(_MARKDOWN.renderInline(markdown))


def _blocks(markdown: str) -> str:
    return _plain_dollars(_MARKDOWN.render(markdown))


def _plain_dollars(html: str) -> str:
    """No program that reads this takes two dollar signs for a formula, as notebooks do."""
    return re.sub(r"<span>(\$|&#36;)</span>", "$", html)


def _picture(env, name: str, query: str) -> Picture:
    figure = state_role.figure_of(env, name)
    state, _ = state_role.split(query)
    words = [figure["title"], *([state_role.words_of_state(env, name, query)] if state else []), figure["description"]]
    sources = static.source_line((one["publisher"] for one in figure["sources"]), figure["as_of"])
    file = re.sub(r"[^\w-]+", "-", f"{name}-{state}".strip("-"))
    return Picture(file, static.state_svg(figure, state), figure["title"], " ".join(words), sources)


@cache
def _png(svg: str) -> bytes:
    return vl_convert.svg_to_png(svg, scale=PICTURE_SCALE)


@dataclass(frozen=True)
class Materials:
    """What a package is made from: the built book, what it says of itself, and its content, which is read once.

    `lesson` is the number of the one lesson that is wanted, else 0; only SCORM makes a package of one.
    """

    book: Build
    lesson: int = 0

    @cached_property
    def about(self) -> dict[str, str]:
        return about(self.book)

    @cached_property
    def content(self) -> Content:
        return read(self.book)

    @cached_property
    def parts(self) -> list[tuple[str, list[str]]]:
        """The captions of the book's parts, each with the names of its pages, in order."""
        return [(part.caption or "", part.files()) for part in self.book.toc().root.subtrees]

    @cached_property
    def lessons(self) -> list[str]:
        """The names of the lessons, in order; known before any page is read."""
        return [name for part in self.book.toc().root.subtrees if part.numbered for name in part.files()]


def read(book: Build) -> Content:
    """The content of the built book. Raises BuildError if a page cannot be resolved."""
    with written(book, CONTENT) as folder:
        return loaded(json.loads((folder / FILE).read_text(encoding="utf-8")))


@contextmanager
def written(book: Build, builder: str) -> Iterator[Path]:
    """A folder, gone afterwards, with what Sphinx's `builder` writes of the built book. Raises BuildError if it cannot."""
    with book.alone(), TemporaryDirectory(prefix="packages-", dir=book.out) as folder:
        shutil.copytree(book.doctrees, Path(folder) / book.doctrees.name)
        book.sphinx(builder, Path(folder))
        yield Path(folder) / builder


def loaded(content: dict) -> Content:
    """Content as it was written to JSON."""
    pages = []
    for page in content["pages"]:
        questions = tuple(
            Question(one["number"], one["text"], tuple(map(tuple, one["answers"])), tuple(map(tuple, one["figures"])))
            for one in page["questions"]
        )
        exercises = tuple(Exercise(**one) for one in page["exercises"])
        whole = {"questions": questions, "exercises": exercises, "figures": tuple(page["figures"])}
        pages.append(Page(**{**page, **whole}))
    return Content(tuple(pages), {(name, state): Picture(**one) for name, state, one in content["pictures"]})


def setup(app):
    app.add_builder(ContentBuilder)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
