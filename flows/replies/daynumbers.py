"""Numbers beside an hour that are of a day: "le 2 mars à 5 h", "Friday 15 at 4 pm", "in 20 minutes"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.replies.clock import Clock
from flows.replies.numerals import Amount
from flows.replies.pieces import Piece

_YEAR = re.compile(r"(?:19|20)\d\d")
_DOTTED = re.compile(r"[0-3]?\d\.[01]?\d")
_SPANS = ("minute", "day", "week", "fortnight", "month", "year")


def _at(pieces: list[Piece], at: int) -> Piece | None:
    return pieces[at] if 0 <= at < len(pieces) else None


def is_no_hour(pieces: list[Piece], amount: Amount) -> bool:
    """Whether a number is surely of a day or of a span: "March 16", "16 de marzo", "9月", "20 minutes"."""
    after, before = _at(pieces, amount.end), _at(pieces, amount.first - 1)
    if before is not None and before.text == ".":
        before = _at(pieces, amount.first - 2)  # "Dec. 12"
    if after is not None and (after.has("month_mark", "day_mark", "year_mark") or after.senses.get("unit") in _SPANS):
        return not after.has("daypart", "am", "pm")
    if after is not None and after.has("position", "small") and not after.has("month", "at", "and", "or"):
        after = _at(pieces, amount.end + 1)  # "16 de marzo"
    return any(one is not None and "month" in one.senses and not one.has("small", "weekday") for one in (before, after))


def without_days(found: list[Clock], pieces: list[Piece]) -> list[Clock]:
    """Hours without the bare numbers that may be of a day, where another is told to be an hour: "le 16 à 18h"."""
    told = [clock for clock in found if _is_told(clock, pieces)]
    rest = [clock for clock in found if clock not in told]
    return told if told and all(_of_day(clock, pieces) for clock in rest) else found


def are_of_days(pieces: list[Piece], amounts: Mapping[int, Amount], broken: list[int]) -> bool:
    """Whether each number at `broken`, which is no hour, is of a day: "Nov 25", "2014"."""
    return all(is_no_hour(pieces, amounts[at]) or may_be_of_day(pieces, at) for at in broken)


def _is_told(clock: Clock, pieces: list[Piece]) -> bool:
    before = _at(pieces, clock.first - 1)
    if before is not None and "at" in before.senses and "day_article" not in before.senses:
        return True
    inside = pieces[clock.first : clock.end]
    last = _at(pieces, clock.end)
    marked = any(piece.text == ":" or piece.has("am", "pm", "clock", "daypart") for piece in inside)
    return marked or any(piece.senses.get("unit") == "hour" for piece in inside) or _is_daypart(last)


def _is_daypart(piece: Piece | None) -> bool:
    return piece is not None and "daypart" in piece.senses


def _of_day(clock: Clock, pieces: list[Piece]) -> bool:
    return all(not pieces[at].is_digits or may_be_of_day(pieces, at) for at in range(clock.first, clock.end)) and (
        may_be_of_day(pieces, clock.first)
    )


def may_be_of_day(pieces: list[Piece], at: int) -> bool:
    """Whether a number is a year, a date with a dot, or stands beside a weekday or after the article of a day."""
    before, after = _at(pieces, at - 1), _at(pieces, at + 1)
    if _YEAR.fullmatch(pieces[at].text) or (_DOTTED.fullmatch(pieces[at].text) and not _is_daypart(after)):
        return True
    beside = [one for one in (before, after) if one is not None]
    return any("weekday" in one.senses for one in beside) or (before is not None and "day_article" in before.senses)
