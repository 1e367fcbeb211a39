"""Words that say the same as a word of a label ("отопление" and "опалення"), and the characters that one Chinese label alone has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from flows.replies.lexicon import Lexicon
from flows.replies.names import Names
from flows.replies.normal import key
from flows.replies.spelt import is_han
from flows.replies.stems import stems

#: So many words of a label, or characters of a Chinese one, may have another word for them.
_LONGEST = 4
#: Shorter words are no cases of one another; Arabic ones are written without their vowels.
_SHORTEST_ROOT, _SHORTEST_ARABIC = 4, 3


@lru_cache(maxsize=64)
def _synonyms(lexicon: Lexicon) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """What says the same as a phrase, and as the words with a stem, in the lexicon's languages."""
    phrases: dict[str, frozenset[str]] = {}
    roots: dict[str, frozenset[str]] = {}
    for own in lexicon.all:
        for group in own.synonyms:
            for phrase in group:
                phrases[phrase] = phrases.get(phrase, frozenset()) | group
                for root in stems(phrase) if _has_cases(phrase) else ():
                    roots[root] = roots.get(root, frozenset()) | group
    return phrases, roots


@lru_cache(maxsize=64)
def _unspecific(lexicon: Lexicon) -> frozenset[str]:
    return frozenset().union(*(own.unspecific for own in lexicon.all))


def _has_cases(word: str) -> bool:
    arabic = "\u0600" <= word[0] <= "\u06ff"
    long = len(word) >= (_SHORTEST_ARABIC if arabic else _SHORTEST_ROOT)
    return " " not in word and long and not word.isascii() and not is_han(word)


@lru_cache(maxsize=64)
def things(lexicon: Lexicon) -> frozenset[str]:
    """Every word that says the same as another: the name of a thing, whatever else it may mean ("الإيجار", what one pays)."""
    return frozenset(word.removeprefix("ال") for word in _synonyms(lexicon)[0])


def relate_synonyms(names: Names, texts: Iterable[tuple[int, str]]) -> None:
    """Let what says the same as a label or a part of it name its option; another option's own word stays its own.
    `texts`: an option's number and a name of it."""
    found: dict[str, set[int]] = {}
    whole: dict[str, set[int]] = {}
    for number, text in texts:
        if names.denied(text):
            continue
        name = key(text)
        for part, others in _parts(name.split(" "), names):
            for other in others - {part}:
                (whole if part == name else found).setdefault(other, set()).add(number)
                if part in names.bound:
                    own = names.parts.keys() | names.single.keys()
                    names.akin.update(one for one in (other, *stems(other)) if one not in own)  # "food" of "Pet food"
    taken = {word: set(numbers) for table in (names.single, names.full) for word, numbers in table.items()}
    for word, numbers in found.items():
        _add(names, word, tuple(sorted(numbers)), taken)
    for word, numbers in whole.items():
        if _add(names, word, tuple(sorted(numbers)), taken) and len(word) > 1 and not names.denied(word):
            names.full[word] = tuple(sorted(numbers | set(names.full.get(word, ()))))


def _parts(tokens: list[str], names: Names) -> Iterable[tuple[str, frozenset[str]]]:
    """The parts of a label that have synonyms, with them."""
    phrases, roots = _synonyms(names.lexicon)
    for first in range(len(tokens)):
        ends = range(first + 1, min(first + _LONGEST, len(tokens)) + 1)
        for end in ends if first or len(tokens) <= _LONGEST else (*ends, len(tokens)):
            part = " ".join(tokens[first:end])
            if end == first + 1 and len(tokens) > 1 and (is_han(part) or names.is_common(part)):
                continue
            others = phrases.get(part)
            if others is None and _has_cases(part):
                others = next((found for root in stems(part) if (found := roots.get(root))), None)
            if others:
                yield part, others


def _add(names: Names, word: str, numbers: tuple[int, ...], taken: Mapping[str, set[int]]) -> bool:
    """Add a word for options; False where it is another option's own."""
    if not taken.get(word, set(numbers)) <= set(numbers) or (" " not in word and names.is_common(word)):
        return False
    if len(word) == 1:
        names.squashed.setdefault(word, numbers)
        return True
    names.single[word] = tuple(sorted({*names.single.get(word, ()), *numbers}))
    if _has_cases(word):
        for root in stems(word):
            names.parts.setdefault(root, numbers)
    return True


def characters(names: Names, texts: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Character -> the one option whose labels have it, the characters of many words left out: 坑 of 路坑, not 路."""
    unspecific = _unspecific(names.lexicon)
    found: dict[str, set[int]] = {}
    for number, text in texts:
        for one in key(text).split(" "):
            if is_han(one) and len(one) == 1 and one not in unspecific and not names.is_common(one):
                found.setdefault(one, set()).add(number)
    return {one: numbers.pop() for one, numbers in found.items() if len(numbers) == 1}
