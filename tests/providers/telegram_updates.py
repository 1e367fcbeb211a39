"""Telegram's updates as its API sends them, each held against the table of shapes."""

from __future__ import annotations

import itertools
import time
from typing import Any

from tests.providers.checks import type_problems

BOT: dict[str, Any] = {"id": 123, "is_bot": True, "first_name": "Soundings", "username": "soundings_test_bot"}
NOON = 1_795_449_600

Update = dict[str, Any]
#: From the time on, so that a server started anew repeats no number.
_numbers = itertools.count(int(time.time()))


def user(chat: int, **more: Any) -> dict[str, Any]:
    """A person, whose private chat with the bot has their own number."""
    return {"id": chat, "is_bot": False, "first_name": "Ann", "language_code": "fr"} | more


def message(chat: int, *, number: int | None = None, date: int = NOON, **content: Any) -> dict[str, Any]:
    """A message of a private chat; `content` is its text, photo, and so on."""
    return {
        "message_id": next(_numbers) if number is None else number,
        "from": user(chat),
        "chat": {"id": chat, "type": "private", "first_name": "Ann"},
        "date": date,
    } | content


def update(kind: str, content: dict[str, Any], *, update_id: int | None = None) -> Update:
    """One update; an assertion says what would not fit Telegram's own shape."""
    made = {"update_id": next(_numbers) if update_id is None else update_id, kind: content}
    problems = type_problems("Update", made)
    assert problems == [], problems
    return made


def text(chat: int, words: str, *, update_id: int | None = None, **more: Any) -> Update:
    """A text from a person."""
    return update("message", message(chat, text=words, **more), update_id=update_id)


def photo(chat: int, file_id: str, caption: str | None = None, *, update_id: int | None = None) -> Update:
    """A photo in two sizes, the larger one behind `file_id`."""
    sizes = [
        {"file_id": "small", "file_unique_id": "u1", "width": 90, "height": 67},
        {"file_id": file_id, "file_unique_id": "u2", "width": 1280, "height": 960, "file_size": 90_000},
    ]
    content: dict[str, Any] = {"photo": sizes} | ({"caption": caption} if caption else {})
    return update("message", message(chat, **content), update_id=update_id)


def tap(chat: int, carried: str, sent: dict[str, Any] | None = None, *, update_id: int | None = None) -> Update:
    """A tapped button that carries `carried`, of the message `sent` by the bot (its `reply_markup` comes back with it)."""
    shown = {"message_id": 1, "from": BOT, "chat": {"id": chat, "type": "private"}, "date": NOON} | (sent or {})
    query = {"id": f"q{next(_numbers)}", "from": user(chat), "message": shown, "chat_instance": "x", "data": carried}
    return update("callback_query", query, update_id=update_id)


def membership(chat: int, status: str, *, update_id: int | None = None) -> Update:
    """The person blocks the bot (`kicked`) or lets it in again (`member`)."""
    states: dict[str, dict[str, Any]] = {
        "kicked": {"status": "kicked", "user": BOT, "until_date": 0},
        "member": {"status": "member", "user": BOT},
    }
    before = "member" if status == "kicked" else "kicked"
    change = {
        "chat": {"id": chat, "type": "private", "first_name": "Ann"},
        "from": user(chat),
        "date": NOON,
        "old_chat_member": states[before],
        "new_chat_member": states[status],
    }
    return update("my_chat_member", change, update_id=update_id)
