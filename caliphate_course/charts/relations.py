"""Who helped and who fought whom: for one group of actors a strip of time for each other group."""

from __future__ import annotations

import json
from dataclasses import dataclass

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.facts import fill
from caliphate_course.measures.relations import (
    AFTERMATH,
    COALITION,
    LAST_MONTH_RESEARCHED,
    WAR,
    Window,
    both_helped,
    cells,
)
from caliphate_course.words import FAMILIES, RELATIONS
from coursebook import months
from coursebook.figures import Explorer, StateTitle, Step, theme
from coursebook.words import in_words

# A row has its words above and its strip below, of two lanes: help and deals over fights and quarrels.
ROW_HEIGHT, WORDS_UP, LANE, EDGE = 34, -4, 6, 4


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
_ARROW = "datum.mutual ? '↔' : datum.source == actor ? '←' : '→'"  # behind the name of the other group
_WITHOUT_ARTICLE = {"ISIS", "CJTF-OIR"}
_ACTIVE = "datum.start <= month && month <= datum.end"
_MONTH_WORDS = months.expression("month")


def _in_sentence(name):
    """The short name of an actor with the article that a sentence needs: the PKK, but ISIS."""
    return f"the {name}" if name.isupper() and name not in _WITHOUT_ARTICLE else name


def _drawable(frame, window):
    """The directed relations of the window, each with its two groups, months, look, and words from either side."""
    rows = cells(frame, window)
    names = data.load("actors").set_index("id")["short_name"].map(_in_sentence)
    sentences = [
        RELATIONS[row.relation].sentence.format(names[row.from_actor], names[row.to_actor]) for row in rows.itertuples()
    ]
    kinds = rows["relation"].map(RELATIONS)
    drawn = pd.DataFrame(
        {
            **rows[["source", "target", "start", "end", "rank", "first", "open", "among"]],
            "unsure": rows["interpretive"].astype(bool),
            "family": [FAMILIES[kind.family][0] for kind in kinds],
            "phrase": [kind.brief for kind in kinds],
            "mutual": ~rows["directed"].astype(bool),
            "does": [sentence[0].upper() + sentence[1:] for sentence in sentences],
            "time": [_time_words(row, window) for row in rows.itertuples()],
        }
    )
    drawn = _cut(drawn)
    return drawn.assign(start=drawn["start"].clip(lower=window.first), end=drawn["end"].clip(upper=window.last))


def _time_words(row, window):
    since = months.words(row.start) if row.start >= window.first else f"before {months.words(window.first)}"
    if row.end == months.FAR_FUTURE:
        return f"{since}; no end found"
    return f"{since} to {months.words(row.end)}" if row.end > row.start else since


def _stretch(first, last):
    return f"{months.words(first)} to {months.words(last)}"


def _always(names, window):
    """What a row that stands for a group or pair itself has in the place of a relation: it holds in each month."""
    return {
        "start": 0,
        "end": months.FAR_FUTURE,
        "phrase": "",
        "does": names,
        "time": _stretch(window.first, window.last),
    }


def _cut(drawn):
    """Relations without an end in two pieces: `open` is true only of months that were researched less closely."""
    later = drawn[drawn["open"]].assign(start=LAST_MONTH_RESEARCHED + 1)
    sooner = drawn.assign(end=drawn["end"].where(~drawn["open"], LAST_MONTH_RESEARCHED), open=False)
    return pd.concat([sooner, later], ignore_index=True)


def chart(frame: pd.DataFrame, window: Window = WAR) -> alt.LayerChart:
    """A strip of time for each group with which `actor` has to do, and in words what holds in `month` (year * 100 + month).

    While `actor` is 'none' the strips are of the pairs that fought each other though both had fought ISIS. `frame` is the
    table `relations`.
    """
    rows = _drawable(frame, window)
    one, pairs = _kept(_of_one(rows, window)), _of_pairs(rows, frame, window)
    slots = max(len(window.groups), pairs["slot"].max() + 1)
    everybody = _kept(alt.Chart(pairs).transform_filter("actor == 'none'"))
    layers = alt.layer(
        *_strips(one, window, slots),
        *_strips(everybody, window, slots),
        _words(one, slots, "one"),
        _words(everybody, slots, "pairs"),
        *_reading(rows, window),
        *_counts(rows),
    )
    layers = layers.properties(width=theme.FULL, height=slots * ROW_HEIGHT + 160)
    return layers.add_params(*(alt.param(name=name) for name in ("month", "actor", "only")))


def _kept(chart):
    """On paper, where the param `only` has the labels of some rows, these alone, one under the other."""
    kept = chart.transform_filter("!only || indexof(only, datum.label) >= 0")
    return kept.transform_calculate(slot="only ? indexof(only, datum.label) : datum.slot")


def _paper(*labels):
    """What a step that is about the rows of these labels is on paper."""
    return {"only": list(labels), "height": 140 + ROW_HEIGHT * len(labels)}


def _of_one(rows, window):
    """The relations of `actor`, each with the `other` group, its `slot` from the top, and a `phrase` as the actor sees it.

    Rows without a source stand for the groups themselves, which are named in each state.
    """
    groups = pd.DataFrame({"source": "", "target": list(window.groups), **_always(list(window.groups), window)})
    slots = json.dumps({group: slot for slot, group in enumerate(window.groups)})
    return (
        alt.Chart(pd.concat([groups, rows]))
        .transform_filter("actor != 'none' && (!datum.source || datum.source == actor || datum.target == actor)")
        .transform_calculate(
            other="datum.source && datum.source != actor ? datum.source : datum.target",
            phrase=f"datum.phrase && ({_ARROW}) + ' ' + datum.phrase",
        )
        .transform_calculate(
            slot=f"{slots}[datum.other]", label="datum.other == actor ? 'Among themselves' : datum.other"
        )
    )


def _of_pairs(rows, frame, window):
    """The fights between enemies of ISIS by pair, from the first on, and when the coalition helped both of a pair.

    Columns as those that `_of_one` leaves, all in one frame.
    """
    fights = rows[rows["among"]].assign(phrase="are fighting")
    pair = [" and ".join(sorted(two)) for two in zip(fights["source"], fights["target"], strict=True)]
    fights = fights.assign(label=pair).drop_duplicates(["label", "start", "end"])
    order = {label: slot for slot, label in enumerate(fights.sort_values(["start", "label"])["label"].unique())}
    helped = both_helped(frame, fights, window)
    helped = helped.assign(
        does="The coalition helps both",
        time=[_stretch(row.start, row.end) for row in helped.itertuples()],
        family=FAMILIES["help"][0],
        phrase="both are helped",
        unsure=False,
        open=False,
        rank=0,
    )
    named = pd.DataFrame({"label": list(order), **_always(list(order), window)})
    every = pd.concat([named, fights, helped])
    columns = ["label", "start", "end", "phrase", "family", "unsure", "open", "rank", "does", "time"]
    return every[columns].assign(slot=every["label"].map(order))


def _reading(rows, window):
    """Above the strips, how to read them."""
    arrows = "'→ acts on ' + actor + ', ← the other way, ↔ both'"
    line = alt.Chart(rows[:1]).transform_calculate(
        line=f"actor == 'none' ? 'Red: they fight. Blue: the coalition helps both.' : {arrows}"
    )
    line = line.mark_text(align="left", color=theme.MUTED, x=0, y=-78).encode(text="line:N")
    outlined = "Outlined: our reading" + ("; dashed: no end found" if window is AFTERMATH else "")
    return line, theme.note(outlined, x=0, y=-62)


def _time(field, window):
    first, after = (
        f"datetime({month // 100}, {month % 100 - 1 + more}, 1)"
        for month, more in ((window.first, 0), (window.last, 1))
    )
    axis = alt.Axis(orient="top", format="%Y", tickCount="year", grid=False, offset=4)
    return alt.X(field, title=None, axis=axis, scale=alt.Scale(domain=[alt.ExprRef(first), alt.ExprRef(after)]))


def _down(slots):
    """The rows; those beyond the rows kept on paper take no room, as a scale has each value once."""
    places = [alt.ExprRef(f"only && length(only) <= {slot} ? 0 : {slot}") for slot in range(slots)]
    return alt.Y("slot:O", axis=None, scale=alt.Scale(domain=places, padding=0))


def _strips(chart, window, slots):
    """In each row the months of help and deals over those of fights and quarrels, and a tick at the month chosen."""
    spans = chart.transform_filter("isValid(datum.family)").transform_calculate(
        left="datetime(floor(datum.start / 100), datum.start % 100 - 1, 1)",
        right="datetime(floor(datum.end / 100), datum.end % 100, 1)",
    )
    named = chart.transform_filter("!isValid(datum.family)").transform_calculate(
        now="datetime(floor(month / 100), month % 100 - 1, 15)"
    )
    track = named.mark_bar(height=2 * LANE + 2, yOffset=EDGE + LANE, color=theme.BAND)
    tick = named.mark_tick(orient="vertical", size=2 * LANE + 2, yOffset=EDGE + LANE, thickness=2, color=theme.INK)
    y, look = _down(slots), {"height": LANE, "strokeWidth": 1}
    lanes = [
        spans.transform_filter(
            f"{test}(datum.family == '{FAMILIES['fight'][0]}' || datum.family == '{FAMILIES['odds'][0]}')"
        )
        .mark_bar(yOffset=EDGE + LANE + by, **look)
        .encode(
            y=y,
            x=_time("left:T", window),
            x2="right:T",
            fill=_by_family(alt.Fill, alt.Legend(orient="top", columns=4, symbolType="square", offset=6)),
            stroke=_by_family(alt.Stroke, None),
            fillOpacity=alt.condition("datum.unsure || datum.open", alt.value(0.08), alt.value(1)),
            strokeDash=alt.condition("datum.open", alt.value([3, 2]), alt.value([1, 0])),
            tooltip=theme.tooltip(does="Relation", time="Time"),
        )
        for test, by in (("!", -LANE / 2), ("", LANE / 2 + 1))
    ]
    return [
        track.encode(y=y, x=alt.value(0), x2=alt.value("width")),
        *lanes,
        tick.encode(y=y, x=_time("now:T", window)),
    ]


def _by_family(channel, legend):
    labels, colours = zip(*FAMILIES.values(), strict=True)
    return channel("family:N", scale=alt.Scale(domain=list(labels), range=list(colours)), legend=legend)


def _words(chart, slots, name):
    """Over each strip the group or pair, and what holds in the month chosen; red where it is a fight, pale if nothing does."""
    colour = f"datum.fight ? '{theme.RED}' : datum.said ? '{theme.INK}' : '{theme.MUTED}'"
    return (
        chart.transform_filter(_ACTIVE)
        .transform_calculate(fights=f"datum.family == '{FAMILIES['fight'][0]}' ? 1 : 0")
        .transform_aggregate(fight="max(fights)", place="min(rank)", groupby=["slot", "label", "phrase"])
        .transform_aggregate(fight="max(fight)", all="values(phrase)", groupby=["slot", "label"])
        .transform_calculate(said="slice(join(pluck(datum.all, 'phrase'), ', '), 2)")
        .transform_calculate(line="datum.label + (datum.said ? ' ' + datum.said : '')")
        .mark_text(
            align="left",
            baseline="middle",
            x=0,
            dy=WORDS_UP,
            fontSize=12,
            limit=alt.ExprRef("width"),
            color=alt.ExprRef(colour),
        )
        .encode(y=_down(slots), text="line:N")
        .properties(name=f"status_{name}")
    )


def _counts(rows):
    """How many relations hold in the month, how many of them are fights, and with or among whom."""
    fight = f"{_ACTIVE} && datum.family == '{FAMILIES['fight'][0]}'"
    sums = {
        "all": f"{_ACTIVE} ? datum.first : 0",
        "fought": f"{fight} ? datum.first : 0",
        "isis": f"{fight} && (datum.source == 'ISIS' || datum.target == 'ISIS') ? datum.first : 0",
        "partners": f"{_ACTIVE} && datum.among ? datum.first : 0",
    }
    others = "(datum.fought - datum.isis - datum.partners)"
    lines = {
        "status": (f"{_MONTH_WORDS} + ': ' + datum.all + ' relations, ' + datum.fought + ' of them fights'", -122, {}),
        "status_fights": (
            "datum.isis + (datum.isis == 1 ? ' fight' : ' fights') + ' with ISIS, ' + datum.partners + ' between enemies of ISIS'"
            f" + ({others} > 0 ? ', ' + {others} + ' apart' : '')",
            -102,
            {"fontWeight": "normal", "fontSize": 12},
        ),
    }
    return [
        theme.status(rows, x=0, y=up, name=name.removeprefix("status").strip("_"), **look)
        .transform_calculate(**sums)
        .transform_aggregate(**{name: f"sum({name})" for name in sums})
        .transform_calculate(line=line)
        .encode(text="line:N")
        for name, (line, up, look) in lines.items()
    ]


def controls(window: Window = WAR) -> dict[str, ipywidgets.Widget]:
    """A month, and the group said in words."""
    options = months.options(window.first, window.last)
    return {
        "month": ipywidgets.SelectionSlider(options=options, value=OPENINGS[window].month, description="Month"),
        "actor": ipywidgets.Dropdown(
            options=[("nobody: who fought whom", "none"), *[(label, label) for label in window.groups]],
            value=OPENINGS[window].actor,
            description="In the middle",
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
            "Strips of time from June 2014 to April 2019, one for each group of actors that had to do with the Iraqi Kurds. "
            "Blue means help, green deals, red a fight, ochre an open quarrel; outlined stretches are our reading. A tick stands at "
            "October 2017. The strip of the US and the coalition is blue from August 2014 to the end. Those of Iraq and of "
            "the PMF turn red in October 2017, that of ISIS is red until the end of 2017."
        ),
        table=table(frame),
        sources=data.sources_of(frame[frame["id"].isin(rows["id"])]),
        as_of="April 2019",
        steps=_steps(),
        compare=True,
    )


def _steps():
    """September 2014, April 2015, October 2017 from two sides, and February 2018."""
    return [
        Step(
            {"month": 201409, "actor": "ISIS"},
            fill(
                "September 2014: {computed/relations-september-2014 as number} relations hold. Most rows are red, for most groups "
                "fight ISIS; {computed/partner-fights-september-2014 as number} fights are between groups that both fought it."
            ),
        ),
        Step(
            {"month": 201504, "actor": "Nusra, HTS"},
            "April 2015: in the row of ISIS Nusra fights, in red, and coordinates, in green. At Yarmouk the two took control "
            "together, as two reports have it; a year later they fought over it.",
            **_paper("ISIS"),
        ),
        Step(
            {"month": 201710, "actor": "Iraqi Kurds"},
            "October 2017: the United States gives the Iraqi Kurds air support, in blue. Iraq and the PMF fight them at Kirkuk, "
            "in red.",
            **_paper("US, coalition", "Iraq", "PMF"),
        ),
        Step(
            {"month": 201710, "actor": "US, coalition"},
            "The same month, as the United States and its coalition had it: air support for Iraq too. They helped both sides "
            "of that fight.",
            **_paper("Iraq", "Iraqi Kurds"),
        ),
        Step(
            {"month": 201802, "actor": "none"},
            fill(
                "February 2018: {computed/partner-fights-february-2018 as number} fights between enemies of ISIS hold in "
                "one month, Afrin and Khasham among them."
            ),
            **_paper(
                "Rebels (Turkey) and SDF, YPG",
                "SDF, YPG and Turkey",
                "Damascus and US, coalition",
                "Russia and US, coalition",
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
            "The same strips from September 2017 to February 2026 for the SDF and the YPG, with a row for the Syrian government "
            "formed after December 2024. A tick stands at January 2026: the SDF and that government fight, in red, and "
            "strike deals, in green. The strip of the US and the coalition is blue throughout. Those of Assad's side end in "
            "December 2024. Outlined stretches are our reading; dashed ones began before May 2019 and have no end in the table."
        ),
        table=table(frame, window),
        sources=data.sources_of(frame[frame["id"].isin(rows["id"])]),
        as_of="February 2026",
        compare=True,
    )
