"""Beginning many runs alike: what the conversation wrote for one person of a kind, repeated by the database for all of it.

Those whose runs begin in one transaction are gathered in tables of the connection's own, which nobody else sees: whether somebody may be
texted, by which address and sender, and of which kind they are is looked up once and not by each statement anew. SQLite also writes rows
faster that are read from another table than the one they go to.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from storage.bulk import COUNTED, among
from storage.draws import Draw, number_of
from storage.models import Address, Base, Invitation, Message, Participant, Run
from storage.models.base import Json, Key
from storage.reach import Reach

#: A condition on invitations that says which of a campaign's are meant.
Mine = ColumnElement[bool]

_own = MetaData()


def _temporary(name: str, *columns: Column[Any]) -> Table:
    return Table(name, _own, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DELETE ROWS")


def _columns(model: type[Base]) -> list[Column[Any]]:
    return list(cast("Table", model.__table__).columns)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _like(model: type[Base], name: str) -> Table:
    """A table of the same columns, and the kind that its rows are the first of, by which they are found."""
    kind = Column("of_kind", Text, primary_key=True)
    return _temporary(name, kind, *(Column(one.name, one.type, primary_key=one.primary_key) for one in _columns(model)))


#: One row an invitation. People are of one kind where the flow's revision, their language, their channel and their zone are the same;
#: who cannot be texted is of none.
_gathered = _temporary(
    "gathered",
    Column("invitation_id", Key, primary_key=True, autoincrement=False),
    Column("participant_id", Key),
    Column("address_id", Key),
    Column("sender_id", Key),
    Column("kind", Text),
)
_g = _gathered.c
#: What the conversation wrote for the first of each kind.
_runs, _messages = _like(Run, "first_runs"), _like(Message, "first_messages")

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

    def revision(self) -> ColumnElement[int]:
        """The revision that an invitation begins."""
        return func.coalesce(Invitation.revision_id, self.revision_id)


def gather(connection: Connection, launch: Launch, mine: Mine, status: str) -> None:
    """Gather these invitations of that status, in place of those that were gathered before."""
    for statement in _made(connection.dialect.name):
        connection.exec_driver_sql(statement)
    for table in _own.sorted_tables:
        connection.execute(delete(table))
    fit = and_(
        Participant.surveys == "granted",
        Participant.opted_out_at.is_(None),
        Participant.held_at.is_(None),
        Participant.erased_at.is_(None),
        Address.id.is_not(None),
    )
    zone = func.coalesce(Participant.timezone, launch.zone)
    kind = as_type(launch.revision(), Text) + " " + Participant.language + " " + Address.channel + " " + zone
    chosen = (
        select(Invitation.id, Invitation.participant_id, Address.id, launch.reach.sender_id(), case((fit, kind)))
        .select_from(Invitation)
        .join(Participant, Participant.id == Invitation.participant_id)
        .outerjoin(Address, Address.id == launch.reach.address_id())
        .where(mine, Invitation.status == status)
        .order_by(Invitation.id)
    )
    connection.execute(insert(_gathered).from_select(_names(_gathered), chosen))


@cache
def _made(dialect: str) -> tuple[str, ...]:
    known = sqlite.dialect() if dialect == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    return tuple(str(CreateTable(one, if_not_exists=True).compile(dialect=known)) for one in _own.sorted_tables)


_KINDS = (
    select(func.min(_g.invitation_id).label("pilot"), func.count().label("n"), _g.kind.is_not(None).label("fit"))
    .group_by(_g.kind, case((_g.kind.is_(None), _g.invitation_id)))
    .order_by("pilot")
)


def kinds(connection: Connection) -> Sequence[Row[int, int, bool]]:
    """The kinds of people that were gathered, with one of each: (pilot, n, fit).

    `pilot`: the lowest invitation; `n`: how many are of the kind. Of those who cannot be texted, `fit` is False and each is a kind.
    """
    return connection.execute(_KINDS).all()


def leave_out(connection: Connection, ids: Collection[int]) -> None:
    """Take these invitations out again."""
    connection.execute(_OUT, {"ids": sorted(ids)})


_OUT = delete(_gathered).where(among(_g.invitation_id, "ids"))


def keep_first(connection: Connection, ids: Collection[int]) -> int:
    """Keep what was written for these invitations, each the first of its kind, for the others to repeat; how many have a run."""
    statement, given = _first_runs(connection.dialect.name), {"ids": sorted(ids)}
    kept = connection.execute(statement, given, execution_options=COUNTED).rowcount
    connection.execute(_FIRST_MESSAGES)
    return kept


@cache
def _first_runs(dialect: str) -> Insert:
    # Of a state SQLite keeps all but the seed, for each to be put before it: to have it read an object for each person takes as long as a
    # third of the row.
    state = func.substr(func.json_remove(Run.state, "$.seed"), 2) if dialect == "sqlite" else Run.state
    chosen = (
        select(_g.kind, *(state if one.name == "state" else one for one in _columns(Run)))
        .join(_gathered, _g.invitation_id == Run.invitation_id)
        .where(among(Run.invitation_id, "ids"))
    )
    return insert(_runs).from_select(_names(_runs), chosen)


# Found by their participants, for nothing else leads from a run to its messages.
_FIRST_MESSAGES = insert(_messages).from_select(
    _names(_messages),
    select(_runs.c.of_kind, *_columns(Message))
    .select_from(_runs)
    .join(Message, and_(Message.participant_id == _runs.c.participant_id, Message.run_id == _runs.c.id)),
)
_COEFFICIENTS = ("first", "second", "third", "fourth")
_SEED = number_of(_g.participant_id, *(bindparam(name, type_=Key) for name in _COEFFICIENTS))


def repeat_runs(connection: Connection, launch: Launch) -> int:
    """Begin the runs of those who are gathered as that of the first of their kind began; how many.

    Each has its own seed. Somebody who got into another conversation meanwhile is left out.
    """
    drawn = zip(_COEFFICIENTS, Draw(f"run:{launch.campaign_id}").coefficients, strict=True)
    return connection.execute(_repeated_runs(connection.dialect.name), dict(drawn), execution_options=COUNTED).rowcount


@cache
def _repeated_runs(dialect: str) -> Insert:
    columns = [one.name for one in _columns(Run) if one.name not in _OWN_RUN]
    own = {name: _g[name] for name in _OWN_RUN if name in _g} | {"state": _state(dialect)}
    chosen = (
        select(*(_runs.c[name] for name in columns), *own.values())
        .select_from(_gathered)
        .join(_runs, _runs.c.of_kind == _g.kind)
        .order_by(_g.invitation_id)
    )
    into = sqlite.insert(Run) if dialect == "sqlite" else postgresql.insert(Run)
    return into.from_select([*columns, *own], chosen, include_defaults=False).on_conflict_do_nothing()


def _state(dialect: str) -> ColumnElement[Any]:
    """The state of the first run with another seed."""
    if dialect == "sqlite":
        return literal('{"seed":') + as_type(_SEED, Text) + literal(",") + type_coerce(_runs.c.state, Text)
    path = as_type(literal("{seed}"), postgresql.ARRAY(postgresql.TEXT))
    return func.jsonb_set(_runs.c.state, path, func.to_jsonb(_SEED), type_=Json)


_SAID = [one.name for one in _columns(Message) if one.name not in _OWN_MESSAGE]
_REPEATED = insert(Message).from_select(
    [*_SAID, "run_id", "participant_id", "address_id", "sender_id"],
    select(*(_messages.c[name] for name in _SAID), Run.id, _g.participant_id, _g.address_id, _g.sender_id)
    .select_from(_gathered)
    .join(Run, Run.invitation_id == _g.invitation_id)
    .join(_messages, _messages.c.of_kind == _g.kind)
    .order_by(_g.invitation_id, Run.id, _messages.c.id),
    include_defaults=False,
)


def repeat_messages(connection: Connection) -> int:
    """Put the messages of the first of each kind in the outbox for the runs that repeat theirs; how many."""
    return connection.execute(_REPEATED, execution_options=COUNTED).rowcount


def keep_senders(connection: Connection, launch: Launch) -> None:
    """Remember which of several senders talks with those who are gathered, so that the next message leaves from the same."""
    several = [channel for channel, ids in launch.reach.senders.items() if len(ids) > 1]
    if not several:
        return
    talks = (
        select(Run.address_id, Run.sender_id)
        .select_from(_gathered)
        .join(Run, Run.invitation_id == _g.invitation_id)
        .join(Address, Address.id == Run.address_id)
        .where(Address.channel.in_(several), Address.sender_id.is_distinct_from(Run.sender_id))
        .subquery()
    )
    connection.execute(update(Address).where(Address.id == talks.c.address_id).values(sender_id=talks.c.sender_id))


__all__ = [
    "Launch",
    "Mine",
    "gather",
    "keep_first",
    "keep_senders",
    "kinds",
    "leave_out",
    "repeat_messages",
    "repeat_runs",
]
