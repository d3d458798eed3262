"""Attacks outside Iraq and Syria, and the area that ISIS held meanwhile."""

from __future__ import annotations

import pandas as pd

from caliphate_course.words import TIES, labels
from coursebook.words import named

FIRST, LAST = "2014-06-01", "2019-07-01"
SERIES = "ihs-area"


def attacks(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `events` that are attacks outside Iraq and Syria between June 2014 and June 2019, by date.

    Adds `tie` (words of TIES) and `at_least` (true where the source gives only a lower bound of the dead). Raises
    ValueError for a tie without an entry in TIES.
    """
    inside = frame["date"].between(FIRST, LAST)
    rows = frame[(frame["kind"] == "attack") & (frame["region"] != "iraq_syria") & inside].sort_values("date").copy()
    rows["tie"] = named(rows["attribution"], labels(TIES), table="events", home="TIES in charts/attacks_abroad.py")
    rows["at_least"] = rows["killed_high"].isna()
    return rows


def area(frame: pd.DataFrame) -> pd.DataFrame:
    """The points of IHS's own area series in `territory_estimates` (km2), by date; no other estimator's."""
    return frame[frame["series"] == SERIES].sort_values("date")


def of_years(frame: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """The `attacks` between the first and the last of `years`, both included."""
    rows = attacks(frame)
    return rows[rows["date"].dt.year.between(*years)]
