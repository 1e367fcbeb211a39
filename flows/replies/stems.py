"""Light stems, so that "park" finds "Parks" and "парк" finds "Парки": the same cut on both sides, no dictionary."""

from __future__ import annotations

import re
from functools import lru_cache

_LATIN = re.compile(r"(?:iness|ings|ing|ies|ied|edly|ed|eaux|aux|ers|er|es|s|e|y|x|o|a)$")
_CYRILLIC = re.compile(
    r"(?:ями|ами|ові|еві|ого|ому|оі|ими|іми|ння|ть|ах|ях|ов|ів|ем|ом|ою|ею|ий|ій|их|іх|им|ім|а|я|о|е|у|ю|и|і|ь)$"
)
#: "Лавочка" is a little "лавка".
_LITTLE = re.compile(r"(?<=..)[оеє]чк$")
#: The last vowel of a stem, which changes as the syllable opens.
_CLOSED = re.compile(r"([іое])([бвгджзклмнпрстфхцчшщ]{1,2})$")
#: Consonants before the ending of a place: "у школі", "на зупинці", "на дорозі".
_SOFTENED = {"ці": "к", "зі": "г", "сі": "х"}
_ARABIC_HEAD = re.compile(r"^(?:وال|بال|كال|فال|لل|ال|و(?=.{4})|ب(?=.{4})|ل(?=.{4})|ف(?=.{4}))")
_ARABIC_TAIL = re.compile(r"(?:ات|ين|ون|ان|ها|هم|نا|كم|ه|ي)$")
_SHORTEST = 3
#: Languages in which an "e" before the "s" of a plural may be part of the ending: "buses", "camiones".
_PLURAL_ES = ("en", "es")


def _cut(pattern: re.Pattern[str], word: str) -> str:
    cut = pattern.sub("", word)
    if len(cut) >= _SHORTEST:
        return cut
    return word[:-1] if len(word) > _SHORTEST else word


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The part of a normalised word that its forms share; at least three letters of it."""
    first = word[0]
    if "\u0600" <= first <= "\u06ff":
        bare = _ARABIC_HEAD.sub("", word)
        return _cut(_ARABIC_TAIL, bare if len(bare) >= _SHORTEST else word)
    if "\u0400" <= first <= "\u04ff":
        return _LITTLE.sub("к", _cut(_CYRILLIC, word))
    return _cut(_LATIN, word)


def stems(word: str) -> tuple[str, ...]:
    """`stem`, and for an Arabic word what is left if its first letter is its own ("وظائف") and no word before it, for a
    Ukrainian one what it is in other cases: "міст" and "на мосту", "зупинка" and "на зупинці"."""
    if "\u0400" <= word[0] <= "\u04ff":
        root = stem(word)
        other = root[:-1] + _SOFTENED[word[-2:]] if word[-2:] in _SOFTENED and len(word) - len(root) == 1 else root
        closed = _CLOSED.sub(r"о\2", other)
        return tuple(dict.fromkeys((root, other, closed)))
    if not "\u0600" <= word[0] <= "\u06ff":
        return (stem(word),)
    bare = word.removeprefix("ال") if len(word) > _SHORTEST + 1 else word
    return tuple(dict.fromkeys((stem(word), _cut(_ARABIC_TAIL, bare))))


def variants(word: str) -> tuple[str, ...]:
    """The plural of a Latin word or its singular, and its other gender: "trees" and "tree", "bonne" and "bon"."""
    if not word.isascii() or not word.isalpha() or len(word) < _SHORTEST:
        return ()
    if word.endswith("ies"):
        return (word[:-3] + "y",)
    if word.endswith("s"):
        return (word[:-1], word[:-2]) if word.endswith("es") and len(word) > 4 else (word[:-1],)
    plurals = (word + "s", word + "es")
    if len(word) > _SHORTEST + 1 and word.endswith("e"):
        return (*plurals, word[:-1], word[:-2]) if word[-2] == word[-3] else (*plurals, word[:-1])
    if len(word) > _SHORTEST and word[-1] in "ao":
        other = word[:-1] + ("o" if word[-1] == "a" else "a")
        return (*plurals, other, other + "s")
    return (*plurals, word + "e")


def singular(word: str, language: str) -> str:
    """A word without the ending of its plural, the same cut on both sides; of other letters than Latin ones its stem."""
    if not word.isascii():
        return stem(word) if word[0].isalpha() and not "\u4e00" <= word[0] <= "\u9fff" else word
    if len(word) <= _SHORTEST:
        return word
    if language == "en" and word.endswith("ies"):
        return word[:-3] + "y"
    one = word[:-1] if word.endswith(("s", "x")) and not word.endswith("ss") else word
    return one[:-1] if language in _PLURAL_ES and one.endswith("e") and len(one) > _SHORTEST + 1 else one
