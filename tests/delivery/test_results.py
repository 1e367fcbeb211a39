"""Results: what becomes of a message by the provider's answer, and what follows for its address, resident and sender."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.blocks import opt_outs
from bot.channels.base import Accepted, Ambiguous, Postponed, Refused, SendResult
from bot.delivery.results import Outcome, Released, record
from storage.database import Database
from storage.models import Address, Consent, InboxItem, Message, Participant, Run, SegmentUsage, Sender, Suppression
from storage.senders import resume_sender
from tests.builders import NOON, a_house
from tests.delivery.post import Town, a_town

SECOND = timedelta(seconds=1)
BUSY = Postponed(3 * SECOND, "20429", "too many requests at once")
LOST = Ambiguous("timeout", "Twilio did not answer in time")
TAKEN = Accepted("SM1")


def segments(town: Town) -> int:
    with town.database.read() as connection:
        return int(connection.execute(select(func.coalesce(func.sum(SegmentUsage.segments), 0))).scalar_one())


def inbox(town: Town) -> list[str]:
    with town.database.read() as connection:
        return list(connection.execute(select(InboxItem.text).order_by(InboxItem.id)).scalars())


def test_an_accepted_message_is_sent(database: Database) -> None:
    town = a_town(database)
    message = town.message(segments=2)
    town.record(town.claim().messages, TAKEN, NOON + SECOND)
    row = town.row(message)
    assert (row.status, row.provider_id, row.sent_at, row.settled_at) == ("sent", "SM1", NOON + SECOND, None)
    assert segments(town) == 2


def test_a_message_that_is_delivered_at_once_is_settled(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    town.record(town.claim().messages, Accepted("SM1", "delivered"))
    assert (town.row(message).status, town.row(message).settled_at) == ("delivered", NOON)


def test_a_429_makes_the_whole_sender_wait_and_the_message_goes_again(database: Database) -> None:
    town = a_town(database)
    first, second = town.message(segments=2), town.message()
    town.record(town.claim(limit=1).messages, BUSY)
    row = town.row(first)
    assert (row.status, row.due_at, row.claimed_at, row.error_code) == ("queued", NOON, None, "20429")
    assert segments(town) == 0, "what was not sent is given back"
    assert town.claim().again_at == NOON + 3 * SECOND
    town.record(town.claim(NOON + 3 * SECOND, limit=1).messages, TAKEN, NOON + 3 * SECOND)
    assert town.row(first).status == "sent"
    assert town.row(first).error_code is None
    assert town.row(second).status == "queued"


def test_a_postponement_of_one_chat_leaves_the_others_alone(database: Database) -> None:
    town = a_town(database, address="telegram:soundings_test_bot")
    chat = town.resident("telegram:1")
    first, second = town.messages(2, chat)
    other = town.message(town.resident("telegram:2"), due_at=NOON + SECOND)
    town.record(town.claim().messages, Postponed(10 * SECOND, "429", "too many to this chat", whole_sender=False))
    assert town.claimed(NOON + SECOND) == [other]
    assert town.row(second).due_at == NOON + 10 * SECOND
    assert town.claimed(NOON + 10 * SECOND) == [first]


def test_postponements_come_further_apart_and_end(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    alone = Postponed(timedelta(0), "30001", "queue full", whole_sender=False)
    now, pauses = NOON, []
    while town.row(message).status == "queued":
        town.record(town.claim(now).messages, alone, now)
        due_at = town.row(message).due_at
        pauses.append((due_at - now).total_seconds())
        now = due_at
    assert pauses[:-1] == [1, 2, 4, 8, 16, 32, 64]
    assert (town.row(message).status, town.row(message).attempts) == ("failed", 8)
    assert inbox(town) == [
        "1 messages could not be sent: queue full (30001). Send them again with: soundings outbox resend"
    ]


def test_a_refusal_ends_the_message_and_no_more(database: Database) -> None:
    town = a_town(database)
    message, other = town.message(segments=3), town.message(due_at=NOON + SECOND)
    assert town.record(town.claim().messages, Refused("21408", "not to this country")) == []
    row = town.row(message)
    assert (row.status, row.error_code, row.error, row.settled_at) == ("failed", "21408", "not to this country", NOON)
    assert segments(town) == 0
    assert town.claimed(NOON + SECOND) == [other]


def test_a_dead_address_is_marked_and_what_waits_for_it_cancelled(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    first, second = town.messages(2, resident)
    town.record(town.claim().messages, Refused("21614", "not a mobile number", "dead"))
    assert town.statuses(first, second) == ["failed", "cancelled"]
    with database.read() as connection:
        assert connection.execute(select(Address.status)).scalar_one() == "dead"


def test_a_block_is_an_opt_out_in_the_ledger(database: Database) -> None:
    """What a STOP does, this does: the ledger, the run, the queue, the hash; and nothing leaves afterwards."""
    town = a_town(database)
    resident = town.resident()
    with database.write() as connection:
        from bot.conversation import RunStart, start_runs

        start_runs(connection, [RunStart(resident, town.revision_id)], NOON, a_house())
    later = town.message(resident, due_at=NOON + timedelta(hours=1))
    outcomes = [Outcome(one, Refused("21610", "opted out at Twilio", "opt_out")) for one in town.claim().messages]
    for _ in range(2):  # the same results twice: the process was not sure that the commit had happened
        with database.write() as connection:
            record(connection, outcomes, NOON, opt_outs=opt_outs(a_house()))
    with database.read() as connection:
        participant = connection.execute(select(Participant.__table__)).one()
        ledger = connection.execute(select(Consent.scope, Consent.state).order_by(Consent.id)).all()
        assert connection.execute(select(func.count()).select_from(Suppression)).scalar_one() == 1
        assert connection.execute(select(Run.status, Run.outcome)).one() == ("ended", "stopped")
    assert (participant.opted_out_at, participant.surveys, participant.updates) == (NOON, "withdrawn", "withdrawn")
    assert [tuple(row) for row in ledger][2:] == [("surveys", "withdrawn"), ("updates", "withdrawn")]
    assert town.row(outcomes[0].claimed.id).status == "failed"
    assert town.row(later).status == "cancelled"


def test_a_misconfigured_sender_is_paused_and_loses_nothing(database: Database) -> None:
    town = a_town(database)
    messages = town.messages(3)
    broken = Refused("20003", "Twilio does not accept the account SID and auth token", "sender")
    town.record(town.claim().messages, broken)
    assert town.statuses(*messages) == ["queued"] * 3
    assert town.claimed() == []
    assert town.sender().paused_reason == "Twilio does not accept the account SID and auth token (20003)"
    (told,) = inbox(town)
    assert told.startswith("sms:+19025550100 is paused: Twilio does not accept")
    assert "soundings sender resume sms:+19025550100" in told
    with database.write() as connection:
        assert resume_sender(connection, town.sender_id)
        assert not resume_sender(connection, town.sender_id)
    assert town.claimed() == messages


def test_an_ambiguous_result_is_unknown_and_never_sent_again(database: Database) -> None:
    town = a_town(database)
    message = town.message(segments=2)
    town.record(town.claim().messages, LOST)
    row = town.row(message)
    assert (row.status, row.error_code, row.provider_id) == ("unknown", "timeout", None)
    assert segments(town) == 2, "it may have gone, and been billed"
    assert town.claimed(NOON + timedelta(days=9)) == []


def test_what_was_never_handed_over_goes_back_as_it_was(database: Database) -> None:
    town = a_town(database)
    message = town.message(segments=2)
    town.record(town.claim().messages, Released())
    row = town.row(message)
    assert (row.status, row.attempts, row.claimed_at, row.error_code) == ("queued", 0, None, None)
    assert segments(town) == 0
    assert town.claimed() == [message]


# -- a provider that does not answer


def fail(town: Town, count: int) -> None:
    for _ in range(count):
        town.message()
        town.record(town.claim(limit=1).messages, LOST)


def test_five_ambiguous_results_in_a_row_pause_a_sender_which_then_probes(database: Database) -> None:
    town = a_town(database)
    fail(town, 5)
    sender = town.sender()
    assert (sender.ambiguous, sender.paused_at, sender.wait_until) == (5, NOON, NOON + 30 * SECOND)
    waiting = town.messages(3)
    assert town.claimed(NOON + 29 * SECOND) == []
    probe = town.claim(NOON + 30 * SECOND)
    assert [one.id for one in probe.messages] == waiting[:1], "one message alone"
    assert town.claimed(NOON + 31 * SECOND) == [], "while its answer is awaited, nothing else"
    town.record(probe.messages, LOST, NOON + 40 * SECOND)
    assert town.claimed(NOON + 99 * SECOND) == [], "the next probe comes later"
    probe = town.claim(NOON + 100 * SECOND)
    assert [one.id for one in probe.messages] == waiting[1:2]
    town.record(probe.messages, TAKEN, NOON + 100 * SECOND)
    sender = town.sender()
    assert (sender.ambiguous, sender.paused_at, sender.paused_reason, sender.probe_id) == (0, None, None, None)
    assert town.claimed(NOON + 100 * SECOND) == waiting[2:]


@pytest.mark.parametrize("answer", [TAKEN, Refused("21408", "not to this country")])
def test_an_answer_starts_the_count_anew(database: Database, answer: SendResult) -> None:
    town = a_town(database)
    fail(town, 4)
    assert town.sender().ambiguous == 4
    town.message()
    town.record(town.claim().messages, answer)
    assert town.sender().ambiguous == 0
    fail(town, 4)
    assert town.sender().paused_at is None


def test_one_batch_is_counted_in_its_order(database: Database) -> None:
    town = a_town(database)
    town.messages(6)
    claimed = town.claim().messages
    results: list[SendResult] = [LOST, LOST, TAKEN, LOST, LOST, LOST]
    with database.write() as connection:
        outcomes = [Outcome(one, result) for one, result in zip(claimed, results, strict=True)]
        record(connection, outcomes, NOON, opt_outs=lambda *_: None)
    assert (town.sender().ambiguous, town.sender().paused_at) == (3, None)


def test_a_probe_that_is_put_off_is_tried_again_when_the_provider_says(database: Database) -> None:
    town = a_town(database)
    fail(town, 5)
    message = town.message()
    town.record(town.claim(NOON + 30 * SECOND).messages, Postponed(90 * SECOND, "429", "wait"), NOON + 30 * SECOND)
    assert town.claimed(NOON + 119 * SECOND) == []
    assert town.claimed(NOON + 120 * SECOND) == [message]


def test_a_sender_that_a_person_paused_is_not_resumed_by_what_was_on_its_way(database: Database) -> None:
    town = a_town(database)
    town.messages(7)
    claimed = town.claim().messages
    town.change(Sender, town.sender_id, paused_at=NOON, paused_reason="on holiday")
    town.record(claimed[:1], TAKEN)
    town.record(claimed[1:], LOST)
    assert (town.sender().paused_reason, town.sender().ambiguous) == ("on holiday", 0)
    waiting = town.message()
    assert town.claimed(NOON + timedelta(days=1)) == [], "nor is it probed"
    assert town.row(waiting).status == "queued"


# -- late and repeated results


def test_a_result_recorded_twice_changes_nothing(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    claimed = town.claim().messages
    town.record(claimed, BUSY)
    again = town.claim(NOON + 3 * SECOND).messages
    town.record(claimed, BUSY, NOON + 4 * SECOND)
    assert town.row(message).status == "sending", "the second claim is not disturbed by the first one's result"
    town.record(again, TAKEN)
    town.record(again, TAKEN, NOON + 9 * SECOND)
    assert (town.row(message).status, town.row(message).sent_at) == ("sent", NOON)


def test_a_late_answer_settles_what_was_taken_for_unknown(database: Database) -> None:
    town = a_town(database)
    first, second = town.messages(2)
    claimed = town.claim().messages
    for message in (first, second):
        town.change(Message, message, status="unknown", error_code="interrupted")
    town.record(claimed[:1], TAKEN)
    town.record(claimed[1:], BUSY)
    assert town.statuses(first, second) == ["sent", "queued"], "an answer is certain, whichever it is"
    assert town.row(first).error_code is None


def test_a_batch_of_every_kind_at_once(database: Database) -> None:
    town = a_town(database)
    ids = town.messages(5)
    results: list[SendResult | Released] = [TAKEN, BUSY, Refused("1", "no"), LOST, Released()]
    with database.write() as connection:
        from bot.delivery.claim import claim

        claimed = claim(connection, town.sender_id, NOON).messages
    with database.write() as connection:
        outcomes = [Outcome(one, result) for one, result in zip(claimed, results, strict=True)]
        record(connection, outcomes, NOON, opt_outs=lambda *_: None)
    assert town.statuses(*ids) == ["sent", "queued", "failed", "unknown", "queued"]
    assert segments(town) == 2
