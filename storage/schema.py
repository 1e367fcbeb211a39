"""Bringing a database to the schema that this code knows, and refusing one that is newer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text

from storage.database import Database
from storage.engine_schema import ForeignTables, apply_next, drop_engine, engine_is_current

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
#: PostgreSQL's advisory lock under which one process at a time migrates; any number that nobody else uses.
MIGRATION_LOCK = 7_366_746
_FOREIGN = (
    "The database holds tables of Procrastinate that Soundings did not make. "
    "Give Soundings a database of its own: SOUNDINGS_DATABASE_URL"
)


class SchemaMismatch(Exception):
    """The database's schema is not the one that this code knows; the message says what to run."""


def known_revisions() -> list[str]:
    """The schema's revisions that this code knows, oldest first: the numbers that their files begin with."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def migrate(database: Database, target: str = "head") -> None:
    """Upgrade to `target`, an Alembic revision, and on PostgreSQL the engine of jobs; several processes may call it at once.

    Raises `SchemaMismatch` when the database is newer than this code. A database that is current costs a query or two.
    """
    _migrate_tables(database, target)
    if target == "head" and not database.is_sqlite:
        _migrate_engine(database)


def _migrate_tables(database: Database, target: str) -> None:
    with database.read() as connection:
        if target == "head" and _refuse_newer(connection) == known_revisions()[-1]:
            return
    # Alembic is large, and needed only here.
    from alembic import command

    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        _refuse_newer(connection)
        command.upgrade(_config(connection), target)


def _migrate_engine(database: Database) -> None:
    try:
        with database.read() as connection:
            if engine_is_current(connection):
                return
        left = True
        while left:
            with database.write() as connection:
                left = apply_next(connection, MIGRATION_LOCK)
    except ForeignTables:
        raise SchemaMismatch(_FOREIGN) from None


def downgrade(database: Database, target: str = "base") -> None:
    """Go back to `target`, an older revision; what only the newer schema could hold is lost.

    Raises `SchemaMismatch` when the database is newer than this code, which does not know the way back, or not newer than `target`.
    """
    from alembic import command

    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        current = _refuse_newer(connection)
        if target != "base" and (current is None or current <= target):
            raise SchemaMismatch(f"The database is at schema {current or 'none'}: there is no going back to {target}.")
        command.downgrade(_config(connection), target)
        if target == "base" and not database.is_sqlite:
            drop_engine(connection)


def require_current(database: Database) -> None:
    """Raise `SchemaMismatch` unless the database is at the newest revision that this code knows, and has the engine's tables."""
    with database.read() as connection:
        current = _refuse_newer(connection)
        if current == known_revisions()[-1]:
            if not database.is_sqlite:
                _require_engine(connection)
            return
    raise SchemaMismatch(
        "The database is not set up for this version of Soundings. Run: soundings migrate"
        if current is None
        else "The database is older than this version of Soundings. Run: soundings migrate"
    )


def try_to_write(connection: Connection) -> None:
    """Write a page that changes nothing, on SQLite: raises where nothing can be written, for the disk is full or read-only."""
    connection.exec_driver_sql("PRAGMA user_version = 0")


def _require_engine(connection: Connection) -> None:
    try:
        current = engine_is_current(connection)
    except ForeignTables:
        raise SchemaMismatch(_FOREIGN) from None
    if not current:
        raise SchemaMismatch("The database lacks tables of this version's engine of jobs. Run: soundings migrate")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _refuse_newer(connection: Connection) -> str | None:
    """The revision of the database, None for an empty one; raises when this code does not know it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if current is not None and current not in known_revisions():
        raise SchemaMismatch(
            f"The database was migrated by a newer version of Soundings (schema {current}). Start that version instead."
        )
    return None if current is None else str(current)
