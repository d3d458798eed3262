"""What each page really uses of the dataset, kept in the build environment for the pages that list it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from caliphate_course import data

_LOADED = re.compile(r"""\bdata\.load\(\s*["'](\w+)["']""")


class fact_reference(nodes.Inline, nodes.TextElement):
    """A figure in a sentence; carries the resolved `fact` and the `sources` rows of its card."""


class page_list(nodes.General, nodes.Element):
    """A place that is filled once every page has been read; `kind` says with what, `docname` for which page."""


@dataclass
class Usage:
    """Tables and source ids that one page uses, each once, in the order of first use; and its number of facts."""

    tables: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    facts: int = 0


def of(env) -> dict[str, Usage]:
    """Usage by page name."""
    if not hasattr(env, "course_usage"):
        env.course_usage = {}
    return env.course_usage


def lessons_in_order(env) -> list[str]:
    """Pages that use the dataset, in reading order."""
    relations, order = env.collect_relations(), []
    name = env.config.root_doc
    while name is not None:
        order.append(name)
        name = relations[name][2]
    used = of(env)
    return [name for name in order if name in used]


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
            usage.facts += 1
            _note(usage.sources, node["fact"].source_ids)
            _note(usage.tables, [node["fact"].place.partition("/")[0]])
        elif isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite":
            _note(usage.sources, [target.key for target in parse_citation_targets(node["reftarget"])])
            node["ids"] = []  # nothing links back to a citation, and numbered ids would collide in one long page
        elif isinstance(node, nodes.figure):
            _note(usage.sources, node.get("source_ids", ()))
    _note(usage.tables, _LOADED.findall(Path(app.env.doc2path(page)).read_text(encoding="utf-8")))
    known = set(data.tables())
    usage.tables = {name: None for name in usage.tables if name in known}
    if usage.sources or usage.tables:
        of(app.env)[page] = usage


def _note(kept, found):
    kept.update(dict.fromkeys(found))


def _purge(app, env, docname):
    of(env).pop(docname, None)


def _merge(app, env, docnames, other):
    of(env).update({name: usage for name, usage in of(other).items() if name in docnames})


def _waiting_pages(app, env):
    """Pages with lists must be written again whenever any page has changed."""
    waiting = getattr(env, "course_waiting", set())
    return sorted(page for page in waiting if page in env.found_docs)


def _note_waiting(app, doctree):
    waiting = _waiting(app.env)
    waiting.discard(app.env.docname)
    if any(True for _ in doctree.findall(page_list)):
        waiting.add(app.env.docname)


def _waiting(env):
    if not hasattr(env, "course_waiting"):
        env.course_waiting = set()
    return env.course_waiting


def _merge_waiting(app, env, docnames, other):
    _waiting(env).update(_waiting(other) & set(docnames))


def setup(app):
    app.add_node(page_list)
    app.add_node(fact_reference)
    app.connect("doctree-read", _collect)
    app.connect("doctree-read", _note_waiting)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-merge-info", _merge_waiting)
    app.connect("env-updated", _waiting_pages)
