"""Part `recipe`: the same chart with the same slider, by this course and by the recipe a Jupyter Book user finds today.

The recipe is ipywidgets through Jupyter's html-manager, Altair's chart through Vega-Embed in an anywidget, the slider
joined to it with `jslink`: the one way in which stock parts answer a control without a kernel. To be fair to it,
everything is served from the site itself. Its parts come from PyPI and npm, which must be within reach.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import vl_convert
from axe_playwright_python.sync_playwright import Axe

from bench import ROOT, workspace
from bench.browser import audit, chromium, serve, visit

PACKAGES = {"requirejs": "2.3.8", "@jupyter-widgets/html-manager": "1.0.15"}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TITLE = "# One chart\n\nThe towns that ISIS held, month by month.\n\n"
EXPLORER = """
from caliphate_course import data
from caliphate_course.charts import towns
chart, _ = towns.explorers(data.load("town_control"))
"""
CONFIG = """title: One chart
only_build_toc_files: true
execute: {execute_notebooks: force}
sphinx:
  config:
    html_extra_path: [recipe]
    nb_ipywidgets_js:
      ../require.js: {}
      ../vega-embed.js: {}
      ../modules.js: {}
      ../embed-amd.js: {}
"""
# What tells require.js where anywidget's front end is; html-manager asks it for every module it does not hold.
MODULES = "require.config({paths: {anywidget: new URL('../anywidget', document.baseURI).href}});"
WIDGET = '''
import anywidget, ipywidgets, traitlets

class Chart(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      window.vegaEmbed(el, model.get("spec"), {renderer: "svg", actions: false}).then(({ view }) => {
        model.on("change:index", () => view.signal("month", model.get("months")[model.get("index")]).runAsync());
      });
    } };
    """
    spec = traitlets.Dict().tag(sync=True)
    months = traitlets.List().tag(sync=True)
    index = traitlets.Int().tag(sync=True)

declared = chart.controls["month"]
slider = ipywidgets.SelectionSlider(options=declared.options, index=declared.index, description="Month")
drawn = Chart(spec=chart.spec, months=[value for _, value in declared.options], index=declared.index)
ipywidgets.jslink((slider, "index"), (drawn, "index"))
ipywidgets.VBox([slider, drawn])
'''


def run() -> dict:
    """Build both pages and measure them."""
    sites = {"course": build_course(), "recipe": build_recipe()}
    measured = {}
    with chromium() as browser:
        for name, site in sites.items():
            with serve(site) as base:
                measured[name] = {**audit(browser, base, "book/chart.html"), "axe": broken_rules(browser, base)}
            if not measured[name]["steps"]:
                sys.exit(f"The page {site / 'book/chart.html'} shows no control: the comparison would mean nothing.")
    versions = {name: metadata.version(name) for name in ("jupyter-book", "ipywidgets", "anywidget", "altair")}
    return {
        "measured": measured,
        "versions": versions | PACKAGES | {"vl-convert": metadata.version("vl-convert-python")},
    }


def build_course() -> Path:
    """The chart's page as this course builds it."""
    cells = _cell(EXPLORER + "chart")
    pages = {"index": "# Index\n", "chart": workspace.HEADER + TITLE + cells}
    folder = workspace.book_of("one-chart", pages)
    workspace.build(folder)
    return folder / "_build" / "html"


def build_recipe() -> Path:
    """The chart's page by a plain Jupyter Book with html-manager."""
    folder = workspace.fresh("recipe")
    (folder / "book").mkdir()
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/chart\n", encoding="utf-8")
    (folder / "book" / "chart.md").write_text(workspace.HEADER + TITLE + _cell(EXPLORER + WIDGET), encoding="utf-8")
    collect_scripts(folder / "recipe")
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder)]
    _run(command, folder, {"PYTHONPATH": str(ROOT), "COURSEBOOK_BUILD": "1"})
    return folder / "_build" / "html"


def collect_scripts(target: Path) -> None:
    """The front end's scripts, from npm and from the Python packages, to be served from the site itself."""
    target.mkdir()
    _run(
        ["npm", "install", "--silent", "--no-save", *(f"{name}@{version}" for name, version in PACKAGES.items())],
        target,
    )
    modules = target / "node_modules"
    shutil.copy(modules / "requirejs" / "require.js", target)
    shutil.copy(modules / "@jupyter-widgets" / "html-manager" / "dist" / "embed-amd.js", target)
    shutil.rmtree(modules)
    shutil.copy(Path(sys.prefix) / "share/jupyter/nbextensions/anywidget/index.js", target / "anywidget.js")
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    (target / "vega-embed.js").write_text("(()=>{" + bundle + "})();", encoding="utf-8")
    (target / "modules.js").write_text(MODULES, encoding="utf-8")


def broken_rules(browser, base: str) -> dict[str, int]:
    """Rules of WCAG 2.2 AA that the page breaks, with the number of elements."""
    with visit(browser, base, "book/chart.html") as seen:
        seen.wake()
        options = {"runOnly": WCAG, "resultTypes": ["violations"]}
        return {rule["id"]: len(rule["nodes"]) for rule in Axe().run(seen.page, options=options).response["violations"]}


def _cell(code):
    return "```{code-cell} python\n" + re.sub(r"\n{3,}", "\n\n", code.strip()) + "\n```\n"


def _run(command, folder, environment=None):
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:3])} failed in {folder}.\n{done.stdout}{done.stderr}")
