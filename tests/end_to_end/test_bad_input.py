"""What bad input gets, from a server as it runs: each forgery and each slip its own clear answer, and it keeps serving."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.end_to_end.running import town
from tests.providers import telegram_updates as updates
from tests.providers.twilio_forms import inbound_form, signature

STRANGER = "+19025550177"


@pytest.mark.timeout(180)
async def test_bad_input_gets_a_clear_answer_and_the_server_keeps_serving(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        place.run("community", "add", "north-end", "--name", "North End", "--hours", "00:00-24:00")
        place.run("sender", "add", "sms:+19025550100", "--community", "north-end", "--opt-out", "ours", "--pace", "100")
        place.run("sender", "add", "telegram:soundings_test_bot", "--community", "north-end")
        await place.start()
        url = f"{place.url}/webhooks/twilio/message"
        form = inbound_form(STRANGER, "hi")
        post = place.twilio.post
        assert (await post(url, form, headers={"X-Twilio-Signature": "forged"})).status == 403
        assert (await post(url, form, headers={})).status == 403
        without = {name: value for name, value in form.items() if name != "MessageSid" and name != "SmsSid"}
        assert (await post(url, {k: v for k, v in without.items() if k != "SmsMessageSid"})).status == 400
        async with aiohttp.ClientSession() as session:
            large = b"Body=" + b"x" * 300_000
            async with session.post(url, data=large, headers={"X-Twilio-Signature": "x"}) as answer:
                assert answer.status == 413
            async with session.get(url) as answer:
                assert answer.status == 405
            telegram = f"{place.url}/webhooks/telegram"
            async with session.post(telegram, json={}) as answer:
                assert answer.status == 403
            secret = {"X-Telegram-Bot-Api-Secret-Token": "a-secret-of-tests"}
            async with session.post(telegram, data=b"{not json", headers=secret) as answer:
                assert answer.status == 400
        # A signature is for one URL: the same form at another path is a forgery.
        signed = {"X-Twilio-Signature": signature(url, form, place.twilio.token)}
        assert (await post(f"{place.url}/webhooks/twilio/status", form, headers=signed)).status == 403

        # Strangers hear how to join, once a day.
        for words in ("hello", "hello again", "\x00 nul", "\u202eabc"):
            await place.insist(STRANGER, words)
        await place.hears(STRANGER, "JOIN")
        await asyncio.gather(*(place.insist("+19025550178", f"text {number}") for number in range(5)))
        await place.hears("+19025550178", "JOIN")
        assert sum("JOIN" in text for text in place.heard(STRANGER)) == 1
        assert sum("JOIN" in text for text in place.heard("+19025550178")) == 1

        # A 10,000-character text of Telegram's is kept.
        place.telegram.start_chat(7)
        await place.until(lambda: bool(place.telegram.webhook))
        assert (await place.telegram.post(updates.text(7, "a" * 10_000))).status == 200
        await place.sees(7, "JOIN")
        assert place.twilio.problems == []
        assert place.telegram.problems == []
        found = await place.command("audit", "--json")
        assert found["ok"], found
