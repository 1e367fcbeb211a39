"""A simulated phone in the terminal, against the simulator's own routes over HTTP and the real conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from bot.app import Installation, open_installation
from bot.channels.base import Inbound
from bot.cli import app
from bot.cli import phone as phone_command
from bot.config import load_settings
from bot.conversation import receive
from bot.errors import NotReady, WrongUsage
from bot.web import simulator
from bot.web.simulator import SimulatorRoutes
from storage.models import Message
from tests.builders import a_community, a_house, a_sender
from tests.providers.asgi import served

BOT = "telegram:soundings_test_bot"


@pytest.fixture
def installation() -> Iterator[Installation]:
    found = open_installation(load_settings())
    with found.write() as connection:
        a_sender(connection, a_community(connection), address=BOT)
    yield found
    found.database.close()


@pytest.fixture
async def url(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The simulator's routes; what a text is answered leaves at once."""
    house = a_house()

    async def submit(inbound: Inbound) -> None:
        with installation.write() as connection:
            receive(connection, [inbound], installation.clock.now(), house)
            connection.execute(update(Message).where(Message.direction == "out").values(status="sent"))

    monkeypatch.setattr(simulator, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(phone_command, "MORE", 0.1)
    async with served(SimulatorRoutes(installation, submit)) as found:  # type: ignore[arg-type]
        yield found


async def held(*words: str, typed: str) -> str:
    done = await asyncio.to_thread(CliRunner().invoke, app, ["phone", *words], input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


async def test_what_is_written_comes_in_and_what_is_said_and_its_buttons_are_shown(url: str) -> None:
    first = await held("telegram:7", "--url", url, typed="join\n\n")
    assert first.startswith("> join\nShore Road Neighbours here.")
    assert first.endswith("[yes] Yes\n[no] No\n")
    # Picked up again, it shows the thread so far; the button is there to be tapped.
    again = await held("telegram:7", "--url", url, typed="[yes]\n")
    assert again.startswith(first)
    assert again[len(first) :].startswith("> Yes\nYou're in, thanks.")


async def test_what_cannot_be_says_what_to_do(installation: Installation, url: str) -> None:
    with pytest.raises(WrongUsage, match="No senders reach sms:"):
        await held("902 555 0123", typed="")
    with installation.write() as connection:
        a_sender(connection, a_community(connection, "other"), address="telegram:another_bot")
    with pytest.raises(WrongUsage, match=f"--sender: {BOT}, telegram:another_bot"):
        await held("telegram:7", typed="")
    with pytest.raises(NotReady, match="no simulated phones"):
        await held("telegram:7", "--sender", "telegram:nobody", "--url", url, typed="")
    with pytest.raises(NotReady, match="Run: soundings serve"):
        await held("telegram:7", "--sender", BOT, "--url", "http://127.0.0.1:1", typed="")
