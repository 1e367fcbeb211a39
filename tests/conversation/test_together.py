"""Several machines at once: one conversation at a time, nothing twice, nothing lost, whoever is first."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.channels.base import Inbound
from bot.conversation import RunStart, receive, start_runs
from bot.writer import Writer
from storage.database import Database
from storage.models import Answer, Message, Participant, Run
from tests.builders import NOON, a_house, a_participant, a_place, an_inbound
from tests.conversation.talk import Phone, one, read


def at_once(database: Database, *works: Callable[[Connection], object]) -> None:
    """Run each of these in a transaction and a thread of its own, all at the same time."""
    writers = [Writer(database) for _ in works]
    ready = threading.Barrier(len(works))
    failed: list[BaseException] = []

    def run(writer: Writer, work: Callable[[Connection], object]) -> None:
        ready.wait()
        try:
            writer.write(work)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(writers, works, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.close()
    assert not failed, failed


def taking_in(texts: Sequence[Inbound], now: datetime) -> Callable[[Connection], object]:
    """A machine of its own: what it knows of the house is not shared."""
    house = a_house()
    return lambda connection: receive(connection, texts, now, house)


def begin(database: Database, count: int) -> tuple[list[str], list[RunStart]]:
    addresses = [f"sms:+1902555{n:04}" for n in range(count)]
    with database.write() as connection:
        place = a_place(connection)
        ids = [a_participant(connection, place.community_id, address) for address in addresses]
    return addresses, [RunStart(one_id, place.revision_id, place.campaign_id) for one_id in ids]


def test_the_same_webhooks_on_three_machines(database: Database) -> None:
    addresses, starts = begin(database, 30)
    phone = Phone(database)
    phone.start(*starts)
    for address in addresses:
        Phone(database, address=address).messages()
    now = phone.now + timedelta(minutes=1)
    texts = [an_inbound("2", address=address, at=now) for address in addresses]
    at_once(database, taking_in(texts, now), taking_in(texts[::-1], now), taking_in(texts, now))
    assert one(database, select(func.count()).where(Message.direction == "in")) == 30
    assert one(database, select(func.count()).select_from(Answer)) == 30
    replies = Counter(row.reply_to for row in read(database, select(Message.reply_to).where(Message.kind == "prompt")))
    replies.pop(None)
    assert set(replies.values()) == {1}


def test_different_texts_of_the_same_people_on_two_machines(database: Database) -> None:
    """Each is stepped on what the other has left; visits never go back, and no text is lost."""
    addresses, starts = begin(database, 20)
    phone = Phone(database)
    phone.start(*starts)
    for address in addresses:
        Phone(database, address=address).messages()
    now = phone.now + timedelta(minutes=1)
    at_once(
        database,
        *(taking_in([an_inbound(words, address=one_, at=now) for one_ in order], now)
          for words, order in (("2", addresses), ("3", addresses[::-1]))),
    )  # fmt: skip
    assert one(database, select(func.count()).where(Message.direction == "in")) == 40
    focus = read(database, select(Answer.value).where(Answer.question == "focus"))
    assert len(focus) == 20
    assert {row.value for row in focus} <= {"snow", "cars"}


def test_stop_and_a_launch_at_once(database: Database) -> None:
    """Whoever is first: nothing waits in the outbox for who said STOP, but the confirmation."""
    addresses, starts = begin(database, 20)
    house, now = a_house(), NOON + timedelta(minutes=1)
    stops = [an_inbound("STOP", address=address, at=now) for address in addresses]
    at_once(database, taking_in(stops, now), lambda connection: start_runs(connection, starts, now, house))
    waiting = read(database, select(Message.kind).where(Message.direction == "out", Message.status == "queued"))
    assert Counter(row.kind for row in waiting) == {"confirmation": 20}
    assert one(database, select(func.count()).where(Run.status != "ended")) == 0
    assert one(database, select(func.count()).where(Participant.opted_out_at.is_not(None))) == 20


def test_one_stranger_joins_on_two_machines_once(database: Database) -> None:
    with database.write() as connection:
        a_place(connection)
    now = NOON + timedelta(minutes=1)
    at_once(
        database,
        *(taking_in([an_inbound("JOIN", address="sms:+19025550142", at=now)], now) for _ in range(3)),
    )
    assert one(database, select(func.count()).select_from(Participant)) == 1
    assert one(database, select(func.count()).select_from(Run)) == 1
