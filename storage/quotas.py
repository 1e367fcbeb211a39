"""Queries on quotas: how many completed, are under way, or were asked lately, of each cell; whom a full one takes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, exists, func, or_, select, update

from storage.bulk import among
from storage.models import Answer, Campaign, Invitation, Message, Run
from storage.models.flows import OPEN_RUN
from storage.models.messages import PRIORITY_BULK

#: How long somebody who was asked is expected to answer yet: half of those who do, do so within the hour (FACTS §6).
FRESH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one quota stands. `completed`; `under_way`: have answered something and are not through; `fresh`: asked within a day
    and silent so far."""

    completed: int = 0
    under_way: int = 0
    fresh: int = 0


def standings(connection: Connection, campaign_id: int, wave: int, now: datetime) -> dict[str, Standing]:
    """How each quota of a campaign stands in one of its waves; those that nobody was asked for are left out."""
    heard = exists().where(Answer.run_id == Run.id)
    is_open = Run.status.in_(OPEN_RUN)
    statement = (
        select(
            Invitation.cell,
            func.sum(case((Run.outcome == "completed", 1), else_=0)),
            func.sum(case((is_open & heard, 1), else_=0)),
            func.sum(case((is_open & ~heard & (Run.started_at > now - FRESH), 1), else_=0)),
        )
        .select_from(Run)
        .join(Invitation, Invitation.id == Run.invitation_id)
        .where(Run.campaign_id == campaign_id, Invitation.wave == wave, Invitation.cell.is_not(None))
        .group_by(Invitation.cell)
    )
    return {str(row[0]): Standing(int(row[1]), int(row[2]), int(row[3])) for row in connection.execute(statement)}


def may_cut_off(now: datetime) -> ColumnElement[bool]:
    """A campaign that goes on has quotas, and first messages that have not left."""
    waiting = select(1).where(
        Message.campaign_id == Campaign.id, Message.status == "queued", Message.priority == PRIORITY_BULK
    )
    return and_(
        Campaign.status.in_(("launching", "running")),
        or_(Campaign.closes_at.is_(None), Campaign.closes_at > now),
        Campaign.settings["quotas"].as_string().is_not(None),
        # Without the offset PostgreSQL may make a join of it, and read the whole queue of campaigns that have no quotas.
        waiting.offset(0).exists(),
    )


def campaigns_to_cut_off(connection: Connection, now: datetime, limit: int = 20) -> Sequence[Row[Any]]:
    """Campaigns with quotas whose first messages have not all left: (id, settings)."""
    statement = select(Campaign.id, Campaign.settings).where(may_cut_off(now)).order_by(Campaign.id).limit(limit)
    return connection.execute(statement).all()


def unheard(connection: Connection, campaign_id: int) -> dict[tuple[int, str], list[tuple[int, int]]]:
    """Open runs whose first message waits in the queue: (wave, quota) -> (run id, invitation id), those that leave last first."""
    statement = (
        select(Invitation.wave, Invitation.cell, Run.id, Invitation.id)
        .select_from(Message)
        .join(Run, Run.id == Message.run_id)
        .join(Invitation, Invitation.id == Run.invitation_id)
        .where(
            Message.campaign_id == campaign_id,
            Message.status == "queued",
            Message.priority == PRIORITY_BULK,
            Run.status.in_(OPEN_RUN),
            Invitation.cell.is_not(None),
        )
        .distinct()
        .order_by(Run.id.desc())
    )
    found: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for wave, cell, run_id, invitation_id in connection.execute(statement):
        found.setdefault((int(wave), str(cell)), []).append((int(run_id), int(invitation_id)))
    return found


def messages_of(
    connection: Connection, run_ids: Collection[int], participant_ids: Collection[int]
) -> Sequence[Row[int, int | None, str]]:
    """What was written in these runs of these participants, whether or not it has left: (id, run id, status)."""
    return connection.execute(
        select(Message.id, Message.run_id, Message.status).where(
            among(Message.participant_id, "people", sorted(participant_ids)),
            among(Message.run_id, "runs", sorted(run_ids)),
            Message.direction == "out",
        )
    ).all()


def skip_full(connection: Connection, invitation_ids: Collection[int]) -> None:
    """Note of these that they were not asked after all, for their quota was full."""
    if invitation_ids:
        statement = update(Invitation).where(among(Invitation.id, "ids", sorted(invitation_ids)))
        connection.execute(statement.values(status="skipped", reason="quota", started_at=None))


__all__ = [
    "FRESH",
    "Standing",
    "campaigns_to_cut_off",
    "may_cut_off",
    "messages_of",
    "skip_full",
    "standings",
    "unheard",
]
