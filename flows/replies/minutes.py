"""Minutes said after an hour: "et demie", "menos cuarto", "点半", "y diez", "seven thirty"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.replies.numerals import Amount
from flows.replies.pieces import Message, Piece

_PARTS = {"half": 30, "quarter": 15, "three_quarters": 45, "minus_quarter": -15}


def is_mark(piece: Piece) -> bool:
    """Whether it says that the number before it is an hour: "h", "点", "o'clock"."""
    return piece.senses.get("unit") == "hour" or piece.senses.get("clock") == "oclock"


def is_dashed(raw: str, piece: Piece) -> bool:
    """Whether a number, or "noon", stands after a letter and a dash in the text as it was sent: "17h-19"."""
    if not any(dash in raw for dash in "-–—"):
        return False
    return re.search(rf"[^\W\d]\s*[-–—]\s*{re.escape(piece.text)}(?!\d)", raw) is not None


class Minutes:
    """Looks for minutes among the pieces of one message."""

    def __init__(self, message: Message, amounts: Mapping[int, Amount]) -> None:
        self.pieces = message.pieces
        self.raw = message.raw
        self.amounts = amounts

    def _at(self, at: int) -> Piece | None:
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def is_next_hour(self, first: int, end: int | None = None) -> bool:
        """Whether the number from `first` to `end` after an hour is another hour: "5点-7点", "17h-19"."""
        ends = self._at(first + 1 if end is None else end)
        return is_dashed(self.raw, self.pieces[first]) or (ends is not None and is_mark(ends))

    def after_hour(self, at: int) -> tuple[int, int]:
        """Minutes said from the piece at `at` on, past the mark of an hour, and where they end."""
        while (piece := self._at(at)) is not None and is_mark(piece):
            at += 1
        if piece is None:
            return 0, at
        minutes, end = self.part(at)
        return (minutes, end) if end > at else self._number(piece, at)

    def part(self, at: int) -> tuple[int, int]:
        """Minutes said as a part of an hour: "et demie", "and three quarters"."""
        piece, joined = self._at(at), self._at(at + 1)
        if piece is None:
            return 0, at
        shift = _PARTS.get(str(piece.senses.get("clock", "")))
        if shift is not None:
            return shift, self._past_unit(at + 1)
        if "fraction" in piece.senses:
            return round(60 * float(str(piece.senses["fraction"]))), self._past_unit(at + 1)
        if "and" not in piece.senses or joined is None:
            return 0, at
        if joined.senses.get("clock") in ("half", "quarter"):
            return _PARTS[str(joined.senses["clock"])], at + 2
        if "fraction" in joined.senses:
            return round(60 * float(str(joined.senses["fraction"]))), at + 2
        return 0, at

    def _number(self, piece: Piece, at: int) -> tuple[int, int]:
        clock = str(piece.senses.get("clock", ""))
        joint = "and" in piece.senses or clock in ("plus", "less")
        amount = self.amounts.get(at + 1 if joint else at)
        if amount is None or not isinstance(amount.value, int) or abs(amount.value) >= 60:
            return 0, at
        if self.is_next_hour(amount.first, amount.end):
            return 0, at
        past = self._past_unit(amount.end)
        before = self._at(at - 1)
        marked = before is not None and (is_mark(before) or before.has("daypart"))
        spelt = amount.value != 0 and (not amount.digits or clock == "less" or past > amount.end)
        if spelt and (joint or marked):
            return (-abs(amount.value) if clock == "less" else amount.value), past
        told = amount.digits and marked and not joint and amount.value >= 0
        return (amount.value, past) if told or self._are_spelt(before, amount) else (0, at)

    @staticmethod
    def _are_spelt(before: Piece | None, amount: Amount) -> bool:
        """ "Seven thirty": minutes in words right after an hour in words."""
        words = before is not None and "number" in before.senses and not before.is_digits and not amount.digits
        return words and isinstance(amount.value, int) and (amount.value == 10 or 13 <= amount.value < 60)

    def _past_unit(self, at: int) -> int:
        piece = self._at(at)
        return at + 1 if piece is not None and piece.senses.get("unit") == "minute" else at
