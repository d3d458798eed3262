"""Figures worked out from several rows for Part III and IV."""

from __future__ import annotations

from dataclasses import replace

from caliphate_course import data
from caliphate_course.facts import computed, facts
from caliphate_course.measures import affiliates, claims, clashes, relations
from coursebook.facts import Fact
from coursebook.facts.worked_out import count, difference, from_facts, from_rows, ratio, share, total

# Displacement and return (going-home)


@computed
def iom_people_per_family() -> Fact:
    """People IOM counts for each family of returnees, April 2019: the multiplier."""
    row, note = "displacement/dtm-returnees-2019-04-30", "{} divided by {} families."
    return ratio(facts, row, f"{row}.families", note, digits=2, when="30 April 2019")


@computed
def camp_rule_difference() -> Fact:
    """How many displaced people fewer there are in August 2020 because families in camps count five, not six."""
    row = "displacement/dtm-idps-2020-08-31"
    note = "{} families times six, less {} by IOM's own figure."
    return from_facts(facts, 
        [f"{row}.families", row], lambda families, people: families * 6 - people, note,
        unit="people", when="31 August 2020",
    )  # fmt: skip


def _syrians_displaced(year: int) -> Fact:
    references = [f"displacement/idmc-syr-idps-{year}", f"displacement/unhcr-syr-refugees-world-{year}"]
    note = "IDMC's displaced inside Syria plus UNHCR's refugees; asylum-seekers are not in it."
    return total(facts, references, note, unit="people", when=f"end of {year}")


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
    references = ["displacement/unhcr-syr-refugee-returns-2025-q4", "displacement/unhcr-syr-idp-returns-2025-q4"]
    fact = total(facts, references, "From abroad {}, inside the country {}.", unit="people", when="8 December 2025")
    return replace(fact, value=None, low=fact.value)


@computed
def refugees_fall_2025() -> Fact:
    """By how much the number of Syrian refugees in the world fell during 2025."""
    before, after = (f"displacement/unhcr-syr-refugees-world-{year}" for year in (2024, 2025))
    return difference(facts, before, after, "Difference of two end-year counts.", unit="people", when="during 2025")


@computed
def idmc_over_iom_2014() -> Fact:
    """How many displaced people in Iraq IDMC has more than IOM at the end of 2014."""
    idmc, iom = "displacement/idmc-irq-idps-2014", "displacement/dtm-idps-2014-12-25"
    note = "IDMC at 31 December less IOM's round of 25 December."
    return difference(facts, idmc, iom, note, unit="people", when="end of 2014")


# Strength and attacks (after-the-caliphate)


@computed
def knights_per_month_2018() -> Fact:
    """Attacks a month in Iraq, January to October 2018, by Knights."""
    return from_facts(facts, 
        ["attacks_after/ctc-2018-10m"], lambda attacks: round(attacks / 10), "{} over ten months.",
        unit="attacks a month", when="January to October 2018",
    )  # fmt: skip


@computed
def csis_below_knights() -> Fact:
    """By how much per cent CSIS's monthly count of 2018 lies below that of Knights."""
    return from_facts(facts, 
        ["attacks_after/csis-2018-10m", "attacks_after/ctc-2018-10m"],
        lambda csis, knights: round(100 - 100 * csis / (knights / 10)),
        "{} against {} in ten months.", unit="%", when="January to October 2018",
    )  # fmt: skip


@computed
def analyst_over_claims_2024() -> Fact:
    """How many times the claims counted by CENTCOM an analyst's count of attacks in both countries is, early 2024."""
    return from_facts(facts, 
        [f"attacks_after/{row}" for row in ("mei-2024-h1-syria", "mei-2024-h1-iraq", "centcom-2024-h1-claims")],
        lambda syria, iraq, claims: round((syria + iraq) / claims, 1),
        "In Syria {}, in Iraq {}, against {}.", when="January to June 2024",
    )  # fmt: skip


# Justice and rebuilding (justice-and-rebuilding)


@computed
def need_over_damage_iraq() -> Fact:
    """How many times the damage Iraq's stated need of 2018 was."""
    return ratio(facts, "costs/iraq-needs-2018", "costs/iraq-damage-2018", "{} over {}.", digits=1, unit="times")


@computed
def pledges_share_of_need() -> Fact:
    """The pledges of Kuwait as a share of Iraq's stated need."""
    return share(facts, ["costs/kuwait-pledges"], "costs/iraq-needs-2018", "{} of {}.", when="February 2018")


@computed
def shaddadi_ratio() -> Fact:
    """How many times the Syrian ministry's number of escapes from Shaddadi the SDF's number is."""
    sdf, ministry = (f"detention/shaddadi-2026-escaped-{who}" for who in ("sdf", "damascus"))
    return ratio(facts, sdf, ministry, "{} by the SDF over {} by the Syrian interior ministry.", digits=1, unit="times")


@computed
def mosul_own_side_over_acknowledged() -> Fact:
    """How many times the coalition's own number AP's count of civilians killed by Iraqi and coalition fire in Mosul is."""
    note = "AP counted {}, Iraqi fire included; the coalition acknowledged {}."
    return ratio(facts, "costs/mosul-civilians-ap-forces", "costs/mosul-civilians-coalition", note, unit="times")


@computed
def taken_home_2019_to_2022() -> Fact:
    """Foreign women and children taken home from the camps, 2019 to November 2022, by the Kurdish authorities' count."""
    references = [f"detention/repatriation-all-{year}" for year in range(2019, 2023)]
    return total(facts, references, "Sum of yearly counts.", unit="women and children", when="2019 to 29 November 2022")


@computed
def al_hol_other_countries_share() -> Fact:
    """People of countries other than Syria and Iraq as a share of al-Hol's residents, 19 November 2019."""
    when = "19 November 2019"
    return share(facts, ["detention/al-hol-2019-11-third-country"], "detention/al-hol-2019-11", "{} of {}.", when=when)


@computed
def mass_graves_named_governorates() -> Fact:
    """Mass grave sites in the four governorates that the press names."""
    references = [f"costs/mass-graves-{name}" for name in ("nineveh", "kirkuk", "salah-al-din", "anbar")]
    return total(facts, references, "Sum of four governorates.", unit="sites", when="November 2018")


# What became of the alliances


def _later_clashes(note: str, sides: str | None = None) -> Fact:
    rows = clashes.clashes(data.load("relations"), relations.AFTERMATH)
    rows = rows if sides is None else rows[rows["sides"] == sides]
    return count(rows, note, when="September 2017 to February 2026")


@computed
def partner_fights_from_2017() -> Fact:
    """Dated fights between groups that had both fought ISIS, September 2017 to February 2026."""
    return _later_clashes("Rows of relations: a fight between two groups, each of which had fought ISIS by then.")


@computed
def partner_fights_from_2017_both() -> Fact:
    """Of these, those with the coalition, a member or a force it helped on both sides."""
    return _later_clashes("Those with a coalition member or a force it then helped on both sides.", "both")


def _recount(before: str, after: str, when: str) -> Fact:
    note = "The corrected figure, {}, divided by the one it replaced, {}."
    return ratio(facts, f"us_presence/{after}", f"us_presence/{before}", note, digits=1, when=when)


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
    return from_facts(
        facts, ["costs/iraq-damage-2018"], lambda usd: usd / 1e9, unit="billion US dollars", when="January 2018"
    )


# Branches (after-the-caliphate)


def _branches(note: str, found: str | None = None) -> Fact:
    frame = data.load("affiliates")
    lanes = affiliates.branches(frame)
    kept = lanes if found is None else lanes[lanes["found"] == found]
    return from_rows(frame[frame["affiliate"].isin(kept["affiliate"])], len(kept), note)


@computed
def branches_listed() -> Fact:
    """Branches of ISIS in the table."""
    return _branches("Branches of the table affiliates; one may have several rows.")


@computed
def branches_with_a_holding() -> Fact:
    """Branches known to have held a place."""
    return _branches("Branches with a holding, whole or contested, in the table affiliates.", affiliates.FOUND)


# November 2017, claim by claim (reading-the-news)


def _claims(note: str, **wanted: str) -> Fact:
    rows = data.load("claims")
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return count(rows, note, unit="claims", when="as judged in 2026")


@computed
def claims_listed() -> Fact:
    """Claims of the two articles."""
    return _claims("All claims of both articles.")


@computed
def claims_checkable() -> Fact:
    """Claims of the two articles that could be checked."""
    note = "Opinions, forecasts and the not verified left out."
    return count(claims.checkable(data.load("claims")), note, unit="claims", when="as judged in 2026")


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
