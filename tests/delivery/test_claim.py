"""The claim: what leaves, and in which order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from storage.database import Database
from storage.models import Message, Sender
from tests.builders import NOON
from tests.delivery.post import DAYTIME, a_town

#: 22:00 in Halifax, and the next morning's opening.
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_claimed_message_is_on_its_way_and_not_claimed_again(database: Database) -> None:
    town = a_town(database)
    message_id = town.message(text="Hello", buttons=[{"key": "a", "label": "A"}], visit=3, valid_until=NOON + SECOND)
    (claimed,) = town.claim().messages
    row = town.row(message_id)
    assert (row.status, row.claimed_at, row.attempts) == ("sending", NOON, 1)
    assert (claimed.id, claimed.attempt, claimed.claimed_at) == (message_id, 1, NOON)
    assert (claimed.sender, claimed.address, claimed.channel) == ("sms:+19025550100", "sms:+19025550000", "sms")
    assert (claimed.text, claimed.buttons, claimed.visit) == ("Hello", (("a", "A"),), 3)
    assert town.claimed() == []


def test_replies_come_before_reminders_before_bulk_and_the_longest_due_first(database: Database) -> None:
    town = a_town(database)
    bulk = town.message(priority=2, due_at=NOON - timedelta(hours=2))
    reminder = town.message(priority=1, due_at=NOON - timedelta(hours=1))
    late = town.message(due_at=NOON)
    early = town.message(due_at=NOON - SECOND)
    future = town.message(due_at=NOON + SECOND)
    assert town.claimed(limit=3) == [early, late, reminder]
    assert town.claimed() == [bulk]
    assert town.claimed(NOON + SECOND) == [future]


def test_bulk_leaves_places_for_replies(database: Database) -> None:
    town = a_town(database)
    town.messages(5, priority=2)
    reply = town.message()
    assert len(town.claimed(limit=5, bulk_limit=2)) == 3
    assert town.row(reply).status == "sending"
    assert town.claimed(limit=5, bulk_limit=0) == []


# -- order


def test_a_residents_messages_leave_one_after_the_other(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    first, second = town.messages(2, resident)
    claim = town.claim()
    assert [message.id for message in claim.messages] == [first]
    assert town.claimed() == [], "the second waits while the first is on its way"
    town.change(Message, first, status="sent")
    assert town.claimed() == [second]


def test_a_reply_does_not_wait_for_bulk_that_is_not_due(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    bulk = town.message(resident, priority=2, due_at=NOON + timedelta(hours=9))
    reply = town.message(resident)
    assert town.claimed() == [reply]
    assert town.row(bulk).status == "queued"


def test_one_claim_takes_one_message_a_resident(database: Database) -> None:
    """Neither waits for the other, and yet they must not travel side by side: which arrives first would be chance."""
    town = a_town(database)
    resident = town.resident()
    bulk = town.message(resident, priority=2)
    reply = town.message(resident)
    assert town.claimed() == [reply]
    assert town.claimed() == [], "while one is on its way nothing else goes, however urgent"
    town.change(Message, reply, status="sent")
    assert town.claimed() == [bulk]


def test_a_conversation_keeps_its_order_when_its_first_message_is_put_off(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident)
    first = town.message(resident, run_id=run, due_at=NOON + timedelta(seconds=30), hours_exempt_until=NOON + SECOND)
    second = town.message(resident, run_id=run)
    other = town.message(resident)
    assert town.claimed() == []
    for message in (first, second, other):
        assert town.claimed(NOON + timedelta(seconds=30)) == [message]
        town.change(Message, message, status="sent")


def test_a_reply_put_off_to_the_morning_leaves_when_its_resident_texts_again(database: Database) -> None:
    town = a_town(database, hours=DAYTIME)
    resident = town.resident()
    run = town.run(resident)
    old = town.message(resident, run_id=run, due_at=NIGHT - timedelta(hours=1), hours_exempt_until=NIGHT - SECOND)
    assert town.claimed(NIGHT) == []
    assert town.row(old).due_at == MORNING
    later = NIGHT + timedelta(hours=1)
    new = town.message(resident, run_id=run, due_at=later, hours_exempt_until=later + timedelta(minutes=15))
    assert town.claimed(later) == [old]
    town.change(Message, old, status="sent")
    assert town.claimed(later) == [new]


def test_another_senders_stuck_message_does_not_hold_a_resident_back(database: Database) -> None:
    town = a_town(database)
    with database.write() as connection:
        values = {"address": "sms:+19025550101", "channel": "sms", "opt_out": "ours", "pace": 1.0, "created_at": NOON}
        other = connection.execute(insert(Sender).values(**values).returning(Sender.id)).scalar_one()
    resident = town.resident()
    town.message(resident, sender_id=other)
    message = town.message(resident)
    assert town.claimed() == [message]
