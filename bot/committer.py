"""The committer of inbound texts: whoever hands one in waits until it is durable; whatever waits commits together."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from bot.channels.base import Inbound
from bot.clock import Clock
from bot.conversation import MOST, House, Received, keep_raw, receive
from bot.counts import HANDLING
from bot.gathering import gather_arrived
from bot.writer import Writer
from storage.database import is_away

_log = structlog.get_logger(__name__)

#: Texts that may wait at once. More are turned away, so that their provider tries again when there is room.
LONGEST_QUEUE = 10_000
#: Seconds for which a database that is away is waited for, before the provider is told to try again: it waits for 15.
PATIENCE = 9.0


class Busy(Exception):
    """Too many texts wait to be written, or the process is closing: answer 503, the provider tries again."""


@dataclass(slots=True)
class _Waiting:
    inbound: Inbound
    done: asyncio.Future[Received]


class Committer:
    """Takes texts on the loop and commits what waits, at most `MOST` together and with no timer: an idle one commits at once.

    A text that cannot be handled harms nobody else: its batch is run again one by one, and the culprit is kept raw with
    an item in the inbox. While the database is away nothing is a text's fault: it is waited for, and then the provider is told to
    come again. `on_committed` is called on the loop after each commit (it wakes the dispatcher).
    """

    def __init__(
        self,
        writer: Writer,
        clock: Clock,
        house: House,
        on_committed: Callable[[], None] = lambda: None,
        *,
        longest: int = LONGEST_QUEUE,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._house = house
        self._on_committed = on_committed
        self._longest = longest
        self._waiting: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many texts wait to be written."""
        return len(self._waiting)

    async def submit(self, inbound: Inbound) -> Received:
        """Hand in one text; returns once it is committed. Raises `Busy`, or what the database raised: nothing is kept then."""
        if self._closed or len(self._waiting) >= self._longest:
            raise Busy
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(inbound, done))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="committer")
        begun = time.perf_counter()
        # A webhook whose caller hangs up is cancelled, and with it who waits, not what is written: `_settle` looks.
        received: Received = await done
        HANDLING.observe(time.perf_counter() - begun)
        return received

    async def close(self) -> None:
        """Take nothing more, and wait until everything handed in is written."""
        self._closed = True
        if self._working is not None:
            await self._working

    async def _work(self) -> None:
        while self._waiting:
            await gather_arrived(lambda: len(self._waiting), MOST)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                results = await self._receive(batch, PATIENCE)
            except Exception as error:  # noqa: BLE001 - one text must not keep the others from being taken in
                if is_away(error):
                    _fail(batch, error)
                    continue
                _log.warning("inbound.one_by_one", error=type(error).__name__, batch=len(batch))
                await self._one_by_one(batch)
            else:
                for waiting, result in zip(batch, results, strict=True):
                    _settle(waiting, result)
            self._on_committed()

    async def _one_by_one(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            try:
                (result,) = await self._receive([waiting])
            except Exception as error:  # noqa: BLE001 - kept raw below, for a person to look at
                if is_away(error):
                    _fail([waiting], error)
                    continue
                _log.error(
                    "inbound.failed",
                    error=type(error).__name__,
                    where=_where(error),
                    provider_id=waiting.inbound.provider_id,
                )
                await self._keep(waiting)
            else:
                _settle(waiting, result)

    async def _keep(self, waiting: _Waiting) -> None:
        """Keep what cannot be handled as it came; where even that fails, the provider is told, and hands it in again."""

        def keep(connection: Connection) -> Received:
            return keep_raw(connection, waiting.inbound, self._clock.now(), self._house)

        try:
            _settle(waiting, await self._writer.run(keep))
        except Exception as error:  # noqa: BLE001 - it reaches whoever handed it in
            _fail([waiting], error)

    async def _receive(self, batch: list[_Waiting], patience: float = 0.0) -> list[Received]:
        inbounds = [waiting.inbound for waiting in batch]

        def work(connection: Connection) -> list[Received]:
            return receive(connection, inbounds, self._clock.now(), self._house)

        return await self._writer.run_patiently(work, patience)


def _where(error: BaseException) -> str:
    """The place of an error. Its message stays out of the log: it may quote the text."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _fail(batch: list[_Waiting], error: Exception) -> None:
    """Nothing of these was kept: whoever handed one in has it handed in again."""
    _log.error("inbound.not_taken", error=type(error).__name__, batch=len(batch))
    for waiting in batch:
        if not waiting.done.done():
            waiting.done.set_exception(error)


def _settle(waiting: _Waiting, result: Received) -> None:
    if not waiting.done.done():
        waiting.done.set_result(result)


__all__ = ["LONGEST_QUEUE", "Busy", "Committer"]
