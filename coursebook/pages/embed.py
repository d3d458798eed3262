"""One small page per figure, `embed/fig-….html`: the figure without the book around it, for a frame in another page."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from coursebook import course
from coursebook.figures import static
from coursebook.pages import state_role
from coursebook.pages.figure_tables import page_of
from coursebook.pages.theme import content_security_policy, mode_script
from coursebook.templating import render

FOLDER = "embed"
SHEETS = ("course.css", "explorer.css", "chart-dark.css", "embed.css")


def book(config) -> dict:
    """What a citation or a picture says of the book; `base` is its address, or '' if it has none that is known."""
    return {
        "title": config.html_title or config.project,
        "version": course.current().version,
        "year": config.copyright,
        "licence": course.current().licence,
        "base": config.html_baseurl,
    }


def _tell_pages(app, pagename, templatename, context, doctree):
    context["course_book"] = static.script_data(book(app.config))


def _write(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    labels = app.env.get_domain("std").anonlabels
    for path in sorted(state_role.kept(app.env, "").parent.glob("*.json")):
        if path.stem in labels:
            (folder / f"{path.stem}.html").write_text(_page(app, path.stem, labels[path.stem]), encoding="utf-8")


def _page(app, name, label):
    figure = state_role.figure_of(app.env, name)
    page, anchor = label
    home = f"../{app.builder.get_target_uri(page)}"
    return render(
        "embed.html",
        figure=figure,
        number=state_role.number_of(app.env, name),
        body=static.figure_html(_light(figure), page=home, table=f"../{page_of(name)}.html"),
        home=f"{home}#{anchor}",
        book=book(app.config),
        book_data=static.script_data(book(app.config)),
        language=app.config.language,
        policy=content_security_policy(),
        mode_script=mode_script(),
        sheets=SHEETS,
    )


def _light(figure: dict) -> dict:
    """`figure` with one picture, until it is drawn for a phone."""
    empty = re.match(r"<svg[^>]*>", figure["svg_narrow"])[0] + "</svg>"
    return {**figure, "svg_narrow": empty}


def setup(app):
    app.connect("html-page-context", _tell_pages)
    app.connect("build-finished", _write)
