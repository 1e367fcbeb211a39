"""Queries on runs, the answers understood in them, and the invitations that they fulfil."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, true, update

from flows.effects import Answered
from flows.run import Run as FlowRun
from storage.bulk import InsertMany, UpdateMany, among
from storage.models import Answer, Campaign, Invitation, Participant, Run


@dataclass(slots=True)
class RunRow:
    """A run as the conversation holds it while its participant's row is locked. `id` is 0 until a new one is written.

    `run` is where the run stands; the gist that columns repeat is taken from it on writing.
    """

    id: int
    community_id: int
    participant_id: int
    revision_id: int
    campaign_id: int | None
    invitation_id: int | None
    address_id: int
    sender_id: int
    started_at: datetime
    run: FlowRun
    ended_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not over: the participant, or a person, has the word."""
        return self.run.status != "ended"


#: Runs whose time has come that are looked at in one go, and when those of them that must wait are looked at again.
LOOKED_AT, LOOK_AGAIN = 5_000, timedelta(minutes=10)

_COLUMNS = (
    "id",
    "community_id",
    "participant_id",
    "revision_id",
    "campaign_id",
    "invitation_id",
    "address_id",
    "sender_id",
    "started_at",
)
_ALL = select(*(Run.__table__.c[name] for name in _COLUMNS), Run.state, Run.ended_at).order_by(Run.id)
_OPEN = _ALL.where(among(Run.participant_id, "ids"), Run.status.in_(("active", "handed_over")))
_OWNERS = select(Run.participant_id).where(among(Run.id, "ids"))
_DUE = (
    select(Run.id, (Participant.held_at.is_(None)) & func.coalesce(Campaign.status != "paused", true()))
    .join(Participant, Participant.id == Run.participant_id)
    .outerjoin(Campaign, Campaign.id == Run.campaign_id)
    .where(Run.due_at <= bindparam("now"))
    .order_by(Run.due_at, Run.id)
    .limit(bindparam("most"))
)
_PUT_OFF = update(Run).where(among(Run.id, "ids")).values(due_at=bindparam("until"))
_LAST_OUTCOME = (
    select(Run.outcome).where(Run.participant_id == bindparam("participant")).order_by(Run.id.desc()).limit(1)
)
_COMPLETED = select(func.count()).where(
    Run.campaign_id == bindparam("campaign"), Run.status == "ended", Run.outcome == "completed"
)

_insert = InsertMany(
    Run, *_COLUMNS, "status", "outcome", "current_state", "visit", "state", "prompted_at", "due_at", "ended_at"
)
_save = UpdateMany(Run, "status", "outcome", "current_state", "visit", "state", "prompted_at", "due_at", "ended_at")
_answer = InsertMany(
    Answer,
    "community_id",
    "participant_id",
    "run_id",
    "campaign_id",
    "revision_id",
    "message_id",
    "question",
    "state",
    "value",
    "other",
    "raw",
    "language",
    "sensitive",
    "answered_at",
    conflict="(run_id, question) DO UPDATE SET "
    + ", ".join(
        f"{name} = excluded.{name}"
        for name in ("message_id", "state", "value", "other", "raw", "language", "sensitive", "answered_at")
    ),
)
_set_invitation = UpdateMany(Invitation, "status", "reason", "started_at", "ended_at")
_END_INVITATIONS = (
    update(Invitation)
    .where(among(Invitation.id, "ids"), Invitation.status.in_(("pending", "started")))
    .values(status="ended", ended_at=bindparam("at"))
)


def open_runs(connection: Connection, participant_ids: Collection[int]) -> list[RunRow]:
    """The open runs of these participants, one each at the most; lock the participants first."""
    return _read(connection, _OPEN, participant_ids)


def _read(connection: Connection, statement: Any, ids: Collection[int]) -> list[RunRow]:
    if not ids:
        return []
    found = connection.execute(statement, {"ids": sorted(ids)})
    return [_row(row) for row in found.all()]


def _row(row: Any) -> RunRow:
    run = FlowRun.from_json(row[9])
    return RunRow(row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8], run, row[10])


def participants_of_runs(connection: Connection, ids: Collection[int]) -> set[int]:
    """Whose these runs are."""
    return set(connection.execute(_OWNERS, {"ids": sorted(ids)}).scalars()) if ids else set()


def due_run_ids(connection: Connection, now: datetime, limit: int) -> list[int]:
    """Open runs whose time has come, the longest waiting first; in a writing transaction.

    Not those of a participant who is held, nor of a paused campaign: their time comes when they are let go. Where these are very
    many, they are looked at again only after a while, so that they stand in nobody's way.
    """
    found = connection.execute(_DUE, {"now": now, "most": max(limit, LOOKED_AT)}).all()
    due = [row[0] for row in found if row[1]]
    if len(due) < limit and len(found) >= LOOKED_AT:
        waiting = [row[0] for row in found if not row[1]]
        connection.execute(_PUT_OFF, {"ids": waiting, "until": now + LOOK_AGAIN})
    return due[:limit]


def last_outcome(connection: Connection, participant_id: int) -> str | None:
    """How a participant's latest run ended; None where they have none, or one that is open."""
    return connection.execute(_LAST_OUTCOME, {"participant": participant_id}).scalar()


def count_completed(connection: Connection, campaign_id: int) -> int:
    """How many runs of a campaign were completed."""
    return int(connection.execute(_COMPLETED, {"campaign": campaign_id}).scalar_one())


def _gist(row: RunRow) -> tuple[Any, ...]:
    run = row.run
    return (
        run.status,
        run.outcome,
        run.state,
        run.visit,
        run.to_json(),
        run.prompted_at,
        run.due_at if row.is_open else None,
        row.ended_at,
    )


def insert_runs(connection: Connection, rows: Iterable[RunRow]) -> None:
    """Add runs whose ids were taken before."""
    _insert(connection, ((*(getattr(row, name) for name in _COLUMNS), *_gist(row)) for row in rows))


def save_runs(connection: Connection, rows: Iterable[RunRow]) -> None:
    """Write where these runs stand."""
    _save(connection, ((*_gist(row), row.id) for row in rows))


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer to write: what the engine understood, in which run, from which message (its id; None without one)."""

    run: RunRow
    answered: Answered
    message_id: int | None
    at: datetime


def save_answers(connection: Connection, rows: Iterable[AnswerRow]) -> None:
    """Write answers, each in place of an earlier one to the same question of its run; one a (run, question) pair."""
    _answer(
        connection,
        (
            (
                row.run.community_id,
                row.run.participant_id,
                row.run.id,
                row.run.campaign_id,
                row.run.revision_id,
                row.message_id,
                row.answered.question,
                row.answered.state,
                row.answered.value,
                row.answered.other,
                row.answered.raw,
                row.run.run.language,
                row.answered.sensitive,
                row.at,
            )
            for row in rows
        ),
    )


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """What became of an invitation."""

    id: int
    status: str
    reason: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


def save_invitations(connection: Connection, rows: Iterable[InvitationRow]) -> None:
    """Write what became of these invitations."""
    _set_invitation(connection, ((row.status, row.reason, row.started_at, row.ended_at, row.id) for row in rows))


def end_invitations(connection: Connection, ids: Collection[int], at: datetime) -> None:
    """The runs of these invitations are over."""
    if ids:
        connection.execute(_END_INVITATIONS, {"ids": sorted(ids), "at": at})


def find_invitation(connection: Connection, campaign_id: int, participant_id: int) -> tuple[int, str] | None:
    """A participant's latest place in a campaign, as (id, status)."""
    found = connection.execute(
        select(Invitation.id, Invitation.status)
        .where(Invitation.participant_id == participant_id, Invitation.campaign_id == campaign_id)
        .order_by(Invitation.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.id, found.status)


def insert_invitation(
    connection: Connection,
    *,
    community_id: int,
    campaign_id: int,
    participant_id: int,
    now: datetime,
    arm: str | None = None,
    revision_id: int | None = None,
) -> int:
    """A pending place in the campaign's first wave; its id. `arm` and `revision_id` where the campaign has several."""
    statement = insert(Invitation).values(
        community_id=community_id,
        campaign_id=campaign_id,
        wave=1,
        participant_id=participant_id,
        arm=arm,
        revision_id=revision_id,
        status="pending",
        created_at=now,
    )
    return int(connection.execute(statement.returning(Invitation.id)).scalar_one())


def waiting_invitations(connection: Connection, participant_id: int, due_by: datetime) -> list[tuple[int, int, int]]:
    """A participant's pending places in running campaigns that begin by a moment, oldest first: (invitation id, campaign id,
    revision id)."""
    found = connection.execute(
        select(Invitation.id, Invitation.campaign_id, func.coalesce(Invitation.revision_id, Campaign.revision_id))
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .where(Invitation.participant_id == participant_id, Invitation.status == "pending")
        .where(Invitation.due_at <= due_by)
        .where(Campaign.status.in_(("running", "launching")))
        .order_by(Invitation.id)
    )
    return [(row[0], row[1], row[2]) for row in found]
