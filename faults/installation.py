"""An installation as operators run it, with its communities, senders and people, between providers in bad weather."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import update

from faults.mail import Mail
from faults.plan import Plan
from faults.processes import Nursery, Slot
from faults.providers import FaultyTelegram, FaultyTwilio, Weather
from faults.residents import Pace, Resident
from faults.survey import FLOWS, LENGTH, STORM, Question, written
from faults.truth import Truth
from storage.database import Database
from storage.models import Community
from tests.providers import telegram_updates

#: Where the providers believe us to be.
PUBLIC_URL = "https://soundings.example.org"
SECRET = "a-secret-of-tests"
BOT = str(telegram_updates.BOT["username"])
#: Numbers that the numbering plan keeps for fiction are 555-0100 to 555-0199 of each area.
AREAS = (902, 782, 506, 709, 418, 819, 514, 613, 416, 647, 905, 519, 705, 204, 306, 403, 780, 604, 250, 867)
#: What the community's limits would cut short: residents of a harness text all day.
LIMITS = {
    "replies_per_day": 1_000_000,
    "texts_per_minute": 1_000_000,
    "cap_per_day": 1_000_000,
    "cap_per_week": 1_000_000,
}
#: Of a hundred residents: how many are on Telegram, say STOP some time, text twice at once, forget until they are reminded.
ON_TELEGRAM, STOP, DOUBLE, FORGET = 12, 8, 5, 4
#: Of so many on Telegram one says STOP while the reply to their last answer is on its way.
HASTY_EVERY = 8


@dataclass(slots=True)
class Installed:
    """An installation and all that the harness holds of it. `own` is the harness's way to the database, `name` the database's."""

    plan: Plan
    place: Path
    nursery: Nursery
    own: Database
    twilio: FaultyTwilio
    telegram: FaultyTelegram
    weather: Weather
    truth: Truth
    mail: Mail
    pace: Pace
    chance: random.Random
    slots: list[Slot]
    ports: dict[str, int]
    residents: list[Resident] = field(default_factory=list)
    _heard: tuple[int, int] = (0, 0)

    def of_role(self, role: str) -> list[Slot]:
        """The slots of a role."""
        return [slot for slot in self.slots if slot.role == role]

    def route(self, url: str) -> str:
        """A public URL at one of the web processes, a live one where there is any."""
        webs = [slot for slot in self.slots if slot.name in self.ports]
        living = [slot for slot in webs if slot.child is not None and slot.child.lives]
        port = self.ports[self.chance.choice(living or webs).name]
        parts = urlsplit(url)
        return f"http://127.0.0.1:{port}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    async def command(self, *words: str) -> object:
        """A command of the program's that must succeed; what it prints, as JSON."""
        done = await self.nursery.run(*words, "--json")
        if done.code:
            raise RuntimeError(f"soundings {' '.join(words)} ended with {done.code}: see {self.place / 'log'}")
        return done.json

    @contextlib.asynccontextmanager
    async def lived_in(self) -> AsyncIterator[None]:
        """Every process runs, and residents read and answer."""
        await self.open()
        living = [asyncio.create_task(resident.live()) for resident in self.residents]
        living.append(asyncio.create_task(self._keep_delivering()))
        try:
            yield
        finally:
            for task in living:
                task.cancel()
            for error in await asyncio.gather(*living, return_exceptions=True):
                if isinstance(error, Exception):
                    raise error

    async def open(self) -> None:
        """Start every process and wait until each web process is ready."""
        for slot in self.slots:
            slot.open()
        await self.ready()

    async def ready(self, seconds: float = 40) -> None:
        """Wait until every web process answers."""
        for port in self.ports.values():
            await self.answers(port, seconds=seconds)

    async def answers(self, port: int, *, seconds: float) -> None:
        """Wait until the web process at a port is ready; raises TimeoutError."""
        async with asyncio.timeout(seconds), aiohttp.ClientSession() as session:
            while not await _is_ready(session, port):
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        """End every process at once."""
        await asyncio.gather(*(slot.close(signal.SIGKILL) for slot in self.slots))

    async def _keep_delivering(self) -> None:
        while True:
            self._deliver()
            await asyncio.sleep(0.02)

    def _deliver(self) -> None:
        """Have residents hear what reached their phones meanwhile."""
        texts, chats = self._heard
        people = {resident.address: resident for resident in self.residents}
        for text in self.twilio.sent[texts:]:
            if text.sid not in self.twilio.undelivered:
                people[f"sms:{text.to}"].hear(text.body)
        for sent in self.telegram.sent[chats:]:
            people[f"telegram:{sent.chat}"].hear(sent.text)
        self._heard = len(self.twilio.sent), len(self.telegram.sent)

    @property
    def messages(self) -> int:
        """How many texts went either way so far."""
        taken = sum(text.acknowledged_at is not None for text in self.truth.texts.values())
        return taken + len(self.twilio.sent) + len(self.telegram.sent)


async def _is_ready(session: aiohttp.ClientSession, port: int) -> bool:
    with contextlib.suppress(aiohttp.ClientError, OSError):
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    return False


@contextlib.asynccontextmanager
async def installed(
    plan: Plan,
    place: Path,
    urls: Mapping[str, str],
    *,
    around: Sequence[str] = (),
) -> AsyncIterator[Installed]:
    """An installation in a folder. `urls`: the database's by who uses it, "" for everybody else: on PostgreSQL some go by a wire."""
    chance = random.Random(plan.seed)
    weather = Weather(random.Random(chance.random()), fair=True)
    numbers = tuple(f"+1902555010{at}" for at in range(plan.communities))
    async with FaultyTwilio(weather, numbers) as twilio, FaultyTelegram(weather, SECRET) as telegram:
        twilio.webhook = PUBLIC_URL
        environment = _environment(twilio, telegram, urls[""])
        async with Nursery.opened(place, environment, times=plan.times, around=around) as nursery:
            truth, ports = Truth(), {}
            slots: list[Slot] = []
            for name, role, words in plan.processes():
                if role in ("serve", "web"):
                    ports[name] = _free_port()
                    words = [*words, "--port", str(ports[name])]
                own = {"SOUNDINGS_DATABASE_URL": urls[name]} if name in urls else {}
                slots.append(Slot(nursery, name, role, words, own))
            mail = Mail(twilio, telegram, truth, {}, random.Random(chance.random()), fair=True)
            own_database = Database(urls[""])
            found = Installed(
                plan, place, nursery, own_database, twilio, telegram, weather, truth, mail, Pace(), chance, slots, ports
            )
            twilio.route = telegram.route = found.route
            try:
                await _settle(found, numbers)
                yield found
            finally:
                mail.closing = True
                await found.close()
                own_database.close()


def _environment(twilio: FaultyTwilio, telegram: FaultyTelegram, url: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SOUNDINGS_")} | {
        "SOUNDINGS_DATABASE_URL": url,
        "SOUNDINGS_PUBLIC_URL": PUBLIC_URL,
        "SOUNDINGS_SECRET_KEY": "a key of tests",
        "SOUNDINGS_TWILIO_ACCOUNT_SID": twilio.account,
        "SOUNDINGS_TWILIO_AUTH_TOKEN": twilio.token,
        "SOUNDINGS_TWILIO_API_URL": twilio.url,
        "SOUNDINGS_TELEGRAM_TOKEN": telegram.token,
        "SOUNDINGS_TELEGRAM_SECRET": SECRET,
        "SOUNDINGS_TELEGRAM_API_URL": telegram.url,
        "SOUNDINGS_LOG_LEVEL": "warning",
    }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def _settle(here: Installed, numbers: Sequence[str]) -> None:
    """Communities, senders, flows and people, by the commands that an operator types."""
    done = await here.nursery.run("migrate")
    assert done.code == 0, "migrate failed"
    for flow in FLOWS:
        (here.place / f"{flow}.yaml").write_text(written(flow))
    people = _people(here, numbers)
    for at, number in enumerate(numbers):
        name = f"town-{at}"
        place = ("--community", name)
        await here.command(
            *("community", "add", name, "--name", f"Town {at}", "--languages", "en", "--hours", "00:00-24:00")
        )
        await here.command("sender", "add", f"sms:{number}", *place, "--opt-out", "ours", "--pace", "300")
        if at == 0:
            await here.command("sender", "add", f"telegram:{BOT}", *place)
        for flow in FLOWS:
            await here.command("flow", "publish", f"{flow}.yaml", *place)
        file = here.place / f"{name}.csv"
        file.write_text("\n".join(["phone,telegram,language", *people[at], ""]))
        consent = ("--consent-source", "fair", "--consent-date", "2026-07-01", "--consent-wording", "I agree")
        report = await here.command("participant", "import", str(file), *place, *consent)
        assert isinstance(report, dict)
        assert (report["imported"], report["rejected"]) == (len(people[at]), []), report
    with here.own.write() as connection:
        connection.execute(update(Community).values(settings=LIMITS))


def _people(here: Installed, numbers: Sequence[str]) -> list[list[str]]:
    """Draw the residents; the rows of each community's file."""
    chance, rows = here.chance, [list[str]() for _ in numbers]
    routes: dict[str, str] = {}
    for at in range(here.plan.residents):
        town = at % len(numbers)
        if chance.random() * 100 < ON_TELEGRAM:
            town, chat = 0, 5_550_000 + at
            address = f"telegram:{chat}"
            here.telegram.start_chat(chat)
            rows[town].append(f",{chat},en")
        else:
            phone = f"+1{AREAS[at // 90]}55501{at % 90 + 10:02}"
            address = f"sms:{phone}"
            rows[town].append(f"{phone},,en")
        routes[address] = numbers[town]
        here.residents.append(_resident(here, address))
    here.mail.numbers = routes
    return rows


def _resident(here: Installed, address: str) -> Resident:
    chance = random.Random(here.chance.random())
    found = Resident(address, here.truth, here.mail.insist, here.pace, chance)
    temper = chance.random() * 100
    somewhere = Question(chance.choice(STORM), chance.randint(1, LENGTH))
    channel, _, number = address.partition(":")
    if channel == "telegram" and len(here.telegram.chats) % HASTY_EVERY == 1:
        # Whom the provider puts off, for which a whole sender waits: on Telegram there are few.
        found.stops_at, found.crosses = somewhere, partial(here.telegram.meets, int(number))
    elif temper < STOP:
        found.stops_at = somewhere
    elif temper < STOP + DOUBLE:
        found.doubles = True
        here.truth.loose.add(address)
    elif temper < STOP + DOUBLE + FORGET and here.plan.waits_for_reminders:
        found.forgets_at = somewhere
    return found
