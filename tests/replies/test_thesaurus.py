"""The words of matters are sound data: each matter in every language, no word of a command, no word of two matters of one kind."""

from __future__ import annotations

import itertools
from collections import defaultdict

import pytest

from flows.replies.normal import key
from flows.replies.thesaurus import parts_of
from flows.replies.word_files import WORDS, document
from flows.replies.words import languages, phrases, words

#: Wider matters whose parts are told apart by their words. (Of food, a hamburger is meat and barbecue: the reader asks.)
_APART = ("housing", "repairs", "plumbing", "heating", "health", "doctor", "money", "mental health", "meat", "drinks")
#: What names two of them: paraffin is oil to some.
_BOTH = {"tl": {"gaas"}}
#: Senses by which a reply is no answer. ("Can't afford it" is a no, and what keeps one away.)
_NO_ANSWER = {
    *(("stop", kind) for kind in ("words", "clear", "closed", "doubt")),
    *((side, kind) for side in ("yes", "no") for kind in ("plain", "alone")),
    *((sense, True) for sense in ("skip", "dont_know", "refuse")),
}
_NARROWER = {wider: phrases(parts) for wider, parts in document(WORDS / "matters.yaml").items()}
_NAMED = {name for wider, parts in _NARROWER.items() for name in (wider, *parts)}


@pytest.mark.parametrize("language", languages())
def test_what_is_part_of_a_matter_has_labels_in_every_language(language: str) -> None:
    own = words(language).matters
    assert [name for name in sorted(_NAMED) if name not in own or not own[name].labels] == []


@pytest.mark.parametrize("language", languages())
def test_a_matter_has_each_word_once_and_as_it_is_looked_up(language: str) -> None:
    for name in _NAMED:
        matter = words(language).matters[name]
        assert len(set(matter.belong)) == len(matter.belong), name
        assert all(word == key(word) != "" for word in matter.belong), name


@pytest.mark.parametrize("language", languages())
def test_no_word_of_a_matter_stops_skips_or_answers_yes_or_no(language: str) -> None:
    own = words(language)
    told = {
        f"{name}: {word}"
        for name in _NAMED
        for word in set(own.matters[name].belong) - set(own.matters[name].labels)
        if not own.senses.get(word, {}).items().isdisjoint(_NO_ANSWER)
    }
    assert told == set()


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("wider", _APART)
def test_a_word_is_of_one_part_of_a_wider_matter(wider: str, language: str) -> None:
    where: defaultdict[str, list[str]] = defaultdict(list)
    for part in _NARROWER[wider]:
        for word in words(language).matters[part].belong:
            where[word].append(part)
    twice = {
        word
        for word, parts in where.items()
        for one, two in itertools.combinations(parts, 2)
        if two not in dict(parts_of(one)) and one not in dict(parts_of(two))
    }
    assert twice <= _BOTH.get(language, set())
