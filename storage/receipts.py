"""Receipts that found no message: kept until the message is known by the provider's id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, select

from storage.bulk import InsertMany, among
from storage.models import Receipt

_keep = InsertMany(Receipt, "sender_id", "provider_id", "status", "error_code", "received_at")
_KEPT = (
    select(Receipt.id, Receipt.sender_id, Receipt.provider_id, Receipt.status, Receipt.error_code, Receipt.received_at)
    .where(among(Receipt.provider_id, "provider_ids"), among(Receipt.sender_id, "senders"))
    .order_by(Receipt.id)
)


def keep_receipts(connection: Connection, rows: Iterable[tuple[int | None, str, str, str | None, datetime]]) -> None:
    """Keep receipts: (sender id, provider's id, status, error code, received at)."""
    _keep(connection, rows)


def kept_receipts(
    connection: Connection, pairs: Collection[tuple[int, str]]
) -> Sequence[Row[int, int | None, str, str, str | None, datetime]]:
    """Receipts kept for these (sender id, provider's id) pairs, as they came in."""
    if not pairs:
        return ()
    parameters = {"senders": sorted({one for one, _ in pairs}), "provider_ids": sorted({one for _, one in pairs})}
    return [row for row in connection.execute(_KEPT, parameters) if (row.sender_id, row.provider_id) in pairs]


def drop_receipts(connection: Connection, ids: Collection[int]) -> None:
    """Delete receipts that have been applied."""
    if ids:
        connection.execute(delete(Receipt).where(among(Receipt.id, "ids")), {"ids": sorted(ids)})


def drop_old_receipts(connection: Connection, before: datetime, limit: int = 5_000) -> int:
    """Delete receipts that found no message for so long that none will come; how many, at most `limit`."""
    old = select(Receipt.id).where(Receipt.received_at < before).order_by(Receipt.id).limit(limit)
    return connection.execute(delete(Receipt).where(Receipt.id.in_(old))).rowcount


__all__ = ["drop_old_receipts", "drop_receipts", "keep_receipts", "kept_receipts"]
