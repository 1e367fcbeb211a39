"""Queries on campaigns: by name, their changes, and what is left of them when they are over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, text, update

from storage.bulk import among
from storage.models import Campaign, Community, Flow, Invitation, Message, Revision, Run
from storage.models.flows import OPEN_RUN
from storage.models.messages import PRIORITY_BULK

#: What the end of a campaign does not take back: it answers a command, or a person wrote it.
BESIDE_CAMPAIGN = ("confirmation", "help", "manual", "notification")


def find_campaign(connection: Connection, community_id: int, name: str) -> Row[Any] | None:
    """A community's campaign by name, all its columns."""
    statement = select(Campaign.__table__).where(Campaign.community_id == community_id, Campaign.name == name)
    return connection.execute(statement).one_or_none()


def campaign_by_id(connection: Connection, campaign_id: int) -> Row[Any]:
    """A campaign, all its columns."""
    return connection.execute(select(Campaign.__table__).where(Campaign.id == campaign_id)).one()


def campaign_names(connection: Connection, community_id: int) -> tuple[str, ...]:
    """The names of a community's campaigns, the newest first."""
    statement = select(Campaign.name).where(Campaign.community_id == community_id).order_by(Campaign.id.desc())
    return tuple(connection.execute(statement).scalars())


def list_campaigns(connection: Connection, community_id: int | None = None) -> Sequence[Row[Any]]:
    """Campaigns with their flow's name, revision number and community's slug, the newest first."""
    statement = (
        select(
            Campaign.__table__,
            Flow.name.label("flow"),
            Revision.number.label("revision"),
            Community.slug.label("community"),
        )
        .join(Revision, Revision.id == Campaign.revision_id)
        .join(Flow, Flow.id == Revision.flow_id)
        .join(Community, Community.id == Campaign.community_id)
        .order_by(Campaign.id.desc())
    )
    if community_id is not None:
        statement = statement.where(Campaign.community_id == community_id)
    return connection.execute(statement).all()


def insert_campaign(connection: Connection, values: dict[str, Any]) -> int:
    """Add a campaign; its id."""
    return int(connection.execute(insert(Campaign).values(**values).returning(Campaign.id)).scalar_one())


def change_campaign(
    connection: Connection, campaign_id: int, *, only_from: Collection[str] | None = None, **values: Any
) -> bool:
    """Set columns of a campaign; with `only_from` only while its status is one of these. Whether it was."""
    statement = update(Campaign).where(Campaign.id == campaign_id)
    if only_from is not None:
        statement = statement.where(Campaign.status.in_(only_from))
    return connection.execute(statement.values(**values)).rowcount > 0


def lock_campaign(connection: Connection, campaign_id: int) -> bool:
    """Lock a campaign's row until the transaction ends; False where another transaction has it just now."""
    statement = select(Campaign.id).where(Campaign.id == campaign_id)
    return connection.execute(statement.with_for_update(key_share=True, skip_locked=True)).first() is not None


def hold_paused(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of `ids` that are paused; none of them is resumed before this transaction ends. Waits for one that is just being."""
    if not ids:
        return set()
    statement = select(Campaign.id).where(among(Campaign.id, "ids", sorted(ids)), Campaign.status == "paused")
    return set(connection.execute(statement.with_for_update(read=True)).scalars())


def mark_launched(connection: Connection, campaign_id: int, now: datetime) -> None:
    """Remember when the first invitations of a campaign were made."""
    statement = update(Campaign).where(Campaign.id == campaign_id, Campaign.launched_at.is_(None))
    connection.execute(statement.values(launched_at=now))


def cancel_queued(connection: Connection, campaign_id: int, now: datetime, why: str, limit: int) -> int:
    """Cancel up to `limit` messages of a campaign that have not left, answers to a person's own command apart; how many."""
    chosen = (
        select(Message.id)
        .where(
            Message.campaign_id == campaign_id,
            Message.status == "queued",
            Message.kind.not_in(BESIDE_CAMPAIGN),
            Message.update_id.is_(None),
        )
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    statement = update(Message).where(Message.id.in_(chosen), Message.status == "queued")
    return connection.execute(statement.values(status="cancelled", error=why, settled_at=now)).rowcount


def open_runs(connection: Connection, campaign_id: int, limit: int) -> list[int]:
    """Ids of a campaign's open runs."""
    statement = select(Run.id).where(Run.campaign_id == campaign_id, Run.status.in_(OPEN_RUN)).order_by(Run.id)
    return [int(run_id) for run_id in connection.execute(statement.limit(limit)).scalars()]


def left_of(connection: Connection, campaign_id: int) -> dict[str, int]:
    """What a campaign has not done yet: `invitations` that have not begun, `messages` in the queue, open `runs`."""
    counted = (
        ("invitations", Invitation.id, (Invitation.campaign_id == campaign_id, text("invitations.status = 'pending'"))),
        ("messages", Message.id, (Message.campaign_id == campaign_id, Message.status == "queued")),
        ("runs", Run.id, (Run.campaign_id == campaign_id, Run.status.in_(OPEN_RUN))),
    )
    return {
        name: int(connection.execute(select(func.count(column)).where(*where)).scalar_one())
        for name, column, where in counted
    }


def unheard_runs(connection: Connection, campaign_id: int, limit: int) -> list[int]:
    """Ids of a campaign's open runs whose first message waits in the queue: nobody has read it."""
    first = exists().where(
        Message.run_id == Run.id,
        Message.campaign_id == campaign_id,
        Message.status == "queued",
        Message.priority == PRIORITY_BULK,
    )
    statement = select(Run.id).where(Run.campaign_id == campaign_id, Run.status.in_(OPEN_RUN), first)
    return [int(run_id) for run_id in connection.execute(statement.order_by(Run.id).limit(limit)).scalars()]


def campaigns_to_close(connection: Connection, now: datetime) -> list[int]:
    """Campaigns whose closing time has come."""
    statement = select(Campaign.id).where(
        Campaign.status.in_(("scheduled", "launching", "running", "paused")), Campaign.closes_at <= now
    )
    return [int(campaign_id) for campaign_id in connection.execute(statement).scalars()]


def campaigns_to_clear(connection: Connection, limit: int = 5) -> Sequence[Row[int, str, datetime | None]]:
    """Campaigns that are over and may have something left to take back: (id, status, ended_at)."""
    return connection.execute(
        select(Campaign.id, Campaign.status, Campaign.ended_at)
        .where(Campaign.status.in_(("cancelled", "closed")), Campaign.cleared_at.is_(None))
        .order_by(Campaign.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()


def message_counts(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many of a campaign's outgoing messages have each status."""
    statement = (
        select(Message.status, func.count())
        .where(Message.campaign_id == campaign_id, Message.direction == "out")
        .group_by(Message.status)
    )
    return {str(status): int(n) for status, n in connection.execute(statement)}


def unsent(
    connection: Connection, campaign_id: int, limit: int = 20
) -> Sequence[Row[str, str | None, str | None, int]]:
    """Why messages of a campaign did not go, or may not have: (status, code, reason, how many), the most frequent first."""
    return connection.execute(
        select(Message.status, Message.error_code, Message.error, func.count().label("n"))
        .where(
            Message.campaign_id == campaign_id,
            Message.status.in_(("cancelled", "dropped", "failed", "undelivered", "unknown")),
            Message.direction == "out",
        )
        .group_by(Message.status, Message.error_code, Message.error)
        .order_by(func.count().desc(), Message.status, Message.error)
        .limit(limit)
    ).all()


def next_due(connection: Connection, campaign_id: int) -> datetime | None:
    """When the first of a campaign's queued messages may leave, as far as is known; None where none is queued."""
    statement = select(func.min(Message.due_at)).where(
        Message.campaign_id == campaign_id, Message.status == "queued", Message.direction == "out"
    )
    return connection.execute(statement).scalar_one()
