"""Checks of a table's bytes and of how its cells are written, before anything gives them a type."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from itertools import zip_longest
from pathlib import Path

from coursebook.dataset.errors import DataError, sentence

# What programs write for nothing or for no number. Read back, it would be a word, or a number that is none.
_PLACEHOLDER = re.compile(
    r"[+-]?(s?nan\d*|inf(inity)?)|n/?a|null|none|nat|#(n/a|ref!|value!|name\?|div/0!|num!)", re.IGNORECASE
)
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_LARGEST = 10**12
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOOSE_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LONGEST = {"id": 80}  # characters; of another cell 1,500
# A text that was read in the wrong encoding and saved: UTF-8 taken for Latin, or letters lost.
_MOJIBAKE = re.compile(r"[ÃÂÐØ][\u0080-\u00bf]|â€|ï»¿|\ufffd|[^\W\d_]\?[^\W\d_]|\?{3,}")
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9,.;'()/%-]| (?! |$)){0,79}")
_MARKUP = re.compile(r"<[a-zA-Z/!?]|[`{}]|\]\(|\*\*|:::|\$\$|&#?\w+;|javascript:", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&'()*+,;=%-]+")  # in which signs stand that are markup elsewhere
_AS_SPREADSHEETS = (
    "Save with commas between cells: LibreOffice asks under 'Edit filter settings'; Excel takes the list separator of "
    "the system's regional settings, so set that to a comma and save as 'CSV UTF-8'."
)


def check_text(path: Path):
    """Raise DataError unless `path` is a non-empty UTF-8 text without null bytes.

    Line endings are left alone, LF and CRLF read the same, and so is the byte order mark that spreadsheets write.
    """
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise DataError(f"{name}: the file is missing. Restore it, or remove its entry from datapackage.json.")
    content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        raise DataError(f"{name}: the file is empty. Restore it.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise DataError(
            f"{name}, row {row}: byte {content[error.start]:#04x} is not UTF-8. Save the file as UTF-8."
        ) from error
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise DataError(f"{name}, row {row}: it holds a null character. Remove it.")


def check_cells(path: Path, fields: list[dict]):
    """Raise DataError if the columns are not those of `fields`, or a cell holds what only looks like a value or a text.

    That is a word that stands for nothing, a number or date not written plainly (frictionless takes NaN, 1_000 and
    2016-5-1), and text that a reader, a spreadsheet or a page would take for something else: see `_text_fault`.
    """
    name = f"{path.parent.name}/{path.name}"
    of = {field["name"]: field for field in fields}
    faults = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        _check_header(name, header, [field["name"] for field in fields])
        for number, row in enumerate(rows, start=2):
            for column, cell in zip(header, row, strict=False):
                if cell and (reason := _reason(cell, of[column])):
                    faults.append(sentence(name, *reason, row=number, row_id=row[0], column=column, value=_shown(cell)))
    if faults:
        raise DataError.of(name, faults)


def _check_header(name, header, expected):
    if len(header) == 1 < len(expected):
        for mark, words in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if header[0].count(mark) == len(expected) - 1:
                raise DataError(sentence(name, f"its columns are separated by {words}", _AS_SPREADSHEETS, row=1))
    for found, wanted in zip_longest(header, expected):
        if found != wanted:
            what = f"there should be the column {wanted!r}" if wanted else "datapackage.json describes no such column"
            advice = "Restore the columns of datapackage.json, in their order, with commas between them."
            raise DataError(sentence(name, what, advice, row=1, column=found))


def _shown(cell):
    return cell if len(cell) <= 200 else f"{cell[:80]}…"


def _reason(cell, field):
    if _PLACEHOLDER.fullmatch(cell.strip()):
        return "the word stands for nothing", "Leave the cell empty, or write what is meant."
    if field["type"] in ("integer", "number"):
        if not _PLAIN_NUMBER.fullmatch(cell):
            return "it is not a plain number", "Write digits only, with a point before decimals."
        if abs(float(cell)) >= _LARGEST:
            return "the number is too large", f"Write one below {_LARGEST:,}."
    elif field["type"] == "date" and not _DATE.fullmatch(cell):
        if loose := _LOOSE_DATE.fullmatch(cell):
            return (
                "it is not a date",
                f"Write {loose[1]}-{int(loose[2]):02}-{int(loose[3]):02}: month and day have two digits.",
            )
        return "it is not a date", (
            "Write year, month and day, such as 2014-06-10. In a spreadsheet give the column the format YYYY-MM-DD "
            "before saving."
        )
    elif field["type"] == "string":
        return _text_fault(cell, field)
    return None


def _text_fault(cell: str, field: dict) -> tuple[str, str] | None:
    """What is wrong with a text, and what to do: hidden or look-alike characters, markup, a formula, odd blanks."""
    if _PLAIN_TEXT.fullmatch(cell):  # most cells are, and nothing below is wrong with them
        return None
    if hidden := next((char for char in cell if not char.isprintable()), None):
        return f"it holds {_name(hidden)} (U+{ord(hidden):04X})", "Write the cell in one line, with plain blanks only."
    if not cell.strip(" "):
        return "it holds blanks alone", "Leave the cell empty, or write what is meant."
    if cell != cell.strip(" ") or "  " in cell:
        return "it has a blank at its beginning or end, or two in a row", f"Write {' '.join(cell.split())[:80]!r}."
    if unicodedata.normalize("NFC", cell) != cell:
        return "its accents are characters of their own", "Write each letter as one character (Unicode form NFC)."
    if len(cell) > (limit := _LONGEST.get(field["name"], 1500)):
        return f"it is longer than {limit:,} characters", "Shorten it."
    if cell[0] in "=+-@":
        return f"a spreadsheet would take it for a formula, as it begins with {cell[0]!r}", "Begin it with a word."
    if not any(char.isalnum() for char in cell):
        return "it holds no letter or digit", "Leave the cell empty, or write what is meant."
    if found := _MARKUP.search(_ADDRESS.sub("", cell)):
        return f"it holds markup ({found[0]!r})", "Write plain text."
    if "://" not in cell:
        if found := _MOJIBAKE.search(cell):
            return f"letters were lost ({found[0]!r})", "Restore the text, and save the file as UTF-8."
    if word := next((word for word in re.findall(r"\w+", cell) if len(_scripts(word)) > 1), None):
        return f"the word {word!r} mixes letters of several scripts", "Write it with the letters of one."
    return None


def _name(char):
    return {"\n": "a line break", "\r": "a line break", "\t": "a tab"}.get(char, "a character that is not seen")


_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL", "COPTIC"}


def _scripts(word):
    return (
        {"LATIN"} if word.isascii() else {unicodedata.name(c, "").split(" ")[0] for c in word if c.isalpha()} & _ALIKE
    )
