"""Membership of the coalition through time."""

from __future__ import annotations

import pandas as pd

from caliphate_course.words import REGIONS
from coursebook.words import day_words, named, short

FIRST_COUNT, MINISTERIAL, LAST_DAY = "2014-12-03", "2017-03-22", "2019-03-23"
JEDDAH = "2014-09-11"


def counted(frame: pd.DataFrame, day: object) -> pd.DataFrame:
    """The members that certainly belonged on `day` (a date, or ISO text): those with `joined_latest` no later than it."""
    return frame[frame["joined_latest"] <= pd.Timestamp(day)]


def groups(frame: pd.DataFrame) -> pd.Series:
    """For each row of `coalition_members` its region in words. Raises ValueError for one without an entry in REGIONS."""
    return named(frame["region"], REGIONS, table="coalition_members", home="REGIONS in words.py")


def days(frame: pd.DataFrame) -> list[str]:
    """The days on which the count is known to change, from Brussels on, and the ministerial of March 2017."""
    changes = frame.loc[frame["joined_latest"] >= pd.Timestamp(FIRST_COUNT), "joined_latest"]
    return sorted({f"{day:%Y-%m-%d}" for day in changes} | {MINISTERIAL})


def steps(frame: pd.DataFrame) -> pd.DataFrame:
    """Members by day and group: columns `date`, `group`, `label`, `members`, `order`.

    The last count is repeated at the end of the period so that the last step has a width. Raises ValueError as `groups`.
    """
    frame = frame.assign(label=groups(frame))
    rows = [
        {
            "date": day,
            "group": group,
            "label": label,
            "members": int((counted(frame, day)["label"] == label).sum()),
            "order": order,
        }
        for day in [*days(frame), LAST_DAY]
        for order, (group, label) in enumerate(REGIONS.items())
    ]
    return pd.DataFrame(rows)


def totals(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per day and choice: `day` (ISO text) and `date`, `who`, `total` and the `line` in words.

    Also `until` (the next day of `days`), and the members by group in words: `parts`.
    """
    by_day = {day: counted(frame, day) for day in days(frame)}
    rows = [_total(members, day, who) for day, members in by_day.items() for who in choices()]
    after = dict(zip(days(frame), [*days(frame)[1:], LAST_DAY], strict=True))
    return pd.DataFrame(rows).assign(until=lambda totals: pd.to_datetime(totals["day"].map(after)))


def _total(members, day, who):
    organisations = members["type"] == "organisation"
    chosen = {"all": members, "states": members[~organisations]}.get(who, members[members["region"] == who])
    number = len(chosen)
    when = pd.Timestamp(day)
    words = {
        "all": f"{number} members, {int((~organisations).sum())} of them states",
        "states": f"{number} states",
        "multilateral": f"{number} organisation" + ("s" if number != 1 else ""),
    }.get(who, f"{number} from {REGIONS.get(who)}")
    by_group = chosen["region"].value_counts()
    return {
        "day": day,
        "date": when,
        "who": who,
        "total": number,
        "line": f"{short(day_words(when))}: {words}",
        "parts": "; ".join(f"{label} {by_group[group]}" for group, label in REGIONS.items() if group in by_group)
        or "none",
    }


def choices():
    return {"all": "all members", "states": "states only", **REGIONS}


def partners(frame: pd.DataFrame, day: object) -> pd.DataFrame:
    """The members `counted` on `day`, besides the United States."""
    rows = counted(frame, day)
    return rows[rows["id"] != "usa"]
