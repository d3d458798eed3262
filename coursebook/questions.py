"""Self-check questions: how they are written, and in which order readers see the answers."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

FEWEST_ANSWERS, LETTERS = 3, "abcdefgh"
VERDICTS = {True: "Right.", False: "Not quite."}
VERDICT_WORDS = ("Right.", "Right:", "Not quite", "Not so", "No.")


class QuestionError(ValueError):
    """A question that is not written as it should be; `line` counts from the directive's first line."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Answer:
    """An answer as written on the page."""

    right: bool
    text: str
    feedback: str
    line: int


def read_answers(lines: list[str]) -> list[Answer]:
    """The answers in the lines of a directive, in the order in which readers see them.

    That order comes from the answers' own words, so the right one has no favourite place. A line that starts with
    neither sign continues the line before. Raises QuestionError for a line without feedback, fewer than three
    or more than eight answers, or not exactly one right answer.
    """
    answers = [_read_answer(number, text) for number, text in _joined(lines)]
    if not FEWEST_ANSWERS <= len(answers) <= len(LETTERS):
        allowed = f"{FEWEST_ANSWERS} to {len(LETTERS)}"
        raise QuestionError(0, f"a question needs {allowed} answers, this one has {len(answers)}")
    right = sum(one.right for one in answers)
    if right != 1:
        raise QuestionError(0, f"a question needs exactly one right answer (+), this one has {right}")
    return sorted(answers, key=lambda one: sha256(one.text.encode()).hexdigest())


def name_of(question: str, answers: list[Answer]) -> str:
    """The name under which a reader's answer is kept: it changes with the words of question and answers alone, so that
    no answer is ever shown for a question that the reader did not see."""
    words = [question, *(f"{one.right} {one.text}" for one in answers)]
    return sha256("\0".join(words).encode()).hexdigest()[:8]


def _joined(lines):
    joined: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if line[:2] in ("+ ", "- "):
            joined.append((number, line))
        elif line and joined:
            joined[-1] = (joined[-1][0], f"{joined[-1][1]} {line}")
        elif line:
            raise QuestionError(number, f"an answer starts with '+ ' or '- ', not {line[:20]!r}")
    return joined


def _read_answer(number, line):
    text, separator, feedback = line[2:].partition(" :: ")
    if not separator or not text.strip() or not feedback.strip():
        raise QuestionError(number, "an answer is written '+ answer :: feedback' or '- answer :: feedback'")
    if feedback.strip().startswith(VERDICT_WORDS):
        raise QuestionError(
            number,
            f"readers are told {' or '.join(VERDICTS.values())!r} anyway; write the reason alone, "
            f"not {feedback.strip()[:40]!r}",
        )
    return Answer(line[0] == "+", text.strip(), feedback.strip(), number)


@dataclass(frozen=True)
class Question:
    """A question of a page: its `number` there, its words and answers as they are shown, the figures it asks about.

    `answers` are (right, words, feedback) in the order in which readers see them; `figures` (name, state) pairs.
    """

    number: int
    text: str
    answers: tuple[tuple[bool, str, str], ...]
    figures: tuple[tuple[str, str], ...] = ()


def asked(doctree, write) -> list[Question]:
    """The questions of a page whose references are resolved; `write(node)` gives the words in a node."""
    found = doctree.findall(lambda node: node.tagname == "question")
    return [_asked(node, write) for node in found]


def _asked(node, write):
    text, *answers = [child for child in node.children if child.tagname in ("question_text", "answer")]
    shown = tuple((one["right"], *(write(part) for part in one.children)) for one in answers)
    return Question(node["number"], write(text), shown, tuple(node.get("figures", ())))
