"""Writing notices: one message for each invitation of a slice, by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, case, insert, literal, select

from storage.audience import by_language
from storage.bulk import COUNTED
from storage.invitations import Place, of_slice
from storage.models import Address, Invitation, Message, Participant
from storage.models.messages import PRIORITY_BULK
from storage.reach import Reach


def insert_notices(
    connection: Connection,
    place: Place,
    reach: Reach,
    texts: Mapping[str, Mapping[str, Any]],
    *,
    first: str,
    after: int,
    last: int,
    now: datetime,
) -> int:
    """Put a notice in the outbox for each pending invitation of participants after `after` up to `last`; how many.

    `texts`: language -> `{"text", "segments"}`; that of `first` is for the languages that are not there. It is of no use any more
    once the survey is due.
    """
    moment = Message.created_at.type
    length = by_language({language: int(one["segments"]) for language, one in texts.items()}, first)
    columns = {
        "community_id": literal(place.community_id),
        "sender_id": reach.sender_id(),
        "address_id": Address.id,
        "participant_id": Participant.id,
        "campaign_id": literal(place.campaign_id),
        "direction": literal("out"),
        "kind": literal("say"),
        "text": by_language({language: one["text"] for language, one in texts.items()}, first),
        "language": Participant.language,
        "visit": literal(0),
        "status": literal("queued"),
        "priority": literal(PRIORITY_BULK),
        "segments": case((Address.channel == "sms", length), else_=literal(1, Integer)),
        "attempts": literal(0),
        "due_at": literal(now, moment),
        "valid_until": literal(place.due_at, moment),
        "created_at": literal(now, moment),
    }
    chosen = (
        select(*columns.values())
        .select_from(Invitation)
        .join(Participant, Participant.id == Invitation.participant_id)
        .join(Address, Address.id == reach.address_id())
        .where(of_slice(place, after, last, now), Invitation.status == "pending")
        .order_by(Invitation.id)
    )
    statement = insert(Message).from_select(list(columns), chosen, include_defaults=False)
    return connection.execute(statement, execution_options=COUNTED).rowcount


__all__ = ["insert_notices"]
