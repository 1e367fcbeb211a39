"""The claim: hours and caps, what is put off and until when; who is bound by none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from storage.database import Database
from storage.models import Address, InboxItem, Message, SegmentUsage
from tests.builders import NOON
from tests.delivery.post import DAYTIME, a_town

#: 22:00 in Halifax, and the next morning's opening.
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("message", "now", "leaves"),
    [
        ({"priority": 2}, NIGHT, False),
        ({"priority": 1, "kind": "reminder"}, NIGHT, False),
        ({"priority": 0}, NIGHT, False),
        ({"priority": 0, "hours_exempt_until": NIGHT + SECOND}, NIGHT, True),
        ({"priority": 0, "hours_exempt_until": NIGHT}, NIGHT, False),
        ({"kind": "notification"}, NIGHT, True),
        ({"priority": 2}, MORNING, True),
        ({"priority": 2}, MORNING - SECOND, False),
    ],
)
def test_hours_bind_all_but_a_reply_to_a_text_just_received(
    database: Database, message: dict[str, Any], now: datetime, leaves: bool
) -> None:
    town = a_town(database, hours=DAYTIME)
    message_id = town.message(**message)
    assert town.claimed(now) == ([message_id] if leaves else [])
    if not leaves:
        assert town.row(message_id).due_at == MORNING
        assert town.claimed(MORNING) == [message_id]


def test_hours_are_those_of_the_residents_own_zone(database: Database) -> None:
    town = a_town(database, hours=DAYTIME)
    vancouver = town.message(town.resident(timezone="America/Vancouver"), priority=2)
    halifax = town.message(town.resident(timezone=None), priority=2)
    assert town.claimed(NIGHT) == [vancouver], "six in the evening there"
    assert town.row(halifax).due_at == MORNING


def test_a_whole_campaign_is_put_off_in_a_few_claims(database: Database) -> None:
    town = a_town(database, hours=DAYTIME)
    town.messages(600, priority=2)
    there = town.message(town.resident(timezone="America/Vancouver"), priority=2)
    exempt = town.message(priority=2, hours_exempt_until=NIGHT + SECOND)
    claims = 0
    claimed: list[int] = []
    while (claim := town.claim(NIGHT)).again_at is not None or claim.messages:
        claims += 1
        claimed += [message.id for message in claim.messages]
    assert sorted(claimed) == [there, exempt]
    assert claims <= 2
    with database.read() as connection:
        waits = connection.execute(select(Message.due_at, func.count()).group_by(Message.due_at)).all()
    assert dict(tuple(row) for row in waits) == {MORNING: 600, NOON: 2}


def test_hours_that_cannot_be_read_are_the_usual_ones(database: Database) -> None:
    town = a_town(database, hours={"mon": "all day", "tue": ["x", "y"]})
    message = town.message(priority=2)
    assert town.claimed(NIGHT) == []
    assert town.row(message).due_at == MORNING


# -- caps


def test_a_resident_gets_no_more_than_the_cap_across_campaigns(database: Database) -> None:
    town = a_town(database, settings={"cap_per_day": 2, "cap_per_week": 3})
    resident = town.resident()
    ids = town.messages(5, resident, priority=2)
    sent_at: list[datetime] = []
    now = NOON
    for _ in range(60):
        for message_id in town.claimed(now):
            sent_at.append(now)
            town.change(Message, message_id, status="delivered")
        now += timedelta(hours=6)
    assert len(sent_at) == 5
    days = [(at - NOON) / timedelta(days=1) for at in sent_at]
    assert days == [0.0, 0.25, 1.0, 7.0, 7.25]
    assert town.statuses(*ids) == ["delivered"] * 5
    reply = town.message(resident, due_at=sent_at[-1])
    assert town.claimed(sent_at[-1]) == [reply], "replies do not count, and are not held"


def test_what_failed_does_not_count_and_one_conversation_counts_once(database: Database) -> None:
    town = a_town(database, settings={"cap_per_day": 1})
    failed = town.resident()
    town.message(failed, priority=2, status="failed", claimed_at=NOON)
    after = town.message(failed, priority=2)
    talker = town.resident()
    run = town.run(talker)
    hello = town.message(talker, priority=2, run_id=run, kind="say", status="sent", claimed_at=NOON)
    question = town.message(talker, priority=2, run_id=run)
    third = town.message(talker, priority=2)
    assert town.claimed() == [after, question]
    town.change(Message, question, status="sent")
    assert town.claimed() == []
    assert town.row(third).due_at == town.row(hello).claimed_at + timedelta(days=1)


def test_a_month_used_up_holds_messages_and_tells_the_community_once(database: Database) -> None:
    town = a_town(database, settings={"segments_per_month": 5})
    with database.write() as connection:
        connection.execute(insert(SegmentUsage).values(community_id=town.community_id, month="2026-11", segments=2))
    long, short, confirmation = town.message(segments=4), town.message(), town.message(kind="confirmation")
    assert town.claimed() == [short, confirmation]
    assert town.row(long).due_at == NOON + timedelta(minutes=10)
    assert town.claimed(NOON + timedelta(minutes=10)) == []
    with database.read() as connection:
        assert connection.execute(select(SegmentUsage.segments)).scalar_one() == 4
        (text,) = connection.execute(select(InboxItem.text)).scalars()
    assert "5 segments are used up" in text
    december = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    assert town.claimed(december - SECOND) == []
    assert town.claimed(december + timedelta(minutes=10)) == [long]
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(InboxItem)).scalar_one() == 1


def test_a_stop_that_is_being_written_is_not_overtaken(postgres_database: Database) -> None:
    """A message whose row another transaction is cancelling just now is left to it."""
    town = a_town(postgres_database)
    stopping, other = town.message(), town.message()
    with postgres_database.write() as connection:
        connection.execute(update(Message).where(Message.id == stopping).values(status="cancelled"))
        assert town.claimed() == [other]
    assert town.statuses(stopping, other) == ["cancelled", "sending"]


def test_what_is_unlike_all_others_does_not_keep_the_rest_from_leaving(database: Database) -> None:
    """Many that must wait, at the head of the queue, and one behind them that may go."""
    town = a_town(database)
    with database.write() as connection:
        town.crowd(connection, 450, resident={"held_at": NOON}, due_at=NOON - SECOND)
    last = town.message()
    claimed: list[int] = []
    for _ in range(4):
        claimed += town.claimed()
    assert claimed == [last]


def test_strangers_and_coordinators_are_written_to_without_a_ledger(database: Database) -> None:
    town = a_town(database)
    with database.write() as connection:
        values = {
            "community_id": town.community_id,
            "address": "sms:+19025550177",
            "channel": "sms",
            "created_at": NOON,
        }
        address_id = connection.execute(insert(Address).values(**values).returning(Address.id)).scalar_one()
    with database.write() as connection:
        message = town.put(connection, None, address_id=address_id, kind="say")
    assert town.claimed() == [message]
