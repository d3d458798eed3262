"""The town maps and bars: what is counted, what is left open, and that one slider moves both."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import towns
from coursebook.figures import theme


@pytest.fixture(scope="module")
def frame():
    return data.load("town_control")


@pytest.fixture(scope="module")
def figures(frame):
    return {figure.name: figure for figure in (towns.overview(frame), towns.rise(frame), *towns.explorers(frame))}


def held_by_hand(frame, month: str) -> int:
    """Places held at the end of a month, counted from the table with whole dates instead of month numbers."""
    end = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    rows = frame[(frame["status"] == "held") & frame["part_of"].isna()].dropna(subset=["from", "to"])
    month_of_loss = rows["to"].dt.to_period("M")
    return int(((rows["from"] <= end) & (month_of_loss > pd.Period(month, "M"))).sum())


@pytest.mark.parametrize("month", ["2013-12", "2014-06", "2014-08", "2016-12", "2017-11"])
def test_running_count_is_the_tables(frame, figures, month):
    number = int(month.replace("-", ""))
    label = f"{pd.Timestamp(month):%B %Y}"
    assert f"{label}: {held_by_hand(frame, month)} known to be held" in svg(figures["fig-towns"], month=number)


def test_no_place_known_to_be_held_does_not_read_as_the_end(figures):
    words = " ".join(texts(figures["fig-towns"], month=201712))
    assert "December 2017: 0 known to be held, 1 contested" in words  # Yarmouk
    assert "3 others at some time, day not found" in words  # Hajin, Baghouz and Akhtarin
    assert "1 other at some time, day not found" in " ".join(texts(figures["fig-towns"], month=201904))


@pytest.mark.parametrize("name", ["fig-towns", "fig-overview"])
def test_no_title_says_that_nothing_was_held_while_dates_are_missing(figures, name):
    """Hajin was lost in December 2018, and when it was taken is not known: a ring."""
    title = figures[name].title_of({"month": 201808})
    assert "held outright" in title and "known dates" in title


def test_contested_places_districts_and_undated_stints_are_not_counted(frame):
    full = towns.held(frame)
    certain = frame[(frame["status"] == "held") & frame["part_of"].isna() & frame["from"].notna() & frame["to"].notna()]
    assert towns.held(certain).equals(full)
    assert set(towns.stints(frame)["place_id"]).isdisjoint({"mosul-east"})


def test_a_stint_without_a_date_is_never_shown_as_held(frame):
    rows = towns.stints(frame)
    open_ended = rows[(rows["from"].isna() | rows["to"].isna()) & (rows["status"] != "contested")]
    assert len(open_ended) > 0
    assert set(open_ended["state_held"]) == {towns.LABEL["undated"]}


def test_bars_need_both_days_and_open_stints_are_arrows(figures):
    layers = figures["fig-stints"].spec["layer"]
    shapes = {layer["mark"].get("shape") for layer in layers if isinstance(layer["mark"], dict)}
    assert {"triangle-left", "triangle-right"} <= shapes
    bar = next(layer for layer in layers if layer["mark"]["type"] == "bar")
    assert bar["transform"][0]["filter"] == "isValid(datum.from) && isValid(datum.to)"


def test_the_month_with_most_places_is_the_default_of_the_rise(frame, figures):
    default = figures["fig-rise"].static_controls["month"].value
    counts = towns.held(frame)
    assert counts[default] == counts.max()
    assert f" {counts[default]} by August" in figures["fig-rise"].title
    assert f"{counts[201406]} at the end of June" in figures["fig-rise"].title


def test_the_first_page_opens_on_the_month_with_most_places_and_plays_to_the_end(frame, figures):
    figure, counts = figures["fig-overview"], towns.held(frame)
    month = figure.static_controls["month"]
    assert counts[month.value] == counts.max() == held_by_hand(frame, "2014-08")
    assert f"{counts.max()} of the places on this map in August 2014" in figure.title
    drawn_places = frame.dropna(subset=["lat"])
    assert held_by_hand(drawn_places, "2014-08") == counts.max()  # each of them is on the map
    assert month.choices[-1].value == 201904


def test_the_fall_stands_where_no_dated_stint_is_left(frame, figures):
    default = figures["fig-towns"].static_controls["month"].value
    counts = towns.held(frame)
    assert counts[default] == 0
    assert (counts[(counts.index >= 201401) & (counts.index < default)] > 0).all()


def test_map_and_bars_share_their_slider(figures):
    here, bars = figures["fig-towns"], figures["fig-stints"]
    assert here.static_controls["month"].shared == bars.static_controls["month"].shared
    assert here.static_controls["month"].shared != figures["fig-rise"].static_controls["month"].shared


def test_every_force_has_a_label_a_colour_and_a_shape_of_its_own(frame):
    """The shapes are for copies in black and white."""
    assert set(frame["lost_to"].dropna()) <= set(towns.PARTIES)
    for own in zip(*(towns.PARTIES[force] for force in frame["lost_to"].dropna().unique()), strict=True):
        assert len(set(own)) == len(own)


def test_the_best_known_cities_are_named_on_the_map(frame, figures):
    shown = svg(figures["fig-towns"], month=201904)
    named = frame[frame["place_id"].isin(towns.NAMED)]["place"].str.split(" (", regex=False).str[0]
    named = named.str.removesuffix(" city")
    assert all(f">{name}<" in shown for name in named)


@pytest.mark.parametrize(("month", "unmarked"), [(201312, 6), (201412, 2), (201505, 0)])
def test_a_named_city_without_a_mark_is_grey_and_has_a_dot_of_its_own(frame, figures, month, unmarked):
    first = towns.stints(frame).groupby("place_id")["start"].min()
    assert (first[list(towns.NAMED)] > month).sum() == unmarked  # in December 2014 Palmyra and Ramadi
    shown = svg(figures["fig-towns"], month=month)
    names = re.findall(r"<text [^>]*>(?:Mosul|Raqqa|Palmyra|Ramadi|Deir ez-Zor|Tikrit|Aleppo)</text>", shown)
    letters = [name for name in names if "stroke=" not in name]
    assert len(letters) == len(towns.NAMED)
    grey = [name for name in letters if f'fill="{theme.MUTED}"' in name and 'font-weight="bold"' not in name]
    assert len(grey) == unmarked
    dots = re.findall(rf'<path [^>]*fill="{theme.GREY}"[^>]*/>', shown)
    assert len([dot for dot in dots if 'd="M2.' in dot]) == unmarked


def test_table_says_when_a_date_is_missing(frame, figures):
    shown = figures["fig-towns"].table
    assert (shown["From"] == "not known").sum() == towns.stints(frame)["from"].isna().sum()


def test_ten_places_and_more_are_written_in_digits(frame):
    early = frame.assign(**{"from": frame["from"].clip(upper=pd.Timestamp("2014-05-01"))})
    assert re.match(r"\d\d places are known to have been held in May 2014", towns.rise(early).title)
