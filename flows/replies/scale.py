"""Reading a point on a scale: a number, a share ("4 out of 5"), stars, or the words of a labelled point."""

from __future__ import annotations

import itertools

from flows.definition import Question
from flows.replies.choice import head
from flows.replies.counting import fitting
from flows.replies.lexicon import Lexicon
from flows.replies.mentions import Mention, mentions
from flows.replies.number import before_number
from flows.replies.numerals import Amount, amounts
from flows.replies.options import Options
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.reading import Reading
from flows.replies.stems import stem

UNCLEAR = Reading("unclear")
_FULL, _EMPTY = "⭐★🌟", "☆"
_BEYOND = ("more_than", "less_than", "at_least", "at_most", "between", "per")
_KNOWN = (
    "polite",
    "intro",
    "hedge",
    "small",
    "about",
    "degrees",
    "strong_degrees",
    "self",
    "only",
    "yes",
    "and",
    "day",
    "week",
    "daypart",
    "position",
    "stars",
    "people",
)


def read_scale(
    question: Question, message: Message, options: Options | None, lexicon: Lexicon, echoed: frozenset[str]
) -> Reading:
    """The point that the reply gives. `options`: the labelled points; `echoed`: the stems of the question's words."""
    stars = _stars(message)
    if stars is not None:
        return _point(question, stars)
    number = _number(question, message, lexicon, echoed)
    label = _label(question, message, options, lexicon, echoed) if options is not None else None
    if number is None:
        return label or UNCLEAR
    if label is None or label.value is None or label.value == number.value or number.value is None:
        return number
    return Reading("unclear", reason="two_readings")


def _point(question: Question, value: float) -> Reading:
    values = fitting(question, (value,), whole=True)
    return Reading("answered", value=int(values[0])) if values else Reading("unclear", reason="out_of_range")


def _stars(message: Message) -> int | None:
    """ "★★★★☆" is four."""
    if message.normal[0] not in _FULL + _EMPTY:
        return None
    signs = [char for char in message.normal if char not in " \ufe0f"]
    if any(char not in _FULL + _EMPTY for char in signs):
        return None
    return sum(char in _FULL for char in signs)


def _number(question: Question, message: Message, lexicon: Lexicon, echoed: frozenset[str]) -> Reading | None:
    """What the numbers of the reply say; None where there are none."""
    every = [amount for amount in amounts(message, lexicon) if not amount.ordinal]
    found = [amount for amount in every if not amount.article] or every
    if not found:
        return None
    shares = _shares(found, message)
    if shares:
        point, whole = shares
        if len(found) > 2 or point.value is None:
            return UNCLEAR
        return _point(question, point.value) if whole.value == question.maximum else _scaled(question, point, whole)
    if len({amount.values for amount in found}) > 1:
        head = _head(found, message)
        return UNCLEAR if head is None else _point(question, head)
    if found[0].value is None or _is_inexact(found[0], message):
        return UNCLEAR
    if _is_told(found[0], message, echoed):
        likely = _point(question, found[0].value)
        return Reading("unclear", suggestion=likely.value)
    return _point(question, found[0].value)


def _is_told(amount: Amount, message: Message, echoed: frozenset[str]) -> bool:
    """Whether the number belongs to something told: "I fell 2 times". A strange word stands before it in its clause, and
    another right after it."""
    after = message.pieces[amount.end] if amount.end < len(message.pieces) else None
    if after is None or after.is_sign or after.has("because", "but", "polite", "and", "position", "stars", "out_of"):
        return False
    for at in range(amount.first - 1, -1, -1):
        piece = message.pieces[at]
        if ends_clause(piece) or piece.has("but", "because"):
            return False
        if piece.is_unknown and not _is_known(piece, echoed):
            return True
    return False


def _head(found: list[Amount], message: Message) -> float | None:
    """The first number, where signs or nothing but courtesy stand around it and the others count something."""
    first = found[0]
    after = message.pieces[first.end] if first.end < len(message.pieces) else None
    counted = all(amount.end < len(message.pieces) and message.pieces[amount.end].is_unknown for amount in found[1:])
    if first.first == 0 and after is not None and after.is_sign and after.text not in "-/~+" and counted:
        return first.value
    return None


def _shares(found: list[Amount], message: Message) -> tuple[Amount, Amount] | None:
    """ "4/5", "4 out of 5": the point and the whole."""
    for one, two in itertools.pairwise(found):
        between = message.pieces[one.end : two.first]
        if (
            between
            and all("out_of" in piece.senses or piece.has("stars", "small") for piece in between)
            and any("out_of" in piece.senses for piece in between)
        ):
            return one, two
    return None


def _scaled(question: Question, point: Amount, whole: Amount) -> Reading:
    """ "8/10" where 5 is the most: asked again, with the likely point."""
    high = question.maximum
    if isinstance(high, int | float) and point.value is not None and whole.value:
        likely = fitting(question, (point.value * high / whole.value,), whole=True)
        return Reading("unclear", suggestion=likely[0] if likely else None)
    return UNCLEAR


def _is_inexact(amount: Amount, message: Message) -> bool:
    pieces = message.pieces
    before = before_number(pieces, amount.first)
    after = pieces[amount.end] if amount.end < len(pieces) else None
    if (
        after is not None
        and after.has("unit", "currency")
        and len(after.text) > 1
        and "stars" not in after.senses
        and "position" not in after.senses
    ):
        return True
    refused = before is not None and "not" in before.senses and "position" not in before.senses
    graded = before is not None and amount.first == 1 and before.has("per")  # "на 3", a three
    return refused or any(
        beside is not None and beside.has(*_BEYOND) for beside in ((after,) if graded else (before, after))
    )


def _label(
    question: Question, message: Message, options: Options, lexicon: Lexicon, echoed: frozenset[str]
) -> Reading | None:
    """The point whose words the reply says; None where it says none."""
    found = head([mention for mention in mentions(message, options, lexicon) if mention.way != "place"], message)
    if not found:
        return None
    wanted = {number for mention in found for number in mention.options}
    if len(wanted) != 1 or any(mention.refused for mention in found):
        return UNCLEAR
    mention, number = found[0], wanted.pop()
    if not _is_clean(message, found, echoed):
        return UNCLEAR
    point = int(options.keys[number])
    if _says_less(mention, message, options, lexicon):
        return Reading("unclear", suggestion=point)
    before = message.pieces[mention.first - 1] if mention.first else None
    extreme = point in (question.minimum, question.maximum)
    if before is not None and "strong_degrees" in before.senses and not extreme and mention.way == "name":
        return Reading("unclear", suggestion=point)
    return Reading("answered", value=point)


def _says_less(mention: Mention, message: Message, options: Options, lexicon: Lexicon) -> bool:
    """Whether a label's strong word is missing: "hard" where "very hard" is a point."""
    said = [piece.text for piece in message.pieces[mention.first : mention.end]]
    strong = any(
        mention.options == numbers
        and said[-1:]
        == [word for word in name.split(" ") if "strong_degrees" not in lexicon.entries.get(word, {})][-1:]
        and len(name.split(" ")) > len(said)
        and any("strong_degrees" in lexicon.entries.get(word, {}) for word in name.split(" "))
        for name, numbers in options.full.items()
    )
    around = message.pieces[max(0, mention.first - 2) : mention.end + 1]
    return strong and not any(piece.has("strong_degrees", "degrees") for piece in around)


def _is_clean(message: Message, found: list[Mention], echoed: frozenset[str]) -> bool:
    """Whether the clause of the label holds nothing strange: "very safe" does not, "very unsafe" does."""
    first, end = found[0].first, found[-1].end
    pieces = message.pieces
    while first > 0 and not pieces[first - 1].is_sign:
        first -= 1
    while end < len(pieces) and not pieces[end].is_sign and "because" not in pieces[end].senses:
        end += 1
    named = {at for mention in found for at in range(mention.first, mention.end)}
    return all(at in named or _is_known(pieces[at], echoed) for at in range(first, end))


def _is_known(piece: Piece, echoed: frozenset[str]) -> bool:
    if piece.options or piece.is_digits or piece.has(*_KNOWN, "number"):
        return True
    return all(stem(part) in echoed for part in piece.text.split())
