"""What a reader reads in place of keys, numbers and dates."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def named(keys: pd.Series, names: Mapping[str, object], *, table: str, home: str) -> pd.Series:
    """What a chart calls each of `keys`, a column of `table`: a new word there is neither dropped nor drawn nameless.

    Raises ValueError for a key that `names` lacks; the message says that `home` is where to add it.
    """
    unknown = keys[~keys.isin(list(names))]
    if not unknown.empty:
        raise ValueError(f"No name for the {keys.name} {unknown.iloc[0]!r} of {table}: add it to {home}.")
    return keys.map(names)
