"""Watching processes come and go in good weather: a standby takes over, and everything is restarted in turn without a loss."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from faults.calm import TEXTS_A_SECOND, calm_down
from faults.installation import Installed
from faults.processes import Slot
from faults.survey import ROLLING
from storage.leases import SCHEDULER
from storage.models import Lease, Message

#: How soon a standby must lead after a kill -9 of the leader, in seconds (DESIGN §8).
TAKES_OVER_WITHIN = 30.0
#: Seconds in which a process must work again after a restart: plenty, for a machine may be busy.
WORKS_AGAIN_WITHIN = 90.0
NEWS = "News 3: the harbour light is on again."


@dataclass(slots=True)
class Watched:
    """What was seen: `figures` in seconds or counts, `broken` what ought not to have been."""

    figures: dict[str, float] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


async def watch_the_lead(here: Installed) -> Watched:
    """Kill the leading scheduler for good, and see how soon the standby leads and does what is due."""
    seen = Watched()
    leader = await _leader(here)
    if leader is None:
        seen.broken["nobody led"] += 1
        return seen
    at = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    words = ("update", "schedule", "--campaign", "pulse", "--text", NEWS, "--at", at, "--community", "town-0")
    leader.absent = True
    leader.kill()
    began = time.monotonic()
    await here.command(*words)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TAKES_OVER_WITHIN + 15):
            while await _holder(here) in (None, leader.child and leader.child.pid):
                await asyncio.sleep(0.05)
            seen.figures["standby led after, s"] = round(time.monotonic() - began, 1)
            while not any(text.body == NEWS for text in here.twilio.sent):
                await asyncio.sleep(0.05)
            seen.figures["and its first update left after, s"] = round(time.monotonic() - began, 1)
    if seen.figures.get("standby led after, s", 1e9) > TAKES_OVER_WITHIN:
        seen.broken["standby late"] += 1
    if len(seen.figures) < 2:
        seen.broken["standby led and did nothing"] += 1
    leader.absent = False
    return seen


async def _leader(here: Installed) -> Slot | None:
    """The scheduler that leads, waited for while there is none."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TAKES_OVER_WITHIN + 15):
            while True:
                pid = await _holder(here)
                for slot in here.of_role("scheduler"):
                    if slot.child is not None and slot.child.lives and slot.child.pid == pid:
                        return slot
                await asyncio.sleep(0.1)
    return None


async def _holder(here: Installed) -> int | None:
    """The process that has the lease, by its number."""

    def read() -> str | None:
        with here.own.read() as connection:
            return connection.execute(select(Lease.holder).where(Lease.name == SCHEDULER)).scalar_one_or_none()

    holder = await asyncio.to_thread(read)
    return int(holder.split(":")[1]) if holder else None


async def restart_in_turn(here: Installed) -> Watched:
    """While a campaign runs, end every process as a service keeper does and start it again, one after the other."""
    seen = Watched()
    before = await asyncio.to_thread(_unknown, here)
    here.pace.suit(len(here.residents), TEXTS_A_SECOND, 0.35)
    for resident in here.residents:
        resident.flows.add(ROLLING)
    for at in range(here.plan.communities):
        await here.command("campaign", "launch", ROLLING, "--community", f"town-{at}", "--name", ROLLING)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(15):
            while not any(ROLLING in resident.reached for resident in here.residents):
                await asyncio.sleep(0.05)
    spoken = len(here.truth.texts)
    slowest = 0.0
    for slot in here.slots:
        began = time.monotonic()
        code = await slot.close(signal.SIGTERM)
        slowest = max(slowest, time.monotonic() - began)
        if code:
            seen.broken[f"ended with {code} when it was told to stop"] += 1
        slot.open()
        if not await _works_again(here, slot):
            seen.broken["did not work again after a restart"] += 1
    seen.figures["processes restarted in turn"] = len(here.slots)
    seen.figures["texts meanwhile"] = len(here.truth.texts) - spoken
    seen.figures["slowest end, s"] = round(slowest, 1)
    if not await calm_down(here):
        seen.broken["did not come to rest"] += 1
    after = await asyncio.to_thread(_unknown, here)
    if after > before:
        seen.broken["unknown after a graceful stop"] += after - before
    return seen


async def _works_again(here: Installed, slot: Slot) -> bool:
    if slot.name not in here.ports:
        await asyncio.sleep(1.0)
        return True
    try:
        await here.answers(here.ports[slot.name], seconds=WORKS_AGAIN_WITHIN)
    except TimeoutError:
        return False
    return True


def _unknown(here: Installed) -> int:
    with here.own.read() as connection:
        statement = select(func.count()).where(Message.status == "unknown")
        return int(connection.execute(statement).scalar_one())


__all__ = ["TAKES_OVER_WITHIN", "Watched", "restart_in_turn", "watch_the_lead"]
