"""What a dead process left: claimed messages of which nobody knows whether they went, and sending them again by a person's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.delivery.consequences import tell
from bot.delivery.presence import GONE_AFTER
from bot.delivery.receipts import queue_once_more
from storage import progress, receipts
from storage.presence import claimed_by
from storage.receipts import KeptReceipt

_log = structlog.get_logger(__name__)

#: How old a claim must be for its process to be dead, where nothing else tells: longer than the longest that one waits for a provider, and for the database.
DEAD_AFTER = timedelta(seconds=90)
#: What may be sent again by a person's decision.
RESENDABLE = ("unknown", "failed", "undelivered")


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message of which nobody knows whether it went; `held` since an older copy was put back. No number and no text: those are for
    whoever opens the thread."""

    id: int
    community: str
    sender: str
    participant: str | None
    kind: str
    claimed_at: datetime | None
    reason: str | None
    held: bool


def recover(connection: Connection, now: datetime, *, alone: bool = False, gone: Collection[int] = ()) -> int:
    """Mark as `unknown` what a dead process had claimed and never recorded; how many. Never sent again by itself.

    `alone`: no other process sends with this database (SQLite, at the start), so that every claim is a dead one's. `gone`: processes
    that are known to have died (`presence`); of any other a claim tells by its age.
    """
    left = progress.claimed_before(connection, None if alone else now - DEAD_AFTER)
    left += claimed_by(connection, gone, now - GONE_AFTER)
    states = progress.lock_states(connection, set(left))
    # Under the lock, look again: a process that was only slow may have recorded some meanwhile.
    dead = [state for state in states.values() if state.status == "sending"]
    for state in dead:
        state.status, state.error_code = "unknown", "interrupted"
        state.error = "the program ended between handing it over and noting the answer"
    progress.save_states(connection, dead)
    for community_id, count in sorted(Counter(state.community_id for state in dead).items()):
        text = f"{count} messages may or may not have gone: the program was interrupted. See: soundings outbox unknown"
        tell(connection, [community_id], text, now)
    if dead:
        _log.warning("outbox.recovered", messages=len(dead))
    return len(dead)


def unknown_messages(
    connection: Connection, *, community_id: int | None = None, limit: int = 1_000
) -> Sequence[UnknownMessage]:
    """Messages of which nobody knows whether they went, the oldest first."""
    rows: Iterable[Any] = progress.unknown(connection, community_id, limit)
    return [UnknownMessage(*row) for row in rows]


def resend(connection: Connection, message_ids: Collection[int], now: datetime, *, while_of_use: bool = False) -> int:
    """Send messages again by a person's decision, whatever became of them before; how many are queued for it.

    `while_of_use`: what is past its time is dropped all the same when it is to leave.

    Only those that are `unknown`, `failed` or `undelivered`; consent, hours and caps are looked at again when they leave. A receipt
    that comes for the first try before the second has left settles the message, and it is not sent twice.
    """
    states = [one for one in progress.lock_states(connection, message_ids).values() if one.status in RESENDABLE]
    finished = [
        _finished(state.sender_id, state.provider_id, state.status, now) for state in states if state.provider_id
    ]
    receipts.keep_receipts(connection, finished)
    for state in states:
        queue_once_more(state, now, now)
        state.error_code = state.error = None
        if not while_of_use:
            state.valid_until = None
        state.attempts = min(state.attempts, 1)  # the tries that were given up do not count against the new ones
    progress.save_states(connection, states)
    return len(states)


def dismiss(connection: Connection, message_ids: Collection[int], now: datetime) -> int:
    """Decide that these are not sent again, whether or not they went; how many. Only those that are `unknown`.

    They wait for nobody any more. A receipt that comes after all says what became of them.
    """
    states = [one for one in progress.lock_states(connection, message_ids).values() if one.status == "unknown"]
    for state in states:
        state.status, state.error_code, state.settled_at = "dropped", "dismissed", now
        state.error = "a person decided not to send it again; it may have gone"
    progress.save_states(connection, states)
    return len(states)


def _finished(sender_id: int, provider_id: str, status: str, now: datetime) -> KeptReceipt:
    """The note that a try is over, so that its late receipts say nothing of the next."""
    return KeptReceipt(0, sender_id, provider_id, status, None, None, False, now)


__all__ = ["DEAD_AFTER", "RESENDABLE", "UnknownMessage", "dismiss", "recover", "resend", "unknown_messages"]
