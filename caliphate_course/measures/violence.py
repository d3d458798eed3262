"""Deaths and events month by month, as counted by the Uppsala Conflict Data Program."""

from __future__ import annotations

import pandas as pd

FIRST_YEAR, LAST_YEAR = 2004, 2019
TYPES = ["state_based", "non_state", "one_sided"]


def monthly(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `violence_monthly` for drawing, with a row without figures for every month that has none.

    Adds `year`. `low`, `best`, `high` count deaths dated to the month. The three kinds (TYPES) are parts of a total
    that also holds deaths known only to a longer period: they are left empty in the months where UCDP filed such deaths.
    """
    columns = ["country", "month", "low", "best", "high", "events", *TYPES]
    rows = frame[columns].copy()
    for kind in TYPES:
        rows[kind] = rows[kind].where(frame["best_undatable"] == 0)
    months = pd.date_range(f"{FIRST_YEAR}-01", f"{LAST_YEAR}-12", freq="MS")
    grid = pd.MultiIndex.from_product([["Iraq", "Syria"], months], names=["country", "month"])
    full = rows.set_index(["country", "month"]).reindex(grid).reset_index()
    return full.astype({c: "float64" for c in columns[2:]}).assign(year=full["month"].dt.year)


def gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Stretches of months without figures: `country`, `since` and `until` (the month after the last one)."""
    rows = monthly(frame)
    stretches = []
    for country, own in rows.groupby("country"):
        missing = own["best"].isna()
        for _, run in own[missing].groupby((missing != missing.shift()).cumsum()[missing]):
            until = run["month"].iloc[-1] + pd.DateOffset(months=1)
            stretches.append({"country": country, "since": run["month"].iloc[0], "until": until})
    return pd.DataFrame(stretches)


def of_months(frame: pd.DataFrame, country: str, months: list[str]) -> pd.DataFrame:
    """Rows of `violence_monthly` in `country` between the first and the last of `months` ('2016-10'), both included."""
    first, last = map(pd.Timestamp, months)
    return frame[(frame["country"] == country) & frame["month"].between(first, last)]


COVERED = {"all_kinds": "", "battles_only": "battles only", "none": "no figures"}


def covered(places: pd.DataFrame, governorates: pd.DataFrame) -> pd.DataFrame:
    """One row per country and year of FIRST_YEAR to LAST_YEAR: what UCDP covers there, and how much of it has a place.

    `places` is `violence_places`, `governorates` the table `violence_governorate`. `coverage` is a key of COVERED, `placed`
    the deaths with a place, `total` all of them and `unfiled` those not even in a governorate; both are missing where only
    battles are covered.
    """
    grid = pd.MultiIndex.from_product([["Iraq", "Syria"], range(FIRST_YEAR, LAST_YEAR + 1)], names=["country", "year"])
    by = ["country", "year"]
    own, whole = places.groupby(by), governorates.groupby(by)["best"].sum()
    unfiled = governorates[~governorates["located"]].groupby(by)["best"].sum()
    rows = pd.DataFrame({"coverage": own["coverage"].first(), "placed": own["best"].sum()}).reindex(grid)
    rows = rows.assign(total=whole, unfiled=unfiled.reindex(whole.index, fill_value=0)).reset_index()
    return rows.assign(coverage=rows["coverage"].fillna("none"))


def drawn_places(places: pd.DataFrame, least: int) -> pd.DataFrame:
    """Rows of `violence_places` with at least `least` deaths, most first in each year."""
    return places[places["best"] >= least].sort_values(["year", "best", "id"], ascending=[True, False, True])
