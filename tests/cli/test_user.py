"""Coordinators: a change of role leaves alone what nobody spoke of."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.communities import add_coordinator
from storage.communities import list_coordinators
from storage.database import Database
from tests.builders import NOON, a_community


def add(connection: Connection, place: int, role: str, notify: str | None = None) -> tuple[str, bool]:
    """The role of Ana after it, and whether she is told of what needs a person."""
    add_coordinator(
        connection, email="ana@example.org", name="Ana", community_id=place, role=role, notify=notify, now=NOON
    )
    (row,) = list_coordinators(connection, place)
    return row.role, row.notified


def test_a_change_of_role_does_not_silence_anybody(database: Database) -> None:
    with database.write() as connection:
        place = a_community(connection)
        assert add(connection, place, "coordinator") == ("coordinator", False)
        assert add(connection, place, "coordinator", "sms:+19025550150") == ("coordinator", True)
        assert add(connection, place, "owner") == ("owner", True)
