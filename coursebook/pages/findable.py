"""What search engines, reference managers and programs that read find on a page: description, Open Graph, citation,
JSON-LD; beside the pages each lesson in plain Markdown, listed in `llms.txt`.

The site's address is one setting, `html: baseurl:` in `_config.yml`. Without it goes all that needs none: a canonical
address, the preview's picture and the site map wait for it.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path

import vl_convert
from docutils import nodes
from sphinx.util.osutil import ensuredir

from coursebook import course
from coursebook.figures import static
from coursebook.page_text import is_notebook
from coursebook.pages import background, state_role, usage
from coursebook.pages.citations import DATA_FOLDER

LONGEST = 200  # of a description, in letters: about what search engines show
PICTURES, PICTURE_SCALE = "_static/previews", 1.5
LICENCES = {"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/"}
MARKDOWN = ".md"
ATTACHED = re.compile(r"!\[([^\]]*)\]\(attachment:[^)]*\)")
PLAIN_DOLLAR = re.compile(r"<span>(?:\\\$|&#36;)</span>")


def description(env, page: str) -> str:
    """The first sentences of a page, as many as a search engine shows; no citation, figures filled in."""
    paragraphs = env.get_doctree(page).findall(nodes.paragraph)
    first = next((one for one in paragraphs if isinstance(one.parent, nodes.section)), None)
    text = " ".join(_words(first).replace(" .", ".").split()) if first is not None else ""
    if len(text) <= LONGEST:
        return text
    sentences = text[:LONGEST].rpartition(". ")[0]
    return f"{sentences}." if sentences else text[:LONGEST].rpartition(" ")[0] + " …"


def _words(node) -> str:
    if isinstance(node, nodes.Element) and node.get("refdomain") == "cite":
        return ""
    return node.astext() if isinstance(node, nodes.Text) else "".join(map(_words, node.children))


def first_figure(env, page: str) -> str:
    """The name of the figure with which a page opens, or ''."""
    figures = env.get_doctree(page).findall(nodes.figure)
    return next((one["names"][0] for one in figures if "explorer-figure" in one["classes"] and one["names"]), "")


def about_page(app, page: str) -> dict:
    """What the head of a page tells: plain values for the template `head.html`."""
    config, current = app.config, course.current()
    title, base = app.env.titles[page].astext(), config.html_baseurl
    address = f"{base.rstrip('/')}/{app.builder.get_target_uri(page)}" if base else ""
    figure = first_figure(app.env, page)
    return {
        "title": title,
        "book": config.html_title,
        "author": config.author,
        "language": config.language,
        "description": description(app.env, page),
        "address": address,
        "picture": f"{base.rstrip('/')}/{PICTURES}/{figure}.png" if base and figure else "",
        "released": course.data().package()["created"][:10],
        "version": current.version,
        "markdown": bool(_markdown(app, page)),
        "data": json.dumps(_linked_data(app, page, title, address), ensure_ascii=False).replace("<", "\\u003c"),
    }


def _linked_data(app, page: str, title: str, address: str) -> dict:
    current, package = course.current(), course.data().package()
    shared = {
        "inLanguage": app.config.language,
        "license": LICENCES.get(current.licence, current.licence),
        "version": current.version,
        "datePublished": package["created"][:10],
        "creator": {"@type": "Organization", "name": app.config.author},
    }
    if page == current.data_page:
        folder = (
            f"{app.config.html_baseurl.rstrip('/')}/{DATA_FOLDER}" if app.config.html_baseurl else f"../{DATA_FOLDER}"
        )
        return {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": package["title"],
            "description": package["description"],
            "isAccessibleForFree": True,
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": "application/zip",
                "contentUrl": f"{folder}/{current.archive}",
            },
            **shared,
        } | ({"url": address} if address else {})
    kind = "lesson" if usage.lesson_number(app.env, page) else "reference"
    return {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": title,
        "description": description(app.env, page),
        "learningResourceType": kind,
        "isPartOf": {"@type": "Course", "name": app.config.html_title},
        **shared,
    } | ({"url": address} if address else {})


def _tell(app, pagename, templatename, context, doctree):
    context["findable"] = about_page(app, pagename) if pagename in app.env.titles else None


# Beside the pages ------------------------------------------------------------------------------------------------------


def _markdown(app, page: str) -> Path | None:
    """Where a page stands in plain Markdown, if it does: the pages that are offered as notebooks."""
    source = Path(app.env.doc2path(page))
    offered = page != app.config.root_doc and source.suffix == MARKDOWN and is_notebook(source)
    return Path(app.outdir) / f"{page}{MARKDOWN}" if offered else None


def plain(env, page: str, cells: list, source) -> str:
    """A page's `cells`, made of its notebook `source`, as one text: figures in words, no code."""
    figures = _figures_by_cell(env, page)
    told = iter([figures.get(index, "") for index, cell in enumerate(source.cells) if cell.cell_type == "code"])
    parts = [cell.source if cell.cell_type == "markdown" else next(told) for cell in cells]
    text = ATTACHED.sub(r"*Picture: \1*", "\n\n".join(filter(None, parts)))
    return PLAIN_DOLLAR.sub("$", text) + "\n"


def _figures_by_cell(env, page: str) -> dict[int, str]:
    """What the figures of each code cell say, by its place in the page's notebook."""
    said = {}
    for cell in env.get_doctree(page).findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            names = [one["names"][0] for one in cell.findall(nodes.figure) if "explorer-figure" in one["classes"]]
            said[cell["cell_index"]] = "\n\n".join(_in_words(state_role.figure_of(env, name)) for name in names)
    return said


def _in_words(figure: dict) -> str:
    sources = static.source_line((one["publisher"] for one in figure["sources"]), figure["as_of"])
    return f"**Figure: {figure['title']}**\n\n{figure['description']}\n\n{sources}"


def _write_pictures(app):
    if not app.config.html_baseurl:
        return
    for name in filter(None, {first_figure(app.env, page) for page in app.env.found_docs}):
        target = Path(app.outdir) / PICTURES / f"{name}.png"
        ensuredir(target.parent)
        svg = state_role.figure_of(app.env, name)["svg"]
        target.write_bytes(vl_convert.svg_to_png(svg, scale=PICTURE_SCALE))


def _write_lists(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    pages = [page for page in usage.reading_order(app.env) if page in app.env.titles]
    base = f"{app.config.html_baseurl.rstrip('/')}/" if app.config.html_baseurl else ""
    Path(app.outdir, "llms.txt").write_text(_index(app, pages, base), encoding="utf-8")
    site_map = Path(app.outdir, "sitemap.xml")
    site_map.unlink(missing_ok=True)
    if base:
        entries = "".join(
            f"<url><loc>{escape(base + app.builder.get_target_uri(page))}</loc></url>\n" for page in pages
        )
        site_map.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
            encoding="utf-8",
        )


def _index(app, pages: list[str], base: str) -> str:
    """`llms.txt`: title, what it is, and each page with its first sentences."""
    lines = [
        f"# {app.config.html_title}",
        "",
        f"> {course.current().subtitle}. {course.data().package()['description']}",
        "",
    ]
    for heading, lessons in (("Lessons", True), ("Reference", False)):
        lines += [f"## {heading}", ""]
        for page in pages:
            if bool(usage.lesson_number(app.env, page)) is lessons:
                address = f"{page}{MARKDOWN}" if _markdown(app, page) else app.builder.get_target_uri(page)
                lines.append(f"- [{app.env.titles[page].astext()}]({base}{address}): {description(app.env, page)}")
        lines.append("")
    return "\n".join(lines)


def setup(app):
    app.connect("html-page-context", _tell)
    background.make(app, _write_pictures)
    app.connect("build-finished", _write_lists)
