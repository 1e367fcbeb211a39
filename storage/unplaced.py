"""Queries on texts that came to numbers and bots which are not registered here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select

from storage.bulk import InsertMany, among
from storage.models import Sender, UnplacedText

_insert = InsertMany(UnplacedText, "sender", "provider_id", "inbound", "received_at", conflict="DO NOTHING")
_KNOWN = exists().where(
    or_(Sender.address == UnplacedText.sender, Sender.address == UnplacedText.inbound["messaging_service"].as_string())
)
_DELETE = delete(UnplacedText).where(among(UnplacedText.id, "ids"))


def keep_unplaced(connection: Connection, rows: Iterable[tuple[str, str, dict[str, Any], datetime]]) -> None:
    """Keep texts as (our address, the provider's id, the text as JSON, when it came); one that is kept already stays."""
    _insert(connection, rows)


def placeable(connection: Connection, limit: int) -> list[tuple[int, dict[str, Any]]]:
    """Texts whose number or bot is registered by now, the oldest first: (id, the text as JSON)."""
    statement = select(UnplacedText.id, UnplacedText.inbound).where(_KNOWN).order_by(UnplacedText.id).limit(limit)
    return [(row[0], row[1]) for row in connection.execute(statement.with_for_update(skip_locked=True))]


def drop_unplaced(connection: Connection, ids: Collection[int]) -> None:
    """These texts are taken in."""
    if ids:
        connection.execute(_DELETE, {"ids": sorted(ids)})


def forget_unplaced(connection: Connection, before: datetime) -> int:
    """Drop what nobody claimed; how many."""
    return connection.execute(delete(UnplacedText).where(UnplacedText.received_at < before)).rowcount
