"""Queries on participants and their tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from storage.bulk import InsertMany, UpdateMany, among
from storage.models import Participant, ParticipantTag


@dataclass(slots=True)
class ParticipantRow:
    """A participant as the conversation holds it while its row is locked. `id` is 0 until a new one is written."""

    id: int
    public_id: str
    community_id: int
    name: str | None
    language: str
    timezone: str | None
    attributes: dict[str, Any]
    surveys: str
    updates: str
    opted_out_at: datetime | None
    held_at: datetime | None
    joined_at: datetime
    last_inbound_at: datetime | None = None
    erased_at: datetime | None = None
    tags: set[str] = field(default_factory=set)


_COLUMNS = (
    "id",
    "public_id",
    "community_id",
    "name",
    "language",
    "timezone",
    "attributes",
    "surveys",
    "updates",
    "opted_out_at",
    "held_at",
    "joined_at",
    "last_inbound_at",
    "erased_at",
)
_BY_IDS = (
    select(*(Participant.__table__.c[name] for name in _COLUMNS))
    .where(among(Participant.id, "ids"))
    .order_by(Participant.id)
)
# Others may go on inserting rows that point at a locked participant: only changes of the row itself wait.
_LOCKED = _BY_IDS.with_for_update(key_share=True)
_TAGS = select(ParticipantTag.participant_id, ParticipantTag.tag).where(among(ParticipantTag.participant_id, "ids"))
_HEARD = update(Participant).where(among(Participant.id, "ids")).values(last_inbound_at=bindparam("heard_at"))

_insert = InsertMany(Participant, *_COLUMNS)
_whole = attrgetter(*_COLUMNS)
_save = UpdateMany(
    Participant, "name", "language", "attributes", "surveys", "updates", "opted_out_at", "held_at", "last_inbound_at"
)
_add_tags = InsertMany(ParticipantTag, "participant_id", "tag", conflict="DO NOTHING")


def lock_participants(connection: Connection, ids: Collection[int]) -> list[ParticipantRow]:
    """These participants in the order of their ids, locked until the transaction ends; their tags are not read."""
    if not ids:
        return []
    return [ParticipantRow(*row) for row in connection.execute(_LOCKED, {"ids": sorted(ids)}).all()]


def read_tags(connection: Connection, participants: Collection[ParticipantRow]) -> None:
    """Fill in the tags of these participants."""
    if not participants:
        return
    by_id = {one.id: one for one in participants}
    for participant_id, tag in connection.execute(_TAGS, {"ids": list(by_id)}):
        by_id[participant_id].tags.add(tag)


def tags_of(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    """The tags of each of these participants who bears any."""
    found: dict[int, set[str]] = {}
    for participant_id, tag in connection.execute(_TAGS, {"ids": sorted(ids)}):
        found.setdefault(participant_id, set()).add(tag)
    return found


def insert_participants(connection: Connection, rows: Iterable[ParticipantRow]) -> None:
    """Add participants whose ids were taken before."""
    _insert(connection, map(_whole, rows))


def save_participants(connection: Connection, rows: Iterable[ParticipantRow]) -> None:
    """Write what may change of these participants: all but their ids, community, zone and the day they joined."""
    _save(
        connection,
        (
            (
                row.name,
                row.language,
                row.attributes,
                row.surveys,
                row.updates,
                row.opted_out_at,
                row.held_at,
                row.last_inbound_at,
                row.id,
            )
            for row in rows
        ),
    )


def mark_heard(connection: Connection, ids: Collection[int], at: datetime) -> None:
    """These participants wrote to us just now."""
    if ids:
        connection.execute(_HEARD, {"ids": sorted(ids), "heard_at": at})


def add_tags(connection: Connection, pairs: Iterable[tuple[int, str]]) -> None:
    """Give participants tags, as (participant id, tag) pairs; one that they bear already stays."""
    _add_tags(connection, pairs)


def remove_tags(connection: Connection, pairs: Iterable[tuple[int, str]]) -> None:
    """Take tags from participants, as (participant id, tag) pairs."""
    for participant_id, tag in pairs:
        connection.execute(
            delete(ParticipantTag).where(ParticipantTag.participant_id == participant_id, ParticipantTag.tag == tag)
        )
