"""When things are due: time spans in a zone, and the next moment that a run waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows import durations
from flows.definition import Days, DaysAt, State
from flows.engine.walk import Walk

#: Where a zone is not known (DESIGN §10).
_HOME = "America/Halifax"
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def later(moment: datetime, span: timedelta, zone: str) -> datetime:
    """The moment (both in UTC) `span` after `moment` as `flows.durations.later` counts, or one that never comes."""
    try:
        there = moment + span
        if not isinstance(span, Days):
            return there
        here = zone_of(zone)
        if isinstance(span, DaysAt):
            return durations.later(moment, span, here)
        local = there.astimezone(here)
        if local.fold == 0 and local.utcoffset() == moment.astimezone(here).utcoffset():
            return there
        return durations.later(moment, span, here)
    except (OverflowError, ValueError):
        return _NEVER


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name, or the house's own where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(_HOME)


def expires_at(walk: Walk) -> datetime:
    """When the run ends for want of a reply."""
    return later(walk.active_at or walk.now, walk.root.expires, walk.context.zone)


def times_out_at(walk: Walk, state: State) -> datetime | None:
    """When the open question goes its way without an answer; None where it waits."""
    if walk.prompted_at is None or state.timeout is None:
        return None
    return later(walk.prompted_at, state.timeout.after, walk.context.zone)


def reminders_due(walk: Walk) -> Iterator[datetime]:
    """The moments of the reminders that the open question has left, the next one first.

    They count from the last thing that was said about it: its prompt, or the re-prompt after a reply.
    """
    if walk.prompted_at is None:
        return
    since = walk.prompted_at
    if walk.active_at is not None and walk.active_at > since:
        since = walk.active_at
    own = walk.context.reminders
    spans = walk.root.reminders if own is None else sorted(own)
    for span in spans[walk.reminded :]:
        yield later(since, span, walk.context.zone)


def due_at(walk: Walk) -> datetime | None:
    """The earliest moment at which time alone changes something; None once the run is over."""
    if walk.status not in ("active", "handed_over"):
        return None
    due = expires_at(walk)
    if walk.status == "active" and walk.prompted_at is not None:
        timeout = times_out_at(walk, walk.open_state)
        if timeout is not None and timeout < due:
            due = timeout
        for reminder in reminders_due(walk):
            return min(due, reminder)
    return due
