"""The words of each language, read from `words/<language>.yaml`, checked, and turned into phrases with their senses.

A section of a file is a list of phrases separated by commas, or a table whose entries are such lists:

    yes:                      # sense "yes"; "alone" only counts as the whole reply
      plain: yes, yep
      alone: y, o
    numbers: {1: one, 2: two} # sense "number" with its value
    polite: please, thanks    # sense "polite": may be ignored

`stop`, `asks`, `puts_off`, `waits` and `asks_back` hold patterns besides, which `flows.replies.patterns` explains.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from flows.replies.normal import key, normalise
from flows.replies.word_files import WORDS, NotYaml, document

Value: TypeAlias = int | float | str | bool
#: What a phrase can mean: sense -> value ("number": 2, "yes": "plain", "polite": True).
Senses: TypeAlias = dict[str, Value]


class WordsError(ValueError):
    """A file of words has a mistake; the message names file, section and what to write instead."""


class Matter(NamedTuple):
    """Words about one matter. `labels`: those by which an option is about it; `belong`: all that then name the option."""

    labels: tuple[str, ...]
    belong: tuple[str, ...]


class Family(NamedTuple):
    """Everyday names of one answer. `labels`: what options call it; `belong`: what else does; `alone`: only as the whole reply."""

    labels: tuple[str, ...]
    belong: tuple[str, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """One language, as its file says.

    `day_first`: "12/4" is 12 April ("yes"), December 4 ("no") or either ("unsure"). `decimal`: its decimal sign.
    `joins`: between which parts of a number "and" stands ("hundreds": 105; "tens": 25 too; "reversed": five-and-twenty).
    `clitics`: small words written onto the next ("و" in "والطعام"). `patterns`: pattern texts by name (`stop.strong`,
    `asks.person`), with their `groups`. `tight`: phrases of letters and digits that stand without a space ("2moro").
    `spellings`: other spellings of words that labels may have. `synonyms`: groups of words that say the same. `unspecific`:
    characters that too many words have to tell one. `matters`: words about one matter, each of which finds the
    option that alone is about it. `families`: groups of families, such as "never" among "how often". `short`: shorthand -> the word that patterns have ("u": "you").
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
    patterns: Mapping[str, str]
    groups: Mapping[str, str]
    tight: frozenset[str]
    spellings: Mapping[str, tuple[str, ...]]
    synonyms: tuple[frozenset[str], ...]
    unspecific: frozenset[str]
    matters: Mapping[str, Matter]
    families: Mapping[str, Mapping[str, Family]]
    short: Mapping[str, str]


#: Plain entries at the top of a file, with what stands where one is missing.
_SCALARS: dict[str, str] = {
    "language": "",
    "name": "",
    "review": "needs a speaker's review",
    "day_first": "unsure",
    "decimal": ".",
    "joins": "hundreds",
    "clitics": "",
}
_CHOICES = {"day_first": ("yes", "no", "unsure"), "decimal": (".", ","), "joins": ("hundreds", "tens", "reversed")}


def _number(name: object) -> int | float:
    value = float(str(name))
    return int(value) if value.is_integer() else value


def _whole(name: object) -> int:
    return int(str(name))


#: Tables whose keys become the value of the sense, with what makes a key a value.
_TABLES: dict[str, tuple[str, Callable[[object], Value]]] = {
    "yes": ("yes", str),
    "no": ("no", str),
    "numbers": ("number", _number),
    "multipliers": ("multiplier", _number),
    "fractions": ("fraction", lambda name: float(str(name))),
    "ordinals": ("ordinal", _whole),
    "units": ("unit", str),
    "days": ("day", _whole),
    "day_shifts": ("day_shift", _whole),
    "weeks": ("week", _whole),
    "month_shifts": ("month_shift", _whole),
    "year_shifts": ("year_shift", _whole),
    "weekdays": ("weekday", _whole),
    "months": ("month", _whole),
    "holidays": ("holiday", str),
    "dayparts": ("daypart", str),
    "clock": ("clock", str),
    "letters": ("letter", _whole),
    "commands": ("command", str),
    "commands_closed": ("command_closed", str),
    "speak": ("speak", str),
    "rates": ("rate", str),
    "frequencies": ("frequency", str),
}
#: Sections that are one list of phrases; the section's name is the sense.
_LISTS = frozenset(
    """undecided hedge polite intro counting small people self question not but because or and correction all both none
    except other dont_know indifferent skip refuse not_applicable vague ordinal_ending last middle position about more_than less_than
    minus to between out_of stars currency lowest highest degrees strong_degrees per next this previous ago ahead from_now
    from before after weekend am pm point at day_mark month_mark year_mark day_article part speak_frame speak_tell speak_not if only not_refusing hinders contact at_least
    at_most almost reported ourselves percent age persons
    some_persons one_person myself lacks troubles total having measures how_many formerly now every past times seasons mostly approval already too_much enough lacking conditional begins onward""".split()  # noqa: SIM905
)
_STOP_LISTS = ("words", "clear", "closed", "doubt")
_STOP_PATTERNS = ("strong", "weak")
#: Sections that are patterns.
_PATTERNS = ("puts_off", "waits", "asks_back")
_OTHERS = (
    "stop",
    "asks",
    *_PATTERNS,
    "groups",
    "spellings",
    "synonyms",
    "unspecific",
    "matters",
    "families",
    "short",
    "complete",
)
#: Files that serve all languages.
_SHARED = ("letters", "latin", "matters", "sounds")
#: Every section that a file may have; docs/reply-words.md says what each means.
SECTIONS = frozenset((*_SCALARS, *_TABLES, *_LISTS, *_OTHERS))


def phrases(text: str) -> list[str]:
    """The phrases of a list: between commas of any script."""
    for comma in "，،":
        text = text.replace(comma, ",")
    return [phrase for part in text.split(",") if (phrase := part.strip(" \n\"'"))]


class _File:
    """A file on its way to `Words`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.senses: dict[str, Senses] = {}
        self.patterns: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.tight: set[str] = set()
        self.spellings: dict[str, tuple[str, ...]] = {}
        self.synonyms: tuple[frozenset[str], ...] = ()
        self.unspecific: frozenset[str] = frozenset()
        self.matters: dict[str, Matter] = {}
        self.families: dict[str, dict[str, Family]] = {}
        self.short: dict[str, str] = {}

    def wrong(self, place: str, remedy: str) -> WordsError:
        return WordsError(f"{self.path.name}: {place}: {remedy}")

    def unknown(self, name: str, known: Iterable[str]) -> WordsError:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, 1)
        return self.wrong(
            name, f"did you mean {near[0]}?" if near else f"no such section; there are {', '.join(names)}"
        )

    def list(self, place: str, value: object) -> list[str]:
        if not isinstance(value, str | int | float):
            raise self.wrong(place, "write the phrases in one text, separated by commas")
        return phrases(str(value))

    def table(self, place: str, value: object) -> dict[object, object]:
        if not isinstance(value, dict):
            raise self.wrong(place, "write an entry a line, such as `1: one, single`")
        return value

    def add(self, place: str, value: object, sense: str, meaning: Value) -> None:
        for phrase in self.list(place, value):
            found = key(phrase)
            if " " in found and " " not in normalise(phrase) and any(char.isdigit() for char in found):
                self.tight.add(found)
            if found:
                self.senses.setdefault(found, {}).setdefault(sense, meaning)

    def section(self, section: str, body: object) -> None:
        if section in _LISTS:
            self.add(section, body, section, True)
            if section == "lacks":
                self.add(section, body, "not", True)
        elif section == "stop":
            self._stop(body)
        elif section == "asks":
            for name, text in self.table(section, body).items():
                self.patterns[f"asks.{name}"] = str(text)
        elif section in _PATTERNS:
            self.patterns[f"{section}.reply"] = str(body)
        elif section == "groups":
            self.groups = {str(name): str(text) for name, text in self.table(section, body).items()}
        elif section == "spellings":
            for name, text in self.table(section, body).items():
                self.spellings[key(str(name))] = tuple(key(one) for one in self.list(f"spellings.{name}", text))
        elif section == "synonyms":
            groups = ([key(one) for one in self.list(section, group)] for group in str(body).split(";"))
            self.synonyms = tuple(frozenset(group) for group in groups if len(group) > 1)
        elif section == "unspecific":
            self.unspecific = frozenset(str(body).split())
        elif section == "matters":
            for name, text in self.table(section, body).items():
                self.matters[str(name)] = self._matter(f"matters.{name}", text)
        elif section == "families":
            for name, group in self.table(section, body).items():
                self.families[str(name)] = self._group(f"families.{name}", group)
        elif section == "short":
            for name, text in self.table(section, body).items():
                self.short.update({key(one): key(str(name)) for one in self.list(f"short.{name}", text)})
        elif section in _TABLES:
            self._table(section, body)
        elif section != "complete":
            raise self.unknown(section, SECTIONS)

    def _matter(self, place: str, text: object) -> Matter:
        """Before a semicolon what labels call a matter, after it what belongs to it; without one each word is both."""
        parts = [tuple(key(one) for one in self.list(place, part)) for part in str(text).split(";")]
        return Matter(parts[0], tuple(word for part in parts for word in part))

    def _group(self, place: str, group: object) -> dict[str, Family]:
        """Before a semicolon what options call an answer, after it what else does, after a second what does as a whole reply."""
        found: dict[str, Family] = {}
        for name, text in self.table(place, group).items():
            parts = [tuple(key(one) for one in self.list(f"{place}.{name}", part)) for part in str(text).split(";")]
            if len(parts) > len(Family._fields):
                raise self.wrong(f"{place}.{name}", "has more than two semicolons")
            found[str(name)] = Family(*parts, *[()] * (len(Family._fields) - len(parts)))
        return found

    def _table(self, section: str, body: object) -> None:
        sense, convert = _TABLES[section]
        for name, value in self.table(section, body).items():
            try:
                meaning = convert(name)
            except ValueError:
                raise self.wrong(section, f"{name!r} should be a number") from None
            self.add(f"{section}.{name}", value, sense, meaning)

    def _stop(self, body: object) -> None:
        for name, value in self.table("stop", body).items():
            if name in _STOP_LISTS:
                self.add(f"stop.{name}", value, "stop", str(name))
            elif name in _STOP_PATTERNS:
                self.patterns[f"stop.{name}"] = str(value)
            else:
                raise self.unknown(f"stop.{name}", [f"stop.{known}" for known in (*_STOP_LISTS, *_STOP_PATTERNS)])


def read(path: Path) -> Words:
    """The words of one file. Raises `WordsError` with the place and the remedy."""
    try:
        found = document(path)
    except NotYaml as error:
        raise WordsError(f"{path.name}: {error}") from error
    if not isinstance(found, dict) or found.get("language") != path.stem:
        raise WordsError(f"{path.name}: the file should begin with `language: {path.stem}`")
    file = _File(path)
    scalars = dict(_SCALARS)
    for section, body in found.items():
        if section in _SCALARS:
            scalars[section] = _scalar(file, section, body)
        else:
            file.section(str(section), body)
    _note_denials(file.senses)
    return Words(
        language=path.stem,
        name=scalars["name"] or path.stem,
        review=scalars["review"],
        complete=found.get("complete") is True,
        day_first=scalars["day_first"],
        decimal=scalars["decimal"],
        joins=scalars["joins"],
        clitics=tuple(key(clitic) for clitic in phrases(scalars["clitics"])),
        senses=file.senses,
        patterns=file.patterns,
        groups=file.groups,
        tight=frozenset(file.tight),
        spellings=file.spellings,
        synonyms=file.synonyms,
        unspecific=file.unspecific,
        matters=file.matters,
        families=file.families,
        short=file.short,
    )


def _note_denials(senses: dict[str, Senses]) -> None:
    """Note which phrases of no begin with a word of denial: "не прийду" denies what is asked, "still waiting" does not."""
    for phrase, meant in senses.items():
        first, _, rest = phrase.partition(" ")
        if rest and "no" in meant and "not" in senses.get(first, {}):
            meant["denies"] = True


def _scalar(file: _File, name: str, value: object) -> str:
    if not isinstance(value, str):
        raise file.wrong(name, "should be plain text")
    if name in _CHOICES and value not in _CHOICES[name]:
        raise file.wrong(name, f"should be one of {', '.join(_CHOICES[name])}")
    return value


@cache
def languages() -> tuple[str, ...]:
    """The tags of the languages that have words, in alphabetical order."""
    return tuple(sorted(path.stem for path in WORDS.glob("*.yaml") if path.stem not in _SHARED))


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
    base = {"fil": "tl", "cmn": "zh", "yue": "zh"}.get(base, base)
    return base if base in languages() else None
