"""Who lives, on PostgreSQL: a lock that ends with its session tells, and what a dead process had on its way is not waited for."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from bot.clock import SystemClock
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.presence import GONE_AFTER, Presence
from bot.delivery.recovery import recover
from bot.writer import Writer
from storage.database import Database
from storage.models import Message
from storage.presence import PRESENCE, present
from tests.builders import NOON
from tests.delivery.post import RecordingChannel, Town, a_town, no_opt_outs

LATER = NOON + GONE_AFTER + timedelta(seconds=1)
AT_ONCE = timedelta(0)


async def opened(stack: AsyncExitStack, database: Database, gone_after: timedelta = AT_ONCE) -> Presence:
    """One that holds its lock."""
    found = Presence(database, gone_after=gone_after)
    await found.open()
    stack.push_async_callback(found.close)
    while found.key is None:
        await asyncio.sleep(0.005)
    return found


def gone(database: Database, looking: Presence) -> set[int]:
    with database.read() as connection:
        return looking.gone(connection, LATER)


def on_its_way(town: Town, by: int | None) -> int:
    message = town.message()
    town.change(Message, message, status="sending", claimed_at=NOON, claimed_by=by)
    return message


async def test_whoever_dies_is_missed_and_whoever_lives_is_not(postgres_database: Database) -> None:
    town = a_town(postgres_database)
    async with AsyncExitStack() as stack:
        looking, other, dying = [await opened(stack, postgres_database) for _ in range(3)]
        for one in (looking, other, dying):
            on_its_way(town, one.key)
        on_its_way(town, None)
        assert gone(postgres_database, looking) == set()
        key = dying.key
        await dying.close()
        assert gone(postgres_database, looking) == {key}
        patient = await opened(stack, postgres_database, GONE_AFTER)
        assert gone(postgres_database, patient) == set(), "a process that is only away for a moment is not dead"


async def test_a_session_that_is_ended_is_begun_anew_under_the_same_name(postgres_database: Database) -> None:
    async with AsyncExitStack() as stack:
        living = await opened(stack, postgres_database)
        key = living.key
        with postgres_database.write() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
                (PRESENCE,),
            )
        while living.key is not None:
            await asyncio.sleep(0.005)
        while living.key is None:
            await asyncio.sleep(0.005)
        with postgres_database.read() as connection:
            assert living.key == key
            assert present(connection) == {key}


async def test_nobody_is_named_on_sqlite(sqlite_database: Database) -> None:
    presence = Presence(sqlite_database)
    await presence.open()
    await presence.close()
    assert presence.key is None


def test_only_old_claims_of_the_dead_are_given_up(database: Database) -> None:
    town = a_town(database)
    dead, living, unnamed, fresh = (on_its_way(town, by) for by in (7, 8, None, 7))
    town.change(Message, fresh, claimed_at=LATER)
    with database.write() as connection:
        assert recover(connection, LATER, gone={7, 9}) == 1
    assert town.statuses(dead, living, unnamed, fresh) == ["unknown", "sending", "sending", "sending"]


async def test_a_claim_names_its_process_and_nobody_waits_for_a_dead_one(postgres_database: Database) -> None:
    """One dispatcher claims and dies; another one finds out, and the resident's next message leaves."""
    town, channel, clock = a_town(postgres_database), RecordingChannel(), SystemClock()
    resident = town.resident()
    first = town.message(resident, due_at=clock.now())
    async with AsyncExitStack() as stack:
        dying = await opened(stack, postgres_database)
        key = dying.key
        assert town.claimed(clock.now(), by=key) == [first]
    town.change(Message, first, claimed_at=clock.now() - 2 * GONE_AFTER)
    second = town.message(resident, due_at=clock.now())
    async with AsyncExitStack() as stack:
        living, writer = await opened(stack, postgres_database), Writer(postgres_database)
        name = living.key
        dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs, presence=living)
        running = asyncio.create_task(dispatcher.run())
        while town.row(second).status != "sent":
            await asyncio.sleep(0.005)
        await dispatcher.stop()
        await running
        writer.close()
    assert town.statuses(first, second) == ["unknown", "sent"]
    assert [town.row(message).claimed_by for message in (first, second)] == [key, name]
