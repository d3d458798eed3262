"""A page for each table with an anchor for each row, and who uses the row; and the rows that rest on each source.

The pages are made when all others have been written, and are in no list of pages: `rows/<table>.html` and
`rows/by-source.html`. A table of more than `MOST` rows shows only those that a sentence uses.
"""

from __future__ import annotations

from collections import defaultdict

import pandas as pd

from coursebook import course
from coursebook.dataset import ids
from coursebook.pages import usage
from coursebook.pages.citations import row_sources, source_anchor
from coursebook.pages.printed import is_printed
from coursebook.templating import render

FOLDER, BY_SOURCE = "rows", "by-source"
MOST = 1000
_NOT_A_FACT = ("id", "source_ids")


def page_of(table: str) -> str:
    """The page of a table's rows; the anchor of a row is its id."""
    return f"{FOLDER}/{table}"


def _made(app):
    """The pages to write, as Sphinx asks for them: name, what is on it, template. None for a book without the pages of
    its dataset and sources, to which they lead."""
    if is_printed(app) or not {course.current().data_page, course.current().sources_page} <= app.env.found_docs:
        return
    used, resting = _uses(app.env), defaultdict(lambda: defaultdict(list))
    for table in course.data().tables():
        if table == "sources":
            continue
        frame, page = course.data().load(table), page_of(table)
        for row, cited in zip(frame["id"], row_sources(table), strict=True):
            for source in sorted(cited):
                resting[source][table].append(row)
        shown = frame if len(frame) <= MOST else frame[frame["id"].map(lambda row, t=table: (t, row) in used)]
        yield _page(
            app,
            page,
            "rows.html",
            f"Rows of: {course.data().resource(table)['title']}",
            **_told(app, table, shown, used),
        )
    sources = course.data().sources(sorted(resting)).reset_index().to_dict("records")
    for source in sources:
        source["rows"] = [_resting(table, rows) for table, rows in resting[source["id"]].items()]
        source["href"] = _address(
            app, f"{FOLDER}/{BY_SOURCE}", course.current().sources_page, source_anchor(source["id"])
        )
    yield _page(app, f"{FOLDER}/{BY_SOURCE}", "rows_by_source.html", "What rests on each source", sources=sources)


def _page(app, name, template, title, **values):
    body = render(template, title=title, **values)
    return name, {"title": title, "body": body}, "page.html"


def _address(app, page, target, anchor):
    return f"{app.builder.get_relative_uri(page, target)}#{anchor}"


def _resting(table, rows):
    return {
        "table": table,
        "title": course.data().resource(table)["title"],
        "ids": rows if len(rows) <= MOST else [],
        "number": len(rows),
    }


def _told(app, table, frame, used):
    """What the page of a table says of its rows: their cells in words, sources and sentences."""
    page, resource = page_of(table), course.data().resource(table)
    fields = [field for field in resource["schema"]["fields"] if field["name"] not in _NOT_A_FACT]
    names = {one.id: f"{one.publisher}, {one.year}" for one in _cited(frame)}
    rows = [
        {
            "id": row["id"],
            "cells": [
                (field["title"], _words(row[field["name"]])) for field in fields if not pd.isna(row[field["name"]])
            ],
            "sources": [
                {"name": names[one], "href": _address(app, page, course.current().sources_page, source_anchor(one))}
                for one in ids(row["source_ids"])
            ],
            "uses": [
                {
                    **use,
                    "href": _address(app, page, use["page"], use["section"]),
                    "lesson": app.env.titles[use["page"]].astext(),
                }
                for use in used.get((table, row["id"]), [])
            ],
        }
        for row in frame.to_dict("records")
    ]
    pages = [
        {"title": app.env.titles[name].astext(), "href": app.builder.get_relative_uri(page, name)}
        for name in usage.lessons_in_order(app.env)
        if table in usage.of(app.env)[name].drawn
    ]
    dictionary = _address(app, page, course.current().data_page, f"table-{table}")
    return {"rows": rows, "number": resource["rows"], "pages": pages, "dictionary": dictionary}


def _cited(frame):
    wanted = {one for cell in frame["source_ids"] for one in ids(cell)}
    return course.data().sources(sorted(wanted)).reset_index().itertuples()


def _words(cell):
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:g}" if abs(cell) < 1e5 else f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) and cell > 9999 else str(cell)


def _uses(env) -> dict[tuple[str, str], list[dict]]:
    """For each row that a sentence uses: the sentences, in reading order, with page and section."""
    found = defaultdict(list)
    for page in usage.lessons_in_order(env):
        for (table, row), uses in usage.of(env)[page].rows.items():
            found[table, row] += [{"page": page, "section": section, "sentence": words} for section, words in uses]
    return found


def setup(app):
    app.connect("html-collect-pages", lambda app: list(_made(app)))
