"""The few worked-out figures that are more than one call: the rest stand in `facts.toml`."""

from __future__ import annotations

from caliphate_course import data
from caliphate_course.facts import computed, facts
from caliphate_course.measures import air_operations, claims, cross_check
from coursebook.facts import Fact
from coursebook.facts.definitions import from_facts, from_rows


@computed
def sizes_of_2014() -> Fact:
    """The smallest and the largest area (km²) given for both countries together in 2014."""
    frame = data.load("territory_estimates")
    both = (frame["measure"] == "area_km2") & (frame["scope"] == "Iraq and Syria")
    rows = frame[both & (frame["date"].dt.year == 2014)]
    bounds = rows[["low", "best", "high"]]
    return from_rows(
        data, "territory_estimates", rows, None, "The smallest and the largest figure for both countries together.",
        low=float(bounds.min().min()), high=float(bounds.max().max()), unit="km²",
        who=f"{rows['estimator'].nunique()} estimators with different definitions", when="2014",
    )  # fmt: skip


@computed
def ihs_january_2015_implied() -> Fact:
    """The area (km²) IHS must have meant for January 2015: its June figure divided by what was left."""
    return from_facts(
        facts, [f"territory_estimates/ihs-2015-{row}" for row in ("06-both", "06-pct", "01-both")],
        lambda june, loss, january: round(june / (1 - loss / 100), -2),
        "{}, {} less than in January; IHS printed {} for that month a year later.",
        unit="km²", who="IHS", when="January 2015",
    )  # fmt: skip


@computed
def camp_rule_difference() -> Fact:
    """How many displaced people fewer there are in August 2020 because families in camps count five, not six."""
    row = "displacement/dtm-idps-2020-08-31"
    return from_facts(
        facts, [f"{row}.families", row], lambda families, people: families * 6 - people,
        "{} families times six, less {} by IOM's own figure.", unit="people", when="31 August 2020",
    )  # fmt: skip


@computed
def weapons_2017_by_months() -> Fact:
    """The twelve months of 2017 added up."""
    rows = air_operations.months_known(data.load("air_operations"))
    rows = rows[rows["period_start"].dt.year == 2017]
    derived = [f"{month:%B}" for month in rows.loc[rows["derived"].fillna(False).astype(bool), "period_start"]]
    note = f"Months themselves worked out by subtraction: {', '.join(derived) or 'none'}."
    total = int(rows["best"].sum())
    return from_rows(data, "air_operations", rows, total, note, unit="weapons released", when="2017")


@computed
def csis_below_knights() -> Fact:
    """By how much per cent CSIS's monthly count of 2018 lies below that of Knights."""
    return from_facts(
        facts, ["attacks_after/csis-2018-10m", "attacks_after/ctc-2018-10m"],
        lambda csis, knights: round(100 - 100 * csis / (knights / 10)),
        "{} against {} in ten months.", unit="%", when="January to October 2018",
    )  # fmt: skip


@computed
def analyst_over_claims_2024() -> Fact:
    """How many times the claims counted by CENTCOM an analyst's count of attacks in both countries is, early 2024."""
    return from_facts(
        facts, [f"attacks_after/{row}" for row in ("mei-2024-h1-syria", "mei-2024-h1-iraq", "centcom-2024-h1-claims")],
        lambda syria, iraq, claims: round((syria + iraq) / claims, 1),
        "In Syria {}, in Iraq {}, against {}.", when="January to June 2024",
    )  # fmt: skip


@computed
def claims_kappa() -> Fact:
    """Cohen's kappa of the two raters of all claims."""
    rows = data.load("claims")
    value = round(claims.kappa(rows["rater_1"], rows["rater_2"]), 2)
    note = "Cohen's kappa: one is full agreement, zero what chance would give two raters of these habits."
    return from_rows(data, "claims", rows, value, note, who="two raters of the course team", when="as judged in 2026")


def _checked(name: str, table: str, check, finding: str | None, note: str) -> None:
    """Register the number of rows that stand beside UCDP's deaths, or of those of one finding."""

    def count() -> Fact:
        frame = data.load(table)
        found = check(frame, data.load("violence_place_months"))
        found = found if finding is None else found[found["finding"] == finding]
        return from_rows(data, table, frame[frame["id"].isin(found["id"])], len(found), note)

    count.__name__ = name
    computed(count)


for _name, _finding in (("events", None), ("events_agree", "agree")):
    _checked(
        f"checked_{_name}",
        "events",
        cross_check.tolls,
        _finding,
        "Events with ISIS, a day, a point and a toll of twenty or more.",
    )
for _name, _finding in (
    ("towns", None),
    ("towns_agree", "agree"),
    ("towns_going_on", "goes on"),
    ("towns_too_few", "too few"),
):
    _checked(
        f"checked_{_name}",
        "town_control",
        cross_check.stints,
        _finding,
        "Ends of control in months that UCDP covers; parts of towns left out.",
    )
