"""The media beside the web page: the single HTML page from which the handout is printed, and the notebook."""

from __future__ import annotations

PRINT_BUILDERS = ("singlehtml",)
NOTEBOOK = "notebook"


def is_printed(app) -> bool:
    """Whether this build is for paper: the single page, or any builder that writes neither HTML nor notebooks."""
    return app.builder.name in PRINT_BUILDERS or app.builder.format not in ("html", NOTEBOOK)


def is_notebook(app) -> bool:
    """Whether pages are being written as notebooks."""
    return app.builder.format == NOTEBOOK


def _share_html_handlers(app):
    """Let the single page draw what HTML pages draw.

    Sphinx falls back to an extension's `html` handlers only while nobody has registered any for the builder itself,
    and sphinx-exercise has, for its own nodes alone.
    """
    handlers = app.registry.translation_handlers
    if app.builder.name in PRINT_BUILDERS:
        handlers[app.builder.name] = {**handlers.get("html", {}), **handlers.get(app.builder.name, {})}


def setup(app):
    app.connect("builder-inited", _share_html_handlers)
