"""What a reply says again of the question that it answers: "don't end it" where the question is whether to end it."""

from __future__ import annotations

import re

from flows.definition import Question
from flows.replies.normal import normalise, tokens
from flows.replies.pieces import Message
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
