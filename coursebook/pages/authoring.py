"""Makes the authors' reference, `docs/authoring.md`, of the docstrings of roles and directives and of the forms of facts."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

from coursebook import course
from coursebook.facts import FORMS
from coursebook.facts.definitions import FIELDS
from coursebook.figures.controls import READERS

PATH = "docs/authoring.md"
HEAD = """\
# Writing pages

<!-- Made by `make reference` of the docstrings in the code: change them there. -->

Pages are [MyST Markdown](https://myst-parser.readthedocs.io); everything that it has may be used, with
`{term}` for the glossary, `{cite:p}` and `{cite:t}` for sources by their id, `{numref}` for figures, `{doc}` for pages.
The course adds what follows. What is wrong in it stops the build with page and line.
"""


class _Setup:
    """Takes what an extension's `setup` adds, in place of Sphinx's application; all else it asks for does nothing."""

    parallel = 1

    def __init__(self):
        self.roles, self.directives = {}, {}

    def add_role(self, name, role, **_):
        self.roles[name] = type(role)

    def add_directive(self, name, directive, **_):
        self.directives[name] = directive

    def __getattr__(self, name):
        return lambda *_, **__: None


def extensions(config: dict) -> list[str]:
    """The extensions of the engine and of the course that the book's settings name."""
    ours = ("coursebook.", f"{course.current().package}.")
    return [name for name in config["sphinx"]["config"]["extensions"] if name.startswith(ours)]


def text(names: list[str]) -> str:
    """The reference of these extensions, as Markdown."""
    added = _Setup()
    for name in names:
        import_module(name).setup(added)
    lines = [
        HEAD,
        *_section("Roles", "A role stands in a sentence: `` {name}`…` ``.", added.roles),
        *_section(
            "Directives",
            "A directive is a block of its own, between lines ```` ```{name} ```` and ```` ``` ````.",
            added.directives,
        ),
        *_table(
            "Forms of a figure", "In `` {fact}`table/row as form` ``.", {name: one.gives for name, one in FORMS.items()}
        ),
        *_table("Worked-out figures", "What an entry of `facts.toml` may say.", FIELDS),
        *_table(
            "Controls",
            "What a figure may have, as ipywidgets.",
            {kind.__name__: reader.what for kind, reader in READERS.items()},
        ),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _section(title, usage, added):
    described = [[f"### `{name}`", "", inspect.getdoc(kind), ""] for name, kind in sorted(added.items())]
    return [f"## {title}", "", usage, "", *(line for lines in described for line in lines)]


def _table(title, usage, rows):
    lines = [f"| `{name}` | {meaning} |" for name, meaning in rows.items()]
    return [f"## {title}", "", usage, "", "| name | meaning |", "|---|---|", *lines, ""]


def main(root: Path, names: list[str]) -> int:
    """Write the reference of the book in the folder `root`."""
    made, path = text(names), root / PATH
    if path.is_file() and path.read_text(encoding="utf-8") == made:
        print(f"{PATH}: up to date")
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
        print(f"{PATH}: written anew")
    return 0
