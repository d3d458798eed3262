"""Turns an Altair chart into what a page carries: SVG drawn at build time and the compiled Vega specification."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import vl_convert

VEGALITE_VERSION = "6.4"
# A chart's width in a full column, and what the same chart gets on a phone (CSS pixels).
# `FULL` includes the axes (autosize "fit"); `PANEL` is the plotting area of a panel in a concatenated chart.
FULL, PANEL = 680, 560
NARROW_WIDTHS = {FULL: 340, PANEL: 230}
# What a status line may be wide on a phone, as letters times their size: bold ones are about half as wide as high.
STATUS_ROOM = 580


def with_values(spec: dict, values: dict) -> dict:
    """A copy of a Vega-Lite `spec` whose top-level variable params hold `values` (name to value)."""
    spec = copy.deepcopy(spec)
    for param in spec.get("params", []):
        if param["name"] in values:
            param["value"] = values[param["name"]]
    return spec


def variable_params(spec: dict) -> set[str]:
    """Names of the top-level params of a Vega-Lite spec that are values, not selections."""
    return {p["name"] for p in spec.get("params", []) if "select" not in p}


def narrow(spec: dict) -> dict:
    """A copy of a Vega-Lite `spec` drawn for a phone.

    The widths of NARROW_WIDTHS become narrow, maps keep their proportions, and a long line in a layer `status` becomes
    smaller. Raises ValueError for another width that a phone has no room for.
    """
    if isinstance(spec, list):
        return [narrow(item) for item in spec]
    if not isinstance(spec, dict):
        return spec
    width: Any = spec.get("width")
    result = {key: value if key in ("data", "datasets") else narrow(value) for key, value in spec.items()}
    known = isinstance(width, int) and width in NARROW_WIDTHS
    if not known and isinstance(width, int | float) and width > max(NARROW_WIDTHS.values()):
        raise ValueError(
            f"the width {width} does not fit a phone, and only theme.FULL ({FULL}) and theme.PANEL ({PANEL}) become "
            f"narrow there: use one of them, or at most {max(NARROW_WIDTHS.values())}"
        )
    if known:
        result["width"] = NARROW_WIDTHS[width]
        if "projection" in spec:
            ratio = NARROW_WIDTHS[width] / width
            result["height"] = round(spec["height"] * ratio)
            result["projection"] = _narrow_projection(spec["projection"], ratio)
    field = _status_field(spec)
    if field and "lineBreak" not in spec["mark"]:
        size = f"min({spec['mark']['fontSize']}, {STATUS_ROOM} / length(datum[{field!r}]))"
        result["mark"] = {**spec["mark"], "fontSize": {"expr": size}}
    return result


def _status_field(spec):
    """The field whose words a status line shows; nothing for another layer, or a line of fixed words."""
    if str(spec.get("name")).startswith("status") and "mark" in spec:
        return spec["encoding"].get("text", {}).get("field")
    return None


def _narrow_projection(projection, ratio):
    result = {**projection, "scale": projection["scale"] * ratio}
    if "translate" in projection:
        result["translate"] = [x * ratio for x in projection["translate"]]
    if "clipExtent" in projection:
        result["clipExtent"] = [[round(x * ratio), round(y * ratio)] for x, y in projection["clipExtent"]]
    return result


def svg(spec: dict) -> str:
    """The chart as an SVG string, drawn without a browser or the network."""
    return vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=VEGALITE_VERSION)


def vega(spec: dict) -> dict:
    """The chart compiled to Vega, so that a page needs no Vega-Lite."""
    return vl_convert.vegalite_to_vega(json.dumps(spec), vl_version=VEGALITE_VERSION)


def patch(wide: object, slim: object, path: tuple = ()) -> list[tuple[list, object]]:
    """The leaves in which two compiled specs differ, as (path, value of `slim`) pairs.

    A page carries one specification and this short list instead of two whole specifications.
    """
    if isinstance(wide, dict) and isinstance(slim, dict) and wide.keys() == slim.keys():
        return [change for key in wide for change in patch(wide[key], slim[key], (*path, key))]
    if isinstance(wide, list) and isinstance(slim, list) and len(wide) == len(slim):
        pairs = enumerate(zip(wide, slim, strict=True))
        return [change for i, (a, b) in pairs for change in patch(a, b, (*path, i))]
    return [] if wide == slim else [(list(path), slim)]


def patched(spec: dict, changes: list) -> dict:
    """A copy of a compiled `spec` with the changes that `patch` found."""
    spec = copy.deepcopy(spec)
    for path, value in changes:
        node = spec
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
    return spec


def without_legends(spec: dict) -> dict:
    """A copy of a compiled `spec`, or of a group of it, without its keys: for a picture beside one that has them."""
    marks = [without_legends(mark) if mark.get("type") == "group" else mark for mark in spec.get("marks", [])]
    return {**{key: value for key, value in spec.items() if key != "legends"}, "marks": marks}


def vega_svg(spec: dict, values: dict) -> str:
    """A compiled chart as an SVG string, with its signals at `values`."""
    signals = [{**one, "value": values[one["name"]]} if one["name"] in values else one for one in spec["signals"]]
    return vl_convert.vega_to_svg(json.dumps({**spec, "signals": signals}))


# Vega as the program of a worker. The address names a module inside vl-convert's own bundle; nothing is fetched.
VEGA_MODULE = 'import * as vegaModule from "https://cdn.jsdelivr.net/npm/vega@6.2.0/+esm"; self.vega = vegaModule;'
# Vega asks a `document` for the canvas on which it measures words and draws; a worker has none.
WORKER_DOCUMENT = "self.document = { createElement: () => new OffscreenCanvas(1, 1) };"


def dark_styles(colours: dict[str, str]) -> str:
    """A style sheet that draws charts on the dark page in other `colours` (as a chart has them, to the dark page's)."""
    rules = [
        f'html[data-theme="dark"] .bd-article svg [{paint}="{light}"] {{ {paint}: {dark}; }}'
        for light, dark in colours.items()
        for paint in ("fill", "stroke")
    ]
    return "\n".join(["@media screen {", *rules, "}", ""])


def worker_script(dark_colours: dict[str, str]) -> str:
    """A classic script that holds the program of the thread which draws charts, as the text `window.chartWorker`.

    The program is Vega, what evaluates its expressions without `eval` (`expressions.js`) and what answers the page
    (`worker.js`). It is text because a page opened from disk may start a worker from a text but not from a file.
    """
    own = [files(__package__).joinpath(name).read_text(encoding="utf-8") for name in ("expressions.js", "worker.js")]
    colours = f"self.darkColours = {json.dumps(dark_colours)};"
    program = "\n".join([WORKER_DOCUMENT, colours, vl_convert.javascript_bundle(VEGA_MODULE), *own])
    return f"window.chartWorker = {json.dumps(program, ensure_ascii=False)};\n"
