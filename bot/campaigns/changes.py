"""Changing a campaign under way: pause, resume, cancel, close. Each takes effect with its commit, for the claim looks again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot.conversation import House, cancel_runs
from bot.errors import WrongUsage
from storage import campaigns as rows
from storage import invitations, outbox, waves
from storage.jobs import defer

#: Invitations or messages taken back, and runs ended, in one transaction.
CLEAR_SLICE, RUNS_SLICE = 5_000, 200
#: A transaction that began before a campaign was over may still write for it: it is looked at until so long after.
STRAGGLERS = timedelta(minutes=1)


def pause(connection: Connection, campaign: Row[Any]) -> None:
    """Hold back everything of a campaign that is no reply; raises `WrongUsage` where it does not run."""
    if not rows.change_campaign(
        connection,
        campaign.id,
        only_from=("scheduled", "launching", "running"),
        status="paused",
        paused_from=campaign.status,
    ):
        raise WrongUsage(
            f"{campaign.name} is {campaign.status}; only a campaign that is scheduled or running can be paused."
        )


def resume(connection: Connection, campaign: Row[Any], now: datetime) -> str:
    """Let a paused campaign go on where it was; its status. Raises `WrongUsage` where it is not paused.

    Some of its messages are looked at again at once, the others within seconds (`recall_messages` hurries them).
    """
    status = _status_of(connection, campaign)
    if not rows.change_campaign(connection, campaign.id, only_from=("paused",), status=status, paused_from=None):
        raise WrongUsage(f"{campaign.name} is {campaign.status}, not paused.")
    recall_messages(connection, campaign.id, now)
    for kind in ("invitations", "starts"):
        defer(connection, kind)
    return status


def recall_messages(connection: Connection, campaign_id: int, now: datetime) -> int:
    """Have messages that a pause put off looked at again now, a slice of them; how many. Call until it returns 0."""
    return outbox.recall(connection, now, campaign_id=campaign_id)


def _status_of(connection: Connection, campaign: Row[Any]) -> str:
    """What a campaign is when nothing holds it back."""
    if campaign.launched_at is None:
        return "scheduled"
    first = waves.waves_of(connection, campaign.id)[0]
    return "launching" if first.invited_at is None and first.seen_until is None else "running"


def cancel(connection: Connection, campaign: Row[Any], now: datetime, house: House) -> dict[str, int]:
    """End a campaign for good: nothing of it leaves any more, open runs end, answers stay.

    Counts of what is taken back: `invitations`, `messages`, `runs`; the first slice at once, the others by `clear_campaign` or
    the task that clears what is over. Raises `WrongUsage` where it is over already.
    """
    counts = rows.left_of(connection, campaign.id)
    if not rows.change_campaign(
        connection,
        campaign.id,
        only_from=("scheduled", "launching", "running", "paused"),
        status="cancelled",
        ended_at=now,
    ):
        raise WrongUsage(f"{campaign.name} is {campaign.status} already.")
    clear_campaign(connection, campaign.id, "cancelled", now, house)
    defer(connection, "clearings")
    return counts


def close_due(connection: Connection, now: datetime) -> int:
    """Close the campaigns whose closing time has come: nobody starts any more, those who began may finish; how many."""
    due = rows.campaigns_to_close(connection, now)
    for campaign_id in due:
        rows.change_campaign(
            connection,
            campaign_id,
            only_from=("scheduled", "launching", "running", "paused"),
            status="closed",
            ended_at=now,
        )
    return len(due)


def clear_over(connection: Connection, now: datetime, house: House) -> int:
    """Take back a slice of what is left of campaigns that are over; how much was found. Call until it returns 0."""
    found = 0
    for campaign in rows.campaigns_to_clear(connection):
        counts = clear_campaign(connection, campaign.id, campaign.status, now, house)
        found += sum(counts.values())
        if not any(counts.values()) and campaign.ended_at + STRAGGLERS < now:
            rows.change_campaign(connection, campaign.id, cleared_at=now)
    return found


def clear_campaign(
    connection: Connection, campaign_id: int, status: str, now: datetime, house: House
) -> dict[str, int]:
    """Take back one slice of what a campaign that is over has left: `invitations`, `messages`, `runs`; call until all are 0.

    Of a closed one the runs stay whose first message has left, for their residents may finish.
    """
    counts = Counter(invitations=0, messages=0, runs=0)
    counts["invitations"] += invitations.end_pending(
        connection, campaign_id, now, status="cancelled", reason=status, limit=CLEAR_SLICE
    )
    if status == "cancelled":
        open_runs = rows.open_runs(connection, campaign_id, RUNS_SLICE)
    else:
        open_runs = rows.unheard_runs(connection, campaign_id, RUNS_SLICE)
    if open_runs:
        counts["runs"] += cancel_runs(connection, open_runs, "cancelled", now, house)
    if status == "cancelled" and not counts["runs"]:
        counts["messages"] += rows.cancel_queued(
            connection, campaign_id, now, "the campaign was cancelled", CLEAR_SLICE
        )
    return dict(counts)


__all__ = ["cancel", "clear_campaign", "clear_over", "close_due", "pause", "recall_messages", "resume"]
