"""Queries on the inbox: what needs a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from storage.bulk import InsertMany, among
from storage.models import InboxItem


@dataclass(slots=True)
class InboxRow:
    """Something that needs a person."""

    community_id: int
    participant_id: int | None
    kind: str
    text: str
    created_at: datetime
    run_id: int | None = None
    message_id: int | None = None


_insert = InsertMany(InboxItem, "community_id", "participant_id", "run_id", "message_id", "kind", "text", "created_at")
_OPEN = select(InboxItem.participant_id, InboxItem.kind).where(
    among(InboxItem.participant_id, "ids"), InboxItem.done_at.is_(None)
)
_DONE = (
    update(InboxItem)
    .where(
        InboxItem.participant_id == bindparam("participant"),
        InboxItem.kind == bindparam("of_kind"),
        InboxItem.done_at.is_(None),
    )
    .values(done_at=bindparam("at"))
)


def insert_inbox_items(connection: Connection, rows: Iterable[InboxRow]) -> None:
    """Put things before the coordinators."""
    _insert(
        connection,
        (
            (row.community_id, row.participant_id, row.run_id, row.message_id, row.kind, row.text, row.created_at)
            for row in rows
        ),
    )


def open_kinds(connection: Connection, participant_ids: Collection[int]) -> set[tuple[int, str]]:
    """What waits for a person already, as (participant id, kind) pairs."""
    if not participant_ids:
        return set()
    found = connection.execute(_OPEN, {"ids": sorted(participant_ids)})
    return {(row[0], row[1]) for row in found if row[0] is not None}


def close_inbox_items(connection: Connection, participant_id: int, kind: str, now: datetime) -> None:
    """Somebody took care of a participant's items of one kind."""
    connection.execute(_DONE, {"participant": participant_id, "of_kind": kind, "at": now})
