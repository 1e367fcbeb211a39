"""Reading an answer to a question for a number."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import cast

from flows.definition import Question
from flows.replies.counting import Counted, begins_with_none, bounds, fitting, one, persons, zero
from flows.replies.durations import in_asked_unit
from flows.replies.lexicon import Lexicon
from flows.replies.numerals import Amount, amounts
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.reading import Reading
from flows.replies.spelling import near
from flows.replies.spelt import Number, tidy
from flows.replies.words import Senses
from flows.replies.words import words as words_of

UNCLEAR = Reading("unclear")
_BEYOND = ("more_than", "less_than", "at_least", "at_most", "after", "before", "between", "vague")
_BEYOND_AFTER = ("more_than", "less_than", "at_least", "at_most", "vague")
_SMALL = (
    "polite",
    "intro",
    "hedge",
    "about",
    "small",
    "self",
    "counting",
    "currency",
    "unit",
    "only",
    "degrees",
    "yes",
    "no",
    "per",
    "minus",
    "position",
)
_SHORTEST_SLIP = 6
_PERSONS = ("some_persons", "one_person")
#: "1.2M" is millions by its capital; "3m" may be three metres.
_MILLIONS = re.compile(r"\d[MМ](?![^\W_])")
_MILLION = 1_000_000


def read_number(
    question: Question,
    message: Message,
    lexicon: Lexicon,
    asked: frozenset[str],
    counted: Counted | None = None,
    counts: str | None = None,
) -> Reading:
    """The one number in the reply. `asked`: the units that the question speaks of, `counts` the one that it counts;
    `counted`: whom it counts."""
    converted = in_asked_unit(question, message, lexicon, counts, asked)
    if converted is not None:
        return converted
    found = _counted(message, lexicon)
    if not found or (all(amount.article for amount in found) and begins_with_none(message)):
        return (
            one(question, message, asked) or zero(question, message) or persons(question, message, counted) or UNCLEAR
        )
    narrow = counted == "some"
    found, rate = _without_rate(found, message)
    found = _total(_leading(found, message), message)
    if rate and rate not in asked:
        return UNCLEAR
    if len({amount.values for amount in found}) > 1 or (len(found) > 1 and _counted_apart(found, message)):
        return Reading("unclear", reason="two_readings")
    amount = found[0] if asked else _in_millions(found[0], message)
    told = persons(question, message, counted)
    if told is not None and told.value == amount.value:
        return told  # "我和老公两个"
    if counted is not None and not asked and not amount.summed and _is_years(amount, message):
        return UNCLEAR  # "12 anyos ang anak ko"
    values = fitting(question, amount.values)
    if (
        not amount.values
        or _is_about_one(amount, message, narrow)
        or _is_inexact(amount, message)
        or (not amount.summed and _is_of_another_kind(amount, message, asked))
        or (_is_after_a_dash(amount, message) and bounds(question)[0] < 0)
    ):
        return Reading("unclear", suggestion=values[0] if len(values) == 1 else None)
    if not values:
        return Reading("unclear", reason="out_of_range")
    if len(values) > 1:
        return Reading("unclear", suggestion=values[0], reason="two_readings")
    return Reading("answered", value=values[0])


def _is_about_one(amount: Amount, message: Message, narrow: bool) -> bool:
    """Whether the number is somebody's age ("my son is 12"), a share ("50%"), or counts all of us where some are asked
    about."""
    pieces = message.pieces
    after = pieces[amount.end : amount.end + 3]
    if after and "percent" in after[0].senses:
        return True
    before = pieces[: amount.first]
    if narrow and any("ourselves" in piece.senses for piece in (*before[-3:], *after)):
        return True
    later = before[-4:]
    somebody = any("people" in piece.senses and "self" not in piece.senses and not piece.is_sign for piece in later)
    aged = bool(later) and later[-1].has("age") and not (after and after[0].has("people"))
    return somebody and aged


def _in_millions(amount: Amount, message: Message) -> Amount:
    """With the M that is glued to it, where the reply says nothing else."""
    rest = message.pieces[amount.end :]
    if not rest or not rest[0].glued or rest[0].text not in ("m", "м") or not _MILLIONS.search(message.raw):
        return amount
    if any(not (piece.is_sign or piece.has("currency", "polite")) for piece in rest[1:]):
        return amount
    return replace(amount, values=tuple(tidy(value * _MILLION) for value in amount.values), end=amount.end + 1)


def _is_after_a_dash(amount: Amount, message: Message) -> bool:
    """ "- 5": a list's dash, or a minus."""
    return amount.first == 1 and message.pieces[0].text == "-" and not message.pieces[1].glued


def _counted(message: Message, lexicon: Lexicon) -> list[Amount]:
    """The numbers that count something: no places, articles or hours of the day."""
    found = [amount for amount in amounts(message, lexicon) if not amount.ordinal]
    found = [amount for amount in found if not _is_hour(amount, message)]
    certain = [amount for amount in found if not amount.article]
    if certain and len(certain) < len(found) and all(_is_age(amount, message) for amount in certain):
        return found  # "isang anak, 12 anyos"
    return certain or found or _misspelt(message, lexicon)


def _is_hour(amount: Amount, message: Message) -> bool:
    after = message.pieces[amount.end] if amount.end < len(message.pieces) else None
    return after is not None and after.has("am", "pm") and len(after.text) > 1


@cache
def _number_words(language: str) -> dict[str, Senses]:
    return {
        text: senses
        for text, senses in words_of(language).senses.items()
        if "number" in senses and len(text) >= _SHORTEST_SLIP
    }


def _misspelt(message: Message, lexicon: Lexicon) -> list[Amount]:
    """A number word with a slip in it ("seventen"), of the participant's own language, where nothing else is a number."""
    words = _number_words(lexicon.first.language)
    found: list[Amount] = []
    for at, piece in enumerate(message.pieces):
        if not piece.is_unknown or len(piece.text) < _SHORTEST_SLIP - 1:
            continue
        likely = [word for slips, word in near(piece.text, words) if slips == 1]
        if len(likely) == 1:
            found.append(Amount((cast(Number, words[likely[0]]["number"]),), at, at + 1))
    return found


def _without_rate(found: list[Amount], message: Message) -> tuple[list[Amount], str]:
    """The numbers without a "one" that says how often ("900一个月"), and the unit that it counts."""
    if len(found) < 2 or found[-1].value != 1 or found[-1].digits:
        return found, ""
    rest = [piece for piece in message.pieces[found[-1].end :] if "small" not in piece.senses or "unit" in piece.senses]
    before = message.pieces[found[-1].first - 1]
    if not rest or "unit" not in rest[0].senses or not (before.is_digits or before.has("number", "currency", "unit")):
        return found, ""
    return found[:-1], str(rest[0].senses["unit"])


def _leading(found: list[Amount], message: Message) -> list[Amount]:
    """Only the first number, where a clause of its own says it and the others count something else:
    "3 seats please, 1 in a wheelchair"; not "3, 4"."""
    if len(found) < 2:
        return found
    pieces = message.pieces
    end = next(
        (
            at
            for at in range(found[0].end, len(pieces))
            if ends_clause(pieces[at]) and not (pieces[at].text in "-/" and pieces[at].glued)
        ),
        None,
    )
    if end is None or found[1].first < end:
        return found
    aged = all(_is_age(amount, message) for amount in found[1:])
    known = (*_SMALL, "number", "people", "some_persons") if aged else (*_SMALL, "number")
    pure = all(piece.has(*known) or piece.is_sign or piece.is_digits for piece in pieces[:end])
    others = (
        aged
        or len(found) - 1 == found[0].value
        or all(_counts_something(amount, message) or _is_age(amount, message) for amount in found[1:])
    )
    return found[:1] if pure and others and found[0].first == 0 else found


def _total(found: list[Amount], message: Message) -> list[Amount]:
    """Only the sum, where the reply says that it is one: "me n the wife plus 3 kids so 5", "2 and 3, 5 in total"."""
    if len(found) < 2 and not any(piece.has("people") for piece in message.pieces[: found[0].first]):
        return found
    last = found[-1]
    before, after = message.pieces[: last.first], message.pieces[last.end : last.end + 2]
    told = (bool(before) and _sums_up(before[-1])) or any("total" in piece.senses for piece in after)
    return [replace(last, summed=True)] if told and last.value is not None else found


def _sums_up(piece: Piece) -> bool:
    return "total" in piece.senses or piece.text == "="


def _counted_apart(found: list[Amount], message: Message) -> bool:
    """Whether one number counts two things: "2 adults 2 kids"; not "four (4)"."""
    return all(_counts_something(amount, message) for amount in found)


def _counts_something(amount: Amount, message: Message) -> bool:
    after = message.pieces[amount.end] if amount.end < len(message.pieces) else None
    if after is not None and "small" in after.senses and after.glued and amount.end + 1 < len(message.pieces):
        after = message.pieces[amount.end + 1]  # 一个女儿
    return after is not None and (after.is_unknown or after.has("people"))


def _is_age(amount: Amount, message: Message) -> bool:
    """Whether a number with others is one of several ages: "4 and 9 yrs old"."""
    before = message.pieces[amount.first - 1] if amount.first else None
    if before is not None and "age" in before.senses:
        return True
    rest = message.pieces[amount.end :]
    unit = next((piece for piece in rest if not (piece.is_digits or piece.has("and", "number", "small"))), None)
    return unit is not None and unit.senses.get("unit") == "year"


def _is_years(amount: Amount, message: Message) -> bool:
    """Whether a number of persons is somebody's age: years, or said right after one person: "сину 12"."""
    pieces = message.pieces
    after = next((piece for piece in pieces[amount.end :] if "small" not in piece.senses), None)
    if after is not None and after.senses.get("unit") == "year":
        return True
    before = pieces[amount.first - 1] if amount.first else None
    return before is not None and before.has("one_person") and not before.has("self") and after is None


def _is_one_more(counted: Piece, added: list[Piece]) -> bool:
    """Whether one more person of another sort is added to those counted: "3 boys and a girl"."""
    one = added[0].has("small", "number") and len(added) > 1
    return one and counted.has(*_PERSONS) and (added[1].has(*_PERSONS) or added[1].is_unknown)


def before_number(pieces: list[Piece], first: int) -> Piece | None:
    """The piece before a number that says something of it, past its sign and article: "not even a 1"."""
    at = first - 1
    while at > 0 and (pieces[at].text == "-" or (pieces[at].senses and pieces[at].senses.keys() <= {"small", "am"})):
        at -= 1
    return pieces[at] if at >= 0 else None


def _is_inexact(amount: Amount, message: Message) -> bool:
    """ "More than 5", "5+", "not 5", "5 or so many", "point 5"."""
    pieces = message.pieces
    before = before_number(pieces, amount.first)
    after = pieces[amount.end] if amount.end < len(pieces) else None
    if after is not None and after.has("and") and amount.end + 1 < len(pieces):
        after = None
    later = pieces[amount.end + 1] if amount.end + 1 < len(pieces) else None
    if after is not None and "unit" in after.senses and later is not None and later.glued and later.has("more_than"):
        return True  # "一年多"
    for beside, beyond in ((before, _BEYOND), (after, _BEYOND_AFTER)):
        if beside is not None and ((beside.has(*beyond) and not beside.has("about", "minus")) or beside.text == "+"):
            return True
    if before is not None and "point" in before.senses and "clock" not in before.senses:
        return True  # "point 5"
    return before is not None and (
        ("not" in before.senses and "minus" not in before.senses) or ("or" in before.senses and amount.first > 1)
    )


def _is_of_another_kind(amount: Amount, message: Message, asked: frozenset[str]) -> bool:
    """Another unit than the question's, a rate ("8 a day"), a part of the people ("me and 2 kids"), a share of something."""
    pieces = message.pieces
    inside = (at for at in range(amount.first, amount.end) if "unit" in pieces[at].senses and at > amount.first)
    rest = pieces[next(inside, amount.end) :]
    for at, piece in enumerate(rest[:4]):
        if "rate" in piece.senses and piece.senses["rate"] not in asked:
            return True
        if "unit" in piece.senses and len(piece.text) + piece.glued > 1:
            rate = at > 0 and (rest[at - 1].has("per", "small") or rest[at - 1].text == "/")
            if (asked or rate) and piece.senses["unit"] not in asked:
                return True
        elif ends_clause(piece) and piece.text != "/":
            break
    if any("rate" in piece.senses and piece.senses["rate"] not in asked for piece in pieces[: amount.first]):
        return True
    beside = pieces[: amount.first][-3:]
    people = any("people" in piece.senses for piece in beside) and any(piece.has("and") for piece in beside)
    joined = next((at for at, piece in enumerate(rest) if piece.has("and") or piece.text == "+"), None)
    added = rest[joined + 1 : joined + 3] if joined is not None else []
    if added and (added[0].has("people", "self") or _is_one_more(rest[0], added)):
        return True  # "2 and my wife", "3 boys and a girl"
    return people
