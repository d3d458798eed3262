"""The name of a figure's state: the same state there and back for every control, and clear words where there is none."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import combinations, combinations_with_replacement, product
from xml.etree import ElementTree

import ipywidgets as widgets
import pytest
from hypothesis import given
from hypothesis import strategies as st
from quantities import quantities
from test_charts_selections import FIGURES
from test_explorer import chart, explorer

from caliphate_course import data
from caliphate_course.charts import strength
from caliphate_course.course import COURSE
from coursebook.figures import MIME_TYPE, ControlError, StateTitle, rendering, static
from coursebook.figures.live import BUILD_FLAG

SVG = "http://www.w3.org/2000/svg"
MOST_BOXES = 2  # of so many boxes every choice is tried, beside none and all


@pytest.fixture(scope="session")
def figures():
    """Every figure of the book, by name."""
    after = {"name": "fig-strength-after", "since": "2017-01-01", "until": "2026-12-31", "title": "How many were left?"}
    made = [make(data.load(table)) for make, table in FIGURES] + [strength.explorer(data.load("fighters"), **after)]
    return {one.name: one for some in made for one in (some if isinstance(some, tuple) else (some,))}


def values(control):
    """Every value of a control; of boxes, so many that each one was alone, and with each other one."""
    one = [choice.value for choice in control.choices]
    if control.kind == "checkbox":
        return [True, False]
    if control.kind == "range":
        return [list(ends) for ends in combinations_with_replacement(one, 2)]
    if control.kind == "checkboxes":
        return [list(some) for n in sorted({*range(MOST_BOXES + 1), len(one)}) for some in combinations(one, n)]
    return one


def test_every_value_of_every_control_has_a_name_that_leads_back(figures):
    for figure in figures.values():
        for name, control in figure.static_controls.items():
            for value in values(control):
                query = figure.query({name: value})
                state = figure.state(query)
                assert state.get(name, control.value) == value, (figure.name, query)
                assert bool(query) == (value != control.value), (figure.name, query)
                assert figure.query(state) == query


def test_two_states_never_have_one_name(figures):
    for figure in figures.values():
        for name, control in figure.static_controls.items():
            every = values(control)
            assert len({figure.query({name: value}) for value in every}) == len(every), (figure.name, name)


@given(st.data())
def test_a_state_of_several_controls_leads_back(figures, draws):
    figure = figures[draws.draw(st.sampled_from(sorted(figures)))]
    state = {
        name: draws.draw(st.sampled_from(values(control)))
        for name, control in figure.static_controls.items()
        if draws.draw(st.booleans())
    }
    assert figure.states.whole(figure.state(figure.query(state))) == figure.states.whole(state)


MONTHS = [("May 2014", 201405), ("June 2014", 201406), ("July 2014", 201407)]


@pytest.fixture
def figure():
    """A small figure with each kind of control."""
    controls = {
        "month": widgets.SelectionSlider(options=MONTHS, value=201406, description="Month"),
        "years": widgets.IntRangeSlider(value=(2014, 2016), min=2014, max=2018, description="Years"),
        "who": widgets.Dropdown(options=[("The US", "US, coalition"), ("Asad", "Assad’s side")], description="Who"),
        "ties": widgets.SelectMultiple(options=["directed", "claimed"], value=("directed",), description="Ties"),
        "whole": widgets.Checkbox(True, description="Show all"),
    }
    source = data.sources(data.load("sources")["id"].head(1))
    return explorer(source, base=chart(*controls), sources=source, controls=controls)


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("", {}),
        ("month=2014-07", {"month": 201407}),
        ("years=2015..2018", {"years": [2015, 2018]}),
        ("who=assads-side", {"who": "Assad’s side"}),
        ("ties=directed,claimed", {"ties": ["directed", "claimed"]}),
        ("ties=none", {"ties": []}),
        ("whole=no", {"whole": False}),
        ("month=2014-05&whole=no", {"month": 201405, "whole": False}),
    ],
)
def test_names_are_what_a_person_would_write(figure, query, state):
    assert figure.state(query) == state
    assert figure.query(state) == query


def test_a_state_is_told_in_the_words_of_its_controls(figure):
    state = figure.state("month=2014-07&years=2015..2018&ties=none&whole=no")
    assert figure.states.words(state) == "Month: July 2014, Years: 2015 to 2018, Ties: none, Show all: no"


def test_the_state_in_which_a_figure_opens_needs_no_name(figure):
    assert figure.query(figure.states.whole({})) == ""


def test_boxes_are_named_in_the_order_in_which_they_stand(figure):
    assert figure.query({"ties": ("claimed", "directed")}) == "ties=directed,claimed"
    assert figure.state("ties=claimed,directed") == {"ties": ["directed", "claimed"]}


def test_an_address_that_a_program_has_escaped_is_the_same(figure):
    assert figure.state("ties=directed%2Cclaimed") == figure.state("ties=directed,claimed")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("month=2014-08", r"fig-test: month cannot be '2014-08'. It can be: 2014-05, 2014-06, 2014-07"),
        ("year=2014", r"fig-test has no control 'year'. Its controls: month, years, who, ties, whole"),
        ("years=2016", r"range, such as 2014\.\.2018, not '2016'"),
        ("years=2017..2015", r"runs backwards"),
        ("ties=", r"ties cannot be ''"),
        ("whole=true", r"whole is yes or no, not 'true'"),
        ("month=2014-05&month=2014-06", r"sets 'month' twice"),
    ],
)
def test_a_state_that_does_not_exist_is_refused_with_what_there_is(figure, query, says):
    with pytest.raises(ControlError, match=says):
        figure.state(query)


@pytest.mark.parametrize(
    ("widget", "says"),
    [
        (widgets.Dropdown(options=["Rebels (other)", "rebels, other"], description="Who"), "one name in addresses"),
        (widgets.Dropdown(options=["?", "a"], description="Who"), "cannot name it in an address"),
        (widgets.SelectMultiple(options=["none", "some"], description="Ties"), "cannot name it in an address"),
    ],
)
def test_values_that_addresses_could_not_tell_apart_are_refused_when_the_figure_is_made(widget, says):
    source = data.sources(data.load("sources")["id"].head(1))
    with pytest.raises(ControlError, match=says):
        explorer(source, base=chart("choice"), sources=source, controls={"choice": widget})


def test_no_control_takes_the_name_by_which_addresses_name_marks():
    source, widget = data.sources(data.load("sources")["id"].head(1)), widgets.Checkbox(description="Marks")
    with pytest.raises(ControlError, match="no control is called 'mark'"):
        explorer(source, base=chart("mark"), sources=source, controls={"mark": widget})


# Titles that follow the state ----------------------------------------------------------------------------------------


def titled(title, **more):
    controls = {
        "who": widgets.Dropdown(options=["a", "b"], value="b", description="Who"),
        "month": widgets.SelectionSlider(options=MONTHS, value=201406, description="Month"),
        "whole": widgets.Checkbox(True, description="Show all"),
        "ties": widgets.SelectMultiple(options=["directed", "claimed"], description="Ties"),
        "years": widgets.IntRangeSlider(value=(2014, 2033), min=2014, max=2033, description="Years"),
    }
    source = data.sources(data.load("sources")["id"].head(1))
    return explorer(source, base=chart(*controls), sources=source, controls=controls, title=title, **more)


def test_the_title_is_that_of_the_state_in_a_notebook_and_in_what_a_page_gets(monkeypatch):
    monkeypatch.setenv(BUILD_FLAG, "1")
    figure = titled(StateTitle(by=("who", "whole"), sentence=lambda who, whole: f"{who} led, {whole}"))
    assert figure.title == "b led, True"
    assert figure.title_of({"who": "a", "month": 201407}) == "a led, True"
    given = figure._repr_mimebundle_()[MIME_TYPE]
    assert given["title"] == "b led, True"
    assert given["titles"] == {
        "by": ["who", "whole"],
        "sentences": ["a led, False", "a led, True", "b led, False", "b led, True"],
    }
    title = figure.widget.children[0]
    assert "b led, True" in title.value
    figure.controls["who"].value = "a"
    figure.controls["whole"].value = False
    assert "a led, False" in title.value


def test_a_title_follows_ranges_and_boxes_and_a_page_gets_each_sentence_once(monkeypatch):
    monkeypatch.setenv(BUILD_FLAG, "1")

    def sentence(ties, years):
        return f"{' and '.join(ties) or 'none'}, {'one year' if years[0] == years[1] else 'several'}"

    figure = titled(StateTitle(by=("ties", "years"), sentence=sentence))
    assert figure.title == "none, several"
    assert figure.title_of({"ties": ("claimed", "directed"), "years": (2014, 2014)}) == "directed and claimed, one year"
    given = figure._repr_mimebundle_()[MIME_TYPE]["titles"]
    assert len(given["sentences"]) == 4 * 2 == len(set(given["sentences"]))
    at = given["of"][
        (0b10 * 20 + 3) * 20 + 5
    ]  # the second box alone, from the fourth year to the sixth, as a page counts
    assert given["sentences"][at] == "claimed, several"
    figure.controls["ties"].value = ("claimed",)
    figure.controls["years"].value = (2015, 2015)
    assert "claimed, one year" in figure.widget.children[0].value


def test_a_retitled_figure_keeps_its_one_title_in_every_state():
    figure = titled(StateTitle(by=("who",), sentence=str)).titled("Some rows")
    assert figure.title_of({"who": "a"}) == figure.title == "Some rows" and figure.titles is None


@pytest.mark.parametrize(
    ("title", "says"),
    [
        (StateTitle(by=("years", "month", "whole"), sentence=lambda *_: "One"), "follows 2400 states"),
        (StateTitle(by=("years",), sentence=str), "has 210 sentences. There may be 200 at most"),
        (StateTitle(by=("nobody",), sentence=str), "no control 'nobody'"),
        (StateTitle(by=(), sentence=lambda: "One"), "follows no control"),
    ],
)
def test_a_title_that_cannot_follow_is_refused(title, says):
    with pytest.raises(ControlError, match=says):
        titled(title)


# Controls that a title need not follow, and why its sentence is about what is shown all the same.
WHOLE_FIGURE = {
    ("fig-contributions", "member"): "sets one member beside the bars",
    ("fig-displacement-iraq", "unit"): "counts the same people as families",
    ("fig-displacement-iraq", "marks"): "puts names of events beside the lines",
    ("fig-relations", "actor"): "sets off one of the groups shown",
    ("fig-relations-after", "actor"): "sets off one of the groups shown",
    ("fig-stints", "month"): "moves a line; the bars of all years stay",
    ("fig-timeline", "kinds"): "its titles speak of places taken and lost by name; ten boxes have too many states",
    ("fig-timeline-map", "kinds"): "its titles count all kinds, and say so: ten boxes have too many states",
}


def test_the_title_follows_each_control_that_changes_what_is_told(figures):
    """With a control moved alone to each of its values, the titles are not all one."""
    stays = {
        (figure.name, name)
        for figure in figures.values()
        for name, control in figure.static_controls.items()
        if len({figure.title_of({name: value}) for value in values(control)}) == 1 < len(values(control))
    }
    assert stays == set(WHOLE_FIGURE), "a title states one finding while what is shown changes"


def test_a_number_in_a_title_is_one_of_the_state_of_the_table_or_worked_out_by_a_fact(figures):
    """In the first, the middle and the last state of each control that a title follows; '2.9 billion' is '2,900 million'."""
    facts = digits(COURSE.facts.resolve(f"computed/{name}").text for name in COURSE.facts.computed_names())
    faults = []
    for figure in (one for one in figures.values() if one.titles):
        table, vega = digits(figure.table.astype(str).to_numpy().ravel()), rendering.vega(figure.spec)
        for name in figure.titles["by"]:
            every = values(figure.static_controls[name])
            for state in ({name: every[place]} for place in sorted({0, len(every) // 2, len(every) - 1})):
                said = digits(quantities(figure.title_of(state)))
                if left := said - table - facts:
                    svg = ElementTree.fromstring(rendering.vega_svg(vega, figure.states.whole(state)))
                    left -= digits(" ".join(text.itertext()) for text in svg.iter(f"{{{SVG}}}text"))
                if left:
                    faults.append(f"{figure.name}?{figure.query(state)}: {left} in “{figure.title_of(state)}”")
    assert faults == []


def digits(texts):
    """The numbers of two digits or more in `texts`, as their digits without zeros at either end."""
    return {re.sub(r"[,.]", "", number).strip("0") for text in texts for number in re.findall(r"\d[\d,.]*\d", text)}


# Every state of every figure ------------------------------------------------------------------------------------------

SAYS_SO = "not on this map"
MOST_DRAWN = 24  # states of one figure; where there are more, each control is tried alone


def tried(control):
    """The values at which a control is drawn: of boxes each alone, and of a long slider a few. Years that a reader narrows
    may hold nothing, which the chart says."""
    every = [choice.value for choice in control.choices]
    if control.kind == "checkbox":
        return [control.value, not control.value]
    if control.kind == "range":
        return [control.value]
    if control.kind == "checkboxes":
        return [control.value, every, *([one] for one in every)]
    return [control.value, *(every if len(every) <= MOST_DRAWN else every[:: len(every) // 3])]


def states_drawn(figure):
    values = {name: tried(control) for name, control in figure.static_controls.items()}
    if math.prod(map(len, values.values())) <= MOST_DRAWN:
        return [dict(zip(values, some, strict=True)) for some in product(*values.values())]
    return [{}, *({name: value} for name, some in values.items() for value in some)]


def marks_that_speak(spec, panel=""):
    """By panel, the names of the marks with a tooltip; of a chart without any, of all its marks but words."""
    found = defaultdict(set)
    for mark in spec.get("marks", []):
        inside = re.sub(r"_group$", "", mark["name"]) if mark["name"].startswith("concat") and not panel else panel
        if "tooltip" in mark.get("encode", {}).get("update", {}):
            found[inside].add(mark["name"])
        for name, names in marks_that_speak(mark, inside).items():
            found[name] |= names
    return found


def in_groups(svg, names):
    return [
        part for part in ElementTree.fromstring(svg).iter(f"{{{SVG}}}g") if names & set(part.get("class", "").split())
    ]


@pytest.fixture(scope="module")
def drawn(figures):
    """By figure: its panels' marks, and by state what is drawn."""
    made = {}
    for figure in figures.values():
        vega = rendering.vega(figure.spec)
        svgs = [(s, rendering.vega_svg(vega, figure.states.whole(s))) for s in states_drawn(figure)]
        made[figure.name] = marks_that_speak(vega), svgs
    return made


@pytest.mark.book
def test_no_state_of_any_figure_is_empty(figures, drawn):
    empty = [
        f"{name}?{figures[name].query(state)}: nothing in {panel or 'it'}"
        for name, (panels, states) in drawn.items()
        for state, svg in states
        for panel, names in (panels or {"": {"mark-symbol", "mark-rect"}}).items()
        if not any(len(group) for group in in_groups(svg, names)) and SAYS_SO not in svg
    ]
    assert empty == []


@pytest.mark.book
def test_a_title_that_follows_the_state_states_no_number_of_another_state(figures, drawn):
    faults = []
    for name, (_, states) in drawn.items():
        if not figures[name].titles:
            continue
        shown = [
            {n for text in in_groups(svg, {"role-mark"}) for n in numbers(" ".join(text.itertext()))}
            for _, svg in states
        ]
        everywhere = set().union(*shown)
        for (state, _), here in zip(states, shown, strict=True):
            title = figures[name].title_of(state)
            said = {number for quantity in quantities(title) for number in numbers(quantity)}
            if others := (said & everywhere) - here:
                faults.append(f"{name}?{figures[name].query(state)}: {sorted(others)} in “{title}”")
    assert faults == []


def numbers(text):
    """Those of three digits or more: smaller ones stand for many things."""
    return re.findall(r"\d[\d,.]+\d", text)


# Play ----------------------------------------------------------------------------------------------------------------


def test_play_in_a_notebook_starts_at_the_storys_start_unless_the_slider_was_moved():
    figure = titled("Title", play="month", play_from=201405)
    play, speed, slider = figure.widget.children[2].children
    play.playing = True
    assert slider.value == 201405
    speed.label = "2×"
    assert play.interval == 250
    figure = titled("Title", play="month")
    play, _, slider = figure.widget.children[2].children
    slider.value = 201407
    play.playing = True
    assert slider.value == 201407


@pytest.mark.parametrize(("play", "says"), [("month", "201408 is not one of its values"), (None, "there is no Play")])
def test_a_start_that_play_cannot_take_is_refused(play, says):
    with pytest.raises(ControlError, match=says):
        titled("Title", play=play, play_from=201408)


def test_a_pick_to_keep_names_a_control():
    with pytest.raises(ControlError, match="keep='place' does not name a control"):
        titled("Title", keep="place")
    assert titled("Title", keep="month").keep == "month"


# What pages and paper get --------------------------------------------------------------------------------------------


def test_a_page_knows_the_states_of_a_figure_as_python_does(figures):
    for figure in figures.values():
        form = {"name": figure.name, "controls": [static._control(c, ()) for c in figure.static_controls.values()]}
        assert static.states_of(form) == figure.states, figure.name


def test_a_state_drawn_from_the_compiled_chart_is_the_one_drawn_from_the_declaration(figures, monkeypatch):
    monkeypatch.setenv(BUILD_FLAG, "1")
    figure = figures["fig-same-day"]
    given = figure._repr_mimebundle_()[MIME_TYPE]
    (named,) = static.named_states(given, ["day=2017-07-16", "", "day=2017-07-16"])
    declared = rendering.svg(rendering.with_values(rendering.narrow(figure.spec), {"day": "2017-07-16"}))
    assert named["label"] == "Day: 16 July 2017"
    assert ">34<" in named["svg"] and ">34<" in declared and ">84<" not in named["svg"]
