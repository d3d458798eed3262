"""Figures worked out from several rows for Part I."""

from __future__ import annotations

import pandas as pd

from caliphate_course import data
from caliphate_course.facts import computed, facts
from caliphate_course.measures import attacks_abroad, events, towns
from coursebook import months
from coursebook.facts import Fact
from coursebook.facts.worked_out import count, difference, from_facts, from_rows, ratio

YEARS = "2014 to 2019"  # of all stints

# Towns -----------------------------------------------------------------------------------------------------------


def _held_at(month: int) -> Fact:
    """Places known to be held at the end of `month` (year * 100 + month), by the rule of `measures.towns.held`."""
    frame = data.load("town_control")
    note = "Stints of town_control with a known first and last day; contested places and districts left out."
    return from_rows(frame, int(towns.held(frame)[month]), note, unit="places", when=f"end of {months.words(month)}")


@computed
def towns_held_may_2014() -> Fact:
    """Places known to be held at the end of May 2014."""
    return _held_at(201405)


@computed
def towns_held_june_2014() -> Fact:
    """Places known to be held at the end of June 2014."""
    return _held_at(201406)


@computed
def towns_held_august_2014() -> Fact:
    """Places known to be held at the end of August 2014."""
    return _held_at(201408)


@computed
def towns_held_end_2015() -> Fact:
    """Places known to be held at the end of 2015."""
    return _held_at(201512)


@computed
def towns_held_end_2016() -> Fact:
    """Places known to be held at the end of 2016."""
    return _held_at(201612)


@computed
def towns_held_september_2015() -> Fact:
    """Places known to be held at the end of September 2015."""
    return _held_at(201509)


def _stints() -> pd.DataFrame:
    """Stints under ISIS alone: contested places and districts of a larger place left out."""
    frame = data.load("town_control")
    return frame[frame["part_of"].isna() & (frame["status"] == "held")]


@computed
def stints_without_start() -> Fact:
    """Stints in the table for which no date of capture was found."""
    rows = _stints()
    note = "Rows of town_control without a first day, contested ones left out."
    return count(rows[rows["from"].isna()], note, unit="stints", when=YEARS)


@computed
def stints_all() -> Fact:
    """Stints in the table, without contested places and districts."""
    note = "Rows of town_control, contested places and districts left out."
    return count(_stints(), note, unit="stints", when=YEARS)


def _lost_to(*forces: str) -> Fact:
    rows = _stints()
    note = "Stints of town_control by the force named in lost_to; a place lost twice counts twice."
    return count(rows[rows["lost_to"].isin(forces)], note, when=YEARS)


@computed
def lost_to_iraqi_forces() -> Fact:
    """Stints ended by Iraqi federal forces, allied militias included."""
    return _lost_to("iraqi_forces")


@computed
def lost_to_peshmerga() -> Fact:
    """Stints ended by the Peshmerga."""
    return _lost_to("peshmerga")


@computed
def lost_to_sdf() -> Fact:
    """Stints ended by the YPG or the SDF."""
    return _lost_to("sdf_ypg")


@computed
def lost_to_damascus() -> Fact:
    """Stints ended by the Syrian government and its allies."""
    return _lost_to("syrian_government")


@computed
def lost_to_turkey_and_rebels() -> Fact:
    """Stints ended by Turkey with Syrian rebels, or by rebels alone."""
    return _lost_to("turkey_and_rebels", "rebels")


@computed
def median_stint() -> Fact:
    """The median length of a stint whose first and last day are known, in months."""
    rows = _stints().dropna(subset=["from", "to"])
    days = (rows["to"] - rows["from"]).dt.days.median()
    note = "Median over stints with a known first and last date; half of the stints were shorter, half longer."
    return from_rows(rows, round(float(days) / months.DAYS_PER_MONTH), note, unit="months", when="2014 to 2017")


# Events ----------------------------------------------------------------------------------------------------------


def _events_of(kind: str, first: int, last: int) -> Fact:
    """Events of `kind` in the timeline between the years `first` and `last`, both included."""
    rows = events.events(data.load("events"))
    rows = rows[(rows["kind"] == kind) & rows["year"].between(first, last)]
    years = str(first) if first == last else f"{first} to {last}"
    return count(rows, f"Rows of events of the kind {kind}: a selection, not a census.", when=years)


@computed
def captures_2014() -> Fact:
    """Events of the timeline in 2014 in which ISIS took a place."""
    return _events_of("capture", 2014, 2014)


@computed
def captures_2015() -> Fact:
    """Events of the timeline in 2015 in which ISIS took a place."""
    return _events_of("capture", 2015, 2015)


@computed
def captures_after_2015() -> Fact:
    """Events of the timeline from 2016 to 2019 in which ISIS took a place."""
    return _events_of("capture", 2016, 2019)


# Violence and displacement ---------------------------------------------------------------------------------------


@computed
def idps_may_to_august_2014() -> Fact:
    """By how much IOM's count of displaced people in Iraq grew from 1 May to 26 August 2014."""
    return difference(facts, 
        "displacement/dtm-idps-2014-08-26", "displacement/dtm-idps-2014-05-01",
        "Difference of two rounds of the Displacement Tracking Matrix.",
        unit="people", who="IOM DTM", when="1 May to 26 August 2014",
    )  # fmt: skip


@computed
def iraq_june_times_may_2014() -> Fact:
    """How many times as many deaths UCDP counts in Iraq in June 2014 as in May 2014 (best estimates)."""
    return ratio(facts, 
        "violence_monthly/iraq-2014-06", "violence_monthly/iraq-2014-05",
        "{} against {}, best estimates, rounded to a whole number.",
        unit="times", who="UCDP", when="June against May 2014",
    )  # fmt: skip


def _deaths(country: str, first: str, last: str) -> Fact:
    """UCDP's deaths in `country` from month `first` to `last` (ISO days), dated to their month: low, best, high."""
    frame = data.load("violence_monthly")
    rows = frame[(frame["country"] == country) & frame["month"].between(first, last)]
    low, best, high = (int(rows[column].sum()) for column in ("low", "best", "high"))
    when = f"{pd.Timestamp(first):%B %Y} to {pd.Timestamp(last):%B %Y}"
    note = "Sum of months in violence_monthly; deaths known only to a longer period are left out."
    return from_rows(rows, best, note, low=low, high=high, unit="deaths", who="UCDP", when=when)


@computed
def deaths_iraq_battle_of_mosul() -> Fact:
    """Deaths in Iraq in the months of the battle of Mosul, October 2016 to July 2017."""
    return _deaths("Iraq", "2016-10-01", "2017-07-01")


# Attacks abroad --------------------------------------------------------------------------------------------------


def _attacks(years: tuple[int, int], **wanted: str) -> Fact:
    """Attacks of the figure `fig-attacks-abroad` in `years` (first, last) whose columns equal `wanted`."""
    rows = attacks_abroad.attacks(data.load("events"))
    rows = rows[rows["date"].dt.year.between(*years)]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    when = str(years[0]) if years[0] == years[1] else f"{years[0]} to {years[1]}"
    note = "Attacks outside Iraq and Syria listed in events: the best known ones, not all."
    return count(rows, note, unit="attacks" if not wanted else "", when=when)


@computed
def attacks_abroad_all() -> Fact:
    """Listed attacks outside Iraq and Syria, 2015 to April 2019."""
    return _attacks((2014, 2019))


@computed
def attacks_abroad_2015() -> Fact:
    """Listed attacks outside Iraq and Syria in 2015."""
    return _attacks((2015, 2015))


@computed
def attacks_abroad_2016() -> Fact:
    """Listed attacks outside Iraq and Syria in 2016."""
    return _attacks((2016, 2016))


@computed
def attacks_abroad_2017() -> Fact:
    """Listed attacks outside Iraq and Syria in 2017."""
    return _attacks((2017, 2017))


@computed
def attacks_abroad_2018_2019() -> Fact:
    """Listed attacks outside Iraq and Syria from 2018 to April 2019."""
    return _attacks((2018, 2019))


@computed
def attacks_abroad_directed() -> Fact:
    """Of the listed attacks abroad, those that ISIS is known to have directed."""
    return _attacks((2014, 2019), attribution="directed")


@computed
def attacks_abroad_claimed() -> Fact:
    """Of the listed attacks abroad, those known only by ISIS's claim."""
    return _attacks((2014, 2019), attribution="claimed")


@computed
def sizes_of_2014() -> Fact:
    """The smallest and the largest area (km²) given for both countries together in 2014."""
    frame = data.load("territory_estimates")
    rows = frame[
        (frame["measure"] == "area_km2") & (frame["scope"] == "Iraq and Syria") & (frame["date"].dt.year == 2014)
    ]
    bounds = rows[["low", "best", "high"]]
    who = f"{rows['estimator'].nunique()} estimators with different definitions"
    low, high = float(bounds.min().min()), float(bounds.max().max())
    return from_rows(rows, None, low=low, high=high, unit="km²", who=who, when="2014")


@computed
def ihs_january_2015_implied() -> Fact:
    """The area (km²) IHS must have meant for January 2015: its June figure divided by what was left."""
    return from_facts(facts, 
        [f"territory_estimates/ihs-2015-{row}" for row in ("06-both", "06-pct", "01-both")],
        lambda june, loss, january: round(june / (1 - loss / 100), -2),
        "{}, {} less than in January; IHS printed {} for that month a year later.",
        unit="km²", who="IHS", when="January 2015",
    )  # fmt: skip


@computed
def mosul_payroll_ratio() -> Fact:
    """How many times the larger figure for Baghdad's Mosul payroll is the smaller one."""
    larger, smaller = (f"living_under_isis/mosul-payroll-{who}" for who in ("council", "deputy"))
    return ratio(facts, larger, smaller, when="February 2015")
