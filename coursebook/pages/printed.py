"""The media beside the web page: the single HTML page from which the handout is printed, and the notebook."""

from __future__ import annotations

from coursebook import third_party

PRINT_BUILDERS = ("singlehtml",)
NOTEBOOK = "notebook"
CONTENT = "content"  # a builder: pages in words, as in notebooks, with their questions as questions, for other programs


def is_printed(app) -> bool:
    """Whether this build is for paper: the single page, or any builder that writes neither HTML nor notebooks."""
    return app.builder.name in PRINT_BUILDERS or app.builder.format not in ("html", NOTEBOOK)


def is_notebook(app) -> bool:
    """Whether pages are being written as notebooks."""
    return app.builder.format == NOTEBOOK


def setup(app):
    app.connect("builder-inited", lambda app: third_party.share_html_handlers(app, PRINT_BUILDERS))
