"""Formulas without a script or another host: MathML, which browsers set themselves, and HTML for paper, which cannot."""

from __future__ import annotations

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml, math2html
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from coursebook.pages.printed import is_printed

logger = logging.getLogger(__name__)


def _set(translator, node, *, block):
    """The HTML of a formula written in LaTeX; one that cannot be set stands as it is written, with a warning."""
    code = node.astext()
    try:
        if not is_printed(translator.builder.app):
            return latex2mathml.tex2mathml(code, as_block=block)
        math2html.DocumentParameters.displaymode = block
        return f'<span class="formula">{math2html.math2html(code)}</span>'
    except MathError as error:
        logger.warning("math: %s", error, location=node, type="course", subtype="math")
        return f"<code>{translator.encode(code)}</code>"


def _visit_math(self, node):
    self.body.append(_set(self, node, block=False))
    raise nodes.SkipNode


def _visit_math_block(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})</span>')
    self.body.append(_set(self, node, block=True) + "</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("course", (_visit_math, None), (_visit_math_block, None))
