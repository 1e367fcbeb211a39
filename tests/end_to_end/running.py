"""An installation as an operator runs it: real processes, killed and started again, between providers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.providers import telegram_server, twilio_forms
from tests.providers.telegram_server import TelegramServer
from tests.providers.twilio_server import TwilioServer

ROOT = Path(__file__).parents[2]
#: Longer than anything takes on a busy machine; every wait ends as soon as what it waits for is there.
PATIENCE = 40.0
#: The people of the town; Eve alone has not the tag that the campaign asks for.
ANN, LUC, MAY, SAM, EVE = (f"+1902555013{number}" for number in range(5))
METRICS_TOKEN = "a token of tests"


@dataclass
class Town:
    """One installation: its folder, its environment, its processes, and the two providers that it talks to."""

    place: Path
    twilio: TwilioServer
    telegram: TelegramServer
    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    many: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str, given: str | None = None, ends: int = 0) -> Any:
        """A command; what it prints, as JSON where it is."""
        done = subprocess.run(
            [sys.executable, "-c", "from bot.cli import main; main()", *words],
            cwd=self.place,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == ends, (words, done.returncode, done.stdout, done.stderr)
        try:
            return json.loads(done.stdout)
        except json.JSONDecodeError:
            return done.stdout + done.stderr

    async def command(self, *words: str, ends: int = 0) -> Any:
        """`run`, while the providers go on answering."""
        return await asyncio.to_thread(self.run, *words, ends=ends)

    async def start(self) -> None:
        """Start every process and wait until the web answers."""
        parts = [["serve", "--port", str(self.port)]]
        if self.many:
            parts = [["serve", "--only", "web", "--port", str(self.port)], ["worker"], ["worker"], ["scheduler"]]
        with (self.place / "log").open("ab") as log:
            for words in parts:
                command = [sys.executable, "-c", "from bot.cli import main; main()", *words]
                self.processes.append(
                    subprocess.Popen(
                        command, cwd=self.place, env=self.environment, stdout=subprocess.DEVNULL, stderr=log
                    )
                )
        await self.until(self._answers)

    async def _answers(self) -> bool:
        async with aiohttp.ClientSession() as session:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{self.url}/readyz") as answer:
                    return answer.status == 200
        return False

    def kill(self) -> None:
        """kill -9 of every process."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As a service keeper stops it: every process ends as if it had decided to."""
        codes = self._end(signal.SIGTERM)
        assert set(codes) == {0}, codes

    def _end(self, how: signal.Signals) -> list[int]:
        for process in self.processes:
            process.send_signal(how)
        codes = [process.wait(timeout=60) for process in self.processes]
        self.processes.clear()
        return codes

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until `true()` (or what it awaits) is so."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = true()
                if asyncio.iscoroutine(found):
                    found = await found
                if found:
                    return
                await asyncio.sleep(0.03)

    async def audited(self, *, unknown: int = 0) -> None:
        """Every promise was kept, and so many messages are in doubt."""
        found = await self.command("audit", "--json")
        assert found["ok"], found
        assert found["unknown"] == unknown

    async def settled(self, *, unknown: int = 0) -> None:
        """Wait until nothing is in the outbox but so many messages in doubt: what is on its way at a kill would be in doubt too."""
        wanted = {"queued": 0, "sending": 0, "unknown": unknown}

        async def so() -> bool:
            headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/metrics", headers=headers) as answer,
            ):
                told = await answer.text()
            found = re.findall(r'soundings_outbox_messages\{status="(\w+)"\} (\d+)', told)
            return {status: int(count) for status, count in found} == wanted

        await self.until(so)

    async def text(self, sender: str, words: str, *, sid: str | None = None) -> int:
        """A signed text from a phone; the status that Twilio gets, 0 where nobody answered."""
        try:
            answer = await self.twilio.text(f"{self.url}/webhooks/twilio/message", sender, words, sid=sid)
        except aiohttp.ClientError:
            return 0
        return answer.status

    async def insist(self, sender: str, words: str, *, sid: str | None = None) -> None:
        """A text that its provider hands in until it is taken, always as the same one."""
        sid = sid or twilio_forms.new_sid()

        async def taken() -> bool:
            return await self.text(sender, words, sid=sid) == 200

        await self.until(taken)

    def heard(self, phone: str) -> list[str]:
        """What reached a phone, in order."""
        return [text.body for text in self.twilio.sent if text.to == phone]

    async def hears(self, phone: str, part: str, *, times: int = 1) -> str:
        """Wait until a phone has got a text with `part` in it, so many times; the last of them."""
        await self.until(lambda: sum(part in text for text in self.heard(phone)) >= times)
        return next(text for text in reversed(self.heard(phone)) if part in text)

    def chat(self, chat: int) -> list[telegram_server.SentMessage]:
        """What reached a Telegram chat, in order."""
        return [sent for sent in self.telegram.sent if sent.chat == chat]

    async def sees(self, chat: int, part: str, *, times: int = 1) -> telegram_server.SentMessage:
        """Wait until a chat has got a message with `part` in it."""
        await self.until(lambda: sum(part in sent.text for sent in self.chat(chat)) >= times)
        return next(sent for sent in reversed(self.chat(chat)) if part in sent.text)


@contextlib.asynccontextmanager
async def town(place: Path, database_url: str | None = None) -> AsyncIterator[Town]:
    """An installation in an empty folder, on SQLite or, by `database_url`, as many processes on PostgreSQL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with TwilioServer() as twilio, TelegramServer() as telegram:
        url = f"http://127.0.0.1:{port}"
        twilio.webhook = url
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")} | {
            "PYTHONPATH": str(ROOT),
            "SOUNDINGS_PUBLIC_URL": url,
            "SOUNDINGS_SECRET_KEY": "a key of tests",
            "SOUNDINGS_TWILIO_ACCOUNT_SID": twilio.account,
            "SOUNDINGS_TWILIO_AUTH_TOKEN": twilio.token,
            "SOUNDINGS_TWILIO_API_URL": twilio.url,
            "SOUNDINGS_TELEGRAM_TOKEN": telegram.token,
            "SOUNDINGS_TELEGRAM_SECRET": "a-secret-of-tests",
            "SOUNDINGS_TELEGRAM_API_URL": telegram.url,
            "SOUNDINGS_PROVIDER_SECONDS": "5",
            "SOUNDINGS_METRICS_TOKEN": METRICS_TOKEN,
        }
        if database_url is not None:
            environment["SOUNDINGS_DATABASE_URL"] = database_url
        found = Town(place, twilio, telegram, port, environment, many=database_url is not None)
        try:
            yield found
        finally:
            found.kill()
