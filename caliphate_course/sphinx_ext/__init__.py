"""The Sphinx side of the book: explorers as figures, facts in prose, pages made from the data, and the theme's repairs."""

from __future__ import annotations

from caliphate_course.sphinx_ext import explorer_figure, fact_role, theme


def setup(app):
    for part in (theme, explorer_figure, fact_role):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
