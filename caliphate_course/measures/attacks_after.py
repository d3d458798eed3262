"""Attacks after the caliphate, as rates: each count over the period it covers."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures import estimates
from caliphate_course.words import ATTACK_COUNTERS, labels
from coursebook.months import DAYS_PER_MONTH
from coursebook.words import named

# How many months the published figure covers; 0 stands for the period's own length.
MEASURES = {
    "attacks": 0,
    "attacks_claimed": 0,
    "operations_by_isis": 0,
    "attacks_per_month": 1,
    "attacks_per_quarter": 3,
}
CLAIMED, COUNTED = "claimed by ISIS", "counted by others"
PLACES = {"Iraq": "Iraq", "Syria": "Syria", "Iraq and Syria": "Iraq and Syria together", "World": "the world"}


def blocks(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts of attacks in `attacks_after` as rates: one row per published figure.

    Adds `place` (a key of PLACES), `who` (short name of the counter), `rule` (CLAIMED or COUNTED), `months` the
    figure covers, `rate` (attacks a month), `form` (see `estimates`), `published` (the figure as printed, with its
    period's length) and `until` (the day after the period). Parts of a count, casualties and operations against
    the group are left out. Raises ValueError for a counter without an entry in ATTACK_COUNTERS.
    """
    rows = frame[frame["measure"].isin(list(MEASURES))].copy()
    rows["place"] = rows["scope"].str.split(":").str[0]
    rows = estimates.stated(rows[rows["place"].isin(list(PLACES))])
    length = ((rows["period_end"] - rows["period_start"]).dt.days + 1) / DAYS_PER_MONTH
    divisor = rows["measure"].map(MEASURES).astype("float64")
    rows["months"] = length.round(1)
    rows["rate"] = (rows["at"] / divisor.where(divisor > 0, length.round())).round(1)
    rows["until"] = rows["period_end"] + pd.Timedelta(days=1)
    rows["rule"] = rows["measure"].eq("attacks_claimed").map({True: CLAIMED, False: COUNTED})
    rows["who"] = named(
        rows["counter"], labels(ATTACK_COUNTERS), table="attacks_after", home="ATTACK_COUNTERS in words.py"
    )
    rows["published"] = [_published(row) for _, row in rows.iterrows()]
    number = rows["rate"].map("{:.0f}".format).astype("str")  # text even where there are no rows
    rows["label"] = number.where(rows["form"] != estimates.AT_LEAST, "≥" + number)
    return rows.sort_values(["place", "period_start", "rate"]).reset_index(drop=True)


def _published(row):
    per = {1: "a month on average", 3: "a quarter on average"}.get(MEASURES[row["measure"]])
    return f"{row['words']} {per or f'in {row.months:.0f} months'}"
