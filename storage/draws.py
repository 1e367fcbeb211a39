"""Seeded draws over rows: a number for each id that the database computes as Python does, the same on every database."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import ColumnElement

#: Draws lie in 0 … PRIME - 1. A Mersenne prime whose square still fits in 64 bits, so that no step overflows.
PRIME = 2**31 - 1
Coefficient = int | ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Draw:
    """A number for each id: a polynomial of the third degree over the field of PRIME, its coefficients drawn by `seed`.

    Any four ids' numbers are independent of each other and evenly spread (Wegman and Carter 1981), so that those with the
    lowest are a simple random sample, and ids that follow each other are not drawn together.
    """

    seed: str

    @property
    def coefficients(self) -> tuple[int, int, int, int]:
        """Those of the polynomial, the highest power's first."""
        chance = random.Random(self.seed)
        first, *rest = (chance.randrange(1, PRIME) for _ in range(4))
        return first, rest[0], rest[1], rest[2]

    def of(self, key: int) -> int:
        """The number of one id."""
        a, b, c, d = self.coefficients
        x = key % PRIME
        return (((a * x + b) % PRIME * x + c) % PRIME * x + d) % PRIME

    def sql(self, key: ColumnElement[int]) -> ColumnElement[int]:
        """The number of each id in a column, as SQL."""
        return number_of(key, *self.coefficients)


def number_of(
    key: ColumnElement[int], a: Coefficient, b: Coefficient, c: Coefficient, d: Coefficient
) -> ColumnElement[int]:
    """The number of each id in a column by the coefficients of a draw, as SQL."""
    x = key % PRIME
    return (((x * a + b) % PRIME * x + c) % PRIME * x + d) % PRIME


def arms_draw(campaign_id: int) -> Draw:
    """The draw by which a campaign divides people among its flows or wordings, the same in every wave and however they come."""
    return Draw(f"arms:{campaign_id}")


def upper_bounds(shares: Iterable[float]) -> list[int]:
    """Where the part of each share ends, one after the other: numbers below it are in it or in one before."""
    return [bound(share) for share in accumulate(shares)]


def bound(share: float) -> int:
    """Numbers below it are drawn with probability `share` (0 to 1)."""
    return round(share * PRIME)


__all__ = ["PRIME", "Draw", "arms_draw", "bound", "number_of", "upper_bounds"]
