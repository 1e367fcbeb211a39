"""Twilio's webhooks: is it Twilio, and what does it say?"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from bot.channels.base import Inbound, IncomingMedium, MalformedWebhook, MediaKind, ReceiptNews
from bot.channels.characters import storable
from bot.channels.twilio_codes import consequence_of, worth_once_more

Pairs = list[tuple[str, str]]
Form = Mapping[str, str]

#: What Twilio reads at the end of a webhook's address and never sends: call again, thrice at the most, where we are away or answer
#: 5xx. By itself it calls again only where no connection came about (docs: webhooks, connection overrides).
CALL_AGAIN = "#rc=3&rp=ct,rt,5xx"
#: A form of Twilio's has some thirty fields, and ten more for each picture.
MOST_FIELDS = 500
#: Twilio takes ten pictures a message.
MOST_MEDIA = 10

_AUTHORITY = re.compile(
    r"(?P<before>(?P<scheme>https?)://[^/?#]*?)(?P<port>:\d+)?(?P<after>[/?#].*)?", re.IGNORECASE | re.DOTALL
)
_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STATUSES: dict[str, Literal["sent", "delivered", "undelivered", "failed"]] = {
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}
_OPT_OUTS: dict[str, Literal["stop", "start", "help"]] = {"STOP": "stop", "START": "start", "HELP": "help"}


def parse_form(body: bytes) -> Pairs:
    """The fields of a URL-encoded form or query in their order, blank ones too, as they are signed.

    Raises `MalformedWebhook` for what is not UTF-8. Halves of surrogate pairs pass: the signature is over them.
    """
    if body.count(b"&") >= MOST_FIELDS:
        raise MalformedWebhook(f"more than {MOST_FIELDS} fields")
    try:
        return [pair for field in body.replace(b"+", b" ").split(b"&") if (pair := _pair(field)) != ("", "")]
    except UnicodeDecodeError:
        raise MalformedWebhook("the form is not UTF-8") from None


def _pair(field: bytes) -> tuple[str, str]:
    if b"%" not in field:
        name, _, value = field.decode("utf-8", "surrogatepass").partition("=")
        return name, value
    quoted_name, _, quoted_value = field.partition(b"=")
    return (
        unquote_to_bytes(quoted_name).decode("utf-8", "surrogatepass"),
        unquote_to_bytes(quoted_value).decode("utf-8", "surrogatepass"),
    )


def verify(url: str, params: Iterable[tuple[str, str]] | bytes, signature: str | None, tokens: Iterable[str]) -> bool:
    """Whether Twilio, which knows one of `tokens`, signed this request.

    `url`: as Twilio called it: public origin, path and the query string to the letter. `params`: the form's fields, blank and
    repeated ones too, or the bytes of a JSON body, whose hash is then in the query as `bodySHA256`.
    Rule: base64(HMAC-SHA1(token, url + each name and value in order)), with or without the port (Twilio's security guide).
    """
    if not signature:
        return False
    if isinstance(params, bytes):
        if not _body_fits(url, params):
            return False
        params = ()
    fields = "".join(name + value for name, value in sorted(set(params)))
    given = signature.encode("utf-8", "surrogatepass")
    return any(
        hmac.compare_digest(_signature(token, variant + fields), given)
        for variant in _spellings(url)
        for token in tokens
    )


def _signature(token: str, signed: str) -> bytes:
    # Not `hmac.digest`, which lets go of the interpreter's lock for these few bytes and then waits until a writing thread yields it.
    signing = hmac.new(token.encode(), signed.encode("utf-8", "surrogatepass"), "sha1")
    return base64.b64encode(signing.digest())


def _body_fits(url: str, body: bytes) -> bool:
    told = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    return hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), told.encode())


def _spellings(url: str) -> Iterator[str]:
    """The URL as it is, the other way about its port, and both with what we put behind it: Twilio may sign either."""
    yield url
    parts = _AUTHORITY.fullmatch(url)
    if parts is None:
        return
    port = "" if parts["port"] else (":443" if parts["scheme"].lower() == "https" else ":80")
    other = parts["before"] + port + (parts["after"] or "")
    yield from (other, url + CALL_AGAIN, other + CALL_AGAIN)


def address(number: str) -> str:
    """The address of a number: `sms:+19025550123`; one that names its channel (`whatsapp:+1…`) already is an address."""
    return number if ":" in number else f"sms:{number}"


def parse_message(form: Form, received_at: datetime) -> Inbound:
    """The text that a verified form brings; raises `MalformedWebhook` naming the field that is missing."""
    media = _media(form)
    service = form.get("MessagingServiceSid")
    return Inbound(
        sender=address(_required(form, "To")),
        address=address(_required(form, "From")),
        provider_id=_sid(form),
        received_at=received_at,
        text=storable(form.get("Body", "")),
        kind="media" if media else "text",
        media=media,
        opt_out=_OPT_OUTS.get(form.get("OptOutType", "").upper()),
        extra={"messaging_service": f"sms:{service}"} if service else {},
    )


def parse_status(form: Form, query: Form, received_at: datetime) -> ReceiptNews | None:
    """The receipt that a verified form brings; None for a state that says nothing new (queued, sending, one we do not know).

    `query` is the callback URL's: its `m` is our own message id, so that a receipt that comes before the answer to the
    request finds its message.
    """
    sid = _sid(form)
    status = _STATUSES.get((form.get("MessageStatus") or form.get("SmsStatus") or "").lower())
    if status is None:
        return None
    code = form.get("ErrorCode", "").strip()
    number = int(code) if code.isascii() and code.isdigit() and len(code) < 10 else None
    failed = status in ("undelivered", "failed")
    return ReceiptNews(
        provider_id=sid,
        status=status,
        received_at=received_at,
        message_id=_message_id(query.get("m", "")),
        error_code=code[:20] if code and code != "0" else None,
        consequence=consequence_of(number) if failed else "none",
        retry_once=failed and worth_once_more(number),
    )


def status_sender(form: Form) -> str:
    """The sender that a receipt's message left from: the messaging service where there is one, else the number."""
    return address(form.get("MessagingServiceSid") or form.get("From", ""))


def _required(form: Form, name: str) -> str:
    value = storable(form.get(name, "")).strip()
    if not value:
        raise MalformedWebhook(f"{name} is missing")
    return value[:100]


def _sid(form: Form) -> str:
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if _SID.fullmatch(sid) is None:
        raise MalformedWebhook("MessageSid is missing" if not sid else "MessageSid is not an identifier")
    return sid


def _message_id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _media(form: Form) -> tuple[IncomingMedium, ...]:
    found = []
    for at in range(MOST_MEDIA):
        url = form.get(f"MediaUrl{at}")
        if not url:
            break
        content_type = form.get(f"MediaContentType{at}") or None
        found.append(IncomingMedium(_kind(content_type), storable(url), content_type and storable(content_type)))
    return tuple(found)


def _kind(content_type: str | None) -> MediaKind:
    kind = (content_type or "").lower()
    if kind.startswith("image/"):
        return "photo"
    if kind.startswith("audio/"):
        return "audio"
    if kind.startswith("video/"):
        return "video"
    return "contact" if "vcard" in kind else "document"
