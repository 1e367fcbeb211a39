"""Options that a short reply may mean though none is named for certain: asked about rather than kept as other words."""

from __future__ import annotations

from flows.replies.options import Options
from flows.replies.pieces import Message
from flows.replies.sounds import same_sound
from flows.replies.spelling import LONGEST_WORD, distance

#: A strange word so alone is likely to be a misspelt option; two slips are likely from so many letters on.
_FEW, _SHORTEST, _LONG = 1, 3, 6


def likely(message: Message, options: Options) -> list[int]:
    """The options that a strange word of a short reply may be a misspelling of: begun alike, sounding alike, or with
    more slips in it than are read as the option."""
    content = [piece for piece in message.content if not piece.has("small", "intro", "self")]
    if not 0 < len(content) <= _FEW:
        return []
    found: set[int] = set()
    for piece in content:
        if piece.is_unknown and _SHORTEST <= len(piece.text) <= LONGEST_WORD:
            for word in (*same_sound(piece.text, options), *(one for one in options.words if _may_be(piece.text, one))):
                found.update(options.vocabulary.phrases.get(word, ()))
    return sorted(found)


def _may_be(word: str, other: str) -> bool:
    if " " in other or len(other) < _SHORTEST:
        return False
    if other.startswith(word):
        return True
    shorter = min(len(word), len(other))
    slips = 2 if shorter >= _LONG and word.isascii() else 1
    return (word[0] == other[0] or slips == 1 < shorter - 2) and distance(word, other, slips) <= slips
