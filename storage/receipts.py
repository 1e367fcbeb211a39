"""Receipts that found no message: kept until the message is known by the provider's id."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, text

from storage.bulk import InsertMany, among
from storage.models import Message, Receipt

_COLUMNS = ("sender_id", "provider_id", "status", "error_code", "consequence", "retry_once", "received_at")
_keep = InsertMany(Receipt, *_COLUMNS)
_KEPT = (
    select(Receipt.id, *(Receipt.__table__.c[name] for name in _COLUMNS))
    .where(among(Receipt.provider_id, "provider_ids"), among(Receipt.sender_id, "senders"))
    .order_by(Receipt.id)
)


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it is kept. The order of fields is the query's; `id` is 0 for one to be kept."""

    id: int
    sender_id: int | None
    provider_id: str
    status: str
    error_code: str | None
    consequence: str | None
    retry_once: bool
    received_at: datetime


def keep_receipts(connection: Connection, receipts: Iterable[KeptReceipt]) -> None:
    """Keep receipts until a message is known by their provider's id."""
    _keep(connection, ([getattr(receipt, name) for name in _COLUMNS] for receipt in receipts))


def kept_receipts(connection: Connection, pairs: Collection[tuple[int, str]]) -> list[KeptReceipt]:
    """Receipts kept for these (sender id, provider's id) pairs, as they came in."""
    if not pairs:
        return []
    parameters = {"senders": sorted({one for one, _ in pairs}), "provider_ids": sorted({one for _, one in pairs})}
    rows: Iterable[Any] = connection.execute(_KEPT, parameters)
    return [KeptReceipt(*row) for row in rows if (row.sender_id, row.provider_id) in pairs]


def found_by_now(connection: Connection, limit: int) -> list[int]:
    """Ids of messages that bear, by now, the provider's id of a receipt that was kept."""
    statement = (
        select(Message.id)
        .join(Receipt, (Receipt.sender_id == Message.sender_id) & (Receipt.provider_id == Message.provider_id))
        .where(text("messages.direction = 'out' AND messages.provider_id IS NOT NULL"))
        .distinct()
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def drop_receipts(connection: Connection, ids: Collection[int]) -> None:
    """Delete receipts that have been applied."""
    if ids:
        connection.execute(delete(Receipt).where(among(Receipt.id, "ids")), {"ids": sorted(ids)})


def drop_old_receipts(connection: Connection, before: datetime, limit: int = 5_000) -> int:
    """Delete receipts that found no message for so long that none will come; how many, at most `limit`."""
    old = select(Receipt.id).where(Receipt.received_at < before).order_by(Receipt.id).limit(limit)
    return connection.execute(delete(Receipt).where(Receipt.id.in_(old))).rowcount


__all__ = ["KeptReceipt", "drop_old_receipts", "drop_receipts", "found_by_now", "keep_receipts", "kept_receipts"]
