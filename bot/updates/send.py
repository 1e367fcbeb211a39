"""Sending updates that are due: one message to each who spoke or subscribed, in slices that a kill cannot repeat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot.cron import next_time
from bot.updates.text import render_update, text_for
from flows.segments import segment
from storage import updates as rows
from storage.campaigns import campaign_by_id
from storage.models.messages import PRIORITY_BULK

#: Messages written in one transaction.
SLICE = 500
#: A progress update that could not leave for so long is of no use any more.
USEFUL_FOR = timedelta(days=7)


def send_due(connection: Connection, now: datetime, *, slice_size: int = SLICE) -> int:
    """One slice of each update that is due; how many updates had work. Call until it returns 0."""
    due = rows.due_updates(connection, now)
    for row in due:
        if row.status == "scheduled" and not _begin(connection, row, now):
            continue
        _slice(connection, row.id, row.community_id, row.audience, now, slice_size)
    return len(due)


def _begin(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Fix the texts of this occurrence; False where it is withheld."""
    campaign = None if row.campaign_id is None else campaign_by_id(connection, row.campaign_id)
    rendered = render_update(connection, row, campaign, _languages(row))
    if rendered.withheld is not None:
        later = next_time(row.cron, row.timezone, now) if row.cron else None
        status = "scheduled" if later is not None else "withheld"
        rows.change_update(connection, row.id, status=status, reason=rendered.withheld, next_at=later)
        return False
    rows.change_update(
        connection,
        row.id,
        status="sending",
        reason=None,
        rendered=dict(rendered.texts),
        cursor=0,
        occurrence=row.occurrence + 1,
    )
    return True


def _slice(
    connection: Connection, update_id: int, community_id: int, audience: Mapping[str, Any], now: datetime, size: int
) -> None:
    row = rows.find_update(connection, update_id)
    assert row is not None  # noqa: S101 - `_begin` has just written it
    people = rows.readers(connection, community_id, audience, after=row.cursor, limit=size)
    messages = []
    for participant_id, language, _name, address_id, sender_id in people:
        text = text_for(row.rendered or {}, language)
        messages.append(
            {
                "community_id": community_id,
                "sender_id": sender_id,
                "address_id": address_id,
                "participant_id": participant_id,
                "campaign_id": row.campaign_id,
                "update_id": update_id,
                "occurrence": row.occurrence,
                "direction": "out",
                "kind": "update",
                "text": text,
                "language": language,
                "status": "queued",
                "priority": PRIORITY_BULK,
                "segments": segment(text).segments,
                "due_at": now,
                "valid_until": now + USEFUL_FOR,
                "created_at": now,
            }
        )
    rows.insert_update_messages(connection, messages)
    if len(people) == size:
        rows.change_update(connection, update_id, cursor=people[-1][0])
        return
    later = next_time(row.cron, _zone_of(connection, community_id), now) if row.cron else None
    rows.change_update(
        connection,
        update_id,
        status="scheduled" if later is not None else "sent",
        sent_at=now,
        next_at=later,
        rendered=None,
        cursor=0,
    )


def _languages(row: Row[Any]) -> list[str]:
    # The community's own languages and those of the texts: a reader of any other gets the nearest.
    return list(dict.fromkeys([*row.languages, *row.texts]))


def _zone_of(connection: Connection, community_id: int) -> str:
    return rows.community_zone(connection, community_id)
