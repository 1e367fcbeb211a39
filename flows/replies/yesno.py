"""Reading an answer to a yes-or-no question."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from flows.replies.echo import SMALL, denies_asked, does_asked, has_echo, is_echo, is_han, says_asked, tells_of_me
from flows.replies.facts import (
    NOTHING,
    TIMES,
    About,
    counts,
    denies_contrary,
    denies_fact,
    is_enough,
    says_contrary,
    says_not,
)
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.reading import Reading
from flows.replies.when import tells_when

NO_WORDS: Mapping[str, bool] = MappingProxyType({})
UNCLEAR = Reading("unclear")
YES = Reading("answered", value=True)
NO = Reading("answered", value=False)
#: What a clause says, from strong to weak: a plain yes or no, a sentence ("I can't"), a courtesy ("ok"), wavering.
Vote: TypeAlias = tuple[Literal["plain", "sentence", "weak", "unsure"], bool]
#: Chinese particles after which a yes or no is said.
_CALLS = "啊呀啦哦"
_IGNORED = ("polite", "hedge", "intro", "degrees", "only")
_FEW = 4
#: Words that a sentence of its own begins with.
_I = ("i", "we", "it", "ill", "im", "je", "on", "j", "yo")


def read_yesno(
    message: Message, echoed: frozenset[str], asked: About = NOTHING, told: Mapping[str, bool] = NO_WORDS
) -> Reading:
    """Yes or no; both, neither or "maybe" is unclear. `asked`: what the question asks about; `told`: words that answer it."""
    if "having" in asked and any(piece.senses.get("yes") == "wish" for piece in message.pieces):
        return UNCLEAR
    clauses = _clauses(message)
    if _begins_with_if(message) or _ends_in_except(message) or _is_of_another_day(clauses, echoed):
        return UNCLEAR
    if message.raw.isascii() and any(
        piece.has("yes") and piece.has("undecided") and piece.senses["yes"] != "wish" for piece in message.pieces
    ):
        return UNCLEAR  # "si puedo" may be "if I can"; "sí puedo" is not
    if "conditional" in message.senses and _is_taken_back(message):
        return Reading("unclear", suggestion=False)
    votes = [
        vote
        for clause in clauses
        if clause is clauses[0] or not _is_proviso(clause, echoed)
        for vote in _votes(clause, echoed, asked, told)
    ]
    if not votes and "past" in asked and tells_when(message):
        return YES
    if not votes and not asked.isdisjoint(("having", "past")) and counts(clauses):
        return YES
    if len(votes) == 2 and votes[0] == ("sentence", False) and _begins_with_han(clauses) and votes[1][0] == "sentence":
        return NO  # "不去，去儿子家"
    if any(strength == "unsure" for strength, _ in votes):
        return UNCLEAR
    for strength in ("plain", "sentence", "weak"):
        said = {value for found, value in votes if found == strength}
        if len(said) == 2:
            return UNCLEAR
        if said:
            value = said.pop()
            against = strength == "plain" and any(found == "sentence" and other != value for found, other in votes)
            return UNCLEAR if against else YES if value else NO
    return UNCLEAR


def _is_taken_back(message: Message) -> bool:
    """ "I would but my back is bad": a wish, and what stands against it after a "but"."""
    pieces = message.pieces
    but = next((at for at, piece in enumerate(pieces) if at and "but" in piece.senses), len(pieces))
    wished = any("conditional" in piece.senses for piece in pieces[:but])
    rest = pieces[but + 1 :]
    return wished and bool(rest) and not any(piece.has("yes", "no", "only", "if") for piece in rest)


def _begins_with_han(clauses: list[list[Piece]]) -> bool:
    return len(clauses) == 2 and is_han(clauses[0][0].text) and len(clauses[1]) > 1


def _clauses(message: Message) -> list[list[Piece]]:
    """The clauses, signs left out; what follows a "because" is no answer, nor is a clause that asks."""
    found: list[list[Piece]] = [[]]
    end = 0
    for piece in message.pieces:
        if piece.text == "?" and len(found[-1]) > 2:
            found[-1] = []
        if piece.start > end > 0 and is_han(piece.text):
            found.append([])  # a space is a comma where words have none between
        end = piece.end
        if ends_clause(piece) or "but" in piece.senses:
            found.append([])
        elif "because" in piece.senses and any(found):
            break
        elif not piece.is_sign:
            found[-1].append(piece)
            if piece.text[-1] in _CALLS and _is_answer(piece):
                found.append([])  # "有啊都带来了"
    return [clause for clause in found if clause]


def _begins_with_if(message: Message) -> bool:
    """ "如果不下雨就来": an answer that hangs on something is none yet."""
    content = message.content
    return bool(content) and "if" in content[0].senses and not content[0].has("yes", "no", "undecided")


def _is_of_another_day(clauses: list[list[Piece]], echoed: frozenset[str]) -> bool:
    """ "El domingo sí" where Saturday was asked: what begins with a day that the question does not name."""
    content = [piece for piece in clauses[0] if not piece.has("polite", "small")] if clauses else []
    if not content or "weekday" not in content[0].senses or content[0].has("yes", "no"):
        return False
    return not is_echo(content[0].text.split(" ")[-1], echoed) and not is_echo(content[0].text, echoed)


def _ends_in_except(message: Message) -> bool:
    """ "Sí pero no"."""
    content = message.content
    return len(content) > 1 and "except" in content[-1].senses and not content[-1].has("yes", "no")


def _is_proviso(clause: list[Piece], echoed: frozenset[str]) -> bool:
    """Whether a later clause is about a certain day that the question does not name: "yes, but Friday doesn't work"."""
    days = [piece for piece in clause if piece.has("weekday", "month", "daypart") or piece.senses.get("day", 0)]
    return bool(days) and not any(is_echo(piece.text, echoed) for piece in days)


def _is_answer(piece: Piece) -> bool:
    return piece.has("yes", "no", "undecided")


def _votes(clause: list[Piece], echoed: frozenset[str], asked: About, told: Mapping[str, bool]) -> list[Vote]:
    pieces = [piece for piece in clause if _is_answer(piece) or not piece.has("polite")]
    if any("undecided" in piece.senses and not _is_answer_or_this(pieces, at) for at, piece in enumerate(pieces)):
        return [("unsure", False)]
    if any(piece.has("dont_know", "indifferent") and not piece.has("yes", "no") for piece in pieces):
        return [("sentence", False) if len(pieces) == 1 and denies_asked(pieces[0].text, echoed) else ("unsure", False)]
    if any("or" in piece.senses and piece.has("undecided", "hedge") for piece in pieces[1:]):
        return [("unsure", False)]
    votes = [vote for at, piece in enumerate(pieces) if (vote := _vote(piece, pieces, at, echoed, asked)) is not None]
    if votes:
        fact = says_contrary(pieces, told) if told and all(strength == "weak" for strength, _ in votes) else None
        return votes if fact is None else [("weak", fact)]  # "bien oscuro"
    if told and denies_contrary(pieces, told):
        return [("unsure", False)]
    denied = any("not" in piece.senses for piece in pieces)
    if denied and len(pieces) > 1 and _echoes(pieces, echoed):
        return [("sentence", False)]
    if says_not(pieces):
        return [("sentence", False)]
    if any("self" in piece.senses for piece in pieces) and _echoes(pieces, echoed):
        return [("sentence", True)]
    if does_asked(pieces, echoed):
        return [("sentence", True)]
    if denies_fact(pieces, asked):
        return [("weak", False)]
    if says_asked(pieces, echoed):
        return [("sentence", True)]
    if "past" in asked and len(pieces) == 1 and pieces[0].is_unknown and tells_of_me(pieces[0].text, echoed):
        return [("weak", True)]
    fact = is_enough(pieces, echoed) if "enough" in asked else None
    fact = says_contrary(pieces, told) if fact is None else fact
    return [] if fact is None else [("weak", fact)]


def _is_answer_or_this(pieces: list[Piece], at: int) -> bool:
    """Whether what may be a filler is an answer, or "this" before a day: "este sábado no"."""
    after = pieces[at + 1 : at + 2]
    return pieces[at].has("yes", "no") or (
        "this" in pieces[at].senses and any(one.has("weekday", "unit", "daypart", "month") for one in after)
    )


def _echoes(pieces: list[Piece], echoed: frozenset[str]) -> bool:
    """Whether the clause is made of the question's words and small ones."""
    said = [piece for piece in pieces if not piece.has("not", *SMALL)]
    return bool(said) and all(is_echo(piece.text, echoed) for piece in said)


def _vote(piece: Piece, pieces: list[Piece], at: int, echoed: frozenset[str], asked: About) -> Vote | None:
    if not piece.has("yes", "no"):
        return None
    value = "yes" in piece.senses
    strength = str(piece.senses["yes" if value else "no"])
    before, after = pieces[:at], pieces[at + 1 :]
    rest = [other for other in (*before, *after) if not _is_answer(other) and not other.has(*_IGNORED)]
    if strength in ("alone", "typos"):
        return ("plain", value) if not rest and not any(_is_answer(other) for other in before) else None
    if any(not other.senses for other in before):
        if "small" in piece.senses:
            return None  # "п'ємо з крана так"
        return ("sentence", value) if strength == "plain" and not after and _is_said_last(before) else None
    if before and _is_of_others(before):
        return None
    leading = [other for other in before if is_han(piece.text) or not other.has("hedge", "self")]
    if (
        leading
        and "not" in leading[-1].senses
        and (piece.glued if is_han(piece.text) else "no" not in leading[-1].senses)
    ):
        return ("plain", False) if value else ("unsure", False)
    if not value and after and _is_written_on(piece, after):
        return ("weak", False)  # "不再停电了" may be good news
    counted = any(other.is_digits or other.has("number", "unit", "rate", "every") for other in before)
    if counted and strength == "sentence" and value and "past" not in asked:
        return None  # "every two weeks is fine"
    if strength == "weak":
        return ("weak", value) if not counted and not any(other.has("not", "if") for other in after) else None
    if strength in ("has", "did", "sentence") and value and leading and _negates(leading[-1], piece):
        return None  # "no vi nada", "di po pwede"
    if strength in ("has", "did"):
        if strength == "did" and "formerly" in piece.senses and "having" in asked:
            return ("unsure", False)  # "була, продав"
        fits = (strength == "has" and "having" in asked) or (strength == "did" and "past" in asked)
        if after and "none" in after[0].senses:
            return None  # "j'en ai vu aucun"
        if fits and not any(other.has("not", "if") for other in after):
            return ("weak", value)
        if not fits and after and not any(is_echo(other.text, echoed) for other in after):
            return None  # "i have 3 kids" where it is asked whether one could help
    if strength == "wish" and any(other.senses.get("no") == "plain" for other in after):
        return None  # "i wish but no"
    if strength in ("sentence", "wish", "has", "did"):
        if not value and not piece.has("not", "denies") and has_echo(piece.text, echoed):
            return None  # "unable" where the question is whether one is
        open_end = [other for other in after if not _is_answer(other) and not other.has(*SMALL, *TIMES, "if")]
        open_end = [other for other in open_end if not other.is_digits]
        return ("sentence", value) if all(is_echo(other.text, echoed) for other in open_end) else None
    return ("plain", value)


def _negates(before: Piece, piece: Piece) -> bool:
    """Whether a no that is also "not" stands before a verb without a person of its own; "no i can" says no and yes."""
    return {"no", "not"} <= before.senses.keys() and "self" not in piece.senses and piece.text.split(" ")[0] not in _I


def _is_of_others(before: list[Piece]) -> bool:
    """Whether somebody else is said to: "mon voisin oui", "kapitbahay namin meron"."""
    people = [piece for piece in before if piece.has("people") and not piece.has("self", "myself")]
    return bool(people) and not any(piece.has("myself", "and", "yes", "no") for piece in before)


def _is_said_last(before: list[Piece]) -> bool:
    """Whether a yes or no ends a clause of its speaker's own: "long time ago yes", not "mi vecino sí"."""
    return len(before) <= _FEW and not any(
        piece.has("people", "weekday", "yes", "no", "not", "if", "or") or piece.senses.get("day") for piece in before
    )


def _is_written_on(piece: Piece, after: list[Piece]) -> bool:
    """Whether a Chinese no of one character stands before a word that nobody knows."""
    return (
        len(piece.text) == 1
        and is_han(piece.text)
        and after[0].glued
        and not after[-1].has("yes", "no")
        and any(one.is_unknown or "stop" in one.senses for one in after[:2])
    )
