"""The words of each matter as `words/<language>.yaml` has them, brought together once for the languages of a reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from flows.replies.lexicon import Lexicon
from flows.replies.names import is_common
from flows.replies.normal import key
from flows.replies.stems import singular, stems, variants
from flows.replies.word_files import WORDS, document
from flows.replies.words import Words, phrases, words

#: Senses of words that say when or how often, and that another option may say too.
_HOURS = frozenset({"frequency", "daypart", "weekday", "month", "rate", "day", "holiday"})
#: A language of which everybody knows some words.
_EVERYWHERE = "en"
#: A shorter stem of a word that stands in no option's name would find too many words.
_SHORTEST_ROOT = 4
_SHORTEST_ARABIC_ROOT = 3
#: The Arabic article, and how many words a name with one may have: "فاتورة كهربا", "فاتورة الكهربا".
_ARTICLE = "ال"
_PAIR = 2


class Word(NamedTuple):
    """A word or phrase of a matter: its plural or singular, its stems; () for a phrase. `is_hour`: it says when, or how often;
    `is_common`: it names an option only as the whole reply. `denies`: a phrase that says no ("no heat")."""

    text: str
    forms: tuple[str, ...]
    roots: tuple[str, ...]
    is_hour: bool
    is_common: bool
    denies: bool


class Spoken(NamedTuple):
    """The words of a matter: those that labels have, and the others; and both in the reader's own language and English alone."""

    called: tuple[Word, ...]
    others: tuple[Word, ...]
    near_called: tuple[Word, ...]
    near_others: tuple[Word, ...]


class _Labels(NamedTuple):
    """What the labels of a language call a matter, and the most words of one."""

    matters: Mapping[str, tuple[str, ...]]
    longest: int


@dataclass(frozen=True, slots=True, eq=False)
class Thesaurus:
    """The matters of a lexicon's languages. `labels`: language -> what labels call a matter, cut to stems -> the matters."""

    lexicon: Lexicon
    labels: Mapping[str, _Labels]
    _spoken: dict[str, Spoken] = field(default_factory=dict)

    def spoken(self, matter: str) -> Spoken:
        """The words of a matter, brought together when an option is first about it."""
        found = self._spoken.get(matter)
        if found is None:
            found = self._spoken[matter] = _spoken(matter, self.lexicon)
        return found

    def matters_of(self, text: str, language: str) -> Iterator[tuple[str, ...]]:
        """The matters that a name is about, phrase by phrase, by the longest ones in it: "Mental health" is not about health."""
        known, longest = self.labels[language]
        cut = [singular(word, language) for word in key(text).split(" ") if word]
        at = 0
        while at < len(cut):
            for size in range(min(longest, len(cut) - at), 0, -1):
                matters = known.get(" ".join(cut[at : at + size]), ())
                if matters and (len(cut) == 1 or size > 1 or not _is_han(cut[at])):
                    yield matters
                    break
            else:
                size = 1
            at += size

    def named(self, text: str) -> set[str]:
        """The matters that a word or phrase is what authors call an option about, in the reader's language or in English."""
        near = {self.lexicon.first.language, _EVERYWHERE} & self.labels.keys()
        cuts = ((self.labels[language].matters, _cut(text.split(" "), language)) for language in near)
        return {matter for matters, cut in cuts for matter in matters.get(cut, ())}


@lru_cache(maxsize=64)
def thesaurus(lexicon: Lexicon) -> Thesaurus:
    """Those that the languages of a lexicon have."""
    return Thesaurus(lexicon, {own.language: _labels(own.language) for own in lexicon.all})


def _spoken(name: str, lexicon: Lexicon) -> Spoken:
    """The words of a matter in every language of a lexicon, and in the nearest ones."""
    rows: list[list[Word]] = [[], [], [], []]
    for own in lexicon.all:
        if (matter := own.matters.get(name)) is not None:
            others = [word for word in matter.belong if word not in matter.labels]
            is_near = own is lexicon.first or own.language == _EVERYWHERE
            for row, near, texts in ((0, 2, matter.labels), (1, 3, others)):
                found = list(_words(texts, own, lexicon))
                rows[row].extend(found)
                rows[near].extend(found if is_near else ())
    return Spoken(*(tuple(row) for row in rows))


def _words(texts: Sequence[str], own: Words, lexicon: Lexicon) -> Iterator[Word]:
    """The words that may name an option: none that says something else in the reader's language."""
    for text in texts:
        common = is_common(text, lexicon)
        if not text or (common and own is not lexicon.first):
            continue
        is_hour = not _HOURS.isdisjoint(lexicon.entries.get(text, ()))
        if " " in text:
            for phrase in (text, *_alike(text, own)):
                yield Word(phrase, (), (), is_hour, common, _denies(phrase, own))
        elif own is lexicon.first or text not in lexicon.first.senses:
            forms = tuple(form for form in variants(text) if form not in lexicon.entries)
            roots = tuple(root for root in stems(text) if _is_long(root))
            yield Word(text, forms, roots, is_hour, common, denies=False)


def _alike(phrase: str, own: Words) -> Iterator[str]:
    """The phrase with another spelling of one of its words, or in Arabic with the article on its last word or on none."""
    said = phrase.split(" ")
    for at, word in enumerate(said):
        for other in own.spellings.get(word, ()):
            yield " ".join((*said[:at], other, *said[at + 1 :]))
    if own.language == "ar" and len(said) == _PAIR:
        head, last = said[0], said[1].removeprefix(_ARTICLE)
        if len(last) >= _SHORTEST_ARABIC_ROOT and not own.senses.get(head, {}).keys() & {"not", "lacks", "none"}:
            yield from {f"{head} {last}", f"{head} {_ARTICLE}{last}"} - {phrase}


def _denies(phrase: str, own: Words) -> bool:
    """Whether a phrase begins with a denial: "no heat", "pas de chauffage"."""
    said = phrase.split(" ")
    heads = (" ".join(said[:size]) for size in range(1, len(said)))
    return any(not own.senses.get(head, {}).keys().isdisjoint(("not", "none", "lacks")) for head in heads)


def _is_long(root: str) -> bool:
    return len(root) >= (_SHORTEST_ARABIC_ROOT if "\u0600" <= root[0] <= "\u06ff" else _SHORTEST_ROOT)


@cache
def _labels(language: str) -> _Labels:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, matter in words(language).matters.items():
        for label in matter.labels:
            found[_cut(label.split(" "), language)].append(name)
    matters = {label: tuple(dict.fromkeys(named)) for label, named in found.items()}
    return _Labels(matters, max((len(label.split(" ")) for label in matters), default=0))


def _cut(label: Sequence[str], language: str) -> str:
    return " ".join(singular(word, language) for word in label)


def _is_han(word: str) -> bool:
    """Whether a word is one Chinese character, which may be any part of another word."""
    return "\u4e00" <= word <= "\u9fff"


@cache
def _narrower() -> dict[str, tuple[str, ...]]:
    """words/matters.yaml: a matter -> those that are part of it."""
    body: dict[str, str] = document(WORDS / "matters.yaml")
    return {matter: tuple(phrases(parts)) for matter, parts in body.items()}


@cache
def parts_of(matter: str) -> tuple[tuple[str, int], ...]:
    """A matter and those that are part of it, with how many steps away they are."""
    found = {matter: 0}
    for name in (waiting := [matter]):
        for part in _narrower().get(name, ()):
            if part not in found:
                found[part] = found[name] + 1
                waiting.append(part)
    return tuple(found.items())


@cache
def wider_than(matter: str) -> tuple[str, ...]:
    """The matters that a matter is part of."""
    return tuple(name for name, parts in _narrower().items() if matter in parts)
