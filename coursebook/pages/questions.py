"""Self-check questions: `{question}` on a page, `{question-answers}` for the instructor's key, `{answer-sheet}` for what
a reader has answered.

On screen each answer is a `<details>`: opening it shows whether it is right and why, with no script. With one
(`static/answers.js`) the answers are radio buttons, and what is chosen is kept on the device under the question's name.
In print the options are lettered and nothing says which is right; an e-book has the key of each question beside it, which
stands at the end of the chapter (`editions/packages/chapters.py`).
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from coursebook.pages import usage
from coursebook.pages.printed import CONTENT, is_ebook, is_notebook, is_printed
from coursebook.questions import LETTERS, VERDICTS, QuestionError, name_of, read_answers
from coursebook.templating import render

logger = logging.getLogger(__name__)
NAMES = "questions.js"


class question(nodes.General, nodes.Element):
    """A question with its `number` on the page and its `name` in the book; children: question_text, then answers."""


class question_text(nodes.General, nodes.TextElement):
    """The words of a question."""


class answer(nodes.General, nodes.Element):
    """One answer, `right` or not, with its `letter`; children: answer_text and answer_feedback."""


class answer_text(nodes.General, nodes.TextElement):
    """The words of an answer."""


class answer_feedback(nodes.General, nodes.TextElement):
    """What a reader learns from having chosen an answer."""


class sheet(nodes.General, nodes.Element):
    """Of one lesson on the answer sheet: how much of it was answered; children: its title, then sheet_questions."""


class sheet_question(question):
    """A question on the answer sheet, hidden until it is answered."""


class Question(SphinxDirective):
    """A question that readers answer for themselves, with three to eight answers, one of them right.

        ```{question} Which bed is wetter?
        + The wet one. :: It had more rain.
        - The dry one. :: It had less,
          as its name says.
        - Neither. :: One of them is.
        ```

    `+` marks the right answer, and `::` stands before what a reader learns from having chosen one. Readers see the answers
    in an order of their own, so the right one has no favourite place.
    """

    optional_arguments, has_content, final_argument_whitespace = 1, True, True

    def run(self):
        try:
            if not self.arguments:
                raise QuestionError(0, "its words are missing. Write them behind {question}, on its line")
            answers = read_answers(list(self.content))
        except QuestionError as error:
            place = (self.env.docname, self.lineno + error.line)
            logger.warning("question: %s.", error, location=place, type="course", subtype="question")
            return []
        number = self.env.new_serialno("course-question") + 1
        node = question("", number=number, name=name_of(self.arguments[0], answers))
        self.set_source_info(node)
        node += question_text("", "", *self._inline(self.arguments[0], 0))
        for letter, one in zip(LETTERS, answers, strict=False):
            node += self._answer(letter, one)
        return [node]

    def _answer(self, letter, one):
        text = answer_text("", "", *self._inline(one.text, one.line))
        feedback = answer_feedback("", "", *self._inline(one.feedback, one.line))
        return answer("", text, feedback, letter=letter, right=one.right)

    def _inline(self, text, line):
        parsed, messages = self.state.inline_text(text, self.lineno + line)
        return [*parsed, *messages]


class AnswerSheet(SphinxDirective):
    """Every question of the book, shown as far as the reader has answered it."""

    def run(self):
        top = nodes.raw("", render("answer_sheet.html"), format="html")
        return [top, usage.page_list(kind="answer-sheet", docname=self.env.docname)]


class QuestionAnswers(SphinxDirective):
    """The right answers to every question of the book, with all feedback: the instructor's key."""

    def run(self):
        return [usage.page_list(kind="question-answers", docname=self.env.docname)]


class KeyTransform(SphinxPostTransform):
    """Fills the places left by `{question-answers}` and `{answer-sheet}`; in an e-book, puts its key after each question."""

    default_priority = 2  # before facts and citations inside the answers are resolved

    def run(self, **_):
        for kind, made in (("question-answers", self._key), ("answer-sheet", self._sheet)):
            for place in usage.placed(self.document, kind):
                place.replace_self([node for page in self._pages() for node in made(page)])
        if is_ebook(self.app):
            for one in list(self.document.findall(question)):
                one.parent.insert(one.parent.index(one) + 1, self._entry(one))

    def _pages(self):
        return [page for page in usage.reading_order(self.env) if page in self.env.titles]

    def _key(self, page):
        questions = list(self.env.get_doctree(page).findall(question))
        if not questions:
            return []
        return [nodes.rubric("", self._title(page)), *(self._entry(one) for one in questions)]

    def _title(self, page):
        number = usage.lesson_number(self.env, page)
        return f"{number + '. ' if number else ''}{self.env.titles[page].astext()}"

    def _sheet(self, page):
        questions = list(self.env.get_doctree(page).findall(question))
        if not questions or is_printed(self.app):
            return []
        heading = nodes.paragraph("", "", nodes.strong("", self._title(page)))
        return [sheet("", heading, *(self._asked(page, one) for one in questions))]

    def _asked(self, page, one):
        text, *answers = one.children
        anchor, number = f"question-{one['number']}", f"Question {one['number']}."
        link = usage.link(self.app, self.env.docname, page, anchor, number)
        asked = nodes.paragraph("", "", link, nodes.Text(" "), *self._copies(text))
        return sheet_question("", asked, *map(self._copy, answers), name=one["name"])

    def _copy(self, answered):
        copied = answered.copy()
        copied += [type(part)("", "", *self._copies(part)) for part in answered.children]
        return copied

    def _entry(self, one):
        text, *answers = one.children
        lead = nodes.strong("", f"Question {one['number']}. ")
        items = [nodes.definition_list_item("", *self._answer(each)) for each in answers]
        body = nodes.paragraph("", "", lead, *self._copies(text))
        return nodes.container("", body, nodes.definition_list("", *items), classes=["question-key"])

    def _answer(self, one):
        text, feedback = one.children
        verdict = nodes.strong("", VERDICTS[one["right"]] + " ")
        term = nodes.term("", f"{one['letter']}) ", *self._copies(text))
        return term, nodes.definition("", nodes.paragraph("", "", verdict, *self._copies(feedback)))

    def _copies(self, node):
        copies = [child.deepcopy() for child in node.children]
        for element in (e for copy in copies for e in copy.findall(nodes.Element)):
            element["ids"], element["names"] = [], []
            if isinstance(element, addnodes.pending_xref):
                element["refdoc"] = self.env.docname
        return copies


class ListTransform(SphinxPostTransform):
    """Where options cannot be opened one by one, a question is its text and a lettered list; in a notebook with the
    answers folded below."""

    default_priority = 3  # after the keys were made of the questions

    def run(self, **_):
        if self.app.builder.name == CONTENT:
            for node in self.document.findall(question):
                node["figures"] = [(one["figure"], one["query"]) for one in node[0].findall(_is_state)]
            return
        if not (is_printed(self.app) or is_notebook(self.app)):
            return
        for node in list(self.document.findall(question)):
            text, *answers = node.children
            lead = nodes.strong("", f"Question {node['number']}. ")
            paragraph = nodes.paragraph("", "", lead, *text.children)
            parts = [paragraph, _lettered([one[0].children for one in answers])]
            if is_notebook(self.app):
                opening = "<details><summary>Answers</summary>"
                verdicts = [
                    [nodes.strong("", VERDICTS[one["right"]]), nodes.Text(" "), *one[1].children] for one in answers
                ]
                parts += [nodes.raw("", opening, format="html"), _lettered(verdicts)]
                parts += [nodes.raw("", "</details>", format="html")]
            box = nodes.container("", *parts, classes=["question"])
            box.source, box.line = node.source, node.line
            node.replace_self(box)


def _is_state(node):  # by name: the module of states imports this one
    return node.tagname == "state_reference"


def _lettered(items):
    items = [nodes.list_item("", nodes.paragraph("", "", *words)) for words in items]
    return nodes.enumerated_list("", *items, enumtype="loweralpha", prefix="", suffix=")")


def _write_names(app, exception):
    """The names of each page's questions, for the counts that stand on every page."""
    if exception is not None or app.builder.name != "html":
        return
    pages = usage.reading_order(app.env)
    asked = {page: names for page in pages if (names := usage.questions_on(app.env, page))}
    target = Path(app.outdir) / "_static" / NAMES
    target.write_text(f"window.courseQuestions = {json.dumps(asked)};\n", encoding="utf-8")


def _visit_question(self, node):
    number, name = node["number"], node["name"]
    self.body.append(f'<div class="question" role="group" aria-labelledby="question-{number}" data-question="{name}">')


def _visit_text(self, node):
    number = node.parent["number"]
    self.body.append(f'<p class="question-text" id="question-{number}"><strong>Question {number}.</strong> ')


def _visit_answer(self, node):
    kind, letter = "right" if node["right"] else "wrong", node["letter"]
    if isinstance(node.parent, sheet_question):
        self.body.append(f'<div class="answer answer-{kind}" data-letter="{letter}" hidden>')
    else:
        name = f"question-{node.parent['number']}"
        self.body.append(f'<details class="answer answer-{kind}" name="{name}" data-letter="{letter}">')


def _depart_answer(self, node):
    self.body.append("</div>\n" if isinstance(node.parent, sheet_question) else "</details>\n")


def _visit_answer_text(self, node):
    tag = "p" if isinstance(node.parent.parent, sheet_question) else "summary"
    self.body.append(f'<{tag}><span class="answer-letter">{node.parent["letter"]})</span> ')


def _depart_answer_text(self, node):
    self.body.append("</p>\n" if isinstance(node.parent.parent, sheet_question) else "</summary>\n")


def _visit_feedback(self, node):
    sign = "✓" if node.parent["right"] else "✗"
    verdict = VERDICTS[node.parent["right"]]
    self.body.append(
        f'<p class="answer-feedback"><span class="answer-sign" aria-hidden="true">{sign}</span> '
        f"<strong>{verdict}</strong> "
    )


def _visit_sheet_question(self, node):
    self.body.append(f'<div class="question sheet-question" data-question="{node["name"]}" hidden>')


def _opening(tag):
    return lambda self, node: self.body.append(tag)


def setup(app):
    app.add_node(question, html=(_visit_question, _opening("</div>\n")))
    app.add_node(question_text, html=(_visit_text, _opening("</p>\n")))
    app.add_node(answer, html=(_visit_answer, _depart_answer))
    app.add_node(answer_text, html=(_visit_answer_text, _depart_answer_text))
    app.add_node(answer_feedback, html=(_visit_feedback, _opening("</p>\n")))
    app.add_node(sheet, html=(_opening('<section class="sheet" hidden>'), _opening("</section>\n")))
    app.add_node(sheet_question, html=(_visit_sheet_question, _opening("</div>\n")))
    app.add_directive("question", Question)
    app.add_directive("question-answers", QuestionAnswers)
    app.add_directive("answer-sheet", AnswerSheet)
    app.add_post_transform(KeyTransform)
    app.add_post_transform(ListTransform)
    app.connect("build-finished", _write_names)  # the layout links it
    app.add_js_file("answers.js", loading_method="defer")
