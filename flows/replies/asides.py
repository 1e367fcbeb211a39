"""Replies that answer nothing yet: they put us off, ask us to wait, or ask what an option means."""

from __future__ import annotations

from collections.abc import Sequence

from flows.replies.lexicon import Lexicon
from flows.replies.patterns import alarm, pattern
from flows.replies.pieces import Message, Piece

#: What is left of a reply that asks what an option means has so many tokens at most.
_LONGEST = 14


def is_aside(message: Message, lexicon: Lexicon, *, counts_time: bool, has_options: bool) -> bool:
    """Whether the reply is no answer yet. `counts_time`: the question asks for an amount of time, so that "a minute" is one.
    `has_options`: it has options that can be asked about."""
    tokens = message.tokens
    if lexicon.evading.isdisjoint(tokens):
        return False
    return (
        puts_off(message, lexicon)
        or (not counts_time and _waits(message, lexicon, tokens))
        or (has_options and _asks_back(message, lexicon, tokens))
    )


def puts_off(message: Message, lexicon: Lexicon) -> bool:
    """Whether the reply begins by putting us off, as phones do by themselves: "I am driving and will text you later".
    "2, will text you later" answers first."""
    tokens = message.tokens
    if lexicon.evading.isdisjoint(tokens):
        return False
    first = next(iter(message.content), None)
    if first is None or first.is_digits or "plain" in (first.senses.get("yes"), first.senses.get("no")):
        return False
    return _begins(message, lexicon, "puts_off", tokens)


def _waits(message: Message, lexicon: Lexicon, tokens: Sequence[str]) -> bool:
    """Whether the reply asks us to wait and answers nothing: "one sec, driving", "I'll ask my wife"; not "hold on, oil"."""
    answers = any(
        piece.options or (piece.is_digits and piece.text != "1") or _is_plain(piece) for piece in message.pieces
    )
    return not answers and _begins(message, lexicon, "waits", tokens)


def _is_plain(piece: Piece) -> bool:
    return "plain" in (piece.senses.get("yes"), piece.senses.get("no"))


def _begins(message: Message, lexicon: Lexicon, family: str, tokens: Sequence[str]) -> bool:
    """Whether the reply, courtesy and signs aside, begins with one of the patterns of `family` in a language of the flow."""
    text = message.bare + " "
    return any(
        (found := pattern(own.language, f"{family}.reply")) is not None and found.match(text) is not None
        for own in lexicon.all
        if not alarm(own.language, family).isdisjoint(tokens)
    )


def _asks_back(message: Message, lexicon: Lexicon, tokens: Sequence[str]) -> bool:
    """Whether the reply asks what an option is: "what's a heat pump?", "热泵是什么". The options' names set aside, the rest
    is held against the patterns; where no option is named, a word that nobody knows may be a misspelt one."""
    if len(tokens) > _LONGEST * 2:
        return False
    said = message.said
    if any(piece.options for piece in said):
        rest = [piece for piece in said if not piece.options]
        bare = [piece for piece, then in zip(said, [*said[1:], None], strict=True) if not _names(piece, then)]
    else:
        rest = bare = [piece for piece in said if not piece.is_unknown]
    kept = [piece for piece in rest if "polite" not in piece.senses]
    texts = {f"{' '.join(piece.text for piece in pieces)} " for pieces in (rest, bare, kept)}
    return any(
        (asks := pattern(own.language, "asks_back.reply")) is not None and any(asks.fullmatch(text) for text in texts)
        for own in lexicon.all
        if not alarm(own.language, "asks_back").isdisjoint(tokens)
    )


def _names(piece: Piece, then: Piece | None) -> bool:
    """Whether a piece names an option, or is the article before its name."""
    if piece.options or then is None:
        return bool(piece.options)
    return bool(then.options) and "small" in piece.senses and "question" not in piece.senses
