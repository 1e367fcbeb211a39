"""The audit: what was lost, doubled, sent after STOP, outside hours or out of order, by what the rows of an installation tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Connection, select

from bot.delivery.rules import Place, read_place
from bot.hours import DEFAULT_HOURS, is_open, zone_of
from storage import audit as rows
from storage.audit import LEFT, AuditedMessage, Repeated
from storage.models import Community

Kind = Literal["lost", "doubled", "after_stop", "outside_hours", "out_of_order"]
KINDS: tuple[Kind, ...] = ("lost", "doubled", "after_stop", "outside_hours", "out_of_order")

#: Examples that a finding names.
EXAMPLES = 20
#: How long what is under way may take before it counts as lost.
STUCK_AFTER, PENDING_AFTER = timedelta(minutes=10), timedelta(days=1)
#: What was claimed in the same moment in which a STOP was being written was on its way already.
IN_FLIGHT = timedelta(seconds=5)
#: How long a transaction may take from the moment that it notes to its commit.
COMMITS_WITHIN = timedelta(seconds=5)
#: Alike messages that answer nothing are twins when they were written so close together.
TWINS_WITHIN = timedelta(minutes=1)


@dataclass(slots=True)
class Finding:
    """One thing that is wrong. `examples` are ids of `of` (`message`, `run`, `invitation`, `answer`), never numbers or texts."""

    kind: Kind
    code: str
    of: str
    count: int = 0
    examples: list[int] = field(default_factory=list)

    def add(self, row_id: int) -> None:
        """One more case of it."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(row_id)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found. `unknown` messages are no fault: nobody knows whether they went, and they were not sent again."""

    at: datetime
    messages_in: int
    messages_out: int
    unknown: int
    findings: tuple[Finding, ...]

    def count(self, kind: Kind) -> int:
        """How many cases of a kind were found."""
        return sum(finding.count for finding in self.findings if finding.kind == kind)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `ok`, a count for each kind, `unknown`, how much was looked at, and the findings with examples."""
        return {
            "ok": self.ok,
            **{kind: self.count(kind) for kind in KINDS},
            "unknown": self.unknown,
            "messages_in": self.messages_in,
            "messages_out": self.messages_out,
            "findings": [
                {"kind": one.kind, "code": one.code, "count": one.count, "of": one.of, "examples": one.examples}
                for one in self.findings
            ],
        }


def audit(connection: Connection, now: datetime, *, since: datetime | None = None) -> AuditReport:
    """Look through an installation; reads alone. `since`: only messages created since then.

    Hours are judged by the community's present ones: after a change of hours, give `since`.
    """
    looking = _Looking(connection, since)
    looking.whole("lost", "sending_stuck", "message", rows.stuck_sending(connection, now - STUCK_AFTER))
    looking.whole("lost", "run_without_prompt", "run", rows.runs_without_prompt(connection))
    stuck = rows.invitations_stuck(connection, now - PENDING_AFTER, now)
    looking.whole("lost", "invitation_stuck", "invitation", stuck)
    looking.whole("lost", "answer_without_message", "answer", rows.answers_without_message(connection))
    looking.whole("lost", "text_without_trace", "message", rows.texts_without_trace(connection, since))
    looking.whole("doubled", "provider_id_twice", "message", rows.provider_ids_twice(connection))
    looking.whole("doubled", "said_twice", "message", _twins(rows.repeated_messages(connection, since)))
    looking.whole("doubled", "update_twice", "message", rows.updates_twice(connection))
    looking.whole("doubled", "run_twice", "run", rows.runs_twice(connection))
    looking.through_messages()
    return AuditReport(
        now,
        looking.messages_in,
        looking.messages_out,
        len(rows.unknown_ids(connection)),
        tuple(one for one in looking.findings.values() if one.count),
    )


def _twins(repeated: Sequence[Repeated]) -> Iterator[int]:
    """Of messages that answer the same text or open the same question, those that say word for word what another one says. The second
    reminder of a question is none of its first."""
    first: dict[tuple[Any, ...], Repeated] = {}
    for message in repeated:
        key = (message.run_id, message.visit, message.kind, message.reply_to, message.occurrence, message.text)
        twin = first.get(key)
        if twin is not None and (message.reply_to is not None or message.created_at - twin.created_at <= TWINS_WITHIN):
            yield message.id
        else:
            first[key] = message


@dataclass(slots=True)
class _Looking:
    """An audit under way."""

    connection: Connection
    since: datetime | None
    findings: dict[str, Finding] = field(default_factory=dict)
    messages_in: int = 0
    messages_out: int = 0
    places: dict[int, Place] = field(default_factory=dict)

    def whole(self, kind: Kind, code: str, of: str, ids: Sequence[int] | Iterator[int]) -> None:
        """A finding of which a query tells all cases."""
        for row_id in ids:
            self.add(kind, code, of, row_id)

    def add(self, kind: Kind, code: str, of: str, row_id: int) -> None:
        self.findings.setdefault(code, Finding(kind, code, of)).add(row_id)

    def through_messages(self) -> None:
        """Look at every participant's messages in turn: order, hours, and what left after STOP."""
        statement = select(Community.id, Community.timezone, Community.hours, Community.settings)
        self.places = {row.id: read_place(*row) for row in self.connection.execute(statement)}
        ledger = rows.withdrawals(self.connection)
        found = rows.messages_by_participant(self.connection, self.since)
        for participant_id, group in groupby(found, key=lambda message: message.participant_id):
            messages = list(group)
            left = [one for one in messages if one.direction == "out" and one.status in LEFT and one.claimed_at]
            self.messages_in += sum(one.direction == "in" for one in messages)
            self.messages_out += sum(one.direction == "out" for one in messages)
            self._order(left)
            for message in left:
                if self._is_outside_hours(message):
                    self.add("outside_hours", "outside_hours", "message", message.id)
            if participant_id is not None and participant_id in ledger:
                for message_id in _after_stop(messages, left, ledger[participant_id]):
                    self.add("after_stop", "after_stop", "message", message_id)

    def _order(self, left: Sequence[AuditedMessage]) -> None:
        """Messages that were overtaken by a later one of their address that ought to have waited for them."""
        latest: dict[int, datetime] = {}
        earlier: dict[int, list[AuditedMessage]] = {}
        for message in left:
            at = message.claimed_at or message.created_at
            before = earlier.setdefault(message.address_id, [])
            if any(_were_at_once(one, message) for one in before):
                self.add("out_of_order", "at_once", "message", message.id)
            last = latest.get(message.address_id, at)
            if last > at and any(_is_overtaken(one, message) for one in before):
                self.add("out_of_order", "overtaken", "message", message.id)
            latest[message.address_id] = max(at, last)
            before.append(message)

    def _is_outside_hours(self, message: AuditedMessage) -> bool:
        at = message.claimed_at
        exempt = message.hours_exempt_until
        if at is None or message.kind == "notification" or (exempt is not None and exempt > at):
            return False
        if message.erased and message.timezone is None:
            # Their zone went with them, if they had one of their own: whose clock it was nobody can tell any more.
            return False
        place = self.places[message.community_id]
        zone = zone_of(message.timezone, place.timezone)
        try:
            return not is_open(at, place.hours, zone, place.settings.holidays)
        except (ValueError, TypeError, AttributeError):
            return not is_open(at, DEFAULT_HOURS, zone, place.settings.holidays)


def _were_at_once(old: AuditedMessage, new: AuditedMessage) -> bool:
    """Whether one claim took both, so that neither waited for the other. Under a clock that stands still, as in a rehearsal, messages
    that left one after the other have one time too, but then they also arrived at it."""
    return old.claimed_at is not None and old.claimed_at == new.claimed_at and old.sent_at not in (None, old.claimed_at)


def _is_overtaken(old: AuditedMessage, new: AuditedMessage) -> bool:
    """Whether `old` ought to have left before `new`: as urgent, and due by then or of the same conversation."""
    if (
        old.claimed_at is None
        or new.claimed_at is None
        or old.claimed_at <= new.claimed_at
        or old.retried_at is not None
    ):
        return False
    if old.sent_at is not None and new.sent_at is not None and old.sent_at <= new.sent_at:
        # A claim notes the time at which it began: it may have stood still until the other one was through.
        return False
    # What was written in a transaction that committed only then was not there to be waited for; one conversation has one at a time.
    written = old.created_at + COMMITS_WITHIN <= new.claimed_at
    waits = written and old.due_at is not None and old.due_at <= new.claimed_at
    together = old.run_id is not None and old.run_id == new.run_id
    return old.sender_id == new.sender_id and old.priority <= new.priority and (waits or together)


def _after_stop(
    messages: Sequence[AuditedMessage], left: Sequence[AuditedMessage], ledger: Sequence[tuple[datetime, str, str]]
) -> Iterator[int]:
    """Messages that left though their participant had withdrawn what they need, but one confirmation and answers to new texts."""
    texts = {one.id: one.created_at for one in messages if one.direction == "in"}
    confirmed: set[tuple[datetime, int | None]] = set()
    for message in left:
        stands = _standing(ledger, message)
        stopped_at = min(stands.values(), default=None) if len(stands) == 2 else None
        if stopped_at is None:
            scope = "updates" if message.update_id is not None else "surveys"
            if message.priority and message.kind != "manual" and scope in stands:
                yield message.id
            continue
        key = (max(stands.values()), message.reply_to)
        if message.kind == "confirmation" and key not in confirmed:
            confirmed.add(key)
        elif message.kind != "help" and texts.get(message.reply_to or 0, stopped_at) <= max(stands.values()):
            yield message.id


def _standing(ledger: Sequence[tuple[datetime, str, str]], message: AuditedMessage) -> dict[str, datetime]:
    """Scope -> since when it stood withdrawn as the message left, unless it was on its way at that very moment."""
    stands: dict[str, datetime] = {}
    for at, scope, state in ledger:
        if message.claimed_at is None or at > message.claimed_at:
            break
        if state == "withdrawn":
            if message.created_at > at or message.claimed_at > at + IN_FLIGHT:
                stands.setdefault(scope, at)
        else:
            stands.pop(scope, None)
    return stands


__all__ = ["KINDS", "AuditReport", "Finding", "audit"]
