"""Commands in a reply: help, back, repeat, a person, another language, skipping. Stopping is in `flows.replies.stop`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from flows.replies.lexicon import Lexicon
from flows.replies.patterns import alarm, mistakes, pattern
from flows.replies.pieces import Message
from flows.replies.reading import Command, Reading
from flows.replies.words import Words

_AROUND = ("speak_frame", "speak_tell", "polite", "small", "intro", "hedge", "self", "not", "yes")
_AROUND_OPEN = ("speak_frame", "polite")
_ASKS = ("person", "repeat", "back", "help")
_LONGEST = 14
#: So many words may follow "I don't understand": "the question", not what else is the matter.
_FEW_MORE = 3
#: Signs between clauses.
_SIGNS = frozenset(".,;:!?-()")
#: What the clauses of a reply that passes may say: "don't know, next".
_PASSING = frozenset({"skip", "refuse", "not_applicable", "dont_know", "indifferent"})


def command(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """The command that the whole reply is, or None. On an open question only what can be nothing else counts."""
    if len(message.pieces) > _LONGEST * 2:
        return None
    for text in (message.whole, message.bare):
        senses = lexicon.entries.get(text)
        if senses is None:
            continue
        name = senses.get("command") or (None if open_question else senses.get("command_closed"))
        if name is not None:
            return Reading("command", command=cast(Command, name))
    return (
        _language(message, lexicon, open_question)
        or _in_more_words(message, lexicon, open_question)
        or _in_clauses(message, lexicon, open_question)
    )


def _in_more_words(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    if lexicon.asking.isdisjoint(message.tokens):
        return None
    return _asked(message, lexicon) or (None if open_question else _lost(message, lexicon))


def _in_clauses(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """The one command of a reply whose clauses all ask for it, or tell of the mistake that is to be put right:
    "oops wrong answer, back"; "sorry, wat? say again"."""
    parts = clauses(message)
    if len(parts) < 2:
        return None
    said = [lexicon.entries.get(clause.bare, {}) for clause in parts]
    named = [one.get("command") or (None if open_question else one.get("command_closed")) for one in said]
    names = {name for name in named if name is not None}
    if len(names) != 1 or (None in named and names != {"back"}):
        return None
    if not all(name or _tells_a_mistake(clause, lexicon) for name, clause in zip(named, parts, strict=True)):
        return None
    return Reading("command", command=cast(Command, names.pop()))


def clauses(message: Message) -> list[Message]:
    """The parts of a reply between signs, those without words left out; [] for one without signs."""
    if _SIGNS.isdisjoint(message.tokens):
        return []
    found: list[Message] = []
    first = 0
    for at, piece in enumerate(message.pieces):
        if piece.is_sign:
            found.append(message.cut(first, at))
            first = at + 1
    found.append(message.cut(first))
    return [clause for clause in found if clause.bare]


def _tells_a_mistake(clause: Message, lexicon: Lexicon) -> bool:
    text = f" {clause.whole} "
    return any(f" {sign} " in text for own in lexicon.all for sign in mistakes(own.language))


def _heard(message: Message, lexicon: Lexicon) -> Iterator[Words]:
    """The languages of whose requests the reply has a word, where it is as long as a request."""
    if 2 <= len(message.pieces) <= _LONGEST:
        for own in lexicon.all:
            if not alarm(own.language, "asks").isdisjoint(message.tokens):
                yield own


def _asked(message: Message, lexicon: Lexicon) -> Reading | None:
    """A request in more words: "could someone please call me back", held against each language's patterns."""
    for own in _heard(message, lexicon):
        texts = {" ".join(own.short.get(token, token) for token in text.split(" ")) for text in _stripped(message)}
        for name in _ASKS:
            asks = pattern(own.language, f"asks.{name}")
            if asks is not None and any(asks.fullmatch(text) for text in texts):
                return Reading("command", command=cast(Command, name))
    return None


def _asks_to_pass(message: Message, lexicon: Lexicon) -> bool:
    """Whether the whole reply asks to pass in more words: "je saute celle-là"."""
    for own in _heard(message, lexicon):
        asks = pattern(own.language, "asks.skip")
        if asks is not None and any(asks.fullmatch(text) for text in _stripped(message)):
            return True
    return False


def _lost(message: Message, lexicon: Lexicon) -> Reading | None:
    """Help, for a reply that says that it does not understand and little more: "help me i dont get it"."""
    for own in _heard(message, lexicon):
        lost = pattern(own.language, "asks.lost")
        found = lost.search(message.whole + " ") if lost is not None else None
        if found is not None and len(message.whole[found.end() :].split()) <= _FEW_MORE:
            return Reading("command", command="help")
    return None


def _stripped(message: Message) -> set[str]:
    """A reply without signs, without courtesy, and without words that only stress it: "pwede makausap ang tao talaga"."""
    words = message.said
    stress = ("polite", "degrees", "strong_degrees", "correction")
    kept = (words, [piece for piece in words if not piece.has("polite")], [p for p in words if not p.has(*stress)])
    return {" ".join(piece.text for piece in pieces) + " " for pieces in kept}


def _language(message: Message, lexicon: Lexicon, open_question: bool) -> Reading | None:
    """ "Français", "in English please", "can we do this in Spanish?"."""
    if "speak" not in message.senses or len(message.pieces) > _LONGEST:
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
    for text in {message.whole: 0, message.bare: 0}:
        if senses := lexicon.entries.get(text):
            for sense in ("skip", "refuse", "not_applicable", "dont_know"):
                if sense in senses:
                    return sense
    if not lexicon.asking.isdisjoint(message.tokens) and _asks_to_pass(message, lexicon):
        return "skip"
    said = [lexicon.entries.get(clause.bare, {}) for clause in clauses(message)]
    passing = bool(said) and all(not _PASSING.isdisjoint(senses) for senses in said)
    return "skip" if passing and any("skip" in senses for senses in said) else None
