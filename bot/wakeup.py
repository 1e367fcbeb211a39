"""Waking the dispatcher when something is put into the outbox: from any thread of the process, and across processes on PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import structlog
from sqlalchemy import Connection

from storage.database import Database

_log = structlog.get_logger(__name__)

#: The channel of PostgreSQL's NOTIFY.
NOTIFIED: Final = "soundings_outbox"
#: Seconds before a lost LISTEN is tried again, doubled up to the longest; the dispatcher's poll carries on meanwhile.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


def notify(connection: Connection) -> None:
    """Wake the dispatchers of all processes when this transaction commits; call once, after putting messages into the outbox.

    On SQLite, where there is one process, nothing: call `Wakeup.wake` after the commit.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {NOTIFIED}")


class Wakeup:
    """One event for one waiting task. `wake` may be called from any thread, at any time, before `open` and after `close` too."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Belong to the running loop and, on PostgreSQL, listen to what other processes put into the outbox."""
        self._loop = asyncio.get_running_loop()
        if not self._database.is_sqlite and self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="wakeup")

    async def close(self) -> None:
        """Stop listening."""
        self._loop = None
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    def wake(self) -> None:
        """Have `wait` return."""
        loop = self._loop
        if loop is not None:
            # A loop that is closing has nobody left to wake.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> bool:
        """Wait until woken, at most `seconds`; whether it was woken. What woke it earlier counts once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._event.wait()
        woken = self._event.is_set()
        self._event.clear()
        return woken

    async def _listen(self) -> None:
        # PostgreSQL's driver is large, and an installation on SQLite does without.
        import psycopg

        address = self._database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        pause = _FIRST_PAUSE
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {NOTIFIED}")
                    pause = _FIRST_PAUSE
                    self.wake()
                    async for _ in connection.notifies():
                        self.wake()
            except psycopg.Error as error:
                _log.warning("wakeup.lost", error=type(error).__name__, again_in=pause)
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)


__all__ = ["NOTIFIED", "Wakeup", "notify"]
