"""Telegram's webhook: is it Telegram, and is it JSON?"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable

import orjson

from bot.channels.base import MalformedWebhook
from bot.config import Settings


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """The secrets that a webhook of Telegram's may carry, the one to register first.

    Where none is configured they are derived from the secret keys, so that nobody else can post updates.
    """
    derived = (hmac.new(key.encode(), b"telegram webhook", hashlib.sha256).hexdigest() for key in settings.secret_keys)
    return settings.telegram_secrets or tuple(derived)


def is_authentic(header: str | None, secrets: Iterable[str]) -> bool:
    """Whether X-Telegram-Bot-Api-Secret-Token is one of ours; each comparison takes the same time whatever it holds."""
    if not header:
        return False
    given = header.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(secret.encode(), given) for secret in secrets)


def load_update(body: bytes) -> object:
    """The update as JSON; raises `MalformedWebhook`. Lone surrogates, which orjson refuses, are let through."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        if b"\\u" not in body:
            raise MalformedWebhook("the body is not JSON") from None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedWebhook("the body is not JSON") from None
