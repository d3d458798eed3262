"""Membership of the coalition through time."""

from __future__ import annotations

import pandas as pd

from caliphate_course.words import REGIONS
from coursebook.words import day_words, named, short

FIRST_COUNT, MINISTERIAL, LAST_DAY = "2014-12-03", "2017-03-22", "2019-03-23"
JEDDAH = "2014-09-11"
FEW = 5  # as many names as fit a line on a phone


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
    counts = chosen(members, who)
    number = len(counts)
    when = pd.Timestamp(day)
    words = {
        "all": f"{number} members, {int((~organisations).sum())} of them states",
        "states": f"{number} states",
        "multilateral": f"{number} organisation" + ("s" if number != 1 else ""),
    }.get(who, f"{number} from {REGIONS.get(who)}")
    by_group = counts["region"].value_counts()
    return {
        "day": day,
        "date": when,
        "who": who,
        "total": number,
        "line": f"{short(day_words(when))}: {words}",
        "parts": "; ".join(f"{label} {by_group[group]}" for group, label in REGIONS.items() if group in by_group)
        or "none",
    }


def joiners(frame: pd.DataFrame) -> pd.DataFrame:
    """Who joined at each step: a row per choice `who` and day of `days` on which somebody of it is counted anew.

    Columns `who`, `day` (ISO text), `when` in words ('by' where only the latest day is known), `number` and `names`; those
    of Brussels have no names where they are more than FEW.
    """
    rows = [
        {"who": who, "day": f"{day:%Y-%m-%d}", "when": _when(new), "number": len(new), "names": _names(new)}
        for who in choices()
        for day, new in chosen(frame, who).groupby(frame["joined_latest"].clip(lower=pd.Timestamp(FIRST_COUNT)))
    ]
    return pd.DataFrame(rows)


def _when(new):
    first = new.iloc[0]
    when = short(day_words(max(first["joined_latest"], pd.Timestamp(FIRST_COUNT))))
    if first["joined_precision"] == "month":
        return when.split(" ", 1)[1]
    return when if set(new["joined_precision"]) == {"day"} else f"by {when}"


def _names(new):
    names = sorted(short_name(name) for name in new["name"])
    return ", ".join(names) if len(names) <= FEW else "partners, most days not published"


def short_name(name: str) -> str:
    """A member's name without what stands in brackets."""
    return name.split(" (")[0]


def choices() -> dict[str, str]:
    """What a reader may count, in words: all members, the states among them, or those of one of REGIONS."""
    return {"all": "all members", "states": "states only", **REGIONS}


def chosen(frame: pd.DataFrame, who: str) -> pd.DataFrame:
    """The members that a key of `choices` stands for."""
    if who == "all":
        return frame
    return frame[frame["type"] == "state"] if who == "states" else frame[frame["region"] == who]


def partners(frame: pd.DataFrame, day: object) -> pd.DataFrame:
    """The members `counted` on `day`, besides the United States."""
    rows = counted(frame, day)
    return rows[rows["id"] != "usa"]
