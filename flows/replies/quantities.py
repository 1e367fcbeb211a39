"""Options that are amounts ("1 to 2 hours", "65 or older"), and replies that give an amount: which one holds it."""

from __future__ import annotations

from dataclasses import dataclass

from flows.definition import Question
from flows.replies.lexicon import Lexicon, read_name
from flows.replies.normal import key
from flows.replies.numerals import Amount, amounts
from flows.replies.pieces import Message, Piece

#: Units of time in minutes; a month is 30.4 days.
MINUTES = {
    "minute": 1.0,
    "hour": 60.0,
    "day": 1440.0,
    "week": 10080.0,
    "fortnight": 20160.0,
    "month": 43776.0,
    "year": 525600.0,
}
_INFINITE = float("inf")
#: Words between "how many" and the unit: "how many full days"; and the longest unit in tokens.
_BETWEEN, _LONGEST_UNIT = 2, 3


@dataclass(frozen=True, slots=True)
class Span:
    """Amounts from `low` to `high`; an open end is not part of it. `timed`: in minutes, since a unit of time was named."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    timed: bool = False

    def holds(self, other: Span) -> bool:
        """Whether every amount of `other` is one of this span's."""
        below = other.low < self.low or (other.low == self.low and self.low_open and not other.low_open)
        above = other.high > self.high or (other.high == self.high and self.high_open and not other.high_open)
        return not below and not above

    def times(self, factor: float) -> Span:
        """The span in another unit."""
        return Span(self.low * factor, self.high * factor, self.low_open, self.high_open, True)

    @property
    def exact(self) -> bool:
        """Whether it is one amount, neither a range nor "more than"."""
        return self.low == self.high


def span_of(message: Message, lexicon: Lexicon) -> Span | None:
    """The amounts that a text speaks of: "under 18", "3 or 4 hours", "an hour and a half"; None if it speaks of none."""
    pieces = message.pieces
    found = [amount for amount in amounts(message, lexicon) if not amount.ordinal]
    factor, last = _unit(pieces)
    if not found or (last is not None and found[0].first > last and _is_half(pieces[found[0].first])):
        found = _implied(pieces)
    if any(piece.text == "十 几" for piece in pieces):
        return _bounded(pieces, [11.0, 19.0], factor)
    if len(found) == 1 and len(found[0].values) == 2 and not found[0].digits:
        return _bounded(pieces, [float(value) for value in found[0].values], factor)  # 一两次
    if not found or len(found) > 2 or any(amount.value is None for amount in found):
        return None
    values = [float(amount.value or 0) for amount in found]
    if len(values) == 2:
        values = _two(pieces, found, values)
        if not values:
            return None
    elif factor is not None and last is not None and _half_after(pieces, last, found[0]):
        values = [values[0] + 0.5]
    return _bounded(pieces, values, factor)


def _unit(pieces: list[Piece]) -> tuple[float | None, int | None]:
    for at, piece in enumerate(pieces):
        unit = piece.senses.get("unit", piece.senses.get("rate"))
        if unit is not None:
            return MINUTES[str(unit)], at
    return None, None


def _implied(pieces: list[Piece]) -> list[Amount]:
    """ "An hour" is one hour."""
    for at, piece in enumerate(pieces):
        if "unit" in piece.senses and at and pieces[at - 1].has("small", "less_than", "more_than", "about", "per"):
            return [Amount((1,), at - 1, at)]
        if "rate" in piece.senses and "number" not in piece.senses:
            return [Amount((1,), at, at)]
        if "unit" in piece.senses and any(_is_half(later) for later in pieces[at + 1 :]):
            return [Amount((1,), at, at)]
    return []


def _is_half(piece: Piece) -> bool:
    return piece.senses.get("fraction") == 0.5


def _half_after(pieces: list[Piece], unit: int, amount: Amount) -> bool:
    """ "An hour and a half", "une heure et demie": the half of a unit, not counted yet."""
    return amount.end <= unit and any(_is_half(piece) for piece in pieces[unit + 1 :])


def _two(pieces: list[Piece], found: list[Amount], values: list[float]) -> list[float]:
    """The ends of a range; one amount for "1h30" and "1 hour 30 minutes"; nothing where they do not belong together."""
    first, second = found
    between = pieces[first.end : second.first]
    units = [piece for piece in pieces if "unit" in piece.senses]
    hours_first = bool(between) and "unit" in between[0].senses and between[0].senses["unit"] == "hour"
    minutes = len(units) == 1 or any(piece.senses["unit"] == "minute" for piece in units[1:])
    if (
        hours_first
        and minutes
        and values[1] < 60
        and not any(piece.has("to", "or") or piece.text == "-" for piece in between)
    ):
        return [values[0] + values[1] / 60]
    joined = any(piece.has("to", "or", "and", "between") or piece.text in "-–/" for piece in between)
    if not joined and not any("between" in piece.senses for piece in pieces[: first.first]):
        return []
    return values if values[0] <= values[1] else []


def _bounded(pieces: list[Piece], values: list[float], factor: float | None) -> Span | None:
    low, high = values[0], values[-1]
    if low != high:
        pieces = [piece for piece in pieces if not piece.has("to", "between", "or")]
    more = any(piece.has("more_than") for piece in pieces)
    least = any(piece.has("at_least") or piece.text == "+" for piece in pieces)
    less = any(piece.has("less_than") for piece in pieces)
    most = any(piece.has("at_most") for piece in pieces)
    if sum((more, least, less, most)) > 1 or (low != high and (more or least or less or most)):
        return None
    if more or least:
        span = Span(low, _INFINITE, low_open=more)
    elif less or most:
        span = Span(-_INFINITE, high, high_open=less)
    else:
        span = Span(low, high)
    return span if factor is None else span.times(factor)


def spans_of(labels: list[list[str]], lexicon: Lexicon) -> tuple[Span | None, ...]:
    """The span of each option, by the first of its labels that has one; () where fewer than two are amounts, or fewer
    than all but one."""
    found = [_span_in(texts, lexicon) for texts in labels]
    spans = [span for span in found if span is not None]
    if len(spans) < max(2, len(labels) - 1) or len({span.timed for span in spans}) > 1:
        return ()
    if not any(
        piece.is_digits or "number" in piece.senses or piece.senses.get("rate") == "fortnight"
        for texts in labels
        for piece in read_name(texts[0], lexicon).pieces
    ):
        return ()  # "every day", "every week": names, not amounts
    return tuple(found)


def _span_in(texts: list[str], lexicon: Lexicon) -> Span | None:
    return next((span for text in texts if (span := _of_label(read_name(text, lexicon), lexicon)) is not None), None)


def _of_label(message: Message, lexicon: Lexicon) -> Span | None:
    """What a label counts; "un parc" counts nothing."""
    counted = any(not amount.article for amount in amounts(message, lexicon))
    return span_of(message, lexicon) if counted or _unit(message.pieces)[0] is not None else None


def holding(spans: tuple[Span | None, ...], amount: Span) -> list[int]:
    """The options whose span holds a reply's amount."""
    return [number for number, span in enumerate(spans) if span is not None and span.holds(amount)]


def counted_unit(question: Question, lexicon: Lexicon) -> str | None:
    """The unit of time that a question counts: "hour" of "How many hours …?"; "" where it counts other things, None where
    it counts nothing."""
    for text in (question.unit or {}).values():
        if (unit := _unit_at(key(text).split(" "), 0, lexicon)) is not None:
            return unit
    counts: str | None = None
    for text in question.text.values():
        words = key(text).split(" ")
        for at in range(len(words)):
            end = _how_many(words, at, lexicon)
            if end is None:
                continue
            counts = ""
            for first in range(end, min(end + _BETWEEN + 1, len(words))):
                unit = _unit_at(words, first, lexicon)
                if unit is not None:
                    return unit
    return counts


def _how_many(words: list[str], at: int, lexicon: Lexicon) -> int | None:
    for size in (2, 1):
        if "how_many" in lexicon.entries.get(" ".join(words[at : at + size]), {}) and at + size <= len(words):
            return at + size
    return None


def _unit_at(words: list[str], at: int, lexicon: Lexicon) -> str | None:
    for size in range(_LONGEST_UNIT, 0, -1):
        phrase = " ".join(words[at : at + size])
        unit = lexicon.entries.get(phrase, {}).get("unit")
        if unit is not None and (len(phrase) > 1 or not phrase.isascii()):
            return str(unit)
    return None
