"""How much it held: every estimator's figures, each with what it counted."""

from __future__ import annotations

import pandas as pd

from caliphate_course.measures.estimates import stated
from caliphate_course.words import DEFINITIONS, ESTIMATORS, EXTENTS
from coursebook.words import in_words, named

BOTH = "Iraq and Syria"
SCOPES = [BOTH, "Iraq", "Syria"]
_STATEMENTS = ("territory_once_held", "once_claimed", "declared_end", "no_longer_operates")
# Left off the chart: a pocket known only from an encyclopaedia, and shares counted from another base year.
LEFT_OUT_BASE, LEFT_OUT = "start of 2016 (IHS)", ["wiki-2019-03-syria-desert"]


def estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `territory_estimates` that the chart draws, prepared for it.

    Adds `measure` as a key of EXTENTS (for `left`, low, best and high are what remains, in percent), `group` (a key
    of ESTIMATORS), `kind` (a key of DEFINITIONS), `since` and `until` (the period the date stands for) and the columns of
    `estimates.stated`. Raises ValueError for an estimator that belongs to no group, or a definition that is of no kind.
    """
    keys = {column: key for key, (_, column) in EXTENTS.items()}
    frame = frame[frame["measure"].isin(keys) & frame["scope"].isin(SCOPES)]
    frame = frame[(frame["base"] != LEFT_OUT_BASE) & ~frame["id"].isin(LEFT_OUT)]
    groups = {name: group for group, names in ESTIMATORS.items() for name in names}
    group = named(frame["estimator"], groups, table="territory_estimates", home="ESTIMATORS in words.py")
    frame = frame.assign(measure=frame["measure"].map(keys), group=group)
    frame = stated(_what_is_left(frame))
    year = frame["date_precision"] == "year"
    kinds = {kind: kind for kind in DEFINITIONS} | dict.fromkeys(_STATEMENTS, "statement")
    return frame.assign(
        kind=named(frame["definition"], kinds, table="territory_estimates", home="DEFINITIONS in words.py"),
        since=frame["date"],
        until=frame["date"].where(~year, frame["date"] + pd.DateOffset(years=1)),
        middle=frame["date"].where(~year, frame["date"] + pd.DateOffset(months=6)),
        when=in_words(frame),
        series=frame["series"].fillna(""),
    )


def _what_is_left(frame):
    """A share lost becomes the share left: 'at least 98 lost' is 'up to 2 left'."""
    left = frame["measure"] == "left"
    turned = {"low": 100 - frame["high"], "best": 100 - frame["best"], "high": 100 - frame["low"]}
    return frame.assign(**{side: frame[side].where(~left, turned[side]).round(1) for side in turned})
