"""What the campaign cost the US Defense Department, as long as it said so."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures import estimates

TOTAL, PER_DAY = "total_usd_million", "usd_million_per_day"
SNAPSHOT, AT_LEAST, OTHER_PERIOD, BOOKED = "running total", "at least", "another period", "budget obligations"


def snapshots(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per published figure: `date`, `measure`, `value` (billions for totals, millions a day) and `kind`."""
    rows = estimates.stated(frame)
    rows["value"] = rows["at"]
    rows.loc[rows["measure"] == TOTAL, "value"] /= 1000
    rows["kind"] = SNAPSHOT
    rows.loc[rows["form"] == estimates.AT_LEAST, "kind"] = AT_LEAST
    rows.loc[rows["includes"] != rows["includes"].mode().iloc[0], "kind"] = OTHER_PERIOD
    rows.loc[rows["id"].str.startswith("cost-obligated"), "kind"] = BOOKED
    return rows[["id", "date", "date_precision", "measure", "value", "kind", "includes"]]
