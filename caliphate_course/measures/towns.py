"""Town by town: who held what, month by month."""

from __future__ import annotations

import pandas as pd

from caliphate_course.words import PARTIES, labels
from coursebook import months
from coursebook.told import SelectionError
from coursebook.words import named

LABEL = labels(PARTIES)
FIRST_MONTH, LAST_MONTH = 201312, 201904


def stints(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `town_control` prepared for drawing; districts of a larger place are left out.

    Adds `start`, `end` and `next_start` as whole months (year * 100 + month; 0 for a start that is not known,
    999912 for an end or successor that is not), `state_held` and `state_lost` (labels of PARTIES; a stint that
    lacks its start or its end is never "ISIS" but "date not found") and `order` (places by when they were lost). Raises
    ValueError for a status or a force without an entry in PARTIES.
    """
    frame = frame[frame["part_of"].isna()].copy()
    frame["start"] = months.number(frame["from"]).fillna(0).astype(int)
    frame["end"] = months.number(frame["to"]).fillna(months.FAR_FUTURE).astype(int)
    frame = frame.sort_values(["place_id", "start"])
    frame["next_start"] = frame.groupby("place_id")["start"].shift(-1).fillna(months.FAR_FUTURE).astype(int)
    dated = frame["from"].notna() & frame["to"].notna()
    status = frame["status"].where(dated | (frame["status"] != "held"), "undated")
    frame["state_held"] = named(status, LABEL, table="town_control", home="PARTIES in words.py")
    frame["state_lost"] = named(frame["lost_to"].dropna(), LABEL, table="town_control", home="PARTIES in words.py")
    last = frame.groupby("place_id")["end"].transform("max") * 1_000_000 + frame["start"]
    frame["order"] = last.groupby(frame["place_id"]).transform("min").rank(method="dense").astype(int)
    return frame.reset_index(drop=True)


def held(frame: pd.DataFrame) -> pd.Series:
    """Places known to be held at the end of each month, indexed by month (year * 100 + month).

    Counts stints of `town_control` whose first and last day are both known; contested places and districts of a
    larger place are left out.
    """
    rows = stints(frame)
    rows = rows[rows["state_held"] == LABEL["held"]]
    shown = months.between(FIRST_MONTH, LAST_MONTH)
    return pd.Series({m: int(((rows["start"] <= m) & (m < rows["end"])).sum()) for m in shown})


def first_month_without(frame: pd.DataFrame) -> int:
    """The first month after the peak in which no dated stint of `town_control` is left (year * 100 + month).

    Raises SelectionError if some of the places are held to the last month.
    """
    counts = held(frame)
    after = counts[(counts.index > counts.idxmax()) & (counts == 0)]
    if after.empty:
        raise SelectionError(
            "town_control: some of these places are held to the end of the months drawn "
            f"({months.words(LAST_MONTH)}); choose rows of which each has lost its place by then."
        )
    return int(after.index[0])


def held_at(frame: pd.DataFrame, month: str | int) -> pd.DataFrame:
    """The stints that make the count of `held` at the end of `month` ('2014-05' or 201405)."""
    rows, at = stints(frame), months.from_iso(month) if isinstance(month, str) else month
    return rows[(rows["state_held"] == LABEL["held"]) & (rows["start"] <= at) & (at < rows["end"])]


def alone(frame: pd.DataFrame, start_known: bool | None = None) -> pd.DataFrame:
    """Stints under ISIS alone: contested places and districts of a larger place are left out.

    Of those, the ones whose first day is known, or not known, where `start_known` says so.
    """
    rows = frame[frame["part_of"].isna() & (frame["status"] == "held")]
    return rows if start_known is None else rows[rows["from"].notna() == start_known]


def lengths(frame: pd.DataFrame) -> pd.DataFrame:
    """The stints of `alone` whose first and last day are known, with their length in `months`."""
    rows = alone(frame).dropna(subset=["from", "to"])
    return rows.assign(months=(rows["to"] - rows["from"]).dt.days / months.DAYS_PER_MONTH)
