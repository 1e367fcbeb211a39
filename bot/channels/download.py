"""Reads providers' answers and the media behind them: never more than a limit, and only kinds that are safe to keep."""

from __future__ import annotations

import aiohttp

from bot.channels.base import FetchedMedium, MediumRefused, MediumUnavailable
from bot.channels.media_types import allowed_type


class TooLong(aiohttp.ClientPayloadError):
    """The body is longer than it may be."""


async def read_answer(response: aiohttp.ClientResponse, *, limit: int) -> bytes:
    """The whole body of an answer; raises `TooLong` if it is longer than `limit` bytes."""
    packed = "Content-Encoding" in response.headers
    if not packed and response.content_length is not None and response.content_length <= limit:
        return await response.read()
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > limit:
            raise TooLong(f"an answer of more than {limit} bytes")
    return bytes(content)


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
    try:
        return FetchedMedium(await read_answer(response, limit=limit), kind)
    except TooLong:
        raise MediumRefused(f"larger than {limit} bytes") from None
