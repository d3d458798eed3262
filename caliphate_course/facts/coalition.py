"""Figures worked out from several rows for Part II."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from caliphate_course import data
from caliphate_course.facts import Fact, computed

HERE = "worked out here"


def _first_sources(rows: pd.DataFrame) -> tuple[str, ...]:
    """The first few sources of `rows`: a card has no room for all."""
    return tuple(data.source_ids(rows)[:6])


def _members(day: str, **wanted) -> Fact:
    """Members whose `joined_latest` is no later than `day` (ISO date) and whose columns equal `wanted`."""
    frame = data.load("coalition_members")
    rows = frame[frame["joined_latest"] <= pd.Timestamp(day)]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    when = pd.Timestamp(day)
    return Fact(
        value=len(rows),
        who=HERE,
        when=f"{when.day} {when:%B %Y}",
        note="Members that had certainly joined by that day: joined_latest in coalition_members is not later.",
        source_ids=_first_sources(rows),
    )


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
    return Fact(
        value=int(rows["member_id"].nunique()),
        who=HERE,
        note="Members with this status in the table contributions.",
        source_ids=_first_sources(rows),
    )


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
    return Fact(value=len(rows), who=HERE, note=note, source_ids=_first_sources(rows))


def _cells(status: str | None) -> Fact:
    frame = data.load("contributions")
    rows = frame if status is None else frame[frame["status"] == status]
    note = "Cells of the matrix of members and kinds of contribution."
    return Fact(value=len(rows), who=HERE, note=note, source_ids=_first_sources(rows))


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
    note = "Members without a single yes; not proof that they gave nothing."
    return Fact(value=int(silent.sum()), who=HERE, note=note, source_ids=_first_sources(rows))


def _value(table: str, row_id: str) -> tuple[float, list[str]]:
    frame = data.load(table).set_index("id")
    row = frame.loc[row_id]
    value = row["best"] if pd.notna(row["best"]) else row["low"]
    return float(value), row["source_ids"].split(";")


def _share(table: str, parts: list[str], whole: list[str], when: str) -> Fact:
    """The sum of rows `parts` as a percentage of the sum of rows `whole`."""
    upper, lower = [_value(table, row) for row in parts], [_value(table, row) for row in whole]
    percent = 100 * sum(value for value, _ in upper) / sum(value for value, _ in lower)
    sources = tuple(dict.fromkeys(source for _, ids in upper + lower for source in ids))
    note = f"{' plus '.join(parts)} as a share of {' plus '.join(whole)}."
    return Fact(value=round(percent), unit="%", who=HERE, when=when, note=note, source_ids=sources)


def _ratio(table: str, upper: str, lower: str, when: str, digits: int = 1) -> Fact:
    """Row `upper` divided by row `lower`."""
    above, below = _value(table, upper), _value(table, lower)
    sources = tuple(dict.fromkeys(above[1] + below[1]))
    note = f"{upper} divided by {lower}."
    return Fact(value=round(above[0] / below[0], digits), who=HERE, when=when, note=note, source_ids=sources)


@computed
def us_share_of_strikes_iraq() -> Fact:
    """American share of the strikes in Iraq up to 13 September 2016."""
    return _share(
        "air_operations", ["strikes-iraq-cum-2016-09-13-us"], ["strikes-iraq-cum-2016-09-13"], "13 September 2016"
    )


@computed
def us_share_of_strikes_syria() -> Fact:
    """American share of the strikes in Syria up to 13 September 2016."""
    return _share(
        "air_operations", ["strikes-syria-cum-2016-09-13-us"], ["strikes-syria-cum-2016-09-13"], "13 September 2016"
    )


@computed
def us_share_of_strikes() -> Fact:
    """American share of all strikes up to 13 September 2016."""
    return _share(
        "air_operations",
        ["strikes-iraq-cum-2016-09-13-us", "strikes-syria-cum-2016-09-13-us"],
        ["strikes-cum-2016-09-13"],
        "13 September 2016",
    )


@computed
def engagements_per_strike() -> Fact:
    """Engagements per strike from the start to 31 March 2017."""
    return _ratio("air_operations", "engagements-cum-2017-03-31", "strikes-cum-2017-03-31", "31 March 2017")


@computed
def engagements_per_strike_iraq_day() -> Fact:
    """Engagements per strike in Iraq on 20 August 2017."""
    return _ratio("air_operations", "engagements-iraq-2017-08-20", "strikes-iraq-2017-08-20", "20 August 2017")


@computed
def engagements_per_strike_syria_day() -> Fact:
    """Engagements per strike in Syria on 20 August 2017."""
    return _ratio("air_operations", "engagements-syria-2017-08-20", "strikes-syria-2017-08-20", "20 August 2017")


def _between(scope: str) -> Fact:
    """Strikes of the task force in `scope` (iraq or syria) from 14 September 2016 to 9 August 2017."""
    late, early = f"strikes-{scope}-cum-2017-08-09", f"strikes-{scope}-cum-2016-09-13"
    upper, lower = _value("air_operations", late), _value("air_operations", early)
    return Fact(
        value=int(upper[0] - lower[0]),
        unit="strikes",
        who=HERE,
        when="14 September 2016 to 9 August 2017",
        note=f"{late} minus {early}.",
        source_ids=tuple(upper[1] + lower[1]),
    )


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
    rows = _monthly_weapons()
    return Fact(value=len(rows), who=HERE, note="Rows with month precision.", source_ids=_first_sources(rows))


@computed
def weapon_months_all() -> Fact:
    """Months from August 2014 to December 2019."""
    months = pd.date_range("2014-08", "2019-12", freq="MS")
    return Fact(value=len(months), who=HERE, source_ids=_first_sources(_monthly_weapons()))


@computed
def weapons_2017_by_months() -> Fact:
    """The twelve months of 2017 added up."""
    rows = _monthly_weapons()
    rows = rows[rows["period_start"].dt.year == 2017]
    return Fact(
        value=int(rows["best"].sum()),
        unit="weapons released",
        who=HERE,
        when="2017",
        note="September and November are themselves worked out by subtraction.",
        source_ids=_first_sources(rows),
    )


@computed
def harm_ratio_october_2017() -> Fact:
    """Airwars' lower figure divided by the coalition's own, end of October 2017."""
    return _ratio("civilian_harm", "airwars-cum-2017-10", "coalition-cum-2017-10", "31 October 2017")


@computed
def harm_ratio_august_2019() -> Fact:
    """Airwars' lower figure of August 2019 divided by the coalition's own of June 2019."""
    return _ratio("civilian_harm", "airwars-cum-2019-08", "coalition-cum-2019-06", "August 2019")


@computed
def harm_ratio_november_2016() -> Fact:
    """Airwars' approximate figure divided by the coalition's own, November 2016."""
    return _ratio("civilian_harm", "airwars-cum-2016-11", "coalition-cum-2016-11", "30 November 2016", 0)


@computed
def booked_in_2018() -> Fact:
    """Budget obligations booked for the operation in the calendar year 2018, in billion US dollars."""
    late, early = (
        _value("operation_cost", "cost-obligated-2018-12-31"),
        _value("operation_cost", "cost-obligated-2017-12-31"),
    )
    return Fact(
        value=round((late[0] - early[0]) / 1000, 1),
        unit="billion US dollars",
        who=HERE,
        when="2018",
        note="cost-obligated-2018-12-31 minus cost-obligated-2017-12-31.",
        source_ids=tuple(late[1] + early[1]),
    )


# Relations among the forces that fought ISIS (uneasy-allies)


def _relations(month: int, **wanted) -> Fact:
    """Relations of the table that hold in `month` (year * 100 + month) and whose columns equal `wanted`."""
    from caliphate_course.charts import relations  # charts need this package themselves

    rows = relations.holding(data.load("relations"), month)
    rows = rows[rows["first"] == 1]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    return Fact(
        value=len(rows),
        who=HERE,
        when=f"{pd.Timestamp(month // 100, month % 100, 1):%B %Y}",
        note="Rows of the table relations that hold in the month; the table is selective.",
        source_ids=_first_sources(rows),
    )


def _clashes(note: str, **wanted) -> Fact:
    from caliphate_course.charts import clashes  # charts need this package themselves

    rows = clashes.clashes(data.load("relations"))
    if "since" in wanted:
        rows = rows[rows["day"] >= wanted["since"]]
    if "sides" in wanted:
        rows = rows[rows["sides"] == wanted["sides"]]
    return Fact(value=len(rows), who=HERE, when="2014 to April 2019", note=note, source_ids=_first_sources(rows))


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
