"""Writes a page that Sphinx has read and resolved as the cells of a notebook in plain Markdown.

What has no Markdown of its own is HTML that notebooks show: folded parts, raised numbers. A node that this translator
does not know, such as one of another extension, is written as its words, with a warning that names page and line. To
have it written otherwise, register its visitor as for any builder: `app.add_node(…, notebook=(visit, depart))`.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from textwrap import indent

from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell
from sphinx.locale import admonitionlabels
from sphinx.util import logging
from sphinx.util.docutils import SphinxTranslator

logger = logging.getLogger(__name__)
FOLDED = {"source_hidden": True}
# Two dollar signs in a paragraph would be a formula to a notebook: to MathJax but for the element, to KaTeX but for the
# backslash. Where HTML stands, no backslash is taken away.
DOLLAR, DOLLAR_IN_HTML = r"<span>\$</span>", "<span>&#36;</span>"
# What Markdown would read as markup: anywhere, and at the start of a line.
MARKUP = re.compile(r"[\\`*\[\]<~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|!\Z")
LINE_START = re.compile(r"^(\d*)(>|(?:[.)]|[#+=-]+)(?=\s|$))", re.MULTILINE)
ALIGNMENTS = {"text-left": ":--", "text-center": ":-:", "text-right": "--:"}
MARKS = {
    **dict.fromkeys(("emphasis", "title_reference"), ("*", "*")),
    **dict.fromkeys(("strong", "term", "field_name"), ("**", "**")),
    **dict.fromkeys(("superscript", "footnote_reference", "label"), ("<sup>", "</sup>")),
    "subscript": ("<sub>", "</sub>"),
}
CAPTIONS = {"code-block": "Listing"}
LISTS = (nodes.bullet_list, nodes.enumerated_list)
# Nodes that only hold others, and those that say nothing.
HOLDERS = """
    document section container compound figure legend target generated acronym problematic glossary only
    definition_list_item definition classifier field field_body citation line download_reference number_reference
    exercise_node exercise_enumerable_node PassthroughTextElement
""".split()
SILENT = "Invisible system_message docinfo meta decoration".split()


class code_cell(nodes.General, nodes.Element):
    """A code cell of the page; `index` is its place among the cells of the page's source."""


def whole(write):
    """A visitor that writes a node and all that is in it: `write(self, node)` gives the text."""

    def visit(self, node):
        self.put(write(self, node))
        raise nodes.SkipNode

    return visit


class MarkdownTranslator(SphinxTranslator):
    """Visits a page, of which the builder knows `docname` and `source`, its notebook as MyST-NB reads it.

    Then `cells` holds the cells of the plain notebook.
    """

    def __init__(self, document, builder):
        super().__init__(document, builder)
        self.cells = []
        self._parts: list[list[str]] = [[]]
        self._attachments: dict[str, dict[str, str]] = {}
        self._opening = ""  # of the solution that is being written
        self._hint = ""  # what its readers are told if it starts with a cell
        cells = zip(builder.source.cells, builder.source.metadata["source_map"], strict=True)
        self._shown = {node["index"] for node in document.findall(code_cell)}  # without those that the page leaves out
        self._waiting = [(index, line, cell) for index, (cell, line) in enumerate(cells) if cell.cell_type == "code"]

    def put(self, text: str) -> None:
        """Add `text` to what is being written: to a line of words, or as a block of its own."""
        if text:
            self._parts[-1].append(text)

    def inside(self, node, between: str = "") -> str:
        """What is in `node`: words, or blocks with `between` between them."""
        self._parts.append([])
        for child in node.children:
            child.walkabout(self)
        return between.join(self._parts.pop())

    def blocks(self, node) -> str:
        """The blocks in `node`."""
        return self.inside(node, "\n\n")

    def line(self, node) -> str:
        """The words in `node` in one line."""
        return " ".join(self.inside(node).split())

    # Cells -----------------------------------------------------------------------------------------------------------

    def dispatch_visit(self, node):
        if isinstance(node.parent, (nodes.document, nodes.section)) and len(self._parts) == 1:
            here = next((part.line for part in node.findall() if part.line), 0)
            self._write_code(lambda index, line: index not in self._shown and line < here)
        super().dispatch_visit(node)

    def visit_code_cell(self, node):
        self._write_code(lambda index, _: index <= node["index"])
        raise nodes.SkipNode

    def depart_document(self, node):
        self._write_code(lambda *_: True)
        self._end_text()

    def _write_code(self, is_due):
        while self._waiting and is_due(*self._waiting[0][:2]):
            cell = self._waiting.pop(0)[-1]
            self._close_solution()
            self._end_text()
            tags = {"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {}
            folded = {"jupyter": FOLDED} if self._opening else {}
            self.cells.append(new_code_cell(cell.source, metadata=tags | folded))
            self.put(self._opening)

    def _end_text(self):
        if self._parts[0]:
            attached = {"attachments": self._attachments} if self._attachments else {}
            self.cells.append(new_markdown_cell("\n\n".join(self._parts[0]), **attached))
            self._parts[0], self._attachments = [], {}

    def visit_solution_node(self, node):
        title = escape(node[0].astext())
        self._opening, self._hint = f"<details><summary>{title}</summary>", f"*{title}: open the folded cell below.*"
        self.put(self._opening)

    def depart_solution_node(self, node):
        self._hint = ""
        self._close_solution()
        self._opening = ""

    def _close_solution(self):
        if self._parts[0][-1:] == [self._opening]:  # there is nothing to fold
            self._parts[0].pop()
            self.put(self._hint)
        elif self._opening:
            self.put("</details>")
        self._hint = ""

    # Words -----------------------------------------------------------------------------------------------------------

    @whole
    def visit_Text(self, node):
        return MARKUP.sub(r"\\\g<0>", node.astext()).replace("$", DOLLAR)

    @whole
    def visit_inline(self, node):
        words = self.inside(node)
        return _marked(words, "*", "*") if "doc" in node["classes"] else words  # the title of another page

    @whole
    def visit_abbreviation(self, node):
        return f'<abbr title="{escape(node.get("explanation", ""))}">{self.inside(node)}</abbr>'

    @whole
    def visit_literal(self, node):
        code = node.astext()
        ticks, space = _fence(code, "`"), " " if "`" in code else ""
        return f"{ticks}{space}{code}{space}{ticks}"

    @whole
    def visit_math(self, node):
        return f"${node.astext()}$"

    @whole
    def visit_math_block(self, node):
        return f"$$\n{node.astext()}\n$$"

    @whole
    def visit_reference(self, node):
        words, address = self.inside(node), self.builder.address(node)
        title = node.get("reftitle", "").replace('"', "'").replace("$", "&#36;")
        title = f' "{title}"' if title else ""
        return f"[{words}]({_destination(address)}{title})" if address else words

    @whole
    def visit_image(self, node):
        """A file of the book goes along in the cell."""
        path, name = Path(self.builder.srcdir, node["uri"]), _destination(node["uri"].replace("/", "-"))
        if path.is_file():
            kind = mimetypes.guess_type(name)[0] or "image/png"
            self._attachments[name] = {kind: base64.b64encode(path.read_bytes()).decode("ascii")}
        address = f"attachment:{name}" if path.is_file() else _destination(node["uri"])
        return f"![{MARKUP.sub('', node.get('alt', ''))}]({address})"

    @whole
    def visit_raw(self, node):
        text = node.astext().strip("\n") if "html" in node["format"].split() else ""
        text = re.sub(r"\n\s*\n", "\n", text)  # an empty line would end the HTML
        return re.sub(r"<[^>]*>|\$", lambda found: DOLLAR_IN_HTML if found[0] == "$" else found[0], text)

    # Blocks ----------------------------------------------------------------------------------------------------------

    @whole
    def visit_paragraph(self, node):
        lines = (line.strip() for line in self.inside(node).split("\n"))
        return LINE_START.sub(r"\1\\\2", "\n".join(filter(None, lines)))

    visit_compact_paragraph = visit_attribution = visit_paragraph

    @whole
    def visit_title(self, node):
        kind, words = type(node.parent).__name__, self.line(node)
        if kind == "section":
            depth = sum(isinstance(one, nodes.section) for one in _holders(node))
            return f"{'#' * min(depth, 6)} {words}"
        if kind == "exercise_enumerable_node":
            return f"**Exercise {self._number(node.parent, 'exercise')}.** {words}".rstrip()
        return "" if kind == "solution_node" else f"**{words}**"  # of a solution it is told where it opens

    visit_rubric = visit_title

    @whole
    def visit_caption(self, node):
        return self._captioned(node)

    def _captioned(self, node):
        kind = self.builder.env.get_domain("std").get_enumerable_node_type(node.parent) or ""
        number = self._number(node.parent, kind)
        lead = f"**{CAPTIONS.get(kind, kind.capitalize())} {number}.** " if number else ""
        return lead + self.line(node)

    def _number(self, node, kind):
        numbers = self.builder.env.toc_fignumbers.get(self.builder.docname, {}).get(kind, {})
        return ".".join(str(part) for name in node["ids"] for part in numbers.get(name, ()))

    @whole
    def visit_bullet_list(self, node):
        return "\n".join(self._item(item, "- ") for item in node.children)

    @whole
    def visit_enumerated_list(self, node):
        lettered, numbers = "alpha" in node.get("enumtype", ""), range(node.get("start", 1), 1_000_000)
        markers = (f"- {chr(ord('a') + number - 1)}) " if lettered else f"{number}. " for number in numbers)
        return "\n".join(map(self._item, node.children, markers))

    def _item(self, item, marker):
        """A list's item, close if it is but a paragraph, perhaps with lists."""
        close = isinstance(item[0], nodes.paragraph) and all(isinstance(part, LISTS) for part in item[1:])
        width = 2 if marker.startswith("-") else len(marker)
        return marker + indent(self.inside(item, "\n" if close else "\n\n"), " " * width).lstrip()

    @whole
    def visit_definition_list(self, node):
        return "\n".join("- " + indent(self.blocks(item), "  ").lstrip() for item in node.children)

    visit_field_list = visit_definition_list

    @whole
    def visit_block_quote(self, node):
        return _quoted(self.blocks(node))

    @whole
    def visit_Admonition(self, node):
        lead = admonitionlabels.get(node.tagname)
        return _quoted(f"**{lead}**\n\n{self.blocks(node)}" if lead else self.blocks(node))

    visit_topic = visit_sidebar = visit_Admonition

    @whole
    def visit_line_block(self, node):
        return "\\\n".join(self.line(line) for line in node.children)

    @whole
    def visit_literal_block(self, node):
        fence, language = _fence(node.astext(), "```"), node.get("language", "")
        return f"{fence}{'' if language in ('default', 'none') else language}\n{node.astext()}\n{fence}"

    visit_doctest_block = visit_literal_block

    @whole
    def visit_footnote(self, node):
        return self.blocks(node).replace("\n\n", " ", 1)  # the number and the first words

    @whole
    def visit_transition(self, node):
        return "---"

    @whole
    def visit_table(self, node):
        rows = [row.children for row in node.findall(nodes.row)]
        written = [f"| {' | '.join(map(self._table_cell, row))} |" for row in rows]
        if next(node.findall(nodes.thead), None) is None:
            written.insert(0, "|" + "   |" * len(rows[0]))
        rules = (next(filter(None, map(ALIGNMENTS.get, entry["classes"])), "---") for entry in rows[0])
        written.insert(1, f"|{'|'.join(rules)}|")
        captions = [self._captioned(part) for part in node.children if isinstance(part, nodes.title)]
        return "\n\n".join([*captions, "\n".join(written)])

    def _table_cell(self, entry):
        """In one line, as the table's Markdown wants it."""
        text = self.blocks(entry).replace("\n- ", "\n\n- ")
        blocks = [" ".join(block.split("\n")) for block in text.split("\n\n")]
        return "<br>".join(blocks).replace("|", r"\|")

    # The rest --------------------------------------------------------------------------------------------------------

    def unknown_visit(self, node):
        advice = "%s has no form in notebooks, which show its words: register `app.add_node(%s, notebook=…)`."
        place = next((one for one in _holders(node) if one.line), node)
        logger.warning(advice, node.tagname, node.tagname, location=place, type="course", subtype="notebook")
        if isinstance(node, nodes.TextElement) and not isinstance(node, nodes.Inline):
            self.visit_paragraph(node)

    def unknown_departure(self, node):
        pass

    def _go_in(self, node):
        pass

    def _skip(self, node):
        raise nodes.SkipNode


for kind, marks in MARKS.items():
    mark = whole(lambda self, node, marks=marks: _marked(self.inside(node), *marks))
    setattr(MarkdownTranslator, f"visit_{kind}", mark)
for kind in HOLDERS:
    setattr(MarkdownTranslator, f"visit_{kind}", MarkdownTranslator._go_in)
for kind in SILENT:
    setattr(MarkdownTranslator, f"visit_{kind}", MarkdownTranslator._skip)


def _marked(words: str, before: str, after: str) -> str:
    """`words` between two marks, which must touch them."""
    bare = words.strip()
    return words.replace(bare, f"{before}{bare}{after}", 1) if bare else words


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _fence(code: str, shortest: str) -> str:
    """Backticks that `code` does not hold."""
    return "`" * max(len(shortest), 1 + max(map(len, re.findall("`+", code)), default=0))


def _destination(address: str) -> str:
    return re.sub(r"[ ()<>$]", lambda found: f"%{ord(found[0]):02X}", address)


def _holders(node) -> Iterator[nodes.Node]:
    """`node` and all that it stands in, from the inside."""
    while node is not None:
        yield node
        node = node.parent
