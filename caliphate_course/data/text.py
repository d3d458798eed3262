"""Checks of a table's bytes, before anything reads it as CSV."""

from __future__ import annotations

import codecs
from pathlib import Path

from caliphate_course.data.errors import DataError


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
