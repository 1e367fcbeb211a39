"""The storm: campaigns run and residents talk while processes are killed and frozen, the database and providers fail."""

from __future__ import annotations

import asyncio
import contextlib
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from faults.installation import Installed
from faults.postgres import Cluster, Wire
from faults.processes import Slot
from faults.survey import STORM

#: Of a hundred kills, whom they hit.
TARGETS = {"serve": 100, "web": 44, "worker": 44, "scheduler": 12}
#: Of a hundred kills, how many hit a process that is just beginning, and how many wait for a message that is just reaching the
#: provider: between send and mark.
AS_IT_BEGINS, AS_IT_SENDS = 15, 35
#: The largest file, in bytes, that a process may write while its disk is "full".
FULL = 8_192
#: Seconds between two faults of a kind, on the average, in a storm of five minutes; shorter storms have them closer.
EVERY = {"weather": 9.0, "freeze": 11.0, "disk": 14.0, "connections": 6.0, "wire": 4.0, "restart": 45.0}


@dataclass(slots=True)
class Storm:
    """One storm. `done` counts what was done to the installation."""

    here: Installed
    cluster: Cluster | None = None
    wires: list[Wire] = field(default_factory=list)
    database: str = ""
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cut_short: bool = False
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _began: float = 0.0
    _start_takes: float = 1.0

    @property
    def kills(self) -> int:
        """How many kill -9 so far."""
        return sum(slot.kills for slot in self.here.slots)

    async def rage(self) -> None:
        """Launch, kill and break until there were enough messages and kills."""
        here = self.here
        self._began = time.monotonic()
        self._think(here.plan.thinking)
        await self._launch()
        here.weather.fair = here.mail.fair = False
        await self._break_things()
        here.weather.fair = here.mail.fair = True
        self.seconds = time.monotonic() - self._began

    async def _launch(self) -> None:
        """Both campaigns and two updates of each community; all but the first begin in the middle of the storm."""
        first, second = STORM
        now, span = datetime.now(UTC), self.here.plan.span
        for at in range(self.here.plan.communities):
            place = ("--community", f"town-{at}")
            await self.here.command("campaign", "launch", first, *place, "--name", first)
            later = (now + timedelta(seconds=span * 0.35)).isoformat()
            await self.here.command("campaign", "launch", second, *place, "--name", second, "--at", later)
            for number, share in ((1, 0.3), (2, 0.7)):
                then = (now + timedelta(seconds=span * share)).isoformat()
                words = ("--campaign", first, "--text", f"News {number}: we read every word.", "--at", then)
                await self.here.command("update", "schedule", *place, *words)

    async def _break_things(self) -> None:
        here = self.here
        short = min(1.0, max(0.5, here.plan.seconds / 300))
        works: list[Coroutine[None, None, None]] = [self._keep_pace(), self._report(), *map(self._reap, here.slots)]
        works += [self._now_and_then(EVERY["weather"] * short, self._change_weather)]
        works += [self._now_and_then(EVERY["freeze"] * short, self._freeze)]
        if self.cluster is not None:
            works += [self._now_and_then(EVERY["connections"] * short, self._end_connections)]
            works += [self._now_and_then(EVERY["wire"] * short, self._cut_wires)]
            if self.cluster.folder is not None:
                works += [self._now_and_then(EVERY["restart"] * short, self._restart)]
        elif hasattr(resource, "prlimit"):
            works += [self._now_and_then(EVERY["disk"] * short, self._fill_disk)]
        tasks = [asyncio.create_task(work) for work in works]
        try:
            async with asyncio.timeout(here.plan.seconds):
                while not self._enough():
                    await asyncio.sleep(0.2)
                    for task in tasks:
                        if task.done():
                            task.result()
        except TimeoutError:
            self.cut_short = True
        self._over.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for wire in self.wires:
            wire.cut_at_commit = 0
        for slot in here.slots:
            slot.send(signal.SIGCONT)
            self._empty_disk(slot)

    def _enough(self) -> bool:
        here = self.here
        spoken = here.messages >= here.plan.messages or all(resident.waits for resident in here.residents)
        return spoken and self.kills >= here.plan.kills

    async def _now_and_then(self, every: float, work: Callable[[random.Random], Awaitable[None]]) -> None:
        chance = random.Random(self.here.chance.random())
        while True:
            await asyncio.sleep(chance.expovariate(1 / every))
            await work(chance)

    # -- processes

    async def _reap(self, slot: Slot) -> None:
        """Kill whoever fills a slot, again and again: most after they have worked for a while, some as they begin."""
        here, chance = self.here, random.Random(self.here.chance.random())
        share = TARGETS[slot.role] / sum(TARGETS[other.role] for other in here.slots)
        cycle = here.plan.every / share
        while True:
            begins = chance.random() * 100 < AS_IT_BEGINS
            if not begins:
                await self._working(slot)
            # On a busy machine a process takes long to begin: it lives for as long at least, or nothing would ever be done.
            life = 0.3 if begins else max(1.0, self._start_takes, cycle - self._start_takes)
            await asyncio.sleep(chance.expovariate(1 / life))
            sends = chance.random() * 100 < AS_IT_SENDS
            if sends:
                await self._until_one_arrives()
            for victim in self._victims(slot, sends):
                if victim.kill():
                    self.done[f"kills of {victim.role}"] += 1
            await slot.filled_anew()

    def _victims(self, slot: Slot, sends: bool) -> list[Slot]:
        """Who dies with a slot: of several workers nobody outside knows which one is sending."""
        return self.here.of_role("worker") if sends and slot.role == "worker" else [slot]

    async def _working(self, slot: Slot) -> None:
        """Wait until its process works: a web process answers, any other has had as long as one takes to begin."""
        port = self.here.ports.get(slot.name)
        if port is None:
            await asyncio.sleep(self._start_takes)
        else:
            with contextlib.suppress(TimeoutError):
                await self.here.answers(port, seconds=5.0)
            took = time.monotonic() - slot.started_at
            self._start_takes += (min(took, 5.0) - self._start_takes) / 4

    async def _until_one_arrives(self) -> None:
        """Wait for the next message that reaches the provider: it is sent, and not yet noted."""
        arrived, twilio = asyncio.Event(), self.here.twilio

        def note() -> None:
            # No receipt tells what became of it: only whoever sent it knows, and is about to die.
            twilio.arrived, twilio.hush = lambda: None, True
            arrived.set()

        twilio.arrived = note
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await arrived.wait()

    async def _freeze(self, chance: random.Random) -> None:
        """A process gets no time for a while, as on a machine that swaps; a leading scheduler for longer than its lease."""
        slot = chance.choice(self.here.slots)
        seconds = 25.0 if slot.role == "scheduler" and not self.here.plan.short else chance.uniform(0.3, 2.5)
        slot.send(signal.SIGSTOP)
        self.done["processes frozen"] += 1
        asyncio.get_running_loop().call_later(seconds, slot.send, signal.SIGCONT)

    # -- around them

    async def _change_weather(self, chance: random.Random) -> None:
        here = self.here
        if chance.random() < 0.5:
            self.done["provider refuses connections"] += 1
            await here.twilio.refuse_for(chance.uniform(0.5, 2.5))
        else:
            self.done["provider slow"] += 1
            here.weather.slowed = chance.uniform(0.3, 1.0)
            await asyncio.sleep(chance.uniform(1.0, 3.0))
            here.weather.slowed = 0.0

    async def _fill_disk(self, chance: random.Random) -> None:
        """Every file of the process is as large as it may be: its writes fail."""
        (slot,) = self.here.slots
        self.done["disk full"] += 1
        slot.file_limit = FULL
        self._limit(slot, FULL)
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        self._empty_disk(slot)

    def _empty_disk(self, slot: Slot) -> None:
        if slot.file_limit is not None:
            slot.file_limit = None
            self._limit(slot, None)

    def _limit(self, slot: Slot, most: int | None) -> None:
        if slot.child is not None and slot.child.lives:
            with contextlib.suppress(ProcessLookupError):
                _, hard = resource.prlimit(slot.child.pid, resource.RLIMIT_FSIZE)
                resource.prlimit(slot.child.pid, resource.RLIMIT_FSIZE, (hard if most is None else most, hard))

    async def _end_connections(self, chance: random.Random) -> None:
        assert self.cluster is not None
        with contextlib.suppress(psycopg.Error):
            ended = await asyncio.to_thread(self.cluster.end_connections, self.database, chance, 0.6)
            self.done["connections ended by the database"] += ended

    async def _cut_wires(self, chance: random.Random) -> None:
        for wire in self.wires:
            if chance.random() < 0.3:
                wire.cut()
            else:
                wire.cut_at_commit = chance.randint(1, 3)

    async def _restart(self, chance: random.Random) -> None:
        assert self.cluster is not None
        await asyncio.to_thread(self.cluster.restart, chance.choice(("fast", "immediate")))
        self.done["restarts of the database"] += 1

    # -- how it goes

    async def _keep_pace(self) -> None:
        """Have residents think for longer or shorter, so that they talk as long as processes die."""
        plan = self.here.plan
        while True:
            await asyncio.sleep(1.0)
            expected = (time.monotonic() - self._began) / plan.span
            self._think(self.here.pace.longest * (1.1 if self.here.messages / plan.messages > expected else 1 / 1.2))

    def _think(self, longest: float) -> None:
        """How long residents think from now on."""
        pace = self.here.pace
        pace.longest = min(3 * self.here.plan.thinking, max(0.2, longest))
        pace.shortest = pace.longest / 10

    async def _report(self) -> None:
        here = self.here
        while True:
            await asyncio.sleep(10)
            done = sum(resident.done for resident in here.residents)
            sys.stderr.write(
                f"{here.plan.database} {time.monotonic() - self._began:4.0f} s: {self.kills} kills, {here.messages} messages, "
                f"{done} of {len(here.residents)} residents done\n"
            )
