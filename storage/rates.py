"""Queries on what became of people who were asked before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, exists, func, select

from storage.models import Answer, Campaign, Invitation, Run


@dataclass(frozen=True, slots=True)
class Response:
    """Of those `asked`, how many `answered` at least one question and how many `completed`."""

    asked: int
    answered: int
    completed: int


def response(
    connection: Connection, *, after: datetime, until: datetime, community_id: int, campaign_id: int | None = None
) -> Response:
    """What became of the invitations of a community, or of one of its campaigns, that began after one moment and by another."""
    heard = exists().where(Answer.run_id == Run.id)
    statement = (
        select(
            func.count(),
            func.coalesce(func.sum(case((heard, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Run.outcome == "completed", 1), else_=0)), 0),
        )
        .select_from(Run)
        .join(Invitation, Invitation.id == Run.invitation_id)
        .where(Run.started_at > after, Run.started_at <= until, Invitation.status != "skipped")
    )
    if campaign_id is not None:
        statement = statement.where(Run.campaign_id == campaign_id)
    else:
        ours = select(Campaign.id).where(Campaign.community_id == community_id)
        statement = statement.where(Run.campaign_id.in_(ours))
    asked, answered, completed = connection.execute(statement).one()
    return Response(int(asked), int(answered), int(completed))


def response_by_arm(connection: Connection, campaign_id: int) -> dict[str, Response]:
    """What became of the people of each arm of a campaign: arm -> response so far; those without an arm are left out."""
    heard = exists().where(Answer.run_id == Run.id)
    statement = (
        select(
            Invitation.arm,
            func.count(),
            func.sum(case((heard, 1), else_=0)),
            func.sum(case((Run.outcome == "completed", 1), else_=0)),
        )
        .select_from(Run)
        .join(Invitation, Invitation.id == Run.invitation_id)
        .where(Run.campaign_id == campaign_id, Invitation.arm.is_not(None), Invitation.status != "skipped")
        .group_by(Invitation.arm)
    )
    return {str(row[0]): Response(int(row[1]), int(row[2]), int(row[3])) for row in connection.execute(statement)}


__all__ = ["Response", "response", "response_by_arm"]
