"""Displacement and return: IOM's rounds in Iraq, end-year counts of UNHCR and IDMC, and Syrian returns."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures import estimates
from coursebook import months
from coursebook.words import in_words

AWAY, BACK = "displaced", "back in their area"
IOM = {"idps": AWAY, "returnees_idp": BACK}
# A line ends where IOM's rule changes, and where no total was found for longer than this.
LONGEST_STEP = pd.Timedelta(days=200)
FIRST_MONTH, LAST_MONTH = 201404, 202412
# A count still stands for this many months when no new round has come.
STANDS = 3
INSIDE, ABROAD = "displaced inside (IDMC)", "refugees abroad (UNHCR)"
RETURNS = {"returnees_refugee": "from abroad", "returnees_idp": "inside Syria"}


def rounds(frame: pd.DataFrame) -> pd.DataFrame:
    """IOM's country totals in `displacement`, one row per round and group (AWAY or BACK).

    Columns `date`, `when` (in words), `group`, `people`, `families` (missing where IOM printed no number of families), `segment`: a
    line may join rows of one segment only. A new segment starts where the row says `series_break` and after a
    hole of more than LONGEST_STEP.
    """
    rows = iom_totals(frame)
    rows = rows.assign(group=rows["population"].map(IOM))
    cut = rows["series_break"].astype(bool) | (rows.groupby("group")["date"].diff() > LONGEST_STEP)
    rows["segment"] = rows["group"] + " " + cut.groupby(rows["group"]).cumsum().astype(str)
    rows["people"] = rows["best"].astype("float64")
    rows["families"] = rows["families"].astype("float64")
    rows["when"] = in_words(rows)
    return rows[["date", "when", "group", "people", "families", "segment", "derived"]].reset_index(drop=True)


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """What is known at the end of each month: one row per `month` (year * 100 + month) and `unit`.

    `away` and `back` count that unit ("people" or "families"). A round counts until the next, for at most STANDS
    months; without one they are missing.
    """
    counted = rounds(frame).sort_values("date")
    shown = months.between(FIRST_MONTH, LAST_MONTH)
    return pd.DataFrame([row for month in shown for row in _month_rows(counted, month)])


def _month_rows(counted, number):
    month = months.first_day(number).to_period("M")
    known = counted[counted["date"].between((month - STANDS).end_time, month.end_time, inclusive="right")]
    last = known.groupby("group")[["people", "families"]].last()
    return [
        {"month": number, "unit": unit, "away": last[unit].get(AWAY), "back": last[unit].get(BACK)} for unit in last
    ]


def iom_totals(frame: pd.DataFrame) -> pd.DataFrame:
    """IOM's country totals of people displaced and returned in Iraq, by population and date."""
    rows = frame[(frame["counter"] == "IOM DTM") & frame["population"].isin(list(IOM)) & (frame["basis"] == "stock")]
    return rows.sort_values(["population", "date"])


def stocks(frame: pd.DataFrame) -> pd.DataFrame:
    """End-year counts of UNHCR and IDMC: columns `year`, `country`, `group` (INSIDE or ABROAD), `host`, `people`."""
    rows = end_year_counts(frame)
    inside = rows["population"] == "idps"
    return pd.DataFrame(
        {
            "year": rows["date"].dt.year,
            "country": rows["country"],
            "group": inside.map({True: INSIDE, False: ABROAD}),
            "host": rows["host"].where(~inside, "home"),
            "people": rows["best"].astype("float64"),
        }
    ).reset_index(drop=True)


def end_year_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """IDMC's counts of people displaced inside a country and UNHCR's of refugees, both at the end of a year."""
    idmc = (frame["counter"] == "IDMC") & (frame["population"] == "idps")
    unhcr = (frame["counter"] == "UNHCR") & frame["population"].isin(["refugees_world", "refugees_by_host"])
    return frame[(idmc | unhcr) & (frame["basis"] == "stock")].sort_values(["country", "population", "host", "date"])


def counts_by_year(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per year and host with the four counts: `syria_inside`, `syria_abroad`, `iraq_inside`, `iraq_abroad`."""
    rows = stocks(frame)
    inside = rows[rows["group"] == INSIDE].pivot_table(index="year", columns="country", values="people")
    abroad = rows[rows["group"] == ABROAD].pivot_table(index=["year", "host"], columns="country", values="people")
    result = abroad.add_suffix("_abroad").join(inside.add_suffix("_inside"), on="year").reset_index()
    return result.rename(columns=str.lower).round(0)


def returns(frame: pd.DataFrame) -> pd.DataFrame:
    """UNHCR's running totals of Syrian returns since 8 December 2024, ready for drawing (see `estimates.stated`).

    Columns `date`, `when` (in words), `group` (a label of RETURNS), `at` (people), `form` and `words`.
    """
    rows = return_statements(frame)
    shown = estimates.stated(rows)
    shown["when"] = in_words(rows)
    return shown.assign(group=shown["population"].map(RETURNS))[["date", "when", "group", "at", "form", "words"]]


def return_statements(frame: pd.DataFrame) -> pd.DataFrame:
    """UNHCR's statements on Syrians who went back since 8 December 2024, running totals, by population and date."""
    return frame[frame["basis"] == "cumulative_since_2024_12"].sort_values(["population", "date"])
