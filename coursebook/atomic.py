"""Keeps the last good site: a build is made beside it and takes its place by renames, one build at a time."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(lock: Path, *, waiting: str) -> Iterator[None]:
    """Hold the file `lock` until the end, after whoever holds it now; `waiting` is said if that takes time.

    The system lets go of the lock when a process ends, so a killed one leaves none behind.
    """
    with lock.open("a+b") as file:
        if not _try_lock(file):
            print(waiting, flush=True)
            _lock(file)
        yield


try:
    import fcntl

    def _lock(file):
        fcntl.flock(file, fcntl.LOCK_EX)

    def _try_lock(file):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

except ImportError:  # Windows
    import msvcrt
    import time

    def _lock(file):
        while not _try_lock(file):
            time.sleep(0.5)

    def _try_lock(file):
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True


class Shelf:
    """Folders of `root` that are replaced together, with a stamp that tells what they were made from.

    `made_from` is None once anything in them is not as it was put there: half-written, changed, added or missing.
    """

    def __init__(self, root: Path, names: Iterable[str]):
        self._root, self._names = root, tuple(names)
        self._stamp, self._old = root / "site.json", root / ".replaced"

    @property
    def made_from(self) -> str | None:
        """What the folders were made from, as `replace` was told, if they are still as they were then."""
        try:
            stamp = json.loads(self._stamp.read_text(encoding="utf-8"))
            return stamp["made_from"] if stamp["files"] == self._files() else None
        except (OSError, ValueError, KeyError, TypeError):  # no stamp, or a damaged one
            return None

    def recover(self) -> None:
        """Put back what a process killed in the middle of `replace` had taken away."""
        for name in self._names:
            if (self._old / name).is_dir() and not (self._root / name).exists():
                (self._old / name).rename(self._root / name)
        shutil.rmtree(self._old, ignore_errors=True)

    def copy(self, to: Path, *, without: Iterable[str] = ()) -> None:
        """Copy the folders into `to`, times of files with them, without files called as one of the patterns `without`."""
        for name in self._names:
            if (self._root / name).is_dir():
                shutil.copytree(self._root / name, to / name, ignore=shutil.ignore_patterns(*without))

    def replace(self, made: Path, made_from: str) -> None:
        """Put the folders in `made` in the place of ours, which go. If that fails, ours stay."""
        shutil.rmtree(self._old, ignore_errors=True)
        self._old.mkdir()
        self._stamp.unlink(missing_ok=True)
        try:
            for name in self._names:
                if (self._root / name).exists():
                    (self._root / name).rename(self._old / name)
                if (made / name).exists():
                    (made / name).rename(self._root / name)
        except OSError:
            self._put_back(made)
            raise
        shutil.rmtree(self._old, ignore_errors=True)
        write_whole(self._stamp, json.dumps({"made_from": made_from, "files": self._files()}))

    def _put_back(self, made):
        for name in self._names:
            if (self._old / name).exists():
                if (self._root / name).exists():
                    (self._root / name).rename(made / name)
                (self._old / name).rename(self._root / name)

    def _files(self) -> dict[str, list[int]]:
        """Size and time of each file."""
        found = {}
        for name in self._names:
            for folder, _, files in os.walk(self._root / name):
                for file in files:
                    path = os.path.join(folder, file)
                    state = os.stat(path)
                    found[os.path.relpath(path, self._root)] = [state.st_size, state.st_mtime_ns]
        return found


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all, whatever happens meanwhile."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
