"""A Twilio and a Telegram on loopback, and channels that talk to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.config import Settings, load_settings
from tests.providers import telegram_server
from tests.providers.telegram_server import TelegramServer
from tests.providers.twilio_forms import ACCOUNT, TOKEN
from tests.providers.twilio_server import TwilioServer


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        yield server


@pytest.fixture
def twilio_settings(twilio: TwilioServer) -> Settings:
    return load_settings(
        twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, twilio_api_url=twilio.url, secret_key="of tests"
    )


@pytest.fixture
async def sms(twilio_settings: Settings) -> AsyncIterator[TwilioChannel]:
    channel = TwilioChannel(twilio_settings)
    await channel.open()
    yield channel
    await channel.close()


@pytest.fixture
async def api() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        server.start_chat(42)
        yield server


@pytest.fixture
def telegram_settings(api: TelegramServer) -> Settings:
    return load_settings(
        telegram_token=telegram_server.TOKEN,
        telegram_api_url=api.url,
        telegram_secret="secret-of-tests",
        public_url="http://127.0.0.1:9/soundings",
        secret_key="of tests",
    )


@pytest.fixture
async def telegram(telegram_settings: Settings) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(telegram_settings)
    await channel.open()
    yield channel
    await channel.close()
