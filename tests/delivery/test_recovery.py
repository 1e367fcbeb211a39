"""What a killed process leaves: nothing lost, nothing sent twice, and what nobody can know is `unknown`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channels.base import Accepted, Ambiguous
from bot.clock import SetClock, SystemClock
from bot.delivery.audit import audit
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.recovery import DEAD_AFTER, recover, resend, unknown_messages
from bot.delivery.results import Outcome, record
from bot.writer import Writer
from storage.database import Database
from storage.models import InboxItem, Message, Participant
from tests.builders import NOON
from tests.delivery.post import RecordingChannel, Town, a_town, no_opt_outs

ROOT = Path(__file__).parents[2]
SECOND = timedelta(seconds=1)


def recovered(town: Town, now: datetime = NOON, **given: bool) -> int:
    with town.database.write() as connection:
        return recover(connection, now, **given)


def test_claims_of_a_dead_process_are_unknown_after_a_while_and_others_are_left(database: Database) -> None:
    town = a_town(database)
    town.messages(2)
    dead, slow = [message.id for message in town.claim().messages]
    waiting = town.message(due_at=NOON + timedelta(days=1))
    town.change(Message, slow, claimed_at=NOON + SECOND)
    assert recovered(town, NOON + DEAD_AFTER) == 0
    assert recovered(town, NOON + DEAD_AFTER + SECOND) == 1
    assert town.statuses(dead, slow, waiting) == ["unknown", "sending", "queued"]
    assert town.row(dead).error_code == "interrupted"
    assert town.claimed(NOON + timedelta(hours=9)) == []
    with database.read() as connection:
        assert connection.execute(select(InboxItem.text)).scalar_one().startswith("1 messages may or may not have gone")


def test_a_result_that_is_being_written_is_waited_for_and_stands(postgres_database: Database) -> None:
    """Recovery finds an old claim, waits for the slow process that is recording it, and leaves what that wrote."""
    town = a_town(postgres_database)
    message = town.message()
    outcomes = [Outcome(one, Accepted("SM1")) for one in town.claim().messages]
    with ThreadPoolExecutor(1) as other, postgres_database.write() as connection:
        record(connection, outcomes, NOON, opt_outs=no_opt_outs)
        recovering = other.submit(recovered, town, NOON + 2 * DEAD_AFTER)
        while not _waits_for_a_lock(postgres_database):
            assert not recovering.done()
        connection.commit()
        assert recovering.result(timeout=20) == 0
    assert town.row(message).status == "sent"


def _waits_for_a_lock(database: Database) -> bool:
    with database.read() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(connection.exec_driver_sql(waiting).scalar_one())


def test_a_process_that_is_alone_knows_at_once_that_every_claim_is_a_dead_ones(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    town.claim()
    assert recovered(town, alone=True) == 1
    assert recovered(town, alone=True) == 0
    assert town.row(message).status == "unknown"


def test_a_probe_of_a_dead_process_does_not_hold_its_sender_for_ever(database: Database) -> None:
    town = a_town(database)
    for _ in range(5):
        town.message()
        town.record(town.claim(limit=1).messages, Ambiguous("timeout", "no answer"))
    first, second = town.messages(2)
    assert town.claimed(NOON + 30 * SECOND) == [first]
    assert town.claimed(NOON + 60 * SECOND) == []
    recovered(town, NOON + 30 * SECOND + DEAD_AFTER + SECOND)
    assert town.claimed(NOON + timedelta(minutes=5)) == [second]


def test_unknown_messages_are_listed_without_numbers_and_sent_again_by_a_person(database: Database) -> None:
    town = a_town(database)
    message, other = town.messages(2)
    town.claim()
    recovered(town, alone=True)
    with database.read() as connection:
        listed = unknown_messages(connection, community_id=town.community_id)
        pseudonym = connection.execute(select(Participant.public_id).order_by(Participant.id)).scalars().first()
        assert unknown_messages(connection, community_id=town.community_id + 1) == []
        assert unknown_messages(connection, limit=1) == listed[:1]
    assert [one.id for one in listed] == [message, other]
    assert (listed[0].community, listed[0].participant) == ("shore-road", pseudonym)
    assert "902555" not in str(listed[0]).replace(listed[0].sender, "")
    with database.write() as connection:
        assert resend(connection, [message, 10**9], NOON) == 1
    assert town.claimed() == [message]


async def test_the_dispatcher_recovers_as_it_starts(sqlite_database: Database) -> None:
    town, channel = a_town(sqlite_database), RecordingChannel()
    message = town.message()
    town.claim()
    writer = Writer(sqlite_database)
    dispatcher = Dispatcher(writer, {"sms": channel}, SetClock(NOON), opt_outs=no_opt_outs)
    running = asyncio.create_task(dispatcher.run())
    while town.row(message).status == "sending":
        await asyncio.sleep(0.005)
    await dispatcher.stop()
    await running
    writer.close()
    assert (town.row(message).status, channel.sent) == ("unknown", [])


# -- kill -9


def killed_after(count: int, url: str) -> list[int]:
    """Run a worker and kill it as soon as it has handed over so many messages; the ids of all that it handed over."""
    command = [sys.executable, "-m", "tests.delivery.victim", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        given = [int(victim.stdout.readline()) for _ in range(count)]
        victim.send_signal(signal.SIGKILL)
        return given + [int(line) for line in victim.stdout]


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
async def test_killed_between_claim_and_mark_nothing_is_lost_and_nothing_sent_twice(database: Database) -> None:
    """A worker is killed in the middle of its sends, then another one; a third finishes what is left."""
    town = a_town(database, pace=100.0)
    due = SystemClock().now()
    with database.write() as connection:
        ids = town.crowd(connection, 60, due_at=due, created_at=due)
    given: list[int] = []
    url = database.url.render_as_string(hide_password=False)
    for count in (5, 20):
        given += killed_after(count, url)
        with database.write() as connection:
            # The next worker starts long after: nobody waits for a dead one's answers any more.
            connection.execute(
                update(Message).where(Message.status == "sending").values(claimed_at=due - 2 * DEAD_AFTER)
            )

    channel, writer = RecordingChannel(), Writer(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, SystemClock(), opt_outs=no_opt_outs)
    recovered(town, SystemClock().now())
    while await dispatcher.drain() is not None:
        await asyncio.sleep(0.01)  # the pace lets more leave in a moment
    writer.close()

    given += [message.message_id for message in channel.sent]
    assert max(Counter(given).values()) == 1, "no message was handed over twice"
    with database.read() as connection:
        found = {row.id: row.status for row in connection.execute(select(Message.id, Message.status))}
        report = audit(connection, SystemClock().now() + timedelta(days=1))
    statuses = Counter(found.values())
    assert set(statuses) <= {"sent", "unknown"}
    assert sum(statuses.values()) == len(ids)
    assert {message for message, status in found.items() if status == "sent"} <= set(given)
    assert set(ids) - set(given) <= {message for message, status in found.items() if status == "unknown"}
    assert statuses["unknown"] <= 36, "no more than each of the two had on its way and a tenth of a second ahead"
    assert report.ok
    assert report.unknown == statuses["unknown"]
