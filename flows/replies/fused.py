"""Words written as one, or with a k for a c: "treintaicinco", "twentyfive", "خمسةوعشرين", "kince"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flows.replies.words import Senses

#: What may join two number words written as one, and the word that it stands for.
_JOINTS = (("", ""), ("y", "y"), ("i", "y"), ("et", "et"), ("و", "و"))
_SHORTEST, _SHORTEST_PART = 6, 3


def parts(word: str, entries: Mapping[str, Senses]) -> list[tuple[str, str]]:
    """Two number words written as one, with what joins them: (as written, as known) of each; [] where they are not."""
    if len(word) < _SHORTEST:
        return []
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        head = _value(word[:at], entries)
        if head is None or (head < 20 and not "\u0600" <= word[0] <= "\u06ff"):
            continue
        for joint, known in _JOINTS:
            tail = word[at + len(joint) :]
            value = _value(tail, entries) if word.startswith(joint, at) else None
            if value is not None and ((head >= 20 and 0 < value < head) or (head < 10 and 20 <= value < 100)):
                middle = [(joint, known)] if joint else []
                return [(word[:at], word[:at]), *middle, (tail, tail)]
    return []


def respelt(word: str) -> Iterator[str]:
    """The same word with c or qu for its k: "kocina", "kince"."""
    if "k" in word and len(word) > _SHORTEST_PART:
        yield word.replace("k", "c")
        yield word.replace("k", "qu")


def _value(word: str, entries: Mapping[str, Senses]) -> float | None:
    value = entries.get(word, {}).get("number")
    return float(value) if isinstance(value, int | float) else None
