"""Worked-out numbers as data: a TOML file names for each what it is made of.

    [members-march-2017]
    measure = "members"               # rows that a measure of the course picks from its table; their number is the fact
    day = 2017-03-22                  # an argument of the measure
    where = { region = "europe" }     # of those rows, the ones whose columns say so
    when = "{day}"                    # an argument in words
    note = "Members that had joined by that day."

Instead of `measure`, `table` takes all rows of a table, and `ratio`, `difference`, `share` (with `of`) and `total` work
with other facts by reference; in their `note`, each `{}` is one of these facts in words. `like` takes over what an
entry above says and this one does not. What an entry may say is listed in FIELDS.
"""

from __future__ import annotations

import datetime
import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from coursebook.dataset import DataError, Dataset, source_ids
from coursebook.facts import Fact, FactError, Facts
from coursebook.words import day_words

# What an entry is made of: exactly one of these.
WAYS = {
    "measure": "rows that a measure picks",
    "table": "rows of a table",
    "ratio": "one fact divided by another",
    "difference": "one fact less another",
    "share": "facts in per cent of the fact `of`",
    "total": "the sum of facts",
}
_FROM_ROWS = {
    "where": "columns and what they must hold: one value or several",
    "distinct": "count the different values of this column, not the rows",
    "sum": "add up this column, or a low, a best and a high one",
    "median": "take the median of this column",
}
_FROM_FACTS = {
    "of": "the whole of a share",
    "divide": "divide the number by this",
    "at_least": "the number is a lower bound",
}
FIELDS = {
    **WAYS,
    **_FROM_ROWS,
    **_FROM_FACTS,
    "digits": "round to so many digits after the point",
    "unit": "the unit in words",
    "who": "who counted, where all of it is theirs",
    "when": "the date or period in words; {argument} is an argument of the measure",
    "note": "how it was worked out, for the reader",
    "like": "an entry above, whose fields hold here too",
}


@dataclass(frozen=True)
class Measure:
    """A function that picks rows of a frame (with a column `id`) by further arguments, and the table it is given."""

    table: str
    pick: Callable[..., pd.DataFrame]

    @property
    def arguments(self) -> list[str]:
        """Names of the arguments beside the frame."""
        return list(inspect.signature(self.pick).parameters)[1:]


class Definitions(Mapping):
    """The worked-out facts of the TOML file `path`, by name: a function of none that gives the Fact.

    Raises FactError, with file, line and what there is, for an entry that breaks a rule.
    """

    def __init__(self, path: Path, facts: Facts, measures: Mapping[str, Measure]):
        self._path, self._facts, self._measures = Path(path), facts, measures

    def __getitem__(self, name: str) -> Callable[[], Fact]:
        entry = self._entries[name]
        return lambda: self._fact(name, entry)

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)

    @cached_property
    def _text(self):
        return self._path.read_text(encoding="utf-8")

    @cached_property
    def _entries(self) -> dict[str, dict]:
        try:
            written = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise FactError(
                f"{self._path.name}: this is not TOML: {error}. Correct it there or just before."
            ) from error
        entries: dict[str, dict] = {}
        for name, entry in written.items():
            like = entry.get("like")
            if like is not None and like not in entries:
                raise self._fault(name, f"`like` names {like!r}, which is no entry above it", entries)
            entries[name] = {**entries.get(like, {}), **entry}
            self._check(name, entries[name])
        return entries

    def _check(self, name, entry):
        ways = [way for way in WAYS if way in entry]
        if len(ways) != 1:
            raise self._fault(name, f"it is made of {' and '.join(ways) or 'nothing'}; name one way", WAYS)
        if not str(entry.get("note", "")).strip():
            raise self._fault(name, "it has no note; say for the reader how it was worked out")
        allowed = set(FIELDS)
        if "measure" in entry:
            if entry["measure"] not in self._measures:
                raise self._fault(name, f"there is no measure {entry['measure']!r}", self._measures)
            arguments = self._measures[entry["measure"]].arguments
            allowed |= set(arguments)
            unknown = f"the measure {entry['measure']} takes no {{!r}}"
        else:
            arguments, unknown = [], "an entry has no field {!r}"
        for field in entry:
            if field not in allowed:
                raise self._fault(name, unknown.format(field), [*arguments, *FIELDS])

    def _fault(self, name, what, there_are: Iterable[str] = ()):
        line = next((n for n, text in enumerate(self._text.splitlines(), 1) if text.startswith(f"[{name}]")), 1)
        listed = f" There are: {', '.join(there_are)}." if there_are else ""
        return FactError(f"{self._path.name}, line {line}, {name}: {what}.{listed}")

    def _fact(self, name, entry):
        try:
            fact = self._of_rows(entry) if {"measure", "table"} & set(entry) else self._of_facts(entry)
        except (FactError, DataError, KeyError, TypeError, ValueError, IndexError) as error:
            is_told = isinstance(error, (LookupError, DataError))
            what = str(error).rstrip(".") if is_told else f"{type(error).__name__}: {error}"
            raise self._fault(name, what) from error
        told = {field: entry[field] for field in ("unit", "who") if field in entry}
        return replace(fact, when=self._when(name, entry), **told)

    def _when(self, name, entry):
        arguments = {key: _words(value) for key, value in entry.items() if key not in FIELDS}
        try:
            return entry.get("when", "").format(**arguments)
        except KeyError as error:
            raise self._fault(name, f"`when` names {error}, which is no argument of it", arguments) from error

    def _of_rows(self, entry):
        table, frame = self._picked(entry)
        for column, wanted in entry.get("where", {}).items():
            if column not in frame:
                raise FactError(f"these rows have no column {column!r}, only {', '.join(frame.columns)}")
            frame = frame[frame[column].isin(wanted if isinstance(wanted, list) else [wanted])]
        return from_rows(self._facts.dataset, table, frame, note=entry["note"], **_aggregated(frame, entry))

    def _picked(self, entry):
        if "table" in entry:
            return entry["table"], self._facts.dataset.load(entry["table"])
        measure = self._measures[entry["measure"]]
        arguments = {name: entry[name] for name in measure.arguments if name in entry}
        return measure.table, measure.pick(self._facts.dataset.load(measure.table), **arguments)

    def _of_facts(self, entry):
        digits, by = entry.get("digits", 0), entry.get("divide", 1)
        way = next(way for way in WAYS if way in entry)
        references, work = {
            "ratio": lambda: (entry[way], lambda above, below: round(above / below, digits)),
            "difference": lambda: (entry[way], lambda above, below: above - below),
            "share": lambda: ([*entry[way], entry["of"]], lambda *all: round(100 * sum(all[:-1]) / all[-1], digits)),
            "total": lambda: (entry[way], lambda *all: sum(all)),
        }[way]()
        fact = from_facts(self._facts, references, work, entry["note"], unit="%" if way == "share" else "")
        if by != 1:
            fact = replace(fact, value=round(fact.value / by, digits))
        return replace(fact, value=None, low=fact.value) if entry.get("at_least") else fact


def _aggregated(frame, entry):
    if "distinct" in entry:
        return {"value": int(frame[entry["distinct"]].nunique())}
    if "median" in entry:
        return {"value": round(float(frame[entry["median"]].median()), entry.get("digits", 0))}
    if "sum" in entry:
        columns = [entry["sum"]] if isinstance(entry["sum"], str) else entry["sum"]
        sums = [int(frame[column].sum()) for column in columns]
        return {"value": sums[0]} if len(sums) == 1 else dict(zip(("low", "value", "high"), sums, strict=True))
    return {"value": len(frame)}


def _words(argument):
    """An argument as `when` says it: a date or a month ('2014-06') in words, first and last year as a stretch."""
    if isinstance(argument, datetime.date):
        return day_words(pd.Timestamp(argument))
    if isinstance(argument, list):
        return " to ".join(dict.fromkeys(map(_words, argument)))
    return f"{pd.Timestamp(argument):%B %Y}" if re.fullmatch(r"\d{4}-\d\d", str(argument)) else str(argument)


def from_rows(dataset: Dataset, table: str, frame: pd.DataFrame, value: float | None, note: str, **told) -> Fact:
    """`value`, worked out from the rows of `table` whose ids are in `frame`. `told` are further fields of Fact."""
    wanted = list(dict.fromkeys(frame["id"].dropna()))
    rows = dataset.load(table).set_index("id").loc[wanted]
    return Fact(value=value, note=note, source_ids=tuple(source_ids(rows)), rows=((table, tuple(wanted)),), **told)


def from_facts(facts: Facts, references: list[str], work: Callable[..., float], note: str, **told) -> Fact:
    """`work` of the numbers behind `references`: of each the best, else the low one.

    In `note`, `{}` stands for each figure in words. `told` are further fields of Fact. Raises FactError if a reference
    leads nowhere, or to neither a best nor a low number.
    """
    found = [facts.resolve(reference) for reference in references]
    rows: dict[str, dict] = {}
    for fact in found:
        for table, ids in fact.rows:
            rows.setdefault(table, {}).update(dict.fromkeys(ids))
    if note.count("{}") > len(found):
        raise FactError(f"its note has more {{}} than facts, {len(found)}")
    return Fact(
        value=work(*(_number(fact) for fact in found)),
        note=note.format(*map(_stated, found)),
        source_ids=tuple(dict.fromkeys(source for fact in found for source in fact.source_ids)),
        rows=tuple((table, tuple(ids)) for table, ids in rows.items()),
        **told,
    )


def _number(fact: Fact) -> float:
    number = fact.low if fact.value is None else fact.value
    if number is None:
        raise FactError(f"{fact.place} has neither a best nor a low number, of which another figure is worked out.")
    return float(number)


def _stated(fact: Fact) -> str:
    """The number that is worked with, in words: billions as such, and 'at least' instead of a range."""
    if fact.value is None:
        return replace(fact, high=None).text
    if fact.value >= 1e9:
        return replace(fact, value=fact.value / 1e9, unit=f"billion {fact.unit}").text
    return fact.text
