"""Bringing a database to the schema that this code knows, and refusing one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
#: PostgreSQL's advisory lock under which one process at a time migrates; any number that nobody else uses.
MIGRATION_LOCK = 7_366_746


class SchemaMismatch(Exception):
    """The database's schema is not the one that this code knows; the message says what to run."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(database: Database, target: str = "head") -> None:
    """Upgrade to `target`, an Alembic revision; several processes may call it at once.

    Raises `SchemaMismatch` when the database is newer than this code.
    """
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        _refuse_newer(connection)
        command.upgrade(_config(connection), target)


def downgrade(database: Database, target: str = "base") -> None:
    """Go back to `target`; what only the newer schema could hold is lost."""
    with database.write() as connection:
        command.downgrade(_config(connection), target)


def require_current(database: Database) -> None:
    """Raise `SchemaMismatch` unless the database is at the newest revision that this code knows."""
    with database.read() as connection:
        current = _refuse_newer(connection)
    if current != ScriptDirectory.from_config(_config()).get_current_head():
        raise SchemaMismatch(
            "The database is not set up for this version of Soundings. Run: soundings migrate"
            if current is None
            else "The database is older than this version of Soundings. Run: soundings migrate"
        )


def _refuse_newer(connection: Connection) -> str | None:
    """The revision of the database; raises when this code does not know it."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaMismatch(
            f"The database was migrated by a newer version of Soundings (schema {current}). Start that version instead."
        )
    return current
