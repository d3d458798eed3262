"""Figures worked out from several rows for Part III and IV."""

from __future__ import annotations

import pandas as pd

from caliphate_course import data
from caliphate_course.facts import Fact, computed

HERE = "worked out here"


def _rows(table: str, *ids: str) -> pd.DataFrame:
    """Rows `ids` of `table`, in that order, indexed by id. Raises KeyError if one is missing."""
    return data.load(table).set_index("id", drop=False).loc[list(ids)]


def _fact(rows: pd.DataFrame, value: float, note: str, *, unit: str = "", when: str = "", **bounds) -> Fact:
    """A figure worked out from `rows`, with their sources."""
    sources = tuple(data.source_ids(rows))
    return Fact(value=value, unit=unit, who=HERE, when=when, note=note, source_ids=sources, **bounds)


# Displacement and return (going-home)


@computed
def iom_people_per_family() -> Fact:
    """People IOM counts for each family of returnees, April 2019: the multiplier."""
    row = _rows("displacement", "dtm-returnees-2019-04-30")
    value = float((row["best"] / row["families"]).iloc[0])
    return _fact(row, value, "Returnees divided by returnee families, 30 April 2019.", when="30 April 2019")


@computed
def camp_rule_difference() -> Fact:
    """How many displaced people fewer there are in August 2020 because families in camps count five, not six."""
    row = _rows("displacement", "dtm-idps-2020-08-31")
    value = int((row["families"] * 6 - row["best"]).iloc[0])
    return _fact(row, value, "Families times six, less IOM's own figure.", unit="people", when="31 August 2020")


@computed
def returns_first_quarter_2022() -> Fact:
    """New returnees between the rounds of December 2021 and March 2022."""
    rows = _rows("displacement", "dtm-returnees-2021-12-31", "dtm-returnees-2022-03-31")
    value = int(rows["best"].iloc[1] - rows["best"].iloc[0])
    return _fact(rows, value, "Difference of two rounds.", unit="people", when="January to March 2022")


def _syrians_displaced(year: int) -> Fact:
    rows = _rows("displacement", f"idmc-syr-idps-{year}", f"unhcr-syr-refugees-world-{year}")
    note = "IDMC's displaced inside Syria plus UNHCR's refugees; asylum-seekers are not in it."
    return _fact(rows, int(rows["best"].sum()), note, unit="people", when=f"end of {year}")


@computed
def syrians_displaced_2024() -> Fact:
    """Syrians displaced inside the country or refugees abroad at the end of 2024."""
    return _syrians_displaced(2024)


@computed
def syrians_displaced_2025() -> Fact:
    """Syrians displaced inside the country or refugees abroad at the end of 2025."""
    return _syrians_displaced(2025)


@computed
def syrian_returns_first_year() -> Fact:
    """Syrians back in the first year after 8 December 2024, from abroad and inside the country: at least."""
    rows = _rows("displacement", "unhcr-syr-refugee-returns-2025-q4", "unhcr-syr-idp-returns-2025-q4")
    low = int(rows["low"].iloc[0] + rows["best"].iloc[1])
    note = "More than 1.2 million from abroad plus about 1.9 million inside the country."
    return _fact(rows, None, note, unit="people", when="8 December 2025", low=low)


@computed
def refugees_fall_2025() -> Fact:
    """By how much the number of Syrian refugees in the world fell during 2025."""
    rows = _rows("displacement", "unhcr-syr-refugees-world-2024", "unhcr-syr-refugees-world-2025")
    value = int(rows["best"].iloc[0] - rows["best"].iloc[1])
    return _fact(rows, value, "Difference of two end-year counts.", unit="people", when="during 2025")


# Strength and attacks (after-the-caliphate)


@computed
def knights_per_month_2018() -> Fact:
    """Attacks a month in Iraq, January to October 2018, by Knights."""
    row = _rows("attacks_after", "ctc-2018-10m")
    value = round(float(row["best"].iloc[0]) / 10)
    return _fact(row, value, "1,271 attacks over ten months.", unit="attacks a month", when="January to October 2018")


@computed
def csis_below_knights() -> Fact:
    """By how much per cent CSIS's monthly count of 2018 lies below that of Knights."""
    rows = _rows("attacks_after", "csis-2018-10m", "ctc-2018-10m")
    value = round(100 - 100 * float(rows["best"].iloc[0]) / (float(rows["best"].iloc[1]) / 10))
    return _fact(rows, value, "75 a month against 1,271 in ten months.", unit="%", when="January to October 2018")


@computed
def knights_peak_per_month_2020() -> Fact:
    """Attacks a month in Iraq in the spring quarter of 2020, the highest in Knights and Almeida's counts."""
    row = _rows("attacks_after", "ctc-2020-q2")
    value = round(float(row["best"].iloc[0]) / 3)
    return _fact(row, value, "808 attacks in three months.", unit="attacks a month", when="April to June 2020")


@computed
def analyst_over_claims_2024() -> Fact:
    """How many times the claims counted by CENTCOM an analyst's count of attacks in both countries is, early 2024."""
    rows = _rows("attacks_after", "mei-2024-h1-syria", "mei-2024-h1-iraq", "centcom-2024-h1-claims")
    best = rows["best"].astype("float64")
    value = round(float((best.iloc[0] + best.iloc[1]) / best.iloc[2]), 1)
    return _fact(rows, value, "551 and 35 attacks against 153 claims.", when="January to June 2024")
