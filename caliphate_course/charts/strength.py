"""How many were there? Strength estimates side by side, never joined: each counts something else."""

from __future__ import annotations

import altair as alt
import ipywidgets
import pandas as pd

from caliphate_course import data
from caliphate_course.charts import guesses, ranges
from caliphate_course.facts import fill
from caliphate_course.measures.estimates import stated
from coursebook.figures import Explorer, Prediction, theme
from coursebook.words import date_words, in_words

# The table's measures in words.
COUNTED = {
    "can_muster": "fighters it can muster",
    "fighters": "fighters",
    "members": "members, fighting or not",
    "fighters_and_members": "fighters and members",
    "fighters_and_supporters": "fighters and supporters",
    "fighters_at_large": "fighters at large",
    "peak_militants": "a peak, looking back",
}
SHORT = {
    "CIA (earlier estimate)": "CIA, earlier",
    "Bill Roggio, Long War Journal": "Roggio, LWJ",
    "US intelligence (unnamed official)": "US intelligence",
    "Brett McGurk, US envoy": "US envoy",
    "Lt Gen Sean MacFarland, coalition commander": "Coalition general",
    "US-led coalition": "Coalition",
    "US Department of Defense via Lead Inspector General (sum of the two rows)": "US defence dept.",
    "UN Monitoring Team, from member states": "UN team",
    "UN Monitoring Team": "UN team",
    "Lead Inspector General, from public estimates": "US inspector",
    "CJTF-OIR via Lead Inspector General": "Coalition HQ",
    "James Jeffrey, US envoy": "US envoy",
    "Masrour Barzani, prime minister of the Kurdistan Region": "Barzani",
    "Lead Inspector General; James Jeffrey": "US inspector",
    "Vladimir Voronkov, UN counter-terrorism chief": "UN official",
    "US Central Command": "US command",
    "Adrian Shtuni (ICCT), summing up estimates": "Shtuni, ICCT",
    "Adrian Shtuni (ICCT)": "Shtuni, ICCT",
}  # fmt: skip
# Two figures half a year apart, of which the second is guessed.
BEFORE, AFTER = "coalition-2017-12-27", "dod-ig-2018-06"
# The titles speak of these, which are dark; the others are grey.
TOLD = ("cia-2014-earlier", "cia-2014-09", "roggio-2014-08", BEFORE, AFTER)
LOOKING_BACK = "peak_militants"
TITLE = (
    "In 2014 ISIS was put at {fighters/cia-2014-earlier.low as number} fighters or more, at "
    "{fighters/cia-2014-09.low as number} to {fighters/cia-2014-09.high as number} it could muster, and at "
    "{fighters/roggio-2014-08 as number} members"
)


def estimates(frame: pd.DataFrame, since: str = "2014-01-01", until: str = "2016-12-31") -> pd.DataFrame:
    """Rows of `fighters` on Iraq and Syria together dated from `since` to `until` (ISO dates, both included).

    A figure made later about the peak is kept whatever its date if the window spans the turn of 2014 to 2015. Adds
    `counted` (words for the measure), `label` (author and month, unique), `order` and the columns of `stated`.
    """
    both = frame[frame["scope"].str.startswith("Iraq and Syria") & frame["measure"].isin(COUNTED)]
    inside = both["date"].between(since, until) & (both["measure"] != LOOKING_BACK)
    back = (both["measure"] == LOOKING_BACK) & (since < "2015-01-01" <= until)
    rows = stated(both[inside | back]).sort_values("date").reset_index(drop=True)
    when = [
        date_words(row) if row["date_precision"] == "year" else f"{row['date']:%b %Y}" for _, row in rows.iterrows()
    ]
    authors = rows["estimator"].map(lambda name: SHORT.get(name, name))
    label = authors + ", " + pd.Series(when)
    days = rows["date"].dt.day.astype(str)
    label = label.where(~label.duplicated(keep=False), authors + ", " + days + " " + pd.Series(when))
    return rows.assign(counted=rows["measure"].map(lambda key: COUNTED[key]), label=label, order=rows.index)


def chart(rows: pd.DataFrame) -> alt.LayerChart:
    """One row for each estimate of `rows` (from `estimates`), people along the horizontal axis.

    Param: `counted`, a list of what was counted (in words), which stands under each row's author.
    """
    after = {BEFORE, AFTER} <= set(rows["id"])
    told = rows["id"].isin(TOLD)
    rows = rows[["label", "order", "counted", "estimator", "definition", *ranges.COLUMNS]].assign(told=told)
    thousands = alt.Axis(
        tickCount=4, labelSeparation=5, labelExpr="datum.value >= 1000 ? datum.value / 1000 + ',000' : datum.value"
    )
    x = ranges.horizontal(rows, "People (estimates)", room=1.25, axis=thousands)
    layers = ranges.in_rows(
        rows,
        x=x,
        y=ranges.vertical("label", lift=6),
        under="counted",
        color=ranges.SHADES,
        tooltip=theme.tooltip(estimator="Estimator", words="People", counted="Kind", definition="What was counted"),
    )
    return ranges.chart(
        rows,
        layers,
        shown="indexof(counted, datum.counted) >= 0",
        counts={"figures": "count()", "kinds": "distinct(counted)"},
        line="datum.figures + (datum.figures == 1 ? ' estimate, ' : ' estimates, ') + "
        "datum.kinds + (datum.kinds == 1 ? ' thing counted' : ' things counted')",
        height=70 + 32 * len(rows),
        param="counted",
        above=theme.guess(alt.X("guessed:Q", **x)) if after else [],
    )


def controls(rows: pd.DataFrame) -> dict[str, ipywidgets.Widget]:
    """What was counted, for the `rows` drawn."""
    options = [words for words in COUNTED.values() if words in set(rows["counted"])]
    return {"counted": ipywidgets.SelectMultiple(options=options, value=options, description="What was counted")}


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """The estimates in words, all text; `rows` comes from `estimates`.

    Columns `Date`, `Estimator`, `People`, `What was counted` and `Note`.
    """
    return pd.DataFrame(
        {
            "Date": in_words(rows),
            "Estimator": rows["estimator"],
            "People": rows["words"],
            "What was counted": rows["definition"],
            "Note": rows["note"].fillna(""),
        }
    )


def explorer(
    frame: pd.DataFrame,
    *,
    name: str = "fig-strength",
    since: str = "2014-01-01",
    until: str = "2016-12-31",
    title: str = "",
    description: str = "",
    as_of: str = "July 2025, of the years to 2016",
) -> Explorer:
    """A figure of the strength estimates dated from `since` to `until`.

    `frame` is the table `fighters` or a selection of its rows. With any other window give a `title`, with references
    in braces as `TITLE` has them (and, if the one made from the rows does not say enough, a `description`). Raises
    ValueError if no row lies in the window.
    """
    rows = theme.drawn(estimates(frame, since, until), name, f"fighters, dated {since} to {until}")
    listed = "; ".join(f"{row.label}: {row.words} {row.counted}" for row in rows.itertuples())
    return Explorer(
        chart(rows),
        name=name,
        controls=controls(rows),
        prediction=_prediction(rows),
        title=ranges.title("counted", rows, fill(title or TITLE), _part),
        description=description or f"Each estimate in a row of its own, oldest first, not joined. {listed}.",
        table=table(rows),
        sources=data.sources_of(rows),
        as_of=as_of,
    )


def _part(rows, kinds):
    """Estimates of one thing run from one figure to another; those of several are not to be ranked together."""
    estimates = "1 estimate" if len(rows) == 1 else f"{len(rows)} estimates"
    if len(kinds) == 1:
        return f"{kinds[0].capitalize()}: {estimates}, {ranges.span(rows)}"
    return f"{estimates} of {len(kinds)} different things: {'; '.join(kind.split(',')[0] for kind in kinds)}"


def _prediction(rows):
    by_id = rows.set_index("id")
    if not {BEFORE, AFTER} <= set(by_id.index):
        return None
    before, after = by_id.loc[BEFORE], by_id.loc[AFTER]
    low, high = int(after["low"]), int(after["high"])
    when = f"{after['date']:%B %Y}"
    found = f"{low:,} to {high:,} of {when}. It counted other people: {after['counted']}"
    return Prediction(
        question=f"On {date_words(before)} the coalition spoke of {before['words']} {before['counted']} left in its area. "
        f"How many {after['counted']} did the US defence department's figures add up to in {when}?",
        title="How many were left? Estimates after the fall of the towns",
        ask=guesses.numbers("Fighters and members", 50_000, step=500),
        sentence=lambda guess: (
            f"You said {guess:,}, within the {found}."
            if low <= guess <= high
            else guesses.against(guess, low if guess < low else high, f"the range of {found}")
        ),
    )
