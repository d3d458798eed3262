"""A small book of figures for tests of pages in a browser: built in seconds, from what its notebooks would have given."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.testing.util import SphinxTestApp

CONF = """
project = "Small book"
copyright = "2026"
html_title = "A small book"
extensions = ["myst_nb", "sphinx_exercise", "coursebook.pages"]
course = "caliphate_course.course:COURSE"
html_theme = "sphinx_book_theme"
root_doc = "book/index"
nb_execution_mode = "off"
numfig = True
myst_enable_extensions = ["colon_fence"]


def setup(app):
    # In one process: a thread of vl-convert, which another test may have started, does not live on in a forked one.
    app.connect("env-before-read-docs", lambda app, *_: setattr(app, "parallel", 1), priority=900)
"""


def page(*parts) -> nbformat.NotebookNode:
    """A page of texts (Markdown) and figures (MIME bundles, as a run of the cell leaves them), in this order."""
    cells = [
        new_markdown_cell(part)
        if isinstance(part, str)
        else new_code_cell("explorer", outputs=[new_output("execute_result", data=part, execution_count=1)])
        for part in parts
    ]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python", "pygments_lexer": "python"}})


def build(folder: Path, pages: dict[str, nbformat.NotebookNode], builder: str = "html") -> tuple[SphinxTestApp, str]:
    """Build the book whose first page is `index`, which lists the others; returns the app and its warnings."""
    source = folder / "source"
    (source / "book").mkdir(parents=True, exist_ok=True)
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    listed = "\n".join(name for name in pages if name != "index")
    front = page(f"# Index\n\n```{{toctree}}\n:numbered:\n\n{listed}\n```\n")
    for name, notebook in {"index": front, **pages}.items():
        nbformat.write(notebook, source / "book" / f"{name}.ipynb")
    app = SphinxTestApp(builder, srcdir=source, builddir=folder / f"build-{builder}")
    app.build()
    warnings = re.sub(r"\x1b\[[\d;]*m", "", app.warning.getvalue())
    # Several apps in one process register the same nodes again; a real build is one app.
    return app, "".join(line for line in warnings.splitlines(keepends=True) if "already registered" not in line)
