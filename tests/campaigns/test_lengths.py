"""The shortest and the longest conversation, counted in segments, whatever the ways through a flow."""

from __future__ import annotations

import pytest

from bot import i18n
from bot.campaigns.lengths import Lengths, conversation_lengths
from flows.loader import library_flow, load

HEAD = "flow: f\ntitle: F\nlanguages: [en]\nstart: a\nstates:\n"


def lengths(states: str, language: str = "en") -> tuple[int, int]:
    found = conversation_lengths(load(HEAD + states), language, "Shore Road Neighbours")
    return found.least, found.most


def test_says_on_the_way_are_one_message_with_the_question() -> None:
    assert lengths(
        """
  a: {say: Hello., next: b}
  b: {say: Two questions., next: c}
  c: {ask: text, text: How are you?, next: d}
  d: {say: Thank you., end: completed}
"""
    ) == (2, 2)


def test_a_long_text_takes_more_segments() -> None:
    assert lengths(f"  a: {{ask: text, text: {'x' * 200}, next: d}}\n  d: {{say: Thank you., end: completed}}\n") == (
        3,
        3,
    )
    assert lengths(f"  a: {{ask: text, text: {'ł' * 200}, next: d}}\n  d: {{say: Thank you., end: completed}}\n") == (
        4,
        4,
    )


def test_the_shortest_and_the_longest_way_are_found() -> None:
    assert lengths(
        """
  a:
    ask: yesno
    text: More?
    next:
      - {when: answer, go: b}
      - go: d
  b: {ask: text, text: What?, next: c}
  c: {ask: text, text: Where?, next: d}
  d: {say: Thank you., end: completed}
"""
    ) == (2, 4)


def test_a_question_that_is_known_already_may_not_be_asked() -> None:
    assert lengths(
        """
  a: {ask: text, text: Name?, skip_if: participant.known == true, next: b}
  b: {ask: text, text: Where?, next: d}
  d: {end: completed}
"""
    ) == (1, 2)


def test_who_goes_round_in_circles_is_asked_each_question_once() -> None:
    assert lengths(
        """
  a: {ask: text, text: What?, next: b}
  b:
    ask: yesno
    text: Again?
    next:
      - {when: answer, go: a}
      - go: d
  d: {end: completed}
"""
    ) == (2, 2)


def test_branches_and_a_person_who_takes_over_are_ways_too() -> None:
    assert lengths(
        """
  a:
    split: {x: 50, y: 50}
    next: {x: b, y: c}
  b: {say: A person will write., hand_over: true, next: c}
  c: {ask: text, text: What?, next: d}
  d: {say: Thank you., end: completed}
"""
    ) == (1, 2)


@pytest.mark.parametrize("name", ["neighbourhood-check-in", "priorities", "about-you", "focus-group-invitation"])
def test_every_flow_of_the_library_is_counted_in_every_language_of_it(name: str) -> None:
    flow = library_flow(name, catalogue=i18n.catalogue)
    for language in flow.languages:
        found = conversation_lengths(flow, language, "Shore Road")
        assert 1 <= found.least <= found.most <= 40
    assert isinstance(found, Lengths)
