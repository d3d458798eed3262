"""Exercises and solutions of all pages, looked at together: sphinx-exercise tells neither line nor page of what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from coursebook.dataset.errors import nearest
from coursebook.page_text import Block, blocks

EXERCISES, SOLUTIONS = ("exercise", "exercise-start"), ("solution", "solution-start")
STARTED = ("exercise-start", "exercise-end", "solution-start", "solution-end")


def faults(pages: Mapping[str, Path]) -> list[str]:
    """What is wrong with the exercises of `pages`, which are files by the name to tell, each with its place."""
    found = [(name, block) for name, page in pages.items() for block in blocks(page)]
    exercises = [(name, block) for name, block in found if block.name in (*EXERCISES, *SOLUTIONS)]
    return [*_twice(exercises), *_unknown(exercises), *_open(found)]


def _twice(exercises: list[tuple[str, Block]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, block in exercises:
        place, label = f"{name}:{block.line}", block.option("label")
        if label and (other := first.setdefault(label, place)) != place:
            yield f"{place}: the label {label!r} is given twice, first at {other}. Give one of them another."


def _unknown(exercises: list[tuple[str, Block]]) -> Iterator[str]:
    known = {label for _, block in exercises if block.name in EXERCISES and (label := block.option("label"))}
    for name, block in exercises:
        if block.name in SOLUTIONS and block.argument not in known:
            what = f"there is no exercise {block.argument!r}" if block.argument else "it names no exercise"
            have = f"The exercises are: {', '.join(sorted(known))}" if known else "Give an exercise a label"
            yield f"{name}:{block.line}: {{{block.name}}}: {what}. {nearest(block.argument, known)}{have}."


def _open(found: list[tuple[str, Block]]) -> Iterator[str]:
    """Starts without an end, and ends without a start."""
    started: dict[tuple[str, str], tuple[str, Block]] = {}
    for name, block in found:
        if block.name not in STARTED:
            continue
        kind, _, which = block.name.partition("-")
        before = started.pop((name, kind), None)
        if which == "end" and before is None:
            yield f"{name}:{block.line}: {{{block.name}}}: nothing was started that it could end. Take it out."
        elif which == "start":
            started[name, kind] = (name, block)
            if before is not None:
                yield _never_ended(*before)
    yield from (_never_ended(*one) for one in started.values())


def _never_ended(name: str, block: Block) -> str:
    end = block.name.replace("start", "end")
    return f"{name}:{block.line}: {{{block.name}}} is never ended. End it by a block of its own, ```{{{end}}}."
