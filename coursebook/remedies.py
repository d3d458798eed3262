"""What to do about what Sphinx and its extensions warn of: they say what is wrong, and leave it there."""

from __future__ import annotations

import re

# What a warning says, as it begins or by a word of its own, and the sentence to add.
ADVICE = (
    (
        r"duplicate label .*other instance",
        "Give one of the two another; a figure's is its `name`, as in chart.name = …",
    ),
    (r"Duplicate explicit target name", "The page has this label already. Give one of the two another."),
    (r"undefined label", "Correct it, or write (label)= before what is meant."),
    (r"unknown document|unknown target", "Correct it, or add the page to _toc.yml."),
    (r"cross-reference target not found|local id not found", "Correct the link, or what it leads to."),
    (r"could not find bibtex key", "Correct the id, or add the source to the table sources."),
    (r"term not in glossary", "Correct it, or add the term to the glossary."),
    (r"Unknown interpreted text role", "Correct its name; docs/authoring.md lists the roles."),
    (r"Unknown directive type", "Correct its name; docs/authoring.md lists the directives."),
    (r"Unknown option keys", "Correct the option, or take it out."),
    (r"argument\(s\) required, 0 supplied", "Write what is meant behind its name, on the same line."),
    (r"image file not readable", "Correct its path, or put the file there."),
    (r"download file not readable", "Correct its path, or put the file there."),
    (r"Non-consecutive header level", "Use the levels in turn: below # stands ##, below ## stands ###."),
    (r"stderr was found", "A reader would see it. Mend what the cell warns of, or keep it quiet."),
)


def advised(what: str) -> str:
    """A warning with what to do about it, if that is known and not said."""
    for pattern, advice in ADVICE:
        if re.search(pattern, what):
            return f"{what.rstrip('. ')}. {advice}"
    return what
