"""How large was it? Sizes of the caliphate and of the flight from the war, with a place that the reader picks as the unit."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.in_your_terms import places, sizes, times
from caliphate_course.words import TERMS
from coursebook.figures import Explorer, StateTitle, theme

DEFAULT_PLACE = "Jordan"
GROUPS = {"area": ("Land", "km²"), "population": ("People", "people")}
# A row has its words above its bar; a unit that is narrower is not cut off from the next.
ROW_HEIGHT, BAR, LEAST_UNIT = 38, 12, 7


def chart(rows: pd.DataFrame, known: pd.DataFrame) -> alt.LayerChart:
    """A bar for each size, as long as so many of the place chosen (`place`), whose own bar stands above them.

    `rows` comes from `sizes`, `known` from `places`. Land and people have a scale each, in times the place.
    """
    slots = _slots(rows)
    y = alt.Y("slot:O", axis=None, scale=alt.Scale(domain=list(range(len(slots))), padding=0))
    measured = _measured(slots[slots["kind"] != "heading"], known)
    scale = alt.Scale(domain=[0, 1])
    along = {"y": y, "x": alt.X("zero:Q", axis=None, scale=scale), "x2": "share:Q"}
    colours = {"isis": theme.INK, "displaced": theme.ORANGE, "own": theme.BLUE}
    colour = alt.Color("kind:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None)
    bars = measured.mark_bar(height=BAR, yOffset=8).encode(
        **along, color=colour, tooltip=theme.tooltip(words="Size", said="In your terms")
    )
    cuts = (
        measured.transform_filter(f"datum.kind != 'own' && width > {LEAST_UNIT} * datum.most")
        .transform_calculate(unit="sequence(1, ceil(datum.times))")
        .transform_flatten(["unit"])
        .transform_calculate(at="datum.unit / datum.most")
        .mark_tick(orient="vertical", size=BAR, thickness=2, yOffset=8, color=theme.PAPER)
        .encode(y=y, x=alt.X("at:Q", axis=None, scale=scale))
    )
    words = measured.mark_text(align="left", x=0, dy=-7).encode(y=y, text="words:N")
    headings = alt.Chart(slots[slots["kind"] == "heading"]).transform_calculate(unit=_unit(known))
    heading = headings.transform_calculate(
        line="datum.label + (isValid(datum.unit) ? '' : ': our table has no area of ' + place)"
    ).mark_text(align="left", x=0, dy=8, fontWeight="bold", fontSize=13)
    layers = alt.layer(bars, cuts, words, heading.encode(y=y, text="line:N"), _status(rows, known))
    return layers.properties(width=theme.FULL, height=ROW_HEIGHT * len(slots) + 50).add_params(alt.param(name="place"))


def _slots(rows):
    """From top to bottom for each group a heading, the place itself, and the sizes."""
    stacked = []
    for group, (heading, _) in GROUPS.items():
        of_group = rows[rows["group"] == group]
        if len(of_group):
            stacked.append({"kind": "heading", "group": group, "label": heading})
            stacked.append({"kind": "own", "group": group, "label": ""})
            stacked += [
                {"kind": TERMS[row.id][2], "group": group, "label": row.label, "best": int(row.best)}
                for row in of_group.itertuples()
            ]
    return pd.DataFrame(stacked).assign(slot=range(len(stacked)), zero=0)


def _unit(known):
    """The size of the place chosen in a row's group, as a Vega expression."""
    units = {
        row.name: {
            group: None if pd.isna(size) else int(size)
            for group, size in (("area", row.area), ("population", row.population))
        }
        for row in known.itertuples(index=False)
    }
    return f"{json.dumps(units, ensure_ascii=False)}[place][datum.group]"


def _measured(slots, known):
    """Each size as `times` the place, `share` of the longest bar of its group, and in words."""
    names = json.dumps({group: unit for group, (_, unit) in GROUPS.items()})
    number = "format(datum.times, datum.times < 0.095 ? '.2f' : datum.times < 9.95 ? '.1f' : ',.0f')"
    size = f"format(datum.value, ',') + ' ' + {names}[datum.group]"
    return (
        alt.Chart(slots)
        .transform_calculate(unit=_unit(known))
        .transform_filter("isValid(datum.unit)")
        .transform_calculate(value="datum.kind == 'own' ? datum.unit : datum.best")
        .transform_calculate(times="datum.value / datum.unit")
        .transform_joinaggregate(most="max(times)", groupby=["group"])
        .transform_calculate(share="datum.times / datum.most", said=f"{number} + ' times'")
        .transform_calculate(
            words=f"(datum.kind == 'own' ? place : datum.label) + ': ' + {size} + (datum.kind == 'own' ? '' : ', ' + datum.said)"
        )
    )


def _status(rows, known):
    lines = pd.DataFrame([{"name": place["name"], "line": _line(rows, place)} for _, place in known.iterrows()])
    line = theme.status(lines, x=0, y=-42, lineBreak="\n").transform_filter("datum.name == place")
    return line.encode(text="line:N")


def _line(rows, place):
    found = times(rows, place).groupby(rows["group"]).agg(["min", "max"]).dropna()
    said = [
        f"{GROUPS[group][0].lower()} {_number(span['min'])} to {_number(span['max'])} times"
        for group, span in found.reindex([group for group in GROUPS if group in found.index]).iterrows()
    ]
    return f"{place['name']}: " + ", \n".join(said)


def _number(value):
    return f"{value:.2f}" if value < 0.095 else f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def controls(known: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The country or city that is the unit."""
    names = known["name"].tolist()
    default = DEFAULT_PLACE if DEFAULT_PLACE in names else names[0]
    return {"place": ipywidgets.Dropdown(options=names, value=default, description="Measure in")}


def title(rows: pd.DataFrame, known: pd.DataFrame) -> StateTitle:
    """The smallest and the largest size for its land, or of the people, in times the place."""
    by_name = known.set_index("name", drop=False)

    def sentence(place):
        found = times(rows, by_name.loc[place]).groupby(rows["group"]).agg(["min", "max"]).dropna()
        if "area" in found.index:
            span = found.loc["area"]
            return f"Sizes given for what ISIS held: {_number(span['min'])} to {_number(span['max'])} times {place}"
        span = found.loc["population"]
        return f"Ruled or driven out, count by count: {_number(span['min'])} to {_number(span['max'])} times the people of {place}"

    return StateTitle(by=("place",), sentence=sentence)


def table(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """One row per place, all text.

    Columns `Place`, `Area (km²)` and `People` (with year and what is counted), and a column for each size: times the place.
    """
    measured = pd.DataFrame([times(rows, place) for _, place in known.iterrows()])
    shown = {
        "Place": known["name"],
        "Area (km²)": [_told(place, "area") for _, place in known.iterrows()],
        "People": [_told(place, "population") for _, place in known.iterrows()],
    }
    columns = {
        label: [_number(one) if one == one else "" for one in measured[at]] for at, label in enumerate(rows["label"])
    }
    return pd.DataFrame(shown | columns)


def _told(place, measure):
    if pd.isna(place[measure]):
        return ""
    return f"{place[measure]:,} ({place[f'{measure}_year']}; {place[f'{measure}_definition']})"


def explorer(comparisons: pd.DataFrame, territory: pd.DataFrame, displacement: pd.DataFrame) -> Explorer:
    """The figure `fig-in-your-terms`; the tables are `comparisons`, `territory_estimates` and `displacement`."""
    known = places(theme.drawn(comparisons, "fig-in-your-terms", "comparisons"))
    rows = theme.drawn(sizes(territory, displacement), "fig-in-your-terms", "territory_estimates or displacement")
    default = controls(known)["place"].value
    listed = "; ".join(
        f"{label}: {_number(number)}"
        for label, number in zip(rows["label"], times(rows, known.set_index("name").loc[default]), strict=True)
    )
    return Explorer(
        chart(rows, known),
        name="fig-in-your-terms",
        controls=controls(known),
        keep="place",
        title=title(rows, known),
        description=f"Bars for the land that ISIS was said to hold, the people under it and people driven from home, each as so "
        f"many times {default}. {listed}. The menu takes another country or city as the unit; of most cities the table has "
        "people only.",
        table=table(rows, known),
        sources=data.sources_of(pd.concat([rows, comparisons])),
        as_of="2014 to 2016; areas and populations of the places 2011 to 2025",
    )
