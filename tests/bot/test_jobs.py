"""Coarse work on PostgreSQL: deferred with the rows it is for, shared among workers, finished by others when one dies."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from procrastinate.sql import queries
from sqlalchemy import Connection, select, text

from bot import schedule
from bot.campaigns.inviting import invite_due
from bot.clock import SetClock
from bot.config import Settings
from bot.conversation import House
from bot.schedule import Scheduler
from bot.soundness import look_over
from bot.tasks import TASKS, Task
from bot.working import Working
from bot.writer import Writer
from storage.database import Database
from storage.due import invitations_are_due
from storage.engine_schema import drop_engine, engine_version, package_versions
from storage.jobs import defer, job_figures, take_turn
from storage.leases import SCHEDULER, take_lease
from storage.models import Message, Wave
from storage.schema import SchemaMismatch, migrate, require_current
from tests.builders import NOON, a_house
from tests.campaigns.hall import Hall

ROOT = Path(__file__).parents[2]


def waiting(database: Database) -> list[str]:
    with database.read() as connection:
        return list(
            connection.execute(
                text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY 1")
            ).scalars()
        )


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(true):
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def at_work(database: Database, *tasks: Task) -> AsyncIterator[Working]:
    """A worker that does these kinds of work, stopped as a process stops it."""
    writer = Writer(database)
    working = Working(writer, SetClock(NOON), a_house(), tasks=tasks)
    running = asyncio.create_task(working.run())
    try:
        yield working
    finally:
        working.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        writer.close()


def test_a_job_comes_and_goes_with_its_transaction(postgres_database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), postgres_database.write() as connection:
        assert defer(connection, "times")
        raise ZeroDivisionError
    assert waiting(postgres_database) == []
    with postgres_database.write() as connection:
        assert defer(connection, "times")
        assert not defer(connection, "times")
        assert defer(connection, "starts")
    assert waiting(postgres_database) == ["soundings.starts", "soundings.times"]


def test_two_who_defer_the_same_at_once_leave_one_job_and_both_go_on(postgres_database: Database) -> None:
    found: list[bool] = []

    def other() -> None:
        with postgres_database.write() as connection:
            found.append(defer(connection, "times"))
            connection.execute(text("CREATE TABLE went_on (id int)"))

    with postgres_database.write() as connection:
        assert defer(connection, "times")
        thread = threading.Thread(target=other)
        thread.start()
        # It waits for this transaction, whose job it cannot see yet.
        with postgres_database.read() as looking:
            while not looking.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                looking.rollback()
    thread.join()
    assert found == [False]
    with postgres_database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM went_on")).scalar() == 0
    assert waiting(postgres_database) == ["soundings.times"]


def test_on_sqlite_nothing_is_deferred(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        assert not defer(connection, "times")
        assert take_turn(connection, "times")


def test_the_package_itself_defers_by_the_function_that_we_call() -> None:
    assert "procrastinate_defer_jobs_v1(" in queries["defer_jobs"]


def test_a_launch_defers_and_its_rollback_does_not(postgres_database: Database) -> None:
    hall = Hall.built(postgres_database)
    hall.residents(3)
    hall.launch()
    assert "soundings.invitations" in waiting(postgres_database)


def test_one_transaction_at_a_time_has_the_turn(postgres_database: Database) -> None:
    with postgres_database.write() as one, postgres_database.write() as other:
        assert take_turn(one, "times")
        assert not take_turn(other, "times")
        assert take_turn(other, "starts")
    with postgres_database.write() as later:
        assert take_turn(later, "times")


async def test_the_leading_scheduler_defers_what_is_due_and_does_none_of_it(postgres_database: Database) -> None:
    hall = Hall.built(postgres_database)
    hall.residents(3)
    hall.launch()
    with postgres_database.write() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    writer = Writer(postgres_database)
    scheduler = Scheduler(writer, SetClock(NOON), a_house())
    await scheduler.start()
    await until(lambda: waiting(postgres_database) != [])
    await scheduler.stop()
    writer.close()
    assert waiting(postgres_database) == ["soundings.invitations"]
    assert hall.invited() == []


async def test_a_standby_leads_once_the_lease_of_the_dead_has_run_out(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "RENEW_EVERY", 0.05)
    with postgres_database.write() as connection:
        assert take_lease(connection, SCHEDULER, "dead", timedelta(seconds=0.5))
    writer = Writer(postgres_database)
    standby, third = (Scheduler(writer, SetClock(NOON), a_house(), tasks=()) for _ in range(2))
    await standby.start()
    assert not standby.leads
    await until(lambda: standby.leads)
    await third.start()
    assert not third.leads
    await standby.stop()
    await until(lambda: third.leads)
    await third.stop()
    writer.close()


async def test_two_workers_share_what_waits(postgres_database: Database) -> None:
    # One worker does two jobs at once: four that wait for each other need two workers.
    together, done = threading.Barrier(4, timeout=25), Counter[str]()

    def task(name: str) -> Task:
        def work(_connection: Connection, _now: datetime, _house: House) -> int:
            if not done[name]:
                together.wait()
            done[name] += 1
            return 0

        return Task(name, 1.0, work, lambda _connection, _now: True)

    tasks = [task(name) for name in ("a", "b", "c", "d")]
    with postgres_database.write() as connection:
        for one in tasks:
            defer(connection, one.name)
    async with at_work(postgres_database, *tasks), at_work(postgres_database, *tasks):
        await until(lambda: sum(done.values()) == 4 and figures(postgres_database).working == 0)
    assert done == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert figures(postgres_database) == (0, 0, 0.0, 0)


async def test_work_that_fails_is_rolled_back_and_hinders_nobody(postgres_database: Database) -> None:
    done = Counter[str]()

    def fail(connection: Connection, _now: datetime, _house: House) -> int:
        connection.execute(text("INSERT INTO leases VALUES ('mine', 'me', now())"))
        done["failed"] += 1
        raise RuntimeError("broken on purpose")

    def work(_connection: Connection, _now: datetime, _house: House) -> int:
        done["worked"] += 1
        return 0

    tasks = [Task(name, 1.0, what, lambda _c, _n: True) for name, what in (("bad", fail), ("good", work))]
    with postgres_database.write() as connection:
        for one in tasks:
            defer(connection, one.name)
    async with at_work(postgres_database, *tasks):
        await until(lambda: sum(done.values()) == 2 and figures(postgres_database).working == 0)
    with postgres_database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM leases")).scalar() == 0
    assert figures(postgres_database).waiting == 0


async def test_a_worker_killed_in_the_middle_of_a_slice_is_followed_by_another_and_nothing_is_done_twice(
    postgres_database: Database,
) -> None:
    hall = Hall.built(postgres_database)
    people = hall.residents(40)
    hall.launch()
    address = postgres_database.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bot.jobs_victim", address], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as victim:
        assert victim.stdout is not None
        for _ in range(3):
            await asyncio.to_thread(victim.stdout.readline)
        victim.kill()
    assert 0 < len(hall.invited()) < 40
    with postgres_database.write() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")).scalar() == 1
        # Time passes without a sign of life.
        connection.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))

    def invite(connection: Connection, now: datetime, house: House) -> int:
        return invite_due(connection, now, house, slice_size=5, begin_size=5)

    async with at_work(postgres_database, Task("invitations", 1.0, invite, invitations_are_due)):
        await until(lambda: hall.one(select(Wave.invited_at)) is not None)
        await until(lambda: figures(postgres_database)[:2] == (0, 0))
    assert sorted(hall.invited()) == sorted(people)
    asked = select(Message.participant_id)
    assert Counter(hall.all(asked)) == Counter(people)


def test_every_kind_of_work_looks_cheaply_whether_it_is_due(database: Database) -> None:
    with database.read() as connection:
        assert {task.name: task.due(connection, NOON) for task in TASKS} == {task.name: False for task in TASKS}


def test_what_is_due_is_what_the_work_finds(database: Database) -> None:
    hall = Hall.built(database)
    hall.residents(2)
    hall.launch()
    by_name = {task.name: task for task in TASKS}
    with database.read() as connection:
        assert by_name["invitations"].due(connection, NOON)
        assert not by_name["invitations"].due(connection, NOON - timedelta(minutes=1))
        assert not by_name["starts"].due(connection, NOON)
    hall.work(at_once=False)
    with database.read() as connection:
        assert not by_name["invitations"].due(connection, NOON)
        assert by_name["times"].due(connection, NOON + timedelta(days=30))


def test_the_engine_s_tables_are_migrated_from_its_package(postgres_database: Database) -> None:
    newest = list(package_versions())[-1]
    with postgres_database.write() as connection:
        assert engine_version(connection) == newest
        drop_engine(connection)
        assert engine_version(connection) is None
    with pytest.raises(SchemaMismatch, match="soundings migrate"):
        require_current(postgres_database)
    migrate(postgres_database)
    require_current(postgres_database)


def test_what_an_older_package_made_gets_what_has_come_since(postgres_database: Database) -> None:
    versions = package_versions()
    older = [number for number in versions if number <= "03.03.00_01"]
    with postgres_database.write() as connection:
        drop_engine(connection)
    for number in older:
        with postgres_database.write() as connection:
            script = (files("procrastinate.sql") / "migrations" / versions[number]).read_text("utf-8")
            connection.execution_options(no_parameters=True).exec_driver_sql(script)
    with postgres_database.write() as connection:
        connection.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS 'Soundings applied {older[-1]}'"))
        # What waits is kept.
        defer(connection, "times")
    with pytest.raises(SchemaMismatch, match="soundings migrate"):
        require_current(postgres_database)
    migrate(postgres_database)
    require_current(postgres_database)
    with postgres_database.read() as connection:
        assert engine_version(connection) == list(versions)[-1]
        assert connection.execute(text("SELECT to_regproc('procrastinate_retry_job_v2') IS NOT NULL")).scalar()
    assert waiting(postgres_database) == ["soundings.times"]


def test_tables_of_the_engine_that_are_not_ours_are_left_alone(postgres_database: Database) -> None:
    with postgres_database.write() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS NULL"))
    for refused in (migrate, require_current):
        with pytest.raises(SchemaMismatch, match="a database of its own"):
            refused(postgres_database)


def figures(database: Database) -> Any:
    with database.read() as connection:
        return job_figures(connection)


def test_the_check_tells_of_no_worker_and_of_too_few(postgres_database: Database) -> None:
    def told() -> list[str]:
        with postgres_database.read() as connection:
            found = look_over(Settings(), postgres_database, connection, datetime.now(UTC))
            return [one.mend for one in found if "worker" in one.mend]

    assert told() == ["Start: soundings worker"]
    with postgres_database.write() as connection:
        connection.execute(text("SELECT procrastinate_register_worker_v1()"))
        defer(connection, "times")
    assert told() == []
    with postgres_database.write() as connection:
        connection.execute(text("UPDATE procrastinate_events SET at = now() - interval '2 minutes'"))
    assert told() == ["Start one more: soundings worker"]
