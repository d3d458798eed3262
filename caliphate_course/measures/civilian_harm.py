"""Civilians killed by the coalition: its own count beside Airwars'."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures import estimates
from caliphate_course.words import HARM_COUNTERS, labels
from coursebook.words import date_words

BOUNDS = {"low": "lower", "high": "upper"}


def cumulative(frame: pd.DataFrame) -> pd.DataFrame:
    """The running totals (people killed) of both counters since August 2014.

    Adds to `civilian_harm`: `who` (the counter in words), the columns of `estimates.stated` in whole people, and `kind`
    ('at least', 'about' or 'range').
    """
    rows = frame[(frame["measure"] == "killed_cumulative") & frame["counter"].isin(HARM_COUNTERS)]
    return marked(rows.assign(who=rows["counter"].map(labels(HARM_COUNTERS))))


def marked(rows):
    """`rows` with the columns of `estimates.stated` in whole people, and `kind`: 'at least', 'about' or 'range'."""
    rows = estimates.stated(rows).astype(dict.fromkeys(["low", "best", "high", "at", "reach"], "Int64"))
    return rows.assign(kind=rows["form"].replace(estimates.EXACT, "about"))


def comparisons(frame: pd.DataFrame) -> pd.DataFrame:
    """At each date of an Airwars total, that total beside the coalition's latest own total up to then.

    Columns `day` (ISO text), `date` and `label` (the date in words), `bound` ('low' or 'high'), `airwars`, `coalition`, `ratio` (missing
    where Airwars gives no such bound).
    """
    rows = cumulative(frame).sort_values("date")
    own = rows[rows["counter"] == "coalition"]
    pairs = []
    for _, theirs in rows[rows["counter"] == "airwars"].iterrows():
        acknowledged = own[own["date"] <= theirs["date"]]
        if not acknowledged.empty:
            pairs.extend(_pair(theirs, acknowledged.iloc[-1], bound) for bound in BOUNDS)
    return pd.DataFrame(pairs)


def _pair(theirs, ours, bound):
    value = theirs["at"] if bound == "low" and pd.isna(theirs["low"]) else theirs[bound]
    given = pd.notna(value)
    ratio = float(value) / float(ours["at"]) if given else float("nan")
    return {
        "day": f"{theirs['date']:%Y-%m-%d}",
        "date": theirs["date"],
        "label": date_words(theirs),
        "bound": bound,
        "airwars": value if given else None,
        "coalition": ours["at"],
        "ratio": ratio,
    }
