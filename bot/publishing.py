"""Publishing a flow: a revision that never changes, with every text and every flow that it calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from flows.definition import Flow
from flows.loader import fingerprint, freeze
from storage import flows as rows


@dataclass(frozen=True, slots=True)
class Published:
    """A revision in the database. `new` is False where the very same content was published before."""

    revision_id: int
    flow: str
    number: int
    new: bool


def publish(connection: Connection, community_id: int, flow: Flow, now: datetime) -> Published:
    """Freeze `flow` as the community's newest revision; content that was published already stays the revision it is."""
    known = rows.find_flow(connection, community_id, flow.name)
    flow_id = (
        int(known.id)
        if known is not None
        else rows.insert_flow(
            connection,
            community_id=community_id,
            name=flow.name,
            title=flow.title[flow.languages[0]],
            created_at=now,
        )
    )
    mark = fingerprint(flow)
    same = rows.revision_by_fingerprint(connection, flow_id, mark)
    if same is not None:
        return Published(same.id, flow.name, same.number, new=False)
    latest = rows.latest_revision(connection, flow_id)
    number = 1 if latest is None else latest.number + 1
    revision_id = rows.insert_revision(
        connection,
        flow_id=flow_id,
        number=number,
        fingerprint=mark,
        definition=freeze(flow),
        source=flow.source,
        created_at=now,
    )
    return Published(revision_id, flow.name, number, new=True)
