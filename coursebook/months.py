"""Months as whole numbers, year * 100 + month, which charts compare: 201710 is October 2017."""

from __future__ import annotations

import pandas as pd

# Stands for an end that is not known: later than any month.
FAR_FUTURE = 999912
# Of a month on average.
DAYS_PER_MONTH = 365.25 / 12


def number(dates: pd.Series) -> pd.Series:
    """The month of each date; missing for a missing date."""
    return dates.dt.year * 100 + dates.dt.month


def from_iso(month: str) -> int:
    """The month '2014-05'."""
    return int(month.replace("-", ""))


def first_day(month: int) -> pd.Timestamp:
    """The first day of a month."""
    return pd.Timestamp(month // 100, month % 100, 1)


def between(first: int, last: int) -> list[int]:
    """Every month from `first` to `last`, both included."""
    return [day.year * 100 + day.month for day in pd.date_range(first_day(first), first_day(last), freq="MS")]


def words(month: int) -> str:
    """'July 2016'."""
    return f"{first_day(month):%B %Y}"


def options(first: int, last: int) -> list[tuple[str, int]]:
    """Every month from `first` to `last`, both included, as a slider's label and value."""
    return [(words(month), month) for month in between(first, last)]


def expression(month: str) -> str:
    """A Vega expression for the words of the month that the expression `month` gives."""
    return f"monthFormat({month} % 100 - 1) + ' ' + floor({month} / 100)"
