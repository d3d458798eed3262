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


@computed
def idmc_over_iom_2014() -> Fact:
    """How many displaced people in Iraq IDMC has more than IOM at the end of 2014."""
    rows = _rows("displacement", "idmc-irq-idps-2014", "dtm-idps-2014-12-25")
    value = int(rows["best"].iloc[0] - rows["best"].iloc[1])
    return _fact(rows, value, "IDMC at 31 December less IOM's round of 25 December.", unit="people", when="end of 2014")


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
def analyst_over_claims_2024() -> Fact:
    """How many times the claims counted by CENTCOM an analyst's count of attacks in both countries is, early 2024."""
    rows = _rows("attacks_after", "mei-2024-h1-syria", "mei-2024-h1-iraq", "centcom-2024-h1-claims")
    best = rows["best"].astype("float64")
    value = round(float((best.iloc[0] + best.iloc[1]) / best.iloc[2]), 1)
    return _fact(rows, value, "551 and 35 attacks against 153 claims.", when="January to June 2024")


# Justice and rebuilding (justice-and-rebuilding)


def _ratio(table: str, above: str, below: str, note: str, digits: int = 0, column: str = "best") -> Fact:
    rows = _rows(table, above, below)
    figures = rows[column].astype("float64").fillna(rows["low"].astype("float64"))
    value = (
        round(float(figures.iloc[0] / figures.iloc[1]), digits) if digits else round(figures.iloc[0] / figures.iloc[1])
    )
    return _fact(rows, value, note, unit="times")


@computed
def need_over_damage_iraq() -> Fact:
    """How many times the damage Iraq's stated need of 2018 was."""
    return _ratio("costs", "iraq-needs-2018", "iraq-damage-2018", "88.2 over 45.7 billion US dollars.", 1)


@computed
def pledges_share_of_need() -> Fact:
    """The pledges of Kuwait as a share of Iraq's stated need."""
    rows = _rows("costs", "kuwait-pledges", "iraq-needs-2018")
    value = round(100 * float(rows["best"].iloc[0] / rows["best"].iloc[1]))
    return _fact(rows, value, "30 of 88.2 billion US dollars.", unit="%", when="February 2018")


@computed
def shaddadi_ratio() -> Fact:
    """How many times the Syrian ministry's number of escapes from Shaddadi the SDF's number is."""
    note = "1,500 by the SDF over 120 by the Syrian interior ministry."
    return _ratio("detention", "shaddadi-2026-escaped-sdf", "shaddadi-2026-escaped-damascus", note, 1)


@computed
def mosul_own_side_over_acknowledged() -> Fact:
    """How many times the coalition's own number AP's count of civilians killed by Iraqi and coalition fire in Mosul is."""
    note = "At least 3,200 by AP, Iraqi fire included, over 326 acknowledged by the coalition."
    return _ratio("costs", "mosul-civilians-ap-forces", "mosul-civilians-coalition", note)


@computed
def taken_home_2019_to_2022() -> Fact:
    """Foreign women and children taken home from the camps, 2019 to November 2022, by the Kurdish authorities' count."""
    rows = _rows("detention", *(f"repatriation-all-{year}" for year in range(2019, 2023)))
    when = "2019 to 29 November 2022"
    return _fact(rows, int(rows["best"].sum()), "Sum of four yearly counts.", unit="women and children", when=when)


@computed
def al_hol_other_countries_share() -> Fact:
    """People of countries other than Syria and Iraq as a share of al-Hol's residents, 19 November 2019."""
    rows = _rows("detention", "al-hol-2019-11-third-country", "al-hol-2019-11")
    value = round(100 * float(rows["best"].iloc[0] / rows["best"].iloc[1]))
    return _fact(rows, value, "10,029 of 68,744.", unit="%", when="19 November 2019")


@computed
def mass_graves_named_governorates() -> Fact:
    """Mass grave sites in the four governorates that the press names."""
    names = ("nineveh", "kirkuk", "salah-al-din", "anbar")
    rows = _rows("costs", *(f"mass-graves-{name}" for name in names))
    return _fact(rows, int(rows["best"].sum()), "Sum of four governorates.", unit="sites", when="November 2018")


# What became of the alliances


def _later_clashes(note: str, sides: str | None = None) -> Fact:
    from caliphate_course.charts import clashes, relations  # charts need this package themselves

    rows = clashes.clashes(data.load("relations"), relations.AFTERMATH)
    rows = rows if sides is None else rows[rows["sides"] == sides]
    return _fact(rows.head(6), len(rows), note, when="September 2017 to February 2026")


@computed
def partner_fights_from_2017() -> Fact:
    """Dated fights between groups that had both fought ISIS, September 2017 to February 2026."""
    return _later_clashes("Rows of relations: a fight between two groups, each of which had fought ISIS by then.")


@computed
def partner_fights_from_2017_both() -> Fact:
    """Of these, those with the coalition, a member or a force it helped on both sides."""
    return _later_clashes("Those with a coalition member or a force it then helped on both sides.", "both")


def _recount(before: str, after: str, when: str) -> Fact:
    rows = _rows("us_presence", before, after)
    value = round(float(rows["best"].iloc[1] / rows["best"].iloc[0]), 1)
    return _fact(rows, value, "The corrected figure divided by the one it replaced.", when=when)


@computed
def us_syria_recount_2017() -> Fact:
    """How many times the old figure for US troops in Syria the corrected one was, December 2017."""
    return _recount("us-syria-2017-11", "us-syria-2017-12-06", "December 2017")


@computed
def us_syria_recount_2024() -> Fact:
    """How many times the old figure for US troops in Syria the corrected one was, December 2024."""
    return _recount("us-syria-2024-12-before", "us-syria-2024-12-19", "December 2024")


@computed
def iraq_damage_in_billions() -> Fact:
    """Iraq's physical damage in billion US dollars."""
    rows = _rows("costs", "iraq-damage-2018")
    return _fact(
        rows, float(rows["best"].iloc[0]) / 1e9, "45.7 billion.", unit="billion US dollars", when="January 2018"
    )


# Branches (after-the-caliphate)


def _branches(note: str, found: str | None = None) -> Fact:
    from caliphate_course.charts import affiliates

    frame = data.load("affiliates")
    lanes = affiliates.branches(frame)
    kept = lanes if found is None else lanes[lanes["found"] == found]
    return _fact(frame[frame["affiliate"].isin(kept["affiliate"])], len(kept), note)


@computed
def branches_listed() -> Fact:
    """Branches of ISIS in the table."""
    return _branches("Branches of the table affiliates; one may have several rows.")


@computed
def branches_with_a_holding() -> Fact:
    """Branches known to have held a place."""
    from caliphate_course.charts import affiliates

    return _branches("Branches with a holding, whole or contested, in the table affiliates.", affiliates.FOUND)


# November 2017, claim by claim (reading-the-news)


def _claims(note: str, **wanted: str) -> Fact:
    claims = data.load("claims")
    for column, value in wanted.items():
        claims = claims[claims[column] == value]
    return _fact(claims, len(claims), note, unit="claims", when="as judged in 2026")


@computed
def claims_listed() -> Fact:
    """Claims of the two articles."""
    return _claims("All claims of both articles.")


@computed
def claims_checkable() -> Fact:
    """Claims of the two articles that could be checked."""
    from caliphate_course.charts.claims import checkable

    claims = checkable(data.load("claims"))
    return _fact(
        claims,
        len(claims),
        "Opinions, forecasts and the not verified left out.",
        unit="claims",
        when="as judged in 2026",
    )


@computed
def claims_of_the_first() -> Fact:
    """Claims of the article that AVİM reposted."""
    return _claims("Claims numbered A.", article="avim_business_insider")


@computed
def claims_of_the_second() -> Fact:
    """Claims of the article of the Organization for World Peace."""
    return _claims("Claims numbered B.", article="bbc_derived")


@computed
def claims_held_up() -> Fact:
    """Claims that held up."""
    return _claims("Verdict: held up.", verdict="held_up")


@computed
def claims_imprecise() -> Fact:
    """Claims that are imprecise."""
    return _claims("Verdict: imprecise.", verdict="imprecise")


@computed
def claims_wrong() -> Fact:
    """Claims that are wrong."""
    return _claims("Verdict: wrong.", verdict="wrong")


@computed
def claims_not_verified() -> Fact:
    """Claims for which no evidence was found either way."""
    return _claims("Verdict: not verified.", verdict="not_verified")


@computed
def claims_held_up_first() -> Fact:
    """Claims of the first article that held up."""
    return _claims("Verdict: held up.", verdict="held_up", article="avim_business_insider")


@computed
def claims_held_up_second() -> Fact:
    """Claims of the second article that held up."""
    return _claims("Verdict: held up.", verdict="held_up", article="bbc_derived")
