"""python-telegram-bot's requests over a pooled aiohttp session, and its errors as send results.

The library's own transport (httpx) slows down with concurrency; its errors lose whether a connection was ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp
import orjson
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.base import Ambiguous, Postponed, Refused, SendResult
from bot.channels.download import read_answer

_CONNECT_SECONDS: Final = 6.0
_IDLE_SECONDS: Final = 10.0
#: An answer with a hundred updates is well below it.
_LONGEST_ANSWER: Final = 16 * 1024 * 1024
_DEFAULT_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(days=1)


class NotConnected(NetworkError):
    """No connection was made: nothing was asked of Telegram."""


class TooMany(TelegramError):
    """Telegram wants us to wait: `after` is its own word."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("too many requests")
        self.after = after


@dataclass(frozen=True, slots=True)
class Parameters:
    """A method's parameters as plain JSON, in place of the library's `RequestData`."""

    parameters: Mapping[str, object]


class AiohttpRequest(BaseRequest):
    """Requests with JSON bodies; `answer_seconds` is how long an answer may take."""

    def __init__(self, answer_seconds: float) -> None:
        self._seconds = answer_seconds

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take unless a call says otherwise."""
        return self._seconds

    async def initialize(self) -> None:
        """Open the pool on the running loop."""
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout(self._seconds),
        )

    async def shutdown(self) -> None:
        """Close the pool."""
        await self.session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | Parameters | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        """One request, once: status and body; raises `TooMany`, `NotConnected`, `TimedOut` or `NetworkError`."""
        given = self._timeout(read_timeout) if isinstance(read_timeout, int | float) else self.session.timeout
        try:
            async with self.session.request(
                method,
                URL(url, encoded=True),
                data=orjson.dumps(request_data.parameters) if request_data else None,
                headers={"Content-Type": "application/json"} if request_data else None,
                timeout=given,
                allow_redirects=False,
            ) as response:
                body = await read_answer(response, limit=_LONGEST_ANSWER)
                if response.status == 429:
                    raise TooMany(_wait(body))
                return response.status, body
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
            raise NotConnected(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """The answer's JSON object; raises `TelegramError` and, unlike the library's own, logs nothing of it."""
        try:
            answer = orjson.loads(payload)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("the answer is not a JSON object")
        return answer

    @staticmethod
    def _timeout(seconds: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=seconds, connect=min(_CONNECT_SECONDS, seconds / 2))


def _wait(body: bytes) -> timedelta:
    try:
        wait = timedelta(seconds=orjson.loads(body)["parameters"]["retry_after"])
    except (orjson.JSONDecodeError, LookupError, TypeError, OverflowError):
        return _DEFAULT_WAIT
    return min(max(wait, timedelta(seconds=1)), _LONGEST_WAIT)


def meaning_of(error: TelegramError) -> SendResult:
    """What an error says of the message that was to be sent.

    `BadRequest` and `TimedOut` are kinds of `NetworkError` in the library: the definite ones come first.
    """
    words = error.message[:200]
    if isinstance(error, TooMany):
        return Postponed(error.after, "429", "Telegram asks to wait")
    if isinstance(error, Forbidden):
        return _forbidden(words)
    if isinstance(error, InvalidToken):
        return Refused("401", "Telegram does not accept the bot's token", "sender")
    if isinstance(error, BadRequest):
        gone = any(
            sign in words.lower() for sign in ("chat not found", "user not found", "peer_id_invalid", "user_id_invalid")
        )
        return Refused("400", words, "dead" if gone else "none")
    if isinstance(error, NotConnected):
        return Postponed(_DEFAULT_WAIT, "not_connected", "no connection to Telegram")
    if isinstance(error, TimedOut):
        return Ambiguous("timeout", "Telegram did not answer in time")
    if isinstance(error, NetworkError):
        return Ambiguous("cut", "the connection to Telegram broke, or it answered with an error of its own")
    return Ambiguous("not_understood", "Telegram's answer could not be read")


def _forbidden(words: str) -> Refused:
    if "deactivated" in words:
        return Refused("403", "the person's Telegram account is gone", "dead")
    if "initiate conversation" in words:
        return Refused("403", "the person has not pressed Start", "none")
    return Refused("403", "the person has blocked the bot", "opt_out")
