"""Membership of the coalition through time, and who joined at each step."""

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
    joiners,
    totals,
)
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import date_words, day_words

ROOM_FROM = "2014-08-15"  # where the axis begins: a few pixels before Jeddah
HEIGHT, LIST_LEFT, LIST_TOP, ROW = 470, -22, 42, 18
SEED_WORDS = "“the US and 67 others”"


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """The number of the members chosen by `who` as a step line, set off up to `day` (ISO date); below, who joined when.

    `frame` is the table `coalition_members`. The vertical axis counts members and begins below the first count, not at 0.
    """
    lines = totals(frame)[["day", "date", "until", "who", "total", "line", "parts"]]
    end = lines[lines["day"] == lines["day"].max()].assign(date=pd.Timestamp(LAST_DAY))
    end_at = f"time(toDate('{LAST_DAY}'))"
    mine = alt.Chart(lines).transform_filter("datum.who == who")
    all_along = alt.Chart(pd.concat([lines, end])).transform_filter("datum.who == who")
    now = mine.transform_filter("datum.day == day")
    at = {"x": _time("date:T"), "y": _members(lines)}
    step = {"interpolate": "step-after", "strokeWidth": 2.5}
    words = theme.status(lines, x=LIST_LEFT, y=-40).transform_filter("datum.who == who && datum.day == day")
    layers = alt.layer(
        *_unknown_days(frame),
        all_along.mark_line(color=theme.PALE, **step).encode(**at),
        mine.transform_filter("datum.day <= day").mark_line(color=theme.BLUE, **step).encode(**at),
        _number(all_along.transform_filter(f"datum.date == {end_at} && day != datum.day"), at),
        _seed(frame),
        now.mark_point(color=theme.BLUE, size=90).encode(**at),
        _number(now, at, color=theme.BLUE, fontSize=14, fontWeight="bold"),
        _steps_say(mine, at),
        words.encode(text="line:N"),
        *_list(frame),
        *theme.guess(_members(lines, "guessed:Q"), shown="who == 'all'"),
    )
    params = (alt.param(name=name) for name in ("who", "day", "guess"))
    return layers.properties(width=theme.FULL, height=HEIGHT).add_params(*params)


def _time(field):
    """The axis of days, with room on the left for the autumn of 2014."""
    axis = alt.Axis(format="%Y", tickCount="year")
    return alt.X(field, title=None, axis=axis, scale=alt.Scale(domain=[ROOM_FROM, LAST_DAY]))


def _members(lines, field="total:Q"):
    """The axis of members: from the ten below the first count of those chosen, with room for what a reader has guessed."""
    ends = lines.groupby("who")["total"].agg(["min", "max"])
    low = {who: max(0, (first - 1) // 10 * 10) for who, first in ends["min"].items()}
    high = {who: int(last) + 2 for who, last in ends["max"].items()}
    domain = [
        alt.ExprRef(f"{end}({json.dumps(at)}[who], who == 'all' && isValid(guess) ? guess : {json.dumps(at)}[who])")
        for end, at in (("min", low), ("max", high))
    ]
    axis = alt.Axis(tickCount=alt.ExprRef("min(5, domain('y')[1] - domain('y')[0])"), format="d")
    return alt.Y(field, title=None, axis=axis, scale=alt.Scale(domain=domain, zero=False))


def _number(chart, at, **look):
    late = "scale('x', datum.date) > width - 12 ? 'right' : 'center'"
    return chart.mark_text(dy=-12, align=alt.ExprRef(late), **look).encode(**at, text="total:Q")


def _steps_say(mine, at):
    """An unseen field under each step that says who is counted there."""
    says = [
        alt.Tooltip("date:T", title="From", format="%-d %B %Y"),
        *theme.tooltip(total="Members", parts="Of them"),
    ]
    return mine.mark_rect(fillOpacity=0, aria=False, y2=alt.ExprRef("height")).encode(**at, x2="until:T", tooltip=says)


def _unknown_days(frame):
    """A hollow box over the autumn of 2014, when members joined on days that were not published."""
    known, founding = len(counted(frame, JEDDAH)), int(frame["founding_member"].sum())
    words = f"from {known} to {founding}, on days that were not published"
    box = alt.Chart(pd.DataFrame([{"from": JEDDAH, "to": FIRST_COUNT, "words": words}]))
    look = {"fillOpacity": 0, "stroke": theme.MUTED, "strokeDash": [4, 3], "y": 0, "y2": alt.ExprRef("height")}
    tooltip = theme.tooltip(words="Members in autumn 2014")
    box = box.transform_filter("who == 'all'")
    label = box.mark_text(
        align="left", dx=5, color=theme.MUTED, text="days not published", y=10
    )  # a guess may lie below
    return [box.mark_rect(**look).encode(x=_time("from:T"), x2="to:T", tooltip=tooltip), label.encode(x=_time("to:T"))]


def _seed(frame):
    """Names the count of March 2017 as the one that the articles of November 2017 repeat."""
    at = pd.DataFrame([{"date": MINISTERIAL, "members": len(counted(frame, MINISTERIAL))}])
    at = alt.Chart(at).transform_filter("who == 'all'")
    return at.mark_text(align="right", dx=-10, dy=-28, text=SEED_WORDS).encode(x="date:T", y="members:Q")


def _list(frame):
    """Under the line, who joined at each step: those of `day` in the line's colour, those after it paler."""
    rows = joiners(frame)
    rows = rows.assign(slot=rows.groupby("who").cumcount(), gained="+" + rows["number"].astype(str))
    place = f"height + {LIST_TOP} + {ROW} * "
    room = alt.Chart(rows[:1]).mark_text(text="\N{NO-BREAK SPACE}", x=0, y=alt.ExprRef(f"{place}{rows['slot'].max()}"))
    look = {
        "y": alt.ExprRef(f"{place}datum.slot"),
        "color": alt.ExprRef(f"datum.day == day ? '{theme.BLUE}' : datum.day < day ? '{theme.INK}' : '{theme.MUTED}'"),
        "fontWeight": alt.ExprRef("datum.day == day ? 'bold' : 'normal'"),
    }
    mine = alt.Chart(rows).transform_filter("datum.who == who")
    return [
        room,
        mine.mark_text(align="left", x=LIST_LEFT, **look).encode(text="when:N"),
        mine.mark_text(align="right", x=LIST_LEFT + 116, **look).encode(text="gained:N"),
        mine.mark_text(align="left", x=LIST_LEFT + 124, **look).encode(text="names:N"),
    ]


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
            "A line that climbs in steps from {computed/members-brussels} members in December 2014 to "
            "{computed/members-february-2019} in February 2019, on an axis that does not begin at zero. A dot stands at 22 March 2017, when "
            "there were {computed/members-march-2017} members: {computed/states-march-2017} states and "
            "{computed/organisations-march-2017} organisations. A dashed box marks autumn 2014, when the days of joining were "
            "not published. A list under the line names who joined at each step."
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
