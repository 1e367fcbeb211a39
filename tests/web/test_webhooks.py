"""The webhooks over real HTTP: who is let in, what is answered, and when."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import structlog
from yarl import URL

from bot.channels.base import Inbound, ReceiptNews
from bot.channels.telegram_webhooks import secrets_of
from bot.clock import SetClock
from bot.config import Settings, load_settings
from bot.web.webhooks import MOST_BYTES, Webhooks
from tests.providers.asgi import served
from tests.providers.twilio_forms import ACCOUNT, NUMBER, SERVICE, TOKEN, inbound_form, signature
from tests.providers.twilio_server import Callbacks, TwilioServer

RESIDENT = "+19025550123"
BOT = "telegram:soundings_test_bot"
SECRET = "new-secret"
SETTINGS: dict[str, Any] = {
    "twilio_account_sid": ACCOUNT,
    "twilio_auth_token": TOKEN,
    "telegram_token": "123:of-tests",
    "telegram_secret": "new-secret,old_secret",
    "secret_key": "of tests",
}


@dataclass
class Desk:
    """Takes what the webhooks hand over, as the committer would."""

    texts: list[Inbound] = field(default_factory=list)
    receipts: list[tuple[ReceiptNews, str]] = field(default_factory=list)
    before_commit: Callable[[], Awaitable[None]] | None = None
    sender: str | None = BOT

    async def submit(self, inbound: Inbound) -> None:
        if self.before_commit is not None:
            await self.before_commit()
        self.texts.append(inbound)

    async def record(self, news: ReceiptNews, sender: str) -> None:
        if self.before_commit is not None:
            await self.before_commit()
        self.receipts.append((news, sender))


@dataclass
class Site:
    """The served webhooks, and a client to call them with."""

    url: str
    desk: Desk
    client: aiohttp.ClientSession
    settings: Settings

    async def post(self, path: str, body: bytes | str, **headers: str) -> tuple[int, str]:
        async with self.client.post(self.url + path, data=body, headers={**FORM, **headers}) as response:
            return response.status, await response.text()

    async def text(
        self, form: dict[str, str], path: str = "/webhooks/twilio/message", **headers: str
    ) -> tuple[int, str]:
        signed = {"X-Twilio-Signature": signature(self.url + path, form)}
        async with self.client.post(self.url + path, data=form, headers=signed | headers) as response:
            return response.status, await response.text()

    async def update(self, body: str, secret: str | None = SECRET) -> tuple[int, str]:
        headers = {"Content-Type": "application/json"}
        if secret is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        return await self.post("/webhooks/telegram", body, **headers)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@asynccontextmanager
async def site(
    clock: SetClock, *, answer_seconds: float = 14.0, body_seconds: float = 10.0, **changes: Any
) -> AsyncIterator[Site]:
    settings = load_settings(**(SETTINGS | changes))
    desk = Desk()
    webhooks = Webhooks(
        settings,
        clock,
        submit=desk.submit,
        record=desk.record,
        telegram_sender=lambda: desk.sender,
        answer_seconds=answer_seconds,
        body_seconds=body_seconds,
    )
    async with served(webhooks) as url, aiohttp.ClientSession() as client:
        yield Site(url, desk, client, settings)


@pytest.fixture
async def open_site(clock: SetClock) -> AsyncIterator[Site]:
    async with site(clock) as opened:
        yield opened


# -- Twilio's texts


async def test_a_signed_text_is_handed_over_and_answered_with_an_empty_response(
    open_site: Site, clock: SetClock
) -> None:
    async with TwilioServer() as twilio:
        answer = await twilio.text(f"{open_site.url}/webhooks/twilio/message", RESIDENT, "2, merci à vous 👍")
    assert (answer.status, answer.content_type) == (200, "text/xml")
    assert answer.body == '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    [inbound] = open_site.desk.texts
    assert (inbound.address, inbound.text, inbound.received_at) == (
        f"sms:{RESIDENT}",
        "2, merci à vous 👍",
        clock.now(),
    )


async def test_the_signature_is_over_the_public_address_path_and_raw_query(clock: SetClock) -> None:
    public = "https://hall.example/soundings"
    path = "/webhooks/twilio/message?from=%C3%A9&x=a+b"
    async with site(clock, public_url=public) as opened:
        form = inbound_form(RESIDENT, "hi")
        body = urlencode(form)
        for signed_for, status in ((public + path, 200), (opened.url + path, 403)):
            async with opened.client.post(
                URL(opened.url + path, encoded=True),
                data=body,
                headers={**FORM, "X-Twilio-Signature": signature(signed_for, form)},
            ) as response:
                assert response.status == status
        assert len(opened.desk.texts) == 1


async def test_nothing_is_answered_before_the_commit(open_site: Site) -> None:
    committing, committed = asyncio.Event(), asyncio.Event()

    async def commit() -> None:
        committing.set()
        await committed.wait()

    open_site.desk.before_commit = commit
    calling = asyncio.create_task(open_site.text(inbound_form(RESIDENT, "hi")))
    await committing.wait()
    assert not calling.done()
    committed.set()
    assert (await calling)[0] == 200


async def test_a_failed_commit_is_a_503_so_that_it_comes_again(open_site: Site) -> None:
    async def fail() -> None:
        raise RuntimeError("disk full for +19025550123")

    open_site.desk.before_commit = fail
    with structlog.testing.capture_logs() as logs:
        status, body = await open_site.text(inbound_form(RESIDENT, "hi"))
    assert status == 503
    assert "9025550123" not in body + str(logs)
    assert logs[0]["event"] == "webhook.not_committed"


async def test_a_commit_that_takes_too_long_is_a_503(clock: SetClock) -> None:
    async with site(clock, answer_seconds=0.05) as opened:
        opened.desk.before_commit = asyncio.Event().wait  # type: ignore[assignment]
        assert (await opened.text(inbound_form(RESIDENT, "hi")))[0] == 503
        assert opened.desk.texts == []


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, "MessageSid=SM1", 403),
        ({"X-Twilio-Signature": ""}, "MessageSid=SM1", 403),
        ({"X-Twilio-Signature": "Zm9yZ2Vk"}, "MessageSid=SM1", 403),
        ({"X-Twilio-Signature": "é\u00ff"}, "MessageSid=SM1", 403),
        ({"X-Twilio-Signature": "x", "Content-Type": "application/json"}, "{}", 403),
        ({"X-Twilio-Signature": "x"}, "MessageSid=%FF", 400),
        ({"X-Twilio-Signature": "x", "Content-Type": "text/plain"}, "MessageSid=SM1", 400),
        ({"X-Twilio-Signature": "x", "Content-Type": "application/x-www-form-urlencoded; charset=latin-1"}, "a=1", 400),
        ({"X-Twilio-Signature": "x", "Content-Type": "multipart/form-data; boundary=x"}, "--x--", 400),
    ],
)
@pytest.mark.parametrize("path", ["/webhooks/twilio/message", "/webhooks/twilio/status"])
async def test_forged_and_malformed_calls_are_turned_away(
    open_site: Site, path: str, headers: dict[str, str], body: str, status: int
) -> None:
    assert (await open_site.post(path, body, **headers))[0] == status
    assert (open_site.desk.texts, open_site.desk.receipts) == ([], [])


async def test_a_well_signed_form_may_still_lack_a_part(open_site: Site) -> None:
    for missing in ("MessageSid", "From", "To"):
        form = {name: value for name, value in inbound_form(RESIDENT, "hi").items() if name not in (missing, "SmsSid")}
        if missing != "MessageSid":
            form["MessageSid"] = "SM1"
        status, body = await open_site.text(form)
        assert (status, missing in body) == (400, True)


async def test_a_signed_json_body_is_no_form(open_site: Site) -> None:
    path = f"/webhooks/twilio/message?bodySHA256={hashlib.sha256(b'{}').hexdigest()}"
    headers = {"X-Twilio-Signature": signature(open_site.url + path, {}), "Content-Type": "application/json"}
    assert (await open_site.post(path, b"{}", **headers))[0] == 400


async def test_another_accounts_text_is_refused_though_signed(open_site: Site) -> None:
    assert (await open_site.text(inbound_form(RESIDENT, "hi", account="AC" + "f" * 32)))[0] == 403


async def test_both_tokens_of_a_rotation_are_accepted(clock: SetClock) -> None:
    async with site(clock, twilio_auth_token=f"new-token,{TOKEN}") as opened:
        assert (await opened.text(inbound_form(RESIDENT, "hi")))[0] == 200


# -- Twilio's receipts


async def test_a_receipt_is_recorded_with_its_sender(open_site: Site) -> None:
    form = {
        "MessageSid": "SM1",
        "MessageStatus": "undelivered",
        "ErrorCode": "30003",
        "AccountSid": ACCOUNT,
        "From": NUMBER,
        "MessagingServiceSid": SERVICE,
    }
    assert (await open_site.text(form, "/webhooks/twilio/status?m=17"))[0] == 200
    [(news, sender)] = open_site.desk.receipts
    assert (news.message_id, news.status, news.retry_once, sender) == (17, "undelivered", True, f"sms:{SERVICE}")


async def test_a_state_that_says_nothing_is_answered_and_not_recorded(open_site: Site) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "queued", "AccountSid": ACCOUNT, "From": NUMBER}
    assert (await open_site.text(form, "/webhooks/twilio/status?m=17"))[0] == 200
    assert open_site.desk.receipts == []


async def test_the_number_of_a_message_cannot_be_changed_on_the_way(open_site: Site) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "sent", "AccountSid": ACCOUNT, "From": NUMBER}
    signed = {"X-Twilio-Signature": signature(f"{open_site.url}/webhooks/twilio/status?m=17", form)}
    async with open_site.client.post(
        f"{open_site.url}/webhooks/twilio/status?m=18", data=form, headers=signed
    ) as response:
        assert response.status == 403


async def test_a_loopback_twilio_calls_back_as_the_real_one(open_site: Site) -> None:
    async with TwilioServer() as twilio, aiohttp.ClientSession(auth=None) as client:
        twilio.callbacks = Callbacks((("sent", None), ("undelivered", 30007)), backwards=True, twice=True)
        create = f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        form = {
            "To": RESIDENT,
            "From": NUMBER,
            "Body": "hi",
            "StatusCallback": f"{open_site.url}/webhooks/twilio/status?m=3",
        }
        async with client.post(
            create, data=form, headers={"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}
        ) as response:
            assert response.status == 201
        await twilio.settled()
        assert [status for _, _, status in twilio.callback_answers] == [200] * 4
    assert [news.status for news, _ in open_site.desk.receipts] == ["undelivered", "undelivered", "sent", "sent"]


# -- Telegram


UPDATE = '{"update_id": 5, "message": {"message_id": 1, "date": 1700000000, "chat": {"id": 42, "type": "private"}, "from": {"id": 42, "is_bot": false, "first_name": "Ann"}, "text": "2"}}'
TAP = '{"update_id": 6, "callback_query": {"id": "q1", "chat_instance": "x", "data": "17:3:housing", "from": {"id": 42, "is_bot": false, "first_name": "Ann"}, "message": {"message_id": 1, "date": 1700000000, "chat": {"id": 42, "type": "private"}}}}'


@pytest.mark.parametrize("secret", ["new-secret", "old_secret"])
async def test_an_update_with_the_secret_is_handed_over(open_site: Site, secret: str) -> None:
    assert await open_site.update(UPDATE, secret) == (200, "")
    [inbound] = open_site.desk.texts
    assert (inbound.sender, inbound.address, inbound.provider_id, inbound.text) == (BOT, "telegram:42", "5", "2")


@pytest.mark.parametrize("secret", [None, "", "new-secre", "new-secret,old_secret", "é"])
async def test_an_update_without_the_secret_is_turned_away(open_site: Site, secret: str | None) -> None:
    assert (await open_site.update(UPDATE, secret))[0] == 403
    assert open_site.desk.texts == []


async def test_without_a_configured_secret_one_is_made_of_the_secret_key(clock: SetClock) -> None:
    async with site(clock, telegram_secret="") as opened:
        assert (await opened.update(UPDATE))[0] == 403
        assert (await opened.update(UPDATE, secrets_of(opened.settings)[0]))[0] == 200


async def test_a_tapped_button_is_acknowledged_by_the_answer(open_site: Site) -> None:
    status, body = await open_site.update(TAP)
    assert (status, body) == (200, '{"method": "answerCallbackQuery", "callback_query_id": "q1"}')


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("{}", 400),
        ('{"update_id": "5"}', 400),
        ('{"update_id": 5, "message": {}}', 400),
        ("[" * 100_000, 400),
        ('"\\ud800' + "[" * 100_000, 400),
        ('{"update_id": 5}', 200),
        ('{"update_id": 5, "poll": {"id": "1"}}', 200),
    ],
)
async def test_malformed_updates_are_told_from_unknown_ones(open_site: Site, body: str, status: int) -> None:
    assert (await open_site.update(body))[0] == status
    assert open_site.desk.texts == []


async def test_a_lone_surrogate_does_not_keep_a_text_out(open_site: Site) -> None:
    assert (await open_site.update(UPDATE.replace('"2"', '"a\\ud800b\\u0000c"')))[0] == 200
    assert open_site.desk.texts[0].text == "a\ufffdb\ufffdc"


async def test_an_update_waits_at_telegram_until_a_bot_is_registered(open_site: Site) -> None:
    open_site.desk.sender = None
    status, body = await open_site.update(UPDATE)
    assert (status, "sender add" in body) == (503, True)


# -- every route


@pytest.mark.parametrize("path", ["/webhooks/twilio/message", "/webhooks/twilio/status", "/webhooks/telegram"])
async def test_the_wrong_method_is_told_the_right_one(open_site: Site, path: str) -> None:
    async with open_site.client.get(open_site.url + path) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/webhooks/twilio/message", "/webhooks/telegram"])
async def test_a_channel_that_is_not_configured_is_not_here(clock: SetClock, path: str) -> None:
    nothing: dict[str, Any] = {"twilio_account_sid": "", "twilio_auth_token": "", "telegram_token": ""}
    async with site(clock, **nothing) as opened:
        status, body = await opened.post(path, "")
        assert (status, body.count("\n")) == (404, 1)


async def test_health(open_site: Site) -> None:
    async with open_site.client.get(f"{open_site.url}/healthz") as response:
        assert (response.status, await response.text()) == (200, "ok\n")
    async with open_site.client.head(f"{open_site.url}/healthz") as response:
        assert (response.status, await response.text()) == (200, "")


async def test_every_other_path_goes_on_to_the_next_application(clock: SetClock) -> None:
    seen: list[str] = []

    async def next_application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope.get("path", scope["type"]))
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    desk = Desk()
    webhooks = Webhooks(
        load_settings(**SETTINGS),
        clock,
        submit=desk.submit,
        record=desk.record,
        telegram_sender=lambda: BOT,
        following=next_application,
    )
    async with served(webhooks) as url, aiohttp.ClientSession() as client:
        for path in ("/", "/webhooks/twilio/message/", "/webhooks"):
            async with client.get(url + path) as response:
                assert response.status == 204
    assert seen == ["/", "/webhooks/twilio/message/", "/webhooks"]


async def test_without_a_next_application_there_is_nothing_else(open_site: Site) -> None:
    async with open_site.client.get(f"{open_site.url}/elsewhere") as response:
        assert response.status == 404


@pytest.mark.parametrize("path", ["/webhooks/twilio/message", "/webhooks/telegram"])
@pytest.mark.parametrize("told", [True, False])
async def test_an_oversized_body_is_not_read_to_its_end(open_site: Site, path: str, told: bool) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 1024 + 2):
            yield b"x" * 1024

    headers = {**FORM, "X-Twilio-Signature": "x", "X-Telegram-Bot-Api-Secret-Token": "new-secret"}
    body: Any = b"x" * (MOST_BYTES + 1) if told else endless()
    async with open_site.client.post(open_site.url + path, data=body, headers=headers) as response:
        assert response.status == 413


async def test_who_sends_a_body_too_slowly_is_let_go(clock: SetClock) -> None:
    async with site(clock, body_seconds=0.05) as opened:
        host, port = opened.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /webhooks/twilio/message HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\nContent-Length: 9\r\n\r\nabc"
        )
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 408")


async def test_an_oversized_body_that_is_announced_is_not_waited_for(open_site: Site) -> None:
    host, port = open_site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /webhooks/twilio/message HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\n"
        b"Content-Length: %d\r\n\r\n" % (MOST_BYTES + 1)
    )
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413")


async def test_who_hangs_up_in_the_middle_harms_nothing(open_site: Site) -> None:
    host, port = open_site.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /webhooks/twilio/message HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\nContent-Length: 9\r\n\r\nabc"
    )
    await writer.drain()
    with structlog.testing.capture_logs() as logs:
        writer.close()
        await writer.wait_closed()
        assert (await open_site.text(inbound_form(RESIDENT, "hi")))[0] == 200
    assert [log["event"] for log in logs] == ["webhook.caller_gone"]
    assert len(open_site.desk.texts) == 1


async def test_no_log_has_a_number_a_text_or_a_secret(open_site: Site) -> None:
    with structlog.testing.capture_logs() as logs:
        await open_site.text(inbound_form(RESIDENT, "my secret worry"), **{"X-Twilio-Signature": "forged"})
        await open_site.update(UPDATE.replace('"message_id": 1,', ""))
        await open_site.update(UPDATE, "guess")
    assert [log["status"] for log in logs] == [403, 400, 403]
    for private in (RESIDENT, "worry", TOKEN, "guess", "forged", "42", "Ann"):
        assert private not in str(logs)
