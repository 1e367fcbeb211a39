"""Whose time counts: the database's, by which several machines agree, unless a test or the demonstration drives the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.clock import Clock, SystemClock
from storage.database import database_now

#: Tells the time within a transaction.
Moments = Callable[[Connection], datetime]


def moments(clock: Clock) -> Moments:
    """The database's time where `clock` is the machine's own, else what the clock is set to."""
    if isinstance(clock, SystemClock):
        return database_now
    return lambda _: clock.now()


__all__ = ["Moments", "moments"]
