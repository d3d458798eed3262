"""Names of a figure's states, as an address carries them: `month=2016-07&ties=directed,claimed`.

A state is what the controls of a figure are set to. Its name holds only what differs from the state in which the figure
opens, in words that stay when rows are added: values, never positions. `static/explorer.js` reads and writes the same
names in the page's address.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import compress, product
from urllib.parse import unquote

from coursebook.figures.controls import NOTHING, SPAN, Control, ControlError

# Beside the controls, a link may say which marks of the chart it speaks of.
MARK = "mark"
# A page carries the sentences of a title that follows the state, each once, and for each state which one it is; more of
# them would be a book of their own.
MOST_TITLES, MOST_TITLED = 200, 2000


@dataclass(frozen=True)
class StateTitle:
    """A title that follows the state: `sentence`, called with the values of the controls named `by`, states the finding.

    `StateTitle(by=("day",), sentence=lambda day: f"On {day} it rained")`. A range gives its two ends, boxes to tick the
    list of those ticked, in the order in which they stand.
    """

    by: tuple[str, ...]
    sentence: Callable[..., str]


@dataclass(frozen=True)
class States:
    """The states that the figure of that name can take."""

    figure: str
    controls: tuple[Control, ...]

    def read(self, name: str) -> dict[str, object]:
        """The values that the state called `name` sets, by control. Raises ControlError that says what there is."""
        state = {}
        for part in filter(None, name.split("&")):
            control, _, words = unquote(part).partition("=")
            if control in state:
                raise ControlError(f"{self.figure}: {name!r} sets {control!r} twice.")
            state[control] = self._value(self._control(control), words)
        return state

    def write(self, state: Mapping[str, object]) -> str:
        """The name of `state`: what of it differs from the controls' defaults. Raises ControlError as `read` does."""
        written = {name: self._slugs(self._control(name), value) for name, value in state.items()}
        defaults = {control.name: self._slugs(control, control.value) for control in self.controls}
        return "&".join(
            f"{name}={written[name]}" for name, slugs in defaults.items() if written.get(name, slugs) != slugs
        )

    def words(self, state: Mapping[str, object]) -> str:
        """A state in words, with the controls' labels: 'Month: December 2014'. Raises ControlError as `read` does."""
        return ", ".join(
            f"{control.label}: {self._words(control, value)}"
            for control, value in ((self._control(name), value) for name, value in state.items())
        )

    def whole(self, state: Mapping[str, object]) -> dict[str, object]:
        """`state` with the controls that it does not name at their defaults."""
        return {control.name: control.value for control in self.controls} | dict(state)

    def titles(self, title: StateTitle) -> dict:
        """What a title follows (`by`), its `sentences`, and where some are said of several states also `of`: for each state
        of these controls, the last one's side by side, the place of its sentence.
        """
        if not title.by:
            raise ControlError(f"{self.figure}: its title follows no control. Give a sentence in its place.")
        values = [self._titled(name) for name in title.by]
        if (count := math.prod(map(len, values))) > MOST_TITLED:
            raise ControlError(f"{self.figure}: its title follows {count} states. There may be {MOST_TITLED} at most.")
        said = [title.sentence(*state) for state in product(*values)]
        sentences = list(dict.fromkeys(said))
        if len(sentences) > MOST_TITLES:
            raise ControlError(
                f"{self.figure}: its title has {len(sentences)} sentences. There may be {MOST_TITLES} at most."
            )
        titles = {"by": list(title.by), "sentences": sentences}
        return titles if sentences == said else titles | {"of": [sentences.index(one) for one in said]}

    def title(self, titles: Mapping, state: Mapping[str, object]) -> str:
        """The sentence of `titles` for a state."""
        values = self.whole(state)
        place = 0
        for name in titles["by"]:
            known = self._titled(name)
            place = place * len(known) + known.index(self._ordered(name, values[name]))
        return titles["sentences"][titles["of"][place] if "of" in titles else place]

    def _titled(self, name):
        """The values of a control, as `explorer.js` counts them: of a range each end with each, of boxes as binary numbers."""
        control = self._control(name)
        if control.kind == "checkbox":
            return [False, True]
        one = [choice.value for choice in control.choices]
        if control.kind == "range":
            return [[one[min(ends)], one[max(ends)]] for ends in product(range(len(one)), repeat=2)]
        if control.kind == "checkboxes":
            return [list(compress(one, ticked[::-1])) for ticked in product((0, 1), repeat=len(one))]
        return one

    def _ordered(self, name, value):
        """`value` as `_titled` has it: a widget gives boxes as they were clicked."""
        control = self._control(name)
        if control.kind == "checkboxes":
            return [choice.value for choice in control.choices if choice.value in value]
        return list(value) if control.kind == "range" else value

    def _control(self, name: str) -> Control:
        for control in self.controls:
            if control.name == name:
                return control
        known = ", ".join(control.name for control in self.controls) or "none"
        raise ControlError(f"{self.figure} has no control {name!r}. Its controls: {known}.")

    def _value(self, control: Control, words: str):
        if control.kind == "checkbox":
            if words not in ("yes", "no"):
                raise ControlError(f"{self.figure}: {control.name} is yes or no, not {words!r}.")
            return words == "yes"
        known = {choice.slug: choice.value for choice in control.choices}

        def value(slug):
            if slug not in known:
                raise ControlError(
                    f"{self.figure}: {control.name} cannot be {slug!r}. It can be: {_listed(list(known))}."
                )
            return known[slug]

        if control.kind == "range":
            first, found, last = words.partition(SPAN)
            if not found:
                raise ControlError(
                    f"{self.figure}: {control.name} is a range, such as {_span(control)}, not {words!r}."
                )
            order = list(known)
            ends = [value(first), value(last)]
            if order.index(first) > order.index(last):
                raise ControlError(f"{self.figure}: {control.name} runs backwards: {words!r}.")
            return ends
        if control.kind == "checkboxes":
            chosen = set() if words == NOTHING else {value(slug) for slug in words.split(",")}
            return [choice.value for choice in control.choices if choice.value in chosen]
        return value(words)

    def _slugs(self, control: Control, value) -> str:
        if control.kind == "checkbox":
            return "yes" if value else "no"
        slugs = [choice.slug for choice in self._chosen(control, value)]
        if control.kind == "checkboxes":
            return ",".join(slugs) or NOTHING
        return SPAN.join(slugs)

    def _words(self, control: Control, value) -> str:
        if control.kind == "checkbox":
            return "yes" if value else "no"
        labels = [choice.label for choice in self._chosen(control, value)]
        return (" to " if control.kind == "range" else ", ").join(labels) or NOTHING

    def _chosen(self, control: Control, value):
        values = list(value) if isinstance(value, (list, tuple)) else [value]
        known = {choice.value: choice for choice in control.choices}
        for one in values:
            if one not in known:
                raise ControlError(f"{self.figure}, control {control.name!r}: {one!r} is not one of its values.")
        if control.kind == "checkboxes":
            return [choice for choice in control.choices if choice.value in values]
        return [known[one] for one in values]


def split(query: str) -> tuple[str, list[str]]:
    """What a link names: the state, and the words of the marks that it speaks of."""
    parts = query.split("&")
    marks = [part.removeprefix(f"{MARK}=") for part in parts if part.startswith(f"{MARK}=")]
    return "&".join(part for part in parts if not part.startswith(f"{MARK}=")), ",".join(marks).split(
        ","
    ) if marks else []


def _span(control: Control) -> str:
    return SPAN.join((control.choices[0].slug, control.choices[-1].slug))


def _listed(slugs: list[str]) -> str:
    """What there is: all of a few, the ends of many."""
    return ", ".join(slugs) if len(slugs) <= 20 else f"{slugs[0]}, {slugs[1]} … {slugs[-1]}"
