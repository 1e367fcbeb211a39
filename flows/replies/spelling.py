"""Slips of the thumb: the one word that a misspelt one is clearly meant to be, or none."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

#: Words longer than this are not compared.
LONGEST_WORD = 24


def slips_allowed(length: int) -> int:
    """How many slips (a letter wrong, missing, doubled or two swapped) a word of `length` letters may have."""
    if length < 4:
        return 0
    if length < 8:
        return 1
    return 2 if length < 12 else 3


def distance(word: str, other: str, limit: int) -> int:
    """Slips between two words; more than `limit` counts as `limit + 1`."""
    return int(OSA.distance(word, other, score_cutoff=limit))


def begins_alike(word: str, other: str) -> bool:
    """Whether two words begin with the same letter, or with the same two swapped: thumbs seldom miss the first."""
    return word[0] == other[0] or word[:2] == other[1::-1]


def near(word: str, candidates: Iterable[str]) -> list[tuple[int, str]]:
    """The candidates that `word` may be a slip of, with the slips, nearest first."""
    if len(word) > LONGEST_WORD or len(word) < 3:
        return []
    found: list[tuple[int, str]] = []
    for candidate in candidates:
        allowed = min(slips_allowed(len(candidate)), slips_allowed(len(word) + 1))
        if not allowed or abs(len(candidate) - len(word)) > allowed or not begins_alike(word, candidate):
            continue
        slips = distance(word, candidate, allowed)
        if slips <= allowed:
            found.append((slips, candidate))
    return sorted(found)
