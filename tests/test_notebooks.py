"""The lessons as notebooks: what they say, what they carry, and that they run where nothing of the course is. That each
runs from top to bottom and its controls move its charts is tried in JupyterLab, in test_lab.py."""

from __future__ import annotations

import base64
import copy
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from importlib import metadata
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import jupytext
import nbformat
import pytest
import small_book
from bs4 import BeautifulSoup
from conftest import ROOT
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st
from jupytext.formats import guess_format, read_format_from_metadata
from markdown_it import MarkdownIt
from sphinx.testing.util import SphinxTestApp
from sphinx.util.docutils import SphinxDirective, new_document
from test_prose import lessons

from caliphate_course import data
from caliphate_course.charts import territory
from caliphate_course.facts import facts
from coursebook import execution
from coursebook.build import Build
from coursebook.dataset import Dataset
from coursebook.editions import lab, notebooks
from coursebook.editions.download import launch_links
from coursebook.editions.notebooks import plain_notebook
from coursebook.figures.live import BUILD_FLAG
from coursebook.page_text import read_notebook
from coursebook.pages import citations
from coursebook.pages.markdown import MarkdownTranslator

LESSONS = list(notebooks.file_names(ROOT))
FACT = "displacement/dtm-returnees-2019-04-30"
CITED = "reuters-2014-mosul"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ODDITY = """
    from test_notebooks import Oddity, nothing, oddity
    app.add_node(oddity, html=(nothing, nothing))
    app.add_directive("oddity", Oddity)
"""
HEADER = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

"""


@pytest.fixture(autouse=True)
def somebody_is_looking(monkeypatch):
    """Kernels show their widgets, as they do in JupyterLab."""
    monkeypatch.delenv(BUILD_FLAG, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def _text(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_the_download_holds_no_markup_that_only_the_book_understands(site, page):
    text = _text(notebooks.built(ROOT, page))
    assert not re.findall(r"\{[a-z:]+\}`", text)
    assert not re.findall(r"^(?:`{3,}|:{3,})\{.*$", text, re.M)


# What a page has and a notebook has not, or in other words.
CUT = ".cell, .hover-card, .fact-cited, .std-numref, .headerlink, .section-number, .caption-number, .answer, .lesson-tables, .claim-rating, .cited"


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_the_download_has_the_pages_code_and_all_its_words(site, page):
    """The page's words in their order, each of its sentences; a link is told by its words."""
    notebook = notebooks.built(ROOT, page)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert code[1:] == [cell.source for cell in jupytext.read(page).cells if cell.cell_type == "code"]
    there = _letters(_rendered(_text(notebook)).get_text())
    html = (ROOT / "_build" / "html" / page.relative_to(ROOT).with_suffix(".html")).read_text(encoding="utf-8")
    article = BeautifulSoup(html, "html.parser").select_one("article")
    for extra in article.select(CUT):
        extra.replace_with("|")
    for line in article.select(".cited-list"):  # in a notebook each name stands where its number stands here
        line.string = "|".join(name.get_text() for name in line("a"))
    for link in article.select("a.state-link"):  # followed by the state in brackets
        link.replace_with(f"|{link.get_text()}|")
    parts = [text for block in article.select("p, td, h2, h3") for text in block.get_text().split("|")]
    missing = [part for part in parts if _letters(part) not in there]
    assert len(parts) > (100 if f"book/{page.stem}" in lessons() else 30) and not missing


def _rendered(markdown: str) -> BeautifulSoup:
    """Markdown as a notebook shows it."""
    return BeautifulSoup(MarkdownIt().enable("table").render(markdown), "html.parser")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def test_the_archive_carries_package_and_data_but_not_the_tools_that_make_the_book():
    with tarfile.open(fileobj=BytesIO(base64.b64decode(notebooks.carried_archive()))) as archive:
        names = set(archive.getnames())
    assert {"caliphate_course/_data/sources.csv", "coursebook/figures/live.py"} <= names
    assert not [name for name in names if "sphinx_ext" in name or "handout" in name]


KERNELS_ONLY = "coursebook/dependencies.py"  # tells the build what a lesson used


def test_a_download_carries_every_file_that_its_lesson_used(site):
    """Kernels told the build what they used; the tables lie in the course's package there."""
    with tarfile.open(fileobj=BytesIO(base64.b64decode(notebooks.carried_archive()))) as archive:
        carried = set(archive.getnames())
    cache = execution.Cache(Build(ROOT).cache)
    for page in LESSONS:
        used = cache.record(read_notebook(page)).data[execution.CACHED_USED]
        there = {re.sub("^data/", "caliphate_course/_data/", path) for path in used if Path(path).suffix != ".js"}
        assert len(there) > (20 if f"book/{page.stem}" in lessons() else 10) and there - carried <= {KERNELS_ONLY}, (
            page.stem
        )


def test_downloads_run_in_an_empty_folder_without_the_course_installed(site, tmp_path):
    """`-S` hides editable installs, so that only the packages themselves are there, as on Colab. All are alike but for
    their cells, which the tests of JupyterLab run: some lessons tell."""
    lessons = [
        [cell.source for cell in notebooks.built(ROOT, page).cells if cell.cell_type == "code"] for page in LESSONS[::5]
    ]
    script = tmp_path / "lessons.py"
    lines = [
        "import sys",
        f"sys.path.append({sysconfig.get_paths()['purelib']!r})",
        f"for lesson in {lessons!r}:",
        "    names = {}",
        "    for cell in lesson: exec(cell, names)",
        "    assert 'widget-view' in str(names['explorer']._repr_mimebundle_().keys())",
        "import caliphate_course; print(caliphate_course.__file__)",
    ]
    script.write_text("\n".join(lines), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-S", script.name], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    used = Path(done.stdout.strip().splitlines()[-1])
    assert ROOT not in used.parents, "the notebook used the repository, not what it carries"


@pytest.mark.parametrize(
    "page", [page for page in LESSONS if f"book/{page.stem}" in lessons()], ids=lambda page: page.stem
)
def test_a_lesson_invites_to_make_a_chart_again_on_other_rows(page):
    """In the notebooks only, since readers of the book cannot change it. The live tests run the cell."""
    (cell,) = [cell for cell in jupytext.read(page).cells if "remove-cell" in cell.metadata.get("tags", [])]
    comment, *code = cell.source.splitlines()
    assert comment.startswith("# Change this and run: ") and code[-1] == "explorer" and len(code) <= 3
    assert re.search(r"explorers?\(\w+\[.*\]\)", cell.source), "the cell does not choose rows"


BOOK = {
    "index": "# Index\n\n```{toctree}\nlesson\nshown\nodd\nsources\n```\n",
    "shown": f"{HEADER}# How to write\n\n````md\n```{{code-cell}}\n1 + 1\n```\n````\n",
    "odd": f"{HEADER}# Odd\n\n```{{code-cell}}\n1 + 1\n```\n\n```{{oddity}} Words of an *odd* block\n```\n",
    "sources": "# Sources\n\n" + "\n".join(f"```{{source-list}} {kind}\n```\n" for kind in citations.KINDS),
    "lesson": f"""{HEADER}# A lesson

Say `$HOME` and ``$a`b``, it cost $8, or [$9](https://x.org/a?b=$c "a $5"), <b>not $3</b>.
Snake_case, 2 * 3 * 4, \\[x\\](y), &amp;amp;.

2014\\. was a year.

```{{list-table}} A table of things
:header-rows: 1
:name: tab-things

* - What
  - How many
* - A | b
  - - one
    - two
```

| a | b |
|--:|:-:|
| 1 | `x` |

```{{figure}} dot.png
:name: fig-dot
:alt: A *dot*
The dot.
```

```{{image}} dot.png
:alt: Another
```

Inline {{math}}`a^2`, and:

```{{math}}
\\frac{{a}}{{b}} = c
```

```{{code-block}} python
cost = '$1'

sum = '$2'
```

Term *one*
: Its definition

> A quote.
>
> - with a list
>   ```{{note}}
>   A note.
>   ```

1. ```{{tip}}
   A tip.
   ```
2. Next[^why].

[^why]: As it is.

:::{{admonition}} Mind this
See {{numref}}`fig-dot`, {{doc}}`index` and {{cite:p}}`{CITED}`: {{fact}}`{FACT}`.
:::

```{{exercise}}
:label: ex-a
Why?
```

```{{solution-start}} ex-a
:class: dropdown
```

```{{code-cell}}
1 + 1
```

So.
```{{solution-end}}
```

```{{code-cell}}
:tags: [remove-cell]
2 + 2
```

:::{{question}} Why {{fact}}`{FACT}`?
+ Because. :: It is so.
- Not so. :: It is not.
- Never. :: Now and then.
:::
""",
}


class oddity(nodes.General, nodes.TextElement):
    """A node that only web pages know how to write."""


class Oddity(SphinxDirective):
    required_arguments, final_argument_whitespace = 1, True

    def run(self):
        return [oddity("", "", *self.state.inline_text(self.arguments[0], self.lineno)[0])]


def nothing(translator, node):
    """What its visitor writes."""


def _build(folder: Path, builder: str = "html", **changed: str) -> SphinxTestApp:
    """A small book with every standard directive in a lesson, some of its pages replaced."""
    (folder / "source" / "book").mkdir(parents=True, exist_ok=True)
    (folder / "source" / "book" / "dot.png").write_bytes(DOT)
    app, _ = small_book.build(folder, BOOK | changed, builder, ODDITY)
    return app


def _small(app, name: str) -> Path:
    return Path(app.outdir) / "_sources" / "book" / f"{name}.ipynb"


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    return _build(tmp_path_factory.mktemp("screen"))


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    return _build(tmp_path_factory.mktemp("paper"), "singlehtml")


@pytest.fixture(scope="module")
def small(screen):
    return nbformat.read(_small(screen, "lesson"), as_version=4)


@pytest.mark.parametrize(
    ("kind", "html", "markdown"),
    [
        ("list-table", "table td li", "**Table 1.** A table of things\n\n| What | How many |\n|---|---|\n| A \\| b | - one<br>- two |"),
        ("table", "td.text-right", "| a | b |\n|--:|:-:|\n| 1 | `x` |"),
        ("figure", "figure img[alt='A *dot*']", "![A dot](attachment:book-dot.png)\n\n**Figure 1.** The dot."),
        ("image", "img[alt='Another']", "![Another](attachment:book-dot.png)"),
        ("math in a line", "msup, .formula sup", "Inline $a^2$, and:"),
        ("math", "mfrac, .fraction", "$$\n\\frac{a}{b} = c\n$$"),
        ("code-block", ".highlight-python", "```python\ncost = '$1'\n\nsum = '$2'\n```"),
        ("definition list", "dt em", "- **Term *one***\n\n  Its definition"),
        ("block quote", "blockquote li .admonition", "> A quote.\n>\n> - with a list\n>\n>   > **Note**\n>   >\n>   > A note."),
        ("directive at the start of an item", "ol li .admonition", "1. > **Tip**\n   >\n   > A tip.\n2. Next<sup>1</sup>."),
        ("footnote", "aside.footnote", "<sup>1</sup> As it is."),
        ("admonition", "div.admonition > .admonition-title", "> **Mind this**\n>\n> See Figure 1 (“The dot.”), *Index* and"),
    ],
)  # fmt: skip
def test_a_standard_directive_works_on_the_page_in_the_notebook_and_on_paper(
    screen, paper, small, kind, html, markdown
):
    for file in (Path(screen.outdir) / "book" / "lesson.html", Path(paper.outdir) / "book" / "index.html"):
        assert BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").select(html), file
    assert markdown in _text(small)


def test_a_picture_goes_along_in_the_notebook(small):
    (cell,) = [cell for cell in small.cells if "attachments" in cell]
    assert base64.b64decode(cell.attachments["book-dot.png"]["image/png"]) == DOT


def test_money_is_no_formula_and_words_are_no_markup(small):
    text = _text(small)
    assert "Say `$HOME` and `` $a`b ``, it cost <span>\\$</span>8" in text
    outside = re.sub(r"(`+).*?\1|\$\$.*?\$\$|\$a\^2\$|<span>.*?</span>", "", text, flags=re.DOTALL)
    assert "$" not in outside, "MathJax would set what stands between two of them"
    words = _rendered(text).get_text()
    assert "Snake_case, 2 * 3 * 4, [x](y), &amp;." in words and "2014. was a year." in words


@given(st.text(alphabet="a1 .)*_`[]()<>&#;!~|\\\"'+-=\n", min_size=1))
def test_any_words_come_through_as_they_are(words):
    """Whatever the dataset or a writer may put into a sentence."""
    document = new_document("page.md")
    document += nodes.paragraph("", "", nodes.Text(words))
    source = nbformat.v4.new_notebook(metadata={"source_map": []})
    writer = MarkdownTranslator(document, SimpleNamespace(config=None, source=source))
    document.walkabout(writer)
    html = MarkdownIt("commonmark", {"html": True}).render("\n".join(cell.source for cell in writer.cells))
    assert BeautifulSoup(html, "html.parser").get_text().split() == words.split()


def test_a_node_without_a_form_is_told_with_page_and_line_and_keeps_its_words(screen):
    told = screen.warning.getvalue()
    warning = "".join(line for line in told.splitlines() if "oddity" in line)
    assert re.search(r"odd\.md:12: WARNING: oddity has no form in notebooks", warning), told
    assert "Words of an *odd* block" in _text(nbformat.read(_small(screen, "odd"), as_version=4))


def test_a_page_that_only_shows_a_code_cell_is_no_notebook(screen):
    assert not _small(screen, "shown").exists()
    assert ".ipynb" not in (Path(screen.outdir) / "book" / "shown.html").read_text(encoding="utf-8")


def test_figures_and_citations_lead_to_their_sources(small):
    links = {link.get_text(): link for link in _rendered(_text(small)).select("a")}
    source = next(data.sources(facts.resolve(FACT).source_ids[:1]).itertuples())
    link = links[facts.resolve(FACT).text]
    assert link["href"] == source.url and source.publisher in link["title"]
    assert links["Reuters via AOL, 2014"]["href"] == next(data.sources([CITED]).itertuples()).url


def test_a_solution_is_folded_in_a_notebook_even_over_code(small):
    cells = [(cell.cell_type, cell.source) for cell in small.cells]
    code = cells.index(("code", "1 + 1"))
    assert cells[code - 1][1].endswith(
        "**Exercise 1.**\n\nWhy?\n\n*Solution to Exercise 1: open the folded cell below.*"
    )
    assert small.cells[code].metadata["jupyter"] == {"source_hidden": True}
    folded = _rendered(cells[code + 1][1]).select_one("details")
    assert folded.summary.get_text() == "Solution to Exercise 1" and "So." in folded.get_text()


def test_what_the_page_leaves_out_stands_where_it_was_written(small):
    sources = [cell.source for cell in small.cells]
    place = sources.index("2 + 2")
    assert "Change a chart" in sources[place - 1] and "So." in sources[place - 2]
    assert sources[place + 1].startswith("**Question 1.** Why ")


def test_answers_are_folded_below_the_options(small):
    question = _rendered(small.cells[-1].source)
    assert [item.get_text()[:3] for item in question.select_one("ul").select("li")] == ["a) ", "b) ", "c) "]
    assert "Right. It is so." in question.select_one("details").get_text()


@pytest.mark.book
def test_a_notebook_is_written_again_only_when_what_it_shows_has_changed(tmp_path):
    app = _build(tmp_path)
    file = _small(app, "lesson")
    written = file.stat().st_mtime_ns
    _build(tmp_path, shown=BOOK["shown"] + "\nMore.\n")
    assert file.stat().st_mtime_ns == written
    _build(tmp_path, index=BOOK["index"].replace("# Index", "# The first page"))
    assert file.stat().st_mtime_ns > written and "*The first page*" in _text(nbformat.read(file, as_version=4))


def test_a_byte_order_mark_is_no_part_of_a_lesson(tmp_path, small):
    app = _build(tmp_path, lesson="\ufeff" + BOOK["lesson"])
    assert nbformat.read(_small(app, "lesson"), as_version=4) == small


@pytest.mark.book
def test_a_claim_in_a_notebook_is_read_as_it_is_written(monkeypatch, tmp_path):
    words = r"Half_of_it <b>fell</b> & *all* `else` [was] {fact}`x` \ so"
    load, table = data.load, data.load("claims").assign(paraphrase=words, topic="none", lesson=None)
    monkeypatch.setattr(data, "load", lambda name: table if name == "claims" else load(name))
    directives = f"```{{claims-to-rate}}\n```\n\n```{{claims}} {table['article'].iloc[0]}\n```\n"
    app = _build(tmp_path, lesson=f"{HEADER}# A lesson\n\n{directives}\n```{{code-cell}}\n1 + 1\n```\n")
    items = _rendered(_text(nbformat.read(_small(app, "lesson"), as_version=4))).select("li, summary")
    assert items
    for item in items:
        assert words in item.get_text() and not item.select("b, code, a")


@pytest.mark.parametrize("found", [None, "5.5.0"], ids=["all is met", "Altair is too old"])
def test_a_download_installs_what_does_not_meet_its_requirements(tmp_path, found):
    """In an environment where pip is a stand-in that notes what it is asked for."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text("import sys; print(*sys.argv[1:])")
    if found:
        (tmp_path / f"altair-{found}.dist-info").mkdir()
        (tmp_path / f"altair-{found}.dist-info" / "METADATA").write_text(f"Name: altair\nVersion: {found}\n")
    done = _set_up(tmp_path)
    (altair,) = [requirement for requirement in metadata.requires("caliphate-course") if "altair" in requirement]
    assert done.stdout.strip() == (f"install --quiet {altair}" if found else "")


def _set_up(folder, before: str = "") -> subprocess.CompletedProcess:
    """Run the set-up cell in `folder`, whose modules come first, after the line `before`."""
    setup = plain_notebook("book/lesson", [], "Lesson", "Course").cells[1].source
    lines = f"import sys; sys.path.append({sysconfig.get_paths()['purelib']!r}); {before}\n{setup}"
    (folder / "setup.py").write_text(lines, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(folder), "PIP_DRY_RUN": "1"}  # should the real pip be asked
    return subprocess.run(
        [sys.executable, "-S", "setup.py"], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("found", [True, False])
def test_a_download_that_had_to_install_the_browsers_part_says_to_reload(tmp_path, found):
    """JupyterLab looks for a widget's script when its page is loaded, which was before."""
    for name, text in {"pip/__main__.py": "", "IPython/display.py": "Markdown, display = str, print"}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).with_name("__init__.py").touch()
        (tmp_path / name).write_text(text)
    if not found:
        (tmp_path / "anywidget-0.0.1.dist-info").mkdir()
        (tmp_path / "anywidget-0.0.1.dist-info" / "METADATA").write_text("Name: anywidget\nVersion: 0.0.1\n")
    done = _set_up(tmp_path)
    assert done.returncode == 0, done.stderr
    assert bool(re.search(r"^\*\*.*reload this page.*run all cells again.*\*\*$", done.stdout, re.M)) is not found


def test_a_python_that_is_too_old_is_told_before_anything_is_installed(tmp_path):
    (tmp_path / "pip.py").write_text("raise SystemExit('pip was asked')")
    done = _set_up(tmp_path, before="sys.version_info = (3, 9, 7)")
    assert re.search(r"RuntimeError: This notebook needs Python 3\.11 or newer, and this is Python 3\.9\.", done.stderr)


def _download():
    cells = [nbformat.v4.new_markdown_cell("# A lesson"), nbformat.v4.new_code_cell("1")]
    return plain_notebook("book/lesson", cells, "A lesson", "A course")


def test_a_copy_to_teach_from_is_renewed_until_somebody_changes_it(tmp_path, monkeypatch):
    download = _download()
    monkeypatch.setattr(notebooks, "built", lambda root, page: copy.deepcopy(download))
    folder = tmp_path / lab.FOLDER
    assert lab.write(ROOT, folder) == []
    changed, ran, slides, noted = sorted(folder.glob("0*.ipynb"))[:4]
    for path, source in ((changed, "1 + 1"), (ran, None), (slides, None), (noted, None)):
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].metadata |= {"trusted": True} | (
            {"slideshow": {"slide_type": "slide"}} if path == slides else {}
        )
        notebook.metadata |= {"language_info": {"name": "python"}} | ({"room": "B 12"} if path == noted else {})
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        code[0].outputs = [nbformat.v4.new_output("stream", text="said once")]
        code[0].source = source or code[0].source
        nbformat.write(notebook, path)
    assert lab.write(ROOT, folder) == [changed, slides, noted]
    assert "1 + 1" in changed.read_text() and "said once" not in ran.read_text()
    assert "tarfile" not in ran.read_text(), "the copy carries the course, which is there"


def test_what_a_system_leaves_beside_the_data_is_not_carried(monkeypatch, tmp_path):
    """macOS writes a hidden file beside each on a memory stick, and a person keeps a copy."""
    folder = shutil.copytree(data.folder, tmp_path / "data")
    for name in ("._events.csv", "events - Copy.csv"):
        (folder / name).write_bytes(b"\0\5")
    monkeypatch.setattr(notebooks.course, "data", lambda: Dataset(folder))
    kept = {path.name for path in data.folder.iterdir() if path.suffix in (".csv", ".json", ".topojson")}
    assert {path.name for path in notebooks._data_files()} == kept


@pytest.mark.parametrize("page", Build(ROOT).pages(), ids=lambda page: page.stem)
def test_a_page_opens_in_jupyterlab_without_another_program(page):
    """Jupytext asks for Pandoc where it takes a page for Pandoc's Markdown."""
    text = page.read_text(encoding="utf-8")
    assert read_format_from_metadata(text, ".md") == "myst" or guess_format(text, ".md")[0] == "markdown"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", "é".encode("latin-1")])
def test_a_damaged_copy_to_teach_from_is_left_alone(tmp_path, monkeypatch, content):
    download = _download()
    monkeypatch.setattr(notebooks, "built", lambda root, page: copy.deepcopy(download))
    damaged = tmp_path / notebooks.file_names(ROOT)[LESSONS[0]]
    damaged.write_bytes(content)
    assert lab.write(ROOT, tmp_path) == [damaged]
    assert damaged.read_bytes() == content
    assert len(list(tmp_path.glob("0*.ipynb"))) > 1


def test_an_executed_copy_shows_a_chart_as_a_picture_with_its_texts(monkeypatch):
    """A viewer that does not trust a notebook strips SVG and scripts from it; a PNG it shows."""
    monkeypatch.setenv(BUILD_FLAG, "1")  # as the book's build executes the lessons
    explorer = territory.explorer(data.load("territory_estimates"))
    output = nbformat.v4.new_output("execute_result", explorer._repr_mimebundle_(), execution_count=2)
    cell = nbformat.v4.new_code_cell("sizes", execution_count=2, outputs=[output])
    download = plain_notebook("book/lesson", [nbformat.v4.new_code_cell("sizes")], "A lesson", "A course")
    notebook = notebooks.executed_copy(download, nbformat.v4.new_notebook(cells=[cell]), "A course")
    introduction, cell = notebook.cells
    assert "A lesson" in introduction.source and "archive" not in cell.source
    title, picture, texts = cell.outputs
    assert title.data["text/markdown"] == f"**{explorer.title}**"
    assert base64.b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert explorer.description in texts.data["text/markdown"] and explorer.as_of in texts.data["text/markdown"]


def test_no_launch_link_without_a_repository():
    class Config:
        course_repository, course_branch, course_book_branch = "", "main", "gh-pages"

    copies = {Path("book/a.md"): "01-a.ipynb"}
    assert launch_links(Config, "book/a", copies) == []
    Config.course_repository = "https://github.com/someone/course"
    binder, colab = (address for _, address in launch_links(Config, "book/a", copies))
    assert binder == "https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/lab/01-a.ipynb"
    assert colab.endswith("github/someone/course/blob/gh-pages/_sources/book/a.ipynb")
    Config.course_repository = "https://example.org/course"
    with pytest.raises(ValueError, match="course_repository"):
        launch_links(Config, "book/a", copies)


def test_the_image_for_binder_is_built_by_steps_that_run(site, tmp_path):
    """In a folder with links to the repository's files, where the step that makes the book finds it made."""
    requirements = (ROOT / "binder" / "requirements.txt").read_text()
    assert "-r ../requirements.txt" in requirements and (ROOT / "requirements.txt").is_file()
    image, prefix = tmp_path / "image", tmp_path / "prefix"
    image.mkdir()
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name != lab.FOLDER:
            (image / path.name).symlink_to(path)
    environment = {**os.environ, "NB_PYTHON_PREFIX": str(prefix), "PIP_DRY_RUN": "1", "PYTHONPATH": str(ROOT)}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(["binder/postBuild"], cwd=image, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (prefix / "etc/jupyter/labconfig/default_setting_overrides.json").is_file()
    links = launch_links(_binder_config(), f"book/{LESSONS[0].stem}", notebooks.file_names(ROOT))
    assert (image / links[0][1].split("urlpath=lab/tree/")[1]).is_file(), "Binder's link leads nowhere"


def _binder_config():
    class Config:
        course_repository, course_branch, course_book_branch = "https://github.com/someone/course", "main", "gh-pages"

    return Config
