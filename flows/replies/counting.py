"""What a question counts and takes, and replies that count without a number: "just me", "none", "a year"."""

from __future__ import annotations

import itertools
from typing import Literal, TypeAlias

from flows.definition import Question
from flows.replies.lexicon import Lexicon, read
from flows.replies.normal import key
from flows.replies.pieces import Message, ends_clause
from flows.replies.reading import Reading
from flows.replies.spelt import Number
from flows.replies.words import nearest_language, words

#: Whom a question counts: everybody, or only some.
Counted: TypeAlias = Literal["all", "some"]


def bounds(question: Question) -> tuple[float, float]:
    """The lowest and highest number that the question takes."""
    low = question.minimum if isinstance(question.minimum, int | float) else float("-inf")
    high = question.maximum if isinstance(question.maximum, int | float) else float("inf")
    return low, high


def fitting(question: Question, values: tuple[Number, ...], *, whole: bool = False) -> list[Number]:
    """The values that the question can take: within its range, whole where it wants whole numbers."""
    low, high = bounds(question)
    whole = whole or question.integer
    return [value for value in values if low <= value <= high and (not whole or float(value).is_integer())]


def units(question: Question, lexicon: Lexicon) -> frozenset[str]:
    """The units of time that the question speaks of ("How many hours …?"), so that another unit is no answer to it."""
    found: set[str] = set()
    for tag, text in (*question.text.items(), *(question.unit or {}).items()):
        language = nearest_language(tag)  # Tagalog "ano" is "what", and no Spanish year
        senses = lexicon.entries if language is None else words(language).senses
        for before, word in itertools.pairwise(("", *key(text).split(" "))):
            unit = senses.get(word, {}).get("unit")
            if unit is not None and len(word) > 1 and not before.isdigit():  # "menores de 18 años" asks for no years
                found.add(str(unit))
    return frozenset(found)


def persons(question: Question, message: Message, counted: Counted | None) -> Reading | None:
    """ "Just me" is one, "me and my husband" two, where all who come or live there are counted."""
    if counted != "all" or "myself" not in message.senses:
        return None
    content = [
        piece
        for piece in message.pieces
        if not piece.is_sign and ("myself" in piece.senses or not piece.has("polite", "only", "and", "hedge"))
    ]
    persons = [piece for piece in content if piece.has("one_person", "myself")]
    if any(not piece.has("one_person", "myself", "small", "intro", "self", "number", "counting") for piece in content):
        return None
    others = {piece.text for piece in persons if "myself" not in piece.senses}
    found = fitting(question, (1 + len(others),))
    return Reading("answered", value=found[0]) if found else None


def whom(question: Question, lexicon: Lexicon) -> Counted | None:
    """Whether a question counts all persons of a household or a party, only some of them ("How many children"), or none."""
    found: set[Counted] = set()
    for text in (*question.text.values(), *(question.unit or {}).values()):
        for piece in read(text, lexicon).pieces:
            if "some_persons" in piece.senses:
                found.add("some")
            elif "persons" in piece.senses:
                found.add("all")
    return "some" if "some" in found else "all" if found else None


def one(question: Question, message: Message, asked: frozenset[str]) -> Reading | None:
    """The unit alone, where the question counts it: "рік" is one year."""
    content = message.content
    alone = len(content) == 1 and content[0].senses.get("unit") in asked and len(content[0].text) > 1
    return (
        Reading("answered", value=1) if alone and "vague" not in content[0].senses and fitting(question, (1,)) else None
    )


def begins_with_none(message: Message) -> bool:
    content = next(iter(message.content), None)
    return content is not None and content.has("none", "no")


def zero(question: Question, message: Message) -> Reading | None:
    """ "None", "aucune", "no kids": zero, where zero can be; a bare "no" only suggests it."""
    content = [piece for piece in message.content if not piece.has("self", "only")]
    if not content or not fitting(question, (0,)):
        return None
    after = message.pieces[message.pieces.index(content[0]) + 1 :]
    if "none" in content[0].senses and after and ends_clause(after[0]) and not content[0].has("skip", "refuse"):
        return Reading("answered", value=0)
    said = [piece for piece in content if "none" in piece.senses or not piece.has("small", "intro", "counting")]
    if len(said) == 2 and "none" in said[1].senses and not said[0].has("no", "yes", "not", "dont_know", "skip"):
        return Reading("answered", value=0)  # "дітей немає"
    if len(said) == 2 and "none" in said[0].senses and said[0] is not content[0]:
        content = said
    if "none" in content[0].senses and len(content) <= 2 and not content[0].has("skip", "refuse"):
        return Reading("answered", value=0)
    if len(content) == 2 and "lacks" in content[0].senses and "some_persons" in content[1].senses:
        return Reading("answered", value=0)  # "no kids"
    return Reading("unclear", suggestion=0) if "no" in content[0].senses else None
