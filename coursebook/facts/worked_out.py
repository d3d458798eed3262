"""What the figures worked out from several rows share: the numbers of other facts, and the sources of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from coursebook.dataset import source_ids
from coursebook.facts import Fact, FactError, Facts


def from_rows(rows: pd.DataFrame, value: float | None, note: str = "", **told) -> Fact:
    """`value`, worked out from `rows`, with their sources. `told` are further fields of Fact."""
    return Fact(value=value, note=note, source_ids=tuple(source_ids(rows)), **told)


def count(rows: pd.DataFrame, note: str, **told) -> Fact:
    """How many rows `rows` has."""
    return from_rows(rows, len(rows), note, **told)


def from_facts(facts: Facts, references: list[str], work: Callable[..., float], note: str = "", **told) -> Fact:
    """`work` of the numbers behind `references`: of each the best, else the low one.

    In `note`, `{}` stands for each figure in words. `told` are further fields of Fact. Raises FactError if a reference
    leads nowhere, or to neither a best nor a low number.
    """
    found = [facts.resolve(reference) for reference in references]
    value = work(*(_number(fact) for fact in found))
    sources = dict.fromkeys(source for fact in found for source in fact.source_ids)
    return Fact(value=value, note=note.format(*map(_stated, found)), source_ids=tuple(sources), **told)


def total(facts: Facts, references: list[str], note: str, **told) -> Fact:
    """The sum of several facts."""
    return from_facts(facts, references, lambda *numbers: sum(numbers), note, **told)


def difference(facts: Facts, above: str, below: str, note: str = "", **told) -> Fact:
    """One fact less another."""
    note = note or f"{above} ({{}}) minus {below} ({{}})."
    return from_facts(facts, [above, below], lambda a, b: a - b, note, **told)


def ratio(facts: Facts, above: str, below: str, note: str = "", *, digits: int = 0, **told) -> Fact:
    """One fact divided by another, to so many `digits` after the point."""
    note = note or f"{above} ({{}}) divided by {below} ({{}})."
    return from_facts(facts, [above, below], lambda a, b: round(a / b, digits), note, **told)


def share(facts: Facts, parts: list[str], whole: str, note: str = "", **told) -> Fact:
    """The sum of the facts `parts` in whole per cent of the fact `whole`."""
    note = note or f"{' plus '.join(f'{part} ({{}})' for part in parts)} as a share of {whole} ({{}})."
    return from_facts(
        facts, [*parts, whole], lambda *numbers: round(100 * sum(numbers[:-1]) / numbers[-1]), note, unit="%", **told
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
