"""The lessons as notebooks that run where they land, and as executed notebooks for reading.

The sources are MyST Markdown, whose roles and directives Jupyter shows as they are written. `plain_notebook` turns a
page into a notebook in plain Markdown: figures in words with a link to their source, citations as links, questions
with their answers folded. The notebook carries the course's package and dataset (about 400 kB) in its first cell, so
that it needs neither the repository nor the book's address; the packages it lacks, or has too old, come from PyPI.

`python -m coursebook.editions.notebooks` writes them to `_build/notebooks`, with a zip of executed copies.
"""

from __future__ import annotations

import base64
import importlib
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import jupytext
import nbformat
import vl_convert
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import coursebook
from coursebook import course
from coursebook.build import Build, BuildError, read_notebook
from coursebook.figures import MIME_TYPE
from coursebook.figures.static import source_line
from coursebook.questions import LETTERS, VERDICTS, read_answers

ENGINE = Path(coursebook.__file__).parent
# What a notebook carries: everything but the tools that make the book.
NOT_CARRIED = (
    "pages",
    "editions",
    "static",
    "build.py",
    "environment.py",
    "questions.py",
    "claims_list.py",
    "__pycache__",
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
FOLDED = {"source_hidden": True}
SETUP_TAG = "course-setup"
PICTURE_SCALE = 1.5
SETUP = '''\
#@title Course setup: run this first {{display-mode: "form"}}
# Unpacks the course's package and dataset, which this notebook carries, and installs what they need from PyPI.
import base64, importlib.metadata, importlib.util, io, pathlib, subprocess, sys, tarfile, tempfile
from packaging.requirements import Requirement

def is_met(requirement):
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)

package = importlib.util.find_spec("{package}")
if package is None or package.origin is None:
    needed = {needed}
    missing = [requirement for requirement in needed if not is_met(Requirement(requirement))]
    if missing:
        subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *missing])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="{distribution}-"))
    archive = base64.b64decode("""
{archive}""")
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        packed.extractall(folder)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
'''
# Before the cell that the book leaves out (`remove-cell`), as its readers cannot change it.
INVITATION = """\
## Change a chart

The next cell makes a chart of this lesson again on other rows. Change it and run it (Shift+Enter).
The title and the words under the chart were written for all rows: do they still hold for yours?
Then move the chart from Python: in a new cell, look at `explorer.controls`, and set the `value` of one of them.
"""
INTRODUCTION = """\
> **{title}** from the course *{course}*, version {version}.
> Run the cells from top to bottom (Run ▸ Run All Cells). The first run needs the network if a package is missing.
> Then the charts answer to their controls, and `explorer.controls["…"].value = …` moves a chart from Python.
"""


@cache
def carried_archive() -> str:
    """Package and dataset as base64 lines of a tar file; the same bytes for the same contents."""
    subject = Path(importlib.import_module(course.current().package).__file__).parent
    files = [
        (f"{package.name}/{path.relative_to(package).as_posix()}", path)
        for package in (ENGINE, subject)
        for path in sorted(package.rglob("*"))
        if path.suffix in (".py", ".html", ".toml") and not set(path.relative_to(package).parts) & set(NOT_CARRIED)
    ]
    files += [(f"{subject.name}/_data/{path.name}", path) for path in _data_files()]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz", preset=9) as archive:
        for name, path in files:
            entry = tarfile.TarInfo(name)
            content = path.read_bytes()
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return base64.encodebytes(buffer.getvalue()).decode("ascii")


def _data_files() -> list[Path]:
    return sorted(path for path in course.data().folder.iterdir() if path.suffix in (".csv", ".json", ".topojson"))


def plain_notebook(page: Path, *, figures: Mapping[str, str], book: str, version: str):
    """`page` (a MyST notebook) as a notebook in plain Markdown that carries what it needs.

    `figures` maps the labels of figures to words ("Figure 2.1, “Most towns fell in 2017”"). Cells keep their order.
    """
    source = jupytext.read(page)
    title = _title_of(source) or page.stem
    markdown = PlainMarkdown(figures)
    cells = [
        new_markdown_cell(INTRODUCTION.format(title=title, course=book, version=version)),
        new_code_cell(
            SETUP.format(
                package=course.current().package,
                distribution=course.current().distribution,
                needed=metadata.requires(course.current().distribution),
                archive=carried_archive(),
            ),
            metadata={"jupyter": FOLDED, "tags": [SETUP_TAG]},
        ),
    ]
    for cell in source.cells:
        if cell.cell_type == "code":
            if "remove-cell" in cell.metadata.get("tags", []):
                cells.append(new_markdown_cell(INVITATION))
            cells.append(new_code_cell(cell.source, metadata=_kept(cell.metadata, in_solution=markdown.in_solution)))
        elif (text := markdown(cell.source)).strip():
            cells.append(new_markdown_cell(text))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "title": title})
    for position, cell in enumerate(notebook.cells):
        cell["id"] = f"{page.stem[:50]}-{position}"  # the same file for the same page
    return notebook


def _title_of(notebook) -> str:
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    match = re.search(r"^# (.+)$", texts, re.MULTILINE)
    return match[1] if match else ""


def _kept(metadata, *, in_solution: bool) -> dict:
    tags = {"tags": list(metadata["tags"])} if metadata.get("tags") else {}
    return tags | ({"jupyter": FOLDED} if in_solution else {})


class PlainMarkdown:
    """Turns a page's MyST Markdown, cell by cell, into Markdown that any notebook shows.

    Questions and exercises are numbered over the page. A solution that holds code cells goes over several cells;
    `in_solution` says whether the page stands in one after the cell that was turned last.
    """

    def __init__(self, figures: Mapping[str, str]):
        self._figures = figures
        self._question = 0
        self._exercises: dict[str, int] = {}
        self._cited: dict[str, None] = {}
        self._open_solution = ""

    def __call__(self, text: str) -> str:
        if self.in_solution:
            text = f"```{{solution-start}} {self._open_solution}\n```\n{text}"
        lines = [*self._blocks(text), *(SOLUTION_END if self.in_solution else ())]
        text = EMPTY_SOLUTION.sub(r"*\1: open the folded cell below.*" if self.in_solution else "", "\n".join(lines))
        return AS_IT_IS_OR_DOLLAR.sub(lambda match: DOLLAR if match[0] == "$" else match[0], text).strip("\n")

    @property
    def in_solution(self) -> bool:
        return bool(self._open_solution)

    def _blocks(self, text: str) -> Iterator[str]:
        """The lines of `text`, each role in words, each directive in its plain form, each label for links left out."""
        lines, done = text.split("\n"), 0
        for token in _parser().parse(text):
            directive = DIRECTIVE.match(token.info) if token.type in ("fence", "colon_fence") else None
            if directive or token.type == "myst_target":
                start, end = token.map
                yield from self._in_words(lines[done:start])
                if directive:
                    written = self._in_words(list(self._directive(*directive.groups(), token.content.splitlines())))
                    yield from _indented(lines[start].partition(token.markup)[0], written)
                done = end
        yield from self._in_words(lines[done:])

    def _directive(self, name: str, argument: str, body: list[str]) -> Iterator[str]:
        options, body = _options(body)
        write: Callable | None = getattr(self, f"_write_{name.replace('-', '_')}", None)
        if write is not None:
            yield from write(argument, options, body)
        elif name in ADMONITIONS:
            yield from _quoted(argument or ADMONITIONS[name], self._blocks("\n".join(body)))
        else:
            raise ValueError(f"The directive {{{name}}} has no plain form yet: add `_write_{name}` to PlainMarkdown.")

    def _write_question(self, argument, options, body):
        self._question += 1
        answers = read_answers(body)
        yield from (f"**Question {self._question}.** {argument}", "")
        for letter, answer in zip(LETTERS, answers, strict=False):
            yield f"- {letter}) {answer.text}"
        yield from ("", "<details><summary>Answers</summary>", "")
        for letter, answer in zip(LETTERS, answers, strict=False):
            yield f"- {letter}) **{VERDICTS[answer.right]}** {answer.feedback}"
        yield from ("", "</details>")

    def _write_exercise(self, argument, options, body):
        number = self._exercises.setdefault(options.get("label", argument), len(self._exercises) + 1)
        yield from (f"**Exercise {number}.** {argument}".rstrip(), "")
        yield from self._blocks("\n".join(body))

    def _write_solution_start(self, argument, options, body):
        self._open_solution = argument
        yield from (f"<details><summary>Solution to exercise {self._exercises[argument]}</summary>", "")

    def _write_solution_end(self, argument, options, body):
        self._open_solution = ""
        yield from SOLUTION_END

    def _write_claims_to_rate(self, argument, options, body):
        table = course.data().load("claims")
        for claim in table[table["teaches"]].itertuples():
            yield f"- **{claim.claim_id}** {_literally(claim.paraphrase)} *Rating: ______*"

    def _write_claims(self, argument, options, body):
        table = course.data().load("claims")
        for _, claim in table[table["article"] == argument].iterrows():
            from caliphate_course.claims_list import VERDICTS as CLAIM_VERDICTS
            from caliphate_course.claims_list import evidence

            words, (verdict, _) = _literally(claim["paraphrase"]), CLAIM_VERDICTS[claim["verdict"]]
            yield f"<details><summary><strong>{claim['claim_id']}</strong> {words}</summary>"
            yield from ("", f"**Verdict: {verdict}.** {evidence(claim)}", "", "</details>", "")

    def _write_lesson_sources(self, argument, options, body):
        table = course.data().sources(self._cited)
        for source in table.itertuples():
            yield f"- {_author(source)} ({source.year}). [{_title(source)}]({source.url})"

    def _in_words(self, lines: list[str]) -> list[str]:
        """`lines` with roles and footnotes, which Jupyter does not set, in words; code stays as it is."""
        return CODE_OR_MARKUP.sub(self._words, "\n".join(lines)).split("\n") if lines else []

    def _words(self, match) -> str:
        role, content = match["role"], match["content"]
        if match["note"]:
            return f"<sup>{match['note']}</sup>"
        if role is None:
            return match[0]
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
        fact = course.facts().resolve(reference)
        if not fact.source_ids:
            return fact.text
        self._cited.update(dict.fromkeys(fact.source_ids))
        source = next(course.data().sources(fact.source_ids[:1]).itertuples())
        how = "worked out here" if fact.is_worked_out else ""
        hover = ", ".join(part for part in (fact.who, how, fact.when, source.publisher) if part).replace('"', "'")
        return f'[{fact.text}]({source.url} "{hover}")'

    def _citation(self, role: str, keys: list[str]) -> str:
        self._cited.update(dict.fromkeys(keys))
        links = [f"[{_author(s)}, {s.year}]({s.url})" for s in course.data().sources(keys).itertuples()]
        return "; ".join(links) if role.endswith(":t") else f"({'; '.join(links)})"


# Two dollar signs in a paragraph would be a formula to a notebook: to MathJax but for the element, to KaTeX but for the backslash.
DOLLAR = r"<span>\$</span>"
CODE = (
    r"^[ >]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^[ >]*(?P=fence)[^\n]*$"  # a block
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\n).)*?(?<!`)(?P=ticks)(?!`)"  # a span
)
# Code and a link's address, in which a dollar sign stands for itself anyway; or a dollar sign.
AS_IT_IS_OR_DOLLAR = re.compile(rf"{CODE}|\]\([^)]*\)|\$", re.DOTALL | re.MULTILINE)
CODE_OR_MARKUP = re.compile(
    rf"{CODE}|\{{(?P<role>[\w:]+)\}}`(?P<content>[^`]+)`|\[\^(?P<note>[\w-]+)\]:?", re.DOTALL | re.MULTILINE
)
DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(.*)")  # after the fence: its name and argument
SOLUTION_END = ("", "</details>")
EMPTY_SOLUTION = re.compile(r"<details><summary>(Solution to exercise \d+)</summary>\s*</details>")
ADMONITIONS = {name: name.capitalize() for name in ("admonition", "note", "warning", "tip", "important", "caution")}


@cache
def _parser():
    """MyST's own parser of blocks. Its tokens know their lines, from which what needs no change is taken over."""
    from markdown_it.renderer import RendererHTML  # here, because only the build needs them
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    return create_md_parser(MdParserConfig(enable_extensions={"colon_fence"}), RendererHTML)


def _indented(prefix: str, lines: list[str]) -> Iterator[str]:
    """`lines` in the list item or the quotation whose first line starts with `prefix`."""
    for line in lines:
        yield f"{prefix}{line}".rstrip()
        prefix = re.sub("[^> ]", " ", prefix)


def _literally(words: str) -> str:
    """Words from the dataset in which neither Markdown nor HTML finds markup."""
    return re.sub(r"[\\`*_~|{}\[\]<>&]", lambda match: f"&#{ord(match[0])};", words)


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

    build, out = Build(root), root / "_build" / "notebooks"
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.ipynb"):
        old.unlink()
    build.execute(build.pages())  # what the book's build has executed comes from its cache
    cache_of_outputs, written = get_cache(str(build.cache)), []
    with zipfile.ZipFile(out / "executed-notebooks.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for page, name in file_names(root).items():
            notebook = built(root, page)
            nbformat.write(notebook, out / name)
            _, executed = cache_of_outputs.merge_match_into_notebook(read_notebook(page))
            _take_outputs(notebook, executed)
            archive.writestr(f"executed-notebooks/{name}", nbformat.writes(notebook))
            written.append(out / name)
    return written


def built(root: Path, page: Path):
    """The notebook that the built book offers with `page`."""
    return nbformat.read(Build(root).sources / page.relative_to(root).with_suffix(".ipynb"), as_version=4)


def file_names(root: Path) -> dict[Path, str]:
    """A name that sorts (`04-who-joined.ipynb`) for each lesson, in the book's order: the pages with code but the first,
    which shows what a chart is."""
    pages = [page for page in Build(root).pages()[1:] if is_notebook(page)]
    return {page: f"{number:02}-{page.stem}.ipynb" for number, page in enumerate(pages, start=1)}


def is_notebook(page: Path) -> bool:
    """Whether a page has code cells."""
    return "{code-cell}" in page.read_text(encoding="utf-8")


def _take_outputs(notebook, executed):
    """Give `notebook`'s cells the outputs of the page's, with each explorer as a picture."""
    ours = [
        cell for cell in notebook.cells if cell.cell_type == "code" and SETUP_TAG not in cell.metadata.get("tags", [])
    ]
    theirs = [cell for cell in executed.cells if cell.cell_type == "code"]
    for mine, other in zip(ours, theirs, strict=True):
        mine.execution_count = other.execution_count
        mine.outputs = [shown for output in other.outputs for shown in _pictured(output)]


def _pictured(output) -> list:
    """`output`; of an explorer its title, a picture and its texts. Viewers strip drawings from what they don't trust."""
    figure = output.get("data", {}).get(MIME_TYPE)
    if figure is None:
        return [output]
    picture = base64.b64encode(vl_convert.svg_to_png(figure["svg"], scale=PICTURE_SCALE)).decode("ascii")
    sources = source_line((source["publisher"] for source in figure["sources"]), figure["as_of"])
    return [
        new_output("display_data", {"text/markdown": f"**{figure['title']}**"}),
        new_output("display_data", {"image/png": picture, "text/plain": figure["description"]}),
        new_output("display_data", {"text/markdown": f"{figure['description']}\n\n{sources}"}),
    ]


def main() -> int:
    root = Path.cwd()
    book = Build(root)
    try:
        book.set_environment()
        book.require_built()
        written = write_all(root)
    except BuildError as error:
        print(f"The notebooks were not written: {error}", file=sys.stderr)
        return 1
    for path in written:
        print(f"{path.relative_to(root)}  {path.stat().st_size / 1000:,.0f} kB")
    archive = root / "_build" / "notebooks" / "executed-notebooks.zip"
    print(f"{archive.relative_to(root)}  {archive.stat().st_size / 1000:,.0f} kB, with outputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
