"""Telegram by its Bot API: sends one message once, with buttons, and fetches the files that come in."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import mimetypes
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, cast

import aiohttp
import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.request import RequestData
from yarl import URL

from bot.channels.base import (
    Accepted,
    Ambiguous,
    FetchedMedium,
    Inbound,
    IncomingMedium,
    MediumRefused,
    MediumUnavailable,
    Outgoing,
    Refused,
    SendResult,
)
from bot.channels.characters import storable
from bot.channels.download import read_medium
from bot.channels.telegram_request import AiohttpRequest, Parameters, TooMany, meaning_of
from bot.channels.telegram_updates import button_data
from bot.config import Settings

#: Telegram's limit of a text.
LONGEST_TEXT: Final = 4096
#: Seconds between tries of what has to succeed some time; the last one for ever.
_RETRY_SECONDS: Final = (1, 2, 5, 15, 60)
#: Labels up to so many characters stand so many in a row.
_ROWS: Final = ((3, 5), (12, 2))
_FILE_PATH = re.compile(r"[A-Za-z0-9_./-]{1,500}")

_log = structlog.get_logger(__name__)


async def until_done(
    what: str, attempt: Callable[[], Awaitable[None]], pause: Callable[[float], Awaitable[None]]
) -> None:
    """Try again, ever more slowly, until Telegram agrees; `what` is the event that each failure is logged as."""
    for tried in itertools.count():
        try:
            await attempt()
            return
        except TelegramError as error:
            wait = error.after.total_seconds() if isinstance(error, TooMany) else _RETRY_SECONDS[min(tried, 4)]
            _log.warning(what, error=type(error).__name__, again_in=wait)
            await pause(wait)


def _keyboard(message: Outgoing) -> dict[str, object]:
    """The buttons in rows, as a parameter; none where one does not fit into Telegram's limits: a typed reply does as well."""
    if not message.buttons:
        return {}
    written = [(button, button_data(message.run_id, message.visit, button.key)) for button in message.buttons]
    buttons = [
        {"text": storable(button.label), "callback_data": carried}
        for button, carried in written
        if carried is not None and button.label.strip()
    ]
    if len(buttons) < len(written):
        _log.warning("telegram.buttons_left_out", message_id=message.message_id)
        return {}
    longest = max(len(button.label) for button in message.buttons)
    width = next((width for most, width in _ROWS if longest <= most), 1)
    rows = [buttons[at : at + width] for at in range(0, len(buttons), width)]
    return {"reply_markup": {"inline_keyboard": rows}}


class TelegramChannel:
    """Messages to `telegram:` addresses, which are private chats. `username` is the bot's own, once Telegram has told it."""

    name: str = "telegram"

    def __init__(
        self,
        settings: Settings,
        *,
        answer_seconds: float = 20.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._origin = settings.telegram_api_url
        self._token = settings.telegram_token.get_secret_value()
        self._seconds = answer_seconds
        self._pause = pause
        self.username: str | None = None

    async def open(self) -> None:
        """Open the connections' pool on the running loop, and begin to ask for the bot's name until Telegram tells it."""
        # The library writes texts and chat ids, and the token within addresses, at its debug level.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self._request = AiohttpRequest(self._seconds)
        await self._request.initialize()
        self.bot = Bot(
            self._token,
            base_url=f"{self._origin}/bot",
            base_file_url=f"{self._origin}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )
        asking = until_done("telegram.get_me", self._learn_name, self._pause)
        self._naming = asyncio.get_running_loop().create_task(asking)

    async def close(self) -> None:
        """Close the pool; what is under way is cut off."""
        self._naming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._naming
        await self._request.shutdown()

    async def named(self) -> str:
        """The bot's own user name, waiting until Telegram has told it: `https://t.me/<name>?start=…` is a deep link."""
        await asyncio.shield(self._naming)
        return self.username or ""

    async def _learn_name(self) -> None:
        self.username = (await self.bot.get_me()).username

    async def call(self, method: str, parameters: Mapping[str, object], *, seconds: float | None = None) -> object:
        """A method's result as plain JSON, with the library's errors but without its objects: a third of the cost of a send.

        Raises `TelegramError`.
        """
        url = f"{self._origin}/bot{self._token}/{method}"
        return await self._request.post(
            url, cast(RequestData, Parameters(parameters)), read_timeout=self._seconds if seconds is None else seconds
        )

    # -- out

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message once; every outcome is a result, as Telegram's answer or its lack has it.

        A text over Telegram's limit is refused rather than cut: nobody would see what is missing.
        """
        text, chat = storable(message.text), message.address.removeprefix("telegram:")
        if not text.strip():
            return Refused("empty", "the message has no text")
        if not message.address.startswith("telegram:") or re.fullmatch(r"\d{1,18}", chat) is None:
            return Refused("not_telegram", "Telegram sends to telegram: addresses alone, which are numbers")
        if len(text) > LONGEST_TEXT:
            return Refused("too_long", f"longer than the {LONGEST_TEXT} characters that Telegram takes")
        try:
            sent = await self.call("sendMessage", {"chat_id": int(chat), "text": text, **_keyboard(message)})
        except TelegramError as error:
            return meaning_of(error)
        except Exception as error:  # noqa: BLE001 - an answer that the library cannot read: it may have gone
            _log.error("telegram.answer_not_understood", message_id=message.message_id, error=type(error).__name__)
            return Ambiguous("not_understood", "Telegram's answer could not be read")
        number = sent.get("message_id") if isinstance(sent, dict) else None
        if not isinstance(number, int):
            return Ambiguous("not_understood", "Telegram's answer names no message")
        return Accepted(f"{chat}:{number}")

    async def acknowledge(self, inbound: Inbound) -> None:
        """Stop the waiting sign on a tapped button. A webhook's answer does it by itself; a poll calls this."""
        query = inbound.extra.get("callback_query")
        if query is not None:
            with contextlib.suppress(TelegramError):
                await self.bot.answer_callback_query(query)

    # -- files

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        """The file behind a file id, from the Bot API's own origin."""
        try:
            file = await self.bot.get_file(medium.reference)
        except (BadRequest, Forbidden) as error:
            raise MediumRefused(f"Telegram does not give it: {error.message[:100]}") from None
        except TelegramError as error:
            raise MediumUnavailable(f"Telegram could not be asked ({type(error).__name__})") from None
        if file.file_size is not None and file.file_size > limit:
            raise MediumRefused(f"larger than {limit} bytes")
        base = f"{self._origin}/file/bot{self._token}/"
        path = (file.file_path or "").removeprefix(base)
        if not (file.file_path or "").startswith(base) or _FILE_PATH.fullmatch(path) is None or ".." in path:
            raise MediumRefused("Telegram tells no place to fetch it from")
        content_type = medium.content_type or mimetypes.guess_type(path)[0]
        try:
            async with self._request.session.get(URL(base + path, encoded=True), allow_redirects=False) as response:
                return await read_medium(response, limit=limit, content_type=content_type)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MediumUnavailable(f"Telegram could not be reached ({type(error).__name__})") from None
