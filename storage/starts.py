"""Beginning many runs alike: what the conversation wrote for one person of a kind, repeated by the database for all of it.

People are of one kind where the flow's revision, their language, their channel and their zone are the same. Every function takes
`mine`, a condition on invitations that says which of a campaign's they are about.
"""

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
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from storage.bulk import COUNTED, among
from storage.draws import Draw
from storage.models import Address, Invitation, Message, Participant, Run
from storage.models.base import Json
from storage.reach import Reach

Mine = ColumnElement[bool]

# Made once: an alias copies all columns of its table, which took a quarter of the time of a slice.
_FIRST = aliased(Run, name="first")
_TEXT = aliased(Message, name="pilot")
_PERSON, _WAY = aliased(Participant, name="pilots"), aliased(Address, name="ways")

#: What a run and its messages have of their own; everything else is as in the one that they repeat.
_OWN_RUN = ("id", "participant_id", "invitation_id", "address_id", "sender_id", "state")
_OWN_MESSAGE = ("id", "participant_id", "run_id", "address_id", "sender_id")


@dataclass(frozen=True, slots=True)
class Launch:
    """Whose invitations begin: a campaign, the revision of those without an arm, the community's zone, and its senders."""

    campaign_id: int
    revision_id: int
    zone: str
    reach: Reach


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


def kinds(connection: Connection, launch: Launch, mine: Mine, status: str) -> Sequence[Row[int, int, bool]]:
    """The kinds of people among these invitations of that status, with one of each: (pilot, n, fit).

    `pilot`: the lowest invitation; `n`: how many are of the kind. Of those who cannot be texted, `fit` is False and each is a kind.
    """
    fit = and_(
        Participant.surveys == "granted",
        Participant.opted_out_at.is_(None),
        Participant.held_at.is_(None),
        Participant.erased_at.is_(None),
        Address.id.is_not(None),
    )
    alone = case((fit, null()), else_=Invitation.id)
    grouped = (text("fit"), alone, _revision(launch), Participant.language, Address.channel, _zone(launch, Participant))
    statement = (
        select(func.min(Invitation.id).label("pilot"), func.count().label("n"), fit.label("fit"))
        .select_from(Invitation)
        .join(Participant, Participant.id == Invitation.participant_id)
        .outerjoin(Address, Address.id == launch.reach.address_id())
        .where(mine, Invitation.status == status)
        .group_by(*grouped)
        .order_by("pilot")
    )
    return connection.execute(statement).all()


def invitations_by_id(connection: Connection, launch: Launch, ids: Collection[int]) -> Sequence[Row[int, int, int]]:
    """(id, participant_id, revision_id) of these invitations."""
    statement = select(Invitation.id, Invitation.participant_id, _revision(launch).label("revision_id"))
    return connection.execute(statement.where(one_of(sorted(ids))).order_by(Invitation.id)).all()


@dataclass(frozen=True, slots=True)
class Pilots:
    """What the conversation wrote for one of each kind: ids of runs and of their messages."""

    runs: tuple[int, ...]
    messages: tuple[int, ...]


def pilots_of(connection: Connection, ids: Collection[int]) -> Pilots:
    """The runs of these invitations and the messages of them."""
    runs = connection.execute(
        select(Run.id, Run.participant_id).where(among(Run.invitation_id, "ids", sorted(ids)))
    ).all()
    # Found by their participants, for nothing else leads from a run to its messages.
    messages = select(Message.id).where(
        among(Message.participant_id, "people", sorted(row.participant_id for row in runs)),
        among(Message.run_id, "runs", [row.id for row in runs]),
    )
    return Pilots(
        tuple(row.id for row in runs),
        tuple(connection.execute(messages.order_by(Message.id)).scalars()) if runs else (),
    )


def repeat_runs(connection: Connection, launch: Launch, mine: Mine, status: str, pilots: Pilots) -> int:
    """Begin these invitations' runs as the pilots began, each as that of its kind; how many.

    Each has its own seed. Somebody who got into another conversation meanwhile is left out.
    """
    model, person, way = _FIRST, _PERSON, _WAY
    columns = [column.name for column in Run.__table__.columns if column.name not in _OWN_RUN]
    seed = Draw(f"run:{launch.campaign_id}").sql(Invitation.__table__.c.participant_id)
    own: dict[str, Any] = {
        "participant_id": Invitation.participant_id,
        "invitation_id": Invitation.id,
        "address_id": Address.id,
        "sender_id": launch.reach.sender_id(),
        "state": _with_seed(connection, model.state, seed),
    }
    chosen = (
        select(*(getattr(model, name) for name in columns), *own.values())
        .select_from(Invitation)
        .join(Participant, Participant.id == Invitation.participant_id)
        .join(Address, Address.id == launch.reach.address_id())
        .join(model, model.revision_id == _revision(launch))
        .join(person, person.id == model.participant_id)
        .join(way, way.id == model.address_id)
        .where(mine, Invitation.status == status, among(model.id, "pilots", pilots.runs), _alike(launch, person, way))
        .order_by(Invitation.id)
    )
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Run).from_select([*columns, *own], chosen, include_defaults=False)
    return connection.execute(statement.on_conflict_do_nothing(), execution_options=COUNTED).rowcount


def repeat_messages(connection: Connection, launch: Launch, mine: Mine, pilots: Pilots) -> int:
    """Put the pilots' messages in the outbox for the runs that repeat theirs; how many."""
    model, first, person, way = _TEXT, _FIRST, _PERSON, _WAY
    columns = [column.name for column in Message.__table__.columns if column.name not in _OWN_MESSAGE]
    own = {
        "participant_id": Run.participant_id,
        "run_id": Run.id,
        "address_id": Run.address_id,
        "sender_id": Run.sender_id,
    }
    chosen = (
        select(*(getattr(model, name) for name in columns), *own.values())
        .select_from(Invitation)
        .join(Run, Run.invitation_id == Invitation.id)
        .join(Participant, Participant.id == Run.participant_id)
        .join(Address, Address.id == Run.address_id)
        .join(first, first.revision_id == Run.revision_id)
        .join(model, model.run_id == first.id)
        .join(person, person.id == first.participant_id)
        .join(way, way.id == first.address_id)
        .where(
            mine, among(model.id, "messages", pilots.messages), Run.id.not_in(pilots.runs), _alike(launch, person, way)
        )
        .order_by(Run.id, model.id)
    )
    statement = insert(Message).from_select([*columns, *own], chosen, include_defaults=False)
    return connection.execute(statement, execution_options=COUNTED).rowcount


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


def keep_senders(connection: Connection, launch: Launch, mine: Mine) -> None:
    """Remember which of several senders talks with whom, so that the next message leaves from the same."""
    several = [channel for channel, ids in launch.reach.senders.items() if len(ids) > 1]
    if not several:
        return
    talks = (
        select(Run.address_id, Run.sender_id)
        .join(Invitation, Invitation.id == Run.invitation_id)
        .join(Address, Address.id == Run.address_id)
        .where(mine, Address.channel.in_(several), Address.sender_id.is_distinct_from(Run.sender_id))
        .subquery()
    )
    connection.execute(update(Address).where(Address.id == talks.c.address_id).values(sender_id=talks.c.sender_id))


def _revision(launch: Launch) -> ColumnElement[int]:
    return func.coalesce(Invitation.revision_id, launch.revision_id)


def _zone(launch: Launch, person: Any) -> ColumnElement[str]:
    return func.coalesce(person.timezone, launch.zone)


def _alike(launch: Launch, person: Any, way: Any) -> ColumnElement[bool]:
    """A participant and their address are of the kind of a pilot's."""
    return and_(
        Participant.language == person.language,
        Address.channel == way.channel,
        _zone(launch, Participant) == _zone(launch, person),
    )


def _with_seed(connection: Connection, state: Any, seed: ColumnElement[int]) -> ColumnElement[Any]:
    """The state of a run with another seed."""
    if connection.dialect.name == "sqlite":
        return func.json_set(state, "$.seed", seed)
    path = cast(literal("{seed}"), postgresql.ARRAY(postgresql.TEXT))
    return func.jsonb_set(state, path, func.to_jsonb(seed), type_=Json)


__all__ = [
    "Launch",
    "Mine",
    "Pilots",
    "in_another_run",
    "invitations_by_id",
    "keep_senders",
    "kinds",
    "lock_people",
    "mark_started",
    "mark_waiting",
    "one_of",
    "pilots_of",
    "put_off_busy",
    "repeat_messages",
    "repeat_runs",
    "take_pending_ids",
]
