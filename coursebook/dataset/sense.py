"""Rules of sense that a table's description declares: what its rows must honour together, not each cell alone.

`data/meta/<table>.toml` has them under `rules`, by the names of `RULES`. Each rule is a function of the table's rows, of
what was declared and of the dataset; it yields `(row, column, note)` for each fault. A rule with `except` leaves out the
rows whose ids it names, each with its reason.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import attrs
from frictionless import Check, errors

from coursebook.dataset.errors import DataError

if TYPE_CHECKING:
    from coursebook.dataset import Dataset

Found = Iterator[tuple[Any, str, str]]


@attrs.define(kw_only=True, repr=False)
class TableRule(Check):
    """A rule about the rows of a table together: `find` gets them all and yields row, column and note of each fault."""

    type = "sense"
    Errors = [errors.CellError]
    find: Callable[[list], Found] = attrs.field(default=lambda rows: iter(()))
    excepted: frozenset[str] = frozenset()
    _rows: list = attrs.field(factory=list)

    def validate_row(self, row):
        if row["id"]:  # a row without one is a fault of its own
            self._rows.append(row)
        yield from ()

    def validate_end(self):
        for row, column, note in self.find(self._rows):
            if row["id"] not in self.excepted:
                yield errors.CellError.from_row(row, note=note, field_name=column)


def checks(dataset: Dataset, name: str) -> list[Check]:
    """The rules that the description of table `name` declares. Raises DataError for one that there is not."""
    made = []
    for rule, told in dataset.resource(name).get("rules", {}).items():
        if rule not in RULES:
            raise DataError(
                f"data/meta/{name}.toml: there is no rule {rule!r}. The rules are: {', '.join(sorted(RULES))}."
            )
        for one in told if isinstance(told, list) else [told]:
            made.append(TableRule(find=partial(RULES[rule], one, dataset), excepted=frozenset(one.get("except", ()))))
    return made


def _conditions(told, dataset, rows) -> Found:
    """`{when, empty, filled, one_of, between}`: what cells must be in rows that are as `when` says, or in all."""
    words = " and ".join(f"{column} is {_said(value)}" for column, value in told.get("when", {}).items())
    words = f"where {words} " if words else ""
    for row in _chosen(told, rows):
        for column in told.get("empty", ()):
            if row[column] is not None:
                yield row, column, f"{words}it must be empty. Empty it, or correct the other cell"
        for column in told.get("filled", ()):
            if row[column] is None:
                yield row, column, f"{words}it must be given. Fill it in, or correct the other cell"
        for column, allowed in told.get("one_of", {}).items():
            if row[column] is not None and row[column] not in allowed:
                yield (
                    row,
                    column,
                    f"{words}it must be one of {', '.join(map(str, allowed))}. Correct one of them",
                )
        for column, (low, high) in told.get("between", {}).items():
            value = row[column].isoformat() if isinstance(row[column], datetime.date) else row[column]
            if value is not None and ((low != "" and value < low) or (high != "" and value > high)):
                span = f"{f'from {low}' if low != '' else ''}{f' to {high}' if high != '' else ''}".strip()
                yield row, column, f"{words}it must lie {span}. Correct one of them"


def _chosen(told, rows):
    """The rows that are as `when` says: a value, one of a list, "*" for any, "" for none."""
    when = told.get("when", {}).items()
    return (row for row in rows if all(_fits(row[column], value) for column, value in when))


def _fits(cell, wanted):
    if wanted == "*":
        return cell is not None
    if wanted == "":
        return cell is None
    return cell in wanted if isinstance(wanted, list) else cell == wanted


def _said(wanted):
    if isinstance(wanted, list):
        return " or ".join(map(str, wanted))
    return {"*": "given", "": "empty"}.get(wanted, str(wanted).lower() if isinstance(wanted, bool) else wanted)


def _part(told, dataset, rows) -> Found:
    """`{pair}`: a column that is part of another is not above it."""
    part, whole = told["pair"]
    for row in rows:
        if None not in (row[part], row[whole]) and row[part] > row[whole]:
            yield row, part, f"it is part of {whole}, and above it ({row[whole]}). Correct one of them"


def _sum(told, dataset, rows) -> Found:
    """`{parts, whole}`: columns add up to another."""
    for row in rows:
        total = sum(row[column] or 0 for column in told["parts"])
        if total != row[told["whole"]]:
            yield row, told["whole"], f"{' + '.join(told['parts'])} make {total}. Correct one of the numbers"


def _unique_key(told, dataset, rows) -> Found:
    """`{columns, when}`: no two rows have the same cells in these columns."""
    columns = told["columns"]
    first: dict[tuple, dict] = {}
    for row in _chosen(told, rows):
        known = first.setdefault(tuple(row[column] for column in columns), row)
        if known is not row:
            same = ", ".join(columns)
            yield row, columns[-1], f"the row {known['id']!r} has the same {same}. Take one out, or tell them apart"


def _one_value(told, dataset, rows) -> Found:
    """`{of, columns}`: rows alike in `of` are alike in `columns` too."""
    for column in told["columns"]:
        first: dict = {}
        for row in rows:
            key = tuple(row[one] for one in told["of"])
            if row[column] is None or None in key:
                continue
            known = first.setdefault(key, row)
            if known[column] != row[column]:
                same = " and ".join(str(one) for one in key)
                yield row, column, f"of {same} the row {known['id']!r} says {known[column]}. Correct one of the two"


def _series_of(told, rows):
    """The series in `rows`, each in order: rows that are alike in `by`, have all of `order` and `value`, fit `when`."""
    series = defaultdict(list)
    for row in _chosen(told, rows):
        if row[told["order"]] is not None and row[told["value"]] is not None:
            series[tuple(row[column] for column in told["by"])].append(row)
    for one in series.values():
        yield sorted(one, key=lambda row: row[told["order"]])


def _series(told, dataset, rows) -> Found:
    """`{by, order, value, most}`: a number does not jump to more than `most` times, or a `most`th of, both neighbours, or
    at the ends of a series the one that it has."""
    value = told["value"]
    for series in _series_of(told, rows):
        for at, row in enumerate(series):
            beside = [*series[max(at - 1, 0) : at], *series[at + 1 : at + 2]]
            numbers = [one[value] for one in beside]
            if beside and (row[value] > told["most"] * max(numbers) or row[value] * told["most"] < min(numbers)):
                names, said = (" and ".join(map(str, each)) for each in ([repr(one["id"]) for one in beside], numbers))
                note = f"beside it {names} {'have' if len(beside) > 1 else 'has'} {said}"
                yield row, value, note + ". Correct it, or except it in data/meta with its reason"


def _cumulative(told, dataset, rows) -> Found:
    """`{by, order, value, when, falls}`: a running total does not fall by more than the share `falls`."""
    value = told["value"]
    for rows_in_order in _series_of(told, rows):
        for before, row in pairwise(rows_in_order):
            if float(row[value]) < float(before[value]) * (1 - told.get("falls", 0)):
                note = f"it is a running total and below {before['id']!r} before it ({before[value]})"
                yield row, value, note + ". Correct it, or except it in data/meta with its reason"


def _tree(told, dataset, rows) -> Found:
    """`{column}`, which names another row: not itself, and no ring of rows."""
    column = told["column"]
    parents = {row["id"]: row[column] for row in rows}
    for row in rows:
        seen, at = [row["id"]], row[column]
        while at is not None and at not in seen:
            seen.append(at)
            at = parents.get(at)
        if at == row["id"]:
            yield row, column, f"it leads back to the row itself ({' → '.join([*seen, at])}). Correct one of them"


def _unlike(told, dataset, rows) -> Found:
    """`{pair}`: two columns that never hold the same."""
    a, b = told["pair"]
    for row in rows:
        if row[a] is not None and row[a] == row[b]:
            yield row, b, f"it is the same as {a}. Correct one of them"


def _totals(told, dataset, rows) -> Found:
    """`{by, value, table, total, within}`: rows alike in `by` add up to those of another table, but for a share.

    `by` gives for each column the other table's; a year is compared with the year of a date.
    """
    theirs: dict = defaultdict(int)
    for *cells, total in dataset.cells(told["table"], (*told["by"].values(), told["total"])):
        if total:
            for key in _keys(cells):
                theirs[key] += int(total)
    ours: dict = defaultdict(int)
    first: dict = {}
    for row in rows:
        key = tuple(str(row[column]) for column in told["by"])
        ours[key] += row[told["value"]]
        first.setdefault(key, row)
    for of, total in ours.items():
        if of in theirs and abs(total - theirs[of]) > told["within"] * theirs[of]:
            note = f"the rows of {', '.join(of)} add up to {total}, in {told['table']} it is {theirs[of]}"
            yield first[of], told["value"], note + ". Correct one of the numbers"


def _keys(cells):
    """What a row of the other table is counted under: its cells as they are, and with the year for each date."""
    return {tuple(cells), tuple(cell[:4] if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else cell for cell in cells)}


def _agrees(told, dataset, rows) -> Found:
    """`{columns, with}`: two columns go together one to one, here and in the tables of `with` (columns by table)."""
    a, b = told["columns"]
    known: dict = {}
    for table, columns in told.get("with", {}).items():
        for one, other in dataset.cells(table, tuple(columns)):
            if one and other:
                known |= {("a", one): (other, table), ("b", other): (one, table)}
    for row in rows:
        if None in (row[a], row[b]):
            continue
        for side, one, other in (("a", row[a], row[b]), ("b", row[b], row[a])):
            said, where = known.setdefault((side, one), (other, row["id"]))
            if said != other:
                yield row, b, f"of {one!r} {where!r} says {said!r}, not {other!r}. Correct one of the two"
                break


def _id_tells(told, dataset, rows) -> Found:
    """`{columns}`: a year, month or day in the id is one of the row's in these columns."""
    for row in rows:
        cells = [row[column] for column in told["columns"]]
        dates = [cell.isoformat() if hasattr(cell, "isoformat") else str(cell) for cell in cells if cell is not None]
        named = re.findall(r"(?<!\d)(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?)?(?!\d)", row["id"])
        if named and dates and not any(date.startswith(one) or one.startswith(date) for one in named for date in dates):
            yield row, told["columns"][0], f"the id tells of {', '.join(named)}. Correct one of the two"


def _addresses(told, dataset, rows) -> Found:
    """`{column}` of addresses: no page is listed under two, however they are written."""
    first: dict = {}
    for row in rows:
        known = first.setdefault(page_of(row[told["column"]] or ""), row)
        if known is not row:
            yield row, told["column"], f"it is the page of {known['id']!r}. Take one out, and use the other"


def page_of(address: str) -> tuple[str, ...]:
    """What an address comes to, whatever its scheme, `www`, trailing slash, copy for phones or tracking of readers."""
    parts = urlsplit(unquote(address))
    host = re.sub(r"^(www|m|amp|mobile)\.", "", parts.netloc.lower())
    query = "&".join(one for one in parts.query.split("&") if not one.startswith(("utm_", "fbclid=", "gclid=")))
    return host, re.sub(r"/amp(?=/|$)|/(index\.\w+)?$", "", parts.path), query, parts.fragment


RULES: dict[str, Callable[..., Found]] = {
    "conditions": _conditions,
    "part": _part,
    "sum": _sum,
    "unique_key": _unique_key,
    "one_value": _one_value,
    "series": _series,
    "cumulative": _cumulative,
    "tree": _tree,
    "unlike": _unlike,
    "totals": _totals,
    "agrees": _agrees,
    "id_tells": _id_tells,
    "addresses": _addresses,
}
