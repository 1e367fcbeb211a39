"""Families of answers that come back in every survey: "my wife and the kids" names "Family" beside "Alone" and "Friends"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from flows.replies.lexicon import Lexicon, read_name
from flows.replies.names import Names
from flows.replies.normal import key
from flows.replies.stems import stem, stems
from flows.replies.words import Family

#: A family's place: its group ("often") and its name ("never").
_Place: TypeAlias = tuple[str, str]
#: Senses of a single word that make it too common to name an option unless it is the whole reply.
_COMMON = frozenset("small and or but polite intro self because number question hedge position about only".split())  # noqa: SIM905
#: Senses of the words that may stand around what an option is called: "with my family", "des amis".
_AROUND = frozenset("small intro counting about self".split())  # noqa: SIM905
_SHORTEST_ROOT = 4
#: Senses of options that are of no group: "None of these", "Not sure".
_APART = frozenset("none all dont_know indifferent other refuse not_applicable undecided".split())  # noqa: SIM905
#: The family of which one option may be where the others are amounts: "Free" beside "$10" and "$20".
_FREE: _Place = ("price", "free")
#: The name of what names no family of its group: "I work nights" is no evening.
_UNSURE = "unsure"


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The families of a lexicon's languages. `labels`: what options are called -> families; `roots`: the same by stem.
    `members`: a family in each language, and whether that is the reader's own."""

    labels: Mapping[str, set[_Place]]
    roots: Mapping[str, set[_Place]]
    members: Mapping[_Place, tuple[tuple[bool, Family], ...]]


@lru_cache(maxsize=64)
def _index(lexicon: Lexicon) -> _Index:
    labels: defaultdict[str, set[_Place]] = defaultdict(set)
    roots: defaultdict[str, set[_Place]] = defaultdict(set)
    members: defaultdict[_Place, list[tuple[bool, Family]]] = defaultdict(list)
    for own in lexicon.all:
        for group, families in own.families.items():
            for name, family in families.items():
                members[group, name].append((own is lexicon.first, family))
                for label in family.labels:
                    labels[label].add((group, name))
                    if " " not in label and len(label) >= _SHORTEST_ROOT:
                        roots[stem(label)].add((group, name))
    return _Index(labels, roots, {place: tuple(found) for place, found in members.items()})


def relate_families(names: Names, texts: Sequence[tuple[int, str]]) -> None:
    """Let each family's words name the option that alone belongs to it, where most of the options are of the family's
    group. `texts`: an option's number and a name of it."""
    index = _index(names.lexicon)
    found: defaultdict[_Place, set[int]] = defaultdict(set)
    for number, text in texts:
        for place in _places(text, index, names.lexicon):
            found[place].add(number)
    asked: defaultdict[str, set[int]] = defaultdict(set)
    for (group, _), numbers in found.items():
        asked[group] |= numbers
    apart = {number for number, text in texts if not _APART.isdisjoint(names.lexicon.entries.get(key(text), {}))}
    many = len({number for number, _ in texts} - apart)
    groups = {
        group: numbers for group, numbers in asked.items() if len(numbers) > 1 and 2 * len(numbers - apart) > many
    }
    groups = _finest(groups, found)
    about = {place: numbers for place, numbers in found.items() if place[0] in groups}
    about.update({(group, _UNSURE): numbers for group, numbers in groups.items() if (group, _UNSURE) in index.members})
    if about:
        _name(names, index, about)
        orphans = [place for place in index.members if place[0] in groups and place not in about]
        names.kin.update(
            word
            for place in orphans
            for is_own, family in index.members[place]
            if is_own
            for word in family.belong
            if word not in names.single and word not in names.full
        )  # "上班" is no "找工作" where no option is for those at work


def relate_free(names: Names, texts: Sequence[tuple[int, str]]) -> None:
    """Let what says that something is free name the one option that says so beside amounts of money."""
    index = _index(names.lexicon)
    numbers = {number for number, text in texts if _FREE in _places(text, index, names.lexicon)}
    if len(numbers) == 1:
        _name(names, index, {_FREE: numbers})


def _finest(groups: dict[str, set[int]], found: Mapping[_Place, set[int]]) -> dict[str, set[int]]:
    """Of groups that share options those that tell most of them apart: "Friends" and "Neighbours" are two in "who", and one in
    "how one heard of it"."""
    apart = {group: sum(len(numbers) == 1 for place, numbers in found.items() if place[0] == group) for group in groups}
    return {
        group: numbers
        for group, numbers in groups.items()
        if not any(apart[other] > apart[group] and numbers & groups[other] for other in groups)
    }


def _places(text: str, index: _Index, lexicon: Lexicon) -> set[_Place]:
    """The families that an option belongs to by a name of it: the name, or else each side of an "or" in it."""
    whole = _place_of(key(text).split(" "), index, lexicon)
    if whole:
        return whole
    sides: list[list[str]] = [[]]
    for piece in read_name(text, lexicon).pieces:
        if piece.is_sign or (piece.has("and", "or") and " " not in piece.text):
            sides.append([])
        else:
            sides[-1].extend(piece.text.split(" "))
    return set().union(*(_place_of(side, index, lexicon) for side in sides if side))


def _place_of(words: list[str], index: _Index, lexicon: Lexicon) -> set[_Place]:
    """The families of what is called so, as it stands or else without the small words at its ends."""
    around = [not _AROUND.isdisjoint(lexicon.entries.get(word, {})) for word in words]
    kept = [at for at, is_around in enumerate(around) if not is_around]
    trimmed = words[kept[0] : kept[-1] + 1] if kept else words
    for some in (words, trimmed):
        found = index.labels.get(" ".join(some)) or (index.roots.get(stem(some[0])) if len(some) == 1 else None)
        if found:
            return found
    return set()


def _name(names: Names, index: _Index, about: Mapping[_Place, set[int]]) -> None:
    """Add the words of the families that the options are about. What options are called outranks what else may be meant."""
    ranks: tuple[defaultdict[str, set[int]], ...] = (defaultdict(set), defaultdict(set))
    whole: defaultdict[str, set[int]] = defaultdict(set)
    for place, numbers in about.items():
        for is_own, family in index.members[place]:
            for rank, words in enumerate((family.labels, family.belong)):
                for word in words:
                    if is_own or not _means_else(word, names.lexicon):
                        ranks[rank][word] |= numbers
            for word in family.alone:
                whole[word] |= numbers
    taken = {name for table in (names.single, names.full) for name in table}
    for word, numbers in {**ranks[1], **ranks[0]}.items():
        if word in taken or _says_own(word, numbers, names):
            continue
        if " " not in word and not _COMMON.isdisjoint(names.lexicon.entries.get(word, {})):
            whole[word] |= numbers
        elif len(word) == 1:
            names.squashed.setdefault(word, tuple(sorted(numbers)))
        else:
            _add(names, word, tuple(sorted(numbers)))
    names.alone.update({word: tuple(sorted(numbers)) for word, numbers in whole.items() if word not in taken})


def _means_else(word: str, lexicon: Lexicon) -> bool:
    """Whether a word of another language is one of the reader's own that says something else."""
    return " " not in word and word in lexicon.first.senses


def _says_own(phrase: str, numbers: set[int], names: Names) -> bool:
    """Whether a phrase of several words is what its option is called anyway, with small ones: "the church"."""
    if " " not in phrase:
        return False
    words = [word for word in phrase.split(" ") if _AROUND.isdisjoint(names.lexicon.entries.get(word, {}))]
    if len(words) != 1 or words[0] in names.kin or set(names.single.get(words[0], ())) != numbers:
        return False
    return any(piece.text == words[0] for piece in read_name(phrase, names.lexicon).pieces)  # not so in "tout seul"


def _add(names: Names, word: str, numbers: tuple[int, ...]) -> None:
    names.single[word] = numbers
    names.kin.add(word)
    names.akin.add(word)
    if " " not in word and len(numbers) == 1:
        for root in stems(word):
            if len(root) >= _SHORTEST_ROOT and root not in names.parts:
                names.parts[root] = numbers
                names.akin.add(root)
