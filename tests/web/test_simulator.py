"""The simulated phones over real HTTP: what is typed comes in, what is said goes out, and nothing odd gets through."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select, update

from bot.app import Installation, open_installation
from bot.channels.base import Inbound
from bot.clock import SetClock
from bot.committer import Busy
from bot.config import load_settings
from bot.web.simulator import SimulatorRoutes
from storage.models import Address, Community, Message, Sender
from tests.builders import NOON, RESIDENT, SENDER, a_participant, a_place
from tests.providers.asgi import served

TEXT: dict[str, Any] = {"sender": SENDER, "address": RESIDENT, "text": "housing"}


class Phones:
    """The routes served, and what they handed in; `busy` makes the committer turn texts away."""

    def __init__(self, installation: Installation) -> None:
        self.taken: list[Inbound] = []
        self.busy = False
        self.routes = SimulatorRoutes(installation, self._submit)
        self.url = ""
        self.session: aiohttp.ClientSession

    async def _submit(self, inbound: Inbound) -> None:
        if self.busy:
            raise Busy
        self.taken.append(inbound)

    async def post(self, wish: object, content_type: str = "application/json") -> tuple[int, Any]:
        body = wish if isinstance(wish, bytes) else json.dumps(wish).encode()
        headers = {"content-type": content_type}
        async with self.session.post(f"{self.url}/simulator/texts", data=body, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
def installation(clock: SetClock) -> Iterator[Installation]:
    opened = open_installation(load_settings(), clock)
    with opened.write() as connection:
        a_place(connection)
    yield opened
    opened.database.close()


@pytest.fixture
async def phones(installation: Installation) -> AsyncIterator[Phones]:
    found = Phones(installation)
    async with AsyncExitStack() as stack:
        found.url = await stack.enter_async_context(served(found.routes))  # type: ignore[arg-type]
        found.session = await stack.enter_async_context(aiohttp.ClientSession())
        yield found


async def test_what_is_typed_comes_in_as_a_text(phones: Phones) -> None:
    assert await phones.post(TEXT) == (200, {"received": True})
    (inbound,) = phones.taken
    assert (inbound.sender, inbound.address, inbound.text, inbound.kind) == (SENDER, RESIDENT, "housing", "text")


async def test_half_of_a_pair_does_not_keep_a_text_out(phones: Phones) -> None:
    # So a browser writes it where somebody deletes half of an emoji.
    wish = json.dumps({**TEXT, "text": "?"}).replace("?", r"a\ud800").encode()
    assert await phones.post(wish) == (200, {"received": True})
    assert phones.taken[0].text == "a\ufffd"


async def test_a_tapped_button_comes_with_its_run_and_visit(phones: Phones) -> None:
    await phones.post({**TEXT, "text": "Snow", "button": {"run": 7, "visit": 2, "key": "snow"}})
    (inbound,) = phones.taken
    assert inbound.kind == "button"
    assert inbound.button is not None
    assert (inbound.button.run_id, inbound.button.visit, inbound.button.key) == (7, 2, "snow")


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (b"not json", "cannot be read"),
        ([1], "no object"),
        ({}, "sender"),
        ({**TEXT, "button": {"run": "x", "visit": 1, "key": "a"}}, "cannot be read"),
        ({**TEXT, "button": "yes"}, "cannot be read"),
        ({**TEXT, "sender": "sms:+19025550199"}, "there is no sender sms:+19025550199"),
        ({**TEXT, "address": "nonsense"}, "nonsense is no address that"),
        ({**TEXT, "address": "telegram:7"}, "telegram:7 is no address that"),
        ({**TEXT, "text": "x" * 70_000}, "longer than 64 KB"),
    ],
)
async def test_what_no_phone_would_send_is_refused(phones: Phones, wish: object, told: str) -> None:
    status, answer = await phones.post(wish)
    assert status == 400
    assert told in answer["error"]
    assert phones.taken == []


async def test_another_sites_form_cannot_text(phones: Phones) -> None:
    status, _ = await phones.post(TEXT, content_type="text/plain")
    assert status == 415
    assert phones.taken == []


async def test_a_text_that_is_turned_away_is_said_to_be(phones: Phones) -> None:
    phones.busy = True
    status, answer = await phones.post(TEXT)
    assert (status, answer) == (503, {"error": "Too many texts wait. Send it again."})


async def test_a_phone_that_is_looked_at_holds_no_server_up(phones: Phones) -> None:
    query = {"sender": SENDER, "address": RESIDENT}
    async with phones.session.get(f"{phones.url}/simulator/events", params=query) as events:
        assert events.status == 200
        phones.routes.end()
        async with asyncio.timeout(5):
            await events.content.read()


async def test_there_are_no_events_of_an_unknown_sender(phones: Phones) -> None:
    query = {"sender": "sms:+19025550199", "address": RESIDENT}
    async with phones.session.get(f"{phones.url}/simulator/events", params=query) as events:
        assert events.status == 404


@pytest.mark.parametrize("after", ["abc", "-1", "³", "9" * 30])
async def test_events_after_what_is_no_message_are_refused(phones: Phones, after: str) -> None:
    query = {"sender": SENDER, "address": RESIDENT, "after": after}
    async with phones.session.get(f"{phones.url}/simulator/events", params=query) as events:
        assert events.status == 400


async def test_a_message_that_waits_for_the_morning_holds_no_later_one_up_and_is_shown_when_it_leaves(
    phones: Phones, installation: Installation
) -> None:
    with installation.write() as connection:
        person = a_participant(connection, connection.execute(select(Community.id)).scalar_one())
        sender_id, address_id = (connection.execute(select(one.id)).scalar_one() for one in (Sender, Address))
        row = {
            "sender_id": sender_id,
            "address_id": address_id,
            "participant_id": person,
            "direction": "out",
            "kind": "say",
        }
        row |= {"community_id": connection.execute(select(Community.id)).scalar_one(), "created_at": NOON}
        for text, status, due in (("update", "queued", NOON + timedelta(hours=9)), ("reply", "sent", NOON)):
            connection.execute(insert(Message).values(**row, text=text, status=status, due_at=due))
    query = {"sender": SENDER, "address": RESIDENT}
    async with phones.session.get(f"{phones.url}/simulator/events", params=query) as events, asyncio.timeout(20):
        assert await _next_text(events) == "reply"
        with installation.write() as connection:
            connection.execute(update(Message).values(status="sent"))
        assert await _next_text(events) == "update"


async def _next_text(events: aiohttp.ClientResponse) -> str:
    while not (line := await events.content.readline()).startswith(b"data: "):
        pass
    return str(json.loads(line[6:])["text"])
