"""Whether a reply only tells when or how often something was: "last fall", "three times", "every spring"."""

from __future__ import annotations

from flows.replies.pieces import Message

_AROUND = (
    "polite",
    "hedge",
    "small",
    "self",
    "about",
    "only",
    "intro",
    "at",
    "from",
    "after",
    "this",
    "degrees",
    "and",
    "weekend",
)
_PARTS = ("number", "unit", "month", "weekday", "daypart", "fraction", "holiday", "ordinal", "vague", "seasons")
_WHEN = ("ago", "previous", "times", "every", "rate")
_SINCE = 1900


def tells_when(message: Message) -> bool:
    """Whether every word says when in the past, or how many times; "never" and "not" say no such thing."""
    pieces = message.said
    if any(piece.has("not", "no", "none", "question", "if", "next") for piece in pieces) or message.normal.endswith(
        "?"
    ):
        return False
    known = [
        piece.is_digits
        or piece.has(*_AROUND, *_PARTS, *_WHEN, "day", "week")
        or _is_often(piece.senses.get("frequency"))
        for piece in pieces
    ]
    told = any(
        piece.has(*_WHEN)
        or int(piece.senses.get("day", 1)) <= 0
        or int(piece.senses.get("week", 1)) <= 0
        or _is_often(piece.senses.get("frequency"))
        or (piece.is_digits and piece.text.isdigit() and _SINCE < int(piece.text[:9]) < _SINCE + 200)
        for piece in pieces
    )
    return bool(pieces) and all(known) and told


def _is_often(frequency: object) -> bool:
    return frequency in ("always", "often")
