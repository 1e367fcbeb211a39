"""Putting the house together: settings, database, clock and threads, opened for a command or for a process that serves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.clock import Clock, SystemClock
from bot.config import Settings, load_settings
from bot.errors import NotReady
from storage.database import Database, UnusableDatabase, may_answer_soon
from storage.schema import SchemaMismatch, migrate, require_current

if TYPE_CHECKING:
    from bot.conversation import House


#: Seconds that a process which starts waits for its database in all, and between the first two and any two tries.
LONGEST_WAIT, FIRST_PAUSE, LONGEST_PAUSE = 300.0, 0.25, 5.0


@dataclass(frozen=True)
class Installation:
    """What every entrance needs: the settings, the database, the time, and the house that conversations share."""

    settings: Settings
    database: Database
    clock: Clock

    @cached_property
    def house(self) -> House:
        """What every conversation of this process shares; it is large, and many a command does without."""
        from bot.conversation import House

        return House(self.settings)

    def read(self) -> AbstractContextManager[Connection]:
        """A connection for queries."""
        return self.database.read()

    def write(self) -> AbstractContextManager[Connection]:
        """A connection in one transaction, which commits when the block ends."""
        return self.database.write()


def open_installation(settings: Settings | None = None, clock: Clock | None = None) -> Installation:
    """Open the database that the settings name: SQLite is migrated on the way, PostgreSQL must be current.

    Raises `NotReady` in words that say what to set or to run.
    """
    settings = settings or load_settings()
    try:
        database = Database(settings.database_url)
        if database.is_sqlite:
            migrate(database)
        else:
            require_current(database)
    except (UnusableDatabase, SchemaMismatch) as error:
        raise NotReady(str(error)) from error
    return Installation(settings, database, clock or SystemClock())


def open_patiently(
    settings: Settings, *, longest: float = LONGEST_WAIT, waiting: Callable[[float], None] = lambda _seconds: None
) -> Installation:
    """`open_installation` for a process that is to run on: a PostgreSQL that is away is waited for, at most `longest` seconds.

    It starts with the machine, or just while the database restarts. `waiting` is called before each further try.
    """
    begun, pause = time.monotonic(), FIRST_PAUSE
    while True:
        try:
            return open_installation(settings)
        except OperationalError as error:
            left = begun + longest - time.monotonic()
            if left <= 0 or settings.database_url.startswith("sqlite") or not may_answer_soon(error):
                raise
        pause = min(pause, left)
        waiting(pause)
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


@contextmanager
def opened(settings: Settings | None = None, clock: Clock | None = None) -> Iterator[Installation]:
    """`open_installation`, closed when the block ends."""
    installation = open_installation(settings, clock)
    try:
        yield installation
    finally:
        installation.database.close()
