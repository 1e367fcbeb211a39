"""Replies that tell a fact where yes or no is asked: how many one has, when it was, "couldn't go", "too dark" for bright enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from flows.definition import Question
from flows.replies.echo import SMALL, is_echo, is_han
from flows.replies.lexicon import Lexicon, senses_of
from flows.replies.normal import key
from flows.replies.patterns import asked_matters, contraries
from flows.replies.pieces import Piece
from flows.replies.words import nearest_language

#: What a question asks about: what one has, what has happened, whether there is enough of something.
About: TypeAlias = frozenset[str]
NOTHING: About = frozenset()
#: What tells when or how often: "I was there last year", "twice".
TIMES = (
    "unit",
    "ago",
    "previous",
    "next",
    "this",
    "month",
    "week",
    "rate",
    "frequency",
    "every",
    "number",
    "from",
    "times",
    "seasons",
    "year_shift",
    "month_shift",
    "formerly",
)
_ABOUT = frozenset({"having", "past", "enough"})
#: So many words may follow a denial that tells a fact: "nothing on paper".
_FEW_MORE = 3


def about(question: Question, lexicon: Lexicon) -> About:
    """What a yes-or-no question asks about, as its words say in any language."""
    return _ABOUT & senses_of(question.text, lexicon)


def counts(clauses: list[list[Piece]]) -> bool:
    """Whether the reply only says how many, in words: "двоє", "两个", "a few"; a figure may be a place in a list."""
    pieces = [piece for clause in clauses for piece in clause]
    said = [piece for piece in pieces if piece.has("number", "vague", "fraction") and not piece.is_digits]
    rest = [piece for piece in pieces if piece not in said]
    return (
        len(said) == 1
        and said[0].senses.get("number") not in (0, 1)
        and not said[0].has("ordinal", "not", "no", "fraction")
        and all(
            piece.has("small", "people", "measures", "counting", "self", "only", "polite", "hedge") for piece in rest
        )
    )


def says_not(pieces: list[Piece]) -> bool:
    """ "Didn't go", "couldn't make it": a verb of denial and small words."""
    content = [piece for piece in pieces if not piece.has("self", "hedge", "people")]
    return (
        len(content) > 1
        and "not" in content[0].senses
        and not content[0].has("no", "small", "counting", "none", "except", "polite")
        and all(piece.has(*SMALL, *TIMES) for piece in content[1:])
    )


def denies_fact(pieces: list[Piece], asked: About) -> bool:
    """ "Nothing on paper", "never seen any", "wala po usapan lang": a denial and few words after it, where it is asked what
    one has or what has happened."""
    content = [piece for piece in pieces if not piece.has("self", "hedge", "people", "polite")]
    if asked.isdisjoint(("having", "past")) or not 1 < len(content) <= _FEW_MORE + 1:
        return False
    first, rest = content[0], content[1:]
    return not is_han(first.text) and (
        (first.has("not", "none", "lacks") or first.senses.get("no") == "sentence")
        and not first.has("except", "undecided", "dont_know")
        and not any(piece.has("yes", "no", "not", "approval", "undecided", "or", "if", "question") for piece in rest)
    )


def is_enough(pieces: list[Piece], echoed: frozenset[str]) -> bool | None:
    """Whether there is enough, where the question asks that: "plenty", "kulang", "trop noir"; None where it is not said."""
    lacking = len(pieces) <= _FEW_MORE + 2 and any("lacking" in piece.senses for piece in pieces)
    enough = [piece for piece in pieces if "enough" in piece.senses and "lacking" not in piece.senses]
    denied = any(piece.has("not", "no") for piece in pieces)
    if lacking and not enough:
        return None if denied else False
    if enough and not lacking:
        rest = [piece for piece in pieces if not piece.has("enough", "not", "no", *SMALL)]
        return not denied if all(piece.is_unknown or is_echo(piece.text, echoed) for piece in rest[:2]) else None
    return None


def contrary(question: Question, lexicon: Lexicon) -> Mapping[str, bool]:
    """Words that answer by what is asked about: "dark" is no where it is asked whether a street is bright, yes where it
    is asked whether it is dark. Empty where no such matter, or more than one, is asked about."""
    asked = {found for tag, text in question.text.items() for found in _matters(tag, text)}
    if len(asked) != 1:
        return {}
    matter, is_so = asked.pop()
    found: dict[str, bool] = {}
    for own in lexicon.all:
        so, contrary = contraries(own.language).get(matter, ((), ()))
        found.update(dict.fromkeys(contrary, not is_so) | dict.fromkeys(so, is_so))
    return found


def _matters(tag: str, text: str) -> set[tuple[str, bool]]:
    """The matters that a question's text asks about, with whether it asks that it be so."""
    language = nearest_language(tag)
    said = f" {key(text)} "
    if language is None:
        return set()
    found = contraries(language).items()
    asked = asked_matters(language).items()
    named = {(matter, True) for matter, asks in asked if any(f" {word} " in said for word in asks)}
    return named or {
        (matter, at == 0)
        for matter, sides in found
        for at, side in enumerate(sides)
        if any(f" {word} " in said for word in side)
    }


def says_contrary(pieces: list[Piece], words: Mapping[str, bool]) -> bool | None:
    """Yes or no by such a word in a short clause; None where there is none, or words of both sides."""
    if not words or len(pieces) > _FEW_MORE + 3:
        return None
    said = f" {' '.join(piece.text for piece in pieces)} "
    found = {answer for word, answer in words.items() if f" {word} " in said}
    if len(found) != 1 or any(piece.has("undecided", "if", "or") for piece in pieces):
        return None
    first = min(said.index(f" {word} ") for word in words if f" {word} " in said)
    last = max(said.index(f" {word} ") + len(word) for word in words if f" {word} " in said)
    denied = [piece for piece in pieces if piece.has("not") or piece.senses.get("no", "alone") != "alone"]
    at = [said.index(f" {piece.text} ") for piece in denied]
    if any(one < first or (one >= last and not is_han(piece.text)) for one, piece in zip(at, denied, strict=True)):
        return None
    return found.pop()


def denies_contrary(pieces: list[Piece], words: Mapping[str, bool]) -> bool:
    """Whether the clause says no to what would be a no: "not broken" where it is asked whether a thing works."""
    said = f" {' '.join(piece.text for piece in pieces)} "
    return (
        any(not value and f" {word} " in said for word, value in words.items()) and says_contrary(pieces, words) is None
    )
