"""Recording what became of each claimed message, a batch in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.channels.base import Accepted, Ambiguous, Postponed, Refused, SendResult
from bot.delivery.claim import Claimed
from bot.delivery.consequences import Consequences, OptOuts, tell
from bot.delivery.pace import cost_of
from bot.delivery.receipts import apply_kept
from bot.delivery.rules import read_place
from storage import outbox, senders, usage
from storage.progress import MessageState, lock_states, save_states

_log = structlog.get_logger(__name__)

#: Tries of a message that the provider puts off: alone, or together with all of its sender's.
TRIES_ALONE, TRIES_TOGETHER = 8, 40
#: The pause after the first postponement, doubled with each further one up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
#: How long a sender in doubt waits before its probe, doubled with each probe that stays in doubt.
FIRST_PROBE, LONGEST_PROBE = timedelta(seconds=30), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Released:
    """It was claimed and never handed to the provider: back into the queue."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed message."""

    claimed: Claimed
    result: SendResult | Released


def record(connection: Connection, outcomes: Sequence[Outcome], now: datetime, *, opt_outs: OptOuts) -> None:
    """Write down what became of claimed messages, and what follows from it; may be run again with the same outcomes.

    Accepted: `sent`. Postponed: queued again, later each time, `failed` after the last try. Refused: `failed`, with what
    it means for the address, the resident or the sender. Ambiguous: `unknown`, never silently sent again.
    """
    recording = _Recording(connection, now, lock_states(connection, {one.claimed.id for one in outcomes}))
    for outcome in outcomes:
        recording.take(outcome)
    save_states(connection, recording.changed)
    recording.put_back()
    _judge_senders(connection, outcomes, recording.waits, now)
    apply_kept(connection, recording.accepted, now, opt_outs=opt_outs)
    recording.consequences.carry_out(connection, now, opt_outs)
    counts = Counter(type(one.result).__name__.lower() for one in outcomes)
    _log.info("outbox.recorded", **counts)


@dataclass(slots=True)
class _Recording:
    """One batch of outcomes under way."""

    connection: Connection
    now: datetime
    states: dict[int, MessageState]
    changed: list[MessageState] = field(default_factory=list)
    accepted: list[MessageState] = field(default_factory=list)
    unspent: list[tuple[MessageState, datetime]] = field(default_factory=list)
    spaced: dict[int, datetime] = field(default_factory=dict)
    waits: dict[int, datetime] = field(default_factory=dict)
    gave_up: Counter[tuple[int, str]] = field(default_factory=Counter)
    consequences: Consequences = field(default_factory=Consequences)

    def take(self, outcome: Outcome) -> None:
        """Change the message's state by its outcome, unless it has been claimed anew since."""
        claimed, result = outcome.claimed, outcome.result
        state = self.states.get(claimed.id)
        if state is None or (state.attempts, state.claimed_at) != (claimed.attempt, claimed.claimed_at):
            return
        if isinstance(result, Accepted):
            self._accept(state, result)
        elif state.status not in ("sending", "unknown"):
            # A receipt came first, and knows better.
            return
        elif isinstance(result, Ambiguous):
            state.status, state.error_code, state.error = "unknown", result.code, result.reason
        else:
            self._not_sent(state, result)
        self.changed.append(state)

    def _accept(self, state: MessageState, result: Accepted) -> None:
        # A receipt that came first moved the message on; one of an earlier try, of another id, says nothing of this one.
        of_earlier = state.provider_id not in (None, result.provider_id) and state.status != "delivered"
        state.provider_id = result.provider_id
        state.sent_at = state.sent_at or self.now
        if state.status in ("sending", "unknown") or of_earlier:
            state.status, state.error_code, state.error = result.status, None, None
            state.settled_at = self.now if result.status == "delivered" else None
            self.accepted.append(state)

    def _not_sent(self, state: MessageState, result: Postponed | Refused | Released) -> None:
        if state.claimed_at is not None:
            self.unspent.append((state, state.claimed_at))
        if isinstance(result, Released):
            state.attempts -= 1
            self._requeue(state, self.now)
        elif isinstance(result, Postponed):
            self._postpone(state, result)
        elif result.consequence == "sender":
            self._requeue(state, self.now, result.code, result.reason)
            self.consequences.add("sender", state, result.code, result.reason)
        else:
            state.status, state.error_code, state.error = "failed", result.code, result.reason
            state.settled_at = self.now
            self.consequences.add(result.consequence, state, result.code, result.reason)

    def _postpone(self, state: MessageState, result: Postponed) -> None:
        if state.attempts >= (TRIES_TOGETHER if result.whole_sender else TRIES_ALONE):
            state.status, state.error_code, state.settled_at = "failed", result.code, self.now
            state.error = f"{result.reason}; given up after {state.attempts} tries"
            self.gave_up[state.community_id, f"{result.reason} ({result.code})"] += 1
            return
        pause = max(result.after, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(state.attempts - 1, 20)))
        until = self.now + pause
        if result.whole_sender:
            # The sender waits, the message keeps its place in the queue.
            self.waits[state.sender_id] = max(until, self.waits.get(state.sender_id, until))
            until = state.due_at or self.now
        else:
            self.spaced[state.address_id] = max(until, self.spaced.get(state.address_id, until))
        self._requeue(state, until, result.code, result.reason)

    def _requeue(
        self, state: MessageState, due_at: datetime, code: str | None = None, reason: str | None = None
    ) -> None:
        state.status, state.claimed_at, state.due_at = "queued", None, due_at
        state.error_code, state.error = code, reason

    def put_back(self) -> None:
        """Give back segments that were counted for messages that did not go; let the rest of a slow chat wait; tell of what failed."""
        sms = [(state, at) for state, at in self.unspent if state.channel == "sms"]
        places = {state.community_id for state, _ in sms}
        zones = {row.id: read_place(*row) for row in usage.places(self.connection, places)} if places else {}
        usage.add_segments(
            self.connection,
            [
                (state.community_id, zones[state.community_id].month(at), -cost_of("sms", state.segments))
                for state, at in sms
            ],
        )
        for address_id, until in self.spaced.items():
            outbox.space(self.connection, [address_id], until)
        for (community_id, why), count in sorted(self.gave_up.items()):
            text = f"{count} messages could not be sent: {why}. Send them again with: soundings outbox resend"
            tell(self.connection, [community_id], text, self.now)


def _judge_senders(
    connection: Connection, outcomes: Iterable[Outcome], waits: dict[int, datetime], now: datetime
) -> None:
    """Count each sender's ambiguous results in a row; pause one that has too many, resume one that was answered."""
    by_sender: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        by_sender.setdefault(outcome.claimed.sender_id, []).append(outcome)
    touched = set(waits) | senders.in_doubt(connection, by_sender)
    touched |= {one.claimed.sender_id for one in outcomes if isinstance(one.result, Ambiguous)}
    for sender in senders.lock_senders(connection, touched).values():
        values = _judged(sender, by_sender[sender.id], now)
        if sender.id in waits and waits[sender.id] > (values.get("wait_until") or sender.wait_until or now):
            values["wait_until"] = waits[sender.id]
        if values:
            senders.change_sender(connection, sender.id, **values)


def _judged(sender: Row[Any], outcomes: Sequence[Outcome], now: datetime) -> dict[str, Any]:
    """What changes of a sender by its outcomes, in their order."""
    values: dict[str, Any] = {}
    if sender.probe_id is not None and any(one.claimed.id == sender.probe_id for one in outcomes):
        values["probe_id"] = None
    if sender.paused_at is not None and sender.ambiguous < senders.PROBE_AFTER:
        return values  # paused by a person or for good reason: not for us to resume
    ambiguous = sender.ambiguous
    for one in outcomes:
        if isinstance(one.result, Accepted | Refused):
            ambiguous = 0
        elif isinstance(one.result, Ambiguous) and (
            # In doubt, only the probes count: what was on its way with the first five says nothing new.
            ambiguous < senders.PROBE_AFTER or one.claimed.id == sender.probe_id
        ):
            ambiguous += 1
    if ambiguous != sender.ambiguous:
        values["ambiguous"] = ambiguous
    if ambiguous >= senders.PROBE_AFTER and ambiguous != sender.ambiguous:
        wait = min(LONGEST_PROBE, FIRST_PROBE * 2 ** min(ambiguous - senders.PROBE_AFTER, 10))
        reason = "the provider's answers are missing; one message at a time is tried until it answers"
        values |= {"paused_at": sender.paused_at or now, "paused_reason": reason, "wait_until": now + wait}
        _log.warning("sender.in_doubt", sender_id=sender.id, ambiguous=ambiguous)
    elif ambiguous < senders.PROBE_AFTER <= sender.ambiguous:
        values |= {"paused_at": None, "paused_reason": None, "wait_until": None, "probe_id": None}
        _log.info("sender.resumed", sender_id=sender.id)
    return values


__all__ = ["Outcome", "Released", "record"]
