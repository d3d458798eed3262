"""The scholarly apparatus, built from small books: questions, facts, citations, lists of what a lesson uses."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
import small_book
from bs4 import BeautifulSoup
from conftest import ROOT
from playwright.sync_api import expect
from pybtex.database import parse_string
from pybtex.richtext import Text
from sphinx.testing.util import SphinxTestApp

from caliphate_course import data
from caliphate_course.facts import facts
from coursebook import course
from coursebook import questions as apparatus
from coursebook.facts import FactError
from coursebook.pages import citations, coverage, usage
from coursebook.templating import render

pytestmark = pytest.mark.xdist_group("apparatus")  # one small book serves them all

FACT = "displacement/dtm-returnees-2019-04-30"
ROW = f"rows/{FACT.partition(' ')[0].replace('/', '.html#')}"
CITED = "reuters-2014-mosul"
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
- Nobody counts {{fact}}`{FACT} as million`. :: Somebody does,
  as the card says.
```

## Data and sources

```{{lesson-sources}}
```
"""
WIDE = "fighters/dod-ig-2018-06 as range"  # the longest card of the book
CARDS = f"""# Cards

At once {{fact}}`{FACT}`, and {{fact}}`{WIDE}`.

{"Words before the figure that fill up the line a little more. " * 3}{{fact}}`{FACT}`, and {{fact}}`{WIDE}`.

| What | Figure | and once more |
|---|---|---|
| Returned, as counted by the migration agency in its own round | {{fact}}`{FACT} as number` | {{fact}}`{WIDE}` |

{"A line of text to scroll over.  " * 200}

At the end {{fact}}`{WIDE}` and {{fact}}`computed/stints-all`.
"""
PAGES = {
    "index": "# Index\n\n```{start}\n```\n\n```{lesson-map}\n```\n\n```{toctree}\n:numbered:\n:caption: Part I\n\nlesson\n```\n"
    "\n```{toctree}\nsources\ndata\nglossary\nnames\nguide\ncards\n```\n",
    "lesson": LESSON,
    "sources": "# Sources\n\n"
    + "\n".join(f"## {words}\n\n```{{source-list}} {kind}\n```\n" for kind, words in citations.KINDS.items()),
    "data": "# Data\n\n```{dataset-numbers}\n```\n\n```{data-dictionary}\n```\n",
    "glossary": "# Glossary\n\n```{course-glossary}\n```\n",
    "names": "# Names\n\n```{names} places\n```\n\n```{names}\nNobody Here :: nobody\nMosul | Ninive :: city\n```\n",
    "guide": "# Guide\n\n```{question-answers}\n```\n",
    "cards": CARDS,
}


def build(folder: Path, builder: str = "html", **changed: str) -> tuple[SphinxTestApp, str]:
    """Build the small book, with some pages replaced; returns the app and its warnings."""
    return small_book.build(folder, PAGES | changed, builder)


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
    assert verdicts["Nobody counts 4.27 million."] == "✗ Not quite. Somebody does, as the card says."


def test_a_question_needs_no_script(screen):
    app, _ = screen
    question = page(app, "lesson").select_one(".question")
    assert not question.select("script, button, input, [onclick], [tabindex]:not(.fact *)")
    assert not question.select("summary a"), "an answer is one control"
    assert question["role"] == "group"
    assert question.find(id=question["aria-labelledby"])


def test_a_printed_question_does_not_tell_the_answer(paper):
    app, _ = paper
    printed = page(app, "index").select_one(".question")
    nobody = f"Nobody counts {{fact}}`{FACT} as million`."
    written = apparatus.read_answers(["+ IOM. :: a", "- The coalition. :: a", f"- {nobody} :: a"])
    shown = [item.get_text().strip() for item in printed.select("ol.loweralpha > li")]
    assert [words.split()[0].rstrip(".") for words in shown] == [one.text.split()[0].rstrip(".") for one in written]
    assert any(words.startswith("Nobody counts 4.27 million") for words in shown)
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
    shown = apparatus.read_answers(lines)
    assert [a.text for a in apparatus.read_answers(lines[::-1])] == [a.text for a in shown]
    places = {
        next(
            n for n, a in enumerate(apparatus.read_answers([f"+ {i}a :: x", f"- {i}b :: x", f"- {i}c :: x"])) if a.right
        )
        for i in range(30)
    }
    assert places == {0, 1, 2}


def test_a_question_keeps_its_name_until_its_words_change():
    answers = apparatus.read_answers(["+ a :: x", "- b :: y", "- c :: z"])
    name = apparatus.name_of("Why?", answers)
    assert name == apparatus.name_of("Why?", apparatus.read_answers(["- c :: z", "+ a :: other words", "- b :: y"]))
    others = [apparatus.name_of("How?", answers)]
    others += [apparatus.name_of("Why?", apparatus.read_answers(lines)) for lines in (
        ["+ a :: x", "- b :: y", "- d :: z"], ["- a :: x", "+ b :: y", "- c :: z"])]  # fmt: skip
    assert name not in others
    assert len(set(others)) == 3


def test_the_first_page_leads_into_the_first_lesson(screen, paper):
    start = page(screen[0], "index").select_one("a.course-start")
    assert (start.get_text(), start["href"]) == ("Start lesson 1 (5 min)", "lesson.html")
    assert not page(paper[0], "index").select(".course-start")


def test_the_search_knows_prose_terms_and_names_and_gives_no_answer_away(screen):
    app, _ = screen
    written = (Path(app.outdir) / "_static/search-entries.js").read_text(encoding="utf-8")
    known = json.loads(written.partition("= ")[2].rstrip(";\n"))
    entries = {(kind, title): (known["pages"][at][0], text) for at, kind, _, _, title, text, _ in known["entries"]}
    address, prose = entries["section", "A lesson"]
    assert address == "book/lesson"
    assert f"In one month \x02{facts.resolve(FACT).text}\x03 had returned." in prose, "a number, and no citation"
    assert "coalition" not in prose, "the answers of a question"
    assert entries["term", "ISIS"][0] == "book/glossary" and entries["name", "Mosul"][0] == "book/names"


def test_every_page_can_count_the_questions_of_each_lesson(screen):
    app, _ = screen
    question = page(app, "lesson").select_one(".question")
    written = (Path(app.outdir) / "_static/questions.js").read_text(encoding="utf-8")
    assert json.loads(written.partition("= ")[2].rstrip(";\n")) == {"book/lesson": [question["data-question"]]}


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (["+ a :: b", "- c :: d"], 0, "3 to 8 answers"),
        (["+ a :: b", *(f"- {n} :: b" for n in range(8))], 0, "3 to 8 answers"),
        (["- a :: b", "- c :: d", "- e :: f"], 0, "exactly one right answer"),
        (["+ a :: b", "+ c :: d", "- e :: f"], 0, "exactly one right answer"),
        (["+ a :: b", "- c", "- e :: f"], 2, ":: feedback"),
        (["a :: b", "- c :: d", "- e :: f"], 1, "starts with"),
        (["+ a :: b", "- c :: d", "- e :: Not quite: f"], 3, "write the reason alone"),
        (["+ a :: Right. b", "- c :: d", "- e :: f"], 1, "write the reason alone"),
    ],
)
def test_a_badly_written_question_is_refused_at_its_line(lines, line, message):
    with pytest.raises(apparatus.QuestionError, match=message) as caught:
        apparatus.read_answers(lines)
    assert caught.value.line == line


def test_faults_name_page_and_line(tmp_path):
    broken = (
        "# Lesson\n\nA {fact}`displacement/no-such-row` and {fact}`displacement/dtm-idps-2019-04-30 as poem`.\n\n"
        "```{question} Why?\n+ a :: b\n- c\n- d :: e\n```\n\n{cite:p}`nobody-1900-nothing`\n\n"
        "```{question}\n+ a :: b\n- c :: d\n- e :: f\n```\n"
    )
    _, warnings = build(tmp_path, lesson=broken, guide="# Guide\n")
    assert re.search(r"lesson\.md:3: WARNING: fact: displacement has no row 'no-such-row'", warnings)
    assert re.search(r"lesson\.md:3: WARNING: fact: .*no form 'poem'", warnings)
    assert re.search(r"lesson\.md:7: WARNING: question: an answer is written", warnings)
    assert re.search(r"lesson\.md:13: WARNING: question: its words are missing. Write them behind {question}", warnings)
    assert re.search(r"lesson\.md:\d+: WARNING: could not find bibtex key \"nobody-1900-nothing\"", warnings)


# Facts


def test_a_column_with_a_source_of_its_own_names_that_source():
    row = data.load("town_control").set_index("id").loc["mosul-1"]
    fact = facts.resolve("town_control/mosul-1.population_prewar")
    assert fact.source_ids == (row["population_source"],)
    assert fact.when == "", "the row's dates are those of the town, not of the count"
    assert set(facts.resolve("town_control/mosul-1.lost_to").source_ids) == set(row["source_ids"].split(";"))


@pytest.mark.parametrize(
    ("reference", "covers"),
    [
        ("revenue/icsr-2014", "2014"),
        ("air_operations/strikes-iraq-2016-01-airwars", "January 2016"),
        ("attacks_after/ctc-2018-10m", "January to October 2018"),
        ("revenue/ihs-2015-late", "1 October to 7 December 2015"),
        ("civilian_harm/mosul-ap", "17 October 2016 to 10 July 2017"),
        ("operation_cost/cost-total-2015-04", "8 August 2014 to April 2015"),
        ("costs/mosul-debris-2018", "from 10 July 2017 on"),
        ("air_operations/strikes-iraq-2017-07-16", "16 July 2017"),
    ],
)
def test_a_count_over_a_period_says_which(reference, covers):
    fact = facts.resolve(reference)
    assert (fact.when, fact.is_period) == (covers, True)


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("events/mosul-2014-06-10.title as million", "the value 'ISIS captures Mosul' is no number"),
        ("events/mosul-2014-06-10.title as rounded", "the value 'ISIS captures Mosul' is no number"),
        ("events/mosul-2014-06-10.date as thousand", "the value '10 June 2014' is no number"),
        ("costs/iraq-damage-2018 as bounds", "it has no range"),
        ("costs/iraq-damage-2018 as range", "it has no range"),
        ("computed/strikers as date", "it has no date"),
        ("computed/claims-wrong.verdict", "has no column 'verdict'"),
    ],
)
def test_a_form_that_does_not_fit_its_figure_is_refused_with_the_reason(reference, reason):
    with pytest.raises(FactError, match=re.escape(reason)) as refused:
        facts.resolve(reference)
    assert reference.split(" ")[0].split(".")[0] in str(refused.value)


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("revenue/brisard-2014", "2.9 billion US dollars"),
        ("revenue/icsr-2014", "up to 1.9 billion US dollars"),
        ("revenue/ihs-2015-mid", "80 million US dollars"),
        ("territory_estimates/rand-2014-world-people as million", "11–12 million"),
    ],
)
def test_large_figures_read_as_people_say_them(reference, text):
    """No thousand millions, and the word for the size once in a range."""
    assert facts.resolve(reference).text == text


MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
NO_FIGURE = re.compile(rf"\b(?:\d+ )?{MONTH} \d{{4}}|\b\d+ {MONTH}\b|\bof \d{{4}}\b")


def test_the_numbers_in_a_note_of_ours_follow_the_data(monkeypatch):
    """In a dataset of three times as large figures, or three times as many claims, no number in a note stays the same."""

    def numbers(name):
        return re.findall(r"\d[\d,.]*", NO_FIGURE.sub("", facts.resolve(f"computed/{name}").note))

    before, load = {name: numbers(name) for name in facts.computed_names()}, data.load

    def tripled(table):
        frame = load(table)
        if table == "claims":  # has no figures: what is told of it is counted
            return pd.concat([frame] * 3)
        figures = frame.columns.intersection(["low", "best", "high", "families"])
        return frame.assign(**{column: frame[column] * 3 for column in figures})

    assert before["need-over-damage-iraq"] == ["88.2", "45.7"]
    monkeypatch.setattr(data, "load", tripled)
    for name, noted in before.items():
        now = numbers(name)
        assert len(now) == len(noted) and all(a != b for a, b in zip(now, noted, strict=True)), f"{name}: {noted}"


def test_a_figure_of_ours_names_the_row_that_lost_its_number(monkeypatch):
    load = data.load

    def emptied(table):
        frame = load(table)
        return frame.assign(low=pd.NA, best=pd.NA, high=1) if table == "detention" else frame

    monkeypatch.setattr(data, "load", emptied)
    with pytest.raises(FactError, match="detention/shaddadi-2026-escaped-sdf has neither a best nor a low"):
        facts.resolve("computed/shaddadi-ratio")


def test_a_fact_leads_to_its_source_and_has_a_card(screen):
    app, _ = screen
    lesson = page(app, "lesson")
    link = lesson.select_one("a.fact-figure")
    fact = facts.resolve(FACT)
    card = lesson.find(id=link["aria-describedby"])
    assert link.get_text() == "4,266,882 people"
    assert link["href"] == f"sources.html#source-{fact.source_ids[0]}"
    assert page(app, "data").find(id="table-displacement")
    assert page(app, "sources").find(id=f"source-{fact.source_ids[0]}")
    leads = [a["href"] for a in card.select("a")]
    assert leads == [*(f"sources.html#source-{i}" for i in fact.source_ids), f"../{ROW}"]
    for told in (fact.who, fact.when, data.sources(fact.source_ids)["title"].iloc[0], FACT):
        assert told in card.get_text()
    assert len({a["aria-describedby"] for a in lesson.select("a.fact-figure")}) == 2


def test_a_row_is_followed_both_ways(screen):
    """From a figure to its row, and from the row to the sentence and the source; from the source to the row."""
    app, _ = screen
    fact = facts.resolve(FACT)
    row = page(app, "../rows/displacement").find(id=ROW.partition("#")[2])
    assert fact.text.split()[0] in row.get_text().replace("4266882", "4,266,882")
    leads = [a["href"] for a in row.select("a")]
    assert [f"../book/sources.html#source-{i}" for i in fact.source_ids] == [
        one for one in leads if "sources.html" in one
    ]
    assert any(one.startswith("../book/lesson.html#") for one in leads)
    assert any(f"{fact.text} " in paragraph.get_text() for paragraph in row.select("p"))
    resting = page(app, "../rows/by-source").find(id=fact.source_ids[0])
    assert ROW.removeprefix("rows/") in [a["href"] for a in resting.select("a")]
    entry = page(app, "sources").find(id=f"source-{fact.source_ids[0]}")
    assert f"../rows/by-source.html#{fact.source_ids[0]}" in [a["href"] for a in entry.select("a")]


def test_a_long_table_shows_the_rows_that_sentences_use(screen):
    text = page(screen[0], "../rows/violence_places").get_text()
    assert "Of its 2,895 rows only those that a sentence uses are here" in text
    assert len(page(screen[0], "../rows/events").select("section.data-row")) == len(data.load("events"))


@pytest.mark.parametrize("builder", ["html", "singlehtml"])
def test_a_figure_of_a_row_without_sources_is_shown_without(tmp_path, builder):
    (without,) = data.load("glossary").query("source_ids.isna()")["id"]
    assert facts.resolve(f"glossary/{without}").source_ids == ()
    app, warnings = build(tmp_path, builder, lesson=f"# Lesson\n\nA {{fact}}`glossary/{without}`.\n", guide="# Guide\n")
    assert warnings == ""
    if builder == "html":
        figure = page(app, "lesson").select_one("a.fact-figure")
        assert figure["href"] == f"#{figure['aria-describedby']}"
        assert "No source is named. " in page(app, "lesson").select_one(".fact-card").get_text()


def test_a_printed_fact_is_followed_by_a_citation_in_the_list(paper):
    app, _ = paper
    book = page(app, "index")
    fact = book.select_one("span.fact")
    citation = fact.find_next_sibling(class_="bibtex-citation")
    assert fact.get_text() == "4,266,882 people"
    assert re.match(r"\(.+, (\d{4}|n\.d\.)[-a-z]*\b", citation.get_text())
    assert book.find(id=citation.a["href"].rpartition("#")[2]).name == "li"
    assert not book.select(".fact-card")


def test_a_figure_of_our_own_says_so(screen):
    card = page(screen[0], "cards").select(".fact-card")[-1]
    assert (
        card.get_text()
        .lstrip()
        .startswith("Worked out in this course from 58 rows of Stints of ISIS control over towns. ")
    )
    assert card.a["href"] == "data.html#table-town_control"
    assert card.select_one(".fact-row").get_text() == "Name computed/stints-all"


def test_a_figure_of_our_own_says_whose_figures_it_is_made_of():
    fact = facts.resolve("computed/idps-may-to-august-2014")
    rows = [{"number": 2, "title": "Displacement and return", "href": "data.html#table-displacement"}]
    card = render("fact.html", fact=fact, sources=[], id="fact-1", made_of=rows, row_href="")
    card = BeautifulSoup(card, "html.parser")
    assert "Worked out in this course from figures of IOM DTM, 2 rows of Displacement and return." in card.get_text()
    assert "According to" not in card.get_text()


def test_every_kind_of_source_has_words():
    (kind,) = (field for field in data.resource("sources")["schema"]["fields"] if field["name"] == "kind")
    assert set(citations.KINDS) == set(kind["constraints"]["enum"])


# Fact cards in a real browser

OPEN = "e => getComputedStyle(e).visibility === 'visible'"


@pytest.fixture
def opened(browser, screen):
    """`with opened(width=390) as page:` opens, in a window of its own, figures in places where a card is hard to fit."""
    address = (Path(screen[0].outdir) / "book/cards.html").as_uri()

    @contextmanager
    def open_page(width: int = 1280, height: int = 800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        shown = context.new_page()
        shown.goto(address)
        yield shown
        context.close()

    return open_page


def is_open(fact) -> bool:
    return fact.locator(".fact-card").evaluate(OPEN)


def wait_open(fact, problem: str = "") -> None:
    expect(fact.locator(".fact-card"), problem).to_have_css("visibility", "visible")


def wait_closed(fact) -> None:
    expect(fact.locator(".fact-card")).to_have_css("visibility", "hidden")


def hidden_corners(fact) -> list[str]:
    """Corners of the open card, a little inwards, at which a reader sees something else or nothing."""
    return fact.locator(".fact-card").evaluate(
        """card => { const b = card.getBoundingClientRect(), i = 4;
          const corners = {"top left": [b.left + i, b.top + i], "top right": [b.right - i, b.top + i],
            "bottom left": [b.left + i, b.bottom - i], "bottom right": [b.right - i, b.bottom - i]};
          return Object.keys(corners).filter(name => !card.contains(document.elementFromPoint(...corners[name]))); }"""
    )


def covers_its_figure(fact) -> bool:
    return fact.evaluate(
        """f => { const c = f.querySelector(".fact-card").getBoundingClientRect();
          return [...f.querySelector(".fact-figure").getClientRects()].some(
            l => l.left < c.right && c.left < l.right && l.top < c.bottom - 1 && c.top < l.bottom - 1); }"""
    )


def middle(box) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_a_card_is_wholly_in_the_window_and_leaves_its_figure_free(width, opened):
    with opened(width) as shown:
        found = shown.locator(".fact")
        assert found.count() == 8
        for number in range(8):
            fact = found.nth(number)
            fact.locator(".fact-figure").focus()
            wait_open(fact)
            assert hidden_corners(fact) == [], f"figure {number} at {width} px"
            assert not covers_its_figure(fact), f"figure {number} at {width} px"
        assert shown.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pointer_may_move_onto_the_card_which_stays_until_escape(width, opened):
    with opened(width) as shown:
        for number in range(6):
            fact = shown.locator(".fact").nth(number)
            fact.locator(".fact-figure").hover()
            wait_open(fact)
            x, y = middle(fact.locator(".fact-card").bounding_box())
            shown.mouse.move(x, y, steps=12)
            shown.wait_for_timeout(600)
            assert is_open(fact), f"figure {number} at {width} px"
            shown.keyboard.press("Escape")
            wait_closed(fact)
            shown.mouse.move(2, 2)
            fact.locator(".fact-figure").hover()
            wait_open(fact, "it opens again")
            shown.mouse.move(2, 2)
            wait_closed(fact)


def test_keys_open_a_card_reach_its_links_and_close_it(opened):
    with opened() as shown:
        fact = shown.locator(".fact").first
        fact.locator(".fact-figure").focus()
        others = facts.resolve(FACT).source_ids[1:]  # the figure itself leads to the first
        for address in [*(f"sources.html#source-{i}" for i in others), f"../{ROW}"]:
            shown.keyboard.press("Tab")
            expect(shown.locator(":focus")).to_have_attribute("href", address)
            wait_open(fact)
        fact.locator(".fact-figure").focus()
        shown.keyboard.press("Escape")
        wait_closed(fact)
        expect(fact.locator(".fact-figure")).to_be_focused()
        shown.keyboard.press("Tab")
        following = shown.locator(".fact").nth(1)
        expect(following.locator(".fact-figure")).to_be_focused()
        wait_open(following)
        shown.keyboard.press("Enter")
        shown.wait_for_url("**/sources.html#source-*")


def test_a_first_tap_opens_a_second_follows_and_one_elsewhere_closes(opened):
    with opened(390, has_touch=True, is_mobile=True) as shown:
        fact, other = shown.locator(".fact").first, shown.locator(".fact").nth(1)
        for _ in range(2):
            fact.locator(".fact-figure").tap()
            wait_open(fact)
            assert shown.url.endswith("cards.html")
            assert hidden_corners(fact) == []
            fact.locator(".fact-card b").first.tap()
            assert is_open(fact), "a tap on the card keeps it"
            shown.touchscreen.tap(5, 700)
            wait_closed(fact)
        fact.locator(".fact-figure").tap()
        other.locator(".fact-figure").tap()
        wait_open(other)
        wait_closed(fact)
        other.locator(".fact-figure").tap()
        shown.wait_for_url("**/sources.html#source-*")
        shown.go_back()
        shown.locator(".fact-figure").first.tap()
        shown.locator(".fact-row a").first.tap()
        shown.wait_for_url(f"**/{ROW}")


def test_without_javascript_a_card_opens_and_a_figure_leads_to_its_source(opened):
    for width in (1280, 390):
        with opened(width, java_script_enabled=False) as shown:
            link = shown.locator(".fact-figure").nth(2)
            link.scroll_into_view_if_needed()
            link.hover()
            expect(shown.locator(".fact-card").nth(2)).to_be_visible()
            link.click()
            source = facts.resolve(FACT).source_ids[0]
            shown.wait_for_url(f"**/sources.html#source-{source}")
            shown.locator(f"#source-{source}").wait_for(state="visible")


def test_a_page_printed_from_the_browser_cites_instead_of_opening(opened):
    with opened() as shown:
        expect(shown.locator(".fact-cited").first).to_be_hidden()
        shown.locator(".fact-figure").first.focus()
        shown.emulate_media(media="print")
        expect(shown.locator(".fact-card").first).to_be_hidden()
        expect(shown.locator(".fact-cited").first).to_be_visible()
        assert re.match(r"\s*\(.+, (\d{4}|n\.d\.)", shown.locator(".fact-cited").first.inner_text())


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


def test_letters_after_a_year_go_on_after_z(monkeypatch):
    """More sources of one body in one year than the alphabet has letters still have a label each."""
    one = data.sources([CITED])
    many = one.loc[[CITED] * 54].set_axis([f"source-{number:02}" for number in range(54)]).rename_axis("id")
    monkeypatch.setattr(data, "sources", lambda ids: many)
    years = [entry.fields["year"] for entry in citations.bibliography()["press"].entries.values()]
    assert [year.removeprefix("2014") for year in years][24:28] == ["y", "z", "aa", "ab"]
    assert [year.removeprefix("2014") for year in years][50:] == ["ay", "az", "ba", "bb"]


def test_the_sources_page_lists_every_source_once_with_its_use(screen):
    sources = page(screen[0], "sources")
    for group in sources.select(".source-list"):
        names = [item.get_text().casefold().strip() for item in group.select(":scope > li")]
        first_letters = [name[0] for name in names if "a" <= name[0] <= "z"]
        assert first_letters == sorted(first_letters), "people and bodies stand in one alphabet"
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
    assert (Path(app.outdir) / "book" / link).read_bytes() == (data.folder / "displacement.csv").read_bytes()


def test_lists_are_written_again_only_when_what_they_list_has_changed(screen):
    app, _ = screen
    lesson = usage._pages(app.env)["book/lesson"]
    before = dict(lesson.read)

    def outdated():
        return usage.Collector().get_updated_docs(app, app.env)

    assert outdated() == []
    lesson.read["names"] = "another sentence"
    assert outdated() == ["book/names"]
    lesson.read["source-uses"] = "another citation"
    assert outdated() == ["book/sources"]
    lesson.read.update(before)
    assert outdated() == ["book/names", "book/sources"]


def test_lists_follow_a_changed_lesson_in_the_next_build(tmp_path):
    app, _ = build(tmp_path)
    other = next(i for i in data.load("sources")["id"] if i not in (CITED, *facts.resolve(FACT).source_ids))
    app.cleanup()
    app, warnings = build(tmp_path, lesson=LESSON.replace(CITED, other))
    sources = page(app, "sources")
    assert warnings == ""
    assert "A lesson" not in sources.find(id=f"source-{CITED}").get_text()
    assert "A lesson" in sources.find(id=f"source-{other}").get_text()


# Every page of the built book


def test_a_page_links_to_citing_licences_and_corrections(any_page, site):
    foot = BeautifulSoup((site / any_page).read_text(encoding="utf-8"), "html.parser").select_one(
        "footer .course-links"
    )
    wanted = {"How to cite": "how-to-cite.html", "Licences": "how-to-cite.html", "Corrections": "corrections.html"}
    for words, page_name in wanted.items():
        link = next(a for a in foot.select("a") if a.get_text().startswith(words))
        path, _, _ = link["href"].partition("#")
        target = (site / any_page).parent / path if path else site / any_page
        assert target.resolve() == (site / "book" / page_name).resolve()


def test_every_source_of_the_book_is_used_for_something(site):
    listed = BeautifulSoup((site / "book/sources.html").read_text(encoding="utf-8"), "html.parser")
    unused = [item["id"] for item in listed.select(".source-list > li") if not item.select_one(".source-uses")]
    assert unused == [], "Cite these, or take them out of data/sources.csv."


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
    years = coverage.years("events")
    assert years["rows"].sum() == data.load("events")["date"].notna().sum()
    assert coverage.years("sources").empty


@pytest.mark.parametrize("name", [name for name in data.tables() if not coverage.years(name).empty])
def test_every_year_of_a_tables_strip_lies_within_a_plot_wide_enough_to_read(name):
    years = coverage.years(name)
    strip = coverage.svg(years)
    width = float(re.search(r'class="background"[^>]* d="M0,0h([\d.]+)v', strip)[1])
    bars = re.findall(r'aria-roledescription="rect mark" d="M(-?[\d.]+),[\d.]+h([\d.]+)', strip)
    assert width >= 250
    assert len(bars) == len(years)
    assert all(0 <= float(x) and float(x) + float(wide) <= width for x, wide in bars)


def test_the_archive_holds_the_whole_dataset(screen):
    archive = Path(screen[0].outdir) / "data" / course.current().archive
    folder = archive.parent / "unpacked"
    shutil.unpack_archive(archive, folder)
    for resource in data.package()["resources"]:
        assert (folder / resource["path"]).read_bytes() == (data.folder / resource["path"]).read_bytes()
    assert (folder / "datapackage.json").is_file()


def test_the_glossary_has_every_term_and_marks_arabic(screen):
    glossary = page(screen[0], "glossary")
    rows = data.load("glossary")
    assert len(glossary.select("dl.glossary > dt")) == len(rows)
    arabic = [span.get_text() for span in glossary.select('span[lang="ar"][dir="rtl"]')]
    assert sorted(arabic) == sorted(rows["arabic"].dropna())
    assert rows["arabic"].isna().equals(rows["transliteration"].isna())
    told = {
        letters(dt.get_text()).strip(): dt.find_next_sibling("dd").get_text()
        for dt in glossary.select("dl.glossary > dt")
    }
    assert len(told) == len(rows)
    for row in rows.itertuples():
        own = "(a general term, in our own words)" in told[letters(row.term).strip()]
        assert own == (not isinstance(row.source_ids, str)), f"{row.term}: a definition has a source or says it is ours"
    assert page(screen[0], "lesson").select_one("a[href='glossary.html#term-ISIS']")


def test_a_term_says_what_it_means_where_it_is_used(screen, paper):
    lesson, meanings = page(screen[0], "lesson"), data.load("glossary").set_index("term")["definition"]
    term = lesson.select_one("a[href='glossary.html#term-ISIS']")
    assert lesson.find(id=term["aria-describedby"]).get_text() == meanings["ISIS"]
    assert not page(screen[0], "glossary").select(".term-card"), "there the meaning stands anyway"
    assert not page(paper[0], "index").select(".term-card")


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


def test_every_figure_worked_out_is_used_by_a_page_a_claim_or_a_figure():
    places = (*ROOT.glob("book/*.md"), ROOT / "data/claims.csv", *ROOT.glob("caliphate_course/charts/*.py"))
    texts = [path.read_text(encoding="utf-8") for path in places]
    unused = [name for name in facts.computed_names() if not any(f"computed/{name}" in text for text in texts)]
    assert unused == []
