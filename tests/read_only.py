"""A SQLite file that refuses what is written, as on a disk that became read-only."""

from __future__ import annotations

import sqlite3

from sqlalchemy import event

from storage.database import Database


def take_nothing(database: Database) -> None:
    """Have it refuse whatever is written from now on."""
    event.listen(database.engine, "connect", _only_query)
    database.engine.dispose()


def take_all_again(database: Database) -> None:
    """Have it take what is written again."""
    event.remove(database.engine, "connect", _only_query)
    database.engine.dispose()


def _only_query(connection: sqlite3.Connection, _entry: object) -> None:
    connection.execute("PRAGMA query_only = ON")
