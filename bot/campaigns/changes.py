"""Changing a campaign under way: pause, resume, cancel. Each takes effect with its commit, for the claim looks again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.conversation import House, cancel_runs
from bot.errors import WrongUsage
from storage import campaigns as rows

#: Runs cancelled in one go.
CANCEL_SLICE = 500


def pause(connection: Connection, campaign: Row[Any]) -> None:
    """Hold back everything of a campaign that is no reply; raises `WrongUsage` where it does not run."""
    if campaign.status not in ("scheduled", "launching", "running"):
        raise WrongUsage(
            f"{campaign.name} is {campaign.status}; only a campaign that is scheduled or running can be paused."
        )
    rows.change_campaign(connection, campaign.id, status="paused", paused_from=campaign.status)


def resume(connection: Connection, campaign: Row[Any]) -> None:
    """Let a paused campaign go on where it was; raises `WrongUsage` where it is not paused."""
    if campaign.status != "paused":
        raise WrongUsage(f"{campaign.name} is {campaign.status}, not paused.")
    rows.change_campaign(connection, campaign.id, status=campaign.paused_from or "running", paused_from=None)


def cancel(connection: Connection, campaign: Row[Any], now: datetime, house: House) -> dict[str, int]:
    """End a campaign for good: what has not left is cancelled, open runs end, answers stay.

    Counts of what was cancelled: `invitations`, `messages`, `runs`.
    """
    if campaign.status in ("cancelled", "closed"):
        raise WrongUsage(f"{campaign.name} is {campaign.status} already.")
    rows.change_campaign(connection, campaign.id, status="cancelled", ended_at=now)
    counts = {
        "invitations": rows.cancel_pending(connection, campaign.id, now, "cancelled"),
        "messages": rows.cancel_queued(connection, campaign.id, now),
        "runs": 0,
    }
    while open_runs := rows.open_runs(connection, campaign.id, CANCEL_SLICE):
        cancel_runs(connection, open_runs, "cancelled", now, house)
        counts["runs"] += len(open_runs)
    return counts
