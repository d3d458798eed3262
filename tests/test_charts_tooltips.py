"""What a mark of a figure says under the pointer, in every figure of the book."""

from __future__ import annotations

import json
import re

import pytest
from test_charts_selections import FIGURES

from caliphate_course import data

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def tooltips(spec: dict, name: str = ""):
    """Every channel of a tooltip in a chart and its layers, with the name of the rows it is about."""
    name = spec.get("data", {}).get("name", name)
    channel = spec.get("encoding", {}).get("tooltip", [])
    yield from ((tip, name) for tip in (channel if isinstance(channel, list) else [channel]))
    for part in [*spec.get("layer", []), *spec.get("vconcat", [])]:
        yield from tooltips(part, name)


@pytest.mark.parametrize(("explorer", "table"), FIGURES)
def test_a_tooltip_speaks_in_words(explorer, table):
    made = explorer(data.load(table))
    for one in made if isinstance(made, tuple) else [made]:
        for tip, name in tooltips(one.spec):
            place = f"{one.name}: {tip}"
            assert tip.get("title", tip["field"]) != tip["field"], place
            assert tip["title"][0].isupper(), place
            assert tip["type"] != "temporal" or "%" in tip.get("format", ""), place
            if f'"as": "{tip["field"]}"' in json.dumps(one.spec):  # worked out in the chart
                continue
            values = [row[tip["field"]] for row in one.spec["datasets"][name]]
            assert None not in values and "" not in values, place
            assert tip["type"] == "temporal" or not any(ISO_DATE.match(str(value)) for value in values), place


@pytest.mark.parametrize(("explorer", "table"), FIGURES)
def test_every_figure_has_marks_that_say_what_they_stand_for(explorer, table):
    made = explorer(data.load(table))
    for one in made if isinstance(made, tuple) else [made]:
        assert list(tooltips(one.spec)), one.name
