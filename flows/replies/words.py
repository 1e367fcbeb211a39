"""The words of each language, read from `words/<language>.yaml`, checked, and turned into phrases with their senses.

A section of a file is a list of phrases separated by commas, or a table whose entries are such lists:

    yes:                      # sense "yes"; "alone" only counts as the whole reply
      plain: yes, yep
      alone: y, ok
    numbers: {1: one, 2: two} # sense "number" with its value
    polite: please, thanks    # sense "polite": may be ignored
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from flows.replies.normal import WORDS, key

#: What a phrase can mean: sense -> value ("number": 2, "yes": "plain", "polite": True).
Senses: TypeAlias = dict[str, int | float | str | bool]


class WordsError(ValueError):
    """A file of words has a mistake; the message names file, section and what to write instead."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language, as its file says.

    `day_first`: "12/4" is 12 April ("yes"), December 4 ("no") or either ("unsure"). `decimal`: its decimal sign.
    `joins`: between which parts of a number "and" stands ("hundreds": 105; "tens": 25 too; "reversed": five-and-twenty).
    `clitics`: small words written onto the next ("و" in "والطعام"). `stop`: patterns by strength, for `flows.replies.stop`.
    """

    language: str
    name: str
    review: str
    complete: bool
    day_first: str
    decimal: str
    joins: str
    clitics: tuple[str, ...]
    senses: Mapping[str, Senses]
    stop: Mapping[str, str]
    groups: Mapping[str, str]


_SCALARS = {
    "language": str,
    "name": str,
    "review": str,
    "complete": bool,
    "day_first": str,
    "decimal": str,
    "joins": str,
    "clitics": str,
}
#: Tables whose keys become the value of the sense, with the sense's name and what makes a key a value.
_TABLES: dict[str, tuple[str, Callable[[object], int | float | str]]] = {
    "yes": ("yes", str),
    "no": ("no", str),
    "numbers": ("number", lambda name: _number(name)),
    "multipliers": ("multiplier", lambda name: _number(name)),
    "fractions": ("fraction", lambda name: float(str(name))),
    "ordinals": ("ordinal", lambda name: int(str(name))),
    "units": ("unit", str),
    "days": ("day", lambda name: int(str(name))),
    "weekdays": ("weekday", lambda name: int(str(name))),
    "months": ("month", lambda name: int(str(name))),
    "holidays": ("holiday", str),
    "dayparts": ("daypart", str),
    "clock": ("clock", str),
    "letters": ("letter", lambda name: int(str(name))),
    "commands": ("command", str),
    "commands_closed": ("command_closed", str),
    "speak": ("speak", str),
}
_LISTS = frozenset(
    {
        "undecided",
        "hedge",
        "polite",
        "intro",
        "small",
        "people",
        "not",
        "but",
        "because",
        "or",
        "and",
        "correction",
        "all",
        "both",
        "none",
        "except",
        "other",
        "dont_know",
        "skip",
        "refuse",
        "not_applicable",
        "vague",
        "ordinal_endings",
        "last",
        "middle",
        "position",
        "about",
        "more_than",
        "less_than",
        "minus",
        "to",
        "between",
        "out_of",
        "stars",
        "currency",
        "lowest",
        "highest",
        "degrees",
        "next",
        "this",
        "previous",
        "next_week",
        "this_week",
        "last_week",
        "next_month",
        "ago",
        "ahead",
        "from_now",
        "from",
        "before",
        "after",
        "weekend",
        "am",
        "pm",
        "point",
        "speak_frame",
    }
)
_STOP = ("words", "closed", "strong", "weak", "groups")
_ALIASES = {"ordinal_endings": "ordinal_ending"}


def _number(name: object) -> int | float:
    value = float(str(name))
    return int(value) if value.is_integer() else value


def _phrases(path: Path, section: str, value: object) -> list[str]:
    if not isinstance(value, str | int | float):
        raise WordsError(f"{path.name}: {section}: write the phrases in one line, separated by commas")
    text = str(value).replace("，", ",").replace("、", ",").replace("\n", " ")
    text = text.replace("،", ",")
    return [phrase.strip().strip("\"'") for phrase in text.split(",") if phrase.strip()]


def _add(senses: dict[str, Senses], phrase: str, sense: str, value: int | float | str | bool) -> None:
    found = key(phrase)
    if found:
        senses.setdefault(found, {}).setdefault(sense, value)


def _unknown(path: Path, section: str, known: list[str]) -> WordsError:
    near = difflib.get_close_matches(section, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(known))}"
    return WordsError(f"{path.name}: there is no section {section}{hint}")


def _read_section(path: Path, section: str, body: object, senses: dict[str, Senses]) -> None:
    if section in _LISTS:
        for phrase in _phrases(path, section, body):
            _add(senses, phrase, _ALIASES.get(section, section), True)
        return
    sense, convert = _TABLES[section]
    if not isinstance(body, dict):
        raise WordsError(f"{path.name}: {section} is a table: write an entry a line, such as `1: one, single`")
    for name, value in body.items():
        try:
            meaning = convert(name)
        except ValueError:
            raise WordsError(f"{path.name}: {section}: {name!r} should be a number") from None
        for phrase in _phrases(path, f"{section}.{name}", value):
            _add(senses, phrase, sense, meaning)


def _scalar(path: Path, document: Mapping[str, object], name: str, default: str) -> str:
    value = document.get(name, default)
    if not isinstance(value, str):
        raise WordsError(f"{path.name}: {name} should be plain text")
    return value


def read(path: Path) -> Words:
    """The words of one file. Raises `WordsError` with the place and the remedy."""
    try:
        document = YAML(typ="safe", pure=True).load(path)
    except YAMLError as error:
        raise WordsError(f"{path.name}: {error}") from error
    if not isinstance(document, dict) or document.get("language") != path.stem:
        raise WordsError(f"{path.name}: the file should begin with `language: {path.stem}`")
    senses: dict[str, Senses] = {}
    known = [*_SCALARS, *_TABLES, *_LISTS, "stop"]
    stop: dict[str, str] = {}
    groups: dict[str, str] = {}
    for section, body in document.items():
        if section not in known:
            raise _unknown(path, str(section), known)
        if section == "stop":
            _read_stop(path, body, senses, stop, groups)
        elif section not in _SCALARS:
            _read_section(path, section, body, senses)
    return Words(
        language=path.stem,
        name=_scalar(path, document, "name", path.stem),
        review=_scalar(path, document, "review", "needs a speaker's review"),
        complete=bool(document.get("complete", False)),
        day_first=_scalar(path, document, "day_first", "unsure"),
        decimal=_scalar(path, document, "decimal", "."),
        joins=_scalar(path, document, "joins", "hundreds"),
        clitics=tuple(_phrases(path, "clitics", document.get("clitics", ""))),
        senses=senses,
        stop=stop,
        groups=groups,
    )


def _read_stop(
    path: Path, body: object, senses: dict[str, Senses], stop: dict[str, str], groups: dict[str, str]
) -> None:
    if not isinstance(body, dict):
        raise WordsError(f"{path.name}: stop is a table of {', '.join(_STOP)}")
    for name, value in body.items():
        if name not in _STOP:
            raise _unknown(path, f"stop.{name}", [f"stop.{known}" for known in _STOP])
        if name == "groups":
            groups.update({str(group): str(phrases) for group, phrases in value.items()})
        elif name in ("words", "closed"):
            for phrase in _phrases(path, f"stop.{name}", value):
                _add(senses, phrase, "stop", name)
        else:
            stop[name] = str(value)


@cache
def languages() -> tuple[str, ...]:
    """The tags of the languages that have words, in alphabetical order."""
    return tuple(sorted(path.stem for path in WORDS.glob("*.yaml") if path.stem != "letters"))


@cache
def words(language: str) -> Words:
    """The words of `language`, by its tag; raises `WordsError` for one without a file."""
    if language not in languages():
        raise WordsError(f"there are no words for {language!r}; there are for {', '.join(languages())}")
    return read(WORDS / f"{language}.yaml")


@cache
def nearest_language(tag: str) -> str | None:
    """The language with words that stands for a tag: `fr-CA` and `fr_CA` are `fr`, `fil` is `tl`; None if there is none."""
    base = tag.replace("_", "-").split("-")[0].lower()
    base = {"fil": "tl", "cmn": "zh", "yue": "zh", "mi'kmaq": "mic"}.get(base, base)
    return base if base in languages() else None
