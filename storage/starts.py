"""Beginning many runs alike: what the conversation wrote for one person, repeated by the database for all who are like them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, cast, exists, func, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from storage.bulk import among
from storage.draws import Draw
from storage.models import Address, Community, Invitation, Message, Participant, Run
from storage.models.base import Json
from storage.reach import Reach, unfit_reason

#: What a run and its messages have of their own; everything else is as in the one that they repeat.
_OWN_RUN = ("id", "participant_id", "invitation_id", "address_id", "sender_id", "state")
_OWN_MESSAGE = ("id", "participant_id", "run_id", "address_id", "sender_id")


@dataclass(frozen=True, slots=True)
class Kind:
    """What people have in common whose first step is the same."""

    revision_id: int
    language: str
    channel: str
    zone: str


def take_pending_kinds(
    connection: Connection, campaign_id: int, revision_id: int, reach: Reach, now: datetime, limit: int
) -> Sequence[Row[Any]]:
    """A campaign's invitations to begin now, this transaction's own with their participants, the longest waiting first: (id,
    participant_id, busy, unfit, and the fields of `Kind`). `unfit`: why they cannot be texted, None where they can."""
    busy = exists().where(
        Run.participant_id == Invitation.participant_id, text("runs.status IN ('active', 'handed_over')")
    )
    channel = select(Address.channel).where(Address.id == reach.address_id()).correlate(Participant).scalar_subquery()
    zone = select(Community.timezone).where(Community.id == reach.community_id).scalar_subquery()
    statement = (
        select(
            Invitation.id,
            Invitation.participant_id,
            busy.label("busy"),
            unfit_reason(reach, ("surveys",)).label("unfit"),
            func.coalesce(Invitation.revision_id, revision_id).label("revision_id"),
            Participant.language,
            channel.label("channel"),
            func.coalesce(Participant.timezone, zone).label("zone"),
        )
        .join(Participant, Participant.id == Invitation.participant_id)
        .where(Invitation.campaign_id == campaign_id, text("invitations.status = 'pending'"), Invitation.due_at <= now)
        .order_by(Invitation.due_at, Invitation.id)
        .limit(limit)
        .with_for_update(of=(Invitation, Participant), key_share=True, skip_locked=True)
    )
    return connection.execute(statement).all()


def runs_of(connection: Connection, invitation_ids: Collection[int]) -> dict[int, int]:
    """Invitation -> its run, of those that have one."""
    found = connection.execute(
        select(Run.invitation_id, Run.id).where(among(Run.invitation_id, "ids", sorted(invitation_ids)))
    )
    return {int(invitation): int(run) for invitation, run in found if invitation is not None}


def repeat_run(
    connection: Connection, pilot: int, revision_id: int, invitation_ids: Sequence[int], reach: Reach
) -> int:
    """Begin these invitations' runs as the run `pilot` began, messages and all; how many.

    Each has its own seed; somebody who got into another conversation meanwhile is left out.
    """
    model = aliased(Run, name="pilot")
    seed = Draw(f"run:{revision_id}").sql(Invitation.__table__.c.participant_id)
    columns = [column.name for column in Run.__table__.columns if column.name not in _OWN_RUN]
    own: dict[str, Any] = {
        "participant_id": Invitation.participant_id,
        "invitation_id": Invitation.id,
        "address_id": Address.id,
        "sender_id": reach.sender_id(),
        "state": _with_seed(connection, model.state, seed),
    }
    chosen = (
        select(*(getattr(model, name) for name in columns), *own.values())
        .select_from(Invitation)
        .join(Participant, Participant.id == Invitation.participant_id)
        .join(Address, Address.id == reach.address_id())
        .join(model, literal(True))
        .where(model.id == pilot, among(Invitation.id, "ids", invitation_ids))
        .order_by(Invitation.id)
    )
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Run).from_select([*columns, *own], chosen, include_defaults=False)
    count = connection.execute(statement.on_conflict_do_nothing()).rowcount
    _repeat_messages(connection, pilot, invitation_ids)
    return count


def _repeat_messages(connection: Connection, pilot: int, invitation_ids: Sequence[int]) -> None:
    model = aliased(Message, name="pilot")
    columns = [column.name for column in Message.__table__.columns if column.name not in _OWN_MESSAGE]
    own = {
        "participant_id": Run.participant_id,
        "run_id": Run.id,
        "address_id": Run.address_id,
        "sender_id": Run.sender_id,
    }
    chosen = (
        select(*(getattr(model, name) for name in columns), *own.values())
        .select_from(Run)
        .join(model, literal(True))
        .where(model.run_id == pilot, among(Run.invitation_id, "ids", invitation_ids))
        .order_by(Run.id, model.id)
    )
    connection.execute(insert(Message).from_select([*columns, *own], chosen, include_defaults=False))


def _with_seed(connection: Connection, state: Any, seed: ColumnElement[int]) -> ColumnElement[Any]:
    """The state of a run with another seed."""
    if connection.dialect.name == "sqlite":
        return func.json_set(state, "$.seed", seed)
    path = cast(literal("{seed}"), postgresql.ARRAY(postgresql.TEXT))
    return func.jsonb_set(state, path, func.to_jsonb(seed), type_=Json)


def settle_started(connection: Connection, invitation_ids: Sequence[int], now: datetime) -> None:
    """Mark those of these invitations that have a run, and remember which sender talks with whom."""
    begun = exists().where(Run.invitation_id == Invitation.id)
    connection.execute(
        update(Invitation)
        .where(among(Invitation.id, "ids", invitation_ids), begun)
        .values(status="started", started_at=now)
    )
    talks = (
        select(Run.address_id, Run.sender_id)
        .where(among(Run.invitation_id, "ids", invitation_ids))
        .join(Address, Address.id == Run.address_id)
        .where(Address.sender_id.is_distinct_from(Run.sender_id))
        .subquery()
    )
    connection.execute(update(Address).where(Address.id == talks.c.address_id).values(sender_id=talks.c.sender_id))


__all__ = ["Kind", "repeat_run", "runs_of", "settle_started", "take_pending_kinds"]
