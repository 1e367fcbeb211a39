"""Queries on media that came with messages: which to fetch now, and what became of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.bulk import UpdateMany
from storage.models import InboxItem, Medium, Message, Sender


@dataclass(frozen=True, slots=True)
class WaitingMedium:
    """A medium to fetch: by which channel, and the how-manieth attempt this is."""

    id: int
    community_id: int
    participant_id: int | None
    message_id: int
    kind: str
    reference: str
    content_type: str | None
    channel: str
    attempt: int


_put_off = UpdateMany(Medium, "attempts", "due_at")
_WAITING = (
    select(
        Medium.id,
        Medium.community_id,
        Medium.participant_id,
        Medium.message_id,
        Medium.kind,
        Medium.reference,
        Medium.content_type,
        Sender.channel,
        Medium.attempts,
    )
    .join(Message, Message.id == Medium.message_id)
    .join(Sender, Sender.id == Message.sender_id)
    .where(Medium.status == "waiting")
    .order_by(Medium.due_at, Medium.id)
)


def take_waiting(
    connection: Connection, channels: Collection[str], now: datetime, again_at: datetime, limit: int
) -> list[WaitingMedium]:
    """Media to fetch now through these channels; nobody else takes them before `again_at`."""
    statement = (
        _WAITING.where(Medium.due_at <= now, Sender.channel.in_(channels))
        .limit(limit)
        .with_for_update(of=Medium, skip_locked=True)
    )
    found = [
        WaitingMedium(
            id=row.id,
            community_id=row.community_id,
            participant_id=row.participant_id,
            message_id=row.message_id,
            kind=row.kind,
            reference=row.reference,
            content_type=row.content_type,
            channel=row.channel,
            attempt=row.attempts + 1,
        )
        for row in connection.execute(statement)
    ]
    _put_off(connection, [(one.attempt, again_at, one.id) for one in found])
    return found


def keep_medium(connection: Connection, medium_id: int, content: bytes, content_type: str) -> bool:
    """Keep a medium's bytes; False where it was erased meanwhile."""
    kept = update(Medium).where(Medium.id == medium_id, Medium.status == "waiting")
    return (
        connection.execute(kept.values(status="kept", content=content, content_type=content_type, reason=None)).rowcount
        > 0
    )


def end_medium(connection: Connection, medium: WaitingMedium, status: str, reason: str, now: datetime) -> None:
    """A medium cannot be had (`refused`, `failed`): say why, and put it before the coordinators."""
    ended = update(Medium).where(Medium.id == medium.id, Medium.status == "waiting")
    if connection.execute(ended.values(status=status, reason=reason)).rowcount:
        connection.execute(
            insert(InboxItem).values(
                community_id=medium.community_id,
                participant_id=medium.participant_id,
                message_id=medium.message_id,
                kind="failed",
                text=reason,
                created_at=now,
            )
        )


def try_later(connection: Connection, medium_id: int, reason: str, due_at: datetime) -> None:
    """A medium cannot be had just now."""
    waits = update(Medium).where(Medium.id == medium_id, Medium.status == "waiting")
    connection.execute(waits.values(reason=reason, due_at=due_at))


def medium_content(connection: Connection, medium_id: int) -> tuple[int, bytes, str] | None:
    """A medium that is kept: its community, its bytes and their type."""
    row = connection.execute(
        select(Medium.community_id, Medium.content, Medium.content_type).where(
            Medium.id == medium_id, Medium.status == "kept"
        )
    ).one_or_none()
    return None if row is None or row.content is None else (row.community_id, row.content, row.content_type or "")


__all__ = ["WaitingMedium", "end_medium", "keep_medium", "medium_content", "take_waiting", "try_later"]
