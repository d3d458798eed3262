"""This course, as the engine takes it: `_config.yml` names `caliphate_course.course:COURSE`."""

from __future__ import annotations

import re

from caliphate_course import data
from caliphate_course.facts import facts
from coursebook.course import Course


def _actors() -> list[tuple[list[str], str]]:
    rows = data.load("actors")
    forms = [[re.sub(r"\s*\(.*?\)", "", row["name"]), row["short_name"]] for _, row in rows.iterrows()]
    return list(zip(forms, rows["description"].fillna(""), strict=True))


def _places() -> list[tuple[list[str], str]]:
    rows = data.load("town_control").drop_duplicates("place_id")
    return [
        ([row["place"]], row["country"] + (f", {row['governorate']}" if isinstance(row["governorate"], str) else ""))
        for _, row in rows.iterrows()
    ]


COURSE = Course(
    package="caliphate_course",
    distribution="caliphate-course",
    data=data,
    facts=facts,
    archive="rise-and-fall-of-the-caliphate-data.zip",
    licence="CC BY 4.0",
    subtitle="ISIS, the coalitions that fought it, and what came after",
    names={"actors": _actors, "places": _places},
)
