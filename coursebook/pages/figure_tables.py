"""A page for each table that is too long to stand under its figure, `tables/fig-….html`, so that a lesson is read sooner."""

from __future__ import annotations

from coursebook.figures import static
from coursebook.pages import state_role
from coursebook.pages.printed import is_printed
from coursebook.templating import render

FOLDER = "tables"


def page_of(name: str) -> str:
    """The page of the table of the figure of that name."""
    return f"{FOLDER}/{name}"


def _made(app):
    """The pages to write, as Sphinx asks for them: name, what is on it, template."""
    if is_printed(app):
        return
    labels = app.env.get_domain("std").anonlabels
    for path in sorted(state_role.kept(app.env, "").parent.glob("*.json")):
        if path.stem in labels and static.has_long_table(figure := state_role.figure_of(app.env, path.stem)):
            name = page_of(path.stem)
            lesson, anchor = labels[path.stem]
            home = f"{app.builder.get_relative_uri(name, lesson)}#{anchor}"
            number = state_role.number_of(app.env, path.stem)
            title = f"{number or 'A figure'} as a table"
            body = render("figure_table.html", figure=figure, title=title, number=number, home=home)
            yield name, {"title": title, "body": body}, "page.html"


def setup(app):
    app.connect("html-collect-pages", lambda app: list(_made(app)))
