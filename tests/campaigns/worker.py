"""A process that works a campaign off and says so after each slice, to be killed in the middle: `python -m tests.campaigns.worker URL`."""

from __future__ import annotations

import sys

from bot.campaigns.inviting import invite_due
from bot.campaigns.starting import start_pending
from bot.updates.send import send_due
from storage.database import Database
from tests.builders import NOON, a_house


def main(url: str, at_once: bool) -> None:
    """Work until nothing is due, in slices of five, each in its own transaction."""
    database, house = Database(url), a_house()
    for task in (
        lambda connection: invite_due(connection, NOON, house if at_once else None, slice_size=5, begin_size=5),
        lambda connection: start_pending(connection, NOON, house, slice_size=5, alike_size=5),
        lambda connection: send_due(connection, NOON, slice_size=5),
    ):
        while True:
            with database.write() as connection:
                found = task(connection)
            if not found:
                break
            sys.stdout.write("slice\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], at_once="--at-once" in sys.argv)
