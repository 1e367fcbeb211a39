"""What takes too long is ended, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from bot.patience import Patience


async def waits(patience: Patience, seconds: float) -> str:
    try:
        with patience:
            await asyncio.sleep(seconds)
    except TimeoutError:
        return "late"
    return "in time"


async def test_each_is_ended_after_its_own_time() -> None:
    patience = Patience(0.05)
    found = [asyncio.create_task(waits(patience, seconds)) for seconds in (0, 60, 0, 60)]
    assert await asyncio.gather(*found) == ["in time", "late", "in time", "late"]
    assert await waits(patience, 60) == "late", "it watches again after it had nothing to watch"


async def test_who_was_late_may_go_on_and_be_late_again() -> None:
    patience = Patience(0.01)
    assert [await waits(patience, seconds) for seconds in (60, 0, 60)] == ["late", "in time", "late"]


async def test_a_task_that_is_cancelled_is_cancelled() -> None:
    task = asyncio.create_task(waits(Patience(60), 60))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_within_another_ends_the_inner_one_alone() -> None:
    outer = Patience(60)

    async def nested() -> str:
        with outer:
            return await waits(Patience(0.01), 60)

    assert await asyncio.create_task(nested()) == "late"


async def test_an_error_comes_through() -> None:
    with pytest.raises(ValueError, match="broken"), Patience(60):
        raise ValueError("broken")
