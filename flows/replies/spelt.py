"""Numbers written in words: "quatre-vingt-dix", "خمسة وعشرون", "一百零三"."""

from __future__ import annotations

from typing import TypeAlias, cast

from flows.replies.pieces import Piece

Number: TypeAlias = int | float
_DOZEN = 12
_THOUSAND = 1000


def tidy(value: float) -> Number:
    """A whole number as an int."""
    return int(value) if float(value).is_integer() else round(value, 9)


def sense(piece: Piece, name: str) -> Number:
    """The number that sense `name` of a piece has."""
    return cast(Number, piece.senses[name])


def compose(pieces: list[Piece], at: int, joins: str) -> tuple[Number, int]:
    """The number that the words from `at` on spell, and where it ends ("quatre-vingt-dix", "خمسة وعشرون", "一百零三")."""
    digits, end = _spelled_out(pieces, at)
    if digits is not None:
        return digits, end
    number = _Number()
    start = at
    while at < len(pieces):
        piece = pieces[at]
        if "unit" in piece.senses and at > start:
            break
        if "number" in piece.senses and not piece.is_digits and not (at > start and "multiplier" in piece.senses):
            if joins == "reversed" and number.ones and piece.senses["number"] == 10:
                number.pending = (number.pending or 0) + 10  # "ستة عشر"
            elif not number.add(sense(piece, "number"), piece.text):
                break
        elif "multiplier" in piece.senses and not (at == start and len(piece.text) == 1 and piece.text.isascii()):
            number.multiply(sense(piece, "multiplier"))
        elif at > start and "and" in piece.senses and _joined(pieces, at, number, joins):
            if joins == "reversed" and number.ones and sense(pieces[at + 1], "number") >= 20:
                number.pending = (number.pending or 0) + sense(pieces[at + 1], "number")
                at += 1
        else:
            break
        at += 1
    return number.value, max(at, start + 1)


def is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def _spelled_out(pieces: list[Piece], at: int) -> tuple[int | None, int]:
    """A number written digit by digit, as years are in Chinese: 一九八五."""
    end = at
    while end < len(pieces) and is_han(pieces[end].text) and 0 <= pieces[end].senses.get("number", 10) <= 9:  # type: ignore[operator]
        end += 1
    if end - at < 4:
        return None, at
    return int("".join(str(pieces[place].senses["number"]) for place in range(at, end))), end


def one_or_next(pieces: list[Piece], at: int) -> tuple[int, int, int] | None:
    """Both ends of a number left open, 一两, 三四十, and where it ends; None where there is none."""
    run: list[int] = []
    while at + len(run) < len(pieces) and _digit(pieces[at + len(run)]):
        run.append(_digit(pieces[at + len(run)]))
    if len(run) != 2 or not (run[1] == run[0] + 1 or run == [3, 5]) or not pieces[at + 1].glued:
        return None
    end = at + 2
    if end < len(pieces) and pieces[end].glued and is_han(pieces[end].text) and "multiplier" in pieces[end].senses:
        factor = int(sense(pieces[end], "multiplier"))
        return run[0] * factor, run[1] * factor, end + 1
    return run[0], run[1], end


def _digit(piece: Piece) -> int:
    """The figure that one character stands for, or 0."""
    value = piece.senses.get("number", 0)
    return value if len(piece.text) == 1 and is_han(piece.text) and isinstance(value, int) and value < 10 else 0


class _Number:
    """A number word by word: groups of thousands so far, the part below a thousand, and the last words, which may be multiplied."""

    def __init__(self) -> None:
        #: What is counted in thousands, millions …, with the factor: "two million three thousand" is two groups.
        self.groups: list[tuple[Number, Number]] = []
        self.section: Number = 0
        self.pending: Number | None = None
        self.last: Number = 0
        self.short = False

    @property
    def before(self) -> Number:
        """What stands before the words that are pending."""
        return sum(value for value, _ in self.groups) + self.section

    @property
    def ones(self) -> bool:
        """Whether the words that are pending end in a number below ten, which tens may follow: "خمسة وعشرون"."""
        return self.pending is not None and 0 < self.pending % 100 < 10

    @property
    def value(self) -> Number:
        if self.short and self.pending and self.pending < 10 and self.last >= 100:
            return tidy(self.before + self.pending * self.last / 10)
        return tidy(self.before + (self.pending or 0))

    def add(self, value: Number, text: str) -> bool:
        """Take another word; False where it begins another number ("two three")."""
        if self.pending is None:
            if self.before and value >= self.last:
                return False
            self.pending = value
            self.short = is_han(text) and self.last >= 100
        elif self.pending == 0 and self.before:
            self.pending, self.short = value, False
        elif _fits(self.pending, value):
            self.pending += value
        else:
            return False
        return True

    def multiply(self, factor: Number) -> None:
        """Take "hundred", "thousand" or 万: what is pending counts so many times. 一千二 is 1,200."""
        if factor == _DOZEN and self.pending is None and self.section:
            self.section *= factor
        elif factor < _THOUSAND:
            self.section += (self.pending or 1) * factor
        else:
            counted = self.section + (self.pending or 0)
            unsaid = self.pending is None and not self.section
            while self.groups and self.groups[-1][1] < factor:
                counted, unsaid = counted + self.groups.pop()[0], False  # "dos mil millones", 四千万
            self.groups.append(((1 if unsaid else counted) * factor, factor))
            self.section = 0
        self.pending, self.last = None, factor


def _fits(pending: Number, value: Number) -> bool:
    """Whether `value` completes `pending` without a word between: "twenty" + "five", "soixante" + "douze"."""
    if pending in (60, 80) and 0 < value < 20:
        return True
    if pending < 20 or value <= 0 or not isinstance(pending, int) or not isinstance(value, int):
        return False
    return bool(pending % (10 ** len(str(value))) == 0)


def _joined(pieces: list[Piece], at: int, number: _Number, joins: str) -> bool:
    """Whether the "and" at `at` stands inside one number."""
    if at + 1 >= len(pieces) or pieces[at + 1].is_digits:
        return False
    if "number" not in pieces[at + 1].senses:
        factor = sense(pieces[at + 1], "multiplier") if "multiplier" in pieces[at + 1].senses else number.last
        return number.pending is None and number.before >= 1000 and factor < number.last
    value, pending = sense(pieces[at + 1], "number"), number.pending
    if pending is None:
        return number.before >= 100 and (value < 100 or (joins == "reversed" and value < number.last))
    if joins == "tens":
        return _fits(pending, value) or (pending >= 100 and value < 100)
    if joins == "reversed":
        return (0 < pending % 100 < 10 and 20 <= value <= 90) or (pending >= 100 and value < pending)
    return False
