"""The single HTML page from which the handout is printed."""

from __future__ import annotations

from coursebook import third_party

PRINT_BUILDERS = ("singlehtml",)


def is_printed(app) -> bool:
    """Whether this build is for paper: the single page, or any builder that writes no HTML."""
    return app.builder.name in PRINT_BUILDERS or app.builder.format != "html"


def setup(app):
    app.connect("builder-inited", lambda app: third_party.share_html_handlers(app, PRINT_BUILDERS))
