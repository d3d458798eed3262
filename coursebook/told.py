"""Errors whose sentence is for the person at the keyboard: a notebook shows it alone, without the way through our code."""

from __future__ import annotations


class Told(Exception):
    """The message says what was found and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class SelectionError(Told, ValueError):
    """A selection of rows that cannot be drawn or counted; the message says why, and what to choose."""
