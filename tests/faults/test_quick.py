"""`make faults` in small: a few hundred messages and a few kills, with the waits cut short, held to every promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.course import run_course
from faults.plan import SHORT_TIMES, Plan


@pytest.mark.timeout(300)  # on a busy machine it waits; it measures nothing
async def test_every_promise_is_kept_over_a_few_kills(tmp_path: Path) -> None:
    plan = Plan("sqlite", messages=200, kills=4, seed=11, seconds=12, settling=200, times=SHORT_TIMES, communities=1)
    found = await run_course(plan, tmp_path)
    assert not found.broken, (found.broken, found.examples)
    assert found.audit["ok"], found.audit
    assert found.figures["kills"] > 0
    assert found.figures["texts in"] > 50
