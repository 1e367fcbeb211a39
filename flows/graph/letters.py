"""Letters on paper: how wide they are, about, how to break lines of them, and which of them a drawing may hold."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NARROW = frozenset("ijlt.,;:'|!()[]{}fr ‘’“”I`")
_BROAD = frozenset("mwMW@%—…")
#: Characters that XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@lru_cache(maxsize=4096)
def _letter(letter: str) -> float:
    """The width of a letter of a sans-serif in ems, a little generous."""
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.05
    if letter in _NARROW:
        return 0.38
    if letter in _BROAD:
        return 0.98
    return 0.72 if letter.isupper() else 0.63


def width(text: str, size: float) -> float:
    """How wide a line is, in the unit of `size`."""
    return sum(_letter(letter) for letter in text) * size


def wrap(text: str, size: float, room: float, *, most: int = 12) -> list[str]:
    """The text in lines no wider than `room`; words that are wider are broken, lines beyond `most` cut off with …."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width(longer, size) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(word, size, room)
            lines += full
            if len(lines) > most:
                break
        lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip(" .,;:") + "…"]
    return lines


def _pieces(word: str, size: float, room: float) -> list[str]:
    pieces: list[str] = [""]
    for letter in word:
        if pieces[-1] and width(pieces[-1] + letter, size) > room:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def xml(text: str) -> str:
    """The text as XML may hold it, in an element or an attribute."""
    clean = _NOT_XML.sub("\ufffd", text)
    for letter, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        clean = clean.replace(letter, instead)
    return clean
