"""States of charts as readers meet them: in addresses, in sentences, on paper, saved, cited, and in other people's pages."""

from __future__ import annotations

import functools
import io
import re
import threading
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
import small_book
from accessibility import colour_violations, violations
from bs4 import BeautifulSoup
from conftest import _Handler, _Server, uncover
from PIL import Image
from playwright.sync_api import expect
from test_explorers_in_browser import settled

from bench.browser import serve
from caliphate_course import data
from caliphate_course.charts import air_operations, contributions, relations, towns, yazidis
from coursebook.editions.download import NotebookBuilder
from coursebook.figures import MIME_TYPE, static
from coursebook.figures.live import BUILD_FLAG
from coursebook.figures.states import split

pytestmark = pytest.mark.xdist_group("state links")  # one small book serves them all

EMBED_KB, PAGES_AT_ONCE = 60, 6
FILL = "A line of text to scroll over. " * 12 + "\n\n"
NEAR = "In {state}`July 2016 <fig-towns?month=2016-07&mark=mosul>` Mosul was held.\n"
FAR = "By {state}`December 2014 <fig-towns?month=2014-12>` much was held.\n\n"
TITLED = "- In a list {state}`the other day <fig-same-day?day=2017-07-16>` stands.\n\n"
SOLVED = """```{exercise}
:label: ex

When?
```

```{solution} ex
In {state}`June 2014 <fig-towns?month=2014-06>`.
```

"""
AGAIN = "{state}`As it opens <fig-towns?month=2017-11>`, and {state}`again <fig-towns?month=2014-12>`.\n\n"
LAST = "## Data and sources\n\nHere.\n"
STATES = "root => [...root.querySelectorAll('output')].map((one) => one.textContent).join(' to ')"


def _silence(node):
    """Takes out of a specification what its marks say."""
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _silence(one)
    if isinstance(node, dict):
        node.pop("tooltip", None)


@pytest.fixture(scope="module")
def pages():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(BUILD_FLAG, "1")
        town_map, stints = towns.explorers(data.load("town_control"))
        town_map.steps = (
            stints.steps
        ) = []  # tried in `test_guided`; on paper they would stand in the place of named states
        counts, members = data.load("contributions"), data.load("coalition_members")
        bundle = {
            one.name: one._repr_mimebundle_()
            for one in (
                town_map,
                stints,
                air_operations.same_day_explorer(data.load("air_operations")),
                relations.explorer(data.load("relations")),
                contributions.explorer(counts, members),
                air_operations.munitions_explorer(data.load("air_operations")),
                yazidis.explorer(data.load("costs")),
            )
        }
    _silence(bundle["fig-contributions"][MIME_TYPE]["vega"])
    lesson = ["# Lesson\n\n" + NEAR, bundle["fig-towns"], FILL * 14 + FAR + TITLED + FILL * 10, bundle["fig-stints"]]
    lesson += [FILL * 4, bundle["fig-same-day"], SOLVED + AGAIN + LAST]
    there = "See {state}`Mosul falls <fig-towns?month=2014-06>` there.\n\n"
    other = ["# Other\n\n" + there, bundle["fig-relations"], FILL, bundle["fig-contributions"], LAST]
    third = ["# Titles\n\n", bundle["fig-munitions"], bundle["fig-yazidi"], LAST]
    return {"lesson": small_book.page(*lesson), "other": small_book.page(*other), "titles": small_book.page(*third)}


@pytest.fixture(scope="module")
def book(tmp_path_factory, pages) -> Path:
    app, warnings = small_book.build(tmp_path_factory.mktemp("screen"), pages)
    assert warnings == ""
    return Path(app.outdir)


@contextmanager
def served(folder):
    with _Server(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture(scope="module")
def bases(book):
    """The addresses of the small book, over http and from disk."""
    with served(book) as address:
        yield {"http": address, "disk": book.resolve().as_uri() + "/"}


@pytest.fixture
def read(browser, bases):
    """`read("book/lesson.html")` opens a page of the small book; nothing may be wrong on it in the end."""
    contexts, problems = [], []

    def open_page(address, *, by="http", width=1280, height=800, **options):
        options = {"reduced_motion": "reduce", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: problems.append(f"script error: {e}"))
        page.goto(bases[by] + address, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def figure(page, name="fig-towns"):
    return page.locator(f"[data-explorer='{name}']")


def shows(root, words):
    """The controls and the chart have come to that state."""
    expect(root.locator(".explorer-controls output").first).to_have_text(words)
    expect(root.locator(".explorer-chart svg:visible")).to_contain_text(words)


def in_view(page, locator) -> bool:
    box = locator.bounding_box()
    return box["y"] > -1 and box["y"] < page.viewport_size["height"]


# Addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["http", "disk"])
def test_an_address_opens_the_chart_in_its_state_and_reload_keeps_it(read, by):
    page = read("book/lesson.html#fig-towns?month=2016-07", by=by)
    root = figure(page)
    shows(root, "July 2016")
    assert in_view(page, page.locator("#fig-towns figcaption"))
    expect(root.locator(".explorer-status")).to_contain_text("Fig. 1.1 now shows: Month: July 2016.")
    page.reload()
    shows(root, "July 2016")
    assert page.url.endswith("#fig-towns?month=2016-07")


@pytest.mark.parametrize("by", ["http", "disk"])
def test_a_moved_control_writes_the_address_which_another_window_understands(read, by):
    page = read("book/lesson.html", by=by)
    entries = page.evaluate("history.length")
    root = figure(page)
    root.locator("input[type=range]").press("Home")
    page.wait_for_url("**/lesson.html#fig-towns?month=2013-12")
    root.locator("input[type=range]").press("ArrowRight")
    page.wait_for_url("**/lesson.html#fig-towns?month=2014-01")
    assert page.evaluate("history.length") == entries, "Back would step through the months"
    other = page.context.new_page()
    other.goto(page.url)
    shows(figure(other), "January 2014")


def test_reload_keeps_the_states_of_all_figures(read):
    page = read("book/lesson.html")
    figure(page).locator("input[type=range]").press("Home")
    page.wait_for_url("**#fig-towns?month=2013-12")
    figure(page, "fig-same-day").locator("input[type=radio]").last.check()
    page.wait_for_url("**#fig-same-day?day=2017-07-16")
    page.reload()
    shows(figure(page), "December 2013")
    expect(figure(page, "fig-same-day").locator("input[type=radio]").last).to_be_checked()


def test_an_address_that_changes_moves_the_chart(read):
    page = read("book/lesson.html")
    page.evaluate("location.hash = '#fig-towns?month=2014-06'")
    shows(figure(page), "June 2014")
    page.evaluate("location.hash = '#fig-towns?month=2015-06'")
    shows(figure(page), "June 2015")


def test_charts_that_share_a_control_move_together_with_an_address(read):
    page = read("book/lesson.html#fig-stints?month=2014-06")
    shows(figure(page, "fig-stints"), "June 2014")
    expect(figure(page).locator("output")).to_have_text("June 2014")


@pytest.mark.parametrize("query", ["month=2099-01", "year=2014", "month=2014-06&who=nobody", "month=%E0%A4%A"])
def test_a_state_that_does_not_exist_says_so_and_shows_how_the_chart_opens(read, query):
    page = read(f"book/lesson.html#fig-towns?{query}")
    root = figure(page)
    expect(root.locator(".explorer-status")).to_contain_text("no state")
    assert root.locator(".explorer-status").bounding_box()["width"] > 100, "nobody sees it"
    shows(root, "November 2017")


def test_the_plain_address_of_a_figure_leads_to_it_as_ever(read):
    page = read("book/lesson.html#fig-same-day")
    assert in_view(page, page.locator("#fig-same-day"))
    expect(figure(page, "fig-same-day").locator("input").first).to_be_checked()


def test_a_book_in_a_closed_frame_answers_though_it_has_no_history_of_its_own(browser, bases, host):
    folder, address = host
    source = f"{bases['http']}book/lesson.html#fig-towns?month=2014-06"
    frame = f"<iframe sandbox='allow-scripts' width=1000 height=600 src='{source}'></iframe>"
    (folder / "closed.html").write_text(f"<!doctype html><title>Host</title>{frame}")
    outer = browser.new_page()
    faults = []
    outer.on("pageerror", lambda fault: faults.append(fault))
    outer.goto(address + "closed.html")
    inner = outer.frame_locator("iframe")
    root = inner.locator("[data-explorer='fig-towns']")
    shows(root, "June 2014")
    root.locator("input[type=range]").press("End")
    shows(root, "April 2019")
    inner.locator("a.state-link", has_text="July 2016").click()
    shows(root, "July 2016")
    assert faults == []
    outer.close()


# Controls ------------------------------------------------------------------------------------------------------------


def test_reset_is_there_when_there_is_something_to_reset(read):
    page = read("book/lesson.html")
    root = figure(page)
    button = root.get_by_role("button", name="Reset")
    expect(button).to_be_hidden()
    height = root.bounding_box()["height"]
    root.locator("input[type=range]").press("Home")
    expect(button).to_be_visible()
    assert root.bounding_box()["height"] == height, "the chart moves under the reader's hand"
    button.press("Enter")
    shows(root, "November 2017")
    expect(button).to_be_hidden()
    expect(root.locator("input[type=range]")).to_be_focused()
    page.wait_for_url("**/lesson.html#fig-towns")


def test_buttons_step_a_slider_and_are_large_enough_for_a_thumb(read):
    page = read("book/lesson.html", width=390)
    root = figure(page)
    back, on = (root.get_by_role("button", name=f"Month: one step {way}") for way in ("back", "on"))
    assert all(min(one.bounding_box()[side] for side in ("width", "height")) >= 44 for one in (back, on))
    back.click()
    shows(root, "October 2017")
    on.click()
    on.click()
    shows(root, "December 2017")
    root.locator("input[type=range]").press("End")
    expect(on).to_have_attribute("aria-disabled", "true")
    on.click(force=True)  # it says that it does nothing, and does nothing
    shows(root, "April 2019")


def test_play_tells_the_story_from_its_start_at_the_speed_chosen(read):
    page = read("book/lesson.html", reduced_motion="no-preference")
    root = figure(page)
    speed = root.get_by_role("button", name="Speed of Play")
    speed.click()
    expect(speed).to_have_text("2×")
    root.locator(".explorer-play").click()
    readings = (
        "root => (globalThis.seen ??= []).push(root.querySelector('output').textContent) && seen.includes('March 2014')"
    )
    page.wait_for_function(readings, arg=root.element_handle(), polling=20)
    assert page.evaluate("seen").index("December 2013") <= page.evaluate("seen").index("January 2014")
    root.locator(".explorer-play").click()
    stopped = root.locator("output").text_content()
    root.locator(".explorer-play").click()
    page.wait_for_function(
        "([root, then]) => root.querySelector('output').textContent !== then", arg=[root.element_handle(), stopped]
    )
    assert root.locator("output").text_content() != "December 2013", "it goes on from where it was stopped"
    root.locator(".explorer-play").click()


def test_a_title_that_follows_the_state_is_told_once_and_goes_back_with_it(read):
    page = read("book/lesson.html")
    root, title = figure(page, "fig-same-day"), page.locator("#fig-same-day .caption-text")
    first = title.text_content()
    root.locator("input[type=radio]").last.check()
    expect(title).not_to_have_text(first)
    second = title.text_content()
    assert "16 July 2017" in second and "20 August 2017" in first
    expect(root.locator(".explorer-status")).to_contain_text(second)
    expect(root.locator(".explorer-chart")).to_have_attribute("aria-label", second)
    root.get_by_role("button", name="Reset").click()
    expect(title).to_have_text(first)


@pytest.mark.parametrize(
    ("make", "table", "queries"),
    [
        (
            air_operations.munitions_explorer,
            "air_operations",
            ["years=2014..2014", "years=2015..2016", "years=2018..2019"],
        ),
        (yazidis.explorer, "costs", ["what=none", "what=killed", "what=abducted", "what=killed,still-missing"]),
    ],
)
def test_a_page_titles_ranges_and_boxes_as_python_does(read, make, table, queries):
    made = make(data.load(table))
    assert len({made.title_of(made.state(query)) for query in ["", *queries]}) == 1 + len(queries)
    page = read("book/titles.html")
    for query in queries:
        page.evaluate("hash => { location.hash = hash; }", f"{made.name}?{query}")
        expect(page.locator(f"#{made.name} .caption-text")).to_have_text(made.title_of(made.state(query)))


# Sentences -----------------------------------------------------------------------------------------------------------


def test_a_sentence_sets_its_chart_and_shows_a_copy_beside_it(read):
    page = read("book/lesson.html")
    link = page.locator("a.state-link", has_text="December 2014").first
    link.scroll_into_view_if_needed()
    link.focus()
    before = link.bounding_box()
    page.keyboard.press("Enter")
    copy = page.locator(".state-copy")
    expect(copy.locator("svg")).to_contain_text("December 2014")
    expect(copy).to_contain_text("Fig. 1.1: Month: December 2014")
    box, sentence = copy.bounding_box(), link.bounding_box()
    assert abs(sentence["y"] - before["y"]) < 1, "the text stays where it is, however long the chart's new title"
    assert in_view(page, copy) and box["x"] >= sentence["x"] + sentence["width"]
    expect(figure(page).locator("output")).to_have_text("December 2014")
    expect(figure(page).locator(".explorer-status")).to_contain_text("Fig. 1.1 now shows: Month: December 2014.")
    expect(link).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Go to the chart")).to_be_focused()
    page.keyboard.press("Escape")
    expect(copy).to_have_count(0)
    expect(link).to_be_focused()


def test_from_the_copy_a_reader_goes_to_the_chart_and_back_to_the_text(read):
    page = read("book/lesson.html")
    link = page.locator("a.state-link", has_text="December 2014").first
    link.click()
    page.get_by_role("button", name="Go to the chart").click()
    assert in_view(page, page.locator("#fig-towns figcaption"))
    page.get_by_role("button", name="Back to the text").click()
    expect(link).to_be_focused()
    assert in_view(page, link)


def test_on_a_phone_a_sentence_leads_to_its_chart_and_there_is_a_way_back(read):
    page = read("book/lesson.html", width=390, height=844)
    link = page.locator("a.state-link", has_text="the other day")
    link.click()
    expect(page.locator("#fig-same-day")).to_be_focused()
    assert in_view(page, page.locator("#fig-same-day figcaption"))
    expect(page.locator("#fig-same-day .caption-text")).to_contain_text("16 July 2017")
    page.get_by_role("button", name="Back to the text").click()
    expect(link).to_be_focused()
    assert in_view(page, link)
    expect(page.locator(".state-back")).to_have_count(0)


@pytest.mark.parametrize("by", ["http", "disk"])
def test_back_returns_to_where_the_reader_was(read, by):
    page = read("book/lesson.html", by=by, width=390, height=844)
    link = page.locator("a.state-link", has_text="December 2014").first
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    link.click()
    shows(figure(page), "December 2014")
    assert page.url.endswith("#fig-towns?month=2014-12")
    page.go_back()
    page.wait_for_function("y => Math.abs(scrollY - y) < 3", arg=before)
    expect(figure(page).locator("output")).to_have_text("November 2017")


def test_the_marks_that_a_sentence_means_are_ringed_until_the_chart_is_moved(read):
    page = read("book/lesson.html")
    root = figure(page)
    page.locator("a.state-link", has_text="July 2016").click()
    shows(root, "July 2016")
    rings = root.locator(".explorer-ring")
    expect(rings).to_have_count(1)
    town = root.locator(".explorer-wide text", has_text=re.compile("^Mosul$")).first.bounding_box()
    ring = rings.bounding_box()
    assert abs(ring["x"] - town["x"]) < 60 and abs(ring["y"] - town["y"]) < 60
    root.locator("input[type=range]").press("ArrowRight")
    shows(root, "August 2016")
    expect(rings).to_have_count(0)


def test_a_sentence_leads_to_a_figure_of_another_page(read):
    page = read("book/other.html")
    page.locator("a.state-link").first.click()
    page.wait_for_url("**/lesson.html#fig-towns?month=2014-06")
    shows(figure(page), "June 2014")
    assert in_view(page, page.locator("#fig-towns figcaption"))


def test_without_javascript_a_sentence_leads_to_the_figure(read):
    page = read("book/lesson.html", java_script_enabled=False)
    page.locator("a.state-link", has_text="December 2014").first.click()
    assert page.url.endswith("#fig-towns")
    assert in_view(page, page.locator("#fig-towns figcaption"))


@pytest.mark.parametrize("width", [1280, 390])
def test_what_states_bring_to_a_page_is_accessible(read, width):
    page = read("book/lesson.html", width=width)
    page.locator("a.state-link", has_text="December 2014").first.click()
    page.wait_for_selector(".state-copy svg, .state-back")
    menu = figure(page).locator(".explorer-share")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Citation").click()
    assert violations(page) == {}
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert colour_violations(page) == {}
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


# Paper and faults ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paper(tmp_path_factory, pages) -> BeautifulSoup:
    app, warnings = small_book.build(tmp_path_factory.mktemp("paper"), pages, "singlehtml")
    assert warnings == ""
    return BeautifulSoup((Path(app.outdir) / "book/index.html").read_text(encoding="utf-8"), "html.parser")


def printed_states(paper, name):
    return [one.get_text() for one in paper.select(f"#{name} .explorer-state-label")]


@pytest.mark.book
def test_on_paper_the_words_stand_with_the_state_in_brackets(paper):
    assert "By December 2014 (Fig. 1.1, Month: December 2014) much was held." in paper.get_text()
    assert not paper.select("a.state-link")


@pytest.mark.book
def test_the_states_that_the_text_names_are_printed_once_each_but_not_the_solution_nor_the_one_shown_anyway(paper):
    assert printed_states(paper, "fig-towns") == ["Month: July 2016", "Month: December 2014"]
    assert printed_states(paper, "fig-same-day") == ["Day: 16 July 2017"]
    drawn = paper.select("#fig-towns .explorer-state svg")
    assert ["July 2016" in drawn[0].get_text(), "December 2014" in drawn[1].get_text()] == [True, True]


@pytest.mark.book
def test_a_figure_that_no_sentence_names_is_printed_as_it_opens(paper):
    assert printed_states(paper, "fig-stints") == []


@pytest.mark.book
def test_in_a_notebook_the_words_say_what_to_set(tmp_path, pages):
    app, _ = small_book.build(tmp_path, pages)
    builder = NotebookBuilder(app, app.env)
    words = {}
    for name in ("book/lesson", "book/other"):
        with builder._in_charge():
            words[name] = app.env.get_and_resolve_doctree(name, builder).astext()
    assert "By December 2014 (Month: December 2014) much was held." in words["book/lesson"]
    assert "See Mosul falls (Figure 1.1, Month: June 2014) there." in words["book/other"]


FAULTS = {
    "{state}`then <fig-towns?month=2099-01>`": r"month cannot be '2099-01'",
    "{state}`then <fig-towns?year=2014>`": r"fig-towns has no control 'year'. Its controls: month",
    "{state}`then <fig-town?month=2014-06>`": r"there is no figure 'fig-town'",
    "{state}`then <fig-towns?month=2014-06&mark=atlantis>`": r"no mark says 'atlantis'",
    "{state}`then`": r"write `words <fig-label\?control=value>`",
}


@pytest.mark.book
def test_a_state_that_its_figure_cannot_take_is_a_warning_with_page_and_line(tmp_path, pages):
    text = "# Faults\n\n" + "\n\n".join(FAULTS) + "\n"
    _, warnings = small_book.build(tmp_path, {**pages, "faults": small_book.page(text)})
    for place, (written, problem) in enumerate(FAULTS.items()):
        line = 4 + 2 * place  # in the cell, as MyST-NB counts, with cells in ten thousands
        assert re.search(rf"book/faults\.ipynb:{10000 + line}: WARNING: state: .*{problem}", warnings), (
            written,
            warnings,
        )


# Taken along ---------------------------------------------------------------------------------------------------------


def open_menu(page, name="fig-towns"):
    menu = figure(page, name).locator(".explorer-share")
    menu.locator("summary").press("Enter")
    menu.locator("button").first.wait_for()
    return menu


def copied(menu, what) -> str:
    menu.get_by_role("button", name=what, exact=True).press("Enter")
    expect(menu.get_by_role("status")).to_have_text(re.compile("^Cop"))
    return menu.locator("textarea").input_value()


def saved(page, menu, what):
    with page.expect_download() as download:
        menu.get_by_role("button", name=what).press("Enter")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_a_link_to_the_state_opens_it_elsewhere(read, bases):
    page = read("book/lesson.html#fig-towns?month=2016-07")
    shows(figure(page), "July 2016")
    link = copied(open_menu(page), "Link to this state")
    assert link == bases["http"] + "book/lesson.html#fig-towns?month=2016-07"


def test_a_citation_says_title_state_version_and_address(read):
    page = read("book/lesson.html#fig-same-day?day=2017-07-16")
    root = figure(page, "fig-same-day")
    settled(page, root)
    menu = open_menu(page, "fig-same-day")
    for how in ("Citation", "BibTeX", "RIS"):
        text = copied(menu, how)
        for part in (
            "16 July 2017 Syria had more strikes",
            "Day: 16 July 2017",
            "A small book",
            "#fig-same-day?day=2017-07-16",
            "Figures as of",
        ):
            assert part in text, (how, part)
    assert copied(menu, "BibTeX").count("{") == copied(menu, "BibTeX").count("}")
    assert copied(menu, "RIS").splitlines()[0] == "TY  - FIGURE" and copied(menu, "RIS").rstrip().endswith("ER  -")


@pytest.mark.parametrize("by", ["http", "disk"])
def test_pictures_of_a_state_can_stand_alone(read, by):
    page = read("book/lesson.html#fig-towns?month=2016-07", by=by, color_scheme="dark")
    shows(figure(page), "July 2016")
    menu = open_menu(page)
    name, svg = saved(page, menu, "Picture (SVG)")
    assert name == "fig-towns-month-2016-07.svg"
    picture = BeautifulSoup(svg, "html.parser")
    words = " ".join(unescape(text.get_text(" ")) for text in picture.find_all("text"))
    for part in (
        page.locator("#fig-towns .caption-text").inner_text(),
        "Month: July 2016",
        "known to be held",
        "Sources: ",
        "Figures as of",
        "CC BY 4.0",
        "A small book",
    ):
        assert part in words, part
    assert "#fig-towns?month=2016-07" in words.replace(" ", "")
    lines = [one for one in picture.select("tspan, text") if one.get_text(strip=True) and not one.find("tspan")]
    assert len(lines) > 20 and all(float(one["textlength"]) > 0 for one in lines), (
        "another font would change its length"
    )
    name, png = saved(page, menu, "Picture (PNG)")
    image = Image.open(io.BytesIO(png))
    assert image.size == tuple(2 * int(picture.svg[side]) for side in ("width", "height"))
    assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255), "light colours"
    assert len(set(image.convert("RGB").resize((200, 200)).getdata())) > 100, "nothing is drawn"


def test_the_rows_of_a_state_are_saved_and_where_a_chart_does_not_tell_them_its_table(read):
    page = read("book/lesson.html#fig-towns?month=2014-06")
    shows(figure(page), "June 2014")
    menu = open_menu(page)
    _, early = saved(page, menu, "Rows shown (CSV)")
    assert early.decode("utf-8-sig").splitlines()[0].startswith("Place,")
    expect(menu.get_by_role("status")).to_contain_text(f"{len(early.decode().splitlines()) - 1} rows")
    figure(page).locator("input[type=range]").press("End")
    shows(figure(page), "April 2019")
    _, late = saved(page, menu, "Rows shown (CSV)")
    assert early != late

    page = read("book/other.html")
    uncover(figure(page, "fig-contributions"))
    menu = open_menu(page, "fig-contributions")
    _, whole = saved(page, menu, "Rows shown (CSV)")
    rows = figure(page, "fig-contributions").locator(".explorer-table tr").count()
    assert len(whole.decode("utf-8-sig").splitlines()) == rows
    expect(menu.get_by_role("status")).to_contain_text("whole table")


# In other people's pages ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """A page of another origin with a frame, which notes what it is told."""
    folder = tmp_path_factory.mktemp("host")
    with served(folder) as address:
        yield folder, address


def test_the_code_to_embed_a_chart_works_on_another_host(read, browser, bases, host):
    page = read("book/lesson.html#fig-towns?month=2016-07")
    shows(figure(page), "July 2016")
    code = copied(open_menu(page), "Code to embed it")
    folder, address = host
    note = "<script>told = []; addEventListener('message', (event) => told.push([event.data, event.origin]));</script>"
    (folder / "page.html").write_text(
        f"<!doctype html><title>Host</title><input id='mine' autofocus>{note}{code}<p style='height: 3000px'>Below"
    )
    outer = browser.new_page(viewport={"width": 900, "height": 700})
    outer.goto(address + "page.html")
    inner = outer.frame_locator("iframe")
    shows(inner.locator("[data-explorer='fig-towns']"), "July 2016")
    inner.locator("input[type=range]").press("End")
    shows(inner.locator("[data-explorer='fig-towns']"), "April 2019")
    inner.locator("summary", has_text="in words").click()
    outer.wait_for_function("told.length > 1")
    told = outer.evaluate("told")
    assert all(type(height) is int and origin == bases["http"].rstrip("/") for height, origin in told), "only a number"
    frame = outer.locator("iframe")
    outer.wait_for_function("frame => frame.clientHeight === told.at(-1)[0]", arg=frame.element_handle())
    scrolls = "() => document.documentElement.scrollHeight > document.documentElement.clientHeight"
    assert not outer.frames[1].evaluate(scrolls), "the frame is as high as what is in it"
    assert outer.evaluate("scrollY") == 0 or outer.evaluate("document.activeElement.tagName") == "IFRAME"
    outer.close()


def test_an_embedded_chart_leaves_the_page_around_it_in_its_place(browser, bases, host):
    folder, address = host
    source = f"{bases['http']}embed/fig-towns.html#fig-towns?month=2016-07"
    (folder / "low.html").write_text(
        f"<!doctype html><title>Host</title><input autofocus><p style='height: 2000px'>Text<iframe src='{source}' width=800 height=900></iframe>"
    )
    outer = browser.new_page(viewport={"width": 900, "height": 700})
    outer.goto(address + "low.html")
    shows(outer.frame_locator("iframe").locator("[data-explorer='fig-towns']"), "July 2016")
    assert outer.evaluate("scrollY") == 0
    assert outer.evaluate("document.activeElement.tagName") == "INPUT"
    outer.close()


@pytest.mark.parametrize("name", ["fig-towns", "fig-relations", "fig-contributions", "fig-same-day", "fig-stints"])
def test_an_embedded_chart_has_what_it_needs_and_is_accessible(read, name):
    for width in (1280, 390):
        page = read(f"embed/{name}.html", width=width)
        assert violations(page) == {}
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert colour_violations(page) == {}
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    uncover(page.locator("[data-explorer]"))
    expect(page.locator(".explorer-chart svg:visible")).to_be_visible()
    expect(page.locator("figcaption")).to_contain_text("Fig. ")
    expect(page.locator(".explorer-sources")).to_contain_text("Sources: ")
    page.get_by_role("link", name="The chart in its lesson").click()
    there = page.context.wait_for_event("page") if len(page.context.pages) == 1 else page.context.pages[-1]
    there.wait_for_url(f"**/book/*.html#{name}")
    assert in_view(there, there.locator(f"#{name}"))


def test_on_a_phone_an_embedded_chart_is_drawn_for_it_once_a_reader_comes(read):
    page = read("embed/fig-towns.html", width=390)
    expect(page.locator(".explorer-wide svg")).to_be_visible()
    page.locator(".explorer-chart").hover()
    expect(page.locator(".explorer-narrow svg")).to_be_visible()
    expect(page.locator(".explorer-wide svg")).to_be_hidden()
    root = figure(page)
    root.locator("input[type=range]").press("Home")
    shows(root, "December 2013")


# Every figure of the book --------------------------------------------------------------------------------------------


LINKS = "() => [...document.querySelectorAll('a.state-link')].map((link) => [link.href, link.pathname === location.pathname])"
FROM_DISK_EACH = 4  # of the sentences one in so many: there it is the page's address that is another, not the sentence
CLICK = "place => document.querySelectorAll('a.state-link')[place].click()"


@pytest.mark.parametrize("local", [False, True], ids=["http", "disk"])
def test_every_sentence_that_names_a_state_sets_its_chart_and_says_so(telling_page, visit, local):
    with visit(telling_page, local=local) as seen:
        links = list(enumerate(seen.page.evaluate(LINKS)))[:: FROM_DISK_EACH if local else 1]
        for place, (address, here) in links:
            if here:
                seen.page.evaluate(CLICK, place)
                assert_reached(seen.page, address)
        for address in dict.fromkeys(address for _, (address, here) in links if not here):  # as in a new window
            seen.page.goto(address)
            assert_reached(seen.page, address)
        seen.quiet()


def assert_reached(page, address):
    """The controls are set, the chart is drawn, the words are announced and the marks that are meant are ringed."""
    name, query = address.split("#")[1].split("?")
    root = figure(page, name)
    form = root.locator(".explorer-form").evaluate("form => JSON.parse(form.textContent)")
    states = static.states_of({"name": name, **form})
    wanted, marks = split(query)
    state = states.read(wanted)
    expect(root.locator(".explorer-status")).to_contain_text(f"now shows: {states.words(state)}.")
    assert page.evaluate("name => history.state.figures[name]", name) == states.write(state)
    assert page.url.endswith(f"#{name}?{query}")
    if marks:
        expect(root.locator(".explorer-ring").first).to_be_attached()


def test_no_embedded_chart_costs_more_than_a_reader_expects(site, browser):
    with serve(site) as address:
        paths = sorted((site / "embed").glob("*.html"))
        for start in range(0, len(paths), PAGES_AT_ONCE):
            context, received = browser.new_context(), []
            context.on("requestfinished", lambda request, received=received: received.append(request))
            pages = {context.new_page(): path.name for path in paths[start : start + PAGES_AT_ONCE]}
            for page, name in pages.items():
                page.goto(f"{address}embed/{name}", wait_until="commit")
            for page in pages:
                page.wait_for_load_state("networkidle")
            for page, name in pages.items():
                size = sum(one.sizes()["responseBodySize"] for one in received if one.frame.page == page)
                assert 0 < size <= EMBED_KB * 1000, (name, size)
            context.close()
