"""Rules of sense: each kind of mistake that a careful reader would see is refused with its place and a remedy."""

from __future__ import annotations

import re

import pytest
from mutants import again, edited, refusal

from caliphate_course import data
from coursebook.dataset import DataError, Dataset, audit, sense

# What is wrong: table, change, column that the message must name, and words of its reason.
MISTAKES = {
    # places
    "a place in another governorate": ("events", edited("mayadin-2017-10-14", lat="35.95", lon="39.0"), "lat", "outside Deir ez-Zor"),
    "governorate of the other country": ("town_control", edited("ana-1", governorate="Daraa"), "governorate", "it lies in Syria"),
    "governorate of the other country, without a point": ("violence_governorate", edited("iraq-2018-salah-al-din", governorate="Daraa"), "governorate", "it lies in Syria"),
    "another governorate of the country": ("town_control", edited("tikrit-1", governorate="Anbar"), "lat", "outside Anbar"),
    "the other country": ("town_control", edited("mosul-1", country="Syria"), "governorate", "it lies in Iraq"),
    "lat and lon swapped abroad": ("affiliates", edited("tunisia", lat="11.22", lon="33.14"), "lat", "outside Tunisia"),
    "lat without lon": ("events", edited("mayadin-2017-10-14", lon=""), "lon", "go together"),
    "a place with two positions": ("town_control", edited("baiji-2", lat="34.90"), "lat", "'baiji-1' says 34.929"),
    "a place with two names": ("town_control", edited("baiji-2", place="Beiji"), "place", "'baiji-1' says Baiji"),
    "another code of a country": ("foreign_fighters", edited("icsr-2013-rus", iso3="CHE"), "iso3", "'RUS'"),
    "no code of any country": ("foreign_fighters", edited("icsr-2013-rus", iso3="ENG"), "iso3", "'RUS'"),
    # numbers
    "a part above the whole": ("displacement", edited("dtm-idps-2019-04-30", families="9999999"), "families", "part of best"),
    "civilians above all dead": ("violence_places", edited("fallujah-2004", civilians="9000"), "civilians", "part of best"),
    "parts that do not sum": ("violence_monthly", edited("iraq-2012-11", state_based="44"), "best_all", "make 118"),
    "a total of two parts": ("violence_monthly", edited("iraq-2012-11", best_undatable="7000"), "best_all", "make"),
    "ten times its neighbours": ("displacement", edited("dtm-returnees-2017-01-19", best="14700000"), "best", "beside it"),
    "a tenth of its neighbours": ("displacement", edited("dtm-returnees-2017-01-19", best="147000", families=""), "best", "beside it"),
    "ten times the one before it, at the end": ("displacement", edited("unhcr-syr-refugees-lbn-2025", best="5323570", low="", high=""), "best", "beside it 'unhcr-syr-refugees-lbn-2024' has"),
    "a country code of no country there": ("comparisons", edited("netherlands-area", iso3="CHE"), "iso3", "not one of"),
    "a running total with a spike": ("air_operations", edited("strikes-cum-2017-08-09", best="245660"), "best", "beside it"),
    "a running total that falls": ("air_operations", edited("strikes-cum-2016-01-20", best="7129"), "best", "running total"),
    "more than all": ("territory_estimates", edited("ap-2014-iraq", high="350"), "high", "it must lie from 0 to 100"),
    "more fighters than the edition has": ("foreign_fighters", edited("icsr-2013-rus", high="90000"), "high", "from 0 to 15000"),
    "a number too large": ("displacement", edited("dtm-idps-2019-04-30", best="9" * 25), "best", "too large"),
    "a unit that does not fit": ("territory_estimates", edited("us-2019-02-syria", unit="percent"), "unit", "of area_km2"),
    "governorates that do not make their year": ("violence_governorate", edited("iraq-2006-anbar", best="3000", high="3000"), "best", "in violence_monthly it is"),
    "governorates that do not make their round": ("displacement_governorates", edited("dtm-idps-2014-07-02-nineveh", best="1"), "best", "in displacement it is"),
    # rows
    "a row again under a new id": ("relations", again("usa-fights-isis-2014", id="usa-fights-isis-b"), "id", "over again"),
    "the same key": ("violence_monthly", again("iraq-2012-11", id="iraq-2012-11-b", note="x"), "month", "'iraq-2012-11' has the same"),
    "the same event in other words": ("events", again("mayadin-2017-10-14", id="mayadin-2017-10-14-b", title="Another", summary="Other."), "place", "'mayadin-2017-10-14' has the same"),
    "two of one name": ("actors", edited("cjtf-oir", name="Global Coalition to Defeat ISIS"), "name", "'global-coalition' has the same"),
    "one address twice": ("sources", edited("247ureports-2025-mumin", url="http://1492news.com/news/34766_1455801577/?utm_source=x"), "url", "the page of '1492-news-nd-canada'"),
    "a source twice in a cell": ("relations", edited("usa-fights-isis-2014", source_ids="cnn-2014-first-strikes;cnn-2014-first-strikes"), "source_ids", "twice"),
    "its own parent": ("actors", edited("cjtf-oir", parent_id="cjtf-oir"), "parent_id", "leads back"),
    "a ring of parents": ("actors", edited("global-coalition", parent_id="cjtf-oir"), "parent_id", "leads back"),
    "a relation to itself": ("relations", edited("usa-fights-isis-2014", to_actor="usa"), "to_actor", "the same as from_actor"),
    # dates
    "a stint that overlaps": ("town_control", edited("palmyra-1", to="2017-01-01"), "to", "overlaps the stint"),
    "held before there was anything to hold": ("town_control", {"from": "1999-01-01"}, "from", "it must lie from 2012-01-01"),
    "held after the end": ("town_control", edited("sinjar-1", to="2021-01-01"), "to", "to 2019-03-23"),
    "an id of another month": ("violence_monthly", edited("iraq-2014-11", month="2020-06-01"), "month", "the id tells of 2014-11"),
    "an edition of another year": ("foreign_fighters", edited("icsr-2013-swe", date="2023-12-17"), "date", "the id tells of 2013"),
    "an id of another year": ("attacks_after", edited("ctc-2018-10m", period_start="2008-01-01", period_end="2008-10-31"), "period_start", "the id tells of 2018"),
    "older than all its sources": ("operation_cost", edited("cost-total-2014-10-16", date="2025-10-16"), "date", "newest source"),
    "a source of another year": ("sources", edited("247ureports-2025-mumin", date="2003-02-01"), "date", "the id tells of 2025"),
    "a member before the coalition": ("contributions", edited("aus-strikes-iraq", **{"from": "2012-10-09"}), "from", "it must lie from"),
    "a relation long before": ("relations", edited("usa-fights-isis-2014", start="1990-08-08"), "start", "it must lie from 2004"),
    "a phase of another date": ("events", edited("mayadin-2017-10-14", phase="origins"), "date", "where phase is origins"),
    # rows that contradict themselves
    "not placed, yet in a governorate": ("violence_governorate", edited("iraq-2004-unlocated", governorate="Basra"), "governorate", "must be empty"),
    "none, yet with a start": ("contributions", edited("pol-strikes-iraq", **{"from": "2015-01-01", "from_precision": "day"}), "from", "must be empty"),
    "lost without a day": ("town_control", edited("mosul-1", to="", to_precision=""), "to", "must be given"),
    "an Iraqi town lost to Damascus": ("town_control", edited("mosul-1", lost_to="syrian_government"), "lost_to", "where country is Iraq"),
    "killed, but who": ("events", edited("speicher-2014-06-11", killed_who=""), "killed_who", "must be given"),
    "in a list before it joined": ("coalition_members", edited("aus", joined="2018-09-05", joined_latest="2018-09-05", founding_member="false"), "joined", "where in_list_2017_11 is true"),
    "branch of a land it does not hold": ("affiliates", edited("barqa-derna", territory_held="no"), "place_held", "must be empty"),
}  # fmt: skip

# What is written into a cell of text, and words of the reason.
TEXTS = {
    "zero-width blank": ("the\u200bcity", "U+200B"),
    "text turned round": ("a \u202eytic", "U+202E"),
    "bidi isolate": ("\u2066city", "U+2066"),
    "bell": ("a \x07city", "U+0007"),
    "escape": ("a \x1b[31mcity", "U+001B"),
    "line separator": ("a\u2028city", "U+2028"),
    "hard blank": ("a\u00a0city", "U+00A0"),
    "line break": ("a\ncity", "a line break"),
    "tab": ("a\tcity", "a tab"),
    "blank before": (" city", "a blank at its beginning"),
    "blank after": ("city ", "a blank at its beginning"),
    "two blanks": ("a  city", "two in a row"),
    "accents apart": ("Cafe\u0301", "NFC"),
    "Cyrillic in a word": ("B\u0430ghdadi", "several scripts"),
    "Greek in a word": ("M\u03bfsul", "several scripts"),
    "UTF-8 read as Latin": ("CafÃ©", "letters were lost"),
    "a quotation mark lost": ("Assadâ€™s", "letters were lost"),
    "letters lost": ("Şanl?urfa ???", "letters were lost"),
    "script": ("<script>alert(1)</script>", "markup"),
    "entity": ("a &lt;b", "markup"),
    "role": ("{cite:p}`x`", "markup"),
    "fence": ("```{include} x", "markup"),
    "link": ("[x](https-x)", "markup"),
    "markup behind an address": ("https://example.org/x?a=(b) {download}`x`", "markup"),
    "script behind an address": ("See https://example.org/<script>", "markup"),
    "formula": ("=HYPERLINK(1)", "formula"),
    "plus": ("+1", "formula"),
    "minus": ("-1", "formula"),
    "at": ("@SUM(1)", "formula"),
    "question mark": ("?", "no letter or digit"),
    "dash": ("–", "no letter or digit"),
    "far too long": ("a" * 2000, "longer than 1,500"),
}
ADDRESSES = (
    'https://example.org/"><script>',
    "https://user:pw@example.org/",
    "http://127.0.0.1/x",
    "https://exаmple.org/x",
    "ftp://example.org/x",
)


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_is_refused_with_its_place_and_a_remedy(mutant, kind):
    name, change, column, reason = MISTAKES[kind]
    change = edited("tikrit-1", **change) if isinstance(change, dict) else change
    lines = refusal(mutant, name, change).splitlines()
    place = re.compile(
        rf"data/{name}\.csv, row \d+ \([^)]*\), column '{column}', value '.*: .*{re.escape(reason)}.*\. .+\."
    )
    assert any(place.fullmatch(line) for line in lines), lines


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_that_is_more_than_text_is_refused(mutant, kind):
    text, reason = TEXTS[kind]
    message = refusal(mutant, "glossary", edited("isil", note=text))
    assert re.search(rf"row \d+ \(isil\), column 'note', value '.*: .*{re.escape(reason)}", message, re.DOTALL), message


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_odd_address_is_refused(mutant, address):
    assert "(247ureports-2025-mumin), column 'url'" in refusal(
        mutant, "sources", edited("247ureports-2025-mumin", url=address)
    )


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"country": "Iraq "}, "Write 'Iraq'"),
        ({"country": "Irak"}, "Did you mean 'Iraq'?"),
        ({"country": "iraq"}, "Did you mean 'Iraq'?"),
        ({"place": " "}, "Leave the cell empty"),
        ({"governorate": "Ninevah"}, "Did you mean 'Nineveh'?"),
        ({"source_ids": "reuters-2014-mosull"}, "Did you mean 'reuters-2014-mosul'?"),
        ({"from": "2014-6-1"}, "Write 2014-06-01"),
        ({"from": "10/06/2014"}, "give the column the format YYYY-MM-DD"),
        ({"from": "10.06.2014"}, "give the column the format YYYY-MM-DD"),
    ],
)
def test_the_remedy_is_what_is_meant(mutant, cells, told):
    assert told in refusal(mutant, "town_control", edited("mosul-1", **cells))


def test_a_rule_that_there_is_not_is_told(tmp_path):
    class Told(Dataset):
        def resource(self, name):
            return {"rules": {"summ": {}}}

    with pytest.raises(DataError, match="there is no rule 'summ'. The rules are: addresses, agrees"):
        sense.checks(Told(tmp_path), "things")


def test_every_exception_names_a_row_and_its_reason():
    for name in data.tables():
        rows = set(data.load(name)["id"])
        for told in data.resource(name).get("rules", {}).values():
            for one in told if isinstance(told, list) else [told]:
                for row, why in one.get("except", {}).items():
                    assert row in rows, f"{name}: {row}"
                    assert len(why.split()) > 2, f"{name}: {row}"


def test_the_audit_names_what_a_person_should_look_at():
    told = audit.report(data)
    assert re.search(r"^events \(\d+ rows\)$", told, re.MULTILINE)
    undated = data.load("sources")["date"].isna().sum()
    assert f"  {undated} of {len(data.load('sources'))} have no date: " in told
    single = data.load("costs")["source_ids"].str.count(";").eq(0).sum()
    assert f"  {single} of {len(data.load('costs'))} rest on one source: " in told
    assert "airwars-cum-2025-01 (Airwars had judged its incidents anew)" in told
