"""What a reader has done is kept on the device, and nothing breaks where the browser keeps nothing."""

from __future__ import annotations

import pytest

from coursebook.pages.theme import STATIC

PAGE = "<!DOCTYPE html><title>A page</title><body data-book='small'>"
REFUSE = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"


@pytest.fixture
def opened(browser):
    """A function that opens a page with the script, in the same profile each time."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))

    def open_page(before: str = ""):
        page = context.new_page()
        page.add_init_script(before)
        page.goto("http://book.test/")
        page.add_script_tag(path=STATIC / "kept.js")
        return page

    yield open_page
    context.close()


def test_what_is_kept_is_there_on_the_next_page_and_forgotten_on_request(opened):
    first = opened()
    first.evaluate("kept.set('answer/b', 1); kept.set('answer/a', 'x'); kept.set('guess/a', [2])")
    second = opened()
    assert second.evaluate("[kept.get('answer/a'), kept.get('guess/a'), kept.keys('answer/'), kept.refused]") == [
        "x", [2], ["answer/b", "answer/a"], False,
    ]  # fmt: skip
    assert second.evaluate("Object.keys(localStorage)") == ["course:small"], "one entry for the whole book"
    second.evaluate("kept.set('guess/a'); kept.forget('answer/')")
    assert opened().evaluate("[kept.keys(), Object.keys(localStorage)]") == [[], []]


def test_other_windows_are_told_and_lose_nothing(opened):
    first, second = opened(), opened()
    first.evaluate("document.addEventListener('kept', () => { window.told = kept.get('a'); })")
    second.evaluate("kept.set('a', 1)")
    first.wait_for_function("window.told === 1")
    first.evaluate("kept.set('b', 2)")
    assert second.evaluate("kept.keys()") == ["a", "b"]


@pytest.mark.parametrize("before", [REFUSE, FULL])
def test_without_a_store_a_page_works_while_it_is_open_and_says_so(opened, before):
    page = opened(before)
    page.evaluate("kept.set('a', 1)")
    assert page.evaluate("[kept.refused, kept.get('a'), kept.keys()]") == [True, 1, ["a"]]
    assert opened().evaluate("kept.keys()") == []


@pytest.mark.parametrize("found", ["{", "null", "3", '"text"'])
def test_what_another_has_written_there_does_no_harm(opened, found):
    page = opened(f"localStorage.setItem('course:small', {found!r})")
    page.evaluate("kept.set('a', 1)")
    assert page.evaluate("[kept.get('a'), kept.refused]") == [1, False]
