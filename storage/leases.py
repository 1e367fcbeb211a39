"""Leases: which process leads a piece of work that one at a time may do, on the database's time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import database_now
from storage.models import Lease

#: The lease of the leading scheduler.
SCHEDULER = "scheduler"


def take_lease(connection: Connection, name: str, holder: str, length: timedelta) -> bool:
    """Take the lease `name`, or prolong it where `holder` has it; False where somebody else does and it has not run out.

    `holder` is unique to a process; call again well before `length` is over.
    """
    now = database_now(connection)
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(Lease).values(name=name, holder=holder, until=now + length)
    statement = statement.on_conflict_do_update(
        index_elements=[Lease.name],
        set_={"holder": statement.excluded.holder, "until": statement.excluded.until},
        where=or_(Lease.holder == holder, Lease.until <= now),
    )
    return connection.execute(statement.returning(Lease.name)).first() is not None


def is_leased(connection: Connection, name: str) -> bool:
    """Whether somebody has the lease `name` now."""
    statement = select(Lease.name).where(Lease.name == name, Lease.until > database_now(connection))
    return connection.execute(statement).first() is not None


def release_lease(connection: Connection, name: str, holder: str) -> None:
    """Give the lease back, so that a standby need not wait until it runs out; nothing where `holder` does not have it."""
    connection.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


__all__ = ["SCHEDULER", "is_leased", "release_lease", "take_lease"]
