"""What a reader sees of an explorer's chart in a state of its controls, for the tests of charts."""

from __future__ import annotations

import html
import re

from coursebook.figures import Explorer, rendering


def svg(explorer: Explorer, **state) -> str:
    """The chart as SVG."""
    return rendering.svg(rendering.with_values(explorer.spec, state))


def texts(explorer: Explorer, **state) -> list[str]:
    """All texts of the chart, those of several lines joined."""
    found = re.findall(r"<text[^>]*>(.*?)</text>", svg(explorer, **state), re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for text in found]
