"""Reading what is no text: photos, voice notes, pins on a map."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.definition import Question
from flows.replies.reading import Reading
from flows.replies.text import read_text

#: Coordinates as people paste them, alone or out of a map's link.
_DEGREES = re.compile(r"(?:^|[@=:(\s,/])(-?\d{1,2}\.\d{3,12})\s{0,2}[,;]\s{0,2}(-?\d{1,3}\.\d{3,12})(?!\d)")
_LONGEST = 1000


def read_photo(media: Sequence[tuple[str, str]]) -> Reading:
    """The reference of the first photo; a picture sent as a document counts, a voice note or a sticker does not."""
    for wanted in ("photo", "document"):
        for kind, reference in media:
            if kind == wanted:
                return Reading("answered", value=reference)
    return Reading("unclear")


def read_location(question: Question, text: str, location: tuple[float, float] | None) -> Reading:
    """A pin as [latitude, longitude]; coordinates in the text likewise; else the words ("corner of Birch and Main"),
    since a basic phone has no pin to send."""
    if location is not None:
        return Reading("answered", value=[float(location[0]), float(location[1])])
    found = _DEGREES.search(text[:_LONGEST])
    if found is not None:
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return Reading("answered", value=[latitude, longitude])
    return read_text(question, text)
