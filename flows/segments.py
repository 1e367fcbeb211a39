"""How a text travels by SMS: GSM-7 or UCS-2, in how many segments, because of which letters; and how to make it lighter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from flows.graphemes import clusters

Encoding = Literal["GSM-7", "UCS-2"]

#: What a Canadian long code carries in one message, in septets and in UTF-16 code units (FACTS §1): stricter than 160/70.
ONE_MESSAGE: Final[dict[Encoding, int]] = {"GSM-7": 136, "UCS-2": 70}

# Alone a message has 140 octets; each part of a longer one gives 6 of them to the header that joins the parts.
_ALONE: Final[dict[Encoding, int]] = {"GSM-7": 160, "UCS-2": 70}
_JOINED: Final[dict[Encoding, int]] = {"GSM-7": 153, "UCS-2": 67}

# The alphabets of 3GPP TS 23.038: the second costs an escape and a letter, two septets that are never parted.
_EXTENSION_LETTERS = "\f^{}\\[~]|€"
_BASIC_LETTERS = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM: Final = frozenset(_BASIC_LETTERS + _EXTENSION_LETTERS)
_NOT_GSM = re.compile(f"[^{re.escape(_BASIC_LETTERS + _EXTENSION_LETTERS)}]")
_EXTENSION = re.compile(f"[{re.escape(_EXTENSION_LETTERS)}]")


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs: `segments` is at least 1, as an empty message is one too.

    `characters`: septets of a GSM-7 text (an extension letter is two), written characters of a UCS-2 text.
    `culprits`: the distinct written characters that force UCS-2, in order of appearance.
    """

    encoding: Encoding
    segments: int
    characters: int
    culprits: tuple[str, ...] = ()


def segment(text: str) -> Segments:
    """Count as Twilio's own calculator does (sms-segments-calculator 1.3), down to its habits at a segment's edge."""
    if not _NOT_GSM.search(text):
        return _segment_gsm(text)
    written = clusters(text)
    culprits = dict.fromkeys(one for one in written if one not in _GSM)
    count = 1 if _units(text) <= _ALONE["UCS-2"] else _count([_units(one) for one in written], "UCS-2")
    return Segments("UCS-2", count, len(written), tuple(culprits))


def is_plain(text: str) -> bool:
    """Whether `text` is written in the letters of plain SMS alone (GSM-7)."""
    return not _NOT_GSM.search(text)


def fits_one_message(text: str) -> bool:
    """Whether `text` is one message on a Canadian long code: at most 136 septets, or 70 UTF-16 code units."""
    if not _NOT_GSM.search(text):
        return len(text) + len(_EXTENSION.findall(text)) <= ONE_MESSAGE["GSM-7"]
    return _units(text) <= ONE_MESSAGE["UCS-2"]


def _segment_gsm(text: str) -> Segments:
    extended = len(_EXTENSION.findall(text))
    septets = len(text) + extended
    if septets <= _ALONE["GSM-7"]:
        count = 1
    elif not extended:
        count = -(-septets // _JOINED["GSM-7"])
    else:
        count = _count([2 if letter in _EXTENSION_LETTERS else 1 for letter in text], "GSM-7")
    return Segments("GSM-7", count, septets)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _count(sizes: list[int], encoding: Encoding) -> int:
    """Segments for written characters of these sizes, none of them split.

    One larger than a segment overflows the segment that it is put in; it is put in a new one even where the segment
    before is empty. When a second segment begins, the first gives up what no longer fits beside its new header, and
    the character that began the second one joins that without being measured again: all as the calculator does.
    """
    alone, joined = _ALONE[encoding], _JOINED[encoding]
    used = at = 0
    while at < len(sizes) and used + sizes[at] <= alone:
        used += sizes[at]
        at += 1
    if at == len(sizes):
        return 1
    kept, moved = at, 0
    while used - moved > joined:
        kept -= 1
        moved += sizes[kept]
    count, used = 2, moved + sizes[at]
    for size in sizes[at + 1 :]:
        if used + size > joined:
            count += 1
            used = 0
        used += size
    return count


# What a lighter letter says just as well. Accents, fractions, currency and everything with a meaning of its own stay.
_LIGHTER: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u2039\u203a\u00b4`\uff07", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-")
    | dict.fromkeys("\u2022\u2023\u2043\u25e6\u25aa\u25cf\u2219", "-")
    | dict.fromkeys("\t\u00a0\u1680\u202f\u205f\u3000", " ")
    | {chr(point): " " for point in range(0x2000, 0x200B)}
    | dict.fromkeys("\v\u0085\u2028\u2029", "\n")
    | dict.fromkeys("\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f", "")
    | {chr(point): "" for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    | {chr(point): "" for point in (*range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0)) if point != 0x85}
    | {chr(point): chr(point - 0xFEE0) for point in range(0xFF01, 0xFF5F) if point != 0xFF07}
    | {"\u2026": "...", "\u2025": "..", "\u203c": "!!", "\u2044": "/", "\u00d7": "x"}
    | {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
)
_TAKEN_APART = re.compile("[A-Za-zÀ-ɏ][\u0300-\u036f]+")
_INSIDE_GUILLEMETS = re.compile("(?<=[«‹])[\u00a0\u202f]|[\u00a0\u202f](?=[»›])")
_TIGHT_DASH = re.compile("(?<=[^\\W\\d])[—―](?=[^\\W\\d])")


def lighten(text: str) -> str:
    """The same text in cheaper letters where nothing is lost: curly quotes, dashes, dots, bullets, odd spaces, tabs.

    A letter that was taken apart ("e" and its accent) is put together. Substitution is only worth it where it makes the
    whole text GSM-7 in no more segments; a text that stays Unicode by another letter (ç, Arabic, an emoji) keeps its
    typography. What is lightened once stays as it is.
    """
    if not _NOT_GSM.search(text):
        return text
    whole = _TAKEN_APART.sub(lambda found: unicodedata.normalize("NFC", found.group()), text)
    lighter = _TIGHT_DASH.sub(" - ", _INSIDE_GUILLEMETS.sub("", whole)).translate(_LIGHTER)
    if _NOT_GSM.search(lighter) or segment(lighter).segments > segment(whole).segments:
        return whole
    return lighter
