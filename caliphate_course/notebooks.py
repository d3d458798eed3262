"""The lessons as notebooks that run where they land, and as executed notebooks for reading.

The sources are MyST Markdown, whose roles and directives Jupyter shows as they are written. `plain_notebook` turns a
page into a notebook in plain Markdown: figures in words with a link to their source, citations as links, questions
with their answers folded. The notebook carries the course's package and dataset (about 350 kB) in its first cell, so
that it needs neither the repository nor the book's address; the packages it lacks come from PyPI.

`python -m caliphate_course.notebooks` writes them to `_build/notebooks`, with a zip of executed copies.
"""

from __future__ import annotations

import base64
import io
import os
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from caliphate_course import data, facts
from caliphate_course.explorer import MIME_TYPE
from caliphate_course.explorer.live import BUILD_FLAG

PACKAGE = Path(__file__).parent
# What a notebook carries: everything but the tools that make the book.
NOT_CARRIED = ("sphinx_ext", "handout", "static", "build.py", "notebooks.py", "__pycache__")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
FOLDED = {"source_hidden": True}
SETUP = '''\
#@title Course setup: run this first {{display-mode: "form"}}
# Unpacks the course's package and dataset, which this notebook carries, and installs what they need from PyPI.
import base64, importlib.util, io, pathlib, subprocess, sys, tarfile, tempfile

course = importlib.util.find_spec("caliphate_course")
if course is None or course.origin is None:
    needed = {{"altair": "altair>=6,<7", "anywidget": "anywidget", "frictionless": "frictionless>=5.18",
              "ipywidgets": "ipywidgets>=8,<9", "pandas": "pandas>=2.2", "shapely": "shapely>=2",
              "vl_convert": "vl-convert-python>=1.9"}}
    missing = [package for module, package in needed.items() if importlib.util.find_spec(module) is None]
    if missing:
        subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *missing])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="caliphate-course-"))
    archive = base64.b64decode("""
{archive}""")
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        packed.extractall(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
'''
INTRODUCTION = """\
> **{title}** from the course *{course}*, version {version}.
> Run the cells from top to bottom (Run ▸ Run All Cells): the charts answer to their controls, and
> `explorer.controls["…"].value = …` moves a chart from Python.
"""


@cache
def carried_archive() -> str:
    """Package and dataset as base64 lines of a tar file; the same bytes for the same contents."""
    files = [
        (f"caliphate_course/{path.relative_to(PACKAGE).as_posix()}", path)
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in (".py", ".html") and not set(path.relative_to(PACKAGE).parts) & set(NOT_CARRIED)
    ]
    files += [(f"caliphate_course/_data/{path.name}", path) for path in _data_files()]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz", preset=9) as archive:
        for name, path in files:
            entry = tarfile.TarInfo(name)
            content = path.read_bytes()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return base64.encodebytes(buffer.getvalue()).decode("ascii")


def _data_files() -> list[Path]:
    return sorted(path for path in data.directory().iterdir() if path.suffix in (".csv", ".json", ".topojson"))


def plain_notebook(page: Path, *, figures: Mapping[str, str], course: str, version: str):
    """`page` (a MyST notebook) as a notebook in plain Markdown that carries what it needs.

    `figures` maps the labels of figures to words ("Figure 2.1, “Most towns fell in 2017”"). Cells keep their order.
    """
    source = jupytext.read(page)
    title = next((m[1] for cell in source.cells if (m := re.search(r"^# (.+)$", cell.source, re.M))), page.stem)
    markdown = PlainMarkdown(figures)
    cells = [
        new_markdown_cell(INTRODUCTION.format(title=title, course=course, version=version)),
        new_code_cell(SETUP.format(archive=carried_archive()), metadata={"jupyter": FOLDED, "tags": ["course-setup"]}),
    ]
    for cell in source.cells:
        if cell.cell_type == "code":
            cells.append(new_code_cell(cell.source, metadata=_kept(cell.metadata)))
        elif (text := markdown(cell.source)).strip():
            cells.append(new_markdown_cell(text))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "title": title})
    for position, cell in enumerate(notebook.cells):
        cell["id"] = f"{page.stem[:50]}-{position}"  # the same file for the same page
    return notebook


def _kept(metadata) -> dict:
    return {"tags": list(metadata["tags"])} if metadata.get("tags") else {}


class PlainMarkdown:
    """Turns a page's MyST Markdown into Markdown that any notebook shows; questions are numbered over the page."""

    def __init__(self, figures: Mapping[str, str]):
        self._figures = figures
        self._question = 0
        self._exercises: dict[str, int] = {}
        self._cited: dict[str, None] = {}

    def __call__(self, text: str) -> str:
        return self._roles("\n".join(self._blocks(text.split("\n")))).strip("\n")

    def _blocks(self, lines: list[str]) -> Iterator[str]:
        lines = list(lines)
        while lines:
            line = lines.pop(0)
            opening = re.match(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}\s*(?P<argument>.*)$", line)
            if opening is None:
                if re.match(r"^\(\S+\)=$", line):
                    continue  # a label for the book's links
                yield line
                continue
            body = []
            while lines and (end := lines.pop(0)).strip() != opening["fence"]:
                body.append(end)
            yield from self._directive(opening["name"], opening["argument"], body)

    def _directive(self, name: str, argument: str, body: list[str]) -> Iterator[str]:
        options, body = _options(body)
        write: Callable | None = getattr(self, f"_write_{name.replace('-', '_')}", None)
        if write is not None:
            yield from write(argument, options, body)
        elif name in ADMONITIONS:
            yield from _quoted(argument or ADMONITIONS[name], self._blocks(body))
        else:
            yield from ([argument] if argument else [])
            yield from self._blocks(body)

    def _write_question(self, argument, options, body):
        from caliphate_course.sphinx_ext.questions import read_answers

        self._question += 1
        answers = read_answers([argument_line for argument_line in body if argument_line.strip()])
        yield from (f"**Question {self._question}.** {argument}", "")
        for letter, answer in zip("abcdefgh", answers, strict=False):
            yield f"- {letter}) {answer.text}"
        yield from ("", "<details><summary>Answers</summary>", "")
        for letter, answer in zip("abcdefgh", answers, strict=False):
            yield f"- {letter}) **{'Right.' if answer.right else 'Not quite.'}** {answer.feedback}"
        yield from ("", "</details>")

    def _write_exercise(self, argument, options, body):
        number = self._exercises.setdefault(options.get("label", argument), len(self._exercises) + 1)
        yield from (f"**Exercise {number}.** {argument}".rstrip(), "")
        yield from self._blocks(body)

    def _write_solution_start(self, argument, options, body):
        yield f"**Solution to exercise {self._exercises.get(argument, '')}**"

    def _write_solution_end(self, argument, options, body):
        return ()

    def _write_solution(self, argument, options, body):
        yield from (f"<details><summary>Solution to exercise {self._exercises.get(argument, '')}</summary>", "")
        yield from self._blocks(body)
        yield from ("", "</details>")

    def _write_lesson_sources(self, argument, options, body):
        table = data.sources(self._cited)
        for source in table.itertuples():
            yield f"- {_author(source)} ({source.year}). [{_title(source)}]({source.url})"

    def _roles(self, text: str) -> str:
        text = re.sub(r"\[\^([\w-]+)\](:?)", r"<sup>\1</sup>", text)  # footnotes, which Jupyter does not set
        return re.sub(r"\{(?P<role>[\w:]+)\}`(?P<content>[^`]+)`", self._role, text)

    def _role(self, match) -> str:
        role, content = match["role"], match["content"]
        if role == "fact":
            return self._fact(content)
        if role.startswith("cite"):
            return self._citation(role, [key.strip() for key in content.split(",")])
        words, target = _target(content)
        if role in ("numref", "ref"):
            return words or self._figures.get(target, f"the figure `{target}`")
        if role == "doc":
            return words or f"*{target.rsplit('/', 1)[-1].replace('-', ' ').capitalize()}*"
        return words or target

    def _fact(self, reference: str) -> str:
        fact = facts.resolve(reference)
        if not fact.source_ids:
            return fact.text
        self._cited.update(dict.fromkeys(fact.source_ids))
        source = next(data.sources(fact.source_ids[:1]).itertuples())
        hover = ", ".join(part for part in (fact.who, fact.when, source.publisher) if part).replace('"', "'")
        return f'[{fact.text}]({source.url} "{hover}")'

    def _citation(self, role: str, keys: list[str]) -> str:
        self._cited.update(dict.fromkeys(keys))
        links = [f"[{_author(s)}, {s.year}]({s.url})" for s in data.sources(keys).itertuples()]
        return "; ".join(links) if role.endswith(":t") else f"({'; '.join(links)})"


ADMONITIONS = {name: name.capitalize() for name in ("admonition", "note", "warning", "tip", "important", "caution")}


def _quoted(title: str, body) -> Iterator[str]:
    yield from (f"> **{title}**", ">")
    for line in body:
        yield f"> {line}".rstrip()


def _options(body: list[str]) -> tuple[dict[str, str], list[str]]:
    options, body = {}, list(body)
    while body and (match := re.match(r"^:([\w-]+):\s*(.*)$", body[0])):
        options[match[1]] = match[2]
        body.pop(0)
    return options, body


def _target(content: str) -> tuple[str, str]:
    """('words', 'target') of a role's content, the words empty if there are none."""
    match = re.match(r"^(.*?)\s*<([^>]+)>$", content, re.S)
    return (match[1], match[2]) if match else ("", content)


def _author(source) -> str:
    author = source.author if isinstance(source.author, str) and source.author else source.publisher
    return author.replace("[", "(").replace("]", ")")


def _title(source) -> str:
    return source.title.replace("[", "").replace("]", "")


# The build products ------------------------------------------------------------------------------------------------


def write_all(root: Path) -> list[Path]:
    """Copy the notebooks of the built book to `_build/notebooks`, numbered, and zip executed copies of them."""
    from jupyter_cache import get_cache

    from caliphate_course.build import Build, read_notebook

    build, out = Build(root), root / "_build" / "notebooks"
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.ipynb"):
        old.unlink()
    build.execute(build.pages())  # what the book's build has executed comes from its cache
    cache_of_outputs, written = get_cache(str(build.cache)), []
    with zipfile.ZipFile(out / "executed-notebooks.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, page in enumerate(_lessons(build), start=1):
            built = build.html / "_sources" / page.relative_to(root).with_suffix(".ipynb")
            notebook = nbformat.read(built, as_version=4)
            target = out / f"{number:02}-{page.stem}.ipynb"
            nbformat.write(notebook, target)
            _, executed = cache_of_outputs.merge_match_into_notebook(read_notebook(page))
            _take_outputs(notebook, executed)
            archive.writestr(f"executed-notebooks/{target.name}", nbformat.writes(notebook))
            written.append(target)
    return written


def _lessons(build) -> list[Path]:
    return [page for page in build.pages() if is_notebook(page)]


def is_notebook(page: Path) -> bool:
    """Whether a page has code cells."""
    return "{code-cell}" in page.read_text(encoding="utf-8")


def _take_outputs(notebook, executed):
    """Give `notebook`'s cells the outputs of the page's; viewers get the drawn chart, not the book's own format."""
    ours = [cell for cell in notebook.cells if cell.cell_type == "code" and "course-setup" not in cell.metadata.get("tags", [])]
    theirs = [cell for cell in executed.cells if cell.cell_type == "code"]
    for mine, other in zip(ours, theirs, strict=True):
        mine.execution_count = other.execution_count
        mine.outputs = [_slim(output) for output in other.outputs]


def _slim(output):
    if MIME_TYPE in output.get("data", {}):
        del output["data"][MIME_TYPE]
        output["data"].pop("image/svg+xml", None)  # the HTML holds the same drawing
    return output


def main() -> int:
    root = Path.cwd()
    os.environ[BUILD_FLAG] = "1"
    os.environ["PYTHONPATH"] = str(root)  # kernels use the package of this checkout
    if not (root / "_build" / "html" / "_sources").is_dir():
        print("The book is not built yet: run `make book` first.", file=sys.stderr)
        return 1
    for path in write_all(root):
        print(f"{path.relative_to(root)}  {path.stat().st_size / 1000:,.0f} kB")
    archive = root / "_build" / "notebooks" / "executed-notebooks.zip"
    print(f"{archive.relative_to(root)}  {archive.stat().st_size / 1000:,.0f} kB, with outputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
