"""What a reply says again of the question that it answers: "don't end it" where the question is whether to end it."""

from __future__ import annotations

import re

from flows.definition import Question
from flows.replies.normal import normalise, tokens
from flows.replies.pieces import Message, Piece
from flows.replies.stems import stem

#: Senses of the small words of a clause, which tell nothing by themselves.
SMALL = (
    "polite",
    "hedge",
    "intro",
    "small",
    "self",
    "degrees",
    "only",
    "people",
    "day",
    "daypart",
    "weekday",
    "and",
    "counting",
    "one_person",
)
#: The last word of a Chinese question for yes or no.
_WHETHER = "吗"
_BEFORE_WHETHER = re.compile(rf"([\u4e00-\u9fff])了?{_WHETHER}")
#: A Chinese verb is going on after it, was not done after it, is said to be so before it.
_GOING_ON, _NOT_DONE, _SO = "在", "没", "的"
#: What ends a verb that one says of oneself, or begins it in Arabic, and what may stand beside it.
_I_DO = re.compile(r"(?:[аяую]ю|емо|имо|імо)$|^(?:ب|بن|من)(?=[ء-ي]{3})")
_BESIDE = (
    *SMALL,
    "unit",
    "year_mark",
    "ordinal",
    "number",
    "rate",
    "frequency",
    "every",
    "from",
    "now",
    "times",
    "month",
)
#: Endings of what one did oneself.
_DID = re.compile(r"(?:в|ла|ли|вся|лась|лася|лись|лися|лося|ت|ته|تها|تهم|نا|ناه|ناها)$")
_FEW, _LONG = 4, 5


def echoes(question: Question) -> frozenset[str]:
    """The stems of the question's own words, in all its languages: "don't end it" answers "should the town end …?"."""
    found: set[str] = set()
    for text in question.text.values():
        said = " ".join(word for word in text.split() if word != "STOP")  # "Reply STOP to leave" asks nothing
        words = [word for word in tokens(normalise(said)) if _tells(word)]
        found.update(stem(form) for word in words for form in (word, *_of_me(word)))
        found.update(f"{verb}{_WHETHER}" for verb in _BEFORE_WHETHER.findall(said))
    return frozenset(found)


def is_verb_asked(word: str, echoed: frozenset[str]) -> bool:
    """Whether one Chinese character is the verb that is asked about: "坐" where it is "您会坐吗"."""
    return len(word) == 1 and f"{word}{_WHETHER}" in echoed


def says_asked(pieces: list[Piece], echoed: frozenset[str]) -> bool:
    """Whether a Chinese clause is what is asked about, with small words or degrees: "坐", "在找", "挺暖和的"."""
    if len(pieces) == 1 and is_verb_asked(pieces[0].text, echoed):
        return True
    said = [piece for piece in pieces if not piece.has(*SMALL, "strong_degrees")]
    if not said or len(said) == len(pieces) or not all(is_han(piece.text) for piece in pieces):
        return False
    if any(piece.has("not", "no", "if", "or", "question", "undecided") for piece in pieces):
        return False
    stressed = any(piece.has("degrees", "strong_degrees") for piece in pieces)
    going_on = len(said) == 1 and (
        pieces[0].text[-1] in _GOING_ON or (pieces[-1].text == _SO and len(said[0].text) == 1)
    )
    return (stressed or going_on) and all(is_echo(piece.text, echoed) for piece in said)


def does_asked(pieces: list[Piece], echoed: frozenset[str]) -> bool:
    """Whether a clause says of its speaker what is asked, with words of time at most: "вже другий рік стоїмо"."""
    said = [piece for piece in pieces if not piece.has(*_BESIDE)]
    if not 0 < len(said) <= 2 or any(piece.has("not", "no", "if", "or", "question") for piece in pieces):
        return False
    return any(_I_DO.search(piece.text) and stem(piece.text) in echoed for piece in said) and all(
        is_echo(piece.text, echoed) for piece in said
    )


def denies_asked(text: str, echoed: frozenset[str]) -> bool:
    """Whether a phrase says in Chinese that one has not done what is asked: "没注意" where it is "您注意到了吗"."""
    first, _, rest = text.partition(" ")
    return first == _NOT_DONE and bool(rest) and all(is_echo(word, echoed) for word in rest.split(" "))


def _of_me(word: str) -> list[str]:
    """What a verb asked of "you" is where one speaks of oneself: "تمشي" and "امشي", "ходите" and "ходимо"."""
    if word[0] == "ت" and len(word) > _FEW - 1:
        rest = word[1:].removesuffix("ون")
        return [before + rest for before in ("ا", "ن", "ب", "بن", "من")]
    ending = next((one for one in ("ете", "ите", "іте") if word.endswith(one)), "")
    if not ending or len(word) - len(ending) < _FEW - 1:
        return []
    root = word.removesuffix(ending)
    return [root + after for after in ("емо", "имо", "імо", "у", "ю", "лю", "ем", "им")]


def tells_of_me(word: str, echoed: frozenset[str]) -> bool:
    """Whether a word says that one did what is asked: "користувалася", "استخدمته"."""
    return not word.isascii() and _DID.search(word) is not None and is_echo(word, echoed)


def _tells(word: str) -> bool:
    """Whether a word of a question is one that a reply may say again: a long one, or a Chinese character."""
    return word[0].isalpha() and (len(word) > 2 or is_han(word))


def is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def echoing(message: Message, echoed: frozenset[str], *beside: str) -> bool:
    """Whether the whole reply says the question's own words again: "end it" where the question is whether to end it.
    `beside`: senses of the words that may stand beside them."""
    said = [piece for piece in message.pieces if not piece.is_sign and not piece.has(*SMALL, *beside)]
    told = [word for piece in said for word in piece.text.split(" ") if len(word) > 2 or is_han(word)]
    return bool(told) and all(is_echo(word, echoed) for word in told)


def has_echo(text: str, echoed: frozenset[str]) -> bool:
    """Whether a long word of a phrase is the question's own: "still waiting" where it is about a waiting list."""
    return any(len(word) > _LONG and is_echo(word, echoed) for word in text.split(" ")) or is_echo(text, echoed)


def is_echo(word: str, echoed: frozenset[str]) -> bool:
    return all(
        stem(part) in echoed or any(len(part) > 4 and part[:5] == known[:5] for known in echoed)
        for part in word.split()
    )
