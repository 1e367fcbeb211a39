"""How texts reach the program: handed in until they are taken, now and then again later, and forged ones among them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

import aiohttp

from faults.providers import FaultyTelegram, FaultyTwilio
from faults.truth import SentIn, Truth
from tests.providers import telegram_updates as updates
from tests.providers.twilio_forms import inbound_form, new_sid

#: Seconds until a provider hands in again what was not taken, from and to.
AGAIN = (0.05, 0.4)
#: How many texts in a hundred are handed in once more though they were taken, and within how many seconds.
REPLAYED, REPLAYED_WITHIN = 5, 20.0
#: How many texts in a hundred are followed by a forged one.
FORGED = 2


@dataclass(slots=True)
class Mail:
    """`numbers`: resident's address -> the number of ours that they text to. `closing` ends all insisting."""

    twilio: FaultyTwilio
    telegram: FaultyTelegram
    truth: Truth
    numbers: Mapping[str, str]
    chance: random.Random
    fair: bool = False
    closing: bool = False
    later: set[asyncio.Task[None]] = field(default_factory=set)

    async def insist(self, address: str, words: str, written: Callable[[SentIn], None] = lambda _: None) -> SentIn:
        """A resident's text, handed in until it is taken, always as the same one; `written` sees it before."""
        channel, _, number = address.partition(":")
        if channel == "telegram":
            update = updates.text(int(number), words)
            text = self.truth.sends(str(update["update_id"]), address, words)
        else:
            update = None
            text = self.truth.sends(new_sid(), address, words)
        written(text)
        if not self.fair and self.chance.random() * 100 < FORGED:
            self._in_background(self._forge(address, words))
        while not self.truth.answered(text, await self._hand_in(text, update)) and not self.closing:
            await asyncio.sleep(self.chance.uniform(*AGAIN))
        if not self.fair and self.chance.random() * 100 < REPLAYED:
            self._in_background(self._replay(text, update))
        return text

    async def _hand_in(self, text: SentIn, update: updates.Update | None) -> int:
        """Hand a text in once; what the program answered, 0 where it did not."""
        text.tries += 1
        try:
            if update is not None:
                return (await self.telegram.hand_in(f"{self.twilio.webhook}/webhooks/telegram", update)).status
            number = text.address.partition(":")[2]
            url = f"{self.twilio.webhook}/webhooks/twilio/message"
            to = self.numbers[text.address]
            return (await self.twilio.text(url, number, text.words, to=to, sid=text.provider_id)).status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    async def _replay(self, text: SentIn, update: updates.Update | None) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, REPLAYED_WITHIN if not self.fair else 0.5))
        text.replays += 1
        self.truth.answered(text, await self._hand_in(text, update))

    async def _forge(self, address: str, words: str) -> None:
        """Somebody else's text in a resident's name, and a receipt of a message that they know nothing of."""
        channel, _, number = address.partition(":")
        if channel != "sms":
            return
        sid = new_sid()
        self.truth.forged.add(sid)
        form = inbound_form(number, words, to=self.numbers[address], sid=sid)
        receipt = form | {"MessageStatus": "failed", "ErrorCode": "21610"}
        for path, given in (("message", form), (f"status?m={self.chance.randrange(1, 1000)}", receipt)):
            try:
                answer = await self.twilio.forge(f"{self.twilio.webhook}/webhooks/twilio/{path}", given)
            except (aiohttp.ClientError, TimeoutError, OSError):
                self.truth.forged_statuses[0] += 1
            else:
                self.truth.forged_statuses[answer.status] += 1

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self.later.add(task)
        task.add_done_callback(self.later.discard)

    async def settled(self, seconds: float) -> None:
        """Wait until nothing is to be handed in any more, or cancel what is."""
        if self.later:
            _, late = await asyncio.wait(self.later, timeout=seconds)
            for task in late:
                task.cancel()
