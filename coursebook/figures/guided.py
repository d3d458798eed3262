"""What a figure asks of its reader and tells on the way: a guess before it is seen, and steps through its states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import ipywidgets

from coursebook.figures.controls import Control, ControlError, read_control

# The param of the chart that receives what a reader has guessed; null until then.
GUESS = "guess"
# The param of the chart that receives, on paper, the rows of a step; null elsewhere.
ONLY = "only"
# A page carries the sentence on each guess.
MOST_GUESSES = 300


@dataclass(frozen=True)
class Prediction:
    """A question that a reader answers before the chart is uncovered.

    `ask` is the widget to answer with: a slider over numbers or months, or a menu or radio buttons of choices; a mapping
    of several such widgets by name is answered at once. `title` stands above the covered chart and tells nothing. The
    chart has the param `guess` (see `theme.guess`), which receives the widget's value, of several widgets a list.
    `sentence(guess)` speaks of the gap between guess and data without praise or blame; of several widgets it is given the
    number of answers that agree with `truth`, their values by name. `state` is what the figure shows when a guess has
    been made, if it is not how it opens. `kept` starts the name under which the page keeps the value of each of several widgets
    elsewhere too: `rating/` and the widget's name.
    """

    question: str
    title: str
    ask: ipywidgets.Widget | Mapping[str, ipywidgets.Widget]
    sentence: Callable[..., str]
    truth: Mapping[str, object] = field(default_factory=dict)
    state: Mapping[str, object] = field(default_factory=dict)
    kept: str = ""

    @property
    def widgets(self) -> dict[str, ipywidgets.Widget]:
        """The widgets to answer with, by name."""
        return dict(self.ask) if isinstance(self.ask, Mapping) else {GUESS: self.ask}

    def controls(self, figure: str) -> list[Control]:
        """The widgets as plain descriptions. Raises ControlError for one of several values, or truths of other names."""
        controls = [read_control(f"{figure}, prediction", name, widget) for name, widget in self.widgets.items()]
        for control in controls:
            if control.kind not in ("slider", "select", "radio") or len(control.choices) > MOST_GUESSES:
                raise ControlError(
                    f"{figure}: its prediction is answered with one of at most {MOST_GUESSES} values, by a slider, a menu "
                    f"or radio buttons, not by {control.name!r}."
                )
        if isinstance(self.ask, Mapping) and set(self.truth) != set(self.ask):
            raise ControlError(
                f"{figure}: its prediction asks for {sorted(self.ask)} and has the truth of {sorted(self.truth)}."
            )
        return controls

    @property
    def value(self) -> object:
        """What the widgets say now, as the chart's param receives it."""
        values = [widget.value for widget in self.widgets.values()]
        return values if isinstance(self.ask, Mapping) else values[0]

    def said(self) -> str:
        """The sentence on what the widgets say now."""
        if not isinstance(self.ask, Mapping):
            return self.sentence(self.ask.value)
        return self.sentence(sum(widget.value == self.truth[name] for name, widget in self.ask.items()))

    def payload(self, figure: str) -> dict:
        """Question, neutral title, controls, and a sentence for each guess (of several widgets: each number that agree)."""
        controls = self.controls(figure)
        several = isinstance(self.ask, Mapping)
        outcomes = range(len(controls) + 1) if several else [choice.value for choice in controls[0].choices]
        content: dict[str, object] = {
            "question": self.question,
            "title": self.title,
            "sentences": [self.sentence(outcome) for outcome in outcomes],
        }
        if several:
            values = [
                [choice.value for choice in control.choices].index(self.truth[control.name]) for control in controls
            ]
            content |= {"truths": values, "shared": self.kept}
        return content


@dataclass(frozen=True)
class Step:
    """A named state of a figure and one sentence on it; marks whose tooltip has the words of `mark` are ringed.

    `mark` is written as in an address: `halley`, or `halley,encke`. On paper a tall chart is drawn again only
    for a step with a smaller `height`, which the param `only` of the chart makes fit: the rows that it shows.
    """

    state: Mapping[str, object]
    says: str
    mark: str = ""
    only: Sequence[str] = ()
    height: int = 0
