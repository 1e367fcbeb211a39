"""The one place that knows what time it is; everything else is handed the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """This moment, UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands until it is set: for tests, and for the demonstration's sped-up days."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start!r} has no time zone; hand in an aware datetime")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment that it was last set to."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Go on to `moment`; a clock never goes back."""
        self._now = max(self._now, moment.astimezone(UTC))

    def forward(self, by: timedelta) -> datetime:
        """Go on by `by` and tell the new time."""
        self._now += by
        return self._now
