"""The dispatcher: claims, sends at once, records together; replies are never behind bulk; it stops without loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.channels.base import Ambiguous, Outgoing, Postponed
from bot.clock import Clock, SetClock, SystemClock
from bot.delivery.claim import Claim, Claimed
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.lane import Carrier, Lane
from bot.wakeup import Wakeup, notify
from bot.writer import Writer
from storage.database import Database
from storage.models import Message
from tests.builders import NOON
from tests.delivery.post import RecordingChannel, Town, a_town, no_opt_outs


@asynccontextmanager
async def a_dispatcher(town: Town, channel: RecordingChannel, clock: Clock, **given: int) -> AsyncIterator[Dispatcher]:
    """A dispatcher that is not running yet; whatever it started ends with the block."""
    writer = Writer(town.database)
    wakeup = Wakeup(town.database)
    dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs, wakeup=wakeup, **given)
    try:
        yield dispatcher
    finally:
        await dispatcher.stop()
        await wakeup.close()
        writer.close()


async def until(there: Callable[[], bool]) -> None:
    """Let the loop go on until something holds; a test's own time limit ends it where it never does."""
    async with asyncio.timeout(20):
        while not there():
            await asyncio.sleep(0.005)


async def test_all_that_is_due_is_sent_and_recorded(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    first, second = town.messages(2)
    third = town.message(
        valid_until=NOON + timedelta(hours=2), run_id=None, visit=4, buttons=[{"key": "k", "label": "L"}]
    )
    async with a_dispatcher(town, channel, clock) as dispatcher:
        assert await dispatcher.drain() is None
    assert town.statuses(first, second, third) == ["sent"] * 3
    handed = {one.message_id: one for one in channel.sent}
    assert handed[third].valid_for == timedelta(hours=2)
    assert (handed[third].visit, handed[third].buttons[0].label) == (4, "L")
    assert (handed[first].sender, handed[first].address) == ("sms:+19025550100", "sms:+19025550000")


async def test_a_drained_outbox_keeps_each_residents_order(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    people = [town.resident() for _ in range(5)]
    ids = {person: town.messages(4, person) for person in people}
    async with a_dispatcher(town, channel, clock) as dispatcher:
        await dispatcher.drain()
    order = [one.message_id for one in channel.sent]
    for mine in ids.values():
        assert [one for one in order if one in mine] == mine


async def test_draining_tells_when_the_pace_lets_more_leave(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database, pace=1.0), RecordingChannel()
    town.messages(3)
    async with a_dispatcher(town, channel, clock) as dispatcher:
        assert await dispatcher.drain() == NOON + timedelta(seconds=1)
        clock.forward(timedelta(seconds=1))
        assert await dispatcher.drain() == NOON + timedelta(seconds=2)
        clock.forward(timedelta(seconds=1))
        await dispatcher.drain()
    assert len(channel.sent) == 3


async def test_a_429_with_a_wait_is_sent_once_after_it(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    message = town.message()
    channel.script.append(Postponed(timedelta(seconds=3), "20429", "too many"))
    async with a_dispatcher(town, channel, clock) as dispatcher:
        assert await dispatcher.drain() is None
        assert town.row(message).status == "queued"
        clock.forward(timedelta(seconds=3))
        await dispatcher.drain()
    assert town.row(message).status == "sent"
    assert len(channel.sent) == 2


async def test_a_channel_that_fails_leaves_unknown_and_goes_on(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    first, second = town.messages(2, due_at=NOON)
    channel.script.append(ValueError("a mistake of ours"))
    async with a_dispatcher(town, channel, clock, places=1) as dispatcher:
        await dispatcher.drain()
    assert town.statuses(first, second) == ["unknown", "sent"]
    assert town.row(first).error_code == "error"


async def test_a_channel_that_never_answers_is_given_up(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.dispatcher.LONGEST_SEND", 0.02)
    town, channel = a_town(database), RecordingChannel(before=lambda _: asyncio.Event().wait())
    message = town.message()
    async with a_dispatcher(town, channel, clock) as dispatcher:
        await dispatcher.drain()
    assert (town.row(message).status, town.row(message).error_code) == ("unknown", "timeout")


# -- running


async def test_it_runs_until_it_is_stopped_and_is_woken_by_what_is_put_in(database: Database) -> None:
    town, channel = a_town(database), RecordingChannel()
    async with a_dispatcher(town, channel, SystemClock()) as dispatcher:
        running = asyncio.create_task(dispatcher.run())
        first = town.message(due_at=SystemClock().now())
        dispatcher.wake()
        await until(lambda: town.row(first).status == "sent")
        second = town.message(due_at=SystemClock().now())  # nobody wakes it: the poll finds it
        await until(lambda: town.row(second).status == "sent")
        await dispatcher.stop()
        await running
    assert [one.message_id for one in channel.sent] == [first, second]


async def test_a_reply_overtakes_bulk_that_fills_its_places(database: Database) -> None:
    """Every place that bulk may have is taken by sends that hang; a reply still goes at once."""
    release = asyncio.Event()
    town = a_town(database)
    waiting = lambda message: release.wait() if message.text == "bulk" else None  # noqa: E731
    channel = RecordingChannel(before=waiting)
    town.messages(20, priority=2, text="bulk", due_at=SystemClock().now())
    async with a_dispatcher(town, channel, SystemClock(), places=8) as dispatcher:
        running = asyncio.create_task(dispatcher.run())
        await until(lambda: channel.at_once == 6)
        reply = town.message(due_at=SystemClock().now())
        dispatcher.wake()
        await until(lambda: town.row(reply).status == "sent")
        assert channel.at_once == 6
        release.set()
        await until(lambda: len(channel.sent) == 21)
        await dispatcher.stop()
        await running
    assert channel.most_at_once <= 8


async def test_stopping_finishes_what_is_on_its_way_and_leaves_the_rest_queued(database: Database) -> None:
    release = asyncio.Event()
    town, channel = a_town(database), RecordingChannel(before=lambda _: release.wait())
    ids = town.messages(10, due_at=SystemClock().now())
    async with a_dispatcher(town, channel, SystemClock(), places=4) as dispatcher:
        running = asyncio.create_task(dispatcher.run())
        await until(lambda: channel.at_once == 4)
        stopping = asyncio.create_task(dispatcher.stop())
        await asyncio.sleep(0)
        release.set()
        await stopping
        await running
    assert sorted(town.statuses(*ids)) == ["queued"] * 6 + ["sent"] * 4


async def test_what_does_not_end_in_time_is_unknown(database: Database) -> None:
    town, channel = a_town(database), RecordingChannel(before=lambda _: asyncio.Event().wait())
    message = town.message(due_at=SystemClock().now())
    async with a_dispatcher(town, channel, SystemClock()) as dispatcher:
        running = asyncio.create_task(dispatcher.run())
        await until(lambda: channel.at_once == 1)
        await dispatcher.stop(grace=0.01)
        await running
    assert (town.row(message).status, town.row(message).error_code) == ("unknown", "interrupted")


async def test_what_is_claimed_while_it_stops_goes_back(database: Database) -> None:
    town, channel = a_town(database), RecordingChannel()
    ids = town.messages(3, due_at=SystemClock().now())
    stopping: list[asyncio.Task[None]] = []

    class Stopped(Writer):
        async def run(self, work):  # type: ignore[no-untyped-def]
            found = await super().run(work)
            if isinstance(found, Claim) and found.messages:
                stopping.append(asyncio.create_task(dispatcher.stop()))
                await asyncio.sleep(0)
            return found

    writer = Stopped(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, SystemClock(), opt_outs=no_opt_outs)
    await dispatcher._look_round()
    await until(lambda: bool(stopping))
    await stopping[0]
    writer.close()
    assert channel.sent == []
    assert town.statuses(*ids) == ["queued"] * 3
    assert town.row(ids[0]).attempts == 0


async def test_who_is_given_up_leaves_its_place_to_the_next(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.dispatcher.LONGEST_SEND", 0.02)
    hangs: list[int] = []
    town = a_town(database)
    channel = RecordingChannel(before=lambda one: asyncio.Event().wait() if one.message_id in hangs else None)
    first, second, third = town.messages(3)
    hangs += [first, third]
    async with a_dispatcher(town, channel, clock, places=1) as dispatcher:
        await dispatcher.drain()
    assert town.statuses(first, second, third) == ["unknown", "sent", "unknown"]
    assert {town.row(one).error_code for one in hangs} == {"timeout"}


async def test_a_claim_whose_commit_is_in_doubt_is_put_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks after the commit was sent: the rows are ours, and nobody would send them."""
    town, channel = a_town(database), RecordingChannel()
    message = town.message()

    class Cut(Writer):
        cut = True

        def write(self, work):  # type: ignore[no-untyped-def]
            found = super().write(work)
            if self.cut:
                self.cut = False
                raise OperationalError("COMMIT", {}, RuntimeError("server closed the connection"))
            return found

    writer = Cut(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, SetClock(NOON), opt_outs=no_opt_outs)
    with pytest.raises(OperationalError):
        await dispatcher.drain()
    assert town.row(message).status == "sending"
    await dispatcher.stop()
    assert town.row(message).status == "queued"
    await Dispatcher(writer, {"sms": channel}, SetClock(NOON), opt_outs=no_opt_outs).drain()
    writer.close()
    assert town.row(message).status == "sent"
    assert len(channel.sent) == 1


async def test_results_outlive_a_database_that_is_away(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    message = town.message()
    times_away = 2

    class Away(Writer):
        def write(self, work):  # type: ignore[no-untyped-def]
            nonlocal times_away
            if channel.sent and times_away:
                times_away -= 1
                raise OperationalError("BEGIN", {}, RuntimeError("the database system is starting up"))
            return super().write(work)

    writer = Away(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs)
    await dispatcher.drain()
    await dispatcher.stop()
    writer.close()
    assert (town.row(message).status, times_away) == ("sent", 0)


async def test_results_are_recorded_together(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    town.messages(150)
    writes = 0

    class Counting(Writer):
        def write(self, work):  # type: ignore[no-untyped-def]
            nonlocal writes
            writes += 1
            return super().write(work)

    writer = Counting(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs, places=200)
    await dispatcher.drain()
    await dispatcher.stop()
    writer.close()
    assert len(channel.sent) == 150
    assert writes <= 6


async def test_what_waits_too_long_for_a_place_goes_back_and_is_looked_at_again(
    database: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = a_town(database)
    town.messages(8, priority=2)
    taken = town.claim().messages
    sent: list[int] = []
    released: list[int] = []

    async def send(lane: Lane, message: Claimed, carrier: Carrier) -> None:
        await asyncio.sleep(0)
        sent.append(message.id)
        lane.leave(carrier)

    lane = Lane(town.sender_id, 4, send, lambda message: released.append(message.id), lambda _: None)
    lane.take(taken)
    assert len(lane.sending) == 3, "one place is for replies"
    monkeypatch.setattr("bot.delivery.lane.STALE_AFTER", 0.0)
    while lane.sending:
        await asyncio.wait(set(lane.sending))
    assert sent == [message.id for message in taken[:3]]
    assert released == [message.id for message in taken[3:]]


async def test_what_is_claimed_ahead_lasts_while_the_next_claim_is_made() -> None:
    """A fast provider does not wait for a slow database; what a kill would leave in doubt is no more than that."""

    async def send(*_: object) -> None: ...

    def ahead(rate: float, claim_seconds: float) -> int:
        lane = Lane(1, 64, send, lambda _: None, lambda _: None, claim_seconds=claim_seconds)
        lane._rate, lane._since = rate, asyncio.get_running_loop().time() + 60
        return lane.wanted()[0] - lane.places

    assert ahead(0.0, 0.2) == 0, "nobody knows yet how fast it goes"
    assert ahead(100.0, 0.01) == 10, "a tenth of a second"
    assert ahead(1_000.0, 0.05) == 200, "four times what a claim takes"
    assert ahead(1_000.0, 9.0) == 400, "within bounds"
    assert ahead(50_000.0, 9.0) == 8 * 64


async def test_a_lane_that_stood_empty_for_a_while_wants_almost_as_many_as_before() -> None:
    async def send(*_: object) -> None: ...

    lane = Lane(1, 64, send, lambda _: None, lambda _: None)
    lane._rate, lane._since = 1_000.0, asyncio.get_running_loop().time() - 60
    assert lane.wanted()[0] - lane.places == 80
    lane.empty()
    assert lane.wanted()[0] == lane.places, "where sends do not go well nothing is claimed ahead"


async def test_stopping_does_not_wait_for_ever_for_a_database_that_is_away(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database), RecordingChannel()
    message = town.message()

    class Away(Writer):
        def write(self, work):  # type: ignore[no-untyped-def]
            if channel.sent:
                raise OperationalError("BEGIN", {}, RuntimeError("the database system is shut down"))
            return super().write(work)

    writer = Away(database)
    dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=no_opt_outs)
    draining = asyncio.create_task(dispatcher.drain())
    await until(lambda: bool(channel.sent))
    await dispatcher.stop(grace=0.1)
    await draining
    writer.close()
    assert town.row(message).status == "sending", "recovery makes it unknown"


async def test_an_unknown_channels_messages_wait(database: Database, clock: SetClock) -> None:
    town, channel = a_town(database, address="telegram:soundings_test_bot"), RecordingChannel()
    message = town.message(town.resident("telegram:5"))
    async with a_dispatcher(town, channel, clock) as dispatcher:
        assert await dispatcher.drain() is None
    assert town.row(message).status == "queued"


async def test_two_dispatchers_send_each_message_once(postgres_database: Database) -> None:
    """Two processes' worth of dispatchers on one outbox of 400, at one pace."""
    town = a_town(postgres_database, pace=2_000.0)
    town.messages(400, due_at=SystemClock().now())
    both = asyncio.Event()

    async def together(_message: Outgoing) -> None:
        """The first one's sends hang until the second one has sends of its own on their way."""
        if all(channel.at_once for channel in channels):
            both.set()
        await both.wait()

    channels = [RecordingChannel(before=together), RecordingChannel(before=together)]

    def left() -> int:
        with postgres_database.read() as connection:
            statement = select(func.count()).where(Message.status != "sent")
            return int(connection.execute(statement).scalar_one())

    async with (
        a_dispatcher(town, channels[0], SystemClock(), places=16) as first,
        a_dispatcher(town, channels[1], SystemClock(), places=16) as second,
    ):
        running = [asyncio.create_task(one.run()) for one in (first, second)]
        await until(lambda: left() == 0)
        for one in (first, second):
            await one.stop()
        await asyncio.gather(*running)
    ids = [one.message_id for channel in channels for one in channel.sent]
    assert len(ids) == len(set(ids)) == 400
    assert all(channel.most_at_once <= 16 for channel in channels)


# -- waking


async def test_any_thread_may_wake(database: Database) -> None:
    wakeup = Wakeup(database)
    wakeup.wake()
    await wakeup.open()
    if not database.is_sqlite:
        assert await wakeup.wait(10), "listening has begun"
    assert not await wakeup.wait(0)
    await asyncio.to_thread(wakeup.wake)
    assert await wakeup.wait(10)
    assert not await wakeup.wait(0), "once is once"
    await wakeup.close()
    wakeup.wake()


async def test_another_process_wakes_by_notify_once_it_has_committed(postgres_database: Database) -> None:
    wakeup = Wakeup(postgres_database)
    await wakeup.open()
    assert await wakeup.wait(10), "listening has begun"
    with postgres_database.write() as connection:
        notify(connection)
        assert not await wakeup.wait(0.05)
    assert await wakeup.wait(10)
    await wakeup.close()


async def test_listening_is_taken_up_again_when_the_connection_is_cut(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wakeup._FIRST_PAUSE", 0.01)
    wakeup = Wakeup(postgres_database)
    await wakeup.open()
    assert await wakeup.wait(10)
    with postgres_database.write() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'")
    assert await wakeup.wait(10), "it listens again"
    with postgres_database.write() as connection:
        notify(connection)
    assert await wakeup.wait(10)
    await wakeup.close()


def test_on_sqlite_there_is_nobody_to_notify(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        notify(connection)


async def test_five_lost_answers_pause_a_sender_and_one_probe_brings_it_back(
    database: Database, clock: SetClock
) -> None:
    town, channel = a_town(database), RecordingChannel()
    ids = town.messages(9)
    channel.script.extend([Ambiguous("timeout", "no answer")] * 6)
    handed: list[Outgoing] = channel.sent
    async with a_dispatcher(town, channel, clock, places=1) as dispatcher:
        await dispatcher.drain()
        assert len(handed) == 5
        clock.forward(timedelta(seconds=30))
        await dispatcher.drain()
        assert len(handed) == 6
        clock.forward(timedelta(seconds=60))
        await dispatcher.drain()
    assert town.statuses(*ids) == ["unknown"] * 6 + ["sent"] * 3
