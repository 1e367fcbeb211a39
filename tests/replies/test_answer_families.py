"""Families of answers: an option is found by the everyday words of its family, where the question is about their group."""

from __future__ import annotations

import pytest

from flows.replies.words import languages, words
from tests.replies.asked import meaning

_FLOW = """
flow: picnic
title: Picnic
languages: [en, fr]
start: who
states:
  who:
    ask: choice
    text: {en: Who comes with you?, fr: Qui vient avec vous?}
    options:
      alone: {label: {en: By myself, fr: Je viens seul}}
      family: {label: {en: My family, fr: Ma famille}}
      friends: {label: {en: Friends, fr: Des amis}}
      next_door: {label: {en: A neighbour, fr: Un voisin}}
    other: true
    next: part
  part:
    ask: choice
    text: {en: When?, fr: Quand?}
    options:
      morning: {label: {en: Morning, fr: Matin}}
      evening: {label: {en: Evening, fr: Soir}}
      any: {label: {en: Any time, fr: "N'importe quand"}}
    next: job
  job:
    ask: choice
    text: {en: What matters most?, fr: "Qu'est-ce qui compte le plus?"}
    options:
      family: {label: {en: Family, fr: Famille}}
      roads: {label: {en: Roads, fr: Routes}}
      parks: {label: {en: Parks, fr: Parcs}}
    next: done
  done:
    say: {en: Thanks, fr: Merci}
    end: completed
"""


def value(state: str, language: str, reply: str) -> object:
    """The option that a reply finds, or the outcome."""
    return meaning(_FLOW, state, language, reply)


@pytest.mark.parametrize(
    ("language", "reply", "named"),
    [
        ("en", "just me", "alone"),
        ("en", "me", "alone"),
        ("en", "my wife and the kids", "family"),
        ("en", "the missus, if she feels up to it", "family"),
        ("en", "couple of buddies", "friends"),
        ("en", "the fella next door", "next_door"),
        ("fr", "moi tout seul", "alone"),
        ("fr", "mon mari pis les ptits", "family"),
        ("fr", "ma gang", "friends"),
        ("fr", "la dame d'en face", "next_door"),
    ],
)
def test_an_option_is_found_by_the_words_of_its_family(language: str, reply: str, named: str) -> None:
    assert value("who", language, reply) == named


@pytest.mark.parametrize("reply", ["my sister or a buddy", "not my wife"])
def test_two_families_or_a_no_choose_nobody(reply: str) -> None:
    assert value("who", "en", reply) == "unclear"


def test_what_belongs_to_no_family_stays_in_the_writers_own_words() -> None:
    assert value("who", "en", "the hockey club") == "other"


@pytest.mark.parametrize(
    ("reply", "named"), [("b4 work", "morning"), ("once the kids are in bed", "evening"), ("i work nights", "unclear")]
)
def test_a_part_of_the_day_is_told_by_what_one_does_then(reply: str, named: str) -> None:
    assert value("part", "en", reply) == named


@pytest.mark.parametrize(("language", "reply"), [("en", "all of them honest"), ("fr", "tous ces choix-là")])
def test_all_of_the_options_is_no_other_one(language: str, reply: str) -> None:
    assert value("who", language, reply) == "unclear"


@pytest.mark.parametrize(
    ("language", "reply"),
    [("fr", "ça me dérange pas"), ("en", "whatever, any time"), ("fr", "peu importe, quand vous voulez")],
)
def test_whoever_minds_no_time_is_for_any(language: str, reply: str) -> None:
    assert value("part", language, reply) == "any"


def test_a_family_counts_only_where_most_options_are_of_its_group() -> None:
    assert value("job", "en", "my wife") == "unclear"


def test_each_language_has_families_of_the_same_names() -> None:
    known = {(group, name) for group, families in words("en").families.items() for name in families}
    for language in languages():
        own = {(group, name) for group, families in words(language).families.items() for name in families}
        assert own <= known, language
