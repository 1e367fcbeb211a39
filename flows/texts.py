"""Texts in the resident's language: choosing the pattern, filling in its values, keeping the letters that SMS has."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from icu4py.messageformat import MessageFormat

from flows import patterns
from flows.definition import Text
from flows.errors import MissingValue
from flows.patterns import Placeholder

#: Which language stands in for one that has no text: those who read the first usually read the others.
FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "mic": ("en",),
    "gd": ("en",),
    "tl": ("fil",),
    "fil": ("tl",),
    "yue": ("zh",),
}
#: Languages that ICU has no rules for, and whose rules it uses instead (FACTS: mic is a stub in CLDR).
_RULES = {"mic": "en_CA"}
#: Characters that ICU's numbers, times and dates bring in and GSM-7 lacks: the no-break spaces become a space, the
#: marks of direction nothing, the minus sign and the Swiss apostrophe their plain forms.
_PLAIN = {
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u200e": "",
    "\u200f": "",
    "\u061c": "",
    "\u2212": "-",
    "\u2019": "'",
}
#: Stands in a branch for a value that is missing; in the finished text it means that the branch was taken.
_HOLE = "\ufffe"

#: Values by way of example, for `sample`.
_EXAMPLES = {"number": 48, "date": "2026-09-23", "time": "15:30"}

_Filled = str | int | float | Decimal | date | datetime


def render(text: Text, language: str, values: Mapping[str, object], *, fallback: str) -> str:
    """The text in `language`, or in the nearest language that it has, with its placeholders filled from `values`.

    Languages are tried so: `fr_CA`, `fr`, another region's French, those of FALLBACKS, `fallback`, any.
    A dotted placeholder (`{results.n}`) is looked up whole, then step by step. Raises `MissingValue` where a
    placeholder that is needed has no value, None, or one that does not fit (words where a number is asked for).
    """
    chosen = nearest(text, language, fallback)
    if chosen is None:
        return ""
    pattern = text[chosen]
    if "{" not in pattern and "''" not in pattern and "'}" not in pattern:
        return pattern
    locale = language if language.split("_", 1)[0] == chosen.split("_", 1)[0] else chosen
    return _compiled(pattern, locale).fill(values)


def sample(text: Text, language: str, *, fallback: str, words: Callable[[Placeholder], str]) -> str:
    """The text by way of example: `words` stands in for values that are words, a likely number or day for the others."""
    chosen = nearest(text, language, fallback)
    if chosen is None:
        return ""
    values: dict[str, object] = {}
    for found in patterns.read(text[chosen]):
        if found.kind == "select":
            values[found.name] = max(found.branches, key=len)
        else:
            family = patterns.family(found.kind)
            values.setdefault(found.name, _EXAMPLES[family] if family in _EXAMPLES else words(found))
    try:
        return render({chosen: text[chosen]}, chosen, values, fallback=chosen)
    except MissingValue:
        return text[chosen]


def nearest(text: Mapping[str, object], language: str, fallback: str) -> str | None:
    """The tag of the language that `render` would use; None for a text without any."""
    if language in text:
        return language
    wanted = preferences(language, fallback)
    own = language.split("_", 1)[0]
    for tag in wanted[: wanted.index(own) + 1]:
        if tag in text:
            return tag
    relative = next((tag for tag in text if tag.split("_", 1)[0] == own), None)
    return relative or next((tag for tag in wanted if tag in text), next(iter(text), None))


@lru_cache(maxsize=512)
def preferences(language: str, fallback: str) -> tuple[str, ...]:
    """Languages in the order in which a reader of `language` wants them: fr_CA, fr, …, and `fallback` at the end."""
    tags = [language]
    while "_" in tags[-1]:
        tags.append(tags[-1].rsplit("_", 1)[0])
    tags += FALLBACKS.get(tags[-1], ())
    return tuple(dict.fromkeys([*tags, fallback, fallback.split("_", 1)[0]]))


@lru_cache(maxsize=4096)
def placeholders(pattern: str) -> frozenset[str]:
    """The names of a pattern's placeholders, those in the branches of plurals and selects too."""
    return frozenset(found.name for found in patterns.read(pattern))


def check_pattern(pattern: str, language: str) -> str | None:
    """What is wrong with a pattern, in plain words; None when it can be used."""
    try:
        _compiled(pattern, language)
    except patterns.PatternError as error:
        return str(error)
    except UnicodeEncodeError:
        return "the text has half a character in it (a lone surrogate); type it again"
    except ValueError as error:
        return f"the text's placeholders cannot be read ({str(error).rsplit(' ', 1)[-1]}); see docs/flow-language.md on texts"
    return None


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    family: str
    key: str
    needed: bool


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A pattern made ready by ICU, with what to look up for it and which characters to make plain afterwards."""

    formatter: MessageFormat
    slots: tuple[_Slot, ...]
    plain: dict[int, str]
    locale: str

    def fill(self, values: Mapping[str, object]) -> str:
        filled: dict[str, _Filled] = {}
        holes: list[str] = []
        for slot in self.slots:
            value = _fitted(_look_up(values, slot.name), slot.family, self.locale)
            if value is None:
                if slot.needed:
                    raise MissingValue(slot.name)
                holes.append(slot.name)
                value = _HOLE
            filled[slot.key] = value
        try:
            result = self.formatter.format(filled)
        except (RuntimeError, TypeError, ValueError) as error:
            raise MissingValue(holes[0] if holes else self.slots[0].name) from error
        if holes and _HOLE in result:
            raise MissingValue(holes[0])
        return result if result.isascii() else result.translate(self.plain)


@lru_cache(maxsize=4096)
def _compiled(pattern: str, locale: str) -> _Compiled:
    found = patterns.read(pattern)
    needed: dict[tuple[str, str], bool] = {}
    for one in found:
        use = (one.name, patterns.family(one.kind))
        needed[use] = needed.get(use, False) or not one.nested
    keys = {use: f"a{number}" for number, use in enumerate(needed)}
    slots = tuple(_Slot(*use, keys[use], needed[use]) for use in needed)
    plain = {ord(letter): instead for letter, instead in _PLAIN.items() if letter not in pattern}
    rules = _RULES.get(locale.split("_", 1)[0], locale)
    return _Compiled(MessageFormat(patterns.renamed(pattern, keys, found), rules), slots, plain, rules)


def _look_up(values: Mapping[str, object], name: str) -> object:
    value = values.get(name)
    if value is not None or "." not in name:
        return value
    inner: object = values
    for step in name.split("."):
        if not isinstance(inner, Mapping):
            return None
        inner = inner.get(step)
    return inner


def _fitted(value: object, family: str, locale: str) -> _Filled | None:
    """The value as ICU wants it, or None where it cannot be had: a missing one, or words where a number is needed."""
    if value is None:
        return None
    if family == "text":
        return _words(value, locale)
    if family == "number":
        return _number(value)
    return _moment(value)


def _words(value: object, locale: str) -> _Filled | None:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() else value
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return _listed([str(_words(one, locale)) for one in value], locale)
    return None


@lru_cache(maxsize=64)
def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def _listed(words: list[str], locale: str) -> str | None:
    return format_list(words, locale=_locale(locale)) if words else None


def _number(value: object) -> int | float | Decimal | None:
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value if math.isfinite(value) else None
    return None


def _moment(value: object) -> datetime | None:
    """A day or time without its zone: ICU would shift an aware one into the zone of this process."""
    if isinstance(value, str):
        try:
            value = time.fromisoformat(value) if ":" in value[:3] else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, time):
        return datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None))
    return None
