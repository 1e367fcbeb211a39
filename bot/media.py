"""Fetching the photos and files that came with texts: after the commit, bounded, and pictures without where and when they were taken."""

from __future__ import annotations

import asyncio
import io
from datetime import timedelta
from typing import Final, Literal, cast

import structlog
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection

from bot.channels.base import Channels, IncomingMedium, MediaKind, MediumRefused, MediumUnavailable
from bot.clock import Clock
from bot.writer import Writer
from storage.media import WaitingMedium, end_medium, keep_medium, take_waiting, try_later

_log = structlog.get_logger(__name__)

#: The largest medium that is fetched (DESIGN §10).
LIMIT: Final = 5 * 1024 * 1024
#: How often a medium is tried, and how long after the first and the second failure again.
TRIES: Final = 3
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=15))
#: Nobody else takes a medium that is being fetched for so long: a process may die over it.
FETCHING: Final = timedelta(minutes=2)
#: Pictures are kept no larger than this, in pixels: a phone's photo fills a screen, and a forged one does not fill the memory.
LONGEST_SIDE: Final = 2_048
MOST_PIXELS: Final = 60_000_000
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
        fetched = await channels[medium.channel].fetch(asked, limit=LIMIT)
        content, kind = await asyncio.to_thread(clean, fetched.content, fetched.content_type)
    except MediumRefused as refused:
        await _end(writer, clock, medium, "refused", f"A {medium.kind} could not be kept: {refused}.")
    except Exception as error:  # noqa: BLE001 - whatever it was, the next medium must be fetched
        _log.warning("medium.unavailable", medium_id=medium.id, error=type(error).__name__)
        reason = str(error) if isinstance(error, MediumUnavailable) else type(error).__name__
        await _later(writer, clock, medium, reason)
    else:
        await writer.run(lambda connection: keep_medium(connection, medium.id, content, kind))


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


def clean(content: bytes, content_type: str) -> tuple[bytes, str]:
    """What is kept of a medium: a picture upright, of its pixels alone and no larger than a screen; anything else as it is.

    Raises `MediumRefused` for a picture that cannot be read, or that would fill the memory.
    """
    if len(content) > LIMIT:
        raise MediumRefused(f"larger than {LIMIT} bytes")
    if not content_type.startswith("image/"):
        return content, content_type
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise MediumRefused(f"a picture of {picture.width} by {picture.height} pixels")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        raise MediumRefused("a picture that cannot be read") from None


def _written(picture: Image.Image) -> tuple[bytes, str]:
    """A picture's pixels as JPEG, or as PNG where it has transparent ones; nothing that it said of itself goes along."""
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    pixels = picture.convert("RGBA" if clear else "RGB")
    pixels.info = {}
    file = io.BytesIO()
    if clear:
        pixels.save(file, "PNG", optimize=True)
        return file.getvalue(), "image/png"
    pixels.save(file, "JPEG", quality=85, exif=b"")
    return file.getvalue(), "image/jpeg"


__all__ = ["LIMIT", "TRIES", "clean", "fetch_waiting"]
