"""The air war: weapons by month, strikes since the start, and one day in two units."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures import estimates
from coursebook.months import DAYS_PER_MONTH
from coursebook.words import named

FIRST_MONTH, LAST_MONTH = "2014-08", "2019-12"
PUBLISHED, DERIVED, BLOCK, HOLE = (
    "month, as published",
    "month, by subtraction",
    "average, longer period",
    "no figure for the month",
)


def months(frame: pd.DataFrame) -> pd.DataFrame:
    """Weapons released month by month, August 2014 to December 2019; a month without a figure has no `value`.

    Columns `id`, `month` (first day), `end`, `year`, `value`, `words` ('at least 1,811'), `at_least` (bool), `kind`
    (PUBLISHED, DERIVED or HOLE).
    `frame` is the table `air_operations`.
    """
    slots = pd.DataFrame({"month": pd.date_range(FIRST_MONTH, LAST_MONTH, freq="MS")})
    known = weapons(frame)
    known = estimates.stated(known[known["precision"] == "month"])
    rows = slots.merge(known, left_on="month", right_on="period_start", how="left")
    rows["value"] = rows["at"].astype("Int64")
    rows["at_least"] = rows["form"] == estimates.AT_LEAST
    rows["kind"] = PUBLISHED
    rows.loc[rows["derived"].fillna(False).astype(bool), "kind"] = DERIVED
    rows.loc[rows["value"].isna(), "kind"] = HOLE
    rows["end"] = rows["month"] + pd.offsets.MonthEnd(0)
    rows["year"] = rows["month"].dt.year
    return rows[["id", "month", "end", "year", "value", "words", "at_least", "kind"]]


def blocks(frame: pd.DataFrame) -> pd.DataFrame:
    """The shortest published longer periods that cover months without a figure of their own.

    Columns `start`, `end`, `year`, `total`, `per_month` (the total spread evenly) and `id`.
    """
    known = months(frame)
    open_months = set(known.loc[known["kind"] == HOLE, "month"])
    longer = weapons(frame)
    longer = longer[~longer["precision"].isin(["month", "cumulative"])].copy()
    longer["days"] = (longer["period_end"] - longer["period_start"]).dt.days + 1
    taken = []
    for _, row in longer[longer["days"] > DAYS_PER_MONTH].sort_values("days").iterrows():
        covered = {
            month for month in open_months if row["period_start"] <= month + pd.Timedelta(days=14) <= row["period_end"]
        }
        if covered:
            taken.append(row.name)
            open_months -= covered
    rows = longer.loc[taken].sort_values("period_start")
    return pd.DataFrame(
        {
            "id": rows["id"],
            "start": rows["period_start"],
            "end": rows["period_end"],
            "year": rows["period_start"].dt.year,
            "total": rows["best"].astype(int),
            "per_month": (rows["best"].astype(float) / (rows["days"] / DAYS_PER_MONTH)).round().astype(int),
        }
    ).reset_index(drop=True)


def weapons(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `air_operations` that count weapons released over both countries."""
    return frame[(frame["measure"] == "weapons_released") & (frame["scope"] == "Iraq and Syria")]


UNITS = {
    "strikes": "strikes",
    "engagements": "engagements",
    "sorties": "sorties of all kinds",
    "weapons_released": "weapons released",
}
TASK_FORCE, AT_LEAST = "task force", "task force, at least"
AUTHOR_OF = {"cjtf_oir": TASK_FORCE, "airwars": "Airwars", "afcent": "US Air Force"}
LONGEST_GAP = 190


def running_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts since the start of the campaign that can be dated, one row each.

    Columns `date`, `measure`, `scope`, `counter`, `value`, `author` (a key of AUTHORS) and `segment`: points of one
    counter and country belong to one segment while no gap between them exceeds LONGEST_GAP days. Strikes only are
    joined; other units have a segment each. Raises ValueError for a counter without an entry in AUTHOR_OF.
    """
    rows = frame[frame["cumulative"] & frame["measure"].isin(UNITS) & (frame["striker"] == "coalition")]
    rows = rows.dropna(subset=["period_end"]).sort_values(["measure", "scope", "counter", "period_end"])
    rows = estimates.stated(rows)
    rows["value"] = rows["at"].astype(int)
    rows["author"] = named(
        rows["counter"], AUTHOR_OF, table="air_operations", home="AUTHOR_OF in measures/air_operations.py"
    )
    rows.loc[(rows["form"] == estimates.AT_LEAST) & (rows["counter"] == "cjtf_oir"), "author"] = AT_LEAST
    gap = rows.groupby(["measure", "scope", "counter"])["period_end"].diff().dt.days
    new = gap.isna() | (gap > LONGEST_GAP) | (rows["measure"] != "strikes")
    rows["segment"] = new.cumsum()
    rows["date"] = rows["period_end"]
    return rows[["id", "date", "measure", "scope", "counter", "value", "author", "segment"]]


def same_day(frame: pd.DataFrame) -> pd.DataFrame:
    """The days counted both as strikes and as engagements: `day` (ISO date), `scope`, `measure`, `value`."""
    rows = frame[(frame["precision"] == "day") & frame["scope"].isin(["Iraq", "Syria"])].copy()
    rows["day"] = rows["period_end"].dt.strftime("%Y-%m-%d")
    rows = rows[rows["measure"].isin(["strikes", "engagements"])]
    rows = rows[rows.groupby("day")["measure"].transform("nunique") == 2]  # to compare, a day needs both
    return rows.assign(value=rows["best"])[["id", "day", "scope", "measure", "value"]]


def months_known(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `air_operations` that count the weapons released in one month."""
    return frame[(frame["measure"] == "weapons_released") & (frame["precision"] == "month")]
