"""Queries for a database that was put back from an older copy: what may have happened since, and nobody here knows of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, text, update

from storage.bulk import among
from storage.models import Campaign, Community, Message, Participant, Wave

#: The code of a message that is held because it may have left since the copy was made.
HELD = "restored"
#: Messages that were waiting or on their way when the copy was made, and could have left since.
_MAY_HAVE_LEFT = (Message.direction == "out", Message.status.in_(("queued", "sending")))


def doubt_queued(connection: Connection, now: datetime, why: str) -> dict[int, int]:
    """Make `unknown` what was to leave by now; how many in each community."""
    due = (*_MAY_HAVE_LEFT, or_(Message.due_at.is_(None), Message.due_at <= now))
    counts = select(Message.community_id, func.count()).where(*due).group_by(Message.community_id)
    found = {int(community): int(n) for community, n in connection.execute(counts)}
    values = {"status": "unknown", "error_code": HELD, "error": why}
    connection.execute(update(Message).where(*due).values(values))
    return found


def pause_begun(connection: Connection, now: datetime) -> list[tuple[int, str]]:
    """Pause the campaigns of which something was to leave by now: (community, name)."""
    begun = or_(
        Campaign.status.in_(("launching", "running")),
        (Campaign.status == "scheduled") & exists().where(Wave.campaign_id == Campaign.id, Wave.invite_at <= now),
    )
    statement = select(Campaign.community_id, Campaign.name).where(begun).order_by(Campaign.id)
    found = [(int(community), str(name)) for community, name in connection.execute(statement)]
    connection.execute(update(Campaign).where(begun).values(status="paused", paused_from=Campaign.status))
    return found


_HERE = select(Participant.id, Participant.public_id).where(
    among(Participant.public_id, "public_ids"), Participant.erased_at.is_(None)
)


def still_here(connection: Connection, public_ids: Sequence[str], *, stopped: bool) -> Sequence[Row[int, str]]:
    """Those of these who are not erased: (id, public_id). `stopped`: also who has said STOP."""
    here = _HERE if stopped else _HERE.where(Participant.opted_out_at.is_(None))
    return connection.execute(here.order_by(Participant.id), {"public_ids": list(public_ids)}).all()


class HeldPart(NamedTuple):
    """Held messages of one community that belong together: a campaign's, an update's, or neither's. When they were to leave."""

    community: str
    campaign: str | None
    update: int | None
    messages: int
    due_from: datetime | None
    due_until: datetime | None


_HELD = and_(text("messages.status = 'unknown'"), Message.error_code == HELD)


def held_messages(connection: Connection, community_id: int | None = None) -> list[HeldPart]:
    """What is held since a copy was put back and nobody has decided on yet."""
    statement = (
        select(
            Community.slug,
            Campaign.name,
            Message.update_id,
            func.count(),
            func.min(Message.due_at),
            func.max(Message.due_at),
        )
        .join(Community, Community.id == Message.community_id)
        .outerjoin(Campaign, Campaign.id == Message.campaign_id)
        .where(_HELD)
        .group_by(Community.id, Community.slug, Campaign.id, Campaign.name, Message.update_id)
        .order_by(Community.id, Campaign.id, Message.update_id)
    )
    if community_id is not None:
        statement = statement.where(Message.community_id == community_id)
    rows: Iterable[Any] = connection.execute(statement)
    return [HeldPart(*row) for row in rows]


def count_held(connection: Connection) -> int:
    """How many messages are held since a copy was put back."""
    return int(connection.execute(select(func.count()).select_from(Message).where(_HELD)).scalar_one())


def held_ids(
    connection: Connection,
    *,
    community_id: int | None = None,
    campaign_id: int | None = None,
    update_id: int | None = None,
    due_after: datetime | None = None,
    limit: int,
) -> list[int]:
    """Held messages, the oldest first: of a community, campaign or update where given, and those that were to leave after a moment."""
    statement = select(Message.id).where(_HELD).order_by(Message.id).limit(limit)
    for column, value in (
        (Message.community_id, community_id),
        (Message.campaign_id, campaign_id),
        (Message.update_id, update_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if due_after is not None:
        statement = statement.where(Message.due_at > due_after)
    return list(connection.execute(statement).scalars())


__all__ = ["HELD", "HeldPart", "count_held", "doubt_queued", "held_ids", "held_messages", "pause_begun", "still_here"]
