"""Words as they sound: "poyo" is "pollo", "chikn" is "chicken", "hawsing" is "housing"; the rules stand in words/sounds.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from flows.replies.options import Options
from flows.replies.spelling import distance
from flows.replies.word_files import WORDS, document

_DOUBLE = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aeiouyEYAIOw]")
#: So many letters must a word have that is known by its sound, and so many sounds; more for one that only nearly sounds so,
#: which may have so many slips in its letters.
_SHORTEST, _FEWEST, _MANY, _SLIPS = 4, 3, 7, 2
#: Languages in which many short words sound alike ("dead" and "died"): one of the two has a letter more.
_HOMOPHONES = ("en", "fr")
#: Letters that may be a small word before a vowel.
_ELIDING = {"fr": "ldjsmtn"}
#: So many consonants tell a word whose vowels are left out.
_BONES = 3


@cache
def _every() -> dict[str, str]:
    rules: dict[str, str] = document(WORDS / "sounds.yaml")
    return rules


@cache
def _rules(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The rules of a language in their order; () for one whose words are written otherwise."""
    pairs = (rule.rpartition("=") for rule in _every().get(language, "").split())
    return tuple((re.compile(spelling), sound) for spelling, _, sound in pairs)


@lru_cache(maxsize=8192)
def heard(word: str, language: str) -> str:
    """How a normalised word sounds to those who speak a language; the word itself where nobody wrote rules for it."""
    for spelling, sound in _rules(language):
        word = spelling.sub(sound, word)
    return _DOUBLE.sub(r"\1", word)


@lru_cache(maxsize=1024)
def _index(options: Options) -> Mapping[str, tuple[str, ...]]:
    """Sound -> the options' words that have it."""
    found: dict[str, list[str]] = {}
    for word in options.words:
        if len(word) >= _SHORTEST and " " not in word:
            found.setdefault(heard(word, options.language), []).append(word)
    return {sound: tuple(words) for sound, words in found.items() if sound}


def _named(words: Iterable[str], options: Options) -> int | None:
    """The one option that has all of these words."""
    numbers = {number for word in words for number in options.vocabulary.phrases.get(word, ())}
    return numbers.pop() if len(numbers) == 1 else None


def alike(word: str, options: Options) -> int | None:
    """The one option that has a word with the same sound, an article written onto it or not: "lassenseur"."""
    named = _alike(word, options)
    if named is None and options.language in _ELIDING and word[0] in _ELIDING[options.language]:
        named = _alike(word[1:], options) if len(word) > _SHORTEST + 1 else None
    return named


def _alike(word: str, options: Options) -> int | None:
    if len(word) < _SHORTEST or not _rules(options.language):
        return None
    sound = heard(word, options.language)
    if len(sound) < _FEWEST:
        return None
    longer = _SHORTEST + (options.language in _HOMOPHONES)
    return _named((one for one in _index(options).get(sound, ()) if max(len(word), len(one)) >= longer), options)


def same_sound(word: str, options: Options) -> tuple[str, ...]:
    """The options' words that sound as a word does."""
    return _index(options).get(heard(word, options.language), ()) if _rules(options.language) else ()


def nearly(word: str, options: Options) -> int | None:
    """The one option that has a word with nearly the same sound, or the same without some of its vowels: "chkn"."""
    sound = heard(word, options.language) if _rules(options.language) else ""
    if len(sound) < _FEWEST:
        return None
    index = _index(options).items()
    bare = [one for other, words in index for one in words if _is_bare(word, one) and _bones(sound) == _bones(other)]
    close = [one for other, words in index if _is_close(sound, other) for one in words]
    return _named((*bare, *(one for one in close if distance(word, one, _SLIPS) <= _SLIPS)), options)


def _is_close(sound: str, other: str) -> bool:
    return min(len(sound), len(other)) >= _MANY and sound[0] == other[0] and distance(sound, other, 1) <= 1


def _bones(sound: str) -> str:
    return _VOWELS.sub("", sound)


def _is_bare(word: str, other: str) -> bool:
    """Whether a word is another without some of its letters, and enough is left to tell."""
    if len(word) >= len(other) or word[0] != other[0] or len(_bones(word)) < _BONES:
        return False
    left = iter(other)
    return all(one in left for one in word)
