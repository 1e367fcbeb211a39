"""The outbox to a Twilio on loopback and its receipts back through the webhook: every way in which that can go wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.blocks import opt_outs
from bot.channels.twilio import TwilioChannel
from bot.clock import SetClock
from bot.config import load_settings
from bot.delivery.audit import audit
from bot.delivery.committer import ReceiptCommitter
from bot.delivery.dispatcher import Dispatcher
from bot.web.webhooks import Webhooks
from bot.writer import Writer
from storage.database import Database
from storage.models import Address, Participant
from tests.builders import a_house
from tests.delivery.post import Town, a_town
from tests.providers.asgi import served
from tests.providers.loopback import broken, cut, garbage, hangs, too_many
from tests.providers.twilio_forms import ACCOUNT, TOKEN
from tests.providers.twilio_server import SILENT, Callbacks, TwilioServer

if TYPE_CHECKING:
    from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope


@dataclass
class Line:
    """A town, its dispatcher, and the Twilio between it and its residents."""

    town: Town
    twilio: TwilioServer
    dispatcher: Dispatcher
    clock: SetClock

    async def send(self, *, after: float = 0.0) -> None:
        """Let `after` seconds pass, send what may leave, and wait for the receipts."""
        self.clock.forward(timedelta(seconds=after))
        await self.dispatcher.drain()
        await self.twilio.settled()

    def to(self, number: int) -> str:
        return f"+1902555{number:04}"

    def taken(self) -> Counter[str]:
        """How often each resident's phone rang."""
        return Counter(text.to for text in self.twilio.sent)


@asynccontextmanager
async def a_line(database: Database, clock: SetClock, *, answer_seconds: float = 20.0) -> AsyncIterator[Line]:
    async def callbacks(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await webhooks(scope, receive, send)

    writer = Writer(database)
    async with TwilioServer() as twilio, served(callbacks) as url:  # type: ignore[arg-type]
        settings = load_settings(
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_api_url=twilio.url,
            public_url=url,
            secret_key="of tests",
        )
        blocked = opt_outs(a_house(secret_key="of tests"))
        committer = ReceiptCommitter(writer, clock, opt_outs=blocked)
        webhooks = Webhooks(
            settings,
            clock,
            submit=lambda _: pytest.fail("nobody texts here"),
            record=lambda news, sender: committer.submit(sender, news),
            telegram_sender=lambda: None,
        )
        channel = TwilioChannel(settings, answer_seconds=answer_seconds)
        await channel.open()
        dispatcher = Dispatcher(writer, {"sms": channel}, clock, opt_outs=blocked)
        try:
            yield Line(a_town(database), twilio, dispatcher, clock)
        finally:
            await dispatcher.stop()
            await channel.close()
            await committer.close()
    writer.close()


@pytest.mark.parametrize(
    "callbacks",
    [
        Callbacks(),
        Callbacks(backwards=True),
        Callbacks(twice=True),
        Callbacks(early=True),
        Callbacks(early=True, backwards=True, twice=True),
    ],
)
async def test_receipts_in_whatever_order_and_however_early(
    database: Database, clock: SetClock, callbacks: Callbacks
) -> None:
    async with a_line(database, clock) as line:
        line.twilio.callbacks = callbacks
        ids = line.town.messages(5)
        await line.send()
        assert line.town.statuses(*ids) == ["delivered"] * 5
        assert [line.town.row(one).provider_id for one in ids] == [
            text.sid for text in sorted(line.twilio.sent, key=lambda text: text.to)
        ]
        assert {status for *_, status in line.twilio.callback_answers} == {200}


async def test_all_that_can_go_wrong_at_once(database: Database, clock: SetClock) -> None:
    """Nothing is sent twice, nothing lost, and what nobody can know is unknown until a receipt tells."""
    async with a_line(database, clock, answer_seconds=2.0) as line:
        town, twilio = line.town, line.twilio
        usual, later, broke, gone, timed, silent, stopped, landline, off, odd = town.messages(10)
        twilio.script(too_many(2), to=line.to(1))
        twilio.script(broken(500), to=line.to(2))
        twilio.script(broken(500, records=True), to=line.to(3))
        twilio.script(hangs(records=True), to=line.to(4))
        twilio.script(hangs(records=True), to=line.to(5))
        twilio.callbacks_to[line.to(5)] = SILENT
        twilio.opted_out.add(line.to(6))
        twilio.landlines.add(line.to(7))
        twilio.callbacks_to[line.to(8)] = Callbacks((("sent", None), ("undelivered", 30003)))
        twilio.script(garbage(), to=line.to(9))
        await line.send()
        await line.send(after=2)
        await line.send(after=60)
        assert town.statuses(usual, later) == ["delivered", "delivered"]
        assert town.row(broke).status == "unknown", "it may have gone, for all that we know"
        assert town.row(gone).status == "delivered", "its receipt told"
        assert town.row(timed).status == "delivered"
        assert town.row(silent).status == "unknown"
        assert (town.row(stopped).status, town.row(stopped).error_code) == ("failed", "21610")
        assert (town.row(landline).status, town.row(landline).error_code) == ("failed", "21614")
        assert town.row(off).status == "queued", "the phone was off: once more in an hour"
        assert town.row(odd).status == "delivered"
        twilio.callbacks_to.clear()
        await line.send(after=3600)
        assert town.row(off).status == "delivered"
        taken = line.taken()
        assert taken.pop(line.to(8)) == 2, "the phone that was off, twice"
        assert set(taken.values()) == {1}
        assert line.to(2) not in taken
        assert twilio.problems == []
        with database.read() as connection:
            rows = connection.execute(
                select(Address.address, Address.status, Participant.opted_out_at.is_not(None))
                .join(Participant)
                .where(Address.status != "open")
            )
            assert {tuple(row) for row in rows} == {
                (f"sms:{line.to(6)}", "blocked", True),
                (f"sms:{line.to(7)}", "dead", False),
            }
            report = audit(connection, clock.now() + timedelta(hours=1))
        assert (report.ok, report.unknown) == (True, 2)


async def test_a_provider_that_is_away_is_waited_for(database: Database, clock: SetClock) -> None:
    async with a_line(database, clock) as line:
        ids = line.town.messages(3)
        await line.twilio._site.stop()
        await line.send()
        assert line.town.statuses(*ids) == ["queued"] * 3
        assert line.town.row(ids[0]).error_code == "not_connected"
        await line.twilio._listen(line.twilio.port)
        await line.send(after=1)
        assert line.twilio.sent == [], "not before the pause is over"
        await line.send(after=60)
        assert line.town.statuses(*ids) == ["delivered"] * 3


async def test_a_provider_that_breaks_down_gets_one_message_at_a_time(database: Database, clock: SetClock) -> None:
    async with a_line(database, clock) as line:
        ids = line.town.messages(100)
        line.twilio.always(cut())
        await line.send()
        lost = line.twilio.requests
        assert 5 <= lost <= 64, "no more than were on their way at once"
        for wait in (30, 60, 120):
            await line.send(after=wait - 1)
            await line.send(after=1)
        assert line.twilio.requests == lost + 3
        line.twilio.always(None)
        await line.send(after=600)
        statuses = Counter(line.town.statuses(*ids))
        assert statuses == {"unknown": lost + 3, "delivered": 100 - lost - 3}
        assert set(line.taken().values()) == {1}
