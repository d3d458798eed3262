"""The live form of an explorer: real ipywidgets in front of a kernel."""

from __future__ import annotations

import html
import os

import altair as alt
import ipywidgets

from coursebook.figures import theme
from coursebook.figures.controls import GO_TO, NO_PRESET
from coursebook.figures.static import source_line

# Set while the book is being built: nobody looks at the widgets then, and their state would only be thrown away.
BUILD_FLAG = "COURSEBOOK_BUILD"
SMALL_PRINT = "font-size: 0.85em; line-height: 1.4"  # a widget's lines stand as far apart as controls do


def has_front_end() -> bool:
    """Whether somebody may be looking at this kernel's widgets."""
    return BUILD_FLAG not in os.environ


def build(explorer) -> ipywidgets.Widget:
    """A box with the explorer's title, its controls and its chart, each control linked to its chart param."""
    alt.JupyterChart.enable_offline(True)
    with theme.applied():
        chart = alt.JupyterChart(
            alt.Chart.from_dict(_without_theme(explorer.spec)), embed_options={"actions": False, "renderer": "svg"}
        )
    rows = [_control_row(explorer, chart, name, widget) for name, widget in explorer.controls.items()]
    title = _title(explorer)
    source = source_line(explorer.sources["publisher"], explorer.as_of)
    note = ipywidgets.HTML(f'<div style="{SMALL_PRINT}">{html.escape(source)}</div>')
    return ipywidgets.VBox([title, *rows, chart, note])


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
    row = ipywidgets.HBox([_play_button(explorer, widget), widget]) if name == explorer.play else widget
    presets = explorer.presets.get(name)
    if not presets:
        return row
    return ipywidgets.Box([row, _preset_menu(widget, presets)], layout={"flex_flow": "row wrap"})


def _set_param(chart, name, value):
    setattr(chart.params, name, list(value) if isinstance(value, tuple) else value)


def _preset_menu(slider, presets):
    """A menu that moves `slider` to a value with a name, and shows that name while the slider stands there."""
    known = {value for _, value in presets}
    menu = ipywidgets.Dropdown(options=[(NO_PRESET, None), *presets], description=GO_TO)
    menu.style.description_width = "initial"
    menu.observe(lambda change: change.new is None or setattr(slider, "value", change.new), "value")

    def follow(_):
        menu.value = slider.value if slider.value in known else None

    slider.observe(follow, "value")
    follow(None)
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
