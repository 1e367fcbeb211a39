"""Reading an answer to a yes-or-no question."""

from __future__ import annotations

from typing import Literal, TypeAlias

from flows.definition import Question
from flows.replies.lexicon import Lexicon, senses_of
from flows.replies.normal import normalise, tokens
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.reading import Reading
from flows.replies.stems import stem
from flows.replies.when import tells_when

UNCLEAR = Reading("unclear")
YES = Reading("answered", value=True)
NO = Reading("answered", value=False)
#: What a clause says, from strong to weak: a plain yes or no, a sentence ("I can't"), a courtesy ("ok"), wavering.
Vote: TypeAlias = tuple[Literal["plain", "sentence", "weak", "unsure"], bool]
_IGNORED = ("polite", "hedge", "intro", "degrees", "only")
_SMALL = (
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
)
#: What tells when or how often: "I was there last year", "twice".
_TIMES = (
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
)
_FEW, _LONG = 4, 5
#: What a question asks about: what one has, what has happened, or neither.
About: TypeAlias = Literal["having", "past", ""]


def echoes(question: Question) -> frozenset[str]:
    """The stems of the question's own words, in all its languages: "don't end it" answers "should the town end …?"."""
    found: set[str] = set()
    for text in question.text.values():
        said = " ".join(word for word in text.split() if word != "STOP")  # "Reply STOP to leave" asks nothing
        words = [token[0] for token in tokens(normalise(said)) if _tells(token[0])]
        found.update(stem(form) for word in words for form in (word, *_of_me(word)))
    return frozenset(found)


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


def _tells(word: str) -> bool:
    """Whether a word of a question is one that a reply may say again: a long one, or a Chinese character."""
    return word[0].isalpha() and (len(word) > 2 or _is_han(word))


def _is_han(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def about(question: Question, lexicon: Lexicon) -> About:
    """What a yes-or-no question asks about, as its words say in any language: what one has, or what has happened."""
    senses = senses_of(question.text, lexicon)
    return "having" if "having" in senses else "past" if "past" in senses else ""


def read_yesno(message: Message, echoed: frozenset[str], asked: About = "") -> Reading:
    """Yes or no; both, neither or "maybe" is unclear. `asked`: what the question asks about."""
    if asked == "having" and any(piece.senses.get("yes") == "wish" for piece in message.pieces):
        return UNCLEAR
    clauses = _clauses(message)
    if _begins_with_if(message) or _ends_in_except(message) or _is_of_another_day(clauses, echoed):
        return UNCLEAR
    if message.raw.isascii() and any(piece.has("yes") and piece.has("undecided") for piece in message.pieces):
        return UNCLEAR  # "si puedo" may be "if I can"; "sí puedo" is not
    votes = [
        vote
        for clause in clauses
        if clause is clauses[0] or not _is_proviso(clause, echoed)
        for vote in _votes(clause, echoed, asked)
    ]
    if not votes and (asked == "past" and tells_when(message)):
        return YES
    if not votes and asked == "having" and _counts(clauses):
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


def _counts(clauses: list[list[Piece]]) -> bool:
    """Whether the reply only says how many one has, in words: "двоє", "两个"; a figure may be a place in a list."""
    pieces = [piece for clause in clauses for piece in clause]
    said = [piece for piece in pieces if piece.has("number") and not piece.is_digits]
    rest = [piece for piece in pieces if piece not in said]
    return (
        len(said) == 1
        and said[0].senses["number"] not in (0, 1)
        and "ordinal" not in said[0].senses
        and all(piece.has("small", "people", "measures", "counting", "self", "only") for piece in rest)
    )


def _begins_with_han(clauses: list[list[Piece]]) -> bool:
    return len(clauses) == 2 and _is_han(clauses[0][0].text) and len(clauses[1]) > 1


def _clauses(message: Message) -> list[list[Piece]]:
    """The clauses, signs left out; what follows a "because" is no answer, nor is a clause that asks."""
    found: list[list[Piece]] = [[]]
    end = 0
    for piece in message.pieces:
        if piece.text == "?" and len(found[-1]) > 2:
            found[-1] = []
        if piece.start > end > 0 and _is_han(piece.text):
            found.append([])  # a space is a comma where words have none between
        end = piece.end
        if ends_clause(piece) or "but" in piece.senses:
            found.append([])
        elif "because" in piece.senses and any(found):
            break
        elif not piece.is_sign:
            found[-1].append(piece)
    return [clause for clause in found if clause]


def _begins_with_if(message: Message) -> bool:
    """ "如果不下雨就来": an answer that hangs on something is none yet."""
    content = [piece for piece in message.pieces if not piece.is_sign and "polite" not in piece.senses]
    return bool(content) and "if" in content[0].senses and not content[0].has("yes", "no", "undecided")


def _is_of_another_day(clauses: list[list[Piece]], echoed: frozenset[str]) -> bool:
    """ "El domingo sí" where Saturday was asked: what begins with a day that the question does not name."""
    content = [piece for piece in clauses[0] if not piece.has("polite", "small")] if clauses else []
    if not content or "weekday" not in content[0].senses or content[0].has("yes", "no"):
        return False
    return not _is_echo(content[0].text.split(" ")[-1], echoed) and not _is_echo(content[0].text, echoed)


def _ends_in_except(message: Message) -> bool:
    """ "Sí pero no"."""
    content = [piece for piece in message.pieces if not piece.is_sign and "polite" not in piece.senses]
    return len(content) > 1 and "except" in content[-1].senses and not content[-1].has("yes", "no")


def _is_proviso(clause: list[Piece], echoed: frozenset[str]) -> bool:
    """Whether a later clause is about a certain day that the question does not name: "yes, but Friday doesn't work"."""
    days = [piece for piece in clause if piece.has("weekday", "month", "daypart") or piece.senses.get("day", 0)]
    return bool(days) and not any(_is_echo(piece.text, echoed) for piece in days)


def _is_answer(piece: Piece) -> bool:
    return piece.has("yes", "no", "undecided")


def _votes(clause: list[Piece], echoed: frozenset[str], asked: About) -> list[Vote]:
    pieces = [piece for piece in clause if _is_answer(piece) or not piece.has("polite")]
    if any("undecided" in piece.senses and not piece.has("yes", "no") for piece in pieces):
        return [("unsure", False)]
    if any(piece.has("dont_know", "indifferent") and not piece.has("yes", "no") for piece in pieces):
        return [("unsure", False)]
    if any("or" in piece.senses and piece.has("undecided", "hedge") for piece in pieces[1:]):
        return [("unsure", False)]
    votes = [vote for at, piece in enumerate(pieces) if (vote := _vote(piece, pieces, at, echoed, asked)) is not None]
    if votes:
        return votes
    denied = any("not" in piece.senses for piece in pieces)
    if denied and len(pieces) > 1 and _echoes(pieces, echoed):
        return [("sentence", False)]
    if _says_not(pieces):
        return [("sentence", False)]
    if any("self" in piece.senses for piece in pieces) and _echoes(pieces, echoed):
        return [("sentence", True)]
    return []


def _says_not(pieces: list[Piece]) -> bool:
    """ "Didn't go", "couldn't make it": a verb of denial and small words."""
    content = [piece for piece in pieces if not piece.has("self", "hedge", "people")]
    return (
        len(content) > 1
        and "not" in content[0].senses
        and not content[0].has("no", "small", "counting", "none", "except", "polite")
        and all(piece.has(*_SMALL, *_TIMES) for piece in content[1:])
    )


def _echoes(pieces: list[Piece], echoed: frozenset[str]) -> bool:
    """Whether the clause is made of the question's words and small ones."""
    said = [piece for piece in pieces if not piece.has("not", *_SMALL)]
    return bool(said) and all(_is_echo(piece.text, echoed) for piece in said)


def echoing(message: Message, echoed: frozenset[str]) -> bool:
    """Whether the whole reply says the question's own words again: "end it" where the question is whether to end it."""
    said = [piece for piece in message.pieces if not piece.is_sign and not piece.has(*_SMALL)]
    told = [word for piece in said for word in piece.text.split(" ") if len(word) > 2]
    return bool(told) and all(_is_echo(word, echoed) for word in told)


def _has_echo(text: str, echoed: frozenset[str]) -> bool:
    """Whether a long word of a phrase is the question's own: "still waiting" where it is about a waiting list."""
    return any(len(word) > _LONG and _is_echo(word, echoed) for word in text.split(" ")) or _is_echo(text, echoed)


def _is_echo(word: str, echoed: frozenset[str]) -> bool:
    return all(
        stem(part) in echoed or any(len(part) > 4 and part[:5] == known[:5] for known in echoed)
        for part in word.split()
    )


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
        return ("sentence", value) if strength == "plain" and not after and _is_said_last(before) else None
    if before and _is_of_others(before):
        return None
    leading = [other for other in before if _is_han(piece.text) or not other.has("hedge", "self")]
    if (
        leading
        and "not" in leading[-1].senses
        and (piece.glued if _is_han(piece.text) else "no" not in leading[-1].senses)
    ):
        return ("plain", False) if value else ("unsure", False)
    if not value and after and _is_written_on(piece, after):
        return ("weak", False)  # "不再停电了" may be good news
    counted = any(other.is_digits or other.has("number", "unit", "rate", "every") for other in before)
    if counted and strength == "sentence" and value and asked != "past":
        return None  # "every two weeks is fine"
    if strength == "weak":
        return ("weak", value) if not counted and not any(other.has("not", "if") for other in after) else None
    if strength in ("has", "did"):
        fits = (strength == "has" and asked == "having") or (strength == "did" and asked == "past")
        if fits and not any(other.has("not", "if") for other in after):
            return ("weak", value)
    if strength in ("sentence", "wish", "has", "did"):
        if not value and "not" not in piece.senses and _has_echo(piece.text, echoed):
            return None  # "unable" where the question is whether one is
        open_end = [other for other in after if not _is_answer(other) and not other.has(*_SMALL, *_TIMES, "if")]
        open_end = [other for other in open_end if not other.is_digits]
        return ("sentence", value) if all(_is_echo(other.text, echoed) for other in open_end) else None
    return ("plain", value)


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
        and _is_han(piece.text)
        and after[0].glued
        and not after[-1].has("yes", "no")
        and any(one.is_unknown or "stop" in one.senses for one in after[:2])
    )
