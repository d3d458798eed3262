"""Every lesson follows the page template; no quantity in any page's prose is typed by hand or left without a source."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from quantities import LOOSE, quantities

from caliphate_course import data
from caliphate_course.facts import facts
from coursebook.build import Build
from coursebook.questions import Answer, read_answers

FENCE = re.compile(r"^\s*(?P<marks>`{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\})?\s*(?P<argument>.*)$")
# Directives whose content is not prose, and those whose first line is not.
SILENT = {"code-cell", "code-block", "code", "math", "lesson-sources", "toctree", "raw", "solution-end"}
SILENT_FIRST_LINE = ("solution", "exercise", "grid")
# The instructor guide's own planning: minutes and weeks in a plan's first column, marks, lengths of a text.
PLANNING = re.compile(r"^\|\s*\d+(?:–\d+)?\s*\||\(\d{1,2}\)|\b\d+ words\b")
SOURCED = re.compile(r"\{(?:fact|cite:\w+|numref)\}")
LIST_ITEM = re.compile(r"^\s*(?:[-*]|\d+[.)])\s")


def lessons() -> list[str]:
    """Pages of the numbered parts, whether or not they exist yet."""
    return [name for part in Build(ROOT).toc().root.subtrees if part.numbered for name in part.files()]


def pages() -> list[str]:
    """Every page of the book."""
    return list(Build(ROOT).toc())


def read(page: str) -> str:
    path = ROOT / f"{page}.md"
    assert path.is_file(), f"_toc.yml lists {page}, but {page}.md does not exist."
    return path.read_text(encoding="utf-8")


def prose(text: str) -> list[tuple[int, str]]:
    """Numbered lines of a MyST page that a reader reads as sentences; code, options, roles and addresses left out."""
    lines, stack, options = [], [], False
    body = re.sub(r"\A---\n.*?\n---\n", lambda front: "\n" * front[0].count("\n"), text, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", lambda comment: "\n" * comment[0].count("\n"), body, flags=re.DOTALL)
    body = re.sub(r"\{[\w:-]+\}`[^`]*`", lambda role: "\n" * role[0].count("\n"), body)
    for number, line in enumerate(body.splitlines(), start=1):
        fence = FENCE.match(line)
        silent = bool(stack) and stack[-1][1]
        if fence and stack and not fence["name"] and not fence["argument"] and fence["marks"].startswith(stack[-1][0]):
            stack.pop()
        elif silent:
            continue
        elif fence:
            name = fence["name"]
            stack.append((fence["marks"], name is None or name in SILENT))
            options = True
            if name and name not in SILENT and not name.startswith(SILENT_FIRST_LINE):
                lines.append((number, fence["argument"]))
        elif options and re.match(r"^\s*:[\w-]+:", line):
            continue
        else:
            options = False
            lines.append((number, line))
    return [(number, _plain(line)) for number, line in lines if line.strip()]


def _plain(line):
    line = re.sub(r"`[^`]*`", "", line)
    line = re.sub(r"\]\([^)]*\)", "]", line)
    line = re.sub(r"https?://\S+|<[^>]+>", "", line)
    return re.sub(r"^\s*\d+[.)]\s", "", line)


def bare_quantities(text: str) -> list[tuple[int, str]]:
    """(line, quantity) for every quantity in prose that is typed by hand."""
    found = []
    for number, line in prose(text):
        if line.startswith("**Time.**"):
            continue
        found += [(number, quantity) for quantity in quantities(PLANNING.sub(" ", line))]
    return found


def paragraph_of(text: str) -> dict[int, str]:
    """For each line number the paragraph it belongs to: a block of lines, one item of a list, or one whole question."""
    blocks, in_question = [[]], False
    for number, line in enumerate(text.splitlines(), start=1):
        in_question = in_question or "{question}" in line
        if not line.strip() or (LIST_ITEM.match(line) and not in_question):
            blocks.append([])
        blocks[-1].append((number, line))
        in_question = in_question and line.strip() != "```"
    return {number: "\n".join(line for _, line in block) for block in blocks for number, _ in block}


def loose_quantities(text: str) -> list[tuple[int, str]]:
    """(line, words) for every loose amount in a paragraph without any figure, citation or reference to a chart."""
    paragraphs = paragraph_of(text)
    return [
        (number, match[0])
        for number, line in prose(text)
        for match in LOOSE.finditer(line)
        if not SOURCED.search(paragraphs[number])
    ]


TWICE = re.compile(
    r"\b(people|civilians|fighters|troops|deaths|strikes|families) (?:people|civilians|fighters|troops|deaths|strikes)\b"
    r"|\bkilled (?:\S+ ){1,4}people killed\b"
)


@pytest.mark.parametrize("page", pages())
def test_a_figure_with_its_unit_reads_well(page):
    """A figure brings its unit along: "12 people civilians" wants the form `as number`."""
    for number, line in enumerate(read(page).splitlines(), start=1):
        read_out = re.sub(r"\{fact\}`([^`]+)`", lambda role: facts.resolve(role[1]).text, line)
        found = TWICE.search(read_out)
        assert not found, f"{page}.md, line {number}: {found[0]!r}"


def _told(page, found):
    return "\n".join(f"{page}.md, line {number}: {quantity!r}" for number, quantity in found)


@pytest.mark.parametrize("page", pages())
def test_quantities_in_prose_come_from_the_data(page):
    found = bare_quantities(read(page))
    assert not found, f"Write these as {{fact}} roles, or put them in a citation:\n{_told(page, found)}"


@pytest.mark.parametrize("page", pages())
def test_loose_amounts_have_a_source(page):
    found = loose_quantities(read(page))
    assert not found, f"Give these a {{fact}} or a citation in their paragraph, or say less:\n{_told(page, found)}"


TEMPLATE = (
    ("the title", r"^# \S"),
    ("the box “This lesson”", r"^:::+\{admonition\} This lesson"),
    ("the question", r"^\*\*Question\.\*\* \S"),
    ("the objectives", r"^\*\*You will be able to\*\*"),
    ("the time", r"^\*\*Time\.\*\* \S"),
    ("what comes before", r"\*\*Before this\.\*\* \S"),
    ("the content note", r"^\*\*Content note\.\*\* \S"),
    ("the summary", r"^## Summary$"),
    ("the self-check", r"^## Check yourself$"),
    ("the exercises", r"^## Exercises$"),
    ("the sources", r"^## Data and sources$"),
    ("the list of sources", r"^```\{lesson-sources\}$"),
)


def faults(text: str) -> list[str]:
    """What a lesson lacks of the page template."""
    result, last, last_name = [], 0, "the front matter"
    for name, pattern in TEMPLATE:
        match = re.search(pattern, text, flags=re.MULTILINE)
        if not match:
            result.append(f"{name} is missing (looked for {pattern})")
            continue
        if match.start() < last:
            result.append(f"line {_line(text, match.start())}: {name} stands before {last_name}")
        last, last_name = match.start(), name
    for name, section, pattern, fewest in (
        ("objectives", r"\*\*You will be able to\*\*(.*?)\*\*Time\.\*\*", r"^\s*[-*] ", 3),
        ("points of the summary", r"^## Summary$(.*?)^## ", r"^[-*] ", 5),
        ("questions", r"^## Check yourself$(.*?)^## ", r"^\s*[`:]{3,}\{question\} \S", 5),
        ("exercises", r"^## Exercises$(.*?)(?:^## |\Z)", r"^\s*[`:]{3,}\{exercise(?:-start)?\}", 3),
        ("solutions", r"^## Exercises$(.*?)(?:^## |\Z)", r"^\s*[`:]{3,}\{solution(?:-start)?\} \S", 3),
    ):
        part = re.search(section, text, flags=re.MULTILINE | re.DOTALL)
        number = len(re.findall(pattern, part[1], flags=re.MULTILINE)) if part else 0
        if number < fewest:
            line = _line(text, part.start()) if part else 1
            result.append(f"line {line}: {number} {name}, at least {fewest} are due")
    return result


def _line(text, position):
    return text.count("\n", 0, position) + 1


@pytest.mark.parametrize("page", lessons())
def test_a_lesson_follows_the_template(page):
    found = faults(read(page))
    assert not found, "\n".join(f"{page}.md: {fault}" for fault in found)


@pytest.mark.parametrize("page", pages())
def test_a_fence_that_opens_with_a_role_is_of_colons(page):
    """Markdown takes no backtick into the first line of a fence of backticks: the block would print as it is."""
    broken = re.finditer(r"^\s*`{3,}\{[^`\n]*`", read(page), flags=re.MULTILINE)
    lines = [_line(read(page), found.start()) for found in broken]
    assert not lines, f"{page}.md: open with ::: in line {lines}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thousands of people fled.", ["Thousands"]),
        ("Nearly half the city, or two thirds of it, left.", ["Nearly half", "two thirds"]),
        ("The toll was six times the first, one child in ten.", ["six times the", "one child in ten"]),
        ("It doubled,\nand a dozen towns fell {cite:p}`rand-2017-x`.", []),
        ("- It doubled {fact}`town_control/mosul-1`.\n- A few hundred fled.", ["few hundred"]),
        ("```{question} It doubled?\n- Yes. :: No.\n+ No. :: {fact}`town_control/mosul-1`.\n```", []),
        ("Half a year later, in the first half of 2024, two groups met three times.", []),
    ],
)
def test_the_finder_of_loose_amounts_looks_for_a_source_in_the_paragraph(text, expected):
    assert [words for _, words in loose_quantities(text)] == expected


DRAWS = re.compile(r"\b(?:explorers?|rise|aftermath|\w+_explorer)\(")


def charts(text: str) -> list[tuple[int, str, str]]:
    """(line, prose since the last heading or chart, prose up to the next) of every chart outside of exercises.

    Charts that follow each other without words between them count as one.
    """
    body = text[: text.find("## Check yourself")]
    cells = list(re.finditer(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", body, flags=re.MULTILINE | re.DOTALL))
    drawn = [cell for cell in cells if DRAWS.search(cell[1])]
    found, before = [], 0
    for number, cell in enumerate(drawn):
        last = next((other for other in cells if other.start() > cell.start() and _silence(body, cell, other)), cell)
        end = drawn[number + 1].start() if number + 1 < len(drawn) else len(body)
        heading = max(before, body.rfind("\n## ", 0, cell.start()), body.rfind("\n### ", 0, cell.start()))
        found.append((_line(body, cell.start()), body[heading : cell.start()], body[last.end() : end]))
        before = last.end()
    return found


def _silence(body, cell, other):
    return not body[cell.end() : other.start()].strip()


@pytest.mark.parametrize("page", lessons())
def test_a_chart_is_asked_for_and_read(page):
    """A question leads to every chart; after it come things to notice and what it does not show."""
    found = charts(read(page))
    assert found
    for line, before, after in found:
        place = f"{page}.md, line {line}"
        assert "?" in before, f"{place}: no question before the chart"
        assert re.search(r"^\*\*Notice", after, flags=re.MULTILINE), f"{place}: nothing to notice after the chart"
        shows = re.search(
            r"^(?:\*\*|### )What (?:the charts? do(?:es)? not show|is left out)", after, flags=re.MULTILINE
        )
        assert shows, f"{place}: no word on what the chart does not show"


LONGEST_SENTENCE, EARLY = 40, 400  # words
LATER = {"book/reading-the-news": 750}  # its reader rates claims before a chart tells how we rated them
WORD = re.compile(r"\w[\w’'.,%-]*")


def read_out(text: str) -> str:
    """A text as it is read: figures in words, citations and the names of links' targets left out."""
    text = re.sub(r"\{fact\}`([^`]+)`", lambda role: facts.resolve(role[1]).text, text)
    text = re.sub(r" ?\{cite:p\}`[^`]+`", "", text)
    return re.sub(r"\{[\w:]+\}`([^`<]+?)(?: <[^>]+>)?`", r"\1", text)


def sentences(text: str) -> list[tuple[int, str]]:
    """(line, sentence) of a page; a sentence ends with its line at the latest, as these pages are written."""
    lines = [(number, part) for number, line in prose(read_out(text)) for part in re.split(r" :: |\|", line)]
    return [(number, one) for number, part in lines for one in re.split(r"(?<=[.?!:])[*\"”')]*\s+(?=[A-Z*\"“(])", part)]


@pytest.mark.parametrize("page", lessons())
def test_no_sentence_is_longer_than_a_breath(page):
    found = [(number, one) for number, one in sentences(read(page)) if len(WORD.findall(one)) > LONGEST_SENTENCE]
    assert not found, f"Split these:\n{_told(page, found)}"


@pytest.mark.parametrize("page", lessons())
def test_a_reader_soon_meets_a_chart(page):
    text = read(page)
    first, *_ = charts(text)
    before = [line for number, line in prose(read_out(text)) if number < first[0]]
    assert len(WORD.findall(" ".join(before))) <= LATER.get(page, EARLY)


CAUSE = re.compile(
    r"\b(?:because|caused?|causes(?! of)|(?:led|leads) to|grew into|set \w+ free|thanks to|as a result|therefore|"
    r"results? (?:in|from)|resulted|turned into)\b",
    re.IGNORECASE,
)
# Sentences of method: what a word of ours means, how to read, what cannot be known. They state no cause in history.
OF_METHOD = (
    "before you wrote that it caused the insurgency",
    "because nobody knows what those men would have done outside it",
    "A cause that is always present",
    "cannot tell a cause from a coincidence",
    "The chart cannot prove a cause",
    "because it is an average over all days",
    "because that is our word for what happened",
    "The fall of the line is therefore not a count of returns",
    "Because you know how the story went on",
)


def story(text: str) -> str:
    """A lesson from its first section to its summary, lines kept; the box of what was not found is left out."""
    start, end = text.index("\n## "), text.index("## Summary")
    body = "\n" * text.count("\n", 0, start) + text[start:end]
    box = re.compile(r"^:{3,}\{admonition\} Looked for.*?^:{3,}$", re.MULTILINE | re.DOTALL)
    return box.sub(lambda found: "\n" * found[0].count("\n"), body)


@pytest.mark.parametrize("page", lessons())
def test_a_cause_has_a_source(page):
    """A sentence that says what caused what stands in a paragraph with a citation, a figure or a chart."""
    text = read(page)
    paragraphs = paragraph_of(text)
    loose = [
        (number, line)
        for number, line in prose(story(text))
        if CAUSE.search(line)
        and not line.startswith("#")
        and not SOURCED.search(paragraphs[number])
        and not any(words in paragraphs[number] for words in OF_METHOD)
    ]
    assert not loose, f"Say who argues this, or drop it:\n{_told(page, loose)}"


def test_each_sentence_of_method_is_still_there():
    text = "".join(map(read, lessons()))
    assert [words for words in OF_METHOD if words not in text] == []


# Words with which a sentence claims that something was the first, the only one, without exception, or set free the next.
CLAIM = re.compile(
    r"\b(?:first(?! (?:half|article|rater))|only|sole|alone|last|largest|biggest|deadliest|earliest|worst|never|none|"
    r"no ?one|nobody|nowhere|always|ever|every|everybody|everyone|everywhere|all|both|from then on|since then|grew into|"
    r"sets? (?:\w+ ){0,3}free)\b",
    re.IGNORECASE,
)
SAYS_WHENCE = re.compile(r"\{(?:fact|cite:\w+|numref|state)\}")
WORDS_OF_ROLE = re.compile(r"\{(?!cite|fact)[\w:-]+\}`([^`<]*)[^`]*`")
SENTENCE_BREAK = re.compile(r"(?<=[.?!])[*\"”')]*\s+(?=[A-Z*\"“({])")
# Blocks with a source or a key of their own, and what a chart cannot say.
APART = re.compile(
    r"^(?P<marks>[`:]{3,})\{(?:question\}|admonition\} A document to open).*?^(?P=marks)$"
    r"|^\*\*What (?:the charts? do(?:es)? not show|is left out).*?(?=\n\n)"
    r"|^### What (?:the charts? do(?:es)? not show|is left out)[^\n]*\n\n.*?(?=\n\n)",
    re.MULTILINE | re.DOTALL,
)
# Sentences with such a word and no source beside them, by the reason why they need none.
NAMED_CLAIMS = {
    "the course speaks of itself": ("One question first:", "The first verdict that fits is the one to take."),
    "a rule of reading": (
        "That does not mean that nobody held it",
        "**All, last, gone, defeated** are taken at their word.",
    ),
    "an example that claims nothing": ("A group that holds the only road and the only well of a desert",),
    "a judgement, marked as ours": ("In our judgement no one of these is enough alone",),
    "the table bears it out": (
        "Every author with figures for two years gives the later year as smaller",
        "Nobody is shown leaving",
    ),
}


def unsourced_claims(text: str) -> list[tuple[int, str]]:
    """(line, sentence) with a word of CLAIM and no citation, figure or state in it or in the sentence on either side."""
    body = APART.sub(lambda block: "\n" * block[0].count("\n"), story(text))
    lines, paragraphs, blocks = body.splitlines(), paragraph_of(body), {}
    for number, line in prose(body):
        if not line.startswith("#"):
            block = blocks.setdefault(paragraphs[number], [])
            block += [(number, one) for one in SENTENCE_BREAK.split(lines[number - 1])]
    return [
        (number, one)
        for block in blocks.values()
        for place, (number, one) in enumerate(block)
        if CLAIM.search(_plain(WORDS_OF_ROLE.sub(r"\1", one)))
        and not one.rstrip().endswith("?")
        and not any(SAYS_WHENCE.search(near) for _, near in block[max(0, place - 1) : place + 2])
    ]


@pytest.mark.parametrize("page", lessons())
def test_a_first_an_only_and_an_all_have_a_source_beside_them(page):
    named = [*OF_METHOD, *(words for said in NAMED_CLAIMS.values() for words in said)]
    found = [(line, one) for line, one in unsourced_claims(read(page)) if not any(words in one for words in named)]
    assert not found, f"Cite, compute, say whose claim it is, or drop the word:\n{_told(page, found)}"


def test_each_named_claim_is_still_there_and_needs_its_place():
    unsourced = [one for page in lessons() for _, one in unsourced_claims(read(page))]
    named = [words for said in NAMED_CLAIMS.values() for words in said]
    assert [words for words in named if not any(words in one for one in unsourced)] == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("It was the first city to fall.", ["It was the first city to fall."]),
        ("It was the first city to fall {cite:p}`rand-2017-x`.", []),
        ("It was the first city to fall. So says RAND {cite:p}`rand-2017-x`.", []),
        ("RAND says so {cite:p}`rand-2017-x`. It rained. It was the first to fall.", ["It was the first to fall."]),
        ("RAND says so {cite:p}`rand-2017-x`.\n\nNobody else left.", ["Nobody else left."]),
        ("Its end set older quarrels free.", ["Its end set older quarrels free."]),
        ("{state}`Every town <fig-towns?month=2014-06>` was counted. Was it the last?", []),
        ("In the first half of 2024 the rest went on.", []),
        ("```{question} Which was the only one?\n+ All of it. :: Every day.\n```", []),
        ("**What the chart does not show.** It shows nobody.\nNor all.\n\nAll left.", ["All left."]),
        ("### What is left out\n\nNobody is here.\n\nAll left.", ["All left."]),
    ],
)
def test_the_finder_of_claims_looks_at_the_sentences_on_either_side(told, expected):
    assert [one for _, one in unsourced_claims(f"# X\n\n## Y\n\n{told}\n\n## Summary\n")] == expected


MEAN_SENTENCE, SHORT, MOST_SHORT = (14, 19), 8, 0.18  # words; a sentence that short; their share in a story
SENTENCE_END = re.compile(r"[.?!][\"”*)']*\s*$")


def story_sentences(text: str) -> list[str]:
    """The sentences of a lesson's story; headings, tables and words in bold that open a paragraph are none."""
    lines = re.sub(r"\*{1,2}[^*\n]*[.?:]\*{1,2}", "", read_out(story(text)))
    parts = [LIST_ITEM.sub("", line) for _, line in prose(lines) if not line.lstrip().startswith(("#", "|"))]
    found = [one for part in parts for one in re.split(r"(?<=[.?!])[\"”*)']*\s+(?=[A-Z*\"“(])", part)]
    return [one for one in found if SENTENCE_END.search(one) and WORD.search(one)]


@pytest.mark.parametrize("page", lessons())
def test_sentences_are_neither_chopped_nor_endless(page):
    words = [len(WORD.findall(one)) for one in story_sentences(read(page))]
    short = sum(number <= SHORT for number in words) / len(words)
    assert MEAN_SENTENCE[0] <= sum(words) / len(words) <= MEAN_SENTENCE[1]
    assert short <= MOST_SHORT, f"{short:.0%} of the sentences of {page}.md have {SHORT} words or fewer: join some"


WORDS_A_MINUTE, MINUTES_A_CHART, MINUTES_FOR_EXERCISES, MINUTES_OFF = 200, 3, 15, 10


@pytest.mark.parametrize("page", lessons())
def test_a_lesson_states_its_time(page):
    """Reading, questions included, three minutes a chart and a quarter of an hour for the exercises."""
    text = read(page)
    words = sum(len(WORD.findall(line)) for _, line in prose(read_out(text)))
    needed = words / WORDS_A_MINUTE + MINUTES_A_CHART * len(charts(text)) + MINUTES_FOR_EXERCISES
    stated = int(re.search(r"\*\*Time\.\*\* about (\d+) minutes", text)[1])
    assert abs(stated - needed) <= MINUTES_OFF, f"{page}.md needs about {needed:.0f} minutes and says {stated}"


@pytest.mark.parametrize("page", lessons())
def test_a_lesson_has_a_document_and_a_dated_box_of_what_was_not_found(page):
    text = read(page)
    cards = re.findall(r"^:{3,}\{admonition\} A document to open\n:class: document\n(.*?)^:{3,}$", text, re.M | re.S)
    assert len(cards) == 1
    for part in ("What it is", "What it says", "What it leaves out", "Two questions"):
        assert f"**{part}.**" in cards[0], f"{page}.md: the card of its document lacks {part!r}"
    box = r"^:{3,}\{admonition\} Looked for on \d+ \w+ \d{4}, not found\n:class: not-found$"
    boxes = re.findall(box, text, re.MULTILINE)
    assert len(boxes) == 1


def test_further_reading_names_two_to_five_works_for_each_lesson():
    parts = re.split(r"^### \{doc\}`(.+)`$", read("book/further-reading"), flags=re.MULTILINE)[1:]
    works = {
        f"book/{page}": set(re.findall(r"\{cite:t\}`(.+?)`", text))
        for page, text in zip(parts[::2], parts[1::2], strict=True)
    }
    assert list(works) == lessons()
    assert not {page: len(found) for page, found in works.items() if not 2 <= len(found) <= 5}


def test_further_reading_names_two_books_for_each_part_and_a_dozen_sources_read_whole():
    """A book has its year or publisher in brackets and reviews that say what it argues and where it ends."""
    _, whole, *parts = re.split(r"^## ", read("book/further-reading"), flags=re.MULTILINE)
    books = [
        re.findall(r"^- \*[^*\n]+\*, .*\(.*[A-Z].*\).*\{cite:p\}", part.split("\n### ")[0], re.M) for part in parts
    ]
    assert len(parts) == 4 and all(len(found) >= 2 for found in books)
    cited = [one for found in re.findall(r"\{cite:p\}`(.+?)`", whole) for one in found.split(",")]
    seen = data.load("sources").set_index("id")["seen"]
    assert len(cited) >= 12 and {seen[one] for one in cited} == {"full"}


EXERCISES = {
    "two sources on one thing": r"two sources|one battle, several numbers|two officials|three sources|sources, one",
    "the chart": r"with the chart",
    "the data in Python": r"with the data",
}


@pytest.mark.parametrize("page", lessons())
def test_a_lesson_has_an_exercise_of_each_kind(page):
    exercises = re.findall(
        r"^[`:]{3,}\{exercise\}\n:label: (\S+)\n+(.*?)(?=^[`:]{3,}\{solution)",
        read(page),
        flags=re.MULTILINE | re.DOTALL,
    )
    solutions = dict(
        re.findall(r"\{solution-start\} (\S+)\n(.*?)\{solution-end\}", read(page), flags=re.MULTILINE | re.DOTALL)
    )
    assert {label for label, _ in exercises} == set(solutions)
    for kind, words in EXERCISES.items():
        labels = [label for label, text in exercises if re.match(rf"\*+[^*]*(?:{words})", text, flags=re.IGNORECASE)]
        assert labels, f"{page}.md has no exercise with {kind}"
        if kind == "the data in Python":
            assert any("{code-cell}" in solutions[label] for label in labels), f"{page}.md: its solution does not run"


@pytest.mark.parametrize("page", lessons())
def test_every_section_of_some_length_has_a_source(page):
    """A section of a lesson with three or more sentences has at least one fact, citation or figure."""
    text = read(page)
    body = text[: text.find("## Summary")]
    for section in re.split(r"^## ", body, flags=re.MULTILINE)[1:]:
        title = section.splitlines()[0]
        sentences = sum(line.rstrip().endswith((".", "?")) for _, line in prose(section))
        sourced = re.search(r"\{(?:fact|cite:\w+|numref)\}|```\{code-cell\}", section)
        assert sentences < 3 or sourced, f"{page}.md, section “{title}”: no source for any of its {sentences} sentences"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("It held 34 towns.", ["34"]),
        ("About 7.7 million people fled.", ["7.7 million"]),
        ("Some 98% was gone.", ["98%"]),
        ("It cost $88.2 billion.", ["$88.2 billion"]),
        ("They were 30,000 fighters.", ["30,000"]),
        ("Some thirty thousand came, and half a million fled.", ["thirty thousand", "half a million"]),
        ("In 2017 people fled; 2,017 people stayed.", ["2,017"]),
        ("- It fell in June 2014 with 1500 people inside.", ["1500"]),
        ("On 29 June 2014, 3–9 November and 2019-03-23, in the 1930s, from 2014–2019.", []),
        ("The 2nd of 12th; lesson 3, Figure 2.1 and claims 5 to 7; Resolution 2249.", []),
        ("An F-16 and a Su-22 in the G7; claim A08.", []),
        ("1. The first point.", []),
        ("Two countries, four reasons, thousands of people.", []),
        ("It held {fact}`town_control/mosul-1` and `34` towns {cite:p}`rand-2017-x`.", []),
        ("See [the 45 pages](https://example.org/12/34).", ["45"]),
        ("**Time.** about 50 minutes", []),
    ],
)
def test_the_finder_tells_quantities_from_dates(line, expected):
    assert [quantity for _, quantity in bare_quantities(line)] == expected


def test_the_finder_skips_code_and_options_and_reads_directives():
    page = "\n".join(
        [
            "```{code-cell} python",
            ":tags: [hide-input]",
            "x = 34",
            "```",
            "```{question} Were there 12 towns?",
            "+ Yes, 13. :: Right.",
            "```",
            ":::{admonition} Title",
            ":class: lesson-4",
            "There were 14.",
            ":::",
        ]
    )
    assert bare_quantities(page) == [(5, "12"), (6, "13"), (10, "14")]


QUESTION = re.compile(
    r"^(?P<marks>`{3,}|:{3,})\{question\} (?P<asked>.*)\n(?P<answers>(?:.*\n)*?)(?P=marks)$", re.MULTILINE
)
MOST_LONGEST, RETURNS = 0.4, 2


def questions(page: str) -> list[tuple[str, list[Answer]]]:
    """Each question of a page with its answers."""
    found = QUESTION.finditer(read(page))
    return [(one["asked"], read_answers(one["answers"].splitlines())) for one in found]


def length(answer: Answer) -> int:
    told = re.sub(r"\{fact\}`([^`]+)`", lambda role: facts.resolve(role[1]).text, answer.text)
    return len(re.sub(r"\{[\w:-]+\}`([^`<]*)[^`]*`", r"\1", told))


def test_the_right_answer_is_seldom_the_longest():
    asked = [answers for page in lessons() for _, answers in questions(page)]
    longest = [max(answers, key=length) for answers in asked]
    assert len(asked) > 5 * len(lessons())
    assert sum(answer.right for answer in longest) <= MOST_LONGEST * len(asked)


@pytest.mark.parametrize("page", lessons()[1:])
def test_questions_return_to_earlier_lessons(page):
    """What was learnt is asked for again, so that it is kept."""
    earlier = {f"Back to {{doc}}`{name.rpartition('/')[2]}`" for name in lessons()[: lessons().index(page)]}
    returning = [asked.partition(":")[0] for asked, _ in questions(page) if asked.startswith("Back to")]
    assert set(returning) <= earlier
    assert len(returning) >= RETURNS
