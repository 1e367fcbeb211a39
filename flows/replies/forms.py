"""Other forms of an option's words in a reply: inflected, joined, shortened, or with a slip in them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from flows.replies.options import Options
from flows.replies.pieces import Piece
from flows.replies.sounds import alike, nearly
from flows.replies.spelling import near
from flows.replies.stems import stems

_MOST_WORDS_FOR_SLIPS = 12
#: Two words are forms of one if they begin with so many letters alike, and with so much of the longer one.
_LONG_START, _MOSTLY = 5, 0.65
#: A word that is cut short has so many letters at least as the whole reply, one more among a few others.
_SHORTEST_START, _FEW_WORDS = 3, 3
#: Among other strange words a shorter one is no slip: "lâchez-moi la paix" is not about "pain".
_LONG_SLIP = 6


class Formed(NamedTuple):
    """Options that a word stands for, and whether it is a form of theirs or a slip of one."""

    options: tuple[int, ...]
    way: Literal["part", "slip"]


def _alike(word: str, other: str) -> bool:
    shared = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), None)
    shared = min(len(word), len(other)) if shared is None else shared
    return shared >= _MOSTLY * max(len(word), len(other))


def formed(pieces: list[Piece], content: list[Piece], at: int, options: Options) -> Formed | None:
    """The options of which the unknown word at `at` is another form, or a slip. `content`: the pieces that say something."""
    word = pieces[at].text
    known = (
        next((named for root in stems(word) if (named := options.parts.get(root))), ())
        or _joined(pieces, at, options)
        or _longer(word, options)
        or _shortened(word, content, options)
    )
    if known:
        return Formed(known, "part")
    if (same := alike(word, options)) is not None:
        return Formed((same,), "slip")
    bare = word.removeprefix("ال")
    if len(pieces) > _MOST_WORDS_FOR_SLIPS or (len(bare) < 4 and (len(content) > 1 or bare is not word)):
        return None
    if len(word) < _LONG_SLIP and sum(piece.is_unknown for piece in content) > 1:
        return None
    slip = _slip(word, options)
    if slip is None and (close := nearly(word, options)) is not None:
        return Formed((close,), "slip")
    if slip is None and (ending := _compound(word, options)):
        return Formed(ending, "part")
    return slip


def _slip(word: str, options: Options) -> Formed | None:
    """The one option of whose words this is a slip."""
    likely = near(word, options.words)
    if not likely:
        return None
    phrases = options.vocabulary.phrases
    least = likely[0][0]
    best = {option for slips, candidate in likely if slips == least for option in phrases[candidate]}
    close = {option for slips, candidate in likely if slips <= least + (len(word) < 6) for option in phrases[candidate]}
    return Formed((best.pop(),), "slip") if len(best) == 1 and len(close) == 1 else None


def _longer(word: str, options: Options) -> tuple[int, ...]:
    """The option whose word begins as this one does: "travailler" and "travail"."""
    if len(word) < _LONG_START:
        return ()
    found: set[int] = set()
    for candidate in options.words:
        if candidate[:_LONG_START] == word[:_LONG_START] and _alike(word, candidate):
            found.update(options.vocabulary.phrases.get(candidate, ()))
    return tuple(found) if len(found) == 1 else ()


def _shortened(word: str, content: list[Piece], options: Options) -> tuple[int, ...]:
    """The option whose word a reply of few words begins: "lib" of "Library hours", "l'ordi" of "Ordinateur"."""
    told = [piece for piece in content if not piece.has("small", "intro", "self", "at", "only")]
    if len(word) < _SHORTEST_START + (len(told) > 1) or len(told) > _FEW_WORDS:
        return ()
    phrases = options.vocabulary.phrases
    named = {tuple(phrases.get(one, ())) for one in options.words if one.startswith(word)}
    return named.pop() if len(named) == 1 else ()


def _compound(word: str, options: Options) -> tuple[int, ...]:
    """The option whose word an English compound ends in: "boardgames" where "Games" is one."""
    if options.language != "en" or len(word) < _LONG_START + _SHORTEST_START:
        return ()
    phrases = options.vocabulary.phrases
    ends = {tuple(phrases.get(one, ())) for one in options.words if len(one) >= _LONG_START and word.endswith(one)}
    return ends.pop() if len(ends) == 1 else ()


def _joined(pieces: list[Piece], at: int, options: Options) -> tuple[int, ...]:
    """Words written together or apart: "streetlights", "child care"."""
    word = pieces[at].text
    joined = options.squashed.get(word, ()) if len(word) > 1 else ()
    if not joined and at + 1 < len(pieces):
        joined = options.squashed.get(word + pieces[at + 1].text, ())
    return joined
