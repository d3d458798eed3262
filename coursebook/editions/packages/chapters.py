"""Turns a page that Sphinx wrote into a chapter of an e-book.

A chapter works in its file alone, and a reading system may neither fold nor draw on it. Drawings become files, the cards
of figures and the citations become notes at its end, and what would tell too early (answers, solutions, verdicts, charts
to guess first) stands there too, with a way there and back.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from posixpath import normpath

from bs4 import BeautifulSoup, Tag

from coursebook.build import BuildError
from coursebook.editions.handout import assemble

IMAGES = "images"
SUFFIX = ".xhtml"
FURNITURE = ", ".join(
    (
        "script", "style", "noscript", "a.headerlink", ".screen-only", ".pst-js-only",
        "#your-first-minute",  # controls to move
    )
)  # fmt: skip
HEADING = re.compile("^h[1-6]$")
# Attributes that only scripts and browsers' tables use, or that HTML has given up.
IDLE = ("tabindex", "border", "align", "valign", "style", "data-alt", "data-title", "data-query", "name")
ANSWERS = (
    "On the course’s web pages this page keeps what a reader has answered. A book cannot: here are the answers to the "
    "questions of each chapter."
)
GUESSED = "The charts, to compare with your guesses"


@dataclass
class Chapter:
    """A page of the book: its name ("book/summer"), title and HTML; `number` is that of a lesson, else ''.

    `drawings` are its pictures, SVG by file name, `tables` those of its charts that are too long to stand under them.
    """

    name: str
    number: str
    section: Tag
    drawings: dict[str, str] = field(default_factory=dict)
    tables: list[Tag] = field(default_factory=list)
    title: str = field(init=False)

    def __post_init__(self):
        self.title = assemble.without_number(self.heading)

    @property
    def heading(self) -> Tag:
        return self.section.find(HEADING)

    @property
    def label(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def file(self) -> str:
        return self.name + SUFFIX

    @property
    def up(self) -> str:
        """The way from its file to the book's top folder."""
        return "../" * self.name.count("/")

    @property
    def sections(self) -> Iterator[tuple[str, str]]:
        """Id and title of each section below the title."""
        for section in self.section.find_all("section", recursive=False):
            if (heading := section.find(HEADING)) is not None:
                yield section["id"], " ".join(heading.get_text().split())


def _title_of(heading: Tag) -> str:
    """The words of a heading, without its number."""
    number = heading.select_one(".section-number")
    return " ".join(heading.get_text().removeprefix(number.get_text() if number else "").split())


def read(html: str, name: str, number: str, *, live: Callable[[str, str], str]) -> Chapter:
    """The chapter of the page `name`, repaired but without its notes.

    `live` gives the words, as HTML, that say where a chart can be operated, for its name and the title of its section.
    Raises BuildError for a drawing without a description.
    """
    lifted: list[str] = []

    def lift(drawing: re.Match) -> str:
        lifted.append(drawing[0])
        return f'<img data-drawing="{len(lifted) - 1}">'

    # Lifted out before the HTML is parsed, which would write the names of their attributes in small letters.
    soup = BeautifulSoup(re.sub(r"<svg\b.*?</svg>", lift, html, flags=re.DOTALL), "html.parser")
    chapter = Chapter(name, number, soup.find("section"))
    for piece in chapter.section.select(FURNITURE):
        piece.decompose()
    assemble.drop_code(chapter.section)
    for figure in chapter.section.select("figure.explorer-figure"):
        _repair_figure(figure, live)
    _place_drawings(chapter, lifted)
    _repair_text(chapter.section)
    _set_apart(chapter.section)
    chapter.tables = _long_tables(chapter)
    return chapter


def tables_of(chapter: Chapter) -> Chapter:
    """A chapter beside `chapter` that holds its long tables, each with a way back to its chart."""
    section = _fragment(f'<section id="tables"><h1>Charts as tables: {escape(chapter.title)}</h1></section>')
    section.extend(chapter.tables)
    return Chapter(_beside(chapter), "", section)


def _beside(chapter: Chapter) -> str:
    return f"{chapter.name}-tables"


# Figures -------------------------------------------------------------------------------------------------------------


def _repair_figure(figure: Tag, live) -> None:
    """Title above the chart; its states as a list; where it can be operated."""
    body = figure.select_one(".explorer-print").extract()
    figure.append(body)  # Sphinx has it within the caption
    body.unwrap()
    if (states := figure.select_one(".explorer-states")) is not None:
        states.name = "ol"
        for number, state in enumerate(states.select(".explorer-state"), start=1):
            state.name, state["id"] = "li", f"{figure['id']}-state-{number}"
    heading = _title_of(figure.find_previous(HEADING))
    place = figure.select_one(".explorer-live")
    place.clear()
    place.append(_fragment(live(figure["id"], heading)))


def _place_drawings(chapter: Chapter, lifted: list[str]) -> None:
    """Make a file of each drawing, named by the figure that it is in."""
    for image in chapter.section.select("img[data-drawing]"):
        svg = lifted[int(image.attrs.pop("data-drawing"))]
        words = _words_of(image)
        within = image.find_parent(["figure", "section"], id=True)["id"]
        stem = re.sub(
            r"[^\w-]", "-", within if within.startswith("fig") else f"{PurePosixPath(chapter.name).name}-{within}"
        )
        numbers = (f"{stem}-{number}" if number else stem for number in range(len(lifted)))
        file = next(path for one in numbers if (path := f"{IMAGES}/{one}.svg") not in chapter.drawings)
        chapter.drawings[file] = _standing_alone(svg, words)
        image.attrs = {"src": f"{chapter.up}{file}", "alt": words}


def _words_of(image: Tag) -> str:
    """What stands for a drawing, which its surroundings say of it; they say it no more."""
    around = image.find_parent(lambda tag: tag.has_attr("data-alt") or tag.has_attr("aria-label"))
    for name in ("data-alt", "aria-label"):
        if around is not None and (words := around.attrs.pop(name, "")):
            around.attrs.pop("role", None)
            return words
    raise BuildError(f"A drawing in {image.find_parent(id=True)['id']!r} has no description: give it one.")


def _standing_alone(svg: str, words: str) -> str:
    """A drawing as a file: with its own namespace and description, and names of parts that XML allows."""
    for number, name in enumerate(dict.fromkeys(re.findall(r' id="([^"]*)"', svg)), start=1):
        svg = svg.replace(f' id="{name}"', f' id="part-{number}"').replace(f"url(#{name})", f"url(#part-{number})")
    svg = re.sub(r"<path(?![^>]* d=)[^>]*></path>", "", svg)  # a mark that this state does not draw
    start, _, rest = svg.partition(">")
    if "xmlns=" not in start:
        start += ' xmlns="http://www.w3.org/2000/svg"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{start} role="img"><title>{escape(words)}</title>{rest}'


def _long_tables(chapter: Chapter) -> list[Tag]:
    """Take the long tables out of the figures, which lead to them; each stands in a section with the figure's title."""
    sections = []
    for table in chapter.section.select("figure table.long"):
        figure = table.find_parent("figure")
        name, title = figure["id"], " ".join(figure.find("figcaption").get_text().split())
        section = _fragment(f'<section id="{name}-table"><h2>{escape(title)}</h2></section>')
        there, here = (PurePosixPath(one).name + SUFFIX for one in (_beside(chapter), chapter.name))
        figure.append(_way(f"{name}-table", "The figures of this chart as a table", "to-answer", there))
        # As wide as its columns: a reading system scrolls it by itself.
        wide = _fragment(f'<div class="wide" role="region" tabindex="0" aria-label="{escape(title)}"></div>')
        wide.append(table.extract())
        section.extend([wide, _way(name, "Back to the chart", file=here)])
        sections.append(section)
    return sections


# Text ----------------------------------------------------------------------------------------------------------------


def _repair_text(section: Tag) -> None:
    assemble.drop_empty_cells(section)
    assemble.unsection_exercises(section)
    assemble.dash_missing_values(section)
    assemble.join_code(section)
    for table in section.find_all("table"):
        assemble.repair_table(table)
    for corner in section.find_all(lambda tag: tag.name == "th" and not tag.get_text(strip=True)):
        corner.name, corner.attrs = "td", {}
    for words in section.select(".exercise strong"):
        assemble.name_what_is_needed(words, "the chart on the site")
    for element in section.find_all(True):
        for name in IDLE:
            element.attrs.pop(name, None)


def _set_apart(section: Tag) -> None:
    """Move to the end what would tell too early."""
    for title, name, parts in (
        (GUESSED, "guessed", _guessed(section)),
        ("The verdicts", "verdicts", section.select(".claim, .claims-disputed")),
        ("Answers", "answers", _answers(section)),
        ("Solutions", "solutions", _solutions(section)),
    ):
        if parts:
            end = _fragment(f'<section id="{name}" class="apart"><h2>{title}</h2></section>')
            end.extend(part.extract() for part in parts)
            section.append(end)


def _guessed(section: Tag) -> list[Tag]:
    """The charts that ask for a guess, each with what is said of it; their questions stay."""
    parts = []
    for figure in section.select("figure:has(.explorer-question)"):
        question, name = figure.select_one(".explorer-question"), figure["id"]
        figure.insert_before(question.extract())
        question["id"] = f"{name}-question"
        question.insert_after(_way(name, "Compare with the chart", "to-answer"))
        after = figure.find_next(
            lambda tag: tag.name == "figure" or HEADING.match(tag.name) or "notice" in tag.get("class", [])
        )
        figure.append(_way(question["id"], "Back to the question"))
        parts += [figure, *([after] if after is not None and "notice" in after.get("class", []) else [])]
    return parts


def _answers(section: Tag) -> list[Tag]:
    keys = section.select(".question + .question-key")
    for number, key in enumerate(keys, start=1):
        question = key.find_previous_sibling(class_="question")
        question["id"], key["id"] = f"question-{number}", f"answer-{number}"
        question.append(_way(key["id"], f"Answer to question {number}", "to-answer"))
        key.append(_way(question["id"], f"Back to question {number}"))
    return keys


def _solutions(section: Tag) -> list[Tag]:
    """The solutions of exercises; the title of each leads back to its exercise."""
    solutions = section.select(".solution")
    exercises = {one["id"]: one for one in section.select(".exercise[id]")}
    for solution in solutions:
        link = solution.select_one(".admonition-title a[href]")
        if link is not None:
            link.string = link.get_text(strip=True)
            link.insert_before(" ")
        exercise = exercises.get(link["href"].rpartition("#")[2]) if link else None
        if exercise is not None:
            exercise.append(_way(solution["id"], "Solution", "to-answer"))
    return solutions


def _way(target: str, words: str, kind: str = "way-back", file: str = "") -> Tag:
    return _fragment(f'<p class="{kind}"><a href="{file}#{target}">{words}</a></p>')


def list_answers(chapter: Chapter, others: Iterable[Chapter]) -> None:
    """Say on the page that keeps a reader's answers where there is a browser what stands in its place."""
    heading = chapter.heading.extract()
    chapter.section.clear()
    chapter.section.append(heading)
    chapter.section.append(_fragment(f"<p>{ANSWERS}</p>"))
    links = (
        f'<li><a href="{chapter.up}{one.file}#answers">{escape(one.label)}</a></li>'
        for one in others
        if one.section.find(id="answers")
    )
    chapter.section.append(_fragment(f"<ul>{''.join(links)}</ul>"))


# Notes ---------------------------------------------------------------------------------------------------------------


class Notes:
    """The notes of a chapter, each once, with a way back to every place that leads to it."""

    def __init__(self):
        self._notes: dict[str, tuple[Tag, list[str]]] = {}
        self._calls = 0

    def call(self, link: Tag, key: str, words: str, content: Iterable) -> None:
        """Let `link` lead to the note `key`, which says `words` and then `content`."""
        if key not in self._notes:
            item = _fragment(f'<li id="note-{len(self._notes) + 1}" epub:type="endnote"><p><b></b> </p></li>')
            item.b.string = words if words.endswith(".") else f"{words}."
            item.p.extend(content)
            self._notes[key] = item, []
        item, places = self._notes[key]
        self._calls += 1
        link.attrs = {
            "id": f"call-{self._calls}",
            "href": f"#{item['id']}",
            "epub:type": "noteref",
            "role": "doc-noteref",
            "class": link.get("class", []),
        }
        places.append(link["id"])

    def section(self) -> Tag | None:
        """The notes with their ways back, if there are any."""
        if not self._notes:
            return None
        made = _fragment(
            '<section id="notes" epub:type="endnotes" role="doc-endnotes"><h2>Notes</h2><ol class="notes"></ol></section>'
        )
        for item, places in self._notes.values():
            for number, place in enumerate(places, start=1):
                item.p.extend([" ", _way_back(place, number if len(places) > 1 else None)])
            made.ol.append(item)
        return made


def _way_back(place: str, number: int | None) -> Tag:
    words = f"Back to place {number} in the text" if number else "Back to the text"
    return _fragment(
        f'<a href="#{place}" epub:type="backlink" role="doc-backlink" aria-label="{words}">↩{number or ""}</a>'
    )


def add_notes(chapter: Chapter, sources: dict[str, Tag], sources_file: str) -> None:
    """Make notes of the cards of figures and of citations; `sources` are the entries of the list, by id.

    Where a page lists all that it rests on, a citation leads to the list itself.
    """
    notes, listed = Notes(), f"{chapter.up}{sources_file}"
    for link in chapter.section.select(".fact > a.fact-figure, .bibtex-citation a[href]"):
        source = link["href"].rpartition("#")[2]
        if "fact-figure" in link.get("class", []):
            card = link.find_next_sibling(class_="fact-card").extract()
            link.parent.unwrap()
            notes.call(link, card.decode_contents(), link.get_text(), _lines(card))
        elif source in sources and link.find_parent(class_="lesson-sources") is None:
            more = _fragment(f'<a href="{listed}#{source}">In the list of sources</a>')
            notes.call(link, source, link.get_text(), [*_inline(copy.copy(sources[source])), more])
    if (made := notes.section()) is not None:
        chapter.section.append(made)


def _lines(card: Tag) -> list:
    """The lines of a card, one after the other."""
    lines = []
    for line in card.find_all("span", recursive=False):
        lines += [*[part.extract() for part in list(line.children)], " "]
    return lines


def _inline(entry: Tag) -> list:
    """What an entry of the list says of its source, without what it was used for."""
    for used in entry.select(".source-uses"):
        used.decompose()
    return [
        part for paragraph in entry.find_all("p") for part in [*[p.extract() for p in list(paragraph.children)], " "]
    ]


# Links and ids -------------------------------------------------------------------------------------------------------


def finish(chapters: list[Chapter]) -> None:
    """Ids once a chapter, links only to what is in the book, sections with an id."""
    pictures = {
        f"{state.find_parent('figure')['id']}?{state.attrs.pop('data-state')}": state["id"]
        for chapter in chapters
        for state in chapter.section.select("[data-state]")
    }
    for chapter in chapters:
        _keep_ids_unique(chapter.section)
        for number, section in enumerate(chapter.section.find_all("section"), start=1):
            section.attrs.setdefault("id", f"section-{number}")
    held = {
        chapter.file: {tag["id"] for tag in [chapter.section, *chapter.section.find_all(id=True)]}
        for chapter in chapters
    }
    for chapter in chapters:
        for link in chapter.section.find_all("a"):
            _lead_to_picture(link, pictures)
            if not _leads_somewhere(link.get("href"), chapter, held):
                assemble.unlink(link)


def _keep_ids_unique(section: Tag) -> None:
    seen = set()
    for element in [section, *section.find_all(id=True)]:
        if element.get("id") in seen:
            del element["id"]
        else:
            seen.add(element.get("id"))


def _lead_to_picture(link: Tag, pictures: dict[str, str]) -> None:
    """A link to a state of a figure leads to its picture, or to the figure where that state is not drawn."""
    if "state" in link.get("class", []):
        path, _, state = link["href"].partition("#")
        link["href"] = f"{path}#{pictures.get(state, state.partition('?')[0])}"


def _leads_somewhere(address: str | None, chapter: Chapter, held: dict[str, set[str]]) -> bool:
    if not address:
        return False
    if re.match(r"(https?|mailto):", address):
        return True
    path, _, name = address.partition("#")
    file = normpath(str(PurePosixPath(chapter.file).parent / path)) if path else chapter.file
    return file in held and (not name or name in held[file])


def _fragment(html: str) -> Tag:
    """The one element, or several as a fragment, that `html` is."""
    soup = BeautifulSoup(html, "html.parser")
    found = list(soup.children)
    return found[0].extract() if len(found) == 1 else soup
