"""The years that a table of the dataset covers, as the strip of bars in the data dictionary."""

from __future__ import annotations

import altair as alt
import pandas as pd

from coursebook import course
from coursebook.figures import rendering, theme

FIRST_YEAR, LAST_YEAR = 2003, 2026  # of every table's strip, so that they can be compared


def years(name: str) -> pd.DataFrame:
    """Rows of a table per year of its first date column: columns `year` and `rows`, empty if it has no dates."""
    fields = course.data().resource(name)["schema"]["fields"]
    dates = [field["name"] for field in fields if field["type"] == "date"]
    if not dates or name == "sources":
        return pd.DataFrame({"year": [], "rows": []})
    counted = course.data().load(name)[dates[0]].dropna().dt.year.value_counts().sort_index()
    return pd.DataFrame({"year": counted.index, "rows": counted.to_numpy()})


def svg(counted: pd.DataFrame) -> str:
    """A strip of bars, one per year from FIRST_YEAR to LAST_YEAR, or further where `counted` goes further, as SVG."""
    first, last = min(FIRST_YEAR, int(counted["year"].min())), max(LAST_YEAR, int(counted["year"].max()))
    scale = alt.Scale(domain=[first, last + 1], nice=False)
    axis = alt.Axis(format="d", values=[year for year in range(first, last + 1) if year % 4 == 0])
    bars = (
        alt.Chart(counted.assign(end=counted["year"] + 0.85))
        .mark_rect(color=theme.BLUE)
        .encode(
            x=alt.X("year:Q", scale=scale, axis=axis, title=None),
            x2="end:Q",
            y=alt.Y("rows:Q", title="rows", axis=alt.Axis(tickCount=2, tickMinStep=1)),
            y2=alt.Y2Datum(0),
        )
        .properties(width=340, height=110)
    )
    with theme.applied():
        return rendering.svg(bars.to_dict())


def words(counted: pd.DataFrame) -> str:
    """What the strip shows, for somebody who cannot see it."""
    fullest = counted.loc[counted["rows"].idxmax()]
    return (
        f"Rows by year: from {counted['year'].min():.0f} to {counted['year'].max():.0f}, "
        f"most in {fullest['year']:.0f} ({fullest['rows']:,} rows)."
    )
