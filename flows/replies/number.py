"""Reading an answer to a question for a number."""

from __future__ import annotations

from flows.definition import Question
from flows.replies.lexicon import Lexicon, Message
from flows.replies.numerals import Number, amounts
from flows.replies.reading import Reading

UNCLEAR = Reading("unclear")


def bounds(question: Question) -> tuple[float, float]:
    """The lowest and highest number that the question takes."""
    low = question.minimum if isinstance(question.minimum, int | float) else float("-inf")
    high = question.maximum if isinstance(question.maximum, int | float) else float("inf")
    return low, high


def fitting(question: Question, values: tuple[Number, ...]) -> list[Number]:
    """The values that the question can take: within its range, whole where it wants whole numbers."""
    low, high = bounds(question)
    return [value for value in values if low <= value <= high and (not question.integer or float(value).is_integer())]


def read_number(question: Question, message: Message, lexicon: Lexicon) -> Reading:
    """The one number in the reply."""
    found = [amount for amount in amounts(message, lexicon) if not amount.ordinal]
    if len(found) != 1:
        whole = lexicon.entries.get(message.whole, {})
        if not found and ("none" in whole or "no" in whole) and fitting(question, (0,)):
            return Reading("answered", value=0)
        return UNCLEAR
    values = fitting(question, found[0].values)
    before = message.pieces[found[0].first - 1] if found[0].first else None
    after = message.pieces[found[0].end] if found[0].end < len(message.pieces) else None
    for beside in (before, after):
        if beside is not None and ("more_than" in beside.senses or "less_than" in beside.senses or beside.text == "+"):
            return Reading("unclear", suggestion=values[0] if values else None)
    if not values:
        return Reading("unclear", reason="out_of_range" if found[0].values else "")
    if len(values) > 1:
        return Reading("unclear", suggestion=values[0], reason="two_readings")
    return Reading("answered", value=values[0])
