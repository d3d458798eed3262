"""The Sphinx side of the book: figures, facts, questions, citations, pages made from the data, repairs of the theme."""

from __future__ import annotations

import datetime
import os

from coursebook import course, third_party
from coursebook.pages import (
    citations,
    code_folds,
    embed,
    explorer_figure,
    fact_role,
    figure_tables,
    findable,
    formulas,
    grouped_citations,
    left_out,
    licences,
    minified,
    notice,
    present_role,
    printed,
    questions,
    reference_pages,
    rows,
    search,
    size_role,
    state_role,
    term_card,
    theme,
    usage,
)


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
    app.connect("env-before-read-docs", lambda app, env, pages: third_party.read_side_by_side(app))
    for part in (
        theme,
        minified,
        explorer_figure,
        figure_tables,
        embed,
        usage,
        left_out,
        citations,
        grouped_citations,
        fact_role,
        formulas,
        state_role,
        present_role,
        size_role,
        term_card,
        questions,
        code_folds,
        reference_pages,
        notice,
        rows,
        search,
        findable,
        licences,
        printed,
    ):
        part.setup(app)
    app.add_css_file("apparatus.css")
    app.add_js_file("apparatus.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
