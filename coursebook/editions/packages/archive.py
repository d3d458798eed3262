"""Files that are the same for the same content: no hour of writing in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)


def write_zip(path: Path, files: Mapping[str, str | bytes], *, first: tuple[str, str] | None = None) -> None:
    """Write `files`, contents by name, as a zip; `first` is a file that stands in front, not compressed."""
    with zipfile.ZipFile(path, "w") as archive:
        if first is not None:
            archive.writestr(zipfile.ZipInfo(first[0], EPOCH), first[1], zipfile.ZIP_STORED)
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
