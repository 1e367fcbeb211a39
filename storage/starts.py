"""Which of a campaign's invitations begin now, and what is marked of them; `repeating` begins their runs.

Every function takes `mine`, a condition on invitations that says which of a campaign's they are about.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    exists,
    func,
    select,
    text,
    update,
)

from storage.bulk import among
from storage.models import Invitation, Participant, Run
from storage.repeating import Launch, Mine


def take_pending_ids(connection: Connection, campaign_id: int, now: datetime, limit: int) -> list[int]:
    """A campaign's invitations to begin now, this transaction's own with their participants, the longest waiting first."""
    statement = (
        select(Invitation.id)
        .join(Participant, Participant.id == Invitation.participant_id)
        .where(Invitation.campaign_id == campaign_id, text("invitations.status = 'pending'"), Invitation.due_at <= now)
        .order_by(Invitation.due_at, Invitation.id)
        .limit(limit)
        .with_for_update(of=(Invitation, Participant), key_share=True, skip_locked=True)
    )
    return list(connection.execute(statement).scalars())


def lock_people(connection: Connection, people: Select[Any]) -> None:
    """Lock participants until the transaction ends, in the order of their ids as conversations do; nothing on SQLite."""
    if connection.dialect.name != "sqlite":
        locked = people.order_by(Participant.id).with_for_update(of=Participant, key_share=True).subquery()
        connection.execute(select(func.count()).select_from(locked))


def one_of(ids: Sequence[int]) -> Mine:
    """These invitations."""
    return among(Invitation.id, "invitation_ids", ids)


def in_another_run() -> ColumnElement[bool]:
    """The invitation's participant is in a conversation."""
    return (
        exists()
        .where(Run.participant_id == Invitation.participant_id, text("runs.status IN ('active', 'handed_over')"))
        .correlate(Invitation)
    )


def put_off_busy(connection: Connection, mine: Mine, until: datetime) -> int:
    """Let those wait who are in another conversation; how many."""
    statement = update(Invitation).where(mine, text("invitations.status = 'pending'"), in_another_run())
    return connection.execute(statement.values(due_at=until)).rowcount


def invitations_by_id(connection: Connection, launch: Launch, ids: Collection[int]) -> Sequence[Row[int, int, int]]:
    """(id, participant_id, revision_id) of these invitations."""
    statement = select(Invitation.id, Invitation.participant_id, launch.revision().label("revision_id"))
    return connection.execute(statement.where(one_of(sorted(ids))).order_by(Invitation.id)).all()


def mark_started(connection: Connection, mine: Mine, now: datetime) -> None:
    """Mark those of these pending invitations that have a run."""
    begun = exists().where(Run.invitation_id == Invitation.id)
    statement = update(Invitation).where(mine, text("invitations.status = 'pending'"), begun)
    connection.execute(statement.values(status="started", started_at=now))


def mark_waiting(connection: Connection, mine: Mine, until: datetime) -> None:
    """Take back that these invitations have begun where they have no run after all; they wait."""
    begun = exists().where(Run.invitation_id == Invitation.id)
    statement = update(Invitation).where(mine, Invitation.status == "started", ~begun)
    connection.execute(statement.values(status="pending", started_at=None, due_at=until))


__all__ = [
    "in_another_run",
    "invitations_by_id",
    "lock_people",
    "mark_started",
    "mark_waiting",
    "one_of",
    "put_off_busy",
    "take_pending_ids",
]
