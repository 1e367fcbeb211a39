"""The threads that write: one on SQLite, which owns every write of the process, a few on PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.database import Database, is_away

T = TypeVar("T")

#: Threads that write at once on PostgreSQL: the committer, the claim, the marks and the ticks.
POSTGRES_THREADS = 4
#: How often a transaction is tried that another one got in the way of (BUSY, deadlock), and the first pause in seconds.
TRIES, FIRST_PAUSE = 6, 0.02
#: Pauses in seconds between two tries while the database is away, doubled up to the longest.
AWAY_PAUSE, LONGEST_AWAY_PAUSE = 0.1, 1.0


class Writer:
    """Runs functions of one connection, each in a transaction of its own, off the event loop."""

    def __init__(self, database: Database) -> None:
        self.database = database
        threads = 1 if database.is_sqlite else POSTGRES_THREADS
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="writer")

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction on this thread; what another transaction got in the way of is run again."""
        pause = FIRST_PAUSE
        for left in reversed(range(TRIES)):
            try:
                with self.database.write() as connection:
                    return work(connection)
            except OperationalError as error:
                if not left or not _in_the_way(error):
                    raise
                time.sleep(pause)
                pause *= 2
        raise AssertionError("unreachable")

    async def run(self, work: Callable[[Connection], T]) -> T:
        """`write(work)` on a writing thread."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self.write, work)

    async def run_patiently(self, work: Callable[[Connection], T], seconds: float) -> T:
        """`run(work)`, again and again for `seconds` while the database is away: a restart of it passes unnoticed."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + seconds, AWAY_PAUSE
        while True:
            try:
                return await self.run(work)
            except SQLAlchemyError as error:
                if not is_away(error) or loop.time() + pause > until:
                    raise
            await asyncio.sleep(pause)
            pause = min(LONGEST_AWAY_PAUSE, pause * 2)

    def close(self) -> None:
        """Finish what is being written and stop the threads."""
        self._executor.shutdown(wait=True)


def _in_the_way(error: OperationalError) -> bool:
    """Whether trying again can help: SQLite's BUSY, PostgreSQL's deadlock (40P01) and serialization failure (40001)."""
    code = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return code in ("40P01", "40001")
    return "database is locked" in str(error.orig) or "database table is locked" in str(error.orig)
