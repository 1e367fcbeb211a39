"""The committer: durable before it answers, together where texts wait together, and nobody harmed by a poisoned one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event, func, select, update

from bot.channels.base import Inbound
from bot.clock import SetClock
from bot.committer import Busy, Committer
from bot.conversation import Received, RunStart, start_runs
from bot.writer import Writer
from storage.database import Database
from storage.models import Answer, InboxItem, Message, Revision, Run
from tests.builders import a_house, a_participant, a_place, a_revision, all_sent, an_inbound
from tests.conversation.talk import read


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    writer = Writer(database)
    yield writer
    writer.close()


def people(database: Database, clock: SetClock, count: int) -> list[str]:
    """Residents with an open run each; their addresses."""
    addresses = [f"sms:+1902555{n:04}" for n in range(count)]
    with database.write() as connection:
        place = a_place(connection)
        ids = [a_participant(connection, place.community_id, address) for address in addresses]
        start_runs(connection, [RunStart(one, place.revision_id) for one in ids], clock.now(), a_house())
        all_sent(connection)
    return addresses


async def test_whoever_waits_is_answered_after_the_commit(database: Database, writer: Writer, clock: SetClock) -> None:
    addresses = people(database, clock, 40)
    wakes: list[int] = []
    committer = Committer(writer, clock, a_house(), lambda: wakes.append(1))
    texts = [an_inbound("2", address=address, at=clock.now()) for address in addresses]
    results = await asyncio.gather(*(committer.submit(text) for text in texts), committer.submit(texts[0]))
    assert [one.status for one in results] == ["received"] * 40 + ["duplicate"]
    assert results[-1].message_id == results[0].message_id
    assert len(read(database, select(Answer.id))) == 40
    assert len(wakes) <= 2
    await committer.close()
    with pytest.raises(Busy):
        await committer.submit(texts[0])


async def test_texts_that_arrive_in_the_same_moment_are_one_transaction(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    """Requests hand in their texts a round or two of the loop after one another, as their bodies are read."""
    addresses = people(database, clock, 12)
    wakes: list[int] = []
    committer = Committer(writer, clock, a_house(), lambda: wakes.append(1))

    async def hand_in(at: int, address: str) -> Received:
        for _ in range(at):
            await asyncio.sleep(0)
        return await committer.submit(an_inbound("2", address=address, at=clock.now()))

    results = await asyncio.gather(*(hand_in(at, address) for at, address in enumerate(addresses)))
    assert [one.status for one in results] == ["received"] * 12
    assert len(wakes) == 1
    await committer.close()


async def test_a_poisoned_text_harms_nobody_else_and_is_kept(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    """A run whose revision cannot be read stands for whatever a bug may make of one text."""
    addresses = people(database, clock, 3)
    with database.write() as connection:
        community_id = connection.execute(select(Run.community_id)).scalars().first()
        assert community_id is not None
        broken = a_revision(connection, community_id, "welcome")
        connection.execute(update(Revision).where(Revision.id == broken).values(definition={"format": 99}))
        first = select(Run.id).order_by(Run.id).limit(1).scalar_subquery()
        connection.execute(update(Run).where(Run.id == first).values(revision_id=broken))
    committer = Committer(writer, clock, a_house())
    texts = [an_inbound("2", address=address, at=clock.now()) for address in addresses]
    results = await asyncio.gather(*(committer.submit(text) for text in texts))
    assert [one.status for one in results] == ["kept", "received", "received"]
    (item,) = read(database, select(InboxItem.__table__))
    assert (item.kind, item.text, item.message_id) == ("failed", "2", results[0].message_id)
    assert (await committer.submit(texts[0])).status == "duplicate"
    await committer.close()


async def test_a_text_that_no_database_can_hold_is_kept_as_far_as_it_can(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    (address,) = people(database, clock, 1)
    committer = Committer(writer, clock, a_house())
    odd = replace(an_inbound(address=address, at=clock.now()), text="a\ud800b\x00c")
    assert (await committer.submit(odd)).status == "kept"
    (kept,) = read(database, select(Message.text).where(Message.direction == "in"))
    assert kept.text == "a\ufffdb\ufffdc"
    await committer.close()


async def test_a_database_that_goes_away_in_the_middle_makes_no_text_a_failed_one(
    postgres_database: Database, clock: SetClock
) -> None:
    (address,) = people(postgres_database, clock, 1)
    tries = 0

    def end_it(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        """Twice the server ends the connection as the text is about to be written."""
        nonlocal tries
        if statement.startswith("INSERT INTO messages") and tries < 2:
            tries += 1
            pid = connection.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            with postgres_database.engine.connect() as other:
                other.execute(select(func.pg_terminate_backend(pid)))

    writer = Writer(postgres_database)
    event.listen(postgres_database.engine, "before_cursor_execute", end_it)
    committer = Committer(writer, clock, a_house())
    assert (await committer.submit(an_inbound("2", address=address, at=clock.now()))).status == "received"
    assert tries == 2
    assert len(read(postgres_database, select(Answer.id))) == 1
    await committer.close()
    writer.close()


async def test_more_than_may_wait_is_turned_away(database: Database, writer: Writer, clock: SetClock) -> None:
    addresses = people(database, clock, 5)
    committer = Committer(writer, clock, a_house(), longest=3)
    texts = [an_inbound("2", address=address, at=clock.now()) for address in addresses]
    results = await asyncio.gather(*(committer.submit(text) for text in texts), return_exceptions=True)
    assert [isinstance(one, Busy) for one in results] == [False, False, False, True, True]
    await committer.close()


async def test_a_text_whose_webhook_hung_up_is_committed_all_the_same(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    (address,) = people(database, clock, 1)
    committer = Committer(writer, clock, a_house())
    text: Inbound = an_inbound("2", address=address, at=clock.now())
    submitting = asyncio.create_task(committer.submit(text))
    await asyncio.sleep(0)
    submitting.cancel()
    await committer.close()
    assert len(read(database, select(Answer.id))) == 1
