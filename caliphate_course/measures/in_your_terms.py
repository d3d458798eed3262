"""Sizes of the caliphate and of the flight from the war, against a country or city that a reader knows."""

from __future__ import annotations

import pandas as pd

from caliphate_course.words import TERMS

# Which row of `comparisons` stands for a place that has several: its own limits before its built-up area.
_KINDS = ["country", "city", "urban_area"]


def sizes(territory: pd.DataFrame, displacement: pd.DataFrame) -> pd.DataFrame:
    """The rows of `territory_estimates` and `displacement` that are compared, in the order of TERMS.

    Columns `id`, `group` ('area' in km2, or 'population' in people), `label`, `best` and `source_ids`.
    """
    rows = pd.concat([territory, displacement])[["id", "best", "source_ids"]]
    rows = rows[rows["id"].isin(TERMS)].set_index("id").reindex([key for key in TERMS if key in set(rows["id"])])
    looks = rows.index.map(TERMS)
    return rows.assign(group=[look[0] for look in looks], label=[look[1] for look in looks]).reset_index()


def places(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per place of the table `comparisons`, countries first, each in alphabetical order.

    Columns `name`, `country` (true for a country), and for both measures `area` (km2) and `population` (people), missing
    where the table has none, with `area_year`, `area_definition`, `population_year` and `population_definition`.
    """
    ranked = frame.assign(rank=frame["kind"].map(_KINDS.index)).sort_values("rank")
    best = ranked.drop_duplicates(["name", "measure"]).set_index(["name", "measure"])
    wide = best[["best", "year", "definition"]].unstack()
    columns = {
        f"{measure}{suffix}": wide[column].get(measure)
        for measure in ("area", "population")
        for column, suffix in (("best", ""), ("year", "_year"), ("definition", "_definition"))
    }
    country = ranked.groupby("name")["kind"].agg(lambda kinds: "country" in set(kinds))
    rows = pd.DataFrame(columns).assign(country=country)
    return rows.sort_values(["country", "name"], ascending=[False, True]).reset_index()


def times(rows: pd.DataFrame, place: pd.Series) -> pd.Series:
    """How often `place` (a row of `places`) goes into each of the `sizes`; missing where its size is."""
    units = pd.to_numeric(place[["area", "population"]]).astype("float64")
    return rows["best"].astype("float64") / rows["group"].map(units)
