"""Options that are days with hours ("Tuesday 10 to 12"): which of those named a reply's hour or part of the day leaves."""

from __future__ import annotations

from dataclasses import dataclass

from flows.replies.lexicon import Lexicon
from flows.replies.numerals import amounts
from flows.replies.pieces import Message, Piece

#: Hours of the twelve-hour clock at which a slot of each part of the day begins.
_BEGINS = {"morning": range(6, 13), "afternoon": range(1, 6), "evening": range(4, 11), "night": range(6, 12)}


@dataclass(frozen=True, slots=True)
class Slot:
    """From the hour `low` to `high` of the twelve-hour clock, or a part of the day; on a weekday, where it names one."""

    low: int = 0
    high: int = 0
    part: str = ""
    weekday: int = 0

    def holds(self, hours: list[int], part: str, weekday: int) -> bool:
        """Whether what a reply says falls in the slot."""
        if weekday and self.weekday != weekday:
            return False
        if not hours and not part:
            return True
        inside = not self.high or all(self.low <= hour <= self.high for hour in hours)
        if self.part and part:
            return inside and self.part == part
        return inside and (not part or self.low in _BEGINS.get(part, ())) and bool(self.high or part)


def slot_of(message: Message, lexicon: Lexicon) -> Slot | None:
    """The slot that a label names beside a day; None where it names none."""
    part, weekday = _part(message.pieces), _weekday(message.pieces)
    if not part and not weekday:
        return None
    hours = _hours(message, lexicon)
    if len(hours) == 2 and hours[0] <= hours[1]:
        return Slot(hours[0], hours[1], part, weekday)
    return Slot(part=part, weekday=weekday) if part else None


def said(message: Message, slots: tuple[Slot | None, ...], lexicon: Lexicon) -> int | None:
    """The option whose slot the reply tells by its day and its part of the day: "周日早上", "Thursday 4"."""
    if not _part(message.pieces) and not _weekday(message.pieces):
        return None
    every = list(range(len(slots)))
    held = narrowed(message, every, slots, lexicon)
    return held[0] if len(held) == 1 and held != every else None


def narrowed(message: Message, wanted: list[int], slots: tuple[Slot | None, ...], lexicon: Lexicon) -> list[int]:
    """Of the options that a reply may mean, those whose slot holds its hours and its part of the day."""
    if any(
        piece.has("not", "or", "but", "except", "before", "after") and "from" not in piece.senses
        for piece in message.pieces
    ):
        return wanted
    hours, part, weekday = _hours(message, lexicon), _part(message.pieces), _weekday(message.pieces)
    if not hours and not part and not weekday:
        return wanted
    held = [number for number in wanted if (slot := slots[number]) is not None and slot.holds(hours, part, weekday)]
    return held if len(held) == 1 else wanted


def _hours(message: Message, lexicon: Lexicon) -> list[int]:
    values = [amount.value for amount in amounts(message, lexicon) if not amount.ordinal and not amount.article]
    return [(int(value) - 1) % 12 + 1 for value in values if value is not None and 1 <= value <= 24]


def _weekday(pieces: list[Piece]) -> int:
    """The one weekday among the pieces; 0 where there is none or several."""
    days = {int(piece.senses["weekday"]) for piece in pieces if "weekday" in piece.senses}
    return days.pop() if len(days) == 1 else 0


def _part(pieces: list[Piece]) -> str:
    parts = {
        str(piece.senses["daypart"]) for piece in pieces if "daypart" in piece.senses and "polite" not in piece.senses
    }
    return parts.pop() if len(parts) == 1 else ""
