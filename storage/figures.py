"""Queries for those who watch an installation: how deep the outbox is and how long its oldest message has waited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, func, select

from storage.models import Address, Message, Sender

#: Statuses of messages that are still somebody's business: each has a partial index, so history costs nothing here.
LIVE = ("queued", "sending", "unknown")


def outbox_figures(connection: Connection, now: datetime) -> tuple[dict[str, int], datetime | None]:
    """How many messages are queued, sending and unknown, and when the oldest that is due became so."""
    counts = {
        status: int(
            connection.execute(
                select(func.count()).select_from(Message).where(Message.status == status, Message.direction == "out")
            ).scalar_one()
        )
        for status in LIVE
    }
    oldest = connection.execute(
        select(func.min(Message.due_at)).where(
            Message.status == "queued", Message.due_at <= now, Message.direction == "out"
        )
    ).scalar_one()
    return counts, oldest


def paused_senders(connection: Connection) -> list[tuple[str, str]]:
    """(address, reason) of the senders that are paused."""
    statement = select(Sender.address, Sender.paused_reason).where(Sender.paused_at.is_not(None)).order_by(Sender.id)
    return [(str(address), str(reason or "no reason was noted")) for address, reason in connection.execute(statement)]


def lately_sent(connection: Connection, until: datetime, limit: int) -> tuple[int, int]:
    """Of the last `limit` texts by SMS that left by `until`: how many did, and of how many a receipt has told something."""
    last = (
        select(Message.status, Message.sent_at)
        .join(Address, Address.id == Message.address_id)
        .where(Message.direction == "out", Address.channel == "sms")
        .order_by(Message.id.desc())
        .limit(limit)
        .subquery()
    )
    told = case((last.c.status.in_(("delivered", "undelivered")), 1), else_=0)
    statement = select(func.count(), func.coalesce(func.sum(told), 0)).where(
        last.c.sent_at <= until, last.c.status.in_(("sent", "delivered", "undelivered"))
    )
    sent, settled = connection.execute(statement).one()
    return int(sent), int(settled)
