"""Queries for a database that was put back from an older copy: what may have happened since, and nobody here knows of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, exists, func, or_, select, update

from storage.models import Campaign, Message, Participant, Wave

#: Messages that were waiting or on their way when the copy was made, and could have left since.
_MAY_HAVE_LEFT = (Message.direction == "out", Message.status.in_(("queued", "sending")))


def doubt_queued(connection: Connection, now: datetime, why: str) -> dict[int, int]:
    """Make `unknown` what was to leave by now; how many in each community."""
    due = (*_MAY_HAVE_LEFT, or_(Message.due_at.is_(None), Message.due_at <= now))
    counts = select(Message.community_id, func.count()).where(*due).group_by(Message.community_id)
    found = {int(community): int(n) for community, n in connection.execute(counts)}
    values = {"status": "unknown", "error_code": "restored", "error": why}
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


def still_here(connection: Connection, public_ids: Sequence[str], *, stopped: bool) -> list[Row[int, str]]:
    """Those of these who are not erased: (id, public_id). `stopped`: also who has said STOP."""
    found: list[Row[int, str]] = []
    for at in range(0, len(public_ids), 500):
        here = [Participant.public_id.in_(public_ids[at : at + 500]), Participant.erased_at.is_(None)]
        if not stopped:
            here.append(Participant.opted_out_at.is_(None))
        found += connection.execute(
            select(Participant.id, Participant.public_id).where(*here).order_by(Participant.id)
        ).all()
    return found


__all__ = ["doubt_queued", "pause_begun", "still_here"]
