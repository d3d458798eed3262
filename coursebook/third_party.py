"""Every place where the engine reaches into somebody else's code further than its documentation promises.

`HOOKS` lists them: which package and versions, where, why, the report upstream if there is one, and what must hold for
the hook to fit and to be needed still. Patches stand below their list; overrides stand where they are used. A test asks
each hook, so that a new version of a package tells which hooks to look at, and which may go.
"""

from __future__ import annotations

import inspect
import os
import re
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from pathlib import Path


@dataclass(frozen=True)
class Hook:
    """A hook into `package`, known to fit `versions` (as pip writes them), which the engine has at `where`.

    `holds` lists what it takes hold of, as `module:attribute`; `needed` asks whether the package still does what the
    hook mends. A hook by which we add something of our own is needed as long as we want that.
    """

    package: str
    versions: str
    where: str
    why: str
    holds: tuple[str, ...]
    issue: str = ""
    needed: Callable[[], bool] = lambda: True

    @property
    def missing(self) -> list[str]:
        """What the hook takes hold of and the installed version does not have."""
        return [place for place in self.holds if not _exists(place)]

    @property
    def known(self) -> bool:
        """Whether it was tried with the version installed."""
        from packaging.specifiers import SpecifierSet

        return metadata.version(self.package) in SpecifierSet(self.versions)


def _exists(place: str) -> bool:
    module, _, attribute = place.partition(":")
    try:
        found = import_module(module)
        for name in filter(None, attribute.split(".")):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        return False
    return True


def _source(place: str) -> str:
    module, _, attribute = place.partition(":")
    found = import_module(module)
    for name in attribute.split("."):
        found = getattr(found, name)
    return inspect.getsource(inspect.unwrap(found))


# Patches ---------------------------------------------------------------------------------------------------------


def cache_plugins() -> None:
    """bibtex asks for the same plug-in at each citation, and each time pybtex reads the metadata of every installed
    package: a third of the time of a build."""
    import pybtex.plugin

    pybtex.plugin.find_plugin = _once(pybtex.plugin.find_plugin)


def cache_names() -> None:
    """Nor is a name read letter by letter each time its source is cited: rich text does not change."""
    from pybtex.richtext import Text

    Text.from_latex = _once(Text.from_latex)


def _once(function):
    return function if hasattr(function, "cache_info") else cache(function)


# Jupyter Book's own, which do not say whether pages may be read side by side. The first works once all is read, in the
# main process; the second on LaTeX, which this book does not write.
SILENT_EXTENSIONS = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex")


def read_side_by_side(app) -> None:
    """Say for `SILENT_EXTENSIONS` that pages may be read side by side."""
    for name in SILENT_EXTENSIONS:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def _says_nothing(extension: str) -> bool:
    return "parallel_read_safe" not in inspect.getsource(import_module(extension))


def share_html_handlers(app, builders: Iterable[str]) -> None:
    """Let `builders`, those of single HTML pages, draw what HTML pages draw.

    Sphinx falls back to an extension's `html` handlers only while nobody has registered any for the builder itself,
    and sphinx-exercise has, for its own nodes alone.
    """
    handlers = app.registry.translation_handlers
    if app.builder.name in builders:
        handlers[app.builder.name] = {**handlers.get("html", {}), **handlers.get(app.builder.name, {})}


def drop_citation_ids(citation) -> None:
    """Nothing links back to a citation, and the ids that bibtex numbers per page would collide in one long page."""
    citation["ids"] = []


# What a fault in Sphinx or an extension says, in a sentence with its place --------------------------------------------

_FRAME = re.compile(r'^\s*File "(?P<file>.+?)", line (?P<line>\d+)', re.MULTILINE)
_FAULT = re.compile(
    r"^(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|NotFound|Exit|Interrupt|Warning))(?:: (?P<words>.*))?$", re.MULTILINE
)


def told(error: Exception, root: Path) -> str:
    """What went wrong in the build of a site, and where in the files of `root`.

    Extensions' faults come wrapped, and those of Sphinx's other processes as text: the first one told is the cause.
    """
    text = getattr(error, "traceback", None) or "".join(traceback.format_exception(error))
    cause = _FAULT.search(text)
    before = text[: cause.start()] if cause else text
    frames = [(match["file"], match["line"]) for match in _FRAME.finditer(before)]
    ours = [(file, line) for file, line in frames if Path(file).is_absolute() and Path(file).is_relative_to(root)]
    file, line = (ours or frames or [("", "")])[-1]
    place = f"{Path(file).relative_to(root).as_posix() if ours else file}:{line}"
    name, words = (
        (cause["type"].rpartition(".")[2], cause["words"] or "") if cause else (type(error).__name__, str(error))
    )
    if name == "TemplateNotFound":
        return f"The template {words.strip(chr(39))} is missing. Restore it in the folder templates."
    if missing := re.search(r"No such file or directory: '(.+)'", words):
        return f"{missing[1].removeprefix(f'{root}{os.sep}')} is missing. Restore it."
    return f"{place}: {name}: {words}".rstrip(": ") + "."


def _template_of_epub() -> str:
    from sphinx.builders.epub3 import Epub3Builder

    return Path(Epub3Builder.template_dir, "content.opf.jinja").read_text(encoding="utf-8")


# The list --------------------------------------------------------------------------------------------------------

SPHINX = "https://github.com/sphinx-doc/sphinx/issues"
HOOKS = (
    Hook(
        "pybtex", "==0.26.*", "third_party.cache_plugins", "a third of a build's time goes into looking for plug-ins",
        ("pybtex.plugin:find_plugin",),
        needed=lambda: "cache" not in _source("pybtex.plugin:find_plugin").split("def ")[0],
    ),
    Hook(
        "pybtex", "==0.26.*", "third_party.cache_names", "authors' names are read again at each citation",
        ("pybtex.richtext:Text.from_latex",),
        needed=lambda: "cache" not in _source("pybtex.richtext:Text.from_latex").split("def ")[0],
    ),
    Hook(
        "pybtex", "==0.26.*", "pages.citations.PlainAddresses", "escapes of LaTeX in addresses come back as other signs",
        ("pybtex.database.output.bibtex:Writer._write_field",),
    ),
    Hook(
        "sphinxcontrib-bibtex", "==2.7.*", "pages.citations.SourceUses", "a list in place of numbered citations, made right "
        "after bibtex's transform (priority 5)", ("sphinxcontrib.bibtex.transforms:BibliographyTransform.default_priority",),
        needed=lambda: _priority_of_bibtex() == 5,
    ),
    Hook(
        "sphinxcontrib-bibtex", "==2.7.*", "third_party.drop_citation_ids", "numbered ids collide on the handout's one page",
        ("sphinxcontrib.bibtex.citation_target:parse_citation_targets",),
        needed=lambda: "ids" in _source("sphinxcontrib.bibtex.roles:CiteRole.result_nodes"),
    ),
    Hook(
        "Sphinx", "==7.4.*", "third_party.share_html_handlers", "the one page is drawn without extensions' HTML handlers",
        ("sphinx.registry:SphinxComponentRegistry.create_translator",), issue=f"{SPHINX}/14587",
        needed=lambda: "handlers = self.translation_handlers.get(builder.name, None)"
        in _source("sphinx.registry:SphinxComponentRegistry.create_translator"),
    ),
    Hook(
        "Sphinx", "==7.4.*", "editions.packages.epub.EpubBuilder", "Sphinx's e-book has web pages for chapters, no parts and "
        "landmarks in its contents, nothing on accessibility, and the hour of writing",
        tuple(
            f"sphinx.builders.epub3:Epub3Builder.{name}"
            for name in (
                "build_epub", "content_metadata", "get_toc", "handle_finish", "handle_page", "navigation_doc_metadata",
                "template_dir", "toc_metadata",
            )
        ),
        needed=lambda: "accessibility" not in _template_of_epub(),
    ),
    Hook(
        "sphinx-multitoc-numbering", "==0.1.*", "third_party.read_side_by_side", "it does not say that it is parallel-safe",
        ("sphinx_multitoc_numbering:setup",),
        issue="https://github.com/executablebooks/sphinx-multitoc-numbering/issues/27",
        needed=lambda: _says_nothing("sphinx_multitoc_numbering"),
    ),
    Hook(
        "sphinx-jupyterbook-latex", "==1.0.*", "third_party.read_side_by_side", "it does not say that it is parallel-safe",
        ("sphinx_jupyterbook_latex:setup",), needed=lambda: _says_nothing("sphinx_jupyterbook_latex"),
    ),
    Hook(
        "Sphinx", "==7.4.*", "pages.background", "files that need no page are made while pages are written",
        ("sphinx.util.parallel:ParallelTasks", "sphinx.util.parallel:SerialTasks", "sphinx.util.parallel:parallel_available"),
    ),
    Hook(
        "jupyter-book", "==1.0.*", "build.Build.sphinx", "its command has no option for several cores, so only its settings "
        "are taken", ("jupyter_book.config:get_final_config",), issue="https://github.com/jupyter-book/jupyter-book/issues/1735",
        needed=lambda: "--jobs" not in inspect.getsource(import_module("jupyter_book.cli.main")),
    ),
    Hook(
        "myst-nb", "==1.4.*", "page_text.read_notebook", "cells must be read as MyST-NB will read them, to be found in the cache",
        ("myst_nb.core.read:create_nb_reader", "myst_nb.core.config:NbParserConfig"),
    ),
    Hook(
        "myst-nb", "==1.4.*", "pages.explorer_figure", "a figure's renderer asks for page and document, and keeps a table",
        ("myst_nb.core.render:MimeRenderPlugin.handle_mime", "myst_nb.core.render:NbElementRenderer.write_file"),
    ),
    Hook(
        "jupyter-cache", "==1.0.*", "execution.Cache", "its executor tells neither cell nor line of what fails",
        ("jupyter_cache.base:CacheBundleIn", "jupyter_cache.cache.main:JupyterCacheBase.cache_notebook_bundle"),
        needed=lambda: "DeadKernelError" not in _source("jupyter_cache.executors.utils:single_nb_execution"),
    ),
    Hook(
        "pydata-sphinx-theme", "==0.17.*", "pages.theme", "three style sheets are cut to the rules that a page can match; "
        "templates are ours", ("pydata_sphinx_theme",),
    ),
    Hook(
        "sphinx-book-theme", "==1.3.*", "pages.theme", "the same, and scripts that a static course does not use are left out",
        ("sphinx_book_theme",),
    ),
    Hook(
        "Sphinx", "==7.4.*", "pages.search", "its own search, which finds letters within words, is not made",
        ("sphinx.builders.html:StandaloneHTMLBuilder.search",),
    ),
    Hook(
        "ipywidgets", "==8.*", "figures.controls._options", "labels and values of options, in their order",
        ("ipywidgets.widgets.widget_selection:_Selection",),
        needed=lambda: "_options_labels" in _source("ipywidgets.widgets.widget_selection:_Selection"),
    ),
    Hook(
        "altair", "==6.*", "figures.live.view", "Colab shows a widget of another package only with the chart's own metadata",
        ("altair:JupyterChart._repr_mimebundle_",),
    ),
    Hook(
        "vl-convert-python", "==1.9.*", "figures.rendering", "Vega as a worker's program, from the bundle that draws at build time",
        ("vl_convert:javascript_bundle",), needed=lambda: _vega_version() == "6.2.0",
    ),
    Hook(
        "vl-convert-python",
        "==1.9.*",
        "figures/worker.js",
        "Vega draws on the canvas of a worker, in the dark page's colours, and a step's fault is thrown, not written",
        ("vl_convert:javascript_bundle",),
        needed=lambda: _vega_version() == "6.2.0",
    ),
    Hook(
        "vl-convert-python",
        "==1.9.*",
        "figures/expressions.js",
        "Vega's own expressions without eval take twice the time of a step",
        ("vl_convert:javascript_bundle",),
    ),
    Hook(
        "frictionless", "==5.21.*", "dataset.errors", "what is wrong is read out of its English to be told with a remedy",
        ("frictionless.errors:ConstraintError", "frictionless.errors:TypeError"),
    ),
    Hook(
        "Sphinx",
        "==7.4.*",
        "editions.download.NotebookBuilder",
        "a page is resolved a second time, for a builder that is not run by itself",
        ("sphinx.environment:BuildEnvironment.get_and_resolve_doctree", "sphinx.builders:Builder.create_translator"),
    ),
    Hook(
        "myst-nb",
        "==1.4.*",
        "editions.download.NotebookBuilder",
        "a page's cells are the containers that MyST-NB makes of them",
        ("myst_nb.sphinx_:SphinxNbRenderer",),
        needed=lambda: "cell_index" in inspect.getsource(import_module("myst_nb.core.render")),
    ),
    Hook(
        "pandas", "==3.*", "dataset.frame.Frame", "a column that is not there is told at the end of a long way through pandas; "
        "the methods that take names are told over, and its sentences are read",
        tuple(f"pandas:DataFrame.{name}" for name in ("_constructor", "__getitem__", "drop", "groupby", "merge")),
        needed=lambda: "not in index" in _of_a_missing_column(),
    ),
    Hook(
        "ipywidgets", "==8.*", "figures.answering.Controls", "a wrong value is told by a long way through traitlets, or taken in "
        "silence: a chart's widgets get a class of ours above their own, as traitlets does where it adds a trait",
        ("traitlets:HasTraits.add_traits", "ipywidgets:Widget.__setattr__"),
    ),
    Hook(
        "weasyprint", "==70.*", "editions.handout.typeset._finish", "PDF/UA lets a list item hold a label and a body only",
        ("weasyprint:HTML.write_pdf", "pydyf:PDF"),
    ),
    Hook(
        "weasyprint", "==70.*", "editions.handout.assemble", "a line breaks after the first word of a text that fits but for "
        "its last space", ("weasyprint",),
    ),
)  # fmt: skip


def _of_a_missing_column() -> str:
    import pandas as pd

    try:
        pd.DataFrame({"there": []})[["there", "nope"]]
    except KeyError as error:
        return str(error)
    return ""


def _priority_of_bibtex() -> int:
    from sphinxcontrib.bibtex.transforms import BibliographyTransform

    return BibliographyTransform.default_priority


def _vega_version() -> str:
    import vl_convert

    return vl_convert.get_vega_version()
