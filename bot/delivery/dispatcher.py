"""The dispatcher: on the loop, claims what each sender may send, sends it concurrently, and has the results recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.base import Accepted, Ambiguous, Channels, Outgoing, OutgoingButton, Refused, SendResult
from bot.clock import Clock
from bot.delivery.claim import Claim, Claimed, claim
from bot.delivery.consequences import OptOuts
from bot.delivery.lane import Carrier, Lane
from bot.delivery.moments import moments
from bot.delivery.pace import BURST
from bot.delivery.presence import Presence
from bot.delivery.receipts import apply_strays
from bot.delivery.recorder import Recorder
from bot.delivery.recovery import recover
from bot.delivery.results import Outcome, Released
from bot.patience import Patience
from bot.wakeup import Wakeup
from bot.writer import Writer
from storage.senders import senders_with_due

_log = structlog.get_logger(__name__)

#: Messages of one sender on their way at once; a quarter of the places is kept for replies.
PLACES = 64
#: Seconds between two looks into the outbox when nothing wakes the dispatcher (DESIGN §8).
POLL = 0.25
#: Seconds that a channel may take for one message; its own time-outs are shorter, `recovery.DEAD_AFTER` is longer.
LONGEST_SEND = 45.0
#: Seconds between two looks for what dead processes left, and for processes that are gone.
RECOVER_EVERY, MISS_EVERY = 30.0, 3.0
#: Seconds after an error of the database.
_AFTER_ERROR = 1.0
#: Seconds that a sender is left alone at the most for its pace; longer waits are the database's to tell.
_LONGEST_WAIT = 1.0
_SHORTEST_VALIDITY = timedelta(seconds=1)


class Dispatcher:
    """Sends what is in the outbox through `channels`. One a process; any number of processes on PostgreSQL.

    `run` until `stop`; or, where a test or the demonstration drives the clock, `drain` after each step of it.
    """

    def __init__(
        self,
        writer: Writer,
        channels: Channels,
        clock: Clock,
        *,
        opt_outs: OptOuts,
        wakeup: Wakeup | None = None,
        presence: Presence | None = None,
        places: int = PLACES,
        burst: float = BURST,
    ) -> None:
        self._writer = writer
        self._channels = channels
        self._clock = clock
        self._moments = moments(clock)
        self._opt_outs = opt_outs
        self._own_wakeup = wakeup is None
        self._wakeup = wakeup or Wakeup(writer.database)
        self._places = places
        self._burst = burst
        self._lanes: dict[int, Lane] = {}
        self._patience = Patience(LONGEST_SEND)
        self._serving: set[asyncio.Task[None]] = set()
        self._recorder = Recorder(writer, clock, opt_outs=opt_outs, busy=self._is_sending, recorded=self._recorded)
        self._stopping = False
        self._presence = presence or Presence(writer.database)
        self._recovered_at = self._missed_at = float("-inf")
        self._has_predecessor = writer.database.is_sqlite

    def wake(self) -> None:
        """Look into the outbox now; from any thread."""
        self._wakeup.wake()

    async def run(self) -> None:
        """Send until `stop`. The channels are open."""
        await self._wakeup.open()
        await self._presence.open()
        while not self._stopping:
            wait = await self._guarded(self._look_round())
            await self._wakeup.wait(wait)
        await self._presence.close()
        if self._own_wakeup:
            await self._wakeup.close()

    async def stop(self, grace: float = 25.0) -> None:
        """Claim nothing more, finish what is on its way within `grace` seconds, put back what was not handed over, and record.

        What the provider has not answered by then is `unknown`.
        """
        self._stopping = True
        self._wakeup.wake()
        if self._serving:
            await asyncio.wait(self._serving)
        for lane in self._lanes.values():
            lane.empty()
        sending = self._sending()
        if sending:
            _, late = await asyncio.wait(sending, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._recorder.finish(grace)

    async def drain(self) -> datetime | None:
        """Send all that may leave at the clock's present time, and wait for the results; not while `run` runs.

        Returns when more may leave (by pace, or a provider's wish to wait), None where nothing waits for that.
        """
        while True:
            now, due = await asyncio.to_thread(self._due)
            claims = [await self._serve(self._lane(sender_id)) for sender_id in due]
            while sending := self._sending():
                await asyncio.wait(sending)
            await self._recorder.finish()
            later = [one.again_at for one in claims if one.again_at is not None]
            if not any(one.messages for one in claims) and not any(at <= now for at in later):
                return min(later, default=None)

    # -- looking round

    async def _guarded(self, looking: Awaitable[float]) -> float:
        try:
            return await looking
        except Exception as error:  # noqa: BLE001 - the loop goes on, whatever one look meets
            _log.error("dispatcher.failed", error=type(error).__name__, exc_info=not isinstance(error, SQLAlchemyError))
            return _AFTER_ERROR

    async def _look_round(self) -> float:
        """Start claims for every sender that has something due and a free place; how many seconds to wait."""
        loop = asyncio.get_running_loop()
        if self._has_predecessor or loop.time() - self._recovered_at > RECOVER_EVERY:
            # The one process of a SQLite installation knows that every claim it finds at its start is a dead one's.
            await self._recover()
        elif not self._writer.database.is_sqlite and loop.time() - self._missed_at > MISS_EVERY:
            self._missed_at = loop.time()
            await self._writer.run(self._miss)
        _, due = await asyncio.to_thread(self._due)
        return min((self._start_claim(self._lane(sender_id)) for sender_id in due), default=POLL)

    def _start_claim(self, lane: Lane) -> float:
        """Claim for a sender, unless that is under way, or too early by its pace, or there are no places; how many seconds to wait."""
        early = lane.again - asyncio.get_running_loop().time()
        if self._stopping or lane.claiming or early > 0 or not lane.wanted()[0]:
            return min(POLL, early) if early > 0 else POLL
        lane.claiming = True
        task = asyncio.create_task(self._claim_and_send(lane))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        return POLL

    async def _claim_and_send(self, lane: Lane) -> None:
        try:
            lane.more = True
            while lane.more and lane.wanted()[0] and not self._stopping:
                self._note(lane, await self._serve(lane))
        except Exception as error:  # noqa: BLE001 - the other senders go on, and this one after a while
            _log.error("claim.failed", sender_id=lane.sender_id, error=type(error).__name__, exc_info=True)
            lane.more, lane.again = False, asyncio.get_running_loop().time() + _AFTER_ERROR
        finally:
            lane.claiming = False

    def _note(self, lane: Lane, found: Claim) -> None:
        """Remember when to claim again."""
        lane.more = found.again_at is not None and found.again_at <= found.now
        lane.again = 0.0
        if found.again_at is not None and not lane.more:
            seconds = min(_LONGEST_WAIT, (found.again_at - found.now).total_seconds())
            loop = asyncio.get_running_loop()
            lane.again = loop.time() + seconds
            loop.call_later(seconds, self._wakeup.wake)

    def _due(self) -> tuple[datetime, list[int]]:
        with self._writer.database.read() as connection:
            now = self._moments(connection)
            return now, senders_with_due(connection, now, self._channels.keys())

    def _lane(self, sender_id: int) -> Lane:
        lane = self._lanes.get(sender_id)
        if lane is None:
            lane = Lane(sender_id, self._places, self._send, self._release, self._start_claim)
            self._lanes[sender_id] = lane
        return lane

    def _sending(self) -> set[Carrier]:
        return {carrier for lane in self._lanes.values() for carrier in lane.sending}

    def _release(self, message: Claimed) -> None:
        self._recorder.add(Outcome(message, Released()))

    # -- claiming and sending

    async def _serve(self, lane: Lane) -> Claim:
        """Claim for a sender and start sending."""
        tried: list[Claim] = []
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            found = await self._writer.run(partial(self._claim, lane.sender_id, *lane.wanted(), tried))
            lane.claim_seconds = loop.time() - began
        except SQLAlchemyError:
            # The commit may have happened all the same: then these are ours, and go back into the queue.
            for message in tried[-1].messages if tried else ():
                self._release(message)
            raise
        if self._stopping:
            for message in found.messages:
                self._release(message)
        else:
            lane.take(found.messages)
        return found

    def _claim(self, sender_id: int, limit: int, bulk: int, tried: list[Claim], connection: Connection) -> Claim:
        now, by = self._moments(connection), self._presence.key
        found = claim(connection, sender_id, now, limit, bulk_limit=bulk, burst=self._burst, by=by)
        tried.append(found)
        return found

    async def _send(self, lane: Lane, message: Claimed, carrier: Carrier) -> None:
        result: SendResult = Ambiguous("interrupted", "the program ended before the provider answered")
        try:
            with self._patience:
                result = await self._channels[message.channel].send(self._outgoing(message))
        except TimeoutError:
            result = Ambiguous("timeout", "the provider did not answer in time")
        except Exception as error:  # noqa: BLE001 - whatever a channel may raise, the message may have gone
            _log.exception("channel.failed", message_id=message.id, error=type(error).__name__)
            result = Ambiguous("error", f"the channel failed ({type(error).__name__})")
        finally:
            lane.leave(carrier)  # before the recorder asks whether more is to come
            if not isinstance(result, Accepted | Refused) or _stops_sender(result):
                lane.empty()  # the claim decides anew what this means for the rest
            self._recorder.add(Outcome(message, result))

    def _outgoing(self, message: Claimed) -> Outgoing:
        valid_for = None
        if message.valid_until is not None:
            valid_for = max(_SHORTEST_VALIDITY, message.valid_until - self._clock.now().astimezone(UTC))
        return Outgoing(
            message_id=message.id,
            sender=message.sender,
            address=message.address,
            text=message.text,
            buttons=tuple(OutgoingButton(key, label) for key, label in message.buttons),
            run_id=message.run_id,
            visit=message.visit,
            valid_for=valid_for,
        )

    def _recorded(self) -> None:
        # What waited for these messages' addresses may go now; a lane that knows of more finds it without a look round.
        if not any(lane.more for lane in self._lanes.values()):
            self._wakeup.wake()

    def _is_sending(self) -> bool:
        return any(lane.sending for lane in self._lanes.values())

    # -- what dead processes left

    async def _recover(self) -> None:
        self._recovered_at = asyncio.get_running_loop().time()
        await self._writer.run(partial(self._recover_now, self._has_predecessor))
        self._has_predecessor = False

    def _recover_now(self, alone: bool, connection: Connection) -> None:
        now = self._moments(connection)
        recover(connection, now, alone=alone)
        apply_strays(connection, now, opt_outs=self._opt_outs)

    def _miss(self, connection: Connection) -> None:
        now = self._moments(connection)
        if gone := self._presence.gone(connection, now):
            recover(connection, now, gone=gone)


def _stops_sender(result: SendResult) -> bool:
    return isinstance(result, Refused) and result.consequence == "sender"


__all__ = ["PLACES", "POLL", "Dispatcher"]
