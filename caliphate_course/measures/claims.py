"""The claims of the two articles of November 2017."""

from __future__ import annotations

import pandas as pd


def checkable(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `claims` that are neither an opinion or forecast nor without evidence (verdict "not_verified")."""
    return frame[~frame["verdict"].isin(["opinion_or_forecast", "not_verified"])]
