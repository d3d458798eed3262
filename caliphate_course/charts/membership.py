"""Membership of the coalition through time: states by region, and organisations apart from states."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses
from caliphate_course.facts import fill
from caliphate_course.measures.membership import (
    FIRST_COUNT,
    JEDDAH,
    LAST_DAY,
    MINISTERIAL,
    choices,
    counted,
    days,
    groups,
    steps,
    totals,
)
from caliphate_course.words import REGIONS
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import date_words, day_words

ROOM_FROM = "2014-08-15"  # where the axis begins: a few pixels before Jeddah
SEED_WORDS = "“the US and 67 others”"


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Stacked steps of the members chosen by `who`, with a line at `day` (ISO date).

    `frame` is the table `coalition_members`.
    """
    # Room on the left for the autumn of 2014, where that is drawn.
    since = alt.ExprRef(f"toDate(who == 'all' ? '{ROOM_FROM}' : '{FIRST_COUNT}')")
    scale = alt.Scale(domain=[since, alt.ExprRef(f"toDate('{LAST_DAY}')")])
    base = alt.X("date:T", title=None, axis=alt.Axis(format="%Y", tickCount="year"), scale=scale)
    count = alt.Axis(tickCount=alt.ExprRef("min(8, domain('y')[1])"))  # no halves of a member
    colours = alt.Scale(domain=list(REGIONS.values()), range=theme.QUALITATIVE[: len(REGIONS)])
    legend = alt.Legend(columns=2, symbolType="square", values=alt.ExprRef(_groups_drawn()))
    areas = (
        alt.Chart(steps(frame))
        .transform_filter("who == 'all' || who == datum.group || (who == 'states' && datum.group != 'multilateral')")
        .mark_area(interpolate="step-after", fillOpacity=0.85)
        .encode(
            x=base,
            y=alt.Y("members:Q", stack="zero", title=None, axis=count),  # the first line names them
            color=alt.Color("label:N", scale=colours, legend=legend),
            order="order:Q",
        )
    )
    lines = totals(frame)[["day", "date", "who", "total", "line"]]
    chosen = alt.Chart(lines).transform_filter("datum.who == who && datum.day == day")
    rule = chosen.mark_rule(color=theme.INK).encode(x="date:T")
    point = chosen.mark_point(color=theme.INK, size=70).encode(x="date:T", y="total:Q")
    late = "scale('x', datum.date) > width - 30"
    number = chosen.mark_text(
        align=alt.ExprRef(f"{late} ? 'right' : 'left'"),
        dx=alt.ExprRef(f"{late} ? 0 : 7"),
        dy=-9,
        fontWeight="bold",
        fontSize=14,
    ).encode(x="date:T", y="total:Q", text="total:Q")
    words = theme.status(lines, x=-20, y=-38)
    words = words.transform_filter("datum.who == who && datum.day == day").encode(text="line:N")
    guess = theme.guess(alt.Y("guessed:Q", title=None, axis=count), shown="who == 'all'")
    layers = alt.layer(
        areas, *_unknown_days(frame), _steps_say(frame), _seed(frame), rule, point, number, words, *guess
    )
    params = (alt.param(name=name) for name in ("who", "day", "guess"))
    return layers.properties(width=theme.FULL, height=380).add_params(*params)


def _groups_drawn():
    """The names of the groups that `who` shows, as a Vega expression: the legend has no others."""
    names = list(REGIONS.values())
    states = [label for group, label in REGIONS.items() if group != "multilateral"]
    lists = {"all": names, "states": states, **{group: [label] for group, label in REGIONS.items()}}
    return f"{json.dumps(lists)}[who]"


def _steps_say(frame):
    """An unseen field over each step that says what is stacked there: the thinnest layers are too thin to be met."""
    says = [
        alt.Tooltip("date:T", title="From", format="%-d %B %Y"),
        *theme.tooltip(total="Members", parts="Of them"),
    ]
    fields = alt.Chart(totals(frame)[["date", "until", "who", "total", "parts"]]).transform_filter("datum.who == who")
    fields = fields.mark_rect(fillOpacity=0, aria=False)
    return fields.encode(x="date:T", x2="until:T", y="total:Q", y2=alt.Y2Datum(0), tooltip=says)


def _unknown_days(frame):
    """A hollow box over the autumn of 2014, when members joined on days that were not published, with words in it."""
    known, founding = len(counted(frame, JEDDAH)), int(frame["founding_member"].sum())
    words = f"from {known} to {founding}, on days that were not published"
    box = pd.DataFrame([{"from": JEDDAH, "to": FIRST_COUNT, "low": known, "high": founding, "words": words}])
    box = alt.Chart(box).transform_filter("who == 'all'")
    rect = box.mark_rect(fillOpacity=0, stroke=theme.MUTED, strokeDash=[4, 3])
    tooltip = theme.tooltip(words="Members in autumn 2014")
    middle = box.transform_calculate(
        at="(time(toDate(datum.from)) + time(toDate(datum.to))) / 2", half="(datum.low + datum.high) / 2"
    )
    label = middle.mark_text(angle=270, color=theme.MUTED, text="days not published")
    return [
        rect.encode(x="from:T", x2="to:T", y="low:Q", y2="high:Q", tooltip=tooltip),
        label.encode(x="at:T", y="half:Q"),
    ]


def _seed(frame):
    """Names the count of March 2017 as the one that the articles of November 2017 repeat."""
    at = pd.DataFrame([{"date": MINISTERIAL, "members": len(counted(frame, MINISTERIAL))}])
    at = alt.Chart(at).transform_filter("who == 'all'")
    return at.mark_text(align="right", dx=-6, dy=-28, text=SEED_WORDS).encode(x="date:T", y="members:Q")


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Which members are drawn, and the day at which they are counted."""
    options = [(day_words(pd.Timestamp(day)), day) for day in days(frame)]
    who = [(label, key) for key, label in choices().items()]
    return {
        "day": ipywidgets.SelectionSlider(options=options, value=MINISTERIAL, description="Count on"),
        "who": ipywidgets.Dropdown(options=who, value="all", description="Show"),
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per member, all text: `Member`, `State or organisation`, `Region` and `Joined` (as far as it is known)."""
    shown = frame.sort_values(["joined_latest", "name"])
    return pd.DataFrame(
        {
            "Member": shown["name"],
            "State or organisation": shown["type"],
            "Region": groups(shown),
            "Joined": [_joined(row) for _, row in shown.iterrows()],
        }
    )


def _joined(row):
    if row["joined_precision"] != "window":
        return date_words(row, "joined")
    return f"by {day_words(row['joined_latest'])}; day not known"


def title(frame: pd.DataFrame) -> StateTitle:
    """How many members there were on the day, of those shown."""
    counts, first = totals(frame).set_index(["day", "who"])["total"], len(counted(frame, FIRST_COUNT))

    def sentence(day, who):
        number, everybody, when = counts[day, who], counts[day, "all"], day_words(pd.Timestamp(day))
        if who == "all":
            if day == FIRST_COUNT:
                return f"On {when} the coalition had {number} partners"
            repeated = f": the articles’ {SEED_WORDS}" if day == MINISTERIAL else ""
            return f"The coalition grew from {first} partners to {number} by {when}{repeated}"
        group = {"states": "States", "multilateral": "Organisations"}.get(who, choices()[who])
        return f"{group}: {number or 'none'} of the coalition's {everybody} members on {when}"

    return StateTitle(by=("day", "who"), sentence=sentence)


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-membership`. `frame` is the table `coalition_members` or a selection of its rows."""
    theme.drawn(frame, "fig-membership", "coalition_members")
    return Explorer(
        chart(frame),
        name="fig-membership",
        controls=controls(frame),
        play="day",
        prediction=_prediction(frame),
        title=title(frame),
        description=fill(
            "Stacked steps from December 2014 to March 2019: members by region, organisations on top. "
            "The line stands at 22 March 2017, when there were {computed/members-march-2017} members: "
            "{computed/states-march-2017} states and {computed/organisations-march-2017} organisations. "
            "A dashed box marks autumn 2014, when the days of joining were not published."
        ),
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="23 March 2019",
    )


def _prediction(frame):
    first, last = len(counted(frame, FIRST_COUNT)), len(counted(frame, LAST_DAY))
    when = day_words(pd.Timestamp(LAST_DAY))
    return Prediction(
        question=f"{first} partners met in Brussels on {day_words(pd.Timestamp(FIRST_COUNT))}. How many members had the "
        f"coalition on {when}, the day of victory over the last village?",
        title="The members of the coalition, 2014 to 2019",
        ask=guesses.numbers("Members", first + last, first=first // 2),
        sentence=lambda guess: guesses.against(
            guess, last, f"the {last} members of that day; {first} had met in Brussels"
        ),
    )
