"""The whole loop on Telegram: joining by a link, buttons and plain texts, every fault of the provider, kills, STOP and a block."""

from __future__ import annotations

import asyncio

import pytest

from tests.end_to_end.running import Town
from tests.providers import telegram_updates as updates
from tests.providers.loopback import broken, hangs, too_many

#: Every wait has an end of its own; on a busy machine one process after the other takes its time to start.
pytestmark = pytest.mark.timeout(300)

CHAT = 555_0141
#: Whose messages meet a 429, a 500, a server that takes them and never answers, and a block; and who says STOP.
WAITING, BROKEN, HANGING, BLOCKING, STOPPING = range(555_0142, 555_0147)


async def test_telegram_goes_the_same_way_with_buttons(place: Town) -> None:
    await place.start()
    await _launch_with_keyword(place)
    await place.until(lambda: bool(place.telegram.webhook))
    place.telegram.start_chat(CHAT)
    began = updates.text(CHAT, "/start fundy")
    await place.telegram.deliver(began)
    await place.sees(CHAT, "OUI")
    assert (await place.telegram.post(began)).status == 200  # the same update again
    await place.telegram.deliver(updates.text(CHAT, "oui"))
    # The profile says French, and so does the question.
    asked = await place.sees(CHAT, "Par quoi")
    carried = asked.buttons()["Nourriture"]
    await place.settled()
    place.kill()
    await place.start()
    await place.telegram.deliver(updates.tap(CHAT, carried))
    await place.sees(CHAT, "Pourquoi?")
    await place.telegram.deliver(updates.tap(CHAT, carried))  # a button of a question that is closed
    await place.telegram.deliver(updates.text(CHAT, "é" * 4_000))
    await place.sees(CHAT, "sécurité")
    await place.telegram.deliver(updates.photo(CHAT, "large"))
    await place.sees(CHAT, "1")
    await place.telegram.deliver(updates.text(CHAT, "٣"))
    await place.sees(CHAT, "Merci.")
    await place.telegram.deliver(updates.membership(CHAT, "kicked"))
    shown = await place.command("participant", "show", f"telegram:{CHAT}", "--community", "north-end", "--json")
    assert {one["question"]: one["value"] for one in shown["answers"]}["safety"] == 3
    assert shown["participant"]["surveys"] == "withdrawn"
    assert place.telegram.problems == []
    await place.audited()


async def test_telegram_through_every_fault_of_the_provider(place: Town) -> None:
    await place.start()
    await _launch_with_keyword(place)
    await place.until(lambda: bool(place.telegram.webhook))
    chats = (WAITING, BROKEN, HANGING, BLOCKING, STOPPING)
    for chat in chats:
        place.telegram.start_chat(chat)
        await place.telegram.deliver(updates.text(chat, "/start fundy"))
    for chat in chats:
        await place.sees(chat, "OUI")
    place.telegram.script(too_many(1), too_many(1), to=str(WAITING))
    place.telegram.script(broken(500), to=str(BROKEN))
    place.telegram.script(hangs(records=True), to=str(HANGING))
    place.telegram.blocked.add(BLOCKING)
    for chat in chats:
        await place.telegram.deliver(updates.text(chat, "oui"))
    for chat in (WAITING, HANGING, STOPPING):
        await place.sees(chat, "Par quoi")
    await place.settled(unknown=2)
    got = {chat: len(place.chat(chat)) for chat in chats}
    whole = got[STOPPING]  # met no fault
    assert got == {WAITING: whole, BROKEN: whole - 1, HANGING: whole, BLOCKING: 1, STOPPING: whole}

    place.kill()
    await place.start()
    # Two texts at once, one of them twice.
    both = [updates.text(WAITING, "logment"), updates.text(WAITING, "le loyer monte")]
    await asyncio.gather(*(place.telegram.deliver(one) for one in (*both, both[0])))
    await place.sees(WAITING, "Pourquoi?")
    await place.telegram.deliver(updates.text(HANGING, "2"))
    await place.sees(HANGING, "Pourquoi?")
    await place.telegram.deliver(updates.text(STOPPING, "arrêt"))
    await place.telegram.deliver(updates.text(STOPPING, "allô?"))
    await place.settled(unknown=2)
    more = {chat: len(place.chat(chat)) - got[chat] for chat in (BROKEN, HANGING, BLOCKING, STOPPING)}
    assert more == {BROKEN: 0, HANGING: 1, BLOCKING: 0, STOPPING: 1}
    for chat in (BLOCKING, STOPPING):
        shown = await place.command("participant", "show", f"telegram:{chat}", "--community", "north-end", "--json")
        assert shown["participant"]["surveys"] == "withdrawn"
    assert place.telegram.problems == []
    await place.audited(unknown=2)


async def _launch_with_keyword(place: Town) -> None:
    words = ("campaign", "launch", "street", "--community", "north-end", "--name", "spring", "--tag", "nobody")
    await place.command(*words, "--keyword", "fundy", "--json")

    async def running() -> bool:
        status = await place.command("campaign", "status", "spring", "--community", "north-end", "--json")
        return bool(status["status"] == "running")

    # Who joins before it runs gets its first question in a message of its own.
    await place.until(running)
