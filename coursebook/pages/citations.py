"""The bibliography: made from the dataset's table of sources, cited through sphinxcontrib-bibtex.

`data/sources.csv` is the only list of sources. At the start of a build it is written as BibTeX, one file per kind,
into the build directory; citations, their labels and the entries of the sources page then come from bibtex.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as field_of
from functools import cache
from itertools import chain, count
from pathlib import Path

from docutils import nodes
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output.bibtex import Writer
from pybtex.plugin import register_plugin
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.unsrt import Style as Unsorted
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle as AuthorYearTitle
from pybtex.style.template import field, href, join, optional, optional_field, sentence, tag
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinxcontrib.bibtex.directives import BibliographyDirective
from sphinxcontrib.bibtex.plugin import register_plugin as register_reference_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from coursebook import course, third_party
from coursebook.dataset import DataError, ids
from coursebook.pages import usage
from coursebook.pages.printed import is_printed
from coursebook.words import date_words

logger = logging.getLogger(__name__)
DATA_FOLDER = "data"
# How a reader is told of each kind, in the order of the sources page.
KINDS = {
    "official": "Official",
    "press": "Press",
    "research": "Research",
    "ngo": "Non-governmental organisations",
    "tertiary": "Tertiary",
    "repost": "Reposts",
}
_PERSON = re.compile(r"^[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}$")


def source_anchor(source: str) -> str:
    """The id of a source's entry on the sources page."""
    return f"source-{source}"


def entry(source) -> Entry:
    """A row of the sources table (a namedtuple with `label_year`) as a BibTeX entry."""
    authors = [Person(name) if _PERSON.match(name) else _body(name) for name in _authors(source)]
    fields = {"title": source.title, "publisher": source.publisher, "year": source.label_year, "url": source.url}
    if not _authors(source):
        authors = [_body(source.publisher)]
        del fields["publisher"]
    if source.when:
        fields["when"] = source.when
    return Entry("misc", fields=fields, persons={"author": authors})


def _body(name):
    """A corporate author: braces keep BibTeX from taking the name for a person's."""
    return Person("{" + name + "}")


def _authors(source):
    author = source.author if isinstance(source.author, str) else ""
    return [name for name in re.split(r"\s*;\s*| and ", author) if name]


def bibliography() -> dict[str, BibliographyData]:
    """Every source as BibTeX data, by kind.

    Sources that would have the same label ("BBC News, 2017") are told apart by a letter after the year.
    """
    table = course.data().sources(course.data().load("sources")["id"]).reset_index()
    table["label_year"] = _distinct_years(table)
    table["when"] = [_day_or_month(row) for _, row in table.iterrows()]
    result = {kind: BibliographyData() for kind in KINDS}
    for row in table.itertuples():
        result[row.kind].add_entry(row.id, entry(row))
    return result


def _day_or_month(row) -> str:
    """The day or month of publication in words, '' if only the year or nothing is known."""
    return "" if row["date_precision"] == "year" else date_words(row)


def _distinct_years(table):
    name = table["author"].fillna(table["publisher"])
    ordered = table.assign(name=name).sort_values(["name", "year", "date", "id"])
    sizes, seen = Counter(zip(ordered["name"], ordered["year"], strict=True)), defaultdict(count)
    labels = {}
    for row in ordered.itertuples():
        key = (row.name, row.year)
        letter = _letters(next(seen[key])) if sizes[key] > 1 else ""
        labels[row.id] = f"{row.year}{'-' if row.year == 'n.d.' and letter else ''}{letter}"
    return table["id"].map(labels)


def _letters(number: int) -> str:
    """0 is a, 25 is z, 26 is aa."""
    head, last = divmod(number, 26)
    return (_letters(head - 1) if head else "") + chr(ord("a") + last)


class PlainAddresses(Writer):
    """Writes BibTeX with addresses as they are: LaTeX escapes in them would come back as other characters."""

    def _write_field(self, stream, type, value):
        if type == "url":
            stream.write(f",\n    url = {{{value}}}")
        else:
            super()._write_field(stream, type, value)


class KeyLabels(BaseLabelStyle):
    """Labels nobody sees: the list shows none, and citations print author and year."""

    def format_labels(self, sorted_entries):
        for one in sorted_entries:
            yield one.key


class BySurname(AuthorYearTitle):
    """People and bodies in one alphabet: the braces around a body's name would put all bodies after all people."""

    def person_key(self, person):
        return super().person_key(person).replace("{", "")


class SourceStyle(Unsorted):
    """Author (surname first, as in citations) or publisher, linked title, publisher, date of publication."""

    default_label_style = KeyLabels
    default_name_style = "lastfirst"
    default_sorting_style = BySurname

    def get_misc_template(self, e):
        return toplevel[
            join(sep=" ")[self.format_names("author", as_sentence=False), join["(", field("year"), ")."]],
            sentence[href(field("url", raw=True))[tag("em")[field("title")]]],
            optional[sentence[field("publisher")]],
            sentence[optional_field("when")],
        ]


@dataclass
class RoundBrackets(AuthorYearReferenceStyle):
    """(BBC News, 2017) and BBC News (2017)."""

    bracket_parenthetical: BracketStyle = field_of(default_factory=lambda: BracketStyle(left="(", right=")"))
    bracket_textual: BracketStyle = field_of(default_factory=lambda: BracketStyle(left="(", right=")"))


class SourceList(BibliographyDirective):
    """Every source of the kind that the argument names (`press`), each with what it was used for."""

    required_arguments, optional_arguments, has_content = 1, 0, False
    option_spec = {}

    def run(self):
        kind = self.arguments[0]
        if kind not in KINDS:
            raise self.error(f"There is no kind of source {kind!r}. The kinds are: {', '.join(KINDS)}.")
        path = _bibfile(self.env.app, kind)
        self.arguments = ["/" + os.path.relpath(path, self.env.srcdir)]
        self.options = {"all": None}
        place = usage.page_list(kind="source-uses", docname=self.env.docname)
        return [place, *super().run()]


class SourceUses(SphinxPostTransform):
    """Turns bibtex's citations into a list and says of each source what it was used for."""

    default_priority = 6  # right after sphinxcontrib-bibtex has made the citations

    def run(self, **_):
        for place in usage.placed(self.document, "source-uses"):
            place.parent.remove(place)
        for container in list(self.document.findall(nodes.container)):
            citations = [child for child in container.children if isinstance(child, nodes.citation)]
            if citations:
                container.replace_self(nodes.bullet_list("", *map(self._item, citations), classes=["source-list"]))

    def _item(self, citation):
        ids = citation["ids"]
        source = ids[0].removeprefix("source-")
        body = [child for child in citation.children if not isinstance(child, nodes.label)]
        return nodes.list_item("", *body, *self._uses(source), ids=ids)

    def _uses(self, source):
        tables = _rows_by_source().get(source, {})
        parts = [
            [
                self._link(course.current().data_page, f"table-{table}", short_title(table)),
                nodes.Text(f" ({_rows(number)})"),
            ]
            for table, number in tables.items()
        ]
        used = [page for page in usage.lessons_in_order(self.env) if source in usage.of(self.env)[page].sources]
        parts += [[self._link(page)] for page in used]
        paragraphs = [_listed("Used for ", parts)] if parts else []
        if tables and not is_printed(self.app):
            uri = f"{self.app.builder.get_relative_uri(self.env.docname, 'rows/by-source')}#{source}"
            paragraphs[0] += [
                nodes.Text(" "),
                nodes.reference("", "", nodes.Text("See the rows"), refuri=uri, internal=True),
            ]
        note = _source_notes().get(source)
        return [*([nodes.paragraph("", note, classes=["source-note"])] if note else []), *paragraphs]

    def _link(self, page, anchor="", text=""):
        if page not in self.env.titles:
            return nodes.Text(text)
        return usage.link(self.app, self.env.docname, page, anchor, text)


def short_title(table: str) -> str:
    """A table's title up to its colon."""
    return course.data().resource(table)["title"].partition(":")[0]


def _listed(lead, parts):
    paragraph = nodes.paragraph("", lead, classes=["source-uses"])
    for number, part in enumerate(parts):
        paragraph += [*([nodes.Text("; ")] if number else []), *part]
    paragraph += nodes.Text(".")
    return paragraph


def _rows(number):
    return f"{number} row{'s' if number > 1 else ''}"


def row_sources(table: str) -> list[set[str]]:
    """The sources of each row of `table`; some columns have one of their own, such as `population_source`."""
    frame = course.data().load(table)
    keys = course.data().resource(table)["schema"].get("foreignKeys", [])
    own = [name for key in keys if key["reference"]["resource"] == "sources" for name in key["fields"]]
    columns = [name for name in ("source_ids", *own) if name in frame]
    return [{one for cell in row for one in ids(cell)} for row in frame[columns].itertuples(index=False)]


@cache
def _rows_by_source() -> dict[str, dict[str, int]]:
    """For each source id the tables that use it, with their numbers of rows."""
    result: dict[str, dict[str, int]] = defaultdict(dict)
    for table in course.data().tables():
        try:
            cited = row_sources(table)
        except DataError as error:
            logger.warning("%s", error, type="course", subtype="data")
            continue
        for source, number in Counter(chain.from_iterable(cited)).items():
            result[source][table] = number
    return result


@cache
def _source_notes() -> dict[str, str]:
    table = course.data().load("sources")
    noted = table[table["note"].notna()]
    return {row.id: row.note[:1].upper() + row.note[1:].rstrip(".") + "." for row in noted.itertuples()}


class LessonSources(SphinxDirective):
    """The tables and sources that this page's figures, facts and citations use."""

    def run(self):
        return [usage.page_list(kind="lesson-sources", docname=self.env.docname)]


class LessonSourcesTransform(SphinxPostTransform):
    """Fills the places left by `{lesson-sources}`."""

    default_priority = 3

    def run(self, **_):
        for place in usage.placed(self.document, "lesson-sources"):
            used = usage.of(self.env).get(place["docname"], usage.Usage())
            place.replace_self([*self._tables(used.tables), *self._sources(list(used.sources))])

    def _tables(self, names):
        if not names:
            return []
        items = [nodes.list_item("", self._table(name)) for name in course.data().tables() if name in names]
        lead = nodes.paragraph("", "Tables of the course's dataset that this page draws on:")
        return [lead, nodes.bullet_list("", *items, classes=["lesson-tables"])]

    def _table(self, name):
        descriptor = course.data().resource(name)
        title = nodes.Text(descriptor["title"])
        if course.current().data_page in self.env.titles:
            title = usage.link(
                self.app, self.env.docname, course.current().data_page, f"table-{name}", descriptor["title"]
            )
        paragraph = nodes.paragraph("", "", title, nodes.Text(f", {descriptor['rows']} rows"))
        if not is_printed(self.app):
            uri = table_uri(self.app, self.env.docname, descriptor["path"])
            link = nodes.reference("", "", nodes.Text(descriptor["path"]), refuri=uri, internal=True)
            paragraph += [nodes.Text(" ("), link, nodes.Text(")")]
        return paragraph

    def _sources(self, ids):
        known = set(course.data().load("sources")["id"])
        table = course.data().sources([i for i in ids if i in known])
        groups = [(words, table[table["kind"] == kind]) for kind, words in KINDS.items()]
        return [node for words, group in groups if len(group) for node in self._group(words, group)]

    def _group(self, words, group):
        heading = f"{words} ({len(group)})"
        if is_printed(self.app):
            lead = nodes.strong("", f"{heading}: ")
            return [
                nodes.paragraph("", "", lead, citation(group.index, "p", self.env.docname), classes=["lesson-sources"])
            ]
        items = [
            nodes.list_item(
                "", nodes.paragraph("", "", citation([row.Index], "t", self.env.docname), nodes.Text(f". {row.title}"))
            )
            for row in group.itertuples()
        ]
        opening = f'<details class="lesson-sources"><summary>{heading}</summary>'
        return [
            nodes.raw("", opening, format="html"),
            nodes.bullet_list("", *items),
            nodes.raw("", "</details>", format="html"),
        ]


def citation(ids: Iterable[str], form: str, page: str) -> addnodes.pending_xref:
    """The sources `ids` cited on `page`, as ``{cite:p}`` ("p", in brackets) or ``{cite:t}`` ("t", as words) do."""
    return addnodes.pending_xref(
        "",
        nodes.inline(),
        refdoc=page,
        refdomain="cite",
        reftype=form,
        reftarget=",".join(ids),
        refexplicit=False,
        refwarn=True,
    )


def table_uri(app, page: str, path: str) -> str:
    """Address of a file of the dataset as seen from `page`."""
    depth = app.builder.get_target_uri(page).count("/")
    return "../" * depth + f"{DATA_FOLDER}/{path}"


def _bibfile(app, kind) -> Path:
    """One place for all builders, for what Sphinx has read of a page remembers it."""
    return Path(app.srcdir) / "_build" / "bibliography" / f"{kind}.bib"


def _write_bibliography(app, config):
    try:
        bibliographies = bibliography()
    except DataError as error:
        raise ExtensionError(str(error)) from error
    for kind, entries in bibliographies.items():
        path, text = _bibfile(app, kind), PlainAddresses().to_string(entries)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    config.bibtex_bibfiles = [str(_bibfile(app, kind)) for kind in bibliographies]
    config.bibtex_default_style = "course"
    config.bibtex_reference_style = "course"
    config.bibtex_cite_id = source_anchor("{key}")
    config.bibtex_bibliography_id = "sources-{bibliography_count}"
    config.bibtex_tooltips = False


def setup(app):
    third_party.cache_plugins()
    third_party.cache_names()
    register_plugin("pybtex.style.formatting", "course", SourceStyle)
    register_reference_plugin("sphinxcontrib.bibtex.style.referencing", "course", RoundBrackets)
    app.setup_extension("sphinxcontrib.bibtex")
    app.connect("config-inited", _write_bibliography)
    app.add_directive("source-list", SourceList)
    app.add_directive("lesson-sources", LessonSources)
    app.add_post_transform(SourceUses)
    app.add_post_transform(LessonSourcesTransform)
