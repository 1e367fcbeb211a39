"""Languages: the catalogues in locales/, read as they are, and every text that the program says out of them."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.errors import BadFile
from bot.texts import TEXTS
from flows.definition import Text
from flows.phrases import LANGUAGE_NAMES, PHRASES
from flows.texts import check_pattern, placeholders, render

#: Where the catalogues are: `<language>/LC_MESSAGES/<domain>.po`.
LOCALES: Final = Path(__file__).parent.parent / "locales"
#: The language that the program's texts are written in.
SOURCE: Final = "en"
#: `soundings`: the program's texts and the engine's phrases. `flows`: the library's flows.
DOMAINS: Final = ("soundings", "flows")
#: A catalogue that no speaker has read yet says so in its first comment.
UNREVIEWED: Final = "Review: needed"

#: Placeholders that a translation may leave out: a language names itself, inflected as it must be.
_MAY_BE_SAID: Final[Mapping[str, frozenset[str]]] = {"language_changed": frozenset({"language"})}
#: A header of plural forms whose count of forms is no number.
_PLURAL_FORMS: Final = re.compile(rb'^"Plural-Forms:(?!\s*nplurals\s*=\s*\d)\s*(.*)"\s*$', re.IGNORECASE)
_RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ku_Arab", "ps", "sd", "syr", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Translations:
    """A catalogue made ready. `texts`: (context, English) -> translation; fuzzy and empty ones are left out.

    `reviewed`: a speaker of the language has read it.
    """

    texts: Mapping[tuple[str, str], str]
    reviewed: bool = True


def text(key: str, language: str, /, **values: object) -> str:
    """One of the program's texts (`bot.texts.TEXTS`, or a phrase of the engine) in `language` or the nearest one.

    A language without the text falls back: mic to English, fr_CA to fr, all to English. Raises KeyError for a key that
    there is not, and `flows.errors.MissingValue` where a placeholder has no value.
    """
    return render(_every_text()[key], _tag(language), values, fallback=SOURCE)


def phrases() -> Mapping[str, Text]:
    """The engine's phrases: key -> language -> pattern, for `flows.context.Context.phrases`. The same object each time."""
    return _every_phrase()


def catalogue(flow: str, context: str, text: str, language: str) -> str | None:
    """The translation of a flow's text, or None: the `catalogue` that `flows.loader` asks.

    `context` is `state:kind` (`focus:options.housing`). A text that has changed since it was translated has none.
    """
    for tag in _tried(language):
        found = translations(tag, "flows").texts.get((f"{flow}:{context}", text))
        if found is not None:
            return found
    return None


def languages() -> tuple[str, ...]:
    """The tags of the languages that have catalogues, English first and French second."""
    found = (
        {folder.name for folder in LOCALES.glob("*") if (folder / "LC_MESSAGES").is_dir()}
        if LOCALES.is_dir()
        else set()
    )
    return tuple(sorted({SOURCE, *found}, key=lambda tag: (tag != SOURCE, tag != "fr", tag)))


def name_of(language: str, spoken: str | None = None) -> str:
    """What speakers call their language (`français`), or those of `spoken` do. A tag without a name stands for itself."""
    tag = _tag(language)
    if spoken is not None:
        return _babel_name(tag, _tag(spoken)) or language
    return LANGUAGE_NAMES.get(tag) or LANGUAGE_NAMES.get(tag.split("_")[0]) or _babel_name(tag, tag) or language


def names(tags: tuple[str, ...] | list[str]) -> str:
    """The names of several languages in themselves: `English, français`."""
    return ", ".join(name_of(tag) for tag in tags)


def direction(language: str) -> Literal["ltr", "rtl"]:
    """The direction of a language's script, as HTML's `dir` says it."""
    return "rtl" if _tag(language).split("_")[0] in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=256)
def translations(language: str, domain: str) -> Translations:
    """A catalogue, read once a process; empty where there is none. Raises `BadFile` with the line of what is wrong.

    A translation that would not work is left out: one that cannot be read, or that has other placeholders than the
    English. `soundings locale status` lists them.
    """
    path = path_of(language, domain)
    if not path.is_file():
        return Translations(MappingProxyType({}))
    read = read_catalogue(path)
    ready = {
        (message.context or "", message.id): message.string
        for message in read
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.id
        and message.string
        and not message.fuzzy
        and works(message.context or "", message.id, message.string, language)
    }
    return Translations(MappingProxyType(ready), UNREVIEWED not in read.header_comment)


def works(context: str, english: str, translated: str, language: str) -> bool:
    """Whether a translation can stand in for the English: it can be read, and fills in the same values."""
    return check_pattern(translated, language) is None and same_values(context, english, translated)


def same_values(context: str, english: str, translated: str) -> bool:
    """Whether a translation has the placeholders of the English, but for one that it may say outright."""
    differing = placeholders(english) ^ placeholders(translated)
    return differing <= (placeholders(english) & _MAY_BE_SAID.get(context, frozenset()))


def path_of(language: str, domain: str, root: Path | None = None) -> Path:
    """Where a catalogue stands."""
    return (root or LOCALES) / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(path: Path) -> Catalog:
    """A .po file, with or without the mark that Windows puts first. Raises `BadFile` that names the line which cannot be read."""
    try:
        return read_po(BytesIO(path.read_bytes().removeprefix(BOM_UTF8)), locale=None, abort_invalid=True)
    except PoFileError as error:
        _require_plural_forms(path)
        line, wrong = error.lineno + 1, str(error).removesuffix(f" on {error.lineno}")
        raise BadFile(
            f"{path}, line {line}, cannot be read as .po: {wrong}. Mend that line.", ((line, wrong),)
        ) from error
    except (LookupError, ValueError) as error:
        raise BadFile(f"{path} cannot be read: {error}. Save it as UTF-8.") from error


def _require_plural_forms(path: Path) -> None:
    """Raise `BadFile` with its own line where the header's Plural-Forms is what cannot be read: others are blamed otherwise."""
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        found = _PLURAL_FORMS.search(line)
        if found is not None:
            told = found[1].decode("utf-8", "replace").removesuffix("\\n")
            raise BadFile(
                f"{path}, line {number}: Plural-Forms cannot be read: {told!r}. Write it as in "
                '"Plural-Forms: nplurals=2; plural=(n != 1);\\n", with the number of forms of the language, or take the line out.',
                ((number, f"Plural-Forms: {told}"),),
            )


def forget() -> None:
    """Drops what has been read, so that changed catalogues are read anew."""
    for cached in (translations, _every_text, _every_phrase):
        cached.cache_clear()


@lru_cache(maxsize=1)
def _every_phrase() -> Mapping[str, Text]:
    return _in_every_language(PHRASES)


@lru_cache(maxsize=1)
def _every_text() -> Mapping[str, Text]:
    return MappingProxyType({**_every_phrase(), **_in_every_language(TEXTS)})


def _in_every_language(english: Mapping[str, str]) -> Mapping[str, Text]:
    return MappingProxyType({key: _translated(key, pattern) for key, pattern in english.items()})


def _translated(key: str, pattern: str) -> Text:
    said = {SOURCE: pattern}
    for tag in languages():
        found = translations(tag, "soundings").texts.get((key, pattern))
        if found is not None:
            said[tag] = found
    return MappingProxyType(said)


def _tag(language: str) -> str:
    return language.replace("-", "_")


def _tried(language: str) -> tuple[str, ...]:
    parts = _tag(language).split("_")
    return tuple("_".join(parts[:count]) for count in range(len(parts), 0, -1))


def _babel_name(tag: str, spoken: str) -> str | None:
    try:
        return Locale.parse(tag).get_display_name(spoken)
    except (UnknownLocaleError, ValueError):
        return None
