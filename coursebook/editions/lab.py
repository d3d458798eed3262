"""The lessons as copies to teach from: `make lab` writes them to the folder `lab` and opens JupyterLab there.

A page of `book/` opens as a notebook too, but shows the markup of which the book is made (`{fact}`, `{numref}`). The
copies are the book's downloads, in plain Markdown with all figures in words, without the first cell, which only a
computer without the course needs. They belong to whoever teaches: a copy that somebody has changed is left alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from coursebook.build import Build, BuildError
from coursebook.editions import notebooks

FOLDER = "lab"
INDEX = "index.ipynb"
# In a copy's metadata: the digest of what was written.
DIGEST = "coursebook_digest"
# What Jupyter writes into the metadata of notebooks and cells by itself, and what we do.
NOT_SET = {"execution", "kernelspec", "language_info", "signature", "trusted", "widgets", DIGEST}
INTRODUCTION = """\
> [All lessons]({index}). Run everything with *Run ▸ Run All Cells*: the charts then answer to their controls.
> This copy is yours to change; `make lab` leaves it alone from then on.
"""
WELCOME = """\
# {title}

Open a lesson, choose *Run ▸ Run All Cells*, and teach from it: each chart has its controls above it, and near the
end of each lesson *Change a chart* has a cell to change in front of the class.

{lessons}

---

These copies are yours. Once you have changed a cell (to run it is no change), `make lab` leaves that copy alone and
tells you so. To get a fresh one, rename yours and start `make lab` again.

To change the course itself, edit the pages in [`book/`](../book/index.md). They open as notebooks too, with the markup
that the book is made of; `make book` then makes the pages, and `make lab` the copies.
"""


def write(root: Path, folder: Path) -> list[Path]:
    """Write a copy of every lesson of the built book, and an index, to `folder`; the copies left as somebody made them."""
    folder.mkdir(parents=True, exist_ok=True)
    names = notebooks.file_names(root)
    introduction = INTRODUCTION.format(index=INDEX)
    copies = {page: notebooks.without_setup(notebooks.built(root, page), introduction) for page in names}
    kept = [folder / name for name in names.values() if _changed(folder / name)]
    for page, name in names.items():
        if folder / name not in kept:
            _write(copies[page], folder / name)
    if not _changed(folder / INDEX):
        numbered = enumerate(names.items(), start=1)
        links = {page: f"{number}. [{copies[page].metadata.title}]({name})" for number, (page, name) in numbered}
        _write(_index(Build(root), links), folder / INDEX)
    return kept


def _index(book: Build, links: dict[Path, str]):
    """The first notebook: `links`, a line for each lesson, under the captions of their parts."""
    lines = []
    for part in book.toc().root.subtrees:
        lessons = [links[page] for name in part.files() if (page := book.page(name)) in links]
        if lessons:
            lines += ["", *([f"**{part.caption}**", ""] if part.caption else []), *lessons]
    text = WELCOME.format(title=book.config()["title"], lessons="\n".join(lines).strip())
    return new_notebook(cells=[new_markdown_cell(text, id="welcome")], metadata={"kernelspec": notebooks.KERNEL})


def _write(notebook, path: Path) -> None:
    notebook.metadata[DIGEST] = _digest(notebook)
    nbformat.write(notebook, path)


def _changed(path: Path) -> bool:
    """Whether `path` holds something else than was written there; outputs do not count, nor what Jupyter notes itself."""
    if not path.is_file():
        return False
    content = path.read_bytes()
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        return notebook.metadata.get(DIGEST) != _digest(notebook)
    except Exception:  # nbformat fails in many ways on what is no notebook
        return True  # damaged, perhaps by an interrupted save: what is left of it is not ours to throw away


def _digest(notebook) -> str:
    """What a person can change: cells, what is set for them (folded, a slide, tags), what is noted of the notebook."""
    cells = [[cell.cell_type, cell.source, _set(cell.metadata), cell.get("attachments", {})] for cell in notebook.cells]
    text = json.dumps([cells, _set(notebook.metadata)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _set(metadata) -> dict:
    return {key: value for key, value in metadata.items() if key not in NOT_SET}


def serve(options: list[str]) -> int:
    """Open the copies in JupyterLab, with further `options` of its own such as `--no-browser`."""
    settings = os.environ | {"JUPYTER_CONFIG_PATH": str(Path.cwd() / "binder" / "jupyter")}
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container; else JupyterLab refuses to start
        options = ["--allow-root", *options]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ServerApp.root_dir=.",
        f"--LabApp.default_url=/lab/tree/{FOLDER}/{INDEX}",
    ]
    return subprocess.run([*command, *options], env=settings, check=False).returncode


def main() -> int:
    root = Path.cwd()
    try:
        book = Build(root)
        book.course()
        book.require_built()
        kept = write(root, root / FOLDER)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    for path in kept:
        print(f"{path.relative_to(root)} has your changes and was left alone; rename it to get a fresh copy.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
