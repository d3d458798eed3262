"""What a reader reads in place of keys, numbers, ranges and dates: no digit lost, no date more precise than it is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pandas as pd

AT_LEAST, UP_TO = "at least", "up to"


def named(keys: pd.Series, names: Mapping[str, object], *, table: str, home: str) -> pd.Series:
    """What a chart calls each of `keys`, a column of `table`: a new word there is neither dropped nor drawn nameless.

    Raises ValueError for a key that `names` lacks; the message says that `home` is where to add it.
    """
    unknown = keys[~keys.isin(list(names))]
    if not unknown.empty:
        raise ValueError(f"No name for the {keys.name} {unknown.iloc[0]!r} of {table}: add it to {home}.")
    return keys.map(names)


def listed(words: Sequence[str]) -> str:
    """'A', 'A and B', 'A, B and C'."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


# Numbers ---------------------------------------------------------------------------------------------------------


def number(value: object) -> str:
    """'12,345.678': every digit that the value has, with commas between thousands; 'yes' or 'no' for a flag.

    Texts stay as they are.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    digits = f"{Decimal(f'{value:.15g}'):,f}"  # all that a float keeps of a decimal, without the dust of arithmetic
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def scaled(value: float, size: float) -> str:
    """'3.42' of 3,418,332: `value` in units of `size`, to two digits after the point."""
    return number(round(float(value) / size, 2))


def rounded(value: float) -> str:
    """'13,000': the first two digits that count."""
    return number(float(f"{value:.2g}"))


def bounds(low: float | None, high: float | None, write: Callable[[float], str] = number) -> str:
    """'2,100–4,400', 'at least 2,100', 'up to 4,400', or one figure where both ends are the same."""
    if low is not None and high is not None:
        return f"{write(low)}–{write(high)}" if low != high else write(low)
    return f"{AT_LEAST} {write(low)}" if low is not None else f"{UP_TO} {write(high)}"


def of_millions(least: float) -> tuple[int, str]:
    """In what figures in millions are told, of which `least` is the least: (1000, 'billion') or (1, 'million')."""
    return (1000, "billion") if least >= 1000 else (1, "million")


def with_unit(text: str, unit: str) -> str:
    """'12 people', but '12%'."""
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}".strip()


# Dates -----------------------------------------------------------------------------------------------------------


def day_words(date: pd.Timestamp) -> str:
    """'22 March 2017', for a day that is known."""
    return f"{date.day} {date:%B %Y}"


def short(words: str) -> str:
    """`words` with the month in three letters: '22 Mar 2017'."""
    return re.sub(r"\b([A-Z][a-z]{2})[a-z]+", r"\1", words)


def date_words(row, column: str = "date") -> str:
    """A row's date in words, no more precise than the row's `<column>_precision` allows; '' if there is none.

    A date of precision `window` lies between `column` and `<column>_latest`; the latter by itself is 'by …'.
    """
    date = row.get(column)
    if date is None or pd.isna(date):
        return ""
    if not hasattr(date, "year"):
        return str(date)  # a column that holds years as whole numbers
    whole = column.removesuffix("_latest")
    precision = row.get(f"{column}_precision", row.get(f"{whole}_precision"))
    if precision == "window":
        day = day_words(date)
        return f"by {day}" if whole != column else f"between {day} and {day_words(row[f'{column}_latest'])}"
    if precision == "quarter":
        return f"quarter {date.quarter} of {date.year}"
    return {"year": f"{date:%Y}", "month": f"{date:%B %Y}"}.get(precision, day_words(date))


def in_words(frame: pd.DataFrame, column: str = "date", *, missing: str = "") -> list[str]:
    """The dates of a column, row by row, as `date_words` gives them; `missing` where there is none."""
    return [date_words(row, column) or missing for _, row in frame.iterrows()]


def period_words(row, first: str, last: str) -> str:
    """The time from column `first` to column `last` of a row: '2017', 'January to October 2018', '6 to 9 June 2017'.

    Whole years and months are named without days; a period without an end reads 'from 10 July 2017 on'.
    """
    start, end = row[first], row[last]
    if pd.isna(end):
        return f"from {date_words(row, first)} on"
    after = end + pd.Timedelta(days=1)
    whole_months = start.day == after.day == 1
    if whole_months and start.month == after.month == 1:
        begins, ends = f"{start:%Y}", f"{end:%Y}"
    elif whole_months:
        begins, ends = f"{start:%B %Y}", f"{end:%B %Y}"
    else:
        begins, ends = date_words(row, first), date_words(row, last)
    if begins == ends:
        return ends
    month = f" {end:%B %Y}"
    shared = month if begins.endswith(month) and ends.endswith(month) else f" {end.year}"
    return f"{begins.removesuffix(shared)} to {ends}"
