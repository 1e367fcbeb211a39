"""Queries on campaigns, their waves and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models import Campaign, Community, Flow, Invitation, Message, Revision, Run, Wave
from storage.models.flows import OPEN_RUN


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


def insert_campaign(connection: Connection, values: dict[str, Any], *, due_at: datetime) -> int:
    """Add a campaign and its first wave; the campaign's id."""
    campaign_id = int(connection.execute(insert(Campaign).values(**values).returning(Campaign.id)).scalar_one())
    connection.execute(insert(Wave).values(campaign_id=campaign_id, number=1, due_at=due_at))
    return campaign_id


def change_campaign(connection: Connection, campaign_id: int, **values: Any) -> None:
    """Set columns of a campaign."""
    connection.execute(update(Campaign).where(Campaign.id == campaign_id).values(**values))


def due_waves(connection: Connection, now: datetime, limit: int = 20) -> Sequence[Row[Any]]:
    """Waves whose invitations are to be made: due, not all invited, of a campaign that is scheduled or launching."""
    statement = (
        select(
            Wave.id,
            Wave.number,
            Wave.cursor,
            Wave.campaign_id,
            Campaign.community_id,
            Campaign.audience,
            Campaign.status,
        )
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(
            Wave.due_at <= now,
            Wave.invited_at.is_(None),
            Campaign.status.in_(("scheduled", "launching", "running")),
        )
        .order_by(Wave.id)
        .limit(limit)
        .with_for_update(of=Wave, skip_locked=True)
    )
    return connection.execute(statement).all()


def invite(
    connection: Connection, people: Select[int], *, community_id: int, campaign_id: int, wave: int, now: datetime
) -> int:
    """Invite everybody that `people` (a select of participant ids) finds, each at most once; how many were new."""
    chosen = people.subquery()
    rows = select(
        literal(community_id),
        literal(campaign_id),
        literal(wave),
        chosen.c.id,
        literal("pending"),
        literal(now, Invitation.created_at.type),
    )
    columns = ["community_id", "campaign_id", "wave", "participant_id", "status", "created_at"]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    # SQLite would read the ON of ON CONFLICT as the join's without a WHERE before it.
    statement = dialect.insert(Invitation).from_select(columns, rows.where(literal(True))).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def move_cursor(connection: Connection, wave_id: int, cursor: int) -> None:
    """Remember how far a wave's invitations have come."""
    connection.execute(update(Wave).where(Wave.id == wave_id).values(cursor=cursor))


def finish_inviting(connection: Connection, wave_id: int, now: datetime) -> None:
    """Mark that everybody of a wave is invited."""
    connection.execute(update(Wave).where(Wave.id == wave_id).values(invited_at=now))


def pending_invitations(connection: Connection, now: datetime, limit: int) -> Sequence[Row[int, int, int, int]]:
    """Invitations to start now: (id, participant_id, campaign_id, revision_id), of running campaigns and of people who
    have no open run; those who have one wait until it ends."""
    busy = exists().where(Run.participant_id == Invitation.participant_id, Run.status.in_(OPEN_RUN))
    statement = (
        select(
            Invitation.id,
            Invitation.participant_id,
            Invitation.campaign_id,
            Campaign.revision_id,
        )
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .where(
            Invitation.status == "pending",
            Campaign.status.in_(("launching", "running")),
            (Campaign.closes_at.is_(None)) | (Campaign.closes_at > now),
            ~busy,
        )
        .order_by(Invitation.campaign_id, Invitation.id)
        .limit(limit)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    return connection.execute(statement).all()


def cancel_pending(connection: Connection, campaign_id: int, now: datetime, reason: str) -> int:
    """Cancel every invitation of a campaign that has not started; how many."""
    statement = (
        update(Invitation)
        .where(Invitation.campaign_id == campaign_id, Invitation.status == "pending")
        .values(status="cancelled", reason=reason, ended_at=now)
    )
    return connection.execute(statement).rowcount


def cancel_queued(connection: Connection, campaign_id: int, now: datetime) -> int:
    """Cancel every message of a campaign that has not left; how many."""
    statement = (
        update(Message)
        .where(Message.campaign_id == campaign_id, Message.status == "queued")
        .values(status="cancelled", settled_at=now)
    )
    return connection.execute(statement).rowcount


def open_runs(connection: Connection, campaign_id: int, limit: int) -> list[int]:
    """Ids of a campaign's open runs."""
    statement = select(Run.id).where(Run.campaign_id == campaign_id, Run.status.in_(OPEN_RUN)).order_by(Run.id)
    return [int(run_id) for run_id in connection.execute(statement.limit(limit)).scalars()]


def campaigns_to_close(connection: Connection, now: datetime) -> list[int]:
    """Campaigns whose closing time has come."""
    statement = select(Campaign.id).where(
        Campaign.status.in_(("scheduled", "launching", "running", "paused")), Campaign.closes_at <= now
    )
    return [int(campaign_id) for campaign_id in connection.execute(statement).scalars()]


def message_counts(connection: Connection, campaign_id: int) -> dict[str, int]:
    """How many of a campaign's outgoing messages have each status."""
    statement = (
        select(Message.status, func.count())
        .where(Message.campaign_id == campaign_id, Message.direction == "out")
        .group_by(Message.status)
    )
    return {str(status): int(n) for status, n in connection.execute(statement)}
