"""The simulated phones' live side, on the loop: texts come in as from any channel, and what is said goes out as events."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson

from bot.app import Installation
from bot.channels.base import ButtonPress, Inbound, MalformedWebhook
from bot.channels.simulator import text
from bot.channels.telegram_webhooks import load_update as load_json
from bot.committer import Busy
from storage.communities import find_sender
from storage.models.messages import PRIORITY_REPLY
from storage.threads import thread

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: How often a phone that somebody looks at asks for what is new, and how long one stream lasts, in seconds.
LOOK_EVERY, STREAM_FOR = 0.4, 3600
#: A reply that leaves within so long is waited for, so that the order stays. What waits for longer (for the morning, a cap, a campaign
#: that is paused) holds nothing up.
ABOUT_TO_LEAVE = timedelta(seconds=5)
LARGEST_TEXT = 64 * 1024
_MESSAGE_ID = re.compile(r"[0-9]{1,18}")


class SimulatorRoutes:
    """`POST /simulator/texts` and `GET /simulator/events`; `handles(scope)` tells which requests are these."""

    def __init__(self, installation: Installation, submit: Callable[[Inbound], Awaitable[None]]) -> None:
        self._installation = installation
        self._submit = submit
        self._ending = asyncio.Event()

    def end(self) -> None:
        """End the phones that somebody looks at, for whom the server would wait before it stops."""
        self._ending.set()

    def handles(self, scope: Scope) -> bool:
        """Whether this request is for here."""
        return (scope["method"], scope["path"]) in (("POST", "/simulator/texts"), ("GET", "/simulator/events"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            await self._text(scope, receive, send)
        else:
            await self._events(scope, receive, send)

    async def _text(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        # Only our own page may text: another site's form cannot set the type of its body to JSON.
        if not headers.get(b"content-type", b"").startswith(b"application/json"):
            await answer(send, 415, {"error": "Send JSON."})
            return
        try:
            body = await _body(receive)
            if body is None:
                return
            inbound = self._inbound(load_json(body))
            await asyncio.to_thread(self._check, inbound)
            await self._submit(inbound)
        except (KeyError, TypeError, ValueError, MalformedWebhook) as error:
            await answer(send, 400, {"error": f"That text cannot be read: {error}"})
        except Busy:
            await answer(send, 503, {"error": "Too many texts wait. Send it again."})
        else:
            await answer(send, 200, {"received": True})

    def _check(self, inbound: Inbound) -> None:
        with self._installation.read() as connection:
            sender = find_sender(connection, inbound.sender)
        if sender is None:
            raise ValueError(f"there is no sender {inbound.sender}")
        if not inbound.address.startswith(f"{sender.channel}:"):
            raise ValueError(f"{inbound.address} is no address that {inbound.sender} reaches")

    def _inbound(self, wish: Any) -> Inbound:
        if not isinstance(wish, dict):
            raise TypeError("it is no object")
        button = wish.get("button")
        return text(
            str(wish["sender"]),
            str(wish["address"]),
            str(wish.get("text", "")),
            self._installation.clock.now(),
            button=ButtonPress(int(button["run"]), int(button["visit"]), str(button["key"])) if button else None,
        )

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        address, to = query.get("address", [""])[0], query.get("sender", [""])[0]
        after = query.get("after", ["0"])[0]
        if not _MESSAGE_ID.fullmatch(after):
            await answer(send, 400, {"error": "after is the number of a message."})
            return
        sender = await asyncio.to_thread(self._sender, to)
        if sender is None:
            await answer(send, 404, {"error": "There is no such sender."})
            return
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.ensure_future(_until_gone(receive))
        ending = asyncio.ensure_future(self._ending.wait())
        seen, low, ends = set[int](), int(after), asyncio.get_running_loop().time() + STREAM_FOR
        try:
            while not (gone.done() or ending.done()) and asyncio.get_running_loop().time() < ends:
                rows, low = await asyncio.to_thread(self._news, sender, address, low)
                for row in rows:
                    if row["id"] not in seen:
                        seen.add(row["id"])
                        event = f"id: {row['id']}\ndata: ".encode() + orjson.dumps(row) + b"\n\n"
                        await send({"type": "http.response.body", "body": event, "more_body": True})
                await asyncio.wait({gone, ending}, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            ending.cancel()
        await send({"type": "http.response.body", "body": b""})

    def _sender(self, address: str) -> int | None:
        with self._installation.read() as connection:
            row = find_sender(connection, address)
        return None if row is None else int(row.id)

    def _news(self, sender_id: int, address: str, after: int) -> tuple[list[dict[str, Any]], int]:
        """What may be shown of the thread after a message, and after which one to look again: before the first that waits."""
        with self._installation.read() as connection:
            rows = thread(connection, sender_id, address, after=after)
        shown: list[dict[str, Any]] = []
        soon, waits = self._installation.clock.now() + ABOUT_TO_LEAVE, False
        for row in rows:
            if row.direction == "out" and row.status in ("queued", "sending"):
                waits = True
                if row.status == "sending" or (row.priority == PRIORITY_REPLY and row.due_at <= soon):
                    break
            if row.direction == "in" or row.status in ("sent", "delivered"):
                shown.append(
                    {
                        "id": row.id,
                        "direction": row.direction,
                        "text": row.text,
                        "buttons": row.buttons or [],
                        "run": row.run_id,
                        "visit": row.visit,
                    }
                )
            after = after if waits else row.id
        return shown, after


async def answer(send: Send, status: int, value: object) -> None:
    """A short JSON answer."""
    body = orjson.dumps(value)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes | None:
    body: bytes = b""
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            return None
        body += bytes(part.get("body", b""))
        if len(body) > LARGEST_TEXT:
            raise ValueError("it is longer than 64 KB")
        if not part.get("more_body"):
            return body


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
