"""Yazidis killed, abducted and still missing, each source beside the others."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import ranges
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import Explorer, theme

KILLED, ABDUCTED, MISSING = "killed", "abducted", "still missing"
COLOURS = {KILLED: theme.INK, ABDUCTED: theme.ORANGE, MISSING: theme.BLUE}
# Rows of `costs` shown, in order: what they count and a label short enough for a phone.
ROWS = {
    "yazidi-killed-survey": (KILLED, "Killed: survey"),
    "yazidi-killed-office": (KILLED, "Killed: Kurdish office"),
    "yazidi-killed-amnesty": (KILLED, "Killed: Amnesty"),
    "yazidi-kidnapped-survey": (ABDUCTED, "Abducted: survey"),
    "yazidi-abducted-registry": (ABDUCTED, "Abducted: registry"),
    "yazidi-held-2016-06": (MISSING, "Held 2016: UN inquiry"),
    "yazidi-missing-2018-08": (MISSING, "Missing 2018: ministry"),
    "yazidi-missing-2021-02": (MISSING, "Missing 2021: office"),
    "yazidi-missing-2025-03": (MISSING, "Missing 2025: office"),
    "yazidi-missing-2025-03-incl-identified": (MISSING, "2025 incl. found dead"),
}


def estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `costs` named in ROWS, in that order, with `what`, `label`, `order` and those of `stated`.

    Rows that `frame` lacks are skipped.
    """
    rows = stated(frame[frame["id"].isin(ROWS)])
    order = rows["id"].map(list(ROWS).index)
    return rows.assign(
        what=rows["id"].map(lambda row: ROWS[row][0]), label=rows["id"].map(lambda row: ROWS[row][1]), order=order
    ).sort_values("order")


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """One row for each figure; people along the horizontal axis. `frame` is the table `costs`.

    Param: `what`, a list of keys of COLOURS.
    """
    rows = estimates(frame)[["label", "order", "what", "estimator", "definition", *ranges.COLUMNS]]
    layers = ranges.in_rows(
        rows,
        x=ranges.horizontal(rows, "People", room=1.3),
        y=ranges.vertical("label"),
        color=alt.Color("what:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None),
        tooltip=theme.tooltip(what="What", words="People", estimator="Who says so", definition="What was counted"),
    )
    return ranges.chart(
        rows,
        layers,
        shown="indexof(what, datum.what) >= 0",
        counts={"figures": "count()", "voices": "distinct(estimator)"},
        line="datum.figures + ' figures by ' + datum.voices + ' sources'",
        height=80 + 32 * len(rows),
        param="what",
    )


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Killed, abducted, still missing."""
    present = set(estimates(frame)["what"])
    options = [what for what in COLOURS if what in present]
    return {"what": ipywidgets.SelectMultiple(options=options, value=options, description="Figures for people")}


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per figure, all text.

    Columns `What` (a key of COLOURS), `People`, `Who says so`, `What was counted`, `State of` (ISO date) and `Note`.
    """
    rows = estimates(frame)
    return pd.DataFrame(
        {
            "What": rows["what"],
            "People": rows["words"],
            "Who says so": rows["estimator"],
            "What was counted": rows["definition"],
            "State of": rows["period_end"].dt.strftime("%Y-%m-%d"),
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-yazidi`. `frame` is the table `costs` or a selection of its rows."""
    rows = theme.drawn(estimates(frame), "fig-yazidi", "costs")
    listed = "; ".join(f"{row.label}: {row.words}" for row in rows.itertuples())
    return Explorer(
        chart(frame),
        name="fig-yazidi",
        controls=controls(frame),
        title=ranges.title(
            "what",
            rows,
            fill(
                "Two methods put the abducted Yazidis at {costs/yazidi-abducted-registry as number} and at about "
                "{costs/yazidi-kidnapped-survey as number}; in March 2025, {costs/yazidi-missing-2025-03 as number} were "
                "missing"
            ),
            lambda shown, _: f"Yazidis {'; '.join(ranges.spans(shown, 'what'))}",
        ),
        description=f"Each source in a row of its own; bars are the survey's confidence intervals. {listed}.",
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="March 2025",
    )
