"""Who did what in the coalition."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures.membership import groups, short_name
from caliphate_course.words import CONTRIBUTIONS, STATUSES, labels
from coursebook.words import named


def matrix(frame: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """One row per member and kind, with what choosing and counting need.

    Adds to `contributions`: `member`, `region` (key of REGIONS), `kind_label`, `state`, `rank` (place of the state in
    STATUSES), `done` (number of kinds with `yes`) and `struck` (of these, strikes). Raises ValueError for a kind, a status
    or a region without a name.
    """
    groups(members)
    known, states = members.set_index("id"), labels(STATUSES)
    frame = frame[frame["member_id"].isin(known.index)]
    rows = frame.assign(
        member=frame["member_id"].map(known["name"]).map(short_name),
        region=frame["member_id"].map(known["region"]),
        kind_label=named(frame["kind"], CONTRIBUTIONS, table="contributions", home="CONTRIBUTIONS in words.py"),
        state=named(frame["status"], states, table="contributions", home="STATUSES in words.py"),
        rank=frame["status"].map(list(STATUSES).index),
    )
    yes = rows[rows["status"] == "yes"]
    rows["done"] = rows["member_id"].map(yes.groupby("member_id").size()).fillna(0).astype(int)
    strikes = yes[yes["kind"].str.startswith("strikes")]
    rows["struck"] = rows["member_id"].map(strikes.groupby("member_id").size()).fillna(0).astype(int)
    return rows


def without_strikes(frame: pd.DataFrame) -> pd.DataFrame:
    """The contributions of members that are not known to have flown a strike."""
    struck = frame[(frame["status"] == "yes") & frame["kind"].isin(["strikes_iraq", "strikes_syria"])]
    return frame[~frame["member_id"].isin(struck["member_id"])]


def of_none_known(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of members for which no contribution of any kind was found."""
    return frame[~frame["member_id"].isin(frame.loc[frame["status"] == "yes", "member_id"])]
