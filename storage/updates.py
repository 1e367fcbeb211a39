"""Queries on updates: what is due, who is to read it, and the messages that carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.audience import bears, by_language, said
from storage.bulk import COUNTED
from storage.models import Address, Campaign, Community, Message, Participant, Update
from storage.models.messages import PRIORITY_BULK
from storage.reach import Reach


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


def readers(community_id: int, audience: Mapping[str, Any], reach: Reach) -> Select[int]:
    """A select of the ids of an update's readers.

    Those who took part in `audience["campaign"]` and did not withdraw from updates; with `subscribed`, those who agreed to
    updates; with `tags`, only those who bear them all. Nobody who said STOP, is held, or cannot be reached.
    """
    wanted = []
    if audience.get("campaign") is not None:
        wanted.append(and_(said(audience["campaign"], None, ()), Participant.updates != "withdrawn"))
    if audience.get("subscribed"):
        wanted.append(Participant.updates == "granted")
    statement = select(Participant.id).where(
        Participant.community_id == community_id,
        Participant.erased_at.is_(None),
        Participant.opted_out_at.is_(None),
        Participant.held_at.is_(None),
        reach.reaches(),
        or_(*wanted),
    )
    for tag in audience.get("tags", ()):
        statement = statement.where(bears(tag))
    return statement


def insert_update_messages(
    connection: Connection,
    row: Row[Any],
    people: Select[Any],
    reach: Reach,
    texts: Mapping[str, Mapping[str, Any]],
    *,
    first: str,
    now: datetime,
    valid_until: datetime,
) -> int:
    """Put an update's messages to `people` (a select on participants) in the outbox, one a participant and occurrence at the
    most; how many were new. `texts`: language -> `{"text", "segments"}`; that of `first` is for the languages that are not there.
    """
    moment = Message.created_at.type
    columns: dict[str, Any] = {
        "community_id": literal(row.community_id),
        "sender_id": reach.sender_id(),
        "address_id": Address.id,
        "participant_id": Participant.id,
        "campaign_id": literal(row.campaign_id, Message.campaign_id.type),
        "update_id": literal(row.id),
        "occurrence": literal(row.occurrence),
        "direction": literal("out"),
        "kind": literal("update"),
        "text": by_language({language: one["text"] for language, one in texts.items()}, first),
        "language": Participant.language,
        "visit": literal(0),
        "status": literal("queued"),
        "priority": literal(PRIORITY_BULK),
        "segments": case(
            (
                Address.channel == "sms",
                by_language({language: one["segments"] for language, one in texts.items()}, first),
            ),
            else_=literal(1),
        ),
        "attempts": literal(0),
        "due_at": literal(now, moment),
        "valid_until": literal(valid_until, moment),
        "created_at": literal(now, moment),
    }
    chosen = people.join(Address, Address.id == reach.address_id()).with_only_columns(*columns.values())
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Message).from_select(
        list(columns), chosen.order_by(Participant.id), include_defaults=False
    )
    return connection.execute(statement.on_conflict_do_nothing(), execution_options=COUNTED).rowcount


def cancel_update_messages(connection: Connection, update_id: int, now: datetime) -> int:
    """Cancel an update's messages that have not left; how many."""
    statement = (
        update(Message)
        .where(Message.update_id == update_id, Message.status == "queued")
        .values(status="cancelled", settled_at=now)
    )
    return connection.execute(statement).rowcount
