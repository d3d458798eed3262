"""The table of sources: one kind for a host, one caution for the outlets of a party."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from caliphate_course import data

SOURCES = data.load("sources")
# Hosts that lend their name to many: each of their subdomains is a host of its own.
LENDING = {"blogspot.com", "wordpress.com", "substack.com"}


def host(address):
    """The registered name of the host, of the page kept if it is one of a web archive: `reuters.com`, `dw.co.uk`."""
    kept = re.search(r"web\.archive\.org/web/\d+/(https?://.*)", address)
    labels = urlsplit(kept[1] if kept else address).hostname.split(".")
    country_code = len(labels[-1]) == 2 and labels[-2] in {"ac", "co", "com", "gov", "net", "org"}
    return ".".join(labels[-3 if country_code or ".".join(labels[-2:]) in LENDING else -2 :])


def test_pages_of_one_host_have_one_kind_unless_a_note_says_why():
    rows = SOURCES.assign(host=SOURCES["url"].map(host), note=SOURCES["note"].fillna(""))
    mixed = []
    for name, pages in rows.groupby("host"):
        usual = pages["kind"].mode()
        odd = pages[pages["kind"] != usual.iloc[0]] if len(usual) == 1 else pages
        mixed += [(name, row.id, row.kind) for row in odd.itertuples() if "The kind is" not in row.note]
    assert mixed == []


# Host and publisher of outlets that a party to the war owns, pays or stands close to, and the words of the caution.
OUTLETS = {
    "Turkish state broadcaster": (r"trtworld\.com|trt\.global", r"\bTRT\b"),
    "Turkish state agency": (r"aa\.com\.tr", "Anadolu"),
    "close to the Turkish government": (r"dailysabah\.com|anews\.com\.tr|yenisafak\.com", "Daily Sabah|Yeni Şafak"),
    "close to the KDP, a Kurdish party of Iraq": (r"rudaw\.net|kurdistan24\.net", "Rudaw|Kurdistan ?24"),
    "close to the Kurdish-led administration in Syria": (r"hawarnews\.com", "Hawar|ANHA"),
    "close to the PKK": (r"anfenglish\w*\.com|mednuce\.com", r"\bANF\b"),
    "Russian state media": (
        r"sputnik\w*\.com|sarabic\.ae|noticiabrasil\.net\.br|\brt\.com|\btass\.com|rbth\.com",
        r"Sputnik|\bRT\b|TASS|Russia Beyond",
    ),
    "Iranian state media": (
        r"alalam\.ir|hispantv\.com|presstv\.|tasnimnews\.|farsnews\.|irna\.ir",
        "Al-Alam|HispanTV|Press TV|Tasnim|Fars News|IRNA",
    ),
    "Syrian state agency": (r"sana\.sy", r"\bSANA\b"),
    "close to the Syrian government of that time": (r"almasdarnews\.com", "Al-Masdar"),
    "broadcaster of Hezbollah": (r"almanar\.com", "Al-Manar"),
    "Iraqi state agency": (r"\bina\.iq", "Iraqi News Agency"),
    "state agency of Kuwait, a member of the coalition": (r"kuna\.net\.kw", r"\bKUNA\b"),
    "paid by the US government": (
        r"voanews\.com|voaindonesia\.com|51voa\.com|rferl\.org|radiofarda\.com",
        r"\bVOA\b|Voice of America|RFE/RL",
    ),
}


@pytest.mark.parametrize("caution", OUTLETS)
def test_the_outlets_of_a_party_carry_its_caution_and_no_others(caution):
    hosts, names = OUTLETS[caution]
    theirs = SOURCES["url"].map(lambda url: urlsplit(url).netloc).str.contains(hosts)
    theirs |= (SOURCES["publisher"] + " " + SOURCES["via"].fillna("")).str.contains(names)
    opening = SOURCES["note"].fillna("").str.extract(r"^Party outlet: ([^.]*)")[0].fillna("").str.split("; ")
    cautioned = opening.map(lambda words: caution in words)
    assert SOURCES[theirs != cautioned]["id"].tolist() == []


def test_every_caution_about_a_party_is_one_of_the_list():
    opening = SOURCES["note"].str.extract(r"^Party outlet: ([^.]*)")[0].dropna().str.split("; ").explode()
    assert set(opening) <= set(OUTLETS)


def test_a_page_named_after_an_event_has_the_name_the_event_has_now():
    events = set(data.load("events")["title"])
    titles = SOURCES.set_index("id")["title"]
    named = titles.str.extract(r"^\[.* page on: (.*)\]$")[0].dropna()
    assert not named.empty
    assert named[~named.isin(events)].to_dict() == {}


def test_where_a_text_was_read_is_no_part_of_who_published_it():
    assert SOURCES[SOURCES["publisher"].str.contains(r"\bvia\b|\bcopy\b")]["id"].tolist() == []
    assert SOURCES[SOURCES["via"] == SOURCES["publisher"]]["id"].tolist() == []
    shown = data.sources(SOURCES[SOURCES["via"].notna()]["id"])["publisher"]
    assert len(shown) > 400
    assert shown.str.contains(" via ").all()
