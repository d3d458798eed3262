"""Who helped and who fought whom at a chosen date: a matrix of groups of actors."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.facts import fill
from caliphate_course.measures.relations import AFTERMATH, LAST_MONTH_RESEARCHED, WAR, Window, cells
from caliphate_course.words import FAMILIES, RELATIONS
from coursebook import months
from coursebook.figures import Explorer, StateTitle, Step, theme
from coursebook.words import in_words

ROW_HEIGHT = 28
COALITION = "US, coalition"


@dataclass(frozen=True)
class Opening:
    """How the figure of a window opens: its name, the months with a name of their own, a month, a group in words."""

    name: str
    moments: tuple[tuple[str, int], ...]
    month: int
    actor: str


OPENINGS = {
    WAR: Opening(
        name="fig-relations",
        moments=(
            ("September 2014: strikes reach Syria", 201409),
            ("March 2015: Tikrit", 201503),
            ("October 2015: Russia's first full month", 201510),
            ("August 2016: Turkey crosses the border", 201608),
            ("June 2017: Tanf and the Su-22", 201706),
            ("October 2017: Kirkuk", 201710),
            ("January 2018: Afrin", 201801),
            ("February 2018: Khasham", 201802),
        ),
        month=201710,
        actor="Iraqi Kurds",
    ),
    AFTERMATH: Opening(
        name="fig-relations-after",
        moments=(
            ("October 2017: Kirkuk", 201710),
            ("February 2018: Afrin, Khasham", 201802),
            ("October 2019: Peace Spring", 201910),
            ("January 2020: Soleimani", 202001),
            ("November 2022: Turkish air campaign", 202211),
            ("February 2024: after Tower 22", 202402),
            ("December 2024: Assad falls", 202412),
            ("November 2025: Syria joins", 202511),
            ("January 2026: Damascus against the SDF", 202601),
        ),
        month=202601,
        actor="SDF, YPG",
    ),
}
_WITHOUT_ARTICLE = {"ISIS", "CJTF-OIR"}
_HOW_TO_READ = "The row acts on the column; +: more kinds"
_ACTIVE = "datum.start <= month && month <= datum.end"
_UNSURE = f"(datum.interpretive || (datum.open && month > {LAST_MONTH_RESEARCHED}))"
_MONTH_WORDS = months.expression("month")


def _in_sentence(name):
    """The short name of an actor with the article that a sentence needs: the PKK, but ISIS."""
    return f"the {name}" if name.isupper() and name not in _WITHOUT_ARTICLE else name


def _drawable(frame, window):
    rows = cells(frame, window)
    names = data.load("actors").set_index("id")["short_name"].map(_in_sentence)
    sentences = [
        RELATIONS[row.relation].sentence.format(names[row.from_actor], names[row.to_actor]) for row in rows.itertuples()
    ]
    return pd.DataFrame(
        {
            "source": rows["source"],
            "target": rows["target"],
            "start": rows["start"],
            "end": rows["end"],
            "rank": rows["rank"],
            "first": rows["first"],
            "open": rows["open"],
            "interpretive": rows["interpretive"].astype(bool),
            "among": rows["among"],
            "letter": rows["relation"].map(lambda kind: RELATIONS[kind].letter),
            "family": rows["relation"].map(lambda kind: FAMILIES[RELATIONS[kind].family][0]),
            "side": rows["relation"].map(lambda k: "below" if RELATIONS[k].family in ("fight", "odds") else "above"),
            "does": [sentence[0].upper() + sentence[1:] for sentence in sentences],
        }
    )


def chart(frame: pd.DataFrame, window: Window = WAR) -> alt.LayerChart:
    """Groups (rows) by groups (columns): what the row does to the column in the month chosen.

    `month` is a month (year * 100 + month), `actor` the group whose row and column are set off and whose relations
    are said in words. `frame` is the table `relations`.
    """
    rows = _drawable(frame, window)
    order = list(window.groups)
    outlines = "Outlined box: our reading" + (", or (dashed) no end found" if window is AFTERMATH else "")
    reading = theme.note(outlines, x=-100, y=-100)
    room = theme.note("\N{NO-BREAK SPACE}", x=-100, y=-286)  # for the most words: the matrix stays where it is
    layers = alt.layer(*_bands(order), *_boxes(rows, order), reading, room, _words(rows))
    layers = layers.properties(width=theme.PANEL, height=ROW_HEIGHT * (len(order) - 1))
    layers = layers.properties(autosize=alt.AutoSizeParams(type="pad", contains="padding"))
    return layers.add_params(alt.param(name="month"), alt.param(name="actor"))


def _now(rows):
    """What holds in the month chosen, reduced to the strongest relation for each half of a cell, and how it looks."""
    picked = "(actor == 'none' || datum.source == actor || datum.target == actor)"
    return (
        alt.Chart(rows[rows["source"] != "ISIS"])  # what both do to each other stands in its column
        .transform_filter(_ACTIVE)
        .transform_calculate(unsure=_UNSURE)
        .transform_window(
            place="row_number()", sort=[alt.SortField("rank")], groupby=["source", "target", "side"], frame=[None, None]
        )
        .transform_joinaggregate(
            [_aggregated("distinct", "letter", "kinds"), _aggregated("values", "does", "all")],
            groupby=["source", "target", "side"],
        )
        .transform_filter("datum.place == 1")
        .transform_calculate(
            mark="datum.letter + (datum.kinds > 1 ? '+' : '')",
            said="join(pluck(datum.all, 'does'), '; ')",
            strength=f"{picked} ? 1 : 0.35",
            legible=f"{picked} ? 1 : 0.7",
            filled=f"({picked} ? 1 : 0.35) * (datum.unsure ? 0.08 : 1)",
        )
    )


def _boxes(rows, order):
    """A box with a letter in the upper half of a cell for help and dealings, in the lower for fights and quarrels."""
    half = alt.YOffset("side:N", scale=alt.Scale(domain=["above", "below"], paddingInner=0.12))
    now = _now(rows).encode(x=_across(order), y=_down(order), yOffset=half)
    boxes = now.mark_rect(strokeWidth=1.2).encode(
        fill=_by_family(alt.Fill, alt.Legend(title=_HOW_TO_READ, titleLimit=320, columns=1, offset=8)),
        stroke=_by_family(alt.Stroke, None),
        fillOpacity=alt.FillOpacity("filled:Q", scale=None),
        strokeOpacity=alt.StrokeOpacity("strength:Q", scale=None),
        strokeDash=alt.condition("datum.unsure && !datum.interpretive", alt.value([3, 2]), alt.value([1, 0])),
        tooltip=theme.tooltip(said="In this month"),
    )
    letters = now.mark_text(fontSize=11, fontWeight="bold").encode(
        text="mark:N",
        color=alt.condition("datum.unsure || datum.strength < 1", alt.value(theme.INK), alt.value(theme.PAPER)),
        fillOpacity=alt.FillOpacity("legible:Q", scale=None),
    )
    return boxes, letters


def _by_family(channel, legend):
    labels, colours = zip(*FAMILIES.values(), strict=True)
    return channel("family:N", scale=alt.Scale(domain=list(labels), range=list(colours)), legend=legend)


def _bold(**more):
    picked = {"test": "datum.label == actor"}
    return alt.Axis(
        labelFontSize=11,
        labelFontWeight={"condition": {**picked, "value": "bold"}, "value": "normal"},
        domain=False,
        ticks=False,
        **more,
    )


def _across(order):
    axis = _bold(orient="top", labelAngle=-90)
    return alt.X("target:N", title=None, sort=order, scale=alt.Scale(domain=order, paddingInner=0.08), axis=axis)


def _down(order):
    axis = _bold(labelLimit=100)
    rows = [group for group in order if group != "ISIS"]
    return alt.Y("source:N", title=None, sort=rows, scale=alt.Scale(domain=rows, paddingInner=0.12), axis=axis)


def _bands(order):
    """The chosen group's row and column, and the diagonal in grey."""
    groups = alt.Chart(pd.DataFrame({"source": order, "target": order}))
    rows = groups.transform_filter("datum.source != 'ISIS'")
    colour = {"color": theme.CHOSEN_BAND}
    row = rows.transform_filter("datum.source == actor").mark_rect(**colour).encode(y=_down(order))
    column = groups.transform_filter("datum.source == actor").mark_rect(**colour).encode(x=_across(order))
    self = rows.mark_rect(color=theme.BAND).encode(x=_across(order), y=_down(order))
    return self, row, column


def _words(rows):
    """The state in words: how many relations hold, and with whom the chosen group has each family of them."""
    others = "(datum.fought - datum.isis - datum.partners)"
    said = " + ' \\n' + ".join(f"'{title}: ' + {_wrapped(f'{name}_list')}" for name, title in _TITLES.items())
    lines = [
        f"{_MONTH_WORDS} + ': ' + datum.all + ' relations, ' + datum.fought + ' of them fights'",
        "' \\n' + datum.isis + (datum.isis == 1 ? ' fight' : ' fights') + ' with ISIS, ' + datum.partners"
        " + ' between enemies of ISIS'",
        f"({others} > 0 ? ' \\n' + {others} + ' apart from the war on ISIS' : '')",
        f"(actor == 'none' ? '' : ' \\n' + actor + '. ' + {said})",
    ]
    # One mark for each line, so that a screen reader does not join the last word of one to the first of the next.
    up = alt.ExprRef("15 * (datum.number - datum.lines)")
    line = theme.status(rows, x=-100, y=-118, baseline="bottom", fontWeight="normal", fontSize=12, dy=up)
    return (
        _counted(line)
        .transform_calculate(line=f"split({' + '.join(lines)}, '\\n')")
        .transform_flatten(["line"])
        .transform_window(number="row_number()")
        .transform_joinaggregate(lines="count()")
        .encode(text="line:N")
    )


def _counted(chart):
    """`chart` reduced to one row: the sums `all`, `fought`, `isis` and `partners`, and a list for each of _TITLES."""
    helps, deals, fights, odds = (f"datum.family == '{words}'" for words, _ in FAMILIES.values())
    out, back = f"{_ACTIVE} && datum.source == actor", f"{_ACTIVE} && datum.target == actor"
    sums = {
        "all": f"{_ACTIVE} ? datum.first : 0",
        "fought": f"{_ACTIVE} && {fights} ? datum.first : 0",
        "isis": f"{_ACTIVE} && {fights} && (datum.source == 'ISIS' || datum.target == 'ISIS') ? datum.first : 0",
        "partners": f"{_ACTIVE} && datum.among ? datum.first : 0",
    }
    flags = {
        "helping": f"{out} && {helps} ? 1 : 0",
        "fighting": f"{out} && {fights} ? 1 : 0",
        "helped": f"{back} && {helps} ? 1 : 0",
        "attacked": f"{back} && {fights} ? 1 : 0",
        "dealing": f"(({out}) || ({back})) && {deals} ? 1 : 0",
        "quarrel": f"(({out}) || ({back})) && {odds} ? 1 : 0",
    }
    partner = "datum.source == actor ? datum.target : datum.target == actor ? datum.source : ''"
    partner = f"datum.source == actor && datum.target == actor ? 'one another' : {partner}"
    totals = [_aggregated("sum", name) for name in sums]
    return (
        chart.transform_calculate(**sums, **flags, partner=partner)
        .transform_aggregate([*totals, *(_aggregated("max", name) for name in flags)], groupby=["partner"])
        .transform_calculate(**{f"{name}_name": f"datum.{name} > 0 ? datum.partner : ''" for name in flags})
        .transform_aggregate([*totals, _aggregated("values", "partner", "rows")], groupby=[])
        .transform_calculate(**{f"{name}_list": _names(f"{name}_name") for name in flags})
    )


def _aggregated(op, field, name=None):
    return alt.AggregatedFieldDef(op=op, field=field, **{"as": name or field})


# In words that fit one force and several: 'Iraqi Kurds. Help to: …'.
_TITLES = {
    "helping": "Help to",
    "helped": "Help from",
    "fighting": "Fights against",
    "attacked": "Fought by",
    "dealing": "Deals with",
    "quarrel": "At odds with",
}


def _names(field):
    joined = f"join(pluck(datum.rows, '{field}'), '|')"
    return f"split(replace(replace({joined}, /\\|+/g, '|'), /^\\||\\|$/g, ''), '|')"


def _wrapped(field, first=3, per_line=4):
    """The whole list in lines, room for 15 names: the first line is shorter, for its title."""
    parts = [f"join(slice(datum.{field}, 0, {first}), '; ')"]
    for at in range(first, first + 3 * per_line, per_line):
        more = f"length(datum.{field}) > {at}"
        parts.append(f"({more} ? '; \\n    ' + join(slice(datum.{field}, {at}, {at + per_line}), '; ') : '')")
    return f"(datum.{field}[0] == '' ? 'nobody in this table' : {' + '.join(parts)})"


def controls(window: Window = WAR) -> dict[str, ipywidgets.Widget]:
    """A month, and the group said in words."""
    options = months.options(window.first, window.last)
    return {
        "month": ipywidgets.SelectionSlider(options=options, value=OPENINGS[window].month, description="Month"),
        "actor": ipywidgets.Dropdown(
            options=[("nobody", "none"), *[(label, label) for label in window.groups]],
            value=OPENINGS[window].actor,
            description="Say in words",
        ),
    }


def title(frame: pd.DataFrame, window: Window = WAR) -> StateTitle:
    """For each month, on whose sides the coalition stood in the fights between enemies of ISIS, or how many these were."""
    labelled = dict(months.options(window.first, window.last))
    words = {month: label for label, month in labelled.items()}
    rows = cells(frame, window)

    def sentence(month):
        return f"{words[month]}: {_finding(rows[(rows['start'] <= month) & (month <= rows['end'])])}"

    return StateTitle(by=("month",), sentence=sentence)


def _finding(now):
    ours = (
        now[now["source"] == COALITION]
        .groupby("target")["relation"]
        .agg(lambda kinds: {RELATIONS[kind].family for kind in kinds})
    )
    foes = sorted({tuple(sorted(pair)) for pair in now.loc[now["among"], ["source", "target"]].itertuples(index=False)})
    for kind, finding in (("help", "both sides of a fight"), ("deal", "one side of a fight and dealt with the other")):
        between = [
            " against ".join(pair)
            for pair in foes
            if any("help" in ours.get(one, ()) and kind in ours.get(other, ()) for one, other in (pair, pair[::-1]))
        ]
        if between:
            return f"the coalition helped {finding}: {'; '.join(between)}"
    fights = now[(now["first"] == 1) & (now["relation"] == "fights")]
    return f"{int(fights['among'].sum()) or 'none'} of {len(fights)} fights set enemies of ISIS against one another"


def table(frame: pd.DataFrame, window: Window = WAR) -> pd.DataFrame:
    """One row per relation of the window, all text.

    Columns `Who`, `Relation`, `To or with whom`, `Both ways`, `From`, `To`, `Where`, `Our reading` ('yes' where the
    kind or the end is read from the sources) and `Note`.
    """
    ids = cells(frame, window)["id"]
    rows = frame[frame["id"].isin(ids)].sort_values(["start", "id"], na_position="first")
    names = data.load("actors").set_index("id")["name"]
    return pd.DataFrame(
        {
            "Who": rows["from_actor"].map(names),
            "Relation": rows["relation"].map(lambda kind: RELATIONS[kind].words),
            "To or with whom": rows["to_actor"].map(names),
            "Both ways": rows["directed"].map({True: "no", False: "yes"}),
            "From": in_words(rows, "start", missing="before the period"),
            "To": in_words(rows, "end", missing="no end found"),
            "Where": rows["place"].fillna(""),
            "Our reading": rows["interpretive"].map({True: "yes", False: "no"}),
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-relations`, June 2014 to April 2019. `frame` is the table `relations` or a selection of it."""
    rows = theme.drawn(cells(frame), OPENINGS[WAR].name, "relations")
    return Explorer(
        chart(frame),
        name=OPENINGS[WAR].name,
        controls=controls(),
        play="month",
        presets={"month": OPENINGS[WAR].moments},
        title=title(frame),
        description=(
            "A matrix for October 2017. Each row is a group of actors, each column the group it acts on; ISIS has a "
            "column only. "
            "Blue boxes mean help, green boxes dealings, red boxes fights, ochre boxes open quarrels; "
            "outlined boxes are our reading. "
            "The row of the US and the coalition has blue boxes for Iraq, the Iraqi Kurds, the SDF and others. "
            "Red boxes in the column of the Iraqi Kurds show that Iraq and the PMF fought them in that month, while "
            "most rows have a red box in the last column, ISIS."
        ),
        table=table(frame),
        sources=data.sources_of(frame[frame["id"].isin(rows["id"])]),
        as_of="April 2019",
        steps=_steps(),
        compare=True,
    )


def _steps():
    """September 2014, April 2015, October 2017 twice, and February 2018."""
    kirkuk = {"month": 201710, "actor": "none"}
    return [
        Step(
            {"month": 201409, "actor": "none"},
            fill(
                "September 2014: {computed/relations-september-2014 as number} relations hold. Most rows have a red F in "
                "the last column, for they fight ISIS; {computed/partner-fights-september-2014 as number} fights are "
                "between groups that both fought it."
            ),
        ),
        Step(
            {"month": 201504, "actor": "Nusra, HTS"},
            "April 2015: the row of Nusra has a red F for ISIS and a green C above it. At Yarmouk the two took control "
            "together, as two reports have it; a year later they fought over it.",
        ),
        Step(
            kirkuk,
            "October 2017: look down the column of the Iraqi Kurds. A blue box from the United States means help; red boxes "
            "from Iraq and from the PMF mean that they fought the Kurds at Kirkuk.",
        ),
        Step(
            kirkuk | {"actor": "US, coalition"},
            "The same month, along the row of the United States and its coalition: a blue box for Iraq too. It helped both "
            "sides of that fight.",
        ),
        Step(
            {"month": 201802, "actor": "none"},
            fill(
                "February 2018: {computed/partner-fights-february-2018 as number} fights between enemies of ISIS hold in "
                "one month, Afrin and Khasham among them."
            ),
        ),
    ]


def aftermath(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-relations-after`, September 2017 to February 2026. `frame` is the table `relations`."""
    window = AFTERMATH
    rows = theme.drawn(cells(frame, window), OPENINGS[window].name, "relations")
    return Explorer(
        chart(frame, window),
        name=OPENINGS[window].name,
        controls=controls(window),
        play="month",
        presets={"month": OPENINGS[window].moments},
        title=title(frame, window),
        description=(
            "The same matrix for January 2026, with a row for the Syrian government formed after December 2024. "
            "It and the SDF have red boxes for each other, and green ones for the truce of 18 January. "
            "The row of the US and the coalition has a blue box for the SDF and a green one for the new government. "
            "Boxes for Assad's side are gone. Outlined boxes are our reading; dashed ones began before May 2019 and "
            "have no end in the table."
        ),
        table=table(frame, window),
        sources=data.sources_of(frame[frame["id"].isin(rows["id"])]),
        as_of="February 2026",
        compare=True,
    )
