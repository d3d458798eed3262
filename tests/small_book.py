"""Small books for tests of pages: built in seconds, from texts and from what notebooks would have given."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.testing.util import SphinxTestApp

from coursebook import page_text

CONF = """
project = "Small book"
copyright = "2026"
html_title = "A small book"
extensions = ["myst_nb", "sphinx_exercise", "coursebook.pages", "coursebook.editions.download"]
extensions += ["caliphate_course.claims_list"]
course = "caliphate_course.course:COURSE"
html_theme = "sphinx_book_theme"
root_doc = "book/index"
nb_execution_mode = "off"
numfig = True
myst_enable_extensions = ["colon_fence", "deflist"]


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


def build(
    folder: Path, pages: dict[str, str | nbformat.NotebookNode], builder: str = "html", setup: str = ""
) -> tuple[SphinxTestApp, str]:
    """Build the book of `pages`, each Markdown or a notebook; returns the app and its warnings.

    The first page is `index`; where none is given, it lists the others. `setup` are more lines of the settings' function
    of that name.
    """
    source = folder / "source"
    _write(source / "conf.py", CONF + setup)
    front = "# Index\n\n```{toctree}\n:numbered:\n\n" + "\n".join(pages) + "\n```\n"
    for name, content in {"index": page(front), **pages}.items():
        is_text = isinstance(content, str)
        text = content if is_text else nbformat.writes(content)
        _write(source / "book" / f"{name}{'.md' if is_text else '.ipynb'}", text)
    page_text.is_notebook.cache_clear()
    app = SphinxTestApp(builder, srcdir=source, builddir=folder / f"build-{builder}")
    app.build()
    warnings = re.sub(r"\x1b\[[\d;]*m", "", app.warning.getvalue())
    # Several apps in one process register the same nodes again; a real build is one app.
    return app, "".join(line for line in warnings.splitlines(keepends=True) if "already registered" not in line)


def _write(path: Path, text: str) -> None:
    """A file that would be the same is left alone: Sphinx reads again what is newer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
