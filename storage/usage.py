"""What has been used up: segments of a community's month, and messages to a participant across campaigns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, bindparam, select, text, tuple_, update

from storage.bulk import InsertMany, among
from storage.models import Answer, Community, Message, SegmentUsage, UtcDateTime

_m = cast("Table", Message.__table__).c
_add = InsertMany(
    SegmentUsage,
    "community_id",
    "month",
    "segments",
    conflict="(community_id, month) DO UPDATE SET segments = segment_usage.segments + EXCLUDED.segments",
)
_begin = InsertMany(SegmentUsage, "community_id", "month", "segments", conflict="DO NOTHING")
_BULK = select(_m.participant_id, _m.run_id, _m.id, _m.claimed_at).where(
    among(_m.participant_id, "ids"),
    text("messages.priority = 2"),
    _m.claimed_at > bindparam("since", type_=UtcDateTime()),
    text("messages.status IN ('sending', 'sent', 'delivered', 'undelivered', 'unknown')"),
)
_TOOK_PART = select(Answer.participant_id).where(among(Answer.participant_id, "ids")).distinct()
_PLACES = select(Community.id, Community.timezone, Community.hours, Community.settings).where(
    among(Community.id, "ids")
)


def add_segments(connection: Connection, used: Iterable[tuple[int, str, int]]) -> None:
    """Count segments: (community id, month such as `2026-11`, segments); a negative number gives back what was not sent."""
    totals: dict[tuple[int, str], int] = {}
    for community_id, month, segments in used:
        totals[community_id, month] = totals.get((community_id, month), 0) + segments
    _add(connection, [(*key, totals[key]) for key in sorted(totals) if totals[key]])


def segments_used(connection: Connection, months: Mapping[int, str]) -> dict[int, int]:
    """How many segments each of these communities (id -> month) has used in its month."""
    if not months:
        return {}
    statement = select(SegmentUsage.community_id, SegmentUsage.segments).where(
        tuple_(SegmentUsage.community_id, SegmentUsage.month).in_(list(months.items()))
    )
    return {row.community_id: row.segments for row in connection.execute(statement)}


def mark_held(connection: Connection, community_id: int, month: str, now: datetime) -> bool:
    """Remember that a community's month is used up; True the first time."""
    _begin(connection, [(community_id, month, 0)])
    statement = update(SegmentUsage).where(
        SegmentUsage.community_id == community_id, SegmentUsage.month == month, SegmentUsage.held_at.is_(None)
    )
    return connection.execute(statement.values(held_at=now)).rowcount > 0


def bulk_since(
    connection: Connection, participant_ids: Collection[int], since: datetime
) -> Sequence[Row[int | None, int | None, int, datetime | None]]:
    """Campaign and update messages that left, or may have, to these participants: (participant_id, run_id, id, claimed_at)."""
    if not participant_ids:
        return ()
    return connection.execute(_BULK, {"ids": sorted(participant_ids), "since": since}).all()


def took_part(connection: Connection, participant_ids: Collection[int]) -> set[int]:
    """Those of `participant_ids` who have ever answered a question."""
    if not participant_ids:
        return set()
    return set(connection.execute(_TOOK_PART, {"ids": sorted(participant_ids)}).scalars())


def places(
    connection: Connection, community_ids: Collection[int]
) -> Sequence[Row[int, str, dict[str, Any], dict[str, Any]]]:
    """Zone, hours and settings of communities: (id, timezone, hours, settings)."""
    return connection.execute(_PLACES, {"ids": sorted(community_ids)}).all()


__all__ = ["add_segments", "bulk_since", "mark_held", "places", "segments_used", "took_part"]
