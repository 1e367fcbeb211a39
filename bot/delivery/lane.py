"""One sender's messages in this process: those on their way, and the few that are claimed already and wait for a place."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field

from bot.delivery.claim import Claimed
from storage.models.messages import PRIORITY_REPLY

#: Seconds' worth of sends that are claimed ahead, so that a fast provider never waits for the database: so many times what a claim
#: takes, within these. The next one is asked for when half of it is left, which must outlast a claim that waits for results to be
#: recorded. What a process that is killed had claimed is in doubt, so that it is as little as serves.
AHEAD, FARTHEST_AHEAD, CLAIMS_AHEAD = 0.1, 0.4, 4
#: Seconds after which what waits for a place goes back into the queue: consent and hours are looked at when it is claimed anew.
STALE_AFTER = 1.0
#: Seconds over which the rate of sends is measured, and what is left of it where the next such span had fewer: a lane that stood empty
#: for want of messages must not want fewer for it.
_MEASURED, _KEPT = 0.1, 0.8

#: A task that sends one message after the other.
Carrier = asyncio.Task[None]


@dataclass(slots=True)
class Lane:
    """`places`: how many messages may be on their way at once, a quarter of them for replies alone.

    `send` sends one message and records what became of it, and says `leave` in between; `release` puts one back that was not
    handed over; `room` is called when there are places again for what is known to be due (`more`). `again`: the loop's time
    before which the pace lets nothing leave. `claim_seconds`: how long the last claim took. `sending`: who carries a message just now.
    """

    sender_id: int
    places: int
    send: Callable[[Lane, Claimed, Carrier], Coroutine[None, None, None]]
    release: Callable[[Claimed], None]
    room: Callable[[Lane], object]
    claiming: bool = False
    more: bool = False
    again: float = 0.0
    claim_seconds: float = 0.0
    sending: set[Carrier] = field(default_factory=set)
    _replies: deque[tuple[float, Claimed]] = field(default_factory=deque)
    _others: deque[tuple[float, Claimed]] = field(default_factory=deque)
    _sent: int = 0
    _since: float = 0.0
    _rate: float = 0.0

    @property
    def for_replies(self) -> int:
        """Places that are kept for replies."""
        return self.places // 4

    def wanted(self) -> tuple[int, int]:
        """How many messages to claim now, and how many of them may be no replies; (0, 0) while there is no need."""
        seconds = min(FARTHEST_AHEAD, max(AHEAD, CLAIMS_AHEAD * self.claim_seconds))
        ahead = min(8 * self.places, int(self._measured() * seconds))
        waiting = len(self._replies) + len(self._others)
        free = self.places - len(self.sending) + ahead - waiting
        if free < max(1, self.places // 4) or (ahead and waiting > ahead // 2):
            return 0, 0
        return free, max(0, free - self.for_replies)

    def take(self, messages: Iterable[Claimed]) -> None:
        """Send these as soon as there are places, replies first."""
        now = asyncio.get_running_loop().time()
        for message in messages:
            (self._replies if message.priority == PRIORITY_REPLY else self._others).append((now, message))
        self._fill()

    def empty(self) -> None:
        """Put back whatever is not on its way, and claim nothing ahead until sends go well again."""
        self._rate, self._sent = 0.0, 0
        for waiting in (self._replies, self._others):
            while waiting:
                self.release(waiting.popleft()[1])

    def leave(self, carrier: Carrier) -> None:
        """A message's result is known: its place is free."""
        if carrier in self.sending:
            self.sending.discard(carrier)
            self._sent += 1

    def _fill(self) -> None:
        while (message := self._next()) is not None:
            carrier = asyncio.create_task(self._carry(message))
            self.sending.add(carrier)
            carrier.add_done_callback(self._done)

    def _next(self) -> Claimed | None:
        """What there is a place for."""
        on_their_way = len(self.sending)
        while self._replies and on_their_way < self.places:
            if (message := self._fresh(self._replies)) is not None:
                return message
        while self._others and on_their_way < self.places - self.for_replies:
            if (message := self._fresh(self._others)) is not None:
                return message
        return None

    def _fresh(self, waiting: deque[tuple[float, Claimed]]) -> Claimed | None:
        """The first of these, unless it has waited for too long: then it is put back."""
        taken_at, message = waiting.popleft()
        if taken_at >= asyncio.get_running_loop().time() - STALE_AFTER:
            return message
        self.release(message)
        return None

    async def _carry(self, message: Claimed | None) -> None:
        """Send this message, and those that wait for its place: a task for each would cost a tenth of what sending one does."""
        carrier = asyncio.current_task()
        assert carrier is not None  # noqa: S101 - a coroutine is run by a task
        while message is not None:
            await self.send(self, message, carrier)
            self.leave(carrier)
            message = self._next()
            if message is not None:
                self.sending.add(carrier)
            if self.more and not self.claiming:
                self.room(self)

    def _done(self, carrier: Carrier) -> None:
        self.leave(carrier)
        self._fill()

    def _measured(self) -> float:
        """Sends a second, lately."""
        now = asyncio.get_running_loop().time()
        if now - self._since >= _MEASURED:
            self._rate = max(self._sent / (now - self._since), self._rate * _KEPT)
            self._sent, self._since = 0, now
        return self._rate


__all__ = ["AHEAD", "STALE_AFTER", "Lane"]
