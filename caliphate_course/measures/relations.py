"""Who helped and who fought whom, and when, among groups of actors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from caliphate_course.words import RELATIONS
from coursebook import months
from coursebook.words import named

# The war against the caliphate ends here; later relations were researched less closely (see `relations`).
LAST_MONTH_RESEARCHED = 201904
COALITION = "US, coalition"
# Actors of the table drawn as one row and one column. The task force and the US stand together because air
# support passed from one to the other on 17 October 2014.
_BEFORE = {
    "US, coalition": ("usa", "cjtf-oir", "global-coalition", "saudi-arabia"),
    "Iraq": ("iraq", "isf"),
    "PMF": ("pmf", "kataib-hezbollah"),
    "Iraqi Kurds": ("krg", "peshmerga", "kdp", "puk", "knc"),
    "SDF, YPG": ("sdf", "ypg", "sac"),
    "PKK, YBS": ("pkk", "ybs"),
    "Turkey": ("turkey",),
    "Rebels (Turkey)": ("turkish-backed-rebels",),
    "Rebels (other)": ("fsa", "maghawir"),
    "Nusra, HTS": ("nusra-hts",),
    "Damascus": ("syria", "pro-government-militias"),
    "Russia": ("russia", "wagner"),
    "Iran, Hezbollah": ("iran", "hezbollah"),
    "Israel": ("israel",),
    "ISIS": ("isis",),
}
_AFTER = {
    **{("Assad's side" if label == "Damascus" else label): ids for label, ids in _BEFORE.items() if label != "ISIS"},
    "New Damascus": ("syria-interim",),
    "ISIS": ("isis",),
}
# The joint information centre in Baghdad stands for the three states that shared it with Iraq.
_JOINT = {"baghdad-cell": ("russia", "iran", "syria")}


@dataclass(frozen=True, eq=False)
class Window:
    """A stretch of the story: its first and last month (year * 100 + month) and the groups of actors it is told with."""

    first: int
    last: int
    groups: dict[str, tuple[str, ...]]


WAR = Window(first=201406, last=201904, groups=_BEFORE)
AFTERMATH = Window(first=201709, last=202602, groups=_AFTER)


def cells(frame: pd.DataFrame, window: Window = WAR) -> pd.DataFrame:
    """One row per relation of the table `relations` and direction in which it runs, between groups of actors.

    Adds `source` and `target` (labels of the window's groups), `start` and `end` as whole months (year * 100 +
    month; 0 and 999912 where the table has none; an end known only to the year holds to its December), `rank`
    (strongest kind first, our readings last), `first` (1 on one row of each relation, for counting), `open` (no
    end, and begun before May 2019) and `among` (a fight between groups that had both fought ISIS by then, ISIS
    itself left out). Raises ValueError for a relation without an entry in RELATIONS.
    """
    rows = frame.copy()
    rows["start"] = months.number(rows["start"]).fillna(0).astype(int)
    last = rows["end"].dt.month.where(rows["end_precision"] != "year", 12)
    rows["open"] = rows["end"].isna() & (rows["start"] <= LAST_MONTH_RESEARCHED)
    rows["end"] = (rows["end"].dt.year * 100 + last).fillna(months.FAR_FUTURE).astype(int)
    rows = pd.DataFrame(_directions(rows), columns=rows.columns)
    label = {actor: name for name, actors in window.groups.items() for actor in actors}
    rows["source"], rows["target"] = rows["from_actor"].map(label), rows["to_actor"].map(label)
    rows = rows.dropna(subset=["source", "target"])
    rows["first"] = (~rows["id"].duplicated()).astype(int)
    order = list(window.groups)
    ranks = {kind: 2 * rank for rank, kind in enumerate(RELATIONS)}
    kind = named(rows["relation"], ranks, table="relations", home="RELATIONS in words.py")
    rows["rank"] = kind + rows["interpretive"].astype(int)
    rows["among"] = _among(rows)
    by = {name: rows[name].map(order.index) for name in ("source", "target")}
    rows = rows.assign(row=by["source"], column=by["target"]).sort_values(["row", "column", "rank"])
    return rows[(rows["end"] >= window.first) & (rows["start"] <= window.last)].reset_index(drop=True)


def _directions(rows):
    for _, row in rows.iterrows():
        for one in _JOINT.get(row["from_actor"], (row["from_actor"],)):
            for other in _JOINT.get(row["to_actor"], (row["to_actor"],)):
                yield {**row, "from_actor": one, "to_actor": other}
                if not row["directed"]:
                    yield {**row, "from_actor": other, "to_actor": one}


def _among(rows):
    against = rows[(rows["relation"] == "fights") & (rows["target"] == "ISIS")]
    since = against.groupby("source")["start"].min()
    both = pd.concat([rows["source"].map(since), rows["target"].map(since)], axis=1)
    known = both.notna().all(axis=1) & (both.max(axis=1) <= rows["end"])
    return known & (rows["relation"] == "fights") & (rows["source"] != "ISIS") & (rows["target"] != "ISIS")


def holding(frame: pd.DataFrame, month: int, window: Window = WAR) -> pd.DataFrame:
    """Rows of `cells` that hold in `month` (year * 100 + month), one for each direction."""
    rows = cells(frame, window)
    return rows[(rows["start"] <= month) & (month <= rows["end"])]


def standing(frame: pd.DataFrame, month: str) -> pd.DataFrame:
    """The relations that hold in `month` ('2017-10'), one row for each."""
    rows = holding(frame, months.from_iso(month))
    return rows[rows["first"] == 1]


def both_helped(frame: pd.DataFrame, fights: pd.DataFrame, window: Window = WAR) -> pd.DataFrame:
    """When the coalition helped both of two groups: `label` of the pair as in `fights`, and whole months `start` and `end`.

    `fights` has `source`, `target` and `label`. Months in a row become one stretch of time.
    """
    rows = cells(frame, window)
    rows = rows[(rows["source"] == COALITION) & rows["relation"].map(lambda kind: RELATIONS[kind].family == "help")]
    helped = {
        month: set(rows.loc[(rows["start"] <= month) & (month <= rows["end"]), "target"])
        for month in months.between(window.first, window.last)
    }
    stretches = []
    for pair in fights.drop_duplicates("label").itertuples():
        for both, stretch in groupby(helped, key=lambda month: {pair.source, pair.target} <= helped[month]):
            listed = list(stretch)
            if both:
                stretches.append({"label": pair.label, "start": listed[0], "end": listed[-1]})
    return pd.DataFrame(stretches, columns=["label", "start", "end"])
