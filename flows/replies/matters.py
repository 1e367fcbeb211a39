"""Words about one matter: "dog" finds the option "Pet food" where no other option is about animals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flows.replies.lexicon import Lexicon, read_name
from flows.replies.names import Names
from flows.replies.stems import stems
from flows.replies.thesaurus import Thesaurus, Word, parts_of, thesaurus, wider_than

#: Languages in which what a name is about stands last: 学校里的欺凌.
_MAIN_LAST = ("zh",)
#: More steps than there are from a matter to any that is part of it.
_WIDER = 9


class Named(NamedTuple):
    """A name of an option, and the language that it is in."""

    number: int
    text: str
    language: str | None


class _Claim(NamedTuple):
    """How a word comes to name options, the surest first: through a wider matter, of several options, as no label's word."""

    steps: int
    shared: bool
    belongs: bool


@dataclass(frozen=True, slots=True)
class _About:
    """Matter -> the options that are about it. `surely`: as most of their languages have it."""

    maybe: Mapping[str, set[int]]
    surely: Mapping[str, set[int]]


def relate(names: Names, texts: Sequence[Named], *, having: bool = False, other: bool = False) -> None:
    """Let the words of each matter name the option that alone is about it; a word that is part of another option stays its
    own, and what several options are about is asked. `texts`: all that the options are called. `having`: the question asks
    what one has, so that "no heat" is no "Heat"; `other`: it takes other words, which are not about a place that a name tells of."""
    known = thesaurus(names.lexicon)
    about = _about(texts, known, names.lexicon.languages[0], other=other)
    if not about.maybe:
        return
    for matter, of in about.maybe.items():
        for number in of:
            names.about.setdefault(number, set()).add(matter)
    taken = names.single.keys() | names.full.keys()
    told = {root for name in taken - names.kin if " " not in name for root in stems(name)}
    claims: dict[str, tuple[_Claim, Word, tuple[int, ...]]] = {}
    for claim, words, of in _claims(about, known):
        numbers = tuple(sorted(of))
        for word in words:
            text = word.text
            if text in taken or (having and word.denies):
                continue
            before = claims.get(text)
            if before is None or claim < before[0]:
                claims[text] = claim, word, numbers
            elif numbers != before[2] and claim == before[0]:
                claims[text] = claim, before[1], tuple(sorted({*before[2], *numbers}))
    for claim, word, numbers in claims.values():
        _name(names, word, numbers, told)
        if claim.steps:
            names.afar.update((word.text, *word.forms, *word.roots))


def _about(texts: Sequence[Named], known: Thesaurus, own: str, *, other: bool) -> _About:
    """What the options are about: as the reader's own language has it, or most of theirs; no furnace, where a label in three
    of seven languages has the word for "Oil"."""
    told: defaultdict[int, set[str]] = defaultdict(set)
    votes: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    for number, text, language in texts:
        if language is not None and language in known.labels:
            told[number].add(language)
            phrases = list(known.matters_of(text, language))
            if other and len(phrases) > 1:
                phrases = _main(phrases, text, language, known.lexicon)
            for matter in {matter for phrase in phrases for matter in phrase}:
                votes[number, matter].add(language)
    most: dict[int, int] = {}
    for (number, _), languages in votes.items():
        most[number] = max(most.get(number, 0), len(languages))
    maybe: defaultdict[str, set[int]] = defaultdict(set)
    surely: defaultdict[str, set[int]] = defaultdict(set)
    for (number, matter), languages in votes.items():
        is_sure = len(languages) == most[number] or 2 * len(languages) >= len(told[number])
        if is_sure:
            surely[matter].add(number)
        if is_sure or own in languages:
            maybe[matter].add(number)
    return _About(maybe, surely)


def _alone(about: Mapping[str, set[int]]) -> dict[str, set[int]]:
    """Of several options that are about a matter the one that is about nothing else: "Road repair" beside "Snow on roads"."""
    told: defaultdict[int, set[str]] = defaultdict(set)
    for matter, numbers in about.items():
        for number in numbers:
            told[number].add(matter)
    found: dict[str, set[int]] = {}
    for matter, numbers in about.items():
        own = {name for name, _ in parts_of(matter)}
        alone = {number for number in numbers if told[number] <= own}
        found[matter] = alone if len(alone) == 1 else numbers
    return found


def _main(phrases: list[tuple[str, ...]], text: str, language: str, lexicon: Lexicon) -> list[tuple[str, ...]]:
    """What a name is about of all that it has words of: "Bullying at school" is not about school, "Sports and games" is
    about both."""
    if any(piece.is_sign or piece.has("and", "or") for piece in read_name(text, lexicon).pieces):
        return phrases
    return phrases[-1:] if language in _MAIN_LAST else phrases[:1]


def _claims(about: _About, known: Thesaurus) -> Iterator[tuple[_Claim, Sequence[Word], set[int]]]:
    """The words of the matters that the options are about, in every language; of those that are part of them; and what labels
    call a wider one that several options are part of."""
    wider: defaultdict[str, set[int]] = defaultdict(set)
    alone = _alone(about.maybe)
    for matter, numbers in about.maybe.items():
        words, own = known.spoken(matter), alone[matter]
        yield _Claim(0, len(numbers) > 1, False), words.called, numbers
        yield _Claim(0, len(own) > 1, True), words.others, own
        for name in wider_than(matter):
            wider[name] |= numbers
    for matter, numbers in about.surely.items():
        for part, steps in parts_of(matter):
            if part not in about.maybe:
                words = known.spoken(part)
                yield _Claim(steps, len(numbers) > 1, False), words.near_called, numbers
                yield _Claim(steps, len(numbers) > 1, True), words.near_others, numbers
    for name, numbers in wider.items():
        if len(numbers) > 1 and name not in about.maybe:
            yield _Claim(_WIDER, True, False), known.spoken(name).near_called, numbers


def _name(names: Names, word: Word, numbers: tuple[int, ...], told: set[str]) -> None:
    text = word.text
    label = names.single.get(text.rpartition(" ")[2], ())
    if len(numbers) < len(label):
        numbers = label  # "un médecin" is no surer than "médecin"
    if word.is_common:
        names.alone.setdefault(text, numbers)
        return
    if not any(root in told and names.parts.get(root) == numbers for root in word.roots):
        names.akin.add(text)  # not "باص", which is "باصات" anyway
    if len(text) == 1:
        names.squashed.setdefault(text, numbers)  # "狗" alone, not inside another word
        return
    (names.single if word.is_hour else names.meant)[text] = numbers
    for form in word.forms:
        known = names.meant.get(form, ())
        if known != numbers:
            names.meant[form] = (*known, *(number for number in numbers if number not in known))
    if word.roots and told.isdisjoint(word.roots):
        names.akin.update(word.roots)
        for root in word.roots if len(numbers) == 1 else ():
            names.parts[root] = tuple({*names.parts.get(root, ()), *numbers})
