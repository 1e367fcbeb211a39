"""The workers' part in coarse work on PostgreSQL: Procrastinate hands out jobs, each says where to look, the rows say what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import procrastinate
import structlog
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.conversation import House
from bot.tasks import TASKS, Task
from bot.writer import Writer
from storage.jobs import QUEUE, defer, take_turn, task_name

_log = structlog.get_logger(__name__)

#: Jobs that one worker does at once: of the writing threads, some are left for sending.
AT_ONCE = 2
#: Seconds after which a job makes room for others and defers what is left.
TURN = 1.0
#: Seconds between two looks for a job where nobody told of one; between two signs of life; without one until a worker counts as dead.
POLL, HEARTBEAT, DEAD_AFTER = 1.0, 3.0, 15.0
#: Seconds to wait before the first and the later tries to reach a database that is away.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0


class Working:
    """Does jobs until it is cancelled; `stop` first has those under way end after their slice."""

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
        self._stopping = False

    def stop(self) -> None:
        """Begin no further slice; what is left of a job is deferred anew."""
        self._stopping = True

    async def run(self) -> None:
        """Take jobs and do them, whatever becomes of the database meanwhile."""
        pause = FIRST_PAUSE
        while not self._stopping:
            begun = time.monotonic()
            try:
                await self._take_jobs(self._app())
            except Exception as error:  # noqa: BLE001 - the database went away; once it is back the rows still say what is due
                _log.warning("working.database", error=type(error).__name__, again_in=pause)
            pause = FIRST_PAUSE if time.monotonic() - begun > LONGEST_PAUSE else min(LONGEST_PAUSE, pause * 2)
            await asyncio.sleep(pause)

    def _app(self) -> procrastinate.App:
        address = self._writer.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=AT_ONCE + 2, timeout=10.0)
        )
        for task in self._tasks:
            app.task(name=task_name(task.name), queue=QUEUE)(partial(self._do, task))
        return app

    async def _take_jobs(self, app: procrastinate.App) -> None:
        async with app.open_async():
            rescuing = asyncio.create_task(self._rescue(app), name="rescue jobs")
            try:
                await app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=AT_ONCE,
                    fetch_job_polling_interval=POLL,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=DEAD_AFTER,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
            finally:
                rescuing.cancel()
                await asyncio.gather(rescuing, return_exceptions=True)

    async def _do(self, task: Task) -> None:
        """One job: slices, each in a transaction of its own, until nothing is left or others should have their turn."""
        until = time.monotonic() + TURN
        try:
            while await self._writer.run(partial(self._slice, task)):
                self._worked()
                if self._stopping or time.monotonic() > until:
                    await self._writer.run(partial(self._defer, task))
                    return
        except SQLAlchemyError as error:
            # What was begun is rolled back; the rows still say what is due, and the scheduler's next tick finds it.
            _log.error("task.failed", task=task.name, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one kind of work that fails must not end the others
            _log.exception("task.failed", task=task.name, error=type(error).__name__)

    def _slice(self, task: Task, connection: Connection) -> int:
        # One at a time does a kind of work; whoever finds another at it leaves it to them. A dead worker's turn ends with it.
        return task.work(connection, self._clock.now(), self._house) if take_turn(connection, task.name) else 0

    def _defer(self, task: Task, connection: Connection) -> None:
        defer(connection, task.name, task.priority)

    async def _rescue(self, app: procrastinate.App) -> None:
        """Put the jobs of dead workers back, and forget those workers."""
        jobs = app.job_manager
        while True:
            try:
                for job in await jobs.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=DEAD_AFTER):
                    await self._put_back(app, job)
                await jobs.prune_stalled_workers(DEAD_AFTER)
            except ConnectorException as error:
                _log.warning("working.rescue", error=type(error).__name__)
            await asyncio.sleep(HEARTBEAT)

    async def _put_back(self, app: procrastinate.App, job: Job) -> None:
        try:
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
            _log.info("job.put_back", task=job.task_name)
        except UniqueViolation:
            # One that says the same waits already.
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


__all__ = ["Working"]
