"""Sending by Telegram, over real HTTP: what goes out, and what each answer or lack of one means."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.channels.base import (
    Accepted,
    Ambiguous,
    Inbound,
    IncomingMedium,
    MediumRefused,
    MediumUnavailable,
    Outgoing,
    OutgoingButton,
    Postponed,
    Refused,
    SendResult,
)
from bot.channels.telegram import TelegramChannel
from bot.config import Settings
from tests.providers.loopback import Behaviour, broken, cut, dribbles, garbage, hangs, refusal, slow, too_many
from tests.providers.telegram_server import TOKEN, TelegramServer

BOT = "telegram:soundings_test_bot"


def outgoing(text: str = "Thank you.", *, to: str = "telegram:42", **more: object) -> Outgoing:
    parts: dict[str, object] = {"message_id": 7, "sender": BOT, "address": to, "text": text}
    return Outgoing(**(parts | more))  # type: ignore[arg-type]


def buttons(*labels: str, run_id: int | None = 17, keys: tuple[str, ...] = ()) -> Outgoing:
    keys = keys or tuple(f"key{at}" for at in range(len(labels)))
    shown = tuple(OutgoingButton(key, label) for key, label in zip(keys, labels, strict=True))
    return outgoing("Which?", buttons=shown, run_id=run_id, visit=3)


@asynccontextmanager
async def channel(
    settings: Settings, *, answer_seconds: float = 20.0, **changes: object
) -> AsyncIterator[TelegramChannel]:
    opened = TelegramChannel(settings.model_copy(update=changes), answer_seconds=answer_seconds)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


async def test_a_message_is_taken_and_its_identifier_kept(telegram: TelegramChannel, api: TelegramServer) -> None:
    result = await telegram.send(outgoing("Snow. <b>Où</b> *ça*? 雪 👍"))
    assert result == Accepted(f"42:{api.sent[0].message_id}")
    assert (api.sent[0].chat, api.sent[0].text, api.sent[0].reply_markup) == (42, "Snow. <b>Où</b> *ça*? 雪 👍", None)
    assert api.problems == []


async def test_an_answer_in_pieces_is_read_to_its_end(telegram: TelegramChannel, api: TelegramServer) -> None:
    api.script(dribbles())
    assert await telegram.send(outgoing()) == Accepted(f"42:{api.sent[0].message_id}")


async def test_characters_that_nobody_takes_are_made_harmless(telegram: TelegramChannel, api: TelegramServer) -> None:
    await telegram.send(outgoing("a\x00b\ud800c"))
    assert api.sent[0].text == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    "message",
    [outgoing(" \n"), outgoing(to="sms:+19025550123"), outgoing(to="telegram:@ann"), outgoing(to="telegram:-5")],
)
async def test_what_is_no_telegram_message_never_leaves(
    telegram: TelegramChannel, api: TelegramServer, message: Outgoing
) -> None:
    await telegram.named()
    before = api.requests
    assert isinstance(await telegram.send(message), Refused)
    assert api.requests == before


async def test_the_longest_text_goes_and_one_longer_is_refused_whole(
    telegram: TelegramChannel, api: TelegramServer
) -> None:
    assert isinstance(await telegram.send(outgoing("x" * 4096)), Accepted)
    assert await telegram.send(outgoing("x" * 4097)) == Refused(
        "too_long", "longer than the 4096 characters that Telegram takes"
    )
    assert len(api.sent) == 1


# -- buttons


async def test_buttons_carry_run_visit_and_key(telegram: TelegramChannel, api: TelegramServer) -> None:
    await telegram.send(buttons("Street lights", "Snow on sidewalks"))
    assert api.sent[0].buttons() == {"Street lights": "17:3:key0", "Snow on sidewalks": "17:3:key1"}


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (("1", "2", "3", "4", "5"), [5]),
        (("1", "2", "3", "4", "5", "6", "7"), [5, 2]),
        (("Yes", "No"), [2]),
        (("Housing", "Food", "Jobs"), [2, 1]),
        (("Something longer", "Food"), [1, 1]),
    ],
)
async def test_short_labels_share_a_row(
    telegram: TelegramChannel, api: TelegramServer, labels: tuple[str, ...], rows: list[int]
) -> None:
    await telegram.send(buttons(*labels))
    markup = api.sent[0].reply_markup
    assert markup is not None
    assert [len(row) for row in markup["inline_keyboard"]] == rows


@pytest.mark.parametrize(
    "message",
    [
        buttons("A", "B", keys=("a", "é" * 32)),
        buttons("A", " "),
        buttons("A", run_id=10**18, keys=("k" * 50,)),
    ],
)
async def test_buttons_that_do_not_fit_are_left_out_and_the_text_goes(
    telegram: TelegramChannel, api: TelegramServer, message: Outgoing
) -> None:
    assert isinstance(await telegram.send(message), Accepted)
    assert api.sent[0].reply_markup is None


async def test_the_longest_key_still_fits(telegram: TelegramChannel, api: TelegramServer) -> None:
    await telegram.send(buttons("A", keys=("k" * 59,)))
    assert len(next(iter(api.sent[0].buttons().values()))) == 64


async def test_a_tap_is_acknowledged(telegram: TelegramChannel, api: TelegramServer, now: object) -> None:
    tapped = Inbound(BOT, "telegram:42", "1", now, extra={"callback_query": "q1"})  # type: ignore[arg-type]
    await telegram.acknowledge(tapped)
    api.token = "1:other"
    await telegram.acknowledge(tapped)
    assert api.acknowledged == ["q1"]


# -- what became of it


@pytest.mark.parametrize(
    ("behaviour", "result"),
    [
        (too_many(35), Postponed(timedelta(seconds=35), "429", "Telegram asks to wait")),
        (too_many(0), Postponed(timedelta(seconds=1), "429", "Telegram asks to wait")),
        (too_many(None), Postponed(timedelta(seconds=5), "429", "Telegram asks to wait")),
        (garbage(b"slow down", 429, records=False), Postponed(timedelta(seconds=5), "429", "Telegram asks to wait")),
        (
            refusal(0, 403, "Forbidden: bot was blocked by the user"),
            Refused("403", "the person has blocked the bot", "opt_out"),
        ),
        (
            refusal(0, 403, "Forbidden: user is deactivated"),
            Refused("403", "the person's Telegram account is gone", "dead"),
        ),
        (
            refusal(0, 403, "Forbidden: bot can't initiate conversation with a user"),
            Refused("403", "the person has not pressed Start", "none"),
        ),
        (refusal(0, 400, "Bad Request: chat not found"), Refused("400", "Chat not found", "dead")),
        (refusal(0, 400, "Bad Request: something else"), Refused("400", "Something else", "none")),
        (refusal(0, 401, "Unauthorized"), Refused("401", "Telegram does not accept the bot's token", "sender")),
        (refusal(0, 404, "Not Found"), Refused("401", "Telegram does not accept the bot's token", "sender")),
    ],
)
async def test_a_definite_answer_is_never_ambiguous(
    telegram: TelegramChannel, api: TelegramServer, behaviour: Behaviour, result: SendResult
) -> None:
    api.script(behaviour)
    assert await telegram.send(outgoing()) == result
    assert api.sent == []


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (broken(500), "cut"),
        (broken(502, records=True), "cut"),
        (garbage(b"<h1>", 502), "cut"),
        (garbage(b"<h1>", 200), "not_understood"),
        (garbage(b"[]", 200), "not_understood"),
        (garbage(b'{"ok": true}', 200), "not_understood"),
        (garbage(b'{"ok": true, "result": {}}', 200), "not_understood"),
        (cut(), "cut"),
        (cut(records=True), "cut"),
        (hangs(), "timeout"),
        (slow(5), "timeout"),
    ],
)
async def test_what_may_have_gone_is_ambiguous_and_tried_once(
    telegram_settings: Settings, api: TelegramServer, behaviour: Behaviour, code: str
) -> None:
    api.script(behaviour)
    async with channel(telegram_settings, answer_seconds=0.3) as telegram:
        result = await telegram.send(outgoing())
    assert isinstance(result, Ambiguous)
    assert result.code == code
    assert api.calls.count("sendMessage") == 1


async def test_a_refused_connection_is_postponed(telegram_settings: Settings, unused_tcp_port: int) -> None:
    async with channel(telegram_settings, telegram_api_url=f"http://127.0.0.1:{unused_tcp_port}") as telegram:
        result = await telegram.send(outgoing())
        assert result == Postponed(timedelta(seconds=5), "not_connected", "no connection to Telegram")


@pytest.mark.parametrize(("state", "consequence"), [("blocked", "opt_out"), ("gone", "dead"), ("stranger", "dead")])
async def test_who_cannot_be_written_to(
    telegram: TelegramChannel, api: TelegramServer, state: str, consequence: str
) -> None:
    {"blocked": api.blocked.add, "gone": api.gone.add, "stranger": api.chats.discard}[state](42)
    result = await telegram.send(outgoing())
    assert isinstance(result, Refused)
    assert result.consequence == consequence


# -- the bot's name


async def test_the_bot_learns_its_name(telegram: TelegramChannel) -> None:
    assert await telegram.named() == "soundings_test_bot"
    assert telegram.username == "soundings_test_bot"


async def test_it_serves_while_telegram_does_not_tell_the_name_and_asks_again(
    telegram_settings: Settings, api: TelegramServer
) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            api.token = TOKEN

    api.token = "1:other"
    opened = TelegramChannel(telegram_settings, pause=pause)
    await opened.open()
    assert await opened.named() == "soundings_test_bot"
    await opened.close()
    assert waits == [1, 2, 5]


async def test_nothing_of_a_message_or_the_token_reaches_a_log(
    telegram_settings: Settings, api: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with channel(telegram_settings) as telegram:
            api.script(garbage(b"my secret worry", 200), broken(500))
            for _ in range(3):
                await telegram.send(outgoing("my secret worry"))
    assert "worry" not in caplog.text
    assert TOKEN not in caplog.text


# -- files


async def test_a_file_is_fetched(telegram: TelegramChannel, api: TelegramServer) -> None:
    api.add_file("F1", b"\xff\xd8 picture")
    fetched = await telegram.fetch(IncomingMedium("photo", "F1"), limit=100)
    assert (fetched.content, fetched.content_type) == (b"\xff\xd8 picture", "image/jpeg")
    voice = await telegram.fetch(IncomingMedium("voice", "F1", "audio/ogg"), limit=100)
    assert voice.content_type == "audio/ogg"


@pytest.mark.parametrize(
    ("file_id", "path", "size", "words"),
    [
        ("F2", "photos/file_1.jpg", 10, "does not give it: Invalid file_id"),
        ("F1", "photos/file_1.jpg", 101, "larger than 100 bytes"),
        ("F1", "documents/x.html", 10, "text/html are not kept"),
        ("F1", "../../etc/passwd", 10, "no place"),
        ("F1", "/etc/passwd", 10, "no place"),
        ("F1", "a?b=c", 10, "no place"),
    ],
)
async def test_a_file_is_refused(
    telegram: TelegramChannel, api: TelegramServer, file_id: str, path: str, size: int, words: str
) -> None:
    api.add_file("F1", b"x" * size, path)
    with pytest.raises(MediumRefused, match=words):
        await telegram.fetch(IncomingMedium("document", file_id), limit=100)


async def test_a_file_out_of_reach_may_be_asked_for_again(telegram: TelegramChannel, api: TelegramServer) -> None:
    api.token = "1:other"
    with pytest.raises(MediumUnavailable):
        await telegram.fetch(IncomingMedium("photo", "F1"), limit=100)
    await api.stop()
    with pytest.raises(MediumUnavailable):
        await telegram.fetch(IncomingMedium("photo", "F1"), limit=100)
    await api.start()
