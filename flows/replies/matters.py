"""Words about one matter: "dog" finds the option "Pet food" where no other option is about animals."""

from __future__ import annotations

from functools import cache

from flows.replies.lexicon import Lexicon
from flows.replies.names import Names
from flows.replies.stems import stem, stems


def relate(names: Names, lexicon: Lexicon) -> None:
    """Let the words of each matter name the option that alone is about it; a word that is part of another option stays its own."""
    named = {
        name: numbers
        for table in (names.single, names.full)
        for name, numbers in table.items()
        if name not in names.kin
    }
    told = {root for name in named if " " not in name for root in stems(name)}
    by_root: dict[str, set[str]] = {}
    for name in named:
        if len(name) > 1 and " " not in name:
            by_root.setdefault(stem(name), set()).add(name)
    found: dict[str, set[int]] = {}
    shared: dict[str, set[int]] = {}
    everywhere = {
        name: set().union(
            *(_about(own.matters[name].labels, named, by_root) for own in lexicon.all if name in own.matters)
        )
        for name in {name for own in lexicon.all for name in own.matters}
    }
    for own in lexicon.all:
        for name, matter in own.matters.items():
            about = everywhere[name] if _about(matter.labels, named, by_root) else set()
            table = found if len(about) == 1 else shared
            for word in matter.belong:
                if about and word not in named and word not in names.kin and not names.is_common(word):
                    table.setdefault(word, set()).update(about)
    for word, numbers in shared.items():
        found.setdefault(word, numbers)  # "food", where three options are: asked which
    names.akin.update(found)
    names.akin.update(
        root for word in found if " " not in word and told.isdisjoint(roots_of := stems(word)) for root in roots_of
    )
    for word, numbers in found.items():
        if len(word) == 1:
            names.squashed.setdefault(word, tuple(numbers))  # "狗" alone, not inside another word
            continue
        names.single[word] = tuple(numbers)
        if " " not in word and len(numbers) == 1 and told.isdisjoint(stems(word)):
            for root in stems(word):
                names.parts[root] = tuple({*names.parts.get(root, ()), *numbers})


def _numbers(word: str) -> tuple[str, ...]:
    """A Latin word's plural or singular; its other gender may be another language's word."""
    if not word.isascii():
        return ()
    return (word[:-1], word[:-2] if word.endswith("es") else word) if word.endswith("s") else (word + "s", word + "es")


@cache
def _forms(words: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The words in their numbers, and the stems of those in other letters than Latin; the same for every question."""
    whole = frozenset(form for word in words for form in (word, *_numbers(word)))
    return whole, frozenset(stem(word) for word in words if " " not in word and len(word) > 1 and not word.isascii())


def _about(words: tuple[str, ...], named: dict[str, tuple[int, ...]], by_root: dict[str, set[str]]) -> set[int]:
    """The options that have a word of the matter in their names, in some form."""
    whole, roots = _forms(words)
    names = (whole & named.keys()).union(*(by_root[root] for root in roots & by_root.keys()))
    return {number for name in names for number in named[name]}
