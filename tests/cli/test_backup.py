"""A copy of SQLite while others write: of one moment, sound, whole or not there; and putting it back."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.cli.backup import backup, restore
from bot.errors import BadFile, NotReady, WrongUsage
from storage import backup as rows
from storage.backup import check_copy, copy_database
from storage.database import Database
from storage.leases import take_lease
from storage.models import Community, Lease
from storage.schema import known_revisions
from tests.builders import a_community


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
