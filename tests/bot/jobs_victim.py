"""A worker that says so before each slice of invitations commits, to be killed in the middle: `python -m tests.bot.jobs_victim URL`."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

from sqlalchemy import Connection

from bot.campaigns.inviting import invite_due
from bot.clock import SetClock
from bot.conversation import House
from bot.tasks import Task
from bot.working import Working
from bot.writer import Writer
from storage.database import Database
from storage.due import invitations_are_due
from tests.builders import NOON, a_house


def invite(connection: Connection, now: datetime, house: House) -> int:
    """A slice of five, told of while its transaction is open."""
    found = invite_due(connection, now, house, slice_size=5, begin_size=5)
    sys.stdout.write("slice\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    task = Task("invitations", 1.0, invite, invitations_are_due)
    asyncio.run(Working(Writer(Database(sys.argv[1])), SetClock(NOON), a_house(), tasks=[task]).run())
