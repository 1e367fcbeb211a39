"""Telegram's updates: what a person sent to the bot, in our words.

Shapes: the Bot API's `Update` and what it is made of. Private chats only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from bot.channels.base import ButtonPress, Inbound, InboundKind, IncomingMedium, MalformedWebhook, MediaKind
from bot.channels.characters import storable

#: The kinds of update that we ask Telegram for.
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
#: Telegram's limit of a button's `callback_data`, in bytes of UTF-8.
BUTTON_BYTES: Final = 64

Json = Mapping[str, object]
_T = TypeVar("_T")

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BUTTON = re.compile(r"(\d{1,18}):(\d{1,9}):(.+)", re.DOTALL)
_LARGEST_ID = 2**63 - 1
_LAST_DATE = 2**33

#: Fields of a message that hold a file, and what it is to us; the first that is there counts (an animation is a document too).
_FILES: tuple[tuple[str, MediaKind], ...] = (
    ("animation", "video"),
    ("voice", "voice"),
    ("audio", "audio"),
    ("video", "video"),
    ("video_note", "video"),
    ("document", "document"),
    ("sticker", "sticker"),
)
#: What people send that we cannot take: it is met with the question again. All else without content is a note of Telegram's own.
_UNTAKEN = (
    "poll",
    "dice",
    "game",
    "story",
    "checklist",
    "paid_media",
    "live_photo",
    "giveaway",
    "invoice",
    "rich_message",
)


def button_data(run_id: int | None, visit: int, key: str) -> str | None:
    """What a button carries (`17:3:housing`), None where it does not fit into Telegram's 64 bytes."""
    written = f"{run_id or 0}:{visit}:{key}"
    return written if len(written.encode()) <= BUTTON_BYTES else None


def parse_update(update: object, *, sender: str, received_at: datetime) -> Inbound | None:
    """What an update says; None for what we do not take: other kinds, groups and channels, other bots, notes of Telegram's.

    `sender` is our bot's address. Raises `MalformedWebhook` naming the part that is missing or wrong.
    """
    if not isinstance(update, dict):
        raise MalformedWebhook("the update is not an object")
    update_id = _part(update, "update_id", int)
    if not 0 <= update_id <= _LARGEST_ID:
        raise MalformedWebhook("update_id is out of range")
    blank = Inbound(sender=sender, address="", provider_id=str(update_id), received_at=received_at)
    for kind in ALLOWED_UPDATES:
        if kind in update:
            return _READERS[kind](blank, _part(update, kind, dict))
    return None


def _message(blank: Inbound, message: Json) -> Inbound | None:
    chat, writer = _private_chat(message), _optional(message, "from", dict) or {}
    _part(message, "message_id", int)
    sent_at = _date(message, "date")
    if chat is None or writer.get("is_bot") is True:
        return None
    medium, location = _medium(message), _location(message)
    text, start = _words(message)
    untaken = medium is None and any(name in message for name in _UNTAKEN)
    if not (text or medium or location or untaken):
        return None
    return replace(
        _from(blank, chat, writer),
        text=text,
        kind="media" if medium is not None or untaken else "text",
        sent_at=sent_at,
        media=() if medium is None else (medium,),
        location=location,
        start=start,
        extra=_emoji(message),
    )


def _edited(blank: Inbound, message: Json) -> Inbound | None:
    """An edit is kept beside what it changes; the steps of a live location are not."""
    inbound = _message(blank, message)
    if inbound is None or inbound.location is not None:
        return None
    sent_at = _date(message, "edit_date" if "edit_date" in message else "date")
    number = str(_part(message, "message_id", int))
    return replace(inbound, kind="edited", sent_at=sent_at, start=None, extra={**inbound.extra, "message": number})


def _button(blank: Inbound, query: Json) -> Inbound | None:
    query_id, writer = _part(query, "id", str), _part(query, "from", dict)
    message, pressed = _optional(query, "message", dict), _optional(query, "data", str)
    if message is None or pressed is None or (chat := _private_chat(message)) is None:
        return None
    found = _BUTTON.fullmatch(storable(pressed))
    return replace(
        _from(blank, chat, writer),
        kind="button",
        text=_label(message, pressed),
        button=ButtonPress(int(found[1]), int(found[2]), found[3]) if found else None,
        extra={"callback_query": storable(query_id)},
    )


def _membership(blank: Inbound, change: Json) -> Inbound | None:
    chat, writer = _private_chat(change), _part(change, "from", dict)
    status = _part(_part(change, "new_chat_member", dict), "status", str)
    sent_at = _date(change, "date")
    if chat is None or status not in ("kicked", "member"):
        return None
    kind: InboundKind = "block" if status == "kicked" else "unblock"
    return replace(_from(blank, chat, writer), kind=kind, sent_at=sent_at)


_READERS: dict[str, Callable[[Inbound, Json], Inbound | None]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _button,
    "my_chat_member": _membership,
}


def _from(blank: Inbound, chat: int, writer: Json) -> Inbound:
    names = [_optional(writer, name, str) for name in ("first_name", "last_name")]
    return replace(
        blank,
        address=f"telegram:{chat}",
        profile_name=storable(" ".join(name for name in names if name)) or None,
        language=storable(_optional(writer, "language_code", str) or "") or None,
    )


def _private_chat(holder: Json) -> int | None:
    """The chat's id, None for a group or channel."""
    chat = _part(holder, "chat", dict)
    chat_id, kind = _part(chat, "id", int), _part(chat, "type", str)
    return chat_id if kind == "private" else None


def _words(message: Json) -> tuple[str, str | None]:
    """The text or caption, a command as its words (`/stop` is "stop"), and the payload of /start ("" for a bare one)."""
    text = storable(_optional(message, "text", str) or _optional(message, "caption", str) or "")
    command = _COMMAND.fullmatch(text)
    if command is None:
        return _contact(message) or text, None
    name, rest = command[1].lower(), (command[2] or "").strip()
    if name == "start":
        return "start", rest if _PAYLOAD.fullmatch(rest) else ""
    return f"{name.replace('_', ' ')} {rest}".strip(), None


def _contact(message: Json) -> str | None:
    """The number of a shared contact, as text: the answer where a phone number is asked."""
    contact = _optional(message, "contact", dict)
    if contact is None:
        return None
    number = storable(_part(contact, "phone_number", str))
    return f"+{number}" if number.isdigit() else number


def _medium(message: Json) -> IncomingMedium | None:
    sizes = _optional(message, "photo", list)
    if sizes:
        largest = max((_object(size, "photo") for size in sizes), key=_area)
        return IncomingMedium("photo", storable(_part(largest, "file_id", str)), "image/jpeg")
    for name, kind in _FILES:
        held = _optional(message, name, dict)
        if held is not None:
            content_type = _content_type(name, held)
            if kind == "document" and (content_type or "").startswith("image/"):
                kind = "photo"
            return IncomingMedium(kind, storable(_part(held, "file_id", str)), content_type)
    return None


def _area(size: Json) -> int:
    return _part(size, "width", int) * _part(size, "height", int)


def _content_type(name: str, held: Json) -> str | None:
    if name == "sticker":
        if held.get("is_animated") is True:
            return "application/x-tgsticker"
        return "video/webm" if held.get("is_video") is True else "image/webp"
    told = _optional(held, "mime_type", str)
    return storable(told).lower() if told else {"voice": "audio/ogg", "video_note": "video/mp4"}.get(name)


def _emoji(message: Json) -> dict[str, str]:
    sticker = _optional(message, "sticker", dict)
    emoji = _optional(sticker, "emoji", str) if sticker else None
    return {"emoji": storable(emoji)} if emoji else {}


def _location(message: Json) -> tuple[float, float] | None:
    held = _optional(message, "location", dict)
    if held is None:
        return None
    latitude, longitude = (_degrees(held, name, most) for name, most in (("latitude", 90), ("longitude", 180)))
    return latitude, longitude


def _degrees(held: Json, name: str, most: int) -> float:
    value = held.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise MalformedWebhook(f"{name} is missing or out of range")
    return float(value)


def _label(message: Json, pressed: str) -> str:
    """What the tapped button said, if the message still tells."""
    markup = message.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    buttons = [button for row in rows if isinstance(row, list) for button in row] if isinstance(rows, list) else []
    for button in buttons:
        if isinstance(button, dict) and button.get("callback_data") == pressed:
            return storable(_optional(button, "text", str) or "")
    return ""


def _date(holder: Json, name: str) -> datetime:
    seconds = _part(holder, name, int)
    if not 0 <= seconds <= _LAST_DATE:
        raise MalformedWebhook(f"{name} is out of range")
    return datetime.fromtimestamp(seconds, UTC)


def _object(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise MalformedWebhook(f"{name} is not an object")
    return value


def _part(holder: Json, name: str, kind: type[_T]) -> _T:
    value = _optional(holder, name, kind)
    if value is None:
        raise MalformedWebhook(f"{name} is missing")
    return value


def _optional(holder: Json, name: str, kind: type[_T]) -> _T | None:
    value = holder.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise MalformedWebhook(f"{name} is not of the right type")
    return value
