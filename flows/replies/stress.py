"""Which of several options that a reply names it means: "oil but mostly wood", "the noise is ok, the damp is the worst"."""

from __future__ import annotations

from dataclasses import replace

from flows.replies.mentions import Mention
from flows.replies.pieces import Message, Piece, ends_clause


def mostly(found: list[Mention], message: Message, *, troubled: bool) -> list[Mention]:
    """Only the one that the reply says is mostly so, or the one that is left where it says of the others that they are all
    right; all where it says so of none or of several. `troubled`: the question asks what is wrong."""
    if len(found) < 2 or any(mention.refused for mention in found):
        return found
    pieces = message.pieces
    if "mostly" in message.senses:
        most = [mention for mention in found if _is_most(pieces, mention, found)]
        return most if len(most) == 1 else found
    if not message.senses.isdisjoint(("approval",)):
        return _without_approved(found, pieces, troubled=troubled)
    return found


def without_others(found: list[Mention], message: Message, *, troubled: bool) -> list[Mention]:
    """Of several that may all be meant, those that the reply says are the only ones: "just the kitchen, the bath is fine".
    Where it is asked what is wrong (`troubled`), what is fine is left out anyway."""
    if len(found) < 2 or "approval" not in message.senses or any(mention.refused for mention in found):
        return found
    if not troubled and "only" not in message.senses:
        return found
    pieces = message.pieces
    approved = [mention for mention in found if _is_approved(pieces, mention)]
    left = [mention for mention in found if mention not in approved]
    return left if left and (troubled or any(_is_only(pieces, mention) for mention in left)) else found


def without_had(found: list[Mention], message: Message, *, troubled: bool, having: bool) -> list[Mention]:
    """Without what the reply has got already ("work I found, now a doctor") or finds too much ("skating, hiking is too
    tiring"), where another option is named in another clause; that one is meant too where it says that it has none. `having`:
    the question asks what one has."""
    if len(found) < 2 or message.senses.isdisjoint(("already", "too_much")):
        return found
    pieces = message.pieces
    left = [mention for mention in found if not _is_done_with(pieces, mention, troubled=troubled, having=having)]
    if not left or len(left) == len(found):
        return found
    if all(mention.refused for mention in left):
        left = [replace(mention, refused="") if _is_lacking(pieces, mention) else mention for mention in left]
    return left


def _is_done_with(pieces: list[Piece], mention: Mention, *, troubled: bool, having: bool) -> bool:
    first, end = _clause(pieces, mention)
    before, after = pieces[first : mention.first], pieces[mention.end : end]
    if not having and any("already" in piece.senses and not piece.options for piece in (*_longer(before), *after)):
        return True
    content = [piece for piece in (*before, *after) if not piece.has("polite", "small", "self", "intro", "hedge")]
    return not troubled and len(content) == 1 and "too_much" in content[0].senses


def _longer(before: list[Piece]) -> list[Piece]:
    """Words before a name that say it is there; "有" alone does so after it only: "热水有", not "有老鼠"."""
    return [piece for piece in before if len(piece.text) > 1]


def _is_lacking(pieces: list[Piece], mention: Mention) -> bool:
    first, end = _clause(pieces, mention)
    return any("lacks" in piece.senses for piece in pieces[first:end])


def _is_only(pieces: list[Piece], mention: Mention) -> bool:
    first, end = _clause(pieces, mention)
    return any("only" in piece.senses and not piece.options for piece in pieces[first:end])


def _clause(pieces: list[Piece], mention: Mention) -> tuple[int, int]:
    """Where the clause of a mention begins and ends."""
    first, end = mention.first, mention.end
    while first > 0 and not _parts(pieces[first - 1]):
        first -= 1
    while end < len(pieces) and not _parts(pieces[end]):
        end += 1
    return first, end


def _parts(piece: Piece) -> bool:
    return "but" in piece.senses or (ends_clause(piece) and piece.text not in "-/")


def _is_most(pieces: list[Piece], mention: Mention, found: list[Mention]) -> bool:
    """Whether the reply says right beside a mention, or in a clause of its own, that it is mostly so."""
    first, end = _clause(pieces, mention)
    if any(other is not mention and first <= other.first < end for other in found):
        first, end = max(first, mention.first - 2), min(end, mention.end + 1)
    beside = [*pieces[first : mention.first], *pieces[mention.end : end]]
    return any("mostly" in piece.senses for piece in beside if not piece.options)


def _without_approved(found: list[Mention], pieces: list[Piece], *, troubled: bool) -> list[Mention]:
    """Without the options of which one clause says that they are fine, before a "but" or where it is asked what is wrong."""
    if not troubled and not any("but" in piece.senses for piece in pieces):
        return found
    left = [mention for mention in found if not _is_approved(pieces, mention)]
    last = max(mention.first for mention in found)
    return left if len(left) == 1 and (troubled or left[0].first == last) else found


def _is_approved(pieces: list[Piece], mention: Mention) -> bool:
    first, end = _clause(pieces, mention)
    said = pieces[first:end]
    return any("approval" in piece.senses and not piece.options for piece in said) and not any(
        "not" in piece.senses for piece in said
    )
