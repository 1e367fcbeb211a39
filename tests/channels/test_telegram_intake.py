"""Registering the webhook, and the long poll: nothing is confirmed to Telegram before its commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot.channels.base import Inbound
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_intake import delete_webhook, poll, set_webhook
from bot.clock import SetClock
from bot.config import Settings
from bot.errors import NotReady
from tests.providers import telegram_updates as updates
from tests.providers.loopback import Behaviour
from tests.providers.telegram_server import TOKEN, TelegramServer

BOT = "telegram:soundings_test_bot"


async def test_the_webhook_is_told_with_its_secret_and_kinds(
    telegram: TelegramChannel, telegram_settings: Settings, api: TelegramServer
) -> None:
    await set_webhook(telegram, telegram_settings)
    assert api.webhook == {
        "url": "http://127.0.0.1:9/soundings/webhooks/telegram",
        "secret_token": "secret-of-tests",
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }
    assert api.problems == []
    await delete_webhook(telegram)
    assert api.webhook == {}


async def test_the_webhook_is_told_again_until_telegram_agrees(
    telegram: TelegramChannel, telegram_settings: Settings, api: TelegramServer
) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        api.token = TOKEN

    await telegram.named()
    api.token = "1:other"
    await set_webhook(telegram, telegram_settings, pause=pause)
    assert waits == [1]
    assert api.webhook["url"]


async def test_a_webhook_needs_an_address(telegram: TelegramChannel, telegram_settings: Settings) -> None:
    with pytest.raises(NotReady, match="SOUNDINGS_PUBLIC_URL"):
        await set_webhook(telegram, telegram_settings.model_copy(update={"public_url": ""}))


@dataclass
class Desk:
    """Takes what a poll hands over."""

    texts: list[str] = field(default_factory=list)
    fails: Callable[[Inbound], bool] = lambda _: False
    how: Exception = field(default_factory=lambda: RuntimeError("the database is away"))
    waits: list[float] = field(default_factory=list)
    between: Callable[[], Awaitable[None]] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, inbound: Inbound) -> None:
        if self.fails(inbound):
            raise self.how
        self.texts.append(inbound.text)
        self.changed.set()

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.between is not None:
            await self.between()
        self.changed.set()
        await asyncio.sleep(0)

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not reached():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def polling(
    telegram: TelegramChannel, desk: Desk, clock: SetClock, sender: Callable[[], str | None] = lambda: BOT
) -> AsyncIterator[None]:
    running = asyncio.create_task(poll(telegram, desk.take, sender=sender, clock=clock, pause=desk.pause))
    try:
        yield
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def confirmed(api: TelegramServer, desk: Desk) -> None:
    """Until Telegram has been told to forget everything."""
    async with asyncio.timeout(5):
        while api.pending:
            await asyncio.sleep(0.001)


async def test_updates_are_handed_over_in_order_and_then_confirmed(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    api.webhook = {"url": "https://somewhere.example"}
    api.add(*(updates.text(42, word) for word in "abc"))
    desk = Desk()
    async with polling(telegram, desk, clock):
        await desk.until(lambda: len(desk.texts) == 3)
        await confirmed(api, desk)
        api.add(updates.text(42, "d"))
        await desk.until(lambda: len(desk.texts) == 4)
    assert desk.texts == ["a", "b", "c", "d"]
    assert api.webhook == {}
    assert api.problems == []


async def test_what_could_not_be_committed_comes_again(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk(fails=lambda _: len(desk.waits) < 3)
    api.add(updates.text(42, "a"), updates.text(42, "b"))
    async with polling(telegram, desk, clock):
        await desk.until(lambda: len(desk.texts) == 2)
        await confirmed(api, desk)
    assert desk.texts == ["a", "b"]
    assert desk.waits == [1, 2, 4]


async def test_a_poll_that_is_stopped_in_a_commit_has_confirmed_nothing(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    started = asyncio.Event()

    async def never(_: Inbound) -> None:
        started.set()
        await asyncio.Event().wait()

    api.add(updates.text(42, "a"))
    running = asyncio.create_task(poll(telegram, never, sender=lambda: BOT, clock=clock))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(api.pending) == 1


async def test_one_update_that_can_never_be_committed_does_not_hold_up_the_others_for_ever(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk(fails=lambda inbound: inbound.text == "poison")
    api.add(updates.text(41, "poison"), updates.text(42, "a"))
    with structlog.testing.capture_logs() as logs:
        async with polling(telegram, desk, clock):
            await confirmed(api, desk)
    assert set(desk.texts) == {"a"}
    assert [log["event"] for log in logs].count("telegram.update_given_up") == 1
    assert "poison" not in str(logs)


async def test_where_nothing_can_be_committed_nothing_is_given_up(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk(fails=lambda _: len(desk.waits) < 9)
    api.add(updates.text(41, "a"), updates.text(42, "b"))
    async with polling(telegram, desk, clock):
        await confirmed(api, desk)
    assert sorted(desk.texts) == ["a", "b"]
    assert desk.waits == [1, 2, 4, 8, 16, 30, 30, 30, 30]


async def test_a_text_is_not_given_up_beside_one_that_needs_no_writing(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk(fails=lambda _: len(desk.waits) < 9)
    api.add(updates.text(41, "a", update_id=1), {"update_id": 2, "poll": {}})
    async with polling(telegram, desk, clock):
        await confirmed(api, desk)
    assert desk.texts == ["a"]


async def test_a_text_is_not_given_up_while_the_disk_is_full(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    desk = Desk(
        fails=lambda inbound: inbound.text == "long" and len(desk.waits) < 9,
        how=OperationalError("INSERT", None, full),
    )
    # There is room left for short ones.
    api.add(updates.text(41, "long"), updates.text(42, "short"))
    async with polling(telegram, desk, clock):
        await confirmed(api, desk)
    assert "long" in desk.texts


async def test_malformed_and_foreign_updates_are_stepped_over(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk()
    api.add({"update_id": 1, "message": {}}, {"update_id": 2, "poll": {}}, updates.text(42, "a"))
    async with polling(telegram, desk, clock):
        await confirmed(api, desk)
    assert desk.texts == ["a"]


async def test_taps_are_acknowledged_after_their_commit(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk()
    given = updates.tap(42, "1:1:a")
    api.add(given)
    async with polling(telegram, desk, clock):
        await confirmed(api, desk)
    assert api.acknowledged == [given["callback_query"]["id"]]


async def test_a_poll_outlives_what_telegram_answers(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk()
    await telegram.named()

    async def mend() -> None:
        if len(desk.waits) == 1:
            api.webhook = {"url": "https://somewhere.example"}
            api.token = TOKEN
        else:
            api.webhook = {}

    desk.between = mend
    async with polling(telegram, desk, clock):
        await confirmed(api, desk)
        api.add(updates.text(42, "a"))
        await desk.until(lambda: desk.texts == ["a"])
        api.token = "1:other"
        api.add(updates.text(42, "b"))
        await desk.until(lambda: desk.texts == ["a", "b"])
    assert len(desk.waits) >= 2


async def test_without_a_registered_bot_nothing_is_fetched(
    telegram: TelegramChannel, api: TelegramServer, clock: SetClock
) -> None:
    desk = Desk()
    api.add(updates.text(42, "a"))
    async with polling(telegram, desk, clock, sender=lambda: BOT if len(desk.waits) > 1 else None):
        await desk.until(lambda: desk.texts == ["a"])
    assert desk.waits[:2] == [5.0, 5.0]


async def test_the_script_of_a_behaviour_does_not_touch_other_methods(api: TelegramServer) -> None:
    api.script(Behaviour(status=500))
    async with api.session.get(f"{api.url}/bot{TOKEN}/getMe") as response:
        assert response.status == 200
