"""Sets the sources of a paragraph that names many in one line below it, so that its sentences can be read.

Pages only: paper has numbers of the list of sources already, and notebooks and e-books keep names where they stand.
"""

from __future__ import annotations

import re

from coursebook.pages.printed import is_printed

MANY = 3  # sources from which a paragraph has its line
_PARAGRAPH = re.compile(r"<p>(?:(?!<p[ >]).)*?</p>", re.DOTALL)
# The sources of a sentence; not those behind a figure for who prints the page, which its card names.
_GROUP = re.compile(
    r'<span class="fact-cited">.*?</span></span>|\s*<span class="bibtex-citation">\((?P<sources>.*?)\)</span>',
    re.DOTALL,
)
_SOURCE = re.compile(r'<a class="reference internal" href="[^"]*">.*?</a>', re.DOTALL)


def grouped(body: str) -> str:
    """The HTML of a page whose paragraphs with MANY sources name them at their end, by number."""
    return _PARAGRAPH.sub(lambda paragraph: _with_line(paragraph[0]), body)


def _with_line(paragraph: str) -> str:
    named = [source for group in _GROUP.finditer(paragraph) for source in _sources(group)]
    numbers = {source: number for number, source in enumerate(dict.fromkeys(named), start=1)}
    if len(numbers) < MANY:
        return paragraph

    def by_number(group: re.Match) -> str:
        marks = ", ".join(str(numbers[source]) for source in _sources(group))
        return f'<sup class="cited">{marks}</sup>' if marks else group[0]

    line = " · ".join(f"{number}\N{NO-BREAK SPACE}{source}" for source, number in numbers.items())
    return f'{_GROUP.sub(by_number, paragraph)}<p class="cited-list">Sources: {line}</p>'


def _sources(group: re.Match) -> list[str]:
    return _SOURCE.findall(group["sources"] or "")


def _page(app, pagename, templatename, context, doctree):
    if context.get("body") and not is_printed(app):
        context["body"] = grouped(context["body"])


def setup(app):
    app.connect("html-page-context", _page)
