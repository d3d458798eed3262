"""Figures for sentences: the rows of the dataset, and what is worked out from several of them."""

from caliphate_course import data
from coursebook.facts import Facts

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
# Who counted, as words.
COUNTERS = {
    "airwars": "Airwars", "coalition": "the coalition", "local_monitors": "local monitors",
    "us_military": "the US military", "amnesty_airwars": "Amnesty International and Airwars",
    "ap": "Associated Press", "rand": "RAND", "pax": "PAX, Utrecht University and Al-Ghad", "sohr": "the Syrian Observatory for Human Rights", "cjtf_oir": "CJTF-OIR",
    "afcent": "US Air Forces Central Command", "centcom": "US Central Command",
}  # fmt: skip

facts = Facts(data, units=UNITS, counters=COUNTERS)
computed = facts.computed

# The figures worked out from several rows register themselves when imported.
from caliphate_course.facts import aftermath, coalition, rise_and_fall  # noqa: E402, F401
