"""`python -m coursebook …`: what the Makefile does, on any system. Run it in the folder that holds `_config.yml`.

`build` makes the site, `handout` the printed editions, `lab` copies to teach from, opened in JupyterLab, `copies` these
alone, `notebooks` the downloads with executed copies, `packages` what other programs take, `metadata` the dataset's
descriptor, `reference` that of the page language. `audit` reports what a person should look at in the data. `check` looks
at code, settings and data and runs the tests that need no build, `test` builds afresh and runs all, `clean` removes what
was built.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.flags.optimize > 1:  # the packages of the charts do not even load so
    sys.exit(
        "Python was started with -OO or PYTHONOPTIMIZE=2, which takes out texts that are needed. Start it without."
    )

from coursebook import build  # noqa: E402
from coursebook.build import Build, BuildError, stage  # noqa: E402

BUILT = ("_build", "dist", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache")
# They work side by side; their settings stand in pyproject.toml.
LINTERS = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("codespell_lib",),
    ("mypy", "--no-error-summary"),
)
STYLE = "Mend that; the formatter does its part itself: python -m ruff check --fix . && python -m ruff format ."


def _handout(options) -> int:
    from coursebook.editions.handout.build import run

    return run(paper=options.paper.lower(), code=options.code, lesson=options.lesson)


def _copies(options) -> int:
    from coursebook.editions import lab

    return lab.main()


def _lab(options) -> int:
    from coursebook.editions import lab

    return build.main() or lab.main() or lab.serve(options.rest)


def _notebooks(options) -> int:
    from coursebook.editions import notebooks

    return build.main() or notebooks.main()


def _packages(options) -> int:
    from coursebook.editions.packages.build import run

    return build.main() or run(options.only, options.lesson)


def _release(options) -> int:
    from coursebook.editions.packages import release

    return release.run()


def _metadata(options) -> int:
    from coursebook.dataset import metadata

    return metadata.main()


def _reference(options) -> int:
    from coursebook.pages import authoring

    build_of = Build(Path.cwd())
    try:
        build_of.course()
        return authoring.main(build_of.root, authoring.extensions(build_of.config()))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1


def _audit(options) -> int:
    from coursebook import course
    from coursebook.dataset import audit

    Build(Path.cwd()).set_environment()
    print(audit.report(course.data()))
    return 0


def _check(options) -> int:
    if _style():
        return 1
    book = Build(Path.cwd())
    try:
        book.set_environment()
        with stage("checking settings"):
            book.pages()
        with book.alone(), stage("checking data"):
            book.check_data()
    except BuildError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return _python("pytest", "-q", "-n", "auto", "-m", "unit", *options.rest)


def _test(options) -> int:
    if _style():
        return 1
    for name in ("html", "executed", ".doctrees", "site.json"):
        _remove(Path("_build") / name)
    return build.main() or _python("pytest", "-n", "auto", "--dist", "loadgroup", *options.rest)


def _clean(options) -> int:
    for name in BUILT:
        _remove(Path(name))
    return 0


def _style() -> int:
    """Whether a linter finds fault with code or spelling. They come with the tests' tools, and may not be there."""
    there = [linter for linter in LINTERS if importlib.util.find_spec(linter[0])]
    running = [subprocess.Popen([sys.executable, "-m", *linter]) for linter in there]
    failed = any([linter.wait() for linter in running])
    if failed:
        print(STYLE, file=sys.stderr)
    return int(failed)


def _python(*module: str) -> int:
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", *module], check=False).returncode


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _commands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m coursebook", description="Make the course's site and editions.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name, run, words):
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run, rest=[])
        return command

    add("build", lambda options: build.main(), "build the book into _build/html")
    handout = add("handout", _handout, "typeset the PDF editions into _build/handout")
    handout.add_argument("--paper", default=os.environ.get("HANDOUT_PAPER", "a4"), help="a4 or letter")
    code = os.environ.get("HANDOUT_CODE", "0") not in ("", "0")
    handout.add_argument("--code", action="store_true", default=code, help="print the code of the charts too")
    handout.add_argument("--lesson", type=int, default=0, help="make the booklet of this lesson alone")
    add("copies", _copies, "write the lessons of the built book into the folder lab, as copies to teach from")
    add("lab", _lab, "open the lessons as live notebooks in JupyterLab; further options are JupyterLab's")
    add("metadata", _metadata, "make data/datapackage.json of data/meta and the tables")
    add("reference", _reference, "make docs/authoring.md of the docstrings of roles and directives")
    add("audit", _audit, "report on the dataset what a person should look at: no fault, matters of judgement")
    add("notebooks", _notebooks, "write the lessons as .ipynb, and executed copies, into _build/notebooks")
    packages = add("packages", _packages, "write what other programs take into dist")
    packages.add_argument("--only", default=os.environ.get("ONLY", ""), help="one of them, such as quiz")
    packages.add_argument("--lesson", type=int, default=0, help="with --only scorm: the package of this lesson alone")
    add("release", _release, "write what was built as archives with checksums into _build/release")
    add(
        "check",
        _check,
        "check code, settings and data, and run the tests that need no build; further options are pytest's",
    )
    add("test", _test, "build the book afresh and run all tests; further options are pytest's")
    add("clean", _clean, "remove what was built, but not the environment")
    return parser


def main(arguments: list[str] | None = None) -> int:
    sys.stdout.reconfigure(errors="backslashreplace")  # a folder's name may hold letters that the terminal lacks
    parser = _commands()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.run not in (_lab, _check, _test):
        parser.error(f"there is no option {rest[0]}")
    options.rest = rest
    return options.run(options)


if __name__ == "__main__":  # processes that typeset import this module too
    sys.exit(main())
