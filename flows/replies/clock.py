"""Hours as they are said, and what a part of the day makes of them: "下午三点", "6 du soir"."""

from __future__ import annotations

from dataclasses import dataclass

from flows.replies.lexicon import Piece

#: Hours of the twelve-hour clock that each part of the day can mean, and what is added to them.
_PARTS: dict[str, tuple[tuple[int, ...], int]] = {
    "morning": (tuple(range(1, 12)), 0),
    "noon": ((1, 2, 3), 12),
    "afternoon": (tuple(range(1, 8)), 12),
    "evening": (tuple(range(3, 12)), 12),
    "night": ((6, 7, 8, 9, 10, 11), 12),
    "dawn": (tuple(range(1, 8)), 0),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as it was said: `sure` where only one time of day has it ("18:30", "06:30", "3 pm")."""

    hour: int
    minute: int
    first: int
    end: int
    sure: bool


def with_daypart(found: list[Clock], pieces: list[Piece]) -> list[Clock]:
    """Hours made certain by the one part of the day that stands before or after."""
    parts = {
        str(piece.senses["daypart"]) for piece in pieces if "daypart" in piece.senses and "polite" not in piece.senses
    }
    if len(parts) > 1:
        parts -= {"noon"} if "afternoon" in parts else set()
    if len(parts) != 1:
        return found
    return [clock if clock.sure else _in_part(clock, next(iter(parts))) for clock in found]


def _in_part(clock: Clock, part: str) -> Clock:
    hour = clock.hour % 12
    if hour == 0:
        twelve = {"noon": 12, "afternoon": 12, "night": 0, "midnight": 0, "dawn": 0}.get(part)
        return clock if twelve is None else Clock(twelve, clock.minute, clock.first, clock.end, sure=True)
    hours, added = _PARTS.get(part, ((), 0))
    if part == "night" and hour in (1, 2, 3, 4):
        return Clock(hour, clock.minute, clock.first, clock.end, sure=True)
    if hour in hours:
        return Clock(hour + added, clock.minute, clock.first, clock.end, sure=True)
    return clock
