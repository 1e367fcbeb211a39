"""A reply as its phrases: what each can mean, which options it names, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from flows.replies.words import Senses

_T = TypeVar("_T")
_MEASURE: Senses = {"measures": True}
_CLAUSE_ENDS = frozenset(".,;:!?()-/\n")


@dataclass(slots=True, eq=False)
class Piece:
    """A phrase of a reply: its tokens joined by spaces, what it can mean, the options that it names, and its place.

    Nothing changes one; it is not frozen because many are made for every reply, and that would cost three times as much.
    """

    text: str
    senses: Senses
    options: tuple[int, ...]
    start: int
    end: int
    glued: bool

    def has(self, *senses: str) -> bool:
        """Whether it can mean one of `senses`."""
        return not self.senses.keys().isdisjoint(senses)

    @property
    def is_sign(self) -> bool:
        """Whether it is punctuation or a symbol without a meaning."""
        return not (self.senses or self.options or self.text[0].isalnum())

    @property
    def is_digits(self) -> bool:
        """Whether it is a number written in digits."""
        return self.text[0].isdigit() and " " not in self.text

    @property
    def is_unknown(self) -> bool:
        """Whether it is a word that no file of words and no option has; a measure is one by itself."""
        return (not self.senses or self.senses == _MEASURE) and not self.options and self.text[0].isalpha()


def ends_clause(piece: Piece) -> bool:
    """Whether a piece stands between two clauses."""
    return piece.text in _CLAUSE_ENDS and not piece.senses.keys() - {"to", "out_of", "minus", "per"}


class Vocabulary:
    """Phrases of a question's own, found beside a lexicon's: phrase -> option numbers.

    `apart`: "1,3" and "1.3" are two numbers, as in a list of options.
    """

    __slots__ = ("apart", "longest", "phrases")

    def __init__(self, phrases: Mapping[str, tuple[int, ...]], *, apart: bool = False) -> None:
        self.phrases = phrases
        self.longest = longest(phrases)
        self.apart = apart


def longest(phrases: Iterable[str]) -> dict[str, int]:
    """The first token of phrases of several, and the first two with a space between -> the most tokens of one that begins
    so."""
    found: dict[str, int] = {}
    for phrase in phrases:
        if " " in phrase:
            words = phrase.split(" ")
            size = len(words)
            for begun in (words[0], phrase if size == 2 else f"{words[0]} {words[1]}"):
                if found.get(begun, 0) < size:
                    found[begun] = size
    return found


NO_VOCABULARY = Vocabulary({})


class _Once(Generic[_T]):
    """A property that is worked out once; without the lock that `functools.cached_property` takes before Python 3.12."""

    def __init__(self, make: Callable[[Message], _T]) -> None:
        self._make = make

    def __get__(self, message: Message, _: type[Message]) -> _T:
        found = self._make(message)
        setattr(message, self._make.__name__, found)  # found there before this one is asked again
        return found


@dataclass(eq=False)
class Message:
    """A reply, normalised and read phrase by phrase. `whole` is its key: the tokens with one space between.

    Nothing changes one, though it is not frozen: see `Piece`.
    """

    raw: str
    normal: str
    whole: str
    pieces: list[Piece]

    @_Once
    def senses(self) -> frozenset[str]:
        """Everything that any of its pieces can mean: a cheap first look."""
        return frozenset().union(*[piece.senses for piece in self.pieces])

    @_Once
    def tokens(self) -> list[str]:
        """The words and signs of `whole`."""
        return self.whole.split(" ")

    @_Once
    def said(self) -> list[Piece]:
        """The pieces that are no signs."""
        return [piece for piece in self.pieces if piece.senses or piece.options or piece.text[0].isalnum()]

    @_Once
    def content(self) -> list[Piece]:
        """The pieces that are neither signs nor politeness, which may stand anywhere."""
        return [piece for piece in self.said if "polite" not in piece.senses] if "polite" in self.senses else self.said

    @_Once
    def bare(self) -> str:
        """The reply without politeness and signs: "help, please!" is "help"."""
        return " ".join([piece.text for piece in self.content])

    def cut(self, first: int, end: int | None = None) -> Message:
        """The part of the message that pieces `[first, end)` are."""
        pieces = self.pieces[first:end]
        return Message(self.raw, self.normal, " ".join(piece.text for piece in pieces), pieces)
