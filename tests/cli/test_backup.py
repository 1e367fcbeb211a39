"""A copy of SQLite while others write: of one moment, sound, whole or not there; and putting it back."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.backup import backup, restore
from bot.config import load_settings
from bot.conversation import House, stop_for
from bot.errors import BadFile, NotReady, WrongUsage
from storage import backup as rows
from storage.backup import check_copy, copy_database
from storage.database import Database
from storage.leases import take_lease
from storage.models import Campaign, Community, InboxItem, Lease, Message, Participant, Update
from storage.schema import known_revisions
from tests.builders import a_community
from tests.delivery.post import Town, a_town

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _this_database(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", str(sqlite_database.url))


def communities(path: Path) -> int:
    database = Database(f"sqlite:///{path}")
    with database.read() as connection:
        found = connection.execute(select(func.count()).select_from(Community)).scalar_one()
    database.close()
    return int(found)


def test_a_copy_under_writing_is_of_one_moment_and_its_writers_go_on(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "STEP", 1)
    enough, told = threading.Event(), list[int]()

    def write(number: int) -> None:
        # Two rows of different tables in one transaction: a copy has both or neither.
        with sqlite_database.write() as connection:
            a_community(connection, f"town-{number}")
            take_lease(connection, f"town-{number}", "me", timedelta(seconds=1))

    write(0)

    def writing() -> None:
        number = 1
        while not enough.is_set():
            write(number)
            number += 1

    def progress(done: int, pages: int) -> None:
        told.append(done)
        if len(told) == 1:
            thread.start()
        while len(told) % 20 == 0 and written() < len(told) // 20 + 2:
            pass

    def written() -> int:
        with sqlite_database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(Community)).scalar_one())

    thread = threading.Thread(target=writing)
    copy_database(tmp_path / "soundings.db", tmp_path / "copy.db", progress)
    enough.set()
    thread.join()
    assert written() > 2
    assert told == sorted(told)
    assert len(told) > 20
    copied = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    with copied.read() as connection:
        assert connection.execute(select(Community.slug)).scalars().all() == ["town-0"]
        assert connection.execute(select(Lease.name)).scalars().all() == ["town-0"]
    copied.close()


def test_a_backup_is_for_its_owner_alone_and_replaces_only_when_told(sqlite_database: Database, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(copy)
    assert copy.stat().st_mode & 0o077 == 0
    assert check_copy(copy) == known_revisions()[-1]
    with sqlite_database.write() as connection:
        a_community(connection)
    with pytest.raises(WrongUsage, match="--replace"):
        backup(copy)
    assert communities(copy) == 0
    backup(copy, replace=True)
    assert communities(copy) == 1
    with pytest.raises(WrongUsage, match="the database itself"):
        backup(tmp_path / "soundings.db", replace=True)
    with pytest.raises(WrongUsage, match="cannot be written"):
        backup(tmp_path / "nowhere" / "copy.db")
    assert not list(tmp_path.glob(".*.part"))


def test_a_restore_waits_until_nobody_has_it_open_and_keeps_what_was_there(
    sqlite_database: Database, tmp_path: Path
) -> None:
    backup(tmp_path / "copy.db")
    with sqlite_database.write() as connection:
        a_community(connection)
    with pytest.raises(NotReady, match="Stop soundings serve"):
        restore(tmp_path / "copy.db", yes=True)
    assert communities(tmp_path / "soundings.db") == 1
    sqlite_database.close()
    restore(tmp_path / "copy.db", yes=True)
    assert communities(tmp_path / "soundings.db") == 0
    (aside,) = tmp_path.glob("soundings.db.before-*")
    assert communities(aside) == 1


def _a_town_in_the_middle_of_it(database: Database) -> Town:
    """Something that waits, something on its way, something for tomorrow; a campaign and two updates that go on."""
    town, now = a_town(database), datetime.now(UTC)
    town.change(Campaign, town.campaign_id, status="running")
    town.message(due_at=now - HOUR)
    town.message(due_at=now - HOUR, status="sending", claimed_at=now)
    town.message(due_at=now + 24 * HOUR)
    news = {"community_id": town.community_id, "texts": {"en": "News"}, "status": "scheduled", "created_at": now}
    with database.write() as connection:
        for cron in (None, "0 10 * * *"):
            connection.execute(insert(Update).values(**news, cron=cron, next_at=now - HOUR))
    return town


def _printed(output: str) -> Any:
    """The JSON behind whatever was logged."""
    return json.loads(output[output.index("{") :])


def test_what_may_have_left_since_the_copy_is_held_and_who_said_stop_since_stays_out(
    sqlite_database: Database, tmp_path: Path
) -> None:
    town = _a_town_in_the_middle_of_it(sqlite_database)
    with sqlite_database.read() as connection:
        campaign = connection.execute(select(Campaign.name)).scalar_one()
        stopped, erased, _ = connection.execute(select(Participant.id).order_by(Participant.id)).scalars()
    backup(tmp_path / "copy.db")
    with sqlite_database.write() as connection:
        stop_for(connection, stopped, datetime.now(UTC), House(load_settings()), source="test")
        connection.execute(update(Participant).where(Participant.id == erased).values(erased_at=datetime.now(UTC)))
    sqlite_database.close()
    told = CliRunner().invoke(app, ["restore", str(tmp_path / "copy.db"), "--yes", "--json"], catch_exceptions=False)
    with sqlite_database.read() as connection:
        states = connection.execute(select(Message.status, Message.error_code).order_by(Message.id)).all()
        # What waited for whoever said STOP since is held for nobody: it is cancelled.
        assert [tuple(row) for row in states] == [("cancelled", None), ("unknown", "restored"), ("queued", None)]
        assert connection.execute(select(Campaign.status)).scalar_one() == "paused"
        updates = connection.execute(select(Update.status, Update.next_at).order_by(Update.id)).all()
        assert updates[0].status == "withheld"
        assert updates[1].status == "scheduled"
        assert updates[1].next_at > datetime.now(UTC)
        gone = connection.execute(select(Participant.opted_out_at).where(Participant.id == stopped)).scalar_one()
        assert gone is not None
        pseudonym = connection.execute(select(Participant.public_id).where(Participant.id == erased)).scalar_one()
        items = connection.execute(select(InboxItem.text)).scalars().all()
        assert any(f"Paused until you say soundings campaign resume: {campaign}" in text for text in items)
    found = _printed(told.output)
    assert found["held"] == {"messages": 1, "campaigns": [campaign], "updates": 2}
    assert found["since"] == {"stopped": 1, "erased": [pseudonym]}
    assert town.claimed(datetime.now(UTC)) == []


def test_where_nothing_left_since_it_goes_on(sqlite_database: Database, tmp_path: Path) -> None:
    town = _a_town_in_the_middle_of_it(sqlite_database)
    backup(tmp_path / "copy.db")
    sqlite_database.close()
    restore(tmp_path / "copy.db", yes=True, nothing_left_since=True)
    assert len(town.claimed(datetime.now(UTC))) == 1


def test_a_copy_that_was_put_back_by_other_means_is_held_too(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", postgres_database.url.render_as_string(hide_password=False))
    town = _a_town_in_the_middle_of_it(postgres_database)
    told = CliRunner().invoke(app, ["outbox", "hold", "--json"], catch_exceptions=False)
    assert _printed(told.output)["messages"] == 2
    assert town.claimed(datetime.now(UTC)) == []


def test_a_damaged_database_gives_way_and_it_is_said_what_is_not_known(
    sqlite_database: Database, tmp_path: Path
) -> None:
    backup(tmp_path / "copy.db")
    sqlite_database.close()
    (tmp_path / "soundings.db").write_bytes(b"not a database any more" * 1000)
    (tmp_path / "soundings.db-wal").write_bytes(b"a log of it")
    told = CliRunner().invoke(app, ["restore", str(tmp_path / "copy.db"), "--yes"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    assert "cannot be read" in told.output
    assert communities(tmp_path / "soundings.db") == 0
    (kept,) = tmp_path.glob("soundings.db.before-*Z")
    assert kept.read_bytes().startswith(b"not a database")
    assert [one.read_bytes() for one in tmp_path.glob("soundings.db.before-*-wal")] == [b"a log of it"]


@pytest.mark.parametrize("spoil", ["text", "cut", "foreign", "newer"])
def test_what_is_no_sound_copy_is_not_put_back(sqlite_database: Database, tmp_path: Path, spoil: str) -> None:
    copy = tmp_path / "copy.db"
    backup(copy)
    sqlite_database.close()
    if spoil == "text":
        copy.write_text("not a database, though it is long enough to look like one" * 100)
    elif spoil == "cut":
        copy.write_bytes(copy.read_bytes()[:-8192])
    else:
        with closing(sqlite3.connect(copy)) as connection:
            change = (
                "DROP TABLE alembic_version" if spoil == "foreign" else "UPDATE alembic_version SET version_num = 9999"
            )
            connection.execute(change)
            connection.commit()
    before = (tmp_path / "soundings.db").read_bytes()
    with pytest.raises(BadFile, match="Nothing was changed"):
        restore(copy, yes=True)
    assert (tmp_path / "soundings.db").read_bytes() == before


def test_postgresql_is_refused_with_the_line_to_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", "postgresql+psycopg://ana:hush@db.example.org/soundings")
    with pytest.raises(WrongUsage, match=r"pg_dump .* postgresql://ana@db.example.org/soundings") as refused:
        backup(tmp_path / "copy.db")
    assert "hush" not in str(refused.value)
    with pytest.raises(WrongUsage, match="pg_restore"):
        restore(tmp_path / "copy.db", yes=True)
