"""Light stems, so that "park" finds "Parks" and "парк" finds "Парки": the same cut on both sides, no dictionary."""

from __future__ import annotations

import re
from functools import lru_cache

_LATIN = re.compile(r"(?:iness|ings|ing|ies|ied|edly|ed|aux|eaux|ers|er|es|s|e|y|x|o|a)$")
_CYRILLIC = re.compile(
    r"(?:ями|ами|ові|еві|ого|ому|ими|іми|ння|ть|ах|ях|ов|ів|ем|ою|ею|ий|ій|их|іх|им|ім|а|я|о|е|у|ю|и|і|ь)+$"
)
_ARABIC_HEAD = re.compile(r"^(?:وال|بال|كال|فال|لل|ال|و(?=.{4})|ب(?=.{4})|ل(?=.{4})|ف(?=.{4}))")
_ARABIC_TAIL = re.compile(r"(?:ات|ين|ون|ان|ها|هم|نا|كم|ه|ي)$")


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The part of a normalised word that its forms share; at least three letters of it."""
    first = word[0]
    if "؀" <= first <= "ۿ":
        bare = _ARABIC_HEAD.sub("", word)
        bare = bare if len(bare) >= 3 else word
        cut = _ARABIC_TAIL.sub("", bare)
        return cut if len(cut) >= 3 else bare
    pattern = _CYRILLIC if "Ѐ" <= first <= "ӿ" else _LATIN
    cut = pattern.sub("", word)
    return cut if len(cut) >= 3 else word
