"""Participants from a spreadsheet saved as CSV: each row read, or refused with its line and the reason."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO, Final

from babel import Locale, UnknownLocaleError

from bot.channels.characters import storable
from bot.errors import BadFile
from bot.interop.phone_numbers import Unusable, phone_number
from flows.phrases import LANGUAGE_NAMES

#: Larger files are split: they would hold up everybody else for too long.
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 10_000
LONGEST_TAG: Final = 60

#: What people call the columns that we know; everything else is an attribute.
_NAMES: Final = {
    "phone": ("phone", "phone_number", "mobile", "mobile_phone", "cell", "cell_phone", "cellphone", "telephone",
              "number", "tel", "sms", "telephone_number", "numero", "numero_de_telephone", "cellulaire"),
    "telegram": ("telegram", "telegram_id", "chat", "chat_id"),
    "language": ("language", "lang", "langue"),
    "name": ("name", "full_name", "nom", "nom_complet"),
    "tags": ("tags", "tag", "etiquettes"),
    "consent_source": ("consent_source",),
    "consent_date": ("consent_date",),
    "consent_wording": ("consent_wording",),
    "consent_scope": ("consent_scope", "consent_scopes"),
}  # fmt: skip
_KNOWN: Final = {spelling: name for name, spellings in _NAMES.items() for spelling in spellings}
_ENGLISH_NAMES: Final = {
    "english": "en", "french": "fr", "francais": "fr", "anglais": "en", "spanish": "es", "espanol": "es", "arabic": "ar",
    "ukrainian": "uk", "chinese": "zh", "mandarin": "zh", "tagalog": "tl", "filipino": "tl", "mikmaq": "mic",
    "gaelic": "gd",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot be taken in. `line`: its first line in the file, the header being 1; `kind`: for counting
    alike ones, `~s` where several have an s: "number~s too short"."""

    line: int
    reason: str
    kind: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the file. `addresses`: `sms:+1902…`, `telegram:123`. `consent`: what the row itself says of it, by column, if anything."""

    line: int
    addresses: tuple[str, ...]
    language: str | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    consent: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file, read: `rows` in all, those that can be taken in, and those that cannot."""

    rows: int
    people: tuple[PersonRow, ...]
    refused: tuple[Refused, ...]


def read_sheet(file: BinaryIO | bytes, *, region: str, countries: Collection[str]) -> Sheet:
    """Read a file of participants. `region`: where numbers without a country code are at home; `countries`: those we text.

    UTF-8 with or without its mark, UTF-16 and Windows' own letters are told apart, and commas, semicolons and tabs. Raises `BadFile`
    for a file that is no such table at all.
    """
    text = _decoded(file if isinstance(file, bytes) else file.read(MOST_BYTES + 1))
    lines = _lines(text)
    _, header = next(lines, (1, []))
    columns = _columns(header)
    people: list[PersonRow] = []
    refused: list[Refused] = []
    first_seen: dict[str, int] = {}
    count = 0
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise BadFile(f"The file has more than {MOST_ROWS} rows. Split it, and import the parts.")
        try:
            person = _person(line, columns, cells, region, countries)
            _once(person, first_seen)
        except Unusable as problem:
            refused.append(Refused(line, problem.reason, problem.kind))
        else:
            people.append(person)
    return Sheet(count, tuple(people), tuple(refused))


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadFile(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it, and import the parts.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if content.startswith(b"PK\x03\x04"):
        raise BadFile(
            "This is a spreadsheet, not a CSV file. In your spreadsheet program, choose Save as, then CSV (UTF-8)."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line that each begins on. Raises `BadFile` where quotes are open to the end."""
    start = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=start.count)
    csv.field_size_limit(max(csv.field_size_limit(), 1_000_000))
    reader = csv.reader(io.StringIO(storable(text), newline=""), delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                f"Line {line} has a quotation mark that is never closed. Close it, or take it out.",
                ((line, str(error)),),
            ) from None
        yield line, cells
        line = reader.line_num + 1


def _columns(header: Sequence[str]) -> list[str]:
    """What each column holds: a name that we know, an attribute's name, or "" for one without a heading."""
    if len(header) > MOST_COLUMNS:
        raise BadFile(f"The file has {len(header)} columns; {MOST_COLUMNS} are the most.")
    columns = []
    for heading in header:
        name = _attribute_name(heading)
        columns.append(_KNOWN.get(name, name))
    if not {"phone", "telegram"} & set(columns):
        found = ", ".join(heading.strip() for heading in header if heading.strip())[:200]
        raise BadFile(
            "The first line names the columns, and one of them must be phone or telegram. "
            + (f"It has: {found}." if found else "It is empty.")
        )
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise BadFile(f"Two columns are called {twice[0]}. Rename one, or take it out.")
    return columns


def _attribute_name(heading: str) -> str:
    """A heading as a name of the flow language: `Postal Code (home)` is `postal_code_home`."""
    folded = _plain(heading).replace(" ", "_")
    return f"x_{folded}" if folded[:1].isdigit() else folded


def _plain(text: str) -> str:
    """Small letters without accents, and digits; one space between."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"[\u0300-\u036f'\u2019]", "", parts)).strip()


def _person(
    line: int, columns: Sequence[str], cells: Sequence[str], region: str, countries: Collection[str]
) -> PersonRow:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise Unusable(
            "more cells than there are columns; a comma in a cell needs quotation marks around the cell",
            "too many cells",
        )
    values = {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}
    for name, cell in values.items():
        if len(cell) > LONGEST_CELL:
            raise Unusable(f"{name} has {len(cell)} characters; {LONGEST_CELL} are the most", "cell~s too long")
    addresses = []
    if "phone" in values:
        addresses.append(f"sms:{phone_number(values['phone'], region, countries)}")
    if "telegram" in values:
        addresses.append(f"telegram:{_chat(values['telegram'])}")
    if not addresses:
        raise Unusable("no phone number and no Telegram chat", "without a number")
    return PersonRow(
        line=line,
        addresses=tuple(addresses),
        language=_language(values.get("language")),
        name=values.get("name"),
        tags=_tags(values.get("tags", "")),
        attributes={name: cell for name, cell in values.items() if name not in _NAMES},
        consent={name: cell for name, cell in values.items() if name.startswith("consent_") and name in _NAMES} or None,
    )


def _chat(text: str) -> str:
    chat = text.lstrip("'")
    if not (chat.isascii() and chat.isdigit() and len(chat) <= 20):
        raise Unusable(
            f"{text[:40]!r} is no Telegram chat: it is a number, which the bot learns when somebody presses Start",
            "no Telegram chat~s",
        )
    return chat


@lru_cache(maxsize=256)
def _language(text: str | None) -> str | None:
    """A language by its tag or its name; raises `Unusable` for what is neither."""
    if not text:
        return None
    named = _ENGLISH_NAMES.get(_plain(text)) or _OWN_NAMES.get(text.casefold())
    if named:
        return named
    try:
        tag = str(Locale.parse(text.replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        raise Unusable(
            f"{text[:40]!r} is no language: write a tag such as en or fr, or leave it empty",
            "language~s that we do not know",
        ) from None
    return tag


_OWN_NAMES: Final = {name.casefold(): tag for tag, name in LANGUAGE_NAMES.items()}


@lru_cache(maxsize=4096)
def _tags(text: str) -> tuple[str, ...]:
    tags = [" ".join(tag.split()) for tag in re.split(r"[;|]", text)]
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise Unusable(f"the tag {tag[:20]!r}… has more than {LONGEST_TAG} characters", "tag~s too long")
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _once(person: PersonRow, first_seen: dict[str, int]) -> None:
    """Refuse a number that stood on an earlier line."""
    for address in person.addresses:
        if address in first_seen:
            raise Unusable(f"the same as on line {first_seen[address]}", "listed twice")
    for address in person.addresses:
        first_seen[address] = person.line


__all__ = ["MOST_BYTES", "PersonRow", "Refused", "Sheet", "read_sheet"]
