"""Commands in a reply: help, back, repeat, a person, another language, skipping. Stopping is in `flows.replies.stop`."""

from __future__ import annotations

from typing import cast

from flows.replies.lexicon import Lexicon, Message, Piece
from flows.replies.reading import Command, Reading

_AROUND = ("speak_frame", "polite", "small", "intro", "hedge")
_AROUND_OPEN = ("speak_frame", "polite")


def is_sign(piece: Piece) -> bool:
    """Whether a piece is punctuation or a symbol without a meaning."""
    return not piece.senses and not piece.options and not piece.text[0].isalnum()


def bare(message: Message) -> str:
    """The reply without politeness and signs, which may stand anywhere: "help, please!" is "help"."""
    return " ".join(piece.text for piece in message.pieces if "polite" not in piece.senses and not is_sign(piece))


def command(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """The command that the whole reply is, or None. On an open question only what can be nothing else counts."""
    for text in (message.whole, bare(message)):
        senses = lexicon.entries.get(text)
        if senses is None:
            continue
        name = senses.get("command") or (None if open_question else senses.get("command_closed"))
        if name is not None:
            return Reading("command", command=cast(Command, name))
    return _language(message, lexicon, open_question)


def _language(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """ "Français", "in English please", "can we do this in Spanish?"."""
    if len(message.pieces) > 12:
        return None
    around = _AROUND_OPEN if open_question else _AROUND
    tags: set[str] = set()
    for piece in message.pieces:
        if "speak" in piece.senses:
            tags.add(str(piece.senses["speak"]))
        elif not is_sign(piece) and not any(sense in piece.senses for sense in around):
            return None
    if len(tags) != 1:
        return None
    tag = tags.pop()
    if open_question and tag == lexicon.languages[0] and len(message.pieces) == 1:
        return None
    return Reading("command", command="language", value=tag)


def skips(message: Message, lexicon: Lexicon) -> str | None:
    """How the whole reply passes: "skip" (says so), "refuse" (rather not say), "dont_know", "not_applicable", or None."""
    for text in (message.whole, bare(message)):
        senses = lexicon.entries.get(text, {})
        for sense in ("skip", "refuse", "not_applicable", "dont_know"):
            if sense in senses:
                return sense
    return None
