"""The camps and the prisons: al-Hol's people by nationality, and prisoners held, escaped, moved and taken home."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses, kinds, ranges
from caliphate_course.charts.kinds import OTHERS, PARTY, UNITED_NATIONS, Shown
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import date_words, in_words

_NAMED_BAR = "19 July 2020"  # beside which the parts are named
SCOPES = {"al_hol": "al-Hol alone", "al_hol_and_roj": "al-Hol and Roj together"}
TOTAL = "everyone"
GROUPS = {"syrians": "Syrians", "iraqis": "Iraqis", "third_country": "Other countries"}
COLOURS = {"Syrians": theme.PURPLE, "Iraqis": theme.GREEN, "Other countries": theme.OCHRE}
_GROUP_OF = {"population": TOTAL, **GROUPS}
# A figure printed in error is told of in the lesson and stands in the table, not among the counts.
_STALE = ("al-hol-2026-01-arab-news",)
_LABELLED = (
    "al-hol-2019-05", "al-hol-2021-02", "al-hol-2022-01", "al-hol-2025-02", "al-hol-2026-01",
    "al-hol-2026-02-closed",
)  # fmt: skip
_TOLD = ("al-hol-2019-05", "al-hol-2026-01", "al-hol-2026-02-closed")  # the title speaks of these
# Close to another count: without a label of their own, or with one on the left.
_UNLABELLED = (
    "al-hol-2020-01-iraqis", "al-hol-2020-01-syrians", "al-hol-2020-01-third-country", "al-hol-2020-07-iraqis",
    "al-hol-2020-07-syrians", "al-hol-2020-07-third-country", "al-hol-2025-iraqis-18000", "camps-2026-q1",
)  # fmt: skip
_LEFT = ("al-hol-2025-late-iraqis", "camps-2024-07", "al-hol-2024-iraqis", "al-hol-2026-01")


def people(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `detention` that count residents of the camps, in people, with the columns of `stated`.

    Adds `group` (everyone, Syrians, Iraqis, Other countries), `when` (the date in words), `from` and `to`: the stretch of
    a stacked bar, filled only on the dates for which one counter of one scope gives all three groups.
    """
    rows = frame[frame["scope"].isin(SCOPES) & frame["measure"].isin(_GROUP_OF) & ~frame["id"].isin(_STALE)]
    rows = stated(rows)
    rows = rows.assign(group=rows["measure"].map(_GROUP_OF), when=in_words(rows))
    parts = rows[rows["group"] != TOTAL].copy()
    parts["order"] = parts["group"].map(list(GROUPS.values()).index)
    parts = parts.sort_values(["date", "order"])
    by = parts.groupby(["scope", "counter", "date"])
    whole = parts["best"].notna() & (by["group"].transform("nunique") == len(GROUPS))
    top = by["best"].cumsum().where(whole)
    rows = rows.assign(**{"to": top, "from": top - parts["best"]})
    return rows.sort_values(["date", "group"]).reset_index(drop=True)


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Residents by date: points for counts, stacked bars where a count gives all three groups.

    `frame` is the table `detention`. Param: `show` (a key of `views`).
    """
    columns = ["scope", "group", "date", "when", "counter", "definition", "words", "brief", "form", "at", "from", "to"]
    rows = people(frame)
    alone = rows["brief"].where(~rows["id"].isin(_UNLABELLED), "")
    rows = rows.assign(
        name=rows["brief"].where(rows["id"].isin(_LABELLED), ""),
        alone=alone,
        left=rows["id"].isin(_LEFT),
        told=rows["id"].isin(_TOLD),
    )[[*columns, "name", "alone", "left", "told"]]
    base = alt.Chart(rows).transform_filter(f"datum.scope == {_SCOPE}")
    layers = alt.layer(*_counts(base), _status(rows)).properties(width=theme.FULL, height=340)
    return layers.add_params(alt.param(name="show"))


_SCOPE, _GROUP = "split(show, ', ')[0]", "split(show, ', ')[1]"


def _counts(base):
    """Stacked bars by nationality, a point for each count of the group chosen, and figures beside some of them."""
    # Behind the last counts the words beside them have room, on a phone too.
    axis = alt.Axis(format="%Y", values=[f"{year}-01-01" for year in range(2019, 2027)])
    time = alt.X("date:T", title=None, axis=axis, scale=alt.Scale(domain=["2018-09-01", "2027-04-01"]))
    y = alt.Y("at:Q", title=None, scale=alt.Scale(domain=[0, 80_000]), axis=alt.Axis(format=",d", tickCount=5))
    scale = alt.Scale(domain=[TOTAL, *COLOURS], range=[theme.INK, *COLOURS.values()])
    look = {
        "color": alt.Color("group:N", scale=scale, legend=None),
        "tooltip": theme.tooltip(
            group="Group", words="People", when="Date", counter="Who counted", definition="What was counted"
        ),
    }
    bars = (
        base.transform_filter(f"isValid(datum.to) && {_GROUP} == '{TOTAL}'")
        .mark_bar(size=alt.ExprRef("width > 400 ? 9 : 5"), fillOpacity=0.55)
        .encode(x=time, y=alt.Y("from:Q"), y2="to:Q", **look)
    )
    chosen = base.transform_filter(f"datum.group == {_GROUP}").encode(x=time, y=y)
    points = chosen.mark_point(filled=True, size=70).encode(shape=ranges.shape("triangle-up", "triangle-down"), **look)
    return bars, points, *_labels(chosen), *_parts(base, time, look["color"])


def _labels(chosen):
    names = (
        chosen.transform_calculate(say=f"show == 'al_hol, {TOTAL}' ? datum.name : datum.alone")
        .transform_filter("length(datum.say) > 0")
        .encode(text="say:N")
    )
    bold = alt.ExprRef("datum.told ? 'bold' : 'normal'")
    right = names.transform_filter("!datum.left").mark_text(align="left", dx=8, dy=-8, fontWeight=bold)
    left = names.transform_filter("datum.left").mark_text(align="right", dx=-8, dy=-8, fontWeight=bold)
    return right, left


def _parts(base, time, color):
    """The name of each part of the bars, right of the last of them before 2026."""
    last = base.transform_filter(f"isValid(datum.to) && {_GROUP} == '{TOTAL}' && datum.when == '{_NAMED_BAR}'")
    # The uppermost is lower than its part: the count of the next year stands beside that.
    named = last.transform_calculate(at="(datum.from + datum.to) / 2 - (datum.group == 'Other countries' ? 9000 : 0)")
    y = alt.Y("at:Q")
    text = named.mark_text(align="left", dx=9, fontWeight="bold")
    return [text.encode(x=time, y=y, text="group:N", color=color)]


def _status(rows):
    return (
        theme.status(rows, x=-45, y=-44)
        .transform_filter("datum.scope + ', ' + datum.group == show")
        .transform_aggregate(figures="count()", groupby=["scope", "group"])
        .transform_calculate(
            line=f"{json.dumps(SCOPES)}[datum.scope] + ', ' + datum.group + ' (people): ' + datum.figures + "
            "(datum.figures == 1 ? ' figure' : ' figures')"
        )
        .encode(text="line:N")
    )


def views(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What a reader can choose: the counts of each scope and group for which there are any; keys are 'al_hol, Iraqis'."""
    rows = people(frame)
    found = dict(list(rows.groupby(rows["scope"] + ", " + rows["group"])))
    wanted = [f"{scope}, {group}" for scope in SCOPES for group in _GROUP_OF.values()]
    return {view: found[view] for view in wanted if view in found}


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Which camps, and which group of people."""
    options = [(_label(view), view) for view in views(frame)]
    return {"show": ipywidgets.Dropdown(options=options, value=options[0][1], description="People in")}


def _label(view):
    scope, group = view.split(", ")
    return f"{SCOPES[scope]}: {'everyone, by nationality' if group == TOTAL else group}"


def title(frame: pd.DataFrame) -> StateTitle:
    """How al-Hol emptied; for other camps and groups, the first and the last count."""
    shown = views(frame)

    def sentence(show):
        if show == f"al_hol, {TOTAL}":
            return fill(
                "Al-Hol held {detention/al-hol-2019-05 as number} people in May 2019 and {detention/al-hol-2026-01 as number} "
                "in January 2026; a month later it was empty"
            )
        scope, group = show.split(", ")
        said = [f"{row.words} ({row.when})" for row in shown[show].itertuples()]
        counts = said[0] if len(said) == 1 else f"first count {said[0]}, last {said[-1]}"
        return f"{SCOPES[scope]}, {group}: {counts}"

    return StateTitle(by=("show",), sentence=sentence)


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """Every count of residents, all text.

    Columns `Camps`, `Date`, `Group`, `People`, `Who counted`, `What was counted` and `Note`.
    """
    rows = people(frame)
    return pd.DataFrame(
        {
            "Camps": rows["scope"].map(SCOPES),
            "Date": rows["when"],
            "Group": rows["group"],
            "People": rows["words"],
            "Who counted": rows["counter"],
            "What was counted": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-al-hol`. `frame` is the table `detention` or a selection of its rows."""
    rows = theme.drawn(people(frame), "fig-al-hol", "detention")
    bars = rows[rows["to"].notna()]["date"].dt.strftime("%B %Y").unique()
    return Explorer(
        chart(frame),
        name="fig-al-hol",
        controls=controls(frame),
        title=title(frame),
        description=fill(
            "Residents of al-Hol camp alone. Points are counts, about {detention/al-hol-2018-12 as number} in December 2018, "
            "{detention/al-hol-2019-05 as number} in May 2019, nearly {detention/al-hol-2021-02 as number} in February 2021, "
            "{detention/al-hol-2022-01 as number} in January 2022, {detention/al-hol-2025-02 as number} in February 2025, "
            "{detention/al-hol-2026-01 as number} on 21 January 2026 and none on 22 February 2026. "
        )
        + f"Stacked bars give Syrians, Iraqis and people of other countries in {', '.join(bars)}. "
        "Counts by different bodies are not joined; triangles mean more than.",
        table=table(frame),
        sources=data.sources_of(rows),
        as_of="22 February 2026",
    )


# Prisoners -------------------------------------------------------------------------------------------------------

KINDS = {
    "escaped": "Escapes",
    "held": "Men held",
    "hasakah": "Deaths, Hasakah prison 2022",
    "moved": "Moved to Iraq",
    "home": "Taken home from the camps",
    "iraqis": "Iraqis brought home, running total",
}
TITLES = {
    "escaped": "Both sides gave a number for the escapes of January 2026; one was {computed/shaddadi-ratio as number} times "
    "the other",
    "held": "Syria's prisons held {detention/prisons-2023-06 as number} men by the UN's count of 2023, and "
    "{detention/prisons-2026-01 as number} by AP's of 2026",
    "hasakah": "Three counts of the ISIS dead at Hasakah: {detention/hasakah-2022-isis-killed-sohr as number}, "
    "{detention/hasakah-2022-isis-killed-sdf as number} and {detention/hasakah-2022-isis-killed-centcom as number}",
    "moved": "Of {detention/transfer-2026-iraq as number} prisoners moved to Iraq in 2026, by its own count, "
    "{detention/transfer-2026-iraq-syrians as number} were Syrians",
    "home": "{detention/repatriation-all-2019 as number} were taken home in 2019, "
    "{detention/repatriation-all-2022 as number} in 2022 to November",
    "iraqis": "Iraq's running total of those brought home went from {detention/al-hol-2025-02-repatriated as number} in "
    "February 2025 to {detention/al-hol-2025-late-repatriated as number} by the end of the year",
}
UNITS = {
    "held": "Prisoners",
    "escaped": "People",
    "hasakah": "People killed",
    "moved": "Prisoners",
    "home": "People in the year",
    "iraqis": "People since May 2021",
}
ROWS = {
    "abu-ghraib-2013-escaped": Shown("escaped", "Abu Ghraib, Taji 2013", OTHERS),
    "ain-issa-2019-left-authorities": Shown("escaped", "Ain Issa 2019: Kurds", PARTY),
    "ain-issa-2019-left-sohr": Shown("escaped", "Ain Issa 2019: SOHR", OTHERS),
    "hasakah-2022-missing": Shown("escaped", "Hasakah 2022: missing", OTHERS),
    "shaddadi-2026-escaped-sdf": Shown("escaped", "Shaddadi 2026: SDF", PARTY),
    "shaddadi-2026-escaped-damascus": Shown("escaped", "Shaddadi 2026: state", PARTY),
    "prisons-2022-11": Shown("held", "Syria, Nov 2022: HRW", OTHERS),
    "prisons-2022-12": Shown("held", "Syria, Dec 2022: US", PARTY),
    "prisons-2023-06": Shown("held", "Syria, 2023: UN", UNITED_NATIONS),
    "prisons-2024-07": Shown("held", "Syria, 2024: US", PARTY),
    "prisons-2026-01": Shown("held", "Syria, 2026: AP", OTHERS),
    "iraq-prisons-2022-12": Shown("held", "Iraq, 2022: US", PARTY),
    "hasakah-2022-isis-killed-sdf": Shown("hasakah", "ISIS dead: SDF", PARTY),
    "hasakah-2022-isis-killed-sohr": Shown("hasakah", "ISIS dead: SOHR", OTHERS),
    "hasakah-2022-isis-killed-centcom": Shown("hasakah", "ISIS dead: US", PARTY),
    "hasakah-2022-sdf-fighters": Shown("hasakah", "SDF fighters: SDF", PARTY),
    "hasakah-2022-staff": Shown("hasakah", "Prison staff: SDF", PARTY),
    "hasakah-2022-forces-sohr": Shown("hasakah", "Fighters, staff: SOHR", OTHERS),
    "hasakah-2022-forces-centcom": Shown("hasakah", "Fighters, staff: US", PARTY),
    "hasakah-2022-civilians": Shown("hasakah", "Civilians: SDF", PARTY),
    "transfer-before-2026-iraqis": Shown("moved", "Iraqis before 2026", PARTY),
    "transfer-2026-ceiling": Shown("moved", "2026: planned", PARTY),
    "transfer-2026-centcom": Shown("moved", "2026: US count", PARTY),
    "transfer-2026-iraq": Shown("moved", "2026: Iraq's count", PARTY),
    "transfer-2026-iraq-syrians": Shown("moved", "… Syrians", PARTY),
    "transfer-2026-iraq-iraqis": Shown("moved", "… Iraqis", PARTY),
    "transfer-2026-iraq-others": Shown("moved", "… not Arab", PARTY),
    "transfer-2026-minors": Shown("moved", "… under 18, of 500", PARTY),
    "repatriation-all-2019": Shown("home", "2019", PARTY),
    "repatriation-all-2020": Shown("home", "2020", PARTY),
    "repatriation-all-2021": Shown("home", "2021", PARTY),
    "repatriation-all-2022": Shown("home", "2022, to November", PARTY),
    "al-hol-2025-02-repatriated": Shown("iraqis", "February 2025", PARTY),
    "al-hol-2025-repatriated-15000": Shown("iraqis", "mid-2025", PARTY),
    "al-hol-2025-10-repatriated": Shown("iraqis", "October 2025", PARTY),
    "al-hol-2025-q4-repatriated": Shown("iraqis", "late 2025", PARTY),
    "al-hol-2025-late-repatriated": Shown("iraqis", "late 2025, again", PARTY),
}


def prisoners(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `detention` drawn in `fig-detained` (see `kinds.figures`), people throughout, with `who`."""
    return kinds.figures(frame, ROWS, {}).rename(columns={"counter": "who"})


def prisoners_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """One kind of figure on prisoners at a time. `frame` is the table `detention`; param: `kind`."""
    guess = theme.guess(alt.X("guessed:Q", title=None), shown="kind == 'escaped'")
    return kinds.chart(prisoners(frame), UNITS, guess)


def prisoners_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-detained`. `frame` is the table `detention` or a selection of its rows."""
    rows = theme.drawn(prisoners(frame), "fig-detained", "detention")
    first = rows[rows["kind"] == rows["kind"].iloc[0]]
    listed = "; ".join(f"{row.label}: {row.words}" for row in first.itertuples())
    return Explorer(
        prisoners_chart(frame),
        name="fig-detained",
        controls=kinds.controls(rows, KINDS, "Figures for"),
        prediction=_prediction(rows),
        title=kinds.title(TITLES),
        description=f"Escapes from prisons and a camp, one row for each source. {listed}. "
        "The menu changes to men held, deaths in the Hasakah prison, transfers to Iraq and people taken home.",
        table=kinds.table(rows, KINDS, UNITS),
        sources=data.sources_of(rows),
        as_of="February 2026; each row has its own date",
    )


def _prediction(rows):
    by_id = rows.set_index("id")
    if not {f"shaddadi-2026-escaped-{side}" for side in ("sdf", "damascus")} <= set(by_id.index):
        return None
    theirs, states = (by_id.loc[f"shaddadi-2026-escaped-{side}"] for side in ("sdf", "damascus"))
    number = int(theirs["at"])
    found = f"the {theirs['words']} of the SDF; Damascus said {states['words']}"
    return Prediction(
        question=f"In {date_words(states)} prisoners got out at Shaddadi while the prison changed hands. The government in "
        f"Damascus said {states['words']}. How many did the SDF, its guards until then, say?",
        title="Prisoners escaped, held and moved, as each side counted them",
        ask=guesses.numbers("Escaped, by the SDF's count", 3_000, step=50),
        sentence=lambda guess: guesses.against(guess, number, found),
    )
