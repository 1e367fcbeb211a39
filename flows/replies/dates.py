"""Reading a day out of a reply, in the participant's languages and time zone."""

from __future__ import annotations

from datetime import date

from flows.definition import Question
from flows.replies.calendar import Range, range_of
from flows.replies.day_said import Said
from flows.replies.lexicon import Lexicon
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.reading import Reading
from flows.replies.resolve import resolve
from flows.replies.said import gather

UNCLEAR = Reading("unclear")
_MOST_SHOWN = 3


def read_date(question: Question, message: Message, lexicon: Lexicon, today: date, starts: bool = False) -> Reading:
    """The one day that the reply names, as an ISO date. `starts`: the question asks from what day."""
    within = range_of(question.minimum, question.maximum, today)
    clauses = _affirmed(message)
    if clauses is None or (clauses is not message and not _names_a_day(clauses)):
        return UNCLEAR
    if _is_of_every_week(clauses):
        return UNCLEAR
    said = gather(_told_first(clauses), lexicon, today, starts)
    found = list(dict.fromkeys(resolve(said, today, within)))
    inside = [day for day in found if within.holds(day)]
    if len(inside) == 1:
        return Reading("answered", value=inside[0].isoformat())
    if len(inside) > 1:
        shown = tuple(day.isoformat() for day in sorted(inside)[:_MOST_SHOWN])
        return Reading("unclear", between=shown, reason="two_readings")
    return Reading("unclear", reason="out_of_range") if found else _guess(said, today, within)


def _is_of_every_week(message: Message) -> bool:
    """ "Tuwing linggo", "every Sunday", "Sundays": no one day."""
    pieces = message.pieces
    return any(
        "weekday" in piece.senses and ("every" in piece.senses or (at and pieces[at - 1].has("every", "per")))
        for at, piece in enumerate(pieces)
    )


def _told_first(message: Message) -> Message:
    """The first clause, where it has day and month and the others only tell more: "4 January, after Christmas"."""
    pieces = message.pieces
    end = next((at for at, piece in enumerate(pieces) if ends_clause(piece) and piece.text in ",;"), None)
    if end is None:
        return message
    first, rest = pieces[:end], pieces[end:]
    whole = any(piece.is_digits or piece.has("number", "ordinal") for piece in first) and any(
        "month" in piece.senses for piece in first
    )
    other = any(piece.is_digits or piece.has("weekday", "month", "number", "ordinal", "or", "not") for piece in rest)
    return message.cut(0, end) if whole and not other else message


def _names_a_day(message: Message) -> bool:
    """Whether a day has a name of its own here, so that it is no "the day after" another."""
    named = ("weekday", "month", "holiday")
    return any(
        piece.has(*named) or piece.is_digits or piece.senses.get("day") in (-1, 0) for piece in message.pieces
    ) or (not any(piece.has("unit", "after", "before") for piece in message.pieces))


def _guess(said: Said, today: date, within: Range) -> Reading:
    """A bare number may be a day of the month: suggested, never taken."""
    if said.day is not None and said.month is None and said.weekday is None and not said.quarrel:
        said.years_day = True
        found = [day for day in resolve(said, today, within) if within.holds(day)]
        if len(found) == 1:
            return Reading("unclear", suggestion=found[0].isoformat())
    return UNCLEAR


def _affirmed(message: Message) -> Message | None:
    """The message without clauses that say no ("not Friday, Saturday"); None where nothing is left or they are one."""
    kept: list[Piece] = []
    clause: list[Piece] = []
    denied = False
    for piece in (*message.pieces, None):
        if piece is None or (ends_clause(piece) and piece.text in ",;!?") or piece.has("but", "if"):
            if clause and not any(_denies(clause, place) for place in range(len(clause))):
                kept.extend(clause)
            elif clause:
                denied = True
            clause = []
            if piece is not None:
                kept.append(piece)
        else:
            clause.append(piece)
    if not denied:
        return message
    if not any(not piece.is_sign for piece in kept):
        return None
    words = " ".join(piece.text for piece in kept)
    return Message(message.raw, message.normal, words, kept)


def _denies(clause: list[Piece], at: int) -> bool:
    """Whether a piece says no to its clause: "not Friday", "viernes no", "周五不行"; not the "no" of "no. 4"."""
    piece = clause[at]
    after = clause[at + 1] if at + 1 < len(clause) else None
    if piece.has("minus", "less_than", "yes") or ("position" in piece.senses and after is not None):
        return False
    said = at and any(one.has("weekday", "day", "month", "holiday") for one in clause[:at])
    return piece.has("not", "except") or (bool(said) and "no" in piece.senses)
