"""A second course, as small as one can be: it shows what the engine asks of a subject. Its numbers are made up."""

from pathlib import Path

from coursebook.dataset import Dataset

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_data"
data = Dataset(_INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "data")
