"""What a channel is to the rest of the house: texts in, texts out, and what became of them, in no provider's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple, Protocol

InboundKind = Literal["text", "button", "media", "edited", "block", "unblock"]
MediaKind = Literal["photo", "voice", "audio", "video", "document", "sticker", "contact"]


@dataclass(frozen=True, slots=True)
class IncomingMedium:
    """A photo or file that came with a text. `reference` is what `Channel.fetch` needs: a URL or a file id."""

    kind: MediaKind
    reference: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A tapped button of a prompt: which run and visit it belonged to, and its key."""

    run_id: int
    visit: int
    key: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing that a person sent, verified and parsed.

    `sender`: our address it came to (`sms:+19025550100`); `address`: who wrote (`sms:+19025550123`).
    `provider_id`: unique for the sender (MessageSid, update_id). `received_at`: aware, when we got it.
    `sent_at`: when the provider says that it was written, if it says. `start`: the payload of a deep link, "" where Start
    was pressed without one; `text` is then "start".
    `kind`: `media` has `media` (or what no channel of ours can carry, such as a poll) and a caption, if any, as `text`; a
    `button` from before a change of ours may have no `button`. Texts are free of NUL and lone surrogates: every database keeps them.
    `opt_out`: the provider has answered this stop word itself (`stop`, `start`, `help`). `profile_name` and `language`: hints.
    `extra`: `messaging_service` (`sms:MG…`: the service that the number belongs to), `callback_query` (the tap to acknowledge),
    `message` (which of a chat's messages was edited), `emoji` (a sticker's).
    """

    sender: str
    address: str
    provider_id: str
    received_at: datetime
    text: str = ""
    kind: InboundKind = "text"
    sent_at: datetime | None = None
    button: ButtonPress | None = None
    media: tuple[IncomingMedium, ...] = ()
    location: tuple[float, float] | None = None
    start: str | None = None
    opt_out: Literal["stop", "start", "help"] | None = None
    profile_name: str | None = None
    language: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutgoingButton:
    """A button to show: `key` comes back in `ButtonPress`."""

    key: str
    label: str


class Outgoing(NamedTuple):
    """One message to send. `message_id` is ours, put where the provider's receipts will bring it back.

    `valid_for`: how long the provider may go on trying; None leaves it to the provider.
    """

    message_id: int
    sender: str
    address: str
    text: str
    buttons: tuple[OutgoingButton, ...] = ()
    run_id: int | None = None
    visit: int = 0
    valid_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it; `status` is `sent` or, where the provider says so already, `delivered`."""

    provider_id: str
    status: Literal["sent", "delivered"] = "sent"


@dataclass(frozen=True, slots=True)
class Postponed:
    """Definitely not sent, and may be tried again after `after` (429, connection refused, queue full)."""

    after: timedelta
    code: str
    reason: str
    whole_sender: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """Definitely not sent, and trying again would not help.

    `consequence`: `opt_out` the person blocked us: record it; `dead` the address can never be reached; `none` only this message;
    `sender` the sender itself is misconfigured (bad credentials, unregistered): pause it and tell the operator.
    """

    code: str
    reason: str
    consequence: Literal["none", "opt_out", "dead", "sender"] = "none"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Nobody knows whether it went (time-out, 5xx, connection cut): it becomes `unknown`."""

    code: str
    reason: str


SendResult = Accepted | Postponed | Refused | Ambiguous


@dataclass(frozen=True, slots=True)
class ReceiptNews:
    """A provider's word on a message: `message_id` is ours where the callback carries it.

    `status`: `sent`, `delivered`, `undelivered` or `failed`. `consequence` and `retry_once` follow from `error_code`.
    """

    provider_id: str
    status: Literal["sent", "delivered", "undelivered", "failed"]
    received_at: datetime
    message_id: int | None = None
    error_code: str | None = None
    consequence: Literal["none", "opt_out", "dead", "sender"] = "none"
    retry_once: bool = False


class MalformedWebhook(Exception):
    """What a provider's webhook brought lacks a part, or has one that cannot be; the message names it and no content."""


class MediumUnavailable(Exception):
    """A medium could not be had just now (time-out, 5xx, connection refused): try again later."""


#: The largest medium that is fetched and kept, in bytes (DESIGN §10).
LARGEST_MEDIUM: Final = 5 * 1024 * 1024


class MediumRefused(Exception):
    """A medium cannot be had: too large, a wrong kind, a foreign host, gone. The message says which."""


@dataclass(frozen=True, slots=True)
class FetchedMedium:
    """A medium's bytes as the provider gave them."""

    content: bytes
    content_type: str


class Channel(Protocol):
    """A provider: sends, and fetches media. It is opened on the loop that uses it and closed there."""

    @property
    def name(self) -> str: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, message: Outgoing) -> SendResult:
        """Send one message once; never retries by itself, never raises for what the provider says."""
        ...

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        """The bytes of a medium, at most `limit`; raises `MediumRefused` for good, `MediumUnavailable` for now."""
        ...


#: Channel name (`sms`, `telegram`, `sim`) -> the channel that serves it.
Channels = Mapping[str, Channel]

__all__ = [
    "Accepted",
    "Ambiguous",
    "ButtonPress",
    "Channel",
    "Channels",
    "FetchedMedium",
    "Inbound",
    "InboundKind",
    "IncomingMedium",
    "MalformedWebhook",
    "MediumRefused",
    "MediumUnavailable",
    "Outgoing",
    "OutgoingButton",
    "Postponed",
    "ReceiptNews",
    "Refused",
    "SendResult",
]
