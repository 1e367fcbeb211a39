"""Queries on prompts: whether the one that a run waits on has left, and letting it go at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select, update

from storage.bulk import among
from storage.models import Message
from storage.models.messages import PRIORITY_REPLY
from storage.outbox import STILL_WAITS

#: Statuses of a message that its reader has, or may have.
SEEN = ("sending", "sent", "delivered", "unknown")

_message = Message.__table__.c
_earlier = Message.__table__.alias("earlier")
_WAITING = select(_message.run_id, _message.visit).where(
    among(_message.address_id, "addresses"),
    STILL_WAITS,
    _message.kind == "prompt",
    _message.visit > 0,
    among(_message.run_id, "runs"),
    or_(_message.priority > PRIORITY_REPLY, _message.due_at > bindparam("now")),
    # Asked again while it was being read: whoever answers has seen the one before.
    ~select(1)
    .where(
        _earlier.c.participant_id == _message.participant_id,
        _earlier.c.run_id == _message.run_id,
        _earlier.c.visit == _message.visit,
        _earlier.c.kind == "prompt",
        _earlier.c.status.in_(SEEN),
    )
    .exists(),
)
_LEFT = (
    select(
        _message.run_id,
        _message.visit,
        func.min(func.coalesce(_message.sent_at, _message.claimed_at)).filter(_message.status.in_(SEEN)),
        func.max(_message.id).filter(_message.status == "queued"),
    )
    .where(
        among(_message.participant_id, "participants"),
        among(_message.run_id, "runs"),
        _message.direction == "out",
        _message.kind == "prompt",
    )
    .group_by(_message.run_id, _message.visit)
)
_HASTEN = (
    update(Message)
    .where(
        _message.address_id == bindparam("address"),
        STILL_WAITS,
        _message.run_id == bindparam("run"),
        _message.visit == bindparam("at_visit"),
    )
    .values(priority=PRIORITY_REPLY, due_at=bindparam("at"), hours_exempt_until=bindparam("until"))
)


def waiting_prompts(
    connection: Connection, run_ids: Collection[int], address_ids: Collection[int], now: datetime
) -> set[tuple[int, int]]:
    """(run id, visit) of the prompts that are held back: by hours, a pace, a provider; `address_ids` are the runs' own.

    One that was asked once more is held back only where it has not left before.

    A reply that is about to leave is none of them: it crosses with what its reader is just sending, or is read before it.
    """
    if not run_ids:
        return set()
    found = connection.execute(_WAITING, {"addresses": sorted(address_ids), "runs": sorted(run_ids), "now": now})
    return {(run_id, visit) for run_id, visit in found}


def prompts_left(
    connection: Connection, run_ids: Collection[int], participant_ids: Collection[int], now: datetime
) -> dict[tuple[int, int], datetime]:
    """When each prompt of these runs first left, by (run id, visit): `now` for one that still waits.

    One that is just being asked again has left before: whoever answers meanwhile has read it.
    """
    found: dict[tuple[int, int], datetime] = {}
    if not run_ids:
        return found
    rows = connection.execute(_LEFT, {"participants": sorted(participant_ids), "runs": sorted(run_ids)})
    for run_id, visit, left, queued in rows:
        if left is not None:
            found[run_id, visit] = left
        elif queued is not None:
            found[run_id, visit] = now
    return found


def hasten_prompts(
    connection: Connection, prompts: Iterable[tuple[int, int, int]], now: datetime, until: datetime
) -> None:
    """Let prompts that wait leave as replies do: (run id, visit, address id). Hours do not bind them before `until`."""
    values = [
        {"run": run_id, "at_visit": visit, "address": address_id, "at": now, "until": until}
        for run_id, visit, address_id in prompts
    ]
    if values:
        connection.execute(_HASTEN, values)
