"""The text of a page before anything is made of it: its cells, and what Sphinx passes over or tells without a place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCES = "_sources"  # Sphinx's folder, beside the pages, of what a page offers to download

_FENCE = re.compile(r"^[\s>]*(?:[-*+] |\d+\. )?\s*(?P<marker>`{3,}(?=[^`]*$)|~{3,}|:{3,})(?P<info>.*)$")
_TITLE = re.compile(r"^# +\S|^=+\s*$")
_ROLES = r"fact|numref|ref|doc|term|state|present|download|cite(?::\w+)?"
# Slips in a paragraph whose stretches of code are written as NUL.
_SLIPS = (
    (
        rf"(?<![\w\\])\{{(?P<role>{_ROLES})\}}(?![`\0])",
        "the role {{{0}}} stands without its content. Write it as {{{0}}}`…`.",
    ),
    (r"(?<!\\)\{(?P<role>[\w:.-]+)\}`", "the role {{{0}}} is never closed. End its content with a `."),
    (rf"(?<![\w{{\0])(?P<role>{_ROLES})\0", "the role {0} stands without its braces. Write it as {{{0}}}`…`."),
    (r"!\[\s*(?P<role>)\]\(", "the picture has no words for those who cannot see it. Write them as ![words](file)."),
)
_CODE = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_OWN_LINE = re.compile(r"\s*(?:[|>#]|[-*+] |\d+[.)] |$)")  # what goes on with no paragraph
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


def as_text(words: str) -> str:
    """Words of a table as Markdown that stands for nothing but themselves."""
    return re.sub(r"([\\`*_{}\[\]<>$#|&!~])", r"\\\1", words)


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
    for number, paragraph in _paragraphs(prose):
        found += [(number + line, words) for line, words in _slips(paragraph)]
    found += _faults_of_blocks(page, list(blocks(page)))
    return [f":{line}: {words}" for line, words in sorted(found)]


def _faults_of_blocks(page: Path, found: list[Block]) -> Iterator[tuple[int, str]]:
    for block in found:
        if block.name in ("image", "figure") and not block.option("alt"):
            yield block.line, "the picture has no words for those who cannot see it. Write them as `:alt: words`."
    cell = next((block for block in found if block.name == "code-cell"), None)
    if cell and read_notebook(page) is None:
        head = "The page has code, but not the lines from --- to --- at its top that make it a notebook."
        yield 1, f"{head} Copy them from another page with code, as this one has it in line {cell.line}."


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


@dataclass(frozen=True)
class Block:
    """A directive of a page: its line, name, argument and the lines of its content, of which the first are its options."""

    line: int
    name: str
    argument: str
    content: tuple[str, ...]

    def option(self, name: str) -> str:
        """The value of the option `name`, written `:name: value` or as YAML between `---`; '' without one."""
        found = (re.match(rf"\s*:?{name}:\s*(.*?)\s*$", line) for line in self.content)
        return next((match[1] for match in found if match), "")


def blocks(page: Path) -> Iterator[Block]:
    """The directives of a page in their order, those inside others too."""
    lines = _without_front_matter(text_of(page)[0].splitlines())
    yield from _blocks(lines, 1) if page.suffix == ".md" else ()


def _blocks(lines: list[str], first: int) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        closed = opened and _closing(lines, at, opened["marker"])
        if opened and closed:
            content = lines[at + 1 : closed]
            if directive := re.match(r"\{([\w:-]+)\}\s*(.*?)\s*$", opened["info"].strip()):
                yield Block(first + at, directive[1], directive[2], tuple(content))
            if _holds_markdown(opened["info"]):
                yield from _blocks(content, first + at + 1)
            at = closed
        at += 1


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


def _paragraphs(prose: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines that stand together, as one text with the number of its first: a role may go on in the next line."""
    first, lines = 0, []
    for number, line in prose:
        if lines and (number != first + len(lines) or _OWN_LINE.match(line)):
            yield first, "\n".join(lines)
            lines = []
        first = first if lines else number
        lines.append(line)
    if lines:
        yield first, "\n".join(lines)


def _slips(paragraph: str) -> Iterator[tuple[int, str]]:
    """What is wrong with the roles of a paragraph, with the number of its line, from 0."""
    text = _CODE.sub(lambda code: "\0" + "\n" * code[0].count("\n"), paragraph)
    for pattern, words in _SLIPS:
        for slip in re.finditer(pattern, text):
            yield text[: slip.start()].count("\n"), words.format(slip["role"])
