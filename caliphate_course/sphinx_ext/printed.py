"""The single HTML page from which the handout is printed."""

from __future__ import annotations

from caliphate_course.sphinx_ext.explorer_figure import PRINT_BUILDERS


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
