"""Queries on the inbox: what needs a person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, case, select, update

from storage.bulk import InsertMany, among
from storage.models import Community, InboxItem, Participant, Run

#: What cannot wait stands before what can.
URGENCY: Final = {"distress": 0, "unsure_stop": 1, "person": 2, "notify": 3}


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


_SHOWN: Final[tuple[Any, ...]] = (
    InboxItem.id,
    InboxItem.kind,
    InboxItem.text,
    InboxItem.created_at,
    InboxItem.done_at,
    InboxItem.participant_id,
    Participant.public_id,
    Participant.name,
    Participant.language,
    Participant.held_at,
    InboxItem.run_id,
    Run.status.label("run_status"),
    Community.slug.label("community"),
)


def list_inbox(
    connection: Connection,
    community_id: int,
    *,
    kinds: Collection[str] = (),
    done: bool = False,
    item_id: int | None = None,
    limit: int = 500,
) -> Sequence[Row[Any]]:
    """What waits for a person in a community, the most urgent first, then the oldest; or what somebody took care of, the newest first.

    Each row: id, kind, text, created_at, done_at, participant_id, public_id, name, language, held_at, run_id, run_status.
    """
    item = InboxItem
    statement = (
        select(*_SHOWN)
        .join(Community, Community.id == item.community_id)
        .outerjoin(Participant, Participant.id == item.participant_id)
        .outerjoin(Run, Run.id == item.run_id)
        .where(item.community_id == community_id)
        .limit(limit)
    )
    if item_id is not None:
        return connection.execute(statement.where(item.id == item_id)).all()
    if kinds:
        statement = statement.where(item.kind.in_(sorted(kinds)))
    if done:
        return connection.execute(
            statement.where(item.done_at.is_not(None)).order_by(item.done_at.desc(), item.id)
        ).all()
    urgency = case(URGENCY, value=item.kind, else_=len(URGENCY))
    return connection.execute(statement.where(item.done_at.is_(None)).order_by(urgency, item.id)).all()


def settle_inbox_items(connection: Connection, ids: Collection[int], now: datetime) -> int:
    """Somebody took care of these; how many were still open."""
    if not ids:
        return 0
    statement = update(InboxItem).where(InboxItem.id.in_(sorted(ids)), InboxItem.done_at.is_(None)).values(done_at=now)
    return connection.execute(statement).rowcount
