"""Self-check questions: `{question}` on a page, `{question-answers}` for the instructor's key.

On screen each answer is a `<details>`: opening it shows whether it is right and why, with no script. In print the
options are lettered and nothing says which is right.
"""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from coursebook.pages import usage
from coursebook.pages.printed import is_notebook, is_printed
from coursebook.questions import LETTERS, VERDICTS, QuestionError, read_answers

logger = logging.getLogger(__name__)


class question(nodes.General, nodes.Element):
    """A question with its `number` on the page; children: question_text, then answers."""


class question_text(nodes.General, nodes.TextElement):
    """The words of a question."""


class answer(nodes.General, nodes.Element):
    """One answer, `right` or not, with its `letter`; children: answer_text and answer_feedback."""


class answer_text(nodes.General, nodes.TextElement):
    """The words of an answer."""


class answer_feedback(nodes.General, nodes.TextElement):
    """What a reader learns from having chosen an answer."""


class Question(SphinxDirective):
    """``{question} Text`` with one line per answer; a fault is a warning that names page and line."""

    required_arguments, has_content, final_argument_whitespace = 1, True, True

    def run(self):
        try:
            answers = read_answers(list(self.content))
        except QuestionError as error:
            place = (self.env.docname, self.lineno + error.line)
            logger.warning("question: %s.", error, location=place, type="course", subtype="question")
            return []
        number = self.env.new_serialno("course-question") + 1
        node = question("", number=number)
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


class QuestionAnswers(SphinxDirective):
    """``{question-answers}``: the right answers to every question of the book, with all feedback."""

    def run(self):
        return [usage.page_list(kind="question-answers", docname=self.env.docname)]


class KeyTransform(SphinxPostTransform):
    """Fills the places left by `{question-answers}`."""

    default_priority = 2  # before facts and citations inside the answers are resolved

    def run(self, **_):
        for place in usage.placed(self.document, "question-answers"):
            place.replace_self([node for page in self._pages() for node in self._key(page)])

    def _pages(self):
        return [page for page in usage.reading_order(self.env) if page in self.env.titles]

    def _key(self, page):
        questions = list(self.env.get_doctree(page).findall(question))
        if not questions:
            return []
        number = usage.lesson_number(self.env, page)
        title = f"{number + '. ' if number else ''}{self.env.titles[page].astext()}"
        return [nodes.rubric("", title), *(self._entry(one) for one in questions)]

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

    default_priority = 2

    def run(self, **_):
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


def _lettered(items):
    items = [nodes.list_item("", nodes.paragraph("", "", *words)) for words in items]
    return nodes.enumerated_list("", *items, enumtype="loweralpha", prefix="", suffix=")")


def _visit_question(self, node):
    name = f"question-{node['number']}"
    self.body.append(f'<div class="question" role="group" aria-labelledby="{name}">')


def _visit_text(self, node):
    number = node.parent["number"]
    self.body.append(f'<p class="question-text" id="question-{number}"><strong>Question {number}.</strong> ')


def _visit_answer(self, node):
    kind = "right" if node["right"] else "wrong"
    self.body.append(f'<details class="answer answer-{kind}" name="question-{node.parent["number"]}">')


def _visit_answer_text(self, node):
    self.body.append(f'<summary><span class="answer-letter">{node.parent["letter"]})</span> ')


def _visit_feedback(self, node):
    sign = "✓" if node.parent["right"] else "✗"
    verdict = VERDICTS[node.parent["right"]]
    self.body.append(
        f'<p class="answer-feedback"><span class="answer-sign" aria-hidden="true">{sign}</span> '
        f"<strong>{verdict}</strong> "
    )


def _closing(tag):
    return lambda self, node: self.body.append(tag)


def setup(app):
    app.add_node(question, html=(_visit_question, _closing("</div>\n")))
    app.add_node(question_text, html=(_visit_text, _closing("</p>\n")))
    app.add_node(answer, html=(_visit_answer, _closing("</details>\n")))
    app.add_node(answer_text, html=(_visit_answer_text, _closing("</summary>\n")))
    app.add_node(answer_feedback, html=(_visit_feedback, _closing("</p>\n")))
    app.add_directive("question", Question)
    app.add_directive("question-answers", QuestionAnswers)
    app.add_post_transform(KeyTransform)
    app.add_post_transform(ListTransform)
