"""The Sphinx side of the book: figures, facts, questions, citations, pages made from the data, repairs of the theme."""

from __future__ import annotations

import datetime
import os

from coursebook import course
from coursebook.pages import (
    citations,
    embed,
    explorer_figure,
    fact_role,
    notebook_download,
    printed,
    questions,
    reference_pages,
    state_role,
    term_card,
    theme,
    usage,
)

# Jupyter Book's own, which do not say whether pages may be read side by side. The first works once all is read, in the
# main process; the second on LaTeX, which this book does not write.
SILENT_EXTENSIONS = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def _use_every_core(app, env, docnames):
    """Read and write pages side by side, for which Jupyter Book has no option."""
    app.parallel = os.cpu_count() or 1
    for name in SILENT_EXTENSIONS:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def _use_course(app, config):
    """The course is known before any page is read; the build has named it, a bare `jupyter-book build` does it here."""
    if config.course and config.course != os.environ.get(course.NAMED):
        course.use(config.course)


def _fill_in(app, docname, source):
    """`|version|` and `|released|`, also in code: the version of the course and the day of its dataset."""
    released = datetime.date.fromisoformat(course.data().package()["created"][:10])
    for name, words in {"version": course.current().version, "released": f"{released.day} {released:%B %Y}"}.items():
        source[0] = source[0].replace(f"|{name}|", words)


def setup(app):
    app.connect("source-read", _fill_in)
    app.add_config_value("course", "", "env")
    app.connect("config-inited", _use_course, priority=100)
    app.connect("env-before-read-docs", _use_every_core)
    for part in (
        theme,
        explorer_figure,
        embed,
        usage,
        citations,
        fact_role,
        state_role,
        term_card,
        questions,
        reference_pages,
        notebook_download,
        printed,
    ):
        part.setup(app)
    app.add_css_file("apparatus.css")
    app.add_js_file("apparatus.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
