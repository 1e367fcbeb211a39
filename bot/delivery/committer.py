"""Receipts from webhooks, committed together: whoever submits one waits until it is durable."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.channels.base import ReceiptNews
from bot.clock import Clock
from bot.delivery.consequences import OptOuts
from bot.delivery.moments import moments
from bot.delivery.receipts import record_receipts
from bot.gathering import gather_arrived
from bot.writer import Writer

_log = structlog.get_logger(__name__)

#: Receipts in one transaction at the most.
MOST = 500
#: Seconds for which a database that is away is waited for: few providers hand a receipt in again.
PATIENCE = 9.0


class ReceiptCommitter:
    """Takes receipts on the loop and records what waits in one transaction, at once where nothing else is being written.

    A receipt that cannot be recorded fails alone: its batch is then recorded one by one.
    """

    def __init__(self, writer: Writer, clock: Clock, *, opt_outs: OptOuts) -> None:
        self._writer = writer
        self._moments = moments(clock)
        self._opt_outs = opt_outs
        self._waiting: list[tuple[str, ReceiptNews, asyncio.Future[None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def submit(self, sender: str, news: ReceiptNews) -> None:
        """Record one receipt of a message that left from our address `sender`; returns once it is committed, raises if it cannot be."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((sender, news, done))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work(), name="receipts")
        await done

    async def close(self) -> None:
        """Wait until everything submitted is recorded."""
        if self._working is not None:
            await self._working

    async def _work(self) -> None:
        while self._waiting:
            await gather_arrived(lambda: len(self._waiting), MOST)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await self._commit([(sender, news) for sender, news, _ in batch], PATIENCE)
            except Exception as error:  # noqa: BLE001 - one receipt must not keep the others from being recorded
                _log.warning("receipts.one_by_one", error=type(error).__name__, batch=len(batch))
                await self._one_by_one(batch)
            else:
                for *_, done in batch:
                    if not done.done():
                        done.set_result(None)

    async def _one_by_one(self, batch: list[tuple[str, ReceiptNews, asyncio.Future[None]]]) -> None:
        for sender, news, done in batch:
            try:
                await self._commit([(sender, news)])
            except Exception as error:  # noqa: BLE001 - the provider is answered with an error, and calls again
                _log.error("receipt.failed", error=type(error).__name__, message_id=news.message_id)
                if not done.done():
                    done.set_exception(error)
            else:
                if not done.done():
                    done.set_result(None)

    async def _commit(self, pairs: list[tuple[str, ReceiptNews]], patience: float = 0.0) -> None:
        await self._writer.run_patiently(partial(self._record, pairs), patience)

    def _record(self, pairs: list[tuple[str, ReceiptNews]], connection: Connection) -> None:
        record_receipts(connection, pairs, self._moments(connection), opt_outs=self._opt_outs)


__all__ = ["MOST", "ReceiptCommitter"]
