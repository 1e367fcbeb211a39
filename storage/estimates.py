"""Queries for an estimate: who would be asked, by language, channel, sender and zone; what waits before them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, literal, select, text, union_all

from storage.models import Address, Message, Participant, Sender, UtcDateTime
from storage.reach import Reach


def count_reasons(connection: Connection, people: Select[Any], reason: ColumnElement[Any]) -> dict[str | None, int]:
    """How many of `people` (a select on participants) have each reason; None for those without one."""
    counted: Any = people.with_only_columns(reason.label("reason"), func.count().label("n")).group_by(text("reason"))
    return {row.reason: int(row.n) for row in connection.execute(counted)}


def recipients(
    connection: Connection,
    people: Select[Any],
    reach: Reach,
    zone: str,
    revision: ColumnElement[Any],
    prefixes: Sequence[str],
) -> Sequence[Row[Any]]:
    """How many of `people` there are of each (revision, language, channel, sender_id, zone, prefix): `n`.

    `zone` is the community's, for those without one of their own; `prefixes`: beginnings of numbers, the longest first.
    """
    prefix: ColumnElement[Any] = literal("")
    if prefixes:
        prefix = case(*((Address.address.startswith(f"sms:{one}", autoescape=True), one) for one in prefixes), else_="")
    columns = {
        "revision": revision,
        "language": Participant.language,
        "channel": Address.channel,
        "sender_id": reach.sender_id(),
        "zone": func.coalesce(Participant.timezone, zone),
        "prefix": prefix,
    }
    inner: Any = _reached(people, reach).with_only_columns(*(column.label(name) for name, column in columns.items()))
    found = inner.subquery()
    statement: Any = select(*found.c, func.count().label("n")).group_by(*found.c).order_by(*found.c)
    rows: Sequence[Row[Any]] = connection.execute(statement).all()
    return rows


def each_recipient(
    connection: Connection,
    people: Select[Any],
    reach: Reach,
    zone: str,
    revision: ColumnElement[Any],
    batch: int = 5_000,
) -> Iterator[Sequence[Row[Any]]]:
    """Everybody of `people` in batches: (id, public_id, name, language, attributes, channel, zone, revision)."""
    after = 0
    statement = _reached(people, reach).with_only_columns(
        Participant.id,
        Participant.public_id,
        Participant.name,
        Participant.language,
        Participant.attributes,
        Address.channel,
        func.coalesce(Participant.timezone, zone).label("zone"),
        revision.label("revision"),
    )
    while True:
        found = connection.execute(statement.where(Participant.id > after).order_by(Participant.id).limit(batch)).all()
        if not found:
            return
        yield found
        after = found[-1].id


def _reached(people: Select[Any], reach: Reach) -> Select[Any]:
    return people.join(Address, Address.id == reach.address_id())


def senders_of(connection: Connection, reach: Reach) -> dict[int, Row[int, str, str, float]]:
    """The senders of a community by id: (id, address, channel, pace)."""
    ids = [one for several in reach.senders.values() for one in several]
    found = connection.execute(select(Sender.id, Sender.address, Sender.channel, Sender.pace).where(Sender.id.in_(ids)))
    return {row.id: row for row in found}


def waiting_before(connection: Connection, sender_ids: Sequence[int]) -> dict[int, int]:
    """What waits in each sender's queue: segments on SMS, messages elsewhere."""
    units = case((Sender.channel == "sms", Message.segments), else_=1)
    statement = (
        select(Message.sender_id, func.sum(units))
        .join(Sender, Sender.id == Message.sender_id)
        .where(Message.sender_id.in_(sender_ids), text("messages.status = 'queued'"))
        .group_by(Message.sender_id)
    )
    return {int(sender_id): int(waiting or 0) for sender_id, waiting in connection.execute(statement)}


def nth_latest(
    connection: Connection, people: Select[Any], since: datetime, now: datetime, n: int
) -> Iterator[tuple[int, str | None, datetime]]:
    """Of each of `people` who had `n` campaign and update messages or more since a moment: (id, zone, when the n-th latest left),
    in the order of that time.

    All that a run says first is one. What waits in the queue counts as leaving `now`.
    """
    chosen = people.with_only_columns(Participant.id).order_by(None)
    one = func.coalesce(Message.run_id, -Message.id)
    bulk = (Message.participant_id.in_(chosen), text("messages.priority = 2"))
    left = select(Message.participant_id, func.min(Message.claimed_at).label("at")).where(
        *bulk,
        Message.claimed_at > since,
        text("messages.status IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')"),
    )
    waits = select(Message.participant_id, literal(now, UtcDateTime()).label("at")).where(
        *bulk, text("messages.status = 'queued'")
    )
    had = union_all(*(part.group_by(Message.participant_id, one) for part in (left, waits))).subquery()
    place = func.row_number().over(partition_by=had.c.participant_id, order_by=had.c.at.desc())
    ranked = select(had.c.participant_id, had.c.at, place.label("place")).subquery()
    statement = (
        select(Participant.id, Participant.timezone, ranked.c.at)
        .join(ranked, ranked.c.participant_id == Participant.id)
        .where(ranked.c.place == n)
        .order_by(ranked.c.at)
    )
    rows: Iterator[Any] = iter(connection.execute(statement))
    yield from rows


__all__ = ["count_reasons", "each_recipient", "nth_latest", "recipients", "senders_of", "waiting_before"]
