"""A paragraph with many sources names them at its end."""

from __future__ import annotations

from bs4 import BeautifulSoup

from coursebook.pages.grouped_citations import grouped


def cite(*names):
    links = (f'<a class="reference internal" href="sources.html#source-{name}">{name}, 2015</a>' for name in names)
    return f'<span class="bibtex-citation">({", ".join(links)})</span>'


def test_many_sources_stand_below_their_paragraph_and_numbers_where_they_stood():
    page = grouped(f"<p>One {cite('a', 'b')}. Two\n{cite('c')}, and again {cite('a')}.</p><p>Next {cite('d')}.</p>")
    first, line, other = BeautifulSoup(page, "html.parser").select("p")
    assert first.get_text() == "One1, 2. Two3, and again1." and [sup.get_text() for sup in first("sup")] == [
        "1, 2",
        "3",
        "1",
    ]
    assert line.get_text().replace("\N{NO-BREAK SPACE}", " ") == "Sources: 1 a, 2015 · 2 b, 2015 · 3 c, 2015"
    assert [a["href"] for a in line("a")] == [f"sources.html#source-{name}" for name in "abc"]
    assert other.get_text() == "Next (d, 2015).", "one source stands where it is cited"


def test_what_stands_behind_a_figure_is_not_named_again():
    behind = f'<span class="fact-cited"> {cite("x", "y", "z")}</span>'
    assert grouped(f"<p>7{behind} of them {cite('a')}.</p>") == f"<p>7{behind} of them {cite('a')}.</p>"
    page = grouped(f"<p>7{behind} of them {cite('a', 'b', 'c')}.</p>")
    assert behind in page and page.count(", 2015</a>") == 6


def test_no_source_of_the_book_is_lost(book_page, site):
    cited = BeautifulSoup((site / book_page).read_text(encoding="utf-8"), "html.parser")
    for line in cited.select(".cited-list"):
        marks = {
            int(n) for sup in line.find_previous_sibling("p")("sup", class_="cited") for n in sup.get_text().split(",")
        }
        assert marks == set(range(1, len(line("a")) + 1))
