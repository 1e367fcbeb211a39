"""Which options a reply names, where, and whether it names them to say no to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from flows.replies.commands import is_sign
from flows.replies.lexicon import Lexicon, Message, Piece
from flows.replies.numerals import Amount, amounts
from flows.replies.options import Options
from flows.replies.spelling import nearest
from flows.replies.stems import stem

Way = Literal["name", "part", "slip", "place"]

#: What may stand around a bare number that gives an option's place.
_BESIDE = (
    "polite",
    "intro",
    "hedge",
    "about",
    "position",
    "small",
    "and",
    "or",
    "but",
    "because",
    "correction",
    "yes",
    "not",
    "except",
    "ordinal",
    "all",
    "both",
    "to",
    "stars",
)
_MOST_WORDS_FOR_SLIPS = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """Options named together by pieces `[first, end)`; `refused` where the reply says no to them."""

    options: tuple[int, ...]
    first: int
    end: int
    way: Way
    refused: bool = False


def mentions(message: Message, options: Options, lexicon: Lexicon) -> list[Mention]:
    """The options that the reply names, in order."""
    places = {amount.first: amount for amount in amounts(message, lexicon)}
    found: list[Mention] = []
    at = 0
    while at < len(message.pieces):
        mention = _mention(message, at, options, places)
        if mention is None:
            at += 1
            continue
        found.append(mention)
        at = mention.end
    return [_judged(mention, message.pieces, found) for mention in found]


def _mention(message: Message, at: int, options: Options, places: dict[int, Amount]) -> Mention | None:
    piece = message.pieces[at]
    if piece.options:
        return Mention(piece.options, at, at + 1, "name" if piece.text in options.full else "part")
    if at in places:
        place = _place(message.pieces, places[at], options)
        if place is not None:
            return Mention((place,), at, places[at].end, "place")
    if "last" in piece.senses and _alone_enough(message.pieces, at, at + 1):
        return Mention((len(options.keys) - 1,), at, at + 1, "place")
    if "middle" in piece.senses and len(options.keys) % 2 and _alone_enough(message.pieces, at, at + 1):
        return Mention((len(options.keys) // 2,), at, at + 1, "place")
    letter = _letter(message.pieces, at, options)
    if letter is not None:
        return Mention((letter,), at, at + 1, "place")
    if not piece.senses and piece.text[0].isalpha():
        return _inflected(message, at, options)
    return None


def _letter(pieces: list[Piece], at: int, options: Options) -> int | None:
    """ "b", "b)", "option b": only as the whole reply or after a word for place."""
    text = pieces[at].text
    if "letter" in pieces[at].senses:
        number = int(pieces[at].senses["letter"]) - 1
    elif len(text) == 1 and "a" <= text <= "z":
        number = ord(text) - ord("a")
    else:
        return None
    others = [piece for piece in pieces if piece is not pieces[at] and not is_sign(piece)]
    whole = all("polite" in piece.senses or "position" in piece.senses for piece in others)
    after = at > 0 and "position" in pieces[at - 1].senses and pieces[at - 1].text[0].isalpha()
    return number if (whole or after) and number < len(options.keys) else None


def _place(pieces: list[Piece], amount: Amount, options: Options) -> int | None:
    """The option at the place that a number gives, where the number can be a place."""
    value = amount.value
    if not isinstance(value, int) or not 1 <= value <= len(options.keys):
        return None
    if not amount.ordinal and not _alone_enough(pieces, amount.first, amount.end):
        return None
    if amount.ordinal and not _ordinal_alone(pieces, amount.end):
        return None
    return value - 1


def _ordinal_alone(pieces: list[Piece], end: int) -> bool:
    """ "the 2nd", "second one": not "2nd street"."""
    return end >= len(pieces) or bool(pieces[end].senses) or bool(pieces[end].options) or is_sign(pieces[end])


def _alone_enough(pieces: list[Piece], first: int, end: int) -> bool:
    """Whether what stands on both sides of a number leaves it a place in a list, not a count of something."""
    before = pieces[first - 1] if first else None
    after = pieces[end] if end < len(pieces) else None
    if before is not None and not _beside(before):
        return False
    if after is None or after.options or "position" in after.senses:
        return True
    if "out_of" in after.senses or "currency" in after.senses or "unit" in after.senses or "people" in after.senses:
        return False
    return _beside(after)


def _beside(piece: Piece) -> bool:
    return bool(piece.options) or piece.text[0].isdigit() or is_sign(piece) or any(s in piece.senses for s in _BESIDE)


def _inflected(message: Message, at: int, options: Options) -> Mention | None:
    """Another form of an option's word, or a slip of one."""
    word = message.pieces[at].text
    known = options.parts.get(stem(word))
    if known is not None:
        return Mention(known, at, at + 1, "part")
    if len(message.pieces) > _MOST_WORDS_FOR_SLIPS or len(word) < 4:
        return None
    likely, _ = nearest(word, options.words)
    named = {option for candidate in likely for option in options.vocabulary.phrases[candidate]}
    if len(named) == 1:
        return Mention((named.pop(),), at, at + 1, "slip")
    return None


def _judged(mention: Mention, pieces: list[Piece], found: list[Mention]) -> Mention:
    """The mention, refused where a word of denial stands before it in its clause."""
    others = {at for other in found for at in range(other.first, other.end)}
    for at in range(mention.first - 1, -1, -1):
        piece = pieces[at]
        if "not" in piece.senses and not piece.options:
            return Mention(mention.options, mention.first, mention.end, mention.way, refused=True)
        if "but" in piece.senses or "correction" in piece.senses or piece.text in ".,;:!?" or at in others:
            break
        if not piece.senses and not is_sign(piece):
            break
    return mention


def named(found: list[Mention]) -> Iterator[Mention]:
    """The mentions that the reply does not refuse."""
    return (mention for mention in found if not mention.refused)
