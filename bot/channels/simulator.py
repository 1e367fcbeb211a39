"""Phones that exist only here: what is sent arrives at once, and whoever looks at a phone sees it come."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Self

from bot.channels.base import (
    Accepted,
    ButtonPress,
    FetchedMedium,
    Inbound,
    IncomingMedium,
    MediumRefused,
    Outgoing,
    Refused,
    SendResult,
)
from bot.channels.characters import storable
from bot.channels.media_types import allowed_type

#: Messages that wait for somebody who looks but does not read; the oldest go first. The thread itself is in the database.
_MOST_WAITING: Final = 1_000
#: Photos taken with simulated phones, until they are fetched; the oldest go first.
_MOST_PHOTOS: Final = 100


class Simulator:
    """Messages to simulated phones: of `sim:` addresses, and of any other where no provider is configured."""

    name: str = "sim"

    def __init__(self) -> None:
        self._looking: defaultdict[str | None, list[Subscription]] = defaultdict(list)
        self._photos: dict[str, FetchedMedium] = {}

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """End every subscription."""
        for subscription in list(itertools.chain.from_iterable(self._looking.values())):
            subscription.close()

    async def send(self, message: Outgoing) -> SendResult:
        """The phone has it at once, so it is delivered; a message without text is refused as providers do."""
        if not message.text.strip():
            return Refused("empty", "the message has no text")
        for address in (message.address, None):
            for subscription in self._looking.get(address, ()):
                subscription.put(message)
        return Accepted(f"sim-{message.message_id}", "delivered")

    def subscribe(self, address: str | None = None) -> Subscription:
        """What is sent to a phone (to all of them, for None) from now on: `async with` it, and iterate.

        Of the running loop, as `send` is.
        """
        return Subscription(self._looking[address])

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        """A photo that a simulated phone sent."""
        photo = self._photos.get(medium.reference)
        if photo is None:
            raise MediumRefused("the simulated phone no longer has it")
        if len(photo.content) > limit:
            raise MediumRefused(f"larger than {limit} bytes")
        return photo

    def photo(self, content: bytes, content_type: str) -> IncomingMedium:
        """A photo to send with `text`; raises `MediumRefused` for a type that is not kept."""
        kind = allowed_type(content_type)
        while len(self._photos) >= _MOST_PHOTOS:
            del self._photos[next(iter(self._photos))]
        reference = f"sim-{secrets.token_hex(12)}"
        self._photos[reference] = FetchedMedium(content, kind)
        return IncomingMedium("photo", reference, kind)


class Subscription:
    """Messages as they come: an asynchronous iterator that ends when it or the simulator is closed."""

    def __init__(self, among: list[Subscription]) -> None:
        self._among = among
        self._waiting: asyncio.Queue[Outgoing | None] = asyncio.Queue()
        self._closed = False
        among.append(self)

    def put(self, message: Outgoing) -> None:
        """One more message; the oldest goes where too many wait."""
        if self._waiting.qsize() >= _MOST_WAITING:
            self._waiting.get_nowait()
        self._waiting.put_nowait(message)

    def close(self) -> None:
        """No more messages come after those that wait."""
        if not self._closed:
            self._closed = True
            self._among.remove(self)
            self._waiting.put_nowait(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outgoing:
        message = await self._waiting.get()
        if message is None:
            self._waiting.put_nowait(None)
            raise StopAsyncIteration
        return message


def text(
    sender: str,
    address: str,
    words: str,
    received_at: datetime,
    *,
    provider_id: str | None = None,
    button: ButtonPress | None = None,
    media: Iterable[IncomingMedium] = (),
    location: tuple[float, float] | None = None,
    start: str | None = None,
) -> Inbound:
    """What somebody sends from a simulated phone; `provider_id` is made up unless given (given twice, it came twice)."""
    media = tuple(media)
    return Inbound(
        sender=sender,
        address=address,
        provider_id=provider_id or f"sim-{secrets.token_hex(12)}",
        received_at=received_at,
        text=storable(words),
        kind="button" if button is not None else "media" if media else "text",
        button=button,
        media=media,
        location=location,
        start=start,
    )
