"""The grammar of texts: the part of ICU MessageFormat that flows use, read into its placeholders and made ready for ICU."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "date", "time", "plural", "selectordinal", "select"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
MAX_DEPTH = 6
MAX_LENGTH = 8_000
_KINDS: dict[str, Kind] = {
    "number": "number",
    "date": "date",
    "time": "time",
    "plural": "plural",
    "selectordinal": "selectordinal",
    "select": "select",
}
_STYLES = {
    "number": ("integer", "percent"),
    "date": ("short", "medium", "long", "full"),
    "time": ("short", "medium"),
}
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_SPACE = " \t\r\n"


class PatternError(ValueError):
    """A text's placeholders cannot be read; the message says which and what to write."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One `{…}` of a text. `branches` are the words a plural or select decides between; `nested`: it stands in such
    a branch, so that it may not be needed. `start` and `end` frame its name in the pattern."""

    name: str
    kind: Kind
    nested: bool
    start: int
    end: int
    branches: tuple[str, ...] = ()


def read(pattern: str) -> tuple[Placeholder, ...]:
    """Every placeholder of a pattern, nested ones too, as they come. Raises `PatternError`."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"the text has {len(pattern):,} characters; {MAX_LENGTH:,} is the most")
    if "{" not in pattern:
        return ()
    return tuple(sorted(_Reader(pattern).read(), key=lambda found: found.start))


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.found: list[Placeholder] = []

    def read(self) -> list[Placeholder]:
        self._words(0, in_plural=False)
        return self.found

    def _words(self, depth: int, *, in_plural: bool) -> None:
        """Reads plain words and placeholders up to the end, or to the brace that closes a branch."""
        pattern = self.pattern
        while self.at < len(pattern):
            letter = pattern[self.at]
            if letter == "'":
                self._apostrophe("{}#" if in_plural else "{}")
            elif letter == "{":
                self._placeholder(depth)
            elif letter == "}" and depth:
                return
            else:
                self.at += 1
        if depth:
            raise PatternError("a branch of a plural or select is not closed: a } is missing")

    def _apostrophe(self, quotable: str) -> None:
        pattern = self.pattern
        following = pattern[self.at + 1 : self.at + 2]
        if following == "'":
            self.at += 2
        elif following and following in quotable:
            self._skip_quoted()
        else:
            self.at += 1

    def _skip_quoted(self) -> None:
        """Passes over words in apostrophes; two apostrophes in a row are one of the words, not the end."""
        pattern = self.pattern
        self.at += 1
        while self.at < len(pattern):
            if pattern[self.at] != "'":
                self.at += 1
            elif pattern[self.at + 1 : self.at + 2] == "'":
                self.at += 2
            else:
                self.at += 1
                return

    def _placeholder(self, depth: int) -> None:
        opened = self.at
        if depth >= MAX_DEPTH:
            raise PatternError(f"placeholders stand inside each other more than {MAX_DEPTH} deep")
        self.at += 1
        self._space()
        start = self.at
        match = NAME.match(self.pattern, start)
        if match is None:
            raise PatternError(self._not_a_name(opened))
        self.at = end = match.end()
        self._space()
        if self._next() == "}":
            self.at += 1
            self.found.append(Placeholder(match.group(), "text", depth > 0, start, end))
            return
        if self._next() != ",":
            raise PatternError(self._not_a_name(opened))
        self.at += 1
        kind = self._kind(match.group())
        branches = self._branches(kind, match.group(), depth) if kind in ("plural", "selectordinal", "select") else ()
        if not branches:
            self._style(kind, match.group())
        self.at += 1
        self.found.append(Placeholder(match.group(), kind, depth > 0, start, end, branches))

    def _kind(self, name: str) -> Kind:
        word = self._word()
        if word not in _KINDS:
            raise PatternError(f"{{{name}, {word}}} is not known; after the comma comes one of {', '.join(_KINDS)}")
        self._space()
        return _KINDS[word]

    def _style(self, kind: Kind, name: str) -> None:
        if self._next() == "}":
            return
        if self._next() != ",":
            raise PatternError(f"{{{name}, {kind} is not closed: a }} is missing")
        self.at += 1
        close = self.pattern.find("}", self.at)
        if close < 0:
            raise PatternError(f"{{{name}, {kind}, is not closed: a }} is missing")
        style = self.pattern[self.at : close].strip(_SPACE)
        if not style.startswith("::") and style not in _STYLES[kind]:
            known = ", ".join(_STYLES[kind])
            raise PatternError(f"{{{name}, {kind}, {style}}} is not known; the last word is one of {known}")
        self.at = close

    def _branches(self, kind: Kind, name: str, depth: int) -> tuple[str, ...]:
        if self._next() != ",":
            raise PatternError(f"{{{name}, {kind}}} needs its branches, such as {self._example(name, kind)}")
        self.at += 1
        self._space()
        branches: list[str] = []
        while self._next() not in ("}", ""):
            word = self._word()
            if word.startswith("offset:") and kind != "select" and not branches:
                self._space()
                continue
            self._space()
            if self._next() != "{" or not word:
                raise PatternError(f"{{{name}, {kind}, …}} is not well formed; write {self._example(name, kind)}")
            self._category(word, kind, name, branches)
            branches.append(word)
            self.at += 1
            self._words(depth + 1, in_plural=kind != "select")
            self.at += 1
            self._space()
        if self._next() == "":
            raise PatternError(f"{{{name}, {kind}, …}} is not closed: a }} is missing")
        if "other" not in branches:
            raise PatternError(f"{{{name}, {kind}, …}} needs a branch other {{…}} for every other value")
        return tuple(branches)

    def _category(self, word: str, kind: Kind, name: str, before: list[str]) -> None:
        if word in before:
            raise PatternError(f"{{{name}, {kind}, …}} has the branch {word} twice")
        if kind != "select" and word not in _CATEGORIES and not re.fullmatch(r"=\d{1,9}", word):
            raise PatternError(
                f"{word} is no branch of {{{name}, {kind}, …}}; use =0, =1, … or {', '.join(_CATEGORIES)}"
            )

    def _example(self, name: str, kind: Kind) -> str:
        if kind == "select":
            return f"{{{name}, select, one_value {{…}} other {{…}}}}"
        return f"{{{name}, {kind}, one {{# …}} other {{# …}}}}"

    def _not_a_name(self, opened: int) -> str:
        close = self.pattern.find("}", opened)
        if close < 0:
            return (
                f"{self.pattern[opened : opened + 24]} is not closed: a }} is missing; for the brace itself write '{{'"
            )
        shown = self.pattern[opened : min(close, opened + 24)]
        return f"{shown}}} is not a placeholder; write {{name}}, or '{{' in apostrophes for the brace itself"

    def _word(self) -> str:
        self._space()
        start = self.at
        while self.at < len(self.pattern) and self.pattern[self.at] not in _SPACE + "{},":
            self.at += 1
        return self.pattern[start : self.at]

    def _space(self) -> None:
        while self.at < len(self.pattern) and self.pattern[self.at] in _SPACE:
            self.at += 1

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]


def renamed(pattern: str, keys: dict[tuple[str, str], str], found: tuple[Placeholder, ...]) -> str:
    """The pattern with each placeholder's name replaced by `keys[name, family(kind)]`: ICU knows no dotted names."""
    return "".join(_pieces(pattern, keys, found))


def _pieces(pattern: str, keys: dict[tuple[str, str], str], found: tuple[Placeholder, ...]) -> Iterator[str]:
    at = 0
    for placeholder in found:
        yield pattern[at : placeholder.start]
        yield keys[placeholder.name, family(placeholder.kind)]
        at = placeholder.end
    yield pattern[at:]


def family(kind: Kind) -> str:
    """What a placeholder's value is turned into: text, number, date or time."""
    return {"plural": "number", "selectordinal": "number", "select": "text"}.get(kind, kind)
