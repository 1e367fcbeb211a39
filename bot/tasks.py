"""Coarse work: what is due is found in the rows, done a slice at a time, and may be run again by anybody at any moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.campaigns.changes import clear_over, close_due
from bot.campaigns.inviting import invite_due
from bot.campaigns.starting import start_pending
from bot.conversation import House, due_runs, reach_times, take_in_unplaced
from bot.retention import TASK as RETENTION
from bot.retention import retain_due
from bot.updates.send import send_due
from storage import due
from storage.retention import retention_is_due

#: Runs whose times are reached in one transaction.
TIMES_SLICE = 200

#: One slice of work in the caller's transaction; how much was found, 0 when nothing is left to do.
Work = Callable[[Connection, datetime, House], int]
#: A cheap look whether there is work.
Due = Callable[[Connection, datetime], bool]


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of coarse work, how often, in seconds, to look whether there is some, and what is done first where much waits.

    `erases`: what it drops is to be readable nowhere any more.
    """

    name: str
    every: float
    work: Work
    due: Due
    priority: int = 0
    erases: bool = False


def reach_due_times(connection: Connection, now: datetime, house: House) -> int:
    """Reminders, timeouts and expiries whose time has come."""
    runs = due_runs(connection, now, TIMES_SLICE)
    if runs:
        reach_times(connection, runs, now, house)
    return len(runs)


TASKS: tuple[Task, ...] = (
    # Somebody waits for these; the others are many at once.
    Task("times", 1.0, reach_due_times, due.times_are_due, priority=1),
    Task("invitations", 1.0, invite_due, due.invitations_are_due),
    Task("starts", 1.0, start_pending, due.starts_are_due),
    Task("updates", 1.0, lambda connection, now, _house: send_due(connection, now), due.updates_are_due),
    Task("clearings", 2.0, clear_over, due.clearings_are_due),
    Task("unplaced", 15.0, take_in_unplaced, due.unplaced_are_due),
    Task("closings", 30.0, lambda connection, now, _house: close_due(connection, now), due.closings_are_due),
    # Once a day, after all that somebody waits for.
    Task(RETENTION, 60.0, retain_due, retention_is_due, priority=-1, erases=True),
)
