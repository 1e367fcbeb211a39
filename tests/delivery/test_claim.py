"""The claim: what leaves, in which order, how fast; and what waits or ends instead, by the reason."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update

from bot.campaigns.changes import resume
from bot.delivery.claim import claim
from storage.campaigns import hold_paused
from storage.database import Database
from storage.models import Address, Answer, Campaign, InboxItem, Message, SegmentUsage, Sender, Update
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


# -- pace


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


# -- consent, address, campaign


@pytest.mark.parametrize(
    ("resident", "message", "status", "code"),
    [
        ({"opted_out_at": NOON}, {"priority": 2}, "cancelled", "opted_out"),
        ({"opted_out_at": NOON}, {"kind": "say"}, "cancelled", "opted_out"),
        ({"opted_out_at": NOON}, {"kind": "manual"}, "cancelled", "opted_out"),
        ({"opted_out_at": NOON}, {"kind": "confirmation"}, "sending", None),
        ({"opted_out_at": NOON}, {"kind": "help"}, "sending", None),
        ({"held_at": NOON}, {"kind": "say"}, "queued", None),
        ({"held_at": NOON}, {"priority": 2}, "queued", None),
        ({"held_at": NOON}, {"kind": "confirmation"}, "sending", None),
        ({"held_at": NOON}, {"kind": "manual"}, "sending", None),
        ({"surveys": "none"}, {"priority": 2}, "cancelled", "no_consent"),
        ({"surveys": "withdrawn"}, {"priority": 2}, "cancelled", "no_consent"),
        ({"surveys": "withdrawn"}, {"priority": 1, "kind": "reminder"}, "cancelled", "no_consent"),
        ({"surveys": "none"}, {"priority": 1, "kind": "reminder"}, "cancelled", "no_consent"),
        ({"surveys": "none", "last_inbound_at": NOON}, {"priority": 1, "kind": "reminder"}, "sending", None),
        ({"surveys": "none"}, {"kind": "prompt"}, "sending", None),
        ({"surveys": "withdrawn"}, {"kind": "prompt"}, "sending", None),
        ({"surveys": "none"}, {"kind": "manual", "priority": 2}, "sending", None),
        ({"address_status": "dead"}, {}, "cancelled", "address_dead"),
        ({"address_status": "blocked"}, {"kind": "confirmation"}, "cancelled", "address_blocked"),
        ({"address_status": "closed"}, {}, "cancelled", "address_closed"),
        ({"address_status": "closed"}, {"kind": "confirmation"}, "sending", None),
        ({}, {"valid_until": NOON}, "dropped", "expired"),
        ({}, {"valid_until": NOON + SECOND}, "sending", None),
    ],
)
def test_wishes_are_looked_at_again_when_a_message_leaves(
    database: Database, resident: dict[str, Any], message: dict[str, Any], status: str, code: str | None
) -> None:
    town = a_town(database)
    message_id = town.message(town.resident(**resident), **message)
    town.claim()
    row = town.row(message_id)
    assert (row.status, row.error_code) == (status, code)
    assert (row.settled_at is not None) == (status in ("cancelled", "dropped"))
    assert bool(row.error) == bool(code)
    if status == "queued":
        assert row.due_at == NOON + timedelta(minutes=1), "looked at again soon"


@pytest.mark.parametrize(
    ("campaign", "message", "status", "code"),
    [
        ("paused", {"priority": 2}, "queued", None),
        ("paused", {"priority": 1, "kind": "reminder"}, "queued", None),
        ("paused", {"priority": 0}, "sending", None),
        ("cancelled", {"priority": 2}, "cancelled", "campaign_cancelled"),
        ("cancelled", {"priority": 0}, "cancelled", "campaign_cancelled"),
        ("cancelled", {"kind": "confirmation"}, "sending", None),
        ("closed", {"priority": 2}, "dropped", "campaign_closed"),
        ("closed", {"priority": 1, "kind": "reminder"}, "sending", None),
        ("closed", {"priority": 0}, "sending", None),
        ("launching", {"priority": 2}, "sending", None),
    ],
)
def test_a_campaigns_state_is_looked_at_again_when_a_message_leaves(
    database: Database, campaign: str, message: dict[str, Any], status: str, code: str | None
) -> None:
    town = a_town(database)
    town.change(Campaign, town.campaign_id, status=campaign)
    message_id = town.message(campaign_id=town.campaign_id, **message)
    town.claim()
    assert (town.row(message_id).status, town.row(message_id).error_code) == (status, code)


def test_a_paused_campaign_goes_on_within_a_second_of_being_resumed(database: Database) -> None:
    town = a_town(database)
    town.change(Campaign, town.campaign_id, status="paused")
    waiting = town.messages(300, priority=2)
    reply = town.message()
    assert town.claimed() == [reply], "replies do not wait behind what is paused"
    town.change(Campaign, town.campaign_id, status="running")
    assert len(town.claimed(NOON + SECOND, burst=10.0)) == len(waiting)


def test_who_resumes_while_a_claim_puts_messages_off_finds_them(postgres_database: Database) -> None:
    town = a_town(postgres_database)
    town.change(Campaign, town.campaign_id, status="paused", launched_at=None)
    town.messages(300, priority=2, campaign_id=town.campaign_id)

    def resume_it() -> None:
        with postgres_database.write() as connection:
            campaign = connection.execute(select(Campaign.__table__)).one()
            resume(connection, campaign, NOON)

    resuming = threading.Thread(target=resume_it)
    with postgres_database.write() as claiming:
        claim(claiming, town.sender_id, NOON)
        resuming.start()
        while resuming.is_alive() and not _waits_for_a_lock(postgres_database):
            pass
    resuming.join()
    with postgres_database.read() as connection:
        late = select(func.count()).where(Message.status == "queued", Message.due_at > NOON)
        assert connection.execute(late).scalar_one() == 0


def _waits_for_a_lock(database: Database) -> bool:
    with database.read() as connection:
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(connection.execute(waiting).scalar_one())


def test_a_campaign_that_was_resumed_since_its_messages_were_read_is_not_put_off(database: Database) -> None:
    town = a_town(database)
    with database.read() as connection:
        assert hold_paused(connection, [town.campaign_id]) == set()
    town.change(Campaign, town.campaign_id, status="paused")
    with database.write() as connection:
        assert hold_paused(connection, [town.campaign_id, 99]) == {town.campaign_id}


def _an_update(town: Any, **changes: Any) -> int:
    fields = {"community_id": town.community_id, "texts": {"en": "News"}, "status": "sending", "created_at": NOON}
    with town.database.write() as connection:
        return int(connection.execute(insert(Update).values(**{**fields, **changes}).returning(Update.id)).scalar_one())


@pytest.mark.parametrize(
    ("resident", "answered", "status"),
    [
        ({"updates": "granted", "surveys": "none"}, False, "sending"),
        ({"updates": "withdrawn"}, True, "cancelled"),
        ({"updates": "none"}, False, "cancelled"),
        ({"updates": "none"}, True, "sending"),
    ],
)
def test_an_update_goes_to_those_who_subscribed_or_took_part(
    database: Database, resident: dict[str, Any], answered: bool, status: str
) -> None:
    town = a_town(database)
    participant = town.resident(**resident)
    if answered:
        run = town.run(participant, status="ended")
        answer = {"community_id": town.community_id, "participant_id": participant, "run_id": run, "value": "snow"}
        answer |= {"revision_id": town.revision_id, "question": "focus", "state": "focus", "raw": "2", "language": "en"}
        with database.write() as connection:
            connection.execute(insert(Answer).values(**answer, answered_at=NOON))
    update_id = _an_update(town)
    # The campaign that it tells of is over: that does not hold it back.
    town.change(Campaign, town.campaign_id, status="closed")
    message = town.message(
        participant, kind="update", priority=2, update_id=update_id, occurrence=1, campaign_id=town.campaign_id
    )
    town.claim()
    assert town.row(message).status == status


def test_a_cancelled_updates_messages_are_cancelled(database: Database) -> None:
    town = a_town(database)
    message = town.message(kind="update", priority=2, update_id=_an_update(town, status="cancelled"), occurrence=1)
    town.claim()
    assert (town.row(message).status, town.row(message).error_code) == ("cancelled", "update_cancelled")


# -- hours


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
