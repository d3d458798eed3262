"""Estimates side by side: strength, revenue, foreign fighters, Yazidis. Ranges stay ranges and nothing is joined."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import foreign_fighters, revenue, strength, yazidis
from caliphate_course.measures import estimates
from coursebook.figures import rendering

FIGHTERS, MONEY = data.load("fighters"), data.load("revenue")
FOREIGN, COSTS = data.load("foreign_fighters"), data.load("costs")
MADE = {
    "strength": lambda: strength.explorer(FIGHTERS),
    "revenue": lambda: revenue.explorer(MONEY),
    "foreign_fighters": lambda: foreign_fighters.explorer(FOREIGN),
    "yazidis": lambda: yazidis.explorer(COSTS),
}


@pytest.fixture(params=MADE)
def explorer(request):
    return MADE[request.param]()


def svg(explorer, **state):
    return rendering.svg(rendering.with_values(explorer.spec, state))


def row(frame, row_id):
    return frame.set_index("id").loc[row_id]


def test_nothing_is_joined_by_a_line(explorer):
    marks = {layer["mark"]["type"] for layer in explorer.spec["layer"]}
    assert "line" not in marks
    assert {"bar", "point", "text"} <= marks


def test_the_axis_names_its_unit(explorer):
    titles = {layer["encoding"]["x"].get("title") for layer in explorer.spec["layer"] if "y" in layer["encoding"]}
    assert any(re.search("People|US dollars", title or "") for title in titles)


def test_every_choice_alone_shows_something_and_less_than_all(explorer):
    name, control = next(iter(explorer.static_controls.items()))
    values = [choice.value for choice in control.choices]
    if control.kind == "select":  # one choice at a time
        assert len({svg(explorer, **{name: value}) for value in values}) == len(values)
        return
    everything = len(svg(explorer, **{name: values}))
    for value in values:
        assert len(svg(explorer, **{name: []})) < len(svg(explorer, **{name: [value]})) < everything


@pytest.mark.parametrize(
    ("cells", "form", "words"),
    [
        ((None, 5, None), estimates.EXACT, "5"),
        ((2, None, 9), estimates.RANGE, "2–9"),
        ((2, 5, 9), estimates.RANGE, "5 (2–9)"),
        ((2000, None, None), estimates.AT_LEAST, "at least 2,000"),
        ((None, None, 1900), estimates.UP_TO, "up to 1,900"),
        ((None, 4000, 6000), estimates.RANGE, "4,000 (up to 6,000)"),
        ((30000, 33000, None), estimates.RANGE, "33,000 (at least 30,000)"),
    ],
)
def test_a_figure_is_drawn_as_it_was_stated(cells, form, words):
    made = estimates.stated(pd.DataFrame([cells], columns=["low", "best", "high"]).assign(id="x")).iloc[0]
    assert (made["form"], made["words"]) == (form, words)
    assert pd.isna(made["at"]) == (form == estimates.RANGE and cells[1] is None)


def test_a_best_figure_with_one_bound_is_drawn_to_that_bound():
    made = estimates.stated(
        pd.DataFrame({"id": ["up", "down"], "low": [None, 3], "best": [4, 4], "high": [6, None]}).astype(
            {"low": "Int64", "high": "Int64"}
        )
    )
    assert made[["low", "at", "high", "reach"]].values.tolist() == [[4, 4, 6, 6], [3, 4, 4, 4]]
    assert list(made["brief"]) == ["4", "4"]


def test_income_and_reserves_are_not_ranked_together():
    figure = revenue.explorer(data.load("revenue"))
    said = svg(figure)
    assert "US dollars: income to 2.9 billion, reserves to 300 million" in said
    assert "US dollars: reserves to 300 million<" in svg(figure, what=[revenue.RESERVES])


def test_income_is_told_in_one_way_in_title_status_marks_axis_and_table():
    figure = revenue.explorer(MONEY)
    drawn = svg(figure)
    assert ">2.9 billion<" in drawn and ">up to 1.9 billion<" in drawn and ">3 billion<" in drawn
    assert "2.9 billion US dollars a year" in set(figure.table["Published figure"])
    assert "up to 870 million US dollars a year" in set(figure.table["Published figure"])
    titles = " ".join(figure.titles["sentences"])
    assert "to 2.9 billion US dollars" in titles and not re.search(r"illion \w*illion", titles)
    told = " ".join([titles, figure.title, figure.description, drawn, figure.table.drop(columns="Note").to_string()])
    assert not re.search(r"\d,\d{3}", re.sub(r"<[^>]+>", " ", told))


def test_a_row_without_any_figure_is_refused():
    with pytest.raises(ValueError, match="ghost"):
        estimates.stated(pd.DataFrame({"id": ["ghost"], "low": [None], "best": [None], "high": [None]}))


def test_strength_shows_each_estimate_in_a_row_of_its_own_with_what_it_counted():
    rows = strength.estimates(FIGHTERS)
    assert rows["label"].is_unique
    assert set(rows["scope"]) == {"Iraq and Syria"}
    cia, cia_before = row(FIGHTERS, "cia-2014-09"), row(FIGHTERS, "cia-2014-earlier")
    assert cia["measure"] != cia_before["measure"]
    text = strength.explorer(FIGHTERS).svg()
    assert f"{cia['low']:,}–{cia['high']:,}" in text
    assert f"{len(rows)} estimates, {rows['counted'].nunique()} things counted" in text


def test_strength_title_agrees_with_the_rows_of_2014():
    title = strength.explorer(FIGHTERS).title
    for row_id, side in (("cia-2014-earlier", "low"), ("cia-2014-09", "high"), ("roggio-2014-08", "best")):
        assert f"{row(FIGHTERS, row_id)[side]:,}" in title


def test_strength_can_be_drawn_for_a_later_window_without_the_look_back():
    later = strength.explorer(
        FIGHTERS, name="fig-strength-later", since="2017-01-01", until="2025-12-31", title="t", as_of="2025"
    )
    rows = strength.estimates(FIGHTERS, "2017-01-01", "2025-12-31")
    assert rows["date"].min() >= pd.Timestamp("2017-01-01")
    assert "icct-2025-peak" not in set(rows["id"])
    assert rows["label"].is_unique
    assert len(later.table) == len(rows)
    with pytest.raises(ValueError, match="1999"):
        strength.explorer(FIGHTERS, since="1998-01-01", until="1999-01-01")


def test_monthly_income_is_multiplied_and_says_so():
    rows = revenue.estimates(MONEY).set_index("id")
    assert rows.loc["ihs-2016-03", "best"] == 12 * row(MONEY, "ihs-2016-03")["best"]
    assert rows.loc["ihs-2016-03", "what"] == revenue.MONTHLY
    assert rows.loc["ihs-2016-03", "published"] == "56 million US dollars a month"
    assert "× 12" in revenue.explorer(MONEY).svg()


def test_reserves_are_never_counted_as_income():
    rows = revenue.estimates(MONEY)
    assert set(rows.loc[rows["kind"] == "reserves", "what"]) == {revenue.RESERVES}
    assert revenue.RESERVES not in set(rows.loc[rows["kind"] == "revenue", "what"])


def test_no_author_gives_a_later_year_as_larger():
    """Lesson two says so of every author who has figures for two years."""
    rows = revenue.estimates(MONEY)
    author, year = rows["estimator"].str.extract("(ICSR|IHS|Brisard|UN)")[0], rows["period_start"].dt.year
    yearly = rows.groupby([author.rename("author"), year.rename("year")])["reach"].agg(["min", "max"])
    for _, told in yearly.groupby("author"):
        assert len(told) > 1 and (told["max"].iloc[1:].array < told["min"].iloc[:-1].array).all()


def test_revenue_title_agrees_with_its_rows():
    title = revenue.explorer(MONEY).title
    assert f"{row(MONEY, 'brisard-2014')['best'] / 1000:g} billion US dollars" in title
    assert f"up to {row(MONEY, 'icsr-2014')['high'] / 1000:g} billion" in title


def test_tunisia_leads_both_counts_of_2015_and_not_that_of_2017():
    rows = foreign_fighters.estimates(FOREIGN)
    rows = rows[rows["measure"] == "travelled"]
    first = {
        edition: rows[rows["edition"] == edition].sort_values("reach").iloc[-1]["country"]
        for edition in ("icsr_2015", "soufan_2015", "soufan_2017")
    }
    assert first == {"icsr_2015": "Tunisia", "soufan_2015": "Tunisia", "soufan_2017": "Russia"}
    title = foreign_fighters.explorer(FOREIGN).title
    for row_id, side in (("icsr-2015-tun", "high"), ("soufan-2015-tun", "best"), ("soufan-2017-tun", "best")):
        assert f"{row(FOREIGN, row_id)[side]:,}" in title


def test_countries_are_never_mixed_with_regions_or_totals():
    assert set(foreign_fighters.estimates(FOREIGN)["scope"]) == {"country"}


def test_people_who_came_back_are_shown_for_the_counts_that_have_them():
    rows = foreign_fighters.estimates(FOREIGN)
    back = rows[(rows["measure"] == "returned") & rows["edition"].isin(["icsr_2015", "soufan_2015", "soufan_2017"])]
    text = svg(foreign_fighters.explorer(FOREIGN), show="returned")
    assert f"Came back: {len(back)} figures" in text


def test_people_who_came_back_have_a_scale_of_their_own():
    made = foreign_fighters.explorer(FOREIGN)
    rows = foreign_fighters.estimates(FOREIGN)
    most = rows.groupby("measure")["reach"].max()
    assert f">{most['travelled']:,.0f}<" in svg(made) and ">6,000</text>" not in svg(made, show="returned")
    marks = re.findall(r'translate\(([\d.]+),[\d.]+\)" d="M4', svg(made, show="returned"))
    assert max(map(float, marks)) > 300


def test_each_country_has_one_row_with_its_largest_figure():
    rows = foreign_fighters.estimates(FOREIGN)
    for show in ("later", "all", "returned"):
        shown = rows[rows["views"].map(lambda views, show=show: show in views)]
        largest = shown.loc[shown.groupby("country")["reach"].idxmax()]
        words = texts(foreign_fighters.explorer(FOREIGN), show=show)
        assert set(largest["brief"]) <= set(words)
        assert len([word for word in words if word in set(shown["brief"])]) >= len(largest)


def test_yazidi_figures_are_all_there_with_the_survey_as_a_range():
    rows = yazidis.estimates(COSTS).set_index("id")
    assert list(rows.index) == list(yazidis.ROWS)
    for row_id in ("yazidi-killed-survey", "yazidi-kidnapped-survey"):
        assert rows.loc[row_id, "form"] == estimates.RANGE
    assert rows.loc["yazidi-killed-office", "form"] == estimates.AT_LEAST


def test_yazidi_title_agrees_with_its_rows():
    title = yazidis.explorer(COSTS).title
    assert f"{row(COSTS, 'yazidi-abducted-registry')['best']:,}" in title
    assert f"{row(COSTS, 'yazidi-kidnapped-survey')['best']:,}" in title
    assert row(COSTS, "yazidi-missing-2025-03")["best"] > 2500
