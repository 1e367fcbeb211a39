"""What `soundings check` tells of an installation that is ill, and that a process which starts waits for its database."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.app import open_patiently
from bot.config import Settings
from bot.soundness import LONG_LOG, look_over
from storage.database import Database
from storage.leases import SCHEDULER, take_lease
from storage.models import Message
from tests.delivery.post import a_town
from tests.read_only import take_nothing


def test_the_check_tells_of_no_scheduler_and_of_clocks_that_differ(postgres_database: Database) -> None:
    def told(now: datetime) -> list[str]:
        with postgres_database.read() as connection:
            found = look_over(Settings(), postgres_database, connection, now)
            return [one.what for one in found if "scheduler" in one.what or "clock" in one.what]

    (none,) = told(datetime.now(UTC))
    assert none.startswith("No scheduler runs")
    with postgres_database.write() as connection:
        take_lease(connection, SCHEDULER, "me", timedelta(minutes=1))
    assert told(datetime.now(UTC)) == []
    (late,) = told(datetime.now(UTC) - timedelta(minutes=10))
    assert "behind the database's" in late


def test_the_check_tells_where_no_receipt_ever_comes(database: Database) -> None:
    town = a_town(database)
    now = datetime.now(UTC)
    twilio = Settings.model_validate(
        {
            "twilio_account_sid": "AC1",
            "twilio_auth_token": "t",
            "secret_key": "k",
            "public_url": "https://x.example.org",
        }
    )

    def told() -> list[str]:
        with database.read() as connection:
            return [one.mend for one in look_over(twilio, database, connection, now) if "receipt" in one.what]

    sent = town.messages(12, status="sent", claimed_at=now, sent_at=now - timedelta(hours=1))
    (mend,) = told()
    assert "https://x.example.org" in mend
    with database.write() as connection:
        connection.execute(update(Message).where(Message.id == sent[0]).values(status="delivered"))
    assert told() == []


def test_the_check_tells_of_a_file_that_takes_nothing_and_of_a_log_that_grows(sqlite_database: Database) -> None:
    def told() -> list[tuple[str, str]]:
        with sqlite_database.read() as connection:
            found = look_over(Settings(), sqlite_database, connection, datetime.now(UTC))
            return [(one.level, one.what) for one in found if "written" in one.what or "log beside" in one.what]

    assert told() == []
    file = sqlite_database.file
    assert file is not None
    with sqlite_database.read() as connection:
        connection.exec_driver_sql("SELECT 1 FROM alembic_version").scalar_one()
        # Bytes that are no part of the log: SQLite knows its own by their sums.
        os.truncate(file.with_name(f"{file.name}-wal"), LONG_LOG + 1)
        assert [(level, "grows" in what) for level, what in told()] == [("doubtful", True)]
    take_nothing(sqlite_database)
    assert ("wrong", "Nothing can be written: attempt to write a readonly database.") in told()


def test_a_process_that_starts_waits_until_its_database_answers(postgres_database: Database, tmp_path: Path) -> None:
    there = postgres_database.url.query.get("host")
    if there is None:
        pytest.skip("TEST_DATABASE_URL names a server that is reached by no socket")
    here = tmp_path / "socket"
    settings = Settings.model_validate({"database_url": _at(postgres_database, here)})
    with pytest.raises(OperationalError):
        open_patiently(settings, longest=0)
    waited = list[float]()

    def waiting(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            # It comes up.
            here.symlink_to(str(there))

    open_patiently(settings, waiting=waiting).database.close()
    assert waited == sorted(waited)
    assert len(waited) == 2


def test_a_database_that_will_never_let_it_in_is_not_waited_for(postgres_database: Database) -> None:
    url = make_url(str(postgres_database.url)).set(database="nothing_like_it").render_as_string(hide_password=False)
    waited = threading.Event()
    with pytest.raises(OperationalError, match="does not exist"):
        open_patiently(Settings.model_validate({"database_url": url}), waiting=lambda _seconds: waited.set())
    assert not waited.is_set()


def _at(database: Database, folder: Path) -> str:
    """The URL of a database by another folder of its server's socket."""
    return database.url.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
