"""The violence chart: UCDP's bands, its holes, and the battles in their place."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import violence
from caliphate_course.measures.violence import TYPES
from coursebook.figures import rendering


@pytest.fixture(scope="module")
def frame():
    return data.load("violence_monthly")


@pytest.fixture(scope="module")
def figure(frame):
    return violence.explorer(frame, data.load("events"))


def test_months_without_figures_stay_empty(frame):
    rows = violence.monthly(frame)
    syria = rows[(rows["country"] == "Syria") & (rows["month"] < "2016-01-01")]
    assert len(syria) == 144
    assert syria["best"].isna().all()
    assert rows["best"].notna().sum() == len(frame)


def test_holes_are_marked_from_end_to_end(frame):
    holes = violence.gaps(frame)
    syria = holes[holes["country"] == "Syria"].iloc[0]
    assert (syria["since"], syria["until"]) == (pd.Timestamp("2004-01-01"), pd.Timestamp("2016-01-01"))
    covered = sum(len(pd.date_range(h.since, h.until, freq="MS", inclusive="left")) for h in holes.itertuples())
    assert covered == violence.monthly(frame)["best"].isna().sum()


def test_kinds_are_blank_where_deaths_cannot_be_dated(frame):
    rows = violence.monthly(frame).set_index(["country", "month"])
    undatable = frame[frame["best_undatable"] > 0]
    for row in undatable.itertuples():
        assert rows.loc[(row.country, row.month), TYPES].isna().all()
    dated = frame[frame["best_undatable"] == 0]
    assert (dated[TYPES].sum(axis=1) == dated["best"]).all()


def test_band_is_drawn_for_all_deaths_only(figure):
    def band(measure):
        return rendering.svg(rendering.with_values(figure.spec, {"measure": measure})).count('opacity="0.3"')

    assert band("best") > 0
    assert band("events") == 0


@pytest.mark.parametrize("measure", list(violence.MEASURES))
def test_each_measure_shows_its_highest_months(frame, figure, measure):
    rows = violence.monthly(frame)
    rows = rows[rows["month"].dt.year >= violence.DEFAULT_YEARS[0]]
    top = rows.groupby("country")[measure].max()
    svg = rendering.svg(rendering.with_values(figure.spec, {"measure": measure}))
    assert f"Highest: Iraq {top['Iraq']:,.0f}, Syria {top['Syria']:,.0f}" in svg


def test_years_without_syria_say_so(figure):
    svg = rendering.svg(rendering.with_values(figure.spec, {"years": [2006, 2010]}))
    assert "Syria no figures" in svg


def test_a_panel_without_figures_has_no_ticks(figure):
    assert texts(figure, years=[2006, 2010]).count("0") == 1, "of Iraq only"


def test_a_month_between_two_without_figures_is_a_dot(frame, figure):
    rows = violence.monthly(frame)
    rows = rows[rows["year"] >= violence.DEFAULT_YEARS[0]]
    here = rows["one_sided"].notna()
    months = here.groupby(rows["country"])
    alone = here & ~months.shift(1, fill_value=False) & ~months.shift(-1, fill_value=False)
    radius = violence.LONE_DOT**0.5 / 2
    drawn = re.findall(r'd="M([\d.]+),0A[^>]* opacity="1"', svg(figure, measure="one_sided"))
    assert alone.sum() > 3
    assert sum(abs(float(r) - radius) < 0.1 for r in drawn) == alone.sum()


def test_words_of_battles_stand_above_the_figures(figure):
    """The axis goes on above the highest month."""
    ticks = [float(text.replace(",", "")) for text in texts(figure) if re.fullmatch(r"\d,\d{3}", text)]
    assert max(ticks) >= 4000


def test_title_and_description_name_the_right_months(frame, figure):
    top = frame.loc[frame.groupby("country")["best"].idxmax()].set_index("country")["month"]
    assert f"{top['Iraq']:%B %Y}" in figure.description
    assert f"{top['Syria']:%B %Y}" in figure.description


def test_battles_stand_at_their_dates():
    events = data.load("events")
    fights = violence.battles(events).set_index("words")
    mosul = fights.loc["battle of Mosul"]
    assert (mosul["since"], mosul["until"]) == (pd.Timestamp("2016-10-17"), pd.Timestamp("2017-07-10"))
    assert (fights["since"] <= fights["until"]).all()


def test_axis_is_time_and_names_its_unit(figure):
    panels = figure.spec["vconcat"]
    for panel in panels:
        line = next(layer for layer in panel["layer"] if layer["mark"]["type"] == "line")
        assert line["encoding"]["x"]["type"] == "temporal"
        assert line["encoding"]["y"]["title"] == "a month"
