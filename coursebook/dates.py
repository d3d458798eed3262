"""Dates in words, no more precise than the dataset knows them."""

from __future__ import annotations

import re

import pandas as pd


def day(date: pd.Timestamp) -> str:
    """'22 March 2017', for a day that is known."""
    return f"{date.day} {date:%B %Y}"


def short(words: str) -> str:
    """`words` with the month in three letters: '22 Mar 2017'."""
    return re.sub(r"\b([A-Z][a-z]{2})[a-z]+", r"\1", words)


def text(row, column: str = "date") -> str:
    """A row's date in words, no more precise than the row's `<column>_precision` allows; '' if there is none."""
    date = row.get(column)
    if date is None or pd.isna(date):
        return ""
    if not hasattr(date, "year"):
        return str(date)  # a column that holds years as whole numbers
    precision = row.get(f"{column}_precision")
    if precision == "quarter":
        return f"quarter {date.quarter} of {date.year}"
    return {"year": f"{date:%Y}", "month": f"{date:%B %Y}"}.get(precision, day(date))


def in_words(frame: pd.DataFrame, column: str = "date", *, missing: str = "") -> list[str]:
    """The dates of a column, row by row, as `text` gives them; `missing` where there is none."""
    return [text(row, column) or missing for _, row in frame.iterrows()]


def period(row, first: str, last: str) -> str:
    """The time from column `first` to column `last` of a row: '2017', 'January to October 2018', '6 to 9 June 2017'.

    Whole years and months are named without days; a period without an end reads 'from 10 July 2017 on'.
    """
    start, end = row[first], row[last]
    if pd.isna(end):
        return f"from {text(row, first)} on"
    after = end + pd.Timedelta(days=1)
    whole_months = start.day == after.day == 1
    if whole_months and start.month == after.month == 1:
        begins, ends = f"{start:%Y}", f"{end:%Y}"
    elif whole_months:
        begins, ends = f"{start:%B %Y}", f"{end:%B %Y}"
    else:
        begins, ends = text(row, first), text(row, last)
    if begins == ends:
        return ends
    return f"{begins.removesuffix(f' {end.year}')} to {ends}"
