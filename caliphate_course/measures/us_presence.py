"""US troops in Iraq and Syria: what was published, corrected and ordered."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures import estimates
from caliphate_course.words import TROOP_STATUSES, labels
from coursebook.words import in_words, named


def figures(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `us_presence` by date, with `value` (troops: `at` of `estimates.stated`), its `words`, `when` and `kind` (the
    status in words). Raises ValueError for a status without an entry in TROOP_STATUSES."""
    rows = estimates.stated(frame.sort_values(["date", "id"]).reset_index(drop=True))
    kind = named(rows["status"], labels(TROOP_STATUSES), table="us_presence", home="TROOP_STATUSES in words.py")
    return rows.assign(value=rows["at"], when=in_words(rows), kind=kind)


def corrections(frame: pd.DataFrame) -> pd.DataFrame:
    """Each official correction with the figure it replaced: `country`, `date`, `before` and `after` (troops).

    A correction of a figure that `frame` lacks is left out.
    """
    rows = figures(frame)
    found = []
    for _, row in rows[rows["status"] == "corrected"].iterrows():
        earlier = rows[
            (rows["country"] == row["country"]) & (rows["date"] < row["date"]) & (rows["status"] == "stated")
        ]
        if not earlier.empty:
            found.append((row["country"], row["date"], earlier["value"].iloc[-1], row["value"]))
    return pd.DataFrame(found, columns=["country", "date", "before", "after"])
