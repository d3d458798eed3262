"""Turns the book's single HTML page into the HTML of a printed edition.

Sphinx's `singlehtml` page keeps what print cannot use: ids that several chapters share, links to pages that are now
chapters, closed boxes, code, furniture of the screen. Each function below repairs one such thing.
"""

from __future__ import annotations

import base64
import copy
import json
import mimetypes
import re
from dataclasses import dataclass, field
from html import escape
from itertools import count
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from sphinx_external_toc.api import SiteMap

from coursebook import course
from coursebook.figures.static import is_tall

CITATION = ".bibtex-citation"
SOURCE_ENTRY = ".source-list > li"
LONG_LIST = 120
VERDICTS_ELSEWHERE = (
    "They stand at the end of this lesson in the editions of the whole course, and in the book on the screen."
)
LIVE = "The address under a chart opens the live one: put it after the address of the course's folder book/."
# What the page wraps its blocks in; in print they follow one another in a column.
WRAPPERS = "section, .cell, .cell_output, .output, .pst-scrollable-table-container, div:not([class])"
HEADINGS = tuple(f"h{level}" for level in range(1, 7))
WRITING_LINES, GUESS_LINES = 5, 2
CLAIMS = ".claims-to-rate"  # each of them has a line to write on already
FURNITURE = (
    "a.headerlink",
    "style",
    ".source-uses",
    ".screen-only",
    "#your-first-minute",  # controls to move and cards to open
    "p.lesson-sources",  # hundreds of names: the sources chapter lists them, a booklet those that its text cites
)


class HandoutError(Exception):
    """Something that must not reach print; the message says what and where."""


@dataclass
class Chapter:
    """One page of the book: its name, its part, the number of its lesson (None in the reference part), its HTML."""

    name: str
    part: str
    number: int | None
    section: Tag
    title: str = field(init=False)

    def __post_init__(self):
        self.title = without_number(self.heading)

    @property
    def heading(self) -> Tag:
        return self.section.find(re.compile("^h[12]$"))


def without_number(heading: Tag) -> str:
    """Drop the number of a heading, which an edition counts itself; the words that stay."""
    if (number := heading.select_one(".section-number")) is not None:
        number.decompose()
    return " ".join(heading.get_text().split())


@dataclass(frozen=True)
class Edition:
    """What a PDF holds: for whom it is, whether with code, and which lesson if not the whole book."""

    label: str
    instructor: bool = False
    code: bool = False
    lesson: int | None = None


def read_chapters(page: Path, toc: SiteMap) -> list[Chapter]:
    """The chapters of the book's single page, in the order of `toc`; raises HandoutError if one is missing."""
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    if article is None:
        raise HandoutError(f"{page}: there is no <article> in it; did the book's build finish?")
    clean(article)
    carry_pictures(article, page.parent)
    chapters, numbers = [], count(1)
    for part in toc.root.subtrees:
        for name in part.files():
            anchor = article.find(id=f"document-{name}")
            if anchor is None:
                raise HandoutError(f"{page}: the page {name} of _toc.yml is not in it.")
            section = anchor.find_next_sibling("section")
            chapters.append(Chapter(name, part.caption or "", next(numbers) if part.numbered else None, section))
    welcome = article.find("section").extract()
    for wrapper in welcome.select(".toctree-wrapper"):
        wrapper.extract()
    chapters.insert(0, Chapter(toc.root.docname, "", None, welcome))
    for position, chapter in enumerate(chapters):
        chapter.section["data-page"] = chapter.name
        chapter.section["id"] = chapter.section.get("id", "page")
        address_charts(chapter)
        prefix_ids(chapter, position)
    resolve_links(chapters)
    return chapters


def carry_pictures(article: Tag, folder: Path):
    """Has the page hold its pictures, as the typesetter opens no file for it; raises HandoutError for a missing one."""
    for image in article.select("img[src]:not([src^='data:'])"):
        path = folder / unquote(image["src"])
        if not path.is_file():
            raise HandoutError(
                f"The picture {image['src']} is not there. Correct its name on the page, or add the file."
            )
        kind, _ = mimetypes.guess_type(path.name)
        image["src"] = f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def clean(article: Tag):
    """Repairs that every edition needs."""
    drop_furniture(article)
    for figure in article.select("figure.explorer-figure"):
        repair_figure(figure)
    describe_other_drawings(article)
    for table in article.find_all("table"):
        repair_table(table)
    dash_missing_values(article)
    for details in article.find_all("details"):
        open_details(details)
    unsection_exercises(article)
    for link in article.find_all("a"):
        flatten(link)
    join_code(article)


def drop_furniture(article: Tag):
    for piece in article.select(", ".join(FURNITURE)):
        piece.decompose()


def describe_other_drawings(article: Tag):
    """A drawing outside the figures, such as a table's strip of years, is described where it stands."""
    for drawing in article.find_all("svg"):
        if drawing.find("title", recursive=False) is None:
            named = drawing.find_parent(attrs={"aria-label": True})
            describe(drawing.parent, named["aria-label"] if named else "", "outside the charts")


def dash_missing_values(article: Tag):
    """What pandas calls NaN is no word."""
    for text in article.find_all(string=re.compile(r"\bNaN\b")):
        text.replace_with(re.sub(r"\bNaN\b", "  –", text))


def unsection_exercises(article: Tag):
    """Sphinx makes a section of the body of an exercise, though it has no heading."""
    for exercise in article.select(".exercise > section, .solution > section"):
        exercise.name = "div"


def join_code(article: Tag):
    """A line of code breaks within a word only if it is not in pieces."""
    for code in article.find_all("pre"):
        code.string = code.get_text()


def repair_figure(figure: Tag):
    """Title above, chart below, each drawing with its description as alternative text."""
    caption = figure.find("figcaption")
    body = figure.select_one(".explorer-print")
    if caption is None or body is None:
        raise HandoutError(f"figure {figure.get('id')!r} has no chart for print.")
    figure.append(body.extract())
    if body.select_one(".explorer-states"):
        figure["class"] = [*figure["class"], "with-states"]
    for chart in figure.select("[data-alt]"):
        describe(chart, chart["data-alt"], figure.get("id"))
    # WeasyPrint keeps no figure whole that holds its table too: the table follows the figure.
    for table in body.select("table.explorer-table"):
        figure.insert_after(table.extract())


def address_charts(chapter: Chapter):
    """Under each chart stands the address of the live one in the book, such as `summer.html#fig-rainfall`."""
    for figure in chapter.section.select("figure.explorer-figure"):
        figure.select_one(".explorer-live").string = f"Live chart: {chapter.name.split('/')[-1]}.html#{figure['id']}"


def describe(chart: Tag, text: str, name: str):
    """Give the SVG in `chart` its alternative text and the page's own typeface."""
    svg = chart.find("svg")
    if svg is None or not text.strip():
        raise HandoutError(f"figure {name!r} has no drawing or no description.")
    title = BeautifulSoup("<title></title>", "html.parser").title
    title.string = text
    svg.insert(0, title)
    for one in svg.select("[font-family]"):
        one["font-family"] = "Course Sans, Course Sans Ext, Course Symbols"
    del svg["width"], svg["height"]


def repair_table(table: Tag):
    """Header cells with a scope, cells without paragraphs, no header row that only names the index."""
    for attribute in ("border", "style"):
        table.attrs.pop(attribute, None)
    head = table.find("thead")
    rows = head.find_all("tr") if head else []
    if len(rows) == 2 and "dataframe" in table.get("class", []):
        merge_index_row(rows)
    for cell in head.find_all("th") if head else []:
        cell["scope"] = "col"
        if "_" in cell.get_text():
            break_at_underscores(cell)
    for row in table.select("tbody tr"):
        if (first := row.find("th")) is not None:
            first["scope"] = "row"
    for cell in table.find_all(["td", "th"]):
        for paragraph in cell.find_all("p"):
            paragraph.unwrap()


def break_at_underscores(cell: Tag):
    """Names of columns such as `registered_voters` may take two lines, or a table is wider than its column."""
    first, *rest = cell.get_text().split("_")
    cell.string = first
    for part in rest:
        cell.append("_")
        cell.append(Tag(name="wbr", can_be_empty_element=True))
        cell.append(part)


def merge_index_row(rows: list[Tag]):
    for above, below in zip(rows[0].find_all("th"), rows[1].find_all("th"), strict=False):
        if not above.get_text(strip=True):
            above.string = below.get_text(strip=True)
    rows[1].decompose()


def open_details(details: Tag):
    """A closed box prints as an open one."""
    summary = details.find("summary", recursive=False)
    details.name = "div"
    details["class"] = [*details.get("class", []), "opened"]
    if summary is not None:
        summary.name = "p"
        summary["class"] = ["admonition-title"]


def flatten(link: Tag):
    """PDF's link tag holds text, so wrappers inside a link go."""
    for wrapper in link.find_all(["span", "em", "strong", "code"]):
        if wrapper.name == "em":
            link["class"] = [*link.get("class", []), "emphasis"]
        wrapper.unwrap()
    text = link.get_text()
    link.clear()
    link.append(text)


def prefix_ids(chapter: Chapter, position: int):
    """Ids become unique in the book by their chapter's position; the originals stay readable in `data-id`."""
    seen = set()
    for element in [chapter.section, *chapter.section.find_all(id=True)]:
        name = element["id"]
        if name in seen:
            del element["id"]
            continue
        seen.add(name)
        element["data-id"], element["id"] = name, f"c{position}-{name}"


def resolve_links(chapters: list[Chapter]):
    """Links within the book lead to the chapter's own target first, then to the first one of that name."""
    everywhere: dict[str, str] = {}
    by_page = {chapter.name: chapter.section["id"] for chapter in chapters}
    own = []
    for chapter in chapters:
        targets = {e["data-id"]: e["id"] for e in [chapter.section, *chapter.section.find_all(id=True)]}
        own.append(targets)
        for name, target in targets.items():
            everywhere.setdefault(name, target)
    for chapter, targets in zip(chapters, own, strict=True):
        for link in chapter.section.find_all("a", href=True):
            resolve_link(link, targets, everywhere, by_page)


def resolve_link(link, targets, everywhere, by_page):
    address = link["href"]
    if re.match(r"(https?|mailto):", address):
        return
    page, _, name = address.partition("#")
    if name.startswith("document-"):
        target = by_page.get(name.removeprefix("document-"))
    else:
        target = (None if page else targets.get(name)) or everywhere.get(name)
    if target is None:
        unlink(link)  # a download, or a page outside the table of contents: nothing a sheet of paper can open
    else:
        link["href"] = f"#{target}"


def unlink(link: Tag):
    link.name = "span"
    link.attrs = {key: value for key, value in link.attrs.items() if key == "class"}


def edition_html(chapters: list[Chapter], edition: Edition, *, book: dict) -> str:
    """The whole HTML of `edition`; `book` holds title, subtitle, author, version and language."""
    chosen = [copy_of(chapter) for chapter in chapters if belongs(chapter, edition)]
    if not chosen:
        raise HandoutError(f"the book has no lesson {edition.lesson}.")
    for chapter in chosen:
        for_readers(chapter, edition)
        raise_headings(chapter)
        head_chapter(chapter)
        set_in_columns(chapter)
        set_verdicts_apart(chapter, edition)
    if edition.lesson is None:
        print_addresses(chosen)
    else:
        chosen[0].section.append(cited_sources(chosen[0], chapters))
    sections = [chapter.section for chapter in chosen]
    number_sources(sections)
    drop_dead_links(sections)
    front = front_matter(chosen, edition, book)
    title = book["title"] if edition.lesson is None else f"{chosen[0].title} · {book['title']}"
    return (
        f'<!doctype html><html lang="{book["language"]}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="author" content="{escape(book["author"])}"><meta name="generator" content="{course.current().distribution}">'
        f"<style>{running_heads(book['title'], edition.label)}</style></head>"
        f'<body class="{"lesson" if edition.lesson else "book"}">'
        f"{front}{''.join(keep_lines_full(str(section)) for section in sections)}</body></html>"
    )


def keep_lines_full(html: str) -> str:
    """Move a space before an inline element into it.

    WeasyPrint 70 breaks a line after the first word of a text that would fit but for its last space.
    """
    return re.sub(r"(?<=[^\s>]) (<(?:a|cite|code|em|span|strong)\b[^>]*>)(?=[^<\s])", r"\1 ", html)


def running_heads(title: str, label: str) -> str:
    """What stands at the head and foot of every page but the cover."""
    title, label = (json.dumps(text, ensure_ascii=False) for text in (title, label))
    return f"@page {{ @top-left {{ content: {title} }} @bottom-left {{ content: {label} }} }}"


def copy_of(chapter: Chapter) -> Chapter:
    return Chapter(chapter.name, chapter.part, chapter.number, copy.copy(chapter.section))


def belongs(chapter: Chapter, edition: Edition) -> bool:
    if edition.lesson is not None:
        return chapter.number == edition.lesson
    left_out = {course.current().answers_page} | (set() if edition.instructor else {course.current().guide_page})
    return chapter.name not in left_out


def for_readers(chapter: Chapter, edition: Edition):
    """Keeps or drops solutions, answers and code; gives students room to write."""
    if not edition.instructor:
        drop_answers(chapter.section)
        cover_charts(chapter.section)
        make_room_to_write(chapter.section)
        for words in chapter.section.select(".exercise strong"):
            name_what_is_needed(words)
    if not edition.code:
        drop_code(chapter.section)
    drop_empty_cells(chapter.section)


def drop_answers(section: Tag):
    for answers in section.select(".solution, .question-key"):
        answers.decompose()


def cover_charts(section: Tag):
    """A chart that asks for a guess leaves its question and a blank frame; it stands at the end with what is said of it."""
    asked = section.select("figure:has(.explorer-question)")
    if not asked:
        return
    title = "The charts, to compare with your guesses"
    end = BeautifulSoup(f'<section class="guessed"><h2>{title}</h2></section>', "html.parser").section
    for figure in asked:
        figure.insert_before(blank_frame(figure))
        after = figure.find_next(lambda tag: tag.name in ("figure", *HEADINGS) or "notice" in tag.get("class", []))
        table = figure.find_next_sibling()
        parts = [figure, table if table is not None and table.name == "table" else None]
        parts.append(after if after is not None and "notice" in after.get("class", []) else None)
        end.extend(part.extract() for part in parts if part is not None)
        figure.select_one(".explorer-question").decompose()
    section.append(end)


def blank_frame(figure: Tag) -> Tag:
    """A figure's question with axes and key of its chart, under a title that tells nothing; lines in place of a tall one."""
    blank = copy.copy(figure)
    blank["class"] = [name for name in blank.get("class", []) if name != "with-states"]  # it goes into one column
    title = blank.select_one(".explorer-question")["data-title"]
    blank.select_one(".caption-text").string = title
    for part in blank.select(".explorer-states, [class*=role-mark]"):
        part.decompose()
    for part in [blank, *blank.select("[id]")]:
        part.attrs.pop("id", None)
    blank.svg.title.string = f"{title}: a blank frame for your guess"
    if is_tall(str(blank.svg)):
        blank.select_one(".explorer-chart").replace_with(writing_space(GUESS_LINES))
    return blank


def make_room_to_write(section: Tag):
    for exercise in section.select(f".exercise:not(:has({CLAIMS}))"):
        exercise.append(writing_space())


def drop_code(section: Tag):
    """The cells' code goes, but for that of solutions."""
    for source in section.select(".cell_input"):
        if source.find_parent(class_="solution") is None:
            source.decompose()


def drop_empty_cells(section: Tag):
    for cell in section.select(".cell"):
        if not cell.get_text(strip=True) and not cell.find(["img", "svg"]):
            cell.decompose()


def name_what_is_needed(words: Tag, chart: str = "the live chart"):
    """An exercise whose first words say "With the chart" or "With the data" needs more than stands here: the `chart` as
    this medium calls it, or the notebook."""
    for kind, place in (("chart", chart), ("data", "the course's notebook")):
        if words.get_text().startswith(f"With the {kind}"):
            words.insert_after(BeautifulSoup(f"<em> (needs {place})</em>", "html.parser").em)


def writing_space(lines: int = WRITING_LINES) -> Tag:
    ruled = '<div class="line"></div>' * lines
    return BeautifulSoup(f'<div class="writing-space">{ruled}</div>', "html.parser").div


def raise_headings(chapter: Chapter):
    """A chapter's title is a first-level heading, whatever its depth in the single page; none is left out."""
    top = int(chapter.heading.name[1])
    for heading in chapter.section.find_all(re.compile("^h[1-6]$")):
        heading.name = f"h{int(heading.name[1]) - top + 1}"


def head_chapter(chapter: Chapter):
    chapter.section["class"] = ["chapter", "numbered" if chapter.number else "reference", chapter.name.split("/")[-1]]
    label = f"Lesson {chapter.number}" if chapter.number else ""
    above = " · ".join(text for text in (chapter.part, label) if text)
    if above:
        line = BeautifulSoup('<p class="chapter-part"></p>', "html.parser").p
        line.string = above
        chapter.heading.insert_before(line)


def set_in_columns(chapter: Chapter):
    """What follows the title goes into columns, without what the page wraps it in; a section's id moves to its heading."""
    if chapter.name in (course.current().data_page, course.current().sources_page):
        for entries in chapter.section.select(".source-list"):
            split(entries)
        return
    columns = BeautifulSoup('<div class="columns"></div>', "html.parser").div
    for block in list(chapter.heading.next_siblings):
        columns.append(block.extract())
    chapter.heading.insert_after(columns)
    for section in columns.find_all("section", id=True):
        heading = section.find(re.compile("^h[1-6]$"))
        heading["id"] = section["id"]
    for wrapper in columns.select(WRAPPERS):
        wrapper.unwrap()


def set_verdicts_apart(chapter: Chapter, edition: Edition):
    """Verdicts on claims stand on pages of their own, and in no booklet: it is the sheet on which students rate them."""
    verdicts = [verdict.extract() for verdict in chapter.section.select(".claim, .claims-disputed")]
    if verdicts:
        if edition.lesson is not None:
            verdicts = [BeautifulSoup(f"<p>{VERDICTS_ELSEWHERE}</p>", "html.parser").p]
        apart = BeautifulSoup('<section class="verdicts"><h2>The verdicts</h2></section>', "html.parser").section
        apart.extend(verdicts)
        chapter.section.append(apart)


def print_addresses(chapters: list[Chapter]):
    """Each listed source prints its address, for on paper a link leads nowhere; in a booklet there is no room."""
    for link in (link for chapter in chapters for link in chapter.section.select(f"{SOURCE_ENTRY} a[href^=http]")):
        link.find_parent("p").append(" " + re.sub("^https?://(www[.])?", "", link["href"]))


def split(entries: Tag):
    """A list of hundreds becomes several, for the typesetter sets the rest of a list once for every column of it."""
    items = entries.find_all("li", recursive=False)
    for start in range(LONG_LIST, len(items), LONG_LIST):
        part = BeautifulSoup(f'<ul class="{" ".join(entries["class"])}"></ul>', "html.parser").ul
        part.extend(items[start : start + LONG_LIST])
        (entries.find_next_siblings("ul") or [entries])[-1].insert_after(part)


def cited_sources(lesson: Chapter, chapters: list[Chapter]) -> Tag:
    """The entries of the sources chapter that a lesson cites, so that it can be read on its own."""
    reference = next((c.section for c in chapters if c.name == course.current().sources_page), None)
    entries = {entry["id"]: entry for entry in reference.select(f"{SOURCE_ENTRY}[id]")} if reference else {}
    targets = {link["href"][1:] for link in lesson.section.select(f"{CITATION} a[href]")}
    cited = [copy.copy(entry) for name, entry in entries.items() if name in targets]
    box = BeautifulSoup(
        f'<section class="cited"><p class="live-note">{LIVE}</p>'
        '<h2>Sources cited in this lesson</h2><ul class="source-list"></ul></section>',
        "html.parser",
    ).section
    box.ul.extend(sorted(cited, key=lambda entry: entry.get_text().lower()))
    return box


def number_sources(sections: list[Tag]):
    """Number the listed sources; a citation prints their numbers, for names and years would fill half a page."""
    entries = [entry for section in sections for entry in section.select(SOURCE_ENTRY)]
    numbers = {entry["id"]: number for number, entry in enumerate(entries, start=1)}
    for number, entry in enumerate(entries, start=1):
        entry.p.insert(0, f"{number}\u2002")
    for section in sections:
        for citation in section.select(CITATION):
            print_numbers(citation, numbers)
            drop_repeated(citation)


def print_numbers(citation: Tag, numbers: dict[str, int]):
    """Turn "(BBC News, 2017; RAND, 2017b)" into "[4, 31]", and "Knights (2018)" into "Knights [17]"."""
    links = {numbers[link["href"][1:]]: link for link in citation.find_all("a")}
    for number, link in links.items():
        link.string = str(number)
    if citation.get_text().startswith("("):
        citation.clear()
        for number in sorted(links):
            citation.extend([", " if citation.contents else "[", links[number]])
        citation.append("]")
    else:
        for text in citation.find_all(string=re.compile("[()]")):
            text.replace_with(text.translate(str.maketrans("()", "[]")))


def drop_repeated(citation: Tag):
    """A figure brings its source's number along: the same number cited after it says nothing more."""
    before = [text for text in citation.find_all_previous(string=True, limit=12) if text.strip()]
    printed = citation.get_text()
    if "".join(reversed(before)).replace("\n", "").rstrip().endswith(printed):
        citation.decompose()


def drop_dead_links(sections: list[Tag]):
    """Links to what this edition does not hold become plain text."""
    held = {element["id"] for section in sections for element in [section, *section.find_all(id=True)]}
    for section in sections:
        for link in section.select('a[href^="#"]'):
            if link["href"][1:] not in held:
                unlink(link)


def front_matter(chosen: list[Chapter], edition: Edition, book: dict) -> str:
    if edition.lesson is not None:
        return ""
    parts, entries = None, []
    for chapter in chosen:
        if chapter.part and chapter.part != parts:
            parts = chapter.part
            entries.append(f'<p class="contents-part">{escape(parts)}</p>')
        number = f"{chapter.number}. " if chapter.number else ""
        anchor = chapter.heading.get("id") or f"{chapter.section['id']}-title"
        chapter.heading["id"] = anchor
        entries.append(f'<p class="contents-entry"><a href="#{anchor}">{number}{escape(chapter.title)}</a></p>')
    return (
        f'<section class="cover"><p class="cover-kind">A course in data</p><p class="cover-title">{escape(book["title"])}</p>'
        f'<p class="cover-subtitle">{escape(book["subtitle"])}</p><p class="cover-edition">{escape(edition.label)}</p>'
        f'<p class="cover-author">{escape(book["author"])} · version {escape(book["version"])}</p></section>'
        f'<section class="contents"><h1>Contents</h1>{"".join(entries)}'
        f'<p class="live-note">{LIVE}</p></section>'
    )
