"""Reading a text phrase by phrase: the words of several languages in one, the participant's own first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from flows.replies.normal import key, normalise, squeezed, tokens
from flows.replies.words import Senses, Words, languages, nearest_language, words

_NOTHING: Senses = {}
_NO_OPTIONS: tuple[int, ...] = ()
#: Senses that count in every language that we speak, whichever the flow's.
_EVERYWHERE = ("stop", "command", "speak", "skip")
#: Senses of a language outside the flow's that count when the phrase is the whole reply.
_STRANGE = ("yes", "no", "number", "ordinal")


class Piece(NamedTuple):
    """A phrase of a reply: its tokens joined by spaces, what it can mean, the options that it names, and its place."""

    text: str
    senses: Senses
    options: tuple[int, ...]
    start: int
    end: int
    glued: bool

    def __contains__(self, sense: object) -> bool:
        return sense in self.senses


class Vocabulary:
    """Phrases of a question's own, found beside a lexicon's: phrase -> option numbers."""

    __slots__ = ("longest", "phrases")

    def __init__(self, phrases: Mapping[str, tuple[int, ...]]) -> None:
        self.phrases = phrases
        self.longest = _longest(phrases)


def _longest(phrases: Mapping[str, object]) -> dict[str, int]:
    """First token -> the most tokens that a phrase beginning with it has."""
    found: dict[str, int] = {}
    for phrase in phrases:
        first, *rest = phrase.split(" ")
        if found.get(first, 0) <= len(rest):
            found[first] = len(rest) + 1
    return found


NO_VOCABULARY = Vocabulary({})


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words of some languages. Where two know a phrase, the earlier one says what it means.

    `whole`: phrases of other languages, that count only as a whole reply. `first`: the participant's own words.
    """

    languages: tuple[str, ...]
    first: Words
    entries: Mapping[str, Senses]
    longest: Mapping[str, int]
    whole: Mapping[str, Senses]
    clitics: tuple[str, ...]


def lexicon(language: str, others: Sequence[str]) -> Lexicon:
    """The lexicon of a participant who speaks `language` in a flow that speaks `others`."""
    return _lexicon((language, *others))


@lru_cache(maxsize=64)
def _lexicon(tags: tuple[str, ...]) -> Lexicon:
    ours = list(dict.fromkeys(found for tag in (*tags, "en") if (found := nearest_language(tag))))
    entries: dict[str, Senses] = {}
    for name in ours:
        for phrase, senses in words(name).senses.items():
            entries.setdefault(phrase, senses)
    strangers = [words(name) for name in languages() if name not in ours]
    for stranger in strangers:
        for phrase, senses in stranger.senses.items():
            kept = {sense: value for sense, value in senses.items() if sense in _EVERYWHERE}
            if kept:
                entries.setdefault(phrase, kept)
    clitics = tuple(dict.fromkeys(clitic for name in ours for clitic in words(name).clitics))
    return Lexicon(tuple(ours), words(ours[0]), entries, _longest(entries), _whole(strangers, entries), clitics)


def _whole(strangers: list[Words], known: Mapping[str, Senses]) -> dict[str, Senses]:
    found: dict[str, Senses] = {}
    quarrels: set[str] = set()
    for stranger in strangers:
        for phrase, senses in stranger.senses.items():
            kept = {sense: value for sense, value in senses.items() if sense in _STRANGE}
            if not kept or phrase in known:
                continue
            if set(found.setdefault(phrase, kept)) != set(kept):
                quarrels.add(phrase)
    return {phrase: senses for phrase, senses in found.items() if phrase not in quarrels}


@dataclass(frozen=True, slots=True)
class Message:
    """A reply, normalised and read phrase by phrase. `whole` is its key: the tokens with one space between."""

    raw: str
    normal: str
    whole: str
    pieces: list[Piece]


def read(text: str, lexicon: Lexicon, vocabulary: Vocabulary = NO_VOCABULARY) -> Message:
    """Cut `text` into the longest phrases that the vocabulary or the lexicon knows; unknown words stand alone."""
    normal = normalise(text)
    found = tokens(normal)
    texts = [match[0] for match in found]
    whole = " ".join(texts)
    if whole in lexicon.whole and whole not in vocabulary.phrases:
        piece = Piece(whole, lexicon.whole[whole], _NO_OPTIONS, 0, len(normal), False)
        return Message(text, normal, whole, [piece])
    pieces: list[Piece] = []
    at = 0
    while at < len(texts):
        size, senses, options = _match(texts, at, lexicon, vocabulary)
        start, end = found[at].start(), found[at + size - 1].end()
        glued = at > 0 and found[at - 1].end() == start
        phrase = texts[at] if size == 1 else " ".join(texts[at : at + size])
        if senses is _NOTHING and not options and phrase[0].isalpha():
            pieces.extend(_unknown(phrase, start, end, glued, lexicon, vocabulary))
        else:
            pieces.append(Piece(phrase, senses, options, start, end, glued))
        at += size
    return Message(text, normal, whole, pieces)


def _match(texts: list[str], at: int, lexicon: Lexicon, vocabulary: Vocabulary) -> tuple[int, Senses, tuple[int, ...]]:
    first = texts[at]
    known, own = lexicon.longest.get(first, 0), vocabulary.longest.get(first, 0)
    longest = min(max(known, own), len(texts) - at)
    for size in range(longest, 1, -1):
        phrase = " ".join(texts[at : at + size])
        senses = lexicon.entries.get(phrase, _NOTHING) if size <= known else _NOTHING
        options = vocabulary.phrases.get(phrase, _NO_OPTIONS) if size <= own else _NO_OPTIONS
        if senses or options:
            return size, senses, options
    return 1, lexicon.entries.get(first, _NOTHING), vocabulary.phrases.get(first, _NO_OPTIONS)


def _unknown(word: str, start: int, end: int, glued: bool, lexicon: Lexicon, vocabulary: Vocabulary) -> list[Piece]:
    """A word that nobody knows as it stands: drawn out ("yesss"), or with a small word written onto it."""
    for spelling in squeezed(word):
        senses, options = lexicon.entries.get(spelling, _NOTHING), vocabulary.phrases.get(spelling, _NO_OPTIONS)
        if senses or options:
            return [Piece(spelling, senses, options, start, end, glued)]
    for clitic in lexicon.clitics:
        rest = word[len(clitic) :]
        if not word.startswith(clitic) or len(rest) < 2:
            continue
        senses, options = lexicon.entries.get(rest, _NOTHING), vocabulary.phrases.get(rest, _NO_OPTIONS)
        if senses or options:
            middle = start + len(clitic)
            small = Piece(clitic, lexicon.entries.get(clitic, _NOTHING), _NO_OPTIONS, start, middle, glued)
            return [small, Piece(rest, senses, options, middle, end, True)]
    return [Piece(word, _NOTHING, _NO_OPTIONS, start, end, glued)]


__all__ = ["NO_VOCABULARY", "Lexicon", "Message", "Piece", "Vocabulary", "key", "lexicon", "read"]
