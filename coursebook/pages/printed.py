"""The single HTML page from which the handout is printed."""

from __future__ import annotations

PRINT_BUILDERS = ("singlehtml",)


def is_printed(app) -> bool:
    """Whether this build is for paper: the single page, or any builder that writes no HTML."""
    return app.builder.name in PRINT_BUILDERS or app.builder.format != "html"


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
