"""Finding numbers in a reply: digits with any separators, number words of any language, halves and thousands."""

from __future__ import annotations

from dataclasses import dataclass

from flows.replies.lexicon import Lexicon
from flows.replies.pieces import Message, Piece
from flows.replies.spelt import Number, compose, is_han, one_or_next, sense, tidy

_MOST_DIGITS = 18
#: Senses of which every number in words has one.
_COUNTING = ("number", "ordinal", "multiplier", "fraction", "unit")
#: Words for one that no list of numbers begins with: "un cinco" is five.
_ARTICLES = ("un", "una", "une")


@dataclass(slots=True)
class Amount:
    """A number in a reply: what it may be (usually one value), and its pieces `[first, end)`. Not frozen, as a `Piece` is not.

    `ordinal`: it is a place ("2nd", "second"). `digits`: it was written in digits. `article`: it may be no number at
    all ("une chaise", "the red one"). `summed`: the reply says that it is the sum of what else it counts.
    """

    values: tuple[Number, ...]
    first: int
    end: int
    ordinal: bool = False
    digits: bool = False
    article: bool = False
    summed: bool = False

    @property
    def value(self) -> Number | None:
        """The only value that it can have, or None."""
        return self.values[0] if len(self.values) == 1 else None


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
    if signs[0] != decimal or (decimal == "." and digits.endswith("00")):
        return (whole,)  # nobody ends a fraction in noughts: "1.200"
    return (whole, fraction) if decimal == "," else (fraction, whole)


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
        if len(self.pieces) == 1:
            return Amount(readings(text, self.lexicon.first.decimal), at, end, digits=True)
        while self._thousands_follow(text, end):
            text += self.pieces[end].text
            end += 1
        values = self._signed(at, readings(text, self.lexicon.first.decimal))
        ending = self._at(end)
        if ending is not None and ending.glued and "ordinal_ending" in ending.senses:
            return Amount(values, at, end + 1, ordinal=True, digits=True)
        if ending is not None and ending.glued and set(ending.text) == {"o"}:
            return Amount((), at, end + 1, digits=True)
        values, end = self._pointed(values, end)
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
        """ ".51" after a space (",51" alone) is a fraction; "-2" and "minus 2" are below zero, "5 - 2" is a range."""
        before, earlier = self._at(at - 1), self._at(at - 2)
        if before is None or not values:
            return values
        touches = self.pieces[at].glued
        free = before.start == 0 or self.normal[before.start - 1].isspace()
        if (before.text == "." or (before.text == "," and at == 1)) and touches and free and isinstance(values[0], int):
            return (tidy(float(f"0.{self.pieces[at].text}")),)
        dash = before.text == "-" and touches and free
        counted = earlier is not None and (earlier.is_digits or "number" in earlier.senses)
        if (dash or "minus" in before.senses) and not counted:
            return tuple(-value for value in values)
        return values

    def _pointed(self, values: tuple[Number, ...], end: int) -> tuple[tuple[Number, ...], int]:
        """ "Two point five", "six virgule 75": the decimal sign as a word, and the digits or words after it."""
        mark = self._at(end)
        if mark is None or "point" not in mark.senses or "clock" in mark.senses or len(values) != 1:
            return values, end
        decimals, at = "", end + 1
        while (piece := self._at(at)) is not None:
            if not decimals and piece.text.isdigit():
                decimals, at = piece.text, at + 1
                break
            value = piece.senses.get("number")
            if not isinstance(value, int) or piece.is_digits or (decimals and value > 9):
                break
            if value > 9:
                spelt, at = compose(self.pieces, at, self.lexicon.first.joins)
                decimals = str(spelt)
                break
            decimals, at = decimals + str(value), at + 1
        if not decimals.isdigit() or not isinstance(values[0], int):
            return values, end
        return (tidy(float(f"{values[0]}.{decimals}")),), at

    def _scaled(self, values: tuple[Number, ...], end: int) -> tuple[tuple[Number, ...], int]:
        """ "5 thousand", "1.5k"."""
        while (piece := self._at(end)) is not None and "multiplier" in piece.senses and values:
            if len(piece.text) == 1 and piece.text.isascii() and not piece.glued:
                break
            factor = sense(piece, "multiplier")
            values = tuple(tidy(value * factor) for value in ((min(values),) if len(values) > 1 else values))
            end += 1
            rest = self._smaller(end, factor)
            if rest is not None:
                return (values[0] + rest[0],), rest[1]
        return values, end

    def _smaller(self, at: int, factor: Number) -> tuple[Number, int] | None:
        """What goes on below a Chinese factor, in digits: the 4千 of 5万4千, the 5 of 1万5."""
        piece = self._at(at)
        if piece is None or not piece.glued or not piece.text.isdigit() or not is_han(self.pieces[at - 1].text):
            return None
        (value,), end = self._scaled((int(piece.text),), at + 1)
        if value >= factor or (end == at + 1 and len(piece.text) > 1):
            return None
        return (value, end) if end > at + 1 else (tidy(value * factor / 10), end)

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
        part, counted = self._at(unit + 1), self._at(unit + 2)
        if part is None or part.senses.get("fraction") != 0.5:
            return False
        if part.text == "半" and counted is not None and counted.glued and "unit" in counted.senses:
            return False  # "一天半小时" is half an hour a day
        return " " in part.text or part.text.startswith("و") or (part.text == "半" and part.glued)

    def _one_and_a_half(self, at: int) -> Amount | None:
        """ "Año y medio": a unit without a number, and its half."""
        if "unit" not in self.pieces[at].senses or not self._half_follows(at):
            return None
        return Amount((1.5,), at, at + 2)

    def _words(self, at: int) -> Amount | None:
        piece = self.pieces[at]
        if "measures" in piece.senses and self._is_counted(at):
            return None
        if "ordinal" in piece.senses and "number" not in piece.senses:
            value, end = self._ordinal(at)
            return Amount((value,), at, end, ordinal=True)
        if "number" in piece.senses or "multiplier" in piece.senses:
            if (either := one_or_next(self.pieces, at)) is not None:
                return Amount(either[:2], at, either[2])
            value, end = compose(self.pieces, at, self.lexicon.first.joins)
            if is_han(self.pieces[end - 1].text) and self._goes_on(end):
                return None
            values, pointed = self._pointed(self._signed(at, (value,)), end)
            values, end = self._scaled(values, pointed) if pointed > end else (values, end)
            values, end = self._with_fraction(values, end)
            article = value == 1 and end == at + 1 and self._is_article(at)
            return Amount(values, at, end, article=article)
        if "fraction" in piece.senses:
            values, end = self._scaled((tidy(sense(piece, "fraction")),), at + 1)  # "half a million"
            return Amount(values, at, end)
        return None

    def _is_counted(self, at: int) -> bool:
        """Whether "раз" is no one, for another number counts it: "раз п'ять"."""
        beside = (self._at(at - 1), self._at(at + 1))
        return any(
            one is not None and (one.is_digits or "number" in one.senses) and "measures" not in one.senses
            for one in beside
        )

    def _ordinal(self, at: int) -> tuple[Number, int]:
        """An ordinal of one word or more: "السادس عشر", "الحادي والعشرون", "vigésimo segundo"."""
        value, after = sense(self.pieces[at], "ordinal"), self._at(at + 1)
        if after is None:
            return value, at + 1
        rest = after.senses.get("ordinal", after.senses.get("number", 0))
        if value >= 20 and value % 10 == 0 and isinstance(rest, int) and 0 < rest < 10:
            return value + rest, at + 2
        if value < 10 and self.lexicon.first.joins == "reversed":
            if after.senses.get("number") == 10:
                return value + 10, at + 2
            tens = self._at(at + 2)
            if tens is not None and "and" in after.senses and 20 <= tens.senses.get("number", 0) <= 90:  # type: ignore[operator]
                return value + sense(tens, "number"), at + 3
        return value, at + 1

    def _goes_on(self, end: int) -> bool:
        """Whether an unknown character is written onto a Chinese number, so that it is another word: 三明治."""
        after = self._at(end)
        return (
            after is not None
            and after.glued
            and after.is_unknown
            and is_han(after.text)
            and "measures" not in after.senses
        )

    def _is_article(self, at: int) -> bool:
        """Whether a "one" may be an article or a pronoun: "un problème", "the red one", "this one"."""
        before, after = self._at(at - 1), self._at(at + 1)
        followed = after is not None and (
            after.is_unknown or after.is_digits or after.options or after.has("people", "unit", "degrees", "counting")
        )
        if "small" in self.pieces[at].senses and followed:
            return True
        if self.pieces[at].text in _ARTICLES and after is not None and "number" in after.senses:
            return True  # "un cinco"
        return before is not None and not before.is_sign and before.has("ordinal", "last", "small", "other", "middle")


def amounts(message: Message, lexicon: Lexicon) -> list[Amount]:
    """The numbers of a message, in order."""
    if message.senses.isdisjoint(_COUNTING) and not any(piece.is_digits for piece in message.pieces):
        return []
    return _Finder(message, lexicon).all()
