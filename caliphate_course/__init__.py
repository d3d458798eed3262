"""The course "The Rise and Fall of the Caliphate": its dataset, what is worked out of it, and its charts.

`from caliphate_course import data` gives the dataset: `data.load("events")`.
"""

from pathlib import Path

from coursebook.dataset import Dataset

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_data"  # in a wheel and in a downloaded notebook; in the repository `data` lies beside us

data = Dataset(_INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent / "data")
