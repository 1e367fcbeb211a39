"""What the fake providers share: a real HTTP server on loopback, and behaviour that a test writes down beforehand."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

import aiohttp
from aiohttp import web


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How one request to send is met, instead of being taken as usual.

    `status` and `code` are answered; `records` says whether the message went all the same; `delay` in seconds comes first;
    `cut` breaks the connection, `hang` never answers, `body` is answered in place of JSON; an answer that `dribbles` comes in
    two pieces, without a length.
    """

    status: int = 0
    code: int = 0
    message: str = "as the test asked"
    retry_after: str | None = None
    records: bool = False
    delay: float = 0.0
    cut: bool = False
    hang: bool = False
    body: bytes | None = None
    dribbles: bool = False


#: Taken as usual: a place in a sequence.
USUAL = Behaviour(records=True)


def too_many(retry_after: int | str | None = 3) -> Behaviour:
    """429; `retry_after` in seconds, or a date of HTTP."""
    return Behaviour(status=429, code=20429, retry_after=None if retry_after is None else str(retry_after))


def broken(status: int = 500, *, records: bool = False) -> Behaviour:
    """A 5xx, before the message was recorded or after."""
    return Behaviour(status=status, code=20500, records=records)


def slow(seconds: float) -> Behaviour:
    """Taken as usual, after a while."""
    return Behaviour(records=True, delay=seconds)


def dribbles() -> Behaviour:
    """Taken as usual; the answer comes in two pieces."""
    return Behaviour(records=True, dribbles=True)


def hangs(*, records: bool = True) -> Behaviour:
    """Never answers: the client's time-out decides."""
    return Behaviour(hang=True, records=records)


def cut(*, records: bool = False) -> Behaviour:
    """The connection breaks before an answer."""
    return Behaviour(cut=True, records=records)


def garbage(body: bytes = b"<html>", status: int = 201, *, records: bool = True) -> Behaviour:
    """An answer that is no answer."""
    return Behaviour(status=status, body=body, records=records)


def refusal(code: int, status: int = 400, message: str = "as the test asked") -> Behaviour:
    """A definite no with the provider's own code."""
    return Behaviour(status=status, code=code, message=message)


class Loopback:
    """A server on 127.0.0.1, started and stopped on the running loop; `async with` does both."""

    def __init__(self) -> None:
        self.requests = 0
        self.problems: list[str] = []
        self._sequence: deque[Behaviour] = deque()
        self._sequence_to: dict[str, deque[Behaviour]] = defaultdict(deque)
        self._always: dict[str | None, Behaviour] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- behaviour

    def script(self, *behaviours: Behaviour, to: str | None = None) -> None:
        """The next requests (to one recipient) are met so, one each; then as usual."""
        (self._sequence if to is None else self._sequence_to[to]).extend(behaviours)

    def always(self, behaviour: Behaviour | None, to: str | None = None) -> None:
        """Every request (to one recipient) is met so, until called with None."""
        self._always.pop(to, None)
        if behaviour is not None:
            self._always[to] = behaviour

    def next_behaviour(self, to: str) -> Behaviour:
        if self._sequence_to[to]:
            return self._sequence_to[to].popleft()
        if self._sequence:
            return self._sequence.popleft()
        return self._always.get(to) or self._always.get(None) or USUAL

    async def pause(self, behaviour: Behaviour, request: web.Request) -> None:
        """Wait, hang or cut as the behaviour says. A server that stops lets go of those who hang."""
        if behaviour.delay:
            await self._until_stopped(behaviour.delay)
        if behaviour.hang:
            await self._until_stopped(None)
        if (behaviour.cut or behaviour.hang) and request.transport is not None:
            request.transport.abort()

    async def reply(self, behaviour: Behaviour, request: web.Request, response: web.Response) -> web.StreamResponse:
        """The answer, in one piece unless the behaviour says otherwise."""
        if not behaviour.dribbles or not isinstance(response.body, bytes):
            return response
        pieces = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
        await pieces.prepare(request)
        half = len(response.body) // 2
        await pieces.write(response.body[:half])
        await asyncio.sleep(0.01)
        await pieces.write(response.body[half:])
        return pieces

    async def _until_stopped(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    # -- life

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    async def start(self, port: int = 0) -> Self:
        self._stopping = asyncio.Event()
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=30)
        )
        app = web.Application(client_max_size=10 * 1024 * 1024)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen(port)
        self.port: int = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def _listen(self, port: int) -> None:
        self._site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await self._site.start()

    async def refuse_for(self, seconds: float) -> None:
        """Refuse new connections for a while; those that are open stay so."""
        await self._site.stop()
        try:
            await self._until_stopped(seconds)
        finally:
            if not self._stopping.is_set():
                await self._listen(self.port)

    async def stop(self) -> None:
        self._stopping.set()
        await self.settled()
        await self._runner.cleanup()
        await self.session.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def in_background(self, work: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await work()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Return once nothing that the server does by itself is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def forever(self) -> None:
        """Serve until cancelled (Ctrl-C)."""
        await self._stopping.wait()
