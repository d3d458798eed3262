"""Faults in the data, told so that a person can mend them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from coursebook.told import Told

MOST_SHOWN = 8

# Frictionless tells a fault by type, and mostly by a note such as `constraint "minimum" is "0"`. Here is what to say.
_TOLD = {
    "foreign-key": ("the table it points to has no such row", "Add the row it points to, or correct the value."),
    "primary-key": ("{note}", "Give each row an id of its own."),
    "unique-error": ("it must be unique, and is {note}", "Correct one of the two."),
    "extra-cell": ("the row has more cells than there are columns",
                   "Check for a stray comma, or put quotes around text that holds one."),
    "missing-cell": ("the row has fewer cells than there are columns", "Check for a missing comma."),
    "blank-row": ("the row is blank", "Remove it."),
    "row-count": ("datapackage.json and the file differ in the number of rows: {note}",
                  "If rows were added or removed on purpose, run `make metadata`."),
    "source-error": ("{note}", "Restore the file: it is empty or cannot be read as a table."),
}  # fmt: skip
_CONSTRAINTS = {
    "required": ("the cell is empty", "Fill it in."),
    "minimum": ("it is below {limit}", "Correct it."),
    "maximum": ("it is above {limit}", "Correct it."),
    "maxLength": ("it is longer than {limit} characters", "Shorten it."),
    "enum": (
        "it is not one of {limit}",
        "Correct it, or add the new word to the table's description in data/meta and run `make metadata`.",
    ),
    "pattern": ("it does not have the form {limit}", "Correct it."),
}
_TYPES = {
    "date": ("it is not a date", "Write year, month and day, such as 2014-06-10."),
    "integer": ("it is not a whole number", "Write digits only, such as 1200."),
    "number": ("it is not a number", "Write digits, with a point before decimals."),
    "boolean": ("it is neither true nor false", "Write one of the two."),
}
_UNTOLD = ("{note}", "Correct it.")  # of a constraint or a type that no table had so far


class DataError(Told, ValueError):
    """A table that does not load. The message names file, row, column and value, and says what to do."""

    @classmethod
    def from_frictionless(cls, folder: str, descriptor: dict, errors: list) -> DataError:
        """One error from all faults that frictionless found in a table."""
        path = f"{folder}/{descriptor['path']}"
        return cls.of(path, [_sentence(path, error) for error in errors])

    @classmethod
    def of(cls, path: str, lines: list[str]) -> DataError:
        """One error from all faults of a file, of which it shows the first."""
        more = [f"… and {len(lines) - MOST_SHOWN} more faults in {path}."] if len(lines) > MOST_SHOWN else []
        return cls("\n".join(lines[:MOST_SHOWN] + more))


def _sentence(path, error):
    cells = getattr(error, "cells", None)
    column, *_ = getattr(error, "field_names", None) or [getattr(error, "field_name", None)]
    value, *_ = getattr(error, "field_cells", None) or [getattr(error, "cell", None)]
    value = "" if value == "None" else value
    row = getattr(error, "row_number", None)
    reason, advice = _reason(error)
    if error.type == "constraint-error" and 'constraint "enum"' in error.note:
        advice = f"{nearest(str(value), _words_of(error.note))}{advice}"
    return sentence(path, reason, advice, row=row, row_id=cells[0] if cells else None, column=column, value=value)


def _words_of(note):
    return re.findall(r"'((?:[^'\\]|\\.)*)'", note.partition(" is ")[2])


def nearest(word: str, known: Iterable[str]) -> str:
    """'Did you mean …? ' with the word of `known` that is most like `word`, whatever its capitals; '' if none is."""
    by_letters = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(word.casefold(), by_letters, n=1)
    return f"Did you mean {by_letters[close[0]]!r}? " if close else ""


def sentence(path, reason, advice, *, row=None, row_id=None, column=None, value=None) -> str:
    """A fault in one line: where, the value if one is given, why, and what to do."""
    place = [path]
    if row:
        place.append(f"row {row} ({row_id})" if row_id is not None else f"row {row}")
    if column:
        place.append(f"column {column!r}")
    if value is not None:
        place.append(f"value {value!r}")
    return f"{', '.join(place)}: {reason.rstrip('.')}. {advice}".rstrip()


def _reason(error):
    if error.type == "constraint-error":
        name, limit = re.findall(r'constraint "(\w+)" is "(.*)"', error.note)[0]
        reason, advice = _CONSTRAINTS.get(name, _UNTOLD)
        return reason.format(limit=limit, note=error.note), advice
    if error.type == "type-error":
        reason, advice = _TYPES.get(re.findall(r'type is "(\w+)', error.note)[0], _UNTOLD)
        return reason.format(note=error.note), advice
    reason, advice = _TOLD.get(error.type, ("{note}", ""))
    return reason.format(note=error.note), advice
