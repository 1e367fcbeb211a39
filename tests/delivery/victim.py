"""A worker to be killed: dispatches an outbox to a provider that is its standard output, a line for each message it was handed.

python -m tests.delivery.victim DATABASE_URL
"""

from __future__ import annotations

import asyncio
import os
import sys

import structlog

from bot.channels.base import Accepted, FetchedMedium, IncomingMedium, MediumRefused, Outgoing, SendResult
from bot.clock import SystemClock
from bot.delivery.dispatcher import Dispatcher
from bot.writer import Writer
from storage.database import Database


class LineChannel:
    """Takes each message by a line in a pipe, which outlives the process that is killed, and answers a little later."""

    name = "sms"

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, message: Outgoing) -> SendResult:
        os.write(1, f"{message.message_id}\n".encode())
        await asyncio.sleep(0.01)
        return Accepted(f"SM{message.message_id:032}")

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        raise MediumRefused("this channel has none")


async def main(url: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    writer = Writer(Database(url))
    dispatcher = Dispatcher(writer, {"sms": LineChannel()}, SystemClock(), opt_outs=lambda *_: None, places=8)
    await dispatcher.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
