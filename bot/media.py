"""Fetching the photos and files that came with texts: after the commit, bounded, and pictures without where and when they were taken."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final, Literal, cast

import structlog
from sqlalchemy import Connection

from bot.channels.base import (
    LARGEST_MEDIUM,
    Channels,
    FetchedMedium,
    IncomingMedium,
    MediaKind,
    MediumRefused,
    MediumUnavailable,
)
from bot.clock import Clock
from bot.writer import Writer
from storage.media import WaitingMedium, end_medium, keep_medium, take_waiting, try_later

_log = structlog.get_logger(__name__)

#: How often a medium is tried, and how long after the first and the second failure again.
TRIES: Final = 3
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=15))
#: Nobody else takes a medium that is being fetched for so long: a process may die over it.
FETCHING: Final = timedelta(minutes=2)
AT_ONCE: Final = 4


async def fetch_waiting(writer: Writer, channels: Channels, clock: Clock, *, limit: int = 20) -> int:
    """Fetch up to `limit` media that wait, through the channels there are; how many were tried.

    Call it again while it returns `limit`. A medium that cannot be had just now is tried `TRIES` times; what cannot be had at all, or
    is too large or of a wrong kind, says why, in the inbox too.
    """
    now = clock.now()

    def take(connection: Connection) -> list[WaitingMedium]:
        return take_waiting(connection, list(channels), now, now + FETCHING, limit)

    waiting = await writer.run(take)
    room = asyncio.Semaphore(AT_ONCE)

    async def fetch(medium: WaitingMedium) -> None:
        async with room:
            await _fetch(writer, channels, clock, medium)

    await asyncio.gather(*(fetch(medium) for medium in waiting))
    return len(waiting)


async def _fetch(writer: Writer, channels: Channels, clock: Clock, medium: WaitingMedium) -> None:
    try:
        if medium.attempt > TRIES:
            raise MediumRefused("fetching it has failed each time")
        asked = IncomingMedium(cast("MediaKind", medium.kind), medium.reference, medium.content_type)
        fetched = await channels[medium.channel].fetch(asked, limit=LARGEST_MEDIUM)
        content, kind = await asyncio.to_thread(_cleaned, fetched)
    except MediumRefused as refused:
        await _end(writer, clock, medium, "refused", f"A {medium.kind} could not be kept: {refused}.")
    except Exception as error:  # noqa: BLE001 - whatever it was, the next medium must be fetched
        _log.warning("medium.unavailable", medium_id=medium.id, error=type(error).__name__)
        reason = str(error) if isinstance(error, MediumUnavailable) else type(error).__name__
        await _later(writer, clock, medium, reason)
    else:
        await writer.run(lambda connection: keep_medium(connection, medium.id, content, kind))


def _cleaned(fetched: FetchedMedium) -> tuple[bytes, str]:
    # The library of pictures is large, and many a process never sees one.
    from bot.pictures import clean

    return clean(fetched.content, fetched.content_type)


async def _later(writer: Writer, clock: Clock, medium: WaitingMedium, reason: str) -> None:
    if medium.attempt >= TRIES:
        await _end(writer, clock, medium, "failed", f"A {medium.kind} could not be fetched: {reason}.")
        return
    due_at = clock.now() + PAUSES[medium.attempt - 1]
    await writer.run(lambda connection: try_later(connection, medium.id, reason, due_at))


async def _end(
    writer: Writer, clock: Clock, medium: WaitingMedium, status: Literal["refused", "failed"], reason: str
) -> None:
    now = clock.now()
    await writer.run(lambda connection: end_medium(connection, medium, status, reason, now))


__all__ = ["TRIES", "fetch_waiting"]
