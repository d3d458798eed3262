"""The lessons as notebooks that run where they land, and as executed notebooks for reading.

The sources are MyST Markdown, whose roles and directives Jupyter shows as they are written. While the book is built,
each page with code is therefore written as plain Markdown too (`coursebook/editions/download.py`).
`plain_notebook` has the notebook carry the course's package and dataset (about 400 kB) in its first cell, so that it
needs neither the repository nor the book's address; the packages it lacks, or has too old, come from PyPI.

`python -m coursebook.editions.notebooks` writes them to `_build/notebooks`, with a zip of executed copies.
"""

from __future__ import annotations

import base64
import importlib
import io
import sys
import tarfile
import zipfile
from functools import cache
from importlib import metadata
from pathlib import Path

import nbformat
import vl_convert
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import coursebook
from coursebook import course
from coursebook.build import Build, BuildError
from coursebook.dataset import DESCRIPTOR
from coursebook.figures import MIME_TYPE
from coursebook.figures.static import source_line
from coursebook.page_text import is_notebook, read_notebook
from coursebook.pages.markdown import FOLDED

ENGINE = Path(coursebook.__file__).parent
# What a notebook carries: everything but the tools that make the book.
NOT_CARRIED = (
    "__main__.py",
    "atomic.py",
    "dependencies.py",
    "execution.py",
    "page_text.py",
    "third_party.py",
    "pages",
    "editions",
    "static",
    "build.py",
    "environment.py",
    "questions.py",
    "__pycache__",
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
SETUP_TAG = "course-setup"
PICTURE_SCALE = 1.5
SETUP = '''\
#@title Course setup: run this first {{display-mode: "form"}}
# Unpacks the course's package and dataset, which this notebook carries, and installs what they need from PyPI.
import base64, importlib.metadata, importlib.util, io, pathlib, subprocess, sys, tarfile, tempfile
from packaging.requirements import Requirement

if sys.version_info < {python}:
    raise RuntimeError(
        "This notebook needs Python {python[0]}.{python[1]} or newer, and this is Python %d.%d. "
        "Choose a newer kernel, or open the notebook on Colab." % sys.version_info[:2]
    )

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
    if any(Requirement(requirement).name == "anywidget" for requirement in missing):
        from IPython.display import Markdown, display
        display(Markdown("**Now save this notebook, reload this page in the browser, and run all cells again: the "
                         "charts have a part in the browser (anywidget), which was installed just now.**"))
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
EXECUTED = """\
> **{title}** from the course *{course}*, version {version}, as it ran when the book was built. Its charts stand still
> here; in the notebook that the book offers on the lesson's page they answer to their controls.
"""


@cache
def carried_archive() -> str:
    """Package and dataset as base64 lines of a tar file; the same bytes for the same contents."""
    subject = Path(importlib.import_module(course.current().package).__file__).parent
    files = [
        (f"{package.name}/{path.relative_to(package).as_posix()}", path)
        for package in (ENGINE, subject)
        for path in sorted(package.rglob("*"))
        if path.suffix in (".py", ".html", ".toml")
        and not path.name.startswith(".")
        and not set(path.relative_to(package).parts) & set(NOT_CARRIED)
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
    """The dataset's files, and nothing that a system or a person has left beside them."""
    dataset = course.data()
    names = [DESCRIPTOR, *(resource["path"] for resource in dataset.package()["resources"])]
    return sorted(dataset.folder / name for name in names)


def plain_notebook(name: str, cells: list, title: str, book: str):
    """A page's `cells` as a notebook that carries what it needs; the same file for the same cells."""
    distribution = course.current().distribution
    setup = SETUP.format(
        package=course.current().package,
        distribution=distribution,
        python=_oldest_python(distribution),
        needed=metadata.requires(distribution),
        archive=carried_archive(),
    )
    invited = [one for cell in cells for one in (*_invitation(cell), cell)]
    cells = [
        new_markdown_cell(_introduced(INTRODUCTION, title, book)),
        new_code_cell(setup, metadata={"jupyter": FOLDED, "tags": [SETUP_TAG]}),
        *invited,
    ]
    for position, cell in enumerate(cells):
        cell["id"] = f"{name.rpartition('/')[2][:50]}-{position}"
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "title": title})


def without_setup(notebook, introduction: str):
    """`notebook` where the course is at hand: its first cell says `introduction`, none unpacks the course."""
    notebook.cells = [cell for cell in notebook.cells if SETUP_TAG not in cell.metadata.get("tags", [])]
    notebook.cells[0].source = introduction
    return notebook


def _introduced(text, title, book) -> str:
    return text.format(title=title, course=book, version=course.current().version)


def _invitation(cell) -> list:
    """What stands before a cell that the book leaves out."""
    return [new_markdown_cell(INVITATION)] if "remove-cell" in cell.metadata.get("tags", []) else []


def _oldest_python(distribution: str) -> tuple[int, ...]:
    (oldest,) = [
        one for one in SpecifierSet(metadata.metadata(distribution)["Requires-Python"]) if one.operator == ">="
    ]
    return Version(oldest.version).release[:2]


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
            notebook = executed_copy(notebook, executed, build.config()["title"])
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


def executed_copy(notebook, executed, book: str):
    """`notebook` with the outputs of the page's cells in `executed`, each explorer as a picture, for any viewer."""
    notebook = without_setup(notebook, _introduced(EXECUTED, notebook.metadata.title, book))
    ours, theirs = ([cell for cell in one.cells if cell.cell_type == "code"] for one in (notebook, executed))
    for mine, other in zip(ours, theirs, strict=True):
        mine.execution_count = other.execution_count
        mine.outputs = [shown for output in other.outputs for shown in _pictured(output)]
    return notebook


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
