"""The tables of Procrastinate, the engine of jobs on PostgreSQL: made and kept current from the SQL of the installed package."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import Connection, func, select, text

#: What the comment on its table begins with; the number of the newest of its migrations that was applied follows.
_MARK = "Soundings applied "
_READ = text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')")
_IS_THERE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
_DROP = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relkind = 'r' AND c.relname LIKE 'procrastinate\\_%' AND c.relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', one.name); END LOOP;
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.proname LIKE 'procrastinate\\_%' AND p.pronamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', one.name); END LOOP;
    FOR one IN SELECT t.oid::regtype AS name FROM pg_type t
        WHERE t.typname LIKE 'procrastinate\\_%' AND t.typtype IN ('e', 'c') AND t.typnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', one.name); END LOOP;
END $$
"""


class ForeignTables(Exception):
    """There are tables of Procrastinate that Soundings did not make."""


def package_versions() -> dict[str, str]:
    """The installed package's migrations, oldest first: number (`03.04.00_50`) -> file."""
    names = (path.name for path in (files("procrastinate.sql") / "migrations").iterdir())
    return {name[:11]: name for name in sorted(names) if name.endswith(".sql")}


def engine_version(connection: Connection) -> str | None:
    """Which of its migrations the database has; None where the engine's tables are missing. Raises `ForeignTables`."""
    if not connection.execute(_IS_THERE).scalar_one():
        return None
    comment = connection.execute(_READ).scalar_one()
    if comment is None or not comment.startswith(_MARK):
        raise ForeignTables
    return str(comment.removeprefix(_MARK))


def engine_is_current(connection: Connection) -> bool:
    """Whether the database has what the installed package needs; what is newer does as well, for its functions are numbered."""
    found = engine_version(connection)
    return found is not None and found >= list(package_versions())[-1]


def apply_next(connection: Connection, lock: int) -> bool:
    """Make the tables, or apply the next migration, in this transaction; False where there is nothing left to do.

    A transaction each, for a value that one adds to a type can be used only after its commit. Raises `ForeignTables`.
    """
    connection.execute(select(func.pg_advisory_xact_lock(lock)))
    found, versions = engine_version(connection), package_versions()
    if found is None:
        _run(connection, (files("procrastinate.sql") / "schema.sql").read_text("utf-8"))
        _mark(connection, list(versions)[-1])
        return True
    following = next((number for number in versions if number > found), None)
    if following is None:
        return False
    _run(connection, (files("procrastinate.sql") / "migrations" / versions[following]).read_text("utf-8"))
    _mark(connection, following)
    return True


def drop_engine(connection: Connection) -> None:
    """Take the engine's tables, functions and types away; jobs that wait are lost, and the rows say anew what is due."""
    _run(connection, _DROP)


def _run(connection: Connection, script: str) -> None:
    # As the driver takes it: several statements, whose percent signs are no parameters.
    connection.execution_options(no_parameters=True).exec_driver_sql(script)


def _mark(connection: Connection, number: str) -> None:
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{_MARK}{number}'")


__all__ = [
    "ForeignTables",
    "apply_next",
    "drop_engine",
    "engine_is_current",
    "engine_version",
    "package_versions",
]
