"""What this process has counted since it began, for /metrics: how texts were handled and what became of messages."""

from __future__ import annotations

from functools import cache

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


def count_send(channel: str, result: object) -> None:
    """Count one try to send; `result` as a channel gives it."""
    _sends(channel, type(result).__name__, getattr(result, "code", "")).inc()


@cache
def _sends(channel: str, result: str, code: str) -> Counter:
    # As many as there are lines on /metrics; finding one anew takes longer than counting.
    return SENDS.labels(channel, result.lower(), code)
