"""Queries on whether there is coarse work to do: cheap looks, in which nothing is locked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, text

from storage.models import Campaign, Invitation, Run, UnplacedText, Update, Wave
from storage.quotas import may_cut_off
from storage.waves import GOING

_OPEN_WAVES = text("waves.invited_at IS NULL")
_PENDING = text("invitations.status = 'pending'")
_LIVE_UPDATES = text("updates.status IN ('scheduled', 'sending')")


def times_are_due(connection: Connection, now: datetime) -> bool:
    """Whether the time of some run has come."""
    return _any(connection, exists().where(Run.due_at.is_not(None), Run.due_at <= now))


def invitations_are_due(connection: Connection, now: datetime) -> bool:
    """Whether some wave is to be invited."""
    going = and_(Campaign.status.in_(GOING), or_(Campaign.closes_at.is_(None), Campaign.closes_at > now))
    return _any(
        connection, exists().where(_OPEN_WAVES, Wave.invite_at <= now, Campaign.id == Wave.campaign_id).where(going)
    )


def starts_are_due(connection: Connection, now: datetime) -> bool:
    """Whether some invitation is to begin, or a quota that is full may have some to take back."""
    waiting = exists().where(Invitation.campaign_id == Campaign.id, _PENDING, Invitation.due_at <= now)
    going = (Campaign.status.in_(("launching", "running")), or_(Campaign.closes_at.is_(None), Campaign.closes_at > now))
    return _any(connection, exists(select(Campaign.id).where(*going, waiting))) or _any(
        connection, exists(select(Campaign.id).where(may_cut_off(now)))
    )


def updates_are_due(connection: Connection, now: datetime) -> bool:
    """Whether some update is to be sent, or under way."""
    return _any(connection, exists().where(_LIVE_UPDATES, or_(Update.next_at <= now, Update.status == "sending")))


def clearings_are_due(connection: Connection, _now: datetime) -> bool:
    """Whether something may be left of a campaign that is over."""
    over = Campaign.status.in_(("cancelled", "closed"))
    return _any(connection, exists().where(over, Campaign.cleared_at.is_(None)))


def closings_are_due(connection: Connection, now: datetime) -> bool:
    """Whether some campaign's closing time has come."""
    live = Campaign.status.in_(("scheduled", "launching", "running", "paused"))
    return _any(connection, exists().where(live, Campaign.closes_at <= now))


def unplaced_are_due(connection: Connection, _now: datetime) -> bool:
    """Whether texts to a number that was not registered are kept."""
    return _any(connection, exists(select(UnplacedText.id)))


def _any(connection: Connection, condition: ColumnElement[bool]) -> bool:
    return bool(connection.execute(select(condition)).scalar_one())
