"""Figures of several kinds, one kind at a time: a menu picks the kind, so that units are never mixed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course.charts import ranges
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import StateTitle, theme
from coursebook.told import SelectionError

# Who speaks, in three groups; the same colour in every chart of this sort.
PARTY, UNITED_NATIONS, OTHERS = "government or party to the war", "United Nations", "press, research, aid groups"
VOICES = {PARTY: theme.ORANGE, UNITED_NATIONS: theme.BLUE, OTHERS: theme.INK}
_AGAIN = {"type": "fit", "contains": "padding", "resize": True}  # the key has as many lines as voices of the kind
ROW_HEIGHT, ROOM_FOR_FIGURES = 34, 1.45


@dataclass(frozen=True)
class Shown:
    """A row of the dataset in such a chart: its `kind`, a `label` short enough for a phone, and who speaks."""

    kind: str
    label: str
    voice: str


def check_placed(frame: pd.DataFrame, figure: str, known: Collection[str]) -> None:
    """Raises SelectionError if `frame` has rows that are not `known` to be drawn here, elsewhere or nowhere."""
    if unplaced := [row for row in frame["id"] if row not in known]:
        raise SelectionError(
            f"{figure}: no figure draws {', '.join(unplaced)}. In the figure's module name the row in ROWS, or in "
            "NOT_DRAWN if no figure should."
        )


def figures(frame: pd.DataFrame, shown: Mapping[str, Shown], divide: Mapping[str, float]) -> pd.DataFrame:
    """The rows of `frame` whose id is a key of `shown`, in that order, with the columns of `stated`.

    Adds `kind`, `label`, `voice` and `order`; low, best and high are divided by `divide[kind]` where given.
    """
    rows = frame[frame["id"].isin(shown)].copy()
    entries = rows["id"].map(shown.get)
    rows = rows.assign(
        kind=entries.map(lambda entry: entry.kind),
        label=entries.map(lambda entry: entry.label),
        voice=entries.map(lambda entry: entry.voice),
        order=rows["id"].map(list(shown).index),
    )
    by = rows["kind"].map(lambda kind: divide.get(kind, 1)).astype("float64")
    for column in ("low", "best", "high"):
        rows[column] = (rows[column].astype("float64") / by).round(3)
    return stated(rows).sort_values("order").reset_index(drop=True)


def chart(rows: pd.DataFrame, units: Mapping[str, str], above: Sequence[alt.Chart] = ()) -> alt.LayerChart:
    """A row for each figure of the kind chosen, on that kind's own scale.

    `rows` comes from `figures`, with a column `who`; `units` gives each kind's unit in words. Params: `kind`, and
    `guess` for what is drawn `above`, a reader's guess.
    """
    rows = rows[["kind", "label", "voice", "order", "who", "definition", *ranges.COLUMNS]]
    rows = rows.assign(edge=(rows["reach"] * ROOM_FOR_FIGURES).round(3))
    x = {"title": None, "axis": alt.Axis(format=",~r", tickCount=ranges.FEW_TICKS, orient="top", labelBound=True)}
    y = ranges.vertical("label", limit=150)
    scale = alt.Scale(domain=list(VOICES), range=list(VOICES.values()))
    voices = json.dumps(
        {kind: [voice for voice in VOICES if voice in set(of_kind)] for kind, of_kind in rows.groupby("kind")["voice"]}
    )
    legend = alt.Legend(columns=1, symbolType="circle", values=alt.ExprRef(f"{voices}[kind]"))
    color = alt.Color("voice:N", scale=scale, legend=legend)
    facts = theme.tooltip(label="Figure", words="Stated", who="Who says so", definition="What was counted")
    layers = ranges.in_rows(rows, x=x, y=y, color=color, tooltip=facts)
    room = alt.Chart(rows).mark_point(size=0).encode(x=alt.X("edge:Q", **x), y=y)
    chosen = "datum.kind == kind"
    most = int(rows.groupby("kind").size().max())
    return (
        alt.layer(*(layer.transform_filter(chosen) for layer in (*layers, room)), _status(rows, units, chosen), *above)
        .properties(width=theme.FULL, height=ROW_HEIGHT * min(most, 9) + 40, autosize=_AGAIN)
        .add_params(alt.param(name="kind"), alt.param(name="guess"))
    )


def _status(rows, units, chosen):
    named = " : ".join(f"kind == '{kind}' ? '{unit}'" for kind, unit in units.items())
    return (
        theme.status(rows, x=-110, y=-44)
        .transform_filter(chosen)
        .transform_aggregate(figures="count()")
        .transform_calculate(line=f"({named} : '') + ': ' + datum.figures + ' figures'")
        .encode(text="line:N")
    )


def controls(rows: pd.DataFrame, kinds: Mapping[str, str], description: str) -> dict[str, ipywidgets.Widget]:
    """A menu of the kinds present in `rows`; `kinds` gives each key's words."""
    present = set(rows["kind"])
    options = [(words, key) for key, words in kinds.items() if key in present]
    return {"kind": ipywidgets.Dropdown(options=options, value=options[0][1], description=description)}


def title(sentences: Mapping[str, str]) -> StateTitle:
    """A sentence for each kind, with the figures that it refers to."""
    return StateTitle(by=("kind",), sentence=lambda kind: fill(sentences[kind]))


def table(rows: pd.DataFrame, kinds: Mapping[str, str], units: Mapping[str, str]) -> pd.DataFrame:
    """The figures in words: `rows` from `figures` with a column `who`; `kinds` and `units` give each key's words.

    Columns `Kind`, `Figure`, `Stated` (in `Unit`), `Unit`, `Who says so`, `What was counted` and `Note`, all text.
    """
    return pd.DataFrame(
        {
            "Kind": rows["kind"].map(kinds),
            "Figure": rows["label"],
            "Stated": rows["words"],
            "Unit": rows["kind"].map(units),
            "Who says so": rows["who"],
            "What was counted": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )
