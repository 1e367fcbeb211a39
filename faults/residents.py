"""Simulated residents: they read what reaches their phone, think, answer, grow impatient, say STOP; and remember what they said."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from faults.survey import STORM, Question, heard
from faults.truth import Given, SentIn, Truth

#: Asks for the open question again, and never is an answer itself.
NUDGE = "repeat"
#: Seconds without a word after one's own text until a resident asks, and how many times; each wait is longer than the last.
PATIENCE, NUDGES = 5.0, 6
#: Seconds that a forgetful resident waits for a reminder before they answer by themselves.
FORGETS = 100.0

#: Hands a text in until it is taken: the resident's address and words -> what was sent; it is shown as soon as it is written.
Insist = Callable[[str, str, Callable[[SentIn], None]], Awaitable[SentIn]]


@dataclass(slots=True)
class Pace:
    """How long residents think, in seconds, from and to: the storm adjusts it."""

    shortest: float = 0.2
    longest: float = 2.0

    def suit(self, talking: int, a_second: float, shortest: float) -> None:
        """Have so many residents text at most `a_second` times together, and nobody think for less than `shortest`."""
        self.shortest = max(shortest, 0.5 * talking / a_second)
        self.longest = 3 * self.shortest


@dataclass(slots=True)
class Resident:
    """One person. `stops_at`: the question that they answer with STOP, or, where
    the reply to an answer `crosses` it, say STOP to as soon as that is on its way; `doubles`: texts twice at once now and then;
    `forgets_at`: the question that they leave until the reminder comes; `flows`: those that they are to go through."""

    address: str
    truth: Truth = field(repr=False)
    insist: Insist = field(repr=False)
    pace: Pace
    chance: random.Random
    stops_at: Question | None = None
    crosses: Callable[[], Coroutine[Any, Any, None]] | None = None
    doubles: bool = False
    forgets_at: Question | None = None
    flows: set[str] = field(default_factory=lambda: set(STORM))
    reached: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    stopped: bool = False
    busy: bool = False
    _mail: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    _replied: set[Question] = field(default_factory=set)
    _nudges: int = 0
    _forgot: bool = False

    @property
    def done(self) -> bool:
        """Whether there is nothing left for them to say."""
        return self.stopped or self.flows <= self.finished

    @property
    def waits(self) -> bool:
        """Whether they neither act nor mean to: what they hear next, if anything, is up to the program."""
        return not self.busy and self._mail.empty() and (self.done or not self._talking or self._nudges >= NUDGES)

    @property
    def _talking(self) -> bool:
        return bool(self.reached - self.finished)

    def hear(self, text: str) -> None:
        """A message reaches the phone."""
        self._mail.put_nowait(text)

    def encourage(self) -> None:
        """After a long silence, let them ask once more where things stand."""
        if not self.done:
            self._nudges = NUDGES - 1
            self.reached |= self.flows - self.finished
            self._mail.put_nowait("")

    async def live(self) -> None:
        """Read and answer, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._patience()):
                    text = await self._mail.get()
            except TimeoutError:
                text = ""
            self.busy = True
            try:
                await self._react(text)
            finally:
                self.busy = False

    def _patience(self) -> float | None:
        if self.done or not self._talking or self._nudges >= NUDGES:
            return None
        if self._forgot:
            return FORGETS
        return PATIENCE * float(2**self._nudges) * self.chance.uniform(0.8, 1.2)

    async def _react(self, text: str) -> None:
        if self.stopped:
            return
        found = heard(text)
        if isinstance(found, str):
            self.reached.add(found)
            self.finished.add(found)
            self.truth.left.add((self.address, found))
            self._nudges = 0
        elif isinstance(found, Question):
            self.reached.add(found.flow)
            await self._answer(found)
        elif text == "" and self._talking:
            await self._lose_patience()

    async def _lose_patience(self) -> None:
        self._nudges += 1
        self._forgot = False
        await self._text(NUDGE)

    async def _answer(self, question: Question) -> None:
        if question in self._replied:
            return  # a repetition that crossed the answer
        if question == self.forgets_at:
            self.forgets_at, self._forgot = None, True
            return
        self._nudges, self._forgot = 0, False
        await asyncio.sleep(self.chance.uniform(self.pace.shortest, self.pace.longest))
        self._replied.add(question)
        if question == self.stops_at and self.crosses is None:
            await self._stop()
            return
        words, value = question.reply(self.chance)
        if self.doubles and question.kind == "text" and self.chance.random() < 0.5:
            await asyncio.gather(self._text(words), self._text(f"and {words} too"))
            return
        key = (self.address, question.flow, question.name)

        def gives(text: SentIn) -> None:
            self.truth.given[key] = Given(*key, text.provider_id, value)

        if question != self.stops_at or self.crosses is None:
            await self._text(words, gives)
            return
        meeting = asyncio.create_task(self.crosses())
        await self._text(words, gives)
        await meeting
        await self._stop()

    async def _text(self, words: str, written: Callable[[SentIn], None] = lambda _: None) -> SentIn:
        return await self.insist(self.address, words, written)

    async def _stop(self) -> None:
        text = await self._text("STOP")
        self.stopped = True
        if text.acknowledged_at is not None:
            self.truth.stopped[self.address] = text.acknowledged_at
        if self.chance.random() < 0.3:
            await asyncio.sleep(self.chance.uniform(0.2, 3.0))
            await self._text("hello?")
