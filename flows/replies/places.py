"""Days by their place in a month: the second Monday of October, the last day of March."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flows.replies.numerals import Amount
from flows.replies.pieces import Piece
from flows.replies.spelt import is_han, sense

_MOST = 5


class Place(NamedTuple):
    """The `nth` such `weekday` of a month, -1 for the last, 0 for a day of any name; the pieces that say so end at `end`."""

    nth: int
    weekday: int
    end: int


def placed(pieces: list[Piece], amounts: Mapping[int, Amount], at: int, *, month_named: bool) -> Place | None:
    """The place that begins at `at`, where a month is named beside it: "first Monday in May", 十月第一个星期一.

    "4th Friday December" is none: it may be the fourth, a Friday.
    """
    amount = amounts.get(at)
    if amount is not None and amount.ordinal and amount.value is not None and 1 <= amount.value <= _MOST:
        nth, end = int(amount.value), amount.end
    elif pieces[at].has("last", "previous"):
        amount, nth, end = None, -1, at + 1
    else:
        return None
    if end < len(pieces) and pieces[end].text == "的":
        end += 1
    if end >= len(pieces):
        return None
    weekday = int(sense(pieces[end], "weekday")) if "weekday" in pieces[end].senses else 0
    if not weekday and not (nth == -1 and pieces[end].senses.get("unit") == "day"):
        return None
    linked = 0
    while (place := end + 1 + linked) < len(pieces) and _links(pieces[place]):
        linked += 1
    month = place < len(pieces) and pieces[place].has("month", "month_shift")
    if month and (linked or amount is None or not amount.digits or "month_shift" in pieces[place].senses):
        return Place(nth, weekday, end + 1)
    return Place(nth, weekday, end + 1) if month_named and is_han(pieces[at].text) else None


def _links(piece: Piece) -> bool:
    return piece.has("small", "at", "day_article", "this") and not piece.has("month", "month_shift")
