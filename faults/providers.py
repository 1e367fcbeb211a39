"""Providers in bad weather: the loopback Twilio and Telegram of the tests, whose behaviour is drawn anew for each request."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.providers.loopback import Behaviour, broken, cut, garbage, hangs, refusal, slow, too_many
from tests.providers.telegram_server import PostedUpdate, TelegramServer
from tests.providers.telegram_updates import Update
from tests.providers.twilio_forms import TOKEN
from tests.providers.twilio_server import FILTERED, SILENT, Answer, Callbacks, TwilioServer

#: What a good day's request takes, in seconds, from and to.
LATENCY = (0.003, 0.03)
#: How often, in a thousand requests, a provider does what.
RATES: Mapping[str, float] = {
    "slow": 40,
    "429": 3,
    "500 before": 7,
    "500 after": 7,
    "cut before": 5,
    "cut after": 5,
    "hangs before": 2,
    "hangs after": 3,
    "never answers": 0.3,
    "garbage": 3,
    "refused": 2,
}
#: Seconds for which a message is put off that a STOP crosses: it would leave well after it.
PUT_OFF_FOR = 8
#: How often, in a thousand messages, receipts come how.
RECEIPTS: Mapping[str, tuple[float, Callbacks]] = {
    "twice": (80, Callbacks(twice=True)),
    "reversed": (80, Callbacks(backwards=True)),
    "early": (80, Callbacks(early=True)),
    "early, reversed and twice": (20, Callbacks(early=True, backwards=True, twice=True)),
    "filtered": (10, FILTERED),
    "handset off": (5, Callbacks((("sent", None), ("undelivered", 30003)))),
    "none": (30, SILENT),
}


@dataclass(slots=True)
class Weather:
    """Draws what happens to each request. `fair` is a good day; `slowed` seconds come on top of every answer."""

    chance: random.Random
    fair: bool = False
    slowed: float = 0.0
    drawn: Counter[str] = field(default_factory=Counter)

    def behaviour(self) -> Behaviour:
        """How the next request to send is met."""
        usual = slow(self.chance.uniform(*LATENCY) + self.slowed)
        if self.fair:
            return usual
        kind = _draw(self.chance, RATES)
        if kind is None:
            return usual
        self.drawn[kind] += 1
        return self._of(kind)

    def _of(self, kind: str) -> Behaviour:
        before = kind.endswith("before")
        match kind.split()[0]:
            case "slow":
                return slow(self.chance.uniform(0.2, 2.0))
            case "429":
                return too_many(1)
            case "500":
                return broken(self.chance.choice((500, 502, 503, 504)), records=not before)
            case "cut":
                return cut(records=not before)
            case "hangs":
                return Behaviour(cut=True, delay=self.chance.uniform(2.0, 5.0), records=not before)
            case "never":
                return hangs(records=self.chance.random() < 0.5)
            case "garbage":
                return garbage()
        return refusal(21408, message="not to this country")

    def callbacks(self) -> Callbacks:
        """How the receipts of the next message come."""
        kind = None if self.fair else _draw(self.chance, {name: rate for name, (rate, _) in RECEIPTS.items()})
        if kind is None:
            return Callbacks()
        self.drawn[f"receipts {kind}"] += 1
        return RECEIPTS[kind][1]


def _draw(chance: random.Random, rates: Mapping[str, float]) -> str | None:
    """One of them by its rate in a thousand, mostly None."""
    left = chance.random() * 1000
    for kind, rate in rates.items():
        left -= rate
        if left < 0:
            return kind
    return None


@dataclass(slots=True)
class UnderWay:
    """Requests to send that are not answered yet, by recipient: where no receipt tells earlier, none may begin before the last one's
    answer. `at_once` counts those that began all the same. A request whose client has gone counts no more.
    """

    at_once: int = 0
    _requests: dict[str, dict[int, web.BaseRequest]] = field(default_factory=lambda: defaultdict(dict))

    @contextlib.contextmanager
    def one(self, to: str, request: web.BaseRequest) -> Iterator[None]:
        """One request, from its arrival to its answer."""
        others = self._requests[to]
        self.at_once += any(one.transport is not None and not one.transport.is_closing() for one in others.values())
        others[id(request)] = request
        try:
            yield
        finally:
            del others[id(request)]


class FaultyTwilio(TwilioServer):
    """Twilio in bad weather. `route` turns our public address into that of a web process; `arrived` is called as a message is
    taken; with `hush` set then, no receipt of that one comes; `undelivered` are the ids of those that reach no phone, as their receipts say."""

    def __init__(self, weather: Weather, numbers: tuple[str, ...]) -> None:
        super().__init__(numbers=numbers)
        self.weather = weather
        self.undelivered: set[str] = set()
        self.route: Callable[[str], str] = lambda url: url
        self.arrived: Callable[[], None] = lambda: None
        self.hush = False
        self.again_after = 0.3

    async def start(self, port: int = 0) -> Self:
        await super().start(port)
        await self.session.close()
        self.session = _session()
        return self

    def next_behaviour(self, to: str) -> Behaviour:
        behaviour = self.weather.behaviour()
        if behaviour.records:
            self.arrived()
        return behaviour

    def next_callbacks(self, to: str) -> Callbacks:
        if self.hush:
            self.hush = False
            self.weather.drawn["receipts none, as its sender died"] += 1
            return SILENT
        callbacks = self.weather.callbacks()
        if any(status == "undelivered" for status, _ in callbacks.statuses):
            self.undelivered.add(self.sent[-1].sid)
        return callbacks

    async def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        signed_url: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        return await super().post(self.route(url), form, signed_url=signed_url or url, headers=headers)

    async def forge(self, url: str, form: Mapping[str, str]) -> Answer:
        """Post a form that somebody else signed."""
        return await super().post(self.route(url), form, headers={"X-Twilio-Signature": TOKEN[::-1]})


class FaultyTelegram(TelegramServer):
    """Telegram in bad weather. `put_off` has those to whom the next message, once it is here, is put off for a while."""

    def __init__(self, weather: Weather, secret: str) -> None:
        super().__init__()
        self.weather, self.secret = weather, secret
        self.route: Callable[[str], str] = lambda url: url
        self.under_way = UnderWay()
        self.put_off: dict[str, asyncio.Event] = {}

    async def start(self, port: int = 0) -> Self:
        await super().start(port)
        await self.session.close()
        self.session = _session()
        return self

    async def _send(self, request: web.Request, payload: dict[str, Any]) -> web.StreamResponse:
        with self.under_way.one(str(payload["chat_id"]), request):
            return await super()._send(request, payload)

    def next_behaviour(self, to: str) -> Behaviour:
        here = self.put_off.pop(to, None)
        if here is None:
            return self.weather.behaviour()
        here.set()
        self.weather.drawn["429 while a STOP came"] += 1
        return replace(too_many(PUT_OFF_FOR), delay=1.0)

    async def meets(self, chat: int) -> None:
        """Have the next message to a chat put off, and wait until it is here, or for so long that none will come."""
        here = self.put_off[str(chat)] = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(15):
                await here.wait()

    async def hand_in(self, url: str, given: Update) -> PostedUpdate:
        """Post an update once."""
        return await self.post(given, url=self.route(url), secret=self.secret)


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=2.0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=30),
    )
