"""The clocks change: a campaign, reminders and updates over both nights of daylight saving, on a clock that the harness sets.

Nothing is killed here and nothing is random: each message has the one moment at which it ought to leave, worked out beside the
program from the calendar alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.app import Installation
from bot.blocks import opt_outs
from bot.campaigns.audience import Audience
from bot.campaigns.launch import create_campaign
from bot.channels.base import Accepted, FetchedMedium, IncomingMedium, MediumRefused, Outgoing, SendResult
from bot.clock import SetClock
from bot.config import Settings
from bot.delivery.dispatcher import Dispatcher
from bot.hours import DEFAULT_HOURS
from bot.tasks import TASKS
from bot.updates.schedule import schedule_update
from bot.writer import Writer
from faults.watch import Watched
from storage.communities import find_community
from storage.database import Database
from storage.models import Campaign, Invitation, Message, Run, Update
from tests.builders import a_community, a_participant, a_revision, a_sender

HOME: Final = "America/Halifax"
#: The nights of both changes: the Sunday on which the clocks go forward, and the one on which they go back.
NIGHTS: Final = {"forward": date(2027, 3, 14), "back": date(2026, 11, 1)}
#: Whose clocks change in other nights, or never, or by the half hour.
ZONES: Final = (None, "America/St_Johns", "America/Regina", "Europe/London")
FLOW = """\
flow: tide
title: Tide
languages: [en]
expires: 6d
reminders: [1d, 48h]
start: high
states:
  high:
    ask: text
    text: How high was the water?
    next: done
  done:
    say: Thank you.
    end: completed
"""
#: How long it is watched.
LASTS: Final = timedelta(days=5)
#: Neither holidays nor caps, which would put messages off for reasons of their own.
UNBOUND: Final = {"holidays": "", "cap_per_day": 1_000, "cap_per_week": 1_000}
#: A reminder that comes by the clock's jump may be a moment late: the ticks look once a second.
LATE = timedelta(seconds=2)


@dataclass(slots=True)
class _Noted:
    """A channel that notes when each message leaves."""

    clock: SetClock
    left: dict[str, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    name: str = "sms"

    async def open(self) -> None:
        """There is nothing to open."""

    async def close(self) -> None:
        """There is nothing to close."""

    async def send(self, message: Outgoing) -> SendResult:
        """It leaves."""
        self.left[message.address].append((self.clock.now(), message.text))
        return Accepted(f"noted-{message.message_id}", "delivered")

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        """Nobody sends photos."""
        raise MediumRefused(f"there is none ({medium.kind}, {limit})")


async def over_the_night(database: Database, night: date) -> Watched:
    """Five days around one change of the clocks, in an empty database."""
    seen = Watched()
    home = ZoneInfo(HOME)
    clock = SetClock(_local(night - timedelta(days=2), time(12), home))
    house = Installation(Settings(database_url=str(database.url)), database, clock)
    noted = _Noted(clock)
    expected = _set_up(house, night)
    writer = Writer(database)
    dispatcher = Dispatcher(writer, {"sms": noted}, clock, opt_outs=opt_outs(house.house), burst=60.0)
    end = clock.now() + LASTS
    while clock.now() < end:
        for task in TASKS:
            while writer.write(lambda connection, task=task: task.work(connection, clock.now(), house.house)):  # type: ignore[misc]
                pass
        again = await dispatcher.drain()
        clock.set(min(end, _next(database, clock.now(), again)))
    writer.close()
    _compare(seen, noted, expected)
    return seen


def _set_up(house: Installation, night: date) -> dict[str, list[tuple[datetime, str]]]:
    """Two communities, one that never sleeps and one with the usual hours; what is to reach whom at which moment."""
    home, saturday = ZoneInfo(HOME), night - timedelta(days=1)
    expected: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    now = house.clock.now()
    with house.database.write() as connection:
        for slug, hours in (("always", None), ("usual", DEFAULT_HOURS)):
            at = len(expected)
            changes = {} if hours is None else {"hours": hours}
            community_id = a_community(connection, slug, timezone=HOME, settings=UNBOUND, **changes)
            sender_id = a_sender(connection, community_id, address=f"sms:+1902555010{at and 1}")
            a_revision(connection, community_id, FLOW)
            place = find_community(connection, slug)
            assert place is not None
            # In the middle of the hour that is skipped or doubled a day later, and when the town with hours sleeps.
            asked = _local(saturday, time(1 if night.month > 6 else 2, 30), home)
            create_campaign(
                connection, community=place, flow="tide", name="tide", audience=Audience(), launch_at=asked, now=now
            )
            for cron in ("30 1 * * *", "30 2 * * *"):
                schedule_update(
                    connection, community=place, campaign=None, texts={"en": f"Tide at {cron[3]}:30"},
                    otherwise=None, at=None, cron=cron, subscribers=True, now=now,
                )  # fmt: skip
            for zone in ZONES:
                address = f"sms:+1902555{150 + len(expected):04}"
                a_participant(connection, community_id, address, sender_id=sender_id, timezone=zone)
                expected[address] = _expected(night, asked, ZoneInfo(zone or HOME), now, hours is not None)
    return expected


def _expected(night: date, asked: datetime, zone: ZoneInfo, now: datetime, sleeps: bool) -> list[tuple[datetime, str]]:
    """Every message to one resident: the question, two reminders, and an update a night for each of two hours."""
    asked = _opening(asked, zone) if sleeps else asked
    clock = asked.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
    first = _local(clock.date(), clock.time(), zone)
    found = [(asked, "question"), (first, "reminder"), (asked + timedelta(hours=48), "reminder")]
    for hour in (1, 2):
        for day in range(-3, 4):
            at = _local(night + timedelta(days=day), time(hour, 30), ZoneInfo(HOME))
            if at > now:
                found.append((at, f"Tide at {hour}:30"))
    leaves = ((_opening(at, zone) if sleeps else at, what) for at, what in found)
    return sorted((at, what) for at, what in leaves if at < now + LASTS)


def _local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A time of a day in UTC: the first where it comes twice, the next that there is where it is skipped (DESIGN §10)."""
    wanted = datetime.combine(day, clock)
    while True:
        there = wanted.replace(tzinfo=zone).astimezone(UTC)
        if there.astimezone(zone).replace(tzinfo=None) == wanted:
            return there
        wanted += timedelta(minutes=1)


def _opening(at: datetime, zone: ZoneInfo) -> datetime:
    """When a resident may be texted: 9:00 to 20:30 on weekdays, 10:00 to 18:00 at weekends, on their own clock."""
    day = at.astimezone(zone).date()
    while True:
        weekend = day.weekday() >= 5
        opens = _local(day, time(10) if weekend else time(9), zone)
        if at < _local(day, time(18) if weekend else time(20, 30), zone):
            return max(at, opens)
        day += timedelta(days=1)


def _next(database: Database, now: datetime, again: datetime | None) -> datetime:
    """The next moment at which anything is due by the rows."""
    with database.read() as connection:
        due = [
            connection.execute(select(func.min(column)).where(column > now, condition)).scalar_one()
            for column, condition in (
                (Message.due_at, Message.status == "queued"),
                (Run.due_at, Run.status == "active"),
                (Update.next_at, Update.next_at.is_not(None)),
                (Campaign.launch_at, Campaign.status == "scheduled"),
            )
        ]
        waiting = connection.execute(select(func.count()).where(Invitation.status == "pending")).scalar_one()
    times = [at for at in (*due, again) if at is not None and at > now]
    if waiting:
        times.append(now + timedelta(seconds=1))
    return min([*times, now + timedelta(hours=6)])


def _compare(seen: Watched, noted: _Noted, expected: dict[str, list[tuple[datetime, str]]]) -> None:
    for address, due in expected.items():
        left = [(at, _what(text)) for at, text in noted.left[address]]
        seen.figures["messages over a change of clocks"] = seen.figures.get(
            "messages over a change of clocks", 0
        ) + len(left)
        missing = Counter(what for _, what in due) - Counter(what for _, what in left)
        spare = Counter(what for _, what in left) - Counter(what for _, what in due)
        seen.broken["not sent over a change of clocks"] += missing.total()
        seen.broken["sent once too often over a change of clocks"] += spare.total()
        for what in {what for _, what in due}:
            wanted = sorted(at for at, kind in due if kind == what)
            came = sorted(at for at, kind in left if kind == what)
            for ought, did in zip(wanted, came, strict=False):
                if not ought <= did <= ought + LATE:
                    seen.broken["at the wrong hour over a change of clocks"] += 1
                    seen.examples.append(f"{address[-4:]} {what}: {did:%a %H:%M:%S} UTC instead of {ought:%a %H:%M:%S}")
    seen.broken = +seen.broken


def _what(text: str) -> str:
    if text.startswith("Tide at"):
        return text
    return "question" if text.startswith("How high") else "reminder"
