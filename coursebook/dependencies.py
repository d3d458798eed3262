"""Which files a kernel has used: `start()` in its first moment, `found(folders)` in its last. Nothing but Python's own."""

from __future__ import annotations

import os
import sys

_opened: set[str] = set()


def start() -> None:
    """Note every file that Python opens from now on."""
    sys.addaudithook(_note)


def _note(event: str, arguments: tuple) -> None:
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        _opened.add(os.path.abspath(os.fsdecode(arguments[0])))


def found(folders: list[str]) -> list[str]:
    """The files in `folders` that were opened, and the sources of the modules that were imported from there."""
    modules = {os.path.abspath(file) for module in list(sys.modules.values()) if (file := _source(module))}
    inside = tuple(os.path.join(folder, "") for folder in folders)
    return sorted(path for path in _opened | modules if path.startswith(inside) and "__pycache__" not in path)


def _source(module) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None
