"""Receipts: a provider's word on messages that it took, recorded in bulk, only ever forward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from bot.channels.base import ReceiptNews
from bot.delivery.consequences import Consequences, OptOuts
from storage import receipts as rows
from storage import senders
from storage.progress import MessageState, lock_by_provider_id, lock_states, open_visits, save_states
from storage.receipts import KeptReceipt

_log = structlog.get_logger(__name__)

#: How far each status is: a receipt moves a message forward only, and the first final one stays. What was `dropped` and has a receipt
#: had been in doubt.
RANK: Final = {
    "queued": 0,
    "sending": 0,
    "unknown": 0,
    "dropped": 0,
    "sent": 1,
    "delivered": 2,
    "undelivered": 2,
    "failed": 2,
}
#: When a message whose phone was off is tried once more.
RETRY_AFTER = timedelta(hours=1)


def record_receipts(
    connection: Connection, news: Sequence[tuple[str, ReceiptNews]], now: datetime, *, opt_outs: OptOuts
) -> int:
    """Record receipts, (our sender's address, its news) pairs; how many told something new.

    A message is found by our own id, which the callback carries, even before the provider's id is known; else by that.
    What finds no message is kept until one bears its id. Receipts settle `unknown` messages too.
    """
    known = senders.sender_ids(connection, {address for address, _ in news})
    receipts = [_kept(known.get(address), one) for address, one in news]
    states = lock_states(connection, {one.message_id for _, one in news if one.message_id is not None})
    settling = _Settling(connection, now)
    unmatched: list[KeptReceipt] = []
    finished = _finished(connection, receipts, [states.get(one.message_id or 0) for _, one in news])
    for (_, one), receipt in zip(news, receipts, strict=True):
        state = states.get(one.message_id or 0)
        if state is not None and (receipt.provider_id, state.id) in finished:
            continue
        if state is not None and state.provider_id in (None, receipt.provider_id):
            settling.take(state, receipt)
        else:
            unmatched.append(receipt)
    kept = settling.match(unmatched, states)
    rows.keep_receipts(connection, kept)
    settling.carry_out(opt_outs)
    return len(settling.moved)


def apply_strays(connection: Connection, now: datetime, *, opt_outs: OptOuts, limit: int = 1_000) -> int:
    """Apply kept receipts whose message became known in another transaction at the same moment; how many."""
    found = rows.found_by_now(connection, limit)
    apply_kept(connection, list(lock_states(connection, set(found)).values()), now, opt_outs=opt_outs)
    return len(found)


def apply_kept(connection: Connection, states: Sequence[MessageState], now: datetime, *, opt_outs: OptOuts) -> None:
    """Apply receipts that came before their message was known by the provider's id; the messages are locked and saved."""
    pairs = {(state.sender_id, state.provider_id): state for state in states if state.provider_id is not None}
    kept = rows.kept_receipts(connection, {(sender_id, provider_id or "") for sender_id, provider_id in pairs})
    if not kept:
        return
    settling = _Settling(connection, now)
    for receipt in kept:
        settling.take(pairs[receipt.sender_id or 0, receipt.provider_id], receipt)
    rows.drop_receipts(connection, [receipt.id for receipt in kept])
    settling.carry_out(opt_outs)


def _kept(sender_id: int | None, news: ReceiptNews) -> KeptReceipt:
    return KeptReceipt(
        0,
        sender_id,
        news.provider_id,
        news.status,
        news.error_code,
        None if news.consequence == "none" else news.consequence,
        news.retry_once,
        news.received_at,
    )


def _finished(
    connection: Connection, receipts: Sequence[KeptReceipt], states: Sequence[MessageState | None]
) -> set[tuple[str, int]]:
    """(provider's id, message id) pairs of tries that are over: their message was queued once more, and late receipts of
    the first try say nothing of the second."""
    pairs = {
        (state.sender_id, receipt.provider_id): state.id
        for receipt, state in zip(receipts, states, strict=True)
        if state is not None and state.retried_at is not None and state.provider_id is None
    }
    return {
        (one.provider_id, pairs[one.sender_id or 0, one.provider_id])
        for one in rows.kept_receipts(connection, set(pairs))
    }


@dataclass(slots=True)
class _Settling:
    """One batch of receipts under way."""

    connection: Connection
    now: datetime
    moved: dict[int, MessageState] = field(default_factory=dict)
    again: list[tuple[MessageState, KeptReceipt]] = field(default_factory=list)
    consequences: Consequences = field(default_factory=Consequences)

    def take(self, state: MessageState, receipt: KeptReceipt) -> None:
        """Move a message forward by a receipt, or leave it where it is."""
        if RANK.get(receipt.status, 0) <= RANK.get(state.status, 2):
            if state.provider_id is None and state.status in RANK:
                state.provider_id = receipt.provider_id
                self.moved[state.id] = state
            return
        if state.status == "queued" and (state.attempts == 0 or receipt.status not in ("sent", "delivered")):
            return
        let_be = state.status == "dropped"
        state.provider_id = receipt.provider_id
        state.status = receipt.status
        state.sent_at = state.sent_at or receipt.received_at
        self.moved[state.id] = state
        if RANK[receipt.status] == 2:
            state.settled_at = receipt.received_at
        good = receipt.status in ("sent", "delivered")
        state.error_code = receipt.error_code
        state.error = None if good else "the provider could not deliver it"
        if not good and receipt.retry_once and state.retried_at is None and not let_be:
            self.again.append((state, receipt))
        self.consequences.add(receipt.consequence, state, receipt.error_code, "the provider's receipt says so")

    def match(self, receipts: Iterable[KeptReceipt], states: dict[int, MessageState]) -> list[KeptReceipt]:
        """Find messages by the provider's id, and take their receipts; those that find none are returned."""
        wanted: dict[int, list[KeptReceipt]] = {}
        left: list[KeptReceipt] = []
        here = {(state.sender_id, state.provider_id): state for state in states.values() if state.provider_id}
        for receipt in receipts:
            if (receipt.sender_id or 0, receipt.provider_id) in here:
                self.take(here[receipt.sender_id or 0, receipt.provider_id], receipt)
            elif receipt.sender_id is None:
                left.append(receipt)
            else:
                wanted.setdefault(receipt.sender_id, []).append(receipt)
        for sender_id, waiting in sorted(wanted.items()):
            found = lock_by_provider_id(self.connection, sender_id, {one.provider_id for one in waiting})
            for receipt in waiting:
                state = found.get(receipt.provider_id)
                if state is None:
                    left.append(receipt)
                else:
                    self.take(state, receipt)
        return left

    def carry_out(self, opt_outs: OptOuts) -> None:
        """Write down what moved, and what follows."""
        self._queue_again()
        save_states(self.connection, self.moved.values())
        self.consequences.carry_out(self.connection, self.now, opt_outs)

    def _queue_again(self) -> None:
        """Queue once more what may reach its phone later, unless its conversation has moved on."""
        visits = open_visits(self.connection, {one.run_id for one, _ in self.again if one.run_id is not None})
        due_at = self.now + RETRY_AFTER
        for state, receipt in self.again:
            moved_on = state.run_id is not None and state.visit and visits.get(state.run_id) != state.visit
            if moved_on or (state.valid_until is not None and state.valid_until <= due_at):
                continue
            queue_once_more(state, due_at, self.now)
            state.error_code = receipt.error_code
            state.error = "the phone could not be reached; it is tried once more"
            rows.keep_receipts(self.connection, [receipt])


def queue_once_more(state: MessageState, due_at: datetime, now: datetime) -> None:
    """Have a message that the provider had sent again, as a new try with an id of its own."""
    state.status, state.due_at, state.retried_at = "queued", due_at, now
    state.provider_id = state.claimed_at = state.sent_at = state.settled_at = None


__all__ = ["RANK", "RETRY_AFTER", "apply_kept", "apply_strays", "queue_once_more", "record_receipts"]
