"""How far places lie from the Euphrates and the Tigris, as the base map draws them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

RIVERS = ("Euphrates", "Tigris")
CORRIDOR_KM = 15  # on either side; towns are known by one point, and the lines of the rivers are simplified
_KM_PER_DEGREE = 111.2


def beside_rivers(frame: pd.DataFrame, base_map: dict) -> pd.Series:
    """Whether each row of `frame` (`lat` and `lon`, degrees) lies within CORRIDOR_KM of a line of RIVERS in `base_map`."""
    ends = _segments(base_map)
    return pd.Series(
        [_km(ends, row.lon, row.lat) <= CORRIDOR_KM for row in frame.itertuples()], frame.index, dtype=bool
    )


def _km(ends, lon, lat):
    """From a point to the nearest of the segments, on a plane that touches the earth there."""
    scale = _KM_PER_DEGREE * np.array([np.cos(np.radians(lat)), 1])
    start, stop = (ends - [lon, lat]).transpose(1, 0, 2) * scale
    along = stop - start
    share = np.clip(-(start * along).sum(axis=1) / (along**2).sum(axis=1), 0, 1)
    return np.hypot(*(start + along * share[:, None]).T).min()


def _segments(base_map):
    """Both ends (degrees) of each piece of the rivers, whose arcs are told in steps from point to point."""
    told = base_map["transform"]
    rivers = [one for one in base_map["objects"]["rivers"]["geometries"] if one["properties"]["name"] in RIVERS]
    used = {
        max(arc, ~arc) for one in rivers for part in one["arcs"] for arc in ([part] if isinstance(part, int) else part)
    }
    lines = [np.cumsum(base_map["arcs"][arc], axis=0) * told["scale"] + told["translate"] for arc in sorted(used)]
    return np.array([piece for line in lines for piece in pairwise(line)])
