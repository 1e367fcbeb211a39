"""The providers on loopback are themselves held: they refuse what the real ones would, and can be run by hand."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.channels.twilio_webhooks import CALL_AGAIN
from tests.providers.asgi import served
from tests.providers.checks import TELEGRAM, TWILIO, form_problems, method_problems, type_problems
from tests.providers.shapes import telegram_table, twilio_table, write
from tests.providers.telegram_server import TOKEN as BOT_TOKEN
from tests.providers.telegram_server import TelegramServer
from tests.providers.twilio_forms import ACCOUNT, NUMBER, SERVICE, TOKEN
from tests.providers.twilio_server import SentText, TwilioServer

ROOT = Path(__file__).parents[2]
RESIDENT = "+19025550123"
CREATE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.mark.parametrize(
    ("pairs", "problems"),
    [
        ([("To", RESIDENT), ("Body", "hi")], []),
        ([("Body", "hi")], ["To is missing"]),
        ([("To", RESIDENT), ("Text", "hi")], ["Text is no parameter"]),
        ([("To", RESIDENT), ("To", RESIDENT)], ["To is given twice"]),
        ([("To", RESIDENT), ("MediaUrl", "https://a.example/1"), ("MediaUrl", "https://a.example/2")], []),
        ([("To", "nobody")], ["To is no phone number"]),
        ([("To", RESIDENT), ("Body", "x" * 1601)], ["Body has 1601 characters"]),
        ([("To", RESIDENT), ("ValidityPeriod", "0")], ["ValidityPeriod is not from 1 to 36000"]),
        ([("To", RESIDENT), ("ValidityPeriod", "1.5")], ["ValidityPeriod is no whole number"]),
        ([("To", RESIDENT), ("SmartEncoded", "True")], ["SmartEncoded is neither true nor false"]),
        ([("To", RESIDENT), ("RiskCheck", "maybe")], ["RiskCheck is none of ['enable', 'disable']"]),
        ([("To", RESIDENT), ("MessagingServiceSid", "MG1")], ["MessagingServiceSid has 3 characters"]),
        ([("To", RESIDENT), ("StatusCallback", "hall.example")], ["StatusCallback is no address of the web"]),
    ],
)
def test_forms_are_held_against_twilios_shapes(pairs: list[tuple[str, str]], problems: list[str]) -> None:
    assert form_problems(pairs) == problems


@pytest.mark.parametrize(
    ("method", "payload", "problems"),
    [
        ("sendMessage", {"chat_id": 42, "text": "hi"}, []),
        ("sendMessage", {"chat_id": "@ann", "text": "hi"}, []),
        ("sendMessage", {"text": "hi"}, ["sendMessage.chat_id is missing"]),
        ("sendMessage", {"chat_id": True, "text": "hi"}, ["sendMessage.chat_id is no Integer"]),
        ("sendMessage", {"chat_id": 42, "text": "x" * 4097}, ["sendMessage.text has 4097 characters, not 1 to 4096"]),
        ("sendMessage", {"chat_id": 42, "text": "hi", "bold": True}, ["sendMessage.bold is no field"]),
        (
            "sendMessage",
            {
                "chat_id": 42,
                "text": "hi",
                "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "é" * 33}]]},
            },
            ["sendMessage.reply_markup.inline_keyboard[0][0].callback_data has 66 bytes, not 1 to 64"],
        ),
        (
            "sendMessage",
            {"chat_id": 42, "text": "hi", "reply_markup": {"inline_keyboard": [{"text": "A"}]}},
            ["sendMessage.reply_markup.inline_keyboard[0] is no list"],
        ),
        (
            "setWebhook",
            {"url": "https://a.example", "secret_token": "a b"},
            ["setWebhook.secret_token does not fit its pattern"],
        ),
        ("getUpdates", {"limit": 101}, ["getUpdates.limit is not from 1 to 100"]),
    ],
)
def test_calls_are_held_against_telegrams_shapes(method: str, payload: dict[str, Any], problems: list[str]) -> None:
    assert method_problems(method, payload) == problems


def test_the_chats_kind_is_one_of_telegrams() -> None:
    assert type_problems("Chat", {"id": 1, "type": "privat"}) == [
        "Chat.type is none of ['private', 'group', 'supergroup', 'channel']"
    ]


def test_the_tables_hold_no_sentences() -> None:
    """Names, types and limits of theirs alone: the longest words are names of types and patterns."""

    def words(of: object) -> list[str]:
        if isinstance(of, dict):
            return [word for name, inner in of.items() for word in [name, *words(inner)]]
        return [word for inner in of for word in words(inner)] if isinstance(of, list) else [str(of)]

    for table in (TWILIO, TELEGRAM):
        assert max(len(word.split()) for word in words(table)) <= 5


def test_tables_are_derived_from_specifications(tmp_path: Path) -> None:
    field = {"name": "text", "types": ["String"], "required": True, "description": "It is long, 1-9 characters"}
    described = {"fields": [field]}
    telegram = telegram_table(
        {
            "version": "1",
            "methods": dict.fromkeys(TELEGRAM["methods"], described),
            "types": {name: {} for name in TELEGRAM["types"]},
        }
    )
    shape = {"types": ["String"], "required": True, "length": [1, 9], "unit": "characters"}
    assert telegram["methods"]["getMe"] == {"text": shape}
    form = {
        "properties": {"Body": {"type": "string", "description": "up to 1,600 characters in length"}},
        "required": [],
    }
    post = {
        "parameters": [{"schema": {"type": "string"}}],
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": form}}},
    }
    status = {"$ref": "#/components/schemas/message_enum_status"}
    schemas = {
        "api.v2010.account.message": {"properties": {"status": status}},
        "message_enum_status": {"type": "string", "enum": ["sent"]},
    }
    twilio = twilio_table({"paths": {"/x/Messages.json": {"post": post}}, "components": {"schemas": schemas}})
    assert twilio["parameters"] == {"Body": {"type": "string", "maxLength": 1600}}
    assert twilio["response"] == {"status": {"type": "string", "enum": ["sent"]}}
    write(twilio, tmp_path / "table.json")
    assert json.loads((tmp_path / "table.json").read_text(encoding="utf-8")) == twilio


# -- over HTTP


@pytest.mark.parametrize(
    ("form", "token", "status", "code"),
    [
        ({"To": RESIDENT, "From": NUMBER, "Body": "hi"}, TOKEN, 201, None),
        ({"To": RESIDENT, "MessagingServiceSid": SERVICE, "Body": "hi"}, TOKEN, 201, None),
        ({"To": RESIDENT, "From": NUMBER, "Body": "hi"}, "guess", 401, 20003),
        ({"From": NUMBER, "Body": "hi"}, TOKEN, 400, 21604),
        ({"To": RESIDENT, "Body": "hi"}, TOKEN, 400, 21603),
        ({"To": RESIDENT, "From": NUMBER}, TOKEN, 400, 21602),
        ({"To": "+0", "From": NUMBER, "Body": "hi"}, TOKEN, 400, 21211),
        ({"To": RESIDENT, "From": "+19025550199", "Body": "hi"}, TOKEN, 400, 21606),
        ({"To": "+19025550166", "From": NUMBER, "Body": "hi"}, TOKEN, 400, 21610),
        ({"To": "+19025550177", "From": NUMBER, "Body": "hi"}, TOKEN, 400, 21614),
        ({"To": RESIDENT, "From": NUMBER, "Body": "x" * 1601}, TOKEN, 400, 21617),
    ],
)
async def test_twilio_refuses(form: dict[str, str], token: str, status: int, code: int | None) -> None:
    async with TwilioServer() as twilio:
        twilio.opted_out.add("+19025550166")
        twilio.landlines.add("+19025550177")
        headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, token)}
        async with twilio.session.post(twilio.url + CREATE, data=form, headers=headers) as response:
            answer = await response.json()
        assert (response.status, answer.get("code", answer.get("error_code"))) == (status, code)
        if status == 201:
            assert set(answer) == set(TWILIO["response"])
        assert len(twilio.sent) == (status == 201)


@pytest.mark.parametrize(
    ("token", "method", "payload", "status"),
    [
        (BOT_TOKEN, "sendMessage", {"chat_id": 42, "text": "hi"}, 200),
        (BOT_TOKEN, "sendMessage", {"chat_id": "42", "text": "hi"}, 200),
        (BOT_TOKEN, "sendMessage", {"chat_id": 43, "text": "hi"}, 400),
        (BOT_TOKEN, "sendMessage", {"chat_id": 44, "text": "hi"}, 403),
        (BOT_TOKEN, "sendMessage", {"text": "hi"}, 400),
        (BOT_TOKEN, "sendMessage", {"chat_id": 42, "text": ""}, 400),
        (BOT_TOKEN, "sendNothing", {}, 404),
        (BOT_TOKEN, "setWebhook", {"url": "http://a.example"}, 400),
        ("123:guess", "getMe", {}, 401),
        ("guess", "getMe", {}, 404),
    ],
)
async def test_telegram_refuses(token: str, method: str, payload: dict[str, Any], status: int) -> None:
    async with TelegramServer(insecure_webhooks=False) as telegram:
        telegram.start_chat(42)
        telegram.blocked.add(44)
        async with telegram.session.post(f"{telegram.url}/bot{token}/{method}", json=payload) as response:
            assert response.status == status
            assert (await response.json())["ok"] is (status == 200)


@asynccontextmanager
async def by_hand(module: str, *arguments: str) -> AsyncIterator[dict[str, str]]:
    """A server run as its docstring says; what it prints at its start."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, "--port", "0", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


async def test_twilio_by_hand() -> None:
    async with (
        TwilioServer() as application,
        aiohttp.ClientSession() as client,
        by_hand("tests.providers.twilio_server", "--webhook", application.url) as told,
    ):
        headers = {"Authorization": aiohttp.encode_basic_auth(told["account"], told["token"])}
        script = {"status": 429, "code": 20429, "retry_after": "3", "to": RESIDENT}
        await client.post(f"{told['url']}/fake/script", json=script)
        form = {"To": RESIDENT, "From": NUMBER, "Body": "hi"}
        for status in (429, 201):
            async with client.post(told["url"] + CREATE, data=form, headers=headers) as response:
                assert response.status == status
        async with client.get(f"{told['url']}/fake/sent") as response:
            assert await response.json() == [{"to": RESIDENT, "from": NUMBER, "body": "hi"}]
        async with client.post(f"{told['url']}/fake/text", data={"from": RESIDENT, "body": "2"}) as response:
            assert response.status == 404


async def test_telegram_by_hand() -> None:
    async with aiohttp.ClientSession() as client, by_hand("tests.providers.telegram_server") as told:
        async with client.post(f"{told['url']}/fake/text", data={"chat": "42", "text": "/start"}) as response:
            assert response.status == 200
        async with client.get(f"{told['url']}/bot{told['token']}/getUpdates?timeout=0") as response:
            [update] = (await response.json())["result"]
        assert update["message"]["text"] == "/start"
        await client.post(f"{told['url']}/bot{told['token']}/sendMessage", json={"chat_id": 42, "text": "hi"})
        async with client.get(f"{told['url']}/fake/sent") as response:
            assert await response.json() == [{"chat": 42, "text": "hi", "buttons": {}}]


@pytest.mark.parametrize(
    ("wish", "seen"), [("", [503]), ("#rc=1&rp=ct,rt,5xx", [503, 503]), (CALL_AGAIN, [503, 503, 200])]
)
async def test_twilio_hands_a_receipt_in_again_as_its_address_says(wish: str, seen: list[int]) -> None:
    asked: list[str] = []

    async def answers(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["query_string"].decode())
        status = 503 if len(asked) < 3 else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with served(answers) as url, TwilioServer() as twilio:
        text = SentText("SM1", RESIDENT, NUMBER, "hi", datetime.now(UTC), f"{url}/status?m=7{wish}", {"From": NUMBER})
        await twilio.receipt(text, "sent")
    assert [status for *_, status in twilio.callback_answers] == seen
    assert set(asked) == {"m=7"}
