"""Reads a medium off a provider's answer: only kinds that are safe to keep, never more than the limit."""

from __future__ import annotations

import aiohttp

from bot.channels.base import FetchedMedium, MediumRefused, MediumUnavailable

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


async def read_medium(
    response: aiohttp.ClientResponse, *, limit: int, content_type: str | None = None
) -> FetchedMedium:
    """The body of an answer, at most `limit` bytes; `content_type` stands in for a header that does not tell."""
    if response.status in (400, 404, 410):
        raise MediumRefused("the provider no longer has it")
    if response.status != 200:
        raise MediumUnavailable(f"the provider answered {response.status}")
    kind = allowed_type(content_type or response.headers.get("Content-Type") or "")
    if response.content_length is not None and response.content_length > limit:
        raise MediumRefused(f"larger than {limit} bytes")
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > limit:
            raise MediumRefused(f"larger than {limit} bytes")
    return FetchedMedium(bytes(content), kind)
