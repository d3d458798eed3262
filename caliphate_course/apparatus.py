"""What pages and notebooks both tell: the answers to self-check questions, and what is known of an article's claim."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from caliphate_course import data

FEWEST_ANSWERS, LETTERS = 3, "abcdefgh"
VERDICTS = {True: "Right.", False: "Not quite."}
VERDICT_WORDS = ("Right.", "Right:", "Not quite", "Not so", "No.")
LESSONS = {
    "origins": "origins-and-rise", "height": "the-caliphate", "fall": "the-fall", "membership": "who-joined",
    "air_war": "air-war", "allies": "uneasy-allies", "going_home": "going-home", "after": "after-the-caliphate",
    "justice": "justice-and-rebuilding", "politics": "what-became-of-the-alliances",
}  # fmt: skip
# The figure that bears on a claim: by topic and lesson, else by topic. Names and dates have none.
FIGURES = {
    ("territory", "height"): "fig-territory",
    "territory": "fig-towns",
    "victory_declared": "fig-towns",
    ("coalition", "air_war"): "fig-strikes",
    ("coalition", "membership"): "fig-membership",
    "coalition": "fig-relations",
    "affiliates": "fig-affiliates",
    "attacks_abroad": "fig-attacks-abroad",
    "raqqa_deal": "fig-stints",
    "syria_war": "fig-relations",
    "iraq_politics": "fig-collisions",
    "allies_collide": "fig-collisions",
    ("forecast", "after"): "fig-attacks-after",
    ("forecast", "politics"): "fig-relations-after",
    ("people_and_names", "height"): "fig-foreign-fighters",
    ("people_and_names", "allies"): "fig-relations",
}


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
            number, f"readers are told {' or '.join(VERDICTS.values())!r} anyway; write the reason alone"
        )
    return Answer(line[0] == "+", text.strip(), feedback.strip(), number)


def figure_for(row) -> str | None:
    """The label of the figure that bears on a claim, or None."""
    return FIGURES.get((row["topic"], row["lesson"])) or FIGURES.get(row["topic"])


def evidence(row) -> str:
    """What the reader finds behind the click, as MyST text."""
    sources = data.ids(row["source_ids"])
    cited = f"{{cite:p}}`{','.join(sources)}`" if sources else "No source found: not verified."
    figure = figure_for(row)
    see = f" and {{numref}}`{figure}`" if figure else ""
    lines = [
        f"{row['explanation']} {cited}",
        f"*Known in November 2017:* {row['then_evidence']}" if isinstance(row["then_evidence"], str) else "",
        f"*Known now:* {row['now_evidence']}" if isinstance(row["now_evidence"], str) else "",
        f"More in {{doc}}`{LESSONS[row['lesson']]}`{see}." if isinstance(row["lesson"], str) else "",
    ]
    return "\n\n".join(line for line in lines if line)
