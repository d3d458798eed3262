"""Who helped and who fought whom: the relations against dated events, the clashes, and the published troop figures."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from drawn import svg, texts

from caliphate_course import data
from caliphate_course.charts import clashes, relations, us_presence
from caliphate_course.measures.relations import holding
from caliphate_course.words import SIDES
from coursebook.figures import rendering, theme

TIES = data.load("relations")
EVENTS = data.load("events").set_index("id")
WINDOWS = [relations.WAR, relations.AFTERMATH]
# A dated event of `events`, and what the figure must show in its month: who does what (family) to whom.
CHECKED = [
    ("deir-ez-zor-2014-07-14", "Nusra, HTS", "fight", "ISIS"),
    ("sinjar-2014-08-03", "PKK, YBS", "fight", "ISIS"),
    ("amirli-2014-08-31", "US, coalition", "deal", "PMF"),
    ("kobani-2014-09-13", "SDF, YPG", "fight", "ISIS"),
    ("kobani-airdrop-2014-10-19", "US, coalition", "help", "SDF, YPG"),
    ("iran-strikes-2014-12-02", "Iran, Hezbollah", "fight", "ISIS"),
    ("tikrit-us-strikes-2015-03-25", "US, coalition", "deal", "PMF"),
    ("turkey-strikes-2015-07-24", "Turkey", "fight", "PKK, YBS"),
    ("baghdad-cell-2015-09-27", "Iraq", "deal", "Russia"),
    ("russia-strikes-2015-09-30", "Russia", "help", "Damascus"),
    ("us-russia-memo-2015-10-20", "US, coalition", "deal", "Russia"),
    ("sinjar-2015-11-13", "PKK, YBS", "fight", "ISIS"),
    ("sinjar-2015-11-13", "Iraqi Kurds", "deal", "PKK, YBS"),
    ("su-24-2015-11-24", "Turkey", "fight", "Russia"),
    ("hasakah-2016-08-18", "Damascus", "fight", "SDF, YPG"),
    ("jarabulus-2016-08-24", "Turkey", "fight", "SDF, YPG"),
    ("deir-ez-zor-strike-2016-09-17", "US, coalition", "fight", "Damascus"),
    ("sinjar-clash-2017-03-03", "Iraqi Kurds", "fight", "PKK, YBS"),
    ("turkey-strikes-sinjar-2017-04-25", "Turkey", "fight", "SDF, YPG"),
    ("tanf-2017-05-18", "US, coalition", "fight", "Damascus"),
    ("su-22-2017-06-18", "US, coalition", "fight", "Damascus"),
    ("albu-kamal-2017-11-19", "Iran, Hezbollah", "fight", "ISIS"),
    ("kirkuk-2017-10-16", "Iraq", "fight", "Iraqi Kurds"),
    ("raqqa-deal-2017-10-12", "SDF, YPG", "deal", "ISIS"),
    ("afrin-2018-01-20", "Turkey", "fight", "SDF, YPG"),
    ("khasham-2018-02-07", "US, coalition", "fight", "Russia"),
]
CHECKED_AFTER = [
    ("peace-spring-2019-10-09", "Turkey", "fight", "SDF, YPG"),
    ("sdf-damascus-2019-10-13", "SDF, YPG", "deal", "Assad's side"),
    ("soleimani-2020-01-03", "US, coalition", "fight", "Iran, Hezbollah"),
    ("iraq-vote-2020-01-05", "Iraq", "odds", "US, coalition"),
    ("sdf-damascus-2025-03-10", "SDF, YPG", "deal", "New Damascus"),
    ("assad-falls-2024-12-08", "Nusra, HTS", "fight", "Assad's side"),
    ("syria-joins-2025-11-10", "US, coalition", "deal", "New Damascus"),
    ("aleppo-2026-01-06", "New Damascus", "fight", "SDF, YPG"),
    ("sdf-ceasefire-2026-01-18", "New Damascus", "deal", "SDF, YPG"),
    ("detainees-iraq-2026-01-21", "Iraq", "deal", "US, coalition"),
]


def boxes(month, window):
    """(source, family, target) of every relation that holds in the month."""
    rows = holding(TIES, month, window)
    return {(row.source, relations.RELATIONS[row.relation].family, row.target) for row in rows.itertuples()}


@pytest.mark.parametrize(
    ("event", "source", "family", "target", "window"),
    [(*row, relations.WAR) for row in CHECKED] + [(*row, relations.AFTERMATH) for row in CHECKED_AFTER],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "name", None),
)
def test_relations_agree_with_a_dated_event(event, source, family, target, window):
    day = EVENTS.loc[event, "date"]
    assert (source, family, target) in boxes(day.year * 100 + day.month, window)


@pytest.mark.parametrize(
    ("month", "source", "family", "target"),
    [
        (201508, "Russia", "help", "Damascus"),  # a month before the air campaign
        (201709, "Iraq", "fight", "Iraqi Kurds"),  # the month before Kirkuk
        (201711, "PMF", "fight", "Iraqi Kurds"),  # and the month after
        (201712, "Turkey", "fight", "SDF, YPG"),  # before Afrin
        (201803, "US, coalition", "fight", "Russia"),  # after Khasham
        (201409, "SDF, YPG", "fight", "Damascus"),
        (201504, "PKK, YBS", "fight", "Iraqi Kurds"),  # two years before the clash at Sinjar
        (201505, "Nusra, HTS", "deal", "ISIS"),  # a month after Yarmouk was taken
        (201712, "PKK, YBS", "fight", "ISIS"),  # after the last case seen
        (201708, "Iran, Hezbollah", "fight", "Nusra, HTS"),  # after the ceasefire of Arsal
    ],
)
def test_fights_and_help_stop_where_the_table_stops(month, source, family, target):
    assert (source, family, target) not in boxes(month, relations.WAR)


def test_nothing_of_the_old_government_outlives_it():
    for month in (202501, 202511, 202601):
        assert not [box for box in boxes(month, relations.AFTERMATH) if "Assad's side" in box]
    assert not [box for box in boxes(202411, relations.AFTERMATH) if "New Damascus" in box]


def test_mutual_relations_run_both_ways_and_count_once():
    both = holding(TIES, 202601, relations.AFTERMATH)
    fight = both[both["id"] == "syria-interim-fights-sdf-2026"]
    assert set(zip(fight["source"], fight["target"], strict=True)) == {
        ("New Damascus", "SDF, YPG"),
        ("SDF, YPG", "New Damascus"),
    }
    assert fight["first"].sum() == 1


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: relations.OPENINGS[window].name)
def test_every_relation_of_the_months_is_drawn_and_listed(window):
    drawn = set(relations.cells(TIES, window)["id"])
    first = pd.Timestamp(window.first // 100, window.first % 100, 1)
    last = pd.Timestamp(window.last // 100, window.last % 100, 28)
    alive = TIES[~(TIES["start"] > last) & ~(TIES["end"] < first)]
    missing = set(alive["id"]) - drawn
    assert missing <= set(alive.loc[alive[["from_actor", "to_actor"]].isin(["syria-interim"]).any(axis=1), "id"])
    assert len(relations.table(TIES, window)) == len(drawn)


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: relations.OPENINGS[window].name)
def test_status_says_what_the_table_holds(window):
    explorer, month = (
        (relations.explorer if window is relations.WAR else relations.aftermath)(TIES),
        relations.OPENINGS[window].month,
    )
    actor = relations.OPENINGS[window].actor
    lines = texts(explorer, month=month, actor=actor)
    rows = holding(TIES, month, window)
    once = rows[rows["first"] == 1]
    fights = once[once["relation"] == "fights"]
    when = f"{pd.Timestamp(month // 100, month % 100, 1):%B %Y}"
    assert f"{when}: {len(once)} relations, {len(fights)} of them fights" in lines
    assert f" {int(fights['among'].sum())} between enemies of ISIS" in " ".join(lines)
    assert set(window.groups) - {actor} | {"Among themselves"} == set(said(lines))


def said(lines):
    """What stands behind the name of each group: 'Iraq → fights' as {'Iraq': ['→ fights']}."""
    groups = {*relations.WAR.groups, *relations.AFTERMATH.groups, "Among themselves"}
    found = {}
    for line in lines:
        name = max((one for one in groups if line == one or line.startswith(f"{one} ")), key=len, default="")
        if name and re.fullmatch(r"( [←→↔] [\w ]+,?)*", line.removeprefix(name)):
            found[name] = [part.strip() for part in line.removeprefix(name).split(",") if part.strip()]
    return found


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: relations.OPENINGS[window].name)
def test_a_row_says_all_that_holds_between_two_groups_and_which_way(window):
    spec = relations.chart(TIES, window).to_dict()
    for actor, month in (("Iraqi Kurds", 201710), ("Turkey", 201802), ("ISIS", 201804), ("US, coalition", 201903)):
        lines = [*svg_lines(rendering.svg(rendering.with_values(spec, {"month": month, "actor": actor})))]
        found, want = said(lines), {}
        for row in holding(TIES, month, window).itertuples():
            if actor in (row.source, row.target):
                other = row.target if row.source == actor else row.source
                arrow = "↔" if not row.directed else "←" if row.source == actor else "→"
                name = "Among themselves" if other == actor else other
                want.setdefault(name, set()).add(f"{arrow} {relations.RELATIONS[row.relation].brief}")
        assert {name: set(parts) for name, parts in found.items() if parts} == want


def svg_lines(drawn):
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text[^>]*>(.*?)</text>", drawn, re.DOTALL)]


def test_without_a_group_the_pairs_that_fought_stand_there_and_where_both_were_helped():
    spec = relations.chart(TIES).to_dict()
    lines = svg_lines(rendering.svg(rendering.with_values(spec, {"month": 201710, "actor": "none"})))
    assert "Iraq and Iraqi Kurds are fighting, both are helped" in lines
    fought = holding(TIES, 201710).query("among")
    pairs = {" and ".join(sorted(pair)) for pair in zip(fought["source"], fought["target"], strict=True)}
    assert {line.split(" are fighting")[0] for line in lines if " are fighting" in line} == pairs


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: relations.OPENINGS[window].name)
def test_status_accounts_for_every_fight(window):
    spec = relations.chart(TIES, window).to_dict()
    for month in (relations.OPENINGS[window].month, 201902, 202412):
        words = svg_text(rendering.svg(rendering.with_values(spec, {"month": month, "actor": "none"})))
        said = re.search(
            r"(\d+) of them fights (\d+) fights? with ISIS, (\d+) between enemies of ISIS(, (\d+) apart)?", words
        )
        assert int(said[1]) == int(said[2]) + int(said[3]) + int(said[5] or 0)


def test_a_box_says_a_sentence_for_each_of_its_relations():
    said = [kind.sentence.format("one", "other") for kind in relations.RELATIONS.values()]
    assert all(re.fullmatch(r"one \w+( \w+)* other( \w+)*", sentence) for sentence in said)
    drawn = relations.chart(TIES).to_dict()["datasets"].values()
    does = {row.get("does") for rows in drawn for row in rows}
    assert {"Turkey helped the USA in other ways", "The PKK fought ISIS"} <= does


def svg_text(svg):
    return " ".join(re.sub(r"<[^>]+>", " ", svg).split())


def test_default_states_carry_the_point():
    at_kirkuk = boxes(relations.OPENINGS[relations.WAR].month, relations.WAR)
    assert {("US, coalition", "help", "Iraq"), ("US, coalition", "help", "Iraqi Kurds")} <= at_kirkuk
    assert {("Iraq", "fight", "Iraqi Kurds"), ("PMF", "fight", "Iraqi Kurds")} <= at_kirkuk
    in_2026 = boxes(relations.OPENINGS[relations.AFTERMATH].month, relations.AFTERMATH)
    assert {("US, coalition", "help", "SDF, YPG"), ("US, coalition", "deal", "New Damascus")} <= in_2026


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: relations.OPENINGS[window].name)
def test_presets_lie_on_the_slider_and_each_actor_is_in_one_group(window):
    controls = relations.controls(window)
    months = [value for _, value in controls["month"].options]
    assert {value for _, value in relations.OPENINGS[window].moments} <= set(months)
    assert set(relations.RELATIONS) >= set(TIES["relation"])
    assert len({actor for actors in window.groups.values() for actor in actors}) == sum(
        map(len, window.groups.values())
    )


def test_readings_are_outlined():
    state = {"month": 201503, "actor": "none"}
    pale = [
        rendering.svg(rendering.with_values(relations.chart(rows).to_dict(), state)).count('fill-opacity="0.08"')
        for rows in (TIES, TIES[~TIES["interpretive"]])
    ]
    assert pale[0] > 0 == pale[1]


def test_clashes_leave_isis_out_and_name_both_sides():
    rows = clashes.clashes(TIES)
    assert set(rows["relation"]) == {"fights"}
    assert "ISIS" not in set(rows["source"]) | set(rows["target"])
    since = {"turkey-fights-ypg-2018": "both", "iraq-fights-krg-2017": "both", "usa-fights-wagner-2018": "one"}
    assert {row.id: row.sides for row in rows.itertuples() if row.id in since} == since
    later = clashes.clashes(TIES, relations.AFTERMATH).set_index("id")
    assert later.loc["syria-interim-fights-sdf-2026", "sides"] == "both"  # Damascus was a member by then


def test_clashes_name_groups_once_left_out_for_want_of_a_row():
    rows = clashes.clashes(TIES).set_index("id")
    met = {"usa-fights-nusra-hts-2014": "one", "turkey-fights-pkk-2015": "one", "knc-fights-ybs-2017": "one",
           "hezbollah-fights-nusra-hts-2017": "none"}  # fmt: skip
    assert rows.loc[list(met), "sides"].to_dict() == met
    older = {"syria-fights-fsa-2012", "syria-fights-nusra-hts-2012"}  # begun before the figure's first month
    assert older <= set(relations.cells(TIES)["id"]) and not older & set(rows.index)


def test_no_clash_bar_runs_past_its_window():
    for window in WINDOWS:
        spec = clashes.chart(TIES, window).to_dict()
        drawn = pd.DataFrame(next(values for values in spec["datasets"].values() if "last" in values[0]))
        assert pd.to_datetime(drawn["last"]).max() < pd.Timestamp(
            window.last // 100, window.last % 100, 1
        ) + pd.offsets.MonthBegin(1)


@pytest.mark.parametrize("made", [clashes.explorer(TIES), clashes.aftermath(TIES)], ids=lambda made: made.name)
@pytest.mark.parametrize("slim", [False, True])
def test_a_clash_is_named_at_its_mark_within_the_chart(made, slim):
    drawn = rendering.svg(rendering.narrow(made.spec) if slim else made.spec)
    width = 340 if slim else 680
    words = re.findall(r'label: ([^"]*)"[^>]*transform="translate\(([-\d.]+),', drawn)
    assert len(words) == len(made.table)
    for label, x in words:
        assert -1 <= float(x) <= width
        assert slim or float(x) + 5 * len(label) <= width + 20


def test_only_the_coalition_on_both_sides_has_the_accent():
    looks = {key: colour for key, (_, colour, _) in SIDES.items()}
    assert looks["both"] == theme.RED
    assert {looks["one"], looks["none"]} == {theme.MUTED, theme.PALE}
    fields = {row["sides"] for row in clashes.clashes(TIES).to_dict("records")}
    assert fields == set(SIDES)


def test_choosing_a_group_counts_its_clashes():
    spec = clashes.chart(TIES).to_dict()
    rows = clashes.clashes(TIES)
    mine = rows[(rows["source"] == "Turkey") | (rows["target"] == "Turkey")]
    words = svg_text(rendering.svg(rendering.with_values(spec, {"who": "Turkey"})))
    assert f"Turkey: {len(mine)} fights of two forces, {int((mine['sides'] == 'both').sum())} with the coal" in words
    for who, said in (
        (clashes.COALITION, "none with a force it helped"),
        ("Russia", "none with the coalition on both"),
    ):
        assert said in svg_text(rendering.svg(rendering.with_values(spec, {"who": who})))


def test_troop_figures_are_marks_not_a_line():
    frame = data.load("us_presence")
    explorer = us_presence.explorer(frame)
    drawn = svg(explorer)
    assert drawn.count('aria-roledescription="point"') == len(frame)
    assert "mark-line" not in drawn and "mark-area" not in drawn
    assert drawn.count('aria-roledescription="rule mark"') == len(us_presence.corrections(frame)) == 2
    assert {"503 → 2,000", "900 → 2,000"} <= set(texts(explorer))


def test_troop_figures_need_no_controls_and_each_stands_in_its_country():
    frame = data.load("us_presence")
    explorer = us_presence.explorer(frame)
    assert not explorer.controls
    words = texts(explorer)
    assert {"Iraq: US troops", "Syria: US troops", "5,200", "2,500"} <= set(words)
    assert words.count("counted anew") == 2
    counts = frame["status"].value_counts()
    assert f"{counts['stated']} stated, {counts['corrected']} corrected, {counts['ordered']} ordered" in words
    alone = texts(us_presence.explorer(frame[frame["country"] == "Iraq"]))
    assert "Iraq: US troops" in alone and "Syria: US troops" not in alone and "counted anew" not in alone


@pytest.mark.parametrize(
    ("explorer", "said"),
    [(relations.explorer(TIES), r"October 2017: \d+ relations, \d+ of them fights"),
     (relations.aftermath(TIES), r"January 2026: \d+ relations, \d+ of them fights"),
     (clashes.explorer(TIES), r"\d+ fights of two forces.*\d+ with the coalition on both sides"),
     (clashes.aftermath(TIES), r"\d+ fights of two forces.*\d+ with the coalition on both sides"),
     (us_presence.explorer(data.load("us_presence")), r"\d+ stated, \d+ corrected, \d+ ordered")],
    ids=lambda value: getattr(value, "name", ""),
)  # fmt: skip
def test_figures_say_what_they_show_and_what_they_rest_on(explorer, said):
    assert len(explorer.sources) > 5
    assert [text for text in texts(explorer) if re.fullmatch(said, text)]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: relations.OPENINGS[window].name)
def test_the_strips_stay_where_they_are_whatever_is_said(window):
    spec = relations.chart(TIES, window).to_dict()
    states = [{"month": 201710, "actor": actor} for actor in ("none", "Iraqi Kurds", "ISIS")]
    drawn = [
        rendering.svg(rendering.with_values(spec, state)) for state in [*states, {"month": 201512, "actor": "ISIS"}]
    ]
    assert len({re.search(r' height="(\d+)', one)[1] for one in drawn}) == 1
