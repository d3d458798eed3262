"""What the rows must agree on among themselves: places, actors, and dates beside the dates of their sources."""

from __future__ import annotations

import datetime
import re

import pandas as pd

from caliphate_course import data
from coursebook.dataset import ids

SOURCES = data.load("sources").set_index("id")


def columns(name):
    return {field["name"] for field in data.resource(name)["schema"]["fields"]}


# --- places ----------------------------------------------------------------------------------------------------


def test_a_place_has_one_position_in_all_tables():
    tables = [data.load(name) for name in data.tables() if {"place", "country", "lat", "lon"} <= columns(name)]
    wholes = [table[table["part_of"].isna()] if "part_of" in table else table for table in tables]
    places = pd.concat([table[["id", "place", "country", "lat", "lon"]] for table in wholes]).dropna()
    # "Kobani (Ayn al-Arab), partial" is Kobani.
    places["place"] = places["place"].str.split(r" \(|, partial", regex=True).str[0]
    positions = places.groupby(["country", "place"])[["lat", "lon"]].nunique().max(axis=1)
    several = positions[positions > 1].index
    assert places.set_index(["country", "place"]).loc[several].to_dict("records") == []


# --- actors ----------------------------------------------------------------------------------------------------

# How texts name the armed groups of the table `actors`. States are left out: their names are places as well.
NAMES = {
    "isis": r"ISIS|ISI|AQI|ISWAP",
    "global-coalition": r"coalition",
    "cjtf-oir": r"CJTF-OIR",
    "krg": r"KRG",
    "peshmerga": r"(?<!Rojava )Peshmerga",
    "kdp": r"KDP",
    "puk": r"PUK",
    "pmf": r"PMF|Popular Mobilization Forces",
    "kataib-hezbollah": r"Kata'?ib Hezbollah",
    "sdf": r"SDF",
    "ypg": r"YPG",
    "pkk": r"PKK",
    "hezbollah": r"(?<!Kata'ib )(?<!Kataib )Hezbollah",
    "fsa": r"Free Syrian Army|FSA",
    "nusra-hts": r"HTS|Nusra",
    "wagner": r"Wagner",
}


def test_an_event_lists_every_group_that_its_text_names():
    events = data.load("events")
    text = events[["title", "summary", "actors"]].fillna("").agg(" ".join, axis=1)
    listed = events["actor_ids"].map(ids)
    missing = [
        (event, group)
        for group, names in NAMES.items()
        for event, words, groups in zip(events["id"], text, listed, strict=True)
        if re.search(rf"\b(?:{names})\b", words) and group not in groups
    ]
    assert missing == []


def test_whatever_isis_took_lost_or_is_said_to_have_attacked_is_found_under_isis():
    events = data.load("events")
    its_own = events["kind"].isin(["attack", "capture", "recapture"])
    assert events[its_own & ~events["actor_ids"].map(lambda cell: "isis" in ids(cell))]["id"].tolist() == []


def test_every_event_says_who_acted():
    events = data.load("events")
    assert events[events["actors"].isna()]["id"].tolist() == []


# --- dates -----------------------------------------------------------------------------------------------------


def date_in(address):
    """The day that an address such as .../2015/08/07/... or ...-20141031 tells, if any."""
    found = re.search(r"/(20\d\d)/(\d\d?)/(\d\d?)(?=/|$)", address) or re.search(
        r"(?<!\d)(20[0-2]\d)-?([01]\d)-?([0-3]\d)(?!\d)", address
    )
    try:
        return datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


# Addresses whose date is not that of the text read: pages rewritten later under their first address, a copy's day.
ANOTHER_DAY = {"cnn-2015-heritage", "cnn-2016-fast-facts", "state-2014-brussels"}


def test_a_source_is_dated_as_its_address_says():
    """Off by a day at most: a paper's web page comes out the evening before."""
    wrong = []
    for source, row in SOURCES.drop(index=list(ANOTHER_DAY)).iterrows():
        told = date_in(row["url"])
        if told is None:
            continue
        exact = row["date_precision"] == "day" and abs((row["date"].date() - told).days) <= 1
        if not exact:
            wrong.append((source, row["date"], row["date_precision"], row["url"]))
    assert wrong == []
