"""Worked-out numbers as data: what an entry may say, and what a slip in it is told as."""

from __future__ import annotations

import pytest

from caliphate_course import data
from caliphate_course.course import COURSE
from caliphate_course.facts import MEASURES
from coursebook.facts import FactError, Facts

GOOD = 'note = "Members by then."\nmeasure = "members"\nday = 2017-03-22\n'


def defined(tmp_path, text):
    path = tmp_path / "facts.toml"
    path.write_text(text, encoding="utf-8")
    facts = Facts(data)
    facts.define(path, MEASURES)
    return facts


@pytest.mark.parametrize("name", COURSE.facts.computed_names())
def test_a_worked_out_figure_names_rows_sources_and_says_how(name):
    fact = COURSE.facts.resolve(f"computed/{name}")
    assert fact.note
    for table, ids in fact.rows:
        assert ids and set(ids) <= set(data.load(table)["id"]), table
    rows = [data.load(table).set_index("id").loc[list(ids)] for table, ids in fact.rows]
    named = {one for frame in rows for cell in frame["source_ids"].dropna() for one in cell.split(";")}
    assert set(fact.source_ids) <= named, "a source of no row that it was made of"
    assert not [table for table in data.tables() if "_" in table and table in fact.note], "a note is for readers"


def test_a_count_counts_the_rows_that_it_leads_to():
    for name in ("towns-held-june-2014", "members-brussels", "lost-to-sdf", "claims-wrong", "captures-2014"):
        fact = COURSE.facts.resolve(f"computed/{name}")
        ((_, ids),) = fact.rows
        assert fact.value == len(ids), name


def test_an_entry_takes_over_what_it_does_not_say(tmp_path):
    more = '[later]\nlike = "first"\nday = 2019-02-06\n'
    facts = defined(tmp_path, f'[first]\n{GOOD}when = "{{day}}"\n{more}')
    assert (facts.resolve("computed/first").text, facts.resolve("computed/first").when) == ("68", "22 March 2017")
    assert (facts.resolve("computed/later").text, facts.resolve("computed/later").when) == ("79", "6 February 2019")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[ok\n", "this is not TOML: .*line 1"),
        (f'[ok]\n{GOOD.replace("members", "membrs", 1)}', "line 1, ok: there is no measure 'membrs'. There are: .*, members,"),
        (f"\n[ok]\n{GOOD}\n[bad]\n{GOOD}month = 3\n", "line 7, bad: the measure members takes no 'month'. There are: day,"),
        ('[bad]\ntable = "claims"\nnote = "All."\ncolour = 1\n', "bad: an entry has no field 'colour'. There are: measure, table,"),
        ('[bad]\ntable = "claims"\n', "line 1, bad: it has no note"),
        ('[bad]\nnote = "All."\n', "bad: it is made of nothing; name one way. There are: measure, table, ratio"),
        (f'[bad]\n{GOOD}table = "claims"\n', "bad: it is made of measure and table; name one way"),
        ('[bad]\nlike = "first"\nnote = "All."\n', "bad: `like` names 'first', which is no entry above it"),
        ('[bad]\nnote = "All."\ntable = "clams"\n', "bad: There is no table 'clams'. Did you mean 'claims'\\? The tables are: "),
        ('[bad]\nnote = "All."\ntable = "claims"\nwhere = { verdit = "wrong" }\n', "bad: these rows have no column 'verdit', only .*verdict"),
        ('[bad]\nnote = "{}"\ntotal = ["costs/no-such-row"]\n', "line 1, bad: costs has no row 'no-such-row'"),
        ('[bad]\nnote = "{} {}"\ntotal = ["costs/unesco-mosul"]\n', "bad: .*its note has more {} than facts"),
        (f'[bad]\n{GOOD}when = "{{month}}"\n', "bad: `when` names 'month', which is no argument of it. There are: day."),
        (f'[bad]\n{GOOD.replace("2017-03-22", "1")}where = {{ region = "mars" }}\nmedian = "name"\n', "line 1, bad: "),
    ],
)  # fmt: skip
def test_a_slip_in_an_entry_is_told_with_its_line(tmp_path, text, told):
    facts = defined(tmp_path, text)
    with pytest.raises(FactError, match=rf"^facts.toml.*{told}"):
        facts.resolve("computed/bad")
