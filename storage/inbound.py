"""Queries that a batch of inbound texts needs: senders and whom they serve, messages in and out, and their media."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select, update

from storage.bulk import InsertMany, among
from storage.models import Medium, Message, Sender, SenderCommunity
from storage.outbox import STILL_WAITS


@dataclass(frozen=True, slots=True)
class SenderRow:
    """A sender and the communities it serves, its first one first."""

    id: int
    address: str
    channel: str
    opt_out: str
    communities: tuple[int, ...]


@dataclass(slots=True)
class MessageRow:
    """A message to write, in or out. `id` is 0 until it is known; references to rows that are new are filled in by then."""

    community_id: int
    sender_id: int
    address_id: int
    participant_id: int | None
    direction: str
    kind: str
    text: str
    status: str
    created_at: datetime
    id: int = 0
    run_id: int | None = None
    campaign_id: int | None = None
    language: str | None = None
    buttons: list[dict[str, str]] | None = None
    media: list[dict[str, Any]] | None = None
    visit: int = 0
    reply_to: int | None = None
    provider_id: str | None = None
    error: str | None = None
    priority: int = 0
    segments: int = 0
    due_at: datetime | None = None
    hours_exempt_until: datetime | None = None
    valid_until: datetime | None = None
    attempts: int = 0
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class MediumRow:
    """A medium to fetch after the commit."""

    id: int
    community_id: int
    participant_id: int | None
    message_id: int
    kind: str
    reference: str
    content_type: str | None


_COLUMNS = (
    "id",
    "community_id",
    "sender_id",
    "address_id",
    "participant_id",
    "run_id",
    "campaign_id",
    "occurrence",
    "direction",
    "kind",
    "text",
    "language",
    "buttons",
    "media",
    "visit",
    "reply_to",
    "provider_id",
    "status",
    "error",
    "priority",
    "segments",
    "due_at",
    "hours_exempt_until",
    "valid_until",
    "created_at",
)
_message = cast("Table", Message.__table__).c
_SENDERS = (
    select(Sender.id, Sender.address, Sender.channel, Sender.opt_out, SenderCommunity.community_id)
    .join(SenderCommunity, SenderCommunity.sender_id == Sender.id)
    .order_by(SenderCommunity.id)
)
_KNOWN = select(_message.sender_id, _message.provider_id, _message.id).where(
    among(_message.sender_id, "senders"),
    _message.direction == "in",
    among(_message.provider_id, "provider_ids"),
)
_CANCEL_ALL = (
    update(Message)
    .where(among(_message.address_id, "addresses"), STILL_WAITS, among(_message.participant_id, "participants"))
    .values(status="cancelled", error=bindparam("why"), settled_at=bindparam("at"))
)
_CANCEL_OF_RUNS = (
    update(Message)
    .where(among(_message.address_id, "addresses"), STILL_WAITS, among(_message.run_id, "runs"))
    .values(status="cancelled", error=bindparam("why"), settled_at=bindparam("at"))
)
_CANCEL_REMINDERS = _CANCEL_OF_RUNS.where(_message.kind == "reminder")

_insert = InsertMany(Message, *_COLUMNS, "attempts")
_whole = attrgetter(*_COLUMNS, "attempts")
_insert_media = InsertMany(
    Medium,
    "id",
    "community_id",
    "participant_id",
    "message_id",
    "kind",
    "reference",
    "content_type",
    "status",
    "attempts",
    "due_at",
    "created_at",
)


def all_senders(connection: Connection) -> dict[str, SenderRow]:
    """Every sender that serves a community, by its address."""
    found: dict[str, SenderRow] = {}
    for sender_id, address, channel, opt_out, community_id in connection.execute(_SENDERS):
        known = found.get(address)
        served = (*(known.communities if known else ()), community_id)
        found[address] = SenderRow(sender_id, address, channel, opt_out, served)
    return found


def known_messages(connection: Connection, pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Of these (sender id, provider's id) pairs, those that came in before, with our message's id."""
    if not pairs:
        return {}
    found = connection.execute(
        _KNOWN, {"senders": sorted({one for one, _ in pairs}), "provider_ids": sorted({one for _, one in pairs})}
    )
    return {(row[0], row[1]): row[2] for row in found.all()}


def insert_messages(connection: Connection, rows: Iterable[MessageRow]) -> None:
    """Add messages whose ids were taken before."""
    _insert(connection, map(_whole, rows))


def insert_media(connection: Connection, rows: Iterable[MediumRow], now: datetime) -> None:
    """Have media fetched after the commit."""
    _insert_media(
        connection,
        (
            (
                row.id,
                row.community_id,
                row.participant_id,
                row.message_id,
                row.kind,
                row.reference,
                row.content_type,
                "waiting",
                0,
                now,
                now,
            )
            for row in rows
        ),
    )


def cancel_queued(
    connection: Connection, participant_ids: Collection[int], address_ids: Collection[int], why: str, now: datetime
) -> None:
    """Take back what waits to be sent to these participants; `address_ids` are all of theirs."""
    if participant_ids and address_ids:
        connection.execute(
            _CANCEL_ALL,
            {"addresses": sorted(address_ids), "participants": sorted(participant_ids), "why": why, "at": now},
        )


def cancel_queued_of_runs(
    connection: Connection,
    run_ids: Collection[int],
    address_ids: Collection[int],
    why: str,
    now: datetime,
    *,
    reminders_only: bool = False,
) -> None:
    """Take back what waits to be sent in these runs, or their reminders alone; `address_ids` are those they talk with."""
    if run_ids and address_ids:
        connection.execute(
            _CANCEL_REMINDERS if reminders_only else _CANCEL_OF_RUNS,
            {"addresses": sorted(address_ids), "runs": sorted(run_ids), "why": why, "at": now},
        )


def count_stranger(connection: Connection, sender_id: int, on: date, cap: int) -> bool:
    """Count one more unknown number that a sender answers today; False when `cap` are answered already."""
    row = connection.execute(
        select(Sender.strangers_on, Sender.strangers).where(Sender.id == sender_id).with_for_update(key_share=True)
    ).one()
    today = row.strangers if row.strangers_on == on else 0
    if today >= cap:
        return False
    connection.execute(update(Sender).where(Sender.id == sender_id).values(strangers_on=on, strangers=today + 1))
    return True
