"""Residents who blocked us, as a send or a receipt finds out: taken in as the conversation takes in a block."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.conversation import House, receive
from bot.delivery.consequences import Block, OptOuts, as_inbound


def opt_outs(house: House) -> OptOuts:
    """What delivery calls, in its own transaction, for residents whom the provider keeps from being texted because they wished it.

    It does what STOP does: every scope withdrawn in the ledger, runs ended, the queue emptied, a hash of the address kept.
    """

    def record(connection: Connection, blocks: Sequence[Block], now: datetime) -> None:
        receive(connection, as_inbound(connection, blocks, now), now, house)

    return record


__all__ = ["opt_outs"]
