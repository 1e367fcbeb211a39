"""Words about one matter: "dog" finds the option "Pet food" where no other option is about animals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from flows.replies.lexicon import Lexicon
from flows.replies.names import Names, is_common
from flows.replies.normal import key
from flows.replies.stems import singular, stems, variants
from flows.replies.word_files import WORDS, document
from flows.replies.words import Words, phrases

#: Senses of words that say when or how often, and that another option may say too.
_HOURS = frozenset({"frequency", "daypart", "weekday", "month", "rate", "day", "holiday"})
#: A shorter stem of a word that stands in no option's name would find too many words.
_SHORTEST_ROOT = 4
_SHORTEST_ARABIC_ROOT = 3


class Named(NamedTuple):
    """A name of an option, and the language that it is in."""

    number: int
    text: str
    language: str | None


class _Word(NamedTuple):
    """A word or phrase of a matter: its plural or singular, its stems; () for a phrase. `is_hour`: it says when, or how often;
    `is_common`: it names an option only as the whole reply."""

    text: str
    forms: tuple[str, ...]
    roots: tuple[str, ...]
    is_hour: bool
    is_common: bool


class _Claim(NamedTuple):
    """How a word comes to name options, the surest first: through a wider matter, of several options, as no label's word."""

    steps: int
    shared: bool
    belongs: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The matters of a lexicon's languages. `labels`: language -> what labels call a matter, cut to stems -> the matters;
    `longest`: language -> the most words of one. `words`: a matter -> the words that labels have, and the others."""

    labels: Mapping[str, Mapping[str, tuple[str, ...]]]
    longest: Mapping[str, int]
    words: Mapping[str, tuple[tuple[_Word, ...], tuple[_Word, ...]]]


def relate(names: Names, texts: Sequence[Named]) -> None:
    """Let the words of each matter name the option that alone is about it; a word that is part of another option stays its
    own, and what several options are about is asked. `texts`: all that the options are called."""
    index = _index(names.lexicon)
    about: defaultdict[str, set[int]] = defaultdict(set)
    for number, text, language in texts:
        if language is not None and language in index.labels:
            for matter in _matters_of(text, language, index):
                about[matter].add(number)
    if not about:
        return
    taken = names.single.keys() | names.full.keys()
    told = {root for name in taken - names.kin if " " not in name for root in stems(name)}
    claims: dict[str, tuple[_Claim, _Word, set[int]]] = {}
    for claim, word, numbers in _claims(about, index):
        if word.text in taken:
            continue
        known = claims.get(word.text)
        if known is None or claim < known[0]:
            claims[word.text] = claim, word, set(numbers)
        elif claim == known[0]:
            known[2].update(numbers)
    for _, word, numbers in claims.values():
        _name(names, word, tuple(sorted(numbers)), told)


def _claims(about: Mapping[str, set[int]], index: _Index) -> Iterator[tuple[_Claim, _Word, set[int]]]:
    """Each word of the matters that the options are about, and of those that are part of them."""
    for matter, numbers in about.items():
        for part, steps in _parts(matter):
            if part in index.words and (not steps or part not in about):
                for belongs, words in enumerate(index.words[part]):
                    claim = _Claim(steps, len(numbers) > 1, bool(belongs))
                    for word in words:
                        yield claim, word, numbers


def _name(names: Names, word: _Word, numbers: tuple[int, ...], told: set[str]) -> None:
    if word.is_common:
        names.alone.setdefault(word.text, numbers)
        return
    names.akin.add(word.text)
    if len(word.text) == 1:
        names.squashed.setdefault(word.text, numbers)  # "狗" alone, not inside another word
        return
    (names.single if word.is_hour else names.meant)[word.text] = numbers
    for form in word.forms:
        known = names.meant.get(form, ())
        if known != numbers:
            names.meant[form] = (*known, *(number for number in numbers if number not in known))
    if told.isdisjoint(word.roots):
        names.akin.update(word.roots)
        for root in word.roots if len(numbers) == 1 else ():
            names.parts[root] = tuple({*names.parts.get(root, ()), *numbers})


@lru_cache(maxsize=64)
def _index(lexicon: Lexicon) -> _Index:
    labels = {own.language: _labels(own) for own in lexicon.all}
    words: dict[str, tuple[tuple[_Word, ...], tuple[_Word, ...]]] = {}
    for own in lexicon.all:
        for name, matter in own.matters.items():
            called, others = words.get(name, ((), ()))
            called += tuple(_words(matter.labels, own, lexicon))
            others += tuple(_words([word for word in matter.belong if word not in matter.labels], own, lexicon))
            words[name] = called, others
    return _Index(
        labels, {tag: max((len(one.split(" ")) for one in known), default=0) for tag, known in labels.items()}, words
    )


def _words(texts: Sequence[str], own: Words, lexicon: Lexicon) -> Iterator[_Word]:
    """The words that may name an option: none that says something else in the reader's language."""
    for text in texts:
        common = is_common(text, lexicon)
        if not text or (common and own is not lexicon.first):
            continue
        is_hour = not _HOURS.isdisjoint(lexicon.entries.get(text, ()))
        if " " in text:
            yield _Word(text, (), (), is_hour, common)
        elif own is lexicon.first or text not in lexicon.first.senses:
            forms = tuple(form for form in variants(text) if form not in lexicon.entries)
            yield _Word(text, forms, tuple(root for root in stems(text) if _is_long(root)), is_hour, common)


def _is_long(root: str) -> bool:
    return len(root) >= (_SHORTEST_ARABIC_ROOT if "\u0600" <= root[0] <= "\u06ff" else _SHORTEST_ROOT)


def _labels(own: Words) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, matter in own.matters.items():
        for label in matter.labels:
            found[_cut(label.split(" "), own.language)].append(name)
    return {label: tuple(dict.fromkeys(matters)) for label, matters in found.items()}


def _cut(words: Sequence[str], language: str) -> str:
    return " ".join(singular(word, language) for word in words)


def _matters_of(text: str, language: str, index: _Index) -> Iterator[str]:
    """The matters that a name is about, by the longest phrases in it: "Mental health" is not about health."""
    known, longest = index.labels[language], index.longest[language]
    words = [singular(word, language) for word in key(text).split(" ") if word]
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            matters = known.get(" ".join(words[at : at + size]), ())
            if matters and (len(words) == 1 or size > 1 or not _is_han(words[at])):
                yield from matters
                break
        else:
            size = 1
        at += size


def _is_han(word: str) -> bool:
    """Whether a word is one Chinese character, which may be any part of another word."""
    return "\u4e00" <= word <= "\u9fff"


@cache
def _wider() -> dict[str, tuple[str, ...]]:
    """words/matters.yaml: a matter -> those that are part of it."""
    body: dict[str, str] = document(WORDS / "matters.yaml")
    return {matter: tuple(phrases(parts)) for matter, parts in body.items()}


@cache
def _parts(matter: str) -> tuple[tuple[str, int], ...]:
    """A matter and those that are part of it, with how many steps away they are."""
    found = {matter: 0}
    for name in (waiting := [matter]):
        for part in _wider().get(name, ()):
            if part not in found:
                found[part] = found[name] + 1
                waiting.append(part)
    return tuple(found.items())
