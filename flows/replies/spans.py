"""Spans of time counted from today: "in 2 weeks", "3 days ago", "a week from Friday"."""

from __future__ import annotations

from flows.replies.pieces import Piece


def direction(pieces: list[Piece], unit: int, first: int) -> int | None:
    """1 where the span lies ahead, -1 where it is past, None where nothing says so. `unit` is the place of the unit,
    `first` that of the first word of its number."""
    before, after = _around(pieces, unit, first)
    if is_part(pieces, unit, first):
        return None
    if any("from_now" in piece.senses for piece in after):
        return 1
    if any("ago" in piece.senses for piece in (*before, *after)):
        return -1
    return 1 if any("ahead" in piece.senses for piece in before) or counts_from(pieces, unit + 1) else None


def is_part(pieces: list[Piece], unit: int, first: int) -> bool:
    """Whether it is a part of the span: "en début de semaine"."""
    before, _ = _around(pieces, unit, first)
    return any("part" in piece.senses and not piece.has("ahead", "at", "about") for piece in before)


def _around(pieces: list[Piece], unit: int, first: int) -> tuple[list[Piece], list[Piece]]:
    return pieces[max(0, first - 3) : first], pieces[unit + 1 : unit + 3]


def counts_from(pieces: list[Piece], at: int) -> bool:
    """Whether a day follows from which is counted: "a week from Friday"; not "la semaine de septembre"."""
    return any(
        "from" in joint.senses and day.has("weekday", "day")
        for joint, day in zip(pieces[at : at + 2], pieces[at + 1 : at + 3], strict=False)
    )
