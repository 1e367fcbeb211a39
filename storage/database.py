"""Connections and transactions: the one place that begins and commits, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

#: How long a command waits for another process's transaction on SQLite, in milliseconds.
BUSY_TIMEOUT_MS = 10_000
#: Pages (4 KB) of SQLite's log before it is taken into the database: with SQLite's own 1,000 each batch of texts and each slice of a
#: launch would do that, and sync twice more for it.
LOG_PAGES = 8_000
#: Bytes that the log's file keeps once it was taken in: one that grew while somebody read for long gives its room back.
LOG_KEEPS = 64 * 1024 * 1024

#: SQLite's primary result codes of a database that cannot be used just now: busy, locked, no memory, read-only, input or output
#: failed, full, cannot be opened, protocol.
_SQLITE_AWAY = (5, 6, 7, 8, 10, 13, 14, 15)
#: PostgreSQL's classes of it: connection, rollback, resources, not in the right state, operator, system.
_POSTGRES_AWAY = ("08", "40", "53", "55", "57", "58")


class UnusableDatabase(Exception):
    """The database URL cannot be used; the message says what to write instead."""


class Database:
    """A database by its URL. `read()` and `write()` hand out connections; nobody else commits.

    On SQLite `write()` begins with BEGIN IMMEDIATE, so that a transaction that will write never finds, half-way, that another
    one is ahead; the journal is a WAL and every commit is synced (`synchronous=FULL`).
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = _parse(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine(pool_size)

    def _engine(self, pool_size: int) -> Engine:
        codec: dict[str, Any] = {
            "json_serializer": lambda value: orjson.dumps(value).decode(),
            "json_deserializer": _from_json,
        }
        if self.is_sqlite:
            if self.folder is not None:
                with suppress(OSError):
                    self.folder.mkdir(parents=True, exist_ok=True)
            engine = create_engine(self.url, **codec)
            event.listen(engine, "do_connect", self._make_private)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(self.url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, **codec)

    def _make_private(self, *_: object) -> None:
        """Have a new file be its owner's alone: residents' numbers stand in it. The log beside it is made as it is."""
        if self.file is not None:
            # A place that cannot be written to is told by the connection itself.
            with suppress(OSError):
                self.file.touch(mode=0o600)

    @property
    def file(self) -> Path | None:
        """SQLite's file, whether or not it is there yet; None on PostgreSQL and in memory."""
        name = self.url.database if self.is_sqlite else None
        return None if name in (None, "", ":memory:") else Path(str(name)).resolve()

    @property
    def folder(self) -> Path | None:
        """Where SQLite's file is; None on PostgreSQL and in memory."""
        return None if self.file is None else self.file.parent

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries: one consistent view, nothing kept."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: commits when the block ends, rolls back when it raises."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def empty_log(self) -> bool:
        """Take SQLite's log into the database and leave nothing in it, after something was erased: what stood there is still readable in
        the log else, until it is written over. False where somebody reads for long just then. On PostgreSQL that is the server's to do.
        """
        if not self.is_sqlite:
            return True
        # Not in a transaction, which SQLAlchemy's own connections would begin.
        connection = self.engine.raw_connection()
        try:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        return not busy

    def close(self) -> None:
        """Close every connection of the pool."""
        self.engine.dispose()


def is_away(error: BaseException) -> bool:
    """Whether the database itself is the trouble (gone, starting, full, busy) and not what was to be written: later it may do."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_AWAY
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated or state is None:
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return str(state)[:2] in _POSTGRES_AWAY


def may_answer_soon(error: OperationalError) -> bool:
    """Whether a database that could not be reached is starting, stopping or away, and not one that will never let us in."""
    words = str(error.orig)
    return "FATAL" not in words or any(one in words for one in ("starting up", "shutting down", "recovery", "too many"))


def database_now(connection: Connection) -> datetime:
    """The database's own time (UTC), by which processes on several machines agree on leases and paces."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise UnusableDatabase(
            "SOUNDINGS_DATABASE_URL is not a database URL. Write sqlite:///soundings.db or "
            "postgresql+psycopg://user:password@host/name"
        ) from error
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise UnusableDatabase(
            f"SOUNDINGS_DATABASE_URL names {parsed.drivername}, which Soundings does not speak. "
            "Write sqlite:///soundings.db or postgresql+psycopg://user:password@host/name"
        )
    return parsed


def _from_json(stored: str | bytes | int | float) -> Any:
    # SQLite turns a JSON column's bare number into a number.
    return stored if isinstance(stored, int | float) else orjson.loads(stored)


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own implicit BEGIN is switched off: `_begin_sqlite` says which kind of transaction it is.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-65536",
        f"wal_autocheckpoint={LOG_PAGES}",
        f"journal_size_limit={LOG_KEEPS}",
        # What was erased is overwritten, and not only forgotten: some builds of SQLite leave it where it stood.
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
