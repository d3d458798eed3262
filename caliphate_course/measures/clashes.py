"""Clashes between forces that had all fought ISIS."""

from __future__ import annotations

import datetime

import pandas as pd

from caliphate_course import data
from caliphate_course.measures.relations import AFTERMATH, WAR, Window, cells
from caliphate_course.words import RELATIONS
from coursebook import months

COALITION = "US, coalition"
# Members of the coalition that are groups of their own, by the month from which they count (year * 100 + month).
MEMBERS = {"Turkey": 201409, "Iraq": 201409, "New Damascus": 202511}
# Actors that a clash names, where the relations have only the group they stand in.
NAMED = {
    "wagner": "Russian contractors", "kataib-hezbollah": "Kataib Hezbollah", "iran": "Iran", "hezbollah": "Hezbollah",
    "pkk": "PKK", "ybs": "YBS",
}  # fmt: skip


def clashes(frame: pd.DataFrame, window: Window = WAR) -> pd.DataFrame:
    """Fights of `frame` (rows of the table `relations`) between groups that had both fought ISIS, by first day.

    Adds to `relations`: `source` and `target` (groups of the window), `pair` (the two actors in words), `where` (first
    place and year), and `sides` (a key of SIDES). A group counts as on the coalition's side in a month when it is
    the coalition, one of MEMBERS, or has help from the coalition in the table in that month.
    """
    # Whom a group fought and who helped it is no matter of the selection: that is asked of the whole table.
    rows = cells(data.load("relations"), window)
    mine = rows[rows["among"] & rows["id"].isin(frame["id"])].drop_duplicates("id")
    days = frame.set_index("id")[["start", "end"]].set_axis(["day", "last"], axis=1)
    mine = mine.join(days, on="id").dropna(subset=["day"])
    mine = mine[mine["day"] >= months.first_day(window.first)]
    mine["sides"] = [_sides(rows, row) for _, row in mine.iterrows()]
    arrow = mine["directed"].map({True: " against ", False: " and "})
    source, target = (
        mine[actor].map(NAMED).fillna(mine[group])
        for actor, group in (("from_actor", "source"), ("to_actor", "target"))
    )
    mine["pair"] = source + arrow + target
    place = mine["place"].fillna(mine["target"]).str.split(";").str[0]
    mine["where"] = place.str.split(r",| and ", regex=True).str[0] + " " + mine["day"].dt.year.astype(str)
    return mine.sort_values(["day", "id"]).reset_index(drop=True)


def _sides(rows, clash):
    with_us = {COALITION, *(name for name, since in MEMBERS.items() if since <= clash["end"])}
    help_then = rows[
        (rows["source"] == COALITION)
        & rows["relation"].map(lambda kind: RELATIONS[kind].family == "help")
        & (rows["start"] <= clash["end"])
        & (rows["end"] >= clash["start"])
    ]
    with_us |= set(help_then["target"])
    return ["none", "one", "both"][(clash["source"] in with_us) + (clash["target"] in with_us)]


def listed(frame: pd.DataFrame, window: str = "war", since: datetime.date | None = None) -> pd.DataFrame:
    """The `clashes` of the "war" or the "aftermath"; those that began on the day `since` or later, if it is given."""
    rows = clashes(frame, {"war": WAR, "aftermath": AFTERMATH}[window])
    return rows if since is None else rows[rows["day"] >= pd.Timestamp(since)]
