"""The search: what a student means comes first, from disk too, whatever is typed."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import expect

from coursebook.pages.search import SCRIPTS

MOST_KB = 120
# What is typed, and what comes first: its kind and words of it.
FIRST = {
    "al hol": ("Term", "Al-Hol"),
    "Al Hawl": ("Term", "Al-Hol"),
    "who won": ("Section", "Several wars against one enemy"),
    "Mosul deaths": ("Section", "Mosul, Raqqa, Hawija"),
    "73,477": ("Number", "73,477 people"),
    "Baghdadi": ("Name", "Abu Bakr al-Baghdadi"),
    "yazidi": ("Term", "Yazidis"),
    "Yezidis": ("Term", "Yazidis"),
    "daesh": ("Term", "Daesh"),
    "baghuz": ("Term", "Baghouz"),
    "Nadia Murad": ("Term", "Nadia Murad"),
    "how much land": ("Section", "How much did it hold?"),
    "Camp Bucca": ("Section", "Prisons as meeting places"),
    "oil money": ("Section", "Money"),
    "women": ("Section", "How it governed"),
    "end of the caliphate": ("Section", "Hajin and Baghouz"),
    "why did the army collapse": ("Section", "Why did it go so fast?"),
    "foreign fighters": ("Term", "Foreign fighter"),
    "genocide": ("Term", "Genocide"),
    "Trump": ("Name", "Donald Trump"),
}
HOSTILE = "<img src=x onerror=window.hurt=1> \"'&amp;"


def typed(page, text: str):
    page.locator("main input[name=q]").fill(text)
    return page.locator(".search-results li")


@pytest.mark.parametrize("local", [False, True], ids=["http", "file"])
def test_what_a_student_means_comes_first(local, visit):
    with visit("search.html?q=peshmerga", local=local) as seen:
        page = seen.page
        expect(page.locator(".search-results a").first).to_have_text("Peshmerga")
        expect(page.locator(".search-results .context mark").first).to_have_text(re.compile("Peshmerga"))
        wrong = {}
        for text, (kind, words) in FIRST.items():
            found = typed(page, text).first
            told = (found.locator(".search-where").inner_text().split(" · ")[0], found.locator("a").inner_text())
            if told[0] != kind or words not in told[1]:
                wrong[text] = told
        assert wrong == {}
        seen.quiet()


def test_a_heading_that_is_a_page_s_title_reads_so(site):
    listed = (site / "_static/search-entries.js").read_text(encoding="utf-8")
    assert '"section","who-joined","","Who joined, and who did what"' in listed


def test_a_word_is_not_found_inside_another(visit):
    with visit("search.html?q=hol") as seen:
        shown = seen.page.locator(".search-results li")
        expect(shown.first).to_be_visible()
        for text in shown.all_inner_texts():
            assert re.search(r"\b(hol|hawl)\b", text, re.IGNORECASE), text
        expect(typed(seen.page, "sque")).to_have_count(0)


def test_a_result_leads_to_its_place(visit, site):
    with visit("search.html?q=hol") as seen:
        typed(seen.page, "Kirkuk")
        for link in seen.page.locator(".search-results a").evaluate_all("links => links.map((one) => one.href)"):
            path, _, anchor = link.partition("/book/")[2].partition("#")
            text = (site / "book" / path).read_text(encoding="utf-8")
            assert not anchor or f'id="{anchor}"' in text, link


def test_text_that_looks_like_code_stays_text(visit):
    with visit("search.html?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.hurt%3D1%3E") as seen:
        expect(seen.page.locator("main .search-status")).not_to_be_empty()
        typed(seen.page, HOSTILE)
        assert seen.page.evaluate("window.hurt") is None
        assert seen.page.locator("main img").count() == 0
        seen.quiet()


def test_the_search_is_loaded_when_it_is_opened_and_is_small(visit, site):
    sizes = [len(gzip.compress((site / "_static" / name).read_bytes(), 6)) for name in SCRIPTS]
    assert sum(sizes) / 1000 <= MOST_KB
    with visit("book/the-fall.html") as seen:
        page = seen.page
        page.wait_for_load_state("load")
        assert not any(name in url for url in seen.requests for name in SCRIPTS)
        page.keyboard.press("Control+k")
        dialog = page.locator("#pst-search-dialog")
        dialog.locator("input[name=q]").press_sequentially("daesh")
        expect(dialog.locator(".search-results a").first).to_have_text("Daesh")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/glossary.html#term-*")
        seen.quiet()
