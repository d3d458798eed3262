"""Every figure of a selection of rows: what a student chooses is drawn, or a sentence says that nothing is."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import (
    affiliates,
    air_operations,
    attacks_abroad,
    attacks_after,
    bill,
    civilian_harm,
    claims,
    clashes,
    contributions,
    detention,
    displacement,
    foreign_fighters,
    in_your_terms,
    membership,
    operation_cost,
    relations,
    revenue,
    strength,
    territory,
    timeline,
    towns,
    us_presence,
    violence,
    yazidis,
)

# Every function that makes a figure, and the table of which it is given rows.
FIGURES = [
    (affiliates.explorer, "affiliates"),
    (air_operations.munitions_explorer, "air_operations"),
    (air_operations.same_day_explorer, "air_operations"),
    (air_operations.strikes_explorer, "air_operations"),
    (lambda events: attacks_abroad.explorer(events, data.load("territory_estimates")), "events"),
    (lambda sizes: attacks_abroad.explorer(data.load("events"), sizes), "territory_estimates"),
    (attacks_after.explorer, "attacks_after"),
    (bill.explorer, "costs"),
    (civilian_harm.explorer, "civilian_harm"),
    (civilian_harm.places_explorer, "civilian_harm"),
    (claims.explorer, "claims"),
    (clashes.explorer, "relations"),
    (clashes.aftermath, "relations"),
    (lambda deeds: contributions.explorer(deeds, data.load("coalition_members")), "contributions"),
    (lambda members: contributions.explorer(data.load("contributions"), members), "coalition_members"),
    (detention.explorer, "detention"),
    (detention.prisoners_explorer, "detention"),
    (displacement.iraq_explorer, "displacement"),
    (displacement.region_explorer, "displacement"),
    (displacement.returns_explorer, "displacement"),
    (foreign_fighters.explorer, "foreign_fighters"),
    (
        lambda places: in_your_terms.explorer(places, data.load("territory_estimates"), data.load("displacement")),
        "comparisons",
    ),
    (membership.explorer, "coalition_members"),
    (operation_cost.explorer, "operation_cost"),
    (relations.explorer, "relations"),
    (relations.aftermath, "relations"),
    (revenue.explorer, "revenue"),
    (strength.explorer, "fighters"),
    (territory.explorer, "territory_estimates"),
    (timeline.explorers, "events"),
    (towns.overview, "town_control"),
    (towns.rise, "town_control"),
    (towns.explorers, "town_control"),
    (us_presence.explorer, "us_presence"),
    (lambda deaths: violence.explorer(deaths, data.load("events")), "violence_monthly"),
    (yazidis.explorer, "costs"),
]
# The figure of each lesson's cell "Change this and run", and the columns by which the cell chooses rows.
LESSONS = {
    "after-the-caliphate": (attacks_after.explorer, "attacks_after", ["period_start"]),
    "air-war": (civilian_harm.explorer, "civilian_harm", ["date"]),
    "going-home": (displacement.region_explorer, "displacement", ["date"]),
    "justice-and-rebuilding": (detention.explorer, "detention", ["date"]),
    "origins-and-rise": (timeline.explorers, "events", ["country"]),
    "reading-the-news": (claims.explorer, "claims", ["article"]),
    "the-caliphate": (territory.explorer, "territory_estimates", ["date"]),
    "the-fall": (towns.explorers, "town_control", ["country"]),
    "uneasy-allies": (clashes.explorer, "relations", ["confidence", "interpretive"]),
    "what-became-of-the-alliances": (us_presence.explorer, "us_presence", ["country", "date"]),
    "who-joined": (membership.explorer, "coalition_members", ["type", "region"]),
}
# Columns whose words a figure shows in words of its own.
NAMED = [
    (affiliates.explorer, "affiliates", "affiliate"),
    (air_operations.strikes_explorer, "air_operations", "counter"),
    (lambda events: attacks_abroad.explorer(events, data.load("territory_estimates")), "events", "attribution"),
    (attacks_after.explorer, "attacks_after", "counter"),
    (claims.explorer, "claims", "article"),
    (claims.explorer, "claims", "verdict"),
    (lambda deeds: contributions.explorer(deeds, data.load("coalition_members")), "contributions", "kind"),
    (lambda deeds: contributions.explorer(deeds, data.load("coalition_members")), "contributions", "status"),
    (lambda members: contributions.explorer(data.load("contributions"), members), "coalition_members", "region"),
    (membership.explorer, "coalition_members", "region"),
    (relations.explorer, "relations", "relation"),
    (revenue.explorer, "revenue", "per"),
    (territory.explorer, "territory_estimates", "definition"),
    (territory.explorer, "territory_estimates", "estimator"),
    (timeline.explorers, "events", "kind"),
    (towns.explorers, "town_control", "lost_to"),
    (towns.explorers, "town_control", "status"),
    (us_presence.explorer, "us_presence", "status"),
]
NOTHING = "none of these rows is drawn here; choose others of the table"


@pytest.mark.parametrize(("explorer", "table"), FIGURES)
def test_a_selection_without_rows_is_refused_in_words(explorer, table):
    with pytest.raises(ValueError, match=rf"^fig-[a-z-]+: {NOTHING} .*{table}"):
        explorer(data.load(table).iloc[:0])


@pytest.mark.parametrize(("explorer", "table"), FIGURES)
def test_every_second_row_is_drawn(explorer, table):
    made = explorer(data.load(table).iloc[::2])
    for one in made if isinstance(made, tuple) else [made]:
        assert "<svg" in one.svg()


@pytest.mark.parametrize(("explorer", "table", "column"), NAMED)
def test_a_new_word_of_a_table_is_refused_until_it_has_a_name(explorer, table, column):
    rows = data.load(table)
    rows.loc[::3, column] = "new_word"
    with pytest.raises(
        ValueError,
        match=rf"^No name for the {column} 'new_word' of {table}: add it to [A-Z_]+ in (?:words|\w+/\w+)\.py\.$",
    ):
        explorer(rows)


def selections(table: str, column: str):
    """Rows of `table` by each value of `column`; by a date, those from each year on."""
    frame = data.load(table)
    if frame[column].dtype.kind == "M":
        years = frame[column].dt.year
        for year in sorted(years.dropna().unique()):
            yield frame[years >= year]
    else:
        for value in frame[column].dropna().unique():
            yield frame[frame[column] == value]


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_a_student_chooses_is_drawn_or_refused_in_words(lesson):
    explorer, table, columns = LESSONS[lesson]
    drawn = 0
    for column in columns:
        for rows in selections(table, column):
            try:
                explorer(rows)
            except ValueError as error:
                assert NOTHING in str(error)
            else:
                drawn += 1
    assert drawn > 1


def test_the_columns_tried_are_those_of_the_lessons():
    cells = {
        page.stem: found[0]
        for page in (ROOT / "book").glob("*.md")
        if (found := re.findall(r"# Change this and run: (.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    }
    assert {lesson: set(re.findall(r'\["(\w+)"\]', cell)) for lesson, cell in cells.items()} == {
        lesson: set(columns) for lesson, (_, _, columns) in LESSONS.items()
    }


def test_american_troops_in_one_country_are_drawn():
    troops = data.load("us_presence")
    made = us_presence.explorer(troops[troops["country"] == "Iraq"])
    assert not [text for text in texts(made) if "→" in text], "only Syria's figure was corrected"


@pytest.mark.parametrize("confidence", ["high", "medium", "low"])
def test_fights_are_chosen_by_their_own_confidence(confidence):
    """Whether both sides had fought ISIS is not forgotten with the rows that say so."""
    ties = data.load("relations")
    own = clashes.clashes(ties).loc[lambda rows: rows["confidence"] == confidence, "id"]
    assert list(clashes.clashes(ties[ties["confidence"] == confidence])["id"]) == list(own)
