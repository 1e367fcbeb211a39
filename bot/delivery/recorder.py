"""Results of sends, recorded together while the next messages are on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.counts import count_sends
from bot.delivery.consequences import OptOuts
from bot.delivery.moments import moments
from bot.delivery.results import Outcome, record
from bot.writer import Writer

_log = structlog.get_logger(__name__)

#: Results in one transaction at the most, and how many seconds the first one waits for others (PERFORMANCE: outbound).
MOST, LINGER = 200, 0.05
#: Seconds before a database that is away is tried again, doubled up to the longest.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class Recorder:
    """Takes outcomes on the loop and writes them down. No outcome is forgotten while the process lives: a database that is
    away is tried until it is back."""

    def __init__(
        self, writer: Writer, clock: Clock, *, opt_outs: OptOuts, busy: Callable[[], bool], recorded: Callable[[], None]
    ) -> None:
        """`busy`: whether more outcomes are about to come; `recorded` is called after each commit."""
        self._writer = writer
        self._moments = moments(clock)
        self._opt_outs = opt_outs
        self._busy = busy
        self._recorded = recorded
        self._waiting: list[Outcome] = []
        self._changed = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    def add(self, outcome: Outcome) -> None:
        """Have an outcome recorded soon."""
        self._waiting.append(outcome)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="results")
        elif len(self._waiting) >= MOST or not self._busy():
            self._changed.set()

    async def finish(self, seconds: float | None = None) -> None:
        """Wait until everything added is recorded, at most `seconds`: a database may be away for good."""
        loop = asyncio.get_running_loop()
        until = None if seconds is None else loop.time() + seconds
        while self._working is not None and not self._working.done():
            self._changed.set()
            await asyncio.wait({self._working}, timeout=LINGER)
            if until is not None and loop.time() > until:
                _log.error("results.given_up", waiting=len(self._waiting))
                self._working.cancel()
                return

    async def _work(self) -> None:
        while self._waiting:
            await self._linger()
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            count_sends((one.claimed.channel, one.result) for one in batch)
            await self._record(batch)
            self._recorded()

    async def _linger(self) -> None:
        """Wait for company, unless there is plenty or none to come."""
        self._changed.clear()
        if len(self._waiting) < MOST and self._busy():
            try:
                async with asyncio.timeout(LINGER):
                    await self._changed.wait()
            except TimeoutError:
                pass

    async def _record(self, batch: Sequence[Outcome]) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._writer.run(partial(self._write, batch))
                return
            except DBAPIError as error:
                if not error.connection_invalidated and not _may_pass(error):
                    break
                _log.warning("results.again", error=type(error.orig).__name__, again_in=pause)
            except Exception as error:  # noqa: BLE001 - one outcome must not keep the others from being recorded
                _log.error("results.failed", error=type(error).__name__, batch=len(batch))
                break
            await asyncio.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 2)
        if len(batch) > 1:
            for outcome in batch:
                await self._record([outcome])
        else:
            # The row stays `sending`; recovery makes it `unknown`, which is what it is.
            _log.error("result.lost", message_id=batch[0].claimed.id, result=type(batch[0].result).__name__)

    def _write(self, batch: Sequence[Outcome], connection: Connection) -> None:
        record(connection, batch, self._moments(connection), opt_outs=self._opt_outs)


def _may_pass(error: DBAPIError) -> bool:
    """Whether the database itself is the trouble (gone, starting, full, busy) and not what was to be written."""
    return type(error).__name__ in ("OperationalError", "InterfaceError", "InternalError", "TimeoutError")


__all__ = ["LINGER", "MOST", "Recorder"]
