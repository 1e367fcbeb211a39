"""Texts to a number or bot that is not registered here: kept, and taken in once it is, as if they came then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.conversation.house import House
from bot.conversation.receiving import MOST, receive
from bot.conversation.written import read_inbound
from storage.unplaced import drop_unplaced, forget_unplaced, placeable

#: How long a text waits for its number to be registered (a month, for they hold personal numbers).
KEPT = timedelta(days=30)


def take_in_unplaced(connection: Connection, now: datetime, house: House) -> int:
    """Take in one slice of the texts whose sender is registered by now; how many. Call until it returns 0."""
    forget_unplaced(connection, now - KEPT)
    found = placeable(connection, MOST)
    if found:
        house.forget()
        drop_unplaced(connection, [one for one, _ in found])
        receive(connection, [read_inbound(plain) for _, plain in found], now, house)
    return len(found)
