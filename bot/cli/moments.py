"""Times and spans as people write them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.errors import WrongUsage


def read_moment(text: str, zone: str) -> datetime:
    """`2026-11-24T10:00` in the community's zone, or with an offset of its own, as UTC; raises `WrongUsage`."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
    except ValueError:
        raise WrongUsage(
            f"{text!r} is not a time. Write 2026-11-24T10:00 (the community's own clock), or 2026-11-24T10:00-04:00."
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)
