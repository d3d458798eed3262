"""The claims of the two articles of November 2017."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Claims that nearly nobody could get wrong: a name, a date or a distance that any map or calendar shows, a usual
# description, a credit. Each article has some, and whoever cuts a text decides how many of them become claims.
EASY = ["A03", "A06", "A25", "A32", "A35", "A45", "A47", "B09", "B10", "B11", "B21", "B26"]


def checkable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `claims` that are neither an opinion or forecast nor without evidence (verdict "not_verified")."""
    return frame[~frame["verdict"].isin(["opinion_or_forecast", "not_verified"])]


def hard(frame: pd.DataFrame) -> pd.DataFrame:
    """The checkable rows without those of EASY."""
    rows = checkable(frame)
    return rows[~rows["claim_id"].isin(EASY)]


def agreed(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `claims` to which both raters gave the same verdict."""
    return frame[frame["rater_1"] == frame["rater_2"]]


def disputed(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `claims` to which the raters gave different verdicts."""
    return frame[frame["rater_1"] != frame["rater_2"]]


def kappa(first: pd.Series, second: pd.Series) -> float:
    """Agreement of two raters of the same things beyond what their habits alone would give by chance.

    1 is full agreement, 0 is chance. J. Cohen, "A coefficient of agreement for nominal scales", Educational and
    Psychological Measurement 20 (1960), 37-46. Raises ValueError where both raters know one verdict only, since chance
    then explains all.
    """
    counts = pd.crosstab(first, second)
    verdicts = counts.index.union(counts.columns)
    shares = counts.reindex(index=verdicts, columns=verdicts, fill_value=0).to_numpy() / len(first)
    seen, by_chance = np.trace(shares), shares.sum(axis=1) @ shares.sum(axis=0)
    if len(verdicts) == 1:
        raise ValueError("Both raters gave one and the same verdict throughout: kappa has no value for that.")
    return float((seen - by_chance) / (1 - by_chance))
