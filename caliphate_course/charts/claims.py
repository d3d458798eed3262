"""The claims of the two articles of November 2017, and how each of them aged."""

from __future__ import annotations

import json

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.measures.claims import checkable
from caliphate_course.words import ARTICLES, VERDICTS, labels, topic
from coursebook.figures import Explorer, Prediction, StateTitle, theme
from coursebook.words import named

ALL = "all"
NOT_RATED = "not-rated"
NO_CLAIM = "No claim fits this choice"
_CHOSEN = (
    f"(article == '{ALL}' || datum.article == article) && (topic == '{ALL}' || datum.topic == topic)"
    f" && (verdict == '{ALL}' || datum.verdict == verdict)"
)

# On a phone in slanting columns of three, so that the longest row has room and each claim its own way down.
_BESIDE = alt.ExprRef("width > 400 ? 0 : 9 * (datum.place % 3 - 1)")


def squares(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per claim in the articles' order: `claim_id`, `article`, `topic`, `verdict`, `paraphrase`, `words`
    (quoted), `label` (the verdict in words) and `place` (its position in its verdict's row, from 0). Raises ValueError for a verdict without an entry in
    VERDICTS."""
    rows = frame.sort_values(["article", "position"])
    rows = rows[["claim_id", "article", "topic", "verdict", "paraphrase", "words"]]
    rows = rows.assign(label=_verdicts(rows), words="“" + rows["words"] + "”")
    return rows.assign(place=rows.groupby("verdict").cumcount()).reset_index(drop=True)


def _verdicts(frame):
    return named(frame["verdict"], labels(VERDICTS), table="claims", home="VERDICTS in words.py")


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """A dot for each claim in its verdict's row; those outside the choice fade.

    `frame` is the table `claims`. Params: `article`, `topic` and `verdict` (keys of the table, or 'all').
    """
    rows = squares(frame)
    labels = [label for label, _ in VERDICTS.values()]
    base = alt.Chart(rows).encode(
        x=alt.X("place:Q", axis=None, scale=alt.Scale(domain=[-1, rows["place"].max() + 5])),
        y=alt.Y(
            "label:N",
            scale=alt.Scale(domain=labels),
            title=None,
            axis=alt.Axis(domain=False, ticks=False, labelPadding=10, labelFontSize=13),
        ),
    )
    colours = alt.Scale(domain=labels, range=[colour for _, colour in VERDICTS.values()])
    chosen = alt.condition(_CHOSEN, alt.value(1), alt.value(0.15))
    marks = base.mark_circle(size=70, yOffset=_BESIDE).encode(
        color=alt.Color("label:N", scale=colours, legend=None),
        fillOpacity=chosen,
        strokeOpacity=chosen,  # else the outline of one left out stands alone and looks like a mark of its own
        stroke=alt.condition("datum.verdict == 'not_verified'", alt.value(theme.MUTED), alt.value(None)),
        tooltip=theme.tooltip(claim_id="Claim", paraphrase="It says", words="Its words"),
    )
    return (
        alt.layer(
            *_rated(rows[rows["claim_id"].isin(teaching(frame)["claim_id"])], base),
            marks,
            _numbers(base),
            _summary(rows),
        )
        .properties(width=theme.FULL, height=alt.Step(36))
        .add_params(*(alt.param(name=name) for name in ("article", "topic", "verdict", "guess")))
    )


def _numbers(base):
    """How many claims of those chosen each verdict has, at the end of its row."""
    counted = base.transform_calculate(chosen=f"{_CHOSEN} ? 1 : 0")
    counted = counted.transform_aggregate(claims="sum(chosen)", last="max(place)", groupby=["label"])
    return counted.mark_text(align="left", dx=12, fontWeight="bold", fontSize=13).encode(
        x="last:Q", y=base.encoding.y, text="claims:Q"
    )


def teaching(frame: pd.DataFrame) -> pd.DataFrame:
    """The claims that readers rate themselves, in the articles' order."""
    return frame[frame["teaches"]].sort_values(["article", "position"])


def _rated(rows, base):
    """A ring in the row of the verdict that a reader gave, joined to the dot of ours."""
    named = json.dumps(labels(VERDICTS), ensure_ascii=False)
    theirs = (
        alt.Chart(rows.assign(nth=range(len(rows)))[["claim_id", "nth", "place", "label"]])
        .transform_filter(f"isValid(guess) && guess[datum.nth] != '{NOT_RATED}'")
        .transform_calculate(yours=f"({named})[guess[datum.nth]]")
        .encode(x=base.encoding.x)
    )
    says = theme.tooltip(claim_id="Claim", yours="You said", label="We said")
    y = base.encoding.y.copy()
    y.shorthand = "yours:N"
    line = theirs.mark_rule(color=theme.INK, strokeWidth=1.5).encode(y=base.encoding.y, y2="yours:N")
    ring = theirs.mark_point(filled=False, size=150, yOffset=_BESIDE, color=theme.INK, strokeWidth=2).encode(
        y=y, tooltip=says
    )
    return line, ring


def _summary(rows):
    """The running count; sums of flags, so that a choice without any claim still says so."""
    flags = {"claims": "", "held_up": " && datum.verdict == 'held_up'", "wrong": " && datum.verdict == 'wrong'"}
    line = (
        f"datum.claims == 0 ? '{NO_CLAIM}' :"
        "  datum.claims + (datum.claims == 1 ? ' claim: ' : ' claims: ')"
        " + datum.held_up + ' held up, ' + datum.wrong + ' wrong'"
    )
    return (
        theme.status(rows, x=0, y=-20)
        .transform_calculate(**{name: f"{_CHOSEN}{more} ? 1 : 0" for name, more in flags.items()})
        .transform_aggregate(**{name: f"sum({name})" for name in flags})
        .transform_calculate(line=line)
        .encode(text="line:N")
    )


def controls(frame: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """Menus for article, topic and verdict, each beginning with all."""
    topics = [(topic(key), key) for key in sorted(frame["topic"].unique())]
    menus = {
        "article": ("Article", [(name, key) for key, name in ARTICLES.items()]),
        "topic": ("Topic", topics),
        "verdict": ("Verdict", [(label, key) for key, (label, _) in VERDICTS.items()]),
    }
    return {
        name: ipywidgets.Dropdown(options=[("All", ALL), *options], value=ALL, description=label)
        for name, (label, options) in menus.items()
    }


def table(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per claim, all text: `Claim`, `Article`, `Topic`, `Verdict`, `What it says (our words)`, `Words that decide`
    and `Why`."""
    return pd.DataFrame(
        {
            "Claim": frame["claim_id"],
            "Article": named(frame["article"], ARTICLES, table="claims", home="ARTICLES in words.py"),
            "Topic": frame["topic"].map(topic),
            "Verdict": _verdicts(frame),
            "What it says (our words)": frame["paraphrase"],
            "Words that decide": "“" + frame["words"] + "”",
            "Why": frame["explanation"],
        }
    )


def title(frame: pd.DataFrame) -> StateTitle:
    """How the claims chosen aged; of one verdict, how many have it."""

    def sentence(article, topic, verdict):
        asked = frame[frame["article"].isin([article] if article != ALL else frame["article"])]
        asked = asked[asked["topic"].isin([topic] if topic != ALL else asked["topic"])]
        of = ("claim" if len(asked) == 1 else "claims") + ("" if article == topic == ALL else " chosen")
        if verdict != ALL:
            number = int((asked["verdict"] == verdict).sum())
            return f"Verdict “{VERDICTS[verdict][0]}”: {number} of {len(asked)} {of}" if number else NO_CLAIM
        checked = checkable(asked)
        if asked.empty:
            return NO_CLAIM
        if len(asked) == 1:
            return f"Verdict on the one claim chosen: “{VERDICTS[asked['verdict'].iloc[0]][0]}”"
        if checked.empty:
            return f"None of the {len(asked)} {of} could be checked"
        if len(checked) == 1:
            return (
                f"Of the {len(asked)} {of}, one could be checked: verdict “{VERDICTS[checked['verdict'].iloc[0]][0]}”"
            )
        wrong = int((checked["verdict"] == "wrong").sum())
        return (
            f"{int((checked['verdict'] == 'held_up').sum()) or 'None'} of {len(checked)} {of} that could be checked held up; "
            f"{wrong or 'none'} {'was' if wrong < 2 else 'were'} wrong"
        )

    return StateTitle(by=("article", "topic", "verdict"), sentence=sentence)


def explorer(frame: pd.DataFrame) -> Explorer:
    """The figure `fig-claims` for the table `claims` or a selection of its rows."""
    theme.drawn(frame, "fig-claims", "claims")
    counts = frame["verdict"].value_counts()
    listed = ", ".join(f"{counts.get(key, 0)} {label}" for key, (label, _) in VERDICTS.items())
    return Explorer(
        chart(frame),
        name="fig-claims",
        controls=controls(frame),
        prediction=_prediction(frame),
        title=title(frame),
        description=f"One dot for each of {len(frame)} claims, in a row for each verdict: {listed}.",
        table=table(frame),
        sources=data.sources_of(frame),
        as_of="November 2026, judging what was written in November 2017",
    )


def _prediction(frame):
    rated = teaching(frame)
    if rated.empty:
        return None
    options = [("not rated", NOT_RATED), *((label, key) for key, (label, _) in VERDICTS.items())]
    menus = {
        row.claim_id: ipywidgets.Dropdown(
            options=options, value=NOT_RATED, description=f"{row.claim_id}: “{row.words}”"
        )
        for row in rated.itertuples()
    }
    return Prediction(
        question=f"How do you rate these {len(rated)} claims? The words are the articles' own.",
        title="The claims of both articles, in a row for each verdict",
        ask=menus,
        kept="rating/",
        truth=dict(zip(rated["claim_id"], rated["verdict"], strict=True)),
        sentence=lambda agreed: (
            f"Your verdict and ours are the same for {agreed} of these {len(rated)} claims. A ring in "
            "the chart stands where you put a claim, and a line leads from it to where we put it."
        ),
    )
