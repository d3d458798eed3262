"""Folds the list "Notice" of a figure that asks for a guess or has steps: a reader looks first.

The list is Markdown as any other: a paragraph that begins with a bold "Notice", and the bullets after it.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from coursebook.pages.printed import is_printed

LEAD = "Notice"


def notice_after(figure: nodes.Node) -> tuple[nodes.paragraph, nodes.bullet_list] | None:
    """The lead and the bullets of the list that follows `figure` before the next figure or heading, if there is one."""
    block = figure
    while not isinstance(block.parent, (nodes.section, nodes.document)):
        block = block.parent
    blocks = block.parent.children[block.parent.index(block) + 1 :]
    for lead, items in zip(blocks, blocks[1:], strict=False):
        if isinstance(lead, nodes.section) or lead.next_node(nodes.figure):
            return None
        if _is_lead(lead) and isinstance(items, nodes.bullet_list):
            return lead, items
    return None


def _is_lead(block):
    words = [part for part in block.children if part.astext()] if isinstance(block, nodes.paragraph) else []
    return bool(words) and isinstance(words[0], nodes.strong) and words[0].astext().startswith(LEAD)


class NoticeTransform(SphinxPostTransform):
    """Folds each such list: closed on the screen and in a notebook, on paper a block that may stand elsewhere."""

    default_priority = 1  # before the figures become what their medium shows

    def run(self, **_):
        for figure in list(self.document.findall(nodes.figure)):
            found = notice_after(figure) if figure.get("guided") else None
            if found is None:
                continue
            lead, items = found
            items.parent.remove(items)
            if is_printed(self.app):
                lead.replace_self(block := nodes.container("", classes=["notice"]))
                block += [lead, items]
            else:
                opening, closing = '<details class="notice"><summary>Notice</summary>', "</details>"
                raw = (nodes.raw("", one, format="html") for one in (opening, closing))
                lead.replace_self([next(raw), items, next(raw)])


def setup(app):
    app.add_post_transform(NoticeTransform)
