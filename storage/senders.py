"""Queries on senders as delivery needs them: who has something to send, who must wait, who is paused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Exists, Row, Table, Update, bindparam, or_, select, text, update

from storage.bulk import among
from storage.models import Message, Sender, SenderCommunity, UtcDateTime
from storage.models.messages import PRIORITY_BULK, PRIORITY_REMINDER, PRIORITY_REPLY

#: Results in a row of which nobody knows whether the message went, after which a sender pauses and probes (DESIGN §10).
PROBE_AFTER = 5

_table = cast("Table", Sender.__table__)
_s = _table.c
_NOW = bindparam("now", type_=UtcDateTime())


def _has_due(priority: int) -> Exists:
    # One look into the outbox's index for each priority: all three columns before the time are then known. The offset keeps
    # PostgreSQL from gathering the whole queue first and comparing afterwards.
    found = select(1).where(
        Message.sender_id == _s.id,
        text("messages.status = 'queued'"),
        Message.priority == priority,
        Message.due_at <= _NOW,
    )
    return found.offset(0).exists()


_DUE = (
    select(_s.id)
    .where(
        or_(*(_has_due(priority) for priority in (PRIORITY_REPLY, PRIORITY_REMINDER, PRIORITY_BULK))),
        or_(_s.wait_until.is_(None), _s.wait_until <= _NOW),
        or_(_s.paused_at.is_(None), _s.ambiguous >= PROBE_AFTER),
        among(_s.channel, "channels"),
    )
    .order_by(_s.id)
)
_LOCK = select(*_s).where(_s.id == bindparam("id")).with_for_update(key_share=True, skip_locked=True)
_LOCK_MANY = select(*_s).where(among(_s.id, "ids")).order_by(_s.id).with_for_update(key_share=True)
_LOOK = select(_s.id, _s.ambiguous, _s.probe_id).where(among(_s.id, "ids"))


def senders_with_due(connection: Connection, now: datetime, channels: Collection[str]) -> list[int]:
    """Senders of these channels that may send now and have a message whose time has come."""
    return list(connection.execute(_DUE, {"now": now, "channels": sorted(channels)}).scalars())


def lock_sender(connection: Connection, sender_id: int) -> Row[Any] | None:
    """A sender, all columns, locked against every other claim; None where another transaction has it just now."""
    return connection.execute(_LOCK, {"id": sender_id}).one_or_none()


def lock_senders(connection: Connection, sender_ids: Collection[int]) -> dict[int, Row[Any]]:
    """Senders by id, all columns, locked once whoever has them is done."""
    return {row.id: row for row in connection.execute(_LOCK_MANY, {"ids": sorted(sender_ids)})} if sender_ids else {}


def in_doubt(connection: Connection, sender_ids: Collection[int]) -> set[int]:
    """Those of `sender_ids` that count ambiguous results or wait for a probe: a success changes them."""
    found = connection.execute(_LOOK, {"ids": sorted(sender_ids)}) if sender_ids else ()
    return {row.id for row in found if row.ambiguous or row.probe_id is not None}


def change_sender(connection: Connection, sender_id: int, **values: Any) -> None:
    """Set columns of a sender."""
    connection.execute(_changing(tuple(values)), {"of_sender": sender_id, **values})


@cache
def _changing(names: tuple[str, ...]) -> Update:
    # Made once for each set of columns: making it takes ten times as long as the database takes for it.
    return update(_table).where(_s.id == bindparam("of_sender")).values({name: bindparam(name) for name in names})


def pause_sender(connection: Connection, sender_id: int, reason: str, now: datetime) -> bool:
    """Stop a sender until it is resumed; False where it is paused already, by whatever reason."""
    statement = update(Sender).where(_s.id == sender_id, or_(_s.paused_at.is_(None), _s.ambiguous >= PROBE_AFTER))
    values = {"paused_at": now, "paused_reason": reason, "ambiguous": 0, "probe_id": None}
    return connection.execute(statement.values(**values)).rowcount > 0


def resume_sender(connection: Connection, sender_id: int) -> bool:
    """Let a paused or waiting sender send again; False where it was neither."""
    statement = update(Sender).where(_s.id == sender_id, or_(_s.paused_at.is_not(None), _s.wait_until.is_not(None)))
    values = {"paused_at": None, "paused_reason": None, "ambiguous": 0, "probe_id": None, "wait_until": None}
    return connection.execute(statement.values(**values)).rowcount > 0


def sender_ids(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """Ids of senders by address; an address that is no sender is left out."""
    if not addresses:
        return {}
    found = connection.execute(
        select(_s.address, _s.id).where(among(_s.address, "addresses")), {"addresses": sorted(addresses)}
    )
    return {row.address: row.id for row in found}


def communities_of(connection: Connection, sender_id: int) -> Sequence[int]:
    """Ids of the communities that a sender serves, its first one first."""
    statement = select(SenderCommunity.community_id).where(SenderCommunity.sender_id == sender_id)
    return connection.execute(statement.order_by(SenderCommunity.id)).scalars().all()


def paused_senders(connection: Connection) -> Sequence[Row[Any]]:
    """Senders that are paused or wait, all columns."""
    return connection.execute(select(*_s).where(_s.paused_at.is_not(None)).order_by(_s.id)).all()


__all__ = [
    "PROBE_AFTER",
    "change_sender",
    "communities_of",
    "in_doubt",
    "lock_sender",
    "lock_senders",
    "pause_sender",
    "paused_senders",
    "resume_sender",
    "sender_ids",
    "senders_with_due",
]
