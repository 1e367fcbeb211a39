"""What Twilio posts to a webhook: forms of texts, and their signature by the SDK's own rule."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "twilio-token-of-tests"
NUMBER = "+19025550100"
SERVICE = "MG" + "0" * 31 + "1"


def signature(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    """The value of X-Twilio-Signature, by the SDK's own rule."""
    computed: str = RequestValidator(token).compute_signature(url, form)
    return computed


def new_sid(prefix: str = "SM") -> str:
    """A message's identifier that no other has."""
    return prefix + uuid.uuid4().hex


def inbound_form(
    sender: str,
    body: str,
    *,
    to: str = NUMBER,
    sid: str | None = None,
    account: str = ACCOUNT,
    media: Iterable[tuple[str, str]] = (),
    **more: str,
) -> dict[str, str]:
    """The form that Twilio posts for a text from `sender` ("+19025550123"); `media` are (URL, content type) pairs."""
    media = list(media)
    sid = sid or new_sid("MM" if media else "SM")
    form = {
        "ToCountry": "CA",
        "ToState": "NS",
        "SmsMessageSid": sid,
        "NumMedia": str(len(media)),
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "NS",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "CA",
        "To": to,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": account,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    for at, (url, content_type) in enumerate(media):
        form[f"MediaUrl{at}"] = url
        form[f"MediaContentType{at}"] = content_type
    return form | more
