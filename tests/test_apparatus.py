"""The scholarly apparatus, built from small books: questions, facts, citations, lists of what a lesson uses."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pybtex.database import parse_string
from pybtex.richtext import Text
from sphinx.testing.util import SphinxTestApp

from caliphate_course import data, facts
from caliphate_course.sphinx_ext import citations, questions, reference_pages, usage

pytestmark = pytest.mark.xdist_group("apparatus")  # one small book serves them all

ROOT = Path(__file__).parents[1]
FACT = "displacement/dtm-returnees-2019-04-30"
CITED = "reuters-2014-mosul"
CONF = """
project = "Small book"
extensions = ["myst_nb", "caliphate_course.sphinx_ext"]
html_theme = "sphinx_book_theme"
root_doc = "book/index"
nb_execution_mode = "off"
numfig = True
myst_enable_extensions = ["colon_fence"]
"""
LESSON = f"""# A lesson

:::{{admonition}} This lesson
:class: lesson
**Question.** Who counted?

**Time.** about 5 minutes · **Before this.** nothing
:::

In one month {{fact}}`{FACT}` had returned {{cite:p}}`{CITED}`.
Mosul and the Peshmerga are named here, and so is {{term}}`ISIS`.

```{{question}} Who counts **returns**?
+ IOM. :: It counted {{fact}}`{FACT}`.
- The coalition. :: It counts strikes.
- Nobody. :: Somebody does,
  as the card says.
```

## Data and sources

```{{lesson-sources}}
```
"""
PAGES = {
    "index": "# Index\n\n```{lesson-map}\n```\n\n```{toctree}\n:numbered:\n:caption: Part I\n\nlesson\n```\n"
    "\n```{toctree}\nsources\ndata\nglossary\nnames\nguide\n```\n",
    "lesson": LESSON,
    "sources": "# Sources\n\n"
    + "\n".join(f"## {words}\n\n```{{source-list}} {kind}\n```\n" for kind, words in citations.KINDS.items()),
    "data": "# Data\n\n```{dataset-numbers}\n```\n\n```{data-dictionary}\n```\n",
    "glossary": "# Glossary\n\n```{course-glossary}\n```\n",
    "names": "# Names\n\n```{names} places\n```\n\n```{names}\nNobody Here :: nobody\nMosul | Ninive :: city\n```\n",
    "guide": "# Guide\n\n```{question-answers}\n```\n",
}


def build(folder: Path, builder: str = "html", **changed: str) -> tuple[SphinxTestApp, str]:
    """Build the small book, with some pages replaced; returns the app and its warnings."""
    source = folder / "source"
    (source / "book").mkdir(parents=True, exist_ok=True)
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    for name, text in (PAGES | changed).items():
        path = source / "book" / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    app = SphinxTestApp(builder, srcdir=source, builddir=folder / f"build-{builder}")
    app.build()
    warnings = re.sub(r"\x1b\[[\d;]*m", "", app.warning.getvalue())
    # Several apps in one process register the same nodes again; a real build is one app.
    return app, "".join(line for line in warnings.splitlines(keepends=True) if "already registered" not in line)


def page(app: SphinxTestApp, name: str) -> BeautifulSoup:
    return BeautifulSoup((Path(app.outdir) / f"book/{name}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    return build(tmp_path_factory.mktemp("screen"))


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    return build(tmp_path_factory.mktemp("paper"), "singlehtml")


def letters(text: str) -> str:
    """Letters and digits alone: Sphinx sets quotation marks and dashes of its own."""
    return re.sub(r"[\W_]+", " ", text)


# Questions


def test_each_answer_opens_alone_and_says_whether_it_is_right(screen):
    app, _ = screen
    question = page(app, "lesson").select_one(".question")
    answers = question.select("details.answer")
    assert question.select_one(".question-text").get_text() == "Question 1. Who counts returns?"
    assert {answer["name"] for answer in answers} == {"question-1"}
    verdicts = {a.summary.get_text()[3:]: a.select_one(".answer-feedback").get_text() for a in answers}
    assert verdicts["IOM."].startswith("✓ Right. It counted 4,266,882 people")
    assert verdicts["The coalition."] == "✗ Not quite. It counts strikes."
    assert verdicts["Nobody."] == "✗ Not quite. Somebody does, as the card says."


def test_a_question_needs_no_script(screen):
    app, _ = screen
    question = page(app, "lesson").select_one(".question")
    assert not question.select("script, button, input, [onclick], [tabindex]")
    assert question["role"] == "group"
    assert question.find(id=question["aria-labelledby"])


def test_a_printed_question_does_not_tell_the_answer(paper):
    app, _ = paper
    printed = page(app, "index").select_one(".question")
    assert [item.get_text(strip=True) for item in printed.select("ol.loweralpha > li")] == [
        answer.text for answer in questions.read_answers(["+ IOM. :: a", "- The coalition. :: a", "- Nobody. :: a"])
    ]
    assert not re.search("Right|Not quite|It counts strikes", printed.get_text())


def test_the_key_tells_every_answer_with_its_feedback(screen, paper):
    for app, name in ((screen[0], "guide"), (paper[0], "index")):
        key = page(app, name).select_one(".question-key")
        told = {term.get_text(): term.find_next_sibling("dd").get_text(strip=True) for term in key.select("dt")}
        assert sorted(told.values())[-1].startswith("Right.")
        assert sum(verdict.startswith("Right.") for verdict in told.values()) == 1
        assert len(told) == 3


def test_answers_stand_in_an_order_of_their_own():
    lines = ["+ The right one. :: yes", "- A wrong one. :: no", "- Another wrong one. :: no"]
    shown = questions.read_answers(lines)
    assert shown == sorted(shown, key=lambda answer: questions.read_answers(lines).index(answer))
    assert [a.text for a in questions.read_answers(lines[::-1])] == [a.text for a in shown]
    places = {
        next(
            n for n, a in enumerate(questions.read_answers([f"+ {i}a :: x", f"- {i}b :: x", f"- {i}c :: x"])) if a.right
        )
        for i in range(30)
    }
    assert places == {0, 1, 2}


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (["+ a :: b", "- c :: d"], 0, "at least 3 answers"),
        (["- a :: b", "- c :: d", "- e :: f"], 0, "exactly one right answer"),
        (["+ a :: b", "+ c :: d", "- e :: f"], 0, "exactly one right answer"),
        (["+ a :: b", "- c", "- e :: f"], 2, ":: feedback"),
        (["a :: b", "- c :: d", "- e :: f"], 1, "starts with"),
    ],
)
def test_a_badly_written_question_is_refused_at_its_line(lines, line, message):
    with pytest.raises(questions.QuestionError, match=message) as caught:
        questions.read_answers(lines)
    assert caught.value.line == line


def test_faults_name_page_and_line(tmp_path):
    broken = (
        "# Lesson\n\nA {fact}`displacement/no-such-row` and {fact}`displacement/dtm-idps-2019-04-30 as poem`.\n\n"
        "```{question} Why?\n+ a :: b\n- c\n- d :: e\n```\n\n{cite:p}`nobody-1900-nothing`\n"
    )
    _, warnings = build(tmp_path, lesson=broken, guide="# Guide\n")
    assert re.search(r"lesson\.md:3: WARNING: fact: displacement has no row 'no-such-row'", warnings)
    assert re.search(r"lesson\.md:3: WARNING: fact: .*no form 'poem'", warnings)
    assert re.search(r"lesson\.md:7: WARNING: question: an answer is written", warnings)
    assert re.search(r"lesson\.md:\d+: WARNING: could not find bibtex key \"nobody-1900-nothing\"", warnings)


# Facts


def test_a_fact_leads_to_its_source_and_has_a_card(screen):
    app, _ = screen
    lesson = page(app, "lesson")
    link = lesson.select_one("a.fact-figure")
    fact = facts.resolve(FACT)
    card = lesson.find(id=link["aria-describedby"])
    assert link.get_text() == "4,266,882 people"
    assert link["href"] == f"sources.html#source-{fact.source_ids[0]}"
    assert page(app, "sources").find(id=f"source-{fact.source_ids[0]}")
    assert card["role"] == "tooltip"
    for told in (fact.who, fact.when, data.sources(fact.source_ids)["title"].iloc[0], FACT):
        assert told in card.get_text()
    assert len({a["aria-describedby"] for a in lesson.select("a.fact-figure")}) == 2


def test_a_printed_fact_is_followed_by_a_citation_in_the_list(paper):
    app, _ = paper
    book = page(app, "index")
    fact = book.select_one("span.fact")
    citation = fact.find_next_sibling(class_="bibtex-citation")
    assert fact.get_text() == "4,266,882 people"
    assert re.match(r"\(.+, (\d{4}|n\.d\.)[-a-z]*\b", citation.get_text())
    assert book.find(id=citation.a["href"].rpartition("#")[2]).name == "li"
    assert not book.select(".fact-card")


# Citations and sources


def test_both_media_build_without_a_warning(screen, paper):
    assert screen[1] == ""
    assert paper[1] == ""


def test_bibtex_gives_back_every_source_as_it_is():
    table = data.load("sources").set_index("id")
    seen = 0
    for entries in citations.bibliography().values():
        text = citations.PlainAddresses().to_string(entries)
        for key, entry in parse_string(text, "bibtex").entries.items() if entries.entries else ():
            seen += 1
            assert entry.fields["url"] == table.loc[key, "url"]
            assert str(Text.from_latex(entry.fields["title"])) == table.loc[key, "title"]
    assert seen == len(table)


def test_no_two_sources_share_author_and_year():
    labels = [
        (tuple(map(str, entry.persons["author"])), entry.fields["year"])
        for entries in citations.bibliography().values()
        for entry in entries.entries.values()
    ]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(("number", "letters"), [(0, "a"), (25, "z"), (26, "aa"), (51, "az"), (52, "ba"), (702, "aaa")])
def test_letters_after_a_year_go_on_after_z(number, letters):
    assert citations._letters(number) == letters


def test_the_sources_page_lists_every_source_once_with_its_use(screen):
    sources = page(screen[0], "sources")
    listed = [item["id"] for item in sources.select(".source-list > li")]
    assert sorted(listed) == sorted(f"source-{i}" for i in data.load("sources")["id"])
    entry = sources.find(id=f"source-{CITED}")
    assert entry.select_one("a.external")["href"] == data.sources([CITED])["url"].iloc[0]
    uses = entry.select_one(".source-uses")
    rows = sum(CITED in cell.split(";") for cell in data.load("events")["source_ids"].dropna())
    assert f"({rows} row" in uses.get_text()
    assert "A lesson" in uses.get_text()
    assert "data.html#table-events" in [a["href"] for a in uses.select("a")]


def test_a_lesson_lists_what_it_really_uses(screen):
    app, _ = screen
    lesson = page(app, "lesson")
    assert [a.get_text() for a in lesson.select(".lesson-tables a[href$='.csv']")] == ["displacement.csv"]
    used = {a["href"] for a in lesson.select("details.lesson-sources a")}
    expected = {CITED, *facts.resolve(FACT).source_ids}
    assert used == {f"sources.html#source-{i}" for i in expected}
    link = lesson.select_one(".lesson-tables a[href$='.csv']")["href"]
    assert (Path(app.outdir) / "book" / link).read_bytes() == (data.directory() / "displacement.csv").read_bytes()


def test_lists_follow_a_changed_lesson_in_the_next_build(tmp_path):
    app, _ = build(tmp_path)
    other = next(i for i in data.load("sources")["id"] if i not in (CITED, *facts.resolve(FACT).source_ids))
    app.cleanup()
    app, warnings = build(tmp_path, lesson=LESSON.replace(CITED, other))
    sources = page(app, "sources")
    assert warnings == ""
    assert "A lesson" not in sources.find(id=f"source-{CITED}").get_text()
    assert "A lesson" in sources.find(id=f"source-{other}").get_text()


def test_what_workers_read_is_merged():
    class Env:
        pass

    here, there = Env(), Env()
    usage.of(here)["a"] = usage.Usage(sources={"x": None})
    usage.of(there).update({"a": usage.Usage(), "b": usage.Usage(facts=2)})
    usage._merge(None, here, ["b"], there)
    assert usage.of(here) == {"a": usage.Usage(sources={"x": None}), "b": usage.Usage(facts=2)}
    usage._purge(None, here, "a")
    assert list(usage.of(here)) == ["b"]


# Reference pages


def test_the_dictionary_tells_every_table_and_column(screen):
    dictionary = page(screen[0], "data")
    for name in data.tables():
        section = dictionary.find("section", id=f"table-{name}")
        table = data.resource(name)
        columns = [row.th.get_text() for row in section.select("tbody tr")]
        assert columns == [field["name"] for field in table["schema"]["fields"]]
        assert f"{table['rows']:,} rows" in section.get_text()
        assert section.select_one(f"a[href$='/{table['path']}']")
        for sentence in table.get("known_inaccuracies", []):
            assert letters(sentence) in letters(section.get_text())
    strips = dictionary.select(".dictionary-strip")
    assert strips
    assert all(strip["aria-label"].startswith("Rows by year: from ") for strip in strips)


def test_coverage_counts_every_dated_row():
    years = reference_pages.years_covered("events")
    assert years["rows"].sum() == data.load("events")["date"].notna().sum()
    assert reference_pages.years_covered("sources").empty


def test_the_archive_holds_the_whole_dataset(screen):
    archive = Path(screen[0].outdir) / "data" / reference_pages.ARCHIVE
    folder = archive.parent / "unpacked"
    shutil.unpack_archive(archive, folder)
    for resource in data.package()["resources"]:
        assert (folder / resource["path"]).read_bytes() == (data.directory() / resource["path"]).read_bytes()
    assert (folder / "datapackage.json").is_file()


def test_the_glossary_has_every_term_and_marks_arabic(screen):
    glossary = page(screen[0], "glossary")
    rows = data.load("glossary")
    assert len(glossary.select("dl.glossary > dt")) == len(rows)
    arabic = [span.get_text() for span in glossary.select('span[lang="ar"][dir="rtl"]')]
    assert sorted(arabic) == sorted(rows["arabic"].dropna())
    assert page(screen[0], "lesson").select_one("a[href='glossary.html#term-ISIS']")


def test_names_lead_to_the_lessons_that_use_them(screen):
    items = {item.strong.get_text(): item for item in page(screen[0], "names").select("ul.names > li")}
    assert items["Mosul"].select_one("a[href='lesson.html']")
    assert "Nobody Here" not in items
    assert "Raqqa" not in items


def test_the_map_of_lessons_reads_each_lesson(screen):
    item = page(screen[0], "index").select_one("ul.lesson-map > li")
    assert item.get_text() == "1. A lesson (about 5 minutes). Who counted?"


def test_corrections_name_rows_that_exist():
    log = (ROOT / "data" / "CHANGELOG.md").read_text(encoding="utf-8")
    named = [match.split("/") for match in re.findall(r"`([a-z_]+/[a-z0-9-]+)`", log)]
    assert len(named) >= 8
    for table, row in named:
        assert row in set(data.load(table)["id"]), f"data/CHANGELOG.md names {table}/{row}, which does not exist"
