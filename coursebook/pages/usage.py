"""What each page really uses of the dataset, kept in the build environment for the pages that list it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from coursebook import course

_LOADED = re.compile(r"""\bdata\.load\(\s*["'](\w+)["']""")


class fact_reference(nodes.Inline, nodes.TextElement):
    """A figure in a sentence; carries the resolved `fact`, from which `FactTransform` draws it."""


class page_list(nodes.General, nodes.Element):
    """A place that is filled once every page has been read; `kind` says with what, `docname` for which page."""


@dataclass
class Usage:
    """Tables and source ids that one page uses, each once, in the order of first use."""

    tables: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)


def of(env) -> dict[str, Usage]:
    """Usage by page name."""
    if not hasattr(env, "course_usage"):
        env.course_usage = {}
    return env.course_usage


def lessons_in_order(env) -> list[str]:
    """Pages that use the dataset, in reading order."""
    used = of(env)
    return [name for name in reading_order(env) if name in used]


def reading_order(env) -> Iterator[str]:
    """All pages of the book, from the first to the last."""
    relations, name = env.collect_relations(), env.config.root_doc
    while name is not None:
        yield name
        name = relations[name][2]


def link(app, from_page: str, to_page: str, anchor: str = "", text: str = "") -> nodes.reference:
    """A link between two pages of the book, whatever the builder; its text is the page's title unless given."""
    uri = app.builder.get_relative_uri(from_page, to_page) + (f"#{anchor}" if anchor else "")
    words = text or app.env.titles[to_page].astext()
    return nodes.reference("", "", nodes.Text(words), refuri=uri, internal=True)


def lesson_number(env, page: str) -> str:
    """The page's number in the book, or '' for an unnumbered page."""
    number = env.toc_secnumbers.get(page, {}).get("") or ()
    return ".".join(map(str, number))


def placed(doctree, kind: str) -> list[page_list]:
    """The places of `doctree` that wait for `kind`."""
    return [place for place in doctree.findall(page_list) if place["kind"] == kind]


def _collect(app, doctree):
    page = app.env.docname
    usage = Usage()
    for node in doctree.findall():
        if isinstance(node, fact_reference):
            _note(usage.sources, node["fact"].source_ids)
            _note(usage.tables, [node["fact"].place.partition("/")[0]])
        elif isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite":
            _note(usage.sources, [target.key for target in parse_citation_targets(node["reftarget"])])
            node["ids"] = []  # nothing links back to a citation, and numbered ids would collide in one long page
        elif isinstance(node, nodes.figure):
            _note(usage.sources, node.get("source_ids", ()))
    _note(usage.tables, _LOADED.findall(Path(app.env.doc2path(page)).read_text(encoding="utf-8")))
    known = set(course.data().tables())
    usage.tables = {name: None for name in usage.tables if name in known}
    if usage.sources or usage.tables:
        of(app.env)[page] = usage


def _note(kept, found):
    kept.update(dict.fromkeys(found))


def _purge(app, env, docname):
    of(env).pop(docname, None)


def _merge(app, env, docnames, other):
    of(env).update({name: usage for name, usage in of(other).items() if name in docnames})


# Lists made from all pages, and what of a page each reads. A page with one is written again when that has changed, on
# whatever page: not with each sentence, for the list of sources alone takes a fifth of the time of a build.
_READ = {
    "source-uses": lambda page, doctree, env: repr(of(env).get(page)),
    "lesson-map": lambda page, doctree, env: _text(doctree, nodes.admonition),
    "question-answers": lambda page, doctree, env: _markup(doctree, "question"),
    "names": lambda page, doctree, env: _text(doctree, nodes.Text),
}


def _text(doctree, kind):
    return "\n".join(node.astext() for node in doctree.findall(kind))


def _markup(doctree, name):
    return "\n".join(str(node) for node in doctree.findall(nodes.Element) if type(node).__name__ == name)


@dataclass
class Page:
    """Of one page: the kinds of lists on it that read all pages, and a digest of what each kind reads of it."""

    lists: list[str] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)


def _pages(env) -> dict[str, Page]:
    if not hasattr(env, "course_pages"):
        env.course_pages = {}
    return env.course_pages


def _note_page(app, doctree):
    env, name = app.env, app.env.docname
    kinds = [node["kind"] for node in doctree.findall(page_list) if node["kind"] in _READ]
    read = {kind: _digest(reads(name, doctree, env)) for kind, reads in _READ.items()}
    _pages(env)[name] = Page(sorted(set(kinds)), read)


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _purge_page(app, env, docname):
    _pages(env).pop(docname, None)


def _merge_pages(app, env, docnames, other):
    _pages(env).update({name: page for name, page in _pages(other).items() if name in docnames})


def _outdated_lists(app, env):
    """Pages whose lists were last written from something else than what the pages now say."""
    titles = [(name, title.astext()) for name, title in sorted(env.titles.items())]
    written = getattr(env, "course_written", {})
    env.course_written = {
        name: _digest(
            repr([titles, [sorted((n, p.read[kind]) for n, p in _pages(env).items()) for kind in page.lists]])
        )
        for name, page in _pages(env).items()
        if page.lists
    }
    return sorted(name for name, digest in env.course_written.items() if written.get(name) != digest)


def setup(app):
    app.add_node(page_list)
    app.add_node(fact_reference)
    app.connect("doctree-read", _collect)
    app.connect("doctree-read", _note_page)
    app.connect("env-purge-doc", _purge)
    app.connect("env-purge-doc", _purge_page)
    app.connect("env-merge-info", _merge)
    app.connect("env-merge-info", _merge_pages)
    app.connect("env-updated", _outdated_lists)
