"""Builds the book: `python -m coursebook build`, which is what `make book` runs.

Four stages: the data is checked, the notebooks are executed side by side into a cache, Sphinx writes the pages from
that cache with the settings that Jupyter Book makes of `_config.yml`, the result is checked and takes the place of the
site before it. The first thing that is wrong stops the build with a sentence that names the place, and the last good
site stays; the full log is in `_build/build.log`.
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
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache, cached_property
from html import escape, unescape
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote

import yaml
from sphinx_external_toc.api import SiteMap
from sphinx_external_toc.parsing import MalformedError, parse_toc_data

from coursebook import atomic, course, dataset, execution, own_version, page_exercises, page_text, remedies, third_party
from coursebook.course import Course
from coursebook.dataset import CHECKED, DataError
from coursebook.figures.live import BUILD_FLAG
from coursebook.own_version import OwnVersion, VersionError

# What decides the pages beside their text and the outputs: both packages, the data and these settings.
SETTINGS = ("_config.yml", "_toc.yml", "pyproject.toml")
LOG = "build.log"
# What a build leaves for readers and for the next build: the site, what Sphinx has read, the figures' tables.
HTML, DOCTREES, OUTPUTS = "html", ".doctrees", "jupyter_execute"
# Style sheets that extensions make after the pages, which link them with a digest if they are there already.
MADE_LAST = ("mystnb.*.css", "exercise.css", "theme.css")
SMALLEST_PAGE, LARGEST_PAGE = 2_000, 8_000_000  # bytes
MESSAGES_SHOWN = 8


class BuildError(Exception):
    """Something an author can mend; the message says where and what."""


class Build:
    """One build of the book whose files lie under `root`."""

    def __init__(self, root: Path):
        self.root = root.resolve()
        self.out = self.root / "_build"
        self.html = self.out / HTML
        self.sources = self.html / page_text.SOURCES
        self.doctrees = self.out / DOCTREES
        self.log = self.out / LOG
        self._shelf = atomic.Shelf(self.out, (HTML, DOCTREES, OUTPUTS))
        self._holds_lock = False

    def set_environment(self) -> None:
        """Let the processes started from here, kernels and Sphinx, show no widgets and use this checkout's package.

        Charts draw days in local time: in one time zone everywhere, the same data make the same drawing.
        """
        os.environ.update({BUILD_FLAG: "1", "PYTHONPATH": str(self.root), "TZ": "UTC"})
        if hasattr(time, "tzset"):
            time.tzset()
        self.course()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder `_build`: another build of the same checkout waits, and so does this one for it."""
        if self._holds_lock:
            yield
            return
        self.out.mkdir(exist_ok=True)
        with atomic.alone(
            self.out / ".lock", waiting="another build is at work here; this one begins when it has ended"
        ):
            self._holds_lock = True
            try:
                self._shelf.recover()
                yield
            finally:
                self._holds_lock = False

    def course(self) -> Course:
        """The course that `_config.yml` names, for this process and those it starts; raises BuildError if there is none."""
        name = (self.config().get("sphinx", {}).get("config") or {}).get("course", "")
        try:
            return course.use(name)
        except course.CourseError as error:
            raise BuildError(str(error)) from error

    def require_built(self) -> None:
        """Raise BuildError unless the book has been built."""
        if not self.sources.is_dir():
            raise BuildError("The book is not built yet: run `make book` first.")

    def run(self) -> None:
        """Build the site; if anything is wrong, raise BuildError and leave the last good one as it was."""
        with self.alone():
            self._run()

    def _run(self) -> None:
        started = time.perf_counter()
        check_jupyter_book()
        with stage("checking data"):
            pages = self.pages()
            self.check_pages(pages)
            self.check_data()
        checked = course.data().state()
        with stage(f"executing notebooks ({len(pages)} pages)"):
            try:
                self.execute(pages)
            finally:  # what else is told follows from it
                self._check_untouched(checked)
        with self._beside() as made:
            with stage("writing pages"):
                self.sphinx("html", made)
                self._write_front_door(made / HTML)
            with stage("checking result"):
                self.check_result(pages, made / HTML)
                self._shelf.replace(made, self.inputs)
        for name in self.left_aside():
            print(f"{name} is not in _toc.yml, so it is no part of the book.")
        print(f"The book is ready after {time.perf_counter() - started:.0f} s: open {self.html / 'index.html'}")

    def pages(self) -> list[Path]:
        """The pages `_toc.yml` names, which must all exist."""
        return [self.page(name) for name in self.toc()]

    def left_aside(self) -> Iterator[str]:
        """The names of files beside the pages that look like pages, and that `_toc.yml` does not name."""
        named = set(parse_toc_data(self._settings("_toc.yml")))
        for folder in sorted({(self.root / name).parent for name in named}):
            for path in sorted((*folder.glob("*.md"), *folder.glob("*.ipynb"))):
                name = self._name(path)
                if folder != self.root and not path.name.startswith(".") and name.rpartition(".")[0] not in named:
                    yield name

    def page(self, name: str) -> Path:
        """The file of the page that `_toc.yml` calls `name`; raises BuildError if there is none."""
        found = next((p for end in ("", ".md", ".ipynb") if (p := self.root / f"{name}{end}").is_file()), None)
        if found is None:
            raise BuildError(f"_toc.yml names the page {name}, but there is no file {name}.md.")
        return found

    @cached_property
    def version(self) -> OwnVersion:
        """The version of the course that is asked for; raises BuildError with what is wrong in its file."""
        try:
            return own_version.wanted(self.root)
        except VersionError as error:
            raise BuildError(str(error)) from error

    def contents(self) -> dict:
        """What `_toc.yml` says, with the lessons of an own version; BuildError if there is no first page or lesson."""
        settings = self._settings("_toc.yml")
        if "root" not in settings:
            raise BuildError("_toc.yml: there is no first page. Name it, as in `root: book/index`.")
        try:
            return self.version.contents(settings)
        except VersionError as error:
            raise BuildError(str(error)) from error

    def toc(self) -> SiteMap:
        """The contents that `_toc.yml` lists: pages in their order, parts in `root.subtrees`; BuildError if it is wrong."""
        try:
            return parse_toc_data(self.contents())
        except (MalformedError, TypeError) as error:  # the latter where a list stands for settings, or the reverse
            problem = f"{error}".rstrip(".")
            raise BuildError(f"_toc.yml: {problem}. Correct it; a place such as /parts/0 counts from 0.") from error

    def config(self) -> dict:
        """What `_config.yml` says, with title and address of an own version; raises BuildError if it is no list of
        settings or has no title."""
        settings = self._settings("_config.yml")
        if not isinstance(settings.get("title"), str):
            raise BuildError("_config.yml: there is no title. Give the course one, as in `title: A course`.")
        return self.version.config(settings)

    def line(self) -> str:
        """Of an own version: whose lessons these are, and for whom; '' of the whole course."""
        return self.version.line(self._settings("_config.yml")["title"]) if self.version.file else ""

    def check_pages(self, pages: Iterable[Path]) -> None:
        """Raise BuildError with what is wrong in the text of `pages` and can be told before they are read."""
        by_name = {self._name(page): page for page in pages}
        found = [f"{name}{fault}" for name, page in by_name.items() for fault in page_text.faults(page)]
        found = found or page_exercises.faults(by_name)
        if found:
            raise BuildError("\n".join(_first(found)))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _settings(self, name: str) -> dict:
        try:
            settings = yaml.safe_load((self.root / name).read_text(encoding="utf-8"))
        except OSError as error:
            raise BuildError(self._elsewhere() or f"{name} cannot be read: {error.strerror}. Restore it.") from error
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
            place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
            raise BuildError(f"{place}: this is not YAML: {problem}. Correct it there or just before.") from error
        if not isinstance(settings, dict):
            raise BuildError(f"{name}: it holds no settings, which are written `name: value`. Restore it.")
        return settings

    def _elsewhere(self) -> str:
        """Where the book is, if a command was given in a folder of it; else ''."""
        above = next((folder for folder in self.root.parents if (folder / "_config.yml").is_file()), None)
        if (self.root / "_config.yml").is_file() or (self.root / "_toc.yml").is_file() or above is None:
            return ""
        return f"There is no book in this folder, but there is in {above}. Go there and give the command again."

    def check_data(self) -> None:
        """Check the dataset, unless it and the rules are as they were when last found right."""
        rules = Path(dataset.__file__).parent
        digest, stamp = self.digest([rules, course.data().folder]), self.out / "data.digest"
        if not stamp.is_file() or stamp.read_bytes() != digest.encode():
            try:
                course.data().check()
            except DataError as error:
                raise BuildError(str(error)) from error
            self.out.mkdir(exist_ok=True)
            atomic.write_whole(stamp, digest)
        os.environ[CHECKED] = course.data().state()

    # Executing -------------------------------------------------------------------------------------------------------

    @property
    def cache(self) -> Path:
        """The folder of executed notebooks: another for another set of packages."""
        return self.out / "executed" / self.digest([])

    def execute(self, pages: list[Path]) -> None:
        """Execute what the cache lacks; raises BuildError with the place of each cell that fails."""
        with self.alone():
            for old in (self.out / "executed").glob("*"):
                if old != self.cache:
                    shutil.rmtree(old)
            whole = not self.version.file  # an own version leaves the other lessons executed
            problems = execution.execute(self.root, pages, self.cache, self.out / "kernels.log", tidy=whole)
        if problems:
            raise BuildError("\n".join(problems))

    def _check_untouched(self, before: str) -> None:
        """Raise BuildError if the data is not as it was before cells were executed."""
        folder = course.data().folder
        if not folder.is_dir() or course.data().state() != before:
            raise BuildError(
                f"{self._name(folder)}: a cell has changed, added or removed a file of the data while the notebooks were "
                "executed. Restore the folder, and let no cell write there: what is not saved stays in its own frame."
            )

    # Writing ---------------------------------------------------------------------------------------------------------

    @property
    def pages_read(self) -> bool:
        """Whether nothing but the pages' own text, which Sphinx watches, has changed since the site was written."""
        return self._shelf.made_from == self.inputs

    @property
    def inputs(self) -> str:
        """A digest of what decides the site beside the pages' text."""
        made_from = self.digest([*execution.packages(), course.data().folder, *(self.root / name for name in SETTINGS)])
        return hashlib.sha256(f"{made_from} {self.version}".encode()).hexdigest()[:16]

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """A folder to write the site in: with a copy of the last one to go on from, if only pages' text has changed."""
        made = self.out / ".next"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        if self.pages_read:
            self._shelf.copy(made, without=MADE_LAST)
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def sphinx(self, builder: str, out: Path) -> None:
        """Write the book by Sphinx's `builder` into a folder of that name in `out`, from the executed notebooks.

        Here and in no process of its own, for modules and tables are loaded. Raises BuildError with what its log names.
        """
        from sphinx.application import Sphinx
        from sphinx.util.docutils import docutils_namespace, patch_docutils

        settings, fault = self._sphinx_settings(), ""
        text = self.log.open("w", encoding="utf-8", buffering=1)
        with text, redirect_stdout(text), redirect_stderr(text), _rare_garbage_collection():
            try:
                with patch_docutils(), docutils_namespace():
                    app = Sphinx(
                        self.root, None, out / builder, out / DOCTREES, builder, settings,
                        status=text, warning=text, warningiserror=True, keep_going=True, parallel=os.cpu_count() or 1,
                    )  # fmt: skip
                    app.build()
                failed = bool(app.statuscode)
            except Exception as error:
                traceback.print_exc()
                failed, fault = True, third_party.told(error, self.root)
        if failed:
            raise BuildError("\n".join(_first([*self._warnings(), *filter(None, [fault])])))

    def _sphinx_settings(self) -> dict:
        """The book's settings as Sphinx's, by `jupyter-book config sphinx`, with the executed notebooks."""
        from jupyter_book.config import get_final_config

        config = self.config()
        config.setdefault("execute", {}).update(execute_notebooks="cache", cache=str(self.cache))
        contents = "_toc.yml"
        if self.version.file:
            config["sphinx"]["config"][own_version.SETTING] = self._told_to_pages()
            contents = f"{self.out.name}/toc.yml"
            (self.root / contents).write_text(yaml.safe_dump(self.contents(), sort_keys=False), encoding="utf-8")
        ours = {"external_toc_path": contents, "nitpicky": True, "latex_individualpages": False}
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            return get_final_config(user_yaml=config, sourcedir=self.root, cli_config=ours)[0]

    def _told_to_pages(self) -> dict:
        """What `pages/left_out.py` is to know of an own version."""
        pages = self.version.left_out(self._settings("_toc.yml"))
        left_out = {page: page_text.title_of(self.page(page)) for page in pages}
        return {"title": self.version.title, "line": self.line(), "left_out": left_out}

    def _write_front_door(self, html: Path) -> None:
        """`index.html` leads to the first page."""
        title = escape(self.config()["title"])
        first = self.page(self.toc().root.docname).relative_to(self.root).with_suffix(".html").as_posix()
        (html / "index.html").write_text(
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
            f'<meta http-equiv="refresh" content="0; url={first}"></head>\n'
            f'<body><main><h1>{title}</h1><p><a href="{first}">Open the course</a></p></main></body></html>\n',
            encoding="utf-8",
        )

    def _warnings(self) -> list[str]:
        """What Sphinx warned of by its log, each with its place, once."""
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text(encoding="utf-8", errors="replace"))
        text = text.replace(f"{self.root}{os.sep}", "")
        placed = r"^(?:[^:\n]*[.…] )?(?P<place>\S.*?):{1,2} ?(?:WARNING|ERROR|CRITICAL|SEVERE): (?P<what>.*)$"
        found = [f"{m['place']}: {remedies.advised(m['what'])}" for m in re.finditer(placed, text, re.MULTILINE)]
        return found + re.findall(r"^(?:WARNING|ERROR): .*$", text, re.MULTILINE)

    # Checking --------------------------------------------------------------------------------------------------------

    def check_result(self, pages: Iterable[Path], html: Path) -> None:
        """Raise BuildError unless `pages` were written to the folder `html`, and all they link is there."""
        for page in pages:
            built = html / page.relative_to(self.root).with_suffix(".html")
            size = built.stat().st_size if built.is_file() else 0
            if size < SMALLEST_PAGE:
                raise BuildError(f"{self._name(page)}: its page is empty. Give it a title (`# …`) and text.")
            if size > LARGEST_PAGE:
                raise BuildError(
                    f"{self._name(page)}: its page has {size / 1e6:.0f} MB, and no reader waits for more than "
                    f"{LARGEST_PAGE / 1e6:.0f}. Let its cells print less."
                )
        written = [path for path in html.rglob("*.html") if not path.relative_to(html).parts[0].startswith("_")]
        missing: dict[str, list[str]] = {}
        for page, link in sorted((path.relative_to(html).as_posix(), link) for path in written for link in _dead(path)):
            missing.setdefault(link.removeprefix("../"), []).append(page)
        if missing:
            raise BuildError("\n".join(_first(_not_there(*one) for one in missing.items())))

    def digest(self, inputs: Iterable[Path]) -> str:
        """A digest of files, those in folders with them, and of the packages installed: another one, another result."""
        digest = hashlib.sha256(f"{sys.version}\n{installed()}\n".encode())
        for top in inputs:
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file() and "__pycache__" not in path.parts:
                    name = path.relative_to(top.parent).as_posix()
                    digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
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


_LINK = re.compile(r"""<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"#?]+)[^"]*\"""")


def _dead(page: Path) -> Iterator[str]:
    """The files that a built page links and that are not there."""
    for link in sorted(set(_LINK.findall(page.read_text(encoding="utf-8")))):
        if not re.match(r"[a-z][a-z0-9+.-]*:|//", link) and not (page.parent / unquote(unescape(link))).exists():
            yield link


def _not_there(link: str, pages: list[str]) -> str:
    who = f"{pages[0]} and {len(pages) - 1} more pages link" if len(pages) > 1 else f"{pages[0]}: it links"
    return f"{who} {link}, which is not there. Restore the file that it is made from, or take the link out."


def _first(found: Iterable[str]) -> list[str]:
    """The first few faults, each once."""
    found = list(dict.fromkeys(found))
    more = len(found) - MESSAGES_SHOWN
    return [*found[:MESSAGES_SHOWN], f"and {more} more"] if more > 0 else found


def main() -> int:
    """Build the book of this folder; what is wrong is said on the error stream."""
    build = Build(Path.cwd())
    try:
        build.set_environment()
        build.run()
    except BuildError as error:
        return _stopped(build, str(error))
    except OSError as error:  # no space left, no right to write, a file where a folder should be
        return _stopped(build, f"{_of_the_system(error)}. Mend that and build again.")
    except Exception as error:  # nobody's fault that we know of
        return _stopped(build, _unforeseen(build, error))
    except KeyboardInterrupt:
        print("\nStopped. The last good site is as it was.", file=sys.stderr, flush=True)
        return 130
    return 0


def _unforeseen(build: Build, error: Exception) -> str:
    """A fault of the build itself in one sentence; the way to it goes into the log."""
    if build.out.is_dir():
        build.log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return f"{third_party.told(error, build.root)} This is no fault of a page: try `make clean`, and if it stays, report it."


def _of_the_system(error: OSError) -> str:
    """Which file, and what the system says of it; of several, the first."""
    if isinstance(error, shutil.Error):  # which copies of a folder have failed: (from, to, why)
        _, file, why = error.args[0][0]
        return f"{file}: {re.sub(r'^.Errno [0-9]+. |: .*', '', str(why))}"
    return f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}"


def _stopped(build: Build, words: str) -> int:
    log = f"\nThe full log is in {build.log.relative_to(build.root)}." if build.log.is_file() else ""
    print(f"\nThe book was not built.{log}\n{words}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
