"""What Twilio's error codes mean to us: one table for refusals and receipts.

Source: Twilio's error and warning dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import orjson

from bot.channels.base import Ambiguous, Postponed, Refused, SendResult

Consequence = Literal["none", "opt_out", "dead", "sender"]

#: Code -> what follows from it, and in words for a coordinator.
_MEANINGS: dict[int, tuple[Consequence, str]] = {
    20003: ("sender", "Twilio does not accept the account SID and auth token"),
    20005: ("sender", "the Twilio account is not active"),
    20006: ("sender", "the Twilio account may not do this"),
    20404: ("sender", "Twilio knows no such account"),
    21211: ("dead", "not a valid phone number"),
    21212: ("sender", "the sender is not a valid number"),
    21217: ("dead", "not a valid phone number"),
    21408: ("none", "the Twilio account may not text this country"),
    21601: ("sender", "the sender cannot send texts"),
    21603: ("sender", "the message names no sender"),
    21606: ("sender", "the sender is not a texting number of this Twilio account"),
    21610: ("opt_out", "the person has opted out at Twilio"),
    21614: ("dead", "not a mobile number"),
    21617: ("none", "longer than the 1600 characters that Twilio takes"),
    21635: ("dead", "a landline cannot get texts"),
    21659: ("sender", "the sender is not a number of Twilio's"),
    21660: ("sender", "the sender belongs to another Twilio account"),
    21701: ("sender", "Twilio knows no such messaging service"),
    21703: ("sender", "the messaging service has no numbers"),
    21705: ("sender", "Twilio does not accept the messaging service"),
    30002: ("sender", "the Twilio account is suspended"),
    30003: ("none", "the phone is off or out of reach"),
    30004: ("none", "the carrier or the phone blocks it"),
    30005: ("none", "the number is unknown to the carrier"),
    30006: ("dead", "a landline, or a carrier that cannot be reached"),
    30007: ("none", "filtered by the carrier"),
    30008: ("none", "the carrier gave no reason"),
    30032: ("sender", "the toll-free number is not verified"),
    30034: ("sender", "the number is not registered for this kind of texting"),
}
#: The sender's queue at Twilio is full: nothing is taken until it drains.
_QUEUE_FULL = {21611, 30001}
#: As a receipt: once more is worth a try, as the phone may be on again or the queue drained.
_ONCE_MORE = {30001, 30003}

_QUEUE_PAUSE = timedelta(seconds=60)
_LIMIT_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)
_NUMBERS = re.compile(r"\+?\d[\d ()-]{5,}\d")


def consequence_of(code: int | None) -> Consequence:
    """What follows from an error code, in a refusal or a receipt; `none` for those without a row."""
    return _MEANINGS[code][0] if code in _MEANINGS else "none"


def worth_once_more(code: int | None) -> bool:
    """Whether a receipt with this code lets the message be sent one more time."""
    return code in _ONCE_MORE


def meaning_of_answer(status: int, headers: Mapping[str, str], body: bytes) -> SendResult:
    """What an HTTP answer that is no success says of the message that was to be created.

    429 and a full queue were not processed: postponed. A 5xx or a time-out of the server may have sent it.
    A redirect means that something else than Twilio answers at the address.
    """
    code, words = _read_error(body)
    if status == 429 or code == 20429:
        return Postponed(retry_after(headers) or _LIMIT_PAUSE, str(code or 429), "too many requests at once")
    if status >= 500 or status == 408:
        return Ambiguous(str(code or f"http_{status}"), f"Twilio answered {status}")
    if code in _QUEUE_FULL:
        return Postponed(retry_after(headers) or _QUEUE_PAUSE, str(code), "the sender's queue at Twilio is full")
    if 300 <= status < 400:
        reason = f"SOUNDINGS_TWILIO_API_URL answers with a redirect ({status}): give the address that it leads to"
        return Refused(f"http_{status}", reason, "sender")
    return refused(code, status, words)


def refused(code: int | None, status: int, words: str = "") -> Refused:
    """A definite refusal, in our words where we have them."""
    if code in _MEANINGS:
        consequence, reason = _MEANINGS[code]
        return Refused(str(code), reason, consequence)
    consequence = "sender" if status in (401, 403) else "none"
    return Refused(str(code or f"http_{status}"), words or f"Twilio answered {status}", consequence)


def _read_error(body: bytes) -> tuple[int | None, str]:
    """Twilio's code and words, the words without the numbers that they may quote."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None, ""
    if not isinstance(answer, dict):
        return None, ""
    code, words = answer.get("code"), answer.get("message")
    words = _NUMBERS.sub("…", words)[:200] if isinstance(words, str) else ""
    return (code if isinstance(code, int) else None), words


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long an answer asks to wait: seconds, or a date against the answer's own `Date`; 1 s to 1 h. None if it does not say."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        wait = timedelta(seconds=float(value))
    except (ValueError, OverflowError):
        wait = _until(value, headers.get("Date", ""))
    return min(max(wait, timedelta(seconds=1)), _LONGEST_PAUSE)


def _until(moment: str, now: str) -> timedelta:
    try:
        return _aware(parsedate_to_datetime(moment)) - _aware(parsedate_to_datetime(now))
    except (ValueError, TypeError):
        return _LIMIT_PAUSE


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
