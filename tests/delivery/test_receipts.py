"""Receipts: in any order, early, late, twice, unknown; recorded in bulk, forward only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import func, select, update

from bot.blocks import opt_outs
from bot.channels.base import Accepted, Ambiguous, ReceiptNews
from bot.clock import SetClock
from bot.delivery.committer import ReceiptCommitter
from bot.delivery.receipts import RETRY_AFTER, apply_strays, record_receipts
from bot.delivery.recovery import dismiss, resend
from bot.writer import Writer
from storage.database import Database
from storage.models import Address, Message, Participant, Receipt, Run
from storage.outbox import recall
from storage.receipts import drop_old_receipts
from tests.builders import NOON, a_house
from tests.delivery.post import Town, a_town, no_opt_outs, receipt

SENDER = "sms:+19025550100"
LOST = Ambiguous("timeout", "no answer")


def news(town: Town, *found: ReceiptNews, sender: str = SENDER) -> int:
    with town.database.write() as connection:
        return record_receipts(connection, [(sender, one) for one in found], NOON, opt_outs=no_opt_outs)


def sent(town: Town, provider_id: str | None = None, **changes: object) -> int:
    """A message that the provider took."""
    message_id = town.message(**changes)
    town.record(town.claim().messages, Accepted(provider_id or f"SM{message_id:032}"))
    assert town.row(message_id).status == "sent"
    return message_id


def kept(town: Town) -> int:
    with town.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(Receipt)).scalar_one())


@pytest.mark.parametrize("order", list(permutations(("sent", "delivered", "undelivered"))))
def test_in_any_order_the_first_final_word_stays(database: Database, order: Sequence[str]) -> None:
    town = a_town(database)
    message = sent(town)
    for status in order:
        news(town, receipt(message, status))
    final = next(status for status in order if status != "sent")
    assert town.row(message).status == final
    assert town.row(message).settled_at == NOON


def test_in_one_batch_too_and_twice_each(database: Database) -> None:
    town = a_town(database)
    first, second = sent(town), sent(town)
    moved = news(
        town,
        receipt(first, "delivered"),
        receipt(second, "sent"),
        receipt(first, "sent"),
        receipt(second, "failed", error_code="30007"),
        receipt(first, "delivered"),
        receipt(second, "delivered"),
    )
    assert moved == 2
    assert town.statuses(first, second) == ["delivered", "failed"]
    assert town.row(second).error_code == "30007"
    assert news(town, receipt(first, "delivered"), receipt(second, "failed")) == 0


def test_a_receipt_that_comes_before_the_answer_finds_its_message_by_our_own_id(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    claimed = town.claim().messages
    news(town, receipt(message, "sent", "SM7"), receipt(message, "delivered", "SM7"))
    assert (town.row(message).status, town.row(message).provider_id) == ("delivered", "SM7")
    town.record(claimed, Accepted("SM7"), NOON + timedelta(seconds=1))
    row = town.row(message)
    assert (row.status, row.provider_id, row.sent_at) == ("delivered", "SM7", NOON)


def test_a_receipt_settles_an_unknown_message(database: Database) -> None:
    town = a_town(database)
    gone, lost = town.message(), town.message()
    town.record(town.claim().messages, LOST)
    news(town, receipt(gone, "sent", "SM8"))
    assert town.statuses(gone, lost) == ["sent", "unknown"]
    assert (town.row(gone).provider_id, town.row(gone).error_code, town.row(gone).error) == ("SM8", None, None)
    town.claim()
    assert town.statuses(gone, lost) == ["sent", "unknown"]


def test_a_receipt_still_says_what_became_of_what_was_let_be_and_nothing_is_sent_for_it(database: Database) -> None:
    town = a_town(database)
    gone, off = town.message(), town.message()
    town.record(town.claim().messages, LOST)
    with database.write() as connection:
        assert dismiss(connection, [gone, off], NOON) == 2
    assert town.statuses(gone, off) == ["dropped", "dropped"]
    news(town, receipt(gone, "delivered"), receipt(off, "undelivered", error_code="30003", retry_once=True))
    assert town.statuses(gone, off) == ["delivered", "undelivered"]


def test_a_receipt_without_our_id_finds_its_message_by_the_providers(database: Database) -> None:
    town = a_town(database)
    message = sent(town, "SM9")
    assert news(town, receipt(None, "delivered", "SM9")) == 1
    assert town.row(message).status == "delivered"


def test_a_receipt_of_nobody_is_kept_and_applied_when_its_message_is_known(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    claimed = town.claim().messages
    assert news(town, receipt(None, "delivered", "SM9"), receipt(None, "sent", "SM9")) == 0
    assert news(town, receipt(None, "sent", "SM9"), sender="sms:+19025550155") == 0
    assert (kept(town), town.row(message).status) == (3, "sending")
    town.record(claimed, Accepted("SM9"))
    assert town.row(message).status == "delivered"
    assert kept(town) == 1, "what came to another sender stays"
    with database.write() as connection:
        assert drop_old_receipts(connection, NOON) == 0
        assert drop_old_receipts(connection, NOON + timedelta(seconds=1)) == 1


def test_a_receipt_kept_at_the_very_moment_its_message_became_known_is_found_later(database: Database) -> None:
    town = a_town(database)
    news(town, receipt(None, "delivered", "SM9"))
    message = town.message(status="sent", provider_id="SM9", claimed_at=NOON, attempts=1)
    with database.write() as connection:
        assert apply_strays(connection, NOON, opt_outs=no_opt_outs) == 1
        assert apply_strays(connection, NOON, opt_outs=no_opt_outs) == 0
    assert town.row(message).status == "delivered"


@pytest.mark.parametrize("message_id", [0, 10**9, None])
def test_a_receipt_with_a_wrong_id_of_ours_changes_nothing(database: Database, message_id: int | None) -> None:
    town = a_town(database)
    message = sent(town)
    inbound = town.message(direction="in", status="received", kind="text")
    never_claimed = town.message(due_at=NOON + timedelta(hours=1))
    assert news(town, receipt(message_id, "failed", "SMx"), receipt(inbound, "failed", "SMy")) == 0
    assert news(town, receipt(message, "failed", "SM-of-another")) == 0
    assert news(town, receipt(never_claimed, "delivered", "SMz")) == 0
    assert town.statuses(message, inbound, never_claimed) == ["sent", "received", "queued"]


# -- what follows


def test_a_second_try_waits_its_hour_though_what_was_put_off_is_let_go(database: Database) -> None:
    town = a_town(database)
    message = sent(town, "SM1")
    news(town, receipt(message, "undelivered", "SM1", error_code="30003", retry_once=True))
    put_off = town.message(due_at=NOON + timedelta(hours=3))
    with database.write() as connection:
        assert recall(connection, NOON, community_id=town.community_id) == 1
    assert [town.row(one).due_at for one in (message, put_off)] == [NOON + RETRY_AFTER, NOON]


def test_a_phone_that_was_off_gets_the_message_once_more(database: Database) -> None:
    town = a_town(database)
    message = sent(town, "SM1")
    off = receipt(message, "undelivered", "SM1", error_code="30003", retry_once=True)
    news(town, off)
    row = town.row(message)
    assert (row.status, row.due_at, row.provider_id) == ("queued", NOON + RETRY_AFTER, None)
    # Late and repeated receipts of the first try say nothing of the second.
    news(town, off, receipt(message, "sent", "SM1"), receipt(message, "delivered", "SM1"))
    assert town.row(message).status == "queued"
    again = NOON + RETRY_AFTER
    town.record(town.claim(again).messages, Accepted("SM2"), again)
    assert (town.row(message).status, town.row(message).provider_id) == ("sent", "SM2")
    news(town, off)
    assert town.row(message).status == "sent"
    news(town, receipt(message, "undelivered", "SM2", error_code="30003", retry_once=True))
    assert town.row(message).status == "undelivered", "once, not for ever"


def test_no_second_try_where_the_conversation_has_moved_on_or_time_is_over(database: Database) -> None:
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident, visit=2)
    stale = town.message(resident, run_id=run, visit=1)
    fresh = town.message(resident, run_id=run, visit=2)
    over = town.message(valid_until=NOON + timedelta(minutes=30))
    with database.write() as connection:
        values = {"status": "sent", "claimed_at": NOON, "attempts": 1}
        connection.execute(update(Message).where(Message.id.in_([stale, fresh, over])).values(**values))
    news(town, *(receipt(one, "undelivered", error_code="30003", retry_once=True) for one in (stale, fresh, over)))
    assert town.statuses(stale, fresh, over) == ["undelivered", "queued", "undelivered"]
    with database.write() as connection:
        connection.execute(update(Run).values(status="ended"))
    town.change(Message, fresh, status="sent", retried_at=None, provider_id=None)
    news(town, receipt(fresh, "undelivered", "SM77", error_code="30003", retry_once=True))
    assert town.row(fresh).status == "undelivered"


def test_a_second_try_holds_nothing_up_and_is_dropped_where_the_conversation_went_on(database: Database) -> None:
    """Whoever texts has their phone on: an hour's silence, and then every reply at once, is what they got before."""
    town = a_town(database)
    resident = town.resident()
    run = town.run(resident, visit=1)
    first = town.message(resident, run_id=run, visit=1)
    (claimed,) = town.claim().messages
    town.record([claimed], Accepted("SM1"), NOON)
    news(town, receipt(first, "undelivered", "SM1", error_code="30003", retry_once=True))
    second = town.message(resident, run_id=run, visit=2)
    assert town.claimed() == [second]
    with database.write() as connection:
        connection.execute(update(Run).values(visit=2))
    town.change(Message, second, status="sent")
    assert town.claimed(NOON + RETRY_AFTER) == []
    assert (town.row(first).status, town.row(first).error_code) == ("dropped", "moved_on")


def test_a_landline_is_dead_and_an_opt_out_is_recorded(database: Database) -> None:
    town = a_town(database)
    landline, blocked = sent(town), sent(town)
    with database.write() as connection:
        found = [
            (SENDER, receipt(landline, "undelivered", error_code="30006", consequence="dead")),
            (SENDER, receipt(blocked, "undelivered", error_code="21610", consequence="opt_out")),
        ]
        record_receipts(connection, found, NOON, opt_outs=opt_outs(a_house()))
        record_receipts(connection, found, NOON, opt_outs=opt_outs(a_house()))
    with database.read() as connection:
        rows = connection.execute(select(Address.status, Participant.opted_out_at).join(Participant)).all()
    assert {tuple(row) for row in rows} == {("dead", None), ("blocked", NOON)}


def test_an_unregistered_sender_is_paused(database: Database) -> None:
    town = a_town(database)
    message = sent(town)
    news(town, receipt(message, "undelivered", error_code="30034", consequence="sender"))
    assert town.sender().paused_at == NOON


# -- sent again by a person


def test_a_person_may_send_unknown_messages_again(database: Database) -> None:
    town = a_town(database)
    message, other = town.message(valid_until=NOON + timedelta(seconds=1)), town.message()
    town.record(town.claim().messages, LOST)
    later = NOON + timedelta(hours=1)
    with database.write() as connection:
        assert resend(connection, [message], later) == 1
        assert resend(connection, [message], later) == 0
    assert town.claimed(later) == [message]
    assert town.row(other).status == "unknown"


def test_a_receipt_for_the_first_try_spares_the_second(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    town.record(town.claim().messages, LOST)
    with database.write() as connection:
        resend(connection, [message], NOON)
    news(town, receipt(message, "delivered", "SM1"))
    assert (town.row(message).status, town.claimed()) == ("delivered", [])


def test_receipts_of_the_first_try_do_not_settle_the_second_while_it_is_on_its_way(database: Database) -> None:
    town = a_town(database)
    message = town.message()
    town.record(town.claim().messages, LOST)
    with database.write() as connection:
        resend(connection, [message], NOON)
    claimed = town.claim().messages
    news(town, receipt(message, "undelivered", "SM1"))
    town.record(claimed, Accepted("SM2"))
    assert (town.row(message).status, town.row(message).provider_id) == ("sent", "SM2")
    news(town, receipt(message, "delivered", "SM2"))
    assert town.row(message).status == "delivered"


def test_what_comes_late_for_a_try_that_was_over_says_nothing_of_the_next(database: Database) -> None:
    town = a_town(database)
    message = sent(town, "SM1")
    over = receipt(message, "undelivered", "SM1", error_code="30007")
    news(town, over)
    with database.write() as connection:
        assert resend(connection, [message], NOON) == 1
    town.claim()
    assert news(town, over) == 0
    assert (town.row(message).status, town.row(message).provider_id) == ("sending", None)


# -- the committer


async def test_receipts_are_committed_together_and_durable_when_submit_returns(
    database: Database, clock: SetClock
) -> None:
    town = a_town(database)
    ids = [sent(town) for _ in range(20)]
    transactions = 0

    class Counting(Writer):
        def write(self, work):  # type: ignore[no-untyped-def]
            nonlocal transactions
            transactions += 1
            return super().write(work)

    writer = Counting(database)
    committer = ReceiptCommitter(writer, clock, opt_outs=no_opt_outs)
    await asyncio.gather(*(committer.submit(SENDER, receipt(one, "delivered")) for one in ids))
    assert town.statuses(*ids) == ["delivered"] * 20
    assert transactions == 1
    await committer.close()
    writer.close()


async def test_a_poisoned_receipt_fails_alone(database: Database, clock: SetClock) -> None:
    town = a_town(database)
    second = town.message(status="sending", attempts=1, claimed_at=NOON)
    first, third = sent(town), sent(town)
    taken = town.row(first).provider_id  # an id that is another message's: the constraint refuses it
    writer = Writer(database)
    committer = ReceiptCommitter(writer, clock, opt_outs=no_opt_outs)
    results = await asyncio.gather(
        committer.submit(SENDER, receipt(first, "delivered")),
        committer.submit(SENDER, receipt(second, "delivered", taken)),
        committer.submit(SENDER, receipt(third, "delivered")),
        return_exceptions=True,
    )
    assert [isinstance(one, Exception) for one in results] == [False, True, False]
    assert town.statuses(first, second, third) == ["delivered", "sending", "delivered"]
    await committer.close()
    writer.close()
