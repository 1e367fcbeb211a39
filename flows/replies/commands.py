"""Commands in a reply: help, back, repeat, a person, another language, skipping. Stopping is in `flows.replies.stop`."""

from __future__ import annotations

from functools import cache
from typing import cast

from flows.replies.lexicon import Lexicon, Message
from flows.replies.patterns import alarm, pattern
from flows.replies.reading import Command, Reading

_AROUND = ("speak_frame", "speak_tell", "polite", "small", "intro", "hedge", "self", "not", "yes")
_AROUND_OPEN = ("speak_frame", "polite")
_ASKS = ("person", "repeat", "back", "help")
_LONGEST = 14


def bare(message: Message) -> str:
    """The reply without politeness and signs, which may stand anywhere: "help, please!" is "help"."""
    return " ".join(piece.text for piece in message.pieces if "polite" not in piece.senses and not piece.is_sign)


def command(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """The command that the whole reply is, or None. On an open question only what can be nothing else counts."""
    if len(message.pieces) > _LONGEST * 2:
        return None
    for text in (message.whole, bare(message)):
        senses = lexicon.entries.get(text)
        if senses is None:
            continue
        name = senses.get("command") or (None if open_question else senses.get("command_closed"))
        if name is not None:
            return Reading("command", command=cast(Command, name))
    return _language(message, lexicon, open_question) or _asked(message, lexicon)


def _asked(message: Message, lexicon: Lexicon) -> Reading | None:
    """A request in more words: "could someone please call me back", held against each language's patterns."""
    if not 2 <= len(message.pieces) <= _LONGEST:
        return None
    full = " ".join(piece.text for piece in message.pieces if not piece.is_sign) + " "
    texts = {bare(message) + " ", full}
    tokens = full.split()
    for own in lexicon.all:
        if alarm(own.language, "asks").isdisjoint(tokens):
            continue
        for name in _ASKS:
            asks = pattern(own.language, f"asks.{name}")
            if asks is not None and any(asks.fullmatch(text) for text in texts):
                return Reading("command", command=cast(Command, name))
    return None


@cache
def _putting_off(languages: tuple[str, ...]) -> frozenset[str]:
    """Words of which every reply that puts us off has one, in any of `languages`: most replies have none."""
    return frozenset().union(*(alarm(language, "puts_off") for language in languages))


def puts_off(message: Message, lexicon: Lexicon) -> bool:
    """Whether the reply begins by putting us off, as phones do by themselves: "I am driving and will text you later".
    "2, will text you later" answers first."""
    first = next((piece for piece in message.pieces if not piece.is_sign and "polite" not in piece.senses), None)
    if first is None or first.is_digits or "plain" in (first.senses.get("yes"), first.senses.get("no")):
        return False
    tokens = message.whole.split(" ")
    if _putting_off(lexicon.languages).isdisjoint(tokens):
        return False
    text = bare(message) + " "
    for own in lexicon.all:
        if not alarm(own.language, "puts_off").isdisjoint(tokens):
            away = pattern(own.language, "puts_off.reply")
            if away is not None and away.match(text):
                return True
    return False


def _language(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """ "Français", "in English please", "can we do this in Spanish?"."""
    if len(message.pieces) > _LONGEST:
        return None
    around = _AROUND_OPEN if open_question else _AROUND
    tags: set[str] = set()
    refused: set[str] = set()
    spoken = ""
    denied = False
    for piece in message.pieces:
        if "speak" in piece.senses:
            (refused if denied else tags).add(str(piece.senses["speak"]))
            denied = False
        elif piece.has("speak_not", "not") and not open_question:
            denied = True
            spoken = next((own.language for own in lexicon.all if piece.text in own.senses), "")
        elif not piece.is_sign and not piece.has(*around):
            return None
    if not tags and refused and spoken not in refused:
        tags = {spoken}  # "I don't speak French" is said in English
    if len(tags) != 1 or (open_question and lexicon.languages[0] in tags):
        return None
    return Reading("command", command="language", value=tags.pop())


def skips(message: Message, lexicon: Lexicon) -> str | None:
    """How the whole reply passes: "skip" (says so), "refuse" (rather not say), "dont_know", "not_applicable", or None."""
    for text in (message.whole, bare(message)):
        senses = lexicon.entries.get(text, {})
        for sense in ("skip", "refuse", "not_applicable", "dont_know"):
            if sense in senses:
                return sense
    return None
