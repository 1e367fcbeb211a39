"""SMS by Twilio's REST API, through the client of its SDK: sends one message once, and fetches the pictures that come in."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import aiohttp
import orjson
import structlog
from aiohttp.abc import ResolveResult
from multidict import CIMultiDict
from twilio.http import HttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from yarl import URL

from bot.channels.base import (
    Accepted,
    Ambiguous,
    FetchedMedium,
    IncomingMedium,
    MediumRefused,
    MediumUnavailable,
    Outgoing,
    Postponed,
    Refused,
    SendResult,
)
from bot.channels.characters import storable
from bot.channels.download import read_answer, read_medium
from bot.channels.twilio_codes import meaning_of_answer, refused
from bot.channels.twilio_webhooks import CALL_AGAIN
from bot.config import Settings
from bot.patience import Patience

STATUS_PATH = "/webhooks/twilio/status"
#: How long Twilio may keep a message in its queue, in seconds (Message resource, ValidityPeriod).
SHORTEST_VALIDITY, LONGEST_VALIDITY = 1, 36_000
#: An answer is about 1 kB; what is larger is not Twilio's.
_LONGEST_ANSWER = 256 * 1024
_CONNECT_SECONDS = 6.0
#: Idle connections are dropped before the other side may: one that it closes as we send makes an ambiguous message.
_IDLE_SECONDS = 10.0
_MOST_REDIRECTS = 4
_STORES = re.compile(r"(.+\.)?twiliocdn\.com|s3-external-1\.amazonaws\.com")

_log = structlog.get_logger(__name__)


class _AnsweredNo(Exception):
    """Twilio answered with anything but a success."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers, body


class _Resolver(aiohttp.ThreadedResolver):
    """Finds Twilio's address; who does not find it in time has no connection, and nothing was handed over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As the resolver does, or an `OSError` after `seconds`."""
        try:
            async with asyncio.timeout(self._seconds):
                return await super().resolve(host, port, family)
        except TimeoutError:
            raise OSError("the name was not found in time") from None


class _Client(Client):  # type: ignore[misc]
    """The SDK's client, whose requests go to our origin on a pooled session of ours, once, without a log of them."""

    def __init__(self, account: str, token: str, origin: str, session: aiohttp.ClientSession) -> None:
        super().__init__(account, token, http_client=HttpClient(None, True))
        self._origin = origin
        self._session = session
        # What the SDK says of itself is the same each time, and took it as long as the form.
        self._headers = CIMultiDict(self.get_headers("POST", {}) | _credentials(account, token))
        self._urls: dict[str, URL] = {}

    async def request_async(
        self, method: str, uri: str, *_: object, data: Mapping[str, object] | None = None, **__: object
    ) -> Response:
        """One request with our credentials.

        Raises `_AnsweredNo` for what is no success: the SDK's own error loses the headers.
        """
        async with self._session.request(
            method,
            self._urls.get(uri) or self._at_origin(uri),
            data=_form(data) if data else None,
            headers=self._headers,
            allow_redirects=False,
        ) as response:
            body = await read_answer(response, limit=_LONGEST_ANSWER)
            if not 200 <= response.status < 300:
                raise _AnsweredNo(response.status, response.headers, body)
            return Response(response.status, body.decode(), response.headers)

    def _at_origin(self, uri: str) -> URL:
        """The same address at our origin; there are few, and making one costs as much as a form."""
        return self._urls.setdefault(uri, URL(self._origin + urlsplit(uri).path, encoded=True))


def _credentials(account: str, token: str) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(account, token)}


def _form(data: Mapping[str, object]) -> bytes:
    """A form's body: what `urllib` would write, in a quarter of the time, which was a tenth of all that a message takes."""
    return URL("/").with_query({name: str(value) for name, value in data.items()}).raw_query_string.encode()


class TwilioChannel:
    """Messages to `sms:` addresses. `answer_seconds`: how long an answer may take before nobody knows whether it went."""

    name: str = "sms"

    def __init__(self, settings: Settings, *, answer_seconds: float = 20.0) -> None:
        self._origin = settings.twilio_api_url
        self._account = settings.twilio_account_sid
        self._messages = f"/2010-04-01/Accounts/{self._account}/Messages.json"
        self._token = settings.twilio_auth_tokens[0]
        self._credentials = _credentials(self._account, self._token)
        self._public_url = settings.public_url
        self._connect_seconds = min(_CONNECT_SECONDS, answer_seconds / 2)
        self._fetching = aiohttp.ClientTimeout(total=answer_seconds, connect=self._connect_seconds)
        self._patience = Patience(answer_seconds)

    async def open(self) -> None:
        """Open the connections' pool on the running loop."""
        resolver = _Resolver(self._connect_seconds)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=_IDLE_SECONDS, ttl_dns_cache=300, resolver=resolver
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            # The answer is waited for with `_patience`.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_seconds),
        )
        self._client = _Client(self._account, self._token, self._origin, self._session)

    async def close(self) -> None:
        """Close the pool; what is under way is cut off."""
        await self._session.close()

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message once; every outcome is a result, as Twilio's answer or its lack has it."""
        text = storable(message.text)
        if not text.strip():
            return Refused("empty", "the message has no text")
        if not message.address.startswith("sms:") or not message.sender.startswith("sms:"):
            return Refused("not_sms", "Twilio sends from and to sms: addresses alone")
        try:
            with self._patience:
                answer = await self._client.request_async("POST", self._messages, data=self._parameters(message, text))
            created = orjson.loads(answer.text)
            return _result(created.get("sid"), created.get("status"), created.get("error_code"))
        except _AnsweredNo as no:
            return meaning_of_answer(no.status, no.headers, no.body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Postponed(timedelta(seconds=5), "not_connected", "no connection to Twilio")
        except aiohttp.InvalidURL:
            return Refused("bad_url", "SOUNDINGS_TWILIO_API_URL is no address", "sender")
        except TimeoutError:
            return Ambiguous("timeout", "Twilio did not answer in time")
        except (aiohttp.ClientError, OSError) as error:
            return Ambiguous("cut", f"the connection to Twilio broke ({type(error).__name__})")
        except Exception as error:  # noqa: BLE001 - an answer that cannot be read: it may have gone
            _log.error("twilio.answer_not_understood", message_id=message.message_id, error=type(error).__name__)
            return Ambiguous("not_understood", "Twilio's answer could not be read")

    def _parameters(self, message: Outgoing, text: str) -> dict[str, str | int]:
        """What Twilio's Message resource is created of, by Twilio's names.

        The SDK's own `messages.create` writes the same, and took a sixth of what a message costs; it also loads all of Twilio's API.
        """
        sender = message.sender.removeprefix("sms:")
        parameters: dict[str, str | int] = {
            "To": message.address.removeprefix("sms:"),
            "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
            "Body": text,
        }
        if self._public_url:
            parameters["StatusCallback"] = f"{self._public_url}{STATUS_PATH}?m={message.message_id}{CALL_AGAIN}"
        if message.valid_for is not None:
            seconds = int(message.valid_for.total_seconds())
            parameters["ValidityPeriod"] = min(max(seconds, SHORTEST_VALIDITY), LONGEST_VALIDITY)
        return parameters

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        """The picture behind a MediaUrl of our own account; only Twilio's hosts are asked, and credentials stay with its API."""
        url = medium.reference
        if not self._is_own_medium(url):
            raise MediumRefused("not a medium of our Twilio account")
        try:
            return await self._follow(url, limit)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise MediumUnavailable(f"Twilio could not be reached ({type(error).__name__})") from None

    async def _follow(self, url: str, limit: int) -> FetchedMedium:
        headers: Mapping[str, str] = self._credentials
        for _ in range(_MOST_REDIRECTS):
            request = self._session.get(
                URL(url, encoded=True), headers=headers, allow_redirects=False, timeout=self._fetching
            )
            async with request as response:
                if response.status not in (301, 302, 303, 307, 308):
                    return await read_medium(response, limit=limit)
                url = urljoin(url, response.headers.get("Location", ""))
                headers = {}
            if not self._is_store(url):
                raise MediumRefused("it leads to a foreign host")
        raise MediumRefused("it leads from one address to another without an end")

    def _is_own_medium(self, url: str) -> bool:
        parts, ours = urlsplit(url), urlsplit(self._origin)
        elsewhere_at_twilio = _at_twilio(ours.hostname) and _at_twilio(parts.hostname) and parts.scheme == "https"
        same_origin = (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
        own_path = parts.path.startswith(f"/2010-04-01/Accounts/{self._account}/") and ".." not in parts.path
        return own_path and (same_origin or (elsewhere_at_twilio and parts.netloc == parts.hostname))

    def _is_store(self, url: str) -> bool:
        parts, ours = urlsplit(url), urlsplit(self._origin)
        if (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
            return True
        return parts.scheme == "https" and _STORES.fullmatch(parts.netloc) is not None


def _at_twilio(host: str | None) -> bool:
    return host is not None and (
        host == "api.twilio.com" or re.fullmatch(r"api\.[a-z0-9.-]+\.twilio\.com", host) is not None
    )


def _result(sid: object, status: object, error_code: object) -> SendResult:
    """What a created message says of itself: taken, or refused at once."""
    if not isinstance(sid, str) or not sid:
        return Ambiguous("not_understood", "Twilio's answer names no message")
    if status in ("failed", "undelivered", "canceled"):
        return refused(int(str(error_code)) if str(error_code).isdecimal() else None, 200, f"Twilio says {status}")
    return Accepted(sid, "delivered" if status in ("delivered", "read") else "sent")
