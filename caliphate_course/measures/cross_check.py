"""Our rows beside UCDP's deaths by place: whether what we date and count was seen there too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coursebook.dataset import ids

KM_PER_DEGREE = 111.2
TOLD_FROM = 20  # deaths: fewer may be a single event that UCDP placed elsewhere
NEAR = 10  # kilometres: UCDP's positions and ours are of towns, and rounded


def _near(deaths: pd.DataFrame, lat: float, lon: float, km: float) -> pd.Series:
    """Which rows of `deaths` lie within `km` of a point, on a plane good enough for so short a way."""
    north = (deaths["lat"] - lat) * KM_PER_DEGREE
    east = (deaths["lon"] - lon) * KM_PER_DEGREE * np.cos(np.radians(lat))
    return north**2 + east**2 <= km**2


def _months(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    return start.replace(day=1), end.replace(day=1)


def _covered(country: str, start: pd.Timestamp, end: pd.Timestamp) -> bool:
    """Whether UCDP's months by place cover a period."""
    first, last = {"Iraq": ("2013-01-01", "2018-12-31"), "Syria": ("2016-01-01", "2019-11-30")}[country]
    return pd.Timestamp(first) <= start and end <= pd.Timestamp(last)


def tolls(events: pd.DataFrame, deaths: pd.DataFrame, km: float = NEAR) -> pd.DataFrame:
    """Events with ISIS, a toll of at least twenty, a point and a day, beside UCDP's deaths of their months there.

    `events` and `deaths` are the tables `events` and `violence_place_months`. Returns one row per event: id, title,
    date, place, country, low and high (ours; a missing bound is the other), ucdp (deaths within `km`), finding:
    `agree` (UCDP has at least half of our low), `UCDP less` or `UCDP none`.
    """
    rows = []
    with_isis = events["actor_ids"].map(lambda cell: "isis" in ids(cell))  # UCDP's table has no others
    for event in events[with_isis & events["country"].isin(["Iraq", "Syria"]) & events["lat"].notna()].itertuples():
        low = event.killed_low if pd.notna(event.killed_low) else event.killed_high
        end = event.end_date if pd.notna(event.end_date) else event.date
        if (
            pd.isna(low)
            or low < TOLD_FROM
            or event.date_precision != "day"
            or not _covered(event.country, event.date, end)
        ):
            continue
        first, last = _months(event.date, end)
        there = deaths[_near(deaths, event.lat, event.lon, km) & deaths["month"].between(first, last)]
        counted = int(there["best"].sum())
        finding = "agree" if counted >= low / 2 else "UCDP less" if counted else "UCDP none"
        high = event.killed_high if pd.notna(event.killed_high) else low
        rows.append(
            (event.id, event.title, event.date, event.place, event.country, int(low), int(high), counted, finding)
        )
    columns = ["id", "title", "date", "place", "country", "low", "high", "ucdp", "finding"]
    return pd.DataFrame(rows, columns=columns).sort_values("date", ignore_index=True)


def stints(towns: pd.DataFrame, deaths: pd.DataFrame, km: float = NEAR) -> pd.DataFrame:
    """The end of each town's control beside UCDP's deaths there in the six months before and after.

    `towns` and `deaths` are the tables `town_control` and `violence_place_months`. Where a town was lost when we say
    so, the dying should be mostly over. Returns one row per stint whose end lies in covered months: id, place, country,
    to, last (the last month of the thirteen with a death), until (deaths from six months before to the month after),
    after (those of the five months that follow), finding: `agree` (`after` is a fifth of all or less), `goes on`
    (more), `too few` (under twenty in all).
    """
    rows = []
    month = pd.DateOffset(months=1)
    for stint in towns[towns["to"].notna() & towns["part_of"].isna()].itertuples():
        to = stint.to.replace(day=1)
        if not _covered(stint.country, to - 6 * month, to + 6 * month):
            continue
        there = deaths[
            _near(deaths, stint.lat, stint.lon, km) & deaths["month"].between(to - 6 * month, to + 6 * month)
        ]
        total, after = int(there["best"].sum()), int(there[there["month"] > to + month]["best"].sum())
        finding = "too few" if total < TOLD_FROM else "agree" if after <= total / 5 else "goes on"
        rows.append(
            (stint.id, stint.place, stint.country, stint.to, there["month"].max(), total - after, after, finding)
        )
    columns = ["id", "place", "country", "to", "last", "until", "after", "finding"]
    return pd.DataFrame(rows, columns=columns).sort_values("to", ignore_index=True)
