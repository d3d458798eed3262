"""What figures ask before they show, and how they are gone through: declared once, the same in every medium."""

from __future__ import annotations

import re

import altair as alt
import ipywidgets as widgets
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from caliphate_course import data
from caliphate_course.charts import (
    attacks_abroad,
    civilian_harm,
    claims,
    contributions,
    detention,
    displacement,
    guesses,
    membership,
    relations,
    strength,
    territory,
    towns,
)
from coursebook.editions.handout.assemble import cover_charts
from coursebook.figures import MIME_TYPE, ControlError, Explorer, Prediction, Step, rendering, static
from coursebook.figures.live import BUILD_FLAG
from coursebook.figures.states import split

FRAME = pd.DataFrame({"year": [2014, 2015, 2016], "area": [10, 30, 20]})
MOST_STEPS, MOST_WORDS = 5, 40


@pytest.fixture(autouse=True)
def the_book_is_being_built(monkeypatch):
    monkeypatch.setenv(BUILD_FLAG, "1")


def guess_of(truth=30, **more):
    return Prediction(
        question="How large was it?",
        title="Area by year",
        ask=widgets.IntSlider(0, 0, 40, 10, description="Area"),
        sentence=lambda guess: f"{guess} against {truth}",
        **more,
    )


def figure(prediction=None, steps=(), params=("year", "guess")):
    chart = alt.Chart(FRAME).mark_point().encode(x="year:Q", y="area:Q").properties(width=680)
    return Explorer(
        chart.add_params(*(alt.param(name=name) for name in params)),
        name="fig-test",
        title="Area rose, then fell",
        description="Three points.",
        controls={"year": widgets.IntSlider(2016, 2014, 2016, description="Year")},
        table=FRAME,
        sources=data.sources(data.load("sources")["id"].head(1)),
        as_of="2016",
        prediction=prediction,
        steps=steps,
    )


def made(explorer):
    return explorer._repr_mimebundle_()[MIME_TYPE]


def test_the_page_has_the_question_and_a_sentence_for_each_guess():
    content = made(figure(guess_of()))
    asked = content["prediction"]
    assert asked["sentences"] == [f"{guess} against 30" for guess in (0, 10, 20, 30, 40)]
    page = BeautifulSoup(static.figure_html(content), "html.parser")
    assert "How large was it?" in page.select_one(".explorer-question").get_text()
    assert page.select_one("[data-asks] .explorer-show").get_text() == "Show me"
    assert page.select_one("noscript .explorer-finding").get_text() == "Area rose, then fell"


def test_nothing_is_drawn_of_a_guess_until_there_is_one():
    spec = figure(guess_of()).spec
    assert next(param for param in spec["params"] if param["name"] == "guess")["value"] is None


def test_a_prediction_that_its_chart_cannot_draw_is_refused():
    with pytest.raises(ValueError, match="no param 'guess'"):
        figure(guess_of(), params=("year",))


def test_several_values_at_once_are_no_guess():
    several = Prediction("Which?", "Area", widgets.SelectMultiple(options=["a"], description="Which"), str)
    with pytest.raises(ControlError, match="answered with one of at most"):
        figure(several)


def test_a_step_that_the_figure_cannot_take_is_refused():
    with pytest.raises(ControlError, match="2020"):
        figure(steps=[Step({"year": 2020}, "Later.")])


def test_a_step_that_speaks_of_a_mark_which_is_not_there_is_refused():
    with pytest.raises(ControlError, match="no mark says 'kobani'"):
        made(figure(steps=[Step({}, "The ring.", "kobani")]))


def test_in_front_of_a_kernel_the_chart_is_covered_until_the_guess_and_again_when_it_is_taken_back():
    prediction = guess_of()
    box = figure(prediction).widget
    title, asked, *_, chart, _ = box.children
    finding, _, form, answered = asked.children
    assert (chart.layout.display, title.layout.display, finding.layout.display) == ("none", "none", None)
    prediction.ask.value = 20
    commit, _ = form.children[-1].children
    commit.click()
    assert (chart.params.guess, chart.layout.display, form.layout.display) == (20, None, "none")
    said, again = answered.children
    assert said.value == "20 against 30"
    again.click()
    assert (chart.layout.display, chart.params.guess) == ("none", None)


def test_in_front_of_a_kernel_steps_set_the_controls_one_after_another():
    stepped = figure(steps=[Step({"year": 2014}, "First."), Step({}, "Last.")])
    words, buttons = next(box for box in stepped.widget.children[1:] if len(box.children) == 2).children
    back, on = buttons.children
    on.click()
    assert (stepped.controls["year"].value, words.value) == (2014, "Step 1 of 2: First.")
    on.click()
    assert (stepped.controls["year"].value, on.disabled) == (2016, True)
    back.click()
    assert stepped.controls["year"].value == 2014


def test_on_paper_steps_are_small_charts_with_their_sentences():
    drawn = static.step_states(made(figure(steps=[Step({"year": 2014}, "First."), Step({}, "Last.")])))
    assert [one["label"] for one in drawn] == ["First.", "Last."]


PRINTED = """<section><figure id="fig-a"><figcaption><span class="caption-text">It was 30</span></figcaption>
<p class="explorer-question" data-title="How large was it?">Guess</p><div class="explorer-chart"><svg viewBox="0 0 360 290">
<title>It was 30</title><g class="mark-group role-axis"></g><g class="mark-symbol role-mark marks">30</g></svg></div></figure>
<div class="notice">It was 30</div><p>More.</p><h3>Next</h3></section>"""


def test_on_paper_a_tall_chart_is_drawn_once_and_its_steps_are_told():
    wide = made(figure(steps=[Step({"year": 2014}, "First."), Step({}, "Last.")]))
    assert all(one["svg"] for one in [*static.step_states(wide), *static.named_states(wide, ["year=2014"])])
    tall = {**wide, "svg_narrow": '<svg viewBox="0 0 100 161"></svg>'}
    assert [(one["label"], one["svg"]) for one in static.step_states(tall)] == [("First.", ""), ("Last.", "")]
    assert static.named_states(tall, ["year=2014"]) == []
    assert static.print_html(tall, static.step_states(tall)).count("<svg") == 1


@pytest.mark.parametrize(
    "draw", [relations.explorer, lambda frame: towns.explorers(frame)[1]], ids=["relations", "stints"]
)
def test_on_paper_a_step_of_a_tall_chart_is_drawn_with_the_rows_it_is_about(draw):
    explorer = draw(data.load("relations" if draw is relations.explorer else "town_control"))
    small = [step for step in explorer.steps if step.height]
    drawn = [one["svg"] for one in static.step_states(made(explorer))]
    assert small and [bool(svg) for svg in drawn] == [bool(step.height) for step in explorer.steps]
    for step, svg in zip(small, filter(None, drawn), strict=True):
        words = re.findall(r"<text[^>]*>([^<]*)", svg)
        assert not static.is_tall(svg)
        assert all(any(word.startswith(row) for word in words) for row in step.only), step.says
        assert "Tal Abyad" not in words and "Israel" not in words, "rows of which no step speaks"


def test_on_paper_a_state_has_no_key_of_its_own():
    panels = alt.hconcat(*[alt.Chart(FRAME).mark_point().encode(x="area:Q", color="year:N") for _ in range(2)])
    drawn = rendering.vega(panels.resolve_scale(color="independent").to_dict())
    assert rendering.vega_svg(drawn, {}).count("role-legend-title") == 2
    small = rendering.vega_svg(rendering.without_legends(drawn), {})
    assert "role-legend" not in small and small.count("mark-symbol role-mark") == 2


def test_a_students_sheet_of_a_tall_chart_has_lines_to_write_on():
    section = BeautifulSoup(PRINTED.replace("0 0 360 290", "0 0 100 161"), "html.parser").section
    cover_charts(section)
    blank, kept = section.select("figure")
    assert blank.select(".writing-space .line") and blank.svg is None and kept.svg is not None


def test_a_students_sheet_has_a_blank_frame_and_the_chart_at_its_end():
    section = BeautifulSoup(PRINTED, "html.parser").section
    cover_charts(section)
    blank, kept = section.select("figure")
    assert "30" not in blank.get_text() + str(blank)
    assert blank.select_one(".role-axis") is not None
    assert kept.find_previous("h2") is not None
    assert (kept["id"], kept.find_next_sibling(class_="notice").get_text()) == ("fig-a", "It was 30")
    assert section.select(".guessed figure") == [kept]


# The course's own ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figures():
    load = data.load
    asked = [
        attacks_abroad.explorer(load("events"), load("territory_estimates")),
        civilian_harm.explorer(load("civilian_harm")),
        claims.explorer(load("claims")),
        contributions.explorer(load("contributions"), load("coalition_members")),
        detention.prisoners_explorer(load("detention")),
        displacement.iraq_explorer(load("displacement")),
        membership.explorer(load("coalition_members")),
        strength.explorer(
            load("fighters"), name="fig-strength-after", since="2017-01-01", until="2026-12-31", title="-"
        ),
        territory.explorer(load("territory_estimates")),
        towns.explorers(load("town_control"))[1],
    ]
    stepped = [towns.explorers(load("town_control"))[0], relations.explorer(load("relations"))]
    return {one.name: one for one in [*asked, *stepped]}


ASKED = {
    "fig-contributions": 20, "fig-membership": 90, "fig-displacement-iraq": 201607, "fig-stints": 201606,
    "fig-attacks-abroad": 15, "fig-civilian-harm": 5000, "fig-strength-after": 5000, "fig-territory": 150_000,
    "fig-detained": 400, "fig-claims": ["wrong"] * 8,
}  # fmt: skip
STEPPED = ["fig-relations", "fig-towns", "fig-stints", "fig-civilian-harm", "fig-displacement-iraq", "fig-territory"]


@pytest.mark.parametrize("name", ASKED)
def test_a_guess_is_drawn_in_its_chart(figures, name):
    one = figures[name]
    spec = one.spec
    state = dict(one.prediction.state)
    without = rendering.svg(rendering.with_values(spec, state))
    guessed = rendering.svg(rendering.with_values(spec, state | {"guess": ASKED[name]}))
    assert guessed != without


@pytest.mark.parametrize("name", ASKED)
def test_no_question_and_no_title_gives_the_answer_away(figures, name):
    """The numbers of the finding are in neither."""
    one = figures[name]
    answer = {
        number for number in re.findall(r"\d[\d,]*", one.title) if len(number) > 2 and not number.startswith("20")
    }
    assert not answer & set(re.findall(r"\d[\d,]*", f"{one.prediction.title}"))
    assert one.prediction.title != one.title
    assert one.prediction.question.endswith("?") or "?" in one.prediction.question


@pytest.mark.parametrize("name", ASKED)
def test_what_is_said_of_a_guess_is_neither_praise_nor_blame(figures, name):
    judged = re.compile(r"\b(well done|right|wrong|correct|good|bad|sorry|unfortunately|only)\b", re.IGNORECASE)
    sentences = figures[name].prediction.payload(name)["sentences"]
    assert not [sentence for sentence in sentences if judged.search(sentence)]


@pytest.mark.parametrize("name", STEPPED)
def test_a_hard_chart_has_three_to_five_steps_of_few_words(figures, name):
    one = figures[name]
    assert 3 <= len(one.steps) <= MOST_STEPS
    content = made(one)
    for step in content["steps"]:
        assert len(step["says"].split()) <= MOST_WORDS, step["says"]
        state, _ = split(step["query"])
        assert one.query(one.state(state)) == state


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (40, "You said 40, 27 more than the 13 counted."),
        (3, "You said 3, 10 fewer than the 13 counted."),
        (13, "You said 13, the same as the 13 counted."),
    ],
)
def test_the_gap_is_told_in_words(guess, said):
    assert guesses.against(guess, 13, "the 13 counted") == said


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (201609, "You said September 2016, 13 months before it fell."),
        (201711, "You said November 2017, 1 month after it fell."),
        (201710, "You said October 2017, the month in which it fell."),
    ],
)
def test_the_gap_in_months_is_told_in_words(guess, said):
    assert guesses.month_against(guess, 201710, "it fell") == said
