"""Options that are amounts: which one holds the amount that a reply gives."""

from __future__ import annotations

from flows.replies.lexicon import Lexicon
from flows.replies.numerals import amounts
from flows.replies.options import Options
from flows.replies.pieces import Message, Piece
from flows.replies.quantities import MINUTES, Span, holding, span_of
from flows.replies.reading import Reading

UNCLEAR = Reading("unclear")


def answer(options: Options, numbers: tuple[int, ...], words: str | None = None) -> Reading:
    """The reading that names one option, or asks between several."""
    if len(numbers) == 1:
        return Reading("answered", value=options.keys[numbers[0]], other=words if numbers[0] == options.other else None)
    return Reading("unclear", between=tuple(options.keys[number] for number in numbers), reason="two_readings")


def held_by_amount(message: Message, options: Options, lexicon: Lexicon) -> Reading | None:
    """The option whose amounts hold the reply's; a bare number is a place, and unclear where the two disagree."""
    if any(amount.ordinal for amount in amounts(message, lexicon)):
        return None  # "the 3rd one" is a place
    span = span_of(message, lexicon)
    if span is not None and not amounts(message, lexicon) and any(piece.options for piece in message.pieces):
        return None  # "dejé de usar el bus el año pasado"
    if span is None:
        several = {amount.values for amount in amounts(message, lexicon) if not amount.ordinal and not amount.article}
        return UNCLEAR if len(several) > 1 else None
    timed = any(one.timed for one in options.spans if one is not None)
    bare = span.exact and not span.timed and _is_bare(message)
    if span.timed and not timed:
        if not _is_of_years(message):
            return UNCLEAR
        span = Span(span.low / MINUTES["year"], span.high / MINUTES["year"], span.low_open, span.high_open)
    if timed and not span.timed:
        span = span.times(options.factor) if options.factor else _in_unit_of(options.spans, span)
    held = holding(options.spans, span)
    if not held and span.exact and not span.low and "none" in options.concepts:
        return answer(options, (options.concepts["none"],))
    if bare:
        place = _place(message, options, lexicon)
        if place is None and timed and options.factor is None:
            return _at_an_end(options, span)
        if place is not None:
            at_place = (options.spans[place] if place < len(options.spans) else None) or span
            said_there = span.low in (at_place.low, at_place.high)
            return answer(options, (place,) if said_there or not held or place in held else (*held, place))
    return answer(options, (held[0],)) if len(held) == 1 else UNCLEAR


def _at_an_end(options: Options, span: Span) -> Reading:
    """The option that just this amount stands for: "15" where "Every 15 minutes" is one."""
    ends = [at for at, one in enumerate(options.spans) if one is not None and one.exact and one.low == span.low]
    return answer(options, (ends[0],)) if len(ends) == 1 else UNCLEAR


def _in_unit_of(spans: tuple[Span | None, ...], span: Span) -> Span:
    """A reply without a unit, in the unit of the options: the largest of minute, hour, day… that divides their ends."""
    ends = [end for one in spans if one is not None for end in (one.low, one.high) if abs(end) != float("inf") and end]
    for factor in (525600.0, 43776.0, 10080.0, 1440.0, 60.0):
        if all(end % factor == 0 for end in ends):
            return span.times(factor)
    return span.times(1.0)


def _is_bare(message: Message) -> bool:
    return not any("measures" in piece.senses for piece in message.pieces) and all(
        piece.is_sign
        or piece.is_digits
        or (piece.has("polite", "number", "position", "intro", "hedge", "small") and not _is_count(piece, message))
        for piece in message.pieces
    )


def _is_count(piece: Piece, message: Message) -> bool:
    """Whether a number in words says how many and no place: "isa lang", "uno nomás"."""
    if "number" not in piece.senses or not piece.text[0].isalpha() or _is_han(piece.text):
        return False
    return " " in piece.text or any("only" in other.senses for other in message.pieces)


def _is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def _place(message: Message, options: Options, lexicon: Lexicon) -> int | None:
    values = [amount.value for amount in amounts(message, lexicon)]
    value = values[0] if len(values) == 1 else None
    return value - 1 if isinstance(value, int) and 1 <= value <= len(options.keys) else None


def _is_of_years(message: Message) -> bool:
    """Whether a reply counts years, as where an age is asked for; any other unit is strange among amounts without one."""
    return all(piece.senses["unit"] == "year" for piece in message.pieces if "unit" in piece.senses)
