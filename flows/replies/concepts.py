"""Options that stand for a whole answer by what they are called: none, any, not knowing, both."""

from __future__ import annotations

from collections.abc import Mapping

from flows.replies.lexicon import NOTHING, Lexicon, read_name
from flows.replies.words import Senses

#: Senses that stand for a whole option: "none of the above", "I don't know", "all of them".
_CONCEPTS = (
    "none",
    "all",
    "both",
    "dont_know",
    "indifferent",
    "other",
    "refuse",
    "not_applicable",
    "undecided",
    "yes",
    "no",
)
#: Those of them that small words beside do not change.
_UNNAMED = ("none", "dont_know", "indifferent", "undecided")


def concepts(full: Mapping[str, tuple[int, ...]], titles: set[str], lexicon: Lexicon) -> dict[str, int]:
    """Sense -> the one option whose title has it. `full`: names -> options; `titles`: the labels."""
    found: dict[str, set[int]] = {}
    for name in titles & full.keys():
        meant = lexicon.entries.get(name) or _amid_small(name, lexicon)
        for sense in _CONCEPTS:
            if sense in meant:
                found.setdefault(sense, set()).update(full[name])
    return {sense: numbers.pop() for sense, numbers in found.items() if len(numbers) == 1}


def _amid_small(name: str, lexicon: Lexicon) -> Senses:
    """What a name means whose other words are small ones: "A nadie", "Je ne sais pas encore"."""
    content = [piece for piece in read_name(name, lexicon).pieces if not piece.is_sign]
    told = [piece for piece in content if "small" not in piece.senses] or content
    return told[0].senses if len(told) == 1 and len(content) > 1 and told[0].has(*_UNNAMED) else NOTHING
