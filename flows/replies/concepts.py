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
        unsure = "undecided" in meant and _says_not_to_know(name, lexicon)
        for sense in _CONCEPTS:
            if sense in meant or (unsure and sense == "dont_know"):
                found.setdefault(sense, set()).update(full[name])
    return {sense: numbers.pop() for sense, numbers in found.items() if len(numbers) == 1}


def _amid_small(name: str, lexicon: Lexicon) -> Senses:
    """What a name means whose other words are small ones: "A nadie", "Je ne sais pas encore"."""
    content = [piece for piece in read_name(name, lexicon).pieces if not piece.is_sign]
    told = [piece for piece in content if "small" not in piece.senses] or content
    return told[0].senses if len(told) == 1 and len(content) > 1 and told[0].has(*_UNNAMED) else NOTHING


def _says_not_to_know(name: str, lexicon: Lexicon) -> bool:
    """Whether "I don't know" begins or ends a name: "Not sure yet", "还不确定"; "It depends" is another thing."""
    words = name.split(" ")
    ends = ((words[:size], words[-size:]) for size in range(1, len(words)))
    return any("dont_know" in lexicon.entries.get(" ".join(end), {}) for pair in ends for end in pair)
