"""Reading an e-mail address out of a reply."""

from __future__ import annotations

import re

from flows.replies.reading import Reading

_ADDRESS = re.compile(
    r"(?<![\w.+~$'-])([\w.+~$&'*/=?^{|}#!%-]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24})(?![\w@-]|\.\w)",
    re.UNICODE,
)
#: "jo at mail dot com", "jo (at) mail.com", "jo arobase mail point com": the same address said aloud.
_AT = re.compile(
    r"\s*[\[({<]\s*(?:at|arobase|a commercial|arroba)\s*[\])}>]\s*|\s+(?:arobase|arroba)\s+", re.IGNORECASE
)
_SPOKEN_AT = re.compile(r"(?<=[\w])\s+at\s+(?=[\w-]+(?:\.\w|\s+dot\s+\w|\s*[\[(]\s*dot))", re.IGNORECASE)
_DOT = re.compile(r"\s*[\[({<]\s*(?:dot|point|punto)\s*[\])}>]\s*|\s+(?:dot|point|punto)\s+", re.IGNORECASE)
#: Where an address is written onto words that have no spaces: "邮箱是jo@mail.com".
_GLUED = re.compile(r"(?<=[\u4e00-\u9fff：])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")
_LOOSE = re.compile(r"\s*@\s*")
_WIDE = str.maketrans({"＠": "@", "．": ".", "。": "."})
_LONGEST = 400


def read_email(text: str) -> Reading:
    """The one address in the reply, as it was written. One with a likely slip ("jo@mail,com") is only suggested."""
    text = _GLUED.sub(" ", text[:_LONGEST].translate(_WIDE))
    found = _addresses(text)
    if not found:
        spoken = (
            _DOT.sub(".", _SPOKEN_AT.sub("@", _AT.sub("@", text)))
            if _AT.search(text) or " at " in text.lower()
            else text
        )
        found = _addresses(spoken)
    if len(found) == 1:
        return Reading("answered", value=found[0])
    if len(found) > 1:
        return Reading("unclear", between=tuple(found), reason="two_readings")
    mended = _addresses(
        _LOOSE.sub("@", text).replace(",", ".").replace("..", ".").replace(" .", ".").replace(". ", ".")
    )
    return Reading("unclear", suggestion=mended[0] if len(mended) == 1 else None)


def _addresses(text: str) -> list[str]:
    found: dict[str, str] = {}
    for match in _ADDRESS.finditer(text):
        address = match[1].lstrip(".'*").removeprefix("mailto:")
        if ".." not in address and ".@" not in address and not address.startswith("@"):
            found.setdefault(address.casefold(), address)
    return list(found.values())
