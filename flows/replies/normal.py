"""One form of every text: case, accents, width, digits of all scripts, apostrophes and invisible marks folded away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from flows.replies.word_files import WORDS, document

#: Longest text, in characters, that is looked at word by word; a longer one is an open answer or nothing.
LONGEST = 480

#: Combining marks that are accents and may go. Vowel signs of Indic scripts are marks too, and must stay.
_ACCENTS = ((0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670))
_APOSTROPHES = "’‘‛ʼʻʹ′`´＇ꞌ"
_DASHES = "‐‑‒–—―−﹣－"
_SKIN = (0x1F3FB, 0x1F3FF)
#: Signs of other scripts that do what an ASCII sign does.
_SIGNS = {
    "،": ",",
    "、": ",",
    "٬": ",",
    "٫": ".",
    "。": ".",
    "؛": ";",
    "؟": "?",
    "٪": "%",
    "…": ".",
    "।": ".",
    "∕": "/",
    "×": "x",
}


@cache
def _letters() -> dict[str, str]:
    groups: dict[str, dict[str, str] | str] = document(WORDS / "letters.yaml")
    found: dict[str, str] = {}
    for group in groups.values():
        found.update({pair[0]: pair[1] for pair in group.split()} if isinstance(group, str) else group)
    return found


class _Fold(dict[int, str]):
    """What each character of a case-folded NFKC text becomes; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < 20_000:
            self[code] = folded
        return folded


def _fold(char: str) -> str:
    code = ord(char)
    if char in _APOSTROPHES:
        return "'"
    if char in _DASHES:
        return "-"
    if char in _SIGNS:
        return _SIGNS[char]
    if code in (0x20E3, 0xFE0E, 0xFE0F) or _SKIN[0] <= code <= _SKIN[1]:
        return ""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " " if char != "\n" else "\n"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Mn":
        return "" if any(low <= code <= high for low, high in _ACCENTS) else char
    base, *marks = list(unicodedata.normalize("NFD", char))
    plain = base if marks and all(_fold(mark) == "" for mark in marks) else char
    return _letters().get(plain, plain)


_FOLD = _Fold()

#: Characters that stand apart from a digit beside them: "2½" is no 21/2, "①③" no 13, "10²" no 102.
_APART = re.compile(r"[¼-¾⅐-⅞\u2460-\u249B\u24EA\u24F5-\u24FE\u2776-\u2793]")
_SUPERSCRIPT = re.compile(r"(?<=[^\W_])[⁰¹²³⁴-⁹]+")
#: Any of them: most texts have none.
_RAISED = re.compile(_APART.pattern[:-1] + "⁰¹²³⁴-⁹]")
_FRACTION = re.compile(r"(?<=\d)(?=\d⁄\d)")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\b\.?|\b(?:[^\W\d_]\.){2,}")
_ELISION = re.compile(r"\b(qu|jusqu|lorsqu|puisqu|presqu|quelqu|[ldjnscmt])'(?=[^\W\d_])")
_HYPHEN = re.compile(r"(?<=[^\W\d_])-+(?=[\w$])")
_SUFFIX = re.compile(r"(?<=\d)-+(?=[^\W\d_])")
_CYRILLIC = re.compile("[а-яі]")
_MIXED = re.compile(r"[a-z]*[а-яі][a-zа-яі]*")
#: "Нє" is a no where no verb follows; without its accent it would be the "не" of "не треба".
_NAY = re.compile(r"\bнє\b(?! (?:знаю|можу|зможу|хочу|буду|маю|думаю|розумію|понимаю|треба|надо|пам))")
#: The silent letter after a verb's plural ending, which many leave out: "بطلوا", "بطلو".
_SILENT = re.compile(r"(?<=[ء-ي]{3}و)ا\b")
#: The soft sign of an ending that Russian and many thumbs leave out: "англійська", "англійска".
_SOFT = re.compile(r"(?<=[сзц])ь(?=к)")
_TWINS = str.maketrans("aceiopxykmtbh", "асеіорхукмтвн")
_SPACES = re.compile(r"[ \t\r\f\v]+")


def fold(text: str) -> str:
    """Fold case, accents, width, digits and marks of `text`; punctuation and words stay as they stand.

    The result is the same for every Unicode form of a text (superscripts and circled digits excepted:
    NFKC itself has lost what they were).
    """
    if text.isascii():
        return text.lower()
    if _RAISED.search(text) is not None:
        text = _SUPERSCRIPT.sub(lambda found: "^" + found[0], _APART.sub(r" \g<0> ", text))
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if "нє" in text:
        text = _NAY.sub("ні", text)
    if "ьк" in text:
        text = _SOFT.sub("", text)
    if "وا" in text:
        text = _SILENT.sub("", text)
    if "⁄" in text:
        text = _FRACTION.sub(" ", text).replace("⁄", "/")
    text = text.translate(_FOLD)
    return text if _CYRILLIC.search(text) is None else _MIXED.sub(_one_script, text)


def _one_script(found: re.Match[str]) -> str:
    """A Cyrillic word with Latin look-alikes in it ("нi") is a Cyrillic word."""
    return found[0].translate(_TWINS)


def normalise(text: str) -> str:
    """Fold `text` and bring contractions, elisions, hyphens and dotted abbreviations to one form.

    "don't" and "dont" become "dont", "l'école" "l ecole", "vingt-deux" "vingt deux", "2-й" "2й", "p.m." "pm".
    """
    text = fold(text)
    if "." in text:
        text = _DOTTED.sub(lambda found: found[0].replace(".", "") + " ", text)
    if "'" in text:
        text = _ELISION.sub(r"\1 ", text).replace("'", "")
    if "-" in text:
        text = _SUFFIX.sub("", _HYPHEN.sub(" ", text))
    if "  " in text or not text.isprintable():
        text = _SPACES.sub(" ", text)
    return text.strip()


_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*"  # a number, its separators inside
    r"|[぀-ヿ㐀-䶿一-鿿豈-﫿]"  # a character of a script without spaces: words are found later
    r"|[^\W\d_](?:[^\W\d_぀-ヿ㐀-䶿一-鿿]|[\u0900-\u0dff\u0e00-\u0eff])*"
    r"|\S"
)


def tokens(normal: str) -> list[str]:
    """The words, numbers, single Chinese characters and signs of a normalised text."""
    return _TOKEN.findall(normal)


def places(texts: list[str], normal: str) -> list[tuple[int, int]]:
    """Where each token of a normalised text begins and ends: only spaces stand between."""
    found: list[tuple[int, int]] = []
    end = 0
    for text in texts:
        start = normal.index(text, end)
        end = start + len(text)
        found.append((start, end))
    return found


def key(text: str) -> str:
    """The form under which phrases are looked up: the tokens of the normalised text, one space between."""
    return " ".join(tokens(normalise(text)))


def keys(phrases: Iterable[str]) -> tuple[str, ...]:
    """`key` of each phrase, empty ones and repeats dropped, in order."""
    return tuple(dict.fromkeys(found for phrase in phrases if (found := key(phrase))))


_LONG_RUN = re.compile(r"(.)\1{2,}")
_RUN = re.compile(r"(.)\1+")


def squeezed(word: str) -> tuple[str, ...]:
    """Likely spellings of a drawn-out word: "yesss" → "yess", "yes"; () where no letter stands three times."""
    if _LONG_RUN.search(word) is None:
        return ()
    return _LONG_RUN.sub(r"\1\1", word), _LONG_RUN.sub(r"\1", word), _RUN.sub(r"\1", word)


_LISTED = re.compile(r"(?<=\d),(?=\d)|(?<=\d)\.(?=\d+\.\d)|(?<=\d\.\d)\.(?=\d)")


def apart(normal: str) -> str:
    """Numbers in a list taken apart: "1,3" is "1, 3", "1.3.5" is "1, 3, 5"; "3.5" stays a number."""
    return _LISTED.sub(", ", normal) if "," in normal or "." in normal else normal
