"""Sets the sources of a paragraph that names many in one line below it, so that its sentences can be read.

Pages only: paper has numbers of the list of sources already, and notebooks and e-books keep names where they stand.
"""

from __future__ import annotations

import re

MANY = 3  # sources from which a paragraph has its line
_PARAGRAPH = re.compile(r"<p>(?:(?!<p[ >]).)*?</p>", re.DOTALL)
_GROUP = re.compile(r'\s*<span class="bibtex-citation">\((.*?)\)</span>', re.DOTALL)
_SOURCE = re.compile(r'<a class="reference internal" href="[^"]*">.*?</a>', re.DOTALL)


def grouped(body: str) -> str:
    """The HTML of a page whose paragraphs with MANY sources name them at their end, by number."""
    return _PARAGRAPH.sub(lambda paragraph: _with_line(paragraph[0]), body)


def _with_line(paragraph: str) -> str:
    groups = [_SOURCE.findall(group) for group in _GROUP.findall(paragraph)]
    numbers = {source: number for number, source in enumerate(dict.fromkeys(sum(groups, [])), start=1)}
    if len(numbers) < MANY:
        return paragraph
    marks = iter(", ".join(str(numbers[source]) for source in group) for group in groups)
    text = _GROUP.sub(lambda _: f'<sup class="cited">{next(marks)}</sup>', paragraph)
    named = " · ".join(f"{number}\N{NO-BREAK SPACE}{source}" for source, number in numbers.items())
    return f'{text}<p class="cited-list">Sources: {named}</p>'


def _page(app, pagename, templatename, context, doctree):
    if context.get("body"):
        context["body"] = grouped(context["body"])


def setup(app):
    app.connect("html-page-context", _page)
