"""The Sphinx side of the book: figures, facts, questions, citations, pages made from the data, repairs of the theme."""

from __future__ import annotations

from caliphate_course.sphinx_ext import (
    citations,
    claims_list,
    explorer_figure,
    fact_role,
    notebook_download,
    printed,
    questions,
    reference_pages,
    theme,
    usage,
)


def setup(app):
    for part in (
        theme,
        explorer_figure,
        usage,
        citations,
        fact_role,
        questions,
        claims_list,
        reference_pages,
        notebook_download,
        printed,
    ):
        part.setup(app)
    app.add_css_file("apparatus.css")
    app.add_js_file("apparatus.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
