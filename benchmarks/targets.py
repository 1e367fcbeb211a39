"""The targets: each a ratio of two sides that run in one benchmark, or a limit; what must be reached and what is aimed at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """`lower`: less is better. `unit`: nothing for a ratio."""

    what: str
    must: float
    aim: float
    lower: bool = False
    unit: str = ""

    def verdict(self, value: float) -> str:
        """What a value is beside this target: `aim`, `must` or `missed`."""
        if value <= self.aim if self.lower else value >= self.aim:
            return "aim"
        return "must" if (value <= self.must if self.lower else value >= self.must) else "missed"


TARGETS = {
    "R1": Target("inbound texts on PostgreSQL ÷ pgbench of the same five statements, 16 clients", 0.8, 1.5),
    "R2": Target("inbound texts on SQLite (FULL) ÷ bare sqlite3 transactions of four statements", 0.7, 1.0),
    "R3": Target("dispatch to Twilio ÷ bare aiohttp, as many at once", 0.6, 0.9),
    "R4": Target("Telegram sends ÷ bare aiohttp JSON", 0.3, 0.7),
    "R5": Target("launch ÷ raw INSERT … SELECT of the same rows", 0.5, 0.9),
    "R6": Target("receipts ÷ pgbench one-row insert, 16 clients", 0.4, 0.6),
    "R7": Target("engine steps ÷ `transitions` on the same flow", 0.5, 1.0),
    "R8": Target("inbound p99 at half of peak ÷ p50 of one client", 15, 8, lower=True),
    "R9 idle": Target("peak memory of `serve`, idle", 150, 100, lower=True, unit="MB"),
    "R9 launch": Target("peak memory of `serve` after a launch to a million", 300, 200, lower=True, unit="MB"),
    "R10": Target("one message behind a long past ÷ with 1 k participants and none", 1.5, 1.1, lower=True),
}
