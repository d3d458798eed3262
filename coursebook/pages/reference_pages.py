"""Reference pages made from the data: dictionary and downloads, glossary, index of names."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import ensuredir

from coursebook import course
from coursebook.dataset import DataError, ids
from coursebook.page_text import as_text
from coursebook.pages import coverage, usage
from coursebook.pages import rows as row_pages
from coursebook.pages.citations import DATA_FOLDER, table_uri
from coursebook.pages.explorer_figure import words_of
from coursebook.pages.printed import is_printed
from coursebook.templating import render

logger = logging.getLogger(__name__)
# Extra keys of a table in datapackage.json that are lists of sentences, with their headings.
CAVEATS = {"known_inaccuracies": "Known inaccuracies", "not_for": "What not to do with it"}
TERMS = {"licence_note": "Licence", "attribution": "Attribution"}


class DataDictionary(SphinxDirective):
    """A section for each table of the data package."""

    def run(self):
        self.env.note_dependency(str(course.data().folder / "datapackage.json"))
        return [self._section(name) for name in course.data().tables()]

    def _section(self, name):
        table = course.data().resource(name)
        section = nodes.section("", ids=[f"table-{name}"])
        section += nodes.title("", table["title"])
        self.state.document.note_explicit_target(section, section)
        section += nodes.paragraph("", "", *_words(table["description"]))
        section += usage.page_list(
            kind="download",
            docname=self.env.docname,
            path=table["path"],
            rows=table["rows"],
            table=name if name != "sources" else "",
        )
        section += self._strip(name)
        for key, heading in CAVEATS.items():
            section += _sentences(heading, table.get(key, []))
        for key, heading in TERMS.items():
            if table.get(key):
                section += nodes.paragraph("", "", nodes.strong("", f"{heading}. "), *_words(table[key]))
        fields = [_in_parts(column_words(field, table)) for field in table["schema"]["fields"]]
        section += nodes.raw("", render("dictionary_table.html", table=table, fields=fields), format="html")
        return section

    def _strip(self, name):
        try:
            years = coverage.years(name)
        except DataError as error:
            logger.warning("%s", error, location=self.get_location(), type="course", subtype="data")
            return []
        if years.empty:
            return []
        html = render("dictionary_strip.html", svg=coverage.svg(years), words=coverage.words(years))
        return [nodes.raw("", html, format="html")]


def _words(text):
    """Text in which `words in backticks` are code."""
    parts = enumerate(text.split("`"))
    return [nodes.literal("", part) if number % 2 else nodes.Text(part) for number, part in parts if part]


def _sentences(heading, sentences):
    if not sentences:
        return []
    items = [nodes.list_item("", nodes.paragraph("", "", *_words(sentence))) for sentence in sentences]
    return [nodes.paragraph("", "", nodes.strong("", f"{heading}.")), nodes.bullet_list("", *items)]


def _points_to(field, table):
    """The column of a table, or of the base map, that holds the values of this one; empty if it stands for itself."""
    target = field.get("references")
    if target:
        several = f", several joined by {target['delimiter']}" if "delimiter" in target else ""
        return f"`{target['field']}` of `{target['resource']}`{several}"
    for key in table["schema"].get("foreignKeys", []):
        if field["name"] in key["fields"]:
            return f"`{key['reference']['fields'][0]}` of `{key['reference']['resource'] or table['name']}`"
    return ""


def column_words(field: dict, table: dict) -> dict:
    """A column of `table` as the dictionary tells it: name, type, unit, meaning, what is allowed, whether it must be there."""
    limits, points_to = field.get("constraints", {}), _points_to(field, table)
    allowed = list(limits.get("enum", []))
    bounds = [f"at least {limits['minimum']}"] if "minimum" in limits else []
    bounds += [f"at most {limits['maximum']}"] if "maximum" in limits else []
    meaning = field.get("description") or field.get("title", "")
    return {
        "column": field["name"],
        "type": field["type"],
        "unit": field.get("unit", ""),
        "meaning": meaning[:1].upper() + meaning[1:],
        "allowed": points_to or ", ".join(map(str, allowed)) or ", ".join(bounds),
        "required": bool(limits.get("required")),
    }


def _in_parts(column: dict) -> dict:
    """With its words cut at the backticks: every second part is code."""
    return column | {key: column[key].split("`") for key in ("unit", "meaning", "allowed")}


class DatasetNumbers(SphinxDirective):
    """The numbers of tables, rows and sources, how they were read, and the archive to download."""

    def run(self):
        counted = [course.data().resource(name)["rows"] for name in course.data().tables() if name != "sources"]
        seen = course.data().load("sources")["seen"]
        words = (
            f"{len(counted)} tables with {sum(counted):,} rows rest on {len(seen):,} sources. "
            f"{(seen == 'excerpt').sum():,} of these were read in excerpts or copies, not whole."
        )
        archive = usage.page_list(
            kind="download", docname=self.env.docname, path=course.current().archive, rows=None, table=""
        )
        return [nodes.paragraph("", words), archive]


class DownloadTransform(SphinxPostTransform):
    """Links to the files of the dataset, on screen only."""

    default_priority = 3

    def run(self, **_):
        printed = is_printed(self.app)
        for place in usage.placed(self.document, "download"):
            rows = f"{place['rows']:,} rows. " if place["rows"] is not None else ""
            paragraph = nodes.paragraph("", rows, classes=["dictionary-facts"])
            if not printed:
                uri = table_uri(self.app, place["docname"], place["path"])
                text = f"Download {place['path']}"
                paragraph += nodes.reference("", "", nodes.Text(text), refuri=uri, internal=True)
                if place["table"]:
                    uri = self.app.builder.get_relative_uri(place["docname"], row_pages.page_of(place["table"]))
                    paragraph += [
                        nodes.Text(", or see "),
                        nodes.reference("", "", nodes.Text("its rows"), refuri=uri, internal=True),
                    ]
            place.replace_self(paragraph if paragraph.children else [])


class CourseGlossary(SphinxDirective):
    """Every row of the table `glossary` as a term that `{term}` can point to."""

    def run(self):
        path = course.data().resource("glossary")["path"]
        self.env.note_dependency(str(course.data().folder / path))
        rows = course.data().load("glossary").sort_values("term", key=lambda terms: terms.str.casefold())
        terms = dict(zip(rows["id"], rows["term"], strict=True))
        lines = ["```{glossary}"]
        for row in rows.itertuples():
            lines += [row.term, *(f"  {line}" for line in _definition(row, terms)), ""]
        lines.append("```")
        container = nodes.Element()
        self.state.nested_parse(StringList(lines, source=path), self.content_offset, container)
        return container.children


def _definition(row, terms):
    """Lines of MyST: script and transliteration, then the definition."""
    script = getattr(row, "arabic", None)
    spoken = getattr(row, "transliteration", None)
    parts = []
    if isinstance(script, str):
        parts.append(f'<span lang="ar" dir="rtl">{escape(script)}</span>')
    if isinstance(spoken, str):
        parts.append(f"*{as_text(spoken)}*")
    lead = f"{', '.join(parts)}. " if parts else ""
    sources = ids(row.source_ids)
    cited = f" {{cite:p}}`{','.join(sources)}`" if sources else " (a general term, in our own words)"
    seen = [terms[name] for name in ids(row.see_also)]
    see = f" See also {', '.join(f'{{term}}`{term}`' for term in seen)}." if seen else ""
    return [f"{lead}{as_text(row.definition.rstrip('.'))}{cited}.{see}"]


class Names(SphinxDirective):
    """Who or what is named in which lesson.

    With an argument, one of the course's `names`, the names come from the dataset. Without, each line of the content is
    `Name | other form | … :: who that is`. A name that no lesson uses is left out.
    """

    optional_arguments, has_content = 1, True

    def run(self):
        makers = course.current().names
        kind = self.arguments[0] if self.arguments else None
        if kind is not None and kind not in makers:
            raise self.error(f"There is no list of names {kind!r}. There are: {', '.join(makers)}.")
        names = makers[kind]() if kind else [_written(line) for line in self.content if line.strip()]
        return [usage.page_list(kind="names", docname=self.env.docname, entries=names)]


def name_anchor(name: str) -> str:
    """Where the page of names tells who or what `name` is."""
    return f"name-{nodes.make_id(name)}"


def _written(line):
    forms, _, who = line.partition("::")
    return [form.strip() for form in forms.split("|")], who.strip()


class NamesTransform(SphinxPostTransform):
    """Fills the places left by `{names}` with the lessons that use each name."""

    default_priority = 3

    def run(self, **_):
        places = usage.placed(self.document, "names")
        if not places:
            return
        texts = {page: _words_of(self.env.get_doctree(page)) for page in self._lessons()}
        for place in places:
            found = [(forms[0], who, _pages_with(forms, texts)) for forms, who in place["entries"]]
            items = [self._item(*entry) for entry in sorted(found, key=lambda e: _sort_key(e[0])) if entry[2]]
            listed = nodes.bullet_list("", *items, classes=["names"])
            place.replace_self(listed if items else nodes.paragraph("", "No lesson names any."))

    def _lessons(self):
        return [page for page in usage.lessons_in_order(self.env) if usage.lesson_number(self.env, page)]

    def _item(self, name, who, pages):
        lessons = "Lesson" if len(pages) == 1 else "Lessons"
        paragraph = nodes.paragraph("", "", nodes.strong("", name), nodes.Text(f": {who.rstrip('.')}. {lessons} "))
        for position, page in enumerate(pages):
            number = usage.lesson_number(self.env, page)
            paragraph += [
                nodes.Text(", " if position else ""),
                usage.link(self.app, self.env.docname, page, "", f"{number} {self.env.titles[page].astext()}"),
            ]
        paragraph += nodes.Text(".")
        return nodes.list_item("", paragraph, ids=[name_anchor(name)])


class LessonMap(SphinxDirective):
    """The lessons by part, each with its question and the time it takes."""

    def run(self):
        return [usage.page_list(kind="lesson-map", docname=self.env.docname)]


class Start(SphinxDirective):
    """A link to the first lesson, which a script makes one to where a reader stopped."""

    def run(self):
        return [usage.page_list(kind="start", docname=self.env.docname)]


class LessonMapTransform(SphinxPostTransform):
    """Fills the places left by `{lesson-map}` and `{start}` from the boxes at the top of the lessons."""

    default_priority = 3

    def run(self, **_):
        for place in usage.placed(self.document, "start"):
            place.replace_self([] if is_printed(self.app) else self._start())
        for place in usage.placed(self.document, "lesson-map"):
            place.replace_self([node for caption, pages in self._parts() for node in self._part(caption, pages)])

    def _start(self):
        first = next((page for _, pages in self._parts() for page in pages), None)
        if first is None:
            return []
        time = re.search(r"\d+ min", lesson_box(self.env.get_doctree(first)).get("Time", ""))
        words = f"Start lesson {usage.lesson_number(self.env, first)}" + (f" ({time[0]})" if time else "")
        link = usage.link(self.app, self.env.docname, first, "", words)
        link["classes"].append("course-start")
        return [nodes.paragraph("", "", link, classes=["course-start-line"])]

    def _parts(self):
        for toctree in self.env.get_doctree(self.env.config.root_doc).findall(addnodes.toctree):
            pages = [page for _, page in toctree["entries"] if page in self.env.titles]
            numbered = [page for page in pages if usage.lesson_number(self.env, page)]
            if numbered:
                yield toctree["caption"], numbered

    def _part(self, caption, pages):
        items = [nodes.list_item("", self._lesson(page)) for page in pages]
        heading = nodes.paragraph("", "", nodes.strong("", caption))
        return [heading, nodes.bullet_list("", *items, classes=["lesson-map"])]

    def _lesson(self, page):
        number = usage.lesson_number(self.env, page)
        text = f"{number}. {self.env.titles[page].astext()}"
        paragraph = nodes.paragraph("", "", usage.link(self.app, self.env.docname, page, "", text))
        told = lesson_box(self.env.get_doctree(page))
        if "Time" in told:
            paragraph += nodes.Text(f" ({told['Time']})")
        if "Question" in told:
            paragraph += nodes.Text(f". {told['Question']}")
        return paragraph


def lesson_box(doctree) -> dict[str, str]:
    """What the box "This lesson" says under its bold words that end in a full stop, such as `Question` and `Time`."""
    told = {}
    for box in doctree.findall(nodes.admonition):
        if "lesson" not in box["classes"]:
            continue
        for paragraph in box.findall(nodes.paragraph):
            parts = re.split(r"(Question|Time|Before this|Content note)\.\s+", paragraph.astext())
            told |= {name: text.strip(" \n·") for name, text in zip(parts[1::2], parts[2::2], strict=True)}
    return told


def _words_of(doctree) -> str:
    """A page's words, those of its figures with them."""
    raw = (words_of(node.astext()) for node in doctree.findall(nodes.raw))
    plain = (node.astext() for node in doctree.findall(nodes.Text) if not isinstance(node.parent, nodes.raw))
    return "\n".join([*plain, *raw])


def _pages_with(forms, texts):
    pattern = "|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in forms)
    # Most pages have most names nowhere, which is told sooner without the pattern.
    return [page for page, text in texts.items() if any(form in text for form in forms) and re.search(pattern, text)]


def _sort_key(name):
    return re.sub(r"^al-", "", name.casefold())


def _copy_dataset(app, exception):
    """Put the tables, their descriptor and one archive of all beside the pages."""
    if exception is not None or is_printed(app):
        return
    folder = Path(app.outdir) / DATA_FOLDER
    ensuredir(folder)
    created = datetime.fromisoformat(course.data().package()["created"]).timetuple()[
        :6
    ]  # the same data make the same archive
    paths = ["datapackage.json", *(resource["path"] for resource in course.data().package()["resources"])]
    with zipfile.ZipFile(folder / course.current().archive, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            content = (course.data().folder / path).read_bytes()
            (folder / path).write_bytes(content)
            archive.writestr(zipfile.ZipInfo(path, created), content, zipfile.ZIP_DEFLATED)


def setup(app):
    app.add_directive("data-dictionary", DataDictionary)
    app.add_directive("dataset-numbers", DatasetNumbers)
    app.add_directive("course-glossary", CourseGlossary)
    app.add_directive("names", Names)
    app.add_directive("lesson-map", LessonMap)
    app.add_directive("start", Start)
    app.add_post_transform(DownloadTransform)
    app.add_post_transform(NamesTransform)
    app.add_post_transform(LessonMapTransform)
    app.connect("build-finished", _copy_dataset)
