"""Reading a text phrase by phrase: the words of several languages in one, the participant's own first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from flows.replies.fused import parts, respelt
from flows.replies.normal import apart, normalise, places, squeezed, tokens
from flows.replies.patterns import alarms, stopping
from flows.replies.pieces import NO_VOCABULARY, Message, Piece, Vocabulary, longest
from flows.replies.words import Senses, Words, languages, nearest_language, words

NOTHING: Senses = {}
_NO_OPTIONS: tuple[int, ...] = ()
#: So many different words are kept for a question; most are met again and again.
_MOST_MET = 2048
#: Senses that count in every language that we speak, whichever the flow's.
_EVERYWHERE = ("stop", "command", "speak", "skip")
#: Senses of a language outside the flow's that count when the phrase is the whole reply.
_STRANGE = ("yes", "no", "number", "ordinal")
#: Senses that only a whole reply has, so that its words are read one by one too ("call me" names the option "Call").
_WHOLE = frozenset({"stop", "command", "command_closed"})
#: An elision without its apostrophe stands before so many letters at least: "linfirmiere".
_ELIDED = 5
#: Senses of a word whose last letter a thumb may double: "ouii", "opoo".
_DOUBLED = ("yes", "no", "stop")
#: Senses of a phrase that gives way to an option named inside it: "pas d'accord" where "D'accord" is an option.
_YIELDING = frozenset(
    "yes no undecided daypart day week month_shift clock unit rate at am pm all vague number people holiday".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words of some languages. Where two know a phrase, the earlier one says what it means.

    `alone`: what a phrase that is the whole reply can mean besides, in the other languages. `first`: the participant's
    own words, `short` their shorthand and the words that it stands for. `all`: the words of each language, in order. `phrases`: the entries that a text is cut into, those in
    `tight` only where their tokens stand without a space. `stopping`, `asking`, `evading`: words of which every reply has
    one that may be a wish to stop, a request in more words, an aside. Most have none.
    """

    languages: tuple[str, ...]
    first: Words
    all: tuple[Words, ...]
    entries: Mapping[str, Senses]
    phrases: Mapping[str, Senses]
    longest: Mapping[str, int]
    alone: Mapping[str, Senses]
    tight: frozenset[str]
    clitics: tuple[str, ...]
    short: Mapping[str, tuple[str, ...]]
    stopping: frozenset[str]
    asking: frozenset[str]
    evading: frozenset[str]


def lexicon(language: str, others: Sequence[str]) -> Lexicon:
    """The lexicon of a participant who speaks `language` in a flow that speaks `others`."""
    return _lexicon((language, *others))


@lru_cache(maxsize=64)
def _lexicon(tags: tuple[str, ...]) -> Lexicon:
    ours = list(dict.fromkeys(found for tag in (*tags, "en") if (found := nearest_language(tag))))
    entries: dict[str, Senses] = {}
    alone: dict[str, Senses] = {}
    own = words(ours[0]).senses
    for name in ours:
        for phrase, senses in words(name).senses.items():
            if phrase not in entries:
                entries[phrase] = senses
            elif phrase not in own:
                alone[phrase] = {**senses, **alone.get(phrase, entries[phrase])}
    strangers = [words(name) for name in languages() if name not in ours]
    for stranger in strangers:
        for phrase, senses in stranger.senses.items():
            kept = {sense: value for sense, value in senses.items() if sense in _EVERYWHERE}
            if kept:
                entries.setdefault(phrase, kept)
    _add_strange(strangers, entries, alone)
    clitics = tuple(dict.fromkeys(clitic for name in ours for clitic in words(name).clitics))
    everyone = tuple(words(name) for name in ours)
    tight = frozenset(phrase for own in (*everyone, *strangers) for phrase in own.tight)
    cut = {phrase: senses for phrase, senses in entries.items() if " " not in phrase or senses.keys() - _WHOLE}
    short = {one: tuple(word.split(" ")) for one, word in everyone[0].short.items() if one not in entries}
    return Lexicon(
        tuple(ours),
        everyone[0],
        everyone,
        entries,
        cut,
        longest(cut),
        alone,
        tight,
        clitics,
        short,
        _stopping(entries),
        alarms(ours, "asks"),
        alarms(ours, "puts_off", "waits", "asks_back"),
    )


def _stopping(entries: Mapping[str, Senses]) -> frozenset[str]:
    """The longest word of each phrase that may be a wish to stop, and those of the patterns."""
    phrases = (max(phrase.split(" "), key=len) for phrase, senses in entries.items() if "stop" in senses)
    return frozenset(phrases).union(*stopping().values())


def _add_strange(strangers: list[Words], known: Mapping[str, Senses], alone: dict[str, Senses]) -> None:
    """Yes, no and numbers of languages outside the flow's, for whole replies, where those languages agree."""
    found: dict[str, Senses] = {}
    for stranger in strangers:
        for phrase, senses in stranger.senses.items():
            kept = {sense: value for sense, value in senses.items() if sense in _STRANGE}
            if kept and phrase not in known:
                earlier = found.setdefault(phrase, kept)
                if set(earlier) != set(kept):
                    found[phrase] = NOTHING
    alone.update({phrase: senses for phrase, senses in found.items() if senses})


def read(text: str, lexicon: Lexicon, vocabulary: Vocabulary = NO_VOCABULARY) -> Message:
    """Cut `text` into the longest phrases that the vocabulary or the lexicon knows; unknown words stand alone."""
    normal = normalise(text)
    if vocabulary.apart:
        normal = apart(normal)
    texts = tokens(normal)
    found = places(texts, normal)
    if not lexicon.short.keys().isdisjoint(texts):
        texts, found = _in_full(texts, found, lexicon, vocabulary)
    whole = " ".join(texts)
    if whole in lexicon.alone and whole not in vocabulary.phrases:
        return Message(text, normal, whole, [Piece(whole, lexicon.alone[whole], _NO_OPTIONS, 0, len(normal), False)])
    known = _met(lexicon, vocabulary)
    pieces: list[Piece] = []
    at, end = 0, -1
    while at < len(texts):
        begins, parts = known[texts[at]]
        size, before = 1, end
        if begins and (phrase := _phrase(texts, found, at, lexicon, vocabulary)) is not None:
            size, parts = phrase.text.count(" ") + 1, (phrase,)
        start, end = found[at][0], found[at + size - 1][1]
        for part in parts:
            glued = part.glued or start == before
            pieces.append(Piece(part.text, part.senses, part.options, start + part.start, start + part.end, glued))
        at += size
    return Message(text, normal, whole, _alone(pieces, lexicon))


class _Met(dict[str, tuple[bool, tuple[Piece, ...]]]):
    """Each word that was met so far: whether it begins phrases of several, and its pieces where it stands by itself."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.lexicon = lexicon
        self.vocabulary = vocabulary

    def __missing__(self, word: str) -> tuple[bool, tuple[Piece, ...]]:
        lexicon, vocabulary = self.lexicon, self.vocabulary
        senses, options = lexicon.entries.get(word, NOTHING), vocabulary.phrases.get(word, _NO_OPTIONS)
        if senses or options or not word[0].isalpha():
            pieces = [Piece(word, senses, options, 0, len(word), False)]
        else:
            pieces = _unknown(word, lexicon, vocabulary)
        if len(self) >= _MOST_MET:
            self.clear()
        self[word] = found = (word in lexicon.longest or word in vocabulary.longest, tuple(pieces))
        return found


_met = lru_cache(maxsize=1024)(_Met)


@lru_cache(maxsize=8192)
def read_name(text: str, lexicon: Lexicon) -> Message:
    """A text that is read again and again while a question is prepared: a label, or a part of one."""
    return read(text, lexicon)


def _in_full(
    texts: list[str], found: list[tuple[int, int]], lexicon: Lexicon, vocabulary: Vocabulary
) -> tuple[list[str], list[tuple[int, int]]]:
    """The tokens with shorthand written out, and their places: "jveux" is "je veux"."""
    full = [
        (word, place)
        for text, place in zip(texts, found, strict=True)
        for word in (lexicon.short.get(text, (text,)) if text not in vocabulary.phrases else (text,))
    ]
    return [word for word, _ in full], [place for _, place in full]


def _alone(pieces: list[Piece], lexicon: Lexicon) -> list[Piece]:
    """The pieces, a single one among politeness widened by what it can mean in the other languages."""
    if len(pieces) > 4 or lexicon.alone.keys().isdisjoint([piece.text for piece in pieces]):
        return pieces
    content = [at for at, piece in enumerate(pieces) if not piece.is_sign and "polite" not in piece.senses]
    if len(content) != 1 or pieces[content[0]].text not in lexicon.alone:
        return pieces
    at = content[0]
    pieces[at] = replace(pieces[at], senses=lexicon.alone[pieces[at].text])
    return pieces


def _phrase(
    texts: list[str], found: list[tuple[int, int]], at: int, lexicon: Lexicon, vocabulary: Vocabulary
) -> Piece | None:
    """The longest phrase of several tokens from `at` on, as if the text began there."""
    if at + 1 == len(texts):
        return None
    begun = f"{texts[at]} {texts[at + 1]}"
    longest = max(lexicon.longest.get(begun, 0), vocabulary.longest.get(begun, 0))
    for size in range(min(longest, len(texts) - at), 1, -1):
        phrase = " ".join(texts[at : at + size])
        length = found[at + size - 1][1] - found[at][0]
        senses, options = lexicon.phrases.get(phrase, NOTHING), vocabulary.phrases.get(phrase, _NO_OPTIONS)
        if senses and phrase in lexicon.tight and length > len(phrase) - size + 1:
            senses = NOTHING
        if options or (senses and not _yields(texts, at, size, senses, vocabulary)):
            return Piece(phrase, senses, options, 0, length, False)
    return None


def _yields(texts: list[str], at: int, size: int, senses: Senses, vocabulary: Vocabulary) -> bool:
    """Whether a phrase of the lexicon gives way to an option's name that begins inside it."""
    if not vocabulary.phrases or not senses.keys() <= _YIELDING:
        return False
    return any(_named(texts, inside, vocabulary) for inside in range(at, at + size))


def _named(texts: list[str], at: int, vocabulary: Vocabulary) -> bool:
    longest = min(vocabulary.longest.get(texts[at], 1), len(texts) - at)
    return any(" ".join(texts[at : at + size]) in vocabulary.phrases for size in range(longest, 0, -1))


def _unknown(word: str, lexicon: Lexicon, vocabulary: Vocabulary) -> list[Piece]:
    """A word that nobody knows as it stands: drawn out ("yesss"), or with a small word written onto it."""
    for spelling in squeezed(word):
        senses, options = lexicon.entries.get(spelling, NOTHING), vocabulary.phrases.get(spelling, _NO_OPTIONS)
        if senses or options:
            return [Piece(spelling, senses, options, 0, len(word), False)]
    if len(word) > 2 and word[-1] == word[-2] and word.isascii():
        senses = lexicon.entries.get(word[:-1], NOTHING)
        if not senses.keys().isdisjoint(_DOUBLED):
            return [Piece(word[:-1], senses, _NO_OPTIONS, 0, len(word), False)]
    for clitic in lexicon.clitics:
        rest = word[len(clitic) :]
        if not word.startswith(clitic) or len(rest) < 2:
            continue
        senses, options = lexicon.entries.get(rest, NOTHING), vocabulary.phrases.get(rest, _NO_OPTIONS)
        if len(rest) < _ELIDED and clitic.isascii() and len(clitic) == 1 and (len(rest) < _ELIDED - 2 or not options):
            continue
        if senses or options:
            small = Piece(clitic, lexicon.entries.get(clitic, NOTHING), _NO_OPTIONS, 0, len(clitic), False)
            return [small, Piece(rest, senses, options, len(clitic), len(word), True)]
    return _respelt(word, lexicon, vocabulary)


def _respelt(word: str, lexicon: Lexicon, vocabulary: Vocabulary) -> list[Piece]:
    """A number written as one word, or a word with another letter for a sound; else unknown."""
    for spelling in respelt(word):
        senses, options = lexicon.entries.get(spelling, NOTHING), vocabulary.phrases.get(spelling, _NO_OPTIONS)
        if senses or options:
            return [Piece(spelling, senses, options, 0, len(word), False)]
    pieces: list[Piece] = []
    for written, known in parts(word, lexicon.entries):
        begin = pieces[-1].end if pieces else 0
        senses = lexicon.entries.get(known, NOTHING)
        pieces.append(Piece(known, senses, _NO_OPTIONS, begin, begin + len(written), bool(pieces)))
    return pieces or [Piece(word, NOTHING, _NO_OPTIONS, 0, len(word), False)]


def senses_of(texts: Mapping[str, str], known: Lexicon) -> set[str]:
    """Everything that the words of a question's texts can mean, each text read by its own language."""
    found: set[str] = set()
    for tag, text in texts.items():
        language = nearest_language(tag)
        own = known if language is None else lexicon(language, ())
        found.update(sense for piece in read(text, own).pieces for sense in piece.senses)
    return found
