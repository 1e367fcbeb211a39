"""Finding numbers in a reply: digits with any separators, number words of any language, halves and thousands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flows.replies.lexicon import Lexicon, Message, Piece

Number = int | float


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a reply: what it may be (usually one value), and its pieces `[first, end)`.

    `ordinal`: it is a place ("2nd", "second"). `digits`: it was written in digits.
    """

    values: tuple[Number, ...]
    first: int
    end: int
    ordinal: bool = False
    digits: bool = False

    @property
    def value(self) -> Number | None:
        """The only value that it can have, or None."""
        return self.values[0] if len(self.values) == 1 else None


def tidy(value: float) -> Number:
    """A whole number as an int."""
    return int(value) if float(value).is_integer() else round(value, 9)


def readings(digits: str, decimal: str) -> tuple[Number, ...]:
    """What "1,500" or "2.5" can mean where the decimal sign is `decimal`; () for what is no number ("1.2.3")."""
    signs = [char for char in digits if char in ".,"]
    if len(digits) > 18:
        return ()
    if not signs:
        return (int(digits),)
    parts = digits.replace(",", ".").split(".")
    grouped = 1 <= len(parts[0]) <= 3 and parts[0] != "0" and all(len(part) == 3 for part in parts[1:])
    if len(set(signs)) == 2:
        last = digits.rfind(signs[-1])
        head = digits[:last].replace(",", ".").split(".")
        well = signs.count(signs[-1]) == 1 and all(len(part) == 3 for part in head[1:])
        return (tidy(float("".join(head) + "." + digits[last + 1 :])),) if well else ()
    if len(signs) > 1:
        return (int("".join(parts)),) if grouped else ()
    fraction = tidy(float(".".join(parts)))
    if grouped:
        whole = int("".join(parts))
        return (whole,) if signs[0] != decimal else (whole, fraction) if decimal == "," else (fraction, whole)
    return (fraction,)


def is_digits(piece: Piece) -> bool:
    """Whether a piece is a number written in digits."""
    return piece.text[0].isdigit() and " " not in piece.text


class _Finder:
    """Walks over the pieces of one message."""

    def __init__(self, message: Message, lexicon: Lexicon) -> None:
        self.pieces = message.pieces
        self.normal = message.normal
        self.lexicon = lexicon

    def all(self) -> list[Amount]:
        found: list[Amount] = []
        at = 0
        while at < len(self.pieces):
            amount = self._digits(at) if is_digits(self.pieces[at]) else self._words(at)
            if amount is None:
                at += 1
                continue
            found.append(amount)
            at = amount.end
        return found

    def _digits(self, at: int) -> Amount | None:
        piece, decimal = self.pieces[at], self.lexicon.first.decimal
        text, end = piece.text, at + 1
        while self._thousands_follow(text, end):
            text += self.pieces[end].text
            end += 1
        values = readings(text, decimal)
        if at and self.pieces[at - 1].text in ".," and piece.glued and not self.pieces[at - 1].glued and text.isdigit():
            values = (tidy(float("0." + text)),)
        if end < len(self.pieces) and self.pieces[end].glued and "ordinal_ending" in self.pieces[end]:
            return Amount(values, at, end + 1, ordinal=True, digits=True)
        values, end = self._scaled(values, end)
        values, end = self._with_fraction(values, end)
        return Amount(values, at, end, digits=True)

    def _thousands_follow(self, text: str, end: int) -> bool:
        """Whether "1 500" goes on: a group of exactly three digits after one space."""
        if end >= len(self.pieces) or not text.isdigit() or text[0] == "0":
            return False
        before, after = self.pieces[end - 1], self.pieces[end]
        return (
            (len(text) <= 3 or len(before.text) == 3)
            and len(after.text) == 3
            and after.text.isdigit()
            and after.start == before.end + 1
        )

    def _scaled(self, values: tuple[Number, ...], end: int) -> tuple[tuple[Number, ...], int]:
        """ "5 thousand", "1.5k"."""
        while end < len(self.pieces) and "multiplier" in self.pieces[end] and values:
            factor = _as_number(self.pieces[end], "multiplier")
            if self.pieces[end].text in ("k", "m") and not self.pieces[end].glued:
                break
            values = (
                (tidy(values[-1] * factor),) if len(values) > 1 else tuple(tidy(value * factor) for value in values)
            )
            end += 1
        return values, end

    def _with_fraction(self, values: tuple[Number, ...], end: int) -> tuple[tuple[Number, ...], int]:
        """ "2 and a half", "2 1/2", "1/2" itself."""
        at = end
        if at < len(self.pieces) and "and" in self.pieces[at] and at + 1 < len(self.pieces):
            at += 1
        if at < len(self.pieces) and "fraction" in self.pieces[at]:
            part = float(self.pieces[at].senses["fraction"])
            if len(values) == 1 and float(values[0]).is_integer():
                return (tidy(values[0] + part),), at + 1
        return values, end

    def _words(self, at: int) -> Amount | None:
        piece = self.pieces[at]
        if "ordinal" in piece and "number" not in piece:
            return Amount((_as_number(piece, "ordinal"),), at, at + 1, ordinal=True)
        if "number" in piece or "multiplier" in piece:
            value, end = compose(self.pieces, at, self.lexicon.first.joins)
            if end > at:
                values, end = self._with_fraction((value,), end)
                return Amount(values, at, end)
        if "fraction" in piece:
            return Amount((tidy(_as_number(piece, "fraction")),), at, at + 1)
        return None


def _as_number(piece: Piece, sense: str) -> Number:
    return cast(Number, piece.senses[sense])


def compose(pieces: list[Piece], at: int, joins: str) -> tuple[Number, int]:
    """The number that the words from `at` on spell, and where it ends ("quatre-vingt-dix", "خمسة وعشرون", "一百零三")."""
    total: Number = 0
    section: Number = 0
    pending: Number | None = None
    biggest = 1
    start = at
    while at < len(pieces):
        piece = pieces[at]
        if "number" in piece and not is_digits(piece):
            value = _as_number(piece, "number")
            if pending is None or (pending == 0 and section + total > 0):
                if pending is None and at > start and value >= 100 and section:
                    break
                pending = value
            elif _fits(pending, value):
                pending += value
            else:
                break
        elif "multiplier" in piece and not (at == start and piece.text in ("k", "m")):
            factor = _as_number(piece, "multiplier")
            amount = 1 if pending is None and not section else (pending or 0)
            if factor >= 1000:
                total = (
                    (total + section + amount) * factor
                    if factor > biggest and total
                    else total + (section + amount) * factor
                )
                section = 0
                biggest = max(biggest, int(factor))
            else:
                section += (amount or 1) * factor
            pending = None
        elif at > start and "and" in piece and _joined(pieces, at, pending, section + total, joins):
            if joins == "reversed" and pending is not None and pending < 10:
                pending += _as_number(pieces[at + 1], "number")
                at += 1
        else:
            break
        at += 1
    return tidy(total + section + (pending or 0)), at


def _fits(pending: Number, value: Number) -> bool:
    """Whether `value` completes `pending` without a word between: "twenty" + "five", "soixante" + "douze"."""
    if pending in (60, 80) and 0 < value < 20:
        return True
    if pending < 20 or value <= 0 or not isinstance(pending, int) or not isinstance(value, int):
        return False
    return bool(pending % (10 ** len(str(value))) == 0)


def _joined(pieces: list[Piece], at: int, pending: Number | None, before: Number, joins: str) -> bool:
    """Whether the "and" at `at` stands inside one number."""
    if at + 1 >= len(pieces) or "number" not in pieces[at + 1] or is_digits(pieces[at + 1]):
        return False
    value = _as_number(pieces[at + 1], "number")
    if pending is None:
        return before >= 100 and value < 100
    if joins == "tens":
        return _fits(pending, value) or (pending >= 100 and value < 100)
    if joins == "reversed":
        return (0 < pending < 10 and 20 <= value <= 90) or (pending >= 100 and value < pending)
    return False


def amounts(message: Message, lexicon: Lexicon) -> list[Amount]:
    """The numbers of a message, in order."""
    return _Finder(message, lexicon).all()
