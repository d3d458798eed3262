"""Offers every lesson as a notebook: a plain one that runs where it lands, on Binder and on Colab.

The launch links need the book's repository, which is one setting in `_config.yml` (`course_repository`, a GitHub
address). Colab opens notebooks, not MyST pages: it reads them from the branch that holds the built book
(`course_book_branch`). While the repository is not set, no launch link is shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import nbformat
from sphinx.util.osutil import ensuredir

from coursebook import course
from coursebook.build import SOURCES
from coursebook.editions import lab, notebooks
from coursebook.pages import background


def _pages(app) -> list[str]:
    return [name for name in sorted(app.env.found_docs) if _is_notebook(app, name)]


def _is_notebook(app, docname: str) -> bool:
    path = Path(app.env.doc2path(docname))
    return docname != app.config.root_doc and path.suffix == ".md" and notebooks.is_notebook(path)


def figures(env) -> dict[str, str]:
    """Every labelled figure of the book in words: 'Figure 2.1 (“Most towns fell in 2017”)'."""
    labels = env.get_domain("std").labels
    words = {}
    for label, (docname, target, title) in labels.items():
        number = env.toc_fignumbers.get(docname, {}).get("figure", {}).get(target)
        if number:
            words[label] = f"Figure {'.'.join(map(str, number))} (“{title}”)"
    return words


def _offer(app, pagename, templatename, context, doctree):
    if pagename not in app.env.found_docs or not _is_notebook(app, pagename):
        return
    address = context["pathto"](f"{SOURCES}/{pagename}.ipynb", True)
    context.setdefault("page_downloads", []).insert(0, ("Notebook (.ipynb)", address))
    context["page_launches"] = launch_links(app.config, pagename, notebooks.file_names(Path(app.srcdir)))


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
    words = figures(app.env)
    # What a notebook is made from beside its page: figures' words and pages' titles. Data, code and versions start a build anew.
    shared = repr([words, sorted((name, title.astext()) for name, title in app.env.titles.items())])
    stamps = Path(app.doctreedir) / "notebooks.json"
    made = json.loads(stamps.read_text(encoding="utf-8")) if stamps.is_file() else {}
    for docname in _pages(app):
        page = Path(app.env.doc2path(docname))
        target = Path(app.outdir) / SOURCES / f"{docname}.ipynb"
        stamp = hashlib.sha256((shared + page.read_text(encoding="utf-8")).encode()).hexdigest()
        if made.get(docname) == stamp and target.is_file():
            continue
        notebook = notebooks.plain_notebook(
            page, figures=words, book=app.config.html_title, version=course.current().version
        )
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
