"""Who did what in the coalition: how many members gave each kind of contribution, and which."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses
from caliphate_course.facts import fill
from caliphate_course.measures.contributions import matrix
from caliphate_course.measures.membership import short_name
from caliphate_course.words import CONTRIBUTIONS, REGIONS, STATUSES
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import date_words

DEFAULT_MEMBER, DEFAULT_KIND = "Germany", "strikes_syria"
HEIGHT, LEFT, KEY_TOP = 600, -98, -34
# Under the bars the names stand in columns: how far down they begin, and the room of each.
NAMES_TOP, NAME_WIDTH, NAME_HEIGHT = 52, 164, 17
NARROW = "width < 400"
COLUMNS = f"({NARROW} ? 2 : 4)"
_CHOSEN = (
    "show == 'all' || (show == 'none' ? datum.done == 0 : show == 'strikes' ? datum.struck > 0 : datum.region == show)"
)
_LISTED = "datum.kind == kind && (datum.rank < 2 || show == 'none')"  # who gave it or may have; or who gave nothing


def chart(frame: pd.DataFrame, members: pd.DataFrame) -> alt.LayerChart:
    """A bar for each kind of contribution: of the members chosen by `show`, for how many it is known, contested or not known.

    Beside the bars stands what is known of `member`, below them the names of those who gave `kind`. `frame` is the table
    `contributions`, `members` the table `coalition_members`. There is room for the longest list, so that the page keeps
    its place.
    """
    rows = matrix(frame, members)[["member", "region", "kind", "kind_label", "state", "rank", "done", "struck"]]
    chosen = alt.Chart(rows).transform_filter(_CHOSEN)
    guess = theme.guess(_members("guessed:Q"), shown="show == 'all'")
    layers = alt.layer(*_bars(chosen), *_key(), *_beside(rows), *_names(chosen, rows), _said(rows), *guess)
    params = (alt.param(name=name) for name in ("show", "kind", "member", "guess"))
    return layers.properties(width=theme.FULL, height=HEIGHT).add_params(*params)


def _members(field):
    return alt.X(field, title=None, axis=None, scale=alt.Scale(nice=False, zero=True))


def _kinds():
    axis = alt.Axis(domain=False, ticks=False, labelPadding=8)
    return alt.Y("kind_label:N", title=None, sort=list(CONTRIBUTIONS.values()), axis=axis)


def _look(channel, part):
    looks = STATUSES.values()
    return channel(
        "state:N",
        scale=alt.Scale(domain=[look[0] for look in looks], range=[look[part] for look in looks]),
        legend=None,
    )


def _bars(chosen):
    """Yes, contested and not known as the lengths of a bar, no as a line; at the end of yes its number."""
    lengths = (
        chosen.transform_aggregate(members="count()", all="values(member)", groupby=["kind_label", "state", "rank"])
        .transform_window(end="sum(members)", sort=[alt.SortField("rank")], groupby=["kind_label"])
        .transform_calculate(start="datum.end - datum.members", names="join(sort(pluck(datum.all, 'member')), ', ')")
    )
    says = theme.tooltip(kind_label="Contribution", state="Known", members="Members", names="Which")
    along = {"y": _kinds(), "x": _members("start:Q"), "x2": "end:Q", "tooltip": says}
    bars = lengths.transform_filter("datum.rank < 3").mark_bar(height={"band": 0.62}, strokeWidth=1)
    number = lengths.transform_filter("datum.rank == 0").mark_text(
        align="right", dx=-4, fontWeight="bold", color=theme.PAPER
    )
    return [
        lengths.transform_filter("datum.rank == 3").mark_rule(color=theme.MUTED).encode(**along),
        bars.encode(**along, fill=_look(alt.Fill, 2), stroke=_look(alt.Stroke, 3)),
        number.encode(y=_kinds(), x=_members("end:Q"), text="members:Q"),
    ]


def _marks(chart, **place):
    """A mark for what is known: a square for yes, a diamond for contested, hollow for not known, a stroke for no."""
    marks = chart.mark_point(size=62, strokeWidth=1.5, **place)
    return marks.encode(shape=_look(alt.Shape, 1), fill=_look(alt.Fill, 2), stroke=_look(alt.Stroke, 3))


def _key():
    """Above the bars, the marks of all parts in words."""
    key = pd.DataFrame({"state": [look[0] for look in STATUSES.values()], "across": [0, 54, 136, 222]})
    key = alt.Chart(key)
    words = key.mark_text(align="left", x=alt.ExprRef(f"{LEFT} + 16 + datum.across"), y=KEY_TOP)
    return [_marks(key, x=alt.ExprRef(f"{LEFT} + 6 + datum.across"), y=KEY_TOP), words.encode(text="state:N")]


def _beside(rows):
    """Right of the bars, what is known of one member, under its name; on a phone without the words."""
    mine = alt.Chart(rows).transform_filter("datum.member == member")
    words = mine.transform_calculate(said=f"{NARROW} ? '' : datum.state").mark_text(align="left", x=_right(28))
    name = mine.transform_aggregate(kinds="count()", groupby=["member"])
    edge = alt.ExprRef(f"width + ({NARROW} ? 26 : 84)")
    return [
        _marks(mine, x=_right(18)).encode(y=_kinds()),
        words.encode(y=_kinds(), text="said:N"),
        name.mark_text(align="right", x=edge, y=-10, fontWeight="bold").encode(text="member:N"),
    ]


def _right(by):
    return alt.ExprRef(f"width + {by}")


def _names(chosen, rows):
    """Under the bars the names of those who gave the kind chosen, or may have, by columns."""
    listed = (
        chosen.transform_filter(_LISTED)
        .transform_window(number="row_number()", sort=[alt.SortField("rank"), alt.SortField("member")])
        .transform_joinaggregate(listed="count()")
        .transform_calculate(deep=f"ceil(datum.listed / {COLUMNS})", place="datum.number - 1")
    )
    down = f"height + {NAMES_TOP} + {NAME_HEIGHT} * "
    across = f"{LEFT} + {NAME_WIDTH} * floor(datum.place / datum.deep)"
    y = alt.ExprRef(f"{down}(datum.place % datum.deep)")
    most = int((rows["rank"] < 2).groupby(rows["kind"]).sum().max())
    room = alt.Chart(rows[:1]).mark_text(
        text="\N{NO-BREAK SPACE}", x=0, y=alt.ExprRef(f"{down}ceil({most} / {COLUMNS} - 1)")
    )
    names = listed.mark_text(align="left", x=alt.ExprRef(f"{across} + 16"), y=y, limit=NAME_WIDTH - 20)
    return [room, _marks(listed, x=alt.ExprRef(f"{across} + 6"), y=y), names.encode(text="member:N")]


def _said(rows):
    """Over the names, how many of the members shown gave the kind chosen."""
    counts = ("given", "contested", "unknown")
    counted = theme.status(rows, x=LEFT, y=0, dy=alt.ExprRef(f"height + {NAMES_TOP - 32}"))
    return (
        counted.transform_filter(_CHOSEN)
        .transform_filter("datum.kind == kind")
        .transform_calculate(**{name: f"datum.rank == {rank} ? 1 : 0" for rank, name in enumerate(counts)})
        .transform_aggregate(members="count()", **{name: f"sum({name})" for name in counts}, groupby=["kind_label"])
        .transform_calculate(
            line="upper(slice(datum.kind_label, 0, 1)) + slice(datum.kind_label, 1) + ': ' + datum.given + ' of ' + datum.members"
            " + (datum.contested ? ', ' + datum.contested + ' contested' : '')"
            " + (datum.unknown ? ', ' + datum.unknown + ' not known' : '')"
        )
        .encode(text="line:N")
    )


def controls(frame: pd.DataFrame, members: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Which members are counted, the kind whose givers are named, and the member that stands beside the bars."""
    show = [
        ("all members", "all"),
        ("members that flew strikes", "strikes"),
        ("members without a known contribution", "none"),
        *[(f"{label} only", key) for key, label in REGIONS.items()],
    ]
    present = set(frame["kind"])
    kinds = [(label, key) for key, label in CONTRIBUTIONS.items() if key in present]
    names = sorted(members["name"].map(short_name))
    return {
        "show": ipywidgets.Dropdown(options=show, value="all", description="Count"),
        "kind": ipywidgets.Dropdown(
            options=kinds, value=_default(DEFAULT_KIND, [key for _, key in kinds]), description="Name who gave"
        ),
        "member": ipywidgets.Dropdown(
            options=names, value=_default(DEFAULT_MEMBER, names), description="Beside the bars"
        ),
    }


def _default(wanted, listed):
    return wanted if wanted in listed else listed[0]


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
    """Of all members, how many gave the kind chosen; of others, how many are known to have given anything."""
    each = (rows := matrix(frame, members)).drop_duplicates("member_id")
    known, struck = each["done"] > 0, each["struck"] > 0
    where = (
        rows[rows["status"] == "yes"]["kind"].value_counts().reindex(["strikes_iraq", "strikes_syria"], fill_value=0)
    )
    whole = fill(
        "Of {computed/members-february-2019} members, {computed/strikers} flew strikes; "
        "{computed/contribution-cells-unknown} of {computed/contribution-cells} answers are not known"
    )

    def sentence(show, kind):
        if show == "all" and kind == DEFAULT_KIND:
            return whole
        if show == "all":
            found = rows.loc[rows["kind"] == kind, "status"].value_counts()
            given = f"{CONTRIBUTIONS[kind]}: {found.get('yes', 0)} of {len(each)} members"
            unknown = f"; of {found['unknown']} it is not known" if "unknown" in found else ""
            return given[0].upper() + given[1:] + unknown
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

    return StateTitle(by=("show", "kind"), sentence=sentence)


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
            "Nine bars, one for each kind of contribution; each counts the {computed/members-february-2019} members. The blue "
            "part is of those of whom a source names it: {computed/troops-or-basing} gave troops or bases, "
            "{computed/trainers} sent trainers, {computed/strikers} flew strikes. A small orange part is contested, the hollow "
            "part means that no evidence was found, and a thin line stands for denials or lists without the member. Of all "
            "{computed/contribution-cells} answers {computed/contribution-cells-unknown} are hollow. Beside the bars stands "
            "what is known of Germany, below them the names of the members that flew strikes in Syria."
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
    )
