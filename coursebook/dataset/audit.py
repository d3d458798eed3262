"""What a person should look at: matters of judgement, told as a report and never a stop. `python -m coursebook audit`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from coursebook.dataset import Dataset, ids

SHOWN = 6  # ids named in a line
WIDE = 5  # times: a range of which the high is so many times the low
_AT_SECOND_HAND = {"repost", "tertiary"}

Line = tuple[str, list[str], int]  # what, which, of how many


def report(dataset: Dataset) -> str:
    """The report on all tables of `dataset`, one line for each matter, with the rows it concerns."""
    sources = dataset.load("sources").set_index("id")
    lines = []
    for name in dataset.tables():
        frame = dataset.load(name)
        found = list(_of_sources(sources) if name == "sources" else _of_rows(frame, sources))
        found += list(_excepted(dataset.resource(name)))
        lines += [f"\n{name} ({len(frame)} rows)", *(_line(*one) for one in found if one[1])]
    twice = [_line(*one) for one in _twice(dataset)]
    return "\n".join([*lines, *(["\nthe same number in two tables", *twice] if twice else [])]).strip()


def _line(what, which, total):
    more = f", and {len(which) - SHOWN} more" if len(which) > SHOWN else ""
    share = f" of {total}" if total else ""
    return f"  {len(which)}{share} {what}: {', '.join(which[:SHOWN])}{more}"


def _of_rows(frame: pd.DataFrame, sources: pd.DataFrame) -> Iterator[Line]:
    if "source_ids" not in frame:
        return
    cited = {row.id: [sources.loc[one] for one in ids(row.source_ids)] for row in frame.itertuples()}
    total = len(frame)

    def which(fits):
        return [row for row, of in cited.items() if of and fits(of)]

    yield "rest on one source", which(lambda of: len(of) == 1), total
    yield "rest on undated sources alone", which(lambda of: all(pd.isna(one["date"]) for one in of)), total
    yield (
        "rest on copies and encyclopaedias alone",
        which(lambda of: all(one["kind"] in _AT_SECOND_HAND for one in of)),
        total,
    )
    if "confidence" in frame:
        high = set(frame.loc[frame["confidence"] == "high", "id"])
        yield (
            "are of high confidence on one source",
            [row for row in which(lambda of: len(of) == 1) if row in high],
            total,
        )
    if {"low", "high"} <= set(frame):
        yield (
            f"have a high over {WIDE} times the low",
            list(frame.loc[frame["high"] > WIDE * frame["low"], "id"]),
            total,
        )
    for column in [c for c in frame if f"{c}_precision" in frame]:
        coarse = frame[f"{column}_precision"].isin(["month", "quarter", "year"]).fillna(False)
        if 0 < coarse.sum() < total:
            yield f"know `{column}` no closer than the month", list(frame.loc[coarse, "id"]), total


def _of_sources(sources: pd.DataFrame) -> Iterator[Line]:
    total = len(sources)
    yield "have no date", list(sources[sources["date"].isna()].index), total
    yield "have a title of our own", list(sources[sources["title"].str.startswith("[")].index), total
    yield "were read as an excerpt", list(sources[sources["seen"] == "excerpt"].index), total
    if "via" in sources:
        yield "were read at another place than where they appeared", list(sources[sources["via"].notna()].index), total


def _excepted(resource: dict) -> Iterator[Line]:
    for rule, told in resource.get("rules", {}).items():
        for one in told if isinstance(told, list) else [told]:
            yield f"excepted from the rule {rule}", [f"{row} ({why})" for row, why in one.get("except", {}).items()], 0


def _twice(dataset: Dataset) -> Iterator[Line]:
    """Numbers of four digits or more that two tables have for one day: the same count, which must not drift apart."""
    places = defaultdict(list)
    for name in dataset.tables():
        frame = dataset.load(name)
        if {"date", "best"} <= set(frame):
            large = frame[frame["best"] >= 1000]
            for row, day, best in zip(large["id"], large["date"], large["best"].astype(float), strict=True):
                places[day, best].append(f"{name}/{row}")
    for (day, value), rows in places.items():
        if len({row.partition("/")[0] for row in rows}) > 1:
            yield f"have {value:,.0f} on {day:%Y-%m-%d}", rows, 0
