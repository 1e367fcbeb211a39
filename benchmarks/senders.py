"""R4: sends a second through our channels against bare aiohttp, in one run; Telegram is the target, Twilio's channel alone a part of R3.

`python -m benchmarks.senders [--messages 4000] [--at-once 64] [--rounds 5] [--latency 0 20] [--json]`

The provider is a process of its own that answers from memory after `latency` milliseconds. Each round runs both sides one
after the other; only their ratio counts. Every message must have been taken exactly once, by its own identifier.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import urlencode

import aiohttp
import orjson
import uvloop

from benchmarks.figures import Found, compared, parser, show
from bot.channels.base import Accepted, Channel, Outgoing
from bot.channels.telegram import TelegramChannel
from bot.channels.twilio import TwilioChannel
from bot.config import Settings, load_settings

ACCOUNT, TOKEN = "AC" + "0" * 32, "token"
BOT_TOKEN = "123:token"  # noqa: S105
NUMBER = "+19025550100"
TEXT = "Shore Road Neighbours: what should we fix first? Reply with a number.\n1 Street lights\n2 Snow on sidewalks"

Send = Callable[[int], Awaitable[str]]


class Provider(asyncio.Protocol):
    """Answers each POST with a new identifier; GET /taken tells how many there were and starts anew."""

    taken = 0
    latency = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].lower()
            at = head.find(b"content-length: ")
            length = int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._received) < end + 4 + length:
                return
            self._received = self._received[end + 4 + length :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if head.startswith(b"get /taken"):
            body, Provider.taken = b"%d" % Provider.taken, 0
        elif b"/getme" in head:
            body = b'{"ok":true,"result":{"id":123,"is_bot":true,"first_name":"S","username":"s_bot"}}'
        else:
            Provider.taken += 1
            body = _TELEGRAM % Provider.taken if head.startswith(b"post /bot") else _TWILIO % Provider.taken
        response = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
            len(body),
            body,
        )
        if Provider.latency:
            asyncio.get_running_loop().call_later(Provider.latency, self._transport.write, response)
        else:
            self._transport.write(response)


_TWILIO = orjson.dumps(
    {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": TEXT,
        "date_created": "Thu, 24 Aug 2023 05:01:45 +0000",
        "date_sent": None,
        "date_updated": "Thu, 24 Aug 2023 05:01:45 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": NUMBER,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": "SM_",
        "status": "queued",
        "subresource_uris": {"media": "/2010-04-01/Accounts/x/Messages/y/Media.json"},
        "to": "+19025550123",
        "uri": "/2010-04-01/Accounts/x/Messages/y.json",
    }
).replace(b"SM_", b"SM%032d")
_TELEGRAM = orjson.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 0,
            "from": {"id": 123, "is_bot": True, "first_name": "S", "username": "s_bot"},
            "chat": {"id": 42, "type": "private", "first_name": "Ann"},
            "date": 1795449600,
            "text": TEXT,
        },
    }
).replace(b'"message_id":0', b'"message_id":%d')


async def serve(latency: float) -> None:
    Provider.latency = latency
    server = await asyncio.get_running_loop().create_server(Provider, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def settings_for(url: str) -> Settings:
    return load_settings(
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_url=url,
        telegram_token=BOT_TOKEN,
        telegram_api_url=url,
        secret_key="benchmark",  # noqa: S106
        public_url="https://hall.example",
    )


def through(channel: Channel, scheme: str, to: str) -> Send:
    async def send(number: int) -> str:
        sender = f"{scheme}:{NUMBER}" if scheme == "sms" else "telegram:s_bot"
        result = await channel.send(Outgoing(message_id=number, sender=sender, address=f"{scheme}:{to}", text=TEXT))
        assert isinstance(result, Accepted), result
        return result.provider_id

    return send


def bare_form(session: aiohttp.ClientSession, url: str) -> Send:
    headers = {
        "Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN),
        "Content-Type": "application/x-www-form-urlencoded",
    }

    async def send(number: int) -> str:
        callback = f"https://hall.example/webhooks/twilio/status?m={number}"
        form = {"To": "+19025550123", "From": NUMBER, "Body": TEXT, "StatusCallback": callback}
        async with session.post(
            f"{url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=urlencode(form).encode(), headers=headers
        ) as response:
            return str(orjson.loads(await response.read())["sid"])

    return send


def bare_json(session: aiohttp.ClientSession, url: str) -> Send:
    headers = {"Content-Type": "application/json"}

    async def send(number: int) -> str:
        body = orjson.dumps({"chat_id": 42, "text": TEXT})
        async with session.post(f"{url}/bot{BOT_TOKEN}/sendMessage", data=body, headers=headers) as response:
            return str(orjson.loads(await response.read())["result"]["message_id"])

    return send


async def rate(send: Send, messages: int, at_once: int) -> float:
    """Messages a second; each must have an identifier of its own."""
    numbers = iter(range(messages))
    found: set[str] = set()

    async def work() -> None:
        for number in numbers:
            found.add(await send(number))

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    took = time.perf_counter() - began
    assert len(found) == messages, f"{messages} messages have {len(found)} identifiers"
    return messages / took


async def compare(url: str, arguments: argparse.Namespace) -> dict[str, tuple[list[float], list[float]]]:
    """Rounds of (ours, bare) by channel."""
    settings = settings_for(url)
    twilio, telegram = TwilioChannel(settings), TelegramChannel(settings)
    await twilio.open()
    await telegram.open()
    async with asyncio.timeout(5):
        await telegram.named()
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
    pairs = {
        "Twilio": (through(twilio, "sms", "+19025550123"), bare_form(session, url)),
        "Telegram": (through(telegram, "telegram", "42"), bare_json(session, url)),
    }
    measured: dict[str, tuple[list[float], list[float]]] = {}
    for name, pair in pairs.items():
        for side in pair:
            await rate(side, arguments.at_once * 2, arguments.at_once)
        await _taken(session, url)
        rounds: tuple[list[float], list[float]] = [], []
        for _ in range(arguments.rounds):
            for side, found in zip(pair, rounds, strict=True):
                found.append(await rate(side, arguments.messages, arguments.at_once))
            assert await _taken(session, url) == arguments.messages * 2
        measured[name] = rounds
    await session.close()
    await telegram.close()
    await twilio.close()
    return measured


async def _taken(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(f"{url}/taken") as response:
        return int(await response.read())


@contextmanager
def provider(latency: int) -> Iterator[str]:
    """The provider in a process of its own; its address."""
    command = [sys.executable, "-m", "benchmarks.senders", "--serve", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def main() -> None:
    """Measures each latency."""
    options = parser(__doc__)
    options.add_argument("--messages", type=int, default=4000)
    options.add_argument("--at-once", type=int, default=64)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--latency", type=int, nargs="+", default=[0, 20], help="milliseconds")
    options.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    asked = options.parse_args()
    logging.disable(logging.WARNING)
    if asked.serve is not None:
        uvloop.run(serve(asked.serve / 1000))
        return
    ratios: list[Found] = []
    figures: Found = {"messages a round": asked.messages, "at once": asked.at_once}
    for latency in asked.latency:
        with provider(latency) as url:
            measured = uvloop.run(compare(url, asked))
        ratios.append(compared("R4", f"{latency} ms", *measured["Telegram"], ("sends/s", "sends/s")))
        alone = compared("R3", "", *measured["Twilio"], ("sends/s", "sends/s"))
        figures[f"Twilio's channel alone, {latency} ms"] = f"{alone['value']} of bare aiohttp ({alone['ours']})"
    show("senders", ratios, figures, as_json=asked.json)


if __name__ == "__main__":
    main()
