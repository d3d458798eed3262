"""The frames in which tables are given out: pandas' own, but for a sentence where a column is asked for that is not there."""

from __future__ import annotations

import re
import textwrap

import pandas as pd

from coursebook.dataset.errors import nearest
from coursebook.told import Told

# What takes names of columns and, for want of one, says so at the end of a long way through pandas.
ASKING = ("__getitem__", "drop", "drop_duplicates", "groupby", "merge", "set_index", "sort_values")
LONGEST = 800  # characters of a list of columns
_SENTENCES = ("not in index", "in axis", "in the columns", "in the [columns]", "dtype='object')", "dtype='str')")


class ColumnError(Told, KeyError):
    """A column that a frame does not have; the message names those it has."""

    __str__ = Exception.__str__  # KeyError's puts the message in quotation marks


class Frame(pd.DataFrame):
    """A table of the dataset, or rows and columns of one: asked for a column that it lacks, it raises ColumnError."""

    @property
    def _constructor(self):
        return Frame


def _telling(name: str):
    usual = getattr(pd.DataFrame, name)

    def method(self, *arguments, **options):
        try:
            return usual(self, *arguments, **options)
        except KeyError as error:
            if isinstance(error, ColumnError) or not (missing := _missing(error, self.columns)):
                raise
            raise ColumnError(_told(missing, [str(column) for column in self.columns])) from error

    method.__name__, method.__doc__ = name, usual.__doc__
    return method


for _name in ASKING:
    setattr(Frame, _name, _telling(_name))


def _missing(error: KeyError, columns: pd.Index) -> str:
    """The column of which pandas says that it is not there, by its name alone or in a sentence; '' if it says else."""
    words = str(error.args[0]) if error.args else ""
    named = re.findall(r"'([^']*)'", words) if words.endswith(_SENTENCES) else [words]
    return next((one for one in named if one and one not in columns), "")


def _told(missing: str, columns: list[str]) -> str:
    listed = textwrap.shorten(", ".join(columns), LONGEST, placeholder=" …")
    return f"There is no column {missing!r}. {nearest(missing, columns)}The columns are: {listed}."
