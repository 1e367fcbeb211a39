"""What is run: how many messages and kills, for how long at the most, by which processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from faults.survey import LENGTH, STORM

Kind = Literal["sqlite", "postgres"]

#: Times that a short run cuts, for it cannot wait for them: where a constant stands -> seconds.
SHORT_TIMES: Mapping[str, float] = {
    "bot.delivery.dispatcher:RECOVER_EVERY": 2.0,
    "bot.delivery.recovery:DEAD_AFTER": 6.0,
    "bot.delivery.results:FIRST_PROBE": 3.0,
    "bot.schedule:LEASE_LENGTH": 4.0,
    "bot.schedule:RENEW_EVERY": 1.0,
}
#: Texts either way that one resident who goes through both flows sends and gets, about.
EACH = 2 * len(STORM) * LENGTH


#: Seconds from one kill to the next, and texts a second either way, that two idle cores keep up with.
EVERY_KILL, TEXTS_A_SECOND = 1.8, 40.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One storm over one database. `seconds` is how long it may last before it is cut short; `settling` what may come after it."""

    database: Kind
    messages: int
    kills: int
    seed: int
    seconds: float
    settling: float
    times: Mapping[str, float] = field(default_factory=dict)
    communities: int = 4

    @property
    def short(self) -> bool:
        """Whether waits are cut."""
        return bool(self.times)

    @property
    def waits_for_reminders(self) -> bool:
        """Whether there is time for them."""
        return not self.short

    @property
    def residents(self) -> int:
        """How many people it takes: some stop midway."""
        return max(12, round(self.messages / (EACH * 0.94)))

    @property
    def span(self) -> float:
        """Seconds in which all of it is meant to be done; a busy machine takes longer, up to `seconds`."""
        return min(self.seconds * 0.75, max(self.kills * EVERY_KILL, self.messages / TEXTS_A_SECOND))

    @property
    def every(self) -> float:
        """Seconds from one kill to the next, on the average, so that all fit."""
        return self.span / max(1, self.kills)

    @property
    def thinking(self) -> float:
        """Seconds that residents think at the most, so that they talk for as long as processes die: half of it on the average."""
        return 2 * self.span / (len(STORM) * LENGTH)

    def processes(self) -> list[tuple[str, str, list[str]]]:
        """(name, role, words) of each process."""
        if self.database == "sqlite":
            return [("serve", "serve", ["serve"])]
        return [
            *((f"web-{n}", "web", ["serve", "--only", "web"]) for n in (1, 2)),
            *((f"worker-{n}", "worker", ["worker"]) for n in (1, 2)),
            *((f"scheduler-{n}", "scheduler", ["scheduler"]) for n in (1, 2)),
        ]
