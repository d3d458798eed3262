"""US troops in Iraq and Syria: what was published, corrected and ordered."""

from __future__ import annotations

import altair as alt
import pandas as pd

from caliphate_course import data
from caliphate_course.facts import fill
from caliphate_course.measures.us_presence import corrections, figures
from caliphate_course.words import COUNTRY, TROOP_STATUSES
from coursebook.figures import Explorer, theme

# The upper end of each country's axis: one troop is as high in both panels.
TOPS = {"Iraq": 5800, "Syria": 3500}
_PER_PIXEL = 35


def chart(frame: pd.DataFrame) -> alt.VConcatChart:
    """Iraq above Syria: one mark for each published figure, by date; a rule joins a correction to the figure it replaced.

    Nothing joins the others: what held between two figures is not in the table. `frame` is the table `us_presence`.
    """
    rows = _labelled(figures(frame))
    panels = [_panel(rows[rows["country"] == name], frame, name) for name in TOPS if name in set(rows["country"])]
    panels[0] = alt.layer(*panels[0].layer, _count(rows)).properties(width=theme.PANEL, height=panels[0].height)
    return alt.vconcat(*panels, spacing=30).resolve_scale(x="shared", y="independent", shape="shared")


def _panel(rows, frame, country):
    columns = [
        "date",
        "country",
        "status",
        "value",
        "words",
        "when",
        "counter",
        "definition",
        "kind",
        "says",
        "side",
        "dx",
        "dy",
    ]
    ends = [alt.ExprRef("datetime(2014, 5, 1)"), alt.ExprRef("datetime(2026, 11, 31)")]
    time = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount=6), scale=alt.Scale(domain=ends))
    axis = alt.Axis(tickCount=TOPS[country] // 1900 + 1, format=",d")
    troops = alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, TOPS[country]], nice=False))
    base = alt.Chart(rows[columns]).encode(x=time, y=troops)
    place = {
        "align": alt.ExprRef("datum.side"),
        "dx": alt.ExprRef("datum.dx"),
        "dy": alt.ExprRef("datum.dy"),
        "color": COUNTRY[country],
        "fontWeight": "bold",
    }
    numbers = base.transform_filter("datum.says").mark_text(**place).encode(text="says:N")
    heading = theme.note(f"{country}: US troops", x=-40, y=-12).mark_text(
        align="left", fontSize=13, fontWeight="bold", color=COUNTRY[country]
    )
    layers = [*_jumps(frame, country), _points(base, COUNTRY[country]), numbers, heading]
    return alt.layer(*layers).properties(width=theme.PANEL, height=TOPS[country] // _PER_PIXEL)


def _labelled(rows):
    """`says`: the number beside a stated figure that no jump names and that is not that of the one before."""
    jumps = corrections(rows)
    in_jump = pd.Series(False, index=rows.index)
    for _, jump in jumps.iterrows():
        in_jump |= (rows["country"] == jump["country"]) & rows["value"].isin([jump["before"], jump["after"]])
    stated = rows[rows["status"] == "stated"]
    again = stated.groupby("country")["value"].shift() == stated["value"]
    silent = in_jump | (rows["status"] != "stated") | again.reindex(rows.index, fill_value=False)
    late = rows["date"].dt.year >= 2025
    place = {
        "side": ("right", "left"),
        "dx": (6, 8),
        "dy": (15, 1),
    }  # late ones below, clear of what stands before them
    rows = rows.assign(**{name: late.map({True: at, False: before}) for name, (at, before) in place.items()})
    rows["dy"] = rows["dy"].mask(rows["value"] < 300, -6)  # off the axis
    return rows.assign(says=rows["value"].map("{:,.0f}".format).mask(silent, ""))


def _points(base, colour):
    """A shape for the status; an order is hollow."""
    labels, shapes = zip(*TROOP_STATUSES.values(), strict=True)
    legend = alt.Legend(columns=3, symbolFillColor=theme.MUTED, symbolStrokeColor=theme.MUTED)
    return base.mark_point(size=85, filled=True, color=colour, stroke=colour).encode(
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=list(labels), range=list(shapes)), legend=legend),
        fillOpacity=alt.condition("datum.status == 'ordered'", alt.value(0), alt.value(1)),
        strokeOpacity=alt.condition("datum.status == 'ordered'", alt.value(0.6), alt.value(1)),
        tooltip=theme.tooltip(
            country="Country", when="Date", words="Troops", kind="Status", counter="Who says so",
            definition="What was counted",
        ),
    )  # fmt: skip


def _jumps(frame, country):
    """A rule from each figure that was corrected to the correction, and both numbers with what the jump was."""
    jumps = corrections(frame).query("country == @country")
    if jumps.empty:
        return ()
    jumps = jumps.assign(words=[f"{a:,.0f} → {b:,.0f}" for a, b in zip(jumps["before"], jumps["after"], strict=True)])
    rules = alt.Chart(jumps)
    line = rules.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x="date:T", y="before:Q", y2="after:Q")
    above = rules.encode(x="date:T", y="after:Q")
    words = above.mark_text(dy=-13, fontWeight="bold", fontSize=13).encode(text="words:N")
    return line, words, above.mark_text(dy=-29, color=theme.MUTED, text="counted anew")


def _count(rows):
    counts = rows["status"].value_counts()
    line = ", ".join(f"{counts.get(key, 0)} {key}" for key in TROOP_STATUSES)
    return theme.status(pd.DataFrame({"line": [line]}), x=-40, y=-50).encode(text="line:N")


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every figure in words, all text.

    Columns `Date`, `Country`, `Troops`, `Status`, `Who says so`, `What was counted` and `Note`.
    """
    rows = figures(frame)
    return pd.DataFrame(
        {
            "Date": rows["when"],
            "Country": rows["country"],
            "Troops": rows["words"],
            "Status": rows["kind"],
            "Who says so": rows["counter"],
            "What was counted": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-us-presence`. `frame` is the table `us_presence` or a selection of its rows."""
    theme.drawn(frame, "fig-us-presence", "us_presence")
    return Explorer(
        chart(frame),
        name="fig-us-presence",
        title=fill(
            "Twice the Pentagon raised its figure for Syria without announcing new troops, to {computed/us-syria-recount-2017} "
            "and to {computed/us-syria-recount-2024} times the old one"
        ),
        description=fill(
            "Published figures for US troops in Iraq and Syria from 2014 to 2026, as separate marks, Iraq above Syria. Syria stands at "
            "{us_presence/us-syria-2016-04-present as number} in 2016, at {us_presence/us-syria-2017-11 as number} in "
            "November 2017 and at {us_presence/us-syria-2017-12-06 as number} in December 2017; at "
            "{us_presence/us-syria-2024-12-before as number} and then {us_presence/us-syria-2024-12-19 as number} in "
            "December 2024; and near {us_presence/us-syria-2026-02-19 as number} in February 2026. Upright rules join the two "
            "corrections to the figures they replaced. Iraq falls from {us_presence/us-iraq-2017-12-06 as number} in 2017 to "
            "{us_presence/us-iraq-2021-12-09 as number} in 2021. Hollow marks are orders and plans."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="February 2026",
    )
