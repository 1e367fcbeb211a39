"""Reading a Canadian postal code (letter digit letter, digit letter digit) out of a reply."""

from __future__ import annotations

import re

from flows.replies.normal import fold
from flows.replies.reading import Reading

#: Canada Post: D, F, I, O, Q and U are never used, and W and Z never come first.
_FIRST = "abceghjklmnprstvxy"
_LETTER = "abceghjklmnprstvwxyz"
#: What stands for a digit by its look.
_DIGIT = {"o": "0", "i": "1", "l": "1", "|": "1", "!": "1"}
#: Letters of other scripts that look like Latin ones.
_LOOKS = str.maketrans("авсекмнорстухіґј", "abcekmhopctyxigj")
_CODE = re.compile(
    r"(?<![a-z0-9])([^\W_])\W{0,2}([^\W_!|]|[|!])\W{0,2}([^\W_])\W{0,3}([^\W_!|]|[|!])\W{0,2}([^\W_])\W{0,2}([^\W_!|]|[|!])(?![a-z0-9])"
)
_LONGEST = 400


def _code(found: re.Match[str]) -> str | None:
    """The code that six characters spell, an O or I read as the digit that it stands for; None if they spell none."""
    letters = [found[1], found[3], found[5]]
    digits = [_DIGIT.get(char, char) for char in (found[2], found[4], found[6])]
    if letters[0] not in _FIRST or any(letter not in _LETTER for letter in letters):
        return None
    if not all(digit.isdigit() for digit in digits):
        return None
    pairs = "".join(letter + digit for letter, digit in zip(letters, digits, strict=True)).upper()
    return f"{pairs[:3]} {pairs[3:]}"


def read_postal_code(text: str) -> Reading:
    """The one postal code in the reply, written `B3H 4R2`."""
    text = fold(text[:_LONGEST]).translate(_LOOKS)
    found: list[str] = []
    at = 0
    while (match := _CODE.search(text, at)) is not None:
        code = _code(match)
        if code is not None and code not in found:
            found.append(code)
        at = match.end() if code is not None else match.start() + 1
    if len(found) == 1:
        return Reading("answered", value=found[0])
    if found:
        return Reading("unclear", between=tuple(found), reason="two_readings")
    return Reading("unclear")
