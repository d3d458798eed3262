"""Checks of a table's bytes and of how its cells are written, before anything gives them a type."""

from __future__ import annotations

import codecs
import csv
import re
from itertools import zip_longest
from pathlib import Path

from coursebook.dataset.errors import DataError, sentence

# What programs write for nothing or for no number. Read back, it would be a word, or a number that is none.
_PLACEHOLDER = re.compile(
    r"[+-]?(s?nan\d*|inf(inity)?)|n/?a|null|none|nat|#(n/a|ref!|value!|name\?|div/0!|num!)", re.IGNORECASE
)
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def check_text(path: Path):
    """Raise DataError unless `path` is a non-empty UTF-8 text without a byte order mark or null bytes.

    Line endings are left alone: LF and CRLF read the same.
    """
    name = f"{path.parent.name}/{path.name}"
    if not path.is_file():
        raise DataError(f"{name}: the file is missing. Restore it, or remove its entry from datapackage.json.")
    content = path.read_bytes()
    if not content.strip():
        raise DataError(f"{name}: the file is empty. Restore it.")
    if content.startswith(codecs.BOM_UTF8):
        raise DataError(f"{name}, row 1: it starts with a byte order mark. Save it as UTF-8 without BOM.")
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
    """Raise DataError if the columns are not those of `fields`, or a cell holds what only looks like a value.

    That is a word that stands for nothing, or a number not written plainly: frictionless takes NaN and 1_000 for
    numbers.
    """
    name = f"{path.parent.name}/{path.name}"
    numeric = {field["name"] for field in fields if field["type"] in ("integer", "number")}
    faults = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        _check_header(name, header, [field["name"] for field in fields])
        for number, row in enumerate(rows, start=2):
            for column, cell in zip(header, row, strict=False):
                if reason := _reason(cell, column in numeric):
                    faults.append(sentence(name, *reason, row=number, row_id=row[0], column=column, value=cell))
    if faults:
        raise DataError.of(name, faults)


def _check_header(name, header, expected):
    for found, wanted in zip_longest(header, expected):
        if found != wanted:
            what = f"there should be the column {wanted!r}" if wanted else "datapackage.json describes no such column"
            advice = "Restore the columns of datapackage.json, in their order, with commas between them."
            raise DataError(sentence(name, what, advice, row=1, column=found))


def _reason(cell, numeric):
    if _PLACEHOLDER.fullmatch(cell.strip()):
        return "the word stands for nothing", "Leave the cell empty, or write what is meant."
    if numeric and cell and not _PLAIN_NUMBER.fullmatch(cell):
        return "it is not a plain number", "Write digits only, with a point before decimals."
    return None
