"""The stage: the program's own outbox, conversation and tasks on a clock that jumps from one event to the next."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.app import Installation
from bot.blocks import opt_outs
from bot.channels.base import Accepted, FetchedMedium, Inbound, IncomingMedium, MediumRefused, Outgoing, SendResult
from bot.channels.simulator import text
from bot.clock import SetClock
from bot.committer import Committer
from bot.delivery.dispatcher import Dispatcher
from bot.demo.residents import Resident
from bot.tasks import TASKS
from bot.writer import Writer

#: The longest jump: what is due by the clock alone (reminders, openings) is found that often.
LONGEST_STEP = timedelta(minutes=10)
#: Texts that arrive within it are handed in together, as they come on a busy evening.
TOGETHER = timedelta(seconds=30)
#: The share of webhooks that come twice, as providers do when an answer is slow.
REPLAYED = 0.05


class Phones:
    """A channel whose other end are the residents: each text is read, and perhaps answered later."""

    name: Final = "sms"

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def send(self, message: Outgoing) -> SendResult:
        """The resident has it."""
        self._stage.arrived(message)
        return Accepted(f"sim-{message.message_id}", "delivered")

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        """Simulated residents send no photos."""
        raise MediumRefused(f"there is none ({medium.kind}, {limit})")


@dataclass(slots=True)
class Counts:
    """What went over the air: texts handed in, those of them handed in twice, and messages that arrived."""

    texts: int = 0
    replays: int = 0
    arrived: int = 0


@dataclass(slots=True)
class Stage:
    """Plays residents against an installation whose clock is a `SetClock`. `seen` is called after each step."""

    installation: Installation
    sender: str
    people: dict[str, Resident]
    seed: int
    seen: Callable[[], None] = lambda: None
    counts: Counts = field(default_factory=Counts)
    _mail: list[tuple[datetime, int, str, str]] = field(default_factory=list)
    _order: Iterable[int] = field(default_factory=itertools.count)

    @property
    def now(self) -> datetime:
        """The time on the stage."""
        return self.installation.clock.now()

    def arrived(self, message: Outgoing) -> None:
        """A message reached a phone: its owner reads it, and may write back."""
        self.counts.arrived += 1
        resident = self.people[message.address]
        for answer in resident.read(self.now, message.message_id, message.text):
            entry = (self.now + answer.after, next(iter(self._order)), message.address, answer.text)
            heapq.heappush(self._mail, entry)

    async def play(self, until: datetime) -> None:
        """Let time pass to `until`, jumping over what is empty."""
        clock = self.installation.clock
        assert isinstance(clock, SetClock)  # noqa: S101 - on another clock nothing would ever come
        writer = Writer(self.installation.database)
        chance = random.Random(self.seed)
        committer = Committer(writer, clock, self.installation.house)
        dispatcher = Dispatcher(
            writer, {"sms": Phones(self)}, clock, opt_outs=opt_outs(self.installation.house), burst=1.0
        )
        try:
            while True:
                await asyncio.to_thread(self._tasks, writer)
                again = await dispatcher.drain()
                self.seen()
                if clock.now() >= until:
                    return
                clock.set(min(until, self._next(again)))
                await self._hand_in(committer, chance)
        finally:
            await committer.close()
            writer.close()

    def _next(self, again: datetime | None) -> datetime:
        times = [self.now + LONGEST_STEP]
        if self._mail:
            times.append(max(self.now, self._mail[0][0]) + TOGETHER)
        if again is not None:
            times.append(max(again, self.now + timedelta(milliseconds=100)))
        return min(times)

    def _tasks(self, writer: Writer) -> None:
        for task in TASKS:
            while writer.write(lambda connection, task=task: task.work(connection, self.now, self.installation.house)):  # type: ignore[misc]
                pass

    async def _hand_in(self, committer: Committer, chance: random.Random) -> None:
        arriving: list[Inbound] = []
        while self._mail and self._mail[0][0] <= self.now:
            at, number, address, words = heapq.heappop(self._mail)
            self.people[address].said.append((at, words))
            self.counts.texts += 1
            inbound = text(self.sender, address, words, at, provider_id=f"demo-{self.seed}-{number}")
            arriving.append(inbound)
            if chance.random() < REPLAYED:
                self.counts.replays += 1
                arriving.append(inbound)
        await asyncio.gather(*(committer.submit(one) for one in arriving))
