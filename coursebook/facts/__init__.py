"""Figures for sentences: a reference to a row of the dataset becomes words with unit, range, author and source.

A reference reads `table/row`, `table/row.column` or either with `as <form>`, for example
`population/census-1991 as million`. A figure worked out from several rows is referred to
as `computed/<name>`: an entry of the course's `facts.toml` or, rarely, a function that it registers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coursebook.dataset import DataError, Dataset, ids
from coursebook.words import bounds, date_words, number, of_millions, period_words, rounded, scaled, with_unit

if TYPE_CHECKING:
    from coursebook.facts.definitions import Measure

_REFERENCE = re.compile(r"^(?P<table>[a-z_]+)/(?P<row>[a-z0-9-]+)(?:\.(?P<column>[a-z_]+))?(?: as (?P<form>[a-z]+))?$")
_IN_BRACES = re.compile(r"\{([^{}]+)\}")
# Who says so: the first of these columns that a table has.
_WHO_COLUMNS = ("estimator", "counter")


class FactError(LookupError):
    """A reference to a row, column or form that does not exist or fit; the message says which and what does."""


@dataclass(frozen=True)
class Fact:
    """One figure with everything that lets a reader judge it.

    `low`, `value` and `high` are numbers or None (`value` may also be text; a date is text as precise as it is known); `unit` is in words and may
    be empty; `who` is the estimator or counter (of a figure worked out here: whose figures it is made of); `when` is
    the date or, if `is_period`, the time covered, in words; `confidence` is ours in the row: high, medium, low or,
    where the table does not judge it, empty; `place` is table and row.
    """

    value: Any
    low: float | None = None
    high: float | None = None
    unit: str = ""
    who: str = ""
    when: str = ""
    is_period: bool = False
    confidence: str = ""
    note: str = ""
    source_ids: tuple[str, ...] = ()
    place: str = ""
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    form: str = "full"

    @property
    def text(self) -> str:
        """The figure as it stands in a sentence."""
        return FORMS[self.form].write(self)

    @property
    def is_worked_out(self) -> bool:
        """Whether the figure is worked out in this course rather than printed by somebody."""
        return self.place.startswith("computed/")

    @property
    def range_text(self) -> str:
        """The range in words, or '' where the source gives a single figure."""
        if self.low is None and self.high is None:
            return ""
        return _read_out(self, _range)


class Facts:
    """The figures that sentences of a course may refer to: cells of its dataset, and those worked out from several rows.

    `units` and `counters` give the words for enumerated units and for the names in the columns `estimator` and
    `counter`; a unit that is not listed is told with spaces for underscores, a name as it stands.
    """

    def __init__(self, dataset: Dataset, *, units: Mapping[str, str] = {}, counters: Mapping[str, str] = {}):
        self.dataset = dataset
        self._units, self._counters = dict(units), dict(counters)
        self._computed: dict[str, Callable[[], Fact]] = {}
        self._defined: Mapping[str, Callable[[], Fact]] = {}

    def computed(self, function: Callable[[], Fact]) -> Callable[[], Fact]:
        """Register a function without arguments as `computed/<its name with hyphens>`."""
        self._computed[function.__name__.replace("_", "-")] = function
        return function

    def define(self, path: Path, measures: Mapping[str, Measure]) -> None:
        """Take the worked-out figures of the TOML file `path`, which may name `measures` (see `facts.definitions`)."""
        from coursebook.facts.definitions import Definitions

        self._defined = Definitions(path, self, measures)

    def computed_names(self) -> list[str]:
        """Names of all worked-out figures: what follows `computed/` in a reference."""
        return sorted({*self._computed, *self._defined})

    def resolve(self, reference: str) -> Fact:
        """The fact behind a reference.

        Raises FactError if reference, table, row, column or form does not exist, or the form asks for what the fact
        lacks.
        """
        match = _REFERENCE.match(reference.strip())
        if not match:
            raise FactError(f"{reference!r} is not a reference. Write table/row, table/row.column or … as form.")
        table, row, column, form = match["table"], match["row"], match["column"], match["form"] or "full"
        if form not in FORMS:
            raise FactError(f"{reference!r}: there is no form {form!r}. The forms are: {', '.join(FORMS)}.")
        fact = self._computed_fact(row, column) if table == "computed" else self._row_fact(table, row, column)
        if lack := FORMS[form].lack(fact):
            raise FactError(f"{reference!r}: the form {form!r} does not fit, as {lack}. Leave it out, or take another.")
        return replace(fact, form=form)

    def fill(self, text: str) -> str:
        """`text` with every reference in braces, `{table/row as form}`, as it stands in a sentence. Raises FactError."""
        return _IN_BRACES.sub(lambda found: self.resolve(found[1]).text, text)

    def _computed_fact(self, name, column):
        work = self._computed.get(name) or self._defined.get(name)
        if work is None:
            raise FactError(f"computed/{name}: there is no such figure. There are: {', '.join(self.computed_names())}.")
        if column is not None:
            raise FactError(f"computed/{name} has no column {column!r}: it is one figure. Write computed/{name}.")
        return replace(work(), place=f"computed/{name}")

    def _row_fact(self, table, row_id, column):
        try:
            frame = self.dataset.load(table)
        except DataError as error:
            raise FactError(str(error)) from error
        row, roles = _row(frame, table, row_id), self.dataset.resource(table).get("fact", {})
        if column is not None and column not in frame:
            raise FactError(f"{table} has no column {column!r}. It has: {', '.join(frame.columns)}.")
        if column is None and "value" not in roles:
            raise FactError(f"{table} has no main column: name one, as in {table}/{row_id}.{frame.columns[1]}.")
        return self._cell_fact(row, column, roles, place=f"{table}/{row_id}")

    def _cell_fact(self, row, column, roles, place):
        """The fact of a row's main column, or of `column`."""
        main = column is None or column == roles.get("value")
        column = column or roles["value"]
        value = _plain(row[column])
        low, high = (_plain(row.get(roles.get(side))) if main else None for side in ("low", "high"))
        if value is None and low is None and high is None:
            raise FactError(f"{place}: column {column!r} is empty.")
        own_source = bool(_own_source(row, column))  # what the row says of date and confidence is not of this column
        is_date = isinstance(value, pd.Timestamp)
        if is_date:
            value = date_words(row, column)
        return Fact(
            value=value,
            low=low,
            high=high,
            unit=self._unit(row, roles) if main and not isinstance(value, str) else "",
            who=self._who(row),
            when=value if is_date else "" if own_source else _when(row, roles),
            is_period=not is_date and not own_source and "since" in roles,
            confidence="" if own_source else str(_plain(row.get("confidence")) or ""),
            note=str(_plain(row.get("note")) or ""),
            source_ids=_source_ids(row, column),
            place=place,
            rows=((place.partition("/")[0], (row["id"],)),),
        )

    def _unit(self, row, roles):
        unit = roles.get("unit", "")
        unit = str(_plain(row.get(unit)) or "") if unit in row.index else unit
        return self._units.get(unit, unit.replace("_", " "))

    def _who(self, row):
        name = str(next((_plain(row[column]) for column in _WHO_COLUMNS if column in row.index), None) or "")
        return self._counters.get(name, name)


def _row(frame, table, row_id):
    rows = frame[frame["id"] == row_id]
    if rows.empty:
        near = [i for i in frame["id"] if i.split("-")[0] == row_id.split("-")[0]][:8]
        hint = f" Rows that begin alike: {', '.join(near)}." if near else ""
        raise FactError(f"{table} has no row {row_id!r}.{hint}")
    return rows.iloc[0]


def _source_ids(row, column):
    """The row's sources, or those of the column alone: `population_prewar` has its own in `population_source`."""
    return ids(_own_source(row, column)) or ids(row.get("source_ids"))


def _own_source(row, column):
    return _plain(row.get(f"{column.partition('_')[0]}_source"))


def _plain(cell):
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return None
    return cell.item() if hasattr(cell, "item") else cell


def _when(row, roles):
    last = roles.get("date", "date")
    return period_words(row, roles["since"], last) if "since" in roles else date_words(row, last)


def _shown(fact, write):
    return write(fact.value) if fact.value is not None else _range(fact, write)


def _range(fact, write):
    return bounds(fact.low, fact.high, write)


def _read_out(fact, show):
    """The figure, or what `show` takes of it, with its unit; a thousand millions are read as one billion."""
    numbers = [n for n in (fact.low, fact.value, fact.high) if isinstance(n, (int, float))]
    if fact.unit.startswith("million "):
        size, word = of_millions(min(numbers))
        return with_unit(show(fact, lambda value: number(value / size)), fact.unit.replace("million", word, 1))
    return with_unit(show(fact, number), fact.unit)


def _no_number(fact):
    is_number = fact.value is None or isinstance(fact.value, (int, float)) and not isinstance(fact.value, bool)
    return "" if is_number else f"the value {number(fact.value)!r} is no number"


def _too_small_for(size, word):
    """Refuses texts, and numbers of which the form would show nothing."""

    def lack(fact):
        told = [fact.low, fact.high] if fact.value is None else [fact.value]
        return _no_number(fact) or next(
            (
                f"the value {number(value)} is 0 in {word}s to two digits after the point"
                for value in told
                if value and not round(value / size, 2)
            ),
            "",
        )

    return lack


def _no_range(fact):
    return "" if fact.range_text else "it has no range"


@dataclass(frozen=True)
class Form:
    """A way to tell a fact: what that gives (for authors), how it is written, and what a fact lacks for it, in words."""

    gives: str
    write: Callable[[Fact], str]
    lack: Callable[[Fact], str] = lambda fact: ""


FORMS = {
    "full": Form(
        "the figure with its unit, or its range where there is no single figure", lambda fact: _read_out(fact, _shown)
    ),
    "number": Form("the figure without its unit", lambda fact: _shown(fact, number)),
    "million": Form(
        "in millions, to two digits after the point",
        lambda fact: with_unit(_shown(fact, lambda value: scaled(value, 1e6)), "million"),
        _too_small_for(1e6, "million"),
    ),
    "thousand": Form(
        "in thousands, to two digits after the point",
        lambda fact: with_unit(_shown(fact, lambda value: scaled(value, 1e3)), "thousand"),
        _too_small_for(1e3, "thousand"),
    ),
    "rounded": Form("the first two digits that count", lambda fact: _shown(fact, rounded), _no_number),
    "range": Form("the range with its unit", lambda fact: fact.range_text, _no_range),
    "bounds": Form("the range without its unit", lambda fact: _range(fact, number), _no_range),
    "date": Form("the date or period", lambda fact: fact.when, lambda fact: "" if fact.when else "it has no date"),
}
