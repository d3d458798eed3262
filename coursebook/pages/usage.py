"""What each page really uses of the dataset, kept in the build environment for the pages that list it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

from coursebook import course, third_party

_LOADED = re.compile(r"""\bdata\.load\(\s*["'](\w+)["']""")


class fact_reference(nodes.Inline, nodes.TextElement):
    """A figure in a sentence; carries the resolved `fact`, from which `FactTransform` draws it."""


class page_list(nodes.General, nodes.Element):
    """A place that is filled once every page has been read; `kind` says with what, `docname` for which page."""


@dataclass
class Usage:
    """Tables and source ids that one page uses, each once, in the order of first use.

    `drawn` are the tables that a cell loads whole; `rows` has for each row that a sentence uses `(section, sentence)`,
    and does not count when two are compared: a sentence changes more often than what a page uses.
    """

    tables: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    drawn: dict[str, None] = field(default_factory=dict)
    rows: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict, repr=False)


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


def _used_on(page, doctree, env) -> Usage:
    usage = Usage()
    for node in doctree.findall():
        if isinstance(node, fact_reference):
            _note(usage.sources, node["fact"].source_ids)
            _note(usage.tables, [node["fact"].place.partition("/")[0]])
            for table, rows in node["fact"].rows:
                for row in rows:
                    usage.rows.setdefault((table, row), []).append(_sentence_of(node))
        elif isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite":
            _note(usage.sources, [target.key for target in parse_citation_targets(node["reftarget"])])
            third_party.drop_citation_ids(node)
        elif isinstance(node, nodes.figure):
            _note(usage.sources, node.get("source_ids", ()))
    known = set(course.data().tables())
    _note(usage.drawn, [name for name in _LOADED.findall(_text_of(page, env)) if name in known])
    _note(usage.tables, usage.drawn)
    usage.tables = {name: None for name in usage.tables if name in known}
    return usage


def _sentence_of(node) -> tuple[str, str]:
    """Where a figure stands: the id of its section, and its sentence or, in a table or title, the whole text."""
    section, block = node.parent, node.parent
    while section is not None and not isinstance(section, nodes.section):
        section = section.parent
    while isinstance(block, nodes.Inline):
        block = block.parent
    text = " ".join(block.astext().split())
    at = text.find(node["fact"].text)
    sentences = re.split(r"(?<=[.!?]) (?=[^a-z])", text)
    for sentence in sentences:
        at -= len(sentence) + 1
        if at < 0:
            return (section["ids"] or [""])[0] if section is not None else "", sentence
    return "", text


def _note(kept, found):
    kept.update(dict.fromkeys(found))


def _text_of(page, env) -> str:
    return Path(env.doc2path(page)).read_text(encoding="utf-8")


# Lists made from all pages, and what of a page each reads. A page with one is written again when that has changed, on
# whatever page: not with each sentence, for the list of sources alone takes a fifth of the time of a build.
_READ = {
    "source-uses": lambda page, doctree, env: repr(of(env).get(page)),
    "lesson-map": lambda page, doctree, env: _text(doctree, nodes.admonition),
    "start": lambda page, doctree, env: _text(doctree, nodes.admonition),
    "question-answers": lambda page, doctree, env: _markup(doctree, "question"),
    "answer-sheet": lambda page, doctree, env: _markup(doctree, "question"),
    "names": lambda page, doctree, env: _text(doctree, nodes.Text),
}


def _text(doctree, kind):
    return "\n".join(node.astext() for node in doctree.findall(kind))


def _markup(doctree, name):
    return "\n".join(str(node) for node in _named(doctree, name))


def _named(doctree, name):
    return [node for node in doctree.findall(nodes.Element) if type(node).__name__ == name]


@dataclass
class Page:
    """Of one page: digests of its text and of what each kind of list reads of it, the lists of these kinds on it, and the
    names of its questions."""

    text: str
    lists: list[str] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)


def _pages(env) -> dict[str, Page]:
    if not hasattr(env, "course_pages"):
        env.course_pages = {}
    return env.course_pages


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Collector(EnvironmentCollector):
    """Keeps `Usage` and `Page` of every page in the build environment, and tells which pages are out of date."""

    def process_doc(self, app, doctree):
        env, page = app.env, app.env.docname
        used = _used_on(page, doctree, env)
        if used.sources or used.tables:
            of(env)[page] = used
        kinds = {node["kind"] for node in doctree.findall(page_list) if node["kind"] in _READ}
        read = {kind: _digest(reads(page, doctree, env)) for kind, reads in _READ.items()}
        questions = [node["name"] for node in _named(doctree, "question")]
        _pages(env)[page] = Page(_digest(_text_of(page, env)), sorted(kinds), read, questions)

    def clear_doc(self, app, env, docname):
        of(env).pop(docname, None)
        _pages(env).pop(docname, None)

    def merge_other(self, app, env, docnames, other):
        for kept, found in ((of(env), of(other)), (_pages(env), _pages(other))):
            kept.update({name: one for name, one in found.items() if name in docnames})

    def get_outdated_docs(self, app, env, added, changed, removed):
        """Pages whose text is another, though their time may be older: copied from an archive, for instance."""
        pages = _pages(env).items()
        return [n for n, page in pages if n not in removed and page.text != _digest(_text_of(n, env))]

    def get_updated_docs(self, app, env):
        """Pages to be written again: those whose lists read other pages, which have changed, or all if it is more."""
        pages, written = _pages(env), getattr(env, "course_written", {})
        shared = _digest(_shared(env))
        now = {
            name: [sorted((n, p.read[kind]) for n, p in pages.items()) for kind in pages[name].lists] for name in pages
        }
        env.course_written = {name: _digest(shared + repr(lists)) for name, lists in now.items()}
        return sorted(name for name, digest in env.course_written.items() if written.get(name) != digest)


def with_list(env, kind: str) -> list[str]:
    """The pages that have a list of this kind."""
    return [name for name, page in _pages(env).items() if kind in page.lists]


def questions_on(env, page: str) -> list[str]:
    """The names of the questions on `page`, in its order."""
    return _pages(env)[page].questions


def of_others(env, page: str) -> str:
    """A digest of all that `page` may show of other pages."""
    return env.course_written[page]


def _shared(env) -> str:
    """What every page may show of any other: titles, in the list of pages, and numbers and names, in references."""
    titles = sorted((name, title.astext()) for name, title in env.titles.items())
    known = env.get_domain("std")
    named = [sorted(known.labels.items()), sorted(known.anonlabels.items()), sorted(known.objects.items())]
    return repr([titles, named, sorted(env.toc_secnumbers.items()), sorted(env.toc_fignumbers.items())])


def setup(app):
    app.add_node(page_list)
    app.add_node(fact_reference)
    app.add_env_collector(Collector)
