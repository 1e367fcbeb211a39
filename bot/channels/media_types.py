"""The kinds of media that are kept: what a person can look at or listen to, and nothing that a browser would run."""

from __future__ import annotations

from bot.channels.base import MediumRefused

#: Pictures, sound and film, and two kinds of document; nothing that a browser would run.
_MAJOR = ("image/", "audio/", "video/")
_ALLOWED = frozenset({"application/pdf", "application/ogg", "text/vcard", "text/x-vcard"})
_REFUSED = frozenset({"image/svg+xml"})


def allowed_type(content_type: str) -> str:
    """The content type without its parameters, lower case; raises `MediumRefused` for one that we do not keep."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in _REFUSED or not (kind.startswith(_MAJOR) or kind in _ALLOWED):
        raise MediumRefused(f"files of type {kind or 'unknown'} are not kept")
    return kind
