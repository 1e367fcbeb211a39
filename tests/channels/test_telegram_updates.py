"""Telegram's updates, as its API sends them, in our words."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import ButtonPress, Inbound, IncomingMedium, MalformedWebhook
from bot.channels.telegram_updates import ALLOWED_UPDATES, button_data, parse_update
from bot.channels.telegram_webhooks import is_authentic, load_update, secrets_of
from bot.config import load_settings
from tests.providers import telegram_updates as updates
from tests.providers.telegram_updates import NOON, Update, message, update, user

BOT = "telegram:soundings_test_bot"
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def read(given: object) -> Inbound | None:
    return parse_update(given, sender=BOT, received_at=NOW)


def found(given: object) -> Inbound:
    inbound = read(given)
    assert inbound is not None
    return inbound


def test_a_text() -> None:
    inbound = found(updates.text(42, " 2\n", update_id=9))
    assert (inbound.sender, inbound.address, inbound.provider_id) == (BOT, "telegram:42", "9")
    assert (inbound.text, inbound.kind, inbound.received_at) == (" 2\n", "text", NOW)
    assert inbound.sent_at == datetime.fromtimestamp(NOON, UTC)
    assert (inbound.profile_name, inbound.language) == ("Ann", "fr")
    assert (inbound.start, inbound.button, inbound.media, inbound.location, inbound.extra) == (None, None, (), None, {})


def test_a_long_text_is_kept_whole() -> None:
    assert len(found(updates.text(42, "x" * 10_000)).text) == 10_000


@pytest.mark.parametrize(
    ("words", "text", "start"),
    [
        ("/start", "start", ""),
        ("/start spring-2026_a", "start", "spring-2026_a"),
        ("/start@soundings_test_bot spring", "start", "spring"),
        ("/start no payload!", "start", ""),
        ("/start " + "x" * 65, "start", ""),
        ("/stop", "stop", None),
        ("/STOP", "stop", None),
        ("/stop@soundings_test_bot", "stop", None),
        ("/wrong_number", "wrong number", None),
        ("/language fr", "language fr", None),
        ("/help\nplease", "help please", None),
        ("/r/halifax rules", "/r/halifax rules", None),
        ("1/2", "1/2", None),
        ("/", "/", None),
    ],
)
def test_commands_are_their_words(words: str, text: str, start: str | None) -> None:
    inbound = found(updates.text(42, words))
    assert (inbound.text, inbound.start) == (text, start)


def test_the_largest_photo_and_its_caption() -> None:
    inbound = found(updates.photo(42, "large", "by the school"))
    assert (inbound.kind, inbound.text) == ("media", "by the school")
    assert inbound.media == (IncomingMedium("photo", "large", "image/jpeg"),)


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "F", "file_unique_id": "u"} | more


@pytest.mark.parametrize(
    ("content", "medium"),
    [
        ({"voice": file(duration=3, mime_type="audio/ogg")}, IncomingMedium("voice", "F", "audio/ogg")),
        ({"voice": file(duration=3)}, IncomingMedium("voice", "F", "audio/ogg")),
        ({"audio": file(duration=3, mime_type="audio/mpeg")}, IncomingMedium("audio", "F", "audio/mpeg")),
        (
            {"video": file(duration=3, width=1, height=1, mime_type="video/mp4")},
            IncomingMedium("video", "F", "video/mp4"),
        ),
        ({"video_note": file(duration=3, length=1)}, IncomingMedium("video", "F", "video/mp4")),
        ({"document": file(mime_type="application/pdf")}, IncomingMedium("document", "F", "application/pdf")),
        ({"document": file(mime_type="IMAGE/PNG")}, IncomingMedium("photo", "F", "image/png")),
        (
            {"animation": file(duration=1, width=1, height=1, mime_type="video/mp4"), "document": file(file_id="G")},
            IncomingMedium("video", "F", "video/mp4"),
        ),
        (
            {"sticker": file(type="regular", width=1, height=1, is_animated=False, is_video=False)},
            IncomingMedium("sticker", "F", "image/webp"),
        ),
        (
            {"sticker": file(type="regular", width=1, height=1, is_animated=True, is_video=False)},
            IncomingMedium("sticker", "F", "application/x-tgsticker"),
        ),
    ],
)
def test_files_and_their_kinds(content: dict[str, Any], medium: IncomingMedium) -> None:
    inbound = found(update("message", message(42, **content)))
    assert (inbound.kind, inbound.media) == ("media", (medium,))


def test_a_stickers_emoji_is_told() -> None:
    sticker = file(type="regular", width=1, height=1, is_animated=False, is_video=False, emoji="👍")
    assert found(update("message", message(42, sticker=sticker))).extra == {"emoji": "👍"}


def test_a_location() -> None:
    inbound = found(update("message", message(42, location={"latitude": 44.65, "longitude": -63.57})))
    assert (inbound.location, inbound.kind, inbound.text) == ((44.65, -63.57), "text", "")


@pytest.mark.parametrize(("number", "text"), [("19025550123", "+19025550123"), ("+19025550123", "+19025550123")])
def test_a_shared_contact_is_its_number(number: str, text: str) -> None:
    inbound = found(update("message", message(42, contact={"phone_number": number, "first_name": "Ann"})))
    assert (inbound.text, inbound.kind) == (text, "text")


@pytest.mark.parametrize(
    "content", [{"dice": {"emoji": "🎲", "value": 3}}, {"poll": {"id": "1"}}, {"story": {"id": 1}}]
)
def test_what_no_question_takes_is_met_with_the_question_again(content: dict[str, Any]) -> None:
    inbound = found(update("message", message(42, **content)))
    assert (inbound.kind, inbound.media, inbound.text) == ("media", (), "")


def test_an_edit_is_told_from_a_text() -> None:
    edited = message(42, text="3", number=77, edit_date=NOON + 60)
    inbound = found(update("edited_message", edited))
    assert (inbound.kind, inbound.text, inbound.extra) == ("edited", "3", {"message": "77"})
    assert inbound.sent_at == datetime.fromtimestamp(NOON + 60, UTC)
    assert found(update("edited_message", message(42, text="/start x"))).start is None


def test_the_steps_of_a_live_location_are_not_kept() -> None:
    assert read(update("edited_message", message(42, location={"latitude": 1, "longitude": 2}))) is None


# -- buttons


def test_a_tap_tells_run_visit_key_and_what_the_button_said() -> None:
    shown = {"reply_markup": {"inline_keyboard": [[{"text": "Housing", "callback_data": "17:3:housing"}]]}}
    inbound = found(updates.tap(42, "17:3:housing", shown))
    assert (inbound.kind, inbound.text, inbound.button) == ("button", "Housing", ButtonPress(17, 3, "housing"))
    assert inbound.extra["callback_query"].startswith("q")


@given(
    st.integers(0, 10**18 - 1),
    st.integers(0, 10**9 - 1),
    st.text(min_size=1, max_size=20, alphabet=st.characters(codec="utf-8", exclude_characters="\x00")),
)
def test_what_a_button_carries_comes_back(run_id: int, visit: int, key: str) -> None:
    carried = button_data(run_id, visit, key)
    if carried is None:
        assert len(f"{run_id}:{visit}:{key}".encode()) > 64
    else:
        assert found(updates.tap(42, carried)).button == ButtonPress(run_id, visit, key)


@pytest.mark.parametrize("carried", ["", "x", "17:housing", "a:3:housing", "17:3:", "-1:3:x", "1" * 19 + ":3:x"])
def test_a_button_of_another_time_is_a_tap_all_the_same(carried: str) -> None:
    inbound = found(
        {"update_id": 1, "callback_query": {"id": "q", "from": user(42), "data": carried, "message": message(42)}}
    )
    assert (inbound.kind, inbound.button) == ("button", None)


def test_taps_that_belong_to_no_message_are_nothing() -> None:
    assert read({"update_id": 1, "callback_query": {"id": "q", "from": user(42), "data": "1:1:a"}}) is None
    assert read({"update_id": 1, "callback_query": {"id": "q", "from": user(42), "message": message(42)}}) is None


# -- coming and going


def test_blocks_and_their_end() -> None:
    assert found(updates.membership(42, "kicked")).kind == "block"
    assert found(updates.membership(42, "member")).kind == "unblock"


# -- what is not for us


def group(given: Update) -> Update:
    for part in given.values():
        if isinstance(part, dict):
            (part.get("message") or part)["chat"] = {"id": -5, "type": "supergroup", "title": "Street"}
    return given


@pytest.mark.parametrize(
    "given",
    [
        {"update_id": 1},
        {"update_id": 1, "poll": {}},
        {"update_id": 1, "channel_post": message(42, text="hi")},
        group(updates.text(42, "hi")),
        group(updates.tap(42, "1:1:a")),
        group(updates.membership(42, "kicked")),
        update("message", message(42, text="hi") | {"from": user(42, is_bot=True)}),
        update("message", message(42)),
        update("message", message(42, pinned_message=message(42))),
    ],
)
def test_groups_bots_and_notes_are_not_taken(given: Update) -> None:
    assert read(given) is None


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "x",
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 2**63},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": message(42, text=5)},
        {"update_id": 1, "message": message(42, text="x") | {"chat": {"id": "42", "type": "private"}}},
        {"update_id": 1, "message": message(42, text="x") | {"date": 10**12}},
        {"update_id": 1, "message": message(42, text="x") | {"from": "Ann"}},
        {"update_id": 1, "message": message(42, photo=[{}])},
        {"update_id": 1, "message": message(42, photo=["F"])},
        {"update_id": 1, "message": message(42, voice={})},
        {"update_id": 1, "message": message(42, location={"latitude": 91, "longitude": 0})},
        {"update_id": 1, "message": message(42, location={"latitude": True, "longitude": 0})},
        {"update_id": 1, "message": message(42, contact={})},
        {"update_id": 1, "callback_query": {"from": user(42)}},
        {"update_id": 1, "callback_query": {"id": "q"}},
        {"update_id": 1, "my_chat_member": {"chat": {"id": 42, "type": "private"}, "from": user(42), "date": 1}},
    ],
)
def test_what_lacks_a_part_is_malformed(given: object) -> None:
    with pytest.raises(MalformedWebhook):
        read(given)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "chat",
                    "from",
                    "date",
                    "text",
                    "photo",
                    "message",
                    "type",
                    "message_id",
                    "data",
                    "location",
                    "reply_markup",
                    "inline_keyboard",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(ALLOWED_UPDATES), _json)
def test_nothing_that_is_json_makes_it_fall_over(kind: str, part: object) -> None:
    with contextlib.suppress(MalformedWebhook):
        read({"update_id": 1, kind: part})


# -- is it Telegram, and is it JSON?


def test_the_secret_is_configured_or_made_of_each_secret_key() -> None:
    assert secrets_of(load_settings(telegram_secret="a,b")) == ("a", "b")
    made = secrets_of(load_settings(secret_key="new,old"))
    assert len(set(made)) == 2
    assert all(len(secret) == 64 and secret.isalnum() for secret in made)
    assert secrets_of(load_settings(secret_key="old")) == made[1:]


def test_only_a_secret_of_ours_is_authentic() -> None:
    assert is_authentic("b", ("a", "b"))
    for header in (None, "", "c", "ab", "\ud800"):
        assert not is_authentic(header, ("a", "b"))


def test_json_that_orjson_refuses_for_a_half_pair_is_read() -> None:
    assert load_update(b'{"a": "\\ud800"}') == {"a": "\ud800"}
    for body in (b"", b"{", b"\xff", b'"\\ud800', b'{"a": "\\ud800"' + b"[" * 100_000, b"[" * 100_000):
        with pytest.raises(MalformedWebhook):
            load_update(body)
