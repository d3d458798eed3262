"""Reads ipywidgets into plain control descriptions that any medium can draw.

The widgets stay the single declaration: what a live notebook shows and what the HTML book draws as native
form controls both come from them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import ipywidgets

from coursebook.told import Told

# The menu of a slider's values with a name: its label, and what it shows while the slider stands at none of them.
GO_TO, NO_PRESET = "Go to", "a turning point"

# In addresses: what stands between the ends of a range, and for boxes of which none is ticked.
SPAN, NOTHING = "..", "none"

_shared_keys: WeakKeyDictionary[ipywidgets.Widget, str] = WeakKeyDictionary()


class ControlError(Told, ValueError):
    """A control that cannot be drawn in every medium; the message names the explorer and what to use."""


@dataclass(frozen=True)
class Choice:
    """One value a control can take: the text a person reads, the value the chart receives, its name in an address."""

    label: str
    value: object
    slug: str = ""


@dataclass(frozen=True)
class Control:
    """A form control as every medium draws it.

    `choices` lists each value with its label, in order; a slider's position is an index into it.
    `default` is an index (slider, select, radio), a pair of indices (range), a list of indices (checkboxes)
    or a bool (checkbox). `shared` is the same for every explorer of a page that was given the same widget.
    """

    name: str
    kind: str
    label: str
    choices: tuple[Choice, ...]
    default: Any
    shared: str

    @property
    def value(self):
        """The default as the chart's parameter receives it (scalar, pair, list or bool)."""
        if self.kind == "checkbox":
            return self.default
        if isinstance(self.default, int):
            return self.choices[self.default].value
        return [self.choices[i].value for i in self.default]


def read_control(explorer: str, name: str, widget: ipywidgets.Widget) -> Control:
    """Describe `widget` as a Control.

    Raises ControlError, naming the explorer and the control, for a widget class without a form in the HTML
    book, an unlabelled widget, an empty list of options, a value that JSON cannot carry, or one that is not an option.
    """
    where = f"Explorer {explorer!r}, control {name!r}"
    reader = READERS.get(getattr(widget, "plain", type(widget)))
    if reader is None:
        known = ", ".join(sorted(cls.__name__ for cls in READERS))
        raise ControlError(f"{where}: a {type(widget).__name__} cannot be drawn in the HTML book. Use one of: {known}.")
    if not widget.description:
        raise ControlError(f"{where}: give the widget a description; it is the label a reader sees and hears.")
    try:
        choices = _named(reader.choices(widget), reader.kind)
        default = reader.default(widget, choices)
    except ValueError as error:
        raise ControlError(f"{where}: {error}") from error
    if not choices and reader.kind != "checkbox":
        raise ControlError(f"{where}: it has no options to choose from.")
    shared = _shared_key(widget, f"{explorer}-{name}")
    return Control(name, reader.kind, widget.description.rstrip(":"), tuple(choices), default, shared)


def _shared_key(widget, wanted):
    """The key of a widget: the one `wanted`, or with a number where another widget has it."""
    if widget not in _shared_keys:
        taken = set(_shared_keys.values())
        numbered = (f"{wanted}-{number}" for number in count(2))
        _shared_keys[widget] = next(key for key in chain([wanted], numbered) if key not in taken)
    return _shared_keys[widget]


def _numbers(widget):
    steps = range(widget.min, widget.max + 1, widget.step)
    return [Choice(format(n, widget.readout_format), n) for n in steps]


def _options(widget):
    return [
        _option(label, value) for label, (_, value) in zip(widget._options_labels, widget._options_full, strict=True)
    ]


def _option(label, value):
    if not isinstance(value, (str, int, float, bool)):
        raise ValueError(
            f"option {label!r} has the value {value!r}. "
            "Use a string, number or boolean (an 'All' option needs a value of its own, such as 'all')."
        )
    return Choice(label, value)


def _named(choices, kind):
    """`choices` with their names in addresses. Raises ValueError where two would have one name, or one has none."""
    months = bool(choices) and all(_is_month(choice.value) for choice in choices)
    named: list[Choice] = []
    known: dict[str, object] = {}
    for choice in choices:
        name = f"{choice.value // 100}-{choice.value % 100:02}" if months else slug(choice.value)
        if not name or (kind == "checkboxes" and name == NOTHING):
            raise ValueError(f"the value {choice.value!r} of option {choice.label!r} cannot name it in an address.")
        if name in known:
            raise ValueError(
                f"the values {known[name]!r} and {choice.value!r} have one name in addresses, {name!r}: change one of them."
            )
        known[name] = choice.value
        named.append(Choice(choice.label, choice.value, name))
    return named


def _is_month(value) -> bool:
    return type(value) is int and 100_000 <= value <= 999_999 and 1 <= value % 100 <= 12


def slug(value) -> str:
    """A value as an address carries it: 'Reds, other' is reds-other; numbers and dates stay as they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return str(value)
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _index_of(choices, value):
    for index, choice in enumerate(choices):
        if choice.value == value:
            return index
    raise ValueError(f"its value {value!r} is not one of its steps, {choices[0].label} to {choices[-1].label}.")


def _at_number(widget, choices):
    return _index_of(choices, widget.value)


def _between_numbers(widget, choices):
    return [_index_of(choices, value) for value in widget.value]


def _chosen(widget, choices):
    if choices and widget.index is None:
        raise ValueError("nothing is chosen: give the widget a value.")
    return widget.index


def _all_chosen(widget, choices):
    return list(widget.index)


class Reader(NamedTuple):
    """How a class of widgets is read: what it is on a page, the kind of Control, its choices, and what is chosen."""

    what: str
    kind: str
    choices: Callable[[Any], list[Choice]]
    default: Callable[[Any, list[Choice]], Any]


# The widgets that every medium can draw.
READERS = {
    ipywidgets.IntSlider: Reader("slider of whole numbers", "slider", _numbers, _at_number),
    ipywidgets.SelectionSlider: Reader("slider of named values", "slider", _options, _chosen),
    ipywidgets.IntRangeSlider: Reader("slider with two ends, of whole numbers", "range", _numbers, _between_numbers),
    ipywidgets.SelectionRangeSlider: Reader("slider with two ends, of named values", "range", _options, _all_chosen),
    ipywidgets.Dropdown: Reader("menu", "select", _options, _chosen),
    ipywidgets.RadioButtons: Reader("radio buttons", "radio", _options, _chosen),
    ipywidgets.ToggleButtons: Reader("radio buttons", "radio", _options, _chosen),
    ipywidgets.SelectMultiple: Reader("boxes to tick", "checkboxes", _options, _all_chosen),
    ipywidgets.Checkbox: Reader("one box to tick", "checkbox", lambda _: [], lambda widget, _: widget.value),
}
