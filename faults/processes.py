"""The harness's side of the nursery: starts, signals and keeps the processes of an installation."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[1]
#: Seconds until a process that ended by itself is started again, as a service keeper does.
AGAIN_AFTER = 0.3


@dataclass(slots=True)
class Child:
    """A running `soundings …`; `ended` gets its exit code, negative for a signal."""

    pid: int
    ended: asyncio.Future[int]

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return not self.ended.done()


@dataclass(slots=True)
class Nursery:
    """The process that forks others. `times`: constants that are set in each child, such as `bot.schedule:LEASE_LENGTH` -> seconds."""

    place: Path
    environment: Mapping[str, str]
    times: Mapping[str, float]
    process: asyncio.subprocess.Process
    _ordered: deque[asyncio.Future[Child]] = field(default_factory=deque)
    _children: dict[int, Child] = field(default_factory=dict)
    _outputs: int = 0
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(
        cls,
        place: Path,
        environment: Mapping[str, str],
        *,
        times: Mapping[str, float] | None = None,
        around: Sequence[str] = (),
    ) -> AsyncIterator[Self]:
        """A nursery in a folder, whose children's logs go to the file `log` there; `around` is a command that runs it, such as unshare."""
        read, write = os.pipe()
        log = threading.Thread(target=_copy, args=(read, place / "log"), daemon=True)
        log.start()
        process = await asyncio.create_subprocess_exec(
            *around,
            *(sys.executable, "-m", "faults.nursery"),
            cwd=place,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=write,
        )
        os.close(write)
        found = cls(place, environment, times or {}, process)
        listening = asyncio.create_task(found._listen())
        try:
            async with asyncio.timeout(120):
                await found._ready.wait()
            yield found
        finally:
            await found._close()
            listening.cancel()
            await asyncio.to_thread(log.join, 10)

    async def start(
        self,
        *words: str,
        environment: Mapping[str, str] | None = None,
        output: Path | None = None,
        file_limit: int | None = None,
    ) -> Child:
        """Start `soundings words…`; `file_limit` is the largest file in bytes that it may write (RLIMIT_FSIZE)."""
        waiting: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._ordered.append(waiting)
        self._order(
            start=list(words),
            environment=dict(environment or {}),
            times=dict(self.times),
            output=str(output) if output else None,
            file_limit=file_limit,
        )
        async with asyncio.timeout(30):
            return await waiting

    async def run(self, *words: str, environment: Mapping[str, str] | None = None, seconds: float = 60) -> Done:
        """Run a command to its end."""
        self._outputs += 1
        output = self.place / f"output-{self._outputs}"
        child = await self.start(*words, environment=environment, output=output)
        try:
            async with asyncio.timeout(seconds):
                code = await asyncio.shield(child.ended)
        except TimeoutError:
            self.signal(child, signal.SIGKILL)
            code = await child.ended
        inside = self.inside(output)
        printed = inside.read_text() if inside.exists() else ""
        inside.unlink(missing_ok=True)
        return Done(code, printed)

    def signal(self, child: Child, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        self._order(pid=child.pid, signal=int(number))

    def guard(self, folder: Path) -> None:
        """Have a PostgreSQL server, by its data folder, ended with the nursery where nobody has stopped it."""
        self._order(guard=str(folder))

    def inside(self, path: Path) -> Path:
        """A path as the nursery's own mounts have it."""
        seen = Path(f"/proc/{self.process.pid}/root")
        return seen / path.relative_to("/") if seen.exists() else path

    def _order(self, **order: Any) -> None:
        assert self.process.stdin is not None
        if not self.process.stdin.is_closing():
            self.process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            news = json.loads(line)
            if "ready" in news:
                self._ready.set()
            elif "started" in news:
                child = Child(news["started"], asyncio.get_running_loop().create_future())
                self._children[child.pid] = child
                self._ordered.popleft().set_result(child)
            else:
                self._children.pop(news["ended"]).ended.set_result(news["code"])

    async def _close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(20):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    printed: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.printed)


@dataclass(slots=True)
class Slot:
    """One place of an installation, filled again whenever its process ends. `name` is such as `worker-1`, `role` such as `worker`.

    While it is `absent` nobody is started; `file_limit` is what `Nursery.start` takes.
    """

    nursery: Nursery
    name: str
    role: str
    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    child: Child | None = None
    kills: int = 0
    ended_alone: Counter[int] = field(default_factory=Counter)
    file_limit: int | None = None
    absent: bool = False
    started_at: float = 0.0
    _killed: bool = False
    _code: int = 0
    _closing: signal.Signals | None = None
    _keeping: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to keep it filled."""
        self._closing = None
        self._keeping = asyncio.create_task(self._keep(), name=f"keeper of {self.name}")

    async def close(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End its process by a signal and keep the place empty; the exit code. What does not end in a minute is killed."""
        if self._keeping is None:
            return self._code
        self._closing = number
        self.send(signal.SIGCONT)
        self.send(number)
        _, late = await asyncio.wait([self._keeping], timeout=60)
        if late:
            self.send(signal.SIGKILL)
            await self._keeping
        self._keeping = None
        return self._code

    def kill(self) -> bool:
        """kill -9; False where there is nobody to kill."""
        if self.child is None or not self.child.lives or self._killed:
            return False
        self._killed = True
        self.kills += 1
        self.nursery.signal(self.child, signal.SIGKILL)
        return True

    async def filled_anew(self) -> None:
        """Wait until another process has taken the place of the one that is there now."""
        before = self.child
        while self.child is before and self._closing is None:
            await asyncio.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Any other signal."""
        if self.child is not None and self.child.lives:
            self.nursery.signal(self.child, number)

    async def _keep(self) -> None:
        while self._closing is None:
            if self.absent:
                await asyncio.sleep(0.05)
                continue
            self._killed = False
            self.child = await self.nursery.start(*self.words, environment=self.environment, file_limit=self.file_limit)
            self.started_at = time.monotonic()
            if self._closing is not None:
                self.nursery.signal(self.child, self._closing)
            self._code = await self.child.ended
            if not self._killed and self._closing is None:
                self.ended_alone[self._code] += 1
                await asyncio.sleep(AGAIN_AFTER)


def _copy(read: int, path: Path) -> None:
    """Everything that comes out of a pipe, into a file: a full disk of the program's is not one of its log's."""
    with os.fdopen(read, "rb", buffering=0) as source, path.open("ab") as log:
        while piece := source.read(65_536):
            log.write(piece)
            log.flush()
