"""Dates in words, for the columns of charts and of their tables."""

from __future__ import annotations

import re

import pandas as pd

from caliphate_course.facts import date_text


def in_words(frame: pd.DataFrame, column: str = "date", *, missing: str = "") -> list[str]:
    """The dates of a column, row by row, each no more precise than its row knows it; `missing` where there is none."""
    return [date_text(row, column) or missing for _, row in frame.iterrows()]


def day(date: pd.Timestamp) -> str:
    """'22 March 2017', for a day that is known."""
    return f"{date.day} {date:%B %Y}"


def short(words: str) -> str:
    """`words` with the month in three letters: '22 Mar 2017'."""
    return re.sub(r"\b([A-Z][a-z]{2})[a-z]+", r"\1", words)
