"""The one figure."""

import altair as alt
import ipywidgets
import pandas as pd

from coursebook.figures import Explorer, theme
from garden import data


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-rain`. `frame` is the table `rain` or a selection of its rows."""
    rows = theme.drawn(frame, "fig-rain", "rain").assign(month=frame["month"].dt.strftime("%Y-%m"))
    months, beds = sorted(set(rows["month"])), list(dict.fromkeys(rows["bed"]))
    shown = "datum.month <= month && indexof(bed, datum.bed) >= 0"
    bars = alt.Chart(rows).mark_bar().encode(x="month:N", y="sum(best):Q", color="bed:N").transform_filter(shown)
    told = (
        theme.status(rows)
        .transform_filter(shown)
        .transform_aggregate(fell="sum(best)")
        .transform_calculate(line="datum.fell + ' mm fell'")
        .encode(text="line:N")
    )
    params = [alt.param(name="month"), alt.param(name="bed")]
    return Explorer(
        (bars + told).properties(width=theme.FULL, height=200).add_params(*params),
        name="fig-rain",
        controls={
            "month": ipywidgets.SelectionSlider(options=months, value=months[-1], description="Up to"),
            "bed": ipywidgets.SelectMultiple(options=beds, value=beds, description="Beds"),
        },
        title="More rain fell on the wet bed",
        description="Bars of rain by month.",
        table=rows[["bed", "month", "best"]],
        sources=data.sources_of(frame),
        as_of="2020",
    )
