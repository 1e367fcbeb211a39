"""Queries on updates: what is due, who is to read it, and the messages that carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models import (
    Address,
    Answer,
    Campaign,
    Community,
    Message,
    Participant,
    ParticipantTag,
    Sender,
    SenderCommunity,
    Update,
)


def insert_update(connection: Connection, **values: Any) -> int:
    """Add an update; its id."""
    return int(connection.execute(insert(Update).values(**values).returning(Update.id)).scalar_one())


def find_update(connection: Connection, update_id: int) -> Row[Any] | None:
    """An update by its id, all columns."""
    return connection.execute(select(Update.__table__).where(Update.id == update_id)).one_or_none()


def list_updates(connection: Connection, community_id: int) -> Sequence[Row[Any]]:
    """A community's updates with the campaign's name and how many messages each made, the newest first."""
    made = (
        select(func.count())
        .select_from(Message)
        .where(Message.update_id == Update.id)
        .correlate(Update)
        .scalar_subquery()
    )
    return connection.execute(
        select(Update.__table__, Campaign.name.label("campaign"), made.label("messages"))
        .outerjoin(Campaign, Campaign.id == Update.campaign_id)
        .where(Update.community_id == community_id)
        .order_by(Update.id.desc())
    ).all()


def due_updates(connection: Connection, now: datetime, limit: int = 10) -> Sequence[Row[Any]]:
    """Updates that are due or under way, with the community's columns that their sending needs, locked."""
    statement = (
        select(
            Update.__table__,
            Community.name.label("community_name"),
            Community.timezone,
            Community.languages,
            Community.contact,
            Community.settings,
        )
        .join(Community, Community.id == Update.community_id)
        .where(
            or_(
                and_(Update.status == "scheduled", Update.next_at <= now),
                Update.status == "sending",
            )
        )
        .order_by(Update.next_at, Update.id)
        .limit(limit)
        .with_for_update(of=Update, skip_locked=True)
    )
    return connection.execute(statement).all()


def change_update(connection: Connection, update_id: int, **values: Any) -> None:
    """Set columns of an update."""
    connection.execute(update(Update).where(Update.id == update_id).values(**values))


def readers(
    connection: Connection, community_id: int, audience: Mapping[str, Any], *, after: int, limit: int
) -> Sequence[Row[int, str, str | None, int, int]]:
    """The next readers of an update by participant id: (id, language, name, address_id, sender_id).

    Those who took part in `audience["campaign"]` and did not withdraw from updates; with `subscribed`, those who agreed to
    updates; with `tags`, only those who bear them all. Nobody who said STOP, is held, or has no open address.
    """
    sender = func.coalesce(
        Address.sender_id,
        select(func.min(Sender.id))
        .join(SenderCommunity, SenderCommunity.sender_id == Sender.id)
        .where(SenderCommunity.community_id == Address.community_id, Sender.channel == Address.channel)
        .correlate(Address)
        .scalar_subquery(),
    )
    first_address = (
        select(func.min(Address.id))
        .where(Address.participant_id == Participant.id, Address.status == "open")
        .correlate(Participant)
        .scalar_subquery()
    )
    statement = (
        select(Participant.id, Participant.language, Participant.name, Address.id, sender)
        .join(Address, Address.id == first_address)
        .where(
            Participant.community_id == community_id,
            Participant.id > after,
            Participant.opted_out_at.is_(None),
            Participant.held_at.is_(None),
            Participant.erased_at.is_(None),
            sender.is_not(None),
        )
        .order_by(Participant.id)
        .limit(limit)
    )
    wanted = []
    if audience.get("campaign") is not None:
        took_part = exists().where(
            Answer.participant_id == Participant.id,
            Answer.campaign_id == audience["campaign"],
            Answer.value.is_not(None),
        )
        wanted.append(and_(took_part, Participant.updates != "withdrawn"))
    if audience.get("subscribed"):
        wanted.append(Participant.updates == "granted")
    statement = statement.where(or_(*wanted))
    for tag in audience.get("tags", ()):
        statement = statement.where(
            exists().where(ParticipantTag.participant_id == Participant.id, ParticipantTag.tag == tag)
        )
    return connection.execute(statement).all()


def insert_update_messages(connection: Connection, messages: Sequence[Mapping[str, Any]]) -> int:
    """Put an update's messages in the outbox, one a participant and occurrence at the most; how many were new."""
    if not messages:
        return 0
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Message).values(list(messages)).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def update_messages(connection: Connection, update_id: int) -> dict[str, int]:
    """How many messages of an update have each status."""
    statement = select(Message.status, func.count()).where(Message.update_id == update_id).group_by(Message.status)
    return {str(status): int(n) for status, n in connection.execute(statement)}


def cancel_update_messages(connection: Connection, update_id: int, now: datetime) -> int:
    """Cancel an update's messages that have not left; how many."""
    statement = (
        update(Message)
        .where(Message.update_id == update_id, Message.status == "queued")
        .values(status="cancelled", settled_at=now)
    )
    return connection.execute(statement).rowcount


def community_zone(connection: Connection, community_id: int) -> str:
    """The IANA time zone of a community."""
    return str(connection.execute(select(Community.timezone).where(Community.id == community_id)).scalar_one())
