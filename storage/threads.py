"""Queries on a thread: the messages between one address and one sender, and the phones that a simulator shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from storage.models import Address, Community, Message, Participant, Sender, SenderCommunity


def thread(
    connection: Connection, sender_id: int, address: str, *, after: int = 0, limit: int = 200
) -> Sequence[Row[Any]]:
    """The messages between a sender and an address with an id above `after`, oldest first, at most the last `limit`."""
    found = connection.execute(select(Address.id, Address.participant_id).where(Address.address == address)).all()
    if not found:
        return []
    statement = select(
        Message.id,
        Message.direction,
        Message.kind,
        Message.text,
        Message.status,
        Message.buttons,
        Message.run_id,
        Message.visit,
        Message.segments,
        Message.priority,
        Message.due_at,
        Message.created_at,
    ).where(Message.sender_id == sender_id, Message.address_id.in_([row.id for row in found]), Message.id > after)
    people = [row.participant_id for row in found]
    if None not in people:
        # The index on participants finds a thread at once; a stranger's few texts are found without.
        statement = statement.where(Message.participant_id.in_(people))
    rows = connection.execute(statement.order_by(Message.id.desc()).limit(limit)).all()
    return rows[::-1]


def phones(
    connection: Connection, *, limit: int = 100
) -> Sequence[Row[str, str, str, int, str | None, str, datetime | None]]:
    """Addresses with a person behind them, the last to write first: address, channel, community, name, last_inbound_at."""
    return connection.execute(
        select(
            Address.address,
            Address.channel,
            Community.name.label("community"),
            Community.id.label("community_id"),
            Participant.name,
            Participant.language,
            Participant.last_inbound_at,
        )
        .join(Community, Community.id == Address.community_id)
        .join(Participant, Participant.id == Address.participant_id)
        .order_by(func.coalesce(Participant.last_inbound_at, Participant.joined_at).desc(), Address.id)
        .limit(limit)
    ).all()


def served(connection: Connection) -> Sequence[Row[int, str, str, str, int]]:
    """Each sender with each community that it serves: sender_id, address, channel, community, community_id."""
    return connection.execute(
        select(
            Sender.id.label("sender_id"),
            Sender.address,
            Sender.channel,
            Community.name.label("community"),
            Community.id.label("community_id"),
        )
        .join(SenderCommunity, SenderCommunity.sender_id == Sender.id)
        .join(Community, Community.id == SenderCommunity.community_id)
        .order_by(SenderCommunity.id)
    ).all()


def texts_of_kind(connection: Connection, kind: str) -> dict[str, str]:
    """One outgoing text of this kind for each language that it was written in."""
    statement = (
        select(Message.language, func.max(Message.text))
        .where(Message.kind == kind, Message.direction == "out", Message.language.is_not(None))
        .group_by(Message.language)
    )
    return {str(language): str(words) for language, words in connection.execute(statement)}
