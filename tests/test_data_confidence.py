"""The column `confidence` keeps the rule that its description states."""

from __future__ import annotations

import re

import pytest

from caliphate_course import data
from coursebook.dataset import ids

SOURCES = data.load("sources").set_index("id")
TABLES = [n for n in data.tables() if "confidence" in {f["name"] for f in data.resource(n)["schema"]["fields"]}]

# One publisher, several names.
NAMES = {
    "Associated Press": "AP",
    "BBC News": "BBC",
    "IHS": "IHS Markit",
    "IHS Jane's": "IHS Markit",
    "Long War Journal": "FDD's Long War Journal",
    "Air & Space Forces Magazine": "Air Force Magazine",
}
AMERICAN = {"US Department of Defense", "US Department of State", "US Central Command", "CJTF-OIR", "White House"}
COMMANDS = {"CJTF-OIR", "US Central Command", "US Department of Defense"}
COALITION = {"Global Coalition", "Global Coalition against Daesh"}
# Who counts, estimates or acts, as the tables name it, and the publishers that are the same body.
PUBLISHES_ITSELF = {
    "airwars": {"Airwars"},
    "cjtf_oir": COMMANDS,
    "centcom": {"US Central Command"},
    "afcent": {"Travis Air Force Base"},  # prints the command's own text
    "coalition": COMMANDS | COALITION,
    "ap": {"AP"},
    "amnesty_airwars": {"Amnesty International", "Airwars"},
    "rand": {"RAND"},
    "sohr": {"Syrian Observatory for Human Rights"},
    "CJTF-OIR": COMMANDS,
    "Global Coalition": COALITION,
    "Coalition": COALITION | {"CJTF-OIR", "US Central Command"},
    "US DoD": {"US Department of Defense"},
    "US State Department": {"US Department of State"},
    "United States": AMERICAN,
    "IHS Markit": {"IHS Markit"},
    "RAND": {"RAND"},
    "BBC": {"BBC"},
    "AFP": {"AFP"},
    "SOHR": {"Syrian Observatory for Human Rights"},
    "Mark Sedgwick": {"Routledge / Taylor & Francis"},
    "UN Security Council": {"United Nations"},
    "Associated Press": {"AP"},
    "Amnesty International": {"Amnesty International Canada"},
    "ICSR": {"International Centre for the Study of Radicalisation"},
    "Human Rights Watch": {"Human Rights Watch"},
}
RELAYS = re.compile(r"\b[Rr]elay(?:s|ing) (?:an? |the )?(AFP|AP|Reuters|dpa|Xinhua|Anadolu|CNN|BBC)\b")
RANK = {"low": 0, "medium": 1, "high": 2}


def origin(source):
    """Whose text a source is: its publisher's, or that of the agency that its note says it relays."""
    relayed = RELAYS.search(str(source["note"]))
    name = relayed[1] if relayed else re.split(r", | \(", source["publisher"])[0].strip()
    return NAMES.get(name, name)


def counters(name, row):
    if name == "operation_cost":
        return ["US DoD"]
    for column in ("counter", "estimator"):
        if column in row:
            return [row[column]]
    return [actor.strip() for actor in str(row.get("actors", "")).split(";")]


def at_most(name, row):
    """The highest level of confidence that the sources of a row allow."""
    sources = [SOURCES.loc[i] for i in ids(row["source_ids"])]
    good = [s for s in sources if s["kind"] != "tertiary" and (s["kind"] != "repost" or isinstance(s["via"], str))]
    if not good:
        return "low"
    if row.get("derived") or str(row.get("estimator", "")).startswith("Derived"):
        return "medium"
    origins = {origin(source) for source in good}
    own = any(origins & PUBLISHES_ITSELF.get(body, set()) for body in counters(name, row))
    return "high" if len(origins) > 1 or own else "medium"


@pytest.mark.parametrize("name", TABLES)
def test_no_row_is_more_certain_than_its_sources_allow(name):
    allowed = {row["id"]: (row["confidence"], at_most(name, row)) for row in data.load(name).to_dict("records")}
    too_high = {i: said for i, said in allowed.items() if RANK[said[0]] > RANK[said[1]]}
    assert too_high == {}


def test_the_rule_is_written_the_same_in_every_table():
    fields = [f for n in TABLES for f in data.resource(n)["schema"]["fields"] if f["name"] == "confidence"]
    assert len(fields) == len(TABLES)
    assert len({field["description"] for field in fields}) == 1


@pytest.mark.parametrize(
    ("publisher", "note", "whose"),
    [
        ("Associated Press", "", "AP"),
        ("The Guardian (Nigeria)", "", "The Guardian"),
        ("The Indian Express", "Relays AFP", "AFP"),
        ("IHS Jane's", "", "IHS Markit"),
        ("ecoi.net (ACCORD)", "", "ecoi.net"),
    ],
)
def test_a_text_handed_on_is_of_its_first_publisher(publisher, note, whose):
    assert origin({"publisher": publisher, "note": note}) == whose
