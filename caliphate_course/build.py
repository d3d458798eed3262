"""Builds the book: `python -m caliphate_course.build`, which is what `make book` runs.

Four stages: the data is checked, the notebooks are executed side by side into a cache, Jupyter Book writes the pages
from that cache, the result is checked. The first thing that is wrong stops the build with a sentence that names the
place; the full log is in `_build/build.log`.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import shutil
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from html import escape
from importlib import metadata
from pathlib import Path

import yaml
from sphinx_external_toc.api import SiteMap
from sphinx_external_toc.parsing import MalformedError, parse_toc_data

from caliphate_course import data
from caliphate_course.explorer.live import BUILD_FLAG

# What decides, beside the packages installed, whether the dataset is right; what decides the outputs of a notebook
# beside its own text (all that a lesson may import); and what decides the pages beside the outputs.
DATASET = ("data/*.csv", "data/*.json", "data/*.topojson")
DATA_INPUTS = ("caliphate_course/data/*.py", *DATASET)
EXECUTION_INPUTS = (
    *(f"caliphate_course/{part}/*.py" for part in ("charts", "data", "explorer", "facts")),
    *(f"caliphate_course/{name}.py" for name in ("__init__", "dates", "months", "templating")),
    *("caliphate_course/templates/*.html", *DATASET),
)
PAGE_INPUTS = ("caliphate_course/**/*", "data/**/*", "_config.yml", "_toc.yml", "pyproject.toml")
LOG = "build.log"
SOURCES = "_sources"  # Sphinx's folder, beside the pages, of what a page offers to download
CELL_SECONDS = 120
SMALLEST_PAGE = 2_000
MESSAGES_SHOWN = 8


class BuildError(Exception):
    """Something an author can mend; the message says where and what."""


class Build:
    """One build of the book whose files lie under `root`."""

    def __init__(self, root: Path):
        self.root = root.resolve()
        self.out = self.root / "_build"
        self.html = self.out / "html"
        self.sources = self.html / SOURCES
        self.log = self.out / LOG

    def set_environment(self) -> None:
        """Let the processes started from here, kernels and Sphinx, show no widgets and use this checkout's package; and
        let what is printed, such as the name of a folder, hold letters that the terminal lacks."""
        sys.stdout.reconfigure(errors="backslashreplace")
        os.environ[BUILD_FLAG] = "1"
        os.environ["PYTHONPATH"] = str(self.root)

    def require_built(self) -> None:
        """Raise BuildError unless the book has been built."""
        if not self.sources.is_dir():
            raise BuildError("The book is not built yet: run `make book` first.")

    def run(self) -> None:
        started = time.perf_counter()
        check_jupyter_book()
        self.out.mkdir(exist_ok=True)
        with stage("checking data"):
            pages = self.pages()
            self.check_data()
        with stage(f"executing notebooks ({len(pages)} pages)"):
            self.execute(pages)
        with stage("writing pages"):
            self.write()
        with stage("checking result"):
            self.check_result(pages)
        print(f"The book is ready after {time.perf_counter() - started:.0f} s: open {self.html / 'index.html'}")

    def pages(self) -> list[Path]:
        """The pages `_toc.yml` names, which must all exist."""
        return [self.page(name) for name in self.toc()]

    def page(self, name: str) -> Path:
        """The file of the page that `_toc.yml` calls `name`; raises BuildError if there is none."""
        found = next((p for end in ("", ".md", ".ipynb") if (p := self.root / f"{name}{end}").is_file()), None)
        if found is None:
            raise BuildError(f"_toc.yml names the page {name}, but there is no file {name}.md.")
        return found

    def toc(self) -> SiteMap:
        """The contents that `_toc.yml` lists: pages in their order, parts in `root.subtrees`; BuildError if it is wrong."""
        settings = self._settings("_toc.yml")
        if "root" not in settings:
            raise BuildError("_toc.yml: there is no first page. Name it, as in `root: book/index`.")
        try:
            return parse_toc_data(settings)
        except (MalformedError, TypeError) as error:  # the latter where a list stands for settings, or the reverse
            problem = f"{error}".rstrip(".")
            raise BuildError(f"_toc.yml: {problem}. Correct it; a place such as /parts/0 counts from 0.") from error

    def config(self) -> dict:
        """What `_config.yml` says; raises BuildError if it is no list of settings."""
        return self._settings("_config.yml")

    def _settings(self, name: str) -> dict:
        try:
            settings = yaml.safe_load((self.root / name).read_text(encoding="utf-8"))
        except OSError as error:
            raise BuildError(f"{name} cannot be read: {error.strerror}. Restore it.") from error
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
            place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
            raise BuildError(f"{place}: this is not YAML: {problem}. Correct it there or just before.") from error
        if not isinstance(settings, dict):
            raise BuildError(f"{name}: it holds no settings, which are written `name: value`. Restore it.")
        return settings

    def check_data(self) -> None:
        """Check the dataset, unless it and the rules are as they were when last found right."""
        digest, stamp = self.digest(DATA_INPUTS), self.out / "data.digest"
        if not stamp.is_file() or stamp.read_text() != digest:
            try:
                data.check()
            except data.DataError as error:
                raise BuildError(str(error)) from error
            stamp.write_text(digest)
        os.environ[data.CHECKED] = data.state(data.directory())

    # Executing -------------------------------------------------------------------------------------------------------

    @property
    def cache(self) -> Path:
        return self.out / "executed" / self.digest(EXECUTION_INPUTS)

    def execute(self, pages: list[Path]) -> None:
        """Execute what the cache lacks, one kernel per core. Helper code, data and versions name the cache's folder,
        so that a changed helper never leaves stale outputs and a changed sentence executes nothing."""
        from jupyter_cache import get_cache
        from jupyter_cache.base import CacheBundleIn

        for old in (self.out / "executed").glob("*"):
            if old != self.cache:
                shutil.rmtree(old)
        self.cache.mkdir(parents=True, exist_ok=True)
        cache = get_cache(str(self.cache))
        waiting = []
        for page in pages:
            notebook = read_notebook(page)
            if notebook is None:
                continue
            try:
                cache.match_cache_notebook(notebook)
            except KeyError:
                waiting.append((page, notebook))
        problems = []
        with _stderr_to(self.out / "kernels.log"), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for page, notebook, result in pool.map(_execute, waiting):
                if result.err is not None:
                    problems.append(self._cell_problem(page, notebook, result))
                    continue
                bundle = CacheBundleIn(notebook, str(page), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        if problems:
            raise BuildError("\n".join(problems))

    def _cell_problem(self, page: Path, notebook, result) -> str:
        place = str(page.relative_to(self.root))
        cells = zip(notebook.cells, notebook.metadata.get("source_map", []), strict=False)
        for cell, line in cells:
            errors = [o for o in cell.get("outputs", []) if o.output_type == "error"]
            if errors:
                return f"{place}:{line + 1}: the cell fails with {errors[0].ename}: {_first_line(errors[0].evalue)}"
        return f"{place}: a cell fails: {_first_line(str(result.err))}"

    # Writing ---------------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Run Jupyter Book with every warning an error; from scratch if anything but the pages' text has changed."""
        digest = self.digest(PAGE_INPUTS)
        if not self.pages_read:
            for stale in (self.html, self.doctrees):
                if stale.is_dir():
                    shutil.rmtree(stale)
        self._stamp.unlink(missing_ok=True)
        self.jupyter_book("html", self.out)
        self._write_front_door()
        self._stamp.write_text(digest)

    @property
    def doctrees(self) -> Path:
        """What Sphinx has read of the pages."""
        return self.out / ".doctrees"

    @property
    def pages_read(self) -> bool:
        """Whether nothing but the pages' own text, which Sphinx watches, has changed since `doctrees` was written."""
        return self._stamp.is_file() and self._stamp.read_text() == self.digest(PAGE_INPUTS)

    @property
    def _stamp(self) -> Path:
        return self.out / "pages.digest"

    def jupyter_book(self, builder: str, out: Path) -> None:
        """Write the book by Jupyter Book's `builder` into `out`, a folder named `_build`, from the executed notebooks.

        Here and in no process of its own, for modules and tables are loaded. Raises BuildError with what its log names.
        """
        from jupyter_book.cli.main import main as jupyter_book

        log = out / LOG
        command = ["build", str(self.root), "--path-output", str(out.parent), "--config", str(self._settings_in(out))]
        command += ["--builder", builder, "-n", "-W", "--keep-going"]
        text, code = log.open("w", encoding="utf-8", buffering=1), 0
        with text, redirect_stdout(text), redirect_stderr(text), _rare_garbage_collection():
            try:
                jupyter_book(command, standalone_mode=False)
            except SystemExit as end:
                code = end.code
            except Exception:
                traceback.print_exc()
                code = 1
        if code:
            raise BuildError("\n".join(self._problems(log)))

    def _settings_in(self, out: Path) -> Path:
        """The book's settings, with the executed notebooks, as a file in `out` for Jupyter Book."""
        config = self.config()
        config.setdefault("execute", {}).update(execute_notebooks="cache", cache=str(self.cache))
        path = out / "config.yml"
        path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
        return path

    def _write_front_door(self) -> None:
        """`index.html` leads to the first page; Jupyter Book's own has neither language, title nor link."""
        title = escape(self.config()["title"])
        first = self.page(self.toc().root.docname).relative_to(self.root).with_suffix(".html").as_posix()
        (self.html / "index.html").write_text(
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
            f'<meta http-equiv="refresh" content="0; url={first}"></head>\n'
            f'<body><main><h1>{title}</h1><p><a href="{first}">Open the course</a></p></main></body></html>\n',
            encoding="utf-8",
        )

    def _problems(self, log: Path) -> list[str]:
        """What went wrong by Jupyter Book's log, the first few, each with its place."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(encoding="utf-8", errors="replace"))
        text = text.replace(f"{self.root}{os.sep}", "")
        pattern = r"^(?P<place>.*?):{1,2} ?(?:WARNING|ERROR|CRITICAL|SEVERE): (?P<what>.*)$"
        found = [f"{m['place']}: {m['what']}" for m in re.finditer(pattern, text, re.MULTILINE)]
        found += re.findall(r"^(?:WARNING|ERROR): .*$", text, re.MULTILINE)
        if not found:
            found = [line.strip() for line in text.splitlines() if re.match(r"\s*\w*(Error|Exception)\b", line)][-3:]
        found = list(dict.fromkeys(found)) or ["Jupyter Book failed without naming a page."]
        more = len(found) - MESSAGES_SHOWN
        return [*found[:MESSAGES_SHOWN], f"and {more} more"] if more > 0 else found

    # Checking --------------------------------------------------------------------------------------------------------

    def check_result(self, pages: Iterable[Path]) -> None:
        for page in pages:
            built = self.html / page.relative_to(self.root).with_suffix(".html")
            if not built.is_file():
                raise BuildError(f"{page.relative_to(self.root)} was not written to {built.relative_to(self.root)}.")
            text = built.read_text(encoding="utf-8")
            if len(text) < SMALLEST_PAGE or "<h1" not in text:
                raise BuildError(f"{built.relative_to(self.root)} was written, but it is empty.")

    def digest(self, patterns: Iterable[str]) -> str:
        """A digest of the files that match `patterns` and of the packages installed: another one, another result."""
        digest = hashlib.sha256(f"{sys.version}\n{installed()}\n".encode())
        for pattern in patterns:
            for path in sorted(self.root.glob(pattern)):
                if path.is_file() and "__pycache__" not in path.parts:
                    digest.update(str(path.relative_to(self.root)).encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:16]


@cache
def installed() -> str:
    """Every installed package with its version, one a line: a new version of any may change what is built."""
    return "\n".join(sorted({f"{package.name} {package.version}" for package in metadata.distributions()}))


def check_jupyter_book() -> None:
    version = metadata.version("jupyter-book")
    if not version.startswith("1."):
        raise BuildError(
            f"This book needs Jupyter Book 1.x, but {version} is installed, which does not read _config.yml; "
            "run `make book`, which installs the right one into .venv."
        )


@contextmanager
def stage(name: str) -> Iterator[None]:
    """One line of progress: what is being done, then how long it took."""
    print(f"{name} ... ", end="", flush=True)
    started = time.perf_counter()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.perf_counter() - started:.1f} s", flush=True)


def read_notebook(page: Path):
    """The page as a notebook, read as MyST-NB will read it, or None if it has no cells."""
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.read import create_nb_reader
    from myst_parser.config.main import MdParserConfig

    text = page.read_text(encoding="utf-8")
    reader = create_nb_reader(str(page), MdParserConfig(), NbParserConfig(), text)
    return None if reader is None else reader.read(text)


def _execute(task):
    from jupyter_cache.executors.utils import single_nb_execution

    page, notebook = task
    result = single_nb_execution(notebook, cwd=str(page.parent), allow_errors=False, timeout=CELL_SECONDS)
    return page, notebook, result


@contextmanager
def _rare_garbage_collection() -> Iterator[None]:
    """Sphinx makes millions of objects that live on: looking for dead ones at Python's pace took a quarter of its time,
    and as they end with the process, doing so once more then two seconds."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.freeze()


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


def main() -> int:
    build = Build(Path.cwd())
    build.set_environment()
    try:
        build.run()
    except BuildError as error:
        log = f"\nThe full log is in {build.log.relative_to(build.root)}." if build.log.is_file() else ""
        print(f"\nThe book was not built.{log}\n{error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
