"""Gathering what has arrived before it is written: whoever comes in the same moment goes into the same transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

#: Rounds of the loop in which nothing new came: a request that has arrived needs two or three to hand in what it brings.
ROUNDS = 3


async def gather_arrived(waiting: Callable[[], int], most: int) -> None:
    """Let the loop hand in what has arrived already, until `most` wait; no timer, so an idle loop goes on at once.

    Else the first of those who were answered together would be a transaction of its own while the others wait for it, and the loop
    and the writing thread would take the interpreter from each other meanwhile: a quarter of what a text cost.
    """
    quiet, before = 0, waiting()
    while quiet < ROUNDS and before < most:
        await asyncio.sleep(0)
        now = waiting()
        quiet, before = (quiet + 1 if now == before else 0), now


__all__ = ["ROUNDS", "gather_arrived"]
