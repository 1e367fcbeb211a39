"""Amounts of time in another unit than the question's: "2 days" where hours are asked for is 48, "half an hour" 30 minutes."""

from __future__ import annotations

from flows.definition import Question
from flows.replies.counting import fitting
from flows.replies.lexicon import Lexicon
from flows.replies.numerals import Amount, amounts
from flows.replies.pieces import Message, Piece
from flows.replies.quantities import MINUTES
from flows.replies.reading import Reading
from flows.replies.spelt import tidy

UNCLEAR = Reading("unclear")
_MONTHS = {"month": 1.0, "year": 12.0}
_AROUND = ("small", "polite", "about", "hedge", "intro", "counting", "only", "self", "degrees", "day", "daypart")


def in_asked_unit(
    question: Question, message: Message, lexicon: Lexicon, counts: str | None, asked: frozenset[str]
) -> Reading | None:
    """The reply's amount of time in the unit that the question counts; None where it names no other unit than that."""
    if counts is None or not any("unit" in piece.senses for piece in message.pieces):
        return None
    terms = _terms(message, lexicon)
    if terms is None:
        same = all(piece.senses["unit"] == counts for piece in message.pieces if "unit" in piece.senses)
        return None if same else UNCLEAR
    if len(terms) > 1 and terms[0][0] == 1 and terms[0][1] in asked - {counts}:
        terms = terms[1:]  # "一天半小时" is half an hour a day
    said = {unit for _, unit in terms}
    if not terms or (len(terms) == 1 and said == {counts}):
        return None
    if counts == "":
        return UNCLEAR if said - asked - {"year"} else None
    total = _converted(terms, counts)
    if total is None:
        return UNCLEAR
    values = fitting(question, (total,))
    return Reading("answered", value=values[0]) if values else Reading("unclear", reason="out_of_range")


def _converted(terms: list[tuple[float, str]], counts: str) -> int | float | None:
    """The sum in the counted unit, where it comes out in quarters at least."""
    table = _MONTHS if counts in _MONTHS else {unit: MINUTES[unit] for unit in MINUTES if unit not in _MONTHS}
    if any(unit not in table for _, unit in terms):
        return None
    total = sum(value * table[unit] for value, unit in terms) / table[counts]
    return tidy(total) if (total * (1 if table is _MONTHS else 4)).is_integer() else None


def _terms(message: Message, lexicon: Lexicon) -> list[tuple[float, str]] | None:
    """Each amount with its unit: "1 hour 20 minutes" is two; None where they cannot be summed up ("1 or 2 days")."""
    pieces = message.pieces
    found = [amount for amount in amounts(message, lexicon) if not amount.ordinal]
    terms: list[tuple[float, str]] = []
    last = 0
    for amount in found:
        unit, end = _unit_of(amount, pieces)
        if terms and _apart(pieces[last : amount.first]):
            return None
        if unit is None and terms and terms[-1][1] == "hour" and amount.value is not None and amount.value < 60:
            unit = "minute"  # "1h30"
        if unit is None and amount.value == 0.5 and (earlier := _before(pieces, amount.first)):
            terms = terms or [(1.0, earlier)]  # "an hour and a half"
            unit = earlier
        if unit is None or amount.value is None:
            return [] if not terms else None
        if _is_beyond(pieces, amount.first, end):
            return None
        terms.append((float(amount.value), unit))
        last = end
    return terms or _one(pieces)


def _before(pieces: list[Piece], at: int) -> str | None:
    """The unit that stands before a half, past "and a"."""
    while at > 0 and pieces[at - 1].has("and", "small") and "unit" not in pieces[at - 1].senses:
        at -= 1
    return str(pieces[at - 1].senses["unit"]) if at > 0 and "unit" in pieces[at - 1].senses else None


def _unit_of(amount: Amount, pieces: list[Piece]) -> tuple[str | None, int]:
    """The unit of an amount, inside it ("يومين", "两天半"), after it or one small word on, and where that ends."""
    for at in range(amount.first, min(amount.end + 2, len(pieces))):
        piece = pieces[at]
        if "unit" in piece.senses and (
            len(piece.text) > 1 or piece.glued or piece.text == "h" or not piece.text.isascii()
        ):
            return str(piece.senses["unit"]), max(at + 1, amount.end)
        if at >= amount.end and "small" not in piece.senses:
            break
    return None, amount.end


def _apart(between: list[Piece]) -> bool:
    return any(piece.has("or", "to", "between", "but", "correction") or piece.is_sign for piece in between)


def _is_beyond(pieces: list[Piece], first: int, end: int) -> bool:
    """ "More than 2 days", "2 days or more"."""
    beside = [*pieces[max(0, first - 1) : first], *pieces[end : end + 1]]
    return any(
        piece.has("more_than", "less_than", "at_least", "at_most", "vague", "not", "ago", "ahead")
        and not piece.has("about", "polite")
        for piece in beside
    )


def _one(pieces: list[Piece]) -> list[tuple[float, str]] | None:
    """ "An hour", "годину": a unit with nothing that counts it is one."""
    content = [piece for piece in pieces if not piece.is_sign]
    units = [piece for piece in content if "unit" in piece.senses and len(piece.text) > 1]
    rest = [piece for piece in content if "unit" not in piece.senses]
    if any(piece.has("more_than", "less_than", "at_least", "at_most", "vague") for piece in content):
        return None
    if len(units) != 1 or not all(piece.has(*_AROUND) for piece in rest):
        return []
    return [(1.0, str(units[0].senses["unit"]))]
