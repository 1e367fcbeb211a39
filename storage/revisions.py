"""Queries on frozen revisions of flows, as the conversation needs them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from storage.bulk import among
from storage.models import Flow, Revision

_BY_IDS = select(Revision.id, Revision.definition).where(among(Revision.id, "ids"))


def revision_definitions(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The frozen flow of each of these revisions."""
    return {row[0]: row[1] for row in connection.execute(_BY_IDS, {"ids": sorted(ids)})} if ids else {}


def newest_revision(connection: Connection, community_id: int, flow: str) -> int | None:
    """The newest revision of a community's flow, None where it was never published."""
    return connection.execute(
        select(Revision.id)
        .join(Flow, Flow.id == Revision.flow_id)
        .where(Flow.community_id == community_id, Flow.name == flow)
        .order_by(Revision.number.desc())
        .limit(1)
    ).scalar_one_or_none()
