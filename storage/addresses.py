"""Queries on addresses: the ways to reach participants, coordinators, and strangers who wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import Connection, select

from storage.bulk import InsertMany, UpdateMany, among
from storage.models import Address, Membership


@dataclass(slots=True)
class AddressRow:
    """An address as the conversation holds it while its row is locked."""

    id: int
    community_id: int
    participant_id: int | None
    coordinator_id: int | None
    address: str
    channel: str
    status: str
    sender_id: int | None
    replies_on: date | None
    replies: int
    minute_at: datetime | None
    minute_texts: int
    last_text: str | None
    greeted_on: date | None
    created_at: datetime
    language: str | None = None


_COLUMNS = (
    "id",
    "community_id",
    "participant_id",
    "coordinator_id",
    "address",
    "channel",
    "status",
    "sender_id",
    "replies_on",
    "replies",
    "minute_at",
    "minute_texts",
    "last_text",
    "greeted_on",
    "created_at",
    "language",
)
_ALL = select(*(Address.__table__.c[name] for name in _COLUMNS)).order_by(Address.id)
_BY_ADDRESS = _ALL.where(among(Address.address, "addresses")).with_for_update(key_share=True)
_OF_PARTICIPANTS = _ALL.where(among(Address.participant_id, "ids"))
_NOTIFIED = (
    _ALL.join(
        Membership,
        (Membership.coordinator_id == Address.coordinator_id) & (Membership.community_id == Address.community_id),
    )
    .where(among(Address.community_id, "communities"), Address.status == "open")
    .where(Membership.notified.is_(True))
)

_insert = InsertMany(
    Address, "community_id", "address", "channel", "sender_id", "status", "replies", "minute_texts", "created_at",
    conflict="DO NOTHING",
)  # fmt: skip
_insert_whole = InsertMany(Address, *_COLUMNS, conflict="DO NOTHING")
_whole = attrgetter(*_COLUMNS)
_count = UpdateMany(Address, "replies_on", "replies", "minute_at", "minute_texts")
_counters = attrgetter("replies_on", "replies", "minute_at", "minute_texts", "id")
_save = UpdateMany(
    Address,
    "participant_id",
    "status",
    "sender_id",
    "replies_on",
    "replies",
    "minute_at",
    "minute_texts",
    "last_text",
    "greeted_on",
    "language",
)


def lock_addresses(connection: Connection, addresses: Collection[str]) -> list[AddressRow]:
    """Every row of these addresses, in any community, in the order of their ids, locked until the transaction ends."""
    if not addresses:
        return []
    return [AddressRow(*row) for row in connection.execute(_BY_ADDRESS, {"addresses": sorted(addresses)}).all()]


def addresses_of(connection: Connection, participant_ids: Collection[int]) -> list[AddressRow]:
    """The addresses of these participants, oldest first, not locked."""
    if not participant_ids:
        return []
    return [AddressRow(*row) for row in connection.execute(_OF_PARTICIPANTS, {"ids": sorted(participant_ids)}).all()]


def participants_at(connection: Connection, community_id: int, addresses: Collection[str]) -> dict[str, int]:
    """Address -> the id of the community's participant who has it; those that nobody there has are left out."""
    found = connection.execute(
        select(Address.address, Address.participant_id).where(
            Address.community_id == community_id,
            Address.participant_id.is_not(None),
            among(Address.address, "addresses", sorted(addresses)),
        )
    )
    return {address: participant_id for address, participant_id in found if participant_id is not None}


def notified_addresses(connection: Connection, community_ids: Collection[int]) -> list[AddressRow]:
    """Where the coordinators of these communities are told of what needs a person."""
    if not community_ids:
        return []
    return [AddressRow(*row) for row in connection.execute(_NOTIFIED, {"communities": sorted(community_ids)})]


def add_strangers(connection: Connection, rows: Iterable[tuple[int, str, int]], now: datetime) -> None:
    """Keep the addresses of people who wrote and whom nobody knows: (community id, address, sender id)."""
    _insert(
        connection,
        (
            (community_id, address, address.partition(":")[0], sender_id, "open", 0, 0, now)
            for community_id, address, sender_id in sorted(rows)
        ),
    )


def insert_addresses(connection: Connection, rows: Iterable[AddressRow]) -> None:
    """Add addresses whose ids were taken before; one that the community has already stays as it is."""
    _insert_whole(connection, map(_whole, rows))


def save_counters(connection: Connection, rows: Iterable[AddressRow]) -> None:
    """Write the counters of these addresses: texts of the minute, replies of the day."""
    _count(connection, map(_counters, rows))


def save_addresses(connection: Connection, rows: Iterable[AddressRow]) -> None:
    """Write whose these addresses are, their state, and their counters."""
    _save(
        connection,
        (
            (
                row.participant_id,
                row.status,
                row.sender_id,
                row.replies_on,
                row.replies,
                row.minute_at,
                row.minute_texts,
                row.last_text,
                row.greeted_on,
                row.language,
                row.id,
            )
            for row in rows
        ),
    )
