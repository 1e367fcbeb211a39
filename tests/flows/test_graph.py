"""Drawings of flows: whole, safe to show anywhere, and with nothing lying on anything else."""

from __future__ import annotations

import random
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.definition import Flow
from flows.graph import mermaid, svg
from flows.graph.layers import LONGEST, Link, Size
from flows.graph.layout import arrange
from flows.graph.letters import width, wrap
from flows.graph.words import arrows, boxes
from flows.loader import library_flow, library_names, load, load_file

GOOD = Path(__file__).parent / "good"
NS = "{http://www.w3.org/2000/svg}"


def of_states(states: str) -> Flow:
    return load(f"flow: drawn\nlanguages: [en]\nstart: a\nstates:\n{states}")


def texts(drawn: str) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(drawn).iter(f"{NS}text")]  # noqa: S314 - our own


@pytest.mark.parametrize("name", library_names())
def test_the_library_is_drawn_whole(name: str) -> None:
    flow = library_flow(name)
    drawn = svg(flow)
    ids = {each.get("id") for each in ET.fromstring(drawn).iter(f"{NS}g")}  # noqa: S314
    assert {f"state-{state}" for state in flow.states} <= ids
    assert "Start" in texts(drawn)
    for state in flow.states:
        assert f"s_{state}" in mermaid(flow)


def test_a_drawing_holds_nothing_that_runs_or_is_fetched() -> None:
    root = ET.fromstring(svg(load_file(GOOD / "every-key.yaml")))  # noqa: S314
    for element in root.iter():
        assert element.tag.removeprefix(NS) in {"svg", "title", "desc", "defs", "marker", "path", "rect", "text", "g"}
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on")
            assert key not in ("style", "href", "class")
            assert "url(" not in value or value == "url(#arrow)"


def test_texts_are_escaped() -> None:
    flow = of_states(
        '  a: {say: "<script>alert(\'x\')</script> & ]]> \\"quoted\\" #hash |pipe| `tick`", next: z}\n  z: {end: completed}\n'
    )
    drawn = svg(flow)
    assert "<script" not in drawn
    assert "<script>alert('x')</script>" in "".join(texts(drawn))
    told = mermaid(flow)
    assert "<script" not in told
    assert '\\"' not in told
    assert told.count('"') % 2 == 0


def test_kinds_of_state_are_told_apart_by_their_shape() -> None:
    flow = load_file(GOOD / "every-key.yaml")
    shapes = {box.name: box.shape for box in boxes(flow, "en")}
    assert shapes["first"] == "question"
    assert shapes["about"] == "call"
    assert shapes["half"] == "split"
    assert shapes["person"] == "person"
    assert shapes["done"] == "end"
    told = mermaid(flow)
    for frame in ('s_first("', 's_about[["', 's_half{"', 's_person{{"', 's_done(["'):
        assert frame in told


def words_between(states: str, start: str = "a") -> dict[str, tuple[str, ...]]:
    return {arrow.end: arrow.words for arrow in arrows(of_states(states), "en") if arrow.start == start}


def test_ways_are_told_in_plain_words() -> None:
    words = words_between(
        """
  a:
    ask: choice
    text: What first?
    options: {housing: Safe housing, food: Food}
    other: true
    on: {give_up: {go: f}, timeout: {after: 2d, go: g}}
    next:
      - {when: answer == "housing", go: b}
      - {when: answer == "food" || answer == "other", go: c}
      - {when: participant.age >= 65 && visits > 1, go: d}
      - {when: answer == null, go: e}
      - go: b
  b: {next: z}
  c: {next: z}
  d: {next: z}
  e: {next: z}
  f: {next: z}
  g: {next: z}
  z: {end: completed}
"""
    )
    assert words == {
        "b": ("Safe housing", "otherwise"),
        "c": ("Food or something else",),
        "d": ("age: from 65 and after visit 1",),
        "e": ("skipped",),
        "f": ("not understood 3 times",),
        "g": ("no answer after 2 days",),
    }


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("answer == true", "yes"),
        ("answer == false", "no"),
        ("answer != null", "answered"),
        ("participant.name == null", "name is not known"),
        ("answers.a == true", "a: yes"),
        ("has(participant.born)", "born is known"),
        ("!has(participant.born) && answer == true", "born is not known and yes"),
        ("has(answers.a) || visits > 2", "a answered or after visit 2"),
        ("(answer == true || visits > 1) && answers.a != null", "(answer == true || visits > 1) and a answered"),
        ("campaign.answered < 10", "answered: under 10"),
        ('participant.area == "north end"', "area: north end"),
        ('"spring" in participant.tags', "tags: spring among them"),
        ('participant.name.startsWith("A || B")', 'participant.name.startsWith("A || B")'),
    ],
)
def test_a_condition_in_plain_words(when: str, told: str) -> None:
    rule = when.replace("'", "''")
    words = words_between(
        f"  a:\n    ask: yesno\n    text: Well?\n    next:\n      - when: '{rule}'\n        go: b\n      - go: z\n"
        "  b: {next: z}\n  z: {end: completed}\n"
    )
    assert words["b"] == (told,)


def test_a_split_tells_its_shares() -> None:
    words = words_between("  a: {split: {x: 2, y: 1}, next: {x: b, y: z}}\n  b: {next: z}\n  z: {end: completed}\n")
    assert words == {"b": ("x: 67%",), "z": ("y: 33%",)}


def test_texts_are_in_the_language_that_is_asked_for() -> None:
    drawn = " ".join(texts(svg(load_file(GOOD / "every-key.yaml"), language="fr")))
    assert "Chaque clé" in drawn
    assert "Logement" in drawn
    assert "What first" not in drawn


def test_a_plain_chain_hangs_straight_down() -> None:
    states = "".join(f"  s{n}: {{ask: text, text: '{'word ' * (n % 4 + 1)}', next: s{n + 1}}}\n" for n in range(12))
    flow = load(f"flow: chain\nlanguages: [en]\nstart: s0\nstates:\n{states}  s12: {{end: completed}}\n")
    ways = [each.get("d", "") for each in ET.fromstring(svg(flow)).iter(f"{NS}path") if each.get("marker-end")]  # noqa: S314
    assert len(ways) == 12
    assert not [way for way in ways if "C" in way]


def test_a_state_that_nothing_leads_to_is_drawn_and_marked() -> None:
    assert "Nothing leads here" in texts(svg(of_states("  a: {end: completed}\n  b: {say: Lost, next: a}\n")))


def test_a_round_and_a_way_back_to_itself_are_drawn() -> None:
    flow = of_states(
        "  a: {ask: yesno, text: Again?, next: [{when: answer == true, go: a}, {go: b}]}\n"
        "  b: {ask: yesno, text: Back?, next: [{when: answer == true, go: a}, {go: z}]}\n  z: {end: completed}\n"
    )
    root = ET.fromstring(svg(flow))  # noqa: S314
    assert sum(each.get("marker-end") is not None for each in root.iter(f"{NS}path")) == 4


def test_ways_over_very_many_layers_name_their_end_instead() -> None:
    count = LONGEST + 6
    states = "".join(
        f"  s{n}: {{ask: yesno, text: Well?, on: {{give_up: {{go: z}}}}, next: s{n + 1}}}\n" for n in range(count)
    )
    drawn = texts(
        svg(
            load(
                f"flow: long\nlanguages: [en]\nstart: s0\nstates:\n{states}  s{count}: {{next: z}}\n  z: {{end: completed}}\n"
            )
        )
    )
    assert "→ z (not understood 3 times)" in drawn


def test_the_largest_flow_there_may_be_is_drawn() -> None:
    hand = random.Random(7)
    states = "".join(
        f"  s{n}: {{ask: yesno, text: Question {n}?, next: [{{when: answer == true, go: s{hand.randrange(499)}}}, {{go: s{n + 1}}}]}}\n"
        for n in range(499)
    )
    flow = load(f"flow: large\nlanguages: [en]\nstart: s0\nstates:\n{states}  s499: {{end: completed}}\n")
    assert svg(flow).count('id="state-') == 500


boxes_drawn = st.lists(st.tuples(st.floats(20, 300), st.floats(20, 200)), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None)
@given(boxes_drawn, st.data())
def test_nothing_lies_on_anything_else(drawn: list[tuple[float, float]], data: st.DataObject) -> None:
    sizes = {f"s{number}": Size(*size) for number, size in enumerate(drawn)}
    names = st.sampled_from(sorted(sizes))
    ends = data.draw(st.lists(st.tuples(names, names, st.booleans()), max_size=24))
    links = [Link(start, end, Size(70, 20) if labelled else Size(0, 0)) for start, end, labelled in ends]
    layout = arrange(sizes, links, "s0")
    frames = [_frame(*layout.places[name], size) for name, size in sizes.items()]
    frames += [
        _frame(*layout.routes[number].label, Size(70, 20))
        for number, link in enumerate(links)
        if number in layout.routes and link.label.width
    ]
    for one, other in combinations(frames, 2):
        assert not _overlap(one, other)
    for left, top, right, bottom in frames:
        assert left >= -0.01
        assert top >= -0.01
        assert right <= layout.width + 0.01
        assert bottom <= layout.height + 0.01
    assert layout == arrange(sizes, links, "s0"), "the same flow is drawn the same way"


def _frame(x: float, y: float, size: Size) -> tuple[float, float, float, float]:
    return x - size.width / 2, y - size.height / 2, x + size.width / 2, y + size.height / 2


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    slack = 0.01
    apart = (
        one[2] <= other[0] + slack
        or other[2] <= one[0] + slack
        or one[3] <= other[1] + slack
        or other[3] <= one[1] + slack
    )
    return not apart


@settings(deadline=None)
@given(st.text(max_size=200), st.floats(40, 300))
def test_lines_keep_within_their_room(text: str, room: float) -> None:
    lines = wrap(text, 13, room)
    assert 1 <= len(lines) <= 12
    assert all(width(line, 13) <= room + 13 for line in lines)


def test_right_to_left_texts_begin_at_the_right() -> None:
    flow = load("flow: drawn\nlanguages: [ar]\nstart: a\nstates:\n  a: {say: مرحبا, end: completed}\n")
    assert 'direction="rtl"' in svg(flow)
