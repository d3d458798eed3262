"""The role `{size}`: how large what leaves the site is, by the file that `make release` writes (`book/sizes.toml`)."""

from __future__ import annotations

import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from coursebook.words import rounded

logger = logging.getLogger(__name__)
PATH = "book/sizes.toml"


def words_of_size(size: int) -> str:
    """'14 MB', '1.6 MB', '220 kB': the two digits of a number of bytes that count."""
    return f"{rounded(size / 1e6)} MB" if size >= 1e6 else f"{rounded(size / 1e3)} kB"


class SizeRole(SphinxRole):
    """How large one of the products of `make release` is, by its name there.

        The e-book has {size}`ebook`.

    The sizes are those of the last release; a name that it does not have stops the build.
    """

    def run(self):
        self.env.note_dependency(PATH)
        path = Path(self.env.srcdir) / PATH
        sizes = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if self.text not in sizes:
            there = f"there are: {', '.join(sizes)}" if sizes else f"{PATH} has none, `make release` writes it"
            place = self.get_location()
            logger.warning(
                "size: %r is not known; %s.", self.text, there, location=place, type="course", subtype="size"
            )
        return [nodes.Text(words_of_size(sizes[self.text]) if self.text in sizes else self.text)], []


def setup(app):
    app.add_role("size", SizeRole())
