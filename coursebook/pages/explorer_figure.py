"""Draws an explorer's output as a numbered Sphinx figure, in the form that fits the builder.

What Sphinx reads holds the figure for the screen and for print; the medium is chosen when pages are written, so that
the handout can start from what the web pages have read. The drawings lie in files beside it until then, since Sphinx
reads a whole page again for each reference to one of its figures.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import MimeRenderPlugin
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import ensuredir

from coursebook.figures import MIME_TYPE, live, rendering, static, theme
from coursebook.pages import background, figure_tables, state_role
from coursebook.pages.printed import PRINT_BUILDERS, is_ebook, is_printed

logger = logging.getLogger(__name__)
_TWICE = "figure: %s stands on this page already. Show it once, or name the second, as in chart.name = 'fig-…'."
WORKER_SCRIPT = "_static/chart-worker.js"
CHARTS = "_static/charts"
DARK_STYLES = "chart-dark.css"


class ExplorerFigure(MimeRenderPlugin):
    """MyST-NB's hook: turns the explorer's own MIME type into docutils nodes."""

    mime_priority_overrides = [
        ("html", MIME_TYPE, 1),
        *((builder, MIME_TYPE, 1) for builder in PRINT_BUILDERS),
    ]

    @staticmethod
    def handle_mime(renderer, data, inline):
        if inline or data.mime_type != MIME_TYPE:
            return None
        if data.content["name"] in renderer.renderer.document.nameids:
            place = renderer.renderer.sphinx_env.docname, data.line
            logger.warning(_TWICE, data.content["name"], location=place, type="course", subtype="figure")
            return []
        return [_figure(renderer, data.content)]


def _figure(renderer, content):
    sources = [source["id"] for source in content["sources"]]
    figure = nodes.figure(classes=["explorer-figure"], source_ids=sources)
    figure += nodes.caption("", content["title"])
    if content["prediction"]:
        figure["covered"] = content["prediction"]["title"]
    figure["guided"] = bool(content["prediction"] or content["steps"])
    env, document = renderer.renderer.sphinx_env, renderer.renderer.document
    figure += nodes.raw("", words_of(static.print_html(content)), format="html", printed=True, explorer=content["name"])
    figure += nodes.raw(
        "", words_of(html := _on_a_page(env, content)), format="html", printed=False, explorer=content["name"]
    )
    _keep(env, content, html)
    figure += _download(renderer, content)
    figure["names"].append(content["name"])
    document.note_explicit_target(figure, figure)
    return figure


def _on_a_page(env, content):
    table = env.app.builder.get_relative_uri(env.docname, figure_tables.page_of(content["name"]))
    return static.figure_html(content, table=table)


def words_of(html: str) -> str:
    """The words of a piece of HTML, those of its tables with them, but not its drawings and their data."""
    return re.sub(r"<(script|svg)\b.*?</\1>|<[^>]*>", " ", html, flags=re.DOTALL)


def _keep(env, content, html):
    """Lay down what `MediumTransform` puts in the place of a figure's words."""
    path = state_role.kept(env, content["name"])
    ensuredir(path.parent)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    path.with_suffix(".html").write_text(html, encoding="utf-8")
    path.with_suffix(".js").write_text(static.chart_script(content), encoding="utf-8")


def _download(renderer, content):
    """A link to the figure's table as a CSV file, which works without JavaScript and from a local copy."""
    target = renderer.write_file(
        [f"{content['name']}.csv"], (static.CSV_MARK + content["csv"]).encode("utf-8"), overwrite=True
    )
    link = addnodes.download_reference("", "", reftarget=target, refdoc=renderer.renderer.sphinx_env.docname)
    link += nodes.Text("Download the table (CSV)")
    return nodes.paragraph("", "", link, classes=["explorer-download"], printed=False)


class MediumTransform(SphinxPostTransform):
    """Leaves of each figure what belongs to the medium, and puts its drawing in."""

    default_priority = 2

    def run(self, **_):
        printed = is_printed(self.app)
        for figure in self.document.findall(nodes.figure):
            if "covered" in figure and not printed:
                figure[figure.first_child_matching_class(nodes.caption)][:] = [nodes.Text(figure["covered"])]
            for part in list(figure):
                if part.get("printed", printed) is not printed:
                    figure.remove(part)
                elif "explorer" in part:
                    draw = self._printed if printed else self._on_screen
                    part.children = [nodes.Text(draw(figure, part["explorer"]))]

    def _on_screen(self, figure, name):
        return state_role.kept(self.env, name).with_suffix(".html").read_text(encoding="utf-8")

    def _printed(self, figure, name):
        """With the states that the prose names."""
        content, on_paper = state_role.figure_of(self.env, name), not is_ebook(self.app)
        steps = static.step_states(content, on_paper=on_paper)
        named = state_role.named_in_prose(figure, name)
        states = steps or static.named_states(content, named, on_paper=on_paper)
        return static.print_html(content, states, on_paper=on_paper)


def _write_worker(app):
    kept, target = Path(app.doctreedir) / Path(WORKER_SCRIPT).name, Path(app.outdir) / WORKER_SCRIPT
    if not kept.exists():  # a change of code or versions makes the build start from nothing
        kept.write_text(rendering.worker_script(theme.DARK), encoding="utf-8")
    ensuredir(target.parent)
    shutil.copyfile(kept, target)


def _write_charts(app, exception):
    if exception is not None or is_printed(app):
        return
    folder, labels = Path(app.outdir) / CHARTS, app.env.get_domain("std").anonlabels
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for script in state_role.kept(app.env, "").parent.glob("*.js"):
        if script.stem in labels:
            shutil.copyfile(script, folder / script.name)


def _write_dark_styles(app, _env):
    target = Path(app.outdir) / "_static" / DARK_STYLES
    ensuredir(target.parent)
    target.write_text(rendering.dark_styles(theme.DARK), encoding="utf-8")


def _flag_build(app):
    os.environ[live.BUILD_FLAG] = "1"


def setup(app):
    app.add_post_transform(MediumTransform)
    app.connect("builder-inited", _flag_build)
    background.make(app, _write_worker)
    app.connect("build-finished", _write_charts)
    app.connect("env-check-consistency", _write_dark_styles)  # before the pages that link it are written
    app.add_css_file("explorer.css")
    app.add_css_file(DARK_STYLES)
    for script in ("predict.js", "steps.js"):
        app.add_js_file(script, loading_method="defer")
    app.add_js_file("explorer.js", loading_method="defer")
