"""Displacement and return: IOM's rounds in Iraq, end-year counts of UNHCR and IDMC, and Syrian returns."""

from __future__ import annotations

import altair as alt
import ipywidgets
import numpy as np
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses, ranges
from caliphate_course.facts import fill
from caliphate_course.measures.displacement import (
    ABROAD,
    AWAY,
    BACK,
    FIRST_MONTH,
    INSIDE,
    IOM,
    LAST_MONTH,
    RETURNS,
    counts_by_year,
    end_year_counts,
    iom_totals,
    return_statements,
    returns,
    rounds,
    standing,
    stocks,
)
from caliphate_course.measures.estimates import stated
from caliphate_course.words import COUNTRY
from coursebook import months
from coursebook.figures import Explorer, Prediction, StateTitle, Step, theme
from coursebook.words import in_words

CROSSING = 201712  # where the figure opens: more people are back than away
UNITS = {"people": (1e6, "million"), "families": (1e3, "thousand families")}
NOT_PRINTED = "not printed"  # IOM's families of a round whose people are known
IOM_COLOURS = alt.Scale(domain=[AWAY, BACK], range=[theme.ORANGE, theme.BLUE])
MILESTONES = {
    "mosul-2014-06-10": "Mosul taken",
    "ramadi-2015-05-17": "Ramadi taken",
    "mosul-2016-10-17": "Mosul battle",
}
BREAKS = {"2020-08-31": "rule changes: camps ×5", "2024-04-30": "rule changes: places"}

HOSTS = {
    "world": "all countries",
    "TUR": "Turkey",
    "LBN": "Lebanon",
    "JOR": "Jordan",
    "IRQ": "Iraq",
    "SYR": "Syria",
    "EGY": "Egypt",
    "DEU": "Germany",
}
PEOPLE = {"Syria": "Syrians", "Iraq": "Iraqis"}
FIRST_YEAR, LAST_YEAR = 2010, 2025
REGION_MARKS = {
    "mosul-2014-06-10": ("Mosul taken", "left"),
    "baghouz-2019-03-23": ("Baghouz", "left"),
    "assad-falls-2024-12-08": ("Assad falls", "right"),
}

_PEOPLE = alt.Tooltip("people:Q", title="People", format=",")


def iraq_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Displaced people and returnees in Iraq by IOM's rounds; `frame` is the table `displacement`.

    Params: `unit` ('people' in millions or 'families' in thousands), `month` (year * 100 + month) and `marks`
    (true shows events and changes of rule).
    """
    rows = rounds(frame).drop(columns="derived")
    printed = rows["families"].map("{:,.0f}".format).where(rows["families"].notna(), NOT_PRINTED)
    base = alt.Chart(rows.assign(printed=printed)).transform_calculate(
        shown="unit == 'people' ? datum.people / 1e6 : (isValid(datum.families) ? datum.families / 1e3 : null)"
    )
    axis = alt.Axis(format="%Y", tickCount="year", labelSeparation=8)
    x = alt.X("date:T", title=None, axis=axis, scale=alt.Scale(domain=["2014-03-01", "2025-03-01"]))
    y = alt.Y("shown:Q", title=None)
    unit = theme.note("", x=0, y=-12).transform_calculate(
        text="unit == 'people' ? 'millions of people' : 'thousands of families'"
    )
    colour = alt.Color("group:N", scale=IOM_COLOURS, legend=alt.Legend(symbolType="stroke"))
    facts = [*theme.tooltip(when="Date", group="Who"), _PEOPLE, *theme.tooltip(printed="Families")]
    lines = base.mark_line().encode(x=x, y=y, color=colour, detail="segment:N")
    dots = base.mark_circle(size=13).encode(x=x, y=y, color=colour, tooltip=facts)
    words = theme.status(_standing_lines(frame), x=-24, y=-40).transform_filter(
        "datum.month == month && datum.unit == unit"
    )
    guess = theme.guess(alt.X("guessed:T", title=None, axis=axis), value="datetime(floor(guess / 100), guess % 100, 0)")
    layers = [*_milestones(), *_breaks(), lines, dots, _cursor(), unit, words.encode(text="line:N"), *guess]
    chart = alt.layer(*layers).properties(width=theme.FULL, height=360)
    return chart.add_params(*(alt.param(name=name) for name in ("unit", "month", "marks", "guess")))


def _standing_lines(frame):
    """The state at the end of each month in words, by unit."""
    rows = standing(frame)
    lines = [
        f"{months.first_day(row.month):%b %Y}: {_amount(row.away, row.unit)} away, {_amount(row.back, row.unit)} back "
        f"({UNITS[row.unit][1]})"
        for row in rows.itertuples()
    ]
    return rows[["month", "unit"]].assign(line=lines)


def _amount(value, unit):
    if pd.isna(value):
        return "no total"
    return f"{value / UNITS[unit][0]:.2f}" if unit == "people" else f"{value / UNITS[unit][0]:.0f}"


def _upright(rows, colour, *, dash, top):
    """Vertical rules, their names beside them from `top` (pixels) down, shown while `marks` is on."""
    base = alt.Chart(rows).transform_filter("marks").encode(x="date:T")
    rule = base.mark_rule(color=colour, strokeDash=dash, strokeWidth=1)
    name = base.mark_text(angle=270, align="right", baseline="top", dy=3, color=colour, fontSize=11)
    return [rule, name.encode(text="name:N", y=alt.value(top))]


def _milestones():
    events = data.load("events").set_index("id")
    rows = pd.DataFrame([{"date": events.loc[i, "date"], "name": name} for i, name in MILESTONES.items()])
    return _upright(rows, theme.MUTED, dash=[1, 0], top=2)


def _breaks():
    rows = pd.DataFrame([{"date": day, "name": name} for day, name in BREAKS.items()])
    return _upright(rows, theme.RED, dash=[4, 3], top=60)


def _cursor():
    line = alt.Chart(pd.DataFrame({"zero": [0]})).transform_calculate(at="datetime(floor(month / 100), month % 100, 0)")
    return line.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x="at:T")


def iraq_controls() -> dict[str, ipywidgets.Widget]:
    """People or families, a month, and whether events and changes of rule are marked."""
    options = months.options(FIRST_MONTH, LAST_MONTH)
    return {
        "unit": ipywidgets.RadioButtons(
            options=[("People", "people"), ("Families", "families")], value="people", description="Count"
        ),
        "month": ipywidgets.SelectionSlider(options=options, value=CROSSING, description="Month"),
        "marks": ipywidgets.Checkbox(value=True, description="Mark events and changes of rule"),
    }


def iraq_table(frame: pd.DataFrame) -> pd.DataFrame:
    """IOM's rounds as printed.

    Columns `Date` (in words), `Who`, `Families` (number, or 'not printed'), `People` (number), `Worked back` ('yes' where
    a figure was not printed but worked out) and `Note`.
    """
    shown = iom_totals(frame)
    return pd.DataFrame(
        {
            "Date": in_words(shown),
            "Who": shown["population"].map(IOM),
            "Families": shown["families"].astype("object").where(shown["families"].notna(), NOT_PRINTED),
            "People": shown["best"],
            "Worked back": shown["derived"].map({True: "yes", False: ""}),
            "Note": shown["note"].fillna(""),
        }
    )


def iraq_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-displacement-iraq`. `frame` is the table `displacement` or a selection of its rows."""
    rows = theme.drawn(iom_totals(frame), "fig-displacement-iraq", "displacement")
    return Explorer(
        iraq_chart(frame),
        name="fig-displacement-iraq",
        controls=iraq_controls(),
        play="month",
        prediction=_crossing(frame),
        steps=_iraq_steps(),
        title=_iraq_title(frame),
        description=fill(
            "Two lines of dots from April 2014 to December 2024, IOM's counts in Iraq. Displaced people climb from "
            "{displacement/dtm-idps-2014-04-01 as million} to a peak of {displacement/dtm-idps-2016-03-31 as million} in "
            "March 2016 and fall to {displacement/dtm-idps-2024-12-31 as million}. People back in their area start in April "
            "2015, pass the displaced in December 2017 at {displacement/dtm-returnees-2017-12-31 as million} against "
            "{displacement/dtm-idps-2017-12-31 as million}, and level off at "
            "{displacement/dtm-returnees-2024-04-30 as million}. The lines are cut where IOM's rule changed and where no "
            "total was found."
        ),
        table=iraq_table(frame),
        sources=data.sources_of(rows),
        as_of="December 2024 (displaced), April 2024 (returnees)",
    )


def _iraq_title(frame) -> StateTitle:
    """Whether more Iraqis were displaced or back in their areas at the end of the month."""
    rows = standing(frame).query("unit == 'people'").set_index("month")
    most, counted = rows["away"].max(), rows["back"].first_valid_index()

    def sentence(month):
        away, back = rows.loc[month, ["away", "back"]]
        when = f"At the end of {months.words(month)}"
        if pd.isna(away):
            return f"{when} no total of the displaced was found" + ("" if pd.isna(back) else ", only of those back")
        if away == most:
            return f"{when} more Iraqis were displaced than at any other count"
        if pd.isna(back):
            early = counted is None or month < counted
            return f"{when} {'nobody was yet counted as back in their area' if early else 'only the displaced were counted'}"
        return (
            f"{when} more Iraqis were {'back in their areas than displaced' if back > away else 'displaced than back'}"
        )

    return StateTitle(by=("month",), sentence=sentence)


def _iraq_steps():
    """Flight, the peak, the crossing, a change of rule, and the last count before a hole."""
    return [
        Step(
            {"month": 201412},
            fill(
                "December 2014: the displaced have risen from {displacement/dtm-idps-2014-05-01 as million} before Mosul fell "
                "to {displacement/dtm-idps-2014-12-25 as million}."
            ),
        ),
        Step(
            {"month": 201603},
            fill(
                "March 2016: the peak, {displacement/dtm-idps-2016-03-31 as million}. People have fled for nearly two years, "
                "and the first are already back."
            ),
        ),
        Step(
            {"month": 201712},
            fill(
                "December 2017: {displacement/dtm-returnees-2017-12-31 as million} are back and "
                "{displacement/dtm-idps-2017-12-31 as million} are not. The lines cross."
            ),
        ),
        Step(
            {"month": 202008},
            "August 2020: the line is cut, because families in camps now count as five people and no longer as six.",
        ),
        Step(
            {"month": 202206},
            fill(
                "June 2022: {displacement/dtm-idps-2022-06-30 as million} people are still away. Then no total was found "
                "until the end of 2024, and the line has a hole."
            ),
        ),
    ]


def _crossing(frame):
    rows = standing(frame).query("unit == 'people'")
    both, crossed = rows[rows["back"].notna()], rows[rows["back"] > rows["away"]]
    if crossed.empty or len(both) == len(crossed):
        return None
    truth = int(crossed["month"].iloc[0])
    options = months.options(int(both["month"].iloc[0]), LAST_MONTH)
    return Prediction(
        question=f"From {months.words(int(both['month'].iloc[0]))} on IOM counted Iraqis who were back in their home area, "
        "beside those displaced inside the country. In which month were, for the first time, more people back than "
        "displaced?",
        title="Iraqis displaced inside their country, and back in their area, as IOM counted them",
        ask=ipywidgets.SelectionSlider(options=options, value=options[0][1], description="Month"),
        sentence=lambda guess: guesses.month_against(
            guess, truth, "IOM's count of the returned first exceeded the displaced"
        ),
    )


# A count of 31 December stands under its own year; "2013" alone would make June 2014 look like the middle of 2013.
_YEARS = alt.Axis(
    values=[f"{year}-12-31" for year in range(FIRST_YEAR, LAST_YEAR + 1, 3)],
    labelExpr="['end of', timeFormat(datum.value, '%Y')]",
    title=None,
)


_REGION_SHOWN = "(country == 'both' || datum.country == country) && (datum.host == 'home' || datum.host == host)"


def region_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """People displaced inside Syria and Iraq and refugees from both, end of each year, in millions.

    `frame` is the table `displacement`. Params: `country` ('both', 'Syria', 'Iraq'), `host` (a key of HOSTS; only
    the refugees change) and `year`.
    """
    rows = stocks(frame)
    shown = (
        alt.Chart(rows)
        .transform_filter(_REGION_SHOWN)
        .transform_calculate(millions="datum.people / 1e6", end="datetime(datum.year, 11, 31)")
    )
    x = alt.X("end:T", title=None, axis=_YEARS, scale=alt.Scale(domain=["2010-09-01", "2026-03-01"]))
    y = alt.Y("millions:Q", title="millions of people at the end of the year", scale=alt.Scale(domain=[0, 9.2]))
    countries = alt.Scale(domain=["Syria", "Iraq"], range=[COUNTRY["Syria"], COUNTRY["Iraq"]])
    colour = alt.Color("country:N", scale=countries, legend=None)
    dashes = alt.Scale(domain=[INSIDE, ABROAD], range=[[1, 0], [5, 3]])
    dash = alt.StrokeDash("group:N", scale=dashes, legend=None)
    lines = shown.mark_line().encode(x=x, y=y, color=colour, strokeDash=dash, detail="host:N")
    facts = [*theme.tooltip(year="End of", country="People of", group="Counted"), _PEOPLE]
    dots = shown.mark_circle(size=28).encode(x=x, y=y, color=colour, tooltip=facts)
    layers = [*_region_marks(), _year_rule(), lines, dots, *_named(rows, x, y, colour), _region_words(frame)]
    chart = alt.layer(*layers).properties(width=theme.FULL, height=330)
    return chart.add_params(*(alt.param(name=name) for name in ("country", "host", "year")))


def _named(rows, x, y, colour):
    """Each line's name, on white, where there is most room for it beside the other lines."""
    names = alt.Chart(_names_of_lines(rows)).transform_filter(_REGION_SHOWN)
    names = names.transform_calculate(end="datetime(datum.year, 11, 31)").encode(x=x, y=y, text="words:N")
    halo = names.mark_text(stroke=theme.PAPER, strokeWidth=3, strokeJoin="round", fontWeight="bold")
    return halo, names.mark_text(fontWeight="bold").encode(color=colour)


def _names_of_lines(rows):
    """For each line of `stocks` its name, and the `year` and `millions` at which it is far from all lines shown with it."""
    lines = {key: own.set_index("year")["people"] / 1e6 for key, own in rows.groupby(["country", "host"])}
    names = []
    for country, host in sorted(lines, key=lambda key: key[1] != "home"):
        shown = [key for key in lines if "home" in (host, key[1]) or key[1] == host]
        taken = [(one["year"], one["millions"]) for one in names if (one["country"], one["host"]) in shown]
        beside = [(lines[key].index, lines[key].to_numpy()) for key in shown]
        own = lines[country, host]
        ends = [(year, own[year] + up) for year in own.index for up in (-0.5, 0.5)]
        year, height = max(ends, key=lambda end, beside=beside, taken=taken: _room(*end, beside, taken))
        where = "abroad" if host == "world" else f"in {HOSTS.get(host)}"
        words = f"inside {country}" if host == "home" else f"{PEOPLE[country]} {where}"
        names.append({"country": country, "host": host, "year": year, "millions": round(height, 2), "words": words})
    return pd.DataFrame(names)


def _room(year, height, lines, taken):
    """Whether a name about six years wide is clear of frame and names `taken`, and how far, in millions, from `lines`."""
    years = np.arange(year - 3, year + 3, 0.25)
    near = [np.abs(np.interp(years, *line) - height).min() for line in lines]
    apart = [max(abs(other - height), abs(at - year) - 5) for at, other in taken]
    inside = min(year - FIRST_YEAR, LAST_YEAR - year) / 3
    return min(2 * height, *apart, inside, 1) > 0.5, min(*near, 2 * height, 2 * (8.5 - height))


def _region_marks():
    events = data.load("events").set_index("id")["date"]
    layers = []
    for event, (name, side) in REGION_MARKS.items():
        base = alt.Chart(pd.DataFrame([{"date": events[event], "name": name}])).encode(x="date:T")
        text = base.mark_text(
            align=side, baseline="top", dx=4 if side == "left" else -4, color=theme.MUTED, fontSize=11
        )
        layers += [base.mark_rule(color=theme.MUTED, strokeWidth=1), text.encode(text="name:N", y=alt.value(1))]
    return layers


def _year_rule():
    line = alt.Chart(pd.DataFrame({"zero": [0]})).transform_calculate(at="datetime(year, 11, 31)")
    return line.mark_rule(color=theme.INK, strokeWidth=1.5).encode(x="at:T")


def _region_words(frame):
    def part(name):
        inside, abroad = f"datum.{name}_inside", f"datum.{name}_abroad"
        count = f"(isValid({abroad}) ? format({abroad} / 1e6, '.2f') : 'no count')"
        return f"format({inside} / 1e6, '.2f') + ' inside, ' + {count} + ' abroad'"

    both = "(country == 'both' ? '; |' : '')"
    line = (
        f"'End of ' + year + ': ' + (country == 'Iraq' ? '' : 'Syria ' + {part('syria')}) + {both}"
        f" + (country == 'Syria' ? '' : 'Iraq ' + {part('iraq')})"
    )
    words = theme.status(counts_by_year(frame), x=-20, y=-58).transform_filter(
        "datum.year == year && datum.host == host"
    )
    return words.transform_calculate(line=f"split({line}, '|')").encode(text="line:N")


def region_controls() -> dict[str, ipywidgets.Widget]:
    """One country or both, where the refugees live, and a year."""
    return {
        "country": ipywidgets.ToggleButtons(
            options=[("Both", "both"), ("Syria", "Syria"), ("Iraq", "Iraq")], value="both", description="People of"
        ),
        "host": ipywidgets.Dropdown(
            options=[(name, code) for code, name in HOSTS.items()], value="world", description="Refugees in"
        ),
        "year": ipywidgets.SelectionSlider(
            options=[(str(year), year) for year in range(FIRST_YEAR, LAST_YEAR + 1)],
            value=LAST_YEAR,
            description="End of",
        ),
    }


def region_table(frame: pd.DataFrame) -> pd.DataFrame:
    """End-year counts: `Year` (int), `People of`, `Counted` (INSIDE or ABROAD), `Where` and `People` (int)."""
    rows = stocks(frame)
    where = rows["host"].map({**HOSTS, "home": "inside the country"})
    return pd.DataFrame(
        {
            "Year": rows["year"],
            "People of": rows["country"],
            "Counted": rows["group"],
            "Where": where,
            "People": rows["people"].astype(int),
        }
    ).sort_values(["People of", "Counted", "Where", "Year"])


def region_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-displacement-region`. `frame` is the table `displacement` or a selection of its rows."""
    rows = theme.drawn(end_year_counts(frame), "fig-displacement-region", "displacement")
    return Explorer(
        region_chart(frame),
        name="fig-displacement-region",
        controls=region_controls(),
        play="year",
        title=_region_title(frame),
        description=fill(
            "Four lines of end-year counts from 2010 to 2025. Displaced inside Syria: "
            "{displacement/idmc-syr-idps-2014 as million} in 2014, {displacement/idmc-syr-idps-2024 as million} in 2024, "
            "{displacement/idmc-syr-idps-2025 as million} in 2025. Syrian refugees abroad: a peak of "
            "{displacement/unhcr-syr-refugees-world-2021 as million} in 2021, "
            "{displacement/unhcr-syr-refugees-world-2024 as million} in 2024, "
            "{displacement/unhcr-syr-refugees-world-2025 as million} in 2025. Displaced inside Iraq: "
            "{displacement/idmc-irq-idps-2015 as million} in 2015, {displacement/idmc-irq-idps-2025 as million} in 2025. "
            "Iraqi refugees abroad: {displacement/unhcr-irq-refugees-world-2013 as million} in 2013, fewer ever since, "
            "{displacement/unhcr-irq-refugees-world-2025 as million} in 2025."
        ),
        table=region_table(frame),
        sources=data.sources_of(rows),
        as_of="end of 2025",
    )


def _region_title(frame) -> StateTitle:
    """Displaced and refugees at the end of the year; of the refugees in one country, in which year they were most."""
    refugees = stocks(frame).query("group == @ABROAD").groupby(["country", "host"])
    tops = {key: own.loc[own["people"].idxmax(), "year"] for key, own in refugees}
    columns = [f"{country}_{where}" for country in ("syria", "iraq") for where in ("inside", "abroad")]
    counts = counts_by_year(frame).query("host == 'world'").set_index("year").reindex(columns=columns) / 1e6

    def sentence(country, host, year):
        several = ["Syria", "Iraq"] if country == "both" else [country]
        if host != "world":
            peaks = [f"in {tops[one, host]} for {PEOPLE[one]}" for one in several if (one, host) in tops]
            if not peaks:
                return f"{PEOPLE[country]} in {HOSTS[host]} are displaced inside their country, not refugees"
            return f"In {HOSTS[host]} the count of refugees at the end of a year peaked {', '.join(peaks)}"
        if year not in counts.index or counts.loc[year].isna().any():
            return f"End of {year}: not all was counted"
        first, *other = (
            [f"{counts.loc[year, f'{one.lower()}_{where}']:.2f}" for where in ("inside", "abroad")] for one in several
        )
        said = f"{first[0]} million {PEOPLE[several[0]]} displaced inside, {first[1]} million refugees"
        return f"End of {year}: {said}" + "".join(f"; {PEOPLE['Iraq']} {' and '.join(one)}" for one in other)

    return StateTitle(by=("country", "host", "year"), sentence=sentence)


_QUARTERS = alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": 3}, labelSeparation=8)


def returns_chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Syrian returns since December 2024 as running totals in millions; `frame` is the table `displacement`.

    Param: `day` (ISO date of a statement).
    """
    rows = returns(frame).assign(day=lambda r: r["date"].dt.strftime("%Y-%m-%d"))
    base = alt.Chart(rows).transform_calculate(millions="datum.at / 1e6")
    x = alt.X("date:T", title=None, axis=_QUARTERS, scale=alt.Scale(domain=["2024-12-01", "2026-01-15"]))
    y = alt.Y("millions:Q", title="millions of people since 8 December 2024", scale=alt.Scale(domain=[0, 2.3]))
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=list(RETURNS.values()), range=[theme.BLUE, theme.ORANGE]),
        legend=alt.Legend(symbolType="circle"),
    )
    points = base.mark_point(filled=True, size=90).encode(
        x=x,
        y=y,
        color=colour,
        shape=ranges.shape("triangle-up", "triangle-down").legend(values=[ranges.EXACT, ranges.AT_LEAST]),
        tooltip=theme.tooltip(when="Statement of", group="Went back", words="People since 8 December 2024"),
    )
    chosen = base.transform_filter("datum.day == day")
    ring = chosen.mark_point(filled=False, size=260, color=theme.INK).encode(x=x, y=y)
    late = "scale('x', datum.date) > width / 2"  # above the ring, where earlier statements stand beside it
    text = chosen.mark_text(
        align=alt.ExprRef(f"{late} ? 'right' : 'left'"),
        dx=alt.ExprRef(f"{late} ? 8 : 13"),
        dy=alt.ExprRef(f"{late} ? -17 : 0"),
        fontWeight="bold",
    ).encode(x=x, y=y, text="words:N")
    words = theme.status(_statements(rows), x=-24, y=-40).transform_filter("datum.day == day").encode(text="line:N")
    layers = alt.layer(points, ring, text, words).properties(width=theme.FULL, height=280)
    return layers.add_params(alt.param(name="day"))


def _statements(rows):
    wide = rows.pivot(index="day", columns="group", values="words").reindex(columns=list(RETURNS.values()))
    line = [f"{pd.Timestamp(day):%b %Y}: {words} from abroad" for day, words in wide["from abroad"].items()]
    return pd.DataFrame({"day": wide.index, "line": line})


def returns_controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """The statement to read off."""
    rows = return_statements(frame).sort_values("date").drop_duplicates("date")
    options = list(zip(in_words(rows), rows["date"].dt.strftime("%Y-%m-%d"), strict=True))
    return {"day": ipywidgets.SelectionSlider(options=options, value=options[-1][1], description="Statement of")}


def _returns_title(frame) -> StateTitle:
    """How many Syrians had gone back by the statement of the day, from abroad and from elsewhere in the country."""
    rows = returns(frame).assign(day=lambda rows: rows["date"].dt.strftime("%Y-%m-%d"))
    days = {day: own.set_index("group")["words"] for day, own in rows.groupby("day")}
    when = dict(zip(rows["day"], in_words(rows), strict=True))

    def sentence(day):
        back = [f"{days[day][group]} {group}" for group in reversed(RETURNS.values()) if group in days[day]]
        return f"Syrians gone back by {when[day]}: {', '.join(back)}"

    return StateTitle(by=("day",), sentence=sentence)


def returns_explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-syria-returns`. `frame` is the table `displacement` or a selection of its rows."""
    rows = theme.drawn(return_statements(frame), "fig-syria-returns", "displacement")
    shown = stated(rows)
    table = pd.DataFrame(
        {
            "Date": in_words(rows),
            "Who": shown["population"].map(RETURNS),
            "People since 8 December 2024": shown["words"],
            "Note": rows["note"].fillna(""),
        }
    )
    return Explorer(
        returns_chart(frame),
        name="fig-syria-returns",
        controls=returns_controls(frame),
        title=_returns_title(frame),
        description=fill(
            "UNHCR's running totals from January to December 2025. "
            "From abroad: {displacement/unhcr-syr-refugee-returns-2025-01 as number}, "
            "{displacement/unhcr-syr-refugee-returns-2025-04 as number}, "
            "{displacement/unhcr-syr-refugee-returns-2025-06 as number}, "
            "{displacement/unhcr-syr-refugee-returns-2025-09 as number}, "
            "{displacement/unhcr-syr-refugee-returns-2025-09-24 as million}, "
            "{displacement/unhcr-syr-refugee-returns-2025-11 as number}, "
            "{displacement/unhcr-syr-refugee-returns-2025-q4 as million}, "
            "{displacement/unhcr-syr-refugee-returns-2025-12-21 as million}. "
            "Inside Syria: {displacement/unhcr-syr-idp-returns-2025-01 as number}, "
            "{displacement/unhcr-syr-idp-returns-2025-04 as million}, "
            "{displacement/unhcr-syr-idp-returns-2025-06 as million}, "
            "{displacement/unhcr-syr-idp-returns-2025-09 as million}, "
            "{displacement/unhcr-syr-idp-returns-2025-09-24 as million}, "
            "{displacement/unhcr-syr-idp-returns-2025-q4 as million}, "
            "{displacement/unhcr-syr-idp-returns-2025-12-21 as million}. "
            "Triangles mark figures given as 'more than', 'at least' in the legend."
        ),
        table=table,
        sources=data.sources_of(rows),
        as_of="21 December 2025",
    )
