"""The controls that a reader sets from Python: what is set wrongly is told in a sentence that says what there is.

ipywidgets refuses a value by a long way through its own code, or takes it in silence and shows another or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import ipywidgets
from traitlets import TraitError

from coursebook.dataset.errors import nearest
from coursebook.figures.controls import READERS, Choice, ControlError

SETTABLE = ("value", "label", "index")
MOST_LISTED = 12
_HOW = {
    "range": "Write two of these, the lower first, such as ({0!r}, {1!r}): ",
    "checkboxes": "Write as many of these as you like, such as ({0!r},): ",
}


class Controls(dict[str, ipywidgets.Widget]):
    """The widgets of the explorer called `explorer`, by name.

    For a name that there is not, or a value that one of them does not have, ControlError says what there is.
    """

    def __init__(self, explorer: str, widgets: Mapping[str, ipywidgets.Widget]):
        super().__init__(widgets)
        self._explorer = explorer
        for name, widget in self.items():
            if answering := ANSWERING.get(type(widget)):
                widget.__class__ = answering  # the same widget still, as where traitlets adds a trait to one
                widget.place = f"{explorer}, control {name!r}"

    def __missing__(self, name: str) -> ipywidgets.Widget:
        have = f"Its controls are: {', '.join(self)}" if self else "It has no controls"
        raise ControlError(f"{self._explorer} has no control {name!r}. {nearest(name, self)}{have}.")


class _Answering:
    """What widgets have that answer in sentences: the class of ipywidgets that they are, and the control's name."""

    plain: type
    place: str

    def __setattr__(self, name: str, value: object) -> None:
        if name == "value" and not _has(self, value):
            raise ControlError(_told(self, name, value))
        try:
            super().__setattr__(name, value)
        except TraitError as error:
            if name not in SETTABLE:
                raise
            raise ControlError(_told(self, name, value)) from error


# One for each class that every medium can draw. Nothing in ipywidgets is changed, nor any widget but those of a chart.
ANSWERING: dict[type, Any] = {cls: type(cls.__name__, (_Answering, cls), {"plain": cls}) for cls in READERS}


def _has(widget, value) -> bool:
    """Whether a widget has a value. ipywidgets itself may ask while there is nothing to choose from."""
    reader = READERS[widget.plain]
    if reader.kind == "checkbox":
        return isinstance(value, bool)
    values = [choice.value for choice in reader.choices(widget)]
    if reader.kind in _HOW:
        return isinstance(value, (tuple, list)) and _hold(values, value, in_order=reader.kind == "range")
    return value in values or (value is None and getattr(widget, "index", None) is None)


def _hold(values: list, given: Sequence, in_order: bool) -> bool:
    if any(one not in values for one in given):
        return False
    places = [values.index(one) for one in given]
    return not in_order or (len(places) in (0, 2) and places == sorted(places))


def _told(widget, name: str, given: object) -> str:
    reader = READERS[widget.plain]
    choices = reader.choices(widget)
    if not choices:
        return f"{widget.place}: {given!r} is neither True nor False. Write one of the two."
    every: dict[str, list] = {
        "value": [choice.value for choice in choices],
        "label": [choice.label for choice in choices],
        "index": list(range(len(choices))),
    }
    have = every[name]
    how = _HOW.get(reader.kind, "Write one of these: ").format(*have)
    meant = _meant(given, choices) if name == "value" else ""
    return f"{widget.place} has no {name} {given!r}. {meant}{how}{_listed(have)}."


def _listed(have: list) -> str:
    few = have if len(have) <= MOST_LISTED else [*have[:3], ..., have[-1]]
    return ", ".join("…" if one is ... else repr(one) for one in few)


def _meant(given: object, choices: Sequence[Choice]) -> str:
    """'Did you mean …? ' for a text that is or resembles the value or the words of a choice; else ''."""
    by_words = {choice.label: choice.value for choice in choices} | {str(one.value): one.value for one in choices}
    close = get_close_matches(given, by_words, n=1) if isinstance(given, str) else []
    return f"Did you mean {by_words[close[0]]!r}? " if close else ""
