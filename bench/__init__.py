"""The course's benchmark: `make bench`, or a part of it with `python -m bench PART [PART …]`.

    pages   every page of the built site: bytes, blocking, steps of its controls, layout shift, width on a phone
    recipe  one chart by this course and by the recipe found today (html-manager, anywidget, Vega-Embed)
    scale   ten times the data; thirty lessons instead of ten
    build   a clean build, one after a changed sentence, one after a changed helper

Each part writes what it measured to `bench/results/PART.json`, and `bench/RESULTS.md` is made from all of them, so a
part can be run again alone. It is a benchmark, not a test: times vary with the machine and with what else it does.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
