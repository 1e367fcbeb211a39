"""Whether the database takes what is written, by writing: a disk that is full or read-only still answers every query."""

from __future__ import annotations

import asyncio
import contextlib
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.writer import Writer
from storage.schema import try_to_write

_log = structlog.get_logger(__name__)

#: Seconds for which an answer is good: whoever asks often must not make the disk busy.
GOOD_FOR = 2.0
#: Seconds that whoever asks waits for the answer; it stands behind what is being written, and until it is there the last one holds.
PATIENCE = 1.0
#: Seconds after which a database that has not taken a page counts as one that takes none.
STUCK_AFTER = 60.0


class Writability:
    """`holds()` says it of SQLite. On PostgreSQL nobody asks here: a server that cannot write ends, and does not answer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._trying: asyncio.Task[bool] | None = None
        self._found, self._found_at, self._tried_at = True, float("-inf"), 0.0

    async def holds(self) -> bool:
        """Whether a page could be written just now, or lately."""
        if not self._writer.database.is_sqlite:
            return True
        now = time.monotonic()
        if now - self._found_at <= GOOD_FOR:
            return self._found
        if self._trying is None or self._trying.done():
            self._trying, self._tried_at = asyncio.create_task(self._try(), name="writability"), now
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(self._trying), PATIENCE)
        return self._found and now - self._tried_at < STUCK_AFTER

    async def _try(self) -> bool:
        try:
            await self._writer.run(try_to_write)
            self._found = True
        except SQLAlchemyError as error:
            _log.error("database.not_writable", error=str(getattr(error, "orig", type(error).__name__)))
            self._found = False
        self._found_at = time.monotonic()
        return self._found


__all__ = ["Writability"]
