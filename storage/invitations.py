"""Queries on invitations: made for many at once, each person once a wave; found when they may begin; taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from storage.bulk import COUNTED, among
from storage.models import Campaign, Invitation, Participant, Run

_PENDING = text("invitations.status = 'pending'")


@dataclass(frozen=True, slots=True)
class Place:
    """What the invitations of one slice have in common, and what may differ from person to person, as SQL.

    `begun`: their runs begin in this very transaction.
    """

    community_id: int
    campaign_id: int
    wave: int
    due_at: datetime
    revision_id: ColumnElement[int] | None = None
    arm: ColumnElement[str] | None = None
    cell: ColumnElement[str] | None = None
    begun: bool = False


def invite(connection: Connection, people: Select[Any], place: Place, now: datetime) -> int:
    """Invite everybody that `people` (a select on participants) finds, each at most once a wave; how many were new."""
    moment = Invitation.created_at.type
    chosen = people.with_only_columns(
        literal(place.community_id),
        literal(place.campaign_id),
        literal(place.wave),
        Participant.id,
        null() if place.revision_id is None else place.revision_id,
        null() if place.arm is None else place.arm,
        null() if place.cell is None else place.cell,
        literal("started" if place.begun else "pending"),
        literal(place.due_at, moment),
        literal(now, moment),
        literal(now, moment) if place.begun else null(),
    ).order_by(Participant.id)
    columns = [
        "community_id", "campaign_id", "wave", "participant_id", "revision_id", "arm", "cell", "status", "due_at",
        "created_at", "started_at",
    ]  # fmt: skip
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Invitation).from_select(columns, chosen, include_defaults=False)
    return connection.execute(statement.on_conflict_do_nothing(), execution_options=COUNTED).rowcount


def overtake(connection: Connection, place: Place, after: int, last: int, now: datetime) -> None:
    """Skip what is left of earlier waves for those whom a later one asks, of participants after `after` up to `last`: who was busy
    all the while is asked once, and not wave upon wave."""
    if place.wave < 2:
        return
    newer = aliased(Invitation)
    again = exists().where(
        newer.campaign_id == place.campaign_id,
        newer.wave == place.wave,
        newer.participant_id == Invitation.participant_id,
    )
    statement = update(Invitation).where(
        Invitation.campaign_id == place.campaign_id,
        Invitation.wave < place.wave,
        Invitation.participant_id > after,
        Invitation.participant_id <= last,
        _PENDING,
        again,
    )
    connection.execute(statement.values(status="skipped", reason="next_wave", ended_at=now))


def of_slice(place: Place, after: int, last: int, now: datetime) -> ColumnElement[bool]:
    """The invitations that a slice makes `now` for participants after `after` up to `last`; not a place that somebody had
    before, by a keyword."""
    return and_(
        Invitation.campaign_id == place.campaign_id,
        Invitation.wave == place.wave,
        Invitation.participant_id > after,
        Invitation.participant_id <= last,
        Invitation.created_at == now,
        Invitation.due_at == place.due_at,
    )


def campaigns_with_pending(connection: Connection, now: datetime, limit: int = 20) -> Sequence[Row[Any]]:
    """Campaigns that go on and have invitations to begin now: (id, revision_id, community_id, audience, settings)."""
    waiting = exists().where(Invitation.campaign_id == Campaign.id, _PENDING, Invitation.due_at <= now)
    return connection.execute(
        select(Campaign.id, Campaign.revision_id, Campaign.community_id, Campaign.audience, Campaign.settings)
        .where(
            Campaign.status.in_(("launching", "running")),
            or_(Campaign.closes_at.is_(None), Campaign.closes_at > now),
            waiting,
        )
        .order_by(Campaign.id)
        .limit(limit)
    ).all()


def take_pending(
    connection: Connection,
    campaign_id: int,
    now: datetime,
    limit: int,
    *,
    wave: int | None = None,
    cell: tuple[str | None] | None = None,
) -> Sequence[Row[int, int, int | None, bool]]:
    """A campaign's invitations to begin now, the longest waiting first, this transaction's own: (id, participant_id,
    revision_id, busy). `busy`: the participant is in another conversation. `wave`: of one
    wave; `cell`: a tuple of one quota's name, for None in it means those of no quota."""
    busy = exists().where(
        Run.participant_id == Invitation.participant_id, text("runs.status IN ('active', 'handed_over')")
    )
    statement = (
        select(Invitation.id, Invitation.participant_id, Invitation.revision_id, busy.label("busy"))
        .where(Invitation.campaign_id == campaign_id, _PENDING, Invitation.due_at <= now, *_part(wave, cell))
        .order_by(Invitation.due_at, Invitation.id)
        .limit(limit)
        .with_for_update(of=Invitation, skip_locked=True)
    )
    return connection.execute(statement).all()


def _part(wave: int | None, cell: tuple[str | None] | None) -> list[ColumnElement[bool]]:
    parts = [] if wave is None else [Invitation.wave == wave]
    return parts if cell is None else [*parts, Invitation.cell.is_not_distinct_from(cell[0])]


def pending_waves(connection: Connection, campaign_id: int, now: datetime) -> list[int]:
    """The waves of a campaign that have invitations to begin now."""
    statement = (
        select(Invitation.wave)
        .where(Invitation.campaign_id == campaign_id, _PENDING, Invitation.due_at <= now)
        .distinct()
        .order_by(Invitation.wave)
    )
    return [int(wave) for wave in connection.execute(statement).scalars()]


def put_off(connection: Connection, ids: Collection[int], until: datetime) -> None:
    """Let these invitations wait."""
    if ids:
        connection.execute(update(Invitation).where(among(Invitation.id, "ids", sorted(ids))).values(due_at=until))


def end_pending(
    connection: Connection,
    campaign_id: int,
    now: datetime,
    *,
    status: str,
    reason: str,
    limit: int,
    wave: int | None = None,
    cell: tuple[str | None] | None = None,
) -> int:
    """Take back up to `limit` invitations that have not begun, of one wave and quota alone where these are given; how many."""
    chosen = select(Invitation.id).where(Invitation.campaign_id == campaign_id, _PENDING, *_part(wave, cell))
    chosen = chosen.limit(limit).with_for_update(skip_locked=True)
    statement = update(Invitation).where(Invitation.id.in_(chosen), Invitation.status == "pending")
    return connection.execute(statement.values(status=status, reason=reason, ended_at=now)).rowcount


def count_by(connection: Connection, campaign_id: int) -> Sequence[Row[int, str | None, str, int]]:
    """How many invitations of a campaign are in each wave and arm, by status: (wave, arm, status, n)."""
    return connection.execute(
        select(Invitation.wave, Invitation.arm, Invitation.status, func.count().label("n"))
        .where(Invitation.campaign_id == campaign_id)
        .group_by(Invitation.wave, Invitation.arm, Invitation.status)
        .order_by(Invitation.wave, Invitation.arm)
    ).all()


def is_known(connection: Connection, campaign_id: int) -> bool:
    """Whether a campaign has invited anybody."""
    return connection.execute(select(exists().where(Invitation.campaign_id == campaign_id))).scalar_one()


__all__ = [
    "Place",
    "campaigns_with_pending",
    "count_by",
    "end_pending",
    "invite",
    "is_known",
    "of_slice",
    "overtake",
    "pending_waves",
    "put_off",
    "take_pending",
]
