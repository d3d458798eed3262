"""Repairs of the theme at their cause, so that a page is light, quiet in the console and free of other hosts.

The book theme's templates carry scripts, fonts and dialogs that a static course does not use: Bootstrap's script,
Font Awesome (half a megabyte), Thebe, a second search header, a search index on every page. Our own templates leave
them out; what the reader needs of them is `static/site.js`. The style sheets of the theme, of cells and of cards are
cut down to the rules that some page of this book can match, and put into one file.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import shutil
from functools import cache
from pathlib import Path

import myst_nb
import pydata_sphinx_theme
import sphinx_book_theme
import sphinx_design
import tinycss2
from bs4 import BeautifulSoup
from sphinx.util.osutil import ensuredir

from coursebook import course
from coursebook.page_text import SOURCES

STATIC = Path(__file__).parents[1] / "static"
TEMPLATES = Path(__file__).parent / "templates"
# Ours in place of the theme's.
FRAMES = (
    "article-header-buttons.html", "genindex.html", "layout.html", "search-button-field.html", "search-field.html",
    "search.html", "toggle-primary-sidebar.html",
)  # fmt: skip
THEME_BUNDLE = "_static/styles/theme.css"
# What Sphinx and its extensions write beside the pages.
WRITTEN_STYLES = ("_static/basic.css", "_static/pygments.css", "_static/exercise.css")
THEME_STYLES = (
    Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/styles/pydata-sphinx-theme.css",
    Path(sphinx_book_theme.__file__).parent / "theme/sphinx_book_theme/static/styles/sphinx-book-theme.css",
    Path(myst_nb.__file__).parent / "static/mystnb.css",
    Path(sphinx_design.__file__).parent / "static/sphinx-design.min.css",
)

# What a page must contain for a file to be linked from it; files not named here are linked from every page.
NEVER = None
LINKED_IF = {
    "explorer.js": r"data-explorer=",
    "explorer.css": r"data-explorer=|explorer-table",
    "predict.js": r"data-asks",
    "steps.js": r"explorer-walk",
    "compare.js": NEVER,
    "chart-dark.css": r"<svg",
    "exercise.css": NEVER,
    "pygments.css": NEVER,
    "mystnb": NEVER,
    "sphinx-design.min.css": NEVER,
    "design-tabs.js": r"class=\"[^\"]*\bsd-tab",
    "answers.js": r"class=\"[^\"]*\bquestion|data-kept",
    "share.js": NEVER,  # loaded by `explorer.js`, as is the next
    "sentence.js": NEVER,
    "embed.": NEVER,
    "sphinx-book-theme": NEVER,
    "documentation_options.js": NEVER,
    "doctools.js": NEVER,
    "sphinx_highlight.js": NEVER,
}

POLICY = (
    "default-src 'none'",
    "script-src 'self' {hashes}",
    "worker-src blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
)


@cache
def mode_script() -> str:
    """Sets light or dark before anything is painted; inline, because a file would come too late."""
    return (TEMPLATES / "mode.js").read_text(encoding="utf-8").strip()


@cache
def content_security_policy() -> str:
    digest = base64.b64encode(hashlib.sha256(mode_script().encode()).digest()).decode()
    return "; ".join(POLICY).format(hashes=f"'sha256-{digest}'")


def _configure(app, config):
    for name in FRAMES:
        if not (TEMPLATES / name).is_file():  # the theme has one of that name, which is not made for this site
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(TEMPLATES / name))
    config.html_static_path.append(str(STATIC))
    config.templates_path.insert(0, str(TEMPLATES))


def _page(app, pagename, templatename, context, doctree):
    body = context.get("body") or ""
    context["body"] = body = _scoped_headers(_plain_dropdowns(body))
    context["mode_script"] = mode_script()
    context["course_name"] = course.current().distribution
    context["content_security_policy"] = content_security_policy()
    context["script_files"] = [f for f in context["script_files"] if _is_linked(f, body)]
    context["css_files"] = [f for f in context["css_files"] if _is_linked(f, body)]
    downloads = context.setdefault("page_downloads", [])
    if context.get("has_source") and context.get("sourcename"):
        downloads.append(("Source (.md)", context["pathto"](f"{SOURCES}/{context['sourcename']}", True)))


def _is_linked(asset, body: str) -> bool:
    """Whether a page with this body needs this script or style sheet; nothing inline, nothing of another host."""
    name = str(getattr(asset, "filename", None) or "")
    if not name or "://" in name:
        return False
    for part, pattern in LINKED_IF.items():
        if part in name:
            return pattern is not NEVER and re.search(pattern, body) is not None
    return True


def _plain_dropdowns(body: str) -> str:
    """Collapsible admonitions as `<details>`, which opens without a script, instead of sphinx-togglebutton's."""
    if not re.search(r'class="[^"]*\bdropdown\b', body):
        return body
    # Drawings, data and tables are most of a page and hold no admonition: the parser is slow and need not see them.
    heavy: list[str] = []

    def set_aside(part):
        heavy.append(part[0])
        return f"<i data-heavy={len(heavy) - 1}></i>"

    light = re.sub(r"<(svg|script|table)\b.*?</\1>", set_aside, body, flags=re.DOTALL)
    soup = BeautifulSoup(light, "html.parser")
    for box in soup.select("div.admonition.dropdown"):
        title = box.find("p", class_="admonition-title", recursive=False)
        if title is None:
            continue
        box.name, title.name = "details", "summary"
        for link in title.find_all("a"):  # a link inside a button would be two controls in one
            link.unwrap()
    return re.sub(r'<i data-heavy="(\d+)"></i>', lambda place: heavy[int(place[1])], str(soup))


def _scoped_headers(body: str) -> str:
    """Say of every header cell whether it heads a column or a row: docutils and pandas leave that open."""

    def scoped(part):
        scope = "col" if part[0].startswith("<thead") else "row"
        return re.sub(r"<th(?=[\s>])(?![^>]*\bscope=)", f'<th scope="{scope}"', part[0])

    return re.sub(r"<(thead|tbody)\b.*?</\1>", scoped, body, flags=re.DOTALL)


def _write_theme_styles(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    words, variables = _used_words(out), _used_variables(out)
    whole = [path.read_text(encoding="utf-8") for path in (*map(out.joinpath, WRITTEN_STYLES), *THEME_STYLES)]
    # Cutting takes a second, and most changes of a page bring no new class.
    digest = hashlib.sha256("\0".join([*sorted(words), *sorted(variables), *whole]).encode()).hexdigest()
    kept = Path(app.doctreedir) / f"theme-{digest[:16]}.css"
    if not kept.exists():
        cut = "\n".join(_cut(css, words) for css in whole)
        kept.write_text(_without_unused(cut, variables), encoding="utf-8")
    target = out / THEME_BUNDLE
    ensuredir(target.parent)
    shutil.copyfile(kept, target)


def _used_words(out: Path) -> set[str]:
    """Every class name and id on a page, and every word of a script, which may set both."""
    words: set[str] = set()
    for page in out.rglob("*.html"):
        for value in re.findall(r' (?:class|id)="([^"]*)"', page.read_text(encoding="utf-8")):
            words.update(value.split())
    for script in STATIC.glob("*.js"):
        words.update(re.findall(r"[A-Za-z_][\w-]*", script.read_text(encoding="utf-8")))
    return words


def _used_variables(out: Path) -> set[str]:
    """Every custom property that a page, a script or a style sheet of ours speaks of."""
    files = [*out.rglob("*.html"), *STATIC.glob("*.js"), *STATIC.glob("*.css"), *(out / "_static").glob("*.css")]
    return {name for file in files for name in re.findall(r"--[A-Za-z][\w-]*", file.read_text(encoding="utf-8"))}


def _without_unused(css: str, wanted: set[str]) -> str:
    """`css` without movements that nothing makes, and without custom properties that neither it nor `wanted` takes."""
    while True:
        taken = wanted | set(re.findall(r"var\(\s*(--[\w-]+)", css))
        rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        less = "".join(_of_use(rule, taken, css) for rule in rules)
        if len(less) == len(css):
            return css
        css = less


def _of_use(rule, taken: set[str], css: str) -> str:
    if rule.type == "at-rule" and rule.lower_at_keyword.endswith("keyframes"):
        name = tinycss2.serialize(rule.prelude).strip()
        return rule.serialize() if re.search(rf"animation(-name)?:[^;}}]*\b{re.escape(name)}\b", css) else ""
    if rule.type == "at-rule" and rule.content is not None:
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        content = "".join(_of_use(one, taken, css) for one in inner)
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{content}}}" if content else ""
    if rule.type != "qualified-rule":
        return rule.serialize()
    declared = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    kept = [
        one.serialize()
        for one in declared
        if not (one.type == "declaration" and one.name[:2] == "--" and one.name not in taken)
    ]
    return f"{tinycss2.serialize(rule.prelude)}{{{';'.join(kept)}}}" if kept else ""


def _cut(css: str, words: set[str]) -> str:
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_rule(rule, words) for rule in rules)


def _rule(rule, words: set[str]) -> str:
    if rule.type == "qualified-rule":
        kept = [s for s in _selectors(rule.prelude) if _can_match(s, words)]
        return ",".join(kept) + "{" + tinycss2.serialize(rule.content) + "}" if kept else ""
    if rule.type != "at-rule" or rule.lower_at_keyword in ("font-face", "charset", "import"):
        return ""
    if rule.lower_at_keyword not in ("media", "supports"):
        return rule.serialize()
    inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
    content = "".join(_rule(r, words) for r in inner)
    return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{content}}}" if content else ""


def _selectors(prelude) -> list[str]:
    parts, current = [], []
    for token in prelude:
        if token == ",":
            parts.append(current)
            current = []
        else:
            current.append(token)
    return [tinycss2.serialize(part).strip() for part in [*parts, current]]


def _can_match(selector: str, words: set[str]) -> bool:
    """False only if the selector asks for a class or an id that no page has and no script sets."""
    plain = re.sub(r"\[[^\]]*\]|:not\([^()]*\)", "", selector)
    if "(" in plain and re.search(r":(is|where|has|not)\(", plain):
        return True
    return all(name in words for name in re.findall(r"[.#](-?[A-Za-z_][\w-]*)", plain))


def setup(app):
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _page, priority=900)
    app.connect("build-finished", _write_theme_styles, priority=900)
    app.add_css_file("course.css", priority=850)
    app.add_js_file("kept.js", loading_method="defer", priority=400)  # before all that keep something
    app.add_js_file("site.js", loading_method="defer")
    app.add_js_file("progress.js", loading_method="defer", priority=600)  # after the questions have their fields
