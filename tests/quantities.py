"""What counts as a quantity in a text, and what may stand there as digits: one rule for pages and for figures."""

from __future__ import annotations

import re

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# What may stand in prose as digits: dates, years, ordinals, numbered things and names that hold a number.
ALLOWED = re.compile(
    rf"""
      \b\d{{4}}-\d\d-\d\d\b
    | \b{DAY}(?:(?:\s*(?:[–-]|,|to|and|or)\s*){DAY})*\s+(?:of\s+)?{MONTH}(?:\s+\d{{4}})?
    | \b{MONTH}\s+{DAY}(?:(?:\s*(?:[–-]|,|to|and)\s*){DAY})*\b(?!\s*(?:%|million|people))(?:,?\s+\d{{4}})?
    | (?<=[Ii]n\ )(?:19|20)\d\d\b(?!,\d)
    | \b(?:1[6-9]|20)\d\d(?:[–/-]\d{{2,4}})?(?:s|'s|’s)?\b(?!,\d)(?!\s*(?:%|km|people|strikes|million|fighters))
    | \b\d+(?:st|nd|rd|th)\b
    | \b(?:[Ll]essons?|[Pp]arts?|[Cc]hapters?|[Ff]igures?|[Tt]ables?|[Qq]uestions?|[Ee]xercises?|[Rr]ows?|[Ss]teps?
        |[Ss]ections?|[Rr]esolutions?|[Aa]rticles?|[Hh]ighway|[Pp]age|[Vv]ersion|[Cc]laims?|[Dd]imensions?|BY|Attribution|JupyterLab|QTI|SCORM|Notebook|Tower|G)
        \s*\d+(?:\.\d+)*(?:\s*(?:[–-]|to|and|,)\s*\d+)*
    | \b[A-Za-z]+(?:/[A-Za-z])?[-/]?\d[\w/-]*
    | \b9/11\b
    | \b\d+\.\d+\.\d+\b
    """,
    re.VERBOSE,
)
SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred half"
).split()
IN_DIGITS = re.compile(
    r"(?<![\w.])[$€£]?\d(?:[\d,.]*\d)?\s*(?:%|per cent|percent|million|billion|thousand|km²|km2|km)?"
)
# Amounts that name no exact number and are claims all the same; a paragraph that has one needs a source.
LOOSE = re.compile(
    rf"""\b(?:
        (?:dozens|hundreds|thousands|millions|billions)
      | (?:a|some|few)\ (?:dozen|hundred|thousand|million|billion)
      | (?:about|nearly|almost|over|(?:more|less|fewer)\ than)\ (?:a\ )?half
      | half\ of\ (?!20\d\d)
      | (?:{"|".join(SMALL)})[ -](?:thirds?|quarters?|fifths?|tenths?)
      | (?:{"|".join(SMALL)}|several|many)\ times\ (?:as|the|that|too|more|less)
      | (?:{"|".join(SMALL)})(?:\ \w+)?\ in\ (?:{"|".join(SMALL)})
      | (?:{"|".join(SMALL)})fold
      | (?:doubled|trebled|tripled|halved)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
IN_WORDS = re.compile(
    rf"\b(?:{'|'.join(SMALL)})(?:[ -](?:a|and|{'|'.join(SMALL)}))*[ -]"
    r"(?:hundred|thousand|million|billion|per cent|percent)\b",
    re.IGNORECASE,
)


def quantities(text: str) -> list[str]:
    """Every exact quantity in `text`: first those in digits, then those in words."""
    rest = ALLOWED.sub(" ", text)
    return [match[0].strip() for match in IN_DIGITS.finditer(rest)] + [match[0] for match in IN_WORDS.finditer(rest)]
