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
from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from flows.replies.lexicon import NOTHING, Lexicon
from flows.replies.patterns import (
    habits,
    may_match,
    others,
    pair,
    pair_heads,
    pattern,
    said_in_patterns,
    stopping,
    texts,
)
from flows.replies.pieces import Message, Piece
from flows.replies.words import words

#: "stop" for certain; "pattern" by a strong pattern, "weak" by a weaker sign; "doubt" where a person should look.
_LONGEST_PAIR = 12
#: What beside a word such as "stop" is an answer: "stop, not Tuesday, Thursday at 10".
_ANSWERS = ("weekday", "month", "number")
#: First letters of what may be written onto a word of a pattern.
_ATTACHED = frozenset("وفمل")
#: Senses of words that go on with a wish to stop, or begin another clause.
_OF_THE_WISH = frozenset({"sign", "self", "polite", "stop", "yes", "no", "not", "but", "intro", "question"})
#: Languages that have a small word before what is to stop: "the cuts", "les coupures", "los cortes", "ang ingay".
_WITH_ARTICLES = frozenset({"en", "fr", "es", "tl"})
#: The language that writes small words onto the next.
_JOINING = "ar"
Wish = Literal["stop", "pattern", "weak", "doubt"]


def wish(message: Message, lexicon: Lexicon, open_question: bool, *, loose: bool = False) -> Wish | None:
    """Whether `message` asks to stop. `open_question`: any words at all could be an answer; `loose`: so could other
    words than the options named."""
    if _says_nothing_of_it(message, lexicon):
        return None
    if "stop" in message.senses and _keyword_first(message, lexicon, open_question, loose=loose):
        return "stop"
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
        answers = any(piece.options or piece.is_digits or piece.has(*_ANSWERS) for piece in message.pieces)
        return "doubt" if open_question or answers else "stop"
    found = _by_pattern(message, lexicon, open_question, open_question or loose)
    if found in ("weak", "doubt") and len(clauses) > 1 and _is_in_every_clause(message, lexicon, open_question):
        return "stop"
    return found


def besides(message: Message, names: Collection[str]) -> Message:
    """The reply without the options that sound like a wish to stop: "Quit smoking please" leaves "please"."""
    pieces = [piece for piece in message.pieces if piece.text not in names]
    return message if len(pieces) == len(message.pieces) else replace(message, pieces=pieces, whole=_whole(pieces))


def _whole(pieces: list[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _says_nothing_of_it(message: Message, lexicon: Lexicon) -> bool:
    """Whether the reply has none of the words that every wish to stop has one of: most replies are seen at once to have none."""
    return (
        lexicon.stopping.isdisjoint(message.tokens) and "stop" not in message.senses and not _spelled_out(message.whole)
    )


def _is_in_every_clause(message: Message, lexicon: Lexicon, open_question: bool) -> bool:
    """Whether each clause by itself is a wish to stop: "ayaw ko na sumali, wag na mag message"."""
    first = 0
    ends = [at for at, piece in enumerate(message.pieces) if piece.is_sign]
    for end in (*ends, len(message.pieces)):
        clause = message.cut(first, end)
        first = end + 1
        if not clause.bare:
            continue
        strength = lexicon.entries.get(clause.bare, {}).get("stop")
        if strength is None and _by_pattern(clause, lexicon, open_question, False) not in ("stop", "pattern", "weak"):
            return False
    return True


def _keyword_first(message: Message, lexicon: Lexicon, open_question: bool, *, loose: bool) -> bool:
    """ "STOP 不要发了": the keyword, and then the same in words."""
    first = message.pieces[0]
    if len(message.pieces) < 2 or first.senses.get("stop") != "words":
        return False
    rest = message.cut(1)
    return len(rest.pieces) > 0 and wish(rest, lexicon, open_question, loose=loose) in ("stop", "pattern", "weak")


def _clauses(message: Message) -> list[list[Piece]]:
    """The clauses without signs, courtesy, an "ok" before and repeats: "STOP!! stop pls" is one "stop"."""
    found: list[list[Piece]] = [[]]
    for piece in message.pieces:
        if "stop" in piece.senses:
            if piece.text not in [one.text for one in found[-1]]:
                found[-1].append(piece)
        elif (piece.is_sign and piece.text in ".,;:!?") or ("but" in piece.senses and "small" not in piece.senses):
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
    texts = dict.fromkeys([piece.text for piece in clause])
    found = lexicon.entries.get(" ".join(texts), NOTHING).get("stop")
    if found is None and "stop" in clause[0].senses and all("stop" in piece.senses for piece in clause):
        return clause[0].senses["stop"]
    return found


def _spelled_out(whole: str) -> bool:
    return whole.startswith("s") and whole.replace(".", " ").replace("-", " ").split() == ["s", "t", "o", "p"]


def _by_pattern(message: Message, lexicon: Lexicon, open_question: bool, loose: bool) -> Wish | None:
    found: Wish | None = None
    tokens = message.tokens
    freed = tokens
    if not message.whole.isascii() and any(token[0] in _ATTACHED for token in tokens):
        freed = [part for token in tokens for part in _freed(_JOINING, token)]
    for language, signs in stopping().items():
        said = freed if language == _JOINING else tokens
        if signs.isdisjoint(said):
            continue
        short = words(language).short
        said = [short.get(token, token) for token in said]
        if not may_match(language, "stop", said):
            if not found and _paired(language, said):
                found = "doubt" if loose else "weak"
            continue
        heard = _in_language(language, " ".join(said) + " ", message, lexicon)
        if heard == "amid":
            heard = "doubt" if loose else "weak"
        elif heard == "alone":
            heard = "stop" if open_question else "weak"
        elif heard == "beside":
            heard = "doubt" if loose else "weak"
        elif heard == "about":
            heard = "doubt"
        if heard == "pattern" or (heard == "stop" and found != "pattern"):
            return "pattern" if heard == "pattern" else "stop"
        found = found or heard
    return found


def _freed(language: str, token: str) -> tuple[str, ...]:
    """A word of the patterns apart from what is written onto it: "وبطلوا" is "and stop", "ماعايز" "don't want"."""
    known = said_in_patterns(language)
    if token in known or token[0] not in _ATTACHED:
        return (token,)
    if token[1:] in known and token[0] in words(language).clitics:
        return (token[1:],)
    for no in ("ما", "لا"):
        if token.startswith(no) and token[2:] in known:
            return (no, token[2:])
    return (token,)


_Heard = Literal["pattern", "amid", "alone", "beside", "about", "stop", "weak", "doubt"]


def _in_language(language: str, text: str, message: Message, lexicon: Lexicon) -> _Heard | None:
    """What the patterns of one language hear: a strong one where a clause begins or, said of oneself, "amid" other
    words; a weak one "alone" or "beside" other words."""
    strong, weak = pattern(language, "stop.strong"), pattern(language, "stop.weak")
    said = strong.search(text) if strong is not None else None
    if said is not None and not text[said.end() :].startswith(others(language)):
        return "pattern"
    match = weak.search(text) if weak is not None else None
    if match is not None and any(f" {habit} " in f" {text[match.start() :]}" for habit in habits(language)):
        match = None  # "arrêter de fumer"
    if match is not None:
        rest = text[match.end() :].removeprefix(next(iter(_texts(language, text[match.end() :])), ""))
        if match.start() == 0 and not _words_left(message, rest):
            return "alone"
        return "about" if _has_object(language, rest, lexicon) else "beside"
    before = _amid(strong, text, lexicon) if strong is not None else []
    if any("self" in lexicon.entries.get(word, {}) for word in before):
        return "pattern"
    if before:
        return "amid"
    return "beside" if _paired(language, text.split()) else None


def _texts(language: str, rest: str) -> list[str]:
    """The word for texts that the rest of a reply begins with: "stop sending" leaves "texts"."""
    return sorted((text for text in texts(language) if rest.startswith(text)), key=len, reverse=True)


def _paired(language: str, said: list[str]) -> bool:
    """Whether a short reply has a word of stopping and one of texting."""
    if len(said) > _LONGEST_PAIR or any(heads.isdisjoint(said) for heads in pair_heads(language)):
        return False
    text = f" {' '.join(said)} "
    stops, sent = pair(language)
    if not any(f" {sign} " in text for sign in sent):
        return False
    return any(f" {sign} " in text and not _is_denied(sign, text, language) for sign in stops)


def _is_denied(sign: str, text: str, language: str) -> bool:
    """Whether a word of stopping is said no to: "mon proprio arrête pas de m'écrire"."""
    before, after = text.split(f" {sign} ", 1)
    beside = (before.rpartition(" ")[2], after.partition(" ")[0])
    senses = words(language).senses
    return any("not" in senses.get(word, {}) for word in beside)


def _amid(strong: re.Pattern[str], text: str, lexicon: Lexicon) -> list[str]:
    """The words before a strong pattern that stands amid a clause: "i'm at work" of "i'm at work stop texting me"; []
    after a word that makes it no request ("my ex won't stop texting me")."""
    for found in re.finditer(" ", text):
        before = text[: found.end()].split()
        heard = strong.match(text[found.end() :])
        if heard is None or "hinders" in lexicon.entries.get(before[-1], {}):
            continue
        lead = text[found.end() : found.end() + heard.start("body")].split()
        if not any({"hinders", "not"} <= lexicon.entries.get(word, {}).keys() for word in lead):
            return before
    return []


def _has_object(language: str, rest: str, lexicon: Lexicon) -> bool:
    """Whether what follows a weak sign says what else is to stop: "cesser les coupures", and not "arrête avec les textos"."""
    sent = (*pair(language)[1], *texts(language))
    if language not in _WITH_ARTICLES or "text" in rest or any(f" {one.strip()} " in f" {rest} " for one in sent):
        return False
    said = [lexicon.entries.get(word, NOTHING) if word[0].isalpha() else {"sign": True} for word in rest.split()]
    size = next((at for at, senses in enumerate(said) if "small" not in senses or senses.keys() & _OF_THE_WISH), 0)
    return size > 0 and not said[size].keys() & _OF_THE_WISH


def _words_left(message: Message, rest: str) -> bool:
    """Whether words that mean something follow in the rest of the reply."""
    courtesy = {word for piece in message.pieces if "polite" in piece.senses for word in piece.text.split()}
    return any(word[0].isalnum() and word not in courtesy for word in rest.split())
