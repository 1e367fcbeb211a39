"""What this process has counted since it began, for /metrics: how texts were handled and what became of messages."""

from __future__ import annotations

import collections
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

#: What counts here; figures that every process shares are read from the database when somebody asks.
COUNTED = CollectorRegistry()

HANDLING = Histogram(
    "soundings_inbound_seconds",
    "From an inbound text to its commit",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0),
    registry=COUNTED,
)
SENDS = Counter(
    "soundings_sends_total",
    "Tries to send by channel, what came of them and the provider's code",
    ["channel", "result", "code"],
    registry=COUNTED,
)


def count_sends(tries: Iterable[tuple[str, object]]) -> None:
    """Count tries to send: each one's channel, and its result as the channel gave it."""
    counts = collections.Counter(
        (channel, type(result).__name__.lower(), getattr(result, "code", "")) for channel, result in tries
    )
    for labels, count in counts.items():
        SENDS.labels(*labels).inc(count)
