"""The text of a page before anything is made of it: its cells, and what Sphinx passes over or tells without a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCES = "_sources"  # Sphinx's folder, beside the pages, of what a page offers to download

_FENCE = re.compile(r"^[\s>]*(?:[-*+] |\d+\. )?\s*(?P<marker>`{3,}(?=[^`]*$)|~{3,}|:{3,})(?P<info>.*)$")
_TITLE = re.compile(r"^# +\S|^=+\s*$")
_ROLE = re.compile(r"(?<![`\\])\{(?P<role>fact|numref|ref|doc|term|download|cite(?::\w+)?)\}(?!`)")
# Directives whose content is not Markdown: what looks like a fence there is none.
VERBATIM = {"code-cell", "code", "code-block", "sourcecode", "raw", "eval-rst", "literalinclude", "math", "mermaid"}


def read_notebook(page: Path):
    """The page as a notebook, read as MyST-NB will read it, or None if it has no cells."""
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.read import create_nb_reader
    from myst_parser.config.main import MdParserConfig

    text = page.read_text(encoding="utf-8-sig")
    reader = create_nb_reader(str(page), MdParserConfig(), NbParserConfig(), text)
    return None if reader is None else reader.read(text)


@cache
def is_notebook(page: Path) -> bool:
    """Whether a page has code cells."""
    notebook = read_notebook(page)
    return notebook is not None and any(cell.cell_type == "code" for cell in notebook.cells)


def text_of(page: Path) -> tuple[str, list[str]]:
    """The text of a page, and what is wrong if it is no text: empty then."""
    content = page.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line, byte = content[: error.start].count(b"\n") + 1, content[error.start]
        return "", [f":{line}: the byte {byte:#x} is no UTF-8. Save the page as UTF-8."]
    if "\0" in text:
        return "", [
            f":{text[: text.index(chr(0))].count(chr(10)) + 1}: there is a NUL, so this is no text. Restore it."
        ]
    return text, []


def title_of(page: Path) -> str:
    """The title of a page, or its name if it has none in Markdown."""
    found = re.search(r"^# +(.+?)\s*$", text_of(page)[0], re.MULTILINE)
    return found[1] if found else page.stem


def faults(page: Path) -> list[str]:
    """What is wrong with a page, each beginning with the line (`:12: …`) or, if it is the page as a whole, `: …`."""
    text, broken = text_of(page)
    if broken or page.suffix != ".md":
        return broken
    lines = _without_front_matter(text.splitlines())
    if not any(line.strip() for line in lines):
        return [": the page is empty. Write its title, as in `# Title`, and text."]
    found = list(_unclosed(lines, 1))
    prose = list(_prose(lines))
    if not any(_TITLE.match(line) for _, line in prose):
        found.append((1, "the page has no title. Begin it with one, as in `# Title`."))
    for number, line in prose:
        if role := _ROLE.search(re.sub(r"`+[^`]+`+", lambda code: "`" * len(code[0]), line)):
            name = role["role"]
            found.append((number, f"the role {{{name}}} stands without its content. Write it as {{{name}}}`…`."))
    return [f":{line}: {words}" for line, words in sorted(found)]


def _without_front_matter(lines: list[str]) -> list[str]:
    """`lines` with empty ones in place of the settings at the top, so that their numbers stay."""
    if not lines or lines[0].rstrip() != "---":
        return lines
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    return [""] * (end + 1) + lines[end + 1 :]


def _unclosed(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """Blocks that are opened and never closed, inside others too; `first` is the number of the first line."""
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened is None:
            at += 1
            continue
        closed = _closing(lines, at, opened["marker"])
        if closed is None:
            shown = opened["marker"] + opened["info"].rstrip()
            yield first + at, f"the block {shown!r} is never closed. Close it by a line {opened['marker']} of its own."
            closed = at
        elif _holds_markdown(opened["info"]):
            yield from _unclosed(lines[at + 1 : closed], first + at + 1)
        at = closed + 1


def _closing(lines: list[str], at: int, marker: str) -> int | None:
    """The number of the line that closes the block opened by `marker` on line `at`."""
    end = re.compile(rf"^[\s>]*{re.escape(marker)}{re.escape(marker[0])}*\s*$")
    return next((number for number in range(at + 1, len(lines)) if end.match(lines[number])), None)


def _holds_markdown(info: str) -> bool:
    directive = re.match(r"\{([\w:-]+)\}", info.strip())
    return directive is not None and directive[1] not in VERBATIM


def _prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The lines outside blocks of code, with their numbers."""
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        closed = opened and _closing(lines, at, opened["marker"])
        if opened and closed and not _holds_markdown(opened["info"]):
            at = closed
        elif not opened:
            yield at + 1, lines[at]
        at += 1
