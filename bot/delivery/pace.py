"""How fast a sender sends: a budget in segments or messages that time refills."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Self

#: How many seconds of pace may leave at once after a quiet time: more would be double the pace in the first second.
BURST = 0.25
#: Telegram's own limit for all of a bot's chats, in messages a second (FACTS §2).
TELEGRAM_PACE = 30.0
#: Room for what floating point loses when a moment was computed to be the one at which a budget suffices.
_GRAIN = 1e-6


class Budget(NamedTuple):
    """What a sender may still spend, as of `at`. `most`: what can be saved up, one message at least.

    A message that costs more than `most` leaves on a full budget and drives it below nothing: the pace holds all the same.
    """

    pace: float
    left: float
    most: float
    at: datetime

    @classmethod
    def refilled(cls, *, pace: float, left: float, at: datetime | None, now: datetime, burst: float = BURST) -> Self:
        """The budget that was `left` at `at` as it is `now`; a sender that never sent has a full one, a clock that was
        put back refills nothing."""
        most = max(1.0, pace * burst)
        if at is None:
            return cls(pace, most, most, now)
        gained = max(0.0, (now - at).total_seconds()) * pace
        return cls(pace, min(most, left + gained), most, now)

    def affords(self, cost: int) -> bool:
        """Whether a message of `cost` segments may leave now."""
        return self.left + _GRAIN >= min(cost, self.most)

    def spend(self, cost: int) -> Self:
        """The budget after a message of `cost` segments left."""
        return self._replace(left=self.left - cost)

    def ready_at(self, cost: int) -> datetime:
        """When a message of `cost` segments may leave."""
        missing = max(0.0, min(cost, self.most) - self.left)
        return self.at + timedelta(seconds=missing / self.pace)


def pace_of(channel: str, pace: float) -> float:
    """A sender's pace within what its provider takes."""
    return min(pace, TELEGRAM_PACE) if channel == "telegram" else pace


def cost_of(channel: str, segments: int) -> int:
    """What a message costs: its segments on SMS, elsewhere one."""
    return max(1, segments) if channel == "sms" else 1


__all__ = ["BURST", "Budget", "cost_of", "pace_of"]
