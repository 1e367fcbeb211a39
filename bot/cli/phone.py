"""`soundings phone`: a simulated phone in the terminal, on a `soundings serve` that runs."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import threading
from dataclasses import dataclass, field
from typing import Annotated, Any

import aiohttp
import orjson
import typer
from rich.text import Text

from bot.app import opened
from bot.cli.output import screen
from bot.communities import normal_number
from bot.errors import NotReady, WrongUsage
from storage.threads import served

#: Seconds that a line which no person types waits for what comes back: for the first text, and for one more after it.
FIRST, MORE = 5.0, 1.0
#: More than the longest event that the server sends.
BUFFER = 512 * 1024
_TAP = re.compile(r"\[([a-z0-9_]+)\]")


def phone(
    address: Annotated[
        str, typer.Argument(help="A number in any usual form, or sim:7, telegram:7.", metavar="ADDRESS")
    ],
    sender: Annotated[str | None, typer.Option(help="The number or bot to text to, where there are several.")] = None,
    url: Annotated[str, typer.Option(help="Where soundings serve runs.")] = "http://127.0.0.1:8000",
) -> None:
    """Pick up a simulated phone in the terminal: what you write comes in as its text, what is said to it is shown.

    [key] taps the button of that option; Ctrl-D ends. It needs a soundings serve on simulated phones.
    """
    number = normal_number(address.removeprefix("sms:"), "CA")
    address = f"sms:{number}" if number else address
    with opened() as installation, installation.read() as connection:
        channel = address.partition(":")[0]
        senders = list(dict.fromkeys(row.address for row in served(connection) if row.channel == channel))
    if sender is None and len(senders) != 1:
        known = f"Say which with --sender: {', '.join(senders)}." if senders else "See soundings sender add."
        raise WrongUsage(f"{len(senders) or 'No'} senders reach {address}. {known}")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_Phone(url.rstrip("/"), sender or senders[0], address).hold())


@dataclass(slots=True)
class _Phone:
    """A phone on a line to the server. `buttons`: those of the newest message that has any, by key."""

    url: str
    sender: str
    address: str
    typed: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    mine: list[str] = field(default_factory=list)
    buttons: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    async def hold(self) -> None:
        """Show what comes and send what is typed, until either ends."""
        threading.Thread(target=self._read, args=(asyncio.get_running_loop(),), daemon=True).start()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), read_bufsize=BUFFER) as session:
            tasks = [asyncio.ensure_future(work(session)) for work in (self._listen, self._send)]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            except aiohttp.ClientError as error:
                raise NotReady(f"Nothing answers at {self.url} any more or yet. Run: soundings serve") from error
            finally:
                for task in tasks:
                    task.cancel()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        # In a thread that nobody waits for: a read of the keyboard cannot be broken off.
        for line in sys.stdin:
            loop.call_soon_threadsafe(self.typed.put_nowait, line.rstrip("\r\n"))
        loop.call_soon_threadsafe(self.typed.put_nowait, None)

    async def _listen(self, session: aiohttp.ClientSession) -> None:
        while True:
            query = {"sender": self.sender, "address": self.address}
            async with session.get(f"{self.url}/simulator/events", params=query) as events:
                if events.status != 200:
                    raise NotReady(
                        f"{self.url} has no simulated phones for {self.sender}. With a provider configured they are off, unless "
                        "SOUNDINGS_SIMULATOR=true."
                    )
                async for line in events.content:
                    if line.startswith(b"data: "):
                        self._show(orjson.loads(line[6:]))

    def _show(self, message: dict[str, Any]) -> None:
        if message["id"] in self.seen:
            return
        self.seen.add(message["id"])
        if message["direction"] == "in":
            if message["text"] in self.mine and sys.stdin.isatty():
                self.mine.remove(message["text"])
            else:
                screen.print(Text(f"> {message['text']}", "bold"))
            return
        screen.print(Text(message["text"]))
        for button in message["buttons"]:
            screen.print(Text(f"[{button['key']}] {button['label']}", "dim"))
        if message["buttons"]:
            place = {"run": message["run"], "visit": message["visit"]}
            self.buttons = {button["key"]: {**place, **button} for button in message["buttons"]}
        self.news.set()

    async def _send(self, session: aiohttp.ClientSession) -> None:
        by_hand = sys.stdin.isatty()
        if not by_hand:
            await self._settle(MORE)
        while (line := await self.typed.get()) is not None:
            if line.strip():
                await self._text(session, line)
                if not by_hand:
                    await self._settle(FIRST)

    async def _text(self, session: aiohttp.ClientSession, line: str) -> None:
        wish: dict[str, Any] = {"sender": self.sender, "address": self.address, "text": line}
        tapped = _TAP.fullmatch(line.strip())
        if tapped is not None and tapped[1] in self.buttons:
            button = self.buttons[tapped[1]]
            wish |= {"text": button["label"], "button": {name: button[name] for name in ("run", "visit", "key")}}
        self.mine.append(wish["text"])
        async with session.post(f"{self.url}/simulator/texts", json=wish) as answer:
            if answer.status != 200:
                screen.print(Text(f"Not sent: {(await answer.json())['error']}", "red"))

    async def _settle(self, patience: float) -> None:
        """Wait until nothing more comes for a moment."""
        with contextlib.suppress(TimeoutError):
            while True:
                self.news.clear()
                await asyncio.wait_for(self.news.wait(), patience)
                patience = MORE
