"""The live form of an explorer: real ipywidgets in front of a kernel."""

from __future__ import annotations

import base64
import html
import os
import sys

import altair as alt
import ipywidgets
from IPython.display import publish_display_data

from coursebook.figures import rendering, theme
from coursebook.figures.controls import GO_TO, NO_PRESET
from coursebook.figures.static import drawing, source_line

# Set while the book is being built: nobody looks at the widgets then, and their state would only be thrown away.
BUILD_FLAG = "COURSEBOOK_BUILD"
SPEEDS = [("0.5×", 1000), ("1×", 500), ("2×", 250)]  # milliseconds a step
# Sliders may be narrow beside other controls, but what they stand at is read whole.
STYLES = "<style>.live-explorer .widget-readout { min-width: max-content; overflow: visible; }</style>"
SMALL_PRINT = "font-size: 0.85em; line-height: 1.4"  # a widget's lines stand as far apart as controls do


def has_front_end() -> bool:
    """Whether somebody may be looking at this kernel's widgets."""
    return BUILD_FLAG not in os.environ


# JupyterLab and Notebook say "model not found" in place of a widget once its kernel is gone, whatever else stands in the
# same output. So a picture stands in an output of its own, and is hidden while the widget above it comes or is there.
PICTURE = """<figure class="live-picture" style="margin: 0"><strong>{title}</strong>
<img src="data:image/svg+xml;base64,{svg}" alt="{description}" style="display: block; max-width: 100%; background: white">
<figcaption style="{small_print}">{sources} This is a picture of the chart: run the cell to move it.</figcaption></figure>
<style>
.jp-OutputArea-child:has(> .jupyter-widgets > :not(script)) + .jp-OutputArea-child .live-picture,
.jp-OutputArea-child:has(> .jp-OutputArea-output:not(.jupyter-widgets, .jp-RenderedText)) + .jp-OutputArea-child
  .live-picture,
.jp-OutputArea-child:has(+ .jp-OutputArea-child .live-picture) > .jupyter-widgets:not(:has(> *)) {{ display: none; }}
</style>"""


def display(explorer) -> None:
    """Show the live form, and a picture for when the notebook is opened again without its kernel.

    Raises NotImplementedError, upon which IPython asks the explorer for its MIME bundle, where nobody looks on, and on
    Colab and in VS Code, which show another output's picture beside a widget.
    """
    if not has_front_end() or "google.colab" in sys.modules or "VSCODE_PID" in os.environ:
        raise NotImplementedError
    words = {"text/plain": f"{explorer.title}\n\n{explorer.description}"}
    bundle, metadata = view(explorer.widget)
    publish_display_data(words | bundle, metadata)
    publish_display_data({"text/html": picture(explorer)})


def picture(explorer) -> str:
    """The explorer as it opens, with title and sources, as HTML."""
    return PICTURE.format(
        title=html.escape(explorer.title),
        svg=base64.b64encode(drawing(explorer).encode()).decode("ascii"),
        description=html.escape(explorer.description),
        sources=html.escape(source_line(explorer.sources["publisher"], explorer.as_of)),
        small_print=SMALL_PRINT,
    )


def build(explorer) -> ipywidgets.Widget:
    """A box with the explorer's title, its controls and its chart, each control linked to its chart param."""
    alt.JupyterChart.enable_offline(True)
    with theme.applied():
        chart = alt.JupyterChart(
            alt.Chart.from_dict(_without_theme(explorer.spec)), embed_options={"actions": False, "renderer": "svg"}
        )
    rows = [_control_row(explorer, chart, name, widget) for name, widget in explorer.controls.items()]
    title = _title(explorer)
    rows = [*([_walk(explorer)] if explorer.steps else []), *rows]
    if explorer.compare:
        rows.append(_compared(explorer))
    asked = [_asked(explorer, chart, title, rows)] if explorer.prediction else []
    source = source_line(explorer.sources["publisher"], explorer.as_of)
    note = ipywidgets.HTML(f'{STYLES}<div style="{SMALL_PRINT}">{html.escape(source)}</div>')
    box = ipywidgets.VBox([title, *asked, *rows, chart, note])
    box.add_class("live-explorer")
    return box


def _title(explorer):
    """The title, which follows the controls where the explorer's titles do."""
    title = ipywidgets.HTML()

    def follow(_=None):
        state = {name: widget.value for name, widget in explorer.controls.items()}
        title.value = f"<strong>{html.escape(explorer.title_of(state))}</strong>"

    follow()
    for name in explorer.titles["by"] if explorer.titles else ():
        explorer.controls[name].observe(follow, "value")
    return title


def _walk(explorer):
    """Buttons that set one step after another, with its sentence."""
    words, at = ipywidgets.HTML(), -1
    back, on = ipywidgets.Button(description="Back", disabled=True), ipywidgets.Button(description="Start")

    def go(by):
        nonlocal at
        at += by
        step = explorer.steps[at]
        for name, value in explorer.states.whole(step.state).items():
            explorer.controls[name].value = tuple(value) if isinstance(value, list) else value
        words.value = f"Step {at + 1} of {len(explorer.steps)}: {html.escape(step.says)}"
        back.disabled, on.disabled, on.description = at == 0, at == len(explorer.steps) - 1, "Next"

    back.on_click(lambda _: go(-1))
    on.on_click(lambda _: go(1))
    words.value = f"This chart in {len(explorer.steps)} steps; then it is yours."
    return ipywidgets.VBox([words, ipywidgets.HBox([back, on])])


def _compared(explorer):
    """A button that keeps the chart as it is now above the one that goes on answering."""
    keep, kept = ipywidgets.ToggleButton(description="Keep this state beside"), ipywidgets.HTML()
    keep.layout.width = "auto"

    def follow(change):
        state = {name: widget.value for name, widget in explorer.controls.items()}
        drawn = rendering.svg(rendering.with_values(rendering.narrow(explorer.spec), state)) if change.new else ""
        kept.value = f"<p>{html.escape(explorer.states.words(state))}</p>{drawn}" if change.new else ""

    keep.observe(follow, "value")
    return ipywidgets.VBox([keep, kept])


def _asked(explorer, chart, title, rows):
    """The question; controls and chart are hidden, and the title tells nothing, until it is answered."""
    asked, finding = explorer.prediction, ipywidgets.HTML()
    for widget in asked.widgets.values():
        widget.style.description_width = "initial"
        widget.layout.width = "min(100%, 38em)"
    commit, show, again = (ipywidgets.Button() for _ in range(3))
    commit.description, show.description, again.description = "This is my guess", "Show me", "Take it back"
    said = ipywidgets.HTML()
    question = ipywidgets.HTML(f"<strong>Before you look:</strong> {html.escape(asked.question)}")
    form = ipywidgets.VBox([*asked.widgets.values(), ipywidgets.HBox([commit, show])])
    answered = ipywidgets.VBox([said, again])

    def cover(covered=True):
        if covered:
            chart.params.guess = None
        for part in (*rows, chart, title):
            part.layout.display = "none" if covered else None
        finding.layout.display = form.layout.display = None if covered else "none"
        answered.layout.display = "none" if covered else None

    def answer(guess, words):
        cover(False)
        chart.params.guess = guess
        for name, value in asked.state.items() if guess is not None else ():
            explorer.controls[name].value = value
        said.value = html.escape(words)

    commit.on_click(lambda _: answer(asked.value, asked.said()))
    show.on_click(lambda _: answer(None, "You have not guessed."))
    again.on_click(lambda _: cover())
    finding.value = f"<strong>{html.escape(asked.title)}</strong>"
    cover()
    return ipywidgets.VBox([finding, question, form, answered])


def view(widget: ipywidgets.Widget) -> tuple[dict, dict]:
    """How `widget`, as built above, is shown: its MIME bundle and metadata.

    The metadata is the chart's own. It is empty but on Colab, which shows a widget of another package only with it.
    """
    chart = next(child for child in widget.children if isinstance(child, alt.JupyterChart))
    _, metadata = chart._repr_mimebundle_()
    bundle = widget._repr_mimebundle_()
    return {kind: bundle[kind] for kind in bundle if kind.startswith("application/vnd.jupyter.widget-view")}, metadata


def _without_theme(spec: dict) -> dict:
    """`spec` without what the theme adds to it again: Altair checks a chart's own settings only, and knows fewer."""
    added = alt.theme.get()().get("config", {})
    own = {key: value for key, value in spec.get("config", {}).items() if added.get(key) != value}
    return {**spec, "config": own}


def _control_row(explorer, chart, name, widget):
    widget.style.description_width = "initial"
    widget.layout.width = "min(100%, 38em)"  # room for a date beside a slider
    widget.observe(lambda change: _set_param(chart, name, change.new), "value")
    row = _boxes(widget) if isinstance(widget, ipywidgets.SelectMultiple) else widget
    if name == explorer.play:
        play = _play_button(explorer, widget)
        row = ipywidgets.Box([play, _speed_menu(play), widget], layout={"flex_flow": "row wrap"})
    presets = explorer.presets.get(name)
    if not presets:
        return row
    return ipywidgets.Box([row, _preset_menu(widget, presets)], layout={"flex_flow": "row wrap"})


def _boxes(several):
    """A box to tick for each choice, in place of a list in which one chooses several with a key held down."""
    ticked = [
        ipywidgets.Checkbox(value=index in several.index, description=label, indent=False, layout={"width": "auto"})
        for index, label in enumerate(several._options_labels)
    ]

    def tick(_):
        chosen = tuple(index for index, box in enumerate(ticked) if box.value)
        if chosen != several.index:
            several.index = chosen

    def follow(_):
        for index, box in enumerate(ticked):
            box.unobserve(tick, "value")
            box.value = index in several.index
            box.observe(tick, "value")

    for box in ticked:
        box.observe(tick, "value")
    several.observe(follow, "index")
    label = ipywidgets.Label(several.description)
    return ipywidgets.Box([label, *ticked], layout={"flex_flow": "row wrap", "width": "min(100%, 60em)"})


def _set_param(chart, name, value):
    setattr(chart.params, name, list(value) if isinstance(value, tuple) else value)


def _preset_menu(slider, presets):
    """A menu that moves `slider` to a value with a name, and shows that name while the slider stands there."""
    known = {value for _, value in presets}
    menu = ipywidgets.Dropdown(options=[(NO_PRESET, None), *presets], description=GO_TO)
    menu.style.description_width = "initial"

    def go(change):
        if change.new is not None:
            slider.value = change.new

    def follow(_):
        menu.value = slider.value if slider.value in known else None

    menu.observe(go, "value")
    slider.observe(follow, "value")
    follow(None)
    return menu


def _speed_menu(play):
    """A menu of the speeds that the book's Play has."""
    menu = ipywidgets.Dropdown(options=SPEEDS, value=play.interval, description="Speed")
    menu.style.description_width, menu.layout.width = "initial", "8em"
    menu.add_class("play-speed")
    ipywidgets.link((menu, "value"), (play, "interval"))
    return menu


def _play_button(explorer, slider):
    """A Play button that moves `slider` one step at a time and stops at its end.

    It starts at the story's start while the slider stands where it stood when the chart was made.
    """
    if isinstance(slider, ipywidgets.IntSlider):
        play, trait = (
            ipywidgets.Play(min=slider.min, max=slider.max, step=slider.step, value=slider.value),
            "value",
        )
    else:
        play, trait = ipywidgets.Play(min=0, max=len(slider.options) - 1, value=slider.index), "index"
    play.interval = 500
    ipywidgets.link((play, "value"), (slider, trait))
    untouched = slider.value

    def begin(_):
        play.unobserve(begin, "playing")
        if slider.value == untouched:
            setattr(slider, trait, play.min + explorer.play_from * play.step)

    play.observe(begin, "playing")
    return play
