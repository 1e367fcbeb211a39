"""Slips of the thumb: the one word that a misspelt one is clearly meant to be, or none."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

#: Words longer than this are not compared.
_LONGEST = 24


def slips_allowed(length: int) -> int:
    """How many slips (a letter wrong, missing, doubled or two swapped) a word of `length` letters may have."""
    if length < 4:
        return 0
    if length < 7:
        return 1
    return 2 if length < 11 else 3


def distance(word: str, other: str, limit: int) -> int:
    """Slips between two words; more than `limit` counts as `limit + 1`."""
    return int(OSA.distance(word, other, score_cutoff=limit))


def nearest(word: str, candidates: Iterable[str]) -> tuple[list[str], int]:
    """The candidates fewest slips away from `word`, within what its length allows, and that number of slips."""
    if len(word) > _LONGEST:
        return [], 0
    best: list[str] = []
    least = slips_allowed(len(word)) + 1
    for candidate in candidates:
        allowed = min(slips_allowed(len(candidate)), slips_allowed(len(word)), least)
        if not allowed or abs(len(candidate) - len(word)) > allowed:
            continue
        slips = distance(word, candidate, allowed)
        if slips > allowed or (slips > 1 and candidate[0] != word[0]):
            continue
        if slips < least:
            best, least = [candidate], slips
        elif slips == least:
            best.append(candidate)
    return best, least if best else 0
