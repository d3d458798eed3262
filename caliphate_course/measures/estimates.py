"""How an estimate is stated: one figure, a range, 'at least' or 'up to'."""

from __future__ import annotations

import pandas as pd

from coursebook.told import SelectionError
from coursebook.words import AT_LEAST, UP_TO, bounds, number

# How an estimate is stated. Triangles point to where the true figure may lie.
EXACT, RANGE = "one figure", "range"


def stated(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with its columns `low`, `best`, `high` (any unit, cells may be missing) made ready for drawing.

    Adds `form` (EXACT, RANGE, AT_LEAST or UP_TO), `at` (where the mark stands: best, else the only bound; missing
    for a range without a best figure), `reach` (the largest of the three), `words` ('3,100 (2,100–4,400)',
    'up to 1,900', '4,000 (up to 6,000)') and `brief` (the same without the range of a best figure). A best figure
    with one bound is a range too: its other end becomes the best figure itself.
    Raises SelectionError if a row has none of the three.
    """
    numbers = frame[["low", "best", "high"]].astype("float64")
    if (empty := numbers.isna().all(axis=1)).any():
        raise SelectionError(f"These rows state no figure: {', '.join(frame.loc[empty, 'id'])}.")
    forms = [_form(*row) for row in numbers.itertuples(index=False)]
    result = frame.assign(**numbers, form=forms, reach=numbers.max(axis=1))
    lone = result["form"].isin([AT_LEAST, UP_TO])
    result["at"] = result["best"].where(~lone, result["reach"])
    words = [_words(*row) for row in result[["low", "best", "high", "form"]].itertuples(index=False)]
    result["words"] = pd.Series(words, index=result.index, dtype="str")  # text even where there are no rows
    half = result["form"] == RANGE
    for end in ("low", "high"):  # after the words, which name only the bounds that were stated
        result[end] = result[end].fillna(result["best"].where(half))
    best = result["best"].map(lambda best: "" if pd.isna(best) else number(best))
    return result.assign(brief=result["words"].where(result["best"].isna(), best))


def _form(low, best, high):
    if pd.Series([low, best, high]).notna().sum() > 1:
        return RANGE
    if pd.notna(best):
        return EXACT
    return AT_LEAST if pd.notna(low) else UP_TO


def _words(low, best, high, form):
    if form == EXACT:
        return number(best)
    span = bounds(*(None if pd.isna(end) else end for end in (low, high)))
    return f"{number(best)} ({span})" if pd.notna(best) else span
