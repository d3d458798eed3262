"""What the tables know of a single place."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from caliphate_course.measures import estimates
from caliphate_course.measures.towns import stints
from coursebook.words import in_words, period_words, short

FIRST, LAST = "2013-01-01", "2020-07-01"
# The places to choose from: id in `town_control`, and the words for it.
PLACES = {
    "fallujah": "Fallujah", "ramadi": "Ramadi", "tikrit": "Tikrit", "mosul": "Mosul", "sinjar": "Sinjar", "hawija": "Hawija",
    "kobani": "Kobani", "manbij": "Manbij", "raqqa": "Raqqa", "palmyra": "Palmyra", "deir-ez-zor": "Deir ez-Zor",
    "baghouz": "Baghouz",
}  # fmt: skip
_ELSEWHERE = r"Dam\b|governorate|villages"
_DEEDS = {
    "killed_event": "killed, one strike",
    "killed_period": "killed",
    "strikes": "strikes",
    "munitions_all_fires": "munitions",
}


def held(control: pd.DataFrame) -> pd.DataFrame:
    """The `stints` of `town_control` of PLACES, with `since` and `until` in words."""
    rows = stints(control[control["place_id"].isin(PLACES)])
    since, until = (in_words(rows, column, missing="day not found") for column in ("from", "to"))
    return rows.assign(since=since, until=until)


def happened(events: pd.DataFrame) -> pd.DataFrame:
    """Rows of `events` at one of PLACES between FIRST and LAST, by `place_id` and date; `row` counts them from 0."""
    found = []
    for key, name in PLACES.items():
        there = events["place"].fillna("").str.contains(name) & ~events["place"].fillna("").str.contains(_ELSEWHERE)
        own = events[there & events["date"].between(FIRST, LAST)].sort_values(["date", "id"])
        found.append(own.assign(place_id=key, row=range(len(own)), when=in_words(own)))
    return pd.concat(found, ignore_index=True)


def counted(harm: pd.DataFrame, air: pd.DataFrame, counters: Mapping[str, str]) -> pd.DataFrame:
    """Strikes and civilians killed that were counted for one of PLACES: rows of `civilian_harm` and `air_operations`.

    `counters` are the words for those who counted.
    Columns `place_id`, `since` and `until` (days), `when` and `says` in words, `source_ids`, `note` and `row` (from 0).
    """
    ids = {name: key for key, name in PLACES.items()}
    columns = [
        "id",
        "scope",
        "measure",
        "counter",
        "since",
        "until",
        "when",
        "low",
        "best",
        "high",
        "source_ids",
        "note",
    ]
    killed = harm[harm["scope"].isin(ids)].rename(columns={"period_start": "since", "date": "until"})
    killed["when"] = [period_words(row, "since", "until") for _, row in killed.iterrows()]
    flown = air[air["scope"].isin(ids)].rename(columns={"period_start": "since", "period_end": "until"})
    flown["when"] = [period_words(row, "since", "until") for _, row in flown.iterrows()]
    rows = estimates.stated(pd.concat([killed[columns], flown[columns]], ignore_index=True))
    who = rows["counter"].map(counters).fillna(rows["counter"])
    rows["says"] = who.str.removeprefix("the ") + ": " + rows["words"] + " " + rows["measure"].map(_DEEDS)
    rows = rows.assign(place_id=rows["scope"].map(ids)).sort_values(["place_id", "since", "reach", "id"])
    return rows.assign(row=rows.groupby("place_id").cumcount(), when=rows["when"].map(short)).reset_index(drop=True)


def fled(governorates: pd.DataFrame, control: pd.DataFrame) -> pd.DataFrame:
    """IOM's counts in the governorate of each of PLACES: rows of `displacement_governorates`, with `place_id`."""
    of = control[control["place_id"].isin(PLACES)].drop_duplicates("place_id")[["place_id", "governorate", "country"]]
    return of.merge(governorates, on=["governorate", "country"]).sort_values(["place_id", "population", "date"])


def deaths(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `violence_place_months` or of `violence_places` at one of PLACES, from FIRST on."""
    when = frame["month"] if "month" in frame else pd.to_datetime(frame["year"].astype(str) + "-01-01")
    return frame[frame["place_id"].isin(PLACES) & (when >= FIRST)]
