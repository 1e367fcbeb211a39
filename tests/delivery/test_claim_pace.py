"""The claim: how fast a sender's messages leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.database import Database
from storage.models import Message, Sender
from tests.builders import NOON
from tests.delivery.post import a_town

SECOND = timedelta(seconds=1)


def test_the_pace_is_kept_over_any_second(database: Database) -> None:
    """Ten a second: a quarter of a second's worth at once after quiet, then one each tenth of a second."""
    town = a_town(database, pace=10.0)
    town.messages(30)
    sent: list[float] = []
    now = NOON
    while len(sent) < 25:
        claim = town.claim(now)
        sent += [(now - NOON).total_seconds()] * len(claim.messages)
        assert claim.again_at is not None
        assert claim.again_at > now or claim.messages
        now = max(claim.again_at, now + timedelta(microseconds=1))
    assert max(sum(at <= other < at + 1 for other in sent) for at in sent) <= 13
    assert sent[-1] == pytest.approx(2.25, abs=0.11)


def test_a_long_text_leaves_on_a_full_budget_and_is_paid_off_afterwards(database: Database) -> None:
    town = a_town(database, pace=1.0)
    first = town.message(segments=3)
    second = town.message()
    claim = town.claim()
    assert [message.id for message in claim.messages] == [first]
    assert claim.again_at == NOON + 3 * SECOND
    assert town.claimed(NOON + timedelta(seconds=2.9)) == []
    assert town.claimed(NOON + 3 * SECOND) == [second]


def test_off_sms_a_message_costs_one_whatever_its_segments(database: Database) -> None:
    town = a_town(database, pace=4.0, address="sim:1")
    for number in range(3):
        town.message(town.resident(f"sim:{number + 10}"), segments=9)
    assert len(town.claimed()) == 1
    assert len(town.claimed(NOON + SECOND / 4)) == 1


def test_a_clock_put_back_neither_refills_nor_takes_away(database: Database) -> None:
    town = a_town(database, pace=1.0)
    town.messages(3, due_at=NOON - timedelta(days=1))
    assert len(town.claimed()) == 1
    earlier = NOON - timedelta(hours=1)
    assert len(town.claimed(earlier)) == 0
    town.change(Sender, town.sender_id, budget=-1.0)
    assert len(town.claimed(earlier)) == 0
    town.change(Sender, town.sender_id, budget=1.0)
    assert len(town.claimed(earlier)) == 1, "what was left is there still, and time goes on from here"
    assert len(town.claimed(earlier + SECOND)) == 1


def test_telegram_goes_no_faster_than_it_takes_and_a_chat_once_a_second(database: Database) -> None:
    town = a_town(database, pace=1_000.0, address="telegram:soundings_test_bot")
    chats = [town.resident(f"telegram:{number}") for number in range(40)]
    first, second = town.messages(2, chats[0])
    for chat in chats[1:]:
        town.message(chat)
    claimed = town.claimed()
    assert len(claimed) == 7, "a quarter of thirty a second"
    assert first in claimed
    town.change(Message, first, status="sent")
    assert town.row(second).due_at == NOON + SECOND


def test_a_reply_waits_for_an_earlier_one_that_its_chats_spacing_put_off(database: Database) -> None:
    town = a_town(database, address="telegram:soundings_test_bot")
    chat = town.resident("telegram:5")
    first, second = town.messages(2, chat)
    assert town.claimed() == [first]
    town.change(Message, first, status="sent")
    soon = NOON + SECOND / 2
    third = town.message(chat, due_at=soon)
    assert town.claimed(soon) == [], "it would overtake"
    assert town.claimed(NOON + SECOND) == [second]
    town.change(Message, second, status="sent")
    assert town.claimed(NOON + 2 * SECOND) == [third]


def test_a_sender_that_waits_or_is_paused_sends_nothing(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    town.change(Sender, town.sender_id, wait_until=NOON + SECOND)
    claim = town.claim()
    assert (claim.messages, claim.again_at) == ((), NOON + SECOND)
    town.change(Sender, town.sender_id, wait_until=NOON, paused_at=NOON, paused_reason="no credit")
    assert town.claimed() == []
    town.change(Sender, town.sender_id, paused_at=None)
    assert town.claimed() == [message]


def test_two_workers_share_one_pace(postgres_database: Database) -> None:
    """While one claims, another finds the sender taken, does not wait, and is told when to come again."""
    town = a_town(postgres_database, pace=4.0)
    town.messages(4)
    with postgres_database.write() as first:
        from bot.delivery.claim import claim

        assert len(claim(first, town.sender_id, NOON).messages) == 1
        busy = town.claim()
        assert busy.messages == ()
        assert busy.again_at == NOON + timedelta(milliseconds=20)
    assert town.claimed() == [], "what the first one took is spent for the second too"
    assert len(town.claimed(NOON + SECOND / 4)) == 1
