"""Ukrainian, Arabic and Chinese in Latin letters, read as what they stand for: "subota", "el 5amees", "xingqi er"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import TypeAlias

from anyascii import anyascii

from flows.replies.lexicon import Lexicon
from flows.replies.normal import normalise
from flows.replies.patterns import said_in_patterns
from flows.replies.pieces import Vocabulary
from flows.replies.spelt import is_han
from flows.replies.word_files import WORDS, document
from flows.replies.words import words

#: Letters, with the figures that stand for Arabic sounds inside a word, and apostrophes.
_WORD = re.compile(r"[a-z$][a-z2-9'$]*|[2-9]['a-z]+[a-z2-9']*")
_DOUBLE = re.compile(r"(.)\1+")
_LONGEST_PHRASE = 8
#: So much of what nobody knows must be found before a reply counts as written in another script's words.
_ENOUGH = 0.6
#: Fewer sounds than these, vowels left out, tell no Arabic word.
_FEWEST = 3
#: Of phrases that sound alike the one with the earliest of these senses is meant.
_FIRST = ("yes", "no", "not", "stop", "weekday", "number", "dont_know", "daypart", "day", "month", "ordinal")
_SPOKEN = frozenset(_FIRST) | {
    "people",
    "one_person",
    "myself",
    "rate",
    "weekend",
    "vague",
    "indifferent",
    "refuse",
    "undecided",
    "skip",
    "all",
    "none",
    "polite",
    "intro",
    "unit",
    "command",
    "and",
    "or",
}
_SCRIPTS = {"uk": ("\u0400", "\u04ff"), "ar": ("\u0600", "\u06ff"), "zh": ("\u4e00", "\u9fff")}
#: Sounds -> what has them: all of its sounds, and the phrase.
Sounds: TypeAlias = Mapping[str, tuple[tuple[str, str], ...]]
_LATIN = re.compile("[A-Za-z]{2}|[2-9][A-Za-z]")
_ARTICLE = re.compile("^(?:el|al|il)-?(?=[a-z2-9]{3})")
#: Two words are cases of one with so many sounds alike at the beginning, and so few more or less at the end.
_SHORTEST_START, _ENDING = 4, 3


@cache
def _tables(language: str) -> dict[str, list[tuple[str, str]]]:
    """The tables of words/latin.yaml: pairs in their order."""
    body: dict[str, dict[str, str]] = document(WORDS / "latin.yaml")
    return {
        name: [(pair.split(":")[0], pair.split(":")[1]) for pair in text.split()]
        for name, text in body[language].items()
    }


@cache
def _rows(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    pairs = dict(_tables(language)["latin"])
    return re.compile("|".join(re.escape(sign) for sign in sorted(pairs, key=len, reverse=True))), pairs


def _heard(latin: str, language: str) -> str:
    """The sounds of a word in Latin letters."""
    found, pairs = _rows(language)
    sounds = latin if language == "ar" else latin.replace("'", "")
    for _ in range(2 if language == "uk" else 1):
        sounds = found.sub(lambda one: pairs[one[0]], sounds)
    return _DOUBLE.sub(r"\1", sounds.replace("'", ""))


def _spelt(word: str, language: str) -> list[str]:
    """The sounds that a word of the language's own script may have."""
    tables = _tables(language)
    plain = dict(tables.get("letters", []))
    ways: list[list[str]] = []
    for char in word.replace(" ", ""):
        others = [sound for letter, sound in tables.get("as", []) if letter == char]
        if language == "zh":
            ways.append(others or [anyascii(char).lower()])
        else:
            ways.append([plain[char], *others] if char in plain else [""])
    spelt = ["".join(way) for way in itertools.islice(itertools.product(*ways), 8)]
    return [_heard(one, "uk") for one in spelt] if language == "uk" else spelt


def _bones(sounds: str) -> str:
    """The consonants of an Arabic word: what people agree about."""
    return _DOUBLE.sub(r"\1", re.sub("[AWY]", "", re.sub("(?<=.)h$", "", sounds)))


@lru_cache(maxsize=65536)
def _sounds_of_phrase(phrase: str, language: str) -> tuple[tuple[str, str], ...]:
    """What a phrase is found by, and all of its sounds."""
    low, high = _SCRIPTS[language]
    if not low <= phrase[0] <= high or (language != "zh" and " " in phrase):
        return ()
    if language != "ar":
        return tuple((sounds, sounds) for sounds in _spelt(phrase, language))
    found: list[tuple[str, str]] = []
    for sounds in _spelt(phrase.removeprefix("ال") if len(phrase) > 4 else phrase, language):
        full = re.sub("(?<=.)h$", "", _DOUBLE.sub(r"\1", sounds))
        found.append((_bones(full), full))
        if full.endswith("A"):
            found.append((_bones(full) + "n", full))  # "a7yanan"
    return tuple(found)


def _index(phrases: Iterable[str], language: str) -> Sounds:
    """Sounds -> what has them, the weightiest first; Arabic words stand under their consonants."""
    found: dict[str, list[tuple[str, str]]] = {}
    for phrase in phrases:
        for heard, full in _sounds_of_phrase(phrase, language):
            found.setdefault(heard, []).append((full, phrase))
    return {sounds: tuple(entries) for sounds, entries in found.items() if sounds}


@lru_cache(maxsize=8)
def _of_language(language: str) -> Sounds:
    """The sounds of a language's own words, the weightiest first."""
    senses = words(language).senses
    ranked = sorted(
        (phrase for phrase, meant in senses.items() if not _SPOKEN.isdisjoint(meant)),
        key=lambda phrase: next((rank for rank, one in enumerate(_FIRST) if one in senses[phrase]), len(_FIRST)),
    )
    return _index((*ranked, *sorted(said_in_patterns(language))), language)


def sounds_of(vocabulary: Vocabulary, language: str) -> Sounds | None:
    """The sounds of the options' names, for `native`; None for a language in Latin letters."""
    if language not in _SCRIPTS:
        return None
    return _index(sorted(vocabulary.phrases, key=len, reverse=True), language)


def native(text: str, lexicon: Lexicon, vocabulary: Vocabulary, options: Sounds) -> str:
    """A reply in Latin letters in the script of the participant's language, as far as its words are known; or as it was."""
    language = lexicon.languages[0]
    if language not in _SCRIPTS or _LATIN.search(text) is None:
        return text
    normal = normalise(text) if language != "ar" else text.lower()
    if language == "zh":
        return _chinese(text, normal, lexicon, vocabulary, options)
    find = _ukrainian if language == "uk" else _arabic
    told = dict.fromkeys(_WORD.findall(normal))
    short = dict(_tables(language).get("words", []))
    strange = [word for word in told if not (word in lexicon.entries or word in vocabulary.phrases or word in short)]
    meant = {word: find(word, options, True) or find(word, _of_language(language), False) for word in told}
    if not strange or sum(meant[word] is not None for word in strange) < _ENOUGH * len(strange):
        return text
    return _WORD.sub(lambda found: short.get(found[0]) or meant.get(found[0]) or found[0], normal)


def _ukrainian(word: str, sounds: Sounds, is_option: bool) -> str | None:
    """The word that sounds so; of an option another case of it too."""
    heard = _heard(word, "uk")
    if heard in sounds:
        return sounds[heard][0][1]
    if not is_option or len(heard) < _SHORTEST_START:
        return None
    near = {
        entries[0][1]
        for other, entries in sounds.items()
        if other[:_SHORTEST_START] == heard[:_SHORTEST_START] and abs(len(other) - len(heard)) <= _ENDING
    }
    return near.pop() if len(near) == 1 else None


def _arabic(word: str, sounds: Sounds, is_option: bool) -> str | None:
    """The word with these consonants, all of whose written vowels are heard."""
    heard = _heard(_ARTICLE.sub("", word), "ar")
    heard = re.sub("(?<=.)h$", "", heard)
    bones = _bones(heard)
    if len(bones) < _FEWEST and not (is_option and len(bones) > 1):
        return None
    for full, phrase in sounds.get(bones, ()):
        left = iter(heard)
        if all(sound in left for sound in full.removesuffix("A")) and (
            len(bones) >= _FEWEST or full in (heard, heard.removesuffix("n"))
        ):
            return phrase
    return None


def _chinese(text: str, normal: str, lexicon: Lexicon, vocabulary: Vocabulary, options: Sounds) -> str:
    """Pinyin, with or without tones and spaces."""
    told = [re.sub(r"[0-9']", "", word) for word in _WORD.findall(normal)]
    if not told or all(word in lexicon.entries or word in vocabulary.phrases for word in told):
        return text
    if any(_syllables(word) is None for word in told):
        return text
    said: list[str] = []
    found = every = 0
    for part in re.split(r"([^a-z0-9' ]+)", normal):
        row = [one for word in _WORD.findall(part) for one in _syllables(re.sub(r"[0-9']", "", word)) or ()]
        if not row:
            said.append(part)
        at = 0
        while at < len(row):
            size, phrase = _longest(row, at, options)
            said.append(phrase)
            found += size if phrase != row[at] else 0
            at += size
        every += len(row)
    return " ".join(said) if found >= _ENOUGH * every else text


def _longest(row: list[str], at: int, options: Sounds) -> tuple[int, str]:
    for size in range(min(_LONGEST_PHRASE, len(row) - at), 0, -1):
        heard = "".join(row[at : at + size])
        for sounds in (options, _of_language("zh")):
            if heard in sounds:
                return size, sounds[heard][0][1].replace(" ", "")
    return 1, row[at]


def homophone(whole: str, options: Sounds) -> str | None:
    """A short Chinese reply with the option that a part of it sounds like, as input methods slip: 路灯 for 路等; None where
    none of it does."""
    said = whole.split(" ")
    if not 2 <= len(said) <= _LONGEST_PHRASE or not all(is_han(one) for one in said):
        return None
    for size in range(len(said), 1, -1):
        for at in range(len(said) - size + 1):
            part = "".join(said[at : at + size])
            for sounds in _spelt(part, "zh"):
                if sounds in options and (name := options[sounds][0][1].replace(" ", "")) != part:
                    return "".join((*said[:at], name, *said[at + size :]))
    return None


@cache
def _spoken_syllables() -> frozenset[str]:
    """Every syllable of Chinese."""
    others = {sound for _, sound in _tables("zh")["as"]}
    return frozenset(others) | {anyascii(chr(code)).lower() for code in range(0x4E00, 0x9FA6)}


@lru_cache(maxsize=1024)
def _syllables(word: str) -> tuple[str, ...] | None:
    """A word cut into syllables, the longest first; None where it is no pinyin."""
    if not word:
        return ()
    for size in range(min(6, len(word)), 0, -1):
        if word[:size] in _spoken_syllables() and (rest := _syllables(word[size:])) is not None:
            return word[:size], *rest
    return None
