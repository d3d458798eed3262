"""Fills in the package's templates, `templates/`, of everything that is written as HTML."""

from __future__ import annotations

from functools import cache

import jinja2


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("coursebook"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def render(template: str, **values) -> str:
    """The template of that name in `templates/`, filled in; values are escaped."""
    return _environment().get_template(template).render(**values)
