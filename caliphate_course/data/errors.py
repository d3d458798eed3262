"""Faults in the data, told so that a person can mend them."""

from __future__ import annotations

MOST_SHOWN = 8

_ADVICE = {
    "foreign-key": "Add the row it points to, or correct the value.",
    "primary-key": "Give each row an id of its own.",
    "unique-error": "Give each row an id of its own.",
    "extra-cell": "Check for a stray comma, or put quotes around text that holds one.",
    "missing-cell": "Check for a missing comma.",
    "incorrect-label": "Restore the column names of datapackage.json, in their order.",
    "extra-label": "Remove the column, or describe it in datapackage.json.",
    "missing-label": "Restore the column described in datapackage.json.",
    "source-error": "Restore the file: it is empty or cannot be read as a table.",
}


class DataError(ValueError):
    """A table that does not load. The message names file, row, column and value, and says what to do."""

    @classmethod
    def from_frictionless(cls, folder: str, descriptor: dict, errors: list) -> DataError:
        """One error from all faults that frictionless found in a table."""
        lines = [_sentence(f"{folder}/{descriptor['path']}", error) for error in errors[:MOST_SHOWN]]
        if len(errors) > MOST_SHOWN:
            lines.append(f"… and {len(errors) - MOST_SHOWN} more faults in {folder}/{descriptor['path']}.")
        return cls("\n".join(lines))


def _sentence(path, error):
    place = [path]
    row = getattr(error, "row_number", None)
    if row:
        cells = getattr(error, "cells", None) or []
        place.append(f"row {row} ({cells[0]})" if cells else f"row {row}")
    column = getattr(error, "field_name", None) or getattr(error, "label", None)
    if column:
        place.append(f"column {column!r}")
    if hasattr(error, "cell"):
        place.append(f"value {error.cell!r}")
    advice = _ADVICE.get(error.type, "")
    return f"{', '.join(place)}: {error.note.rstrip('.')}. {advice}".rstrip()
