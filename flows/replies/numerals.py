"""Finding numbers in a reply: digits with any separators, number words of any language, halves and thousands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

from flows.replies.lexicon import Lexicon, Message, Piece

Number: TypeAlias = int | float
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a reply: what it may be (usually one value), and its pieces `[first, end)`.

    `ordinal`: it is a place ("2nd", "second"). `digits`: it was written in digits. `article`: it may be no number at
    all ("une chaise", "the red one").
    """

    values: tuple[Number, ...]
    first: int
    end: int
    ordinal: bool = False
    digits: bool = False
    article: bool = False

    @property
    def value(self) -> Number | None:
        """The only value that it can have, or None."""
        return self.values[0] if len(self.values) == 1 else None


def tidy(value: float) -> Number:
    """A whole number as an int."""
    return int(value) if float(value).is_integer() else round(value, 9)


def readings(digits: str, decimal: str) -> tuple[Number, ...]:
    """What "1,500" or "2.5" can mean where the decimal sign is `decimal`, likeliest first; () for no number ("1.2.3")."""
    if len(digits) > _MOST_DIGITS:
        return ()
    signs = [char for char in digits if char in ".,"]
    if not signs:
        return (int(digits),)
    parts = digits.replace(",", ".").split(".")
    last = len(digits) - len(parts[-1]) - 1
    if len(set(signs)) == 2:
        head = digits[:last].replace(",", ".").split(".")
        well = signs.count(signs[-1]) == 1 and all(len(part) == 3 for part in head[1:])
        return (tidy(float("".join(head) + "." + parts[-1])),) if well else ()
    grouped = len(parts[0]) <= 3 and parts[0] != "0" and all(len(part) == 3 for part in parts[1:])
    if len(signs) > 1:
        return (int("".join(parts)),) if grouped else ()
    fraction = tidy(float(".".join(parts)))
    if not grouped:
        return (fraction,)
    whole = int("".join(parts))
    if signs[0] != decimal:
        return (whole,)
    return (whole, fraction) if decimal == "," else (fraction, whole)


def sense(piece: Piece, name: str) -> Number:
    """The number that sense `name` of a piece has."""
    return cast(Number, piece.senses[name])


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
            amount = self._digits(at) if self.pieces[at].is_digits else self._words(at) or self._one_and_a_half(at)
            if amount is not None and found and found[-1].end == at and "unit" in self.pieces[at].senses:
                amount = None  # "٤٠ ساعة", where the unit alone would be "one hour"
            if amount is None:
                at += 1
                continue
            found.append(amount)
            at = amount.end
        return found

    def _at(self, at: int) -> Piece | None:
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def _digits(self, at: int) -> Amount:
        text, end = self.pieces[at].text, at + 1
        while self._thousands_follow(text, end):
            text += self.pieces[end].text
            end += 1
        values = self._signed(at, readings(text, self.lexicon.first.decimal))
        ending = self._at(end)
        if ending is not None and ending.glued and "ordinal_ending" in ending.senses:
            return Amount(values, at, end + 1, ordinal=True, digits=True)
        if ending is not None and ending.glued and set(ending.text) == {"o"}:
            return Amount((), at, end + 1, digits=True)
        values, end = self._scaled(values, end)
        values, end = self._with_fraction(values, end)
        return Amount(values, at, end, digits=True)

    def _thousands_follow(self, text: str, end: int) -> bool:
        """Whether "1 500" goes on: a group of exactly three digits (and cents, "1 450,00") after one space."""
        if end >= len(self.pieces) or not text.isdigit() or text[0] == "0":
            return False
        before, after = self.pieces[end - 1], self.pieces[end]
        return (
            (len(text) <= 3 or len(before.text) == 3)
            and after.is_digits
            and len(after.text.replace(",", ".").split(".")[0]) == 3
            and after.start == before.end + 1
        )

    def _signed(self, at: int, values: tuple[Number, ...]) -> tuple[Number, ...]:
        """ ".51" after a space is a fraction; "-2" and "minus 2" are below zero, "5 - 2" is a range."""
        before, earlier = self._at(at - 1), self._at(at - 2)
        if before is None or not values:
            return values
        touches = self.pieces[at].glued
        free = before.start == 0 or self.normal[before.start - 1].isspace()
        if before.text == "." and touches and free and isinstance(values[0], int):
            return (tidy(float(f"0.{self.pieces[at].text}")),)
        dash = before.text == "-" and touches and free
        counted = earlier is not None and (earlier.is_digits or "number" in earlier.senses)
        if (dash or "minus" in before.senses) and not counted:
            return tuple(-value for value in values)
        return values

    def _scaled(self, values: tuple[Number, ...], end: int) -> tuple[tuple[Number, ...], int]:
        """ "5 thousand", "1.5k"."""
        while (piece := self._at(end)) is not None and "multiplier" in piece.senses and values:
            if len(piece.text) == 1 and piece.text.isascii() and not piece.glued:
                break
            factor = sense(piece, "multiplier")
            values = tuple(tidy(value * factor) for value in ((min(values),) if len(values) > 1 else values))
            end += 1
        return values, end

    def _with_fraction(self, values: tuple[Number, ...], end: int) -> tuple[tuple[Number, ...], int]:
        """ "2 and a half", "37 1/2"."""
        at = end
        unit = self._at(at)
        if unit is not None and "unit" in unit.senses and self._half_follows(at):
            at += 1  # "dos años y medio", "两年半"
        joint = self._at(at)
        if joint is not None and "and" in joint.senses and "fraction" not in joint.senses:
            at += 1
        part = self._at(at)
        if part is None or len(values) != 1 or not float(values[0]).is_integer():
            return values, end
        if "fraction" in part.senses and part.end - part.start > 0:
            return (tidy(values[0] + float(sense(part, "fraction"))),), at + 1
        if at == end and part.is_digits and not part.glued:
            slash, below = self._at(at + 1), self._at(at + 2)
            if slash is not None and below is not None and slash.text == "/" and below.text in ("2", "3", "4", "8"):
                share = int(part.text) / int(below.text) if part.text.isdigit() else 1.0
                if share < 1:
                    return (tidy(values[0] + share),), at + 3
        return values, end

    def _half_follows(self, unit: int) -> bool:
        """Whether "and a half" stands after a unit: "año y medio", "سنة ونص", "年半"."""
        part = self._at(unit + 1)
        if part is None or part.senses.get("fraction") != 0.5:
            return False
        return " " in part.text or part.text.startswith("و") or (part.text == "半" and part.glued)

    def _one_and_a_half(self, at: int) -> Amount | None:
        """ "Año y medio": a unit without a number, and its half."""
        if "unit" not in self.pieces[at].senses or not self._half_follows(at):
            return None
        return Amount((1.5,), at, at + 2)

    def _words(self, at: int) -> Amount | None:
        piece = self.pieces[at]
        if "ordinal" in piece.senses and "number" not in piece.senses:
            return Amount((sense(piece, "ordinal"),), at, at + 1, ordinal=True)
        if "number" in piece.senses or "multiplier" in piece.senses:
            value, end = compose(self.pieces, at, self.lexicon.first.joins)
            if _is_han(self.pieces[end - 1].text) and self._goes_on(end):
                return None
            values, end = self._with_fraction(self._signed(at, (value,)), end)
            article = value == 1 and end == at + 1 and self._is_article(at)
            return Amount(values, at, end, article=article)
        if "fraction" in piece.senses:
            return Amount((tidy(sense(piece, "fraction")),), at, at + 1)
        return None

    def _goes_on(self, end: int) -> bool:
        """Whether an unknown character is written onto a Chinese number, so that it is another word: 三明治."""
        after = self._at(end)
        return after is not None and after.glued and after.is_unknown and _is_han(after.text)

    def _is_article(self, at: int) -> bool:
        """Whether a "one" may be an article or a pronoun: "un problème", "the red one", "this one"."""
        before, after = self._at(at - 1), self._at(at + 1)
        followed = after is not None and (
            after.is_unknown or after.is_digits or after.options or after.has("people", "unit", "degrees", "counting")
        )
        if "small" in self.pieces[at].senses and followed:
            return True
        return before is not None and not before.is_sign and before.has("ordinal", "last", "small", "other", "middle")


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
        if "number" in piece.senses and not piece.is_digits:
            if not number.add(sense(piece, "number"), piece.text):
                break
        elif "multiplier" in piece.senses and not (at == start and len(piece.text) == 1 and piece.text.isascii()):
            number.multiply(sense(piece, "multiplier"))
        elif at > start and "and" in piece.senses and _joined(pieces, at, number, joins):
            if joins == "reversed" and number.pending is not None and number.pending < 10:
                number.pending += sense(pieces[at + 1], "number")
                at += 1
        else:
            break
        at += 1
    return number.value, max(at, start + 1)


def _is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def _spelled_out(pieces: list[Piece], at: int) -> tuple[int | None, int]:
    """A number written digit by digit, as years are in Chinese: 一九八五."""
    end = at
    while end < len(pieces) and _is_han(pieces[end].text) and 0 <= pieces[end].senses.get("number", 10) <= 9:  # type: ignore[operator]
        end += 1
    if end - at < 4:
        return None, at
    return int("".join(str(pieces[place].senses["number"]) for place in range(at, end))), end


class _Number:
    """A number word by word: thousands so far, the part below a thousand, and the last words, which may be multiplied."""

    def __init__(self) -> None:
        self.total: Number = 0
        self.section: Number = 0
        self.pending: Number | None = None
        self.last: Number = 0
        self.short = False

    @property
    def before(self) -> Number:
        """What stands before the words that are pending."""
        return self.total + self.section

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
            self.short = _is_han(text) and self.last >= 100
        elif self.pending == 0 and self.before:
            self.pending, self.short = value, False
        elif _fits(self.pending, value):
            self.pending += value
        else:
            return False
        return True

    def multiply(self, factor: Number) -> None:
        """Take "hundred", "thousand" or 万: what is pending counts so many times. 一千二 is 1,200."""
        amount = (self.pending or 0) if self.pending is not None or self.section else 1
        if factor < 1000:
            self.section += (amount or 1) * factor
        elif self.total and factor > self.last:
            self.total, self.section = (self.total + self.section + amount) * factor, 0
        else:
            self.total, self.section = self.total + (self.section + amount) * factor, 0
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
        return (0 < pending < 10 and 20 <= value <= 90) or (pending >= 100 and value < pending)
    return False


def amounts(message: Message, lexicon: Lexicon) -> list[Amount]:
    """The numbers of a message, in order."""
    return _Finder(message, lexicon).all()
