"""What the harness knows by itself: every text that residents sent, when it was taken, and which answer it gave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(slots=True)
class SentIn:
    """A text of a resident. `provider_id` is the provider's id of it, the same however often it is handed in.

    `address` such as `sms:+19025550123`; `acknowledged_at` when it was first answered with 200; `replays` how often it was
    handed in after that.
    """

    provider_id: str
    address: str
    words: str
    acknowledged_at: datetime | None = None
    tries: int = 0
    replays: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that a resident gave to a question of a flow by one text, as it ought to be understood."""

    address: str
    flow: str
    question: str
    provider_id: str
    value: object


@dataclass(slots=True)
class Truth:
    """All of it. `loose`: residents who text twice at once, of whom no single text is known to be the answer;
    `left`: flows that a resident went through to the end; `stopped`: when a STOP was first acknowledged."""

    texts: dict[str, SentIn] = field(default_factory=dict)
    given: dict[tuple[str, str, str], Given] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    left: set[tuple[str, str]] = field(default_factory=set)
    stopped: dict[str, datetime] = field(default_factory=dict)
    forged: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    forged_statuses: Counter[int] = field(default_factory=Counter)

    def sends(self, provider_id: str, address: str, words: str) -> SentIn:
        """A resident presses send."""
        text = self.texts[provider_id] = SentIn(provider_id, address, words)
        return text

    def answered(self, text: SentIn, status: int) -> bool:
        """Note what a webhook answered (0: nobody did); whether the text is taken."""
        self.statuses[status] += 1
        if status != 200:
            return False
        if text.acknowledged_at is None:
            text.acknowledged_at = datetime.now(UTC)
        return True
