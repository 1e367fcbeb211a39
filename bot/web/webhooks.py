"""The providers' webhooks as thin ASGI routes: verify, parse, hand over, and answer only once it is committed."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog

from bot.channels.base import Inbound, MalformedWebhook, ReceiptNews
from bot.channels.telegram_updates import parse_update
from bot.channels.telegram_webhooks import is_authentic, load_update, secrets_of
from bot.channels.twilio_webhooks import Pairs, parse_form, parse_message, parse_status, status_sender, verify
from bot.clock import Clock
from bot.config import Settings
from bot.patience import Patience

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

TWILIO_MESSAGE = "/webhooks/twilio/message"
TWILIO_STATUS = "/webhooks/twilio/status"
TELEGRAM = "/webhooks/telegram"
HEALTHZ = "/healthz"

#: No form or update of a provider's comes near it.
MOST_BYTES = 256 * 1024
#: Twilio waits 15 s for the whole webhook, then goes to the fallback address.
ANSWER_SECONDS = 14.0
#: A body that takes longer is somebody holding the line.
BODY_SECONDS = 10.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes = b""
    content_type: bytes = b"text/plain; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()


class _Refusal(Exception):
    """The request is answered with an error; `str` is the line that it gets."""

    def __init__(self, status: int, words: str, *, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(words)
        self.status, self.headers = status, headers


class _Gone(Exception):
    """The caller hung up before the whole body had come."""


_CLOSE = ((b"connection", b"close"),)
_TWIML = _Answer(200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>', b"text/xml; charset=utf-8")
_EMPTY = _Answer(200)
_HEALTHY = _Answer(200, b"ok\n")

_Route = Callable[["HTTPScope", "ASGIReceiveCallable"], Awaitable[_Answer]]


class Webhooks:
    """An ASGI application of four routes; every other path, and whatever is not HTTP, goes to `following`.

    `submit` returns once the text is durably committed, and may be cancelled after `answer_seconds`: the provider then sends it
    again. `record` takes a receipt and the address of the sender that its message left from. `telegram_sender` is the address of
    the registered bot. An error of either is a 503: a 2xx is never answered before the commit.

    Signatures are over SOUNDINGS_PUBLIC_URL, path and query as they came. Where it is not set, as on a laptop, the origin is the
    request's own `Host` and the server's own scheme; no forwarding header is believed here. A forged host gains nothing: the
    signature needs the token in any case.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        submit: Callable[[Inbound], Awaitable[None]],
        record: Callable[[ReceiptNews, str], Awaitable[None]],
        telegram_sender: Callable[[], str | None],
        following: ASGI3Application | None = None,
        answer_seconds: float = ANSWER_SECONDS,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._submit, self._record, self._telegram_sender = submit, record, telegram_sender
        self._following = following
        self._answering, self._reading = Patience(answer_seconds), Patience(body_seconds)
        self._tokens = settings.twilio_auth_tokens
        self._secrets = secrets_of(settings)
        self._routes: dict[str, tuple[tuple[str, ...], _Route]] = {
            TWILIO_MESSAGE: (("POST",), self._twilio_message),
            TWILIO_STATUS: (("POST",), self._twilio_status),
            TELEGRAM: (("POST",), self._telegram),
            HEALTHZ: (("GET", "HEAD"), self._healthz),
        }

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and (found := self._routes.get(scope["path"])) is not None:
            answer = await self._answer(*found, scope, receive)
            if answer is not None:
                await _send(answer, send, with_body=scope["method"] != "HEAD")
        elif self._following is not None:
            await self._following(scope, receive, send)
        elif scope["type"] == "http":
            await _send(_Answer(404, b"There is nothing here.\n"), send)

    async def _answer(
        self, methods: tuple[str, ...], route: _Route, scope: HTTPScope, receive: ASGIReceiveCallable
    ) -> _Answer | None:
        try:
            if scope["method"] not in methods:
                raise _Refusal(405, f"Use {methods[0]}.", headers=((b"allow", ", ".join(methods).encode()),))
            with self._answering:
                return await route(scope, receive)
        except _Refusal as refusal:
            return _refused(scope, refusal.status, str(refusal), refusal.headers)
        except MalformedWebhook as problem:
            return _refused(scope, 400, f"Malformed: {problem}.")
        except _Gone:
            _log.info("webhook.caller_gone", path=scope["path"])
            return None
        except TimeoutError:
            return _refused(scope, 503, "Not committed in time. Send it again.")
        except Exception as error:  # noqa: BLE001 - whatever kept it from being committed, the provider is to send it again
            _log.error("webhook.not_committed", path=scope["path"], error=type(error).__name__)
            return _Answer(503, b"Not committed. Send it again.\n")

    # -- Twilio

    async def _twilio_message(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> _Answer:
        form = dict(await self._verified_form(scope, receive))
        await self._submit(parse_message(form, self._clock.now()))
        return _TWIML

    async def _twilio_status(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> _Answer:
        form = dict(await self._verified_form(scope, receive))
        news = parse_status(form, dict(parse_form(scope["query_string"])), self._clock.now())
        if news is not None:
            await self._record(news, status_sender(form))
        return _TWIML

    async def _verified_form(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> Pairs:
        if not self._settings.has_twilio:
            raise _Refusal(404, "Twilio is not configured here: set SOUNDINGS_TWILIO_ACCOUNT_SID and its token.")
        signature = _header(scope, b"x-twilio-signature")
        if signature is None:
            raise _Refusal(403, "X-Twilio-Signature is missing.")
        content_type = _header(scope, b"content-type") or ""
        body = await self._body(scope, receive)
        if content_type.partition(";")[0].strip().lower() == "application/json":
            authentic = verify(self._url(scope), body, signature, self._tokens)
            raise MalformedWebhook("a form is expected") if authentic else _Refusal(403, "The signature is wrong.")
        _check_form_type(content_type)
        pairs = parse_form(body)
        if not verify(self._url(scope), pairs, signature, self._tokens):
            raise _Refusal(403, "The signature is wrong: it must be for SOUNDINGS_PUBLIC_URL and this path.")
        if dict(pairs).get("AccountSid", self._settings.twilio_account_sid) != self._settings.twilio_account_sid:
            raise _Refusal(403, "AccountSid is another account's.")
        return pairs

    def _url(self, scope: HTTPScope) -> str:
        """The URL as the provider called it."""
        origin = self._settings.public_url
        if not origin:
            server = scope["server"] or ("localhost", None)
            host = _header(scope, b"host") or (server[0] if server[1] is None else f"{server[0]}:{server[1]}")
            origin = f"{scope['scheme']}://{host}"
        path = scope["raw_path"].partition(b"?")[0].decode("latin-1") if scope["raw_path"] else quote(scope["path"])
        query = scope["query_string"].decode("latin-1")
        return f"{origin}{path}?{query}" if query else f"{origin}{path}"

    # -- Telegram

    async def _telegram(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> _Answer:
        if not self._settings.has_telegram:
            raise _Refusal(404, "Telegram is not configured here: set SOUNDINGS_TELEGRAM_TOKEN.")
        if not is_authentic(_header(scope, b"x-telegram-bot-api-secret-token"), self._secrets):
            raise _Refusal(403, "X-Telegram-Bot-Api-Secret-Token is missing or wrong.")
        update = load_update(await self._body(scope, receive))
        sender = self._telegram_sender()
        if sender is None:
            raise _Refusal(503, "No bot is registered: soundings sender add telegram:<bot> --community <community>")
        inbound = parse_update(update, sender=sender, received_at=self._clock.now())
        if inbound is None:
            return _EMPTY
        await self._submit(inbound)
        tapped = inbound.extra.get("callback_query")
        return _EMPTY if tapped is None else _acknowledged(tapped)

    # -- both

    async def _healthz(self, *_: object) -> _Answer:
        return _HEALTHY

    async def _body(self, scope: HTTPScope, receive: ASGIReceiveCallable) -> bytes:
        declared = _header(scope, b"content-length")
        if declared is not None and declared.isdigit() and int(declared) > MOST_BYTES:
            raise _Refusal(413, f"More than {MOST_BYTES} bytes.", headers=_CLOSE)
        try:
            with self._reading:
                return await _read(receive)
        except TimeoutError:
            raise _Refusal(408, "The body did not come in time.", headers=_CLOSE) from None


async def _read(receive: ASGIReceiveCallable) -> bytes:
    body = bytearray()
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _Gone
        if event["type"] == "http.request":
            body += event["body"]
            if len(body) > MOST_BYTES:
                raise _Refusal(413, f"More than {MOST_BYTES} bytes.", headers=_CLOSE)
            if not event["more_body"]:
                return bytes(body)


def _header(scope: HTTPScope, name: bytes) -> str | None:
    for given, value in scope["headers"]:
        if given == name:
            return value.decode("latin-1")
    return None


def _check_form_type(content_type: str) -> None:
    kind, _, parameters = content_type.lower().partition(";")
    if kind.strip() not in ("", "application/x-www-form-urlencoded"):
        raise MalformedWebhook("a form is expected")
    charset = parameters.partition("charset=")[2].strip().strip('"')
    if charset not in ("", "utf-8", "utf8"):
        raise MalformedWebhook("the form is not UTF-8")


def _acknowledged(query: str) -> _Answer:
    """The webhook's answer that stops the waiting sign on the tapped button: a method call in place of an empty body."""
    call = {"method": "answerCallbackQuery", "callback_query_id": query}
    return _Answer(200, json.dumps(call).encode(), b"application/json")


def _refused(scope: HTTPScope, status: int, words: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> _Answer:
    _log.warning("webhook.refused", path=scope["path"], status=status, reason=words)
    return _Answer(status, words.encode() + b"\n", headers=headers)


async def _send(answer: _Answer, send: ASGISendCallable, *, with_body: bool = True) -> None:
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.body)).encode()),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": answer.body if with_body else b"", "more_body": False})
