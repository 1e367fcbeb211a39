"""The course of one database: both nights of the clocks; storm, calm, the lead lost, everything restarted in turn; then the audit."""

from __future__ import annotations

import contextlib
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.calm import calm_down
from faults.clocks import NIGHTS, over_the_night
from faults.evidence import keep_rows
from faults.installation import Installed, installed
from faults.plan import Plan
from faults.postgres import Cluster, cluster, wire
from faults.storm import Storm
from faults.verdict import judge
from faults.watch import Watched, restart_in_turn, watch_the_lead
from storage.database import Database
from storage.schema import migrate

#: Names of the databases on a server.
STORMY = "storm"


@dataclass(slots=True)
class Outcome:
    """What became of one database: what was done to it, what was counted, what was broken and, in its own words, the audit."""

    plan: Plan
    done: Counter[str] = field(default_factory=Counter)
    figures: dict[str, float] = field(default_factory=dict)
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def kept(self) -> bool:
        """Whether every promise was kept, by the harness's own books and by the program's audit."""
        return not self.broken and bool(self.audit.get("ok"))

    @property
    def whole(self) -> bool:
        """Whether there were as many messages and kills as were asked for."""
        plan = self.plan
        return self.figures.get("kills", 0) >= plan.kills and self.figures.get("messages", 0) >= plan.messages

    def add(self, seen: Watched) -> None:
        """What was seen beside the storm."""
        for name, count in seen.figures.items():
            self.figures[name] = self.figures.get(name, 0) + count
        self.broken += seen.broken
        if seen.examples:
            self.examples.setdefault("clocks", []).extend(seen.examples[:10])

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kept": self.kept,
            "whole": self.whole,
            "seed": self.plan.seed,
            "seconds": round(self.seconds),
            "done": dict(sorted(self.done.items())),
            "figures": self.figures,
            "broken": dict(self.broken),
            "examples": self.examples,
            "audit": self.audit,
        }


async def run_course(plan: Plan, place: Path) -> Outcome:
    """Run a plan in an empty folder to its end."""
    found, began = Outcome(plan), time.monotonic()
    async with contextlib.AsyncExitStack() as stack:
        server: Cluster | None = None
        if plan.database == "postgres":
            server = stack.enter_context(cluster(place))
        _say(plan, "both nights on which the clocks change")
        for name, night in NIGHTS.items():
            database = Database(server.create(name) if server else f"sqlite:///{place / name}.db")
            migrate(database)
            found.add(await over_the_night(database, night))
            database.close()
        # Last: the server that is stormed ends with the processes.
        async with _stormed(plan, place, server) as (here, storm):
            await _weather_it(found, here, storm)
    found.seconds = time.monotonic() - began
    return found


@contextlib.asynccontextmanager
async def _stormed(plan: Plan, place: Path, server: Cluster | None) -> AsyncIterator[tuple[Installed, Storm]]:
    """An installation that runs, and its storm; on PostgreSQL one process of each role reaches it by a wire."""
    async with contextlib.AsyncExitStack() as stack:
        wires, urls = [], {"": f"sqlite:///{place / 'soundings.db'}"}
        if server is not None:
            urls[""] = server.create(STORMY)
            for name, _, _ in plan.processes():
                if name.endswith("-1"):
                    one, urls[name] = await stack.enter_async_context(wire(urls[""]))
                    wires.append(one)
        here = await stack.enter_async_context(installed(plan, place, urls))
        if server is not None and server.folder is not None:
            here.nursery.guard(server.folder)
        _say(
            plan,
            f"{plan.messages:,} messages among {len(here.residents)} residents, {plan.kills} kills, seed {plan.seed}",
        )
        await stack.enter_async_context(here.lived_in())
        yield here, Storm(here, server, wires, STORMY if server else "")


async def _weather_it(found: Outcome, here: Installed, storm: Storm) -> None:
    plan = here.plan
    await storm.rage()
    _say(plan, f"calm after {storm.kills} kills in {storm.seconds:.0f} s")
    began = time.monotonic()
    if not await calm_down(here):
        found.broken["did not come to rest"] += 1
    found.figures["to come to rest, s"] = round(time.monotonic() - began, 1)
    found.done = storm.done + here.weather.drawn
    found.figures |= {"kills": storm.kills, "storm, s": round(storm.seconds, 1)}
    for slot in here.slots:
        for code, count in slot.ended_alone.items():
            found.figures[f"ended by themselves with {code}"] = (
                found.figures.get(f"ended by themselves with {code}", 0) + count
            )
    if here.of_role("scheduler"):
        _say(plan, "the leading scheduler dies for good")
        found.add(await watch_the_lead(here))
    _say(plan, "every process is restarted in turn")
    found.add(await restart_in_turn(here))
    await here.mail.settled(30)
    verdict = judge(here)
    found.figures |= verdict.figures
    found.broken += verdict.broken
    found.examples |= verdict.examples
    left = sum(not resident.done for resident in here.residents)
    if left:
        found.broken["residents left behind"] += left
    audited = await here.nursery.run("audit", "--json", seconds=120)
    found.audit = audited.json if audited.printed else {"ok": False, "ended with": audited.code}
    if (audited.code == 0) != bool(found.audit.get("ok")):
        found.broken["audit's exit code is not its word"] += 1
    if not found.kept:
        _say(plan, f"a promise was broken: rows in {keep_rows(here)}")


def plan_of(database: Any, *, messages: int, kills: int, seed: int, seconds: float, settling: float) -> Plan:
    """The plan of one database as `make faults` runs it, without cutting any wait of the program's."""
    return Plan(database, messages, kills, random.Random(f"{seed} {database}").randrange(10**6), seconds, settling)


def _say(plan: Plan, words: str) -> None:
    sys.stderr.write(f"{plan.database}: {words}\n")
    sys.stderr.flush()


__all__ = ["Outcome", "plan_of", "run_course"]
