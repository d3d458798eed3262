"""`licences.txt` beside the pages: whose work the site's scripts and styles are, with the notices that must go along.

Those of Vega's modules, which vl-convert bundles, of MiniSearch and of the wrapper that SCORM packages hold are in
`script_licences.txt`, as their packages on npm have them; those of Python packages come with the packages.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

FILE = "licences.txt"
SCRIPTS = Path(__file__).with_name("script_licences.txt")
# Whose scripts or styles are among the site's files.
PACKAGES = ("sphinx", "sphinx-book-theme", "pydata-sphinx-theme", "sphinx-design", "sphinx-exercise", "myst-nb")
OWN = ("LICENSE", "LICENSE-CONTENT")
RULE = f"\n\n{'=' * 80}\n\n"


def text(root: Path) -> str:
    """What goes into the file, for the course in the folder `root`."""
    own = [(root / name).read_text(encoding="utf-8") for name in OWN if (root / name).is_file()]
    packages = [f"{name}\n\n{_notice(name)}" for name in PACKAGES]
    return RULE.join(part.strip() for part in (*own, SCRIPTS.read_text(encoding="utf-8"), *packages)) + "\n"


def _notice(name: str) -> str:
    """The licence of an installed package. Raises LookupError if it brings none."""
    for path in metadata.files(name) or []:
        if path.parent.name in ("licenses", path.parts[0]) and path.name.upper().startswith("LICEN"):
            return path.read_text(encoding="utf-8")
    raise LookupError(f"The package {name} brings no licence: write it into {SCRIPTS.name}.")


def _write(app, exception):
    if exception is None and app.builder.name == "html":
        Path(app.outdir, FILE).write_text(text(Path(app.srcdir)), encoding="utf-8")


def setup(app):
    app.connect("build-finished", _write)
