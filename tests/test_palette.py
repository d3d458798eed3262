"""Colours used together in a chart stay apart for every reader, on the light page and on the dark one.

Red, green and blue blindness are simulated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from bs4 import BeautifulSoup
from colorspacious import cspace_convert

from caliphate_course.charts import base_map, relations
from coursebook.figures import theme

# Machado, Oliveira and Fernandes's model (2009) at full strength, as colorspacious has it.
BLINDNESS = ("protanomaly", "deuteranomaly", "tritanomaly")
VISIONS = ("sRGB1", *({"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100} for kind in BLINDNESS))
# In CAM02-UCS, where 1 is about the smallest difference seen side by side.
APART = 9.9
HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
LAND = set(base_map.STYLE)  # shapes of the base map are told apart by their outlines, not by colour


def distance(first: str, second: str) -> float:
    """The distance of two colours in the vision in which they are most alike."""
    rgb = np.array([[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in (first, second)])
    seen = [
        cspace_convert(np.clip(cspace_convert(rgb, vision, "sRGB1"), 0, 1), "sRGB1", "CAM02-UCS") for vision in VISIONS
    ]
    return min(float(np.linalg.norm(a - b)) for a, b in seen)


def colour_scales(mark: dict) -> Iterator[list[str]]:
    """Ranges of colours in a Vega specification, at any depth."""
    for scale in mark.get("scales", []):
        colours = scale.get("range")
        named = isinstance(colours, list) and colours and all(isinstance(c, str) and HEX.fullmatch(c) for c in colours)
        domain = scale.get("domain")
        if named and not (isinstance(domain, list) and set(domain) == LAND):
            yield sorted({colour.lower() for colour in colours})
    for group in mark.get("marks", []):
        yield from colour_scales(group)


def too_close(colours: list[str]) -> dict[tuple[str, str], float]:
    return {pair: round(distance(*pair), 1) for pair in combinations(colours, 2) if distance(*pair) < APART}


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour):
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    dark, light = sorted([luminance(first), luminance(second)])
    return (light + 0.05) / (dark + 0.05)


MODES = {"light": {colour: colour for colour in theme.DARK}, "dark": theme.DARK}


@pytest.mark.parametrize("mode", MODES)
def test_the_course_s_colours_stay_apart(mode):
    assert too_close([MODES[mode][colour] for colour in (*theme.QUALITATIVE, theme.INK, theme.GREY, theme.PALE)]) == {}


@pytest.mark.parametrize(("mode", "least"), [("light", 3), ("dark", 4.5)])
def test_marks_and_words_stand_out_from_their_paper(mode, least):
    shown = MODES[mode]
    assert min(contrast(shown[colour], shown[theme.PAPER]) for colour in theme.QUALITATIVE) >= least
    for ground in (theme.PAPER, theme.HOLE, theme.BAND, theme.CHOSEN_BAND):
        assert min(contrast(shown[colour], shown[ground]) for colour in (theme.INK, theme.MUTED)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_colours_of_each_chart_stay_apart(mode, drawing_page, site):
    page = BeautifulSoup((site / drawing_page).read_text(encoding="utf-8"), "html.parser")
    for root in page.select("[data-explorer]"):
        script = (site / "_static/charts" / f"{root['data-explorer']}.js").read_text(encoding="utf-8")
        vega = json.loads(script.split(" = ", 1)[1].rstrip(";\n"))["vega"]
        for colours in colour_scales(vega):
            assert too_close([MODES[mode][colour] for colour in colours]) == {}, root["data-explorer"]


@pytest.mark.parametrize("mode", MODES)
def test_words_in_charts_can_be_read(mode, drawing_page, site):
    page, shown = BeautifulSoup((site / drawing_page).read_text(encoding="utf-8"), "html.parser"), MODES[mode]
    for root in page.select("[data-explorer]"):
        colours = {text.get("fill") for text in root.select(".explorer-wide svg text")} - {
            None,
            "transparent",
            theme.PAPER,
        }
        faint = [colour for colour in colours if contrast(shown[colour], shown[theme.PAPER]) < 4.5]
        assert faint == [], root["data-explorer"]


@pytest.mark.parametrize("mode", MODES)
def test_letters_in_the_boxes_of_the_matrix_can_be_read(mode):
    shown = MODES[mode]
    assert min(contrast(shown[theme.PAPER], shown[colour]) for _, colour in relations.FAMILIES.values()) >= 4.5


def test_each_colour_drawn_has_one_for_the_dark_page(drawing_page, site):
    page = BeautifulSoup((site / drawing_page).read_text(encoding="utf-8"), "html.parser")
    drawn = {part.get(paint) for part in page.select(".bd-article svg *") for paint in ("fill", "stroke")}
    assert drawn - {None, "none", "transparent"} <= set(theme.DARK)


@pytest.mark.parametrize("pair", [("#d55e00", "#9a7400"), ("#ff0000", "#8b8b00")])
def test_colours_that_a_colour_blind_reader_confuses_are_found(pair):
    assert distance(*pair) < APART
