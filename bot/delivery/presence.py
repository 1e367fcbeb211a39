"""Showing that this process lives, and noticing whose lock is gone: on PostgreSQL, where others may take care of what a dead one left."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from storage.database import Database
from storage.presence import PRESENCE, claimants, present

_log = structlog.get_logger(__name__)

#: How long a process must be missing before it counts as dead: one that only lost its session has a new one well before.
GONE_AFTER = timedelta(seconds=10)
#: Seconds until a session that was lost is begun anew.
_PAUSE = 0.5


class Presence:
    """`key` names this process in its claims while its lock is held; None on SQLite, where nobody else looks, and without a session.

    A process whose lock is gone has died, or cannot reach the database; one that stands still keeps its session, and only time tells.
    """

    def __init__(self, database: Database, *, gone_after: timedelta = GONE_AFTER) -> None:
        self.key: int | None = None
        self._database = database
        self._gone_after = gone_after
        self._own = secrets.randbelow(2**31)
        self._holding: asyncio.Task[None] | None = None
        self._missing: dict[int, float] = {}

    async def open(self) -> None:
        """Begin to hold the lock."""
        if not self._database.is_sqlite and self._holding is None:
            self._holding = asyncio.create_task(self._hold(), name="presence")

    async def close(self) -> None:
        """Let go of it."""
        if self._holding is not None:
            self._holding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._holding
            self._holding = None

    def gone(self, connection: Connection, now: datetime) -> set[int]:
        """Those that have messages on their way and have been missing at every look for long enough. Call every few seconds."""
        others = claimants(connection, now - self._gone_after) - {self._own}
        missing = others - present(connection) if others else others
        seen_at = time.monotonic()
        self._missing = {key: self._missing.get(key, seen_at) for key in missing}
        long_ago = seen_at - self._gone_after.total_seconds()
        return {key for key, since in self._missing.items() if since <= long_ago}

    async def _hold(self) -> None:
        # PostgreSQL's driver is large, and an installation on SQLite does without.
        import psycopg

        address = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                session = await psycopg.AsyncConnection.connect(
                    address, autocommit=True, keepalives_idle=10, keepalives_interval=5, keepalives_count=3
                )
                async with session:
                    await session.execute("SELECT pg_advisory_lock(%s, %s)", (PRESENCE, self._own))
                    self.key = self._own
                    async for _ in session.notifies():
                        pass  # nothing is listened to: this waits until the session ends
            except psycopg.Error as error:
                _log.warning("presence.lost", error=type(error).__name__)
            finally:
                self.key = None
            await asyncio.sleep(_PAUSE)


__all__ = ["GONE_AFTER", "Presence"]
