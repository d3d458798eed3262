"""The claims of the two articles of November 2017."""

from __future__ import annotations

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
