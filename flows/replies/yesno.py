"""Reading an answer to a yes-or-no question."""

from __future__ import annotations

from flows.replies.commands import is_sign
from flows.replies.lexicon import Message, Piece
from flows.replies.reading import Reading

UNCLEAR = Reading("unclear")
YES = Reading("answered", value=True)
NO = Reading("answered", value=False)


def _clauses(message: Message) -> list[list[Piece]]:
    found: list[list[Piece]] = [[]]
    for piece in message.pieces:
        sign = piece.text in ",.;:!?-/()" and not piece.senses
        if sign or "but" in piece.senses or "because" in piece.senses:
            found.append([])
        elif not is_sign(piece):
            found[-1].append(piece)
    return [clause for clause in found if clause]


def _clause(clause: list[Piece]) -> bool | str | None:
    """What one clause says: yes, no, None for nothing, or "unsure" where it says both or wavers."""
    pieces = [
        piece for piece in clause if "polite" not in piece.senses or "yes" in piece.senses or "no" in piece.senses
    ]
    if not pieces:
        return None
    if any("undecided" in piece.senses and "hedge" not in piece.senses for piece in pieces):
        return "unsure"
    first = pieces[0]
    said = {_said(piece, pieces, at) for at, piece in enumerate(pieces)} - {None}
    if len(said) == 1:
        value = said.pop()
        strong = first.senses.get("no" if value is False else "yes") or len(pieces) == 1
        return value if strong or _only_small(pieces) else None
    if len(said) > 1:
        return False if first.senses.get("yes") == "alone" and "no" in pieces[1].senses else "unsure"
    return None


def _only_small(pieces: list[Piece]) -> bool:
    return all(piece.senses for piece in pieces)


def _said(piece: Piece, pieces: list[Piece], at: int) -> bool | None:
    denied = at > 0 and "not" in pieces[at - 1].senses and "no" not in pieces[at - 1].senses
    if "yes" in piece.senses:
        if piece.senses["yes"] in ("alone", "typos") and not _only_small(pieces):
            return None
        return not denied
    if "no" in piece.senses:
        if piece.senses["no"] in ("alone", "typos") and len(pieces) > 1:
            return None
        return None if denied else False
    return None


def read_yesno(message: Message) -> Reading:
    """Yes or no; both, neither or "maybe" is unclear."""
    said = [meaning for clause in _clauses(message) if (meaning := _clause(clause)) is not None]
    if not said or "unsure" in said or len(set(said)) > 1:
        return UNCLEAR
    return YES if said[0] else NO
