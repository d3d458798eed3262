"""A reader's answers in the built book: kept on the device, counted, shown on a sheet, forgotten on request."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from test_kept import FULL, REFUSE

LESSON, SHEET, RATED = "book/the-fall.html", "book/your-answers.html", "book/reading-the-news.html"


def answer(question, kind: str) -> str:
    """Choose a right or a wrong answer of `question` and check it; its words."""
    for option in question.locator("label").all():
        option.click()
        question.locator("button").click()
        if kind in option.get_attribute("class"):
            return option.inner_text()
    raise AssertionError(f"no {kind} answer")


def test_answers_are_kept_counted_shown_and_forgotten(visit, server):
    with visit(LESSON) as seen:
        page = seen.page
        first, second = page.locator("form.question").nth(0), page.locator("form.question").nth(1)
        first.locator("button").click()
        expect(first.locator("[role=status]")).to_have_text("Choose an answer first.")
        right, wrong = answer(first, "answer-right"), answer(second, "answer-wrong")
        entry = page.locator(".bd-sidebar-primary li.current a")
        expect(entry.locator(".lesson-progress")).to_have_attribute("aria-label", re.compile("1 of . questions right"))
        expect(page.locator(".question-count")).to_contain_text(
            re.compile("^1 of . answered right. To repeat: .*question 2")
        )

        page.reload()
        expect(first.locator("label:has(:checked)")).to_have_text(re.compile(re.escape(right[3:])))
        expect(first.locator("[role=status]")).to_contain_text("Right.")

        page.goto(server + RATED)
        page.locator("[data-kept='rating/A36']").select_option("premature")

        page.goto(server + SHEET)
        shown = page.locator(".sheet-question:not([hidden])")
        expect(shown).to_have_count(2)
        expect(shown.nth(1).locator(".answer:not([hidden])")).to_contain_text(wrong[3:])
        expect(page.locator(".sheet:not([hidden]) .sheet-count")).to_have_text(re.compile("1 of . right"))
        expect(page.locator(".claim-rated:not([hidden])")).to_contain_text("Yours: premature. Ours: premature")
        expect(page.get_by_label("Name")).to_be_visible()

        page.on("dialog", lambda asked: asked.accept())
        page.get_by_role("button", name="Forget everything here").click()
        expect(shown).to_have_count(0)
        assert page.evaluate("Object.keys(localStorage)") == []
        page.goto(server + LESSON)
        expect(page.locator("form.question :checked")).to_have_count(0)
        seen.quiet()


@pytest.mark.parametrize("before", [REFUSE, FULL])
def test_where_nothing_is_kept_questions_answer_and_say_so(before, visit):
    with visit(LESSON, local=True) as seen:
        page = seen.page
        page.add_init_script(before)
        page.reload()
        answer(page.locator("form.question").first, "answer-right")
        expect(page.locator(".question-count")).to_contain_text("1 of")
        expect(page.locator(".question-count")).to_contain_text("when the page is closed, your answers are gone")
        seen.quiet()
