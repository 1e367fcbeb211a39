"""The migrations and the models say the same; a schema can be built, taken back, and is refused when it is newer."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from storage.database import Database
from storage.models import Base
from storage.schema import SchemaMismatch, downgrade, migrate, require_current


def test_migrations_build_what_the_models_say(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        assert compare_metadata(context, Base.metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The engine of jobs brings tables of its own, from its package."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def test_a_schema_goes_down_to_nothing_and_up_again(database: Database) -> None:
    downgrade(database)
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    with pytest.raises(SchemaMismatch, match="soundings migrate"):
        require_current(database)
    migrate(database)
    require_current(database)
    with database.read() as connection:
        assert set(Base.metadata.tables) <= set(inspect(connection).get_table_names())


def test_a_newer_schema_is_refused_by_name(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (migrate, require_current):
        with pytest.raises(SchemaMismatch, match="newer version of Soundings"):
            refused(database)


def test_every_foreign_key_of_a_large_table_that_is_deleted_by_has_an_index(sqlite_database: Database) -> None:
    """Erasing one person must not read whole tables: their id is indexed wherever it stands."""
    for table in Base.metadata.tables.values():
        if "participant_id" not in table.columns:
            continue
        leading = {next(iter(index.columns)).name for index in table.indexes}
        leading |= {next(iter(table.primary_key.columns)).name}
        assert "participant_id" in leading, f"{table.name} has no index that begins with participant_id"
