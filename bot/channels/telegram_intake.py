"""How Telegram's updates reach us: a webhook registered at start, or a long poll on a laptop that nobody can call."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import structlog
from telegram.error import TelegramError

from bot.channels.base import Inbound, MalformedWebhook
from bot.channels.telegram import TelegramChannel, until_done
from bot.channels.telegram_request import TooMany
from bot.channels.telegram_updates import ALLOWED_UPDATES, parse_update
from bot.channels.telegram_webhooks import secrets_of
from bot.clock import Clock
from bot.config import Settings
from bot.errors import NotReady
from storage.database import is_away

WEBHOOK_PATH: Final = "/webhooks/telegram"
#: How long a long poll waits at Telegram, and how much longer we wait for it, in seconds.
POLL_SECONDS, _POLL_MARGIN = 50, 15
#: An update that fails so often while others succeed is given up: it would hold up everybody.
_MOST_TRIES: Final = 5
_LONGEST_PAUSE: Final = 30.0

#: What became of an update: there was `nothing` in it to keep; the database is `away`, or full; it `failed` for another reason.
_Became = Literal["committed", "nothing", "away", "failed"]
Pause = Callable[[float], Awaitable[None]]
_log = structlog.get_logger(__name__)


async def set_webhook(channel: TelegramChannel, settings: Settings, *, pause: Pause = asyncio.sleep) -> None:
    """Tell Telegram where to post updates and the secret to post them with; tries until Telegram agrees.

    Raises `NotReady` where there is no public address to tell.
    """
    if not settings.public_url:
        raise NotReady(
            "Telegram needs an address to post to: set SOUNDINGS_PUBLIC_URL=https://…, "
            "or SOUNDINGS_TELEGRAM_MODE=polling on a machine that nobody can call"
        )

    async def register() -> None:
        url = f"{settings.public_url}{WEBHOOK_PATH}"
        await channel.bot.set_webhook(url, secret_token=secrets_of(settings)[0], allowed_updates=ALLOWED_UPDATES)

    await until_done("telegram.webhook_not_set", register, pause)


async def delete_webhook(channel: TelegramChannel, *, pause: Pause = asyncio.sleep) -> None:
    """Tell Telegram that its updates will be fetched; tries until Telegram agrees. What waits there is kept."""

    async def unregister() -> None:
        await channel.bot.delete_webhook()

    await until_done("telegram.webhook_not_deleted", unregister, pause)


async def poll(
    channel: TelegramChannel,
    hand_over: Callable[[Inbound], Awaitable[None]],
    *,
    sender: Callable[[], str | None],
    clock: Clock,
    pause: Pause = asyncio.sleep,
) -> None:
    """Fetch updates and hand them over until cancelled.

    `hand_over` returns after the commit, or raises: Telegram is told to forget an update only after its commit, so that
    a crash anywhere makes it come again. `sender` is the bot's registered address; without one nothing is fetched.
    """
    await delete_webhook(channel, pause=pause)
    polling = _Polling(channel, hand_over, clock)
    troubles = 0
    while True:
        address = sender()
        if address is None:
            _log.warning("telegram.no_sender", mend="soundings sender add telegram:<bot> --community <community>")
            await pause(5.0)
            continue
        try:
            settled = await polling.round(address)
        except TelegramError as error:
            asked = error.after.total_seconds() if isinstance(error, TooMany) else 0.0
            _log.warning("telegram.poll_failed", error=type(error).__name__)
            settled = False
        else:
            asked = 0.0
        troubles = 0 if settled else troubles + 1
        if troubles:
            await pause(max(asked, min(2.0 ** (troubles - 1), _LONGEST_PAUSE)))


class _Polling:
    """Where a poll stands: `offset` is the first update that is not committed."""

    def __init__(self, channel: TelegramChannel, hand_over: Callable[[Inbound], Awaitable[None]], clock: Clock) -> None:
        self._channel, self._hand_over, self._clock = channel, hand_over, clock
        self._offset: int | None = None
        self._failures: Counter[int] = Counter()

    async def round(self, sender: str) -> bool:
        """Fetch once and hand over; whether all went well. Raises `TelegramError`."""
        updates = await self._fetch()
        done = await asyncio.gather(*(self._take(update, sender) for update in updates))
        self._count_failures(updates, done)
        for (number, _), became in zip(updates, done, strict=True):
            failed = became in ("away", "failed")
            if failed and self._failures[number] < _MOST_TRIES:
                return False
            if failed:
                _log.error("telegram.update_given_up", update_id=number)
            self._failures.pop(number, None)
            self._offset = number + 1
        return True

    def _count_failures(self, updates: list[tuple[int, object]], done: list[_Became]) -> None:
        """Only a failure beside something that was written is the update's own fault; else it is the database's, and we wait."""
        if "committed" in done:
            self._failures.update(
                number for (number, _), became in zip(updates, done, strict=True) if became == "failed"
            )

    async def _fetch(self) -> list[tuple[int, object]]:
        parameters: dict[str, object] = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        if self._offset is not None:
            parameters["offset"] = self._offset
        found = await self._channel.call("getUpdates", parameters, seconds=POLL_SECONDS + _POLL_MARGIN)
        if not isinstance(found, list):
            raise TelegramError("the answer is not a list")
        numbered = [(number, update) for update in found if (number := _number(update)) is not None]
        if len(numbered) < len(found):
            raise TelegramError("an update has no number")
        return numbered

    async def _take(self, update: tuple[int, object], sender: str) -> _Became:
        number, content = update
        try:
            inbound = parse_update(content, sender=sender, received_at=self._clock.now())
        except MalformedWebhook as problem:
            _log.warning("telegram.update_malformed", update_id=number, reason=str(problem))
            return "nothing"
        if inbound is None:
            return "nothing"
        try:
            await self._hand_over(inbound)
        except Exception as error:  # noqa: BLE001 - whatever keeps it from being committed, Telegram keeps it for us
            _log.warning("telegram.update_not_committed", update_id=number, error=type(error).__name__)
            return "away" if is_away(error) else "failed"
        await self._channel.acknowledge(inbound)
        return "committed"


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None
