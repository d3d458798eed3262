"""Displacement: breaks are not bridged, counters not mixed, and the words say what the table says."""

from __future__ import annotations

import pandas as pd
import pytest
from drawn import texts

from caliphate_course import data
from caliphate_course.charts import displacement
from caliphate_course.measures.displacement import LONGEST_STEP


@pytest.fixture(scope="module")
def frame():
    return data.load("displacement")


def value(frame, row):
    return int(frame.set_index("id").loc[row, "best"])


def test_iraq_draws_ioms_country_totals_and_nothing_else(frame):
    rows = displacement.rounds(frame)
    total = frame[(frame["counter"] == "IOM DTM") & frame["population"].isin(["idps", "returnees_idp"])]
    assert len(rows) == len(total)
    assert rows["people"].max() == value(frame, "dtm-returnees-2022-06-30")
    assert not set(frame.loc[frame["counter"] == "IDMC", "best"]) & set(rows["people"])


def test_no_segment_crosses_a_change_of_rule_or_a_hole(frame):
    rows = displacement.rounds(frame)
    breaks = frame[frame["series_break"]]
    assert len(breaks) >= 3
    for _, segment in rows.groupby("segment"):
        dates = segment["date"].sort_values()
        assert dates.diff().max() <= LONGEST_STEP or len(dates) == 1
        group = {displacement.AWAY: "idps", displacement.BACK: "returnees_idp"}[segment["group"].iloc[0]]
        inner = breaks[
            (breaks["population"] == group) & (breaks["date"] > dates.min()) & (breaks["date"] <= dates.max())
        ]
        assert inner.empty


def test_lines_are_drawn_by_segment(frame):
    lines = [
        layer for layer in displacement.iraq_chart(frame).to_dict()["layer"] if "detail" in layer.get("encoding", {})
    ]
    assert [layer["encoding"]["detail"]["field"] for layer in lines] == ["segment"]


def test_december_2017_says_that_the_returned_are_more(frame):
    made = displacement.iraq_explorer(frame)
    away, back = (value(frame, f"dtm-{who}-2017-12-31") / 1e6 for who in ("idps", "returnees"))
    assert back > away
    assert f"Dec 2017: {away:.2f} away, {back:.2f} back (million)" in texts(made)


def test_a_month_without_a_count_says_so(frame):
    made = displacement.iraq_explorer(frame)
    assert any("no total away" in words for words in texts(made, month=202312))


def test_families_are_printed_families_not_people_divided_by_six(frame):
    families = int(frame.set_index("id").loc["dtm-returnees-2017-12-31", "families"])
    made = displacement.iraq_explorer(frame)
    assert any(f"{families / 1000:.0f} back (thousand families)" in words for words in texts(made, unit="families"))
    derived = displacement.rounds(frame).query("derived")
    assert len(derived) and derived["families"].isna().all()


def test_marks_can_be_switched_off(frame):
    made = displacement.iraq_explorer(frame)
    assert "rule changes: camps ×5" in texts(made)
    assert "rule changes: camps ×5" not in texts(made, marks=False)


def test_the_axis_names_its_unit(frame):
    made = displacement.iraq_explorer(frame)
    people, families = "millions of people", "thousands of families"
    assert people in texts(made) and families not in texts(made)
    assert families in texts(made, unit="families") and people not in texts(made, unit="families")


def test_region_uses_idmc_inside_and_unhcr_abroad(frame):
    rows = displacement.stocks(frame)
    assert set(rows["group"]) == {displacement.INSIDE, displacement.ABROAD}
    assert (rows[rows["group"] == displacement.INSIDE]["host"] == "home").all()
    assert value(frame, "dtm-idps-2016-03-31") not in set(rows["people"])
    assert rows.groupby(["country", "group", "host", "year"]).size().max() == 1
    assert list(rows["year"].agg(["min", "max"])) == [displacement.FIRST_YEAR, displacement.LAST_YEAR]


def test_region_words_follow_country_host_and_year(frame):
    made = displacement.region_explorer(frame)
    inside, abroad = (value(frame, f"{row}-2025") / 1e6 for row in ("idmc-syr-idps", "unhcr-syr-refugees-world"))
    assert f"Syria {inside:.2f} inside, {abroad:.2f} abroad" in " ".join(texts(made))
    turkey = value(frame, "unhcr-syr-refugees-tur-2019") / 1e6
    words = " ".join(texts(made, country="Syria", host="TUR", year=2019))
    assert f"{turkey:.2f} abroad" in words and "Iraq 1." not in words


def test_region_says_no_count_for_people_of_a_country_inside_it(frame):
    assert "no count abroad" in " ".join(texts(displacement.region_explorer(frame), host="IRQ", country="Iraq"))


def test_the_regions_title_is_true(frame):
    left = value(frame, "idmc-syr-idps-2025") + value(frame, "unhcr-syr-refugees-world-2025")
    assert left > 10_000_000


def test_returns_are_running_totals_with_bounds_as_triangles(frame):
    rows = displacement.returns(frame)
    for _, group in rows.groupby("group"):
        in_time = group.sort_values("date")
        assert in_time.loc[in_time["form"] == "one figure", "at"].is_monotonic_increasing
        bounds = in_time["form"] == "at least"  # rounded down: may lie a little under the figure before
        assert (in_time["at"] >= 0.99 * in_time["at"].cummax())[bounds].all()
    assert set(rows["form"]) == {"one figure", "at least"}
    shapes = displacement.returns_chart(frame).to_dict()["layer"][0]["encoding"]["shape"]
    assert shapes["field"] == "form"


def test_the_legend_of_returns_names_the_triangles(frame):
    assert {"one figure", "at least"} <= set(texts(displacement.returns_explorer(frame)))


def test_an_event_of_june_2014_stands_after_what_is_named_the_end_of_2013(frame):
    said = texts(displacement.region_explorer(frame))
    assert "end of2013" in said and "2013" not in said


@pytest.mark.parametrize("draw", ["iraq_chart", "region_chart", "returns_chart"])
def test_tooltips_name_what_they_give_and_no_day_that_is_not_known(frame, draw):
    layers = getattr(displacement, draw)(frame).to_dict()["layer"]
    given = [tip for layer in layers for tip in layer["encoding"].get("tooltip", [])]
    assert given and all(tip["title"][0].isupper() and tip["type"] != "temporal" for tip in given)
    assert displacement.returns(frame)["when"].str.fullmatch("January 2025|April 2025").sum() == 4


def test_returns_never_mix_in_yearly_flows(frame):
    flows = frame[frame["basis"] == "flow_year"]["best"]
    assert len(flows) and not set(flows) & set(displacement.returns(frame)["at"])


def test_newest_statement_of_returns_is_read_off_first(frame):
    words = " ".join(texts(displacement.returns_explorer(frame)))
    assert "1,300,000 from abroad" in words and "2,000,000" in words


@pytest.mark.parametrize("day", ["2025-01-01", "2025-12-08"])
def test_each_statement_is_read_off(frame, day):
    low = frame[(frame["population"] == "returnees_refugee") & (frame["date"] == pd.Timestamp(day))]["low"].iloc[0]
    assert f"at least {low:,} from abroad" in " ".join(texts(displacement.returns_explorer(frame), day=day))
