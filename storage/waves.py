"""Queries on waves: which are due, where the next slice of a community's participants ends, what was decided at the start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.bulk import COUNTED
from storage.models import Campaign, Participant, Wave

#: A campaign whose invitations may be made.
GOING = ("scheduled", "launching", "running")


def insert_wave(
    connection: Connection, campaign_id: int, number: int, *, invite_at: datetime, due_at: datetime
) -> bool:
    """Add a wave; False where the campaign has one of that number already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Wave).values(
        campaign_id=campaign_id, number=number, invite_at=invite_at, due_at=due_at, cursor=0
    )
    return connection.execute(statement.on_conflict_do_nothing(), execution_options=COUNTED).rowcount > 0


def due_waves(connection: Connection, now: datetime, limit: int = 20) -> Sequence[Row[Any]]:
    """Waves whose invitations are to be made now, with what their campaign says of them; no two transactions get the same.

    Columns of the wave, and `community_id`, `campaign`, `revision_id`, `audience`, `settings`, `status`, `created_at` of the campaign.
    """
    statement = (
        select(
            Wave.__table__,
            Campaign.community_id,
            Campaign.name.label("campaign"),
            Campaign.revision_id,
            Campaign.audience,
            Campaign.settings,
            Campaign.status,
            Campaign.launch_at,
            Campaign.closes_at,
        )
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(
            text("waves.invited_at IS NULL"),
            Wave.invite_at <= now,
            Campaign.status.in_(GOING),
            or_(Campaign.closes_at.is_(None), Campaign.closes_at > now),
        )
        .order_by(Wave.invite_at, Wave.id)
        .limit(limit)
        .with_for_update(of=Wave, skip_locked=True)
    )
    return connection.execute(statement).all()


def change_wave(connection: Connection, wave_id: int, **values: Any) -> None:
    """Set columns of a wave."""
    connection.execute(update(Wave).where(Wave.id == wave_id).values(**values))


def waves_of(connection: Connection, campaign_id: int) -> Sequence[Row[Any]]:
    """A campaign's waves in their order, all columns."""
    return connection.execute(select(Wave.__table__).where(Wave.campaign_id == campaign_id).order_by(Wave.number)).all()


def last_participant(connection: Connection, community_id: int) -> int:
    """The highest id of a community's participants, 0 where there are none."""
    found = connection.execute(
        select(func.max(Participant.id)).where(Participant.community_id == community_id)
    ).scalar()
    return int(found or 0)


def slice_end(connection: Connection, people: Select[Any], after: int, last: int, size: int) -> int:
    """The id with which the next `size` of `people` (a select on participants) after `after` end, `last` at the most."""
    statement = (
        people.where(Participant.id > after, Participant.id <= last).order_by(Participant.id).offset(size - 1).limit(1)
    )
    found = connection.execute(statement).scalar()
    return last if found is None else int(found)


__all__ = [
    "GOING",
    "change_wave",
    "due_waves",
    "insert_wave",
    "last_participant",
    "slice_end",
    "waves_of",
]
