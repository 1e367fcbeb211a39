"""The other gender or number of what an option says of its speaker: "зовсім не певен" and "зовсім не певна"."""

from __future__ import annotations

from collections.abc import Iterator

#: Endings of Ukrainian adjectives and of verbs in the past, normalised, and those that stand for them.
_UKRAINIAN = (
    (("ен",), ("на", "ні")),
    (("ии",), ("а", "і", "е")),
    (("ли", "ла", "в"), ("ли", "ла", "в")),
)
#: So many letters stand before such an ending at least.
_SHORTEST = 3
#: The beginning of an Arabic participle, and what it ends in where a woman or several people say it.
_PARTICIPLE, _ENDINGS = "م", ("ه", "ين")


def genders(name: str) -> Iterator[str]:
    """Other forms of a normalised name, its words changed together."""
    words = name.split(" ")
    if "\u0400" <= name[:1] <= "\u04ff":
        yield from _in_ukrainian(words)
    elif "\u0600" <= name[:1] <= "\u06ff":
        for ending in _ENDINGS:
            changed = [word + ending if _is_participle(word) else word for word in words]
            if changed != words:
                yield " ".join(changed)


def _in_ukrainian(words: list[str]) -> Iterator[str]:
    for endings, others in _UKRAINIAN:
        for other in others:
            changed = [_changed(word, endings, other) for word in words]
            if changed != words:
                yield " ".join(changed)


def _changed(word: str, endings: tuple[str, ...], other: str) -> str:
    ending = next((one for one in endings if word.endswith(one)), "")
    return word[: -len(ending)] + other if ending and len(word) - len(ending) >= _SHORTEST else word


def _is_participle(word: str) -> bool:
    return word.startswith(_PARTICIPLE) and len(word) > _SHORTEST and word[-1] != _ENDINGS[0]
