"""Figures worked out from several rows for Part II."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from caliphate_course import data
from caliphate_course.facts import computed, facts
from caliphate_course.measures import clashes, relations
from coursebook import dates, months
from coursebook.facts import Fact
from coursebook.facts.worked_out import count, difference, from_facts, from_rows, ratio, share


def _members(day: str, **wanted) -> Fact:
    """Members whose `joined_latest` is no later than `day` (ISO date) and whose columns equal `wanted`."""
    frame = data.load("coalition_members")
    rows = frame[frame["joined_latest"] <= pd.Timestamp(day)]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    note = "Members that had certainly joined by that day: joined_latest in coalition_members is not later."
    return count(rows, note, when=dates.day(pd.Timestamp(day)))


@computed
def members_brussels() -> Fact:
    """Partners at the Brussels meeting of 3 December 2014."""
    return _members("2014-12-03")


@computed
def members_end_2014() -> Fact:
    """Founding members: those of the end of 2014."""
    return _members("2014-12-31")


@computed
def members_march_2017() -> Fact:
    """Members at the Washington meeting of 22 March 2017."""
    return _members("2017-03-22")


@computed
def others_march_2017() -> Fact:
    """Members of March 2017 besides the United States."""
    everybody = _members("2017-03-22")
    return replace(everybody, value=everybody.value - 1)


@computed
def states_march_2017() -> Fact:
    """Of the members of March 2017, those that are states."""
    return _members("2017-03-22", type="state")


@computed
def organisations_march_2017() -> Fact:
    """Of the members of March 2017, those that are organisations."""
    return _members("2017-03-22", type="organisation")


@computed
def members_october_2017() -> Fact:
    """Members on the task force's third anniversary, 17 October 2017."""
    return _members("2017-10-17")


@computed
def members_november_2017() -> Fact:
    """Members at the end of November 2017."""
    return _members("2017-11-30")


@computed
def members_february_2019() -> Fact:
    """Members at the Washington meeting of 6 February 2019."""
    return _members("2019-02-06")


@computed
def europe_end_2014() -> Fact:
    """European members at the end of 2014."""
    return _members("2014-12-31", region="europe")


@computed
def africa_end_2014() -> Fact:
    """Members from sub-Saharan Africa at the end of 2014."""
    return _members("2014-12-31", region="sub_saharan_africa")


@computed
def africa_february_2019() -> Fact:
    """Members from sub-Saharan Africa in February 2019."""
    return _members("2019-02-06", region="sub_saharan_africa")


def _contributions(status: str, *kinds: str) -> Fact:
    """Members with `status` in any of `kinds`."""
    frame = data.load("contributions")
    rows = frame[(frame["status"] == status) & frame["kind"].isin(kinds)]
    return from_rows(rows, rows["member_id"].nunique(), "Members with this status in the table contributions.")


@computed
def strikers() -> Fact:
    """Members that flew strikes in Iraq or Syria."""
    return _contributions("yes", "strikes_iraq", "strikes_syria")


@computed
def strikers_iraq() -> Fact:
    """Members that flew strikes in Iraq."""
    return _contributions("yes", "strikes_iraq")


@computed
def trainers() -> Fact:
    """Members that trained Iraqi or Kurdish forces."""
    return _contributions("yes", "trainers")


@computed
def troops_or_basing() -> Fact:
    """Members named in February 2018 as giving troops, basing or access."""
    return _contributions("yes", "basing_troops")


@computed
def finance_group() -> Fact:
    """Members of the group against ISIS finance at its first meeting."""
    return _contributions("yes", "counter_finance")


@computed
def small_group() -> Fact:
    """Members of the small group that met in Rome in February 2016."""
    return _contributions("yes", "small_group")


@computed
def small_group_without_strikes() -> Fact:
    """Members of the small group that flew no strikes, or are not known to have flown any."""
    frame = data.load("contributions")
    did = frame[frame["status"] == "yes"]
    strikers = did.loc[did["kind"].isin(["strikes_iraq", "strikes_syria"]), "member_id"]
    rows = did[(did["kind"] == "small_group") & ~did["member_id"].isin(strikers)]
    note = "Members of the small group without a yes for strikes in the table contributions."
    return count(rows, note)


def _cells(status: str | None) -> Fact:
    frame = data.load("contributions")
    rows = frame if status is None else frame[frame["status"] == status]
    return count(rows, "Cells of the matrix of members and kinds of contribution.")


@computed
def contribution_cells() -> Fact:
    """Cells of the matrix: members times kinds of contribution."""
    return _cells(None)


@computed
def contribution_cells_unknown() -> Fact:
    """Cells of the matrix for which no evidence was found."""
    return _cells("unknown")


@computed
def members_without_known_contribution() -> Fact:
    """Members for which no contribution of any kind was found."""
    frame = data.load("contributions")
    silent = frame.groupby("member_id")["status"].apply(lambda cells: (cells == "yes").sum() == 0)
    rows = frame[frame["member_id"].isin(silent[silent].index)]
    return from_rows(rows, int(silent.sum()), "Members without a single yes; not proof that they gave nothing.")


def _us_share(*scopes: str, whole: str = "") -> Fact:
    """American share of the strikes in `scopes` up to 13 September 2016; `whole` is the row of them all."""
    rows = [f"air_operations/strikes-{scope}-cum-2016-09-13" for scope in scopes]
    return share(facts, [f"{row}-us" for row in rows], whole or rows[0], when="13 September 2016")


@computed
def us_share_of_strikes_iraq() -> Fact:
    """American share of the strikes in Iraq up to 13 September 2016."""
    return _us_share("iraq")


@computed
def us_share_of_strikes_syria() -> Fact:
    """American share of the strikes in Syria up to 13 September 2016."""
    return _us_share("syria")


@computed
def us_share_of_strikes() -> Fact:
    """American share of all strikes up to 13 September 2016."""
    return _us_share("iraq", "syria", whole="air_operations/strikes-cum-2016-09-13")


def _engagements_per_strike(rows: str, when: str) -> Fact:
    return ratio(facts, f"air_operations/engagements-{rows}", f"air_operations/strikes-{rows}", digits=1, when=when)


@computed
def engagements_per_strike() -> Fact:
    """Engagements per strike from the start to 31 March 2017."""
    return _engagements_per_strike("cum-2017-03-31", "31 March 2017")


@computed
def engagements_per_strike_iraq_day() -> Fact:
    """Engagements per strike in Iraq on 20 August 2017."""
    return _engagements_per_strike("iraq-2017-08-20", "20 August 2017")


@computed
def engagements_per_strike_syria_day() -> Fact:
    """Engagements per strike in Syria on 20 August 2017."""
    return _engagements_per_strike("syria-2017-08-20", "20 August 2017")


def _between(scope: str) -> Fact:
    """Strikes of the task force in `scope` (iraq or syria) from 14 September 2016 to 9 August 2017."""
    late, early = (f"air_operations/strikes-{scope}-cum-{day}" for day in ("2017-08-09", "2016-09-13"))
    return difference(facts, late, early, unit="strikes", when="14 September 2016 to 9 August 2017")


@computed
def strikes_iraq_2016_to_2017() -> Fact:
    """Strikes in Iraq between 13 September 2016 and 9 August 2017."""
    return _between("iraq")


@computed
def strikes_syria_2016_to_2017() -> Fact:
    """Strikes in Syria between 13 September 2016 and 9 August 2017."""
    return _between("syria")


def _monthly_weapons():
    frame = data.load("air_operations")
    return frame[(frame["measure"] == "weapons_released") & (frame["precision"] == "month")]


@computed
def weapon_months_known() -> Fact:
    """Months from August 2014 to December 2019 with a figure for weapons released."""
    return count(_monthly_weapons(), "Rows with month precision.")


@computed
def weapon_months_all() -> Fact:
    """Months from August 2014 to December 2019."""
    return from_rows(_monthly_weapons(), len(months.between(201408, 201912)))


@computed
def weapons_2017_by_months() -> Fact:
    """The twelve months of 2017 added up."""
    rows = _monthly_weapons()
    rows = rows[rows["period_start"].dt.year == 2017]
    derived = [f"{month:%B}" for month in rows.loc[rows["derived"].fillna(False).astype(bool), "period_start"]]
    note = f"Months themselves worked out by subtraction: {', '.join(derived) or 'none'}."
    return from_rows(rows, int(rows["best"].sum()), note, unit="weapons released", when="2017")


def _harm_ratio(airwars: str, coalition: str, when: str, digits: int = 1) -> Fact:
    """Airwars' figure of a month, the lower one if it gives a range, divided by the coalition's own of a month."""
    above, below = f"civilian_harm/airwars-cum-{airwars}", f"civilian_harm/coalition-cum-{coalition}"
    return ratio(facts, above, below, digits=digits, when=when)


@computed
def harm_ratio_october_2017() -> Fact:
    """Airwars' lower figure divided by the coalition's own, end of October 2017."""
    return _harm_ratio("2017-10", "2017-10", "31 October 2017")


@computed
def harm_ratio_august_2019() -> Fact:
    """Airwars' lower figure of August 2019 divided by the coalition's own of June 2019."""
    return _harm_ratio("2019-08", "2019-06", "August 2019")


@computed
def harm_ratio_january_2017() -> Fact:
    """Airwars' lower figure divided by the coalition's own to November 2016, as published at the start of January 2017."""
    return _harm_ratio("2017-01", "2016-11", "2 January 2017", digits=0)


@computed
def booked_in_2018() -> Fact:
    """Budget obligations booked for the operation in the calendar year 2018, in billion US dollars."""
    late, early = (f"operation_cost/cost-obligated-{year}-12-31" for year in (2018, 2017))
    return from_facts(facts, 
        [late, early], lambda late, early: round((late - early) / 1000, 1), f"{late} ({{}}) minus {early} ({{}}).",
        unit="billion US dollars", when="2018",
    )  # fmt: skip


# Relations among the forces that fought ISIS (uneasy-allies)


def _relations(month: int, **wanted) -> Fact:
    """Relations of the table that hold in `month` (year * 100 + month) and whose columns equal `wanted`."""
    rows = relations.holding(data.load("relations"), month)
    rows = rows[rows["first"] == 1]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    note = "Rows of the table relations that hold in the month; the table is selective."
    return count(rows, note, when=months.words(month))


def _clashes(note: str, **wanted) -> Fact:
    rows = clashes.clashes(data.load("relations"))
    if "since" in wanted:
        rows = rows[rows["day"] >= wanted["since"]]
    if "sides" in wanted:
        rows = rows[rows["sides"] == wanted["sides"]]
    return count(rows, note, when="2014 to April 2019")


@computed
def relations_september_2014() -> Fact:
    """Relations of the table that hold in September 2014."""
    return _relations(201409)


@computed
def relations_october_2017() -> Fact:
    """Relations of the table that hold in October 2017."""
    return _relations(201710)


@computed
def fights_october_2017() -> Fact:
    """Fights among the relations that hold in October 2017."""
    return _relations(201710, relation="fights")


@computed
def partner_fights_september_2014() -> Fact:
    """Fights of September 2014 between groups that had both fought ISIS."""
    return _relations(201409, among=True)


@computed
def partner_fights_october_2017() -> Fact:
    """Fights of October 2017 between groups that had both fought ISIS."""
    return _relations(201710, among=True)


@computed
def partner_fights_february_2018() -> Fact:
    """Fights of February 2018 between groups that had both fought ISIS."""
    return _relations(201802, among=True)


@computed
def partner_fights_to_2019() -> Fact:
    """Dated fights between groups that had both fought ISIS, 2014 to April 2019."""
    return _clashes("Rows of relations: a fight between two groups, each of which had fought ISIS by then.")


@computed
def partner_fights_from_august_2016() -> Fact:
    """Of these, those that began in August 2016 or later."""
    return _clashes("Those of them that began on 1 August 2016 or later.", since=pd.Timestamp("2016-08-01"))


@computed
def partner_fights_coalition_both() -> Fact:
    """Of these, those with the coalition, a member or a force it helped on both sides."""
    return _clashes("Those with a coalition member or a force it then helped on both sides.", sides="both")
