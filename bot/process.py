"""One running process: the writing threads, the committers, the dispatcher, the scheduler and the channels, on one loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.app import Installation
from bot.blocks import opt_outs
from bot.channels.base import Channel, Inbound, ReceiptNews
from bot.committer import Committer
from bot.config import Settings
from bot.conversation import warm_up
from bot.delivery.committer import ReceiptCommitter
from bot.delivery.dispatcher import Dispatcher
from bot.errors import NotReady
from bot.media import fetch_waiting
from bot.schedule import Scheduler
from bot.wakeup import Wakeup
from bot.writer import Writer
from storage.communities import first_sender

if TYPE_CHECKING:
    from bot.working import Working

_log = structlog.get_logger(__name__)

#: Seconds between two looks for photos that are still to be fetched.
MEDIA_EVERY = 2.0
#: How long the address of the Telegram bot is taken for true, in seconds.
SENDER_LIFE = 5.0


@dataclass(frozen=True, slots=True)
class Roles:
    """What a process does: answer webhooks and pages, send, keep time."""

    web: bool = True
    worker: bool = True
    scheduler: bool = True


def build_channels(settings: Settings) -> dict[str, Channel]:
    """Channel name -> the provider that serves it. Without a provider the simulator stands in for every channel."""
    channels: dict[str, Channel] = {}
    if settings.has_simulator:
        from bot.channels.simulator import Simulator

        simulator = Simulator()
        channels = {"sim": simulator} if settings.has_provider else dict.fromkeys(("sim", "sms", "telegram"), simulator)
    # A provider's library is large: it is imported only where it is used.
    if settings.has_twilio:
        from bot.channels.twilio import TwilioChannel

        channels["sms"] = TwilioChannel(settings, answer_seconds=settings.provider_seconds)
    if settings.has_telegram:
        from bot.channels.telegram import TelegramChannel

        channels["telegram"] = TelegramChannel(settings, answer_seconds=settings.provider_seconds)
    return channels


class Process:
    """The parts of a running process by its roles; `start` on the loop that will use them, `stop` before it ends.

    `stop` is called where a part has failed, `ready` once it works and is warm.
    """

    def __init__(
        self,
        installation: Installation,
        roles: Roles,
        *,
        stop: Callable[[], None] = lambda: None,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.installation, self.roles = installation, roles
        settings, clock, house = installation.settings, installation.clock, installation.house
        self.channels = build_channels(settings)
        self.writer = Writer(installation.database)
        self.wakeup = Wakeup(installation.database)
        blocks = opt_outs(house)
        self.committer = Committer(self.writer, clock, house, self.wakeup.wake)
        self.receipts = ReceiptCommitter(self.writer, clock, opt_outs=blocks)
        self.dispatcher = Dispatcher(self.writer, self.channels, clock, opt_outs=blocks, wakeup=self.wakeup)
        self.scheduler = Scheduler(self.writer, clock, house, worked=self.wakeup.wake)
        self.working: Working | None = None
        if roles.worker and not installation.database.is_sqlite:
            # The engine of jobs is for PostgreSQL alone, and imported only there.
            from bot.working import Working

            self.working = Working(self.writer, clock, house, worked=self.wakeup.wake)
        #: The part that failed, and ended the process.
        self.failed: str | None = None
        self._telegram: str | None = None
        self._background: list[asyncio.Task[None]] = []
        self._stop, self._ready = stop, ready

    async def start(self) -> None:
        """Open the channels and begin to work."""
        for channel in set(self.channels.values()):
            await channel.open()
        if self.roles.worker:
            self._begin(self.dispatcher.run(), "dispatcher")
            self._begin(self._fetch_media(), "media")
        if self.working is not None:
            self._begin(self.working.run(), "jobs")
        if self.roles.scheduler:
            await self.scheduler.start()
        if self.roles.web:
            self._begin(asyncio.to_thread(self._warm_up), "warm up")
        else:
            self._ready()
        if self.roles.web and self.installation.settings.has_telegram:
            self._begin(self._know_the_bot(), "telegram sender")
            self._begin(self._take_in_telegram(), "telegram")
        _log.info("process.started", web=self.roles.web, worker=self.roles.worker, scheduler=self.roles.scheduler)

    async def stop(self) -> None:
        """Take nothing more in, finish what is under way, put back what has not left."""
        if self.working is not None:
            self.working.stop()
        for task in self._background:
            if task.get_name() != "dispatcher":
                task.cancel()
        if self.roles.scheduler:
            await self.scheduler.stop()
        await self.committer.close()
        await self.receipts.close()
        if self.roles.worker:
            await self.dispatcher.stop()
        await asyncio.gather(*self._background, return_exceptions=True)
        for channel in set(self.channels.values()):
            await channel.close()
        await self.wakeup.close()
        self.writer.close()
        _log.info("process.stopped")

    async def submit(self, inbound: Inbound) -> None:
        """Take in one text; returns after its commit."""
        await self.committer.submit(inbound)

    async def record(self, news: ReceiptNews, sender: str) -> None:
        """Take in one receipt of a message that left from `sender`; returns after its commit."""
        await self.receipts.submit(sender, news)

    def telegram_sender(self) -> str | None:
        """The registered bot's address, `telegram:<name>`; None where none is registered."""
        return self._telegram

    def _begin(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._background.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        # A process half of which has died looks alive and does nothing: better that its keeper starts it anew.
        words = str(error) if isinstance(error, NotReady) else type(error).__name__
        _log.error("process.part_failed", part=task.get_name(), error=words, exc_info=error)
        self.failed = f"{task.get_name()}: {words}"
        self._stop()

    async def _fetch_media(self) -> None:
        while True:
            try:
                await fetch_waiting(self.writer, self.channels, self.installation.clock)
            except SQLAlchemyError as error:
                _log.error("media.database", error=type(error).__name__)
            await asyncio.sleep(MEDIA_EVERY)

    def _warm_up(self) -> None:
        try:
            with self.installation.read() as connection:
                warm_up(connection, self.installation.clock.now(), self.installation.house)
        except Exception as error:  # noqa: BLE001 - the first text waits a little longer, that is all
            _log.warning("process.not_warm", error=type(error).__name__)
        self._ready()

    async def _know_the_bot(self) -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError):
                self._telegram = await asyncio.to_thread(self._read_telegram_sender)
            await asyncio.sleep(SENDER_LIFE)

    def _read_telegram_sender(self) -> str | None:
        with self.installation.read() as connection:
            return first_sender(connection, "telegram")

    async def _take_in_telegram(self) -> None:
        from bot.channels.telegram import TelegramChannel
        from bot.channels.telegram_intake import poll, set_webhook

        channel, settings = self.channels["telegram"], self.installation.settings
        assert isinstance(channel, TelegramChannel)  # noqa: S101 - `build_channels` put it there
        with contextlib.suppress(asyncio.CancelledError):
            if settings.telegram_mode == "webhook":
                if settings.public_url:
                    await set_webhook(channel, settings)
                else:
                    _log.warning(
                        "telegram.no_public_url", mend="set SOUNDINGS_PUBLIC_URL, or SOUNDINGS_TELEGRAM_MODE=polling"
                    )
            else:
                await poll(channel, self.submit, sender=self.telegram_sender, clock=self.installation.clock)
