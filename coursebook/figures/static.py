"""The forms of an explorer that need no kernel: the book's figure, a plain HTML figure and the printed one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

import pandas as pd

from coursebook.figures import rendering
from coursebook.figures.controls import GO_TO, NO_PRESET, Choice, Control, ControlError, slug
from coursebook.figures.guided import ONLY
from coursebook.figures.states import MARK, States, split
from coursebook.templating import render
from coursebook.words import number

# A table of at most so many cells is printed under its chart.
SHORT_TABLE = 40
# One of more rows has a page of its own.
MOST_ROWS = 60
MOST_PUBLISHERS = 6  # named under a chart
# So many states that the prose names, the first ones, are printed under the one in which a chart opens: they fill a row.
MOST_STATES = 2
TALL = 1.4  # height to width from which a chart takes half a column of a printed page, and made small cannot be read
# An outline of straight lines, and what it is made of: a start, a line to a point, the line back to the start.
_STRAIGHT_PART = re.compile(r"([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?")
_STRAIGHT = re.compile(rf"(?:{_STRAIGHT_PART.pattern})*")
# A mark that is transparent.
_UNSEEN = re.compile(r'<path(?=[^>]* opacity="0")[^>]*/>')
# With which a file of CSV begins, so that Excel takes it for UTF-8; and a number as a reader sees it.
CSV_MARK, _GROUPED = "\ufeff", re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
# An attribute of a tag that says where or how something is drawn, not what it is called.
_DRAWN = re.compile(r' (?!aria-)[\w:-]+="[^"]*"')


def payload(explorer) -> dict:
    """Everything the book needs of an explorer, as JSON: texts, drawn charts, compiled spec, table and sources.

    Raises ControlError for a step that speaks of a mark which no tooltip names.
    """
    spec = _unlabelled(explorer.spec)
    slim = rendering.narrow(spec)
    wide_vega = rendering.vega(spec)
    content = {
        "name": explorer.name,
        "title": explorer.title,
        "description": explorer.description,
        "as_of": explorer.as_of,
        "play": explorer.play,
        "play_from": explorer.play_from,
        "keep": explorer.keep,
        "titles": explorer.titles,
        "controls": [_control(c, explorer.presets.get(c.name, ())) for c in explorer.static_controls.values()],
        "prediction": _prediction(explorer),
        "steps": [_step(explorer, step) for step in explorer.steps],
        "compare": explorer.compare,
        "svg": drawing(explorer),
        "svg_narrow": _clean(rendering.svg(slim), f"{explorer.name}-narrow"),
        "print_label": explorer.states.words(explorer.states.whole({})),
        "vega": wide_vega,
        "narrow": rendering.patch(wide_vega, rendering.vega(slim)),
        "columns": [str(c) for c in explorer.table.columns],
        "rows": [[_cell(v) for v in row] for row in explorer.table.itertuples(index=False)],
        "csv": csv_of(explorer.table),
        "sources": explorer.sources.reset_index()[["id", "title", "publisher", "year", "url"]].to_dict("records"),
    }
    for step in content["steps"]:
        for mark in split(step["query"])[1]:
            check_mark(content, mark)
    return content


def drawing(explorer) -> str:
    """The chart of an explorer as it opens, in SVG, as one image."""
    return _clean(rendering.svg(_unlabelled(explorer.spec)), f"{explorer.name}-wide")


def check_mark(figure: dict, mark: str) -> None:
    """Raises ControlError if no mark of a figure can say the word `mark`, written as in an address."""
    if mark not in slug(json.dumps([figure["vega"].get("data"), figure["rows"]], ensure_ascii=False)):
        raise ControlError(f"{figure['name']}: no mark says {mark!r}")


def _unlabelled(spec: dict) -> dict:
    """`spec` with single marks hidden from screen readers: a static figure is one image with one name and a table."""
    hidden = {part: {**spec["config"].get(part, {}), "aria": False} for part in ("mark", "axis", "legend", "title")}
    return {**spec, "config": {**spec["config"], **hidden, "aria": False}}


def figure_html(figure: dict, page: str = "", table: str = "") -> str:
    """The body of the book's figure: controls, chart, sources, description and table. Its `chart_script` lies beside the
    scripts of the book.

    `page` is the address of the page that lists its sources, if that is another one; `table` that of the page of a table
    that is too long to stand here.
    """
    return render(
        "explorer.html",
        figure=figure,
        page=page,
        table=table if has_long_table(figure) else "",
        height=_height,
        go_to=GO_TO,
        no_preset=NO_PRESET,
        form=script_data({key: figure[key] for key in ("controls", "play", "play_from", "keep") if figure[key]}),
        asks=script_data(_asked(figure["prediction"])) if figure["prediction"] else "",
        chart=f"{figure['name']}.js?v={hashlib.sha256(chart_script(figure).encode()).hexdigest()[:8]}",
    )


def has_long_table(figure: dict) -> bool:
    """Whether the table of a figure has more rows than a page should carry for a reader who may not open it.

    Where marks say nothing, the table on the page is what a reader saves as the rows of a chart.
    """
    return len(figure["rows"]) > MOST_ROWS and '"tooltip"' in json.dumps(figure["vega"])


def chart_script(figure: dict) -> str:
    """The classic script that holds what the book's figure needs when it moves, `chartDetails[name]`: the compiled
    specification (`vega`), what is another on a narrow screen (`narrow`), and the titles of its states (`titles`)."""
    details = script_data({key: figure[key] for key in ("vega", "narrow", "titles") if figure[key] is not None})
    return f"(window.chartDetails ??= {{}})[{json.dumps(figure['name'])}] = {details};\n"


def print_html(figure: dict, states: Sequence[dict] = (), *, on_paper: bool = True) -> str:
    """The body of the printed figure: chart, `states`, table, on paper if it is short, sources and where the live chart is.

    It is the narrow chart, which fits a column of the page with its words as large as the text's.
    """
    short = len(figure["rows"]) * len(figure["columns"]) <= SHORT_TABLE
    return render("explorer_print.html", figure=figure, states=states, table=short or not on_paper, short=short)


def states_of(figure: dict) -> States:
    """The states that a figure can take, from its payload."""
    controls = []
    for one in figure["controls"]:
        slugs = one.get("slugs") or [str(value) for value in one["values"]]
        choices = tuple(map(Choice, one["labels"], one["values"], slugs))
        controls.append(Control(one["name"], one["kind"], one["label"], choices, one["default"], one["shared"]))
    return States(figure["name"], tuple(controls))


def named_states(figure: dict, names: Iterable[str], *, on_paper: bool = True) -> list[dict]:
    """The states of those names for print, but for the one in which the figure opens; on paper at most MOST_STATES, and
    none of a tall chart."""
    states = states_of(figure)
    named = {states.write(state): state for state in map(states.read, names)}
    named.pop("", None)
    drawn = []
    most = (0 if is_tall(figure["svg_narrow"]) else MOST_STATES) if on_paper else None
    for name, state in list(named.items())[:most]:
        svg = _small(figure, name, quote(name, safe=""), keys=not on_paper)
        drawn.append({"name": name, "title": _title(figure, states, state), "label": states.words(state), "svg": svg})
    return drawn


def is_tall(svg: str) -> bool:
    """Whether a narrow chart takes half a column of a printed page or more, and so is printed once."""
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg, re.IGNORECASE)[0])
    return height > TALL * width


def _small(figure, name, mark, *, keys, less=None):
    """A state for print; beside the figure's first picture it needs no key."""
    return _clean(state_svg(figure, name, keys=keys, less=less), f"{figure['name']}-{mark}")


def step_states(figure: dict, *, on_paper: bool = True) -> list[dict]:
    """The steps of a figure for print, each with its sentence; on paper a tall chart is drawn again for those alone that
    make it small."""
    states, tall = states_of(figure), on_paper and is_tall(figure["svg_narrow"])
    drawn = []
    for place, step in enumerate(figure["steps"], start=1):
        name = split(step["query"])[0]
        less = step.get("less", {}) if tall else {}
        svg = "" if tall and not less else _small(figure, name, f"step-{place}", keys=not on_paper, less=less)
        title = _title(figure, states, states.read(name))
        drawn.append({"name": name, "title": title, "label": step["says"], "svg": svg})
    return drawn


def _title(figure, states, state):
    return states.title(figure["titles"], state) if figure["titles"] else figure["title"]


def csv_of(table: pd.DataFrame) -> str:
    """A table as CSV, its numbers without the commas between thousands: where the comma is the decimal sign, a spreadsheet
    reads 1,004 as little more than one."""
    return table.map(_plain).to_csv(index=False, lineterminator="\n")


def _plain(cell):
    return cell.replace(",", "") if isinstance(cell, str) and _GROUPED.fullmatch(cell) else cell


def state_svg(figure: dict, name: str, *, keys: bool = True, less: Mapping[str, object] | None = None) -> str:
    """The narrow drawing of a figure in the state of that name, with or without its keys; '' is the one in which it
    opens. `less` are rows and height of a step on paper."""
    if not name and keys:
        return figure["svg_narrow"]
    states, spec = states_of(figure), rendering.patched(figure["vega"], figure["narrow"])
    spec = (spec if keys else rendering.without_legends(spec)) | {
        "height": (less or {}).get("height", spec.get("height"))
    }
    return rendering.vega_svg(spec, states.whole(states.read(name)) | dict(less or {}))


def standalone_html(figure: dict) -> str:
    """A figure for viewers without the book's script (nbviewer, an exported notebook): nothing in it moves."""
    csv_link = "data:text/csv;charset=utf-8," + quote(CSV_MARK + figure["csv"])
    return render("explorer_standalone.html", figure=figure, csv_link=csv_link)


def source_line(publishers: Iterable[str], as_of: str) -> str:
    """'Sources: A; B; and 3 more, listed under Data and sources. Figures as of …' where a text has no links.

    Publishers are named once each, and as many of them as on the page (`templates/explorer.html`).
    """
    named = list(dict.fromkeys(publishers))
    if more := len(named[MOST_PUBLISHERS:]):
        named[MOST_PUBLISHERS:] = [f"and {more} more, listed under Data and sources"]
    return f"Sources: {'; '.join(named)}. Figures as of {as_of}."


def _prediction(explorer) -> dict | None:
    if (asked := explorer.prediction) is None:
        return None
    controls = [_control(control, ()) for control in asked.controls(explorer.name)]
    return asked.payload(explorer.name) | {"controls": controls, "state": explorer.query(asked.state)}


def _step(explorer, step) -> dict:
    mark = f"{MARK}={step.mark}" if step.mark else ""
    told = {"says": step.says, "query": "&".join(filter(None, [explorer.query(step.state), mark]))}
    return told | ({"less": {ONLY: list(step.only), "height": step.height}} if step.height else {})


def _asked(prediction: dict) -> dict:
    """What of a prediction the script needs; its question is on the page."""
    return {key: value for key, value in prediction.items() if value and key != "question"}


def _control(control, presets) -> dict:
    values = [choice.value for choice in control.choices]
    return {
        "name": control.name,
        "kind": control.kind,
        "label": control.label,
        "labels": [choice.label for choice in control.choices],
        "values": values,
        "presets": [(label, values.index(value)) for label, value in presets],
        "default": control.default,
        "shared": control.shared,
    } | _slugs(control)


def _slugs(control) -> dict:
    """The names of a control's choices, where they are not simply its values."""
    slugs = [choice.slug for choice in control.choices]
    return {} if slugs == [str(choice.value) for choice in control.choices] else {"slugs": slugs}


def script_data(content: dict) -> str:
    """JSON for a `<script>` element; `<` is escaped so that no text can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _clean(svg: str, prefix: str) -> str:
    """Drop what a page does not need of vl-convert's SVG, and make its ids the page's only ones.

    Marks that are not seen are there for the pointer, which a drawing does not answer. Decimals below a hundredth of a pixel go, of outlines those below a tenth, though not from what is read or read out.
    Every drawing calls its first clipping path `clip1`, so ids get `prefix`.
    """
    svg = re.sub(r'(?<= id=")|(?<=url\(#)', f"{prefix}-", _UNSEEN.sub("", svg))
    return re.sub(r"<[^>]+>", lambda tag: _DRAWN.sub(_rounded_down, tag[0]), svg)


def _rounded_down(attribute: re.Match) -> str:
    if not attribute[0].startswith(" d="):
        return re.sub(r"(\.\d\d)\d+", r"\1", attribute[0])
    outline = re.sub(r"\.0(?!\d)", "", re.sub(r"(\.\d)\d+", r"\1", attribute[0][4:-1]))
    return f' d="{_from_point_to_point(outline) if _STRAIGHT.fullmatch(outline) else outline}"'


def _from_point_to_point(outline: str) -> str:
    """An outline of straight lines whose points are told from the one before, which takes fewer digits."""
    told, last = [], (0, 0)
    for letter, x, y in _STRAIGHT_PART.findall(outline):
        here = (round(10 * float(x)), round(10 * float(y))) if letter != "Z" else last
        step = [f"{(to - since) / 10:g}" for to, since in zip(here, last, strict=True)]
        told.append({"Z": "Z", "M": f"M{x},{y}", "L": f"l{','.join(step)}"}[letter])
        last = here
    return "".join(told)


def _height(svg: str) -> str:
    """The height of a drawn chart as a CSS length."""
    return re.findall(r'<svg[^>]* height="([\d.]+)"', svg)[0] + "px"


def _cell(value) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, (bool, int, float)):
        return number(value)
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
