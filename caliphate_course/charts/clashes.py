"""Clashes between forces that had all fought ISIS, as dated bars."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts.relations import AFTERMATH, WAR, Window
from caliphate_course.measures.clashes import COALITION, clashes
from caliphate_course.words import SIDES, labels
from coursebook import months
from coursebook.figures import Explorer, StateTitle, theme
from coursebook.words import in_words

_PICKED = "who == 'all' || datum.source == who || datum.target == who"
ROW_HEIGHT, BELOW = 30, 7  # a row has its words above its middle and its marks as far below it
_LETTER = 5.7  # width of a letter of a row's words, in pixels
LONG = 500  # days from which a clash is a war, drawn as a pale band


def chart(frame: pd.DataFrame, window: Window = WAR) -> alt.LayerChart:
    """Each clash as a bar from its first to its last day, with a mark at its first.

    `who` is a group of actors or 'all'. A bar without a last day in the table ends at its mark. `frame` is the
    table `relations`.
    """
    shown = _drawable(frame, window)
    base = alt.Chart(shown).transform_calculate(strength=f"{_PICKED} ? 1 : 0.45")
    rank = alt.Y("order:O", axis=None, scale=alt.Scale(type="band", padding=0))
    strength = alt.FillOpacity("strength:Q", scale=None)
    between = base.mark_rule(color=theme.HOLE).encode(y=alt.Y("order:O", axis=None, bandPosition=1))
    marks = _marks(base.encode(y=rank, fillOpacity=strength), window, set(shown["sides"]))
    # Above the mark, and as far to its left as the chart's edge asks for.
    at = "scale('x', toDate(datum.day))"
    to_edge = f"max(-{at}, min(-4, width - {at} - {_LETTER} * length(datum.label)))"
    words = base.mark_text(
        align="left",
        dy=-BELOW - 1,
        dx=alt.ExprRef(to_edge),
        limit=alt.ExprRef("width"),
        baseline="middle",
        fontSize=11.5,
    ).encode(x="day:T", y=rank, text="label:N", fillOpacity=strength)
    return (
        alt.layer(between, *marks, words, _count(shown))
        # The key and the axis take their part of the height.
        .properties(width=theme.FULL, height=ROW_HEIGHT * len(shown) + 70)
        .add_params(alt.param(name="who"))
    )


def _drawable(frame, window):
    rows = clashes(frame, window)
    texts = _texts(frame, rows)
    end = months.first_day(window.last) + pd.offsets.MonthEnd(0)
    return pd.DataFrame(
        {
            **{name: rows[name] for name in ("where", "pair", "source", "target")},
            "day": rows["day"].dt.strftime("%Y-%m-%d"),
            "last": rows["last"].fillna(rows["day"]).clip(upper=end).dt.strftime("%Y-%m-%d"),
            "sides": rows["sides"].map(labels(SIDES)),
            "order": range(len(rows)),
            "from": in_words(texts, "start"),
            "to": in_words(texts, "end"),
            "label": rows["where"] + ": " + rows["pair"],
        }
    )


def _marks(base, window, present):
    """A bar for the days of each clash and a mark at the first, by which sides the coalition stood on."""
    low, high = window.first // 100, window.last // 100
    time = alt.X(
        "day:T",
        title=None,
        scale=alt.Scale(domain=[alt.ExprRef(f"datetime({low}, 0, 1)"), alt.ExprRef(f"datetime({high}, 11, 31)")]),
        axis=alt.Axis(format="%Y", tickCount=6, orient="top", grid=True, offset=4),  # clear of the first row's words
    )
    labels, colours, shapes = zip(*(look for look in SIDES.values() if look[0] in present), strict=True)
    legend = alt.Legend(columns=1, orient="top")
    colour = alt.Color("sides:N", scale=alt.Scale(domain=list(labels), range=list(colours)), legend=legend)
    shape = alt.Shape("sides:N", scale=alt.Scale(domain=list(labels), range=list(shapes)), legend=legend)
    facts = theme.tooltip(**{"pair": "Who", "where": "Where", "from": "From", "to": "To", "sides": "Coalition"})
    long = f"toDate(datum.last) - toDate(datum.day) > {LONG} * 864e5"
    ends = {"x": "day:T", "x2": "last:T"}
    wars = base.transform_filter(long).mark_bar(height=8, yOffset=BELOW, color=theme.FAINT).encode(**ends)
    bars = base.transform_filter(f"!({long})").mark_bar(height=6, yOffset=BELOW).encode(color=colour, **ends)
    points = base.mark_point(size=70, filled=True, yOffset=BELOW)
    return wars, bars, points.encode(x=time, color=colour, shape=shape, tooltip=facts)


def _texts(frame, rows):
    """The rows of `frame` behind `rows`, in their order."""
    return frame.set_index("id").loc[rows["id"]]


def _count(shown):
    """How many clashes are set off; those of the coalition itself can only be with one that it helped or not."""
    flags = {key: f"({_PICKED}) && datum.sides == '{look[0]}' ? 1 : 0" for key, look in SIDES.items()}
    number = "(who == 'all' ? '' : who + ': ') + datum.all + (datum.all == 1 ? ' fight' : ' fights') + ' of two forces'"
    both = f"(who == '{COALITION}' ? ' with a force it helped' : ' with the coalition on both sides')"
    return (
        theme.status(shown, x=0, y=-122, lineBreak="\n")  # on a phone one line of so many words would be small
        .transform_calculate(any=f"({_PICKED}) ? 1 : 0", **flags)
        .transform_aggregate(all="sum(any)", both="sum(both)")
        .transform_calculate(line=f"{number} + ', \\n' + (datum.both || 'none') + {both}")
        .encode(text="line:N")
    )


def controls(frame: pd.DataFrame, window: Window = WAR) -> dict[str, ipywidgets.Widget]:
    """Whose clashes are set off and counted."""
    rows = clashes(frame, window)
    present = [label for label in window.groups if label in set(rows["source"]) | set(rows["target"])]
    options = [("everybody", "all"), *[(label, label) for label in present]]
    return {"who": ipywidgets.Dropdown(options=options, value="all", description="Clashes of")}


def table(frame: pd.DataFrame, window: Window = WAR) -> pd.DataFrame:
    """One row per clash, all text: `Who`, `Where`, `From`, `To`, `Coalition` (on which sides it stood) and `Note`."""
    rows = clashes(frame, window)
    texts = _texts(frame, rows)
    return pd.DataFrame(
        {
            "Who": rows["pair"],
            "Where": rows["place"].fillna(""),
            "From": in_words(texts, "start"),
            "To": in_words(texts, "end"),
            "Coalition": rows["sides"].map(labels(SIDES)),
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-collisions`, June 2014 to April 2019. `frame` is the table `relations`."""
    rows = clashes(frame)
    late = int((rows["day"] >= "2016-08-01").sum())
    return _explorer(
        frame,
        WAR,
        name="fig-collisions",
        title=f"{len(rows)} clashes of two forces that had both fought ISIS, {late} of them from August 2016 on",
        description=(
            "A timeline from 2014 to 2019 with one line for each dated fight of two forces that had both fought ISIS (a "
            "battle of three has a line for each pair); "
            "the war between Damascus and the rebels is older and not listed. Three bars run to the end: American "
            "strikes on the Nusra Front from 2014, Turkey's war with the PKK and Russia's strikes on rebels from 2015. "
            "Most other marks stand between "
            "August 2016 and March 2018: Hasakah, Jarabulus, Deir ez-Zor, Tanf, Tabqa, Kirkuk, Afrin and Khasham. "
            "Red diamonds have a coalition member, or a force the coalition helped, on both sides."
        ),
        as_of="April 2019",
    )


def aftermath(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-collisions-after`, September 2017 to February 2026. `frame` is the table `relations`."""
    rows = clashes(frame, AFTERMATH)
    return _explorer(
        frame,
        AFTERMATH,
        name="fig-collisions-after",
        title=f"{len(rows)} clashes of two forces that had both fought ISIS, September 2017 to February 2026",
        description=(
            "A timeline from 2017 to 2026 with one line for each dated fight of two forces that had both fought ISIS (a "
            "battle of three has a line for each pair). "
            "After Kirkuk, Afrin and Khasham come Peace Spring in October 2019, the strikes and missiles around the "
            "killing of Soleimani in the winter of 2019 to 2020, Turkish air strikes in November 2022, attacks and "
            "strikes in 2023 and 2024, the fall of Assad and Manbij in late 2024, American strikes on Iran in June 2025, "
            "the Syrian government's offensive of January 2026 and, on its last day, the war with Iran."
        ),
        as_of="February 2026",
    )


def _title(rows, whole) -> StateTitle:
    """`whole` for everybody; for a group how many clashes it had, and when the first and the last began."""

    def sentence(who):
        if who == "all":
            return whole
        own = rows[(rows["source"] == who) | (rows["target"] == who)]
        first, last = (f"{day:%B %Y}" for day in (own["day"].min(), own["day"].max()))
        number = "1 clash" if len(own) == 1 else f"{len(own)} clashes"
        begun = f"in {first}" if first == last else f"from {first} to {last}"
        return f"{who}: {number} with a force that had fought ISIS, {begun}"

    return StateTitle(by=("who",), sentence=sentence)


def _explorer(frame, window, **texts):
    rows = theme.drawn(clashes(frame, window), texts["name"], "relations")
    texts["title"] = _title(rows, texts["title"])
    return Explorer(
        chart(frame, window),
        controls=controls(frame, window),
        table=table(frame, window),
        sources=data.sources_of(frame[frame["id"].isin(rows["id"])]),
        **texts,
    )
