"""Transactions commit or leave nothing, times are UTC, and a URL that cannot be used says what to write."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import Database, UnusableDatabase, database_now
from storage.models import Community, Lease, Sender


def test_a_block_that_raises_leaves_nothing(database: Database, now: datetime) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(Lease).values(name="x", holder="h", until=now))
        connection.execute(insert(Lease).values(name="x", holder="again", until=now))
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(Lease)).scalar_one() == 0


def test_times_come_back_in_utc(database: Database) -> None:
    halifax = datetime(2026, 7, 1, 9, 0, tzinfo=ZoneInfo("America/Halifax"))
    with database.write() as connection:
        connection.execute(insert(Lease).values(name="x", holder="h", until=halifax))
        assert connection.execute(select(Lease.until)).scalar_one() == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    with pytest.raises(StatementError, match="no time zone"), database.write() as connection:
        connection.execute(insert(Lease).values(name="y", holder="h", until=datetime(2026, 7, 1)))  # noqa: DTZ001


def test_json_keeps_what_people_write(database: Database, now: datetime) -> None:
    settings = {"café": ["\U0001f44d", None, 1.5, True], "n": 2**40}
    with database.write() as connection:
        connection.execute(
            insert(Community).values(
                slug="s", name="ʼn", languages=["en"], timezone="UTC", hours={}, settings=settings, created_at=now
            )
        )
        assert connection.execute(select(Community.settings)).scalar_one() == settings


def test_the_database_refuses_what_the_code_may_not_write(database: Database, now: datetime) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(
            insert(Sender).values(address="sms:+19025550100", channel="sms", opt_out="nobody", pace=1, created_at=now)
        )


def test_two_writers_take_turns(database: Database, now: datetime) -> None:
    """Neither fails: on SQLite the second waits for the first to commit before it reads."""
    with database.write() as connection:
        connection.execute(insert(Lease).values(name="n", holder="0", until=now))

    def add_one() -> None:
        for _ in range(20):
            with database.write() as connection:
                held = connection.execute(select(Lease.holder).with_for_update()).scalar_one()
                connection.execute(Lease.__table__.update().values(holder=str(int(held) + 1)))

    threads = [threading.Thread(target=add_one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert connection.execute(select(Lease.holder)).scalar_one() == "60"


def test_database_time_is_aware_and_now(database: Database) -> None:
    with database.read() as connection:
        assert abs(database_now(connection) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "oracle://x"])
def test_a_url_that_cannot_be_used_says_what_to_write(url: str) -> None:
    with pytest.raises(UnusableDatabase, match=r"sqlite:///soundings\.db"):
        Database(url)


def test_the_short_form_of_postgresql_is_understood() -> None:
    assert Database("postgres://u@h/n").url.drivername == "postgresql+psycopg"


def test_a_new_file_and_the_log_beside_it_are_their_owners_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists(), "who only asks for the path makes no file"
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    database.close()
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
