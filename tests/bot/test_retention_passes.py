"""A pass of retention: told before it is done, in slices that a kill does not repeat, once a day, and by the command."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from typer.testing import CliRunner

from bot.app import open_installation
from bot.cli import app
from bot.clock import SetClock
from bot.config import CommunitySettings, load_settings
from bot.retention import begin, retain_due, work_pass, would_drop
from bot.schedule import Scheduler
from bot.tasks import TASKS
from bot.writer import Writer
from storage.database import Database
from storage.models import (
    Community,
    RetentionPass,
)
from storage.retention import open_pass
from tests.bot.long_ago import (
    JUST_NOW,
    LATELY,
    LONG_AGO,
    NOW,
    SETTINGS,
    a_message,
    a_person,
    a_town,
    more_of,
    retain,
    rows_of,
)
from tests.builders import (
    a_house,
    a_participant,
)


def test_a_dry_run_counts_what_a_pass_then_drops_and_drops_nothing(database: Database) -> None:
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        for number, at in (("0101", LONG_AGO), ("0102", LONG_AGO), ("0103", LATELY), ("0104", JUST_NOW)):
            a_person(connection, place, number, at)
        before = rows_of(connection)
    told = would_drop(database.write, NOW, a_house())
    with database.read() as connection:
        assert rows_of(connection) == before
        assert connection.execute(select(RetentionPass.id)).first() is None
    assert {key: {k: n for k, n in value.items() if n} for key, value in told.items()} == retain(database)
    assert told[str(place.community_id)]["people"] == 2


def test_a_pass_that_was_killed_goes_on_where_it_stood_and_drops_nothing_twice(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.SLICE", 2)
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        for number in range(101, 108):
            a_person(connection, place, f"0{number}", LONG_AGO)

    class Killed(Exception):
        pass

    steps = 0
    while True:
        # Each slice is done, and lost before it commits; then done again.
        with pytest.raises(Killed), database.write() as connection:
            work_pass(connection, open_pass(connection) or begin(connection, NOW), NOW, a_house())
            raise Killed
        with database.write() as connection:
            if not retain_due(connection, NOW, a_house()):
                break
        steps += 1
    assert steps > 20
    with database.read() as connection:
        counts = connection.execute(select(RetentionPass.counts)).scalars().all()
        assert len(counts) == 1
        dropped = counts[0][str(place.community_id)]
        assert (dropped["texts"], dropped["replies"], dropped["people"]) == (14, 14, 7)


def test_more_people_than_a_slice_drops_are_all_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.retention.MOST_PEOPLE", 2)
    with database.write() as connection:
        place = a_town(connection, keep_people_days=365)
        for number in range(101, 106):
            a_participant(connection, place.community_id, f"sms:+19025550{number}", agreed=(), joined_at=LONG_AGO)
    assert retain(database)[str(place.community_id)]["people"] == 5


def test_it_is_done_once_a_day(database: Database) -> None:
    (task,) = (one for one in TASKS if one.name == "retention")
    with database.write() as connection:
        place = a_town(connection, **SETTINGS)
        assert task.due(connection, NOW)
        connection.execute(update(Community).values(settings={"keep_texts_days": 0}))
        assert not task.due(connection, NOW)
        connection.execute(update(Community).where(Community.id == place.community_id).values(settings=SETTINGS))
    retain(database)
    with database.read() as connection:
        assert not task.due(connection, NOW + timedelta(hours=23))
        assert task.due(connection, NOW + timedelta(hours=25))


def test_somebody_who_is_written_about_at_the_same_moment_is_passed_over(postgres_database: Database) -> None:
    with postgres_database.write() as connection:
        place = a_town(connection, keep_people_days=365)
        person = a_person(connection, place, "0101", LONG_AGO)
        more = more_of(connection, person)
    with postgres_database.write() as other:
        a_message(other, more, "I am back", NOW)
        assert retain(postgres_database) == {}
    assert retain(postgres_database, NOW + timedelta(days=2)) == {}


@pytest.mark.parametrize("name", ["keep_texts_days", "keep_people_days"])
def test_days_that_are_too_few_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least 14 days, or 0"):
        CommunitySettings.model_validate({name: 13})
    assert getattr(CommunitySettings.model_validate({name: 14}), name) == 14


def test_the_command_tells_then_does(tmp_path: Any) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["retain", *words], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    installation = open_installation(load_settings())
    with installation.write() as connection:
        place = a_town(connection)
        at = installation.clock.now() - timedelta(days=50)
        a_person(connection, place, "0101", at)
    assert "All is kept" in run()
    with installation.write() as connection:
        connection.execute(update(Community).values(settings={"keep_texts_days": 30}))
    told = json.loads(run("--dry-run", "--json"))
    done = json.loads(run("--json"))
    assert (told.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert told == done
    (one,) = done["communities"]
    assert (one["community"], one["keep_texts_days"], one["keep_people_days"]) == ("shore-road", 30, 0)
    assert one["dropped"]["texts"] == 2
    assert json.loads(run("--json"))["communities"][0]["dropped"]["texts"] == 0
    assert "30 days" in run("--dry-run")
    with installation.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM messages WHERE text <> ''")).scalar_one() == 0
    installation.database.close()


async def test_what_a_running_process_dropped_is_not_in_its_log_either(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        place = a_town(connection, **SETTINGS)
        a_person(connection, place, "0101", LONG_AGO)
    file = sqlite_database.file
    assert file is not None
    number = b"9025550101"
    assert any(number in one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    writer = Writer(sqlite_database)
    tasks = [replace(task, every=0.02) for task in TASKS if task.erases]
    scheduler = Scheduler(writer, SetClock(NOW), a_house(), tasks=tasks)
    await scheduler.start()
    async with asyncio.timeout(30):
        while any(number in one.read_bytes() for one in file.parent.glob(f"{file.name}*")):
            await asyncio.sleep(0.02)
    await scheduler.stop()
    writer.close()
