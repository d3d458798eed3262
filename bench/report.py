"""Keeps what the parts measured and writes it as tables: `bench/RESULTS.md`."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from bench import ROOT

RESULTS = ROOT / "bench" / "results"
REPORT = ROOT / "bench" / "RESULTS.md"
VERSIONS = ("jupyter-book", "sphinx", "altair", "vl-convert-python", "playwright")
# Budgets of a page; those of bytes are tests too: tests/test_site.py.
FIRST_KB, LIVE_KB, BLOCKED_MS, STEP_MS, SHIFT, OVERFLOW = 150, 450, 100, 17, 0.005, 0
LISTS_KB = {"book/sources.html": 240}  # a list of well over a thousand titles and addresses
CLEAN_TO_EXECUTING, SENTENCE_TO_CLEAN = 1.5, 0.15

INTRODUCTION = """# Results of the benchmark

Made by `make bench` (or a part: `make bench PART=pages`); not written by hand. Bytes are gzipped and counted on the
wire; times in the browser are at a processor slowed down fourfold. Times vary with the machine and its other work;
a budget that is not met is marked ✗.
"""


def first_kb(page: str) -> int:
    """The budget of `page` in kB, gzipped, before a reader touches anything."""
    return LISTS_KB.get(page, FIRST_KB)


def keep(part: str, measured: dict) -> None:
    """Keep a part's measures with the machine and the date they were taken on."""
    RESULTS.mkdir(exist_ok=True)
    taken = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": machine(), **measured}
    path = RESULTS / f"{part}.json"
    path.write_text(json.dumps(taken, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> dict:
    versions = {name: metadata.version(name) for name in VERSIONS}
    processor = _cpu()
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {
        "processor": processor, "cores": os.cpu_count(), "load": load,
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}", "python": platform.python_version(), **versions,
    }  # fmt: skip


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def write() -> Path:
    """Write the report from everything kept."""
    sections = {"pages": _pages, "recipe": _recipe, "scale": _scale, "build": _build}
    text = [INTRODUCTION]
    for part, section in sections.items():
        path = RESULTS / f"{part}.json"
        if path.is_file():
            kept = json.loads(path.read_text(encoding="utf-8"))
            text += ["\n".join([*section(kept), "", _taken(kept)])]
    REPORT.write_text("\n".join(text), encoding="utf-8")
    return REPORT


def _taken(kept) -> str:
    where = kept["machine"]
    versions = ", ".join(f"{name} {where[name]}" for name in VERSIONS)
    browser = f", Chromium {kept['browser']}" if "browser" in kept else ""
    load = f", load {where['load']} at the end" if where["load"] is not None else ""
    return (
        f"Taken {kept['date']} on {where['processor']}, {where['cores']} cores{load}; {where['system']}, "
        f"Python {where['python']}, {versions}{browser}.\n"
    )


def _table(head: list[str], rows: list[list]) -> list[str]:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return ["| " + " | ".join("–" if cell is None else str(cell) for cell in line) + " |" for line in lines]


def _held(value, limit) -> str | None:
    if value is None:
        return None
    return f"{value}" if value <= limit else f"{value} ✗"


def _ratio(value, base) -> str:
    return f"{value / base:.2f}" if base else "–"


def _pages(kept) -> list[str]:
    rows = [
        [
            page["page"].removeprefix("book/").removesuffix(".html"),
            _held(page["first_kb"], first_kb(page["page"])), _held(page["live_kb"], LIVE_KB), _held(page["blocked_ms"], BLOCKED_MS),
            page["blocked_waking_ms"], page["step_p50_ms"], _held(page["step_p95_ms"], STEP_MS),
            page["shown_p50_ms"], page["shown_p95_ms"],
            _held(page["shift"], SHIFT), _held(page["overflow_320_px"], OVERFLOW), len(page["foreign"]),
        ]
        for page in kept["pages"]
    ]  # fmt: skip
    head = [
        "page",
        "kB first",
        "kB live",
        "blocked ms",
        "waking ms",
        "step p50",
        "step p95",
        "shown p50",
        "shown p95",
        "shift",
        "over 320 px",
        "other hosts",
    ]
    budgets = ["*budget*", FIRST_KB, LIVE_KB, BLOCKED_MS, None, None, STEP_MS, None, None, SHIFT, OVERFLOW, 0]
    explorers = [
        [name, step["n"], step["p50_ms"], _held(step["p95_ms"], STEP_MS), step["max_ms"]]
        for page in kept["pages"]
        for name, step in page["steps"].items()
    ]
    return [
        "## Every page", "",
        "*kB first*: before anything is touched; *live*: with every chart awake. *Blocked*: main thread beyond 50 ms per "
        "task while loading; *waking*: the same while all charts of the page come alive, one after another. *Step*: "
        "from the move of a control to the next frame, in ms. *Shown*: to the frame with the chart's new picture, one move at "
        "a time; charts are drawn on a thread of their own, which is not slowed down here.", "",
        *_table(head, [budgets, *rows]), "",
        f"A page with nothing but three sliders, by the same measure: step p50 {kept['floor']['step_p50_ms']}, "
        f"p95 {kept['floor']['step_p95_ms']}. What a page takes beyond that is its own.", "", "### Every explorer", "", "Time of a step in ms.", "",
        *_table(["explorer", "steps", "p50", "p95", "longest"], explorers),
    ]  # fmt: skip


def _recipe(kept) -> list[str]:
    ours, theirs = kept["measured"]["course"], kept["measured"]["recipe"]
    measures = {
        "kB, chart live": "live_kb", "kB before interaction": "first_kb", "main thread blocked while loading, ms": "blocked_ms",
        "blocked until the chart is live, ms": None, "step p50, ms": "step_p50_ms", "step p95, ms": "step_p95_ms",
        "chart's new picture shown p50, ms": "shown_p50_ms", "chart's new picture shown p95, ms": "shown_p95_ms",
    }  # fmt: skip

    def value(page, key):
        if key is None:
            return page["blocked_ms"] + page["blocked_waking_ms"]
        # The recipe draws where it answers: the frame of its step has the chart.
        return page[key] if page[key] is not None else page[key.replace("shown", "step")]

    rows = [
        [words, value(ours, key), value(theirs, key), _ratio(value(ours, key), value(theirs, key))]
        for words, key in measures.items()
    ]
    broken = [", ".join(f"`{rule}` ({n})" for rule, n in page["axe"].items()) or "none" for page in (ours, theirs)]
    versions = ", ".join(f"{name} {version}" for name, version in kept["versions"].items())
    return [
        "## One chart, two recipes", "",
        "The map of towns with its month slider as the only chart of a page: by this course, and by a plain Jupyter Book "
        "with require.js, html-manager, anywidget and Vega-Embed, all served from the site.", "",
        *_table(["", "course", "recipe", "ratio"], [*rows, ["WCAG 2.2 AA rules broken", *broken, None]]), "",
        f"With {versions}.",
    ]  # fmt: skip


def _scale(kept) -> list[str]:
    lines = [
        "## Scale",
        "",
        "A ratio above the growth itself would be worse than linear. In the book with more data it is the tables that",
        "the lesson draws which grow; the others, sources among them, stay as they are.",
        "",
    ]
    for name, words in (("data", "rows drawn"), ("lessons", "lessons")):
        (few, small), (many, large) = kept[name].items()
        measures = {
            "rows of the dataset": lambda m: m["rows"],
            "whole build, s": lambda m: m["seconds"]["all"],
            "checking data, s": lambda m: m["seconds"]["checking data"],
            "executing notebooks, s": lambda m: m["seconds"]["executing notebooks"],
            "writing pages, s": lambda m: m["seconds"]["writing pages"],
            "all pages as HTML, kB": lambda m: m["html_kb"],
            "a lesson before interaction, kB": lambda m: m["page"]["first_kb"],
            "a lesson with every chart live, kB": lambda m: m["page"]["live_kb"],
            "step p50, ms": lambda m: m["page"]["step_p50_ms"],
            "step p95, ms": lambda m: m["page"]["step_p95_ms"],
            "chart's new picture shown p50, ms": lambda m: m["page"]["shown_p50_ms"],
            "chart's new picture shown p95, ms": lambda m: m["page"]["shown_p95_ms"],
        }
        rows = [[measure, of(small), of(large), _ratio(of(large), of(small))] for measure, of in measures.items()]
        columns = (
            ["", "as it is", f"{many} times the observations", "ratio"]
            if name == "data"
            else ["", f"{few} lessons", f"{many} lessons", "ratio"]
        )
        lines += [f"### {words.capitalize()}: growth {int(many) // int(few)}-fold", "", *_table(columns, rows), ""]
    return lines


def _build(kept) -> list[str]:
    names = {
        "clean": "from nothing", "unchanged": "nothing changed", "sentence": "a sentence changed",
        "helper": "a helper module changed",
    }  # fmt: skip
    stages = ["checking data", "executing notebooks", "writing pages", "checking result", "all"]
    rows = [[words, *(kept["rounds"][name].get(stage) for stage in stages)] for name, words in names.items()]
    return [
        "## Building", "", "Seconds.", "", *_table(["", *stages], rows), "",
        f"- A clean build takes {_held(kept['clean_to_executing'], CLEAN_TO_EXECUTING)} times what executing the notebooks "
        f"alone takes, two side by side (budget {CLEAN_TO_EXECUTING}).",
        f"- A changed sentence costs {_held(kept['sentence_to_clean'], SENTENCE_TO_CLEAN)} of a clean build (budget "
        f"{SENTENCE_TO_CLEAN}), executes {len(kept['sentence_executed'])} notebooks, and "
        f"{'is on the page' if kept['sentence_shown'] else 'is NOT on the page'}.",
        f"- A changed helper module executes {kept.get('helper_executed', 'all')} of the notebooks again, and its words are {'' if kept['helper_shown'] else 'NOT '}on the page.",
    ]  # fmt: skip
