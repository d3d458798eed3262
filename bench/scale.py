"""Part `scale`: what ten times the data and three times the lessons cost. Linear growth is the limit.

Both books are generated. Rows are multiplied with ids of their own and figures a little apart, so that they do not
compress as mere repetition; lessons are generated pages with three explorers each, named anew on every page.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from bench import ROOT, workspace
from bench.browser import audit, chromium, serve

TIMES = 10
LESSONS = (10, 30)
# Tables of observations, whose charts draw each row; lists such as sources, actors and members stay as they are.
MULTIPLIED = ("events", "civilian_harm", "attacks_after", "revenue", "us_presence")
FIGURES = ("low", "best", "high")
CHARTS = {
    "timeline": 'timeline.explorers(data.load("events"))[0]',
    "civilian_harm": 'civilian_harm.explorer(data.load("civilian_harm"))',
    "attacks_after": 'attacks_after.explorer(data.load("attacks_after"))',
}
NAMED_ANEW = "\nchart.name = f'{chart.name}-PAGE'\nchart"


def run() -> dict:
    """Measure the book with one and ten times the data, then the books with ten and thirty lessons."""
    result = {}
    with chromium() as browser:
        result["data"] = {str(times): measure(browser, tenfold(times)) for times in (1, TIMES)}
        result["lessons"] = {str(number): measure(browser, many_lessons(number)) for number in LESSONS}
    for name, sizes in result.items():
        print(f"  {name}: {json.dumps(sizes)}", flush=True)
    return result


def measure(browser, folder: Path) -> dict:
    """Build the book and measure one of its lessons, and all its pages together."""
    seconds = workspace.build(folder)
    site = folder / "_build" / "html"
    with serve(site) as base:
        page = audit(browser, base, "book/lesson-01.html")
    total = sum(path.stat().st_size for path in site.glob("book/*.html"))
    rows = sum(resource.get("rows", 0) for resource in descriptor(folder)["resources"])
    return {"rows": rows, "seconds": seconds, "page": page, "html_kb": round(total / 1000)}


def lesson(number: int) -> str:
    """A generated lesson: a heading, a paragraph and a cell for each chart."""
    modules = ", ".join(CHARTS)
    cells = [f"from caliphate_course import data\nfrom caliphate_course.charts import {modules}"]
    cells += [f"chart = {code}{NAMED_ANEW.replace('PAGE', f'{number:02d}')}" for code in CHARTS.values()]
    body = "\n".join(f"```{{code-cell}} python\n{cell}\n```\n\nWhat does the chart not show?\n" for cell in cells)
    sources = "## Data and sources\n\n```{lesson-sources}\n```\n"
    return f"{workspace.HEADER}# Lesson {number}\n\nA generated lesson.\n\n{body}\n{sources}"


def reference_pages() -> dict[str, str]:
    """The pages that list data and sources, as the book has them, and the pages they lead to, empty."""
    names = ("sources", "data", "glossary")
    titles = {"further-reading": "Further reading", "how-to-cite": "How to cite", "corrections": "Corrections"}
    empty = {name: f"# {title}\n" for name, title in titles.items()}
    return {name: (ROOT / "book" / f"{name}.md").read_text(encoding="utf-8") for name in names} | empty


def many_lessons(number: int) -> Path:
    lessons = {f"lesson-{n:02d}": lesson(n) for n in range(1, number + 1)}
    return workspace.book_of(f"lessons-{number}", {"index": "# Index\n", **lessons, **reference_pages()})


def tenfold(times: int) -> Path:
    """A book of one lesson whose tables of observations have `times` as many rows."""
    folder = workspace.book_of(f"data-{times}", {"index": "# Index\n", "lesson-01": lesson(1), **reference_pages()})
    described = descriptor(folder)
    for resource in described["resources"]:
        if resource["name"] in MULTIPLIED:
            resource["rows"] = multiply(folder / "data" / resource["path"], times)
    (folder / "data" / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def descriptor(folder: Path) -> dict:
    return json.loads((folder / "data" / "datapackage.json").read_text(encoding="utf-8"))


def multiply(path: Path, times: int) -> int:
    """Write the table with every row `times` times, the copies' ids and figures made different; returns the rows."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    copies = [table, *(copied(table, number) for number in range(2, times + 1))]
    many = pd.concat(copies)
    many.to_csv(path, index=False, lineterminator="\n")
    return len(many)


def copied(table: pd.DataFrame, number: int) -> pd.DataFrame:
    """The rows with ids of their own and figures some per mille lower, in the same order of low, best and high."""
    changed = {name: table[name].map(lambda cell: lower(cell, number)) for name in FIGURES if name in table}
    return table.assign(id=table["id"] + f"-x{number}", **changed)


def lower(cell: str, number: int) -> str:
    if not cell:
        return cell
    value = float(cell) * (1 - number / 500)
    return str(round(value)) if cell.lstrip("-").isdigit() else f"{value:.6g}"
