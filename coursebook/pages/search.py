"""What the search knows: sections, figures, terms, names and the numbers in sentences, in one script for all pages.

Each page's entries are taken when it is read and kept in the build environment; `static/search.js` loads the script when
a reader opens the search, and indexes it there with MiniSearch, so it works from disk too. A page may say by which other
words a section is found (`{found-by}`), and which spellings and words mean the same (`{spellings}`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util.docutils import SphinxDirective

from coursebook import course
from coursebook.pages import reference_pages, usage
from coursebook.pages.printed import is_printed
from coursebook.pages.questions import question

ENTRIES = "search-entries.js"
SCRIPTS = ("minisearch.js", ENTRIES, "search.js")
# Around a number in a text, so that the reader's browser finds the sentence that it stands in.
NUMBER = ("\x02", "\x03")
# A reference to a page or a figure, whose title or number is known when all pages have been read.
REFERENCE = re.compile("\x04(.*?)\x05")
# Parts of a page that are no prose, are told elsewhere, or would give an answer away.
SILENT = (nodes.raw, nodes.figure, nodes.literal_block, nodes.comment, nodes.title, nodes.caption, addnodes.glossary,
          addnodes.index, usage.page_list, question)  # fmt: skip


class FoundBy(SphinxDirective):
    """The search finds the section by the words of the argument too. Nothing is shown."""

    required_arguments, final_argument_whitespace = 1, True

    def run(self):
        return [nodes.comment("", "", found_by=self.arguments[0])]


class Spellings(SphinxDirective):
    """Words that mean the same to the search, a line each: `colour | color | …`. They are shown as a list."""

    has_content = True

    def run(self):
        lines = [[word.strip() for word in line.split("|")] for line in self.content if line.strip()]
        items = [
            nodes.list_item("", nodes.paragraph("", "", nodes.strong("", first), nodes.Text(f": {', '.join(others)}")))
            for first, *others in lines
        ]
        return [nodes.bullet_list("", *items, classes=["names"], spellings=lines)]


def _entries(docname: str, doctree) -> dict:
    """Of one page: `entries` (kind, anchor, title, text, words it is also found by) and `spellings`."""
    entries = []
    for section in doctree.findall(nodes.section):
        title = next((_plain(*child.children) for child in section if isinstance(child, nodes.title)), "")
        found_by = " ".join(c["found_by"] for c in section if isinstance(c, nodes.comment) and "found_by" in c)
        if title:  # a fold may be a section too
            entries.append(("section", section["ids"][0], title, _prose(section), found_by))
        for item in (i for child in section for i in child.findall() if isinstance(i, nodes.figure)):
            if _section_of(item) is section:
                caption = next((c.astext() for c in item if isinstance(c, nodes.caption)), "")
                entries.append(("figure", item["ids"][0] if item["ids"] else item["names"][0], caption, "", ""))
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            term = next(item.findall(nodes.term))
            entries.append(("term", term["ids"][0], term.astext(), _plain(item.children[-1]), ""))
    spellings = [words for listed in doctree.findall(nodes.bullet_list) for words in listed.get("spellings", ())]
    return {"entries": entries, "spellings": spellings}


def _section_of(node):
    while not isinstance(node, nodes.section):
        node = node.parent
    return node


def _prose(section) -> str:
    """The section's own words, without its title, its subsections and the brackets of citations; none of exercises."""
    if any("exercise" in type(node).__name__ for node in section.findall(nodes.Element)):
        return ""
    parts = (child for child in section if not isinstance(child, (*SILENT, nodes.section)))
    return _plain(*parts)


def _plain(*parts) -> str:
    words = []

    def visit(node):
        if isinstance(node, SILENT) or (isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite"):
            return
        if (
            isinstance(node, addnodes.pending_xref)
            and node.get("reftype") in ("doc", "numref")
            and not node.get("refexplicit")
        ):
            words.append(f"\x04{node['reftarget']}\x05")
        elif isinstance(node, usage.fact_reference):
            words.append(f"{NUMBER[0]}{node.astext()}{NUMBER[1]}")
        elif isinstance(node, nodes.Text):
            words.append(str(node))
        else:
            for child in node.children:
                visit(child)
            if isinstance(node, (nodes.TextElement, nodes.list_item, nodes.entry)) and not isinstance(
                node, nodes.Inline
            ):
                words.append(" ")

    for part in parts:
        visit(part)
    return re.sub(r"\s+([.,;:)]|$)", r"\1", re.sub(r"\s+", " ", "".join(words))).strip()


def _kept(env) -> dict[str, dict]:
    if not hasattr(env, "course_search"):
        env.course_search = {}
    return env.course_search


class Collector(EnvironmentCollector):
    """Keeps the entries of every page in the build environment."""

    def process_doc(self, app, doctree):
        _kept(app.env)[app.env.docname] = _entries(app.env.docname, doctree)

    def clear_doc(self, app, env, docname):
        _kept(env).pop(docname, None)

    def merge_other(self, app, env, docnames, other):
        _kept(env).update({name: one for name, one in _kept(other).items() if name in docnames})


def entries(env) -> dict:
    """All that the search knows: `pages` (address, title), `entries` (page, kind, anchor, number, title, text, words)
    and `spellings`."""
    pages, listed, spellings = [], [], []
    here = course.current()
    left_out = {env.config.root_doc, here.guide_page, here.sources_page, here.answers_page}
    for docname in (name for name in usage.reading_order(env) if name in _kept(env) and name not in left_out):
        kept, number = _kept(env)[docname], usage.lesson_number(env, docname)
        pages.append((docname, f"{number + '. ' if number else ''}{env.titles[docname].astext()}"))
        listed += [(len(pages) - 1, *_numbered(env, docname, number, entry)) for entry in kept["entries"]]
        spellings += kept["spellings"]
    return {"pages": pages, "entries": [*listed, *_names(env, pages)], "spellings": spellings}


def _numbered(env, docname, lesson, entry) -> tuple:
    """An entry of a page with its number in the book, and with its references as they read there."""
    kind, anchor, title, text, found_by = entry
    if kind == "section" and not lesson:
        text = ""
    title, text = (REFERENCE.sub(lambda found: _named(env, docname, found[1]), words) for words in (title, text))
    numbers = {
        "figure": env.toc_fignumbers.get(docname, {}).get("figure", {}).get(anchor),
        "section": env.toc_secnumbers.get(docname, {}).get(f"#{anchor}"),
    }
    return kind, anchor, ".".join(map(str, numbers.get(kind) or ())), title, text, found_by


def _named(env, docname, target) -> str:
    """What a reference on the page `docname` to `target` reads: a page's title, a figure's number."""
    page = str(Path(docname).with_name(target))
    if page in env.titles:
        return env.titles[page].astext()
    place, anchor = env.get_domain("std").anonlabels.get(target, ("", ""))
    number = env.toc_fignumbers.get(place, {}).get("figure", {}).get(anchor, ())
    return f"Fig. {'.'.join(map(str, number))}" if number else "the figure"


def _names(env, pages) -> list[tuple]:
    """The people, groups and places of `{names}`, with every form of their names."""
    found = []
    for number, (docname, _) in enumerate(pages):
        for place in (
            usage.placed(env.get_doctree(docname), "names") if docname in usage.with_list(env, "names") else ()
        ):
            found += [
                (number, "name", reference_pages.name_anchor(forms[0]), "", forms[0], who, " ".join(forms[1:]))
                for forms, who in place["entries"]
            ]
    return found


def _write(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    target = Path(app.outdir) / "_static" / ENTRIES
    words = json.dumps(entries(app.env), ensure_ascii=False, separators=(",", ":"))
    target.write_text(f"window.searchEntries = {words};\n", encoding="utf-8")


def _page(app):
    """The page of results, in place of Sphinx's own, whose index matches within words."""
    return [] if is_printed(app) else [("search", {"search_scripts": SCRIPTS}, "search.html")]


def setup(app):
    app.add_directive("found-by", FoundBy)
    app.add_directive("spellings", Spellings)
    app.add_env_collector(Collector)
    app.connect("builder-inited", lambda app: setattr(app.builder, "search", False))
    app.connect("build-finished", _write)
    app.connect("html-collect-pages", _page)
