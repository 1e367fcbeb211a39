"""Simulated phones: who looks sees what comes, and nobody needs to."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.channels.base import Accepted, ButtonPress, MediumRefused, Outgoing, Refused
from bot.channels.simulator import Simulator, text


def outgoing(number: int, address: str = "sim:7", words: str = "hello") -> Outgoing:
    return Outgoing(message_id=number, sender="sim:1", address=address, text=words)


async def test_a_message_is_delivered_at_once_whether_anybody_looks_or_not() -> None:
    simulator = Simulator()
    await simulator.open()
    assert await simulator.send(outgoing(3)) == Accepted("sim-3", "delivered")
    assert isinstance(await simulator.send(outgoing(4, words=" ")), Refused)


async def test_who_looks_at_a_phone_sees_its_messages_in_order_and_no_others() -> None:
    simulator = Simulator()
    async with simulator.subscribe("sim:7") as phone, simulator.subscribe() as everything:
        for number, address in enumerate(["sim:7", "sms:+19025550123", "sim:7"]):
            await simulator.send(outgoing(number, address))
        assert [(await anext(phone)).message_id for _ in range(2)] == [0, 2]
        assert [(await anext(everything)).message_id for _ in range(3)] == [0, 1, 2]
        await simulator.close()
        assert [message async for message in phone] == []
        assert [message async for message in phone] == []
    async with simulator.subscribe("sim:7") as phone:
        await simulator.send(outgoing(9))
        phone.close()
        await simulator.send(outgoing(10))
        assert [message.message_id async for message in phone] == [9]


async def test_who_never_reads_holds_up_nobody() -> None:
    simulator = Simulator()
    async with simulator.subscribe("sim:7") as phone:
        for number in range(1_500):
            await simulator.send(outgoing(number))
        phone.close()
        kept = [message.message_id async for message in phone]
    assert kept == list(range(500, 1_500))


def test_texts_from_a_simulated_phone(now: datetime) -> None:
    first, second = text("sim:1", "sim:7", "a\x00\ud800", now), text("sim:1", "sim:7", "b", now)
    assert first.provider_id != second.provider_id
    assert (first.text, first.kind, first.received_at) == ("a\ufffd\ufffd", "text", now)
    tapped = text("sim:1", "sim:7", "Housing", now, button=ButtonPress(17, 3, "housing"), provider_id="twice")
    assert (tapped.kind, tapped.provider_id) == ("button", "twice")


async def test_a_photo_from_a_simulated_phone_is_fetched_like_any_other(now: datetime) -> None:
    simulator = Simulator()
    medium = simulator.photo(b"picture", "image/png")
    assert text("sim:1", "sim:7", "", now, media=[medium]).kind == "media"
    assert (await simulator.fetch(medium, limit=7)).content == b"picture"
    with pytest.raises(MediumRefused, match="larger than 6 bytes"):
        await simulator.fetch(medium, limit=6)
    with pytest.raises(MediumRefused, match="not kept"):
        simulator.photo(b"<svg>", "image/svg+xml")
    for _ in range(100):
        simulator.photo(b"", "image/png")
    with pytest.raises(MediumRefused, match="no longer"):
        await simulator.fetch(medium, limit=7)
