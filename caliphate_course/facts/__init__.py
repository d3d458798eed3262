"""Figures for sentences: the rows of the dataset, and what is worked out from several of them."""

from pathlib import Path

from caliphate_course import data
from caliphate_course.measures import (
    affiliates,
    air_operations,
    attacks_abroad,
    claims,
    clashes,
    contributions,
    events,
    membership,
    relations,
    towns,
    violence,
)
from caliphate_course.words import COUNTERS
from coursebook.facts import Facts
from coursebook.facts.definitions import Measure

# Units as words; a column's own value with spaces for underscores where it is not listed.
UNITS = {
    "km2": "km²", "area_km2": "km²", "area_lost_km2": "km²", "area_regained_in_year_km2": "km²",
    "percent": "%", "pct": "%", "pct_lost": "%", "pct_people_lost": "%", "pct_of_country": "%",
    "usd": "US dollars", "usd_million": "million US dollars", "USD million": "million US dollars",
    "usd_billion": "billion US dollars", "total_usd_million": "million US dollars",
    "usd_million_per_day": "million US dollars a day",
    "sorties_cas_escort_interdiction": "close air support, escort and interdiction sorties",
    "sorties_with_weapon_release": "sorties with a weapon released", "munitions_all_fires": "munitions fired",
}  # fmt: skip

# What `facts.toml` may name: the table and the function that picks rows of it.
MEASURES = {
    "agreed-claims": Measure("claims", claims.agreed),
    "attacks-abroad": Measure("events", attacks_abroad.of_years),
    "branches": Measure("affiliates", affiliates.rows_of),
    "checkable-claims": Measure("claims", claims.checkable),
    "clashes": Measure("relations", clashes.listed),
    "disputed-claims": Measure("claims", claims.disputed),
    "deaths": Measure("violence_monthly", violence.of_months),
    "events": Measure("events", events.of_years),
    "hard-claims": Measure("claims", claims.hard),
    "held-at": Measure("town_control", towns.held_at),
    "members": Measure("coalition_members", membership.counted),
    "members-of-none-known": Measure("contributions", contributions.of_none_known),
    "members-without-strikes": Measure("contributions", contributions.without_strikes),
    "months-of-the-air-war": Measure("air_operations", air_operations.months),
    "months-with-weapons-known": Measure("air_operations", air_operations.months_known),
    "partners": Measure("coalition_members", membership.partners),
    "relations": Measure("relations", relations.standing),
    "stint-lengths": Measure("town_control", towns.lengths),
    "stints": Measure("town_control", towns.alone),
}

facts = Facts(data, units=UNITS, counters=COUNTERS)
facts.define(Path(__file__).parents[1] / "facts.toml", MEASURES)
computed, fill = facts.computed, facts.fill

# The figures that are functions register themselves when imported.
from caliphate_course.facts import derived  # noqa: E402, F401
