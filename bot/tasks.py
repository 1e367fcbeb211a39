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
from bot.updates.send import send_due

#: Runs whose times are reached in one transaction.
TIMES_SLICE = 200

#: One slice of work in the caller's transaction; how much was found, 0 when nothing is left to do.
Work = Callable[[Connection, datetime, House], int]


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of coarse work and how often, in seconds, to look whether there is some."""

    name: str
    every: float
    work: Work


def reach_due_times(connection: Connection, now: datetime, house: House) -> int:
    """Reminders, timeouts and expiries whose time has come."""
    due = due_runs(connection, now, TIMES_SLICE)
    if due:
        reach_times(connection, due, now, house)
    return len(due)


TASKS: tuple[Task, ...] = (
    Task("times", 1.0, reach_due_times),
    Task("invitations", 1.0, invite_due),
    Task("starts", 1.0, start_pending),
    Task("updates", 1.0, lambda connection, now, _house: send_due(connection, now)),
    Task("clearings", 2.0, clear_over),
    Task("unplaced", 15.0, take_in_unplaced),
    Task("closings", 30.0, lambda connection, now, _house: close_due(connection, now)),
)
