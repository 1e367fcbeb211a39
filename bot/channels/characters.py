"""Characters that no database or provider takes, made harmless."""

from __future__ import annotations

import re

_HARMFUL = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text with each NUL and lone surrogate as U+FFFD, and surrogates that make a pair joined.

    PostgreSQL takes no NUL, and neither it nor SQLite nor UTF-8 takes half of a pair.
    """
    if _HARMFUL.search(text) is None:
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\x00", "\ufffd")
