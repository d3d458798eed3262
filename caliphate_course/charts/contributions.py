"""Who did what in the coalition: a matrix of members and kinds of contribution."""

from __future__ import annotations

import textwrap

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses
from caliphate_course.facts import fill
from caliphate_course.measures.contributions import matrix, short_name
from caliphate_course.words import CONTRIBUTIONS, REGIONS, STATUSES
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import date_words

ROW_HEIGHT, LINE_LENGTH, LEFT = 15, 50, -128
DEFAULT_MEMBER = "Germany"
_VISIBLE = (
    "show == 'known' ? datum.done > 0 : show == 'none' ? datum.done == 0 : show == 'strikes' ? datum.struck > 0 "
    ": datum.region == show"
)
_SAID = "datum.member == member"


def sentences(frame: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Each member's row in words: `member` and `line`, broken into lines that fit a phone."""
    rows = matrix(frame, members)
    return pd.DataFrame([{"member": member, "line": _words(member, row)} for member, row in rows.groupby("member")])


def _words(member, row):
    named = row.set_index("kind").reindex(list(CONTRIBUTIONS))
    parts = [member + "."]
    for status, lead in (("yes", "Yes"), ("contested", "Contested"), ("no", "No"), ("unknown", "Not known")):
        labels = named.loc[named["status"] == status, "kind_label"]
        if len(labels):
            parts.append(f"{lead}: {', '.join(labels)}.")
    # A space before each break, so that a screen reader does not join two words.
    return " \n".join(textwrap.wrap(" ".join(parts), LINE_LENGTH))


def chart(frame: pd.DataFrame, members: pd.DataFrame) -> alt.LayerChart:
    """Members (rows) by kinds of contribution (columns), drawn by status.

    `show` chooses the rows, `order` their order, `member` is said in words, whether or not its row is shown. `frame` is
    the table `contributions`, `members` the table `coalition_members`. The chart has room for its longest choice, so
    that the page keeps its place when another is made.
    """
    rows = matrix(frame, members)
    columns = ["member", "region", "kind_label", "state", "done", "struck", "by_done", "by_name", "by_region"]
    longest = int((rows.drop_duplicates("member_id")["done"] > 0).sum())
    shown = _in_order(rows[columns]).encode(
        y=alt.Y("row:O", axis=None, scale=alt.Scale(domain=list(range(1, longest + 1))))
    )
    layers = alt.layer(_cells(shown), _names(shown), _said(frame, members), *_guess(longest))
    layers = layers.properties(width=theme.PANEL, height=alt.Step(ROW_HEIGHT))
    layers = layers.properties(autosize=alt.AutoSizeParams(type="pad", contains="padding"))
    return layers.add_params(*(alt.param(name=name) for name in ("show", "order", "member", "guess")))


def _in_order(rows):
    """The members chosen; `row` counts them from 1 in the order chosen."""
    return (
        alt.Chart(rows)
        .transform_filter(_VISIBLE)
        .transform_calculate(rank="order == 'done' ? datum.by_done : order == 'name' ? datum.by_name : datum.by_region")
        .transform_window(row="dense_rank()", sort=[alt.SortField("rank")])
    )


def _cells(shown):
    kinds = list(CONTRIBUTIONS.values())
    axis = alt.Axis(orient="top", labelAngle=-90, labelFontSize=11, domain=False, ticks=False)
    return shown.mark_point(size=62, strokeWidth=1.5).encode(
        x=alt.X("kind_label:N", sort=kinds, title=None, axis=axis, scale=alt.Scale(domain=kinds)),
        shape=_look(alt.Shape, 1),
        fill=_look(alt.Fill, 2),
        stroke=_look(alt.Stroke, 3),
    )


def _names(shown):
    """The members' names beside their rows, in place of an axis: the one said in words is bold and red."""
    return (
        shown.transform_filter(f"datum.kind_label == '{next(iter(CONTRIBUTIONS.values()))}'")
        .mark_text(align="right", fontSize=11, limit=130, fontWeight=alt.ExprRef(f"{_SAID} ? 'bold' : 'normal'"))
        .encode(
            x=alt.value(-5), text="member:N", color=alt.condition(_SAID, alt.value(theme.RED), alt.value(theme.INK))
        )
    )


def _said(frame, members):
    look = {"fontWeight": "normal", "fontSize": 12, "lineBreak": "\n", "lineHeight": 15}
    words = theme.status(sentences(frame, members), x=LEFT, y=-178, **look)
    return words.transform_filter(_SAID).encode(text="line:N")


def _guess(longest):
    """A line under as many rows as a reader thought there would be, while those that flew strikes are shown."""
    line = alt.Chart(pd.DataFrame({"zero": [0]})).transform_filter("isValid(guess) && show == 'strikes'")
    y = alt.YValue(value=alt.ExprRef(f"min(guess, {longest}) * {ROW_HEIGHT}"))
    words = alt.ExprRef(f"'your guess: ' + guess + ' rows' + (guess > {longest} ? ', more than fit here' : '')")
    place = {"x": "width", "align": "right", "dy": -4, "baseline": "bottom", "fontWeight": "bold"}
    marks = line.mark_rule(strokeDash=[6, 4], strokeWidth=2), line.mark_text(text=words, **place)
    return [mark.encode(y=y, color=alt.value(theme.GUESSED)) for mark in marks]


# Above the rows, of which there may be few.
_LEGEND = alt.Legend(columns=4, symbolSize=70, orient="none", legendX=LEFT, legendY=-106)


def _look(channel, part):
    scale = alt.Scale(domain=[look[0] for look in STATUSES.values()], range=[look[part] for look in STATUSES.values()])
    return channel("state:N", scale=scale, legend=_LEGEND)


def controls(frame: pd.DataFrame, members: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Which members are shown, in which order, and whose row is said in words."""
    show = [
        ("members with a known contribution", "known"),
        ("members that flew strikes", "strikes"),
        ("members without a known contribution", "none"),
        *[(f"{label} only", key) for key, label in REGIONS.items()],
    ]
    order = [("most kinds first", "done"), ("name", "name"), ("region", "region")]
    names = sorted(members["name"].map(short_name))
    rows = matrix(frame, members)
    first = sorted(rows.loc[rows["done"] > 0, "member"]) or names  # the members that `show` starts with
    default = DEFAULT_MEMBER if DEFAULT_MEMBER in first else first[0]
    return {
        "show": ipywidgets.Dropdown(options=show, value="known", description="Show"),
        "order": ipywidgets.RadioButtons(options=order, value="done", description="Order by"),
        "member": ipywidgets.Dropdown(options=names, value=default, description="Say in words"),
    }


def table(frame: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """One row per member, all text: `Member` and a column for each of CONTRIBUTIONS, with the first date where it is known."""
    rows = matrix(frame, members)
    rows["cell"] = [_cell(row) for _, row in rows.iterrows()]
    wide = rows.pivot(index="member", columns="kind_label", values="cell").reindex(columns=list(CONTRIBUTIONS.values()))
    return wide.rename(columns=str.capitalize).rename_axis(index="Member", columns=None).reset_index()


def _cell(row):
    since = date_words(row, "from") if row["status"] == "yes" else ""
    return f"{row['state']}, from {since}" if since else row["state"]


def title(frame: pd.DataFrame, members: pd.DataFrame) -> StateTitle:
    """What is known of the members shown: those with a known contribution, those that flew strikes, or a region's."""
    each = (rows := matrix(frame, members)).drop_duplicates("member_id")
    known, struck = each["done"] > 0, each["struck"] > 0
    where = (
        rows[rows["status"] == "yes"]["kind"].value_counts().reindex(["strikes_iraq", "strikes_syria"], fill_value=0)
    )
    whole = fill(
        "Of {computed/members-february-2019} members, {computed/strikers} flew strikes; "
        "{computed/contribution-cells-unknown} of {computed/contribution-cells} cells of the full matrix are not known"
    )

    def sentence(show):
        if show == "known":
            return whole
        if show == "strikes":
            return (
                f"{struck.sum()} of {len(each)} members flew strikes: {where.iloc[0]} in Iraq, {where.iloc[1]} in Syria"
            )
        if show == "none":
            return f"For {(~known).sum()} of {len(each)} members no contribution is known"
        here = each["region"] == show
        number, place = (here & known).sum(), REGIONS[show][0].upper() + REGIONS[show][1:]
        did = f"{number or 'none'} of {here.sum()} {'has' if number < 2 else 'have'} a known contribution"
        return f"{place}: {did}, {(here & struck).sum() or 'none'} flew strikes"

    return StateTitle(by=("show",), sentence=sentence)


def explorer(frame: pd.DataFrame, members: pd.DataFrame) -> Explorer:
    """The figure `fig-contributions`.

    `frame` is the table `contributions` and `members` the table `coalition_members`, or a selection of their rows.
    """
    theme.drawn(matrix(frame, members), "fig-contributions", "contributions or coalition_members")
    return Explorer(
        chart(frame, members),
        name="fig-contributions",
        controls=controls(frame, members),
        title=title(frame, members),
        description=fill(
            "A matrix of the members with at least one known contribution, most kinds first. "
            "Squares are contributions a source names, diamonds are contested, strokes are denials or lists without "
            "the member, and hollow circles mean that no evidence was found. "
            "Only Australia, Canada and the United States fill every column. "
            "Of all {computed/contribution-cells} cells, for all {computed/members-february-2019} members, "
            "{computed/contribution-cells-unknown} are hollow."
        ),
        prediction=_prediction(frame, members),
        table=table(frame, members),
        sources=data.sources_of(frame),
        as_of="February 2019",
    )


def _prediction(frame, members):
    each = matrix(frame, members).drop_duplicates("member_id")
    struck, listed = int((each["struck"] > 0).sum()), len(each)
    if not struck:
        return None
    found = f"the {struck} of {listed} members that a source names"
    return Prediction(
        question=f"The coalition had {listed} members in February 2019. How many of them flew air strikes?",
        title="What the members of the coalition contributed",
        ask=guesses.numbers("Members that flew strikes", listed),
        sentence=lambda guess: guesses.against(guess, struck, found),
        state={"show": "strikes"},
    )
