"""Hearing a wish to be left alone, in every language that we speak, and not in an answer that merely has the word.

A file of words has four strengths (section `stop`):

- `words`: as the whole reply, politeness aside, they stop on any question ("stop", "unsubscribe").
- `closed`: as the whole reply they stop where options, numbers or dates are asked; on an open question they may be
  the answer ("stop it" to "what about the dumping?"), so that a person looks.
- `strong`: patterns that can mean nothing else ("stop texting me"): they stop wherever a clause begins with one.
- `weak`: patterns that stop as the whole reply; with more words around them a person looks.

A pattern is words; `a|b` alternatives, `{name}` a group of the file, `~` up to three words of any kind, `(word)` one that
may be missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from flows.replies.lexicon import Lexicon, Message
from flows.replies.normal import key
from flows.replies.words import Words, languages, words

_WORD = r"[^\s.,;:!?()]+"
_GAP = rf"(?:{_WORD} ){{0,3}}"
_CLAUSE = r"(?:^|(?<=[.,;:!?()\-] ))"


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The compiled patterns of one language; `alarm` is a cheap sign that one of them may match."""

    strong: re.Pattern[str] | None
    weak: re.Pattern[str] | None
    alarm: re.Pattern[str] | None


def _alternatives(text: str, groups: dict[str, str]) -> list[str]:
    found: list[str] = []
    for part in text.split("|"):
        part = part.strip()
        found.extend(_alternatives(groups[part[1:-1]], groups) if part.startswith("{") else [key(part)])
    return [part for part in found if part]


def _slot(slot: str, groups: dict[str, str]) -> str:
    """One slot of a pattern as an expression that ends in a space."""
    if slot == "~":
        return _GAP
    optional = slot.startswith("(")
    choices = sorted(_alternatives(slot.strip("()"), groups), key=len, reverse=True)
    body = "(?:" + "|".join(re.escape(choice) for choice in choices) + ") "
    return f"(?:{body})?" if optional else body


def _slots(pattern: str) -> list[str]:
    """Words joined by | belong together even where an alternative has spaces: write it as a group then."""
    return pattern.split()


def _compile(text: str, groups: dict[str, str], lead: str) -> re.Pattern[str] | None:
    patterns = [part.strip() for part in text.replace("\n", " ").split(",") if part.strip()]
    if not patterns:
        return None
    bodies = ["".join(_slot(slot, groups) for slot in _slots(pattern)) for pattern in patterns]
    return re.compile(f"{_CLAUSE}(?P<lead>{lead})(?P<body>{'|'.join(bodies)})")


@cache
def _patterns(language: str) -> _Patterns:
    own: Words = words(language)
    groups = dict(own.groups)
    lead = rf"(?:{_slot('{lead}', groups)}){{0,6}}" if "lead" in groups else ""
    alarm = "|".join(re.escape(word) for word in _alternatives(groups["alarm"], groups)) if "alarm" in groups else ""
    return _Patterns(
        strong=_compile(own.stop.get("strong", ""), groups, lead),
        weak=_compile(own.stop.get("weak", ""), groups, lead),
        alarm=re.compile(alarm) if alarm else None,
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What was heard: `stop` for certain, or a doubt that a person should look at."""

    stop: bool


STOP, DOUBT = Wish(True), Wish(False)


def _rest(message: Message, lexicon: Lexicon) -> str:
    """The reply without politeness, signs and repeats: "STOP!! stop pls" is "stop"."""
    kept: list[str] = []
    for piece in message.pieces:
        sign = not piece.senses and not piece.text[0].isalnum()
        if sign or "polite" in piece.senses or piece.text in kept:
            continue
        kept.append(piece.text)
    while len(kept) > 1 and lexicon.entries.get(kept[0], {}).get("yes") == "alone":
        kept.pop(0)
    return " ".join(kept)


def wish(message: Message, lexicon: Lexicon, open_question: bool) -> Wish | None:
    """Whether `message` asks to stop; `open_question`: any words at all could be an answer."""
    strength = lexicon.entries.get(message.whole, {}).get("stop")
    if strength is None:
        strength = lexicon.entries.get(_rest(message, lexicon), {}).get("stop")
    if strength == "words" or _spelled_out(message.whole):
        return STOP
    if strength == "closed":
        return DOUBT if open_question else STOP
    return _by_pattern(message, open_question)


def _spelled_out(whole: str) -> bool:
    return whole in ("s t o p", "s . t . o . p", "s - t - o - p", "s . t . o . p .")


def _by_pattern(message: Message, open_question: bool) -> Wish | None:
    text = message.whole + " "
    found: Wish | None = None
    for language in languages():
        patterns = _patterns(language)
        if patterns.alarm is None or patterns.alarm.search(text) is None:
            continue
        if patterns.strong is not None and patterns.strong.search(text):
            return STOP
        match = patterns.weak.search(text) if patterns.weak is not None else None
        if match is not None:
            alone = match.start() == 0 and not _words_left(message, match.end())
            if alone or not open_question:
                return STOP
            found = DOUBT
    return found


def _words_left(message: Message, at: int) -> bool:
    """Whether words that mean something follow place `at` of the message's key."""
    rest = message.whole[at:].split()
    if not rest:
        return False
    tail = {piece.text for piece in message.pieces if "polite" in piece.senses}
    return any(word[0].isalnum() and not any(word in phrase.split() for phrase in tail) for word in rest)
