"""Every lesson runs from top to bottom in a fresh kernel, its controls move its charts, and its download carries itself."""

from __future__ import annotations

import base64
import copy
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import time
from importlib import metadata
from io import BytesIO
from pathlib import Path

import jupytext
import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from markdown_it import MarkdownIt
from nbclient import NotebookClient

from caliphate_course import data
from caliphate_course.charts import territory
from coursebook.editions import lab, notebooks
from coursebook.editions.notebooks import PlainMarkdown, plain_notebook
from coursebook.figures.live import BUILD_FLAG
from coursebook.pages.notebook_download import launch_links

LESSONS = list(notebooks.file_names(ROOT))
# Run in the lesson's own kernel after its last cell: move every control of every explorer, look at the chart's params.
MOVE_EVERY_CONTROL = """
import gc, ipywidgets, altair as alt
from coursebook.figures import Explorer

def charts_in(widget):
    if isinstance(widget, alt.JupyterChart):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from charts_in(child)

def other_values(widget):
    if isinstance(widget, ipywidgets.Checkbox):
        return [not widget.value]
    if isinstance(widget, ipywidgets.IntSlider):
        return [widget.min, widget.max]
    if isinstance(widget, ipywidgets.IntRangeSlider):
        return [(widget.min, widget.max), (widget.min, widget.min + widget.step)]
    values = [value for _, value in widget._options_full]
    if isinstance(widget, ipywidgets.SelectionRangeSlider):
        return [(values[0], values[-1]), (values[0], values[1])]
    if isinstance(widget, ipywidgets.SelectMultiple):
        return [(values[0],), tuple(values)]
    return values[:1] + values[-1:]

moved = 0
explorers = [one for one in gc.get_objects() if isinstance(one, Explorer) and "widget" in vars(one)]
for explorer in explorers:
    (chart,) = charts_in(explorer.widget)
    for name, widget in explorer.controls.items():
        for value in other_values(widget):
            widget.value = value
            now = getattr(chart.params, name)
            assert now == (list(value) if isinstance(value, tuple) else value), (explorer.name, name, value, now)
            moved += 1
print(len(explorers), "explorers,", moved, "moves")
"""


@pytest.fixture(autouse=True)
def somebody_is_looking(monkeypatch):
    """Kernels show their widgets, as they do in JupyterLab."""
    monkeypatch.delenv(BUILD_FLAG, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_a_lesson_runs_top_to_bottom_and_its_controls_move_its_charts(page, capsys):
    notebook = jupytext.read(page)
    notebook.cells.append(nbformat.v4.new_code_cell(MOVE_EVERY_CONTROL))
    started = time.perf_counter()
    NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": page.parent}}
    ).execute()
    seconds = time.perf_counter() - started
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    views = [o for o in outputs if "application/vnd.jupyter.widget-view+json" in o.get("data", {})]
    assert not [o for o in outputs if o.output_type == "error"]
    explorers, moves = map(int, re.findall(r"\d+", notebook.cells[-1].outputs[-1]["text"]))
    assert explorers >= 1 and moves >= 1
    assert len(views) >= 1, "no chart is shown as a live widget"
    with capsys.disabled():
        print(f"\n  {page.stem}: {seconds:.1f} s, {explorers} explorers, {moves} moves")


def _plain(page):
    return plain_notebook(page, figures={}, book="The course", version="1.0.0")


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_the_download_holds_no_markup_that_only_the_book_understands(page):
    text = "\n".join(cell.source for cell in _plain(page).cells if cell.cell_type == "markdown")
    assert not re.findall(r"\{[a-z:]+\}`", text)
    assert not re.findall(r"^(?:`{3,}|:{3,})\{.*$", text, re.M)


def test_the_download_is_the_same_file_each_time():
    assert nbformat.writes(_plain(LESSONS[0])) == nbformat.writes(_plain(LESSONS[0]))


def test_the_archive_carries_package_and_data_but_not_the_tools_that_make_the_book():
    with tarfile.open(fileobj=BytesIO(base64.b64decode(notebooks.carried_archive()))) as archive:
        names = set(archive.getnames())
    assert {"caliphate_course/_data/sources.csv", "coursebook/figures/live.py"} <= names
    assert not [name for name in names if "sphinx_ext" in name or "handout" in name]


def test_every_download_runs_in_an_empty_folder_without_the_course_installed(tmp_path):
    """`-S` hides editable installs, so that only the packages themselves are there, as on Colab."""
    lessons = [[cell.source for cell in _plain(page).cells if cell.cell_type == "code"] for page in LESSONS]
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


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_a_lesson_invites_to_make_a_chart_again_on_other_rows(page):
    """In the notebooks only, since readers of the book cannot change it. The live tests run the cell."""
    (cell,) = [cell for cell in jupytext.read(page).cells if "remove-cell" in cell.metadata.get("tags", [])]
    comment, *code = cell.source.splitlines()
    assert comment.startswith("# Change this and run: ") and code[-1] == "explorer" and len(code) <= 3
    assert re.search(r"explorers?\(\w+\[.*\]\)", cell.source), "the cell does not choose rows"


def test_plain_markdown_says_in_words_what_the_book_says_in_markup():
    page = PlainMarkdown({"fig-one": "Figure 1.1 (“A”)"})
    assert page("See {numref}`fig-one` and {term}`the word <word>`.") == "See Figure 1.1 (“A”) and the word."
    assert page(":::{admonition} Mind this\n:class: tip\nText.\n:::") == "> **Mind this**\n>\n> Text."
    assert page("Say `$HOME` and ``$a`b``.") == "Say `$HOME` and ``$a`b``."
    assert page("It cost $8, or [$9](a?b=$c).") == r"It cost <span>\$</span>8, or [<span>\$</span>9](a?b=$c)."
    assert page("Type `$x` or ``a`$b``, for $9.") == r"Type `$x` or ``a`$b``, for <span>\$</span>9."
    code = "```python\ncost = '$1'\n\nsum = '$2'\n```"
    assert page(f"{code}\n\nIt's $3.") == f"{code}\n\n" + r"It's <span>\$</span>3."
    with pytest.raises(ValueError, match="unheard-of"):
        page("```{unheard-of}\nText.\n```")
    text = page("```{question} Why?\n+ Because. :: It is so.\n- Not so. :: It is not.\n- Never. :: Now and then.\n```")
    assert "**Question 1.** Why?" in text and "**Right.** It is so." in text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("````\n```{note}\nText.\n```\n````\n\nSee {ref}`x <y>`.", "````\n```{note}\nText.\n```\n````\n\nSee x."),
        ("```md\n{ref}`x <y>`\n```", "```md\n{ref}`x <y>`\n```"),
        ("Write `` {ref}`x <y>` `` for {ref}`x <y>`.", "Write `` {ref}`x <y>` `` for x."),
        ("- One.\n  ```{note}\n  Text.\n  ```\n- Two.", "- One.\n  > **Note**\n  >\n  > Text.\n- Two."),
        ("1. ```{note}\n   Text.\n   ```", "1. > **Note**\n   >\n   > Text."),
        ("> ```{note}\n> Text.\n> ```", "> > **Note**\n> >\n> > Text."),
        (":::{note}\nText.\n::::\n\nMore.", "> **Note**\n>\n> Text.\n\nMore."),
        ("(label)=\n## Title", "## Title"),
        ("Text.\n\n```{lesson-sources}\n```", "Text."),
    ],
    ids=[
        *("directive shown", "role shown", "role in code", "list", "start of an item", "quotation", "fence", "label"),
        "directive that has nothing to say",
    ],
)
def test_plain_markdown_reads_blocks_and_code_as_myst_does(text, plain):
    assert PlainMarkdown({})(text) == plain


def test_a_claim_in_a_notebook_is_read_as_it_is_written(monkeypatch):
    words = r"Half_of_it <b>fell</b> & *all* `else` [was] {fact}`x` \ so"
    load, table = data.load, data.load("claims").assign(paraphrase=words)
    monkeypatch.setattr(data, "load", lambda name: table if name == "claims" else load(name))
    for directive in ("claims-to-rate", f"claims {table['article'].iloc[0]}"):
        name, _, argument = directive.partition(" ")
        html = MarkdownIt().render(PlainMarkdown({})(f"```{{{name}}} {argument}\n```"))
        items = BeautifulSoup(html, "html.parser").select("li, summary")
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
    setup = next(cell.source for cell in _plain(LESSONS[0]).cells if cell.cell_type == "code")
    script = tmp_path / "setup.py"
    script.write_text(f"import sys; sys.path.append({sysconfig.get_paths()['purelib']!r})\n{setup}", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PIP_DRY_RUN": "1"}  # should the real pip be asked
    done = subprocess.run(
        [sys.executable, "-S", script.name], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    (altair,) = [requirement for requirement in metadata.requires("caliphate-course") if "altair" in requirement]
    assert done.stdout.strip() == (f"install --quiet {altair}" if found else "")


def test_a_solution_is_folded_in_a_notebook_even_over_code():
    page = PlainMarkdown({})
    start, end = "```{solution-start} ex-a\n:class: dropdown\n```", "```{solution-end}\n```"
    text = page(f"```{{exercise}}\n:label: ex-a\nWhy?\n```\n\n{start}\nSo.\n{end}\n\nMore.")
    assert (
        "**Exercise 1.**" in text and "<summary>Solution to exercise 1</summary>\n\nSo.\n\n</details>\n\nMore." in text
    )
    assert not page.in_solution
    assert "open the folded cell" in page(start) and page.in_solution
    assert "<summary>Solution to exercise 1</summary>\n\nHence.\n" in page(f"Hence.\n{end}") and not page.in_solution


def test_a_copy_to_teach_from_is_renewed_until_somebody_changes_it(tmp_path, monkeypatch):
    download = _plain(LESSONS[0])
    monkeypatch.setattr(notebooks, "built", lambda root, page: copy.deepcopy(download))
    folder = tmp_path / lab.FOLDER
    assert lab.write(ROOT, folder) == []
    changed, ran = sorted(folder.glob("0*.ipynb"))[:2]
    for path, source in ((changed, "1 + 1"), (ran, None)):
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        code[0].outputs = [nbformat.v4.new_output("stream", text="said once")]
        code[0].source = source or code[0].source
        nbformat.write(notebook, path)
    assert lab.write(ROOT, folder) == [changed]
    assert "1 + 1" in changed.read_text() and "said once" not in ran.read_text()
    assert "tarfile" not in ran.read_text(), "the copy carries the course, which is there"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", "é".encode("latin-1")])
def test_a_damaged_copy_to_teach_from_is_left_alone(tmp_path, monkeypatch, content):
    download = _plain(LESSONS[0])
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
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("sizes")])
    notebooks._take_outputs(notebook, nbformat.v4.new_notebook(cells=[cell]))
    title, picture, texts = notebook.cells[0].outputs
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
