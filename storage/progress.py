"""How far claimed messages have come: the columns that results and receipts change, read under a lock and written back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Row, Table, bindparam, func, select, text

from storage.bulk import UpdateMany, among
from storage.models import Address, Community, Message, Participant, Run, Sender
from storage.models.flows import OPEN_RUN
from storage.restored import HELD


@dataclass(slots=True)
class MessageState:
    """An out-going message as results and receipts see it. The order of fields is the query's."""

    id: int
    sender_id: int
    community_id: int
    address_id: int
    participant_id: int | None
    run_id: int | None
    visit: int
    channel: str
    segments: int
    status: str
    provider_id: str | None
    error_code: str | None
    error: str | None
    attempts: int
    due_at: datetime | None
    hours_exempt_until: datetime | None
    valid_until: datetime | None
    claimed_at: datetime | None
    sent_at: datetime | None
    settled_at: datetime | None
    retried_at: datetime | None


_m = cast("Table", Message.__table__).c
_SENDER: BindParameter[int] = bindparam("sender")
_STATE = (
    select(
        _m.id, _m.sender_id, _m.community_id, _m.address_id, _m.participant_id, _m.run_id, _m.visit,
        Address.channel, _m.segments, _m.status, _m.provider_id, _m.error_code, _m.error, _m.attempts, _m.due_at,
        _m.hours_exempt_until, _m.valid_until, _m.claimed_at, _m.sent_at, _m.settled_at, _m.retried_at,
    )
    .join(Address, Address.id == _m.address_id)
    .where(text("messages.direction = 'out'"))
    .order_by(_m.id)
    .with_for_update(of=Message, key_share=True)
)  # fmt: skip
_BY_ID = _STATE.where(among(_m.id, "ids"))
_BY_PROVIDER_ID = _STATE.where(_m.sender_id == _SENDER, among(_m.provider_id, "provider_ids"))
#: What a result or a receipt says of a message, and what changes too where it goes back into the queue.
_SAID = ("status", "provider_id", "error_code", "error", "sent_at", "settled_at")
_QUEUED = (*_SAID, "attempts", "due_at", "hours_exempt_until", "valid_until", "claimed_at", "retried_at")
_save_said, _save_queued = UpdateMany(Message, *_SAID), UpdateMany(Message, *_QUEUED)
_said, _queued = attrgetter(*_SAID, "id"), attrgetter(*_QUEUED, "id")


def lock_states(connection: Connection, ids: Collection[int]) -> dict[int, MessageState]:
    """Out-going messages by id, locked in the order of ids so that two transactions never wait for each other."""
    if not ids:
        return {}
    rows: Iterable[Any] = connection.execute(_BY_ID, {"ids": sorted(ids)}).all()
    return {row[0]: MessageState(*row) for row in rows}


def lock_by_provider_id(
    connection: Connection, sender_id: int, provider_ids: Collection[str]
) -> dict[str, MessageState]:
    """Out-going messages of a sender by the provider's id, locked."""
    if not provider_ids:
        return {}
    found: Iterable[Any] = connection.execute(
        _BY_PROVIDER_ID, {"sender": sender_id, "provider_ids": sorted(provider_ids)}
    )
    return {str(row[10]): MessageState(*row) for row in found}


def save_states(connection: Connection, states: Iterable[MessageState]) -> None:
    """Write back what results and receipts changed. Times and tries change of those alone that are queued again: most are not,
    and columns that stay as they are would have their indexes written anew."""
    queued: list[MessageState] = []
    others: list[MessageState] = []
    for state in states:
        (queued if state.status == "queued" else others).append(state)
    _save_said(connection, map(_said, others))
    _save_queued(connection, map(_queued, queued))


def claimed_before(connection: Connection, before: datetime | None, limit: int = 10_000) -> list[int]:
    """Ids of messages that are on their way since before a moment; all of them with None."""
    statement = select(_m.id).where(text("messages.status = 'sending'")).order_by(_m.claimed_at).limit(limit)
    if before is not None:
        statement = statement.where(_m.claimed_at < before)
    return list(connection.execute(statement).scalars())


def unknown(connection: Connection, community_id: int | None, limit: int) -> Sequence[Row[Any]]:
    """Unknown messages: (id, community's slug, sender's address, participant's pseudonym, kind, claimed_at, reason, held)."""
    held = (func.coalesce(_m.error_code, "") == HELD).label("held")
    statement = (
        select(_m.id, Community.slug, Sender.address, Participant.public_id, _m.kind, _m.claimed_at, _m.error, held)
        .join(Community, Community.id == _m.community_id)
        .join(Sender, Sender.id == _m.sender_id)
        .outerjoin(Participant, Participant.id == _m.participant_id)
        .where(text("messages.status = 'unknown'"))
        .order_by(_m.sender_id, _m.id)
        .limit(limit)
    )
    if community_id is not None:
        statement = statement.where(_m.community_id == community_id)
    return connection.execute(statement).all()


def ids_of_status(
    connection: Connection,
    statuses: Collection[str],
    community_id: int | None,
    limit: int,
    campaign_id: int | None = None,
) -> Sequence[int]:
    """Outgoing messages of these statuses, the oldest first; of one community or campaign where given."""
    statement = select(_m.id).where(_m.direction == "out", _m.status.in_(statuses)).order_by(_m.id).limit(limit)
    if community_id is not None:
        statement = statement.where(_m.community_id == community_id)
    if campaign_id is not None:
        statement = statement.where(_m.campaign_id == campaign_id)
    return connection.execute(statement).scalars().all()


_RUNS = select(Run.id, Run.status, Run.visit).where(among(Run.id, "ids"))


def open_visits(connection: Connection, run_ids: Collection[int]) -> dict[int, int]:
    """The visit that is open in each of these runs; one that is over is left out."""
    if not run_ids:
        return {}
    found = connection.execute(_RUNS, {"ids": sorted(run_ids)})
    return {row.id: row.visit for row in found if row.status in OPEN_RUN}


__all__ = [
    "MessageState",
    "claimed_before",
    "ids_of_status",
    "lock_by_provider_id",
    "lock_states",
    "open_visits",
    "save_states",
    "unknown",
]
