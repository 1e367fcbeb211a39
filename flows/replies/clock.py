"""Hours as they are said, and what a part of the day makes of them: "下午三点", "6 du soir"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from flows.replies.lexicon import Lexicon
from flows.replies.numerals import Amount
from flows.replies.pieces import Piece

_YEAR = re.compile(r"(?:19|20)\d\d")

#: Languages whose figures are of the 24-hour clock: "8h30" is no evening.
_OF_24_HOURS = ("fr", "uk", "zh")
#: Hours before and about noon that people give as they are; by night few are asked for.
_ABOUT_NOON, _EARLY = (10, 11, 12), (7, 8, 9)

#: Hours of the twelve-hour clock that each part of the day can mean, and what is added to them.
_PARTS: dict[str, tuple[tuple[int, ...], int]] = {
    "morning": (tuple(range(1, 12)), 0),
    "noon": ((1, 2, 3), 12),
    "afternoon": (tuple(range(1, 10)), 12),
    "evening": (tuple(range(3, 12)), 12),
    "night": ((6, 7, 8, 9, 10, 11), 12),
    "dawn": (tuple(range(1, 8)), 0),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as it was said: `sure` where only one time of day has it ("18:30", "06:30", "3 pm"); `written`: in figures,
    with its minutes ("7:45") or with the word for hours alone ("11h")."""

    hour: int
    minute: int
    first: int
    end: int
    sure: bool
    written: Literal["", "minutes", "hour"] = ""


def is_hour(pieces: list[Piece], amount: Amount, *, month_named: bool) -> bool:
    """Whether a number beside a date is an hour: "Friday at 4", "le 2 à 17 h"."""
    if amount.ordinal:
        return False
    after = pieces[amount.end] if amount.end < len(pieces) else None
    if after is not None:
        if (after.has("am", "pm", "clock") or after.text == ":") and not after.has("day_mark", "month_mark"):
            return True
        if after.has("daypart") and "day" not in after.senses and not month_named:
            return True
        if after.senses.get("unit") == "hour":
            return True
    at_hour = amount.first > 0 and "at" in pieces[amount.first - 1].senses
    return at_hour and not (after is not None and after.has("month", "month_mark", "day_mark", "unit"))


def past_hour(pieces: list[Piece], end: int) -> int:
    """Where an hour ends whose number ends at `end`: past its minutes, "pm", "o'clock"."""
    while end < len(pieces):
        piece = pieces[end]
        minutes = piece.is_digits and not pieces[end - 1].is_digits and not _YEAR.fullmatch(piece.text)
        if not (minutes or piece.text == ":" or piece.has("am", "pm", "clock", "unit", "fraction")):
            break
        end += 1
    return end


def past_hours(pieces: list[Piece], amounts: Mapping[int, Amount], amount: Amount) -> int | None:
    """Where two hours beside a weekday end whose first is `amount`: "Saturday 9 to 11", "samedi de 9 à 11", "9-11am"."""
    joint = pieces[amount.end] if amount.end < len(pieces) else None
    last = amounts.get(amount.end + 1)
    if (
        joint is None
        or last is None
        or any(one.ordinal or one.value is None or one.value > 24 for one in (amount, last))
    ):
        return None
    if not any("weekday" in piece.senses for piece in pieces) or any(piece.has("month") for piece in pieces):
        return None
    after = pieces[last.end] if last.end < len(pieces) else None
    if after is not None and after.has("month_mark", "day_mark", "weekday", "month_shift"):
        return None
    before = pieces[amount.first - 1] if amount.first else None
    named = before is not None and before.has("from", "between") and joint.has("to", "and")
    dashed = joint.text == "-" and is_hour(pieces, last, month_named=False)
    if named or dashed or (joint.text != "-" and joint.has("to") and not joint.has("at")):
        return past_hour(pieces, last.end)
    return None


def with_daypart(found: list[Clock], pieces: list[Piece], lexicon: Lexicon) -> list[Clock]:
    """Hours made certain by the parts of the day that stand before or after, where they agree."""
    parts = {part for piece in pieces if (part := _part(piece, lexicon))}
    if "afternoon" in parts:
        parts -= {"noon"}
    return [clock if clock.sure else _in_parts(clock, parts) for clock in found]


def _part(piece: Piece, lexicon: Lexicon) -> str:
    """The part of the day that a piece names, at the end of a phrase too: "demain matin", 今晚."""
    if "daypart" in piece.senses:
        return "" if "polite" in piece.senses else str(piece.senses["daypart"])
    if "day" not in piece.senses:
        return ""
    words = piece.text.split(" ")
    ends = (lexicon.entries.get(" ".join(words[at:]), {}).get("daypart") for at in range(1, len(words)))
    return str(next((part for part in ends if part), ""))


def _in_parts(clock: Clock, parts: set[str]) -> Clock:
    certain = {one for part in parts if (one := in_part(clock, part)).sure}
    return certain.pop() if len(certain) == 1 else clock


def in_part(clock: Clock, part: str) -> Clock:
    """The hour in a part of the day; as it was where the part has no such hour."""
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


def as_said(clock: Clock, part: str, language: str) -> Clock:
    """The hour as the 24-hour clock has it, where that is what it says: "11h30", "half past 11", in French "8h30" too.
    `part`: the part of the day that the question or the reply names."""
    if clock.sure or part not in ("", "morning", "noon"):
        return clock
    late = clock.hour in _ABOUT_NOON and (clock.minute > 0 or clock.written != "" or part == "noon")
    early = clock.hour in _EARLY and clock.written == "minutes" and language in _OF_24_HOURS
    return replace(clock, sure=True) if late or early else clock
