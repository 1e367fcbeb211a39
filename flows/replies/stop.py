"""Hearing a wish to be left alone, in every language that we speak, and not in an answer that merely has the word.

A file of words has these strengths (section `stop`):

- `words`: as the whole reply, politeness aside, they stop on any question ("stop", "cancel"); as a clause of their own
  they stop where options, numbers or dates are asked ("no. stop.").
- `clear`: as the whole reply or a clause of it they stop on any question ("unsubscribe", "remove me").
- `closed`: as the whole reply they stop where options, numbers or dates are asked; on an open question they may be
  the answer ("stop it" to "what about the dumping?"), so that a person looks.
- `doubt`: as the whole reply they never stop, and a person looks.
- `strong`: patterns that can mean nothing else ("stop texting me"): they stop wherever a clause begins with one.
- `weak`: patterns that stop as the whole reply; with more words around them a person looks.
"""

from __future__ import annotations

import re
from typing import Literal

from flows.replies.lexicon import Lexicon, Message, Piece
from flows.replies.patterns import alarm, pattern
from flows.replies.words import languages

#: "stop" for certain, "weak" where only a pattern of that strength says so, "doubt" where a person should look.
Wish = Literal["stop", "weak", "doubt"]


def wish(message: Message, lexicon: Lexicon, open_question: bool, *, loose: bool = False) -> Wish | None:
    """Whether `message` asks to stop. `open_question`: any words at all could be an answer; `loose`: so could other
    words than the options named."""
    clauses = _clauses(message)
    strengths = [_strength(clause, lexicon) for clause in clauses]
    whole = _strength([piece for clause in clauses for piece in clause], lexicon)
    whole = lexicon.entries.get(message.whole, {}).get("stop", whole)
    if whole in ("words", "clear") or "clear" in strengths or _spelled_out(message.whole):
        return "stop"
    if whole == "closed":
        return "doubt" if open_question else "weak"
    if whole == "doubt":
        return "doubt"
    if strengths and all(strength in ("words", "clear") for strength in strengths):
        return "stop"
    if "words" in strengths:
        return "doubt" if open_question else "stop"
    return _by_pattern(message, lexicon, open_question, open_question or loose)


def _clauses(message: Message) -> list[list[Piece]]:
    """The clauses without signs, courtesy, an "ok" before and repeats: "STOP!! stop pls" is one "stop"."""
    found: list[list[Piece]] = [[]]
    for piece in message.pieces:
        if "stop" in piece.senses:
            if piece.text not in [one.text for one in found[-1]]:
                found[-1].append(piece)
        elif (piece.is_sign and piece.text in ".,;:!?") or "but" in piece.senses:
            found.append([])
        elif not piece.is_sign and "polite" not in piece.senses:
            found[-1].append(piece)
    said = [clause for clause in found if clause]
    for clause in said:
        while len(clause) > 1 and _is_yes_or_no(clause[0]) and "stop" not in clause[0].senses:
            clause.pop(0)
    return said


def _is_yes_or_no(piece: Piece) -> bool:
    return str(piece.senses.get("no", piece.senses.get("yes"))) in ("plain", "weak")


def _strength(clause: list[Piece], lexicon: Lexicon) -> object:
    if not clause or len(clause) > 6:
        return None
    texts = list(dict.fromkeys(piece.text for piece in clause))
    found = lexicon.entries.get(" ".join(texts), {}).get("stop")
    if found is None and all("stop" in piece.senses for piece in clause):
        return clause[0].senses["stop"]
    return found


def _spelled_out(whole: str) -> bool:
    return whole.replace(".", " ").replace("-", " ").split() == ["s", "t", "o", "p"]


def _by_pattern(message: Message, lexicon: Lexicon, open_question: bool, loose: bool) -> Wish | None:
    text = message.whole + " "
    said = text.split()
    found: Wish | None = None
    for language in languages():
        if alarm(language, "stop").isdisjoint(said):
            continue
        strong, weak = pattern(language, "stop.strong"), pattern(language, "stop.weak")
        if strong is not None and strong.search(text):
            return "stop"
        match = weak.search(text) if weak is not None else None
        if match is None and strong is not None and _amid(strong, text):
            if "self" in lexicon.entries.get(said[0], {}):
                return "stop"
            found = found or ("doubt" if loose else "weak")
        if match is not None:
            if match.start() == 0 and not _words_left(message, match.end()):
                return "stop" if open_question else "weak"
            found = "doubt" if loose else "weak"
    return found


#: Words before "stop texting me" that make it no request.
_HINDERS = frozenset(
    [
        "wont",
        "dont",
        "cant",
        "to",
        "never",
        "not",
        "would",
        "will",
        "doesnt",
        "didnt",
        "cannot",
        "they",
        "he",
        "she",
        "it",
        "people",
        "who",
        "ne",
        "pas",
        "no",
        "que",
        "qu",
        "de",
        "d",
        "не",
        "щоб",
        "вони",
        "він",
        "вона",
        "不",
        "没",
        "别",
        "他",
        "她",
        "لا",
        "ما",
        "لم",
        "لن",
        "ان",
        "هم",
        "هو",
        "هي",
        "hindi",
        "di",
        "sila",
        "siya",
    ]
)


def _amid(strong: re.Pattern[str], text: str) -> bool:
    """Whether a strong pattern stands amid a clause: "i'm at work stop texting me"."""
    for found in re.finditer(" ", text):
        at = found.end()
        if strong.match(text[at:]) and text[:at].split()[-1] not in _HINDERS:
            return True
    return False


def _words_left(message: Message, at: int) -> bool:
    """Whether words that mean something follow place `at` of the message's key."""
    rest = message.whole[at:].split()
    courtesy = {word for piece in message.pieces if "polite" in piece.senses for word in piece.text.split()}
    return any(word[0].isalnum() and word not in courtesy for word in rest)
