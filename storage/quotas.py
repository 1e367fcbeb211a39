"""Queries on quotas: how many completed, are under way, or were asked lately, of each cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, exists, func, select

from storage.models import Answer, Invitation, Run
from storage.models.flows import OPEN_RUN

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


__all__ = ["FRESH", "Standing", "standings"]
