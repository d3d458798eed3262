"""Offers every lesson as a notebook: a plain one that runs where it lands, on Binder and on Colab.

The launch links need the book's repository, which is one setting in `_config.yml` (`course_repository`, a GitHub
address). Colab opens notebooks, not MyST pages: it reads them from the branch that holds the built book
(`course_book_branch`). While the repository is not set, no launch link is shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.builders import Builder
from sphinx.util.osutil import ensuredir

from coursebook import course
from coursebook.editions import lab, notebooks
from coursebook.page_text import SOURCES, is_notebook, read_notebook
from coursebook.pages import background, findable, usage
from coursebook.pages.citations import source_anchor
from coursebook.pages.markdown import MarkdownTranslator, code_cell
from coursebook.pages.printed import NOTEBOOK


class NotebookBuilder(Builder):
    """Gives a page that has been read as cells in plain Markdown. Not run by itself: it serves while pages are written."""

    name = format = NOTEBOOK
    default_translator_class = MarkdownTranslator
    FIGURE = "Figure {number} (“{name}”)"  # as a reference names it, for no link leads there

    def get_target_uri(self, docname, typ=None):
        return ""  # no other page lies beside a notebook

    def address(self, reference) -> str:
        """Where a link of a notebook leads: to another host, to a source rather than its entry on the page of sources."""
        uri, entry = reference.get("refuri", ""), f"#{source_anchor('')}"
        if uri.startswith(entry):
            return _addresses()[uri.removeprefix(entry)]
        return "" if reference.get("internal") else uri

    def cells(self, docname: str) -> list:
        """The page's words and its code, cell by cell."""
        doctree = self.env.get_doctree(docname)
        for part in list(doctree.findall(nodes.container)):
            if part.get("nb_element") == "cell_code":
                part.replace_self(code_cell("", index=part["cell_index"]))
        with self.resolved(docname, doctree) as (doctree, writer):
            doctree.walkabout(writer)
        return writer.cells

    @contextmanager
    def resolved(self, docname: str, doctree):
        """A page's `doctree` with all that it refers to filled in, and what writes it, which works until the end."""
        self.docname, self.source = docname, read_notebook(Path(self.env.doc2path(docname)))
        with self._in_charge():
            doctree = self.env.get_and_resolve_doctree(docname, self, doctree)
            yield doctree, self.create_translator(doctree, self)

    @contextmanager
    def _in_charge(self):
        """Have Sphinx resolve for this builder; the web pages' comes back, as there may be but one process."""
        builder, formats = self.app.builder, self.config.numfig_format
        self.app.builder, self.config.numfig_format = self, {**formats, "figure": self.FIGURE}
        try:
            yield
        finally:
            self.app.builder, self.config.numfig_format = builder, formats


@cache
def _addresses() -> dict[str, str]:
    return course.data().load("sources").set_index("id")["url"].to_dict()


def _pages(app) -> list[str]:
    return [name for name in sorted(app.env.found_docs) if _is_notebook(app, name)]


def _is_notebook(app, docname: str) -> bool:
    path = Path(app.env.doc2path(docname))
    return docname != app.config.root_doc and path.suffix == ".md" and is_notebook(path)


def _offer(app, pagename, templatename, context, doctree):
    if pagename not in app.env.found_docs or not _is_notebook(app, pagename):
        return
    address = context["pathto"](f"{SOURCES}/{pagename}.ipynb", True)
    context.setdefault("page_downloads", []).insert(0, ("Notebook (.ipynb)", address))
    copies = notebooks.file_names(Path(app.srcdir)) if app.config.course_repository else {}
    context["page_launches"] = launch_links(app.config, pagename, copies)


def launch_links(config, pagename: str, copies: Mapping[Path, str]) -> list[tuple[str, str]]:
    """(label, address) of the services that run the page in the cloud; none while no repository is set.

    `copies` names the file in the folder `lab` for each page; Binder makes that folder when it builds its image.
    """
    repository = config.course_repository.rstrip("/").removesuffix(".git")
    if not repository:
        return []
    name = repository.removeprefix("https://github.com/")
    if name == repository or name.count("/") != 1:
        raise ValueError(f"course_repository must read https://github.com/<owner>/<name>, not {repository!r}.")
    branch, built = config.course_branch, config.course_book_branch
    copy = next(f"{lab.FOLDER}/{file}" for page, file in copies.items() if page.stem == Path(pagename).name)
    return [
        ("Run on Binder", f"https://mybinder.org/v2/gh/{name}/{branch}?urlpath=lab/tree/{copy}"),
        ("Run on Colab", f"https://colab.research.google.com/github/{name}/blob/{built}/{SOURCES}/{pagename}.ipynb"),
    ]


def _write(app):
    builder = NotebookBuilder(app, app.env)
    stamps = Path(app.doctreedir) / "notebooks.json"
    made = json.loads(stamps.read_text(encoding="utf-8")) if stamps.is_file() else {}
    for docname in _pages(app):
        target = Path(app.outdir) / SOURCES / f"{docname}.ipynb"
        # Made from its page and what that shows of others. Data, code and versions start a build anew.
        read = Path(app.doctreedir, f"{docname}.doctree").read_bytes()
        stamp = hashlib.sha256(usage.of_others(app.env, docname).encode() + read).hexdigest()
        text = Path(app.outdir) / f"{docname}{findable.MARKDOWN}"
        if made.get(docname) == stamp and target.is_file() and text.is_file():
            continue
        cells, title = builder.cells(docname), app.env.titles[docname].astext()
        ensuredir(text.parent)
        text.write_text(findable.plain(app.env, docname, cells, builder.source), encoding="utf-8")
        notebook = notebooks.plain_notebook(docname, cells, title, app.config.html_title)
        ensuredir(target.parent)
        nbformat.write(notebook, target)
        made[docname] = stamp
    stamps.write_text(json.dumps(made), encoding="utf-8")


def setup(app):
    app.add_config_value("course_repository", "", "html")
    app.add_config_value("course_branch", "main", "html")
    app.add_config_value("course_book_branch", "gh-pages", "html")
    app.connect("html-page-context", _offer, priority=950)  # after the theme has listed the page's source
    background.make(app, _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
