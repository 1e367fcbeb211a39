"""Which sending processes live, on PostgreSQL: each holds a lock that ends with its session, and its claims name it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Connection, Table, select, text

from storage.bulk import among
from storage.models import Message

#: The first half of the advisory lock of every sending process, any number that nobody else uses; the second half is its own.
PRESENCE: Final = 7_366_748

_m = cast("Table", Message.__table__).c
_SENDING = text("messages.status = 'sending'")
_PRESENT = text(
    "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :presence "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_CLAIMANTS = select(_m.claimed_by).where(_SENDING, _m.claimed_by.is_not(None)).distinct()
_CLAIMED_BY = select(_m.id).where(_SENDING, among(_m.claimed_by, "claimants")).order_by(_m.claimed_at)


def claimants(connection: Connection, before: datetime) -> set[int]:
    """The processes that have had a message on its way since before a moment."""
    return {key for key in connection.execute(_CLAIMANTS.where(_m.claimed_at < before)).scalars() if key is not None}


def present(connection: Connection) -> set[int]:
    """The processes whose session lasts, by the halves of their locks that are their own."""
    return set(connection.execute(_PRESENT, {"presence": PRESENCE}).scalars())


def claimed_by(connection: Connection, keys: Collection[int], before: datetime) -> list[int]:
    """Ids of messages that these processes have had on their way since before a moment."""
    if not keys:
        return []
    statement = _CLAIMED_BY.where(_m.claimed_at < before)
    return list(connection.execute(statement, {"claimants": sorted(keys)}).scalars())


__all__ = ["PRESENCE", "claimants", "claimed_by", "present"]
