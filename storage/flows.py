"""Queries on flows and their revisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage.models import Flow, Revision


def find_flow(connection: Connection, community_id: int, name: str) -> Row[Any] | None:
    """A community's flow by name, all its columns."""
    statement = select(Flow.__table__).where(Flow.community_id == community_id, Flow.name == name)
    return connection.execute(statement).one_or_none()


def list_flows(connection: Connection, community_id: int) -> Sequence[Row[str, str, int, datetime]]:
    """A community's flows: name, title, the newest revision's number and when it was published."""
    newest = func.max(Revision.number)
    statement = (
        select(Flow.name, Flow.title, newest.label("revision"), func.max(Revision.created_at).label("published_at"))
        .join(Revision, Revision.flow_id == Flow.id)
        .where(Flow.community_id == community_id)
        .group_by(Flow.id, Flow.name, Flow.title)
        .order_by(Flow.name)
    )
    return connection.execute(statement).all()


def insert_flow(connection: Connection, *, community_id: int, name: str, title: str, created_at: datetime) -> int:
    """Add a flow; its id."""
    statement = insert(Flow).values(community_id=community_id, name=name, title=title, created_at=created_at)
    return int(connection.execute(statement.returning(Flow.id)).scalar_one())


def revision_by_fingerprint(connection: Connection, flow_id: int, fingerprint: str) -> Row[int, int] | None:
    """(id, number) of the revision with this content, if it was published."""
    statement = select(Revision.id, Revision.number).where(
        Revision.flow_id == flow_id, Revision.fingerprint == fingerprint
    )
    return connection.execute(statement).one_or_none()


def latest_revision(connection: Connection, flow_id: int) -> Row[int, int] | None:
    """(id, number) of a flow's newest revision."""
    statement = select(Revision.id, Revision.number).where(Revision.flow_id == flow_id)
    return connection.execute(statement.order_by(Revision.number.desc()).limit(1)).one_or_none()


def revision_by_number(connection: Connection, flow_id: int, number: int) -> int | None:
    """The id of a flow's revision of that number, if it was published."""
    statement = select(Revision.id).where(Revision.flow_id == flow_id, Revision.number == number)
    return connection.execute(statement).scalar_one_or_none()


def revision_names(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Revisions as a person names them, by id: `check-in@2`."""
    statement = select(Revision.id, Flow.name, Revision.number).join(Flow, Flow.id == Revision.flow_id)
    return {row.id: f"{row.name}@{row.number}" for row in connection.execute(statement.where(Revision.id.in_(ids)))}


def insert_revision(
    connection: Connection,
    *,
    flow_id: int,
    number: int,
    fingerprint: str,
    definition: dict[str, Any],
    source: str,
    created_at: datetime,
) -> int:
    """Add a revision, which never changes from here on; its id."""
    statement = insert(Revision).values(
        flow_id=flow_id,
        number=number,
        fingerprint=fingerprint,
        definition=definition,
        source=source,
        created_at=created_at,
    )
    return int(connection.execute(statement.returning(Revision.id)).scalar_one())


def revision_definition(connection: Connection, revision_id: int) -> dict[str, Any]:
    """A revision as `flows.loader.freeze` wrote it."""
    found = connection.execute(select(Revision.definition).where(Revision.id == revision_id)).scalar_one()
    return dict(found)


def revision_source(connection: Connection, revision_id: int) -> str:
    """The YAML that a revision was published from."""
    return str(connection.execute(select(Revision.source).where(Revision.id == revision_id)).scalar_one())
