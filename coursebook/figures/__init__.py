"""One declaration of a chart and its controls, drawn in every medium.

In front of a live kernel an `Explorer` shows real ipywidgets linked to the chart. In the HTML book it is a
figure whose native form controls answer without a kernel or a network. In print it is the chart in its default
state, and in plain text its description.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cached_property

import altair as alt
import ipywidgets
import pandas as pd

from coursebook.figures import live, rendering, static, theme
from coursebook.figures.answering import Controls
from coursebook.figures.controls import Control, ControlError, read_control
from coursebook.figures.guided import GUESS, ONLY, Prediction, Step
from coursebook.figures.states import MARK, States, StateTitle

__all__ = ["MIME_TYPE", "ControlError", "Explorer", "Prediction", "StateTitle", "Step"]

MIME_TYPE = "application/vnd.coursebook.figure+json"


class Explorer:
    """A chart, its controls and everything a reader needs to judge it.

    Parameters
    ----------
    chart
        An Altair chart with one variable param (`alt.param(name=...)`) for each control. What a layer made by
        `theme.status` says is announced to screen readers when a control moves.
    name
        The figure's label, such as `fig-rainfall`: what `{numref}` refers to. Unique in the book.
    controls
        ipywidgets by param name. The widget's value becomes the param's value. Two explorers given the same
        widget share its state.
    title
        One sentence that states the finding; or a `StateTitle`, which has a sentence for each state of a few controls.
    description
        What the chart shows in its default state, for somebody who cannot see it.
    table
        The figures drawn, with readable column names; offered as a table and as CSV.
    sources
        The rows of the dataset's sources, as `Dataset.sources_of` gives them for the rows drawn.
    as_of
        The date or period to which the figures stand, in words.
    play
        Name of a slider control that gets a Play button.
    play_from
        The slider's value from which Play starts until a reader has moved it; its first one if not given.
    presets
        Values of a slider control that have a name of their own, `{"month": [("October 2017: Kirkuk", 201710)]}`: a
        menu under the slider goes to them, and shows the slider's value where that is one of them.
    prediction
        What a reader is asked before the chart is uncovered.
    steps
        Three to five states to look at in turn, each with a sentence. On paper they are small charts.
    keep
        Name of a control whose value the page keeps on the reader's device: a figure without another state in its address
        opens with it.
    compare
        Whether a reader may set two states side by side.

    Raises ControlError when a control cannot be drawn in the HTML book, and ValueError when controls and params do not
    match, a width does not fit a phone, the table has no rows, no source is named or a text is missing.
    """

    def __init__(
        self,
        chart: alt.TopLevelMixin,
        *,
        name: str,
        title: str | StateTitle,
        description: str,
        table: pd.DataFrame,
        sources: pd.DataFrame,
        as_of: str,
        controls: Mapping[str, ipywidgets.Widget] | None = None,
        play: str | None = None,
        play_from: object = None,
        presets: Mapping[str, Sequence[tuple[str, object]]] | None = None,
        prediction: Prediction | None = None,
        steps: Sequence[Step] = (),
        keep: str | None = None,
        compare: bool = False,
    ):
        self.chart = chart
        self.name = name
        self.description = description
        self.table = table
        self.as_of = as_of
        self.play = play
        self.presets = dict(presets or {})
        self.prediction = prediction
        self.steps = list(steps)
        self.keep = keep
        self.compare = compare
        self.controls = Controls(name, controls or {})
        self.sources = sources
        self.titles = None if isinstance(title, str) else self.states.titles(title)
        self.title: str = title if isinstance(title, str) else self.title_of({})
        self.play_from = self._place_on_slider(play_from)
        self._check()

    def _check(self):
        for field in ("name", "title", "description", "as_of"):
            if not getattr(self, field).strip():
                raise ValueError(f"Explorer {self.name!r}: its {field} is empty.")
        if self.table.empty:
            raise ValueError(f"Explorer {self.name!r}: its table has no rows.")
        if self.sources.empty:
            raise ValueError(
                f"Explorer {self.name!r}: it names no source. Give those of its rows: data.sources_of(rows)."
            )
        try:
            rendering.narrow(self._spec)
        except ValueError as error:
            raise ValueError(f"Explorer {self.name!r}: {error}.") from error
        drawable = self.static_controls  # read now, so that a control the book cannot draw is refused here
        params, controls = rendering.variable_params(self._spec), set(drawable)
        if self.prediction and GUESS not in params:
            raise ValueError(
                f"Explorer {self.name!r}: its chart has no param {GUESS!r} to draw the prediction: theme.guess."
            )
        params -= {GUESS, ONLY}
        if params != controls:
            raise ValueError(
                f"Explorer {self.name!r}: every control needs a chart param of its name and the other way round. "
                f"Only in the chart: {sorted(params - controls)}. Only in the controls: {sorted(controls - params)}."
            )
        if self.play is not None and drawable.get(self.play, _NO_CONTROL).kind != "slider":
            raise ControlError(f"Explorer {self.name!r}: play={self.play!r} does not name a slider control.")
        if self.keep is not None and self.keep not in drawable:
            raise ControlError(f"Explorer {self.name!r}: keep={self.keep!r} does not name a control.")
        for slider, moments in self.presets.items():
            if drawable.get(slider, _NO_CONTROL).kind != "slider":
                raise ControlError(f"Explorer {self.name!r}: presets for {slider!r}, which is not a slider control.")
            for _, value in moments:
                self.states.words({slider: value})
        for name, use in ((MARK, "names marks in addresses"), (GUESS, "is what a reader guesses")):
            if name in drawable:
                raise ControlError(f"Explorer {self.name!r}: no control is called {name!r}, which {use}.")
        asked = [self.prediction.state] if self.prediction else []
        for state in [*(step.state for step in self.steps), *asked]:
            self.states.words(state)
        if self.prediction:
            self.prediction.controls(self.name)

    def _place_on_slider(self, value) -> int:
        """Where Play starts, as the slider's position."""
        if value is None:
            return 0
        if self.play is None:
            raise ControlError(f"Explorer {self.name!r}: play_from={value!r}, but there is no Play.")
        self.states.words({self.play: value})
        return [choice.value for choice in self.static_controls[self.play].choices].index(value)

    @cached_property
    def _spec(self) -> dict:
        with theme.applied():
            return self.chart.to_dict()

    @cached_property
    def static_controls(self) -> dict[str, Control]:
        """The controls as plain descriptions, by name."""
        return {name: read_control(self.name, name, widget) for name, widget in self.controls.items()}

    @property
    def spec(self) -> dict:
        """The Vega-Lite specification with every param at its control's value."""
        values = {n: c.value for n, c in self.static_controls.items()}
        return rendering.with_values(self._spec, values | {GUESS: None, ONLY: None})

    def titled(self, title: str) -> Explorer:
        """The same explorer under another title: the finding in the old one may not hold on a changed frame."""
        other = copy.copy(self)
        vars(other).pop("widget", None)
        other.title = other.description = title
        other.titles = other.prediction = None  # nor may what was asked, or told step by step
        other.steps = []
        other._check()
        return other

    def svg(self) -> str:
        """The chart in its default state as an SVG string."""
        return rendering.svg(self.spec)

    @cached_property
    def states(self) -> States:
        """The states that the controls can be set to, and their names in addresses."""
        return States(self.name, tuple(self.static_controls.values()))

    def state(self, query: str) -> dict[str, object]:
        """The values that the state named `query` sets: 'month=2016-07' gives {'month': 201607}; else ControlError."""
        return self.states.read(query)

    def query(self, state: Mapping[str, object]) -> str:
        """The name of a state in addresses: {'month': 201607} gives 'month=2016-07', the default state ''."""
        return self.states.write(state)

    def title_of(self, state: Mapping[str, object]) -> str:
        """The title of a state: the one there is, unless titles follow the state."""
        return self.states.title(self.titles, state) if self.titles else self.title

    @cached_property
    def widget(self) -> ipywidgets.Widget:
        """The live form: ipywidgets linked to an `alt.JupyterChart`."""
        return live.build(self)

    def _ipython_display_(self):
        live.display(self)

    def _repr_mimebundle_(self, include=None, exclude=None):
        text = {"text/plain": f"{self.title}\n\n{self.description}"}
        if live.has_front_end():  # what only the book needs would make a lesson run longer and a saved notebook large
            view, metadata = live.view(self.widget)
            bundle = text | view | {"image/svg+xml": self.svg()}
            return (bundle, metadata) if metadata else bundle
        figure = static.payload(self)
        return text | {
            MIME_TYPE: figure,
            "text/html": static.standalone_html(figure),
            "image/svg+xml": figure["svg"],
        }


_NO_CONTROL = Control("", "", "", (), 0, "")
