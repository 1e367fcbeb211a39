"""Expressions in CEL: compiled once, bounded in time and size, over plain JSON."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from types import ModuleType
from typing import Final

from flows.effects import Value
from flows.errors import FlowsError

# The package imports a terminal program of its own with all that draws it: six megabytes and a tenth of a second of every process.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))
import cel  # noqa: E402

#: What an expression may speak of.
NAMES: Final = ("answer", "answers", "participant", "community", "campaign", "visits")
#: The longest expression, in characters.
LONGEST: Final = 500
#: The longest text and list that an expression may result in: a loop that doubles a text ends here.
LONGEST_RESULT: Final = 2_000

_FUNCTIONS: Final = frozenset(
    {"contains", "startsWith", "endsWith", "size", "int", "uint", "double", "string", "has", "type", "dyn"}
    | {"timestamp", "duration", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"}
    | {"getHours", "getMinutes", "getSeconds", "getMilliseconds"}
)
#: `type(x) == int` mentions a type by its name.
_TYPES: Final = frozenset({"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "uint"})
_MACROS: Final = re.compile(r"\b(map|filter|all|exists|exists_one|existsOne)\s*\(")
_STRING: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
#: Raw texts, bytes and triple quotes, once what stands in them is taken out.
_ODD_STRING: Final = re.compile(r'""\s*""|\b[rRbB]{1,2}""')
_DOTTED: Final = re.compile(r"\b([a-z_]\w*(?:\s*\.\s*(?![A-Za-z_]\w*\s*\()[A-Za-z_]\w*)*)", re.ASCII)
#: The comparison that most rules are; worked out here, it needs no trip through CEL.
_PLAIN: Final = re.compile(
    r'\s*answer(?:s\.([A-Za-z_][A-Za-z0-9_]*))?\s*(==|!=)\s*(?:"([^"\\\n]*)"|\'([^\'\\\n]*)\')\s*'
)


class ConditionError(FlowsError):
    """An expression cannot be used; `message` says why and `fix` what to write instead."""

    def __init__(self, message: str, fix: str) -> None:
        self.message = message
        self.fix = fix
        super().__init__(f"{message} {fix}")


class NoValue(FlowsError):
    """An expression has no value: a name is missing, a null or a text stands where a number is needed."""


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression made ready. `names` are the ones of NAMES that it reads; `paths` all dotted names in it.

    `paths` holds `answers.focus` and `participant.area`, for whoever checks that they exist.
    """

    source: str
    names: tuple[str, ...]
    paths: frozenset[str]
    program: cel.Program
    plain: tuple[str | None, bool, str] | None = None

    def value(self, scope: Mapping[str, object]) -> Value:
        """The value over `scope` (NAMES -> plain JSON): text, number, truth, list or None. Raises `NoValue`."""
        if self.plain is not None:
            return _compare(self.plain, scope)
        try:
            result = self.program.execute({name: scope.get(name) for name in self.names})
        except Exception as error:
            raise NoValue(str(error)) from error
        except BaseException as error:
            # A panic of the Rust beneath arrives as a BaseException of pyo3's own, unlike Ctrl-C and exit.
            if type(error).__module__.startswith("pyo3"):
                raise NoValue(str(error)) from error
            raise
        return _bounded(result)


@lru_cache(maxsize=4096)
def compiled(source: str) -> Condition:
    """The expression made ready, cached. Raises `ConditionError`, for a flow's author to read."""
    bare = _without_strings(source)
    found = _MACROS.search(bare)
    if found:
        raise ConditionError(
            f"{found.group(1)}() goes through lists and may run for very long, so flows do without it.",
            'Ask for one thing at a time: "housing" in answers.focus && size(answers.focus) == 1.',
        )
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise ConditionError(*_unreadable(source, str(error))) from error
    references = program.references()
    for function in references["functions"]:
        if function[0] not in "_!-@" and function not in _FUNCTIONS:
            raise ConditionError(f"There is no {function}() here.", _instead(function))
    names = [name for name in references["variables"] if name not in _TYPES]
    for name in names:
        if name not in NAMES:
            raise ConditionError(f"Nothing here is called {name}.", _nearest(name, source))
    paths = frozenset("".join(path.split()) for path in _DOTTED.findall(bare) if path.split(".")[0].strip() in NAMES)
    return Condition(source, tuple(names), paths, program, _as_plain(source))


def holds(source: str, scope: Mapping[str, object]) -> bool:
    """Whether the expression is true. One that cannot be used, or has no value, or is no truth, is false."""
    try:
        return compiled(source).value(scope) is True
    except (ConditionError, NoValue):
        return False


def _without_strings(source: str) -> str:
    """The expression with its texts taken out, so that what they say is not read as CEL."""
    if len(source) > LONGEST:
        raise ConditionError(
            f"This expression has {len(source)} characters; {LONGEST} are the most.", "Split it over several states."
        )
    if not source.strip():
        raise ConditionError("There is no expression here.", 'Write one, such as answer == "housing".')
    bare = _STRING.sub('""', source)
    if _ODD_STRING.search(bare):
        raise ConditionError("Texts in an expression are written in plain quotes.", 'Write "housing".')
    for mark, what in (("//", "a comment"), ("`", "a backtick")):
        if mark in bare:
            raise ConditionError(f"There is {what} in this expression.", "Take it out.")
    left = bare.replace('""', "")
    for quote in ('"', "'"):
        if quote in left:
            raise ConditionError("A text in this expression has no end.", f"Put a {quote} after it.")
    return bare


def _unreadable(source: str, problem: str) -> tuple[str, str]:
    where = re.search(r"<input>:\d+:(\d+): (?:Syntax error: )?([^\n]*)", problem)
    if re.search(r"(?<![=!<>])=(?!=)", _STRING.sub('""', source)):
        return "A single = compares nothing.", "Write == to compare."
    for word, sign in (("and", "&&"), ("or", "||"), ("not", "!")):
        if re.search(rf"\b{word}\b", _STRING.sub('""', source)):
            return f"CEL has no word {word}.", f"Write {sign} instead."
    if where is None:
        return "This expression cannot be read.", "See docs/flow-language.md on expressions."
    return (
        f"This expression cannot be read from character {where.group(1)} on.",
        "See docs/flow-language.md on expressions.",
    )


def _instead(function: str) -> str:
    if function == "matches":
        return "Use contains, startsWith or endsWith."
    return "These are: size, contains, startsWith, endsWith, has, int, double, string, timestamp, duration."


def _nearest(name: str, source: str) -> str:
    likely = get_close_matches(name, NAMES, 1)
    if likely:
        return f"Did you mean {likely[0]}?"
    if re.search(rf"(==|!=|in)\s*{re.escape(name)}\b", source):
        return f'If it is a text, write "{name}" in quotes.'
    return f"Expressions know {', '.join(NAMES)}: an answer is answers.{name}, an attribute participant.{name}."


def _as_plain(source: str) -> tuple[str | None, bool, str] | None:
    found = _PLAIN.fullmatch(source)
    if found is None:
        return None
    name, sign, double, single = found.groups()
    return name, sign == "==", double if double is not None else single


def _compare(plain: tuple[str | None, bool, str], scope: Mapping[str, object]) -> bool:
    name, equal, text = plain
    if name is None:
        value = scope.get("answer")
    else:
        answers = scope.get("answers")
        if not isinstance(answers, Mapping) or name not in answers:
            raise NoValue(f"answers.{name}")
        value = answers[name]
    return (value == text) is equal


def _bounded(result: object) -> Value:
    """A result as plain JSON, small enough to keep. Raises `NoValue` for what is neither."""
    if result is None or isinstance(result, bool | int):
        return result
    if isinstance(result, float) and math.isfinite(result):
        return result
    if isinstance(result, str) and len(result) <= LONGEST_RESULT:
        return result
    if isinstance(result, datetime):
        return result.isoformat()
    if isinstance(result, list) and len(result) <= LONGEST_RESULT:
        if all(isinstance(one, str) and len(one) <= LONGEST_RESULT for one in result):
            return [str(one) for one in result]
        if all(isinstance(one, int | float) and not isinstance(one, bool) for one in result):
            return [float(one) for one in result]
    raise NoValue("the result is no plain value, or too long")
