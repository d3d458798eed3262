"""All claims of the two articles: in the figure, on the page, with a source or the words that there is none."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from drawn import svg, texts

from caliphate_course import claims_list, data
from caliphate_course.charts import claims
from coursebook.figures import theme


@pytest.fixture(scope="module")
def frame():
    return data.load("claims")


@pytest.fixture(scope="module")
def page(site):
    return BeautifulSoup((site / "book" / "reading-the-news.html").read_text(encoding="utf-8"), "html.parser")


def test_there_is_a_dot_for_each_claim_and_none_hides_another(frame):
    dots = claims.squares(frame)
    assert sorted(dots["claim_id"]) == sorted(frame["claim_id"]) and dots["claim_id"].is_unique
    assert not dots.duplicated(["verdict", "place"]).any()


def test_the_title_is_what_the_verdicts_say(frame):
    counts = frame["verdict"].value_counts()
    assert counts["wrong"] * 10 < len(frame)
    checked = counts.drop(["opinion_or_forecast", "not_verified"]).sum()
    assert f"{counts['held_up']} of {checked} claims that could be checked" in claims.explorer(frame).title


@pytest.mark.parametrize("column", ["article", "topic", "verdict"])
def test_each_choice_counts_the_claims_it_selects(frame, column):
    explorer = claims.explorer(frame)
    for value, chosen in frame.groupby(column):
        held, wrong = ((chosen["verdict"] == verdict).sum() for verdict in ("held_up", "wrong"))
        claims_ = "1 claim" if len(chosen) == 1 else f"{len(chosen)} claims"
        assert f"{claims_}: {held} held up, {wrong} wrong" in texts(explorer, **{column: value})


def test_a_choice_without_a_claim_says_so(frame):
    topic = frame.groupby("topic")["verdict"].agg(set)
    topic = next(name for name, verdicts in topic.items() if "wrong" not in verdicts)
    assert "No claim fits this choice" in texts(claims.explorer(frame), topic=topic, verdict="wrong")


def test_a_claim_left_out_fades_with_its_outline(frame):
    drawn = svg(claims.explorer(frame), verdict="wrong")
    outlines = re.findall(rf'<path[^>]*stroke="{theme.MUTED}"[^>]*>', drawn)
    assert len(outlines) == (frame["verdict"] == "not_verified").sum()
    assert all('stroke-opacity="0.15"' in outline for outline in outlines)


def test_every_claim_stands_on_the_page_with_its_words_quoted_and_a_source(frame, page):
    for claim in frame.itertuples():
        box = page.find(id=f"claim-{claim.id}")
        assert box is not None, claim.claim_id
        assert f"{claim.paraphrase} “{claim.words}”" in box.summary.get_text()
        assert [link for link in box.find_all("a") if "#source-" in link.get("href", "")], claim.claim_id


def test_a_claim_in_the_figure_shows_the_words_that_decide_it(frame):
    first = frame.iloc[0]
    assert f"“{first['words']}”" in claims.table(frame)["Words that decide"].iloc[0]
    assert f"“{first['words']}”" in set(claims.squares(frame)["words"])


def test_a_verdict_is_seen_only_when_its_claim_is_opened(frame, page):
    for claim in frame.itertuples():
        box = page.find(id=f"claim-{claim.id}")
        assert box.name == "details" and not box.has_attr("open")
        assert (
            box.select_one(".claim-body .claim-verdict").get_text() == f"Verdict: {claims.VERDICTS[claim.verdict][0]}"
        )


def test_the_eight_to_rate_stand_before_their_readings_and_carry_no_verdict(frame, page):
    teaching = frame[frame["teaches"]]
    items = page.select(".claims-to-rate li")
    assert [item.strong.get_text() for item in items] == list(teaching["claim_id"]) and len(items) == 8
    assert not any("Verdict" in item.get_text() for item in items)
    assert all(f"“{words}”" in item.get_text() for words, item in zip(teaching["words"], items, strict=True))
    readings = {
        box.summary.get_text()[:3]: found[1]
        for box in page.select("details.admonition")
        if (found := re.search(r"Verdict: ([a-z ]+)", box.get_text()))
    }
    ratings = {claim.claim_id: claims.VERDICTS[claim.verdict][0] for claim in teaching.itertuples()}
    assert readings == ratings
    told = page.find(string=re.compile("Our ratings: "))
    assert all(f"{claim} {verdict}" in told for claim, verdict in ratings.items())


def test_every_disagreement_of_the_raters_is_told_with_the_decision(frame, page):
    listed = page.select(".claims-disputed li")
    differing = frame[frame["rater_1"] != frame["rater_2"]]
    assert [item.strong.get_text() for item in listed] == list(differing["claim_id"])
    for claim, item in zip(differing.itertuples(), listed, strict=True):
        names = [claims.VERDICTS[verdict][0] for verdict in (claim.rater_1, claim.rater_2, claim.verdict)]
        assert f"the first rater said {names[0]}, the second {names[1]}. Decided: {names[2]}." in item.get_text()
        assert item.get_text().replace("’", "'").endswith(claim.decision)


def test_a_figure_named_for_a_claim_is_in_the_book(frame, site):
    named = {figure for _, row in frame.iterrows() if (figure := claims_list.figure_for(row))}
    pages = " ".join(page.read_text(encoding="utf-8") for page in (site / "book").glob("*.html"))
    assert all(f'data-explorer="{figure}"' in pages for figure in named)
