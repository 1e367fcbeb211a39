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
#: Seconds after which a database that does not take a page counts as one that takes none.
PATIENCE = 5.0


class Writability:
    """`holds()` says it of SQLite. On PostgreSQL nobody asks here: a server that cannot write ends, and does not answer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._trying: asyncio.Task[bool] | None = None
        self._found, self._found_at = True, float("-inf")

    async def holds(self) -> bool:
        """Whether a page could be written just now, or lately."""
        if not self._writer.database.is_sqlite:
            return True
        if time.monotonic() - self._found_at > GOOD_FOR:
            if self._trying is None or self._trying.done():
                self._trying = asyncio.create_task(self._try(), name="writability")
            # It stands behind what is being written: where that takes too long, it is not tried a second time meanwhile.
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(self._trying), PATIENCE)
            return False
        return self._found

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
