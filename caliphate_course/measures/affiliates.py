"""Branches abroad: when each was declared, what it held and when, and how far our knowledge of it reaches."""

from __future__ import annotations

import itertools

import pandas as pd

from caliphate_course.words import BRANCHES
from coursebook.words import date_words, in_words, named

FIRST_YEAR, LAST_YEAR = 2014, 2026
HELD = {"yes": "held", "contested": "held in part"}
HOLDING, PART, SPOT = "held a place", "held part of one, or contested", "held, other date unknown"
FOUND, NOT_FOUND = "held something at some time", "no holding found"
CHOICES = {"all": "all branches", FOUND: FOUND, NOT_FOUND: NOT_FOUND}


def branches(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per branch of `affiliates`: `affiliate`, `name`, `since`, `dated`, `until`, `status`, `found`, `order`, `last`.

    `since` is the declaration, or the first day it held something where no declaration is dated; `until` is the
    date of the newest source on its state: after it we know nothing. `status` is what that source reports, `dated`
    (bool) says whether a declaration is dated, `found` is FOUND or NOT_FOUND, `last` the later of `since` and `until`;
    `begun` and `known` are `since` and `until` in words.
    Raises ValueError for a branch without an entry in BRANCHES.
    """
    rows = []
    for affiliate, group in frame.groupby("affiliate", sort=False):
        declared, first = _days(group, "declared"), _days(group, "declared", "territory_from", "status_date")
        last = _days(group, "status_date", "territory_to", "declared")
        since, until = min(declared or first), max(last)
        rows.append(
            {
                "affiliate": affiliate,
                "since": since,
                "begun": first[since],
                "dated": bool(declared),
                "until": until,
                "known": last[until],
                "status": group["status"].iloc[0],
                "found": FOUND if group["territory_held"].isin(list(HELD)).any() else NOT_FOUND,
            }
        )
    result = (
        pd.DataFrame(rows)
        .assign(name=lambda rows: _names(rows["affiliate"]))
        .sort_values(["since", "name"])
        .reset_index(drop=True)
    )
    return result.assign(
        order=result.index, last=result["since"].where(result["since"] > result["until"], result["until"])
    )


def _days(group, *columns):
    """The days known in some columns, each in words."""
    return {row[day]: date_words(row, day) for day in columns for _, row in group.dropna(subset=[day]).iterrows()}


def _names(affiliates):
    return named(affiliates, BRANCHES, table="affiliates", home="BRANCHES in words.py")


def holdings(frame: pd.DataFrame) -> pd.DataFrame:
    """Holdings of `affiliates` with at least one date: `name`, `place`, `kind`, `from`, `to`, `start`, `end` (years).

    `begun` and `ended` are the first and the last day in words, where they are known. `kind` is HOLDING or PART where
    both dates are known or the place was still held in the newest source; SPOT where only one date is known
    (`from` is then that date and no bar may be drawn).
    """
    rows = frame[frame["territory_held"].isin(list(HELD))].copy()
    still = rows["territory_to"].isna() & (rows["status"] == "active")
    rows["to"] = rows["territory_to"].where(~still, rows["status_date"])
    known = rows["territory_from"].notna() & rows["to"].notna()
    rows["kind"] = rows["territory_held"].map({"yes": HOLDING, "contested": PART}).where(known, SPOT)
    rows["from"] = rows["territory_from"].where(known, rows["to"])
    rows["still"] = still
    rows["begun"] = in_words(rows, "territory_from", missing="not known")
    rows["ended"] = in_words(rows, "territory_to", missing="not known")
    rows["ended"] = rows["ended"].where(~still, "still held")
    rows["name"] = _names(rows["affiliate"])
    rows["start"], rows["end"] = rows["from"].dt.year, rows["to"].dt.year
    rows = rows.rename(columns={"place_held": "place"})
    columns = ["affiliate", "name", "place", "kind", "from", "to", "begun", "ended", "start", "end", "still"]
    return rows[columns].reset_index(drop=True)


def yearly(frame: pd.DataFrame) -> pd.DataFrame:
    """For each year and choice (`which`, a key of CHOICES): branches `declared` by the year's end, and branches known to
    have held a place in it (`holding`)."""
    lanes, held = branches(frame), holdings(frame)
    rows = []
    for which, year in itertools.product(CHOICES, range(FIRST_YEAR, LAST_YEAR + 1)):
        chosen = lanes[(lanes["found"] == which) | (which == "all")]
        own = held[held["affiliate"].isin(chosen["affiliate"])]
        declared = int((chosen["dated"] & (chosen["since"].dt.year <= year)).sum())
        holding = own[(own["start"] <= year) & (own["end"] >= year)]["affiliate"].nunique()
        rows.append((which, year, declared, holding))
    return pd.DataFrame(rows, columns=["which", "year", "declared", "holding"])


def rows_of(frame: pd.DataFrame, found: bool = False) -> pd.DataFrame:
    """All rows of every branch; with `found`, only of the branches known to have held a place."""
    lanes = branches(frame)
    kept = lanes[lanes["found"] == FOUND] if found else lanes
    return frame[frame["affiliate"].isin(kept["affiliate"])]
