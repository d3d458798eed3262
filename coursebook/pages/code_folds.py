"""Folds the code of a page for those who came to read: `<details>`, which opens without a script.

Readers who want all of it say so once (`static/site.js`). A solution's code is part of what was asked and stands open.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursebook.pages.printed import is_notebook, is_printed

OPENING = '<details class="python"><summary>Show the Python</summary>'


class FoldTransform(SphinxPostTransform):
    """Puts the code of each cell into a fold, on screen."""

    default_priority = 3

    def run(self, **_):
        if is_printed(self.app) or is_notebook(self.app):
            return
        for code in list(self.document.findall(nodes.container)):
            if code.get("nb_element") == "cell_code_source" and not _in_solution(code):
                place = code.parent.index(code)
                code.parent.insert(place + 1, nodes.raw("", "</details>", format="html"))
                code.parent.insert(place, nodes.raw("", OPENING, format="html"))


def _in_solution(node) -> bool:
    while node := node.parent:
        if "solution" in node.get("classes", ()):
            return True
    return False


def setup(app):
    app.add_post_transform(FoldTransform)
