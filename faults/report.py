"""The report of a run, for people: what was done, what was counted, which promise was broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from faults.course import Outcome


def as_lines(outcomes: Sequence[Outcome], seed: int) -> Iterator[str]:
    """A few lines for each database, and the last word."""
    for outcome in outcomes:
        yield from _of(outcome)
    short = [outcome.plan.database for outcome in outcomes if not outcome.whole]
    if short:
        yield f"There was no time for all that was asked for ({', '.join(short)}): give --seconds more."
    broken = [outcome.plan.database for outcome in outcomes if not outcome.kept]
    yield f"A promise was broken on {' and '.join(broken)}; seed {seed}." if broken else "Every promise was kept."


def _of(outcome: Outcome) -> Iterator[str]:
    plan = outcome.plan
    yield f"{plan.database}, {outcome.seconds:.0f} s"
    yield f"  done: {_listed(outcome.done)}"
    yield f"  seen: {_listed(outcome.figures)}"
    audit = outcome.audit
    words = ", ".join(f"{name} {audit[name]}" for name in audit if name not in ("ok", "findings"))
    yield f"  soundings audit: {'kept' if audit.get('ok') else 'BROKEN'} ({words})"
    for finding in audit.get("findings", []):
        yield f"    {finding['kind']}: {finding['count']} x {finding['code']} ({finding['of']} {finding['examples'][:5]})"
    for promise, count in outcome.broken.most_common():
        yield f"  BROKEN {count} x {promise}: {'; '.join(outcome.examples.get(promise, [])[:3])}"
    for example in outcome.examples.get("clocks", [])[:3]:
        yield f"    {example}"


def _listed(counts: dict[str, float] | dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


__all__ = ["as_lines"]
