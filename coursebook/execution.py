"""Executes the pages' cells, one kernel per core, into the cache from which MyST-NB takes their outputs.

A page is executed again when its cells have changed, or a file that they used: each kernel tells which modules it has
imported and which files it has read. So a chart's module executes the lessons that import it, a row of a table those
that load that table, and a sentence none.
"""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path

from coursebook import course
from coursebook.dataset import DESCRIPTOR
from coursebook.page_text import read_notebook

CELL_SECONDS = 120
CACHED_SECONDS, CACHED_USED, CACHED_STATE = "execution_seconds", "used", "state"
_NOTE = "__import__('coursebook.dependencies', fromlist=['start'])"


class Cache:
    """The executed notebooks in `folder`, by jupyter-cache; made anew if it is damaged, by a killed build for instance."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._cache = self._opened()
        except Exception:  # SQLite, JSON and jupyter-cache each tell in their own way that a file is damaged
            shutil.rmtree(folder)
            folder.mkdir()
            self._cache = self._opened()

    def _opened(self):
        from jupyter_cache import get_cache

        cache = get_cache(str(self.folder))
        for record in cache.list_cache_records():
            cache.get_cache_bundle(record.pk)
        return cache

    def record(self, notebook):
        """What is known of a notebook with these cells, None if it was never executed."""
        try:
            return self._cache.match_cache_notebook(notebook)
        except KeyError:
            return None

    def put(self, page: Path, notebook, known: dict) -> int:
        """Keep an executed notebook; the number of its record."""
        from jupyter_cache.base import CacheBundleIn

        bundle = CacheBundleIn(notebook, str(page), data=known)
        return self._cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True).pk

    def keep_only(self, records: set[int]) -> None:
        for record in self._cache.list_cache_records():
            if record.pk not in records:
                self._cache.remove_cache(record.pk)


class Inputs:
    """The files that cells may use: of both packages, the dataset and the pages' folder. Outside are installed packages."""

    def __init__(self, root: Path, pages: Iterable[Path]):
        self._root, self._data = root, course.data().folder.resolve()
        self.folders = [*packages(), self._data, *sorted({page.parent for page in pages})]

    def used(self, paths: Iterable[str]) -> list[str]:
        """Paths that a kernel has used, without what is built, downloaded or hidden, as seen from the root."""
        seen = sorted({os.path.relpath(path, self._root) for path in paths})
        return [path for path in seen if not re.search(r"(^|[/\\])(_build|\.[^./\\][^/\\]*)[/\\]", path)]

    def state(self, used: Iterable[str], notebook) -> str:
        """A digest of the files `used`: another one, other outputs."""
        paths = [self._root / path for path in used]
        tables = tuple(
            path.resolve() for path in paths if path.suffix == ".csv" and path.resolve().parent == self._data
        )
        all_sources = _loads_sources(paths, notebook)
        contents = (f"{path.name}\0{self._content(path.resolve(), tables, all_sources)}\0" for path in paths)
        return hashlib.sha256("".join(contents).encode()).hexdigest()

    def _content(self, path, tables, all_sources):
        if path == self._data / DESCRIPTOR:
            return self._described(tables)
        if path == self._sources and not all_sources:
            return self._cited(tables)
        return _digest_of(path)

    def _described(self, tables):
        """What the descriptor says of these tables; how many rows they have is no matter."""
        described = course.data().package()
        resources = [
            {key: value for key, value in resource.items() if key != "rows"}
            for resource in described["resources"]
            if self._data / resource["path"] in tables or resource.get("type") != "table"
        ]
        return json.dumps({**described, "resources": resources}, sort_keys=True)

    @cached_property
    def _sources(self) -> Path:
        return self._data / course.data().resource("sources")["path"]

    @cached_property
    def _rows_of_sources(self) -> dict[str, str]:
        with self._sources.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        return {row[header.index("id")]: repr(row) for row in rows if row}

    def _cited(self, tables):
        """The rows of the sources that these tables name."""
        named = set().union(*(_words_of(table) for table in tables if table != self._sources))
        return "\n".join(row for source, row in self._rows_of_sources.items() if source in named)


def packages() -> list[Path]:
    """The folders of the engine and of the course's package."""
    found = [sys.modules[name] for name in ("coursebook", course.current().package)]
    return [Path(package.__file__).resolve().parent for package in found]


def _loads_sources(paths, notebook) -> bool:
    """Whether the cells, or a module they use, take the table of sources as any other table."""
    return any(
        re.search(r"""\bload\(\s*["']sources["']""", text)
        for text in (*(cell.source for cell in notebook.cells), *(_text_of(p) for p in paths if p.suffix == ".py"))
    )


@cache
def _digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


@cache
def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _words_of(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9-]+", _text_of(path)))


def execute(root: Path, pages: list[Path], folder: Path, log: Path, *, tidy: bool = True) -> list[str]:
    """Execute those of `pages` that the cache in `folder` lacks; a sentence for each cell that fails.

    What kernels say on the error stream goes to `log`. `tidy` takes out of the cache what is of no page.
    """
    for function in (_digest_of, _text_of, _words_of):
        function.cache_clear()
    cache, inputs = Cache(folder), Inputs(root, pages)
    waiting, kept = [], set()
    for page in pages:
        notebook = read_notebook(page)
        if notebook is None:
            continue
        record = cache.record(notebook)
        known = record.data if record is not None else {}
        if known.get(CACHED_USED) and known[CACHED_STATE] == inputs.state(known[CACHED_USED], notebook):
            kept.add(record.pk)
        else:
            waiting.append(Execution(page, notebook, inputs.folders))
    problems = []
    with _stderr_to(log), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done in pool.map(Execution.run, waiting):
            if done.problem:
                problems.append(f"{done.page.relative_to(root).as_posix()}{done.problem}")
                continue
            used = inputs.used(done.used)
            known = {CACHED_SECONDS: done.seconds, CACHED_USED: used, CACHED_STATE: inputs.state(used, done.notebook)}
            kept.add(cache.put(done.page, done.notebook, known))
    if tidy and not problems:
        cache.keep_only(kept)
    return problems


class Execution:
    """One page in one kernel. `problem` says what went wrong, beginning with the line, and is empty if nothing did."""

    def __init__(self, page: Path, notebook, folders: list[Path]):
        self.page, self.notebook, self._folders = page, notebook, [str(folder) for folder in folders]
        self.problem, self.used, self.seconds = "", [], 0.0
        self._at = 0

    def run(self) -> Execution:
        import time

        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

        started = time.perf_counter()
        self._client = NotebookClient(
            self.notebook,
            timeout=CELL_SECONDS,
            record_timing=False,  # it would be part of the cells
            resources={"metadata": {"path": str(self.page.parent)}},
            on_cell_start=self._begin,
            on_cell_executed=self._end,
        )
        try:
            self._client.execute()
        except CellExecutionError as error:
            self._tell(f"the cell fails with {error.ename}: {_first_line(error.evalue)}")
        except CellTimeoutError:
            self._tell(f"the cell takes longer than {CELL_SECONDS} s, the limit. Let it do less, or less often.")
        except DeadKernelError:
            self._tell("the cell ends its kernel: it exits, crashes or takes more memory than there is.")
        except Exception as error:
            self._tell(f"the cell cannot be executed: {type(error).__name__}: {_first_line(str(error))}")
        self.seconds = time.perf_counter() - started
        return self

    def _tell(self, words):
        lines = self.notebook.metadata.get("source_map", [])
        self.problem = f":{lines[self._at] + 1}: {words}" if self._at < len(lines) else f": {words}"

    async def _begin(self, cell, cell_index):
        self._at = cell_index
        if cell_index == 0:
            await self._ask("start()")

    async def _end(self, cell, cell_index, execute_reply):
        later = self.notebook.cells[cell_index + 1 :]
        if not any(cell.cell_type == "code" and cell.source.strip() for cell in later):
            self.used = await self._ask(f"found({self._folders!r})")

    async def _ask(self, call):
        """The value of a call of `coursebook.dependencies` in the kernel; it leaves no trace there."""
        from nbclient.util import ensure_async

        asked = {"answer": f"{_NOTE}.{call}"}
        message = await ensure_async(self._client.kc.execute("", silent=True, user_expressions=asked))
        reply = await self._client.async_wait_for_reply(message)
        answer = reply["content"]["user_expressions"]["answer"]
        if answer["status"] != "ok":
            raise RuntimeError(f"{answer['ename']}: {answer['evalue']}")
        return ast.literal_eval(answer["data"]["text/plain"])


@contextmanager
def _stderr_to(path: Path) -> Iterator[None]:
    """Send what kernels say on the error stream to a file, out of the progress lines."""
    sys.stderr.flush()
    saved = os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0]
