"""The media beside the web page: the single HTML page from which the handout is printed, the e-book, the notebook."""

from __future__ import annotations

from coursebook import third_party

EPUB = "epub"
PRINT_BUILDERS = ("singlehtml", EPUB)
NOTEBOOK = "notebook"
CONTENT = "content"  # a builder: pages in words, as in notebooks, with their questions as questions, for other programs


def is_printed(app) -> bool:
    """Whether this build is for what cannot be operated: the single page for paper, the e-book, or any builder that writes
    neither HTML nor notebooks."""
    return app.builder.name in PRINT_BUILDERS or app.builder.format not in ("html", NOTEBOOK)


def is_ebook(app) -> bool:
    """Whether pages are being written as the chapters of an e-book, where links lead somewhere and paper is no concern."""
    return app.builder.name == EPUB


def is_notebook(app) -> bool:
    """Whether pages are being written as notebooks."""
    return app.builder.format == NOTEBOOK


def setup(app):
    app.connect("builder-inited", lambda app: third_party.share_html_handlers(app, PRINT_BUILDERS))
