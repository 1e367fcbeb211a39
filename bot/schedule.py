"""The ticks: APScheduler holds them in memory, the rows hold what is due; one process leads, and on PostgreSQL workers do the work."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.conversation import House
from bot.tasks import TASKS, Task
from bot.writer import Writer
from storage.jobs import defer
from storage.leases import SCHEDULER, release_lease, take_lease

_log = structlog.get_logger(__name__)

#: A standby takes over when the leader's lease has run out: within half a minute (DESIGN §8).
LEASE_LENGTH, RENEW_EVERY = timedelta(seconds=20), 5.0
#: Slices of one task at a tick before the others get their turn.
MOST_SLICES = 50


class Scheduler:
    """Finds what is due while this process leads.

    On SQLite, where there is one process, it always leads, and does the work itself; on PostgreSQL it defers it to the workers.
    """

    def __init__(
        self,
        writer: Writer,
        clock: Clock,
        house: House,
        *,
        worked: Callable[[], None] = lambda: None,
        tasks: Sequence[Task] = TASKS,
    ) -> None:
        self._writer, self._clock, self._house, self._worked, self._tasks = writer, clock, house, worked, tasks
        self._alone = writer.database.is_sqlite
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._ticks = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self.leads = self._alone

    async def start(self) -> None:
        """Begin to tick on the running loop."""
        if not self._alone:
            await self._renew()
            self._ticks.add_job(self._renew, "interval", seconds=RENEW_EVERY, max_instances=1, coalesce=True)
        for task in self._tasks:
            self._ticks.add_job(
                self._tick,
                "interval",
                args=(task,),
                seconds=task.every,
                id=task.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._ticks.start()

    async def stop(self) -> None:
        """Tick no more, finish the slice that is under way, and give the lead to a standby."""
        self._ticks.shutdown(wait=False)
        if self._running:
            await asyncio.wait(self._running)
        if self.leads and not self._alone:
            await self._writer.run(partial(self._release))

    async def _tick(self, task: Task) -> None:
        if not self.leads:
            return
        working = asyncio.ensure_future(self._work(task))
        self._running.add(working)
        working.add_done_callback(self._running.discard)
        await working

    async def _work(self, task: Task) -> None:
        try:
            if not self._alone:
                await self._writer.run(partial(self._defer, task))
                return
            for done in range(MOST_SLICES):
                if not await self._writer.run(partial(self._slice, task)):
                    if done and task.erases:
                        await asyncio.to_thread(self._writer.database.empty_log)
                    return
                self._worked()
        except SQLAlchemyError as error:
            # What was begun is rolled back; the rows still say what is due, and the next tick finds it.
            _log.error("task.failed", task=task.name, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one kind of work that fails must not end the others
            _log.exception("task.failed", task=task.name, error=type(error).__name__)

    def _slice(self, task: Task, connection: Connection) -> int:
        return task.work(connection, self._clock.now(), self._house)

    def _defer(self, task: Task, connection: Connection) -> None:
        if task.due(connection, self._clock.now()):
            defer(connection, task.name, task.priority)

    async def _renew(self) -> None:
        try:
            leads = await self._writer.run(self._take)
        except SQLAlchemyError as error:
            _log.error("scheduler.database", error=type(error).__name__)
            leads = False
        if leads != self.leads:
            _log.info("scheduler.leads" if leads else "scheduler.stands_by")
        self.leads = leads

    def _take(self, connection: Connection) -> bool:
        return take_lease(connection, SCHEDULER, self._name, LEASE_LENGTH)

    def _release(self, connection: Connection) -> None:
        release_lease(connection, SCHEDULER, self._name)
