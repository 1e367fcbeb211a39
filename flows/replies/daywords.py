"""What a word of a date is by the words beside it: "mar" is March after a number, "mañana" the morning after a weekday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flows.replies.lexicon import Lexicon
from flows.replies.numerals import Amount
from flows.replies.pieces import Piece
from flows.replies.spelling import near
from flows.replies.spelt import is_han

_DAYS = ("weekday", "month", "day", "holiday")
_SHORTEST_SLIP = 5


def _at(pieces: list[Piece], at: int) -> Piece | None:
    return pieces[at] if 0 <= at < len(pieces) else None


def mended(piece: Piece, lexicon: Lexicon) -> Piece:
    """A misspelt month or weekday ("wedensday") as what it is."""
    if not piece.is_unknown or len(piece.text) < _SHORTEST_SLIP:
        return piece
    for own in lexicon.all[:2]:
        names = [
            text
            for text, senses in own.senses.items()
            if len(text) >= _SHORTEST_SLIP and not {"month", "weekday", "day"}.isdisjoint(senses)
        ]
        likely = near(piece.text, names)
        best = {tuple(sorted(own.senses[name].items(), key=str)) for slips, name in likely if slips == likely[0][0]}
        if len(best) == 1:
            return replace(piece, senses=own.senses[likely[0][1]])
    return piece


def is_month(pieces: list[Piece], at: int) -> bool:
    """Whether "mar" is March, not mardi: a number stands before it."""
    before = _at(pieces, at - 1)
    return "month" in pieces[at].senses and before is not None and before.is_digits


def is_grammar(pieces: list[Piece], at: int) -> bool:
    """Whether "may" (or "mar", "sat") is a word of grammar here: a month has a number beside it or is alone."""
    if not pieces[at].has("small", "undecided"):
        return False
    beside = [other for other in (_at(pieces, at - 1), _at(pieces, at + 1)) if other is not None]
    return not any(other.is_digits or other.has("number", "ordinal") for other in beside)


def tells_weekday(pieces: list[Piece], at: int) -> bool:
    """Whether "pasado" is the last one of a weekday here: "el viernes pasado"."""
    beside = (_at(pieces, at - 1), _at(pieces, at + 1))
    return "previous" in pieces[at].senses and any(one is not None and "weekday" in one.senses for one in beside)


def is_daypart(pieces: list[Piece], at: int) -> bool:
    """Whether "mañana" is the morning here: "el viernes en la mañana"."""
    piece = pieces[at]
    if "daypart" not in piece.senses:
        return False
    return any(
        "weekday" in other.senses or "month" in other.senses or ("day" in other.senses and other is not piece)
        for other in pieces
    )


def is_of_month(pieces: list[Piece], at: int) -> bool:
    """Whether a month follows, past small words: "el uno de marzo"."""
    while at < len(pieces) and "small" in pieces[at].senses and "month" not in pieces[at].senses:
        at += 1
    return at < len(pieces) and "month" in pieces[at].senses


def is_of_date(pieces: list[Piece], at: int) -> bool:
    """Whether a date follows: "the week of October 6th"."""
    rest = [piece for piece in pieces[at : at + 3] if "small" not in piece.senses or "month" in piece.senses]
    return any(piece.is_digits or piece.has("month", "ordinal", "day_article") for piece in rest[:2])


def shifts_day(pieces: list[Piece], amounts: Mapping[int, Amount], at: int) -> bool:
    """Whether the "before" or "after" at `at` stands before a day: "after Friday" is not Friday."""
    ahead = amounts.get(at + 1) or amounts.get(at + 2)
    if ahead is not None:
        named = ahead.ordinal or pieces[ahead.first - 1].has("day_article")
        if named and (ahead.first == at + 1 or pieces[at + 1].has("small")):
            return True
        month = _at(pieces, ahead.end)
        if (month is not None and "month_mark" in month.senses) or is_of_month(pieces, ahead.end):
            return True
    later = (
        piece
        for piece in pieces[at + 1 :]
        if not piece.is_sign and (piece.has("month", "weekday") or not piece.has("small", "this"))
    )
    after = next(later, None)
    before = _at(pieces, at - 1) if is_han(pieces[at].text) else None
    return (after is not None and after.has(*_DAYS)) or (before is not None and before.has(*_DAYS))


def spans_days(pieces: list[Piece]) -> bool:
    """Whether two days are the ends of a span: "from today to tomorrow", "hoy hasta el viernes"."""
    named = [piece for piece in pieces if not piece.is_sign and piece.has("to", "from_now", *_DAYS)]
    return any(
        "to" in joint.senses and not joint.has(*_DAYS) and start.has("from_now", "day") and end.has("weekday", "day")
        for start, joint, end in zip(named, named[1:], named[2:], strict=False)
    )
