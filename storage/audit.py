"""Queries of the audit: rows that ought not to be there, and every message in the order of its participant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, and_, exists, func, or_, select, text
from sqlalchemy.orm import aliased

from storage.models import (
    Answer,
    Campaign,
    Consent,
    InboxItem,
    Invitation,
    Message,
    Participant,
    Run,
    Sender,
)
from storage.models.flows import OPEN_RUN

#: What left, or may have.
LEFT = ("sending", "sent", "delivered", "undelivered", "unknown")
_m = cast("Table", Message.__table__).c
#: Rows read at once from a large result.
_PIECE = 5_000


@dataclass(frozen=True, slots=True)
class AuditedMessage:
    """A message as the audit reads it. The order of fields is the query's."""

    id: int
    participant_id: int | None
    address_id: int
    sender_id: int
    community_id: int
    run_id: int | None
    update_id: int | None
    direction: str
    kind: str
    status: str
    priority: int
    reply_to: int | None
    due_at: datetime | None
    claimed_at: datetime | None
    sent_at: datetime | None
    created_at: datetime
    hours_exempt_until: datetime | None
    retried_at: datetime | None
    timezone: str | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """One of several messages that answer the same text, or open the same question."""

    id: int
    run_id: int | None
    visit: int
    kind: str
    reply_to: int | None
    occurrence: int | None
    text: str
    created_at: datetime


def messages_by_participant(connection: Connection, since: datetime | None) -> Iterator[AuditedMessage]:
    """Every message created since a moment, or ever, in the order of participants and ids."""
    statement = (
        select(
            _m.id, _m.participant_id, _m.address_id, _m.sender_id, _m.community_id, _m.run_id, _m.update_id,
            _m.direction, _m.kind, _m.status, _m.priority, _m.reply_to, _m.due_at, _m.claimed_at, _m.sent_at,
            _m.created_at, _m.hours_exempt_until, _m.retried_at, Participant.timezone,
            Participant.erased_at.is_not(None).label("erased"),
        )
        .outerjoin(Participant, Participant.id == _m.participant_id)
        .order_by(_m.participant_id, _m.id)
    )  # fmt: skip
    rows: Iterator[Any] = iter(connection.execution_options(yield_per=_PIECE).execute(_since(statement, since)))
    for row in rows:
        yield AuditedMessage(*row)


def _since(statement: Select[Any], since: datetime | None) -> Select[Any]:
    return statement if since is None else statement.where(_m.created_at >= since)


def withdrawals(connection: Connection) -> dict[int, list[tuple[datetime, str, str]]]:
    """The ledger of everybody who ever withdrew: participant id -> (recorded_at, scope, state), oldest first."""
    withdrew = select(Consent.participant_id).where(Consent.state == "withdrawn").distinct()
    statement = (
        select(Consent.participant_id, Consent.recorded_at, Consent.scope, Consent.state)
        .where(Consent.participant_id.in_(withdrew))
        .order_by(Consent.participant_id, Consent.id)
    )
    found: dict[int, list[tuple[datetime, str, str]]] = {}
    for participant_id, at, scope, state in connection.execute(statement):
        found.setdefault(participant_id, []).append((at, scope, state))
    return found


# -- lost


def stuck_sending(connection: Connection, before: datetime) -> list[int]:
    """Messages on their way since before a moment: nobody will note their answer any more."""
    statement = select(_m.id).where(text("messages.status = 'sending'"), _m.claimed_at < before)
    return list(connection.execute(statement.order_by(_m.id)).scalars())


def runs_without_prompt(connection: Connection) -> list[int]:
    """Open runs whose question was never put into the outbox."""
    # Found by the participant's index: a run's messages are among its participant's.
    asked = exists().where(
        _m.participant_id == Run.participant_id, _m.run_id == Run.id, _m.visit == Run.visit, _m.direction == "out"
    )
    statement = select(Run.id).where(Run.status == "active", Run.visit > 0, ~asked)
    return list(connection.execute(statement.order_by(Run.id)).scalars())


def invitations_stuck(connection: Connection, before: datetime, now: datetime) -> list[int]:
    """Invitations that ought to have moved on: pending since before a moment though nothing is in their way; started without
    a run; started though their run is over."""
    busy = exists().where(Run.participant_id == Invitation.participant_id, Run.status.in_(OPEN_RUN))
    own = exists().where(Run.invitation_id == Invitation.id)
    own_open = exists().where(Run.invitation_id == Invitation.id, Run.status.in_(OPEN_RUN))
    pending = and_(
        Invitation.status == "pending",
        Invitation.created_at < before,
        Campaign.status == "running",
        or_(Campaign.closes_at.is_(None), Campaign.closes_at > now),
        ~busy,
    )
    started = and_(Invitation.status == "started", or_(~own, ~own_open))
    statement = select(Invitation.id).join(Campaign, Campaign.id == Invitation.campaign_id)
    return list(connection.execute(statement.where(or_(pending, started)).order_by(Invitation.id)).scalars())


def answers_without_message(connection: Connection) -> list[int]:
    """Answers in somebody's words whose message is not there."""
    statement = select(Answer.id).where(Answer.message_id.is_(None), Answer.raw != "")
    return list(connection.execute(statement.order_by(Answer.id)).scalars())


def texts_without_trace(connection: Connection, since: datetime | None) -> list[int]:
    """Texts that count as a part of a conversation and left no trace in it: no reply, answer, consent or inbox item.

    Left out: what a provider may have answered by itself, what a person has the word on, and those who once said STOP, for
    a second one is met with silence.
    """
    own = _m.participant_id
    reply = aliased(Message)
    statement = (
        select(_m.id)
        .join(Sender, Sender.id == _m.sender_id)
        .where(
            _m.direction == "in",
            _m.status == "received",
            own.is_not(None),
            or_(Sender.opt_out != "provider", _m.text.like("% %")),
            ~exists().where(reply.participant_id == own, reply.reply_to == _m.id),
            ~exists().where(Answer.participant_id == own, Answer.message_id == _m.id),
            ~exists().where(Consent.participant_id == own, Consent.message_id == _m.id),
            ~exists().where(InboxItem.participant_id == own, InboxItem.message_id == _m.id),
            ~exists().where(Consent.participant_id == own, Consent.state == "withdrawn"),
            ~exists().where(
                InboxItem.participant_id == own,
                InboxItem.kind.in_(("person", "notify", "give_up", "unsure_stop", "wrong_number")),
                InboxItem.created_at <= _m.created_at,
                or_(InboxItem.done_at.is_(None), InboxItem.done_at >= _m.created_at),
            ),
        )
        .order_by(_m.id)
    )
    return list(connection.execute(_since(statement, since)).scalars())


# -- doubled


def provider_ids_twice(connection: Connection) -> list[int]:
    """Messages that share the provider's id with an earlier one of their direction, where ids are unique in the whole world."""
    first = (
        select(func.min(_m.id))
        .join(Sender, Sender.id == _m.sender_id)
        .where(Sender.channel == "sms", _m.provider_id.is_not(None))
        .group_by(_m.direction, _m.provider_id)
        .having(func.count() > 1)
    )
    twin = aliased(Message)
    statement = (
        select(_m.id)
        .join(twin, and_(twin.provider_id == _m.provider_id, twin.direction == _m.direction, twin.id < _m.id))
        .where(twin.id.in_(first))
        .order_by(_m.id)
    )
    return list(connection.execute(statement).scalars())


def repeated_messages(connection: Connection, since: datetime | None) -> list[Repeated]:
    """Messages of a conversation that left and share run, visit, kind and the text that they answer with another one."""
    key = (_m.run_id, _m.visit, _m.kind, func.coalesce(_m.reply_to, 0))
    several = _since(
        select(*key[:3], key[3].label("answers"))
        .where(_m.direction == "out", _m.run_id.is_not(None), _m.status.in_(LEFT))
        .group_by(*key)
        .having(func.count() > 1),
        since,
    ).subquery()
    statement = (
        select(_m.id, _m.run_id, _m.visit, _m.kind, _m.reply_to, _m.occurrence, _m.text, _m.created_at)
        .join(
            several,
            and_(
                several.c.run_id == _m.run_id,
                several.c.visit == _m.visit,
                several.c.kind == _m.kind,
                several.c.answers == func.coalesce(_m.reply_to, 0),
            ),
        )
        # Of those whose words were dropped nobody can say any more whether they said the same.
        .where(_m.direction == "out", _m.status.in_(LEFT), _m.text != "")
        .order_by(_m.id)
    )
    rows: Iterator[Any] = iter(connection.execute(statement))
    return [Repeated(*row) for row in rows]


def updates_twice(connection: Connection) -> list[int]:
    """Updates' messages of which an earlier one of the same occurrence went to the same participant."""
    earlier = aliased(Message)
    same = exists().where(
        earlier.update_id == _m.update_id,
        func.coalesce(earlier.occurrence, 0) == func.coalesce(_m.occurrence, 0),
        earlier.participant_id == _m.participant_id,
        earlier.id < _m.id,
        earlier.status.in_(LEFT),
    )
    statement = select(_m.id).where(_m.update_id.is_not(None), _m.status.in_(LEFT), same)
    return list(connection.execute(statement.order_by(_m.id)).scalars())


def runs_twice(connection: Connection) -> list[int]:
    """Runs of which an earlier one fulfils the same invitation."""
    earlier = aliased(Run)
    same = exists().where(earlier.invitation_id == Run.invitation_id, earlier.id < Run.id)
    statement = select(Run.id).where(Run.invitation_id.is_not(None), same)
    return list(connection.execute(statement.order_by(Run.id)).scalars())


def unknown_ids(connection: Connection) -> list[int]:
    """Messages of which nobody knows whether they went."""
    return list(connection.execute(select(_m.id).where(text("messages.status = 'unknown'")).order_by(_m.id)).scalars())


__all__ = [
    "LEFT",
    "AuditedMessage",
    "Repeated",
    "answers_without_message",
    "invitations_stuck",
    "messages_by_participant",
    "provider_ids_twice",
    "repeated_messages",
    "runs_twice",
    "runs_without_prompt",
    "stuck_sending",
    "texts_without_trace",
    "unknown_ids",
    "updates_twice",
    "withdrawals",
]
