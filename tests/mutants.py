"""Copies of the dataset with something wrong in them, and what the loader says to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from caliphate_course import data
from coursebook.dataset import DataError, Dataset


def loaded(folder: Path, name: str, change: Callable[[bytes], bytes]):
    """Table `name` as it loads after `change` was made to its file, in a copy of the dataset in `folder` (new)."""
    folder.mkdir()
    for path in data.folder.iterdir():
        (folder / path.name).symlink_to(path)
    file = folder / data.resource(name)["path"]
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(change(content))
    return Dataset(folder).load(name)


def refusal(mutant, name, change) -> str:
    """The message with which a mutant is refused. Fails if it loads."""
    with pytest.raises(DataError) as refused:
        mutant(name, change)
    return str(refused.value)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def as_csv(rows) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def edited(row_id: str, **cells: str) -> Callable[[bytes], bytes]:
    """A change to a file: other cells in the row `row_id`."""

    def change(content):
        rows = rows_of(content)
        next(row for row in rows if row["id"] == row_id).update(cells)
        return as_csv(rows)

    return change


def again(row_id: str, **cells: str) -> Callable[[bytes], bytes]:
    """A change to a file: the row `row_id` once more, with other cells."""

    def change(content):
        rows = rows_of(content)
        return as_csv([*rows, {**next(row for row in rows if row["id"] == row_id), **cells}])

    return change
