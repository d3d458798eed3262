"""What the figures' predictions have in common: a slider over numbers, and the gap between a guess and the data in words."""

from __future__ import annotations

import ipywidgets

from coursebook import months


def numbers(label: str, last: int, *, first: int = 0, step: int = 1, unit: str = "") -> ipywidgets.SelectionSlider:
    """A slider from `first` to `last`, with thousands marked and `unit` behind each number."""
    options = [(f"{number:,} {unit}".strip(), number) for number in range(first, last + 1, step)]
    return ipywidgets.SelectionSlider(options=options, value=first, description=label)


def against(guess: int, truth: int, words: str, *, unit: str = "", less: str = "fewer") -> str:
    """'You said 40, 27 more than the 13 …': `words` name what the data have; `less` is 'fewer' or 'less'."""
    said, apart = (f"{number:,} {unit}".strip() for number in (guess, abs(guess - truth)))
    if guess == truth:
        return f"You said {said}, the same as {words}."
    return f"You said {said}, {apart} {'more' if guess > truth else less} than {words}."


def month_against(guess: int, truth: int, words: str) -> str:
    """'You said July 2016, 17 months before IOM's counts crossed'; months are year * 100 + month."""
    apart = (guess // 100 - truth // 100) * 12 + guess % 100 - truth % 100
    count = f"{abs(apart)} month{'' if abs(apart) == 1 else 's'}"
    where = f"{count} {'after' if apart > 0 else 'before'}" if apart else "the month in which"
    return f"You said {months.words(guess)}, {where} {words}."
