"""The order of places in each layer: by where their neighbours stand, with as few crossings as a few sweeps find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_SWEEPS = 16


@dataclass(slots=True)
class Spot:
    """A place in a layer: a state, or the piece of a way that passes through it."""

    width: float
    height: float
    state: bool
    x: float = 0.0
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)


def order(rows: list[list[int]], spots: list[Spot]) -> None:
    """Orders each layer by the middle of its neighbours, down and up again, and keeps the order with fewest crossings."""
    best, fewest = [list(row) for row in rows], _crossings(rows, spots)
    for sweep in range(_SWEEPS):
        downwards = sweep % 2 == 0
        for row in range(1, len(rows)) if downwards else range(len(rows) - 2, -1, -1):
            beside = rows[row - 1] if downwards else rows[row + 1]
            rank = {spot: number for number, spot in enumerate(beside)}
            own = {spot: number for number, spot in enumerate(rows[row])}
            rows[row].sort(key=lambda spot: _middle(spots[spot], rank, own[spot], downwards))
        crossings = _crossings(rows, spots)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
        if not fewest:
            break
    rows[:] = best


def _middle(spot: Spot, rank: Mapping[int, int], own: int, downwards: bool) -> float:
    there = [rank[other] for other in (spot.above if downwards else spot.below) if other in rank]
    return sum(there) / len(there) if there else float(own)


def _crossings(rows: list[list[int]], spots: list[Spot]) -> int:
    """How many pairs of lines cross, counted by insertion from the last line to the first."""
    total = 0
    for row in range(len(rows) - 1):
        rank = {spot: number for number, spot in enumerate(rows[row + 1])}
        tree = [0] * (len(rank) + 1)
        for spot in reversed(rows[row]):
            ends = [rank[other] for other in spots[spot].below if other in rank]
            total += sum(_sum_before(tree, end) for end in ends)
            for end in ends:
                _add(tree, end)
    return total


def _sum_before(tree: list[int], end: int) -> int:
    total = 0
    while end > 0:
        total += tree[end]
        end -= end & -end
    return total


def _add(tree: list[int], end: int) -> None:
    end += 1
    while end < len(tree):
        tree[end] += 1
        end += end & -end
