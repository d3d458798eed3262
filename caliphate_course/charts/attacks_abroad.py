"""Attacks outside Iraq and Syria by year, beside the area that ISIS held, so that a link can be tested."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses
from caliphate_course.measures.attacks_abroad import area, attacks
from caliphate_course.words import TIES, labels
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import in_words

REGIONS = {"europe": "Europe", "north_america": "North America", "mena": "Middle East, North Africa", "asia": "Asia"}
DENSE = (2015, 2017)  # the years to which most of them belong
ALL = "all"
ROW_HEIGHT, MOST_KILLED = 19, 310
_SHOWN = f"show == '{ALL}' || datum.attribution == show || datum.region == show"


_SAYS = [
    *theme.tooltip(when="Date", title="Attack"),
    alt.Tooltip("killed_low:Q", title="Killed, at least", format=","),
    *theme.tooltip(most="Killed, up to", attribution_note="Who says so"),
]


def chart(events: pd.DataFrame, territory: pd.DataFrame) -> alt.LayerChart:
    """The attacks by date under their year, each with its place and a bar of the people killed (at least).

    Beside each year stand the number of attacks shown and what IHS says was held. `events` and `territory` are the tables
    `events` and `territory_estimates`; `show` (ALL, a key of TIES or of REGIONS) chooses attacks.
    """
    rows = _listed(attacks(events), area(territory))
    shown = (
        alt.Chart(rows)
        .transform_calculate(counts=f"datum.heading || {_SHOWN} ? 1 : 0", one=f"!datum.heading && ({_SHOWN}) ? 1 : 0")
        .transform_filter("datum.counts > 0")
        .transform_joinaggregate(attacks="sum(one)", groupby=["year"])
        .transform_window(slot="row_number()", sort=[alt.SortField("date"), alt.SortField("heading", "descending")])
    )
    y = alt.Y("slot:O", axis=None, scale=alt.Scale(domain=list(range(1, len(rows) + 1)), padding=0))
    listed = (
        shown.transform_filter("!datum.heading").transform_calculate(when="datum.day + ' ' + datum.year").encode(y=y)
    )
    layers = alt.layer(
        *_headings(shown.transform_filter("datum.heading"), y), *_rows(listed), _status(rows), *_guess(rows, y)
    )
    layers = layers.properties(width=theme.FULL, height=ROW_HEIGHT * len(rows) + 60)
    return layers.add_params(*(alt.param(name=name) for name in ("show", "guess")))


def _listed(rows, held):
    """One row for each attack and, before those of each year, one for the year, with the area that IHS has in it."""
    columns = ["title", "place", "killed_low", "tie", "attribution", "attribution_note", "region"]
    listed = rows[columns].assign(
        date=rows["date"].dt.strftime("%Y-%m-%d"),
        day=rows["date"].dt.strftime("%-d %b"),
        year=rows["date"].dt.year,
        killed=rows["killed_low"].astype(int).astype(str) + rows["at_least"].map({True: "+", False: ""}),
        most=_most(rows),
        heading=False,
    )
    years = sorted(set(listed["year"]))
    headings = [
        {
            **dict.fromkeys(("most", "attribution_note"), "see each attack"),
            "heading": True,
            "year": year,
            "date": f"{year}-01-01",
            "held": _held(held, year),
            "title": f"All listed attacks of {year}",
            "killed_low": int(listed.loc[listed["year"] == year, "killed_low"].sum()),
        }
        for year in years
    ]
    return pd.concat([pd.DataFrame(headings), listed], ignore_index=True)


def _held(area, year):
    thousands = (area.loc[area["date"].dt.year == year, "best"] / 1000).round().astype(int).tolist()
    span = " to ".join(str(number) for number in dict.fromkeys((*thousands[:1], *thousands[-1:])))
    return f"ISIS held {span} thousand km²" if span else "no figure by IHS"


def _headings(years, y):
    words = "datum.year + ': ' + (datum.attacks || 'no') + (datum.attacks == 1 ? ' attack' : ' attacks')"
    year = years.transform_calculate(line=words).mark_text(align="left", x=0, fontWeight="bold", fontSize=13, dy=2)
    return [
        year.encode(y=y, text="line:N"),
        years.mark_text(align="right", x=alt.ExprRef("width"), color=theme.MUTED, dy=2).encode(y=y, text="held:N"),
    ]


def _rows(listed):
    """Mark of the tie, day, place, people killed as a number and as a bar; attacks that ISIS directed in the accent."""
    words, shapes, colours = zip(*TIES.values(), strict=True)
    domain = list(words)
    legend = alt.Legend(columns=2, orient="bottom", symbolType="circle")
    colour = alt.Color("tie:N", scale=alt.Scale(domain=domain, range=list(colours)), legend=legend)
    shape = alt.Shape("tie:N", scale=alt.Scale(domain=domain, range=list(shapes)), legend=legend)
    killed_at = "(width < 400 ? 226 : 330)"
    length = f"(width - {killed_at} - 8) * datum.killed_low / {MOST_KILLED}"
    return [
        listed.mark_bar(
            height=7, x=alt.ExprRef(f"{killed_at} + 6"), x2=alt.ExprRef(f"{killed_at} + 6 + {length}")
        ).encode(color=colour),
        listed.mark_point(size=55, x=6).encode(color=colour, shape=shape),
        listed.mark_text(align="left", x=18).encode(text="day:N", color=alt.value(theme.MUTED)),
        listed.mark_text(align="left", x=64, limit=alt.ExprRef(f"{killed_at} - 96")).encode(
            text="place:N", tooltip=_SAYS
        ),
        listed.mark_text(align="right", x=alt.ExprRef(killed_at)).encode(text="killed:N"),
    ]


def _status(rows):
    count = theme.status(rows, x=0, y=-26).transform_filter(f"!datum.heading && ({_SHOWN})")
    line = "datum.shown + (datum.shown == 1 ? ' attack shown' : ' attacks shown') + ', by people killed'"
    return count.transform_aggregate(shown="count()").transform_calculate(line=line).encode(text="line:N")


def _guess(rows, y):
    """Beside the years in question, what a reader guessed of them, while all attacks are shown."""
    listed = (~rows["heading"]).sum()
    ordered = rows.sort_values(["date", "heading"], ascending=[True, False])["year"].between(*DENSE)
    ends = pd.DataFrame([{"slot": int(ordered.to_numpy().argmax()) + 1, "last": int(ordered.sum())}])
    ends = alt.Chart(ends).transform_filter(f"isValid(guess) && show == '{ALL}'")
    words = ends.transform_calculate(words=f"'your guess: ' + guess + ' of {listed} in these years'")
    line = ends.mark_rule(color=theme.GUESSED, strokeDash=[6, 4], strokeWidth=2, x=alt.ExprRef("width"))
    text = words.mark_text(color=theme.GUESSED, align="right", fontWeight="bold", x=alt.ExprRef("width - 6"), dy=18)
    return line.encode(y=y, y2="last:O"), text.encode(y=y, text="words:N")


def _most(rows):
    return rows["killed_high"].astype("object").fillna("not given")


def controls(events: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """All attacks, those with one tie to ISIS, or those in one region."""
    rows = attacks(events)
    options = [("all", ALL)]
    for names, column in ((labels(TIES), "attribution"), (REGIONS, "region")):
        options += [(words, key) for key, words in names.items() if key in set(rows[column])]
    return {"show": ipywidgets.Dropdown(options=options, value=ALL, description="Attacks")}


def table(events: pd.DataFrame) -> pd.DataFrame:
    """One row per attack drawn.

    Columns `Date` (in words), `Attack`, `Killed, at least` (people), `Killed, up to` (people, or 'not given'),
    `Tie to ISIS` and `Who says so`.
    """
    rows = attacks(events)
    return pd.DataFrame(
        {
            "Date": in_words(rows),
            "Attack": rows["title"],
            "Killed, at least": rows["killed_low"],
            "Killed, up to": _most(rows),
            "Tie to ISIS": rows["tie"],
            "Who says so": rows["attribution_note"],
        }
    )


def _title(rows) -> StateTitle:
    """How many of the attacks shown fall in the years in which most do."""

    def sentence(show):
        shown = rows[(show == ALL) | (rows["attribution"] == show) | (rows["region"] == show)]
        said = f"{_dense(shown)} of {len(shown)} listed attacks abroad fall in {DENSE[0]} to {DENSE[1]}"
        if show == ALL:
            return f"{said}; the list ends a month after the last village"
        return f"{REGIONS.get(show) or labels(TIES)[show]}: {said}"

    return StateTitle(by=("show",), sentence=sentence)


def _dense(rows):
    return int(rows["date"].dt.year.between(*DENSE).sum())


def _directed(rows):
    return "; ".join(rows.loc[rows["attribution"] == "directed", "place"])


def _prediction(rows):
    found = f"the {_dense(rows)} of {len(rows)} in the list"
    return Prediction(
        question=f"This book lists {len(rows)} attacks outside Iraq and Syria that were tied to ISIS, from "
        f"{in_words(rows)[0]} to {in_words(rows)[-1]}. How many of them fall in the three years "
        f"{DENSE[0]} to {DENSE[1]}?",
        title="Attacks outside Iraq and Syria, and the area that ISIS held",
        ask=guesses.numbers("Attacks in those years", len(rows)),
        sentence=lambda guess: guesses.against(guess, _dense(rows), found),
    )


def explorer(events: pd.DataFrame, territory: pd.DataFrame) -> Explorer:
    """The figure `fig-attacks-abroad`; the tables are `events` and `territory_estimates`."""
    listed = theme.drawn(attacks(events), "fig-attacks-abroad", "events")
    held = theme.drawn(area(territory), "fig-attacks-abroad", "territory_estimates")
    return Explorer(
        chart(events, territory),
        name="fig-attacks-abroad",
        controls=controls(events),
        title=_title(listed),
        prediction=_prediction(listed),
        description="A list by date of the attacks outside Iraq and Syria from 2015 to April 2019, under their years, each with its "
        "place, the number of people killed, at least, and a bar of that length; a mark tells how it is tied to ISIS. Beside each "
        f"year stands the area that ISIS held by IHS, which falls until {held['date'].max():%B %Y} and then has no figure. Most rows stand under "
        "2015, 2016 and 2017, few under 2018 and 2019. Red are only those that, by the sources used, ISIS directed: "
        f"{_directed(listed)}.",
        table=table(events),
        sources=data.sources_of(pd.concat([listed, held])),
        as_of="April 2019",
    )
