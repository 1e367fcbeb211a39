"""Queries on communities, the senders that serve them, and their coordinators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.models import Address, Community, Coordinator, Keyword, Membership, Participant, Sender, SenderCommunity


def find_community(connection: Connection, slug: str) -> Row[Any] | None:
    """The community called `slug`, all its columns."""
    return connection.execute(select(Community.__table__).where(Community.slug == slug)).one_or_none()


def community_by_id(connection: Connection, community_id: int) -> Row[Any]:
    """A community, all its columns."""
    return connection.execute(select(Community.__table__).where(Community.id == community_id)).one()


def community_slugs(connection: Connection) -> tuple[str, ...]:
    """Every community's slug, in alphabetical order."""
    return tuple(connection.execute(select(Community.slug).order_by(Community.slug)).scalars())


def list_communities(connection: Connection) -> Sequence[Row[Any]]:
    """Each community with `participants`, how many residents take part in it."""
    taking_part = (
        select(func.count())
        .select_from(Participant)
        .where(Participant.community_id == Community.id, Participant.erased_at.is_(None))
        .scalar_subquery()
    )
    return connection.execute(
        select(Community.__table__, taking_part.label("participants")).order_by(Community.slug)
    ).all()


def insert_community(
    connection: Connection,
    *,
    slug: str,
    name: str,
    languages: Sequence[str],
    timezone: str,
    hours: dict[str, Any],
    contact: str | None,
    settings: dict[str, Any],
    created_at: datetime,
) -> int:
    """Add a community; its id."""
    statement = insert(Community).values(
        slug=slug,
        name=name,
        languages=list(languages),
        timezone=timezone,
        hours=hours,
        contact=contact,
        settings=settings,
        created_at=created_at,
    )
    return int(connection.execute(statement.returning(Community.id)).scalar_one())


def change_community(connection: Connection, community_id: int, changes: dict[str, Any]) -> None:
    """Set columns of a community."""
    connection.execute(update(Community).where(Community.id == community_id).values(**changes))


def find_sender(connection: Connection, address: str) -> Row[Any] | None:
    """The sender with this address, all its columns."""
    return connection.execute(select(Sender.__table__).where(Sender.address == address)).one_or_none()


def insert_sender(
    connection: Connection, *, address: str, channel: str, opt_out: str, pace: float, created_at: datetime
) -> int:
    """Add a sender; its id."""
    statement = insert(Sender).values(
        address=address, channel=channel, opt_out=opt_out, pace=pace, created_at=created_at
    )
    return int(connection.execute(statement.returning(Sender.id)).scalar_one())


def serve_community(connection: Connection, sender_id: int, community_id: int) -> bool:
    """Let a sender serve a community; False where it did already."""
    served = select(SenderCommunity.id).where(
        SenderCommunity.sender_id == sender_id, SenderCommunity.community_id == community_id
    )
    if connection.execute(served).first() is not None:
        return False
    connection.execute(insert(SenderCommunity).values(sender_id=sender_id, community_id=community_id))
    return True


def list_senders(connection: Connection, community_id: int | None = None) -> Sequence[Row[Any]]:
    """Senders with the slug of each community that they serve, a row a pair."""
    statement = (
        select(Sender.__table__, Community.slug.label("community"))
        .join(SenderCommunity, SenderCommunity.sender_id == Sender.id)
        .join(Community, Community.id == SenderCommunity.community_id)
        .order_by(Sender.address, Community.slug)
    )
    if community_id is not None:
        statement = statement.where(Community.id == community_id)
    return connection.execute(statement).all()


def first_sender(connection: Connection, channel: str) -> str | None:
    """The address of the sender of this channel that was registered first."""
    statement = select(Sender.address).where(Sender.channel == channel).order_by(Sender.id).limit(1)
    return connection.execute(statement).scalar_one_or_none()


def set_pace(connection: Connection, sender_id: int, pace: float) -> None:
    """Change how fast a sender sends, in segments or messages a second."""
    connection.execute(update(Sender).where(Sender.id == sender_id).values(pace=pace))


def find_coordinator(connection: Connection, email: str) -> Row[Any] | None:
    """The coordinator with this email, all columns."""
    return connection.execute(select(Coordinator.__table__).where(Coordinator.email == email)).one_or_none()


def insert_coordinator(connection: Connection, *, email: str, name: str, created_at: datetime) -> int:
    """Add a coordinator; their id."""
    statement = insert(Coordinator).values(email=email, name=name, created_at=created_at)
    return int(connection.execute(statement.returning(Coordinator.id)).scalar_one())


def set_membership(
    connection: Connection, coordinator_id: int, community_id: int, role: str, notified: bool | None
) -> None:
    """Give a coordinator a role in a community, or change the one they have; `notified` None leaves that as it is."""
    where = (Membership.coordinator_id == coordinator_id, Membership.community_id == community_id)
    values: dict[str, Any] = {"role": role} if notified is None else {"role": role, "notified": notified}
    if not connection.execute(update(Membership).where(*where).values(values)).rowcount:
        connection.execute(
            insert(Membership).values(
                coordinator_id=coordinator_id, community_id=community_id, role=role, notified=bool(notified)
            )
        )


def set_coordinator_address(
    connection: Connection, coordinator_id: int, community_id: int, address: str, created_at: datetime
) -> None:
    """Have a coordinator told of what needs a person at `address`, in one community; replaces an earlier one."""
    connection.execute(
        update(Address)
        .where(Address.coordinator_id == coordinator_id, Address.community_id == community_id)
        .values(coordinator_id=None, status="closed")
    )
    where = (Address.community_id == community_id, Address.address == address)
    changed = connection.execute(update(Address).where(*where).values(coordinator_id=coordinator_id, status="open"))
    if not changed.rowcount:
        connection.execute(
            insert(Address).values(
                community_id=community_id,
                coordinator_id=coordinator_id,
                address=address,
                channel=address.partition(":")[0],
                created_at=created_at,
            )
        )


def list_coordinators(
    connection: Connection, community_id: int | None = None
) -> Sequence[Row[str, str, str, bool, str]]:
    """Coordinators with their role, a row for each community they work in."""
    statement = (
        select(
            Coordinator.email, Coordinator.name, Membership.role, Membership.notified, Community.slug.label("community")
        )
        .join(Membership, Membership.coordinator_id == Coordinator.id)
        .join(Community, Community.id == Membership.community_id)
        .order_by(Coordinator.email, Community.slug)
    )
    if community_id is not None:
        statement = statement.where(Community.id == community_id)
    return connection.execute(statement).all()


def insert_keyword(connection: Connection, *, community_id: int, word: str, campaign_id: int | None) -> bool:
    """Let a word join a community or one of its campaigns; False where the community uses the word already."""
    used = select(Keyword.id).where(Keyword.community_id == community_id, Keyword.word == word)
    if connection.execute(used).first() is not None:
        return False
    connection.execute(insert(Keyword).values(community_id=community_id, word=word, campaign_id=campaign_id))
    return True
