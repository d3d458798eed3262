"""What a chart says when it is drawn."""

from __future__ import annotations

import html
import re

from caliphate_course.explorer import rendering


def texts(explorer, **state) -> list[str]:
    """All words of the chart in a state of its controls."""
    svg = rendering.svg(rendering.with_values(explorer.spec, state))
    return [
        html.unescape(re.sub(r"<[^>]+>", "", text)) for text in re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)
    ]
