"""The dated events of the story."""

from __future__ import annotations

import pandas as pd

from caliphate_course.words import EVENTS, labels
from coursebook.words import in_words, named


def events(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `events` to the end of the territory (phases origins, rise, height and fall), by date.

    Adds `label` (the kind in words), `year`, `when` (the date in words) and `where` (keys of PLACES, joined by a
    blank: an event about both countries counts for each; one outside them, or that is listed under a region
    other than Iraq and Syria, is `abroad`). Raises ValueError for a kind without an entry in EVENTS.
    """
    rows = frame[frame["phase"] != "aftermath"].sort_values("date").copy()
    rows["label"] = named(rows["kind"], labels(EVENTS), table="events", home="EVENTS in words.py")
    rows["year"] = rows["date"].dt.year
    rows["when"] = in_words(rows)
    rows["where"] = [_where(row) for _, row in rows.iterrows()]
    return rows


def _where(row):
    if row["region"] != "iraq_syria":
        return "abroad"
    named = [key for key, name in (("iraq", "Iraq"), ("syria", "Syria")) if name in str(row["country"])]
    return " ".join(named) or "iraq syria"


def of_years(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """The `events` between the first and the last of `years`, both included."""
    rows = events(frame)
    return rows[rows["year"].between(*years)]
