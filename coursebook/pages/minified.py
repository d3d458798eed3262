"""Ships the book's own style sheets without what only their authors read: comments and indents.

Its scripts are shipped as they are: a short JavaScript needs a parser of the language, and what Python's index has of
these takes words out of texts (rjsmin 1.3) or sets statements in another order (tdewolff-minify 2.24).
"""

from __future__ import annotations

from pathlib import Path

import rcssmin

from coursebook.pages.theme import STATIC


def _write(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    for source in sorted(STATIC.glob("*.css")):
        shipped = Path(app.outdir) / "_static" / source.name
        if shipped.is_file():
            shipped.write_text(rcssmin.cssmin(source.read_text(encoding="utf-8")), encoding="utf-8")


def setup(app):
    app.connect("build-finished", _write)
